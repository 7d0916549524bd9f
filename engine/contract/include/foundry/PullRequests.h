// One pull request in full: opened from a task, read, merged. What is read here is asked of the forge itself, when
// somebody looks, and kept nowhere; rows and tasks have what must be there without a network.
#pragma once

#include <foundry/Forge.h>

namespace foundry {

enum class CheckResult { waiting, running, passed, failed, cancelled, neutral, skipped };

struct PullRequestCheck {
    QString name; // "CI / build"
    CheckResult result = CheckResult::waiting;
    bool required = false; // to merge
    QString summary; // the check's own words, cut
    QString url; // of its page
    qint64 job = 0; // of GitHub Actions, whose log can be read; 0: another's
    bool operator==(const PullRequestCheck &) const = default;
};

enum class ReviewVerdict { commented, approved, changesRequested, dismissed };
struct PullRequestReview {
    QString author;
    ReviewVerdict verdict = ReviewVerdict::commented;
    QString text; // Markdown, may be empty
    Millis at = 0;
    bool operator==(const PullRequestReview &) const = default;
};
struct PullRequestComment {
    QString author;
    QString text; // Markdown
    QString path; // empty: on the pull request itself
    int line = 0; // 0: of the file as a whole, or of a line that is not there any more
    bool settled = false; // its conversation is resolved
    Millis at = 0;
    bool operator==(const PullRequestComment &) const = default;
};

enum class MergeMethod { merge, squash, rebase };
// Whether the forge would merge it now.
enum class MergeStanding { unknown, clean, blocked, behind, conflicting, draft, unstable };

struct PullRequestDetails {
    PullRequestRow row;
    QString text; // Markdown, cut
    std::vector<PullRequestCheck> checks; // those that failed first
    std::vector<PullRequestReview> reviews; // the oldest first
    std::vector<PullRequestComment> comments; // by file and line
    QStringList reviewers; // who was asked and has not answered: logins, "acme/team"
    std::vector<MergeMethod> methods; // that the repository allows; the person's usual one first
    MergeStanding standing = MergeStanding::unknown;
    bool mayMerge = false; // the account has the right to
    bool automatic = false; // merging by itself, later, is allowed here and makes a difference
    bool automaticOn = false;
    bool deletesBranch = false; // the repository does that by itself
    bool sameRepository = false; // the head branch is one of the base's repository: it can be deleted
    bool cut = false; // there is more of something than is told
    bool operator==(const PullRequestDetails &) const = default;
};

namespace limits {
inline constexpr int pullRequestChecks = 100; // of one pull request, of its head
inline constexpr int pullRequestReviews = 50;
inline constexpr int pullRequestComments = 100;
inline constexpr qsizetype pullRequestText = 65'536; // characters of a text that is sent
inline constexpr qsizetype reviewText = 8'192; // characters of a text that is read
inline constexpr int logLines = 200; // the last ones
inline constexpr qsizetype logCharacters = 32 * 1024; // of them
inline constexpr int reviewersAsked = 15; // as the forge allows
inline constexpr int suggestions = 300; // of reviewers, and of labels
inline constexpr qsizetype basePrompt = 8'192; // characters of command::BringBase::text
} // namespace limits

// Where a task's checkout has the newest commit of its base that Foundry fetched.
inline QString baseRef(const QString &branch)
{
    return QStringLiteral("refs/remotes/origin/") + branch;
}

namespace command {

// Publishes what is unpublished (see PublishTask), then opens a pull request for the task's branch; one that is open
// for it is found and used. A durable step of the task. Failures of the command: Task::wrongState, Task::titleEmpty;
// those of the step stand in the task.
struct OpenPullRequest {
    TaskId task;
    AccountId account;
    QString repository; // "acme/shop", where it is opened
    QString headRepository; // "mona/shop", a fork of it that has the branch; empty: `repository` has it
    QString base; // branch
    QString title;
    QString text; // Markdown
    bool draft = false;
    QStringList reviewers; // logins, "acme/team"; refused ones do not undo the rest
    QStringList labels;
    QString message; // of the commit for uncommitted work; empty: as proposed
    bool archiveMerged = false; // the task, as soon as the pull request is merged, by whomever
};
// Asks the task's agent to bring the newest commits of its pull request's base into the branch. First, as a durable
// step, Foundry fetches them from where the pull request is (the fork's parent, where it goes there) and puts them into
// the task's checkout under baseRef(branch); then a turn begins with `text`. Failures of the command: Task::wrongState
// (no open pull request, archived), promptEmpty, promptTooLarge; those of the step stand in the task.
struct BringBase {
    TaskId task;
    QString branch; // of the base: "main"
    QString text; // what the agent is asked then; at most limits::basePrompt
};
// Merges it if its head is still `headCommit`, so that nothing unseen is merged; merged already with this head is done.
// With a task it is a durable step of that task, and what the forge says stands in TaskPullRequest::trouble.
// Failures: GitHub::notMergeable, headMoved, protectedBranch, samlRequired, forbidden, notFound, offline …
struct MergePullRequest {
    PullRequestId pullRequest;
    TaskId task; // empty: none works on it
    MergeMethod method = MergeMethod::merge;
    QString headCommit;
    bool automatic = false; // as soon as its requirements are met
    bool deleteBranch = false;
    bool archiveTask = false; // as soon as it is merged
};
// A draft is one no longer. Failures as above.
struct ReadyPullRequest {
    PullRequestId pullRequest;
};

} // namespace command

namespace query {

// What opening a pull request for this task would propose. A local read.
struct PullRequestPlan {
    TaskId task;
};
// Who can be asked for a review of a pull request there, and the labels there are. Asks the forge, which says what has
// not changed for nothing. Failures: GitHub's.
struct ReviewSuggestions {
    AccountId account;
    QString repository; // "acme/shop"
};
// Asks the forge. Failures: GitHub's.
struct PullRequestDetails {
    PullRequestId pullRequest;
};
// The end of a job's log. Asks the forge, and the place it names, without the token. Failures: GitHub's.
struct CheckLog {
    PullRequestId pullRequest;
    qint64 job = 0;
};

} // namespace query

namespace answer {

struct PullRequestPlan {
    TaskId task;
    AccountId account; // empty: the remote is no repository of an account that is signed in
    QString login;
    QString host;
    QString repository; // "acme/shop"; known as soon as the address is one of a forge
    QString base; // branch
    QString parent; // which `repository` was forked from, and where it is usually opened; empty: none
    QString parentBase; // branch of it
    QString title;
    QString text; // the task's words, and the repository's template
    QString templatePath; // of it in the base's commit; empty: there is none
    QString branch;
    bool uncommitted = false; // a commit will be made, with `message`
    QString message;
};
struct ReviewSuggestions {
    QStringList reviewers; // logins by name, at most limits::suggestions; then the organisation's teams: "acme/team"
    QStringList labels; // by name; as many
};
struct CheckLog {
    QString text; // without the time stamps of each line
    bool cut = false; // there is more before
};

} // namespace answer

} // namespace foundry
