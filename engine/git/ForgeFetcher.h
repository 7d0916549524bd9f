// A repository of a forge that nobody has a clone of here: fetched over HTTPS into Foundry's own bare repository, with
// a credential for each run of git. All tasks of the repository share what is there. Engine thread; calls on one
// repository one after the other.
//
// git throws away what a transfer brought that did not end. So a large repository comes in slices, the newest commits
// first and then ever more of their history: a slice that is there stays, and a fetch that was interrupted goes on
// behind it. The slice that was under way is fetched again; the first one holds the newest tree and cannot be cut.
#pragma once

#include "GitRunner.h"
#include "SourceStore.h"

namespace foundry {

struct ForgeRemote {
    QString url; // https, without credentials; http for a host of this computer
    GitCredential credential;
    std::vector<GitSetting> transport; // ForgeFetcher::transportOf
};

struct ForgeBranches {
    QStringList names; // the default branch first, then by name; at most ForgeFetcher::maxBranches
    QString defaultBranch; // empty: nothing was pushed yet
};

class ForgeFetcher {
public:
    ForgeFetcher(GitRunner &git, SourceStore &store);

    static constexpr int maxBranches = 2000;

    // Takes `from` of the forge (a branch's name or a full ref) into `intoRef` with its whole history, and keeps it
    // beside that for the next task. Answers its commit. `kibibytes`: how large the forge says it is. Progress: as
    // git's, with "(part 2)" behind it where there are slices. Failures: Git::authentication, Git::unreachable
    // (transient), Git::noCommits (no such branch), Repository::forgeGone, Repository::unsupported (an address that
    // tokens do not go to), Storage::full.
    Async<Result<QString>> fetch(QString barePath, ForgeRemote address, QString from, QString intoRef, qint64 kibibytes,
                                 GitProgress progress = {});
    // Asks the forge. Failures: as above.
    Async<Result<ForgeBranches>> branches(ForgeRemote address);

    // Where the last fetch of a branch or full ref is kept.
    static QString keptRef(const QString &from);
    // Of the person's settings what reaching a forge needs: proxies and certificates.
    static std::vector<GitSetting> transportOf(const std::vector<GitSetting> &settings);

    qint64 slicedAbove = 64 * 1024; // KiB; a test may lower it

private:
    Async<Result<>> run(QString barePath, ForgeRemote address, QStringList depth, QStringList refs,
                        GitProgress progress);

    GitRunner &m_git;
    SourceStore &m_store;
};

} // namespace foundry
