#include "BubblewrapProcess.h"

#include "BubblewrapProfile.h"
#include "NetworkProxy.h"
#include "SeccompFilter.h"

#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>

#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

namespace foundry {

namespace {

constexpr qsizetype maxStatus = 4096; // bytes of what bubblewrap tells about itself that are read

FileDescriptor memoryFile(const char *name, const QByteArray &content)
{
    FileDescriptor fd(memfd_create(name, MFD_CLOEXEC));
    QFile file;
    if (!fd.isOpen() || !file.open(fd.get(), QIODevice::WriteOnly | QIODevice::Unbuffered)
        || file.write(content) != content.size() || lseek(fd.get(), 0, SEEK_SET) != 0)
        return {};
    return fd;
}

bool openPair(int type, FileDescriptor &ours, FileDescriptor &theirs)
{
    int ends[2];
    if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends))
        return false;
    ours = FileDescriptor(ends[0]);
    theirs = FileDescriptor(ends[1]);
    fcntl(ours.get(), F_SETFL, O_NONBLOCK);
    return true;
}

// Is it a child of `parent`? Then the number cannot have been used again: `parent` lives or is not yet waited for.
bool isChildOf(qint64 pid, qint64 parent)
{
    QFile status(u"/proc/%1/status"_s.arg(pid));
    return status.open(QIODevice::ReadOnly)
        && status.readAll().contains("\nPPid:\t" + QByteArray::number(parent) + '\n');
}

struct GateMessage {
    QByteArray text;
    std::vector<FileDescriptor> descriptors;
};

// Empty text: the other end is closed. Nothing: not yet.
std::optional<GateMessage> receive(int gate)
{
    GateMessage result;
    QByteArray text(2048, Qt::Uninitialized);
    iovec data { text.data(), size_t(text.size()) };
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * (bubblewrap::maxPorts + 1))];
    msghdr message {};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const ssize_t got = recvmsg(gate, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (got < 0)
        return errno == EAGAIN || errno == EINTR ? std::nullopt : std::optional(std::move(result));
    result.text = text.first(got);
    for (cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
            continue;
        const size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; ++i) {
            int fd = -1;
            memcpy(&fd, CMSG_DATA(header) + i * sizeof fd, sizeof fd);
            result.descriptors.emplace_back(fd);
        }
    }
    return result;
}

std::unique_ptr<QSocketNotifier> watch(const FileDescriptor &fd, auto activated)
{
    auto notifier = std::make_unique<QSocketNotifier>(fd.get(), QSocketNotifier::Read);
    QObject::connect(notifier.get(), &QSocketNotifier::activated, notifier.get(), activated);
    return notifier;
}

} // namespace

BubblewrapProcess::BubblewrapProcess(Clock &clock, HostResolver &resolver, const SandboxRecord &record,
                                     const SandboxCommand &command)
    : m_clock(clock)
    , m_resolver(resolver)
    , m_network(command.network ? record.network : SandboxNetwork {})
    , m_terminal(command.terminal)
    , m_maxEarly(command.limits.unsentInput)
{
}

BubblewrapProcess::~BubblewrapProcess()
{
    killTree();
    if (m_child && !m_init.isOpen())
        m_child->leaveToEnd();
}

Result<std::unique_ptr<SandboxProcess>> BubblewrapProcess::start(Clock &clock, HostResolver &resolver,
                                                                 const BubblewrapLaunch &launch)
{
    std::unique_ptr<BubblewrapProcess> process(new BubblewrapProcess(clock, resolver, launch.record, launch.command));
    if (auto launched = process->launch(launch); !launched)
        return std::unexpected(launched.error());
    return process;
}

