// The rows of GithubDataActor: how they are kept, and every read of them.
#include "GithubDataActor.h"

namespace foundry {

namespace {

constexpr Sql readRepository { "readForgeRepository", "SELECT value FROM forge_repository WHERE id = ?1" };
constexpr Sql putRepository { "putForgeRepository",
                              "INSERT INTO forge_repository (id, account, name, pushed_at, pass, search, value) "
                              "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (id) DO UPDATE SET account = ?2, "
                              "name = ?3, pushed_at = ?4, pass = max(pass, ?5), search = ?6, value = ?7" };
constexpr Sql namedRepository { "namedForgeRepository", "SELECT value FROM forge_repository WHERE name = ?1" };
constexpr Sql countRepositories { "countForgeRepositories",
                                  "SELECT count(*) FROM forge_repository WHERE account = ?1" };
constexpr Sql countAllRepositories { "countAllForgeRepositories", "SELECT count(*) FROM forge_repository" };
constexpr Sql countOpen { "countOpenPullRequests",
                          "SELECT count(*) FROM pull_request WHERE account = ?1 AND open = 1" };
constexpr Sql readRow { "readPullRequest", "SELECT value, task FROM pull_request WHERE id = ?1" };
constexpr Sql numbered { "numberedPullRequest",
                         "SELECT value, task FROM pull_request WHERE repository = ?1 AND number = ?2" };
constexpr Sql putRow {
    "putPullRequest",
    "INSERT INTO pull_request (id, account, repository, number, open, checks_run, created_at, updated_at, seen_at, "
    "pass, search, value) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT (id) DO UPDATE SET "
    "account = ?2, repository = ?3, number = ?4, open = ?5, checks_run = ?6, created_at = ?7, updated_at = ?8, "
    "seen_at = ?9, pass = max(pass, ?10), search = ?11, value = ?12"
};
constexpr Sql linkRow { "linkPullRequest",
                        "UPDATE pull_request SET task = coalesce((SELECT task FROM pull_request_task l "
                        "WHERE l.id = ?1), '') WHERE id = ?1" };
constexpr Sql linked { "linkedTask", "SELECT task FROM pull_request_task WHERE id = ?1" };
constexpr Sql dropRow { "dropPullRequest", "DELETE FROM pull_request WHERE id = ?1" };
constexpr Sql newest { "newestChange", "SELECT max(updated_at) FROM pull_request WHERE account = ?1" };

// Filters are all in the text, so that each is one prepared statement; the order is an index's.
#define FOUNDRY_FILTER                                                                                                 \
    "FROM pull_request WHERE (?1 = 0 OR open = 1) AND (?2 = '' OR repository = ?2) AND (?3 = '' OR account = ?3) "     \
    "AND (?4 = 0 OR task = '') AND (?5 = '' OR instr(search, ?5) > 0) "                                                \
    "AND (?6 = '' OR substr(repository, 1, length(?6) + 1) = ?6 || '/') "
constexpr Sql countRows { "countPullRequests", "SELECT count(*) " FOUNDRY_FILTER };
constexpr Sql byUpdate { "pullRequestsByUpdate",
                         "SELECT value, task " FOUNDRY_FILTER "ORDER BY updated_at DESC, id LIMIT ?7 OFFSET ?8" };
constexpr Sql byCreation { "pullRequestsByCreation",
                           "SELECT value, task " FOUNDRY_FILTER "ORDER BY created_at DESC, id LIMIT ?7 OFFSET ?8" };
constexpr Sql byRepository { "pullRequestsByRepository",
                             "SELECT value, task " FOUNDRY_FILTER
                             "ORDER BY repository, number DESC LIMIT ?7 OFFSET ?8" };
#undef FOUNDRY_FILTER

constexpr Sql countFound { "countFoundRepositories",
                           "SELECT count(*) FROM forge_repository WHERE (?1 = '' OR account = ?1) "
                           "AND (?2 = '' OR instr(search, ?2) > 0)" };
constexpr Sql byPush { "repositoriesByPush",
                       "SELECT value FROM forge_repository WHERE (?1 = '' OR account = ?1) "
                       "AND (?2 = '' OR instr(search, ?2) > 0) ORDER BY pushed_at DESC, id LIMIT ?3 OFFSET ?4" };

constexpr Sql unseenRows { "unseenPullRequests",
                           "SELECT value FROM pull_request WHERE account = ?1 AND open = 1 AND pass < ?2 LIMIT ?3" };
constexpr Sql stalestRows { "stalestPullRequests",
                            "SELECT value FROM pull_request WHERE account = ?1 AND open = 1 "
                            "ORDER BY checks_run DESC, seen_at LIMIT ?2" };
constexpr Sql rowsOfTasks { "pullRequestsOfTasks",
                            "SELECT value FROM pull_request WHERE account = ?1 AND task <> '' AND open = 1 LIMIT ?2" };

QString packed(const auto &value)
{
    return QString::fromUtf8(json::compact(json::toJson(value).toObject()));
}

template <class T> T unpacked(const QString &text)
{
    T value;
    if (!json::fromJson(QJsonDocument::fromJson(text.toUtf8()).object(), value))
        qWarning("github: a row of another version is read as far as it goes");
    return value;
}

PullRequestRow rowOf(const Row &row)
{
    auto made = unpacked<PullRequestRow>(row.text(0));
    made.task.value = row.text(1);
    return made;
}

PullRequestMark markOf(const PullRequestRow &row)
{
    return { row.id, row.repository, row.number, row.updatedAt, row.state, row.checks, row.mergeable, row.headCommit };
}
PullRequestMark markOfRow(const Row &row)
{
    return markOf(unpacked<PullRequestRow>(row.text(0)));
}

bool isOpen(PullRequestState state)
{
    return state == PullRequestState::open || state == PullRequestState::draft;
}

QString searchOf(const PullRequestRow &row)
{
    return u"%1\n%2 #%3\n%4\n%5"_s
        .arg(row.title, row.repository, QString::number(row.number), row.author, row.headBranch)
        .toLower();
}

} // namespace

Result<bool> GithubDataActor::put(const AccountId &account, qint64 pass, const ForgeRepository &repository)
{
    ForgeRepository mine = repository;
    mine.account = account;
    const QString value = packed(mine);
    auto before = store().one(readRepository, [](const Row &row) { return row.text(0); }, mine.id.value);
    if (!before)
        return std::unexpected(before.error());
    const QString search = (mine.name + u'\n' + mine.description).toLower();
    auto done = store().run(putRepository, mine.id.value, account.value, mine.name, mine.pushedAt, pass, search, value);
    if (!done)
        return std::unexpected(done.error());
    return *before != value;
}

Result<bool> GithubDataActor::put(const AccountId &account, qint64 pass, PullRequestRow &row)
{
    auto before = store().one(readRow, rowOf, row.id.value);
    if (!before)
        return std::unexpected(before.error());
    row.account = account;
    if (*before) {
        row.task = (*before)->task; // ours, not the forge's
        if ((*before)->updatedAt > row.updatedAt)
            row = **before; // an answer that was overtaken by a newer one
        if (row.mergeable == Mergeability::unknown && row.headCommit == (*before)->headCommit)
            row.mergeable = (*before)->mergeable; // the forge works it out when it is asked
    }
    PullRequestRow kept = row;
    kept.task = {};
    auto done = store().run(putRow, row.id.value, account.value, row.repository, row.number, isOpen(row.state),
                            row.checks == ChecksState::pending, row.createdAt, row.updatedAt, clock().now(), pass,
                            searchOf(row), packed(kept));
    if (done && !*before) { // new here: a task may have worked on it before
        done = store().run(linkRow, row.id.value);
        auto task = store().one(linked, [](const Row &found) { return found.text(0); }, row.id.value);
        if (!task)
            return std::unexpected(task.error());
        row.task.value = task->value_or(QString());
    }
    if (!done)
        return std::unexpected(done.error());
    return !*before || **before != row;
}

Result<void> GithubDataActor::forget(const std::vector<PullRequestId> &ids)
{
    for (const PullRequestId &id : ids) {
        if (auto done = store().run(dropRow, id.value); !done)
            return std::unexpected(done.error());
    }
    return {};
}

Result<void> GithubDataActor::count(AccountSync &sync) const
{
    auto repositories = store().integer(countRepositories, sync.account.value);
    auto open = store().integer(countOpen, sync.account.value);
    if (!repositories || !open)
        return std::unexpected(repositories ? open.error() : repositories.error());
    sync.repositories = int(*repositories);
    sync.openPullRequests = int(*open);
    return {};
}

void GithubDataActor::tellRepositories()
{
    tell(event::ForgeRepositoriesChanged { int(store().integer(countAllRepositories).value_or(0)) });
}

Result<answer::PullRequests> GithubDataActor::pullRequests(const query::PullRequests &query) const
{
    const auto sql = [&query]() -> const Sql & {
        switch (query.order) {
        case query::PullRequestOrder::updated:
            return byUpdate;
        case query::PullRequestOrder::created:
            return byCreation;
        case query::PullRequestOrder::repository:
            return byRepository;
        }
        return byUpdate;
    };
    const QString find = query.find.simplified().toLower();
    const int from = std::max(0, query.from);
    auto rows = store().all(sql(), rowOf, query.open, query.repository, query.account.value, query.withoutTask, find,
                            query.owner, std::clamp(query.count, 0, limits::forgePage), from);
    auto found = store().integer(countRows, query.open, query.repository, query.account.value, query.withoutTask, find,
                                 query.owner);
    if (!rows || !found)
        return std::unexpected(rows ? found.error() : rows.error());
    return answer::PullRequests { std::move(*rows), from, int(*found) };
}

Result<answer::ForgeRepositories> GithubDataActor::repositories(const query::ForgeRepositories &query) const
{
    const QString find = query.find.simplified().toLower();
    const int from = std::max(0, query.from);
    auto rows = store().all(
        byPush, [](const Row &row) { return unpacked<ForgeRepository>(row.text(0)); }, query.account.value, find,
        std::clamp(query.count, 0, limits::forgePage), from);
    auto found = store().integer(countFound, query.account.value, find);
    if (!rows || !found)
        return std::unexpected(rows ? found.error() : rows.error());
    return answer::ForgeRepositories { std::move(*rows), from, int(*found) };
}

Result<std::optional<PullRequestRow>> GithubDataActor::pullRequest(const PullRequestId &id) const
{
    return store().one(readRow, rowOf, id.value);
}

Result<std::optional<PullRequestRow>> GithubDataActor::pullRequest(const QString &repository, int number) const
{
    return store().one(numbered, rowOf, repository, number);
}

Result<std::optional<ForgeRepository>> GithubDataActor::repository(const QString &name) const
{
    return store().one(namedRepository, [](const Row &row) { return unpacked<ForgeRepository>(row.text(0)); }, name);
}

Result<std::vector<PullRequestMark>> GithubDataActor::unseen(const AccountId &account, qint64 pass, int atMost) const
{
    return store().all(unseenRows, markOfRow, account.value, pass, atMost);
}

Result<std::vector<PullRequestMark>> GithubDataActor::stalest(const AccountId &account, int atMost) const
{
    return store().all(stalestRows, markOfRow, account.value, atMost);
}

Result<std::vector<PullRequestMark>> GithubDataActor::ofTasks(const AccountId &account, int atMost) const
{
    return store().all(rowsOfTasks, markOfRow, account.value, atMost);
}

Result<std::vector<PullRequestMark>> GithubDataActor::marks(const AccountId &account,
                                                            const std::vector<PullRequestId> &ids) const
{
    std::vector<PullRequestMark> found;
    for (const PullRequestId &id : ids) {
        auto row = pullRequest(id);
        if (!row)
            return std::unexpected(row.error());
        if (*row && (*row)->account == account)
            found.push_back(markOf(**row));
    }
    return found;
}

Result<Millis> GithubDataActor::newestChange(const AccountId &account) const
{
    return store().integer(newest, account.value);
}

} // namespace foundry
