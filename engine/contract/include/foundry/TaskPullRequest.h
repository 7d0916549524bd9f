// A pull request as lists and tasks know it: its state in closed words, and which one a task works for.
#pragma once

#include <foundry/Failure.h>
#include <foundry/Ids.h>

#include <QStringList>

#include <optional>

namespace foundry {

using PullRequestId = Id<struct PullRequestTag>; // the forge's node id

enum class PullRequestState { open, draft, merged, closed };
enum class ReviewDecision { none, required, approved, changesRequested };
enum class ChecksState { none, pending, passed, failed };
enum class Mergeability { unknown, mergeable, conflicting };

// The pull request that carries a task's branch, as it was seen last.
struct TaskPullRequest {
    PullRequestId id;
    AccountId account;
    QString repository; // of the base: "acme/shop"
    bool fromFork = false; // its branch is in another repository
    int number = 0;
    QString url; // of its page
    QString headCommit;
    PullRequestState state = PullRequestState::open;
    ChecksState checks = ChecksState::none;
    ReviewDecision review = ReviewDecision::none;
    Mergeability mergeable = Mergeability::unknown;
    // What of the person's wish the forge refused, while the rest was done: "reviewers: …", in its own words.
    QStringList refused;
    std::optional<Failure> trouble; // why it was not merged, until it is or it is tried again

    bool isOpen() const { return state == PullRequestState::open || state == PullRequestState::draft; }
    bool operator==(const TaskPullRequest &) const = default;
};

} // namespace foundry
