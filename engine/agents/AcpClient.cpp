#include "AcpClient.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace foundry {

namespace {

Failure as(Failure refused, codes::Agent code)
{
    if (refused.is(codes::Agent::refused))
        refused.code = code;
    return refused;
}

QString lastLines(const QByteArray &tail)
{
    constexpr qsizetype shown = 2'000;
    return QString::fromUtf8(tail.right(shown)).trimmed();
}

QJsonObject sessionParameters(const QString &cwd)
{
    return { { u"cwd"_s, cwd }, { u"mcpServers"_s, QJsonArray() } };
}

// We read and write nothing for the agent: it has its own files in its sandbox.
QJsonObject clientCapabilities()
{
    const QJsonObject files { { u"readTextFile"_s, false }, { u"writeTextFile"_s, false } };
    return { { u"fs"_s, files }, { u"terminal"_s, false } };
}

} // namespace

AcpClient::AcpClient(Clock &clock, std::unique_ptr<AgentTransport> transport, AcpCallbacks callbacks, AgentFiles *files,
                     AcpTimes times)
    : m_clock(clock)
    , m_transport(std::move(transport))
    , m_callbacks(std::move(callbacks))
    , m_files(files)
    , m_times(times)
    , m_lastSignAt(clock.now())
    , m_lastSignSteady(clock.steady())
    , m_windowStart(clock.steady())
    , m_permissionPrefix(u"p%1-"_s.arg(QString::number(clock.now(), 36)))
{
    m_transport->bytesReceived = [this](const QByteArray &bytes) { take(bytes); };
    m_transport->closed = [this](const AgentExit &exit) { agentEnded(exit); };
}

AcpClient::~AcpClient()
{
    *m_alive = false;
}

// ---- calls --------------------------------------------------------------------------------------

Async<AcpClient::Answer> AcpClient::call(QString method, QJsonObject parameters, std::chrono::milliseconds limit)
{
    if (m_over)
        co_return std::unexpected(*m_over);
    const Pending pending { m_calls, m_nextId++ };
    Promise<Answer> arrives;
    m_calls->emplace(pending.id, arrives);
    m_lastSignSteady = m_clock.steady();
    sendFrame({ { u"id"_s, pending.id }, { u"method"_s, method }, { u"params"_s, parameters } });

    Alarm alarm;
    if (limit.count() > 0) {
        alarm = m_clock.after(limit, [arrives, method, limit] {
            arrives.set(fail(codes::Agent::silent,
                             u"no answer to %1 within %2 s"_s.arg(method).arg(double(limit.count()) / 1000),
                             Retry::transient));
        });
    }
    auto answer = co_await arrives;
    co_return answer;
}

Async<Result<AgentAbilities>> AcpClient::initialize()
{
    const QJsonObject info { { u"name"_s, u"foundry"_s },
                             { u"title"_s, u"Foundry"_s },
                             { u"version"_s, QStringLiteral(FOUNDRY_VERSION) } };
    const QJsonObject parameters { { u"protocolVersion"_s, protocolVersion },
                                   { u"clientCapabilities"_s, clientCapabilities() },
                                   { u"clientInfo"_s, info } };
    auto calling = call(u"initialize"_s, parameters, m_times.start);
    auto answer = co_await calling;
    if (!answer)
        co_return std::unexpected(std::move(answer.error()));
    const QJsonValue version = (*answer)[u"protocolVersion"];
    if (version.toInt(-1) != protocolVersion)
        co_return fail(codes::Agent::versionUnsupported,
                       u"the agent speaks protocol %1, this program %2"_s.arg(version.toVariant().toString())
                           .arg(protocolVersion));

    m_started = true;
    const QJsonObject capabilities = (*answer)[u"agentCapabilities"].toObject();
    const QJsonObject agent = (*answer)[u"agentInfo"].toObject();
    m_abilities.name = agent[u"name"].toString();
    m_abilities.title = agent[u"title"].toString(m_abilities.name);
    m_abilities.version = agent[u"version"].toString();
    m_abilities.loadSession = capabilities[u"loadSession"].toBool();
    m_abilities.resumeSession = capabilities[u"sessionCapabilities"][u"resume"].isObject();
    for (const auto &value : (*answer)[u"authMethods"].toArray()) {
        const QJsonObject method = value.toObject();
        m_abilities.authMethods.push_back(
            { method[u"id"].toString(), method[u"name"].toString(), method[u"description"].toString() });
    }
    co_return m_abilities;
}

