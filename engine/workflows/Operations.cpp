// What timers, messages and everything that waits have in common.
#include "StepOperation.h"
#include "WorkflowLimits.h"
#include "WorkflowRunner.h"

namespace foundry::detail {

// ---- RunningOperation ----

RunningOperation::~RunningOperation()
{
    m_runner.forget(*this);
    if (m_active)
        m_runner.deactivate(*this);
}

bool RunningOperation::answerFromRecord()
{
    if (!m_entry->isOver())
        return false;
    if (m_entry->status == StepStatus::failed)
        outcome = std::unexpected(m_entry->failure.value_or(failure(codes::Workflow::badRecord, m_name)));
    else
        outcome = m_entry->value();
    return true;
}

void RunningOperation::settle(StepStatus status, const QJsonValue &value)
{
    m_entry->status = status;
    m_entry->endedAt = m_runner.now();
    m_entry->due = 0;
    m_entry->failure.reset();
    m_entry->setValue(value);
    m_runner.save(*m_entry);
    m_runner.gotOn();
    outcome = value;
    m_runner.deactivate(*this);
}

void RunningOperation::giveBack(Failure failure)
{
    m_entry->status = StepStatus::failed;
    m_entry->givenBack = true;
    m_entry->endedAt = m_runner.now();
    m_entry->due = 0;
    m_entry->failure = failure;
    m_runner.save(*m_entry);
    m_runner.gotOn();
    outcome = std::unexpected(std::move(failure));
    m_runner.deactivate(*this);
}

void RunningOperation::abandon()
{
    giveBack(failure(codes::Workflow::cancelled, m_name));
}

void RunningOperation::cancel()
{
    abandon();
    m_runner.resume(*this);
}

Millis RunningOperation::aheadBy(Millis now) const
{
    if (m_entry->due == 0 && m_entry->timeOutAt == 0)
        return 0;
    Millis newest = m_entry->startedAt;
    if (!m_entry->attempts.empty())
        newest = std::max({ newest, m_entry->attempts.back().startedAt, m_entry->attempts.back().endedAt });
    return std::max<Millis>(newest - now, 0);
}

void RunningOperation::followClock(Millis now)
{
    const Millis ahead = aheadBy(now);
    if (ahead == 0)
        return;
    const auto move = [ahead](Millis &time) { time -= time > 0 ? ahead : 0; };
    move(m_entry->startedAt);
    move(m_entry->timeOutAt);
    if (!isByTheClock())
        move(m_entry->due);
    m_runner.save(*m_entry);
    if (!m_entry->attempts.empty()) {
        move(m_entry->attempts.back().startedAt);
        move(m_entry->attempts.back().endedAt);
        m_runner.keep(m_runner.history().moveAttempt(*m_entry));
    }
    m_runner.changedAlarms();
}

// ---- SleepOperation ----

bool SleepOperation::begin()
{
    const auto visit = m_runner.visit(m_context, WorkflowEntryKind::sleep, m_name);
    if (!visit.entry)
        return false;
    m_entry = visit.entry;
    if (!visit.fresh && answerFromRecord())
        return true;
    if (visit.fresh) {
        m_entry->status = StepStatus::waiting;
        m_entry->startedAt = m_runner.now();
        m_entry->due = m_at > 0 ? m_at : m_entry->startedAt + m_span;
        m_runner.save(*m_entry);
    } else if (m_entry->due <= m_runner.now()) { // it passed while nobody was awake
        settle(StepStatus::done, {});
        return true;
    }
    m_runner.activate(*this);
    return false;
}

void SleepOperation::due()
{
    settle(StepStatus::done, {});
    m_runner.resume(*this);
}

// ---- ReceiveOperation ----

bool ReceiveOperation::begin()
{
    for (const QString &message : m_messages) {
        if (!m_runner.messages().contains(message)) {
            m_runner.halt(failure(codes::Workflow::misuse,
                                  u"%1 receives %2, which the actor does not list"_s.arg(m_name, message)));
            return false;
        }
    }
    const auto visit = m_runner.visit(m_context, WorkflowEntryKind::receive, m_name);
    if (!visit.entry)
        return false;
    m_entry = visit.entry;
    if (!visit.fresh && answerFromRecord())
        return true;
    if (visit.fresh) {
        m_entry->status = StepStatus::waiting;
        m_entry->startedAt = m_runner.now();
        m_entry->due = m_timeOut > 0 ? m_entry->startedAt + m_timeOut : 0;
    }
    m_entry->detail = QJsonArray::fromStringList(m_messages);
    if (take())
        return true;
    if (!visit.fresh && m_entry->due > 0 && m_entry->due <= m_runner.now()) {
        giveBack(failure(codes::Workflow::timedOut, m_name));
        return true;
    }
    if (visit.fresh)
        m_runner.save(*m_entry);
    m_runner.activate(*this);
    return false;
}

// Out of the queue in the same transaction that records it here.
bool ReceiveOperation::take()
{
    ActorQueue &queue = m_runner.cell().queue();
    QJsonArray taken;
    qsizetype bytes = 0;
    do {
        const auto waiting = queue.nextOf(m_messages);
        if (!waiting)
            m_runner.keep(std::unexpected(waiting.error()));
        if (!waiting || !*waiting)
            break;
        const Message &message = (*waiting)->message;
        if (m_atMost > 1)
            bytes += json::compact(message.payload).size();
        if (!taken.isEmpty() && bytes > limits::receiveBytes)
            break;
        m_runner.keep(queue.remove(message.sequence));
        taken.append(json::toJson(Received { message.name, message.payload, message.sender }));
    } while (taken.size() < m_atMost);
    if (taken.isEmpty())
        return false;
    settle(StepStatus::done, m_atMost > 0 ? QJsonValue(taken) : taken.first());
    return true;
}

bool ReceiveOperation::wants()
{
    if (!take())
        return false;
    m_runner.resume(*this);
    return true;
}

void ReceiveOperation::due()
{
    if (wants())
        return;
    giveBack(failure(codes::Workflow::timedOut, m_name));
    m_runner.resume(*this);
}

} // namespace foundry::detail
