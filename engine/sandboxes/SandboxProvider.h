// Where a task works: makes, enters and removes sandboxes. Owns DATA/sandboxes/<task>/ and nothing else of a
// task; knows nothing of actors, agents or the forge. Engine thread only.
#pragma once

#include "Async.h"
#include "Process.h"
#include "SandboxCommand.h"
#include "SandboxProcess.h"
#include "SandboxRecord.h"

#include <functional>
#include <memory>

namespace foundry {

struct IsolationReport {
    Isolation isolation = Isolation::none;
    QString weakness; // "root": Foundry runs as root; "none": no isolation at all. Empty with full
    QString version; // "bubblewrap 0.8.0"
};

struct SandboxRequest {
    TaskId task;
    QString sandboxesFolder; // DATA/sandboxes, absolute
    QString bareRepository;
    QString repositoryName; // "shop"; names the folder inside
    QString branch;
    QString base; // commit in the bare repository
    QString personName;
    QString personEmail;
    SandboxNetwork network;
    std::vector<SandboxTool> tools;
    std::vector<SandboxCache> caches;
    TaskBudget budget;
    std::vector<SandboxModule> modules; // parents before their children
    SandboxSparse sparse;
};

// A file for the private home.
struct HomeFile {
    QString path; // relative to the home: ".codex/auth.json"
    QByteArray content;
    bool replace = true; // false: one that is there stays
};

// A sentence of git's ("Updating files: 40% (2000/5000)"), for telemetry.
using SandboxProgress = std::function<void(const QString &)>;

class SandboxProvider {
public:
    virtual ~SandboxProvider() = default;
    virtual QString name() const = 0; // "bubblewrap", "plain"

    // Tries it once and keeps the answer (a failure is tried again at the next call). Failures:
    // Sandbox::bubblewrapMissing, namespacesForbidden (with what forbids), networkHelper (foundry-entry is missing).
    virtual Async<Result<IsolationReport>> probe() = 0;

    // The record for a sandbox that is to be made; makes nothing. Store it, then `create`.
    // Failures: Sandbox::prepareFailed (a path that cannot be).
    virtual Result<SandboxRecord> newRecord(const SandboxRequest &request) const = 0;

    // Folders, private home and the checkout of `branch` at `base`. May be repeated: a finished one is left as it is,
    // a half-made one is removed and made again. Failures: Sandbox::prepareFailed with git's last lines.
    virtual Async<Result<>> create(SandboxRecord record, SandboxProgress progress = {}) = 0;
    // Is it there, finished?
    virtual bool exists(const SandboxRecord &record) const = 0;
    // Writes into the private home without following any link that the agent may have put there.
    virtual Result<> putFiles(const SandboxRecord &record, const std::vector<HomeFile> &files) = 0;

    // Starts a program. Failures at once: Sandbox::notFound (not created), launchFailed, networkHelper; later
    // ones come with SandboxExit.
    virtual Result<std::unique_ptr<SandboxProcess>> start(const SandboxRecord &record, const SandboxCommand &command)
        = 0;
    // Runs a program to its end; destroying the Async kills its tree. A non-zero exit code is no failure here.
    // Failures: as start; Process::timedOut, tooMuchOutput, crashed.
    virtual Async<Result<ProcessOutput>> run(SandboxRecord record, SandboxCommand command) = 0;

    // A host program that runs git-upload-pack for the checkout inside the sandbox, whatever its arguments are: for
    // `git fetch --upload-pack=<it> <any path>`. The checkout is read-only in it and there is no network.
    virtual Result<QString> uploadPackProgram(const SandboxRecord &record) = 0;

    // Kills what is left of the task's sandboxes from a crash (found by their mark), so nothing with a terminal of this
    // program. Answers how many trees there
    // were; none is no failure. Failures: Sandbox::died with what would not end.
    virtual Async<Result<int>> endStrays(SandboxRecord record) = 0;

    // Bytes of memory of all that runs in it now, see ResourceUse.
    virtual Async<qint64> memoryUse(const SandboxRecord &record) = 0;

    // Ends strays and removes the folder with all that is in it, never following a link. May be repeated until it
    // succeeds; gone already is success. Failures: Sandbox::releaseFailed with the path that would not go.
    virtual Async<Result<>> release(SandboxRecord record) = 0;
};

} // namespace foundry
