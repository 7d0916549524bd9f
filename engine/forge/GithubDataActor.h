// What is known of the forge: repositories, pull requests, issues of repositories that were looked at, and
// how far each account's synchronisation is. Rows only, never an actor for one of them (L15); every list is one read of
// this store (L14). It waits for messages: who reads
// from the forge sends what it read (L09), and does that in ForgeSync.
#pragma once

#include "Actor.h"
#include "GithubDataMessages.h"
#include "Migrator.h"

#include <QMap>

namespace foundry {

namespace limits {
inline constexpr int closedPullRequests = 2'000; // rows kept without a task, the oldest go
} // namespace limits

// As much of a row as tells whether the forge has another one.
struct PullRequestMark {
    PullRequestId id;
    QString repository;
    int number = 0;
    Millis updatedAt = 0;
    PullRequestState state = PullRequestState::open;
    ChecksState checks = ChecksState::none;
    Mergeability mergeable = Mergeability::unknown;
    QString headCommit;
};

class GithubDataActor final : public Actor {
public:
    static std::vector<Migration> migrations();

    // For ActorSystem::visit. Failures: the store's.
    Result<answer::PullRequests> pullRequests(const query::PullRequests &query) const;
    Result<answer::ForgeRepositories> repositories(const query::ForgeRepositories &query) const;
    // OwnerRows.cpp
    Result<answer::ForgeOwners> owners(const AccountId &account) const;
    struct OwnerNames {
        QStringList members; // logins
        QStringList teams; // slugs
    };
    Result<OwnerNames> namesAt(const AccountId &account, const QString &owner) const; // empty: not known
    Result<std::optional<PullRequestRow>> pullRequest(const PullRequestId &id) const;
    Result<std::optional<PullRequestRow>> pullRequest(const QString &repository, int number) const;
    Result<std::optional<ForgeRepository>> repository(const QString &name) const;
    SyncState syncState() const;
    Millis finishedAt(const AccountId &account) const; // of the last whole pass; 0: none yet
    // Open rows that a pass has not seen: merged, closed, moved or gone.
    Result<std::vector<PullRequestMark>> unseen(const AccountId &account, qint64 pass, int atMost) const;
    // Open rows whose turn it is: with checks under way first, then those that were looked at longest ago.
    Result<std::vector<PullRequestMark>> stalest(const AccountId &account, int atMost) const;
    // Open ones that a task works on.
    Result<std::vector<PullRequestMark>> ofTasks(const AccountId &account, int atMost) const;
    Result<std::vector<PullRequestMark>> marks(const AccountId &account,
                                               const std::vector<PullRequestId> &ids) const; // those of this account
    Result<Millis> newestChange(const AccountId &account) const;
    // IssueRows.cpp
    Result<answer::Issues> issues(const query::Issues &query) const;
    Result<std::optional<IssueRow>> issue(const IssueId &id) const;
    Result<TaskId> taskOfIssue(const IssueId &id) const; // empty: none was made from it

protected:
    Result<void> onWake() override;
    Result<QJsonValue> onMessage(const Message &message) override;

private:
    Result<void> handle(const githubData::AccountCame &message);
    Result<void> handle(const githubData::AccountWent &message);
    Result<githubData::Pass> handle(const githubData::BeginPass &message);
    Result<int> handle(const githubData::KeepPage &message);
    Result<void> handle(const githubData::EndPass &message);
    Result<void> handle(const githubData::Report &message);
    Result<void> handle(const githubData::LinkTask &message);
    Result<void> handle(const githubData::ReviewsAsked &message);

    // OwnerRows.cpp
    Result<void> handle(const githubData::KeepOwner &message);
    Result<void> forgetOwners(const AccountId &account);
    Result<bool> forgetUnseenOwners(const AccountId &account, qint64 pass); // true: there were some

    // IssueRows.cpp
    Result<void> handle(const githubData::KeepIssues &message);
    Result<void> handle(const githubData::LinkIssue &message);
    Result<void> forgetIssues(const AccountId &account);

    Result<bool> put(const AccountId &account, qint64 pass, const ForgeRepository &repository);
    Result<bool> put(const AccountId &account, qint64 pass, PullRequestRow &row);
    Result<void> keep(const githubData::Stream &stream, const AccountId &account);
    Result<void> forget(const std::vector<PullRequestId> &ids);
    Result<void> tellTask(const PullRequestRow &row);
    void tellRows(std::vector<PullRequestRow> changed, std::vector<PullRequestId> gone);
    Result<void> count(AccountSync &sync) const;
    Result<void> tellState(); // after the rows of an account were counted anew
    void tellRepositories();

    QMap<QString, AccountSync> m_syncs; // by account: what is told; in the store too, because it sleeps
};

} // namespace foundry
