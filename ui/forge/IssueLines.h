// The open issues of one repository, as its page lists them: one page of the engine's rows. GUI thread.
#pragma once

#include <foundry/Issues.h>

#include <QAbstractListModel>
#include <QtQml/qqmlregistration.h>

namespace foundry {

class IssueLines : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("comes with the workbench")

public:
    enum Role {
        IssueRole = Qt::UserRole + 1, // IssueRow::id
        NumberRole, // "#12"
        TitleRole,
        AuthorRole,
        LabelsRole, // names, the first three
        CommentsRole, // "3 comments"; empty: none
        AgeRole,
        WorkedOnRole, // a task was made from it
        DescriptionRole, // all of it in one sentence, for a screen reader
    };
    explicit IssueLines(QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    void setPage(const answer::Issues &page, Millis now);
    void renew(Millis now); // of ages
    const IssueRow *row(const QString &id) const;

    static QString nameOf(const QString &author);
    static QString textOf(int comments);
    static constexpr size_t labelsShown = 3;

private:
    std::vector<IssueRow> m_rows;
    Millis m_now = 0;
};

} // namespace foundry
