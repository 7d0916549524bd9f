// The issues of GithubDataActor: rows of the repositories that somebody looked at.
#include "GithubDataActor.h"

namespace foundry {

namespace {

constexpr Sql putIssue { "putIssue",
                         "INSERT INTO issue (id, account, repository, updated_at, reading, search, value) "
                         "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (id) DO UPDATE SET account = ?2, "
                         "repository = ?3, updated_at = ?4, reading = max(reading, ?5), search = ?6, value = ?7" };
constexpr Sql dropIssue { "dropIssue", "DELETE FROM issue WHERE id = ?1" };
constexpr Sql dropUnread { "dropUnreadIssues",
                           "DELETE FROM issue WHERE account = ?1 AND repository = ?2 AND reading < ?3" };
constexpr Sql dropOldest { "dropOldestIssues",
                           "DELETE FROM issue WHERE id IN (SELECT id FROM issue WHERE account = ?1 "
                           "AND repository = ?2 ORDER BY updated_at DESC, id LIMIT -1 OFFSET ?3)" };
constexpr Sql dropOfRepository { "dropIssuesOfRepository", "DELETE FROM issue WHERE account = ?1 AND repository = ?2" };
constexpr Sql dropOfAccount { "dropIssuesOfAccount", "DELETE FROM issue WHERE account = ?1" };
constexpr Sql dropLists { "dropIssueLists", "DELETE FROM issue_list WHERE account = ?1" };
constexpr Sql putList { "putIssueList",
                        "INSERT INTO issue_list (repository, account, value) VALUES (?1, ?2, ?3) "
                        "ON CONFLICT (repository, account) DO UPDATE SET value = ?3" };
constexpr Sql readList { "readIssueList", "SELECT value FROM issue_list WHERE repository = ?1 AND account = ?2" };
constexpr Sql putLink { "putIssueLink",
                        "INSERT INTO issue_task (id, task) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET task = ?2" };
constexpr Sql dropLink { "dropIssueLink", "DELETE FROM issue_task WHERE id = ?1" };
constexpr Sql readLink { "readIssueLink", "SELECT task FROM issue_task WHERE id = ?1" };

#define FOUNDRY_ISSUES "SELECT i.value, coalesce(t.task, '') FROM issue i LEFT JOIN issue_task t ON t.id = i.id "
#define FOUNDRY_FOUND "WHERE i.account = ?1 AND i.repository = ?2 AND (?3 = '' OR instr(i.search, ?3) > 0) "
constexpr Sql readIssue { "readIssue", FOUNDRY_ISSUES "WHERE i.id = ?1" };
constexpr Sql readIssues { "readIssues",
                           FOUNDRY_ISSUES FOUNDRY_FOUND "ORDER BY i.updated_at DESC, i.id LIMIT ?4 OFFSET ?5" };
constexpr Sql countIssues { "countIssues", "SELECT count(*) FROM issue i " FOUNDRY_FOUND };
#undef FOUNDRY_FOUND
#undef FOUNDRY_ISSUES

QString packed(const auto &value)
{
    return QString::fromUtf8(json::compact(json::toJson(value).toObject()));
}

template <class T> T unpacked(const Row &row)
{
    T value;
    if (!json::fromJson(QJsonDocument::fromJson(row.text(0).toUtf8()).object(), value))
        qWarning("github: a row of another version is read as far as it goes");
    return value;
}

IssueRow issueOfRow(const Row &row)
{
    auto made = unpacked<IssueRow>(row);
    made.task.value = row.text(1);
    return made;
}

QString searchOf(const IssueRow &row)
{
    QStringList words { row.title, u'#' + QString::number(row.number), row.author };
    for (const PullRequestLabel &label : row.labels)
        words.append(label.name);
    return words.join(u'\n').toLower();
}

// There is nothing of it to be seen any more; after every other failure what was known last stays.
bool isGone(const IssueList &list)
{
    return list.failure && (list.failure->is(codes::GitHub::notFound) || list.failure->is(codes::GitHub::issuesOff));
}

} // namespace

Result<void> GithubDataActor::handle(const githubData::KeepIssues &message)
{
    IssueList list = message.list;
    if (!m_syncs.contains(list.account.value))
        return fail(codes::GitHub::unknownAccount, list.account.value); // signed out while it was read
    const QString account = list.account.value;
    for (IssueRow row : message.rows) {
        row.account = list.account;
        row.task = {}; // ours, not the forge's
        auto done = store().run(putIssue, row.id.value, account, list.repository, row.updatedAt, message.reading,
                                searchOf(row), packed(row));
        if (!done)
            return std::unexpected(done.error());
    }
    for (const IssueId &id : message.gone) {
        if (auto done = store().run(dropIssue, id.value); !done)
            return std::unexpected(done.error());
    }
    if (list.failure && list.readAt == 0 && !isGone(list)) { // of rows that an earlier look has read
        auto before = store().one(readList, unpacked<IssueList>, list.repository, account);
        if (!before)
            return std::unexpected(before.error());
        if (*before) {
            list.readAt = (*before)->readAt;
            list.open = (*before)->open;
        }
    }
    auto done = store().run(putList, list.repository, account, packed(list));
    if (done && message.last)
        done = store().run(dropUnread, account, list.repository, message.reading);
    if (done)
        done = isGone(list) ? store().run(dropOfRepository, account, list.repository)
                            : store().run(dropOldest, account, list.repository, limits::issuesARepository);
    if (!done)
        return std::unexpected(done.error());
    tell(event::IssuesChanged { list });
    return {};
}

Result<void> GithubDataActor::handle(const githubData::LinkIssue &message)
{
    const auto done = message.task.isEmpty() ? store().run(dropLink, message.issue.value)
                                             : store().run(putLink, message.issue.value, message.task.value);
    if (!done)
        return std::unexpected(done.error());
    auto row = issue(message.issue);
    if (!row)
        return std::unexpected(row.error());
    if (!*row)
        return {};
    query::Issues wish;
    wish.repository = (*row)->repository;
    wish.account = (*row)->account;
    wish.count = 0;
    auto known = issues(wish);
    if (!known)
        return std::unexpected(known.error());
    tell(event::IssuesChanged { known->list });
    return {};
}

// Which tasks were made from them is kept: the rows may come again.
Result<void> GithubDataActor::forgetIssues(const AccountId &account)
{
    for (const Sql &sql : { dropOfAccount, dropLists }) {
        if (auto done = store().run(sql, account.value); !done)
            return std::unexpected(done.error());
    }
    return {};
}

Result<answer::Issues> GithubDataActor::issues(const query::Issues &query) const
{
    const QString find = query.find.simplified().toLower();
    const int from = std::max(0, query.from);
    auto rows = store().all(readIssues, issueOfRow, query.account.value, query.repository, find,
                            std::clamp(query.count, 0, limits::forgePage), from);
    auto found = store().integer(countIssues, query.account.value, query.repository, find);
    auto list = store().one(readList, unpacked<IssueList>, query.repository, query.account.value);
    if (!rows || !found)
        return std::unexpected(rows ? found.error() : rows.error());
    if (!list)
        return std::unexpected(list.error());
    IssueList unread;
    unread.repository = query.repository;
    unread.account = query.account;
    return answer::Issues { std::move(*rows), from, int(*found), list->value_or(unread) };
}

Result<std::optional<IssueRow>> GithubDataActor::issue(const IssueId &id) const
{
    return store().one(readIssue, issueOfRow, id.value);
}

Result<TaskId> GithubDataActor::taskOfIssue(const IssueId &id) const
{
    auto task = store().one(readLink, [](const Row &row) { return row.text(0); }, id.value);
    if (!task)
        return std::unexpected(task.error());
    return TaskId { task->value_or(QString()) };
}

} // namespace foundry