// True when the agent let itself be signed in without a person.
Async<bool> AcpClient::authenticate()
{
    const QStringList methods = m_signInMethods;
    for (const QString &wanted : methods) {
        const bool offered = std::any_of(m_abilities.authMethods.cbegin(), m_abilities.authMethods.cend(),
                                         [&wanted](const AuthMethod &m) { return m.id == wanted; });
        if (!offered)
            continue;
        auto calling = call(u"authenticate"_s, QJsonObject { { u"methodId"_s, wanted } }, m_times.start);
        auto answer = co_await calling;
        if (answer)
            co_return true;
    }
    co_return false;
}

// A session/new, load or resume with one try to sign in between.
Async<AcpClient::Answer> AcpClient::openSession(QString method, QJsonObject parameters)
{
    auto calling = call(method, parameters, m_times.session);
    auto answer = co_await calling;
    if (answer || !answer.error().is(codes::Agent::needsSignIn))
        co_return answer;
    auto signing = authenticate();
    const bool signedIn = co_await signing;
    if (signedIn) {
        auto again = call(method, parameters, m_times.session);
        auto second = co_await again;
        if (second || !second.error().is(codes::Agent::needsSignIn))
            co_return second;
    }
    QStringList ways;
    for (const AuthMethod &way : m_abilities.authMethods)
        ways << (way.description.isEmpty() ? way.name : way.name + u": "_s + way.description);
    co_return fail(codes::Agent::needsSignIn, ways.isEmpty() ? answer.error().detail : ways.join(u'\n'));
}

Async<Result<OpenedSession>> AcpClient::newSession(QString cwd)
{
    m_session.clear();
    auto opening = openSession(u"session/new"_s, sessionParameters(cwd));
    auto answer = co_await opening;
    if (!answer)
        co_return std::unexpected(as(std::move(answer.error()), codes::Agent::sessionFailed));
    m_session = (*answer)[u"sessionId"].toString();
    if (m_session.isEmpty())
        co_return fail(codes::Agent::badProtocol, u"session/new was answered without a sessionId"_s);
    co_return opened(*answer, false);
}

Async<Result<OpenedSession>> AcpClient::loadSession(QString agentSession, QString cwd)
{
    QStringList methods;
    if (m_abilities.loadSession)
        methods << u"session/load"_s;
    if (m_abilities.resumeSession)
        methods << u"session/resume"_s;
    Failure lost = failure(codes::Agent::sessionLost, u"the agent can neither load nor resume a session"_s);
    m_session = agentSession; // its history comes before the answer
    for (const QString &method : methods) {
        QJsonObject parameters = sessionParameters(cwd);
        parameters.insert(u"sessionId"_s, agentSession);
        auto opening = openSession(method, parameters);
        auto answer = co_await opening;
        if (answer)
            co_return opened(*answer, method == u"session/load");
        lost = as(std::move(answer.error()), codes::Agent::sessionLost);
        if (!lost.is(codes::Agent::sessionLost))
            break;
    }
    m_session.clear();
    co_return std::unexpected(std::move(lost));
}

Result<OpenedSession> AcpClient::opened(const QJsonObject &answer, bool replayed)
{
    m_hasModes = answer[u"modes"].isObject();
    m_options = readOptions(answer);
    return OpenedSession { m_session, m_options, replayed };
}

