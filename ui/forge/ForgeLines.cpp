#include "ForgeLines.h"

#include <algorithm>

namespace foundry {

ForgeLines::ForgeLines(QObject *parent)
    : QAbstractListModel(parent)
{
}

int ForgeLines::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_lines.size());
}

QHash<int, QByteArray> ForgeLines::roleNames() const
{
    return { { KindRole, "kind" },       { TitleRole, "title" },           { DetailRole, "detail" },
             { ProblemRole, "problem" }, { AccountRole, "account" },       { OwnerRole, "owner" },
             { PullsRole, "pulls" },     { RepositoryRole, "repository" }, { DescriptionRole, "description" } };
}

QVariant ForgeLines::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Line &line = m_lines[size_t(index.row())];
    switch (role) {
    case KindRole:
        return line.kind;
    case Qt::DisplayRole:
    case TitleRole:
        return line.title;
    case DetailRole:
        return line.detail;
    case ProblemRole:
        return line.problem;
    case AccountRole:
        return line.account;
    case OwnerRole:
        return line.owner;
    case RepositoryRole:
        return line.repository;
    case PullsRole:
        return line.pulls;
    case DescriptionRole:
        return line.description;
    default:
        return {};
    }
}

void ForgeLines::setAccounts(const std::vector<AccountSync> &accounts, const ForgeSentence &sentence, Millis now)
{
    m_accounts.clear();
    for (const AccountSync &sync : accounts) {
        Line line { Account, sync.login, syncLine(sync, now), syncProblem(sync, sentence), sync.account.value, {}, {} };
        line.description = u"GitHub account %1. %2"_s.arg(line.title, line.detail);
        if (!line.problem.isEmpty())
            line.description += u" \u2013 "_s + line.problem;
        m_accounts.push_back(std::move(line));
    }
    take();
}

void ForgeLines::setRepositories(const answer::ForgeRepositories &page)
{
    m_page = page;
    take();
}

// Within an account the organisation with the newest push first, as the engine orders the rows.
std::vector<ForgeLines::Line> ForgeLines::lines() const
{
    std::vector<Line> all;
    for (const Line &account : m_accounts) {
        all.push_back(account);
        QStringList owners;
        QHash<QString, std::vector<Line>> byOwner;
        for (const ForgeRepository &repository : m_page.repositories) {
            if (repository.account.value != account.account)
                continue;
            const QString owner = repository.name.section(u'/', 0, 0);
            if (!byOwner.contains(owner))
                owners.append(owner);
            Line line { Repository, repository.name.section(u'/', 1), {}, {}, account.account, owner, repository.name };
            line.pulls = repository.openPullRequests;
            line.description = repository.openPullRequests == 1
                ? u"%1, 1 open pull request"_s.arg(repository.name)
                : u"%1, %2 open pull requests"_s.arg(repository.name).arg(repository.openPullRequests);
            byOwner[owner].push_back(std::move(line));
        }
        for (const QString &owner : owners) {
            Line heading { Owner, owner, {}, {}, account.account, owner, {} };
            heading.description = u"Pull requests of %1"_s.arg(owner);
            all.push_back(std::move(heading));
            std::ranges::copy(byOwner.value(owner), std::back_inserter(all));
        }
    }
    const int more = m_page.found - int(m_page.repositories.size());
    if (more > 0) {
        Line line { More, u"%1 more: type a part of the name"_s.arg(more) };
        line.description = line.title;
        all.push_back(std::move(line));
    }
    return all;
}

void ForgeLines::take()
{
    std::vector<Line> now = lines();
    const bool same = std::ranges::equal(now, m_lines, [](const Line &a, const Line &b) {
        return a.kind == b.kind && a.account == b.account && a.owner == b.owner && a.repository == b.repository
            && a.title == b.title;
    });
    if (!same) {
        beginResetModel();
        m_lines = std::move(now);
        endResetModel();
        return;
    }
    for (size_t i = 0; i < now.size(); ++i) {
        if (m_lines[i] == now[i])
            continue;
        m_lines[i] = std::move(now[i]);
        Q_EMIT dataChanged(index(int(i)), index(int(i)));
    }
}

} // namespace foundry
