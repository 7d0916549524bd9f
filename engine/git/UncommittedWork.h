// Takes what a person has not committed along into Foundry's bare repository, as a commit of its own. The clone is
// only read: index and objects are written elsewhere. The clone's own filters are not run, the person's (Git LFS) are.
#pragma once

#include "SourceStore.h"

namespace foundry {

class UncommittedWork {
public:
    UncommittedWork(GitRunner &git, SourceStore &store);

    // The clone's work tree, untracked files included and ignored ones not, as a commit on top of `base`, kept under
    // `ref`; answers it. What was taken stays: with a commit under `ref` nothing is read again. `base` must be in the
    // store. Failures: Git::notOnBase (the clone's head is another commit), those of GitRunner, Storage::full.
    Async<Result<QString>> take(QString barePath, QString clonePath, QString base, QString ref);

private:
    Async<Result<QString>> treeOf(QString barePath, QString clonePath, QString base, QString index);

    GitRunner &m_git;
    SourceStore &m_store;
};

} // namespace foundry