Async<Result<PromptEnd>> AcpClient::prompt(QString text)
{
    if (m_over)
        co_return std::unexpected(*m_over);
    const Turn turn { this, m_alive };
    m_prompting = true;
    m_promptCall = m_nextId;
    const QJsonArray blocks { QJsonObject { { u"type"_s, u"text"_s }, { u"text"_s, text } } };
    auto calling = call(u"session/prompt"_s, QJsonObject { { u"sessionId"_s, m_session }, { u"prompt"_s, blocks } },
                        std::chrono::milliseconds(0));
    auto answer = co_await calling;
    co_return promptEnd(std::move(answer));
}

Result<PromptEnd> AcpClient::promptEnd(Answer answer)
{
    if (!answer && m_cancelling && answer.error().is(codes::Agent::refused))
        return PromptEnd { u"cancelled"_s }; // agents that answer a cancelled prompt with an error
    if (!answer)
        return std::unexpected(as(std::move(answer.error()), codes::Agent::promptFailed));
    const QString reason = (*answer)[u"stopReason"].toString();
    if (reason.isEmpty())
        return fail(codes::Agent::badProtocol, u"session/prompt was answered without a stopReason"_s);
    if (m_callbacks.update && (*answer)[u"usage"].isObject()) {
        QJsonObject usage = (*answer)[u"usage"].toObject();
        usage.insert(u"sessionUpdate"_s, u"usage_update"_s);
        m_callbacks.update(readUpdate(usage));
    }
    return PromptEnd { reason };
}

AcpClient::Turn::~Turn()
{
    if (!*alive)
        return;
    client->m_prompting = client->m_cancelling = false;
    client->m_promptCall = 0;
    client->m_cancelLimit.cancel();
}

void AcpClient::cancel()
{
    if (!m_prompting || m_cancelling || m_over)
        return;
    m_cancelling = true;
    notify(u"session/cancel"_s, { { u"sessionId"_s, m_session } });
    armCancelLimit();
    withdrawPermissions(true);
}

void AcpClient::armCancelLimit()
{
    m_cancelLimit = m_clock.after(m_times.cancel, [this] {
        const auto found = m_calls->find(m_promptCall);
        if (found == m_calls->end())
            return;
        const Promise<Answer> prompt = found->second; // setting it may end this object
        const double seconds = double(m_times.cancel.count()) / 1000;
        prompt.set(fail(codes::Agent::silent, u"the turn did not end within %1 s of its cancellation"_s.arg(seconds)));
    });
}

Async<Result<>> AcpClient::tell(QString method, QJsonObject parameters)
{
    parameters.insert(u"sessionId"_s, m_session);
    auto calling = call(method, parameters, m_times.session);
    auto answer = co_await calling;
    if (!answer)
        co_return std::unexpected(std::move(answer.error()));
    if ((*answer)[u"configOptions"].isArray())
        m_options = readOptions(*answer);
    co_return Result<>();
}

Async<Result<>> AcpClient::setMode(QString mode)
{
    // Agents know the mode as a mode or, newer ones, as an option of that category.
    const QString method = m_hasModes ? u"session/set_mode"_s : u"session/set_config_option"_s;
    QJsonObject parameters { { u"modeId"_s, mode } };
    if (!m_hasModes)
        parameters = { { u"configId"_s, u"mode"_s }, { u"value"_s, mode } };
    auto telling = tell(method, parameters);
    auto told = co_await telling;
    if (!told)
        co_return told;
    // Not every agent tells of the change that it was asked for.
    const AcpUpdate chosen = acp::ModeChosen { mode };
    optionsTold(chosen);
    if (m_callbacks.update)
        m_callbacks.update(chosen);
    co_return told;
}

