#include "AgentInstaller.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QUuid>
#include <QVersionNumber>

namespace foundry {

namespace {

const QString partPrefix = u".part-"_s;

QStringList arguments(const QString &folder, const AgentPin &pin)
{
    // The person's own settings may say otherwise of each of these.
    return { u"install"_s,
             u"--prefix"_s,
             folder,
             u"--no-global"_s,
             u"--ignore-scripts"_s,
             u"--include"_s,
             u"optional"_s,
             u"--omit"_s,
             u"dev"_s,
             u"--no-audit"_s,
             u"--no-fund"_s,
             u"--no-save"_s,
             u"--no-package-lock"_s,
             u"--no-update-notifier"_s,
             u"--no-progress"_s,
             u"--no-color"_s,
             u"--loglevel"_s,
             u"http"_s,
             u"%1@%2"_s.arg(pin.package, pin.version) };
}

// "npm http fetch GET 200 https://…/codex-acp 120ms (cache miss)" → "codex-acp"
QString shown(const QByteArray &line)
{
    static const QRegularExpression fetch(u"fetch GET [0-9]+ (\\S+) "_s);
    const QString text = QString::fromUtf8(line).trimmed();
    const auto match = fetch.match(text);
    if (!match.hasMatch())
        return {};
    const QString name = match.captured(1).section(u'/', -1);
    return u"npm: "_s + QString::fromUtf8(QByteArray::fromPercentEncoding(name.toUtf8())).left(100);
}

QString lastWords(const QByteArray &error)
{
    QStringList lines;
    for (const QByteArray &line : error.split('\n')) {
        const QByteArray text = line.trimmed();
        if (!text.isEmpty() && !text.startsWith("npm http") && !text.startsWith("npm warn")
            && !text.contains("A complete log of this run"))
            lines << QString::fromUtf8(text);
    }
    return lines.mid(std::max<qsizetype>(0, lines.size() - AgentInstaller::lastLines)).join(u'\n');
}

// Shown in a living sandbox, whose mounts the kernel tells.
bool isInUse(const QString &folder)
{
    const QByteArray wanted = QFile::encodeName(folder) + '/';
    for (const QString &process : QDir(u"/proc"_s).entryList(QDir::Dirs)) {
        if (!process.at(0).isDigit())
            continue;
        QFile mounts(u"/proc/%1/mountinfo"_s.arg(process));
        if (mounts.open(QIODevice::ReadOnly) && mounts.readAll().contains(wanted))
            return true;
    }
    return false;
}

Result<> take(const QString &part, const QString &place, const AgentPin &pin)
{
    QFile description(u"%1/node_modules/%2/package.json"_s.arg(part, pin.package));
    const QString version = description.open(QIODevice::ReadOnly)
        ? QJsonDocument::fromJson(description.read(AgentCatalogue::maxCopiedFile)).object()[u"version"].toString()
        : QString();
    if (version != pin.version)
        return fail(codes::Agent::installFailed,
                    u"npm brought %1 %2 and not %3"_s.arg(pin.package, version, pin.version));
    if (!QFileInfo(u"%1/node_modules/.bin/%2"_s.arg(part, pin.program)).isExecutable())
        return fail(codes::Agent::installFailed, u"%1 has no program %2"_s.arg(pin.package, pin.program));
    if (QFileInfo::exists(place))
        return QDir(part).removeRecursively() ? Result<>() : fail(codes::Agent::installFailed, part);
    if (!QFile::rename(part, place))
        return fail(codes::Agent::installFailed, u"%1 cannot be written"_s.arg(place));
    return {};
}

} // namespace

const AgentPin *choosePin(const std::vector<AgentPin> &pins, const QString &node)
{
    const int major = QVersionNumber::fromString(node).majorVersion();
    const auto fits
        = std::find_if(pins.begin(), pins.end(), [major](const AgentPin &pin) { return pin.node <= major; });
    return fits == pins.end() ? nullptr : &*fits;
}

QString installObstacle(const std::vector<AgentPin> &pins, const PersonShell &shell)
{
    if (pins.empty())
        return {};
    const int least = std::max(20, pins.back().node);
    if (shell.reading)
        return u"Your shell is being asked for Node."_s;
    if (shell.node.isEmpty())
        return u"Node is not in your shell's PATH. Install Node %1 or newer (with your system's packages, or nvm), "
               "then look again."_s.arg(least);
    if (!choosePin(pins, shell.nodeVersion))
        return u"Node %1 is too old: this agent needs Node %2 or newer. Install it, then look again."_s.arg(
            shell.nodeVersion, QString::number(pins.back().node));
    if (shell.npm.isEmpty())
        return u"npm is not in your shell's PATH. Install it (your system's package npm), then look again."_s;
    return {};
}

AgentInstaller::AgentInstaller(ProcessRunner &processes, QString packages)
    : m_processes(processes)
    , m_packages(std::move(packages))
{
}

Async<Result<>> AgentInstaller::install(QString agent, AgentPin pin, QString npm, QMap<QString, QString> environment,
                                        std::function<void(const QString &)> progress)
{
    const QString home = m_packages + u'/' + agent;
    const QString part = home + u'/' + partPrefix + QUuid::createUuid().toString(QUuid::Id128);
    if (!QDir().mkpath(part))
        co_return fail(codes::Agent::installFailed, u"%1 cannot be written"_s.arg(part));
    struct Remover {
        QString folder;
        ~Remover() { QDir(folder).removeRecursively(); }
    } const remover { part };
    ProcessSpec spec;
    spec.program = npm;
    spec.arguments = arguments(part, pin);
    spec.environment = std::move(environment);
    spec.workingDirectory = part;
    spec.timeOut = timeOut;
    spec.ownSession = true;
    spec.onError = [progress](const QByteArray &more) {
        for (const QByteArray &line : more.split('\n')) {
            if (const QString text = shown(line); !text.isEmpty() && progress)
                progress(text);
        }
    };
    auto running = m_processes.run(std::move(spec));
    auto output = co_await running;
    if (!output)
        co_return std::unexpected(failure(codes::Agent::installFailed, npm).because(output.error()));
    if (output->exitCode != 0)
        co_return fail(codes::Agent::installFailed, lastWords(output->error));
    if (auto taken = take(part, home + u'/' + pin.version, pin); !taken)
        co_return taken;
    const auto older = remove(agent, pin.version);
    Q_UNUSED(older) // what is still needed, or will not go, is tried again the next time
    co_return Result<>();
}

Result<bool> AgentInstaller::remove(const QString &agent, const QString &except)
{
    bool all = true;
    for (const QString &version : installedVersions(m_packages, agent)) {
        const QString folder = m_packages + u'/' + agent + u'/' + version;
        if (version == except)
            continue;
        if (isInUse(folder))
            all = false;
        else if (!QDir(folder).removeRecursively())
            return fail(codes::Agent::installFailed, u"%1 cannot be removed"_s.arg(folder));
    }
    return all;
}

void AgentInstaller::tidy()
{
    for (const QString &agent : QDir(m_packages).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        QDir folder(m_packages + u'/' + agent);
        for (const QString &part : folder.entryList({ partPrefix + u'*' }, QDir::Dirs | QDir::Hidden))
            QDir(folder.filePath(part)).removeRecursively();
    }
}

} // namespace foundry
