// Files of the person's clone that git ignores and a project needs (".env"): copied into a task's checkout. Only
// regular files that are reached without any link, of a bounded size; the clone is read and never written.
#pragma once

#include "SandboxProvider.h"

namespace foundry {

inline constexpr qint64 maxCarriedFile = 4 * 1024 * 1024; // bytes of one file
inline constexpr qint64 maxCarriedBytes = 16 * 1024 * 1024; // of all

struct Carried {
    QStringList taken;
    QStringList missing; // the clone does not have them: no failure
};

// `paths`: relative to both. One that is in the checkout already (because it is committed) is left as it is.
// Failures: Task::carryFailed with the path and why; what was copied before it stays.
Result<Carried> carryFiles(const SandboxRecord &record, const QString &clone, const QStringList &paths);

// Tells the checkout's git not to take them, so that no snapshot and no commit ever holds them. Runs inside.
Async<Result<>> hideCarried(SandboxProvider &provider, SandboxRecord record, QStringList paths);

} // namespace foundry
