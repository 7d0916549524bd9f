// Foundry's own bare repository of one source: it pins base commits, takes in what sandboxes made, and makes
// commits. Only Foundry writes there. All paths absolute. Calls on one repository may overlap unless they
// write the same ref.
#pragma once

#include "GitRunner.h"
#include "PersonSettings.h"

namespace foundry {

struct RefPair {
    QString source; // in the sandbox's repository: full name, or HEAD
    QString destination; // in Foundry's: full name
    bool operator==(const RefPair &) const = default;
};

struct CommitSpec {
    QString tree;
    QStringList parents;
    QString message; // UTF-8; a line break is added at its end if missing
    Identity author;
    Identity committer;
    Millis at = 0; // cut to seconds; UTC
    bool sign = false;
    std::vector<GitSetting> signing; // PersonSettings::signing
};

class SourceStore {
public:
    explicit SourceStore(GitRunner &git);

    // Makes the repository if it is not there, with its folders (0700). `objectFormat` must be the clone's.
    Async<Result<>> ensure(QString barePath, QString objectFormat = u"sha1"_s);

    // Takes `from` of the person's clone into `intoRef` and answers its commit. `from`: a local branch's name,
    // a full ref name, a commit, or HEAD. A shallow clone works and makes the store as shallow; nothing runs in the
    // clone but upload-pack. `acceptedOwner`: CloneState's. Failures: Git::noCommits (no such branch or commit),
    // unsafeOwner, corrupt; Repository::unsupported (partial clone); Storage::full.
    Async<Result<QString>> fetchBase(QString barePath, QString clonePath, QString from, QString intoRef,
                                     bool acceptedOwner = false, GitProgress progress = {});

    // Brings commits home from an untrusted repository: `uploadPack` is the path of a program that runs
    // git-upload-pack for it inside its sandbox. Everything it answers is taken as hostile: objects are checked,
    // sizes, memory and time are limited, only commits under the given names come in. Answers the destinations'
    // commits, in order; an unchanged store after a failure. Failures: Git::corrupt, Git::tooLarge,
    // Git::failed (no such ref: Git::noCommits), Process::timedOut.
    Async<Result<QStringList>> fetchHome(QString barePath, QString uploadPack, std::vector<RefPair> refs,
                                         GitProgress progress = {});

    // Revisions here are ids or full ref names. Failures: Git::noCommits if one is not there.
    Async<Result<>> updateRef(QString barePath, QString ref, QString commit);
    Async<Result<>> deleteRef(QString barePath, QString ref);
    // All below `prefix` ("refs/foundry/task/7/"); none is no failure. Answers how many.
    Async<Result<int>> deleteRefs(QString barePath, QString prefix);
    Async<Result<QStringList>> refs(QString barePath, QString prefix);

    // The commit behind a ref or id; empty: it is not there.
    Async<Result<QString>> resolve(QString barePath, QString revision);
    Async<Result<QString>> treeOf(QString barePath, QString commit);
    // Is `ancestor` in the history of `commit`? A commit is its own ancestor.
    Async<Result<bool>> isAncestor(QString barePath, QString ancestor, QString commit);
    // Commits in `head` that are not in `base`.
    // `head` first, at most `max`.
    Async<Result<QStringList>> commitsSince(QString barePath, QString base, QString head, int max);
    Async<Result<int>> countCommits(QString barePath, QString base, QString head);
    // Equal input makes the equal commit, unless it is signed. Failures: Git::identityMissing, Git::signing.
    Async<Result<QString>> commitTree(QString barePath, CommitSpec spec);

    // Removes what a git that was killed left: unfinished packs and locks last written before `before`.
    // Nothing may write there meanwhile. Answers how many files went.
    Async<Result<int>> removeLeftovers(QString barePath, Millis before);

    // Bytes of all objects on disk.
    Async<Result<qint64>> diskUse(QString barePath);
    // Drops what no ref holds and is older than two weeks.
    Async<Result<>> collectGarbage(QString barePath);

    // Limits of one fetchHome; a test may lower them.
    struct HomeLimits {
        qint64 packBytes = qint64(2) * 1024 * 1024 * 1024;
        qint64 memoryBytes = qint64(4) * 1024 * 1024 * 1024;
        std::chrono::milliseconds time = std::chrono::minutes(10);
    };
    HomeLimits homeLimits;

private:
    Async<Failure> explainFetch(QString clonePath, bool acceptedOwner, Failure why);
    Async<Result<QStringList>> acceptHome(QString barePath, std::vector<RefPair> staged);

    GitRunner &m_git;
};

} // namespace foundry
