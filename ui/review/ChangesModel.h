// The files a task changed since its base. Holds values. GUI thread.
#pragma once

#include <foundry/Values.h>

#include <QAbstractListModel>
#include <QSet>
#include <QtQmlIntegration>

namespace foundry {

class ChangesModel : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("comes with a task's review")
    Q_PROPERTY(int count READ count NOTIFY totalsChanged FINAL)
    Q_PROPERTY(int added READ added NOTIFY totalsChanged FINAL)
    Q_PROPERTY(int removed READ removed NOTIFY totalsChanged FINAL)
    Q_PROPERTY(int viewedCount READ viewedCount NOTIFY totalsChanged FINAL)

public:
    enum Role {
        PathRole = Qt::UserRole, // from the repository's root
        NameRole, // last part of the path
        FolderRole, // the rest, with a slash at its end; may be empty
        OldPathRole, // where it was renamed from
        StateRole, // added, modified, deleted, renamed, typeChanged
        AddedRole, // lines
        RemovedRole, // lines
        BinaryRole, // bool
        ViewedRole, // bool: the person marked it, kept while the window lives
    };

    explicit ChangesModel(QObject *parent = nullptr);

    // Rows that stay keep their place and their mark; a file that changed again loses the mark.
    void setFiles(std::vector<ChangedFile> files, ChangeTotals totals);
    void clear();

    int count() const { return int(m_files.size()); }
    int added() const { return m_totals.added; }
    int removed() const { return m_totals.removed; }
    int viewedCount() const { return int(m_viewed.size()); }

    Q_INVOKABLE int rowOf(const QString &path) const; // -1: not there
    Q_INVOKABLE QString pathAt(int row) const; // empty: no such row
    Q_INVOKABLE void setViewed(const QString &path, bool viewed);
    const ChangedFile *file(const QString &path) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

Q_SIGNALS:
    void totalsChanged();

private:
    std::vector<ChangedFile> m_files; // by path
    ChangeTotals m_totals;
    QSet<QString> m_viewed;
};

} // namespace foundry
