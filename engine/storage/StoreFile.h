// What is done to a store's files while nobody has it open. Blocking, any thread.
#pragma once

#include <foundry/Failure.h>
#include <foundry/Values.h>

#include <QString>

#include <functional>

namespace foundry::storeFile {

// Moves db, -wal and -shm out of the way as "<path>.damaged-<time>"; returns that path.
Result<QString> setAside(const QString &path, Millis now);
// The opposite: what was set aside last takes the store's place again, if nothing is there. False: nothing was.
Result<bool> putBack(const QString &path);
// Puts a checked copy of the backup in the store's place, changed by `prepare` before if that is given. What was
// there is kept as "<path>.replaced-<time>"; returns that path, or nothing if nothing was.
// Fails: unavailable (no backup), corrupt (the backup itself is damaged), full, readOnly, what `prepare` answers.
Result<QString> restore(const QString &backup, const QString &path, Millis now,
                        const std::function<Result<void>(const QString &)> &prepare = {});
// Removes the copies that were made of it; what was set aside or replaced stays.
Result<void> removeBackups(const QString &path);
// Removes the store and all files that belong to it (not backups).
// `vfs`: where they are, see OpenOptions::vfs.
Result<void> remove(const QString &path, const QByteArray &vfs = {});
// fsync of a folder, so that names made or removed in it are on disk.
Result<void> syncFolder(const QString &folder);

} // namespace foundry::storeFile
