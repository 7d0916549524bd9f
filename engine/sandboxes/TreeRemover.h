// Removes a folder with all that is in it, on a thread of its own, never following a link and whatever an agent left
// there: names of any bytes, folders without permissions, any depth. Starts on the engine's thread.
#pragma once

#include "Async.h"

#include <foundry/Failure.h>

#include <QString>

namespace foundry {

// Gone already is success. Destroying the Async stops it soon; calling it again goes on.
// Failures: Sandbox::releaseFailed with the first path that would not go.
Async<Result<>> removeTree(QString folder);

} // namespace foundry
