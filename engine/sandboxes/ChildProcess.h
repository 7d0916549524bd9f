// One program as a direct child, with bounded pipes: nothing is read ahead of the consumer, so a program that floods
// waits for us. (QProcess reads without a bound.) The end is noticed through a pidfd. Engine thread only.
#pragma once

#include "FileDescriptor.h"
#include "SandboxCommand.h"

#include <foundry/Failure.h>

#include <QByteArray>
#include <QByteArrayList>
#include <QSocketNotifier>

#include <functional>
#include <memory>
#include <vector>

namespace foundry {

struct ChildSpec {
    QByteArray program; // absolute
    QByteArrayList arguments;
    QByteArrayList environment; // NAME=value, all of it
    QByteArray workingDirectory = "/";
    std::vector<int> inherited; // descriptors that keep their number in the child
    bool dieWithParent = false; // SIGKILL when the starting thread ends
    qsizetype maxUnsent = 64 * 1024 * 1024; // bytes
    qsizetype errorTail = 64 * 1024; // bytes
    std::optional<TerminalSize>
        terminal; // a new one of the host's is its controlling terminal, input, output and error
};

class ChildProcess {
public:
    // A session of its own, with clean signals and the file limit that Foundry was started with.
    // Failures: Process::notStarted.
    static Result<std::unique_ptr<ChildProcess>> start(const ChildSpec &spec);
    ~ChildProcess(); // kills it; the kernel's record of it is cleared away later

    std::function<void(const QByteArray &)> output;
    std::function<void(const QByteArray &)> errorOutput;
    // The program itself has ended; its output may not have been taken yet. `status` as from wait(2).
    std::function<void(int status)> exited;

    bool write(const QByteArray &bytes);
    void closeInput();
    qint64 unsent() const { return m_unsent.size(); }
    void pause();
    void resume();
    // From now on input and output go by this terminal (its master's end) instead of the pipes.
    void useTerminal(FileDescriptor master);
    void resizeTerminal(TerminalSize size) const;
    void hangUp();
    // Takes what is left in the pipes, not waiting for more. False: paused, with something left.
    bool drain();
    void kill() const;
    // Destroying it will not kill it: it is known to end by itself.
    void leaveToEnd() { m_leave = true; }
    bool isRunning() const { return m_running; }
    int pid() const { return m_pid; }
    const QByteArray &errorTail() const { return m_errorTail; }

private:
    ChildProcess() = default;
    void watch();
    void watchInput();
    void watchOutput();
    bool readSome(FileDescriptor &from, std::unique_ptr<QSocketNotifier> &notifier, bool isError);
    void writeSome();
    void reap();

    int m_pid = 0;
    bool m_running = false;
    bool m_paused = false;
    bool m_closing = false;
    bool m_leave = false;
    FileDescriptor m_pidfd, m_in, m_out, m_error;
    std::unique_ptr<QSocketNotifier> m_exitNotifier, m_inNotifier, m_outNotifier, m_errorNotifier;
    QByteArray m_unsent, m_errorTail;
    qsizetype m_maxUnsent = 0, m_maxErrorTail = 0;
};

// Is readable once the process is no more (and, for the first process of a pid namespace, all in it). Closed: no
// such process.
FileDescriptor openPidfd(int pid);
void killByPidfd(const FileDescriptor &pidfd);

} // namespace foundry
