#include "GitRunner.h"

#include "GitFailures.h"

#include <QRegularExpression>

#include <algorithm>
#include <array>
#include <memory>

namespace foundry {

namespace {

// What git itself needs of the host.
constexpr std::array plainVariables { "PATH", "HOME", "USER", "LOGNAME", "TMPDIR" };
// What reading the person's configuration and acting for the person need besides.
constexpr std::array configVariables { "XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM",
                                       "GIT_CONFIG_NOSYSTEM" };
constexpr std::array personVariables {
    "SSH_AUTH_SOCK",   "SSH_AGENT_PID",     "SSH_ASKPASS",     "GIT_ASKPASS",
    "GIT_SSH",         "GIT_SSH_COMMAND",   "GIT_SSH_VARIANT", "GIT_SSL_CAINFO",
    "GIT_SSL_CAPATH",  "GIT_SSL_NO_VERIFY", "SSL_CERT_FILE",   "SSL_CERT_DIR",
    "CURL_CA_BUNDLE",  "http_proxy",        "https_proxy",     "all_proxy",
    "no_proxy",        "HTTPS_PROXY",       "ALL_PROXY",       "NO_PROXY",
    "DISPLAY",         "WAYLAND_DISPLAY",   "XAUTHORITY",      "DBUS_SESSION_BUS_ADDRESS",
    "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME",   "XDG_DATA_HOME",   "XDG_CACHE_HOME",
    "GNUPGHOME",       "KRB5CCNAME",
};

// What reaching a forge needs. Nothing that would switch off the look at its certificate: a token is sent there.
constexpr std::array networkVariables { "GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "SSL_CERT_FILE", "SSL_CERT_DIR",
                                        "CURL_CA_BUNDLE", "http_proxy",     "https_proxy",   "all_proxy",
                                        "no_proxy",       "HTTPS_PROXY",    "ALL_PROXY",     "NO_PROXY" };

template <size_t n> void handOn(const std::array<const char *, n> &names, const Environment &from, Environment &to)
{
    for (const char *name : names) {
        const auto found = from.constFind(QString::fromLatin1(name));
        if (found != from.cend())
            to.insert(found.key(), found.value());
    }
}

// facts/sandboxes: each of these is a reproduced way to make git run something.
QStringList hardening(const GitCall &call)
{
    QStringList settings {
        u"core.hooksPath=/dev/null"_s,
        u"core.fsmonitor=false"_s,
        u"submodule.recurse=false"_s,
        u"gc.auto=0"_s,
        u"maintenance.auto=false"_s,
        u"gc.autoDetach=false"_s,
        u"protocol.allow=never"_s,
        u"safe.bareRepository=explicit"_s,
        u"push.gpgSign=false"_s,
        u"advice.detachedHead=false"_s,
        u"core.alternateRefsCommand=true"_s,
    };
    if (call.config == GitConfig::hardened)
        settings << u"core.attributesFile=/dev/null"_s << u"core.excludesFile=/dev/null"_s;
    for (const QString &protocol : call.protocols)
        settings << u"protocol.%1.allow=always"_s.arg(protocol);
    QStringList arguments;
    for (const QString &setting : std::as_const(settings))
        arguments << u"-c"_s << setting;
    return arguments;
}

void addSettings(const std::vector<GitSetting> &settings, Environment &environment)
{
    if (settings.empty())
        return;
    int count = 0;
    for (const GitSetting &setting : settings) {
        environment.insert(u"GIT_CONFIG_KEY_%1"_s.arg(count), setting.key);
        environment.insert(u"GIT_CONFIG_VALUE_%1"_s.arg(count), setting.value);
        ++count;
    }
    environment.insert(u"GIT_CONFIG_COUNT"_s, QString::number(count));
}

// A terminal that the program was started from must not be asked: only a window of the person's askpass.
void keepQuiet(Environment &environment, const GitCall &call)
{
    if (environment.contains(u"SSH_ASKPASS"_s)) {
        environment.insert(u"SSH_ASKPASS_REQUIRE"_s, u"force"_s);
        return;
    }
    const bool own = environment.contains(u"GIT_SSH_COMMAND"_s) || environment.contains(u"GIT_SSH"_s)
        || std::ranges::any_of(call.settings,
                               [](const GitSetting &s) { return s.key.toLower() == u"core.sshcommand"_s; });
    if (!own)
        environment.insert(u"GIT_SSH_COMMAND"_s, u"ssh -oBatchMode=yes"_s);
}

Environment environmentFor(const GitCall &call, const Environment &host)
{
    Environment environment;
    handOn(plainVariables, host, environment);
    if (call.config == GitConfig::persons) {
        handOn(configVariables, host, environment);
    } else {
        environment.insert(u"GIT_CONFIG_NOSYSTEM"_s, u"1"_s);
        environment.insert(u"GIT_CONFIG_GLOBAL"_s, u"/dev/null"_s);
    }
    environment.insert(u"GIT_ATTR_NOSYSTEM"_s, u"1"_s);
    environment.insert(u"GIT_TERMINAL_PROMPT"_s, u"0"_s);
    environment.insert(u"GIT_OPTIONAL_LOCKS"_s, u"0"_s);
    environment.insert(u"GIT_NO_LAZY_FETCH"_s, u"1"_s);
    environment.insert(u"GIT_NO_REPLACE_OBJECTS"_s, u"1"_s);
    environment.insert(u"GIT_LITERAL_PATHSPECS"_s, u"1"_s);
    environment.insert(u"LC_ALL"_s, u"C"_s);
    if (call.asPerson) {
        handOn(personVariables, host, environment);
        keepQuiet(environment, call);
    }
    if (call.credential) {
        handOn(networkVariables, host, environment);
        environment.insert(u"HOME"_s, u"/nonexistent"_s); // libcurl would look for a .netrc there
    }
    addSettings(call.settings, environment);
    environment.insert(call.environment);
    return environment;
}

// Limits that only the kernel can hold are set by a shell that becomes git.
void wrapInLimits(const GitCall &call, ProcessSpec &spec)
{
    if (call.cutOutput <= 0 && call.maxFile <= 0 && call.maxMemory <= 0 && !call.outputIsProgress)
        return;
    QString script;
    if (call.maxFile > 0)
        script += u"ulimit -f %1 && "_s.arg(call.maxFile / 512);
    if (call.maxMemory > 0)
        script += u"ulimit -v %1 && "_s.arg(call.maxMemory / 1024);
    if (call.cutOutput > 0) {
        // The exit code is git's; 141 is how it ends when `head` has had enough.
        script += u"exec 3>&1 && code=$({ { \"$@\" 3>&- 4>&-; echo $? >&4; } | head -c %1 >&3; } 4>&1) && "_s.arg(
            call.cutOutput);
        script += u"{ test \"$code\" != 141 || exit 0; exit \"$code\"; }"_s;
    } else {
        script += call.outputIsProgress ? u"exec \"$@\" >&2"_s : u"exec \"$@\""_s;
    }
    spec.arguments = QStringList { u"-c"_s, script, u"sh"_s, spec.program } + spec.arguments;
    spec.program = u"/bin/sh"_s;
}

// "Receiving objects:  45% (9/20)" or "Enumerating objects: 1234": the last one in what arrived.
void tellProgress(const QByteArray &text, const GitProgress &progress)
{
    static const QRegularExpression line(
        u"(?:^|[\\r\\n])(?:remote: )?([A-Z][a-z]+ (?:LFS )?[a-z]+):\\s+(\\d{1,12})(%?)"_s);
    auto matches = line.globalMatch(QString::fromUtf8(text));
    QRegularExpressionMatch last;
    while (matches.hasNext())
        last = matches.next();
    if (last.hasMatch())
        progress(last.captured(1), last.captured(3).isEmpty() ? -1 : std::min(last.captured(2).toInt(), 100) / 100.0);
}

} // namespace

QString shellQuoted(const QString &text)
{
    QString inner = text;
    inner.replace(u'\'', u"'\\''"_s);
    return u'\'' + inner + u'\'';
}

GitRunner::GitRunner(ProcessRunner &processes, QString gitProgram, Environment hostEnvironment)
    : m_processes(processes)
    , m_program(std::move(gitProgram))
    , m_host(std::move(hostEnvironment))
{
}

ProcessSpec GitRunner::specFor(const GitCall &call) const
{
    ProcessSpec spec;
    spec.program = m_program;
    spec.environment = environmentFor(call, m_host);
    spec.arguments << u"--no-pager"_s;
    if (!call.gitDir.isEmpty())
        spec.arguments << u"--git-dir=%1"_s.arg(call.gitDir);
    if (!call.folder.isEmpty())
        spec.arguments << u"-C"_s << call.folder;
    spec.arguments << hardening(call) << call.arguments;
    spec.input = call.input;
    spec.ownSession = true; // ssh, index-pack and helpers end with it, and none of them asks at a terminal
    spec.timeOut = call.timeOut;
    spec.maxOutput = call.cutOutput > 0 ? call.cutOutput : call.maxOutput;
    if (call.progress)
        spec.onError = [progress = call.progress](const QByteArray &text) { tellProgress(text, progress); };
    wrapInLimits(call, spec);
    return spec;
}

Async<Result<ProcessOutput>> GitRunner::run(GitCall call)
{
    // Looked up here: behind the shell of wrapInLimits a missing git would be an exit code.
    if (ProcessRunner::find(m_program, m_host.value(u"PATH"_s)).isEmpty())
        co_return fail(codes::Git::missing, m_program);
    std::unique_ptr<CredentialChannel> channel; // lives as long as the run
    if (call.credential) {
        channel = CredentialChannel::open(*call.credential);
        if (!channel)
            co_return fail(codes::Git::failed, u"no channel for a credential"_s);
        call.settings.push_back({ u"credential.helper"_s, QString() }); // none of those before it
        call.settings.push_back({ u"credential.helper"_s, CredentialChannel::helper() });
    }
    ProcessSpec spec = specFor(call);
    spec.endsWithUs = channel != nullptr;
    spec.handedOn = channel ? channel->theirs() : -1;
    auto running = m_processes.run(std::move(spec));
    auto output = co_await running;
    if (!output)
        co_return std::unexpected(std::move(output.error()));
    if (std::ranges::find(call.goodExits, output->exitCode) == call.goodExits.end())
        co_return std::unexpected(gitFailure(call.arguments.value(0), output->exitCode, output->error));
    co_return std::move(output);
}

Async<Result<QString>> GitRunner::line(GitCall call)
{
    auto running = run(std::move(call));
    auto output = co_await running;
    if (!output)
        co_return std::unexpected(std::move(output.error()));
    QString text = QString::fromUtf8(output->output);
    if (text.endsWith(u'\n'))
        text.chop(1);
    co_return text;
}

Async<bool> GitRunner::agentHoldsKeys()
{
    ProcessSpec spec;
    spec.program = u"ssh-add"_s;
    spec.arguments = { u"-l"_s };
    handOn(plainVariables, m_host, spec.environment);
    handOn(personVariables, m_host, spec.environment);
    spec.timeOut = std::chrono::seconds(10);
    auto running = m_processes.run(std::move(spec));
    auto output = co_await running;
    co_return !output || output->exitCode == 0; // 1: none, 2: no agent
}

Async<Result<QString>> GitRunner::version()
{
    GitCall call;
    call.arguments = { u"version"_s };
    auto running = line(std::move(call));
    auto said = co_await running;
    if (!said)
        co_return std::unexpected(std::move(said.error()));
    static const QRegularExpression number(u"(\\d+)\\.(\\d+)(\\.\\d+)*"_s);
    const QRegularExpressionMatch match = number.match(*said);
    if (!match.hasMatch())
        co_return fail(codes::Git::failed, *said);
    const auto found = std::pair(match.captured(1).toInt(), match.captured(2).toInt());
    const QStringList least = QString::fromLatin1(minimumVersion).split(u'.');
    if (found < std::pair(least.at(0).toInt(), least.at(1).toInt()))
        co_return fail(codes::Git::tooOld, match.captured(0));
    co_return match.captured(0);
}

QString GitRunner::localService(const QString &service, const QStringList &safeDirectories) const
{
    QString command = shellQuoted(m_program);
    for (const QString &folder : safeDirectories)
        command += u" -c "_s + shellQuoted(u"safe.directory="_s + folder);
    return command + u' ' + service;
}

} // namespace foundry
