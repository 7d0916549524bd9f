// AgentCatalogue: what the settings show of each agent, and what a person may choose there.
#include "AgentChoices.h"
#include "AgentCredentials.h"
#include "AgentProgram.h"
#include "AgentVariables.h"
#include "Process.h"

#include <QFileInfo>

namespace foundry {

namespace {

using Entry = AgentCatalogue::Entry;

AgentSignIn signInOf(const Entry &agent, const AgentPlaces &places)
{
    AgentSignIn signIn;
    if (!agent.anyLogin) {
        signIn.by = SignInBy::notNeeded;
        return signIn;
    }
    const AgentCredentials held = findCredentials(agent, places);
    signIn.by = held.by;
    signIn.with = held.with;
    signIn.keys = agent.keys;
    signIn.command = agent.login.join(u' ');
    signIn.commandFound = !agent.login.isEmpty() && !ProcessRunner::find(agent.login.first(), places.path).isEmpty();
    return signIn;
}

// What the agent knows, what was chosen, and what looks as if it could be of use; only what the person's shell has,
// and what was chosen whether it has it or not.
std::vector<AgentVariable> variablesOf(const Entry &agent, const AgentPlaces &places)
{
    QStringList names = agent.passed;
    const QStringList chosen = places.choices ? places.choices->chosen(agent.name) : QStringList();
    names += chosen;
    for (const QString &name : places.environment.keys()) {
        if (variables::looksLikeModelKey(name))
            names << name;
    }
    names.removeDuplicates();
    std::vector<AgentVariable> shown;
    for (const QString &name : std::as_const(names)) {
        AgentVariable variable { name, !places.environment.value(name).isEmpty(), agent.passed.contains(name), false };
        variable.given = isGiven(agent, places, name);
        if (variable.set || chosen.contains(name))
            shown.push_back(variable);
    }
    return shown;
}

} // namespace

std::vector<AgentSetup> AgentCatalogue::setups() const
{
    std::vector<AgentSetup> setups;
    for (const Entry &agent : *m_entries) {
        AgentSetup setup;
        setup.offer = offerOf(agent);
        setup.innerSandbox = agent.innerSandbox;
        setup.program = findProgram(agent, m_places).at;
        if (!agent.pins.empty()) {
            setup.package.name = agent.pins.front().package;
            setup.package.version = agent.pins.front().version;
            setup.package.installed = installedVersions(m_places.packages, agent.name).value(0);
        }
        setup.signIn = signInOf(agent, m_places);
        if (!agent.demonstration)
            setup.variables = variablesOf(agent, m_places);
        setups.push_back(std::move(setup));
    }
    return setups;
}

const std::vector<AgentPin> &AgentCatalogue::pins(const QString &agent) const
{
    static const std::vector<AgentPin> none;
    const Entry *known = find(agent);
    return known ? known->pins : none;
}

QStringList AgentCatalogue::loginCommand(const QString &agent) const
{
    const Entry *known = find(agent);
    return known ? known->login : QStringList();
}

Result<> AgentCatalogue::mayGive(const QString &agent, const QString &variable) const
{
    if (!find(agent))
        return fail(codes::Agent::unknown, agent);
    if (!variables::isName(variable))
        return fail(codes::Agent::configuration, u"%1 is no name of a variable"_s.arg(variable.left(100)));
    switch (variables::refusal(variable, m_places.environment.value(variable))) {
    case variables::Refusal::none:
        return {};
    case variables::Refusal::forge:
        return fail(codes::Agent::variableRefused, variable);
    case variables::Refusal::sandbox:
        return fail(codes::Agent::configuration, u"%1 is set by the sandbox itself"_s.arg(variable));
    }
    return {};
}

} // namespace foundry
