// AcpClient: what comes from the agent.
#include "AcpClient.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace foundry {

namespace {

// JSON-RPC 2.0, and of ACP (ErrorCode in schema/v1)
constexpr int authenticationRequired = -32000;
constexpr int methodNotFound = -32601;
constexpr int invalidParameters = -32602;
constexpr int internalError = -32603;

QJsonObject cancelledOutcome()
{
    return { { u"outcome"_s, QJsonObject { { u"outcome"_s, u"cancelled"_s } } } };
}

} // namespace

bool AcpClient::floods(qsizetype bytes, qsizetype frames)
{
    constexpr Millis window = 1'000;
    const Millis now = m_clock.steady();
    if (now - m_windowStart >= window) {
        m_windowStart = now;
        m_windowBytes = m_windowFrames = 0;
    }
    m_windowBytes += bytes;
    m_windowFrames += frames;
    return m_windowBytes > maxBytesPerSecond || m_windowFrames > maxFramesPerSecond;
}

void AcpClient::take(const QByteArray &bytes)
{
    if (m_over)
        return;
    m_lastSignAt = m_clock.now();
    m_lastSignSteady = m_clock.steady();
    auto frames = m_parser.feed(bytes);
    if (frames && !m_replaying && floods(bytes.size(), qsizetype(frames->size())))
        frames
            = fail(codes::Agent::flooded,
                   u"more than %1 bytes or %2 frames in one second"_s.arg(maxBytesPerSecond).arg(maxFramesPerSecond));
    if (!frames) {
        m_transport->kill();
        finish(std::move(frames.error()));
        return;
    }
    const auto alive = m_alive;
    for (const QJsonObject &frame : *frames) {
        takeFrame(frame);
        if (!*alive || m_over)
            return;
    }
}

void AcpClient::takeFrame(const QJsonObject &frame)
{
    // A method makes it the agent's own: its ids may equal ours.
    const QString method = frame[u"method"].toString();
    const bool hasId = frame.contains(u"id") && !frame[u"id"].isNull();
    if (!method.isEmpty() && hasId)
        takeRequest(method, frame);
    else if (!method.isEmpty())
        takeNotification(method, frame[u"params"].toObject());
    else if (hasId && (frame.contains(u"result") || frame.contains(u"error")))
        takeAnswer(frame);
    else
        ++m_strange;
}

// Agent::refused, or needsSignIn: which call it was says what a refusal means.
Failure AcpClient::agentError(const QJsonObject &error)
{
    QString detail = error[u"message"].toString();
    const QJsonValue data = error[u"data"];
    QString more = data.isString() ? data.toString() : data[u"details"].toString(data[u"message"].toString());
    if (more.isEmpty() && data.isObject())
        more = QString::fromUtf8(QJsonDocument(data.toObject()).toJson(QJsonDocument::Compact));
    if (!more.isEmpty() && more != detail)
        detail += u": "_s + more;
    const int number = error[u"code"].toInt();
    detail += u" (%1)"_s.arg(number);
    return failure(number == authenticationRequired ? codes::Agent::needsSignIn : codes::Agent::refused, detail);
}

void AcpClient::takeAnswer(const QJsonObject &frame)
{
    const QJsonValue id = frame[u"id"];
    const auto found = m_calls->find(id.isString() ? id.toString().toLongLong() : id.toInteger(-1));
    if (found == m_calls->end()) {
        ++m_strange; // late, after its time limit, or never asked
        return;
    }
    const Promise<Answer> promise = found->second;
    m_calls->erase(found);
    if (frame[u"error"].isObject())
        promise.set(std::unexpected(agentError(frame[u"error"].toObject())));
    else
        promise.set(frame[u"result"].toObject());
}

void AcpClient::takeNotification(const QString &method, const QJsonObject &parameters)
{
    if (method == u"session/update") {
        const QString session = parameters[u"sessionId"].toString();
        if (!m_session.isEmpty() && !session.isEmpty() && session != m_session) {
            ++m_strange; // a session of the agent's own
            return;
        }
        const AcpUpdate update = readUpdate(parameters[u"update"].toObject());
        optionsTold(update);
        if (m_callbacks.update)
            m_callbacks.update(update);
    } else if (method == u"$/cancel_request") {
        const QJsonValue id = parameters[u"requestId"];
        const auto found = std::find_if(m_permissions.cbegin(), m_permissions.cend(),
                                        [&id](const auto &asked) { return asked.second.id == id; });
        if (found == m_permissions.cend())
            return;
        const QString request = found->first;
        answer(id, cancelledOutcome());
        m_permissions.erase(found);
        if (m_callbacks.permissionWithdrawn)
            m_callbacks.permissionWithdrawn(request);
    } else {
        ++m_strange; // `_auth/status_update` and the like
    }
}

