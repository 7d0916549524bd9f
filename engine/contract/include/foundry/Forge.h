// What is known of a forge (GitHub, GitHub Enterprise): repositories and pull requests as rows, and how well they are
// in step with it. Rows are copies in Foundry's store; the forge is asked in the background and never by a read.
#pragma once

#include <foundry/Values.h>

namespace foundry {

using ForgeRepositoryId = Id<struct ForgeRepositoryTag>; // the forge's node id

struct ForgeRepository {
    ForgeRepositoryId id;
    AccountId account; // through which it is seen
    QString name; // "acme/shop"
    QString description;
    QString url; // of its page
    QString cloneUrl; // https, without credentials
    QString defaultBranch; // empty: nothing was pushed yet
    bool isPrivate = false;
    bool archived = false;
    bool fork = false;
    QString parent; // "acme/shop", which it was forked from; empty: none that can be seen
    QString parentBranch; // the parent's default one
    bool mayPush = false;
    int openPullRequests = 0; // as the forge counts
    qint64 kibibytes = 0; // on the forge's disk
    Millis pushedAt = 0;
    bool operator==(const ForgeRepository &) const = default;
};

// What the forge's app of this sign-in may see of an owner. Sign-ins without such an app see what their scopes say.
enum class AppInstallation { unknown, none, selected, all, suspended };
// The account itself, or an organisation it belongs to.
struct ForgeOwner {
    AccountId account;
    QString login;
    bool organisation = false;
    AppInstallation installation = AppInstallation::unknown;
    QString page; // where the app is installed, or what it sees is changed; empty: not known
    int members = 0; // that the account may see, at most limits::ownerMembers
    int teams = 0; // as much
    std::optional<Failure> failure; // why its members cannot be seen
    bool operator==(const ForgeOwner &) const = default;
};

struct PullRequestLabel {
    QString name;
    QString colour; // "d73a4a"
    bool operator==(const PullRequestLabel &) const = default;
};

struct PullRequestRow {
    PullRequestId id;
    AccountId account;
    QString repository; // of the base: "acme/shop"
    int number = 0;
    QString title;
    QString url;
    QString author; // login; empty: the account is gone
    PullRequestState state = PullRequestState::open;
    ReviewDecision review = ReviewDecision::none;
    ChecksState checks = ChecksState::none;
    Mergeability mergeable = Mergeability::unknown;
    QString headRepository; // "someone/shop"; another than `repository`: from a fork; empty: it is gone
    QString headBranch;
    QString headCommit;
    bool mayPush = false; // to the head's branch: its own repository, or a fork that lets maintainers
    QString baseBranch;
    int additions = 0; // lines
    int deletions = 0; // lines
    int files = 0;
    Millis createdAt = 0;
    Millis updatedAt = 0;
    std::vector<PullRequestLabel> labels; // at most limits::pullRequestLabels
    TaskId task; // that works on its branch; empty: none
    bool operator==(const PullRequestRow &) const = default;
};

// In this order; what is independent goes side by side.
enum class SyncPhase { identity, organisations, installations, repositories, members, pullRequests };
struct SyncProgress {
    SyncPhase phase = SyncPhase::identity;
    bool finished = false;
    int done = 0;
    int expected = 0; // 0: not known yet
    bool operator==(const SyncProgress &) const = default;
};

// Why nothing is asked of the forge at present.
enum class SyncPause {
    none,
    quota, // the hour's quota is used up
    slowDown, // the forge asked for it (a secondary limit)
    offline, // it cannot be reached; tried again by itself
    signedOut // the forge refuses the account's token
};

struct AccountSync {
    AccountId account;
    QString login; // empty: not known yet
    bool running = false;
    std::vector<SyncProgress> phases; // of the full synchronisation that runs or ran last
    QString subject; // what is reloaded by itself: "acme/shop", "acme/shop#12"; empty: everything
    Millis startedAt = 0; // of the run that goes on
    Millis finishedAt = 0; // of the last that went well; 0: none did
    Millis checkedAt = 0; // when the forge last told what has changed, or all of it; 0: never
    std::optional<Failure> failure; // of the last run, until one goes well
    SyncPause pause = SyncPause::none;
    Millis pausedUntil = 0; // 0: until something happens
    int quotaLeft = -1; // requests (REST); -1: not known
    int quotaLimit = -1;
    int pointsLeft = -1; // GraphQL
    int pointsLimit = -1;
    Millis quotaResetsAt = 0;
    int repositories = 0; // rows kept
    int openPullRequests = 0; // rows kept
    bool operator==(const AccountSync &) const = default;
};
struct SyncState {
    std::vector<AccountSync> accounts;
    bool operator==(const SyncState &) const = default;
};

namespace limits {
inline constexpr int forgePage = 500; // rows of one answer
inline constexpr int pullRequestLabels = 20; // of one pull request
inline constexpr int watchedPullRequests = 40; // on screen or of tasks, looked at every moment
inline constexpr int ownerMembers = 1'000; // of one organisation, and teams of it
inline constexpr int forgeRowsTold = 200; // of one event::PullRequestsChanged
inline constexpr qsizetype forgeText = 512; // characters of a title, description or name
} // namespace limits

namespace command {

// Load again, at once and before everything else: all of it (nothing given), one account, one repository, one pull
// request. Finishes when it has begun; how it goes on is told with SyncChanged.
// Failures: GitHub::unknownAccount, GitHub::notFound (a pull request that is not known and has no repository here).
struct Synchronise {
    AccountId account; // empty: all
    QString repository; // "acme/shop"; empty: all
    int pullRequest = 0; // number; 0: all
};
// What is in sight now, in place of what was: it is kept fresh within a minute. At most limits::watchedPullRequests,
// what is more is left out. Empty when nothing is.
struct WatchPullRequests {
    std::vector<PullRequestId> pullRequests;
};

} // namespace command

namespace query {

enum class PullRequestOrder { updated, created, repository };
// One local read. Newest first, or by repository and then number.
struct PullRequests {
    QString find; // in title, repository, author, branch, "#12"; empty: all
    QString repository; // "acme/shop"; empty: all
    QString owner; // "acme": of its repositories only; empty: all
    AccountId account; // empty: all
    bool open = true; // open and draft only
    bool withoutTask = false; // those only that no task works on
    PullRequestOrder order = PullRequestOrder::updated;
    int from = 0;
    int count = limits::forgePage; // at most that
};
struct ForgeRepositories {
    QString find; // in the name or description; empty: all
    AccountId account; // empty: all
    int from = 0;
    int count = limits::forgePage; // at most that
};
// The account and its organisations, these by name. One local read.
struct ForgeOwners {
    AccountId account;
};
struct Synchronisation { };

} // namespace query

namespace answer {

struct PullRequests {
    std::vector<PullRequestRow> rows;
    int from = 0;
    int found = 0; // of all pages
};
struct ForgeRepositories {
    std::vector<ForgeRepository> repositories; // pushed to last first
    int from = 0;
    int found = 0; // of all pages
};
struct ForgeOwners {
    std::vector<ForgeOwner> owners;
};

} // namespace answer

namespace event {

struct SyncChanged {
    SyncState state;
};
// At most limits::forgeRowsTold in both lists together; where more changed, several are told.
struct PullRequestsChanged {
    std::vector<PullRequestRow> changed; // or new
    std::vector<PullRequestId> gone; // not to be seen by any account any more
};
// The account's review is asked for, anew. Told once for each request; what waited at an account's first
// synchronisation is no news.
struct ReviewAsked {
    PullRequestRow row;
};
// The rows, and those of their owners, are asked for anew.
struct ForgeRepositoriesChanged {
    int count = 0; // known now
};

} // namespace event

} // namespace foundry
