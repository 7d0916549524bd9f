// How much disk a task's folder takes: counted on another thread, without following a link. A measurement: while it is
// made more can be written.
#pragma once

#include "Async.h"

#include <QString>

namespace foundry {

// Bytes on disk of all below `folder`; a file with several names counts once for each. Folders that cannot be read
// count nothing. Must be awaited on a thread with an event loop.
Async<qint64> diskUse(QString folder);

} // namespace foundry