void AcpClient::optionsTold(const AcpUpdate &update)
{
    if (const auto *set = std::get_if<acp::OptionsSet>(&update)) {
        m_options = set->options;
    } else if (const auto *mode = std::get_if<acp::ModeChosen>(&update)) {
        for (SessionOption &option : m_options) {
            if (option.id == u"mode" || option.category == u"mode")
                option.current = mode->mode;
        }
    }
}

void AcpClient::takeRequest(const QString &method, const QJsonObject &frame)
{
    const QJsonValue id = frame[u"id"];
    const QJsonObject parameters = frame[u"params"].toObject();
    if (method == u"session/request_permission")
        askPermission(id, parameters);
    else if (method == u"fs/read_text_file")
        readFile(id, parameters);
    else if (method == u"fs/write_text_file")
        writeFile(id, parameters);
    else
        refuse(id, methodNotFound, u"%1 is not offered by this client"_s.arg(method));
}

void AcpClient::askPermission(const QJsonValue &id, const QJsonObject &parameters)
{
    PermissionAsked asked;
    asked.toolCall = readToolCall(parameters[u"toolCall"].toObject());
    asked.title = asked.toolCall.title.value_or(QString());
    QStringList choices;
    for (const auto &value : parameters[u"options"].toArray()) {
        const QJsonObject option = value.toObject();
        choices << option[u"optionId"].toString();
        asked.choices.push_back(
            { choices.last(), option[u"name"].toString(choices.last()), option[u"kind"].toString() });
    }
    // Nobody could answer it, or nobody will.
    if (choices.isEmpty() || m_cancelling || m_closing || int(m_permissions.size()) >= maxPendingPermissions
        || !m_callbacks.permissionAsked) {
        answer(id, cancelledOutcome());
        return;
    }
    asked.requestId = m_permissionPrefix + QString::number(m_nextPermission++);
    m_permissions.emplace(asked.requestId, Asked { id, choices });
    m_callbacks.permissionAsked(asked);
}

bool AcpClient::answerPermission(const QString &requestId, const QString &choice)
{
    const auto found = m_permissions.find(requestId);
    if (found == m_permissions.end() || !found->second.choices.contains(choice))
        return false;
    const QJsonObject outcome { { u"outcome"_s, u"selected"_s }, { u"optionId"_s, choice } };
    answer(found->second.id, { { u"outcome"_s, outcome } });
    m_permissions.erase(found);
    m_lastSignSteady = m_clock.steady(); // the agent's silence counts from here
    return true;
}

void AcpClient::withdrawPermissions(bool tellAgent)
{
    const auto open = std::exchange(m_permissions, {});
    const auto withdrawn = m_callbacks.permissionWithdrawn; // it may end this object
    if (tellAgent) {
        for (const auto &[request, asked] : open)
            answer(asked.id, cancelledOutcome());
    }
    if (!withdrawn)
        return;
    const auto alive = m_alive;
    for (const auto &[request, asked] : open) {
        if (*alive)
            withdrawn(request);
    }
}

void AcpClient::readFile(const QJsonValue &id, const QJsonObject &parameters)
{
    if (!m_files) {
        refuse(id, methodNotFound, u"This client offers no files; use your own"_s);
        return;
    }
    const auto text = m_files->readTextFile(parameters[u"path"].toString());
    if (!text) {
        refuse(id, internalError, text.error().detail);
        return;
    }
    QString content = *text;
    const qint64 line = parameters[u"line"].toInteger(1); // 1-based
    const qint64 limit = parameters[u"limit"].toInteger(-1);
    if (line > 1 || limit >= 0) {
        const QStringList lines = content.split(u'\n').mid(qMax<qint64>(line - 1, 0), limit);
        content = lines.join(u'\n');
    }
    answer(id, { { u"content"_s, content } });
}

void AcpClient::writeFile(const QJsonValue &id, const QJsonObject &parameters)
{
    if (!m_files) {
        refuse(id, methodNotFound, u"This client offers no files; use your own"_s);
        return;
    }
    if (!parameters[u"content"].isString()) {
        refuse(id, invalidParameters, u"content is missing"_s);
        return;
    }
    const auto written = m_files->writeTextFile(parameters[u"path"].toString(), parameters[u"content"].toString());
    if (written)
        answer(id, {});
    else
        refuse(id, internalError, written.error().detail);
}

} // namespace foundry
