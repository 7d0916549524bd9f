// Brings what Git LFS keeps in a task's checkout home: files named by the SHA-256 of their content, read inside the
// sandbox (an agent can put links there) and believed only when the sum is right. Engine thread.
#pragma once

#include "SandboxProvider.h"

namespace foundry {

struct WantedObject {
    QString oid; // SHA-256 of the content, hexadecimal
    qint64 size = 0; // bytes
    QString place; // where it goes, absolute; folders on the way are made
};

inline constexpr qint64 maxObjectsHome = 8LL * 1024 * 1024 * 1024; // bytes of one call
inline constexpr std::chrono::minutes objectsHomeTime { 25 };

// Each is looked for in .git/lfs of the checkout and of its submodules. Answers the ids of those that are in none.
// Dropping the Async ends it; what came whole before stays, the rest leaves nothing. Failures: Git::tooLarge past
// maxObjectsHome; Git::corrupt (the content is not what its name says); Storage::unavailable; those of the provider;
// Process::timedOut.
Async<Result<QStringList>> takeObjects(Clock &clock, SandboxProvider &provider, SandboxRecord record,
                                       std::vector<WantedObject> wanted, std::function<void(double)> progress = {});

} // namespace foundry