Async<Result<std::vector<SessionOption>>> AcpClient::setOption(QString option, QString value)
{
    const auto known = std::find_if(m_options.cbegin(), m_options.cend(),
                                    [&option](const SessionOption &o) { return o.id == option; });
    const bool boolean = known != m_options.cend() && known->choices.size() == 2 && known->choices[0].value == u"true"
        && known->choices[1].value == u"false";
    if (option == u"mode" && m_hasModes) {
        auto setting = setMode(value);
        auto set = co_await setting;
        if (!set)
            co_return std::unexpected(std::move(set.error()));
        co_return m_options;
    }
    QJsonObject parameters { { u"configId"_s, option }, { u"value"_s, value } };
    if (boolean) {
        parameters.insert(u"type"_s, u"boolean"_s);
        parameters.insert(u"value"_s, value == u"true");
    }
    auto telling = tell(u"session/set_config_option"_s, parameters);
    auto told = co_await telling;
    if (!told)
        co_return std::unexpected(std::move(told.error()));
    for (SessionOption &each : m_options) {
        if (each.id == option)
            each.current = value;
    }
    co_return m_options;
}

Async<bool> AcpClient::close()
{
    if (m_over)
        co_return true;
    cancel();
    m_closing = true;
    withdrawPermissions(true);
    m_closed.emplace();
    Promise<bool> closed = *m_closed;
    m_transport->closeInput();
    m_killLimit = m_clock.after(m_times.close, [this] { m_transport->kill(); });
    const bool done = co_await closed;
    co_return done;
}

std::chrono::milliseconds AcpClient::silentFor() const
{
    // While a person is asked, it is not the agent that is silent.
    if (m_calls->empty() || !m_permissions.empty())
        return std::chrono::milliseconds(0);
    return std::chrono::milliseconds(m_clock.steady() - m_lastSignSteady);
}

QString AcpClient::errorTail() const
{
    return QString::fromUtf8(m_transport->errorTail());
}

// ---- frames out ---------------------------------------------------------------------------------

void AcpClient::sendFrame(QJsonObject frame)
{
    frame.insert(u"jsonrpc"_s, u"2.0"_s);
    m_transport->send(QJsonDocument(frame).toJson(QJsonDocument::Compact));
    if (m_transport->unsent() <= AgentTransport::maxUnsent || m_over || m_stuck.isSet())
        return;
    // Not at once: whoever sends does not expect that this object may end.
    m_stuck = m_clock.after(std::chrono::milliseconds(0), [this] {
        m_transport->kill();
        finish(failure(codes::Agent::silent, u"the agent does not read: %1 bytes wait"_s.arg(m_transport->unsent())));
    });
}

void AcpClient::notify(const QString &method, const QJsonObject &parameters)
{
    sendFrame({ { u"method"_s, method }, { u"params"_s, parameters } });
}

void AcpClient::answer(const QJsonValue &id, const QJsonObject &result)
{
    sendAnswer(id, { { u"id"_s, id }, { u"result"_s, result } });
}

void AcpClient::refuse(const QJsonValue &id, int code, const QString &message)
{
    sendAnswer(id, { { u"id"_s, id }, { u"error"_s, QJsonObject { { u"code"_s, code }, { u"message"_s, message } } } });
}

// ---- the end ------------------------------------------------------------------------------------

void AcpClient::agentEnded(const AgentExit &exit)
{
    const QString tail = lastLines(exit.errorTail);
    if (exit.failedToStart) {
        finish(failure(codes::Agent::startFailed, tail));
        return;
    }
    QString how = exit.crashed ? u"ended by a signal"_s : u"ended with exit code %1"_s.arg(exit.exitCode);
    if (!tail.isEmpty())
        how += u": "_s + tail;
    finish(failure(m_started ? codes::Agent::exited : codes::Agent::startFailed, how));
}

void AcpClient::finish(Failure reason)
{
    if (m_over) {
        if (m_closed)
            m_closed->set(true);
        return;
    }
    m_over = reason;
    m_killLimit.cancel();
    m_cancelLimit.cancel();
    const auto alive = m_alive; // each of these calls may end this object
    const Calls calls = *m_calls;
    for (const auto &[id, promise] : calls)
        promise.set(std::unexpected(reason));
    if (*alive)
        withdrawPermissions(false);
    if (*alive && m_closed)
        m_closed->set(true);
    else if (*alive && m_callbacks.ended && !m_closing)
        m_callbacks.ended(reason);
}

} // namespace foundry
