// The open issues of a repository at a forge, from which tasks are made. They are read when somebody looks at the
// repository and kept as rows; those of repositories that nobody looks at are not asked for. What one says in full is
// asked of the forge when it is opened, and kept nowhere.
#pragma once

#include <foundry/Forge.h>

namespace foundry {

struct IssueRow {
    IssueId id;
    AccountId account; // through which it was read last
    QString repository; // "acme/shop"
    int number = 0;
    QString title;
    QString url;
    QString author; // login; empty: the account is gone
    std::vector<PullRequestLabel> labels; // at most limits::pullRequestLabels
    int comments = 0; // as the forge counts
    Millis createdAt = 0;
    Millis updatedAt = 0;
    TaskId task; // that was made from it; empty: none
    bool operator==(const IssueRow &) const = default;
};

// How well the rows of one repository are in step.
struct IssueList {
    QString repository;
    AccountId account;
    Millis readAt = 0; // the rows are as the forge had them then; 0: they have not been read yet
    int open = 0; // as the forge counts
    // Why the last reading did not go well, until one does. GitHub::issuesOff: the repository has none.
    std::optional<Failure> failure;
    bool operator==(const IssueList &) const = default;
};

struct IssueComment {
    QString author;
    QString text; // Markdown, cut to limits::issueCommentText
    Millis at = 0;
    bool operator==(const IssueComment &) const = default;
};
struct IssueDetails {
    IssueRow row;
    bool open = true;
    QString text; // Markdown, cut to limits::issueText
    std::vector<IssueComment> comments; // the newest limits::issueComments, the oldest of them first
    bool cut = false; // there is more than is told
    bool operator==(const IssueDetails &) const = default;
};

namespace limits {
inline constexpr int issuesARepository = 1'000; // rows kept: those that changed last
inline constexpr int issueComments = 100; // of one issue
inline constexpr qsizetype issueText = 65'536; // characters
inline constexpr qsizetype issueCommentText = 16'384; // characters
} // namespace limits

namespace command {

// The repository on screen, in place of the one before: its issues are read at once and kept fresh within a minute.
// An empty one: none is. Finishes when it has begun; how it goes on is told with IssuesChanged.
struct WatchIssues {
    AccountId account;
    QString repository; // "acme/shop"
};

} // namespace command

namespace query {

// One local read, what changed last first.
struct Issues {
    QString repository; // "acme/shop"
    AccountId account;
    QString find; // in title, author, labels, "#12"; empty: all
    int from = 0;
    int count = limits::forgePage; // at most that
};
// Asks the forge. Failures: GitHub's.
struct IssueDetails {
    IssueId issue;
};

} // namespace query

namespace answer {

struct Issues {
    std::vector<IssueRow> rows;
    int from = 0;
    int found = 0; // of all pages
    IssueList list;
};

} // namespace answer

namespace event {

// Rows of this repository or what is known of their list are others: they are asked for anew.
struct IssuesChanged {
    IssueList list;
};

} // namespace event

} // namespace foundry
