#include "AgentCatalogue.h"

#include "AgentCredentials.h"
#include "AgentProgram.h"
#include "KnownAgents.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QUrl>

namespace foundry {

namespace {

using Entry = AgentCatalogue::Entry;

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
{
    readEntries();
}

void AgentCatalogue::learn(const QMap<QString, QString> &environment)
{
    m_places.environment = environment;
    m_places.path = environment.value(u"PATH"_s);
    readEntries();
}

void AgentCatalogue::readEntries()
{
    m_entries = std::make_shared<std::vector<Entry>>(knownAgents(m_places.demonstration));
    m_troubles.clear();
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

AgentOffer AgentCatalogue::offerOf(const Entry &agent) const
{
    AgentOffer offer;
    offer.name = agent.name;
    offer.title = agent.title;
    offer.demonstration = agent.demonstration;
    offer.custom = agent.custom;
    offer.hosts = agent.hosts;
    const AgentProgram found = findProgram(agent, m_places);
    offer.version = found.version;
    if (!agent.trouble.isEmpty()) {
        offer.readiness = AgentReadiness::misconfigured;
        offer.missing = agent.trouble;
    } else if (!found.missing.isEmpty()) {
        offer.readiness = AgentReadiness::missing;
        offer.missing = found.missing;
        offer.remedy = found.remedy;
    } else if (agent.anyLogin && !findCredentials(agent, m_places).found) {
        offer.readiness = AgentReadiness::needsSignIn;
        offer.missing = agent.keys.join(u", ");
        offer.remedy = agent.signInRemedy;
    } else {
        offer.readiness = AgentReadiness::ready;
    }
    return offer;
}

std::vector<AgentOffer> AgentCatalogue::offers() const
{
    std::vector<AgentOffer> offers;
    for (const Entry &agent : *m_entries)
        offers.push_back(offerOf(agent));
    return offers;
}

Result<AgentLaunch> AgentCatalogue::launch(const QString &name, command::Freedom freedom) const
{
    const Entry *agent = find(name);
    if (!agent)
        return fail(codes::Agent::unknown, name);
    if (!agent->trouble.isEmpty())
        return fail(codes::Agent::configuration, agent->trouble);
    const AgentProgram found = findProgram(*agent, m_places);
    if (!found.missing.isEmpty())
        return fail(codes::Agent::missing, u"%1: %2"_s.arg(found.missing, found.remedy));
    const AgentCredentials held = findCredentials(*agent, m_places);
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
    launch.keptKeys = held.keptKeys;
    launch.nesting = agent->innerSandbox == InnerSandbox::nested;
    launch.readOnlyBinds = found.binds;
    launch.files = held.files;
    launch.hosts = agent->hosts;
    launch.quietHosts = agent->quietHosts;
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
