#include "GithubDataActor.h"

#include "ForgeWork.h"
#include "Keys.h"
#include "TaskMessages.h"

#include <algorithm>
#include <utility>

namespace foundry {

namespace {

constexpr Sql addAccount {
    "addAccount", "INSERT INTO forge_account (id, login) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET login = ?2"
};
constexpr Sql readAccounts { "readAccounts", "SELECT id, login, finished_at, told FROM forge_account ORDER BY rowid" };
constexpr Sql keepTold { "keepTold", "UPDATE forge_account SET told = ?2 WHERE id = ?1" };
constexpr Sql dropAccount { "dropAccount", "DELETE FROM forge_account WHERE id = ?1" };
constexpr Sql dropStreams { "dropStreams", "DELETE FROM sync_stream WHERE account = ?1" };
constexpr Sql dropRepositories { "dropRepositories", "DELETE FROM forge_repository WHERE account = ?1" };
constexpr Sql idsOfAccount { "idsOfAccount", "SELECT id FROM pull_request WHERE account = ?1" };
constexpr Sql readPass { "readPass", "SELECT pass, pass_started_at, pass_open FROM forge_account WHERE id = ?1" };
constexpr Sql startPass { "startPass",
                          "UPDATE forge_account SET pass = ?2, pass_started_at = ?3, pass_open = 1 WHERE id = ?1" };
constexpr Sql readStreams { "readStreams",
                            "SELECT name, cursor, ended, done, expected FROM sync_stream WHERE account = ?1" };
constexpr Sql putStream { "putStream",
                          "INSERT INTO sync_stream (account, name, cursor, ended, done, expected) "
                          "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (account, name) "
                          "DO UPDATE SET cursor = ?3, ended = ?4, done = ?5, expected = ?6" };
constexpr Sql touch { "touch", "UPDATE pull_request SET seen_at = ?2 WHERE id = ?1" };
constexpr Sql closePass { "closePass",
                          "UPDATE forge_account SET pass_open = 0, finished_at = ?2 WHERE id = ?1 AND pass = ?3" };
constexpr Sql forgetUnseen { "forgetUnseen", "DELETE FROM forge_repository WHERE account = ?1 AND pass < ?2" };
constexpr Sql oldestClosed { "oldestClosed",
                             "SELECT id FROM pull_request WHERE open = 0 AND task = '' "
                             "ORDER BY updated_at DESC LIMIT -1 OFFSET ?1" };
constexpr Sql link { "link", "UPDATE pull_request SET task = ?2 WHERE id = ?1" };
constexpr Sql keepLink { "keepLink",
                         "INSERT INTO pull_request_task (id, task) VALUES (?1, ?2) "
                         "ON CONFLICT (id) DO UPDATE SET task = ?2" };
constexpr Sql readReviewsKnown { "readReviewsKnown", "SELECT reviews_known FROM forge_account WHERE id = ?1" };
constexpr Sql reviewsAreKnown { "reviewsAreKnown", "UPDATE forge_account SET reviews_known = 1 WHERE id = ?1" };
constexpr Sql readAsked { "readReviewsAsked", "SELECT id FROM review_asked WHERE account = ?1" };
constexpr Sql putAsked { "putReviewAsked", "INSERT INTO review_asked (account, id) VALUES (?1, ?2)" };
constexpr Sql dropAsked { "dropReviewAsked", "DELETE FROM review_asked WHERE account = ?1 AND id = ?2" };
constexpr Sql dropAllAsked { "dropReviewsAsked", "DELETE FROM review_asked WHERE account = ?1" };
constexpr Sql dropLink { "dropLink", "DELETE FROM pull_request_task WHERE id = ?1" };

} // namespace

std::vector<Migration> GithubDataActor::migrations()
{
    return {
        { 1, u"addForgeRows"_s,
          u"CREATE TABLE forge_account (id TEXT PRIMARY KEY, login TEXT NOT NULL, pass INTEGER NOT NULL DEFAULT 0, "
          "pass_started_at INTEGER NOT NULL DEFAULT 0, pass_open INTEGER NOT NULL DEFAULT 0, "
          "finished_at INTEGER NOT NULL DEFAULT 0, told TEXT NOT NULL DEFAULT '{}') STRICT;"
          "CREATE TABLE sync_stream (account TEXT NOT NULL, name TEXT NOT NULL, cursor TEXT NOT NULL, "
          "ended INTEGER NOT NULL, done INTEGER NOT NULL, expected INTEGER NOT NULL, "
          "PRIMARY KEY (account, name)) STRICT;"
          "CREATE TABLE forge_repository (id TEXT PRIMARY KEY, account TEXT NOT NULL, name TEXT NOT NULL, "
          "pushed_at INTEGER NOT NULL, pass INTEGER NOT NULL, search TEXT NOT NULL, value TEXT NOT NULL) STRICT;"
          "CREATE INDEX forgeRepositoryPushed ON forge_repository (pushed_at DESC, id);"
          "CREATE INDEX forgeRepositoryNamed ON forge_repository (name);"
          "CREATE INDEX forgeRepositoryOfAccount ON forge_repository (account, pass);"
          "CREATE TABLE pull_request (id TEXT PRIMARY KEY, account TEXT NOT NULL, repository TEXT NOT NULL, "
          "number INTEGER NOT NULL, open INTEGER NOT NULL, checks_run INTEGER NOT NULL, "
          "created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, seen_at INTEGER NOT NULL, "
          "pass INTEGER NOT NULL, task TEXT NOT NULL DEFAULT '', search TEXT NOT NULL, value TEXT NOT NULL) STRICT;"
          "CREATE INDEX pullRequestUpdated ON pull_request (open, updated_at DESC, id);"
          "CREATE INDEX pullRequestCreated ON pull_request (open, created_at DESC, id);"
          "CREATE INDEX pullRequestNumbered ON pull_request (repository, number);"
          "CREATE INDEX pullRequestOfAccount ON pull_request (account, open, checks_run DESC, seen_at);"
          "CREATE INDEX pullRequestOfTask ON pull_request (account, task) WHERE task <> '';"_s },
        // Apart from the rows: those go when their account does, and come again.
        { 2, u"addTaskLinks"_s,
          u"CREATE TABLE pull_request_task (id TEXT PRIMARY KEY, task TEXT NOT NULL) STRICT;"
          "INSERT INTO pull_request_task SELECT id, task FROM pull_request WHERE task <> '';"_s },
        { 3, u"addReviewsAsked"_s,
          u"CREATE TABLE review_asked (account TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (account, id)) STRICT;"
          "ALTER TABLE forge_account ADD COLUMN reviews_known INTEGER NOT NULL DEFAULT 0;"_s },
        { 4, u"addIssues"_s,
          u"CREATE TABLE issue_list (repository TEXT NOT NULL, account TEXT NOT NULL, value TEXT NOT NULL, "
          "PRIMARY KEY (repository, account)) STRICT;"
          "CREATE TABLE issue (id TEXT PRIMARY KEY, account TEXT NOT NULL, repository TEXT NOT NULL, "
          "updated_at INTEGER NOT NULL, reading INTEGER NOT NULL, search TEXT NOT NULL, value TEXT NOT NULL) STRICT;"
          "CREATE INDEX issueOfRepository ON issue (account, repository, updated_at DESC, id);"
          "CREATE TABLE issue_task (id TEXT PRIMARY KEY, task TEXT NOT NULL) STRICT;"_s },
        { 5, u"addOwners"_s,
          u"CREATE TABLE forge_owner (account TEXT NOT NULL, login TEXT NOT NULL COLLATE NOCASE, "
          "pass INTEGER NOT NULL, value TEXT NOT NULL, members TEXT NOT NULL, teams TEXT NOT NULL, "
          "PRIMARY KEY (account, login)) STRICT;"_s }
    };
}

Result<void> GithubDataActor::onWake()
{
    m_syncs.clear();
    const auto read = [this](const Row &row) {
        AccountSync sync; // of another version: as far as it can be read
        (void)json::fromJson(QJsonDocument::fromJson(row.text(3).toUtf8()).object(), sync);
        sync.account.value = row.text(0);
        sync.login = row.text(1);
        sync.finishedAt = row.integer(2);
        m_syncs.insert(sync.account.value, sync);
        return 0;
    };
    if (auto all = store().all(readAccounts, read); !all)
        return std::unexpected(all.error());
    for (AccountSync &sync : m_syncs) {
        if (auto counted = count(sync); !counted)
            return counted;
    }
    return {};
}

Result<QJsonValue> GithubDataActor::onMessage(const Message &message)
{
    return dispatch<githubData::Message>(message, [this](const auto &m) { return handle(m); });
}

SyncState GithubDataActor::syncState() const
{
    const QList<AccountSync> all = m_syncs.values();
    return { std::vector<AccountSync>(all.begin(), all.end()) };
}

Millis GithubDataActor::finishedAt(const AccountId &account) const
{
    return m_syncs.value(account.value).finishedAt;
}

Result<void> GithubDataActor::tellState()
{
    for (AccountSync &sync : m_syncs) {
        if (auto counted = count(sync); !counted)
            return counted;
    }
    tell(event::SyncChanged { syncState() });
    return {};
}

Result<void> GithubDataActor::handle(const githubData::AccountCame &message)
{
    if (auto done = store().run(addAccount, message.account.value, message.login); !done)
        return std::unexpected(done.error());
    AccountSync &sync = m_syncs[message.account.value];
    sync.account = message.account;
    sync.login = message.login;
    return tellState();
}

Result<void> GithubDataActor::handle(const githubData::AccountWent &message)
{
    auto ids = store().all(
        idsOfAccount, [](const Row &row) { return PullRequestId { row.text(0) }; }, message.account.value);
    if (!ids)
        return std::unexpected(ids.error());
    if (auto done = forget(*ids); !done)
        return done;
    for (const Sql &sql : { dropAccount, dropStreams, dropRepositories, dropAllAsked }) {
        if (auto done = store().run(sql, message.account.value); !done)
            return std::unexpected(done.error());
    }
    if (auto done = forgetIssues(message.account); !done)
        return done;
    if (auto done = forgetOwners(message.account); !done)
        return done;
    m_syncs.remove(message.account.value);
    tellRows({}, *ids);
    tellRepositories();
    return tellState();
}

Result<githubData::Pass> GithubDataActor::handle(const githubData::BeginPass &message)
{
    struct Known {
        githubData::Pass pass;
        bool open = false;
    };
    const auto read = [](const Row &row) { return Known { { row.integer(0), row.integer(1), {} }, row.boolean(2) }; };
    auto known = store().one(readPass, read, message.account.value);
    if (!known)
        return std::unexpected(known.error());
    if (!*known)
        return fail(codes::GitHub::unknownAccount, message.account.value);
    githubData::Pass pass = (*known)->pass;
    if (!(*known)->open || message.anew) {
        pass.number += 1;
        pass.startedAt = clock().now();
        auto done = store().run(startPass, message.account.value, pass.number, pass.startedAt);
        if (done)
            done = store().run(dropStreams, message.account.value);
        if (!done)
            return std::unexpected(done.error());
    }
    const auto stream = [](const Row &row) {
        return githubData::Stream { row.text(0), row.text(1), row.boolean(2), int(row.integer(3)),
                                    int(row.integer(4)) };
    };
    auto streams = store().all(readStreams, stream, message.account.value);
    if (!streams)
        return std::unexpected(streams.error());
    pass.streams = std::move(*streams);
    return pass;
}

Result<void> GithubDataActor::keep(const githubData::Stream &stream, const AccountId &account)
{
    return withoutValue(
        store().run(putStream, account.value, stream.name, stream.cursor, stream.ended, stream.done, stream.expected));
}

Result<int> GithubDataActor::handle(const githubData::KeepPage &message)
{
    if (!m_syncs.contains(message.account.value))
        return fail(codes::GitHub::unknownAccount, message.account.value); // signed out while it was read
    std::vector<PullRequestRow> changed;
    int repositories = 0;
    for (const ForgeRepository &repository : message.repositories) {
        auto put = this->put(message.account, message.pass, repository);
        if (!put)
            return std::unexpected(put.error());
        repositories += *put ? 1 : 0;
    }
    for (PullRequestRow row : message.pullRequests) {
        auto put = this->put(message.account, message.pass, row);
        if (!put)
            return std::unexpected(put.error());
        if (*put) {
            if (auto told = tellTask(row); !told)
                return std::unexpected(told.error());
        }
        if (*put || message.looked)
            changed.push_back(std::move(row));
    }
    for (const PullRequestId &id : message.unchanged) {
        if (auto done = store().run(touch, id.value, clock().now()); !done)
            return std::unexpected(done.error());
    }
    if (auto done = forget(message.gone); !done)
        return std::unexpected(done.error());
    for (const githubData::Stream &stream : message.streams) {
        if (auto done = keep(stream, message.account); !done)
            return std::unexpected(done.error());
    }
    const int count = repositories + int(changed.size()) + int(message.gone.size());
    tellRows(std::move(changed), message.gone);
    if (repositories > 0)
        tellRepositories();
    return count;
}

Result<void> GithubDataActor::handle(const githubData::EndPass &message)
{
    auto done = store().run(closePass, message.account.value, clock().now(), message.pass);
    if (!done)
        return std::unexpected(done.error());
    if (*done == 0)
        return {}; // another one has begun since, or the account is gone
    auto dropped = store().run(forgetUnseen, message.account.value, message.pass);
    if (dropped)
        done = store().run(dropStreams, message.account.value);
    if (!dropped || !done)
        return std::unexpected(dropped ? done.error() : dropped.error());
    auto owners = forgetUnseenOwners(message.account, message.pass);
    if (!owners)
        return std::unexpected(owners.error());
    auto old = store().all(
        oldestClosed, [](const Row &row) { return PullRequestId { row.text(0) }; }, limits::closedPullRequests);
    if (!old)
        return std::unexpected(old.error());
    if (auto forgotten = forget(*old); !forgotten)
        return forgotten;
    tellRows({}, *old);
    if (*dropped > 0 || *owners)
        tellRepositories();
    AccountSync &sync = m_syncs[message.account.value];
    sync.finishedAt = clock().now();
    return tellState();
}

Result<void> GithubDataActor::handle(const githubData::Report &message)
{
    const auto known = m_syncs.find(message.sync.account.value);
    if (known == m_syncs.end())
        return {}; // signed out meanwhile
    const Millis finishedAt = known->finishedAt;
    const Millis checkedAt = std::max(known->checkedAt, message.sync.checkedAt);
    const QString login = known->login;
    *known = message.sync;
    known->finishedAt = finishedAt;
    known->checkedAt = checkedAt;
    if (known->login.isEmpty())
        known->login = login;
    AccountSync kept = *known;
    kept.running = false; // for whoever reads it in another life of the program
    const QString text = QString::fromUtf8(json::compact(json::toJson(kept).toObject()));
    if (auto done = store().run(keepTold, message.sync.account.value, text); !done)
        return std::unexpected(done.error());
    return tellState();
}

Result<void> GithubDataActor::handle(const githubData::LinkTask &message)
{
    auto done = message.task.isEmpty() ? store().run(dropLink, message.pullRequest.value)
                                       : store().run(keepLink, message.pullRequest.value, message.task.value);
    if (done)
        done = store().run(link, message.pullRequest.value, message.task.value);
    if (!done)
        return std::unexpected(done.error());
    auto row = pullRequest(message.pullRequest);
    if (!row)
        return std::unexpected(row.error());
    if (!*row)
        return {};
    tellRows({ **row }, {});
    return tellTask(**row);
}

Result<void> GithubDataActor::handle(const githubData::ReviewsAsked &message)
{
    const QString account = message.account.value;
    auto known = store().one(readReviewsKnown, [](const Row &row) { return row.boolean(0); }, account);
    if (!known)
        return std::unexpected(known.error());
    if (!*known)
        return {}; // signed out meanwhile
    auto before = store().all(readAsked, [](const Row &row) { return PullRequestId { row.text(0) }; }, account);
    if (!before)
        return std::unexpected(before.error());
    for (const PullRequestId &id : message.asked) {
        if (std::ranges::find(*before, id) != before->end())
            continue;
        if (auto put = store().run(putAsked, account, id.value); !put)
            return std::unexpected(put.error());
        auto row = pullRequest(id);
        if (!row)
            return std::unexpected(row.error());
        if (**known && *row)
            tell(event::ReviewAsked { **row });
    }
    for (const PullRequestId &id : *before) {
        const bool still = std::ranges::find(message.asked, id) != message.asked.end();
        if (still || !message.complete)
            continue;
        if (auto dropped = store().run(dropAsked, account, id.value); !dropped)
            return std::unexpected(dropped.error());
    }
    if (!**known)
        return withoutValue(store().run(reviewsAreKnown, account));
    return {};
}

// The task hears of every state of its pull request (L33).
Result<void> GithubDataActor::tellTask(const PullRequestRow &row)
{
    if (row.task.isEmpty())
        return {};
    return send(keys::taskOf(row.task), task::PullRequestSeen { pullRequestOfTask(row) });
}

void GithubDataActor::tellRows(std::vector<PullRequestRow> changed, std::vector<PullRequestId> gone)
{
    event::PullRequestsChanged news;
    const auto flush = [&] {
        if (!news.changed.empty() || !news.gone.empty())
            tell(std::exchange(news, {}));
    };
    const auto full = [&] { return int(news.changed.size() + news.gone.size()) >= limits::forgeRowsTold; };
    for (PullRequestRow &row : changed) {
        news.changed.push_back(std::move(row));
        if (full())
            flush();
    }
    for (PullRequestId &id : gone) {
        news.gone.push_back(std::move(id));
        if (full())
            flush();
    }
    flush();
}

} // namespace foundry
