#include "DemoAgent.h"

#include "Scenario.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonArray>

namespace foundry::demo {

using namespace Qt::StringLiterals;

namespace {

// JSON-RPC 2.0, and of ACP
constexpr int methodNotFound = -32601;
constexpr int invalidParameters = -32602;
constexpr int internalError = -32603;
constexpr int resourceNotFound = -32002;

QString promptText(const QJsonArray &blocks)
{
    QStringList texts;
    for (const auto &block : blocks) {
        const QJsonObject content = block.toObject();
        texts << content[u"text"].toString(content[u"resource"][u"text"].toString());
    }
    return texts.join(u'\n');
}

} // namespace

DemoAgent::DemoAgent(Clock &clock, const QString &pace, std::function<void()> ended)
    : m_clock(clock)
    , m_wire([this](const QJsonObject &frame) { take(frame); }, std::move(ended))
    , m_pace(pace)
{
}

void DemoAgent::take(const QJsonObject &frame)
{
    const QString method = frame[u"method"].toString();
    const QJsonValue id = frame[u"id"];
    if (method.isEmpty()) { // an answer to a permission request
        const auto found = m_asked.find(id.toInteger(-1));
        if (found == m_asked.end())
            return;
        const Promise<QString> asked = found->second;
        m_asked.erase(found);
        asked.set(frame[u"result"][u"outcome"][u"optionId"].toString());
    } else if (!id.isUndefined()) {
        takeRequest(method, id, frame[u"params"].toObject());
    } else if (method == u"session/cancel") {
        cancel();
    }
}

void DemoAgent::takeRequest(const QString &method, const QJsonValue &id, const QJsonObject &parameters)
{
    const bool known = m_session && parameters[u"sessionId"].toString() == m_session->id;
    if (method == u"initialize")
        initialize(id);
    else if (method == u"authenticate")
        m_wire.answer(id, {});
    else if (method == u"session/new")
        newSession(id, parameters);
    else if (method == u"session/load")
        loadSession(id, parameters);
    else if (!method.startsWith(u"session/"))
        m_wire.refuse(id, methodNotFound, u"Method not found: %1"_s.arg(method));
    else if (!known)
        m_wire.refuse(id, resourceNotFound, u"Session not found"_s);
    else if (method == u"session/prompt")
        prompt(id, parameters);
    else if (method == u"session/set_mode")
        setMode(id, parameters[u"modeId"].toString());
    else if (method == u"session/set_config_option")
        setOption(id, parameters);
    else
        m_wire.refuse(id, methodNotFound, u"Method not found: %1"_s.arg(method));
}

void DemoAgent::initialize(const QJsonValue &id)
{
    const QJsonObject prompts { { u"image"_s, false }, { u"audio"_s, false }, { u"embeddedContext"_s, true } };
    const QJsonObject capabilities { { u"loadSession"_s, true }, { u"promptCapabilities"_s, prompts } };
    const QJsonObject info { { u"name"_s, u"foundry-demo-agent"_s },
                             { u"title"_s, u"Demonstration agent"_s },
                             { u"version"_s, QStringLiteral(FOUNDRY_VERSION) } };
    m_wire.answer(id,
                  { { u"protocolVersion"_s, 1 },
                    { u"agentCapabilities"_s, capabilities },
                    { u"agentInfo"_s, info },
                    { u"authMethods"_s, QJsonArray() } });
}

void DemoAgent::newSession(const QJsonValue &id, const QJsonObject &parameters)
{
    const QString folder = parameters[u"cwd"].toString();
    if (!QFileInfo(folder).isDir()) {
        m_wire.refuse(id, invalidParameters, u"%1 is no folder"_s.arg(folder));
        return;
    }
    cancel();
    m_turns = 0;
    m_session = DemoSession::create(folder, m_pace);
    m_wire.answer(id,
                  { { u"sessionId"_s, m_session->id },
                    { u"modes"_s, m_session->modes() },
                    { u"configOptions"_s, m_session->options() } });
    tellCommands();
}

void DemoAgent::loadSession(const QJsonValue &id, const QJsonObject &parameters)
{
    cancel();
    auto loaded = DemoSession::load(parameters[u"sessionId"].toString(), parameters[u"cwd"].toString(), m_pace);
    if (!loaded) {
        m_wire.refuse(id, resourceNotFound, u"Session not found"_s);
        return;
    }
    m_session = std::move(loaded);
    m_turns = 0;
    for (const QJsonObject &update : m_session->history()) {
        if (update[u"sessionUpdate"].toString() == u"user_message_chunk")
            ++m_turns;
        m_wire.notify(u"session/update"_s, { { u"sessionId"_s, m_session->id }, { u"update"_s, update } });
    }
    m_wire.answer(id, { { u"modes"_s, m_session->modes() }, { u"configOptions"_s, m_session->options() } });
    tellCommands();
}

void DemoAgent::tellCommands()
{
    const QJsonObject command { { u"name"_s, u"script"_s },
                                { u"description"_s, u"How to write a script for this demonstration"_s } };
    const QJsonObject update { { u"sessionUpdate"_s, u"available_commands_update"_s },
                               { u"availableCommands"_s, QJsonArray { command } } };
    m_wire.notify(u"session/update"_s, { { u"sessionId"_s, m_session->id }, { u"update"_s, update } });
}

void DemoAgent::prompt(const QJsonValue &id, const QJsonObject &parameters)
{
    if (m_turn) {
        m_wire.refuse(id, internalError, u"A turn is running"_s);
        return;
    }
    const QString text = promptText(parameters[u"prompt"].toArray());
    std::vector<Step> steps = parseScript(text);
    if (text.trimmed() == u"/script")
        steps = { { Verb::say, {}, scriptHelp(), {} } };
    else if (steps.empty())
        steps = scenario(m_session->folder, text);
    ++m_turns;
    m_promptId = id;
    const QJsonObject content { { u"type"_s, u"text"_s }, { u"text"_s, text } };
    m_session->remember({ { u"sessionUpdate"_s, u"user_message_chunk"_s },
                          { u"messageId"_s, u"u%1"_s.arg(m_turns) },
                          { u"content"_s, content } });
    m_ended.reset();
    m_turn = std::make_unique<Turn>(
        m_clock, m_wire, *m_session, std::move(steps), m_turns,
        [this](const QJsonObject &call, const QJsonArray &options) { return ask(call, options); });
    m_turn->start([this](const TurnEnd &end) { turnEnded(end); });
}

void DemoAgent::turnEnded(const TurnEnd &end)
{
    m_ended = std::move(m_turn);
    if (end.stopReason.isEmpty())
        m_wire.refuse(m_promptId, internalError, end.error);
    else
        m_wire.answer(m_promptId, { { u"stopReason"_s, end.stopReason } });
}

void DemoAgent::cancel()
{
    if (!m_turn)
        return;
    m_turn->cancel();
    m_turn.reset();
    m_asked.clear();
    m_wire.answer(m_promptId, { { u"stopReason"_s, u"cancelled"_s } });
}

void DemoAgent::setMode(const QJsonValue &id, const QString &mode)
{
    if (!isMode(mode)) {
        m_wire.refuse(id, invalidParameters, u"No such mode: %1"_s.arg(mode));
        return;
    }
    m_session->mode = mode;
    m_wire.answer(id, {});
    const QJsonObject update { { u"sessionUpdate"_s, u"current_mode_update"_s }, { u"currentModeId"_s, mode } };
    m_wire.notify(u"session/update"_s, { { u"sessionId"_s, m_session->id }, { u"update"_s, update } });
}

void DemoAgent::setOption(const QJsonValue &id, const QJsonObject &parameters)
{
    const QString value = parameters[u"value"].toString();
    if (parameters[u"configId"].toString() != u"pace" || !isPace(value)) {
        m_wire.refuse(id, invalidParameters, u"No such option or value"_s);
        return;
    }
    m_session->pace = value;
    m_wire.answer(id, { { u"configOptions"_s, m_session->options() } });
}

Promise<QString> DemoAgent::ask(const QJsonObject &toolCall, const QJsonArray &options)
{
    Promise<QString> answered;
    const qint64 request = m_nextRequest++;
    m_asked.emplace(request, answered);
    const QJsonObject parameters { { u"sessionId"_s, m_session->id },
                                   { u"toolCall"_s, toolCall },
                                   { u"options"_s, options } };
    m_wire.send(
        { { u"id"_s, request }, { u"method"_s, u"session/request_permission"_s }, { u"params"_s, parameters } });
    return answered;
}

} // namespace foundry::demo
