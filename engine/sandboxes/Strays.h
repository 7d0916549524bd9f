// Processes of a task that a crash left behind, found by their mark. Engine thread only. Private to the room.
#pragma once

#include "Async.h"
#include "Clock.h"

#include <foundry/Failure.h>

#include <QByteArray>

#include <functional>
#include <vector>

namespace foundry {

// Looks at each process; `marked` gets its folder in /proc and must not trust what is read there.
std::vector<int> processesWith(const std::function<bool(const QByteArray &procFolder)> &marked);
// Is `bytes` (NUL-separated) part of the process' file, e.g. "cmdline"? At most 1 MiB of it is read.
bool procFileHolds(const QByteArray &procFolder, const char *file, const QByteArray &bytes);

// Kills until nothing is found any more. Answers how many there were. Failures: Sandbox::died.
Async<Result<int>> killAll(Clock &clock, std::function<std::vector<int>()> find);

} // namespace foundry
