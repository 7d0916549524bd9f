#include "ForgeSync.h"

#include "Keys.h"

namespace foundry {

namespace {

constexpr std::chrono::minutes deadline { 1 };

} // namespace

ForgeSync::ForgeSync(Clock &clock, ActorSystem &actors, TokenSource &tokens, HttpTransport &transport,
                     SyncPeriods periods)
    : m_clock(clock)
    , m_actors(actors)
    , m_tokens(tokens)
    , m_client(clock, tokens, transport,
               [this](const AccountId &account) {
                   if (AccountSynchroniser *found = synchroniser(account))
                       found->limitsChanged();
               })
    , m_periods(periods)
{
}

ForgeSync::~ForgeSync()
{
    // With the requests under way, before the client; what they tell while they go finds nobody any more.
    const auto ending = std::exchange(m_synchronisers, {});
}

void ForgeSync::start()
{
    m_tokens.listen([this, alive = std::weak_ptr<bool>(m_alive)](const AccountId &account, bool usable) {
        if (!alive.expired())
            heard(account, usable);
    });
    for (const UsableAccount &account : m_tokens.usable())
        heard(account.id, true);
}

AccountSynchroniser *ForgeSync::synchroniser(const AccountId &account) const
{
    const auto found = m_synchronisers.find(account);
    return found == m_synchronisers.end() ? nullptr : found->second.get();
}

void ForgeSync::heard(const AccountId &account, bool usable)
{
    if (!usable) {
        // A request of this very account may be what told so: it ends first.
        const auto found = m_synchronisers.find(account);
        if (found == m_synchronisers.end())
            return;
        found->second->signedOut();
        return;
    }
    for (const UsableAccount &each : m_tokens.usable()) {
        if (each.id != account)
            continue;
        auto &synchroniser = m_synchronisers[account];
        synchroniser = std::make_unique<AccountSynchroniser>(
            AccountSynchroniser::Needs { m_clock, m_actors, m_client, keys::localGithubData() }, each, m_periods);
        synchroniser->start();
        synchroniser->watch(m_watched);
        if (m_watchedIssues.account == account)
            synchroniser->watchIssues(m_watchedIssues.repository);
        return;
    }
}

// At the start the list is told before all accounts are read: only who was there in this run can have gone.
void ForgeSync::keepOnly(const std::vector<AccountId> &accounts)
{
    const std::set<AccountId> now(accounts.begin(), accounts.end());
    for (const AccountId &gone : std::exchange(m_seen, now)) {
        if (now.contains(gone))
            continue;
        m_synchronisers.erase(gone);
        m_actors.send(keys::localGithubData(), githubData::AccountWent { gone }, {}, [](const Result<void> &) { });
    }
}

void ForgeSync::noticed(const event::PullRequestsChanged &rows)
{
    for (const PullRequestRow &row : rows.changed) {
        AccountSynchroniser *found = row.task.isEmpty() ? nullptr : synchroniser(row.account);
        if (found)
            found->lookAgain();
    }
}

ForgeSync::Work ForgeSync::perform(command::Synchronise wish)
{
    if (wish.repository.isEmpty()) {
        if (m_synchronisers.empty() || (!wish.account.isEmpty() && !synchroniser(wish.account)))
            co_return fail(codes::GitHub::unknownAccount, wish.account.value);
        for (const auto &[id, each] : m_synchronisers) {
            if (wish.account.isEmpty() || wish.account == id)
                each->synchronise();
        }
        co_return QString();
    }
    AccountSynchroniser *found = synchroniser(wish.account);
    if (!found) {
        Promise<AccountId> seen; // through whom it is seen
        m_actors.visit<GithubDataActor>(keys::localGithubData(), [seen, wish](const Result<GithubDataActor *> &actor) {
            const auto row
                = actor ? (*actor)->repository(wish.repository) : Result<std::optional<ForgeRepository>>(std::nullopt);
            seen.set(row && *row ? (*row)->account : AccountId {});
        });
        const AccountId account = co_await seen;
        found = synchroniser(account);
    }
    if (!found && !m_synchronisers.empty())
        found = m_synchronisers.begin()->second.get();
    if (!found)
        co_return fail(codes::GitHub::unknownAccount);
    found->reload(wish.repository, wish.pullRequest);
    co_return QString();
}

ForgeSync::Work ForgeSync::perform(command::WatchPullRequests wish)
{
    m_watched = std::move(wish.pullRequests);
    for (const auto &[id, each] : m_synchronisers)
        each->watch(m_watched);
    co_return QString();
}

ForgeSync::Work ForgeSync::perform(command::WatchIssues wish)
{
    m_watchedIssues = std::move(wish);
    for (const auto &[id, each] : m_synchronisers)
        each->watchIssues(id == m_watchedIssues.account ? m_watchedIssues.repository : QString());
    co_return QString();
}

} // namespace foundry
