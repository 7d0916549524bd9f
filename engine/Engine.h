// Everything of the engine, put together on its thread: services, actors, the way in (CommandRouter) and the
// way out (events and answers). Made, used and destroyed on one thread.
#pragma once

#include "AccountDesk.h"
#include "AgentCatalogue.h"
#include "AgentChoices.h"
#include "BubblewrapProvider.h"
#include "ChangeReader.h"
#include "CloneInspector.h"
#include "DataFolderLock.h"
#include "EditorCopies.h"
#include "EngineSettings.h"
#include "ForgeFetcher.h"
#include "LfsObjects.h"
#include "PersonAccounts.h"
#include "PersonSettings.h"
#include "PlainProvider.h"
#include "ProjectReader.h"
#include "Publisher.h"
#include "PullRequestTemplate.h"
#include "Randomness.h"
#include "SecretStore.h"
#include "SourceStore.h"
#include "Submodules.h"
#include "SyncService.h"
#include "UncommittedWork.h"

#include <foundry/Answer.h>
#include <foundry/Command.h>
#include <foundry/Event.h>
#include <foundry/Query.h>

#include <functional>
#include <memory>

namespace foundry {

class ActorSystem;
class AgentDesk;
class CommandRouter;
class QueryRouter;
class ActorInspector;
class DiskWatch;
class ForgeSync;
class IssueDesk;
class PullRequestDesk;
struct ForgeWorks;
class KeeperSweep;
class TaskTerminals;
class TerminalHub;
class SystemChecks;

class Engine {
public:
    using Tell = std::function<void(const Event &)>;
    using Reply = std::function<void(const Answer &)>;
    Engine(EngineSettings settings, Tell tell, Reply reply);
    ~Engine();

    // Takes the folder, opens the stores, begins recovery. Tells EngineReady or EngineFailed.
    void start();
    // Ends what runs in order; `done` when every store is closed.
    void stop(std::function<void()> done);
    void submit(const Command &command);
    void ask(const Query &query);

private:
    Result<void> open();
    void tellOf(const Event &event); // an actor's
    void tellOfAccounts(const Event &event);
    void registerKinds();
    Result<void> makeFirstActors();
    ForgeWorks forgeWorks();
    SandboxProvider &providerOf(const SandboxRecord &record);

    EngineSettings m_settings;
    Tell m_tell;
    Reply m_reply;
    SystemClock m_clock;
    Randomness m_randomness;
    ThreadedSync m_sync;
    std::unique_ptr<DataFolderLock> m_lock;

    ProcessRunner m_processes;
    GitRunner m_git;
    CloneInspector m_inspector;
    PersonSettingsReader m_personSettings;
    SourceStore m_sources;
    UncommittedWork m_uncommitted;
    Submodules m_submodules;
    LfsObjects m_lfs;
    ForgeFetcher m_forgeFetcher;
    ChangeReader m_changes;
    ProjectReader m_projects;
    PullRequestTemplateReader m_templates;
    Publisher m_publisher;
    AgentChoices m_choices;
    EditorCopies m_editors;
    AgentCatalogue m_catalogue;
    BubblewrapProvider m_bubblewrap;
    PlainProvider m_plain;
    Keychain m_secrets;
    NetworkTransport m_http;
    DesktopBrowser m_browser;
    PersonAccounts m_keptAccounts;
    AccountDesk m_accounts;
    std::unique_ptr<AgentDesk> m_agents;

    std::unique_ptr<DiskWatch> m_disk;
    std::unique_ptr<ActorSystem> m_actors;
    std::unique_ptr<ForgeSync> m_forge;
    std::unique_ptr<PullRequestDesk> m_pullRequests;
    std::unique_ptr<IssueDesk> m_issues;
    std::unique_ptr<KeeperSweep> m_sweep;
    std::unique_ptr<SystemChecks> m_checks;
    std::unique_ptr<ActorInspector> m_actorInspector;
    std::unique_ptr<TerminalHub> m_terminals;
    std::unique_ptr<TaskTerminals> m_taskTerminals;
    std::unique_ptr<CommandRouter> m_commands;
    std::unique_ptr<QueryRouter> m_queries;
};

} // namespace foundry
