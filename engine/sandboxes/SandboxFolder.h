// The folder of one task on the host: made, filled, recognised. Shared by the providers; private to the room.
#pragma once

#include "Clock.h"
#include "SandboxProvider.h"

namespace foundry::sandboxfolder {

// Failures: Sandbox::prepareFailed (a name or path that cannot be).
Result<SandboxRecord> newRecord(const SandboxRequest &request, const QString &provider);

// All folders, the synthesised /etc and the home's .gitconfig; they belong to record.owner where that is set.
// Failures: Sandbox::prepareFailed.
Result<> make(const SandboxRecord &record);
// The last step of making one; `isMade` is true from then on.
Result<> markMade(const SandboxRecord &record);
bool isMade(const SandboxRecord &record);

// The folders of the layers of this name for each of the record's caches; those that are there stay as they are.
// Failures: Sandbox::prepareFailed.
Result<> makeCacheLayers(const SandboxRecord &record, const QString &layers);
Result<> putFiles(const SandboxRecord &record, const std::vector<HomeFile> &files);
// Writes a file of the host's own folder run/. Answers its path.
Result<QString> writeRun(const SandboxRecord &record, const QString &name, const QByteArray &content, bool executable);

// Runs `command` of `process` to its end, for SandboxProvider::run.
Async<Result<ProcessOutput>> collect(Clock &clock, Result<std::unique_ptr<SandboxProcess>> started,
                                     SandboxCommand command);

// Makes the checkout by git, through `provider`. Failures: Sandbox::prepareFailed with git's last lines.
Async<Result<>> makeCheckout(Clock &clock, SandboxProvider &provider, SandboxRecord record, SandboxProgress progress);

// Strays ended, folder removed, made again, marked: what create is, for every provider.
Async<Result<>> create(Clock &clock, SandboxProvider &provider, SandboxRecord record, SandboxProgress progress);

} // namespace foundry::sandboxfolder
