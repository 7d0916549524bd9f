#include "EngineLink.h"

#include <QUuid>

namespace foundry {

EngineLink::EngineLink(QObject *parent)
    : QObject(parent)
{
}

CommandId EngineLink::submit(CommandBody body, QObject *context,
                             std::function<void(const event::CommandFinished &)> finished)
{
    const CommandId id { QUuid::createUuid().toString(QUuid::WithoutBraces) };
    if (finished)
        m_commands.insert(id, { context, std::move(finished) });
    Q_EMIT submitted(Command { id, std::move(body) });
    return id;
}

void EngineLink::ask(QueryBody body, QObject *context, std::function<void(const Result<AnswerBody> &)> answered)
{
    const QueryId id { QUuid::createUuid().toString(QUuid::WithoutBraces) };
    m_queries.insert(id, { context, std::move(answered) });
    Q_EMIT asked(Query { id, std::move(body) });
}

void EngineLink::deliver(const Event &event)
{
    if (const auto *finished = std::get_if<event::CommandFinished>(&event)) {
        const auto waiting = m_commands.take(finished->command);
        if (waiting.call && waiting.context)
            waiting.call(*finished);
    }
    Q_EMIT received(event);
}

void EngineLink::answer(const Answer &answer)
{
    const auto waiting = m_queries.take(answer.id);
    if (waiting.call && waiting.context)
        waiting.call(answer.body);
}

} // namespace foundry
