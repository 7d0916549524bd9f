// Git in a task's checkout. The agent can write there, so git runs inside the sandbox and what it answers is taken as
// a stranger's word: bounded in time and size, checked in form. Engine thread only; the provider must outlive the
// Asyncs.
#pragma once

#include "SandboxProvider.h"

namespace foundry {

struct SubmoduleSnapshot {
    QString commit; // its tree; `head` itself where nothing is uncommitted. Empty: it could not be taken in
    QString head; // what is checked out
};

struct SandboxSnapshot {
    QString commit; // under SandboxGit::snapshotRef in the checkout; its parent is head
    QString tree;
    QString head; // what is checked out; empty: nothing (unborn)
    QString branch; // short name of what HEAD is on; empty: detached
    QString branchHead; // commit of the task's own branch; empty: the agent removed it
    bool uncommitted = false; // the tree differs from head's
    // In the order of SandboxRecord::modules; in the checkout under moduleRef. In their parent's tree these commits
    // stand.
    std::vector<SubmoduleSnapshot> modules;
    QString skipped; // what git could not take in (unreadable files, a nested repository without commits); empty: all
};

class SandboxGit {
public:
    static constexpr QLatin1StringView snapshotRef { "refs/foundry/snapshot" };
    static constexpr QLatin1StringView lookRef { "refs/foundry/look" }; // for a look in between

    static QString moduleRef(size_t number, const QString &what) // "snapshot", "head"
    {
        return u"refs/foundry/modules/%1/%2"_s.arg(number).arg(what);
    }

    explicit SandboxGit(SandboxProvider &provider);

    // The whole tree, untracked files included and ignored ones not, as a commit; neither index nor files change.
    // An unchanged tree on an unchanged head answers the same commit as `ref` had before. Failures: Git::corrupt (there
    // is no repository any more, or it answers nonsense), Git::failed with git's words; Process::timedOut,
    // tooMuchOutput.
    Async<Result<SandboxSnapshot>> snapshot(SandboxRecord record, QString message, QString ref = snapshotRef);

    // After publishing: the task's branch, HEAD and the index are at `commit`, files stay as they are. The commit
    // comes from the bare repository. `modules`: commits for the submodules, as in SandboxRecord::modules; empty ones
    // stay where they are. Failures: as snapshot.
    Async<Result<>> moveTo(SandboxRecord record, QString commit, QStringList modules = {});

    // The checkout sees `commit`, which is in the bare repository, under `ref`. Nothing else changes. Failures: as
    // snapshot; Git::noCommits (it is not there).
    Async<Result<>> nameCommit(SandboxRecord record, QString ref, QString commit);

private:
    SandboxProvider &m_provider;
};

} // namespace foundry
