#include "AgentsPage.h"

#include <QDateTime>
#include <QDesktopServices>
#include <QLocale>
#include <QUrl>

#include <algorithm>

namespace foundry {

AgentsPage::AgentsPage(EngineLink *link, std::function<QString(const Failure &)> sentence, QObject *parent)
    : QObject(parent)
    , m_link(link)
    , m_sentence(std::move(sentence))
{
    connect(m_link, &EngineLink::received, this, [this](const Event &event) {
        if (const auto *told = std::get_if<event::AgentSettingsChanged>(&event))
            take(told->settings);
    });
}

const AgentSetup &AgentsPage::setup() const
{
    static const AgentSetup none;
    const auto found = std::ranges::find_if(m_settings.agents,
                                            [this](const AgentSetup &setup) { return setup.offer.name == m_chosen; });
    if (found != m_settings.agents.end())
        return *found;
    return m_settings.agents.empty() ? none : m_settings.agents.front();
}

void AgentsPage::take(const AgentSettings &settings)
{
    m_settings = settings;
    m_lines.setAgents(settings.agents);
    m_variables.setVariables(setup().variables);
    Q_EMIT changed();
}

void AgentsPage::look()
{
    m_problem.clear();
    m_link->ask(query::AgentSettings {}, this, [this](const Result<AnswerBody> &answer) {
        if (const auto *settings = answer ? std::get_if<AgentSettings>(&*answer) : nullptr)
            take(*settings);
    });
}

void AgentsPage::lookAgain()
{
    m_link->submit(command::RefreshSystem {});
}

void AgentsPage::choose(const QString &agent)
{
    if (agent == m_chosen)
        return;
    m_chosen = agent;
    m_problem.clear();
    m_variables.setVariables(setup().variables);
    Q_EMIT changed();
}

// ---- words -----------------------------------------------------------------------------------------

QString AgentsPage::shell() const
{
    const PersonShell &shell = m_settings.shell;
    if (shell.reading)
        return u"Your shell is being asked for its PATH and variables."_s;
    if (shell.failure)
        return u"%1 could not be asked, so only the variables of Foundry's own start are known. %2"_s.arg(
            shell.program, m_sentence(*shell.failure));
    const QString node
        = shell.node.isEmpty() ? u"no Node in its PATH"_s : u"Node %1 at %2"_s.arg(shell.nodeVersion, shell.node);
    if (shell.program.isEmpty())
        return u"No shell is set for you; %1."_s.arg(node);
    return u"Read from %1: %2, and %3."_s.arg(
        shell.program, shell.variables == 1 ? u"1 more variable"_s : u"%1 more variables"_s.arg(shell.variables), node);
}

QString AgentsPage::program() const
{
    const AgentSetup &agent = setup();
    if (agent.offer.readiness == AgentReadiness::misconfigured)
        return agent.offer.missing;
    if (agent.offer.readiness == AgentReadiness::missing)
        return u"%1 was not found. %2"_s.arg(agent.offer.missing, agent.offer.remedy);
    return agent.offer.version.isEmpty() ? agent.program : agent.offer.version + u" \u00b7 "_s + agent.program;
}

QString AgentsPage::inside() const
{
    switch (setup().innerSandbox) {
    case InnerSandbox::none:
        return u"It works freely inside Foundry's sandbox; what leaves the sandbox is asked."_s;
    case InnerSandbox::switchedOff:
        return u"Its own sandbox is switched off: Foundry's is the boundary. It works freely inside; what leaves is "
               "asked."_s;
    case InnerSandbox::nested:
        return u"It makes a sandbox of its own inside Foundry's, which shows it more of the kernel."_s;
    }
    return {};
}

QString AgentsPage::package() const
{
    const AgentPackage &package = setup().package;
    if (package.name.isEmpty())
        return {};
    if (package.installed.isEmpty())
        return u"%1 %2 from npm, into Foundry's own folder. None of its scripts is run."_s.arg(package.name,
                                                                                               package.version);
    if (package.installed == package.version)
        return u"%1 %2 is installed in Foundry's own folder."_s.arg(package.name, package.installed);
    return u"%1 %2 is installed in Foundry's own folder; this Foundry was tried with %3."_s.arg(
        package.name, package.installed, package.version);
}

QString AgentsPage::installWord() const
{
    const AgentPackage &package = setup().package;
    if (package.name.isEmpty() || package.installed == package.version)
        return {};
    return package.installed.isEmpty() ? u"Install %1"_s.arg(package.version) : u"Update to %1"_s.arg(package.version);
}

QString AgentsPage::signIn() const
{
    const AgentSignIn &signIn = setup().signIn;
    switch (signIn.by) {
    case SignInBy::notNeeded:
        return u"Nothing to sign in to."_s;
    case SignInBy::none:
        return u"Not signed in."_s;
    case SignInBy::variable:
        return u"Signed in by %1 of your shell."_s.arg(signIn.with);
    case SignInBy::keychain:
        return u"Signed in by %1, kept in your keychain."_s.arg(signIn.with);
    case SignInBy::thisRun:
        return u"Signed in by %1 until Foundry ends."_s.arg(signIn.with);
    case SignInBy::modelServer:
        return u"Uses the model server of its own configuration: %1"_s.arg(signIn.with);
    case SignInBy::loginFile:
        break;
    }
    const QString until = signIn.expiresAt > 0
        ? u" Its access lasts until %1 and is renewed by Foundry alone."_s.arg(
              QLocale().toString(QDateTime::fromMSecsSinceEpoch(signIn.expiresAt), QLocale::ShortFormat))
        : QString();
    return u"Signed in by your login in %1.%2"_s.arg(signIn.with, until);
}

QString AgentsPage::signInWord() const
{
    const AgentSignIn &signIn = setup().signIn;
    if (signIn.command.isEmpty() || !signIn.commandFound)
        return {};
    return signIn.by == SignInBy::none ? u"Sign in\u2026"_s : u"Sign in again\u2026"_s;
}

QString AgentsPage::signInHint() const
{
    const AgentSignIn &signIn = setup().signIn;
    if (signIn.by == SignInBy::notNeeded)
        return {};
    if (signIn.command.isEmpty())
        return {};
    if (!signIn.commandFound)
        return u"%1 was not found in your shell's PATH; enter a key, or install it and look again."_s.arg(
            signIn.command.section(u' ', 0, 0));
    return u"Runs %1, which may open your browser."_s.arg(signIn.command);
}

bool AgentsPage::isKeyKept() const
{
    return setup().signIn.by == SignInBy::keychain || setup().signIn.by == SignInBy::thisRun;
}

QString AgentsPage::problem() const
{
    if (!m_problem.isEmpty())
        return m_problem;
    return setup().failure ? m_sentence(*setup().failure) : QString();
}

// ---- what a person does ----------------------------------------------------------------------------

void AgentsPage::submit(CommandBody body, std::function<void()> good)
{
    m_problem.clear();
    Q_EMIT changed();
    m_link->submit(std::move(body), this, [this, good = std::move(good)](const event::CommandFinished &finished) {
        m_problem = finished.failure ? m_sentence(*finished.failure) : QString();
        Q_EMIT changed();
        if (!finished.failure && good)
            good();
    });
}

void AgentsPage::install()
{
    submit(command::InstallAgent { chosen() });
}

void AgentsPage::remove()
{
    submit(command::RemoveAgent { chosen() });
}

void AgentsPage::cancel()
{
    submit(command::CancelAgentWork { chosen() });
}

void AgentsPage::give(const QString &variable, bool given)
{
    submit(command::GiveVariable { chosen(), variable.trimmed().left(nameCharacters), given });
}

void AgentsPage::keepKey(const QString &name, const QString &value, bool thisRunOnly)
{
    if (value.trimmed().isEmpty())
        return;
    submit(command::KeepKey { chosen(), name, value, thisRunOnly }, [this] { Q_EMIT keyTaken(); });
}

void AgentsPage::forgetKey()
{
    if (isKeyKept())
        submit(command::KeepKey { chosen(), setup().signIn.with, {}, false });
}

void AgentsPage::beginSignIn()
{
    submit(command::SignIn { chosen() });
}

void AgentsPage::answer(const QString &text)
{
    submit(command::AnswerSignIn { chosen(), text });
}

void AgentsPage::openUrl()
{
    const QUrl url(setup().work.url, QUrl::StrictMode);
    if (url.isValid() && (url.scheme() == u"https" || url.scheme() == u"http"))
        QDesktopServices::openUrl(url);
}

} // namespace foundry
