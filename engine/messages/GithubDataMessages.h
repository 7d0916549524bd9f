// What the GithubData actor takes. Everything that is read from a forge comes through here, a page a transaction.
#pragma once

#include "ForgeJson.h"
#include "Message.h"

namespace foundry {

namespace githubData {

struct AccountCame {
    static constexpr auto name = "accountCame";
    AccountId account;
    QString login;
};
// Its rows go with it.
struct AccountWent {
    static constexpr auto name = "accountWent";
    AccountId account;
};

// One list that a full synchronisation reads page by page.
struct Stream {
    QString name; // "repositories", "pullRequests/acme"
    QString cursor; // the forge's, where it goes on
    bool ended = false;
    int done = 0; // rows so far
    int expected = 0;
};
// Answers Pass: a new one, or the one that a stop interrupted.
struct BeginPass {
    static constexpr auto name = "beginPass";
    AccountId account;
    bool anew = false; // what an earlier one has read so far is read again
};
struct Pass {
    qint64 number = 0;
    Millis startedAt = 0;
    std::vector<Stream> streams; // that have begun
};
// What one answer of the forge brought, and how far its stream is with it: both or neither. Answers how many rows
// changed. The cursor is on disk with the rows, so a stop in the middle loses nothing (L32).
struct KeepPage {
    static constexpr auto name = "keepPage";
    AccountId account;
    qint64 pass = 0; // 0: what is read belongs to none
    std::vector<Stream> streams; // the one that goes on, and those that this page found to be there
    std::vector<ForgeRepository> repositories;
    std::vector<PullRequestRow> pullRequests;
    std::vector<PullRequestId> gone;
    std::vector<PullRequestId> unchanged; // looked at, as they were
    bool looked = false; // something of these pull requests is new, be it in their rows or not
};
// Repositories that it has not seen are forgotten; of pull requests only those that were known to be gone were.
struct EndPass {
    static constexpr auto name = "endPass";
    AccountId account;
    qint64 pass = 0;
};
// How it goes: kept as it was told last, and told to the window.
struct Report {
    static constexpr auto name = "report";
    AccountSync sync;
};
// A task works on this pull request's branch; an empty one: none does any more.
struct LinkTask {
    static constexpr auto name = "linkTask";
    PullRequestId pullRequest;
    TaskId task;
};
// Whose pull requests wait for the account's review, by the forge's own search; their rows are kept before. What is new
// is told (event::ReviewAsked), but for the first time after the account came.
struct ReviewsAsked {
    static constexpr auto name = "reviewsAsked";
    AccountId account;
    std::vector<PullRequestId> asked;
    bool complete = true; // all there are: what is not among them is asked for no longer
};
// An owner, and who is in it; the stream is its members'.
struct KeepOwner {
    static constexpr auto name = "keepOwner";
    qint64 pass = 0;
    Stream stream;
    ForgeOwner owner; // its counts are of these:
    QStringList members; // logins
    QStringList teams; // their slugs
};
// What one reading of a repository's issues brought, be it a page or a failure.
struct KeepIssues {
    static constexpr auto name = "keepIssues";
    IssueList list; // as it is now
    std::vector<IssueRow> rows; // open ones
    std::vector<IssueId> gone; // closed
    Millis reading = 0; // when the reading of all of them began that this page is of; 0: of those that changed
    bool last = false; // of that reading: rows that it has not seen go
};
// A task was made from this issue; an empty one: it is gone.
struct LinkIssue {
    static constexpr auto name = "linkIssue";
    IssueId issue;
    TaskId task;
};

using Message = std::variant<AccountCame, AccountWent, BeginPass, KeepPage, EndPass, Report, LinkTask, ReviewsAsked,
                             KeepOwner, KeepIssues, LinkIssue>;

} // namespace githubData

FOUNDRY_JSON(githubData::AccountCame, account, login)
FOUNDRY_JSON(githubData::AccountWent, account)
FOUNDRY_JSON(githubData::Stream, name, cursor, ended, done, expected)
FOUNDRY_JSON(githubData::BeginPass, account, anew)
FOUNDRY_JSON(githubData::Pass, number, startedAt, streams)
FOUNDRY_JSON(githubData::KeepPage, account, pass, streams, repositories, pullRequests, gone, unchanged, looked)
FOUNDRY_JSON(githubData::EndPass, account, pass)
FOUNDRY_JSON(githubData::Report, sync)
FOUNDRY_JSON(githubData::LinkTask, pullRequest, task)
FOUNDRY_JSON(githubData::ReviewsAsked, account, asked, complete)
FOUNDRY_JSON(githubData::KeepOwner, pass, stream, owner, members, teams)
FOUNDRY_JSON(githubData::KeepIssues, list, rows, gone, reading, last)
FOUNDRY_JSON(githubData::LinkIssue, issue, task)

} // namespace foundry
