// What a task uses of the computer, counted on another thread. A measurement: while it is made more can be used.
#pragma once

#include "Async.h"

#include <QString>

#include <functional>

namespace foundry {

// Bytes on disk of all below `folder`, following no link; a file with several names counts once for each. Folders that
// cannot be read count nothing. Must be awaited on a thread with an event loop.
Async<qint64> diskUse(QString folder);

// Bytes of memory of the processes that `roots` finds and of all their descendants: shared pages by their share, where
// the kernel tells it, else what is resident and not of a file. `roots` is called on the other thread and gets a
// folder in /proc; it must not trust what is read there.
Async<qint64> memoryUse(std::function<bool(const QByteArray &procFolder)> isRoot);

} // namespace foundry
