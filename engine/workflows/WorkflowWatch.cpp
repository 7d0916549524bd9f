// WorkflowRunner: the limit of the whole run, a clock that is set back, and whether anything will move it.
#include "WorkflowRunner.h"

#include <QLoggingCategory>

namespace foundry {

Q_DECLARE_LOGGING_CATEGORY(workflowLog)

// ---- the limit of the whole ----

Millis WorkflowRunner::timeOutAt() const
{
    const RunRecord &run = m_history->run;
    if (run.status != RunStatus::running || run.cancelled || run.failure || m_undoing) // over, or cleaning up
        return 0;
    const Millis limit = m_actor.workflowTimeOut().count();
    return limit > 0 ? run.startedAt + limit : 0;
}

void WorkflowRunner::cutIfTooLong()
{
    const Millis at = timeOutAt();
    if (at == 0 || at > now() || isBetweenWaits() || m_halt || m_flowEnded)
        return;
    m_history->run.failure = foundry::failure(codes::Workflow::timedOut,
                                              u"the whole workflow: %1 ms"_s.arg(m_actor.workflowTimeOut().count()));
    keep(m_history->saveRun());
    tellAllCancelled();
}

// ---- the clock ----

bool WorkflowRunner::isAhead(Millis now) const
{
    if (!m_live || !m_history)
        return false;
    return (timeOutAt() > 0 && m_history->run.startedAt > now)
        || std::ranges::any_of(m_active, [now](const auto *operation) { return operation->aheadBy(now) > 0; });
}

void WorkflowRunner::followClock()
{
    RunRecord &run = m_history->run;
    if (timeOutAt() > 0 && run.startedAt > now()) {
        run.startedAt = now();
        keep(m_history->saveRun());
        m_alarmsChanged = true;
    }
    for (detail::RunningOperation *operation : m_active)
        operation->followClock(now());
}

// Nothing that could be told of a cancelling waits, because the coroutine is about to go on.
bool WorkflowRunner::isBetweenWaits() const
{
    return !m_resumable.empty()
        && std::ranges::none_of(m_active, [](const auto *operation) { return operation->hasWakeCause(); });
}

// ---- watchdog ----

bool WorkflowRunner::isStranded() const
{
    return m_live && m_history && !m_halt && !m_loadFailure && m_history->run.status == RunStatus::running
        && m_resumable.empty()
        && std::ranges::none_of(m_active, [](const auto *operation) { return operation->hasWakeCause(); });
}

// After each turn: whoever sleeps from here on has a cause to wake, or it is told.
void WorkflowRunner::watch()
{
    if (std::exchange(m_strandedTold, isStranded()) || !m_strandedTold)
        return;
    Failure why = foundry::failure(codes::Workflow::misuse, u"the run waits for nothing: it will not move"_s);
    why.correlation = m_cell->ref().text();
    qCInfo(workflowLog).noquote() << m_cell->ref().text() << why.chain();
    m_cell->tell(event::Trouble { std::move(why) });
}

} // namespace foundry
