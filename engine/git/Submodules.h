// Submodules of a commit, taken from the person's clone: what .gitmodules says is data of strangers. Its names and
// paths are looked at before they become a path, its addresses and commands ("update = !…") are never used. Objects
// come from the clone alone, into the same bare repository.
#pragma once

#include "CloneInspector.h"
#include "GitRunner.h"
#include "SourceStore.h"

#include <foundry/Values.h>

namespace foundry {

struct Submodule {
    QString path; // relative to the root
    QString parent; // path of the submodule that it is in; empty: the repository itself
    QString name; // in .gitmodules
    QString commit;
    bool operator==(const Submodule &) const = default;
};

struct SubmoduleSources {
    std::vector<Submodule> found; // parents before their children
    std::vector<SourceNote> notes; // a word on each, and on each that is not there
};

class Submodules {
public:
    Submodules(GitRunner &git, SourceStore &store);

    static constexpr int maxDepth = 4;
    static constexpr int maxCount = 64;
    static constexpr int maxPath = 400; // characters
    static constexpr qint64 maxDescription = 256 * 1024; // bytes of a .gitmodules

    // Fetches what the clone has of the submodules of `commit`; each is kept by a ref "<prefix><number>/base".
    // Failures: those of the git runner. A submodule that cannot be had is a note and no failure.
    Async<Result<SubmoduleSources>> take(QString barePath, CloneFolders clone, QString commit, QString prefix,
                                         GitProgress progress = {});

    // `tree` with other commits at the paths of submodules. Answers a tree.
    Async<Result<QString>> withCommits(QString barePath, QString tree, std::vector<Submodule> commits);

    // All of a commit, as it is in its tree: path and commit, nothing of .gitmodules.
    Async<Result<std::vector<Submodule>>> linksOf(QString barePath, QString commit);

    // Can it be a submodule's path, or its name as a folder of the clone's?
    static bool isSafePath(const QString &path);

private:
    struct Level;
    Async<Result<>> takeLevel(QString barePath, CloneFolders clone, Level level, QString prefix, GitProgress progress,
                              SubmoduleSources &into);
    Async<Result<QMap<QString, QString>>> namesOf(QString barePath, QString commit);
    Async<Result<bool>> takeOne(QString barePath, QString repository, QString commit, QString ref, bool acceptedOwner,
                                GitProgress progress);

    GitRunner &m_git;
    SourceStore &m_store;
};

} // namespace foundry
