// AcpClient: an agent that outlived the program is spoken with as if nothing had been. What a later life knows is a
// snapshot that was stored together with the transcript, and the lines of both directions that came after it.
#include "AcpClient.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace foundry {

QJsonObject AcpClient::snapshot() const
{
    QJsonArray permissions;
    for (const auto &[request, asked] : m_permissions)
        permissions.append(QJsonObject { { u"request"_s, request },
                                         { u"id"_s, asked.id },
                                         { u"choices"_s, QJsonArray::fromStringList(asked.choices) } });
    return { { u"session"_s, m_session },
             { u"nextId"_s, m_nextId },
             { u"prompt"_s, m_prompting ? m_promptCall : 0 },
             { u"cancelling"_s, m_cancelling },
             { u"hasModes"_s, m_hasModes },
             { u"permissions"_s, permissions },
             { u"nextPermission"_s, m_nextPermission },
             { u"permissionPrefix"_s, m_permissionPrefix },
             { u"name"_s, m_abilities.name },
             { u"title"_s, m_abilities.title },
             { u"version"_s, m_abilities.version },
             { u"loads"_s, m_abilities.loadSession },
             { u"resumes"_s, m_abilities.resumeSession } };
}

void AcpClient::resume(const QJsonObject &snapshot, std::vector<SessionOption> options)
{
    m_started = true;
    m_replaying = true;
    m_session = snapshot[u"session"].toString();
    m_nextId = qMax<qint64>(m_nextId, snapshot[u"nextId"].toInteger());
    m_hasModes = snapshot[u"hasModes"].toBool();
    m_options = std::move(options);
    m_nextPermission = snapshot[u"nextPermission"].toInteger(m_nextPermission);
    m_permissionPrefix = snapshot[u"permissionPrefix"].toString(m_permissionPrefix);
    m_abilities.name = snapshot[u"name"].toString();
    m_abilities.title = snapshot[u"title"].toString();
    m_abilities.version = snapshot[u"version"].toString();
    m_abilities.loadSession = snapshot[u"loads"].toBool();
    m_abilities.resumeSession = snapshot[u"resumes"].toBool();
    for (const auto &value : snapshot[u"permissions"].toArray()) {
        Asked asked { value[u"id"], {} };
        for (const auto &choice : value[u"choices"].toArray())
            asked.choices << choice.toString();
        m_permissions.emplace(value[u"request"].toString(), std::move(asked));
    }
    if (const qint64 prompt = snapshot[u"prompt"].toInteger(); prompt > 0)
        resumePrompt(prompt);
    m_cancelling = m_prompting && snapshot[u"cancelling"].toBool();
}

Async<Result<PromptEnd>> AcpClient::awaitPrompt(qint64 id)
{
    const Turn turn { this, m_alive };
    const Pending pending { m_calls, id };
    Promise<Answer> arrives;
    m_calls->emplace(id, arrives);
    auto answer = co_await arrives;
    co_return promptEnd(std::move(answer));
}

void AcpClient::resumePrompt(qint64 id)
{
    if (m_prompting)
        return;
    m_prompting = true;
    m_promptCall = id;
    m_resumed = awaitPrompt(id);
    m_resumed.start([this](Result<PromptEnd> end) {
        const auto tell = m_callbacks.promptEnded; // it may end this object
        if (tell)
            tell(std::move(end));
    });
}

void AcpClient::forgetPrompt()
{
    if (!m_prompting)
        return;
    m_resumed.reset();
    m_prompting = m_cancelling = false;
    m_promptCall = 0;
}

void AcpClient::replay(const QByteArray &line)
{
    const QJsonObject frame = QJsonDocument::fromJson(line).object();
    const QString method = frame[u"method"].toString();
    const QJsonValue id = frame[u"id"];
    if (!method.isEmpty() && id.isDouble()) {
        m_nextId = qMax(m_nextId, id.toInteger() + 1);
        if (method == u"session/prompt")
            resumePrompt(id.toInteger());
        return;
    }
    if (!method.isEmpty()) {
        m_cancelling = m_cancelling || (m_prompting && method == u"session/cancel");
        return;
    }
    std::erase_if(m_owed, [&id](const auto &one) { return one.first == id; });
    const auto found = std::find_if(m_permissions.cbegin(), m_permissions.cend(),
                                    [&id](const auto &asked) { return asked.second.id == id; });
    if (found == m_permissions.cend())
        return;
    const QString request = found->first;
    m_permissions.erase(found);
    if (m_callbacks.permissionSettled)
        m_callbacks.permissionSettled(request, frame[u"result"][u"outcome"][u"optionId"].toString());
}

void AcpClient::replayed()
{
    m_replaying = false;
    for (auto &[id, frame] : std::exchange(m_owed, {}))
        sendFrame(std::move(frame));
    if (m_cancelling && m_prompting)
        armCancelLimit();
}

void AcpClient::sendAnswer(const QJsonValue &id, QJsonObject frame)
{
    if (m_replaying)
        m_owed.emplace_back(id, std::move(frame));
    else
        sendFrame(std::move(frame));
}

} // namespace foundry
