// openat2(2) for folders that an agent can write to: nothing leads out of them. Any thread. Private to the room.
#pragma once

#include "FileDescriptor.h"

#include <foundry/Failure.h>

#include <QByteArray>

namespace foundry {

// Opens `path` below `root` (an open folder) without following any link; O_CLOEXEC, O_NOCTTY and O_NONBLOCK are
// added. Closed: errno says why (ELOOP: a link, EXDEV: it leads out).
FileDescriptor openBeneath(int root, const QByteArray &path, int flags, unsigned mode = 0);

// Makes the folders on the way and the file, in one replacing rename. `owner` < 0: stays ours.
// Failures: Sandbox::unsafePath, prepareFailed.
Result<> writeBeneath(const QString &root, const QByteArray &path, const QByteArray &content, bool replace,
                      qint64 owner);

// Moves a folder of ours to `path` below `root`, which must not be there yet; the folders on the way are made.
// Failures: as writeBeneath.
Result<> moveBeneath(const QString &from, const QString &root, const QByteArray &path, qint64 owner);

} // namespace foundry
