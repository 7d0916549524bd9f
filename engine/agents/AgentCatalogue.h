// The agents that can be offered here, what each needs to run inside a sandbox, and what is missing.
// Reads files and looks at PATH; starts nothing. Any thread, one at a time.
#pragma once

#include <foundry/AgentSettings.h>
#include <foundry/Command.h>

#include <QMap>

#include <functional>
#include <memory>

namespace foundry {

class AgentChoices;

// A file of the person that is copied into the task's private home, where the agent (and so its model's
// provider) can see it. Copies never return.
struct AgentFile {
    QString source; // absolute, a regular file of the person
    QString target; // relative to the private home, e.g. ".codex/auth.json"
    bool rotates = false; // a login that renews itself: what goes into the sandbox is made by its owner (engine/logins)
    bool operator==(const AgentFile &) const = default;
};

// All that is needed to run an agent, inside a sandbox or not.
struct AgentLaunch {
    QString agent; // AgentOffer::name
    QString title;
    QString program; // absolute, real path; the same inside and outside
    QStringList arguments;
    QMap<QString, QString> environment; // added to the sandbox's own; wins over it
    QStringList keptKeys; // variables whose value the keychain holds: to be added to `environment`
    QStringList readOnlyBinds; // absolute folders and files outside /usr that the program needs, same path inside
    std::vector<AgentFile> files;
    QStringList hosts; // its model hosts
    QStringList quietHosts; // it works as well without them: refused without a question
    std::vector<int> ports; // of the person's loopback that its model server listens on
    // Mode ids of the chosen Freedom, best first; versions of one agent name them differently. Some of them
    // also switch off the agent's own sandbox, which must not run inside ours.
    QStringList modes;
    QStringList signInMethods; // for AcpClient::setSignInMethods: those that work with environment and files
    bool nesting = false; // it makes a sandbox of its own inside ours: SandboxCommand::nesting
    bool answerByItself = false; // freeInSandbox: what it asks all the same is allowed without the person
    bool demonstration = false;

    // The mode to set after session/new, of those the session offers; empty: none, or it is set already.
    QString modeFor(const std::vector<SessionOption> &options) const;
    bool operator==(const AgentLaunch &) const = default;
};

// The bytes to write at AgentFile::target. Logins that rotate lose their renewal token: those of Codex and Claude are
// single-use, so that a copy which renewed itself would sign the person out. The copy works until its access
// runs out; then the person's own program renews it. Failure: Agent::configuration (no regular file, too large).
Result<QByteArray> readAgentFile(const AgentFile &file);

struct AgentPlaces {
    QString path; // PATH syntax: where programs are looked for
    QString home; // the person's home
    QString packages; // Foundry's own folder of agents from npm: <agent>/<version>/node_modules
    const AgentChoices *choices = nullptr; // what the person chose; null: what is proposed
    QString configFile; // config.toml; may not exist
    QString demonstration; // path of the foundry-demo-agent program
    QMap<QString, QString> environment; // the person's, to take allow-listed names from
    bool root = false; // the agent will run as uid 0
    std::function<QStringList(const QString &agent)> keptKeys; // of the keychain and of this run
};

// An agent's package at npm, as this Foundry was tried with it.
struct AgentPin {
    QString package;
    QString version;
    int node = 0; // the least major version of Node; 0: any
    QString program; // below node_modules/.bin
};

// The versions in Foundry's own folder, the pinned one first where it is there; others newest first.
QStringList installedVersions(const QString &packages, const QString &agent);

class AgentCatalogue {
public:
    static constexpr qint64 maxConfigFile = 1024 * 1024; // bytes
    static constexpr qint64 maxCopiedFile = 1024 * 1024; // bytes of one AgentFile
    static constexpr int maxCustomAgents = 50;

    explicit AgentCatalogue(AgentPlaces places); // reads config.toml

    // Known ones first, then custom ones by name; a custom one takes the place of a known one of its name.
    std::vector<AgentOffer> offers() const;
    // Looks again at what is there. Failures: Agent::unknown, missing (detail: what and how to get it),
    // needsSignIn, configuration.
    Result<AgentLaunch> launch(const QString &name, command::Freedom freedom) const;
    // PATH and variables that the person's shell told; config.toml is read again.
    void learn(const QMap<QString, QString> &environment);
    void setKeptKeys(std::function<QStringList(const QString &agent)> keys) { m_places.keptKeys = std::move(keys); }
    // All that the settings show, but for the parts that others add: PersonShell, AgentWork, obstacles.
    std::vector<AgentSetup> setups() const;
    const std::vector<AgentPin> &pins(const QString &agent) const; // newest first; empty: none
    QStringList loginCommand(const QString &agent) const; // program and arguments; empty: none
    // May this agent get it? Failures: Agent::variableRefused, configuration (no name of a variable).
    Result<> mayGive(const QString &agent, const QString &variable) const;
    const AgentPlaces &places() const { return m_places; }
    // What is wrong with config.toml, one Agent::configuration each with "config.toml:LINE: …".
    const std::vector<Failure> &troubles() const { return m_troubles; }

    struct Entry; // what is known of one agent

private:
    const Entry *find(const QString &name) const;
    void readEntries();
    AgentOffer offerOf(const Entry &agent) const;
    AgentPlaces m_places;
    std::shared_ptr<std::vector<Entry>> m_entries;
    std::vector<Failure> m_troubles;
};

} // namespace foundry
