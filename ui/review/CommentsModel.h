// What the person wrote to lines of the diff, collected until it is sent to the agent as one message.
// Lives as long as the task is shown. GUI thread.
#pragma once

#include <QAbstractListModel>
#include <QtQmlIntegration>

namespace foundry {

class CommentsModel : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("comes with a task's review")
    Q_PROPERTY(int count READ count NOTIFY countChanged FINAL)

public:
    enum Role {
        PathRole = Qt::UserRole,
        LineRole, // int, 1-based, of the new file or of the old one where the line was removed
        QuoteRole, // the line itself
        TextRole, // the comment
    };
    static constexpr int maxComments = 200;
    static constexpr qsizetype maxText = 10'000; // characters of one comment

    explicit CommentsModel(QObject *parent = nullptr);

    // A second comment to the same line replaces the first; an empty one removes it.
    Q_INVOKABLE void write(const QString &path, int line, const QString &quote, const QString &text);
    Q_INVOKABLE void remove(int row);
    Q_INVOKABLE QString textAt(const QString &path, int line) const; // empty: none
    void clear();
    // One message for the agent: every comment under its place.
    QString message() const;

    int count() const { return int(m_comments.size()); }
    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

Q_SIGNALS:
    void countChanged();

private:
    struct Comment {
        QString path;
        int line = 0;
        QString quote;
        QString text;
    };
    int rowOf(const QString &path, int line) const;
    std::vector<Comment> m_comments;
};

} // namespace foundry
