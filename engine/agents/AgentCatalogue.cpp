#include "AgentCatalogue.h"

#include "KnownAgents.h"
#include "Process.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QUrl>

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

struct Found {
    QString program;
    QStringList leading; // arguments before the agent's own
    QStringList binds;
    QString version;
    QString missing; // program that is not there
};

void bind(Found &found, const QString &path)
{
    if (!isOfTheSystem(path) && !found.binds.contains(path))
        found.binds << path;
}

// Where the program is, and what has to be seen inside a sandbox for it to run.
Found look(const Entry &agent, const QString &path)
{
    Found found;
    const QString at = agent.command.isEmpty() ? QString() : ProcessRunner::find(agent.command, path);
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
        return found;
    }
    if (!isOfTheSystem(runner)) { // env would not find it inside
        bind(found, runner);
        found.leading = { found.program };
        found.program = runner;
    }
    return found;
}

void allowAddress(AgentLaunch &launch, const QString &address)
{
    const QUrl url(address);
    const QString host = url.host();
    const bool own = host == u"localhost" || host == u"127.0.0.1" || host == u"::1";
    if (own && url.port() > 0)
        launch.ports.push_back(url.port());
    else if (!own && !host.isEmpty() && !launch.hosts.contains(host))
        launch.hosts << host;
}

struct Credentials {
    QMap<QString, QString> environment;
    std::vector<AgentFile> files;
    QStringList signInMethods;
    QStringList addresses;
    bool found = false; // something that signs in
};

Credentials credentials(const Entry &agent, const AgentPlaces &places)
{
    Credentials held;
    QStringList passed = agent.passed;
    QStringList keys = agent.keys;
    if (agent.name == u"codex" && !agent.custom) {
        const ModelServer server = codexModelServer(places.home + u"/.codex/config.toml"_s);
        held.found = server.found; // says itself whether it wants a key
        if (!server.key.isEmpty())
            passed << server.key;
        if (!server.url.isEmpty())
            held.addresses << server.url;
    }
    for (const QString &name : std::as_const(passed)) {
        const QString value = places.environment.value(name);
        if (value.isEmpty())
            continue;
        held.environment.insert(name, value);
        held.signInMethods += agent.signInMethods.value(name);
        held.found = held.found || keys.contains(name);
        if (agent.addresses.contains(name))
            held.addresses << value;
    }
    for (const QString &file : agent.files) {
        const QFileInfo there(places.home + u'/' + file);
        if (!there.isFile() || there.size() > AgentCatalogue::maxCopiedFile)
            continue;
        held.files.push_back({ there.absoluteFilePath(), file });
        held.signInMethods += agent.signInMethods.value(file);
        held.found = held.found || agent.logins.contains(file);
    }
    return held;
}

void dropRenewal(QJsonObject &object)
{
    for (const auto name : { u"refresh_token", u"refreshToken" }) {
        if (object.contains(QStringView(name)))
            object[QStringView(name)] = QString();
    }
    for (const QString &key : object.keys()) {
        if (object[key].isObject()) {
            QJsonObject inner = object[key].toObject();
            dropRenewal(inner);
            object[key] = inner;
        }
    }
}

} // namespace

Result<QByteArray> readAgentFile(const AgentFile &file)
{
    const QFileInfo there(file.source);
    QFile opened(file.source);
    if (!there.isFile() || !opened.open(QIODevice::ReadOnly))
        return fail(codes::Agent::configuration, u"%1 is no readable file"_s.arg(file.source));
    if (there.size() > AgentCatalogue::maxCopiedFile)
        return fail(codes::Agent::configuration,
                    u"%1 is larger than %2 bytes"_s.arg(file.source).arg(AgentCatalogue::maxCopiedFile));
    const QByteArray bytes = opened.read(AgentCatalogue::maxCopiedFile);
    if (!file.target.endsWith(u".codex/auth.json") && !file.target.endsWith(u".claude/.credentials.json"))
        return bytes;
    const QJsonDocument login = QJsonDocument::fromJson(bytes);
    if (!login.isObject())
        return fail(codes::Agent::configuration, u"%1 is no login"_s.arg(file.source));
    QJsonObject object = login.object();
    dropRenewal(object);
    return QJsonDocument(object).toJson();
}

