#include "Engine.h"

#include "ActorInspector.h"
#include "ActorSystem.h"
#include "AgentDesk.h"
#include "CommandRouter.h"
#include "DiskWatch.h"
#include "ForgeSync.h"
#include "IssueDesk.h"
#include "KeeperSweep.h"
#include "Keys.h"
#include "MergeActor.h"
#include "OrganizationActor.h"
#include "PersonActor.h"
#include "PullRequestDesk.h"
#include "QueryRouter.h"
#include "RepositoryActor.h"
#include "SessionActor.h"
#include "SystemChecks.h"
#include "TaskActor.h"
#include "TaskTerminals.h"
#include "TerminalHub.h"

#include <QDir>
#include <QStorageInfo>

#include <unistd.h>

namespace foundry {

namespace {

AgentPlaces agentPlaces(const EngineSettings &settings, const AgentChoices &choices)
{
    AgentPlaces places;
    places.path = settings.environment.value(u"PATH"_s);
    places.home = settings.environment.value(u"HOME"_s);
    places.configFile = settings.configuration;
    places.demonstration = settings.demonstrationAgent;
    places.packages = settings.dataFolder + u"/agents"_s;
    places.choices = &choices;
    places.environment = settings.environment;
    places.root = geteuid() == 0;
    return places;
}

BubblewrapPlaces bubblewrapPlaces(const EngineSettings &settings)
{
    BubblewrapPlaces places;
    places.entry = settings.sandboxEntry;
    if (settings.environment.contains(u"PATH"_s))
        places.path = settings.environment.value(u"PATH"_s);
    return places;
}

// Of the system, for what nobody may guess.
QByteArray chance(qsizetype bytes)
{
    QByteArray made(bytes, Qt::Uninitialized);
    for (char &each : made)
        each = char(QRandomGenerator::system()->generate() & 0xff);
    return made;
}

KeeperProgram keeperProgram(const EngineSettings &settings)
{
    const BubblewrapPlaces places = bubblewrapPlaces(settings);
    KeeperProgram program;
    program.program = settings.keeper;
    program.entry = places.entry;
    program.path = places.path;
    program.aloneTime = settings.keeperAlone;
    return program;
}

} // namespace

Engine::Engine(EngineSettings settings, Tell tell, Reply reply)
    : m_settings(std::move(settings))
    , m_tell(std::move(tell))
    , m_reply(std::move(reply))
    , m_processes(m_clock)
    , m_git(m_processes, u"git"_s, m_settings.environment)
    , m_inspector(m_git)
    , m_personSettings(m_git)
    , m_sources(m_git)
    , m_uncommitted(m_git, m_sources)
    , m_submodules(m_git, m_sources)
    , m_lfs(m_git)
    , m_forgeFetcher(m_git, m_sources)
    , m_changes(m_git)
    , m_projects(m_git)
    , m_templates(m_git)
    , m_publisher(m_git)
    , m_choices(m_settings.dataFolder + u"/agents/choices.json"_s)
    , m_editors(m_git, m_settings.environment, m_settings.dataFolder, m_settings.configuration)
    , m_catalogue(agentPlaces(m_settings, m_choices))
    , m_bubblewrap(m_clock, bubblewrapPlaces(m_settings))
    , m_plain(m_clock)
    , m_secrets(m_clock)
    , m_http(m_clock)
    , m_browser(m_processes, m_settings.environment)
    , m_accounts(AccountDesk::Needs { m_clock, m_processes, m_http, m_secrets, m_browser, m_keptAccounts, chance,
                                      readGitHubHosts(m_settings.configuration, m_settings.environment,
                                                      m_settings.githubClientId),
                                      m_settings.environment },
                 [this](const Event &event) { tellOfAccounts(event); })
    , m_agents(std::make_unique<AgentDesk>(
          AgentDesk::Needs { m_clock, m_processes, m_catalogue, m_choices, m_secrets,
                             [this](const SandboxRecord &record, const std::vector<HomeFile> &files) {
                                 return providerOf(record).putFiles(record, files);
                             },
                             m_settings.dataFolder + u"/logins"_s, m_settings.renewProgram, m_settings.environment },
          m_tell, [this] {
              if (m_checks)
                  m_checks->look();
          }))
{
}

Engine::~Engine() = default;

SandboxProvider &Engine::providerOf(const SandboxRecord &record)
{
    if (record.provider == m_plain.name())
        return m_plain;
    return m_bubblewrap;
}

void Engine::start()
{
    if (auto opened = open(); !opened) {
        m_tell(event::EngineFailed { opened.error() });
        return;
    }
    m_tell(event::EngineReady {});
    m_agents->start();
    m_forge->start(); // hears of each account as it can be used
    m_accounts.start();
    m_checks->look();
}

Result<void> Engine::open()
{
    auto lock = DataFolderLock::take(m_settings.dataFolder);
    if (!lock)
        return std::unexpected(lock.error());
    m_lock = std::move(*lock);
    for (const QString &folder : { u"repositories"_s, u"sandboxes"_s }) {
        if (!QDir(m_settings.dataFolder).mkpath(folder))
            return fail(codes::Program::dataFolder, m_settings.dataFolder + u'/' + folder);
    }
    m_disk = std::make_unique<DiskWatch>(
        m_clock, [this] { return QStorageInfo(m_settings.dataFolder).bytesAvailable(); },
        [this](bool full) { m_tell(event::DiskFull { full }); });
    m_actors = std::make_unique<ActorSystem>(
        ActorSystemOptions { m_settings.dataFolder, m_clock, m_sync, m_randomness, [this](const Event &event) {
                                tellOf(event);
                                if (m_taskTerminals)
                                    m_taskTerminals->noticed(event);
                                if (const auto *rows = std::get_if<event::PullRequestsChanged>(&event); rows && m_forge)
                                    m_forge->noticed(*rows);
                                if (const auto *gone = std::get_if<event::TaskRemoved>(&event))
                                    m_editors.forget(gone->task);
                            } });
    registerKinds();
    if (auto started = m_actors->start(); !started)
        return started;
    if (auto made = makeFirstActors(); !made)
        return made;
    m_keptAccounts.open(*m_actors);
    m_sweep = std::make_unique<KeeperSweep>(*m_actors, m_bubblewrap, m_settings.dataFolder + u"/sandboxes"_s);
    m_sweep->look();
    m_checks = std::make_unique<SystemChecks>(m_git, m_bubblewrap, m_catalogue, m_tell);
    m_actorInspector = std::make_unique<ActorInspector>(*m_actors);
    m_terminals = std::make_unique<TerminalHub>(m_clock, [this](const Event &event) {
        if (m_taskTerminals)
            m_taskTerminals->noticed(event);
        m_tell(event);
    });
    m_taskTerminals = std::make_unique<TaskTerminals>(*m_actors, *m_terminals, m_bubblewrap, m_plain);
    m_forge = std::make_unique<ForgeSync>(m_clock, *m_actors, m_accounts, m_http);
    m_pullRequests
        = std::make_unique<PullRequestDesk>(PullRequestDesk::Needs { m_clock, *m_actors, m_forge->client(), m_http });
    m_issues = std::make_unique<IssueDesk>(*m_actors, m_forge->client());
    m_commands = std::make_unique<CommandRouter>(
        CommandRouter::Needs { *m_actors, m_inspector, m_publisher, m_personSettings, *m_checks, *m_agents, m_accounts,
                               *m_forge, *m_pullRequests, *m_actorInspector, *m_terminals, *m_taskTerminals, m_editors,
                               m_settings.dataFolder + u"/repositories"_s },
        m_tell);
    m_queries = std::make_unique<QueryRouter>(
        QueryRouter::Needs { *m_actors, m_inspector, m_personSettings, m_sources, m_changes, m_projects, *m_checks,
                             *m_agents, m_accounts, *m_actorInspector, m_bubblewrap, m_plain, m_editors,
                             *m_pullRequests, *m_issues, m_templates, m_settings.dataFolder },
        m_reply);
    return {};
}

// A full disk is a state and not a moment: it stands until there is space again.
void Engine::tellOf(const Event &event)
{
    const auto *trouble = std::get_if<event::Trouble>(&event);
    if (trouble && trouble->failure.is(codes::Storage::full))
        m_disk->full();
    else
        m_tell(event);
}

// Who is not among the accounts any more has signed out: what is known through him goes.
void Engine::tellOfAccounts(const Event &event)
{
    m_tell(event);
    const auto *changed = std::get_if<event::AccountsChanged>(&event);
    if (!changed || !m_forge)
        return;
    std::vector<AccountId> ids;
    for (const AccountSummary &account : changed->accounts)
        ids.push_back(account.id);
    m_forge->keepOnly(ids);
}

void Engine::registerKinds()
{
    const auto name = [](const char *text) { return QString::fromLatin1(text); };
    m_actors->registerKind<OrganizationActor>(name(keys::organization), OrganizationActor::migrations());
    m_actors->registerKind<PersonActor>(name(keys::person), PersonActor::migrations());
    m_actors->registerKind<GithubDataActor>(name(keys::githubData), GithubDataActor::migrations());
    registerRunCleanUp(*m_actors); // of merges, which are kept a while
    m_actors->registerKind(
        { name(keys::merge), [works = forgeWorks()] { return std::make_unique<MergeActor>(works.merge); }, {} });

    const RepositoryServices repositories {
        m_sources, m_personSettings, m_uncommitted, m_publisher,
        m_changes, m_projects,       m_inspector,   m_submodules,
        m_lfs,     m_forgeFetcher,   m_accounts,    m_settings.dataFolder + u"/repositories"_s
    };
    m_actors->registerKind(
        { name(keys::repository), [repositories] { return std::make_unique<RepositoryActor>(repositories); }, {} });

    const SessionServices sessions {
        m_catalogue, *m_agents, [this](const SandboxRecord &record) -> SandboxProvider & { return providerOf(record); },
        keeperProgram(m_settings)
    };
    m_actors->registerKind({ name(keys::session), [sessions] { return std::make_unique<SessionActor>(sessions); },
                             TranscriptStore::migrations().steps });

    const TaskServices tasks { m_bubblewrap,
                               m_plain,
                               [this](const QString &agent, command::Freedom freedom) -> Result<AgentNeeds> {
                                   auto launch = m_catalogue.launch(agent, freedom);
                                   if (!launch)
                                       return std::unexpected(launch.error());
                                   return AgentNeeds { launch->hosts, launch->quietHosts, launch->ports };
                               },
                               m_settings.dataFolder + u"/sandboxes"_s,
                               { m_settings.environment.value(u"HOME"_s), m_settings.environment.value(u"PATH"_s),
                                 m_settings.environment },
                               forgeWorks() };
    m_actors->registerKind(
        { name(keys::task), [tasks] { return std::make_unique<TaskActor>(tasks); }, TaskActor::migrations() });
}

// Tasks may wake before there is a desk, and outlive it while they are drained.
ForgeWorks Engine::forgeWorks()
{
    const auto none
        = []() -> Async<Result<ForgeWork>> { co_return fail(codes::GitHub::unknownAccount, {}, Retry::transient); };
    return { [this, none](command::OpenPullRequest wish, QString branch) {
                return m_pullRequests ? m_pullRequests->works().open(std::move(wish), std::move(branch)) : none();
            },
             [this, none](command::MergePullRequest wish) {
                 return m_pullRequests ? m_pullRequests->works().merge(std::move(wish)) : none();
             } };
}

// Those that everything begins with: provisioning, so they are made where they are missing (L04).
Result<void> Engine::makeFirstActors()
{
    for (const ActorRef &ref : { keys::localOrganization(), keys::localPerson(), keys::localGithubData() }) {
        if (auto made = m_actors->getOrCreate(ref.kind, ref.key); !made)
            return std::unexpected(made.error());
    }
    return {};
}

void Engine::stop(std::function<void()> done)
{
    m_commands.reset();
    m_queries.reset();
    m_taskTerminals.reset();
    m_terminals.reset(); // and with it what runs in them
    m_checks.reset();
    m_pullRequests.reset(); // what tasks wait for goes on in the next life of the program
    m_issues.reset();
    m_forge.reset();
    m_accounts.stop();
    m_keptAccounts.close();
    if (!m_actors) {
        done();
        return;
    }
    const auto drain = [this, done = std::move(done)] { m_actors->drain([done] { done(); }); };
    if (m_sweep)
        m_sweep->whenDone(drain);
    else
        drain();
}

void Engine::submit(const Command &command)
{
    if (m_commands)
        m_commands->submit(command);
}

void Engine::ask(const Query &query)
{
    if (m_queries)
        m_queries->ask(query);
}

} // namespace foundry
