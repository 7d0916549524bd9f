#include "AgentCredentials.h"

#include "AgentChoices.h"
#include "AgentVariables.h"

#include <QFileInfo>

namespace foundry {

using Entry = AgentCatalogue::Entry;

namespace {

void signsIn(AgentCredentials &held, SignInBy by, const QString &with)
{
    held.found = true;
    if (held.by == SignInBy::none) {
        held.by = by;
        held.with = with;
    }
}

void addVariable(AgentCredentials &held, const Entry &agent, const AgentPlaces &places, const QString &name)
{
    const QString value = places.environment.value(name);
    if (value.isEmpty() || held.keptKeys.contains(name) || held.environment.contains(name))
        return;
    held.environment.insert(name, value);
    held.signInMethods += agent.signInMethods.value(name);
    if (agent.keys.contains(name))
        signsIn(held, SignInBy::variable, name);
    if (agent.addresses.contains(name))
        held.addresses << value;
}

} // namespace

bool isGiven(const Entry &agent, const AgentPlaces &places, const QString &variable)
{
    if (variables::refusal(variable, places.environment.value(variable)) != variables::Refusal::none)
        return false;
    const auto chosen = places.choices ? places.choices->given(agent.name, variable) : std::nullopt;
    return chosen.value_or(agent.passed.contains(variable));
}

QString personsFile(const Entry &agent, const AgentPlaces &places, const QString &file)
{
    const QString folder = agent.homeVariable.isEmpty() ? QString() : places.environment.value(agent.homeVariable);
    return folder.startsWith(u'/') ? folder + u'/' + file.section(u'/', 1) : places.home + u'/' + file;
}

AgentCredentials findCredentials(const Entry &agent, const AgentPlaces &places)
{
    AgentCredentials held;
    if (places.keptKeys)
        held.keptKeys = places.keptKeys(agent.name);
    for (const QString &key : std::as_const(held.keptKeys)) {
        held.signInMethods += agent.signInMethods.value(key);
        signsIn(held, SignInBy::keychain, key);
    }
    if (agent.name == u"codex" && !agent.custom) {
        const ModelServer server = codexModelServer(personsFile(agent, places, u".codex/config.toml"_s));
        if (server.found && !server.wantsLogin) // says itself whether it wants a key
            signsIn(held, SignInBy::modelServer, server.url);
        if (!server.key.isEmpty() && variables::refusal(server.key, {}) == variables::Refusal::none
            && (!places.choices || places.choices->given(agent.name, server.key).value_or(true)))
            addVariable(held, agent, places, server.key);
        if (!server.url.isEmpty())
            held.addresses << server.url;
    }
    if (agent.name == u"opencode" && !agent.custom) {
        for (const QString &file : agent.files) {
            if (file.startsWith(u".config/"))
                held.addresses << openCodeModelServers(personsFile(agent, places, file));
        }
    }
    QStringList names = agent.passed;
    if (places.choices)
        names += places.choices->chosen(agent.name);
    for (const QString &name : std::as_const(names)) {
        if (isGiven(agent, places, name))
            addVariable(held, agent, places, name);
    }
    for (const QString &file : agent.files) {
        const bool login = agent.logins.contains(file);
        if (login && !held.keptKeys.isEmpty())
            continue; // a key is there: the login stays at home
        const QFileInfo there(personsFile(agent, places, file));
        if (!there.isFile() || there.size() > AgentCatalogue::maxCopiedFile)
            continue;
        held.files.push_back({ there.absoluteFilePath(), file, agent.rotating.contains(file) });
        held.signInMethods += agent.signInMethods.value(file);
        if (login)
            signsIn(held, SignInBy::loginFile, there.absoluteFilePath());
    }
    return held;
}

} // namespace foundry
