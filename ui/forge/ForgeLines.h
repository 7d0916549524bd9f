// The repositories that are known of GitHub, by account and organisation. Values only, one page of the engine's rows:
// whoever looks for another types its name. GUI thread.
#pragma once

#include "ForgeText.h"

#include <QAbstractListModel>
#include <QtQml/qqmlregistration.h>

namespace foundry {

class ForgeLines : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("comes with the workbench")

public:
    enum Kind { Account, Owner, Repository, More };
    Q_ENUM(Kind)
    enum Role {
        KindRole = Qt::UserRole + 1,
        TitleRole, // the account's login, the organisation, the repository's own name
        DetailRole, // of an account: how well it is in step
        ProblemRole, // of an account: what is wrong and how it goes on
        AccountRole,
        OwnerRole, // "acme", of its line and of its repositories'; empty for an account
        RepositoryRole, // "acme/shop"
        PullsRole, // open pull requests
        DescriptionRole, // all of it in one sentence, for a screen reader
    };
    explicit ForgeLines(QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    void setAccounts(const std::vector<AccountSync> &accounts, const ForgeSentence &sentence, Millis now);
    void setRepositories(const answer::ForgeRepositories &page);

private:
    struct Line {
        Kind kind = Repository;
        QString title, detail, problem, account, owner, repository;
        int pulls = 0;
        QString description;
        bool operator==(const Line &) const = default;
    };
    void take();
    std::vector<Line> lines() const;

    std::vector<Line> m_accounts;
    answer::ForgeRepositories m_page;
    std::vector<Line> m_lines;
};

} // namespace foundry
