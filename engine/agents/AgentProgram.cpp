#include "AgentProgram.h"

#include "Process.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QVersionNumber>

namespace foundry {

namespace {

using Entry = AgentCatalogue::Entry;

// Folders that every sandbox has.
bool isOfTheSystem(const QString &path)
{
    for (const auto folder : { u"/usr/", u"/bin/", u"/sbin/", u"/lib/", u"/lib64/" }) {
        if (path.startsWith(QStringView(folder)))
            return true;
    }
    return false;
}

// The outermost node_modules that holds `path`, empty: none.
QString modulesRoot(const QString &path)
{
    const qsizetype at = path.indexOf(u"/node_modules/");
    return at < 0 ? QString() : path.left(at + qsizetype(qstrlen("/node_modules")));
}

// Looks for `relative` in each node_modules from the script upwards.
QString nativeProgram(const QString &script, const QString &relative)
{
    if (relative.isEmpty())
        return {};
    for (QDir folder = QFileInfo(script).dir(); !folder.isRoot(); folder.cdUp()) {
        const QFileInfo candidate(folder.filePath(u"node_modules/"_s + relative));
        if (candidate.isFile() && candidate.isExecutable())
            return candidate.canonicalFilePath();
    }
    return {};
}

// The program of a script's first line ("#!/usr/bin/env node" is node), empty: not a script.
QString interpreter(const QString &file)
{
    QFile opened(file);
    if (!opened.open(QIODevice::ReadOnly))
        return {};
    const QByteArray line = opened.readLine(256);
    if (!line.startsWith("#!"))
        return {};
    const QStringList words = QString::fromUtf8(line.mid(2)).simplified().split(u' ', Qt::SkipEmptyParts);
    if (words.isEmpty())
        return {};
    if (!words.first().endsWith(u"/env"))
        return words.first();
    for (const QString &word : words.mid(1)) {
        if (!word.startsWith(u'-') && !word.contains(u'='))
            return word;
    }
    return {};
}

QString packageVersion(const QString &program)
{
    QDir folder = QFileInfo(program).dir();
    for (int up = 0; up < 4 && !folder.isRoot(); ++up) {
        QFile file(folder.filePath(u"package.json"_s));
        if (file.open(QIODevice::ReadOnly))
            return QJsonDocument::fromJson(file.read(AgentCatalogue::maxCopiedFile)).object()[u"version"].toString();
        folder.cdUp();
    }
    return {};
}

void bind(AgentProgram &found, const QString &path)
{
    if (!isOfTheSystem(path) && !found.binds.contains(path))
        found.binds << path;
}

// In Foundry's own folder, which goes before PATH: those versions were tried.
QString ownProgram(const Entry &agent, const QString &packages)
{
    if (agent.pins.empty() || packages.isEmpty())
        return {};
    for (const QString &version : installedVersions(packages, agent.name)) {
        const QString at
            = u"%1/%2/%3/node_modules/.bin/%4"_s.arg(packages, agent.name, version, agent.pins.front().program);
        if (QFileInfo(at).isExecutable())
            return at;
    }
    return {};
}

} // namespace

QStringList installedVersions(const QString &packages, const QString &agent)
{
    QStringList versions = QDir(packages + u'/' + agent).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    versions.removeIf([](const QString &name) { return name.isEmpty() || !name.at(0).isDigit(); });
    std::sort(versions.begin(), versions.end(), [](const QString &left, const QString &right) {
        return QVersionNumber::fromString(left) > QVersionNumber::fromString(right);
    });
    return versions;
}

AgentProgram findProgram(const Entry &agent, const AgentPlaces &places)
{
    const QString &path = places.path;
    AgentProgram found;
    QString at = ownProgram(agent, places.packages);
    if (at.isEmpty() && !agent.command.isEmpty())
        at = ProcessRunner::find(agent.command, path);
    found.at = at;
    found.remedy = agent.remedy;
    if (at.isEmpty()) {
        found.missing = agent.command.isEmpty() ? agent.remedy : agent.command;
        return found;
    }
    const QString real = QFileInfo(at).canonicalFilePath();
    found.version = packageVersion(real);
    const QString native = nativeProgram(real, agent.nativeProgram);
    found.program = native.isEmpty() ? real : native;
    const QString modules = modulesRoot(found.program);
    bind(found, modules.isEmpty() ? found.program : modules);

    const QString runs = interpreter(found.program);
    if (runs.isEmpty())
        return found;
    const QString runner = QFileInfo(ProcessRunner::find(runs, path)).canonicalFilePath();
    if (runner.isEmpty()) {
        found.missing = runs;
        if (runs == u"node")
            found.remedy = u"Install Node 20 or newer, with your system's packages or nvm"_s;
        return found;
    }
    if (!isOfTheSystem(runner)) { // env would not find it inside
        bind(found, runner);
        found.leading = { found.program };
        found.program = runner;
    }
    return found;
}

} // namespace foundry
