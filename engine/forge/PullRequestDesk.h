// What is done with one pull request at the forge: opened, read in full, made ready, merged. Every write looks first
// what is there already, so it can be done again after a crash or an answer that never came, and nothing is doubled:
// a write whose outcome is unknown is never sent again without that look. Rows go to GithubDataActor (L09); nothing is
// kept here. Engine thread only.
#pragma once

#include "ActorSystem.h"
#include "ForgeNames.h"
#include "ForgeWork.h"
#include "GithubDataActor.h"

#include <QHash>

#include <list>

namespace foundry {

class PullRequestDesk {
public:
    struct Needs {
        Clock &clock;
        ActorSystem &actors;
        GithubClient &client;
        HttpTransport &http; // for places that the token must not go to
    };
    explicit PullRequestDesk(Needs needs);

    // For tasks. What they hold may outlive this: then it never ends.
    ForgeWorks works();

    Async<Result<ForgeWork>> open(command::OpenPullRequest wish, QString headBranch);
    Async<Result<ForgeWork>> merge(command::MergePullRequest wish);
    Async<Result<QString>> perform(command::ReadyPullRequest wish);
    Async<Result<PullRequestDetails>> read(query::PullRequestDetails query);
    Async<Result<answer::CheckLog>> read(query::CheckLog query);
    Async<Result<answer::ReviewSuggestions>> read(query::ReviewSuggestions query);

    static constexpr std::chrono::seconds patience { 90 }; // for limits, while a person waits

private:
    using Json = Async<Result<QJsonValue>>;
    using Works = std::list<Async<Result<ForgeWork>>>;
    Async<Result<ForgeWork>> lent(Async<Result<ForgeWork>> work);

    Json rest(AccountId account, QByteArray method, QString path, QJsonObject body = {});
    Async<Result<PullRequestRow>> rowOf(PullRequestId id);
    Async<Result<PullRequestRow>> refreshed(AccountId account, PullRequestId id);
    Async<Result<PullRequestId>> openOf(command::OpenPullRequest wish, QString headBranch);
    Async<Result<PullRequestId>> create(command::OpenPullRequest wish, QString headBranch);
    Async<Result<bool>> askReviewers(command::OpenPullRequest wish, int number, QStringList &refused);
    Async<Result<bool>> addLabels(command::OpenPullRequest wish, int number, QStringList &refused);
    Async<Result<bool>> mergeNow(command::MergePullRequest wish, PullRequestRow row);
    Async<Result<bool>> mergeLater(command::MergePullRequest wish, PullRequestRow row);
    Async<Result<bool>> deleteBranch(PullRequestRow row, QStringList &refused);

    Needs m_needs;
    ForgeNames m_names;
    std::shared_ptr<Works> m_works = std::make_shared<Works>();
};

} // namespace foundry
