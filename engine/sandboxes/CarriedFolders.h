// Build folders of the person's clone that git ignores ("node_modules", "target"): taken into a task's checkout as
// copy-on-write clones, so that they cost no space and nothing of the clone's changes. Only where the file system can
// (Btrfs, XFS, bcachefs); elsewhere they are left out, because a full copy of each for each task is no good default.
#pragma once

#include "SandboxProvider.h"

namespace foundry {

struct CarriedFolders {
    QStringList taken;
    QStringList there; // in the checkout already: left as they are
    QStringList uncopied; // the file system cannot share their files
};

inline constexpr std::chrono::minutes carryFolderTime { 15 }; // for one

// Is `path` a folder of the clone, reached without any link?
bool isFolderOf(const QString &clone, const QString &path);

// `paths`: folders, relative to both. Before any program of the agent's ran. May be repeated. Dropping the Async ends
// it. Failures: Task::carryFailed with the path and why; what was taken before it stays.
Async<Result<CarriedFolders>> carryFolders(Clock &clock, SandboxRecord record, QString clone, QStringList paths);

// Can a file in `from` be shared with a copy of it in `to`?
bool canShareFiles(const QString &from, const QString &to);

} // namespace foundry