Result<> BubblewrapProcess::launch(const BubblewrapLaunch &launch)
{
    const SandboxCommand &command = launch.command;
    for (const int port : m_network.ports) {
        if (port < 1024 || port > 65535)
            return fail(codes::Sandbox::networkHelper,
                        u"port %1: only 1024 to 65535 can be reached inside"_s.arg(port));
    }
    if (m_network.ports.size() > size_t(bubblewrap::maxPorts))
        return fail(codes::Sandbox::networkHelper, u"more than %1 ports"_s.arg(bubblewrap::maxPorts));
    auto options = launch.options.isEmpty() ? bubblewrap::options(launch.record, command, launch.entry)
                                            : Result<QByteArrayList>(launch.options);
    if (!options)
        return std::unexpected(options.error());
    auto filter = seccompFilter(command.nesting);
    if (!filter)
        return std::unexpected(filter.error());

    FileDescriptor gate;
    m_status = memoryFile("foundry-status", {});
    const FileDescriptor arguments = memoryFile("foundry-arguments", bubblewrap::joined(*options));
    const FileDescriptor seccomp = memoryFile("foundry-seccomp", *filter);
    if (!arguments.isOpen() || !seccomp.isOpen() || !m_status.isOpen() || !openPair(SOCK_SEQPACKET, m_gate, gate))
        return fail(codes::Sandbox::launchFailed, qt_error_string(errno), Retry::transient);

    ChildSpec spec;
    // The program for the views becomes bubblewrap: it is the same process.
    const QString views = QFileInfo(launch.entry).path() + u"/foundry-views"_s;
    const QByteArrayList before = bubblewrap::viewsCommand(launch.record, command, views, launch.bubblewrap);
    spec.program = before.isEmpty() ? QFile::encodeName(launch.bubblewrap) : before.first();
    spec.arguments = before.mid(1);
    spec.arguments << "--clearenv" << bubblewrap::visibleOptions(launch.record) << "--args"
                   << QByteArray::number(arguments.get()) << "--seccomp" << QByteArray::number(seccomp.get())
                   << "--json-status-fd" << QByteArray::number(m_status.get()) << "--"
                   << bubblewrap::entryCommand(launch.record, command, gate.get());
    spec.environment = { "PATH=/usr/bin:/bin" };
    spec.inherited = { arguments.get(), seccomp.get(), m_status.get(), gate.get() };
    spec.maxUnsent = command.limits.unsentInput;
    spec.errorTail = command.limits.errorTail;
    auto child = ChildProcess::start(spec);
    if (!child)
        return std::unexpected(failure(codes::Sandbox::launchFailed, {}, child.error().retry).because(child.error()));
    m_child = std::move(*child);
    m_child->output = [this](const QByteArray &bytes) {
        if (output)
            output(bytes);
    };
    m_child->errorOutput = [this](const QByteArray &bytes) {
        if (errorOutput)
            errorOutput(bytes);
    };
    m_child->exited = [this](int waitStatus) { bubblewrapEnded(waitStatus); };
    m_gateNotifier = watch(m_gate, [this] { readGate(); });
    return {};
}

// bubblewrap writes who its first process is before it lets that process go on.
void BubblewrapProcess::readStatus()
{
    QByteArray text(maxStatus, Qt::Uninitialized);
    text.truncate(qMax<ssize_t>(0, pread(m_status.get(), text.data(), size_t(text.size()), 0)));
    const auto end = text.indexOf('\n');
    if (m_initPid != 0 || end < 0)
        return;
    const qint64 pid = QJsonDocument::fromJson(text.first(end)).object().value(u"child-pid"_s).toInteger();
    FileDescriptor init = openPidfd(int(pid));
    if (pid <= 0 || !init.isOpen() || !isChildOf(pid, m_child->pid()))
        return; // it has ended already
    m_initPid = pid;
    m_init = std::move(init);
    if (m_killed)
        killByPidfd(m_init);
}

bool BubblewrapProcess::readGate()
{
    std::optional<GateMessage> message = receive(m_gate.get());
    if (!message)
        return false;
    if (message->text == "R" && !m_listening) {
        readStatus();
        takeListeners(std::move(message->descriptors));
        return true;
    }
    if (message->text == "T" && m_terminal && !m_hasTerminal) {
        takeTerminal(std::move(message->descriptors));
        return true;
    }
    m_gateNotifier->setEnabled(false);
    if (message->text.startsWith('E')) {
        const QString text = QString::fromUtf8(message->text.mid(1));
        giveUp(text.startsWith(u"listen"_s) ? failure(codes::Sandbox::networkHelper, text)
                                            : failure(codes::Sandbox::launchFailed, text));
    }
    return true;
}

void BubblewrapProcess::takeTerminal(std::vector<FileDescriptor> master)
{
    if (master.size() != 1) {
        giveUp(failure(codes::Sandbox::launchFailed, u"no terminal came"_s));
        return;
    }
    m_hasTerminal = true;
    if (m_hungUp)
        return; // and it is closed
    m_child->useTerminal(std::move(master.front()));
    m_child->resizeTerminal(*m_terminal); // the size may have changed meanwhile
    m_child->write(std::exchange(m_early, {}));
}

void BubblewrapProcess::takeListeners(std::vector<FileDescriptor> listeners)
{
    const size_t wanted = bubblewrap::listenPorts(m_network).size();
    if (listeners.size() != wanted) {
        giveUp(failure(codes::Sandbox::networkHelper, u"%1 of %2 listeners came"_s.arg(listeners.size()).arg(wanted)));
        return;
    }
    if (!m_network.isEmpty()) {
        m_proxy = std::make_unique<NetworkProxy>(m_clock, m_resolver, m_network);
        m_proxy->denied = [this](const QString &host) {
            if (denied)
                denied(host);
        };
        size_t next = 0;
        if (m_network.hasProxy())
            m_proxy->serve(std::move(listeners[next++]));
        for (const int port : m_network.ports)
            m_proxy->forward(std::move(listeners[next++]), port);
    }
    m_listening = true;
    openGateWhenReady();
}

