// A running program in a sandbox, with its whole process tree. Destroying it kills the tree. Engine thread only,
// and that thread must live as long: the sandbox dies with the thread that started it.
#pragma once

#include "Async.h"
#include "SandboxCommand.h"

#include <foundry/Failure.h>

#include <QByteArray>
#include <QStringList>

#include <chrono>
#include <functional>
#include <optional>

namespace foundry {

struct SandboxExit {
    int exitCode = 0; // of the program; 128 + signal where a signal ended it
    int signal = 0; // that ended it, as the exit code tells it (a program can pretend); 0: none
    // Set when the program could not be started or kept: Sandbox::launchFailed, networkHelper, died.
    std::optional<Failure> failure;
    QByteArray errorTail; // last bytes of standard error
};

class SandboxProcess {
public:
    virtual ~SandboxProcess() = default;

    // Bytes of standard output in any portions; a program that writes faster than they are taken has to wait.
    // Set before the event loop runs again; may not destroy this object.
    std::function<void(const QByteArray &)> output;
    // Standard error as it arrives; optional.
    std::function<void(const QByteArray &)> errorOutput;
    // Once, after the last output, when nothing of the tree lives any more. May destroy this object.
    std::function<void(SandboxExit)> finished;
    // A host that was asked for and refused: "host:port"; each at most once, and no more than maxDenied.
    std::function<void(const QString &)> denied;
    static constexpr int maxDenied = 200;

    // Queued while the program starts. False: ended, closed, or more than limits.unsentInput would wait.
    virtual bool write(const QByteArray &bytes) = 0;
    virtual qint64 unsent() const = 0;
    virtual void closeInput() = 0; // after what is queued
    // Stops taking output until `resume`; the program waits once its pipe is full.
    virtual void pause() = 0;
    virtual void resume() = 0;

    // With a terminal only: its new size, told to the program; kept for one that is not there yet.
    virtual void resizeTerminal(TerminalSize size) = 0;
    // With a terminal only: takes it away, so the shell and what is in the foreground get SIGHUP. No output follows.
    virtual void hangUp() = 0;

    // Ends the whole tree at once; `finished` follows. Answers when nothing of it lives any more.
    // Failures: Sandbox::died with what still lives after SandboxProcess::killTime.
    virtual Async<Result<>> kill() = 0;
    static constexpr std::chrono::seconds killTime { 10 };
    virtual QByteArray errorTail() const = 0;
    // From now on these hosts are allowed. False: the sandbox was started without any host, start it again.
    virtual bool allowHosts(QStringList hosts) = 0;
    // Host pid of the first process of the tree, 0 before it runs. For showing and measuring only.
    virtual qint64 pid() const = 0;
};

} // namespace foundry
