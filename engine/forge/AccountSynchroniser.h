// Keeps the rows of one account in step with its forge. It reads from the forge and sends what it read to the
// GithubData actor, which alone writes (L09). Four jobs, each with one cadence of its own (L10):
//
//  pass   everything, page by page; interrupted, it goes on at the page where it was (L32)
//  sweep  what changed since: one request for up to 500 pull requests, and a search for new ones
//  look   the pull requests on screen or of tasks, by conditional requests that cost nothing while nothing changes
//  issues those of the repository on screen: all of them once, then what changed, a point each time something did
//
// Without a pull request to look at, `look` does not run; without a repository on screen, `issues` does not.
// Engine thread only.
#pragma once

#include "ActorSystem.h"
#include "ForgeNames.h"
#include "GithubClient.h"
#include "GithubDataActor.h"
#include "SideBySide.h"

#include <QSet>

#include <limits>

namespace foundry {

namespace limits {
inline constexpr int searchResults = 1'000; // that the forge gives of one search, whatever it counts
inline constexpr int searchedOwners = 500; // users and organisations of one account; more are left out
inline constexpr int organisationsRead = 200; // whose members are read, of one account
inline constexpr int ownersASearch = 20; // of one sweep's
inline constexpr int idsAQuery = 100; // that the forge takes
inline constexpr int marksASweep = 500; // pull requests in one request
inline constexpr int sweepRequests = 4; // of one sweep: 2,000 pull requests, the others have their turn in the next
inline constexpr int pagesAStream = 1'000;
} // namespace limits

struct SyncPeriods {
    std::chrono::milliseconds pass = std::chrono::hours(1);
    std::chrono::milliseconds sweep = std::chrono::minutes(5);
    std::chrono::milliseconds look = std::chrono::seconds(40);
    std::chrono::milliseconds firstRetry = std::chrono::seconds(15); // after a failure, then twice as long each time
    std::chrono::milliseconds lastRetry = std::chrono::minutes(10);
};

class AccountSynchroniser {
public:
    struct Needs {
        Clock &clock;
        ActorSystem &actors;
        GithubClient &client;
        ActorRef data; // the GithubData actor
    };
    AccountSynchroniser(Needs needs, UsableAccount account, SyncPeriods periods);
    ~AccountSynchroniser();
    Q_DISABLE_COPY_MOVE(AccountSynchroniser)

    // Goes on with an interrupted pass, begins one that is due, and so on from there.
    void start();
    // All of it, at once and from the beginning.
    void synchronise();
    void reload(const QString &repository, int number);
    // In place of those before; what tasks work on is looked at too.
    void watch(const std::vector<PullRequestId> &onScreen);
    // The repository on screen; empty: none is. AccountIssues.cpp
    void watchIssues(const QString &repository);
    // There may be something to look at again: a task has a pull request now.
    void lookAgain();
    // Nothing more is asked; the rows stay.
    void signedOut();
    // The pause or the quota is another one.
    void limitsChanged() { report(); }

private:
    using Work = Async<Result<bool>>;
    struct Job {
        Work work;
        Alarm alarm;
        std::chrono::milliseconds period { 0 };
        int failures = 0; // in a row
        bool running = false;
    };
    void begin(Job &job, Work work);
    void ended(Job &job, const Result<bool> &how);
    void plan(Job &job, std::chrono::milliseconds in);
    void due(Job &job);

