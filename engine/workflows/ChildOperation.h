// Another actor's workflow as one entry. The record of the child and the messages that make it leave in one
// transaction, and its key holds the entry's number, so there is one child whatever crashes between.
#pragma once

#include "StepOperation.h"
#include "WorkflowMessages.h"

namespace foundry {

class ActorCell;

class ChildOperation final : public detail::RunningOperation {
public:
    ChildOperation(WorkflowContext &context, WorkflowRunner &runner, QString name, QString kind, QJsonObject input,
                   IfCancelled ifCancelled)
        : RunningOperation(context, runner, std::move(name))
        , m_kind(std::move(kind))
        , m_input(std::move(input))
        , m_ifCancelled(ifCancelled)
    {
    }
    bool begin() override;
    void due() override { }
    void cancel() override;
    void abandon() override;
    void ended(const WorkflowEnded &end);

    static ActorRef childOf(const HistoryEntry &entry);
    static Result<void> tellCancelled(ActorCell &cell, const HistoryEntry &entry); // in a transaction

private:
    const QString m_kind;
    const QJsonObject m_input;
    const IfCancelled m_ifCancelled;
};

} // namespace foundry
