#include "PlainProcess.h"

#include "Strays.h"

#include <QFile>

#include <csignal>
#include <sys/wait.h>

namespace foundry {

namespace {

// The session of a process, from /proc/<pid>/stat (proc(5)); its name may hold anything, so from the last ')'.
int sessionOf(const QByteArray &procFolder)
{
    QFile stat(QFile::decodeName(procFolder + "/stat"));
    if (!stat.open(QIODevice::ReadOnly))
        return 0;
    const QByteArray text = stat.readAll();
    const QByteArrayList fields = text.mid(text.lastIndexOf(')') + 2).split(' ');
    return fields.size() > 3 && fields.first() != "Z" ? fields.at(3).toInt() : 0;
}

} // namespace

PlainProcess::PlainProcess(Clock &clock, QByteArray runMark)
    : m_clock(clock)
    , m_runMark(std::move(runMark))
{
}

PlainProcess::~PlainProcess()
{
    if (m_finished)
        return;
    for (const int pid : tree())
        killByPidfd(openPidfd(pid));
}

Result<std::unique_ptr<SandboxProcess>> PlainProcess::start(Clock &clock, const ChildSpec &spec,
                                                            const QByteArray &runMark)
{
    auto child = ChildProcess::start(spec);
    if (!child)
        return std::unexpected(failure(codes::Sandbox::launchFailed, {}, child.error().retry).because(child.error()));
    std::unique_ptr<PlainProcess> process(new PlainProcess(clock, runMark));
    PlainProcess *self = process.get();
    self->m_child = std::move(*child);
    self->m_child->output = [self](const QByteArray &bytes) {
        if (self->output)
            self->output(bytes);
    };
    self->m_child->errorOutput = [self](const QByteArray &bytes) {
        if (self->errorOutput)
            self->errorOutput(bytes);
    };
    self->m_child->exited = [self](int status) { self->ended(status); };
    return process;
}

std::vector<int> PlainProcess::tree() const
{
    const int session = m_child->pid(); // it began one of its own
    return processesWith([this, session](const QByteArray &folder) {
        return sessionOf(folder) == session || procFileHolds(folder, "environ", m_runMark);
    });
}

void PlainProcess::ended(int status)
{
    m_waitStatus = status;
    m_ending = killAll(m_clock, [this] { return tree(); });
    m_ending.start([this](Result<int>) {
        m_over = true;
        finishWhenDrained();
    });
}

void PlainProcess::finishWhenDrained()
{
    if (!m_over || m_finished || !m_child->drain())
        return;
    m_finished = true;
    SandboxExit exit;
    exit.errorTail = m_child->errorTail();
    exit.signal = WIFSIGNALED(m_waitStatus) ? WTERMSIG(m_waitStatus) : 0;
    exit.exitCode = WIFEXITED(m_waitStatus) ? WEXITSTATUS(m_waitStatus) : 128 + exit.signal;
    auto killers = std::exchange(m_killers, {});
    auto tell = std::move(finished);
    if (tell)
        tell(std::move(exit)); // may destroy us
    for (const auto &killer : killers)
        killer.set({});
}

void PlainProcess::resume()
{
    m_child->resume();
    finishWhenDrained();
}

Async<Result<>> PlainProcess::kill()
{
    if (m_finished)
        co_return Result<> {};
    Promise<Result<>> gone;
    m_killers.push_back(gone);
    m_child->resume();
    const Alarm limit
        = m_clock.after(killTime, [gone] { gone.set(fail(codes::Sandbox::died, u"the program does not end"_s)); });
    m_child->kill(); // `ended` looks for the rest
    finishWhenDrained();
    auto result = co_await gone;
    co_return result;
}

} // namespace foundry
