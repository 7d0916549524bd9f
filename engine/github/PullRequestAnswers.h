// One pull request in full, and why the forge refuses to merge it: what GitHub answers, as values. Pure and bounded, as
// GithubAnswers. Any thread.
#pragma once

#include <foundry/PullRequests.h>

#include <QJsonArray>
#include <QJsonObject>

namespace foundry {

// GraphQL's PullRequest with the fields of queries::details. Nothing: it has no identity.
std::optional<PullRequestDetails> pullRequestDetailsOf(const QJsonObject &node);

// What the forge said to a merge (REST or GraphQL), as the failure that a person understands, with its words as detail.
Failure mergeRefusal(Failure said);

// The last lines of a job's log, without the time stamp that begins each, and without what colours a terminal.
answer::CheckLog logTail(const QByteArray &log);

} // namespace foundry
