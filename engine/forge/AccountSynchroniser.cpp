#include "AccountSynchroniser.h"

#include "ActorSystem.h"

namespace foundry {

namespace {

constexpr std::chrono::minutes storing { 2 }; // a page, on a machine that others use too

} // namespace

AccountSynchroniser::AccountSynchroniser(Needs needs, UsableAccount account, SyncPeriods periods)
    : m_needs(std::move(needs))
    , m_account(std::move(account))
    , m_periods(periods)
    , m_names(m_needs.client, limits::pagesAStream)
{
    m_pass.period = periods.pass;
    m_sweep.period = periods.sweep;
    m_look.period = periods.look;
    m_issues.period = periods.look;
    m_sync.account = m_account.id;
    m_sync.login = m_account.login;
}

AccountSynchroniser::~AccountSynchroniser() = default;

// ---- jobs -----------------------------------------------------------------------------------------

void AccountSynchroniser::begin(Job &job, Work work)
{
    job.alarm.cancel();
    job.running = true;
    job.work = std::move(work);
    job.work.start([this, &job](const Result<bool> &how) {
        const Work over = std::move(job.work);
        job.running = false;
        ended(job, how);
    });
}

void AccountSynchroniser::ended(Job &job, const Result<bool> &how)
{
    const bool told = &job == &m_pass;
    if (told) {
        m_sync.running = false;
        m_sync.startedAt = 0;
        m_group = nullptr;
    }
    const bool checked = how && *how && &job != &m_look && &job != &m_issues;
    if (how) {
        job.failures = 0;
        m_sync.failure.reset();
        if (checked)
            m_sync.checkedAt = m_needs.clock.now();
        if (&job != &m_look || m_looking)
            plan(job, job.period);
    } else {
        m_sync.failure = how.error();
        const std::chrono::milliseconds wait = m_periods.firstRetry * (1LL << std::min(job.failures++, 20));
        plan(job, std::min({ wait, m_periods.lastRetry, std::max(job.period, m_periods.firstRetry) }));
    }
    if (told || checked || !how || m_sync.pause != SyncPause::none)
        report();
}

void AccountSynchroniser::plan(Job &job, std::chrono::milliseconds in)
{
    if (!m_ended)
        job.alarm = m_needs.clock.after(in, [this, &job] { due(job); });
}

void AccountSynchroniser::due(Job &job)
{
    if (job.running)
        return; // it plans the next one when it ends
    if (&job == &m_pass) {
        job.period = m_periods.pass;
        begin(job, pass(false));
    } else if (&job == &m_sweep) {
        if (m_pass.running)
            plan(job, job.period); // it sees everything
        else
            begin(job, sweep());
    } else if (&job == &m_issues) {
        begin(job, readIssues());
    } else {
        begin(job, look());
    }
}

void AccountSynchroniser::start()
{
    begin(m_pass, resume());
}

AccountSynchroniser::Work AccountSynchroniser::resume()
{
    const githubData::AccountCame came { m_account.id, m_account.login };
    auto coming = m_needs.actors.asking(m_needs.data, toMessage(came), storing);
    auto known = co_await coming;
    if (!known)
        co_return std::unexpected(known.error());
    const std::function<Result<Millis>(GithubDataActor &)> ask
        = [id = m_account.id](GithubDataActor &actor) { return Result<Millis>(actor.finishedAt(id)); };
    auto reading = read<Millis>(ask);
    auto finishedAt = co_await reading;
    if (!finishedAt)
        co_return std::unexpected(finishedAt.error());
    plan(m_sweep, *finishedAt > 0 ? std::chrono::milliseconds(1) : m_periods.sweep);
    plan(m_look, std::chrono::milliseconds(1));
    const Millis next = *finishedAt + m_periods.pass.count() - m_needs.clock.now();
    if (*finishedAt > 0 && next > 0) { // it was all read lately: a sweep tells what is new
        m_pass.period = std::chrono::milliseconds(next);
        co_return false; // nothing was asked
    }
    auto passing = pass(false);
    auto passed = co_await passing;
    co_return passed;
}

void AccountSynchroniser::synchronise()
{
    m_pass.work.reset(); // what it has read is kept; the pass begins anew
    m_pass.period = m_periods.pass;
    begin(m_pass, pass(true));
}

void AccountSynchroniser::reload(const QString &repository, int number)
{
    const auto place = m_reloads.insert(
        m_reloads.end(), number > 0 ? reloadPullRequest(repository, number) : reloadRepository(repository));
    if (number == 0 && repository == m_issueList.repository)
        reloadIssues();
    m_sync.subject = number > 0 ? u"%1#%2"_s.arg(repository).arg(number) : repository;
    report();
    place->start([this, place](Result<bool> how) {
        const Work over = std::move(*place);
        m_reloads.erase(place);
        if (how)
            m_sync.failure.reset();
        else
            m_sync.failure = std::move(how.error());
        if (m_reloads.empty())
            m_sync.subject.clear();
        report();
    });
}

void AccountSynchroniser::watch(const std::vector<PullRequestId> &onScreen)
{
    m_onScreen = onScreen;
    if (m_onScreen.size() > size_t(limits::watchedPullRequests))
        m_onScreen.resize(size_t(limits::watchedPullRequests));
    if (!m_onScreen.empty() && !m_look.running && !m_look.alarm.isSet())
        plan(m_look, std::chrono::milliseconds(1));
}

void AccountSynchroniser::lookAgain()
{
    if (!m_ended && !m_look.running && !m_look.alarm.isSet())
        plan(m_look, m_periods.look);
}

// A request that is under way may have told so, on this stack: the jobs are given up when it is done.
void AccountSynchroniser::signedOut()
{
    m_ended = true;
    m_sync.failure = failure(codes::GitHub::unauthorized);
    m_end = m_needs.clock.after(std::chrono::milliseconds(0), [this] {
        for (Job *job : { &m_pass, &m_sweep, &m_look, &m_issues }) {
            job->work.reset();
            job->alarm.cancel();
            job->running = false;
        }
        m_reloads.clear();
        m_sync.running = false;
        report();
    });
}

// ---- telling --------------------------------------------------------------------------------------

SyncProgress &AccountSynchroniser::phase(SyncPhase phase)
{
    for (SyncProgress &each : m_sync.phases) {
        if (each.phase == phase)
            return each;
    }
    return m_sync.phases.emplace_back(SyncProgress { phase });
}

void AccountSynchroniser::beginPhases(const QString &subject)
{
    m_sync.phases.clear();
    for (const SyncPhase each : { SyncPhase::identity, SyncPhase::organisations, SyncPhase::installations,
                                  SyncPhase::repositories, SyncPhase::members, SyncPhase::pullRequests })
        m_sync.phases.push_back({ each });
    m_sync.subject = subject;
    m_sync.running = true;
    m_sync.startedAt = m_needs.clock.now();
    m_streams.clear();
    m_started.clear();
    m_waitForRepositories.clear();
}

void AccountSynchroniser::countPullRequests(const QString &stream, int done, int expected)
{
    m_streams.insert(stream, { done, expected });
    SyncProgress &told = phase(SyncPhase::pullRequests);
    told.done = told.expected = 0;
    for (const auto &[read, all] : std::as_const(m_streams)) {
        told.done += read;
        told.expected += std::max(read, all);
    }
}

void AccountSynchroniser::report()
{
    const Pause pause = m_needs.client.pause(m_account.id);
    m_sync.pause = pause.why;
    m_sync.pausedUntil = pause.until;
    if (pause.why == SyncPause::none && m_sync.failure) {
        if (m_sync.failure->is(codes::GitHub::offline))
            m_sync.pause = SyncPause::offline;
        else if (m_sync.failure->is(codes::GitHub::unauthorized) || m_sync.failure->is(codes::GitHub::badRefreshToken))
            m_sync.pause = SyncPause::signedOut;
    }
    const Quota rest = m_needs.client.quota(m_account.id, ForgeApi::rest);
    const Quota points = m_needs.client.quota(m_account.id, ForgeApi::graphql);
    m_sync.quotaLeft = rest.left;
    m_sync.quotaLimit = rest.limit;
    m_sync.pointsLeft = points.left;
    m_sync.pointsLimit = points.limit;
    m_sync.quotaResetsAt = std::max(rest.resetsAt, points.resetsAt);
    m_needs.actors.ask(m_needs.data, githubData::Report { m_sync }, storing, [](const Result<QJsonValue> &) { });
}

// ---- what all of it uses --------------------------------------------------------------------------

Async<Result<QJsonObject>> AccountSynchroniser::query(RequestPriority priority, QString text, QJsonObject variables)
{
    auto asking = m_needs.client.query(m_account.id, priority, std::move(text), std::move(variables));
    auto answer = co_await asking;
    if (!answer)
        co_return std::unexpected(answer.error());
    QJsonObject data = answer->json.toObject();
    data.insert(u"errors"_s, answer->errors);
    co_return data;
}

AccountSynchroniser::Work AccountSynchroniser::keep(githubData::KeepPage page)
{
    page.account = m_account.id;
    auto asking = m_needs.actors.asking(m_needs.data, toMessage(page), storing);
    auto kept = co_await asking;
    if (!kept)
        co_return std::unexpected(kept.error());
    co_return true;
}

Async<Result<QStringList>> AccountSynchroniser::repositoriesOf(QString owner)
{
    QStringList names;
    int found = 1;
    for (int from = 0; from < found; from += limits::forgePage) {
        query::ForgeRepositories wish;
        wish.account = m_account.id;
        wish.from = from;
        const std::function<Result<answer::ForgeRepositories>(GithubDataActor &)> ask
            = [wish](GithubDataActor &actor) { return actor.repositories(wish); };
        auto reading = read<answer::ForgeRepositories>(ask);
        auto page = co_await reading;
        if (!page)
            co_return std::unexpected(page.error());
        found = page->found;
        for (const ForgeRepository &repository : page->repositories) {
            if (repository.openPullRequests > 0 && !repository.archived
                && repository.name.section(u'/', 0, 0).compare(owner, Qt::CaseInsensitive) == 0)
                names.append(repository.name);
        }
    }
    co_return names;
}

// Owners of the repositories that are known, and the account's own login and organisations.
Async<Result<QStringList>> AccountSynchroniser::knownOwners()
{
    QStringList owners = m_owners;
    int found = 1;
    for (int from = 0; from < found; from += limits::forgePage) {
        query::ForgeRepositories wish;
        wish.account = m_account.id;
        wish.from = from;
        const std::function<Result<answer::ForgeRepositories>(GithubDataActor &)> ask
            = [wish](GithubDataActor &actor) { return actor.repositories(wish); };
        auto reading = read<answer::ForgeRepositories>(ask);
        auto page = co_await reading;
        if (!page)
            co_return std::unexpected(page.error());
        found = page->found;
        for (const ForgeRepository &repository : page->repositories) {
            const QString owner = repository.name.section(u'/', 0, 0);
            if (!owners.contains(owner))
                owners.append(owner);
        }
    }
    co_return owners.mid(0, limits::searchedOwners);
}

} // namespace foundry
