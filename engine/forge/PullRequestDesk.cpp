#include "PullRequestDesk.h"

#include "GithubQueries.h"
#include "Keys.h"
#include "PullRequestAnswers.h"

#include <QUrlQuery>

namespace foundry {

namespace {

constexpr qsizetype knownPages = 64; // of reviewers and labels

// Which repository has the branch.
QString headOf(const command::OpenPullRequest &wish)
{
    return wish.headRepository.isEmpty() ? wish.repository : wish.headRepository;
}

constexpr std::chrono::minutes storing { 2 };
constexpr qsizetype maxLog = qsizetype(512) * 1024 * 1024; // bytes that are read; the host of logs knows no "last ones"
constexpr qsizetype keptLog = 1024 * 1024; // bytes of its end; logTail takes from them what is shown
constexpr std::chrono::minutes readingLog { 3 };

QString pathOf(const QString &repository, const QString &rest)
{
    return u"/repos/"_s + repository + rest;
}

QString encoded(const QString &text)
{
    return QString::fromLatin1(QUrl::toPercentEncoding(text));
}

// A refusal of a nicety: said, and the rest goes on. What may come right by itself is tried again with the step.
Result<bool> passedBy(const Result<QJsonValue> &answer, const QString &what, QStringList &refused)
{
    if (answer)
        return true;
    if (answer.error().isTransient())
        return std::unexpected(answer.error());
    const QString words = answer.error().detail.isEmpty() ? answer.error().name() : answer.error().detail;
    refused.append(u"%1: %2"_s.arg(what, words.left(limits::forgeText)));
    return false;
}

QString methodName(MergeMethod method)
{
    switch (method) {
    case MergeMethod::merge:
        return u"merge"_s;
    case MergeMethod::squash:
        return u"squash"_s;
    case MergeMethod::rebase:
        return u"rebase"_s;
    }
    return {};
}

} // namespace

PullRequestDesk::PullRequestDesk(Needs needs)
    : m_needs(needs)
    , m_names(m_needs.client, knownPages)
{
}

// ---- for tasks ------------------------------------------------------------------------------------

// The work is kept here and goes when its asker does; the asker's frame, which may outlive this, has only a promise.
Async<Result<ForgeWork>> PullRequestDesk::lent(Async<Result<ForgeWork>> work)
{
    struct Lease {
        Lease(const std::shared_ptr<Works> &all, Works::iterator where)
            : works(all)
            , place(where)
        {
        }
        ~Lease()
        {
            if (const auto all = works.lock())
                all->erase(place);
        }
        Q_DISABLE_COPY_MOVE(Lease)
        std::weak_ptr<Works> works;
        Works::iterator place;
    };
    const Lease lease(m_works, m_works->insert(m_works->end(), std::move(work)));
    Promise<Result<ForgeWork>> done;
    lease.place->start([done](Result<ForgeWork> how) { done.set(std::move(how)); });
    auto how = co_await done;
    if (!how && how.error().is(codes::GitHub::unknownAccount))
        how.error().retry = Retry::transient; // after a start the accounts come a moment later than the tasks
    co_return how;
}

ForgeWorks PullRequestDesk::works()
{
    return { [this](command::OpenPullRequest wish, QString headBranch) {
                return lent(open(std::move(wish), std::move(headBranch)));
            },
             [this](command::MergePullRequest wish) { return lent(merge(std::move(wish))); } };
}

// ---- what all of it uses --------------------------------------------------------------------------

PullRequestDesk::Json PullRequestDesk::rest(AccountId account, QByteArray method, QString path, QJsonObject body)
{
    ForgeRequest request;
    request.account = std::move(account);
    request.priority = RequestPriority::person;
    request.method = std::move(method);
    request.path = std::move(path);
    request.body = std::move(body);
    request.waitsAtMost = patience;
    auto sending = m_needs.client.send(std::move(request));
    auto answer = co_await sending;
    if (!answer)
        co_return std::unexpected(answer.error());
    co_return answer->json;
}

Async<Result<PullRequestRow>> PullRequestDesk::rowOf(PullRequestId id)
{
    Promise<Result<PullRequestRow>> seen;
    m_needs.actors.visit<GithubDataActor>(keys::localGithubData(), [seen, id](const Result<GithubDataActor *> &actor) {
        const auto row = actor ? (*actor)->pullRequest(id) : std::unexpected(actor.error());
        if (!row)
            seen.set(std::unexpected(row.error()));
        else if (*row)
            seen.set(**row);
        else
            seen.set(fail(codes::GitHub::notFound, id.value));
    });
    auto row = co_await seen;
    co_return row;
}

// As the forge has it now, kept for the lists too.
Async<Result<PullRequestRow>> PullRequestDesk::refreshed(AccountId account, PullRequestId id)
{
    auto asking = m_needs.client.query(account, RequestPriority::person, queries::withPullRequests(queries::byId),
                                       { { u"ids"_s, QJsonArray { id.value } } });
    auto answer = co_await asking;
    if (!answer)
        co_return std::unexpected(answer.error());
    auto row = pullRequestOf(answer->json.toObject().value(u"nodes").toArray().first().toObject());
    if (!row)
        co_return fail(codes::GitHub::notFound, id.value);
    row->account = account;
    githubData::KeepPage page;
    page.account = account;
    page.pullRequests.push_back(*row);
    page.looked = true;
    auto keeping = m_needs.actors.asking(keys::localGithubData(), toMessage(page), storing);
    if (auto kept = co_await keeping; !kept)
        qInfo("forge: a row is not kept: %s", qPrintable(kept.error().chain())); // the next pass brings it
    co_return *row;
}

// ---- opening --------------------------------------------------------------------------------------

// The open pull request of this branch; empty: there is none.
Async<Result<PullRequestId>> PullRequestDesk::openOf(command::OpenPullRequest wish, QString headBranch)
{
    const QString head = headOf(wish).section(u'/', 0, 0) + u':' + headBranch;
    const QString query = u"/pulls?state=open&head=%1&per_page=10"_s.arg(encoded(head));
    auto asking = rest(wish.account, "GET", pathOf(wish.repository, query));
    auto found = co_await asking;
    if (!found)
        co_return std::unexpected(found.error());
    for (const QJsonValue each : found->toArray()) {
        const QJsonObject pull = each.toObject(); // looked at: a server that ignores `head` gives all
        if (pull.value(u"head").toObject().value(u"label").toString().compare(head, Qt::CaseInsensitive) == 0)
            co_return PullRequestId { pull.value(u"node_id").toString() };
    }
    co_return PullRequestId {};
}

Async<Result<PullRequestId>> PullRequestDesk::create(command::OpenPullRequest wish, QString headBranch)
{
    const QString owner = headOf(wish).section(u'/', 0, 0);
    QJsonObject body { { u"title"_s, wish.title.simplified() },
                       { u"head"_s, owner + u':' + headBranch },
                       { u"base"_s, wish.base },
                       { u"body"_s, wish.text.left(limits::pullRequestText) },
                       { u"draft"_s, wish.draft } };
    if (headOf(wish) != wish.repository && owner == wish.repository.section(u'/', 0, 0))
        body.insert(u"head_repo"_s, headOf(wish).section(u'/', 1)); // a fork beside its parent
    auto asking = rest(wish.account, "POST", pathOf(wish.repository, u"/pulls"_s), body);
    auto made = co_await asking;
    if (made)
        co_return PullRequestId { made->toObject().value(u"node_id").toString() };
    if (!made.error().is(codes::GitHub::validation))
        co_return std::unexpected(made.error());
    // "A pull request already exists": somebody was faster, or an answer of ours never came.
    auto looking = openOf(wish, headBranch);
    auto there = co_await looking;
    if (there && !there->isEmpty())
        co_return *there;
    co_return std::unexpected(made.error());
}

Async<Result<bool>> PullRequestDesk::askReviewers(command::OpenPullRequest wish, int number, QStringList &refused)
{
    QJsonArray people, teams;
    for (const QString &each : wish.reviewers.mid(0, limits::reviewersAsked)) {
        if (each.contains(u'/'))
            teams.append(each.section(u'/', -1));
        else
            people.append(each);
    }
    if (people.isEmpty() && teams.isEmpty())
        co_return true;
    QJsonObject body;
    if (!people.isEmpty())
        body.insert(u"reviewers"_s, people);
    if (!teams.isEmpty())
        body.insert(u"team_reviewers"_s, teams);
    const QString path = pathOf(wish.repository, u"/pulls/%1/requested_reviewers"_s.arg(number));
    auto asking = rest(wish.account, "POST", path, body);
    auto asked = co_await asking;
    co_return passedBy(asked, u"reviewers"_s, refused);
}

Async<Result<bool>> PullRequestDesk::addLabels(command::OpenPullRequest wish, int number, QStringList &refused)
{
    if (wish.labels.isEmpty())
        co_return true;
    const QJsonObject body { { u"labels"_s,
                               QJsonArray::fromStringList(wish.labels.mid(0, limits::pullRequestLabels)) } };
    const QString path = pathOf(wish.repository, u"/issues/%1/labels"_s.arg(number));
    auto asking = rest(wish.account, "POST", path, body);
    auto added = co_await asking;
    co_return passedBy(added, u"labels"_s, refused);
}

Async<Result<ForgeWork>> PullRequestDesk::open(command::OpenPullRequest wish, QString headBranch)
{
    auto looking = openOf(wish, headBranch);
    auto id = co_await looking;
    if (id && id->isEmpty()) {
        auto creating = create(wish, headBranch);
        id = co_await creating;
    }
    if (!id)
        co_return std::unexpected(mergeRefusal(id.error()));
    auto reading = refreshed(wish.account, *id);
    auto row = co_await reading;
    if (!row)
        co_return std::unexpected(row.error());
    ForgeWork work { *row, {} };
    auto asking = askReviewers(wish, row->number, work.refused);
    auto asked = co_await asking;
    if (!asked)
        co_return std::unexpected(asked.error());
    auto adding = addLabels(wish, row->number, work.refused);
    auto added = co_await adding;
    if (!added)
        co_return std::unexpected(added.error());
    if (*added && !wish.labels.isEmpty()) {
        auto again = refreshed(wish.account, *id);
        if (auto labelled = co_await again)
            work.row = std::move(*labelled);
    }
    co_return work;
}

// ---- merging --------------------------------------------------------------------------------------

Async<Result<bool>> PullRequestDesk::mergeNow(command::MergePullRequest wish, PullRequestRow row)
{
    const QJsonObject body { { u"sha"_s, wish.headCommit }, { u"merge_method"_s, methodName(wish.method) } };
    auto asking = rest(row.account, "PUT", pathOf(row.repository, u"/pulls/%1/merge"_s.arg(row.number)), body);
    auto merged = co_await asking;
    if (!merged)
        co_return std::unexpected(mergeRefusal(merged.error()));
    co_return true;
}

Async<Result<bool>> PullRequestDesk::mergeLater(command::MergePullRequest wish, PullRequestRow row)
{
    const QJsonObject variables { { u"id"_s, row.id.value },
                                  { u"head"_s, wish.headCommit },
                                  { u"method"_s, methodName(wish.method).toUpper() } };
    auto asking = m_needs.client.query(row.account, RequestPriority::person, QString::fromUtf16(queries::mergeLater),
                                       variables);
    auto set = co_await asking;
    if (set && !set->errors.isEmpty())
        co_return std::unexpected(mergeRefusal(failureOfErrors(set->errors)));
    if (!set)
        co_return std::unexpected(mergeRefusal(set.error()));
    co_return true;
}

// Only of the base's own repository; one that is gone already is what was wished.
Async<Result<bool>> PullRequestDesk::deleteBranch(PullRequestRow row, QStringList &refused)
{
    if (row.headRepository != row.repository || row.headBranch == row.baseBranch)
        co_return true;
    const QString path = pathOf(row.repository, u"/git/refs/"_s + encoded(u"heads/"_s + row.headBranch));
    auto asking = rest(row.account, "DELETE", path);
    auto gone = co_await asking;
    const bool before = !gone
        && (gone.error().is(codes::GitHub::notFound)
            || gone.error().detail.contains(u"Reference does not exist"_s, Qt::CaseInsensitive));
    if (before)
        co_return true;
    co_return passedBy(gone, u"branch"_s, refused);
}

Async<Result<ForgeWork>> PullRequestDesk::merge(command::MergePullRequest wish)
{
    auto finding = rowOf(wish.pullRequest);
    auto known = co_await finding;
    if (!known)
        co_return std::unexpected(known.error());
    auto reading = refreshed(known->account, wish.pullRequest);
    auto row = co_await reading;
    if (!row)
        co_return std::unexpected(row.error());
    ForgeWork work { *row, {} };
    if (row->state == PullRequestState::closed)
        co_return fail(codes::GitHub::notMergeable, u"The pull request is closed."_s);
    if (row->state != PullRequestState::merged) {
        if (wish.headCommit.isEmpty() || row->headCommit != wish.headCommit)
            co_return fail(codes::GitHub::headMoved, row->headCommit);
        auto merging = wish.automatic ? mergeLater(wish, *row) : mergeNow(wish, *row);
        auto merged = co_await merging;
        if (!merged)
            co_return std::unexpected(merged.error());
        auto again = refreshed(known->account, wish.pullRequest);
        auto now = co_await again;
        if (!now)
            co_return std::unexpected(now.error()); // the next attempt finds it merged
        work.row = std::move(*now);
        if (!wish.automatic)
            work.row.state = PullRequestState::merged; // whatever a slow copy of the forge still says
    } else if (row->headCommit != wish.headCommit) {
        work.refused.append(u"merge: somebody merged it with another head"_s);
    }
    if (wish.deleteBranch && work.row.state == PullRequestState::merged) {
        auto deleting = deleteBranch(work.row, work.refused);
        if (auto gone = co_await deleting; !gone)
            co_return std::unexpected(gone.error());
    }
    co_return work;
}

Async<Result<QString>> PullRequestDesk::perform(command::ReadyPullRequest wish)
{
    auto finding = rowOf(wish.pullRequest);
    auto row = co_await finding;
    if (!row)
        co_return std::unexpected(row.error());
    auto asking = m_needs.client.query(row->account, RequestPriority::person, QString::fromUtf16(queries::ready),
                                       { { u"id"_s, row->id.value } });
    auto done = co_await asking;
    if (!done)
        co_return std::unexpected(mergeRefusal(done.error()));
    if (!done->errors.isEmpty())
        co_return std::unexpected(mergeRefusal(failureOfErrors(done->errors)));
    auto reading = refreshed(row->account, row->id);
    auto now = co_await reading;
    if (!now)
        co_return std::unexpected(now.error());
    co_return QString();
}

// ---- reading --------------------------------------------------------------------------------------

Async<Result<PullRequestDetails>> PullRequestDesk::read(query::PullRequestDetails query)
{
    auto finding = rowOf(query.pullRequest);
    auto row = co_await finding;
    if (!row)
        co_return std::unexpected(row.error());
    auto asking = m_needs.client.query(row->account, RequestPriority::onScreen,
                                       queries::withPullRequests(queries::details), { { u"id"_s, row->id.value } });
    auto answer = co_await asking;
    if (!answer)
        co_return std::unexpected(answer.error());
    auto details = pullRequestDetailsOf(answer->json.toObject().value(u"node").toObject());
    if (!details)
        co_return fail(codes::GitHub::notFound, row->repository + u'#' + QString::number(row->number));
    details->row.account = row->account;
    details->row.task = row->task;
    co_return *details;
}

// Whom the forge would take; where it does not tell that, the organisation's members. Its teams with them.
Async<Result<answer::ReviewSuggestions>> PullRequestDesk::read(query::ReviewSuggestions query)
{
    const auto wish = [&query](const QString &path, const QString &field) {
        return ForgeNames::Wish { query.account,       pathOf(query.repository, path), field,
                                  limits::suggestions, RequestPriority::onScreen,      patience };
    };
    const QString owner = query.repository.section(u'/', 0, 0);
    Promise<Result<GithubDataActor::OwnerNames>> seen;
    m_needs.actors.visit<GithubDataActor>(keys::localGithubData(),
                                          [seen, account = query.account, owner](Result<GithubDataActor *> actor) {
                                              if (actor)
                                                  seen.set((*actor)->namesAt(account, owner));
                                              else
                                                  seen.set(std::unexpected(actor.error()));
                                          });
    auto known = co_await seen;
    if (!known)
        co_return std::unexpected(known.error());
    answer::ReviewSuggestions found;
    auto people = m_names.read(wish(u"/assignees"_s, u"login"_s));
    auto reviewers = co_await people;
    const bool refused = !reviewers
        && (reviewers.error().is(codes::GitHub::forbidden) || reviewers.error().is(codes::GitHub::notFound));
    if (!reviewers && !refused)
        co_return std::unexpected(reviewers.error());
    found.reviewers = refused ? known->members.mid(0, limits::suggestions) : std::move(*reviewers);
    for (const QString &team : std::as_const(known->teams))
        found.reviewers.append(owner + u'/' + team);
    auto reading = m_names.read(wish(u"/labels"_s, u"name"_s));
    auto labels = co_await reading;
    if (!labels)
        co_return std::unexpected(labels.error());
    found.labels = std::move(*labels);
    co_return found;
}

// The log is at another host, whose address is a secret of its own: asked without the token, and followed no further.
Async<Result<answer::CheckLog>> PullRequestDesk::read(query::CheckLog query)
{
    auto finding = rowOf(query.pullRequest);
    auto row = co_await finding;
    if (!row)
        co_return std::unexpected(row.error());
    ForgeRequest request;
    request.account = row->account;
    request.priority = RequestPriority::person;
    request.path = pathOf(row->repository, u"/actions/jobs/%1/logs"_s.arg(query.job));
    request.wantsPlace = true;
    request.waitsAtMost = patience;
    auto sending = m_needs.client.send(std::move(request));
    auto answer = co_await sending;
    if (!answer)
        co_return std::unexpected(answer.error());
    const bool loopback = answer->place.host() == u"127.0.0.1"_s && answer->place.scheme() == u"http"_s;
    if (answer->place.scheme() != u"https"_s && !loopback)
        co_return fail(codes::GitHub::badAnswer, u"no place of the log"_s);
    HttpRequest wire;
    wire.url = answer->place;
    wire.maxBody = maxLog;
    wire.keepLast = keptLog;
    wire.timeOut = readingLog;
    auto fetching = m_needs.http.send(std::move(wire));
    auto log = co_await fetching;
    if (!log)
        co_return std::unexpected(log.error());
    if (log->status != 200)
        co_return fail(codes::GitHub::notFound, u"the log: status %1"_s.arg(log->status));
    co_return logTail(log->body);
}

} // namespace foundry
