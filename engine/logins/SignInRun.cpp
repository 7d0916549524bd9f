#include "SignInRun.h"

#include "FileDescriptor.h"
#include "Process.h"

#include <QFileInfo>
#include <QProcess>
#include <QRegularExpression>
#include <QSocketNotifier>

#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace foundry {

namespace {

constexpr unsigned short columns = 2000; // an address is not broken into lines
constexpr int wordsKept = 600; // characters of a failure

QString plain(const QByteArray &printed)
{
    static const QRegularExpression control(
        u"\x1b\\[[0-9;?<>=]*[ -/]*[@-~]|\x1b\\][^\x07\x1b]*(\x07|\x1b\\\\)|\x1b[ -/]*[0-~]|[\x01-\x08\x0b\x0c\x0e-\x1a\x7f]"_s);
    QString text = QString::fromUtf8(printed);
    text.replace(u'\r', u'\n');
    return text.remove(control);
}

QString lastWords(const QByteArray &printed)
{
    static const QRegularExpression secret(u"sk-[A-Za-z0-9_-]{16,}"_s);
    QString text = plain(printed).replace(secret, u"…"_s);
    QStringList lines = text.split(u'\n', Qt::SkipEmptyParts);
    lines.removeIf([](const QString &line) { return line.trimmed().isEmpty(); });
    return lines.join(u'\n').trimmed().right(wordsKept);
}

} // namespace

SignInWords readSignIn(const QByteArray &printed)
{
    static const QRegularExpression address(u"https?://[^\\s\"'<>]+"_s);
    static const QRegularExpression code(u"(?:^|\\s)([A-Z0-9]{4}-[A-Z0-9]{4,6})(?:\\s|$)"_s);
    static const QRegularExpression token(u"sk-ant-oat[0-9]{2}-[A-Za-z0-9_-]{20,}"_s);
    static const QRegularExpression asking(u"(paste|enter)[^\n]*code"_s, QRegularExpression::CaseInsensitiveOption);
    const QString text = plain(printed);
    SignInWords words;
    words.url = address.match(text).captured(0);
    words.code = code.match(text).captured(1);
    words.token = token.match(text).captured(0);
    words.asks = asking.match(text).hasMatch();
    for (const QString &line : text.split(u'\n')) {
        const QString trimmed = line.trimmed();
        if (!trimmed.isEmpty() && !address.match(trimmed).hasMatch() && !token.match(trimmed).hasMatch())
            words.line = trimmed.left(200);
    }
    return words;
}

struct SignInRun::Parts {
    FileDescriptor terminal;
    std::unique_ptr<QSocketNotifier> readable;
    QProcess *process = new QProcess;
    QByteArray printed;
    Promise<Result<int>> over;

    ~Parts()
    {
        readable.reset();
        process->disconnect();
        if (process->state() == QProcess::NotRunning) {
            process->deleteLater();
            return;
        }
        if (const qint64 group = process->processId(); group > 1)
            ::kill(pid_t(-group), SIGKILL);
        QObject::connect(process, &QProcess::finished, process, &QObject::deleteLater);
        process->kill();
    }
    // False: nothing more will come.
    bool take()
    {
        char bytes[4096];
        for (;;) {
            const ssize_t got = ::read(terminal.get(), bytes, sizeof bytes);
            if (got > 0)
                printed.append(bytes, got);
            else if (got < 0 && errno == EINTR)
                continue;
            else
                return got < 0 && errno == EAGAIN;
            if (printed.size() > maxPrinted)
                printed = printed.last(maxPrinted / 2);
        }
    }
};

SignInRun::SignInRun(Clock &clock, QStringList command, QMap<QString, QString> environment)
    : m_parts(std::make_unique<Parts>())
    , m_clock(clock)
    , m_command(std::move(command))
    , m_environment(std::move(environment))
{
}

SignInRun::~SignInRun() = default;

Async<Result<SignInWords>> SignInRun::run()
{
    Parts &parts = *m_parts;
    const QString program = ProcessRunner::find(m_command.value(0), m_environment.value(u"PATH"_s));
    if (program.isEmpty())
        co_return fail(codes::Agent::signInFailed, u"%1 is not in your shell's PATH"_s.arg(m_command.value(0)));
    parts.terminal = FileDescriptor(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    char name[64] = {};
    if (!parts.terminal.isOpen() || grantpt(parts.terminal.get()) != 0 || unlockpt(parts.terminal.get()) != 0
        || ptsname_r(parts.terminal.get(), name, sizeof name) != 0)
        co_return fail(codes::Agent::signInFailed, u"there is no terminal for it"_s, Retry::transient);
    const winsize size { 50, columns, 0, 0 };
    ioctl(parts.terminal.get(), TIOCSWINSZ, &size);
    fcntl(parts.terminal.get(), F_SETFL, O_NONBLOCK);
    const FileDescriptor inner(::open(name, O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (!inner.isOpen())
        co_return fail(codes::Agent::signInFailed, u"there is no terminal for it"_s, Retry::transient);

    QProcessEnvironment environment;
    for (auto it = m_environment.cbegin(); it != m_environment.cend(); ++it)
        environment.insert(it.key(), it.value());
    environment.insert(u"TERM"_s, u"xterm-256color"_s);
    parts.process->setProcessEnvironment(environment);
    const QString home = m_environment.value(u"HOME"_s);
    parts.process->setWorkingDirectory(QFileInfo(home).isDir() ? home : u"/"_s);
    parts.process->setChildProcessModifier([terminal = inner.get()] {
        restoreFileLimit();
        setsid();
        ioctl(terminal, TIOCSCTTY, 0);
        for (const int standard : { STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO })
            dup2(terminal, standard);
    });
    parts.readable = std::make_unique<QSocketNotifier>(parts.terminal.get(), QSocketNotifier::Read);
    QObject::connect(parts.readable.get(), &QSocketNotifier::activated, parts.readable.get(), [this, &parts] {
        if (!parts.take())
            parts.readable->setEnabled(false);
        if (said)
            said(readSignIn(parts.printed));
    });
    QObject::connect(parts.process, &QProcess::finished, parts.process,
                     [&parts](int code, QProcess::ExitStatus status) {
                         parts.over.set(status == QProcess::NormalExit ? code : 128);
                     });
    QObject::connect(parts.process, &QProcess::errorOccurred, parts.process, [&parts](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            parts.over.set(fail(codes::Agent::signInFailed, parts.process->errorString()));
    });
    const Alarm limit = m_clock.after(timeOut, [&parts] {
        parts.over.set(fail(codes::Agent::signInFailed, u"nothing happened for %1 minutes"_s.arg(timeOut.count()),
                            Retry::transient));
    });
    parts.process->start(program, m_command.mid(1));
    auto code = co_await parts.over;
    if (!code)
        co_return std::unexpected(code.error());
    parts.take();
    if (*code != 0)
        co_return fail(codes::Agent::signInFailed,
                       u"%1 ended with %2: %3"_s.arg(m_command.join(u' ')).arg(*code).arg(lastWords(parts.printed)));
    co_return readSignIn(parts.printed);
}

void SignInRun::write(const QString &text)
{
    const QByteArray bytes = text.toUtf8() + '\r';
    if (m_parts->terminal.isOpen() && ::write(m_parts->terminal.get(), bytes.constData(), size_t(bytes.size())) < 0)
        qInfo("sign-in: the program does not read");
}

} // namespace foundry
