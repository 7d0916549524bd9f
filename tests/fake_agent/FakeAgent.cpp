#include "FakeAgent.h"

#include <QJsonDocument>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <unistd.h>

namespace foundry::test {

using namespace Qt::StringLiterals;

namespace {
constexpr int methodNotFound = -32601;
constexpr int internalError = -32603;
constexpr int authenticationRequired = -32000;
constexpr int resourceNotFound = -32002;
const QString sessionId = u"fake-session"_s;

QJsonObject content(const QString &text)
{
    return { { u"type"_s, u"text"_s }, { u"text"_s, text } };
}
} // namespace

FakeAgent::FakeAgent(const QCommandLineParser &flags)
    : m_flags(flags)
{
}

int FakeAgent::number(const char *flag, int otherwise) const
{
    return has(flag) ? text(flag).toInt() : otherwise;
}

bool FakeAgent::silentOn(QStringView what) const
{
    return m_flags.values(u"silent-on"_s).contains(what);
}

int FakeAgent::run()
{
    if (has("slow-stderr")) {
        for (int i = 0; i < 1024; ++i)
            std::fprintf(stderr, "%s line %d\n", std::string(1000, 'e').c_str(), i);
        std::fflush(stderr);
    }
    while (!m_ended) {
        const QJsonObject frame = read();
        if (!frame.isEmpty())
            take(frame);
    }
    while (has("ignore-eof"))
        ::pause(); // until it is killed
    return number("exit-code", 0);
}

QJsonObject FakeAgent::read()
{
    std::string line;
    if (!std::getline(std::cin, line)) {
        m_ended = true;
        return {};
    }
    return QJsonDocument::fromJson(QByteArray::fromStdString(line)).object();
}

void FakeAgent::take(const QJsonObject &frame)
{
    const QString method = frame[u"method"].toString();
    const QJsonValue id = frame[u"id"];
    if (method == u"initialize")
        initialize(id);
    else if (method == u"authenticate" && has("auth-fails"))
        refuse(id, internalError, u"Wrong key"_s);
    else if (method == u"authenticate") {
        m_authenticated = true;
        answer(id, {});
    } else if (method == u"session/new" || method == u"session/load" || method == u"session/resume")
        openSession(method, id);
    else if (method == u"session/prompt")
        prompt(id);
    else if (method == u"session/cancel")
        cancelled();
    else if (method == u"session/set_mode")
        answer(id, {});
    else if (!id.isUndefined() && !method.isEmpty())
        refuse(id, methodNotFound, u"Method not found"_s);
}

void FakeAgent::initialize(const QJsonValue &id)
{
    if (has("crash-on-initialize"))
        crash();
    if (silentOn(u"initialize"))
        return;
    QJsonObject capabilities { { u"loadSession"_s, !has("no-load") } };
    if (has("resume"))
        capabilities.insert(u"sessionCapabilities"_s, QJsonObject { { u"resume"_s, QJsonObject() } });
    const QJsonObject method { { u"id"_s, u"fake-key"_s },
                               { u"name"_s, u"Fake key"_s },
                               { u"description"_s, u"Set FAKE_KEY"_s } };
    QJsonObject result { { u"protocolVersion"_s, has("wrong-version") ? 99 : 1 },
                         { u"agentCapabilities"_s, capabilities } };
    result.insert(u"agentInfo"_s, QJsonObject { { u"name"_s, u"fake-agent"_s }, { u"version"_s, u"1.2.3"_s } });
    if (has("needs-auth"))
        result.insert(u"authMethods"_s, QJsonArray { method });
    answer(id, result);
}

void FakeAgent::openSession(const QString &method, const QJsonValue &id)
{
    if (has("crash-on-session"))
        crash();
    if (silentOn(u"session"))
        return;
    if (has("needs-auth") && !m_authenticated) {
        refuse(id, authenticationRequired, u"Authentication required"_s);
    } else if (method != u"session/new" && has("lost")) {
        refuse(id, resourceNotFound, u"Session not found"_s);
    } else {
        if (method == u"session/load") {
            message(u"user_message_chunk"_s, u"hello"_s);
            message(u"agent_message_chunk"_s, u"Hello from the fake agent."_s);
        }
        const QJsonArray modes { QJsonObject { { u"id"_s, u"ask"_s }, { u"name"_s, u"Ask"_s } },
                                 QJsonObject { { u"id"_s, u"free"_s }, { u"name"_s, u"Free"_s } } };
        QJsonObject result { { u"modes"_s,
                               QJsonObject { { u"currentModeId"_s, u"ask"_s }, { u"availableModes"_s, modes } } } };
        if (method == u"session/new")
            result.insert(u"sessionId"_s, sessionId);
        answer(id, result);
    }
}

void FakeAgent::prompt(const QJsonValue &id)
{
    m_promptId = id;
    m_prompting = true;
    m_updates = 0;
    if (has("crash-on-prompt"))
        crash();
    if (silentOn(u"prompt"))
        return;
    if (has("error-on-prompt")) {
        m_prompting = false;
        refuse(id, internalError, u"The model is not there"_s);
        return;
    }
    if (has("nonsense-only")) {
        for (int i = 0; i < 1000; ++i)
            writeLine("npm warn this is not json");
        return;
    }
    playQuirks();
    playTools();
    const int chunks = number("chunk-count", 3);
    const QString chunk = QString(number("chunk-size", 6), u'x');
    for (int i = 0; i < chunks && m_prompting; ++i)
        message(u"agent_message_chunk"_s, chunk);
    if (m_prompting && !m_ended)
        answer(id, { { u"stopReason"_s, has("stop-reason") ? text("stop-reason") : u"end_turn"_s } });
    m_prompting = false;
}

void FakeAgent::playQuirks()
{
    if (has("flood"))
        writeLine(QByteArray(text("flood").toLongLong(), 'x'));
    for (int i = 0; i < number("flood-frames", 0); ++i)
        message(u"agent_message_chunk"_s, u"x"_s);
    if (has("extra-notifications"))
        send({ { u"method"_s, u"_auth/status_update"_s },
               { u"params"_s, QJsonObject { { u"authStatus"_s, u"ok"_s } } } });
    for (int i = 0; i < (has("unknown-update") ? 2 : 0); ++i)
        update({ { u"sessionUpdate"_s, u"weather_update"_s }, { u"sky"_s, u"blue"_s } });
    if (has("write-file"))
        request(u"fs/write_text_file"_s,
                { { u"path"_s, text("write-file") }, { u"content"_s, u"from the agent\n"_s } });
    if (has("read-file"))
        request(u"fs/read_text_file"_s, { { u"path"_s, text("read-file") } });
    if (has("terminal"))
        request(u"terminal/create"_s, { { u"command"_s, u"echo a && echo b"_s } });
}

void FakeAgent::playTools()
{
    if (has("permission-first"))
        askPermission(u"t-first"_s);
    for (int i = 0; i < number("permissions", 0); ++i)
        askPermission(u"t-%1"_s.arg(i), false);
    for (int i = 0; i < number("permissions", 0) && m_prompting && !m_ended; ++i) {
        const QJsonObject frame = read();
        if (frame.contains(u"method"))
            take(frame);
    }
    if (has("withdraw")) {
        askPermission(u"t-withdrawn"_s, false);
        send({ { u"method"_s, u"$/cancel_request"_s },
               { u"params"_s,
                 QJsonObject { { u"requestId"_s,
                                 has("string-ids") ? QJsonValue(u"req-%1"_s.arg(m_requests - 1))
                                                   : QJsonValue(m_requests - 1) } } } });
    }
    const QJsonObject call { { u"sessionUpdate"_s, u"tool_call"_s },
                             { u"toolCallId"_s, u"t1"_s },
                             { u"title"_s, u"Look"_s },
                             { u"kind"_s, u"read"_s },
                             { u"status"_s, u"in_progress"_s } };
    for (int i = 0; i < (has("duplicate-tool-call") ? 2 : 0); ++i)
        update(call);
    if (has("duplicate-tool-call") || has("update-unknown-tool"))
        update({ { u"sessionUpdate"_s, u"tool_call_update"_s },
                 { u"toolCallId"_s, u"t1"_s },
                 { u"status"_s, u"completed"_s } });
    if (has("tool-output")) {
        const QJsonObject item { { u"type"_s, u"content"_s },
                                 { u"content"_s, content(QString(number("tool-output", 0), u'o') + u"the end"_s) } };
        update({ { u"sessionUpdate"_s, u"tool_call"_s },
                 { u"toolCallId"_s, u"t2"_s },
                 { u"title"_s, u"Talk"_s },
                 { u"status"_s, u"completed"_s },
                 { u"content"_s, QJsonArray { item } } });
    }
}

void FakeAgent::cancelled()
{
    if (!std::exchange(m_prompting, false) || silentOn(u"cancel")) {
        m_prompting = silentOn(u"cancel");
        return;
    }
    answer(m_promptId, { { u"stopReason"_s, u"cancelled"_s } });
}

// ---- frames -------------------------------------------------------------------------------------

void FakeAgent::writeLine(const QByteArray &line)
{
    std::fwrite(line.constData(), 1, size_t(line.size()), stdout);
    std::fputc('\n', stdout);
    std::fflush(stdout);
}

void FakeAgent::send(QJsonObject frame)
{
    if (has("nonsense"))
        writeLine("warning: this is not JSON");
    frame.insert(u"jsonrpc"_s, u"2.0"_s);
    writeLine(QJsonDocument(frame).toJson(QJsonDocument::Compact));
}

void FakeAgent::answer(const QJsonValue &id, const QJsonObject &result)
{
    const QJsonValue told = has("answer-ids-as-text") ? QJsonValue(QString::number(id.toInteger())) : id;
    send({ { u"id"_s, told }, { u"result"_s, has("empty-answers") && m_prompting ? QJsonObject() : result } });
}

void FakeAgent::refuse(const QJsonValue &id, int code, const QString &message)
{
    send({ { u"id"_s, id }, { u"error"_s, QJsonObject { { u"code"_s, code }, { u"message"_s, message } } } });
}

void FakeAgent::update(const QJsonObject &update)
{
    send({ { u"method"_s, u"session/update"_s },
           { u"params"_s, QJsonObject { { u"sessionId"_s, sessionId }, { u"update"_s, update } } } });
    if (has("crash-after") && ++m_updates >= number("crash-after", 0))
        crash();
}

void FakeAgent::message(const QString &kind, const QString &text)
{
    update({ { u"sessionUpdate"_s, kind }, { u"content"_s, content(text) } });
}

void FakeAgent::request(const QString &method, QJsonObject parameters, bool wait)
{
    const int number = m_requests++;
    const QJsonValue id = has("string-ids") ? QJsonValue(u"req-%1"_s.arg(number)) : QJsonValue(number);
    parameters.insert(u"sessionId"_s, sessionId);
    send({ { u"id"_s, id }, { u"method"_s, method }, { u"params"_s, parameters } });
    while (wait && !m_ended && m_prompting) {
        const QJsonObject frame = read();
        if (frame.contains(u"method")) {
            take(frame);
        } else if (frame[u"id"] == id) { // said back, so that a test sees what it was told
            const QJsonObject error = frame[u"error"].toObject();
            message(u"agent_message_chunk"_s,
                    error.isEmpty()
                        ? QString::fromUtf8(QJsonDocument(frame[u"result"].toObject()).toJson(QJsonDocument::Compact))
                        : u"error %1"_s.arg(error[u"code"].toInt()));
            return;
        }
    }
}

void FakeAgent::askPermission(const QString &tool, bool wait)
{
    const auto option = [](const QString &id, const QString &kind) {
        return QJsonObject { { u"optionId"_s, id }, { u"name"_s, id }, { u"kind"_s, kind } };
    };
    const QJsonObject call { { u"toolCallId"_s, tool }, { u"title"_s, u"May I?"_s }, { u"kind"_s, u"execute"_s } };
    request(u"session/request_permission"_s,
            { { u"toolCall"_s, call },
              { u"options"_s, QJsonArray { option(u"yes"_s, u"allow_once"_s), option(u"no"_s, u"reject_once"_s) } } },
            wait);
}

void FakeAgent::crash()
{
    std::fputs("fake-agent: giving up\n", stderr);
    std::fflush(stderr);
    if (has("exit-code"))
        std::_Exit(number("exit-code", 0));
    std::signal(SIGABRT, SIG_DFL);
    std::abort();
}

} // namespace foundry::test
