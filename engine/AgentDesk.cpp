#include "AgentDesk.h"

namespace foundry {

AgentDesk::AgentDesk(Needs needs, std::function<void(const Event &)> tell, std::function<void()> changed)
    : m_needs(std::move(needs))
    , m_tell(std::move(tell))
    , m_changed(std::move(changed))
    , m_reader(m_needs.processes, m_needs.environment)
    , m_installer(m_needs.processes, m_needs.catalogue.places().packages)
    , m_keys(m_needs.secrets, m_needs.choices)
    , m_logins(m_needs.clock, m_needs.processes,
               { m_needs.loginsFolder, m_needs.renewProgram, [this] { return m_environment; } }, m_needs.putFiles)
    , m_environment(m_needs.environment)
{
    m_needs.catalogue.setKeptKeys([this](const QString &agent) { return m_keys.names(agent); });
    m_logins.renewed = [this](const QString &agent, const Result<> &result) {
        if (!result && !result.error().isTransient())
            m_desks[agent].failure = result.error();
        tellSettings();
    };
    m_shell.program = m_needs.environment.value(u"SHELL"_s);
}

AgentDesk::~AgentDesk()
{
    m_needs.catalogue.setKeptKeys({});
}

void AgentDesk::start()
{
    m_installer.tidy();
    if (m_needs.choices.trouble())
        m_tell(event::Trouble { *m_needs.choices.trouble() });
    lookAgain();
}

void AgentDesk::lookAgain()
{
    if (m_reading.isValid())
        return;
    m_shell.reading = true;
    m_reading = readShell();
    m_reading.start([this](bool) {
        const Async<bool> over = std::move(m_reading);
        for (const Promise<bool> &waiting : std::exchange(m_waiting, {}))
            waiting.set(true);
        m_changed();
        tellSettings();
    });
}

Async<bool> AgentDesk::readShell()
{
    auto asking = m_reader.read();
    ShellReading told = co_await asking;
    m_environment = told.environment;
    m_shell.failure = told.failure;
    m_shell.variables = told.added;
    const QString path = m_environment.value(u"PATH"_s);
    m_shell.node = ProcessRunner::find(u"node"_s, path);
    m_shell.npm = ProcessRunner::find(u"npm"_s, path);
    m_shell.nodeVersion.clear();
    if (!m_shell.node.isEmpty()) {
        auto version = versionOf(m_shell.node, m_environment);
        m_shell.nodeVersion = co_await version;
    }
    m_needs.catalogue.learn(m_environment);
    m_shell.reading = false;
    co_return true;
}

Async<QString> AgentDesk::versionOf(QString program, QMap<QString, QString> environment)
{
    ProcessSpec spec;
    spec.program = std::move(program);
    spec.arguments = { u"--version"_s };
    spec.environment = std::move(environment);
    spec.timeOut = ShellReader::timeOut;
    spec.maxOutput = 64 * 1024;
    auto running = m_needs.processes.run(std::move(spec));
    auto output = co_await running;
    if (!output || output->exitCode != 0)
        co_return QString();
    const QString said = QString::fromUtf8(output->output).trimmed().section(u'\n', 0, 0);
    co_return said.startsWith(u'v') ? said.mid(1) : said;
}

AgentSettings AgentDesk::settings() const
{
    AgentSettings settings;
    settings.shell = m_shell;
    settings.agents = m_needs.catalogue.setups();
    for (AgentSetup &setup : settings.agents) {
        const std::vector<AgentPin> &pins = m_needs.catalogue.pins(setup.offer.name);
        if (const AgentPin *pin = choosePin(pins, m_shell.nodeVersion))
            setup.package.version = pin->version;
        setup.package.obstacle = installObstacle(pins, m_shell);
        if (setup.signIn.by == SignInBy::keychain && m_keys.isForThisRun(setup.offer.name, setup.signIn.with))
            setup.signIn.by = SignInBy::thisRun;
        if (const LoginForm *form = loginForm(setup.offer.name); form && setup.signIn.by == SignInBy::loginFile)
            setup.signIn.expiresAt = m_logins.expiresAt(setup.offer.name, { setup.signIn.with, form->file, true });
        const auto desk = m_desks.find(setup.offer.name);
        if (desk == m_desks.end())
            continue;
        setup.work = desk->second.work;
        setup.failure = desk->second.failure;
        setup.done = desk->second.done;
    }
    return settings;
}

void AgentDesk::tellSettings()
{
    m_tell(event::AgentSettingsChanged { settings() });
}

// ---- work ------------------------------------------------------------------------------------------

Result<> AgentDesk::begin(const QString &agent, AgentWorkKind kind, const QString &line, Async<Result<QString>> doing)
{
    Desk &desk = m_desks[agent];
    if (desk.work.kind != AgentWorkKind::none)
        return fail(codes::Agent::busy, desk.work.line);
    desk.work = { kind, line, {}, {}, false };
    desk.failure.reset();
    desk.done.clear();
    desk.doing = std::move(doing);
    tellSettings();
    desk.doing.start([this, agent](const Result<QString> &result) { ended(agent, result); });
    return {};
}

void AgentDesk::ended(const QString &agent, const Result<QString> &result)
{
    Desk &desk = m_desks[agent];
    const Async<Result<QString>> over = std::move(desk.doing);
    desk.signIn.reset();
    desk.work = {};
    if (result)
        desk.done = *result;
    else
        desk.failure = result.error();
    m_changed();
    tellSettings();
}

void AgentDesk::say(const QString &agent, const QString &line)
{
    AgentWork &work = m_desks[agent].work;
    if (work.line == line)
        return;
    work.line = line;
    tellSettings();
}

AgentDesk::Work AgentDesk::perform(command::InstallAgent wish)
{
    const std::vector<AgentPin> &pins = m_needs.catalogue.pins(wish.agent);
    if (pins.empty())
        co_return fail(codes::Agent::unknown, wish.agent);
    if (const QString obstacle = installObstacle(pins, m_shell); !obstacle.isEmpty())
        co_return fail(codes::Agent::nodeUnsuitable, obstacle);
    const AgentPin pin = *choosePin(pins, m_shell.nodeVersion);
    if (auto begun = begin(wish.agent, AgentWorkKind::installing, u"npm brings %1 %2"_s.arg(pin.package, pin.version),
                           installing(wish.agent, pin));
        !begun)
        co_return std::unexpected(begun.error());
    co_return QString();
}

Async<Result<QString>> AgentDesk::installing(QString agent, AgentPin pin)
{
    auto running = m_installer.install(agent, pin, m_shell.npm, m_environment,
                                       [this, agent](const QString &line) { say(agent, line); });
    auto installed = co_await running;
    if (!installed)
        co_return std::unexpected(installed.error());
    co_return u"%1 %2 is installed."_s.arg(pin.package, pin.version);
}

AgentDesk::Work AgentDesk::perform(command::RemoveAgent wish)
{
    Desk &desk = m_desks[wish.agent];
    if (desk.work.kind != AgentWorkKind::none)
        co_return fail(codes::Agent::busy, desk.work.line);
    auto removed = m_installer.remove(wish.agent);
    if (!removed)
        co_return std::unexpected(removed.error());
    if (!*removed)
        co_return fail(codes::Agent::busy, u"a task's agent runs from there"_s);
    desk.failure.reset();
    desk.done = u"It is removed."_s;
    m_changed();
    tellSettings();
    co_return QString();
}

AgentDesk::Work AgentDesk::perform(command::CancelAgentWork wish)
{
    Desk &desk = m_desks[wish.agent];
    desk.doing.reset();
    desk.signIn.reset();
    desk.work = {};
    tellSettings();
    co_return QString();
}

AgentDesk::Work AgentDesk::perform(command::GiveVariable wish)
{
    if (wish.given) {
        if (auto may = m_needs.catalogue.mayGive(wish.agent, wish.name); !may)
            co_return std::unexpected(may.error());
    }
    if (auto kept = m_needs.choices.give(wish.agent, wish.name, wish.given); !kept)
        co_return std::unexpected(kept.error());
    m_changed();
    tellSettings();
    co_return QString();
}

} // namespace foundry