    Work resume();
    // AccountPass.cpp
    Work pass(bool anew);
    Work readOwners();
    Work readRepositories(githubData::Pass pass);
    // AccountOwners.cpp
    Work readInstallations(githubData::Pass pass);
    Async<Result<std::vector<ForgeOwner>>> installed(); // where the app is; empty: there is none, or nobody says
    Work readMembers(githubData::Pass pass, ForgeOwner owner);
    struct PullRequestPages {
        githubData::Stream stream; // nameless: of no pass, for somebody who waits
        const char16_t *text; // the query's
        QJsonObject variables; // but for the cursor
        QJsonObject (*connection)(const QJsonObject &data);
        qint64 pass = 0;
        int most = std::numeric_limits<int>::max(); // pages of more are not told to their end
    };
    Work readPullRequests(PullRequestPages pages);
    Work readSearch(githubData::Pass pass, QString owner);
    Work readOwnersRepositories(githubData::Pass pass, QString owner);
    Work readRepository(githubData::Pass pass, QString name);
    Async<Result<QStringList>> repositoriesOf(QString owner); // with open pull requests
    Work readKnownOwners(githubData::Pass pass);
    Work settleUnseen(githubData::Pass pass);
    Work reloadRepository(QString name);
    Work reloadPullRequest(QString repository, int number);
    // AccountLooks.cpp
    Work sweep();
    Work tellReviews(ForgePage<PullRequestRow> page);
    Work readReviews(githubData::Pass pass);
    Work sweepPart(QStringList owners, std::vector<PullRequestMark> marks, Millis since);
    Work look();
    Work lookAt(PullRequestMark mark);
    QStringList pathsOf(const PullRequestMark &mark) const;
    Work refresh(std::vector<PullRequestId> ids, qint64 pass, RequestPriority priority);

    // AccountIssues.cpp
    void reloadIssues();
    Work readIssues();
    Work readAllIssues(Millis now);
    Work readChangedIssues();
    Work issuesChanged(); // true: perhaps
    Async<Result<QJsonObject>> issuesOfRepository(QString text, QJsonObject variables, RequestPriority priority);
    Work keepIssues(githubData::KeepIssues page);

    Async<Result<QJsonObject>> query(RequestPriority priority, QString text, QJsonObject variables);
    Work keep(githubData::KeepPage page);
    template <class T> Async<Result<T>> read(std::function<Result<T>(GithubDataActor &)> what);
    Async<Result<QStringList>> knownOwners();
    void report();
    SyncProgress &phase(SyncPhase phase);
    void beginPhases(const QString &subject);
    void countPullRequests(const QString &stream, int done, int expected);

    Needs m_needs;
    UsableAccount m_account;
    SyncPeriods m_periods;
    Job m_pass;
    Job m_sweep;
    Job m_look;
    Job m_issues;
    IssueList m_issueList; // of the repository on screen
    Millis m_issuesReadAt = 0; // all of them; 0: not yet
    QByteArray m_issuesTag; // of the newest change
    std::list<Work> m_reloads;
    SideBySide *m_group = nullptr; // of the pass that runs
    bool m_ended = false; // nobody is signed in any more
    Alarm m_end;
    AccountSync m_sync; // as it is told
    QMap<QString, std::pair<int, int>> m_streams; // of the pass that runs: done and expected
    QSet<QString> m_started; // owners and repositories whose stream runs or has ended
    QStringList m_owners; // the login, its organisations, and who else has repositories
    QByteArray m_installedTag;
    std::vector<ForgeOwner> m_installed; // as it was read with that tag
    ForgeNames m_names;
    QStringList m_waitForRepositories; // owners that the search does not tell all of
    bool m_looking = false; // there was something to look at
    std::vector<PullRequestId> m_onScreen;
    QHash<QString, QByteArray> m_tags; // of what is looked at, by path
    QSet<QString> m_refusedPaths; // which this token may not read
    QSet<QString> m_changed; // seen by the look that runs
};

template <class T> Async<Result<T>> AccountSynchroniser::read(std::function<Result<T>(GithubDataActor &)> what)
{
    Promise<Result<T>> seen;
    m_needs.actors.visit<GithubDataActor>(m_needs.data, [seen, what](Result<GithubDataActor *> actor) {
        if (actor)
            seen.set(what(**actor));
        else
            seen.set(std::unexpected(actor.error()));
    });
    auto result = co_await seen;
    co_return result;
}

} // namespace foundry
