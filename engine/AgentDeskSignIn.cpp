// AgentDesk: keys, sign-in, and an agent made ready for a sandbox.
#include "AgentDesk.h"

#include <algorithm>

namespace foundry {

namespace {

const QString longLivedToken = u"CLAUDE_CODE_OAUTH_TOKEN"_s; // what `claude setup-token` prints

} // namespace

const AgentSetup *AgentDesk::setupOf(const AgentSettings &settings, const QString &agent) const
{
    const auto found = std::find_if(settings.agents.begin(), settings.agents.end(),
                                    [&agent](const AgentSetup &setup) { return setup.offer.name == agent; });
    return found == settings.agents.end() ? nullptr : &*found;
}

AgentDesk::Work AgentDesk::perform(command::KeepKey wish)
{
    const AgentSettings now = settings();
    const AgentSetup *setup = setupOf(now, wish.agent);
    if (!setup || !setup->signIn.keys.contains(wish.name))
        co_return fail(codes::Agent::unknown, u"%1 takes no key %2"_s.arg(wish.agent, wish.name));
    const bool removed = wish.value.trimmed().isEmpty();
    auto keeping = m_keys.keep(wish.agent, wish.name, wish.value, wish.thisRunOnly);
    if (auto kept = co_await keeping; !kept)
        co_return std::unexpected(kept.error());
    Desk &desk = m_desks[wish.agent];
    desk.failure.reset();
    desk.done = removed    ? u"The key is removed."_s
        : wish.thisRunOnly ? u"Signed in until Foundry ends: the key is in memory only."_s
                           : u"Signed in: the key is in your keychain."_s;
    m_changed();
    tellSettings();
    co_return QString();
}

AgentDesk::Work AgentDesk::perform(command::SignIn wish)
{
    const QStringList login = m_needs.catalogue.loginCommand(wish.agent);
    if (login.isEmpty())
        co_return fail(codes::Agent::signInFailed, u"%1 has no login of its own: enter a key"_s.arg(wish.agent));
    Desk &desk = m_desks[wish.agent];
    if (desk.work.kind != AgentWorkKind::none)
        co_return fail(codes::Agent::busy, desk.work.line);
    auto run = std::make_unique<SignInRun>(m_needs.clock, login, m_environment);
    SignInRun *const running = run.get();
    running->said = [this, agent = wish.agent](const SignInWords &words) {
        AgentWork &work = m_desks[agent].work;
        const AgentWork told { AgentWorkKind::signingIn, words.line.isEmpty() ? work.line : words.line, words.url,
                               words.code, words.asks };
        if (work.kind != AgentWorkKind::signingIn || work == told)
            return;
        work = told;
        tellSettings();
    };
    desk.signIn = std::move(run);
    auto begun = begin(wish.agent, AgentWorkKind::signingIn, login.join(u' '), signingIn(wish.agent, running));
    if (!begun)
        co_return std::unexpected(begun.error());
    co_return QString();
}

Async<Result<QString>> AgentDesk::signingIn(QString agent, SignInRun *run)
{
    auto running = run->run();
    auto words = co_await running;
    if (!words)
        co_return std::unexpected(words.error());
    if (!words->token.isEmpty()) {
        auto keeping = m_keys.keep(agent, longLivedToken, words->token, false);
        if (auto kept = co_await keeping)
            co_return u"Signed in: the token is in your keychain."_s;
        auto holding = m_keys.keep(agent, longLivedToken, words->token, true);
        if (auto held = co_await holding; !held)
            co_return std::unexpected(held.error());
        co_return u"Signed in until Foundry ends: the keychain did not take the token."_s;
    }
    const AgentSettings now = settings();
    const AgentSetup *setup = setupOf(now, agent);
    if (!setup || setup->signIn.by == SignInBy::none)
        co_return fail(codes::Agent::signInFailed, u"it ended well, and yet there is no login: %1"_s.arg(words->line));
    co_return u"Signed in."_s;
}

AgentDesk::Work AgentDesk::perform(command::AnswerSignIn wish)
{
    Desk &desk = m_desks[wish.agent];
    if (!desk.signIn)
        co_return fail(codes::Agent::signInFailed, u"no sign-in waits for an answer"_s);
    desk.signIn->write(wish.text);
    co_return QString();
}

// ---- for sessions ----------------------------------------------------------------------------------

Async<Result<PreparedAgent>> AgentDesk::prepare(QString agent, command::Freedom freedom, SandboxRecord record)
{
    auto launch = m_needs.catalogue.launch(agent, freedom);
    if (m_shell.reading && !(launch && launch->demonstration)) { // the bundled one has nothing of the person's
        Promise<bool> known;
        m_waiting.push_back(known);
        co_await known;
        launch = m_needs.catalogue.launch(agent, freedom);
    }
    if (!launch)
        co_return std::unexpected(launch.error());
    PreparedAgent prepared { std::move(*launch), {} };
    if (!prepared.launch.keptKeys.isEmpty()) {
        auto reading = m_keys.values(agent);
        auto values = co_await reading;
        if (!values)
            co_return std::unexpected(values.error());
        prepared.launch.environment.insert(*values);
    }
    for (const AgentFile &file : prepared.launch.files) {
        if (file.rotates) {
            auto lending = m_logins.lend(agent, file, record);
            auto lent = co_await lending;
            if (!lent)
                co_return std::unexpected(lent.error());
            prepared.files.push_back(std::move(lent->file));
            prepared.launch.environment.insert(lent->environment);
            if (lent->port > 0)
                prepared.launch.ports.push_back(lent->port);
            continue;
        }
        auto content = readAgentFile(file);
        if (!content)
            co_return std::unexpected(content.error());
        prepared.files.push_back({ file.target, std::move(*content), true });
    }
    co_return prepared;
}

void AgentDesk::resumed(const QString &agent, const SandboxRecord &record)
{
    const auto launch = m_needs.catalogue.launch(agent, command::Freedom::askFirst);
    if (!launch)
        return;
    for (const AgentFile &file : launch->files) {
        if (file.rotates)
            m_logins.resume(agent, file, record);
    }
}

void AgentDesk::ended(const SandboxRecord &record)
{
    m_logins.giveBack(record);
}

} // namespace foundry
