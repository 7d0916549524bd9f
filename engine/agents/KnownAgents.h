// What is known of one agent before anything of it was looked for on this computer.
#pragma once

#include "AgentCatalogue.h"

namespace foundry {

struct AgentCatalogue::Entry {
    QString name;
    QString title;
    QString command; // a name on PATH, or a path
    QStringList arguments;
    QStringList freeArguments; // added with Freedom::freeInSandbox
    QStringList askArguments; // added with Freedom::askFirst
    QMap<QString, QString> environment; // always set
    QMap<QString, QString> freeEnvironment;
    QMap<QString, QString> askEnvironment;
    QMap<QString, QString> rootEnvironment; // when the agent runs as uid 0
    QStringList passed; // names taken from the person's environment
    QStringList keys; // of those, any one of them signs in
    QStringList addresses; // of those, model servers' URLs: their host or loopback port is allowed
    QStringList files; // relative to the person's home, same place in the private one; copied where they exist
    QStringList logins; // of those, any one of them signs in
    QStringList rotating; // of those, logins whose renewal is single-use
    QString homeVariable; // "CODEX_HOME": the person's folder in place of the first part of `files`
    QStringList hosts;
    QStringList quietHosts; // of its makers' statistics: refused like any other, but nobody is asked about them
    std::vector<int> ports;
    QStringList freeModes;
    QStringList askModes;
    QMap<QString, QStringList> signInMethods; // variable or file → the agent's AuthMethod ids that use it
    QString nativeProgram; // below a node_modules: preferred to a script that only starts it
    QString remedy; // how to get the program
    QString signInRemedy;
    QStringList login; // its own login: program and arguments
    std::vector<AgentPin> pins; // newest first
    InnerSandbox innerSandbox = InnerSandbox::none;
    bool custom = false;
    bool demonstration = false;
    bool anyLogin = true; // false: nothing to sign in to
    QString trouble; // of its lines in config.toml: not startable
};

std::vector<AgentCatalogue::Entry> knownAgents(const QString &demonstration);

// The agents of config.toml. What is wrong is added to `troubles` with its line; an agent with a wrong line
// is there with Entry::trouble.
std::vector<AgentCatalogue::Entry> configuredAgents(const QString &file, const AgentPlaces &places,
                                                    std::vector<Failure> &troubles);

// What Codex' own config.toml says of a model server besides OpenAI's.
struct ModelServer {
    QString url;
    QString key; // name of the variable that holds its key
    bool found = false;
    bool wantsLogin = false; // the login to Codex' own service, like OpenAI's
};
ModelServer codexModelServer(const QString &configFile);
// URLs of model servers in OpenCode's own opencode.json or opencode.jsonc, whichever provider they are of.
QStringList openCodeModelServers(const QString &configFile);

} // namespace foundry
