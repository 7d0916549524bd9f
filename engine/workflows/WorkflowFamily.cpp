// WorkflowRunner: what the runs of parents and children say to each other, and the end of a run to its list.
#include "ChildOperation.h"
#include "WorkflowRunner.h"

namespace foundry {

namespace {

const QString watchName = QString::fromLatin1(WatchWorkflow::name);
const QString endedName = QString::fromLatin1(WorkflowEnded::name);
const QString cancelName = QString::fromLatin1(CancelWorkflow::name);

} // namespace

bool WorkflowRunner::takes(const QString &messageName) const
{
    return m_messages.contains(messageName) || messageName == watchName || messageName == endedName
        || messageName == cancelName;
}

// Those that do not need the coroutine. What cannot be served now (paused, diverged) stays in the queue.
void WorkflowRunner::takeOwnMessages()
{
    if (m_loadFailure)
        return;
    const auto cancelling = m_cell->queue().nextOf({ cancelName });
    const bool cancels = cancelling && *cancelling;
    if (!cancels && !isFinal())
        return;
    const auto taken = m_cell->transact([&]() -> Result<void> {
        m_lost.reset();
        if (cancels) {
            if (!isFinal())
                keep(m_history->addControl(u"cancel"_s, {}));
            keep(m_cell->queue().remove((*cancelling)->message.sequence));
        }
        if (isFinal()) {
            answerWatchers();
            hearChildren();
        }
        return m_lost ? std::unexpected(*m_lost) : Result<void>();
    });
    if (!taken)
        lose(taken.error()); // they are still in the queue, and nothing else would look there
}

// In a turn: an end that nobody waits for any more is dropped.
void WorkflowRunner::hearChildren()
{
    for (;;) {
        const auto waiting = m_cell->queue().nextOf({ endedName });
        if (!waiting)
            keep(std::unexpected(waiting.error()));
        if (!waiting || !*waiting)
            return;
        keep(m_cell->queue().remove((*waiting)->message.sequence));
        const auto end = fromPayload<WorkflowEnded>((*waiting)->message.payload);
        const auto child = std::ranges::find_if(m_active, [&](const detail::RunningOperation *operation) {
            return end && operation->entry().kind == WorkflowEntryKind::child
                && operation->entry().number == end->entry;
        });
        if (child != m_active.end())
            static_cast<ChildOperation *>(*child)->ended(*end);
    }
}

// A child that went before it could be asked, by a clean-up say: its parent waits no longer.
Result<bool> WorkflowRunner::undeliverable(const OutboxEntry &entry)
{
    const auto watch = fromPayload<WatchWorkflow>(entry.message.payload);
    if (entry.message.name != watchName || !watch)
        return false;
    WorkflowEnded end;
    end.entry = watch->entry;
    end.status = RunStatus::ended;
    end.failure = foundry::failure(codes::Actor::missing, entry.to.text());
    const auto added = m_cell->queue().add(toMessage(end), 0, true);
    return added ? Result<bool>(true) : std::unexpected(added.error());
}

// Who waits for the end of a run that goes before it is over hears that.
Result<void> WorkflowRunner::dismissed()
{
    m_lost.reset();
    answerWatchers(foundry::failure(codes::Actor::missing, m_cell->ref().text()));
    return m_lost ? std::unexpected(*m_lost) : Result<void>();
}

// In the transaction that ends the run, and for those that ask later. `gone`: what those hear whose run is not over.
void WorkflowRunner::answerWatchers(const std::optional<Failure> &gone)
{
    for (;;) {
        const auto waiting = m_cell->queue().nextOf({ watchName });
        if (!waiting)
            keep(std::unexpected(waiting.error()));
        if (!waiting || !*waiting)
            return;
        const Message &message = (*waiting)->message;
        if (const auto watch = fromPayload<WatchWorkflow>(message.payload)) {
            WorkflowEnded end;
            end.entry = watch->entry;
            end.status = m_history->run.status;
            end.failure = m_history->run.failure;
            if (gone && !isFinal()) {
                end.status = RunStatus::ended;
                end.failure = gone;
            }
            if (end.status == RunStatus::done)
                end.result = m_actor.workflowResult();
            OutboxEntry answer;
            answer.to = { watch->kind, ActorKey(watch->key), message.sender };
            answer.message = toMessage(end);
            keep(m_cell->send(std::move(answer)));
        }
        keep(m_cell->queue().remove(message.sequence));
    }
}

// On the list of its kind's finished runs, or off it.
void WorkflowRunner::enlist(bool finished)
{
    const RunRetention kept = m_actor.retention();
    if (!kept.isLimited())
        return;
    const QString id = m_cell->ref().id;
    OutboxEntry list;
    list.to = cleanUp::listOf(m_cell->ref().kind);
    list.action = OutboxEntry::Action::spawn;
    keep(m_cell->send(list));
    list.action = OutboxEntry::Action::send;
    list.message
        = finished ? toMessage(FinishedRun { id, now(), kept.age, kept.count }) : toMessage(ReopenedRun { id });
    keep(m_cell->send(std::move(list)));
}

} // namespace foundry
