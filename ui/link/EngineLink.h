// The window's end of the engine: commands and queries out, events and answers in. Values only.
// GUI thread. In the program app/EngineBridge connects it to the engine's thread; in tests a fake does.
#pragma once

#include <foundry/Answer.h>
#include <foundry/Command.h>
#include <foundry/Event.h>
#include <foundry/Query.h>

#include <QHash>
#include <QObject>
#include <QPointer>

#include <functional>

namespace foundry {

class EngineLink : public QObject {
    Q_OBJECT

public:
    explicit EngineLink(QObject *parent = nullptr);

    // Sends a command under a new id and returns the id; `finished` (optional) is called once with its
    // CommandFinished, unless `context` is gone by then.
    CommandId submit(CommandBody body, QObject *context = nullptr,
                     std::function<void(const event::CommandFinished &)> finished = {});
    // Asks; `answered` is called once, unless `context` is gone by then.
    void ask(QueryBody body, QObject *context, std::function<void(const Result<AnswerBody> &)> answered);

    // The engine's side: called through queued connections.
    void deliver(const Event &event);
    void answer(const Answer &answer);

Q_SIGNALS:
    void received(const foundry::Event &event);
    void submitted(const foundry::Command &command);
    void asked(const foundry::Query &query);

private:
    template <class Call> struct Waiting {
        QPointer<QObject> context;
        Call call;
    };
    QHash<QueryId, Waiting<std::function<void(const Result<AnswerBody> &)>>> m_queries;
    QHash<CommandId, Waiting<std::function<void(const event::CommandFinished &)>>> m_commands;
};

} // namespace foundry
