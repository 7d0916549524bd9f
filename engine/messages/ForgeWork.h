// What a task asks of the forge: functions, so that a task knows no network. Engine thread only.
#pragma once

#include "Async.h"

#include <foundry/PullRequests.h>

#include <functional>

namespace foundry {

struct ForgeWork {
    PullRequestRow row; // as the forge has it now
    QStringList refused; // TaskPullRequest::refused
};

// Each looks first what is there already, so it may be repeated whatever became of an earlier attempt. Failures as the
// commands of these names say; transient ones may be tried again. Destroying the Async gives it up.
struct ForgeWorks {
    std::function<Async<Result<ForgeWork>>(command::OpenPullRequest wish, QString headBranch)> open;
    std::function<Async<Result<ForgeWork>>(command::MergePullRequest wish)> merge;
};

inline TaskPullRequest pullRequestOfTask(const PullRequestRow &row)
{
    TaskPullRequest pull;
    pull.id = row.id;
    pull.account = row.account;
    pull.repository = row.repository;
    pull.fromFork = !row.headRepository.isEmpty() && row.headRepository != row.repository;
    pull.number = row.number;
    pull.url = row.url;
    pull.headCommit = row.headCommit;
    pull.state = row.state;
    pull.checks = row.checks;
    pull.review = row.review;
    pull.mergeable = row.mergeable;
    return pull;
}

} // namespace foundry
