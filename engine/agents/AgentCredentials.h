// What signs an agent in, and what else of the person's it gets: variables, keys of the keychain by name, files.
// Reads names and sizes; any thread.
#pragma once

#include "KnownAgents.h"

namespace foundry {

struct AgentCredentials {
    QMap<QString, QString> environment;
    QStringList keptKeys;
    SignInBy by = SignInBy::none;
    QString with; // the variable or the file
    std::vector<AgentFile> files;
    QStringList signInMethods;
    QStringList addresses;
    bool found = false; // something that signs in
};

AgentCredentials findCredentials(const AgentCatalogue::Entry &agent, const AgentPlaces &places);

// Is this variable given to the agent, as far as the person's choice goes?
bool isGiven(const AgentCatalogue::Entry &agent, const AgentPlaces &places, const QString &variable);
// Where a file of `Entry::files` is: in the person's home, or in the folder that the agent's own variable names.
QString personsFile(const AgentCatalogue::Entry &agent, const AgentPlaces &places, const QString &file);

} // namespace foundry
