// Reads the person's clone and never writes there. Nothing that the repository's own configuration names is
// run (filters, fsmonitor, hooks): opening a folder executes none of its content.
#pragma once

#include "GitRunner.h"
#include "PersonSettings.h"

namespace foundry {

struct CloneState {
    QString root; // of the work tree, absolute, links resolved
    QString name; // the root's folder name
    QString gitDir; // of this work tree
    QString commonDir; // of the repository; differs from gitDir in a linked worktree
    QString objectFormat; // "sha1", "sha256"
    bool linkedWorktree = false;
    bool shallow = false;
    bool partial = false; // a clone with --filter: objects may be missing
    bool acceptedOwner = false; // of another user, and the person's safe.directory allows it
    QString current; // branch; empty: detached, or unborn while other branches exist
    QString head; // commit; empty: unborn
    QStringList branches; // local, the current one first, then by date, at most `maxBranches`
    QString defaultBranch; // origin/HEAD if it is a local branch, else current, else main, master, the newest
    QString remote; // "origin"; empty: none
    QString remoteUrl; // for show, without credentials
    int uncommitted = 0; // files changed or untracked; -1: could not be counted in time
    bool operator==(const CloneState &) const = default;

    static constexpr int maxBranches = 2000;
};

// Where a clone's parts are.
struct CloneFolders {
    QString root; // of the work tree
    QString gitDir;
    QString commonDir;
    bool acceptedOwner = false;
};

// core.sparseCheckout, and what it keeps.
struct SparseState {
    bool on = false;
    bool cone = false;
    QString patterns;
};

class CloneInspector {
public:
    explicit CloneInspector(GitRunner &git);

    // `path`: the work tree or any folder inside. Failures: Repository::missing; Git::notARepository, bare,
    // noCommits (empty), unsafeOwner, missing.
    Async<Result<CloneState>> inspect(QString path);
    Async<Result<CloneFolders>> folders(QString path);
    // Failures: Git::tooLarge (more than `maxPatterns` bytes of patterns).
    Async<Result<SparseState>> sparse(QString root);
    static constexpr qint64 maxPatterns = 32 * 1024;
    // CloneState::uncommitted alone.
    Async<Result<int>> uncommitted(QString root);

private:
    Async<Result<CloneState>> locate(QString path);
    Async<Result<CloneState>> readBranches(CloneState state, std::vector<ScopedSetting> settings);
    Async<Result<int>> count(QString root, std::vector<ScopedSetting> settings);

    GitRunner &m_git;
};

} // namespace foundry
