// Keeps every account's rows in step with its forge: one AccountSynchroniser for each account that can be used, from
// when it can until it cannot. Without an account nothing runs. Engine thread only.
#pragma once

#include "AccountSynchroniser.h"

#include <foundry/Command.h>
#include <foundry/Event.h>

#include <set>

namespace foundry {

class ForgeSync {
public:
    using Work = Async<Result<QString>>; // as CommandRouter's
    ForgeSync(Clock &clock, ActorSystem &actors, TokenSource &tokens, HttpTransport &transport,
              SyncPeriods periods = {});
    ~ForgeSync();
    Q_DISABLE_COPY_MOVE(ForgeSync)

    // With the accounts that are there already.
    void start();
    // What is known of accounts that are not among these goes: somebody has signed out.
    void keepOnly(const std::vector<AccountId> &accounts);

    // What the rows told: those of tasks are looked at from now on.
    void noticed(const event::PullRequestsChanged &rows);

    Work perform(command::Synchronise wish);
    Work perform(command::WatchPullRequests wish);
    Work perform(command::WatchIssues wish);

    const GithubClient &client() const { return m_client; }
    GithubClient &client() { return m_client; }

private:
    void heard(const AccountId &account, bool usable);
    AccountSynchroniser *synchroniser(const AccountId &account) const;

    Clock &m_clock;
    ActorSystem &m_actors;
    TokenSource &m_tokens;
    GithubClient m_client;
    SyncPeriods m_periods;
    std::map<AccountId, std::unique_ptr<AccountSynchroniser>> m_synchronisers;
    std::set<AccountId> m_seen; // told of last
    std::vector<PullRequestId> m_watched; // by whoever signs in later too
    command::WatchIssues m_watchedIssues;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true); // the token source may outlive this
};

} // namespace foundry
