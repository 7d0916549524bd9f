#include "ChildProcess.h"

#include "Process.h"

#include <QAbstractEventDispatcher>
#include <QFile>

#include <cerrno>
#include <climits>
#include <csignal>
#include <fcntl.h>
#include <mutex>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

namespace foundry {

namespace {

constexpr size_t chunk = 64 * 1024;

struct Pipe {
    FileDescriptor read, write;
    bool open()
    {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC))
            return false;
        read = FileDescriptor(ends[0]);
        write = FileDescriptor(ends[1]);
        return true;
    }
};

std::vector<char *> pointers(const QByteArrayList &strings, const QByteArray *first = nullptr)
{
    std::vector<char *> result;
    if (first)
        result.push_back(const_cast<char *>(first->constData()));
    for (const QByteArray &string : strings)
        result.push_back(const_cast<char *>(string.constData()));
    result.push_back(nullptr);
    return result;
}

struct Terminal {
    FileDescriptor master, slave;
    bool open(TerminalSize size)
    {
        master = FileDescriptor(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
        const winsize wanted { static_cast<unsigned short>(size.rows), static_cast<unsigned short>(size.columns), 0,
                               0 };
        if (!master.isOpen() || unlockpt(master.get()) || ioctl(master.get(), TIOCSWINSZ, &wanted))
            return false;
        slave = FileDescriptor(ioctl(master.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
        return slave.isOpen();
    }
};

struct Launch {
    const ChildSpec &spec;
    std::vector<char *> arguments, environment;
    int in, out, error, report;
    pid_t parent;
};

// Between fork and exec: async-signal-safe calls only.
[[noreturn]] void becomeProgram(const Launch &launch)
{
    sigset_t none;
    sigemptyset(&none);
    for (int signal = 1; signal < NSIG; ++signal)
        ::signal(signal, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    setsid();
    if (launch.spec.terminal)
        ioctl(launch.in, TIOCSCTTY, 0);
    if (launch.spec.dieWithParent) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != launch.parent)
            _exit(127);
    }
    close_range(3, UINT_MAX, CLOSE_RANGE_CLOEXEC);
    for (const int fd : launch.spec.inherited)
        fcntl(fd, F_SETFD, 0);
    restoreFileLimit();
    if (dup2(launch.in, 0) >= 0 && dup2(launch.out, 1) >= 0 && dup2(launch.error, 2) >= 0
        && chdir(launch.spec.workingDirectory.constData()) == 0)
        execve(launch.spec.program.constData(), launch.arguments.data(), launch.environment.data());
    const int error = errno;
    [[maybe_unused]] const auto written = ::write(launch.report, &error, sizeof error);
    _exit(127);
}

} // namespace

FileDescriptor openPidfd(int pid)
{
    FileDescriptor fd(int(syscall(SYS_pidfd_open, pid, 0)));
    if (fd.isOpen())
        fcntl(fd.get(), F_SETFD, FD_CLOEXEC);
    return fd;
}

void killByPidfd(const FileDescriptor &pidfd)
{
    if (pidfd.isOpen())
        syscall(SYS_pidfd_send_signal, pidfd.get(), SIGKILL, nullptr, 0);
}

Result<std::unique_ptr<ChildProcess>> ChildProcess::start(const ChildSpec &spec)
{
    static std::once_flag once;
    std::call_once(once, [] { ::signal(SIGPIPE, SIG_IGN); }); // a program that closes its stdin must not end us

    const auto failed = [&spec](int error) {
        const QString text = QString::fromLocal8Bit(spec.program) + u": "_s + qt_error_string(error);
        return fail(codes::Process::notStarted, text,
                    error == EAGAIN || error == ENOMEM ? Retry::transient : Retry::terminal);
    };
    Pipe in, out, error, report;
    Terminal terminal;
    if (!in.open() || !out.open() || !error.open() || !report.open()
        || (spec.terminal && !terminal.open(*spec.terminal)))
        return failed(errno);
    const auto orTerminal
        = [&](const FileDescriptor &pipe) { return spec.terminal ? terminal.slave.get() : pipe.get(); };
    const Launch launch { spec,
                          pointers(spec.arguments, &spec.program),
                          pointers(spec.environment),
                          orTerminal(in.read),
                          orTerminal(out.write),
                          orTerminal(error.write),
                          report.write.get(),
                          getpid() };

    const pid_t pid = fork();
    if (pid < 0)
        return failed(errno);
    if (pid == 0)
        becomeProgram(launch);

    report.write.reset();
    int childError = 0;
    ssize_t got = 0;
    do {
        got = ::read(report.read.get(), &childError, sizeof childError); // ends when the program runs
    } while (got < 0 && errno == EINTR);
    if (got == ssize_t(sizeof childError)) {
        waitpid(pid, nullptr, 0);
        return failed(childError);
    }

    std::unique_ptr<ChildProcess> child(new ChildProcess);
    child->m_pid = pid;
    child->m_running = true;
    child->m_pidfd = openPidfd(pid);
    child->m_in = std::move(in.write);
    child->m_out = std::move(out.read);
    child->m_error = std::move(error.read);
    child->m_maxUnsent = spec.maxUnsent;
    child->m_maxErrorTail = spec.errorTail;
    child->watch();
    if (spec.terminal)
        child->useTerminal(std::move(terminal.master));
    return child;
}

ChildProcess::~ChildProcess()
{
    if (!m_running)
        return;
    if (!m_leave)
        kill();
    // The event dispatcher owns the rest, so that it goes with the thread.
    auto *dispatcher = QAbstractEventDispatcher::instance();
    if (!dispatcher || !m_pidfd.isOpen()) {
        kill();
        waitpid(m_pid, nullptr, 0);
        return;
    }
    m_exitNotifier->disconnect();
    m_exitNotifier.reset();
    auto *reaper = new QSocketNotifier(m_pidfd.get(), QSocketNotifier::Read, dispatcher);
    auto open = std::make_shared<FileDescriptor>(std::move(m_pidfd));
    QObject::connect(reaper, &QSocketNotifier::activated, reaper, [reaper, open, pid = m_pid] {
        reaper->setEnabled(false);
        waitpid(pid, nullptr, WNOHANG);
        reaper->deleteLater();
    });
}

void ChildProcess::watch()
{
    for (const FileDescriptor *fd : { &m_in, &m_out, &m_error })
        fcntl(fd->get(), F_SETFL, O_NONBLOCK);
    m_exitNotifier = std::make_unique<QSocketNotifier>(m_pidfd.get(), QSocketNotifier::Read);
    QObject::connect(m_exitNotifier.get(), &QSocketNotifier::activated, m_exitNotifier.get(), [this] { reap(); });
    watchOutput();
    m_errorNotifier = std::make_unique<QSocketNotifier>(m_error.get(), QSocketNotifier::Read);
    QObject::connect(m_errorNotifier.get(), &QSocketNotifier::activated, m_errorNotifier.get(),
                     [this] { readSome(m_error, m_errorNotifier, true); });
    watchInput();
}

void ChildProcess::watchOutput()
{
    m_outNotifier = std::make_unique<QSocketNotifier>(m_out.get(), QSocketNotifier::Read);
    QObject::connect(m_outNotifier.get(), &QSocketNotifier::activated, m_outNotifier.get(),
                     [this] { readSome(m_out, m_outNotifier, false); });
}

void ChildProcess::watchInput()
{
    m_inNotifier = std::make_unique<QSocketNotifier>(m_in.get(), QSocketNotifier::Write);
    m_inNotifier->setEnabled(false);
    QObject::connect(m_inNotifier.get(), &QSocketNotifier::activated, m_inNotifier.get(), [this] { writeSome(); });
}

// One chunk. True: there may be more. The consumer may pause inside; it may not destroy us.
bool ChildProcess::readSome(FileDescriptor &from, std::unique_ptr<QSocketNotifier> &notifier, bool isError)
{
    if (!from.isOpen())
        return false;
    QByteArray bytes(qsizetype(chunk), Qt::Uninitialized);
    const ssize_t got = ::read(from.get(), bytes.data(), chunk);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return errno == EINTR;
    if (got <= 0) {
        notifier->setEnabled(false);
        from.reset();
        return false;
    }
    bytes.resize(got);
    if (isError) {
        m_errorTail += bytes;
        if (m_errorTail.size() > m_maxErrorTail)
            m_errorTail = m_errorTail.last(m_maxErrorTail);
        if (errorOutput)
            errorOutput(bytes);
    } else if (output) {
        output(bytes);
    }
    return true;
}

void ChildProcess::useTerminal(FileDescriptor master)
{
    m_in = FileDescriptor(fcntl(master.get(), F_DUPFD_CLOEXEC, 3));
    m_out = std::move(master);
    fcntl(m_out.get(), F_SETFL, O_NONBLOCK); // of both: they are one open file
    watchInput();
    watchOutput();
    m_outNotifier->setEnabled(!m_paused);
    if (!m_unsent.isEmpty())
        writeSome();
}

void ChildProcess::resizeTerminal(TerminalSize size) const
{
    const winsize wanted { static_cast<unsigned short>(size.rows), static_cast<unsigned short>(size.columns), 0, 0 };
    if (m_out.isOpen())
        ioctl(m_out.get(), TIOCSWINSZ, &wanted);
}

void ChildProcess::hangUp()
{
    m_closing = true;
    m_unsent.clear();
    m_inNotifier->setEnabled(false);
    m_outNotifier->setEnabled(false);
    m_in.reset();
    m_out.reset();
}

bool ChildProcess::drain()
{
    while (readSome(m_error, m_errorNotifier, true)) { }
    while (!m_paused && readSome(m_out, m_outNotifier, false)) { }
    if (!m_paused || !m_out.isOpen())
        return true;
    pollfd waiting { m_out.get(), POLLIN, 0 };
    return ::poll(&waiting, 1, 0) <= 0 || !(waiting.revents & POLLIN);
}

bool ChildProcess::write(const QByteArray &bytes)
{
    if (!m_in.isOpen() || m_closing || m_unsent.size() + bytes.size() > m_maxUnsent)
        return false;
    const bool wasEmpty = m_unsent.isEmpty();
    m_unsent += bytes;
    if (wasEmpty)
        writeSome();
    return true;
}

void ChildProcess::writeSome()
{
    qsizetype sent = 0;
    while (sent < m_unsent.size()) {
        const ssize_t wrote = ::write(m_in.get(), m_unsent.constData() + sent, size_t(m_unsent.size() - sent));
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0 && errno == EAGAIN)
            break;
        if (wrote <= 0) { // it reads no more
            m_unsent.clear();
            m_closing = true;
            break;
        }
        sent += wrote;
    }
    m_unsent.remove(0, qMin(sent, m_unsent.size()));
    m_inNotifier->setEnabled(!m_unsent.isEmpty());
    if (m_unsent.isEmpty() && m_closing) {
        m_inNotifier->setEnabled(false);
        m_in.reset();
    }
}

void ChildProcess::closeInput()
{
    if (!m_in.isOpen())
        return;
    m_closing = true;
    if (m_unsent.isEmpty())
        writeSome();
}

void ChildProcess::pause()
{
    m_paused = true;
    m_outNotifier->setEnabled(false);
}

void ChildProcess::resume()
{
    m_paused = false;
    m_outNotifier->setEnabled(m_out.isOpen());
}

void ChildProcess::kill() const
{
    if (m_running)
        killByPidfd(m_pidfd);
}

void ChildProcess::reap()
{
    int status = 0;
    if (waitpid(m_pid, &status, WNOHANG) != m_pid)
        return;
    m_running = false;
    m_exitNotifier->setEnabled(false);
    m_closing = true;
    m_unsent.clear();
    if (m_in.isOpen()) {
        m_inNotifier->setEnabled(false);
        m_in.reset();
    }
    auto tell = std::move(exited); // it may destroy us
    if (tell)
        tell(status);
}

} // namespace foundry
