// What an agent is asked about its pull request. What others wrote is quoted and said to be theirs: a log or a comment
// is material, and may hold words that pretend to be the person's.
#pragma once

#include <foundry/PullRequests.h>

namespace foundry {

QString promptOfFailure(const PullRequestDetails &pull, const PullRequestCheck &check, const QString &log);
QString promptOfComments(const PullRequestDetails &pull);
QString promptOfConflict(const PullRequestDetails &pull);

// In a fence that nothing inside can end.
QString quoted(const QString &text);
// What the agent is told of everything that is quoted.
QString aboutQuotes();

} // namespace foundry