QString AgentLaunch::modeFor(const std::vector<SessionOption> &options) const
{
    for (const SessionOption &option : options) {
        if (option.id != u"mode" && option.category != u"mode")
            continue;
        for (const QString &wanted : modes) {
            const bool offered = std::any_of(option.choices.cbegin(), option.choices.cend(),
                                             [&wanted](const OptionChoice &choice) { return choice.value == wanted; });
            if (offered)
                return option.current == wanted ? QString() : wanted;
        }
    }
    return {};
}

AgentCatalogue::AgentCatalogue(AgentPlaces places)
    : m_places(std::move(places))
    , m_entries(std::make_shared<std::vector<Entry>>(knownAgents(m_places.demonstration)))
{
    for (Entry &custom : configuredAgents(m_places.configFile, m_places, m_troubles)) {
        std::erase_if(*m_entries, [&custom](const Entry &known) { return known.name == custom.name; });
        m_entries->push_back(std::move(custom));
    }
}

const AgentCatalogue::Entry *AgentCatalogue::find(const QString &name) const
{
    const auto found = std::find_if(m_entries->cbegin(), m_entries->cend(),
                                    [&name](const Entry &entry) { return entry.name == name; });
    return found == m_entries->cend() ? nullptr : &*found;
}

std::vector<AgentOffer> AgentCatalogue::offers() const
{
    std::vector<AgentOffer> offers;
    for (const Entry &agent : *m_entries) {
        AgentOffer offer;
        offer.name = agent.name;
        offer.title = agent.title;
        offer.demonstration = agent.demonstration;
        offer.custom = agent.custom;
        offer.hosts = agent.hosts;
        const Found found = look(agent, m_places.path);
        offer.version = found.version;
        if (!agent.trouble.isEmpty()) {
            offer.readiness = AgentReadiness::misconfigured;
            offer.missing = agent.trouble;
        } else if (!found.missing.isEmpty()) {
            offer.readiness = AgentReadiness::missing;
            offer.missing = found.missing;
            offer.remedy = agent.remedy;
        } else if (agent.anyLogin && !credentials(agent, m_places).found) {
            offer.readiness = AgentReadiness::needsSignIn;
            offer.missing = agent.keys.join(u", ");
            offer.remedy = agent.signInRemedy;
        } else {
            offer.readiness = AgentReadiness::ready;
        }
        offers.push_back(std::move(offer));
    }
    return offers;
}

Result<AgentLaunch> AgentCatalogue::launch(const QString &name, command::Freedom freedom) const
{
    const Entry *agent = find(name);
    if (!agent)
        return fail(codes::Agent::unknown, name);
    if (!agent->trouble.isEmpty())
        return fail(codes::Agent::configuration, agent->trouble);
    const Found found = look(*agent, m_places.path);
    if (!found.missing.isEmpty())
        return fail(codes::Agent::missing, u"%1: %2"_s.arg(found.missing, agent->remedy));
    const Credentials held = credentials(*agent, m_places);
    if (agent->anyLogin && !held.found)
        return fail(codes::Agent::needsSignIn, u"%1; or set %2"_s.arg(agent->signInRemedy, agent->keys.join(u", ")));

    const bool free = freedom == command::Freedom::freeInSandbox;
    AgentLaunch launch;
    launch.agent = agent->name;
    launch.title = agent->title;
    launch.program = found.program;
    launch.arguments = found.leading + agent->arguments + (free ? agent->freeArguments : agent->askArguments);
    launch.environment = agent->environment;
    launch.environment.insert(free ? agent->freeEnvironment : agent->askEnvironment);
    if (m_places.root)
        launch.environment.insert(agent->rootEnvironment);
    launch.environment.insert(held.environment);
    launch.readOnlyBinds = found.binds;
    launch.files = held.files;
    launch.hosts = agent->hosts;
    launch.ports = agent->ports;
    for (const QString &address : held.addresses)
        allowAddress(launch, address);
    launch.modes = free ? agent->freeModes : agent->askModes;
    launch.signInMethods = held.signInMethods;
    launch.answerByItself = free && !agent->demonstration;
    launch.demonstration = agent->demonstration;
    return launch;
}

} // namespace foundry