void BubblewrapProcess::openGateWhenReady()
{
    if (m_opened || m_killed || !m_listening || !m_init.isOpen())
        return;
    m_opened = true;
    const char word = 'G';
    if (send(m_gate.get(), &word, 1, MSG_NOSIGNAL) != 1)
        giveUp(failure(codes::Sandbox::launchFailed, u"the sandbox's first program has gone"_s));
}

void BubblewrapProcess::giveUp(Failure reason)
{
    if (!m_failure)
        m_failure = std::move(reason);
    killTree();
}

void BubblewrapProcess::killTree()
{
    m_killed = true;
    if (m_init.isOpen()) {
        killByPidfd(m_init);
        return;
    }
    // bubblewrap must not be killed while it makes its first process: that one would then wait for it for ever
    // (measured with 0.8). Without the gate foundry-entry ends by itself instead, and nothing of the agent has run.
    m_gateNotifier.reset();
    m_gate.reset();
}

void BubblewrapProcess::bubblewrapEnded(int status)
{
    m_waitStatus = status;
    readStatus();
    while (m_gateNotifier && m_gateNotifier->isEnabled() && readGate()) { }
    // bubblewrap ends as soon as it knows the exit code; the sandbox's first process may still be ending the rest.
    if (!m_init.isOpen()) {
        treeEnded();
        return;
    }
    killByPidfd(m_init);
    m_initNotifier = watch(m_init, [this] {
        m_initNotifier->setEnabled(false);
        treeEnded();
    });
}

void BubblewrapProcess::treeEnded()
{
    m_over = true;
    finishWhenDrained();
}

void BubblewrapProcess::finishWhenDrained()
{
    if (!m_over || m_finished || !m_child->drain())
        return;
    m_finished = true;
    m_proxy.reset();
    SandboxExit exit;
    exit.errorTail = m_child->errorTail();
    exit.exitCode = WIFEXITED(m_waitStatus) ? WEXITSTATUS(m_waitStatus) : 128 + WTERMSIG(m_waitStatus);
    exit.signal = exit.exitCode > 128 && exit.exitCode <= 192 ? exit.exitCode - 128 : 0;
    exit.failure = std::move(m_failure);
    if (!exit.failure && !m_opened)
        exit.failure
            = failure(codes::Sandbox::launchFailed,
                      QString::fromUtf8(exit.errorTail.last(qMin<qsizetype>(exit.errorTail.size(), 2000))).trimmed());
    auto killers = std::exchange(m_killers, {});
    auto tell = std::move(finished);
    if (tell)
        tell(std::move(exit)); // may destroy us
    for (const auto &killer : killers)
        killer.set({});
}

bool BubblewrapProcess::write(const QByteArray &bytes)
{
    if (!m_terminal || m_hasTerminal)
        return m_child->write(bytes);
    if (m_over || m_early.size() + bytes.size() > m_maxEarly)
        return false;
    m_early += bytes;
    return true;
}

qint64 BubblewrapProcess::unsent() const
{
    return m_child->unsent() + m_early.size();
}

void BubblewrapProcess::closeInput()
{
    m_child->closeInput();
}

void BubblewrapProcess::pause()
{
    m_child->pause();
}

void BubblewrapProcess::resume()
{
    m_child->resume();
    finishWhenDrained();
}

void BubblewrapProcess::resizeTerminal(TerminalSize size)
{
    if (!m_terminal)
        return;
    m_terminal = size;
    if (m_hasTerminal)
        m_child->resizeTerminal(size);
}

void BubblewrapProcess::hangUp()
{
    m_hungUp = true;
    if (m_hasTerminal)
        m_child->hangUp();
    else
        killTree(); // nothing of the person's runs yet
    finishWhenDrained();
}

Async<Result<>> BubblewrapProcess::kill()
{
    if (m_finished)
        co_return Result<> {};
    Promise<Result<>> gone;
    m_killers.push_back(gone);
    m_child->resume(); // what is left is dropped or taken, but not waited for
    const QString name = u"process %1"_s.arg(m_initPid);
    const Alarm limit
        = m_clock.after(killTime, [gone, name] { gone.set(fail(codes::Sandbox::died, name + u" does not end"_s)); });
    killTree();
    if (m_over)
        finishWhenDrained();
    auto result = co_await gone;
    co_return result;
}

QByteArray BubblewrapProcess::errorTail() const
{
    return m_child->errorTail();
}

bool BubblewrapProcess::allowHosts(QStringList hosts)
{
    return m_proxy && m_proxy->setHosts(hosts);
}

qint64 BubblewrapProcess::pid() const
{
    return m_initPid;
}

} // namespace foundry
