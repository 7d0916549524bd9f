// The page "Agents" of the settings: what was found of each agent, what is missing and how to get it, how it is signed
// in, and which of the person's variables it gets. Values only; no secret is ever in them.
#pragma once

#include <foundry/Values.h>

namespace foundry {

// The person's interactive shell, asked once at the start for its PATH and variables.
struct PersonShell {
    QString program; // "/bin/zsh"; empty: none is set
    bool reading = false; // not known yet: what it will say is missing from all below
    int variables = 0; // that it has and the program's own start had not
    std::optional<Failure> failure; // then the variables of the program's own start are used
    QString node; // path of Node in its PATH; empty: not there
    QString nodeVersion; // "20.20.2"
    QString npm; // path; empty: not there
    bool operator==(const PersonShell &) const = default;
};

// One of the person's variables, and whether this agent gets it.
struct AgentVariable {
    QString name;
    bool set = false; // the person's shell has it
    bool proposed = false; // the agent knows what to do with it: given unless the person says otherwise
    bool given = false;
    bool operator==(const AgentVariable &) const = default;
};

// The agent's package at npm that Foundry can put into its own folder.
struct AgentPackage {
    QString name; // empty: there is none
    QString version; // pinned: this Foundry was tried with it, and the person's Node can run it
    QString installed; // version in Foundry's own folder; empty: not there
    QString obstacle; // why it cannot be installed now: Node or npm is missing or too old, and what to do
    bool operator==(const AgentPackage &) const = default;
};

// How an agent is signed in, the best first.
enum class SignInBy { notNeeded, none, variable, keychain, thisRun, loginFile, modelServer };

struct AgentSignIn {
    SignInBy by = SignInBy::none;
    QString with; // the variable or the file
    Millis expiresAt = 0; // of the login's access, which Foundry renews; 0: not known, or never
    QStringList keys; // variables that a person can type in here, the one to propose first
    QString command; // the agent's own login, "codex login"; empty: there is none
    bool commandFound = false;
    bool operator==(const AgentSignIn &) const = default;
};

enum class AgentWorkKind { none, installing, removing, signingIn };

// What is being done for an agent now.
struct AgentWork {
    AgentWorkKind kind = AgentWorkKind::none;
    QString line; // what it says
    QString url; // to open in a browser
    QString code; // to type in there
    bool asks = false; // it waits for a text: AnswerSignIn
    bool operator==(const AgentWork &) const = default;
};

// The agent's own sandbox, which has to fit into Foundry's.
enum class InnerSandbox {
    none, // it has none
    switchedOff, // Foundry's is the boundary
    nested, // it makes its own inside Foundry's
};

struct AgentSetup {
    AgentOffer offer;
    InnerSandbox innerSandbox = InnerSandbox::none;
    QString program; // found at; empty: not found
    AgentPackage package;
    AgentSignIn signIn;
    std::vector<AgentVariable> variables;
    AgentWork work;
    std::optional<Failure> failure; // of the last work, until the next
    QString done; // how the last work ended well: "signed in"; until the next
    bool operator==(const AgentSetup &) const = default;
};

struct AgentSettings {
    PersonShell shell;
    std::vector<AgentSetup> agents;
    bool operator==(const AgentSettings &) const = default;
};

} // namespace foundry
