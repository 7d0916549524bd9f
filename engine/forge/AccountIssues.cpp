// The issues of the repository on screen: all of them once, page by page, then what changed since.
#include "AccountSynchroniser.h"
#include "ActorSystem.h"
#include "GithubQueries.h"

#include <QDateTime>

namespace foundry {

namespace {

constexpr Millis overlap = 5 * 60'000; // what changed is told a little later

// What went wrong with this repository alone: the account is well.
bool isOfRepository(const Failure &failure)
{
    return failure.is(codes::GitHub::notFound) || failure.is(codes::GitHub::forbidden)
        || failure.is(codes::GitHub::samlRequired) || failure.is(codes::GitHub::issuesOff);
}

} // namespace

void AccountSynchroniser::watchIssues(const QString &repository)
{
    if (repository == m_issueList.repository)
        return;
    m_issues.work.reset(); // what it has read is kept
    m_issues.alarm.cancel();
    m_issues.running = false;
    m_issueList = {};
    m_issueList.account = m_account.id;
    m_issueList.repository = repository;
    m_issuesReadAt = 0;
    m_issuesTag.clear();
    if (!repository.isEmpty())
        plan(m_issues, std::chrono::milliseconds(0));
}

// All of them, at once.
void AccountSynchroniser::reloadIssues()
{
    const QString repository = std::exchange(m_issueList.repository, {});
    watchIssues(repository);
}

AccountSynchroniser::Work AccountSynchroniser::readIssues()
{
    const Millis now = m_needs.clock.now();
    const bool all = m_issuesReadAt == 0 || now - m_issuesReadAt >= m_periods.pass.count();
    auto reading = all ? readAllIssues(now) : readChangedIssues();
    auto read = co_await reading;
    m_issues.period = m_periods.look;
    if (read) {
        if (all)
            m_issuesReadAt = now;
        co_return true;
    }
    const Failure why = read.error();
    m_issueList.failure = why;
    m_issuesTag.clear(); // what it stands for was not read
    githubData::KeepIssues kept;
    kept.list = m_issueList;
    auto telling = keepIssues(std::move(kept));
    auto told = co_await telling;
    if (!isOfRepository(why))
        co_return std::unexpected(why);
    m_issuesReadAt = 0;
    m_issues.period = m_periods.sweep; // it does not change every moment
    co_return told;
}

// One page: `open` and `issues` of queries::issues or issuesSince.
Async<Result<QJsonObject>> AccountSynchroniser::issuesOfRepository(QString text, QJsonObject variables,
                                                                   RequestPriority priority)
{
    const QString name = m_issueList.repository;
    variables.insert(u"owner"_s, name.section(u'/', 0, 0));
    variables.insert(u"name"_s, name.section(u'/', 1));
    auto asking = query(priority, std::move(text), std::move(variables));
    auto data = co_await asking;
    if (!data)
        co_return std::unexpected(data.error());
    const QJsonObject repository = data->value(u"repository").toObject();
    const QJsonArray errors = data->value(u"errors").toArray();
    if (repository.isEmpty() && !errors.isEmpty())
        co_return std::unexpected(failureOfErrors(errors));
    if (repository.isEmpty())
        co_return fail(codes::GitHub::notFound, name);
    if (!repository.value(u"hasIssuesEnabled").toBool())
        co_return fail(codes::GitHub::issuesOff, name);
    co_return repository;
}

AccountSynchroniser::Work AccountSynchroniser::readAllIssues(Millis now)
{
    QString cursor;
    int found = 0;
    for (bool last = false; !last;) {
        const QJsonValue after = cursor.isEmpty() ? QJsonValue() : QJsonValue(cursor);
        // Whoever opens the page waits for the first rows.
        const RequestPriority priority = cursor.isEmpty() ? RequestPriority::person : RequestPriority::onScreen;
        auto asking = issuesOfRepository(queries::withIssues(queries::issues), { { u"cursor"_s, after } }, priority);
        auto repository = co_await asking;
        if (!repository)
            co_return std::unexpected(repository.error());
        auto page = issuePage(repository->value(u"issues").toObject());
        found += int(page.rows.size());
        last = page.cursor.isEmpty() || page.cursor == cursor || found >= limits::issuesARepository;
        cursor = page.cursor;
        m_issueList.open = page.total;
        m_issueList.readAt = now;
        m_issueList.failure.reset();
        githubData::KeepIssues kept;
        kept.list = m_issueList;
        kept.rows = std::move(page.rows);
        kept.reading = now;
        kept.last = last;
        auto keeping = keepIssues(std::move(kept));
        auto done = co_await keeping;
        if (!done)
            co_return done;
    }
    co_return true;
}

// A conditional request for the newest change, which costs nothing while there is none.
AccountSynchroniser::Work AccountSynchroniser::issuesChanged()
{
    ForgeRequest request;
    request.account = m_account.id;
    request.priority = RequestPriority::onScreen;
    request.path = u"/repos/%1/issues?state=all&sort=updated&per_page=1"_s.arg(m_issueList.repository);
    request.tag = m_issuesTag;
    auto sending = m_needs.client.send(std::move(request));
    auto answer = co_await sending;
    if (!answer) {
        if (isOfRepository(answer.error()))
            co_return true; // the reading says why
        co_return std::unexpected(answer.error());
    }
    m_issuesTag = answer->tag;
    co_return answer->status != 304;
}

AccountSynchroniser::Work AccountSynchroniser::readChangedIssues()
{
    auto looking = issuesChanged();
    auto changed = co_await looking;
    if (!changed || !*changed)
        co_return changed ? Result<bool>(true) : changed;
    const Millis now = m_needs.clock.now();
    const QDateTime since = QDateTime::fromMSecsSinceEpoch(std::max<Millis>(0, m_issueList.readAt - overlap), Qt::UTC);
    auto asking = issuesOfRepository(queries::withIssues(queries::issuesSince),
                                     { { u"since"_s, since.toString(Qt::ISODate) } }, RequestPriority::onScreen);
    auto repository = co_await asking;
    if (!repository)
        co_return std::unexpected(repository.error());
    const QJsonObject connection = repository->value(u"issues").toObject();
    auto page = issuePage(connection);
    if (!page.cursor.isEmpty()) { // more than a page of them: all are read again
        auto reading = readAllIssues(now);
        auto read = co_await reading;
        co_return read;
    }
    githubData::KeepIssues kept;
    QSet<QString> closed;
    for (const QJsonValue node : connection.value(u"nodes").toArray()) {
        if (!isOpenIssue(node.toObject()))
            closed.insert(node.toObject().value(u"id").toString());
    }
    for (IssueRow &row : page.rows) {
        if (closed.contains(row.id.value))
            kept.gone.push_back(row.id);
        else
            kept.rows.push_back(std::move(row));
    }
    m_issueList.open = repository->value(u"open").toObject().value(u"totalCount").toInt();
    m_issueList.readAt = now;
    m_issueList.failure.reset();
    kept.list = m_issueList;
    auto keeping = keepIssues(std::move(kept));
    auto done = co_await keeping;
    co_return done;
}

AccountSynchroniser::Work AccountSynchroniser::keepIssues(githubData::KeepIssues page)
{
    auto asking = m_needs.actors.asking(m_needs.data, toMessage(page), std::chrono::minutes(2));
    auto kept = co_await asking;
    if (!kept)
        co_return std::unexpected(kept.error());
    co_return true;
}

} // namespace foundry
