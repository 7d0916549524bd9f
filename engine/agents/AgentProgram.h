// Where an agent's program is, and what has to be seen inside a sandbox for it to run. Looks at files; any thread.
#pragma once

#include "KnownAgents.h"

namespace foundry {

struct AgentProgram {
    QString at; // as a person knows it
    QString program;
    QStringList leading; // arguments before the agent's own
    QStringList binds;
    QString version;
    QString missing; // program that is not there
    QString remedy; // how to get it
};

AgentProgram findProgram(const AgentCatalogue::Entry &agent, const AgentPlaces &places);

} // namespace foundry
