#include "Process.h"

#include <QFileInfo>
#include <QProcess>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>

namespace foundry {

namespace {

constexpr qsizetype errorKept = 64 * 1024;
rlimit fileLimit {}; // written once at start, read in children

// Owns the QProcess for the coroutine: killed and handed to the event loop for deletion, because the
// frame may be destroyed from inside one of its signals.
struct Child {
    QProcess *process = new QProcess;
    bool ownSession = false;
    bool outlives = false;
    bool hangUp = false;
    ~Child()
    {
        process->disconnect();
        if (process->state() != QProcess::NotRunning) {
            QObject::connect(process, &QProcess::finished, process, &QObject::deleteLater);
            if (outlives)
                return;
            if (const auto id = pid_t(process->processId()); hangUp && id > 1) {
                process->closeReadChannel(QProcess::StandardOutput);
                process->closeReadChannel(QProcess::StandardError);
                ::kill(-id, SIGHUP);
                return;
            }
            if (const auto id = pid_t(process->processId()); ownSession && id > 1)
                ::kill(-id, SIGKILL);
            process->kill();
        } else {
            process->deleteLater();
        }
    }
};

// In the child, before the program: only calls that are safe there.
void handOn(int descriptor)
{
    if (descriptor == ProcessSpec::handedOnAs)
        fcntl(descriptor, F_SETFD, 0);
    else if (descriptor >= 0)
        dup2(descriptor, ProcessSpec::handedOnAs);
}

void endWith(pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) // it died before
        _exit(1);
}

} // namespace

void rememberFileLimit()
{
    getrlimit(RLIMIT_NOFILE, &fileLimit);
}

void restoreFileLimit()
{
    if (fileLimit.rlim_max > 0)
        setrlimit(RLIMIT_NOFILE, &fileLimit);
}

ProcessRunner::ProcessRunner(Clock &clock)
    : m_clock(clock)
{
}

QString ProcessRunner::find(const QString &program, const QString &path)
{
    if (program.contains(u'/'))
        return QFileInfo(program).isExecutable() ? program : QString();
    for (const QString &folder : path.split(u':', Qt::SkipEmptyParts)) {
        const QFileInfo candidate(folder + u'/' + program);
        if (candidate.isFile() && candidate.isExecutable())
            return candidate.absoluteFilePath();
    }
    return {};
}

Async<Result<ProcessOutput>> ProcessRunner::run(ProcessSpec spec)
{
    const QString program = find(spec.program, spec.environment.value(u"PATH"_s));
    if (program.isEmpty())
        co_return fail(codes::Process::notFound, spec.program);

    Child child;
    QProcess &process = *child.process;
    ProcessOutput collected;
    Promise<Result<int>> ended; // the exit code

    QProcessEnvironment environment;
    for (auto it = spec.environment.cbegin(); it != spec.environment.cend(); ++it)
        environment.insert(it.key(), it.value());
    process.setProcessEnvironment(environment);
    process.setWorkingDirectory(spec.workingDirectory.isEmpty() ? u"/"_s : spec.workingDirectory);
    child.ownSession = spec.ownSession;
    child.outlives = spec.outlives;
    child.hangUp = spec.hangUp;
    process.setChildProcessModifier([ownSession = spec.ownSession || spec.hangUp, endsWithUs = spec.endsWithUs,
                                     descriptor = spec.handedOn, parent = getpid()] {
        restoreFileLimit();
        if (ownSession)
            setsid();
        if (endsWithUs)
            endWith(parent);
        handOn(descriptor);
    });

    QObject::connect(&process, &QProcess::readyReadStandardOutput, &process, [&] {
        collected.output += process.readAllStandardOutput();
        if (spec.onProgress)
            spec.onProgress();
        if (collected.output.size() > spec.maxOutput)
            ended.set(
                fail(codes::Process::tooMuchOutput, u"%1: more than %2 bytes"_s.arg(spec.program).arg(spec.maxOutput)));
    });
    QObject::connect(&process, &QProcess::readyReadStandardError, &process, [&] {
        const QByteArray more = process.readAllStandardError();
        collected.error += more;
        if (collected.error.size() > errorKept)
            collected.error = collected.error.last(errorKept);
        if (spec.onError)
            spec.onError(more);
        if (spec.onProgress)
            spec.onProgress();
    });
    QObject::connect(&process, &QProcess::finished, &process, [&](int code, QProcess::ExitStatus status) {
        if (status == QProcess::CrashExit)
            ended.set(fail(codes::Process::crashed,
                           u"%1: %2"_s.arg(spec.program,
                                           QString::fromUtf8(
                                               collected.error.last(qMin<qsizetype>(collected.error.size(), 2000))))));
        else
            ended.set(code);
    });
    QObject::connect(&process, &QProcess::errorOccurred, &process, [&](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            ended.set(fail(codes::Process::notStarted, u"%1: %2"_s.arg(spec.program, process.errorString()),
                           Retry::transient));
    });

    process.start(program, spec.arguments);
    if (!spec.input.isEmpty())
        process.write(spec.input);
    process.closeWriteChannel();

    const Alarm limit = m_clock.after(spec.timeOut, [&] {
        ended.set(fail(codes::Process::timedOut,
                       u"%1: longer than %2 s"_s.arg(spec.program).arg(spec.timeOut.count() / 1000.0),
                       Retry::transient));
    });
    auto code = co_await ended;
    if (!code)
        co_return std::unexpected(std::move(code.error()));
    collected.exitCode = *code;
    collected.output += process.readAllStandardOutput();
    collected.error += process.readAllStandardError();
    co_return std::move(collected);
}

Async<Result<ProcessOutput>> ProcessRunner::runChecked(ProcessSpec spec)
{
    const QString shown = spec.program + u' ' + spec.arguments.value(0);
    auto running = run(std::move(spec));
    auto output = co_await running;
    if (output && output->exitCode != 0) {
        const QByteArray tail = output->error.last(qMin<qsizetype>(output->error.size(), 3000));
        co_return fail(
            codes::Process::failed,
            u"%1 ended with %2: %3"_s.arg(shown).arg(output->exitCode).arg(QString::fromUtf8(tail).trimmed()));
    }
    co_return output;
}

} // namespace foundry
