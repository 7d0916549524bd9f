// WorkflowRunner: the whole of a run, and the undoing of it.
#include "WorkflowRunner.h"

#include <QLoggingCategory>

#include <algorithm>

namespace foundry {

Q_DECLARE_LOGGING_CATEGORY(workflowLog)

// What the actor wrote, and the undoing of it if that failed.
Flow<Result<void>> WorkflowRunner::whole()
{
    auto running = m_actor.run(*m_context);
    Result<void> result = co_await running;
    if (result && !m_history->run.cancelled && !m_history->run.failure) // it may have swallowed that it was cut
        co_return result;
    m_undoing = true;
    std::ranges::stable_sort(m_compensations, {}, &Compensation::after); // replay registers in another order
    for (auto undo = m_compensations.rbegin(); undo != m_compensations.rend(); ++undo) {
        auto operation = m_context->makeStep(undo->name, undo->options, undo->body, {});
        Awaiting<void> undoing(undo->name, std::move(operation));
        auto undone = co_await undoing;
        if (!undone)
            qCInfo(workflowLog).noquote() << m_cell->ref().text() << undone.error().chain();
    }
    co_return result;
}

void WorkflowRunner::addCompensation(const WorkflowContext &context, const QString &name, const StepOptions &options,
                                     detail::StepBody body)
{
    if (context.m_pastRecord)
        return;
    // The steps of the undoing are in the outermost scope, where names of several branches meet.
    const QString whole = context.m_scope.isEmpty() ? name : context.m_scope + u'/' + name;
    m_compensations.push_back({ whole, options, std::move(body), context.m_scope, context.m_last });
}

void WorkflowRunner::dropCompensations(const QString &scope)
{
    std::erase_if(m_compensations,
                  [&](const Compensation &one) { return one.scope == scope || one.scope.startsWith(scope + u'/'); });
}

// In a branch that is over: as far as the record goes, and no further than where the branch was told to stop.
WorkflowRunner::Visit WorkflowRunner::visitAgain(WorkflowContext &context, WorkflowEntryKind kind, const QString &name)
{
    HistoryEntry *entry = m_history->at(context.m_scope, context.m_place);
    if (context.m_pastRecord || !entry || entry->kind != kind || entry->name != name) {
        context.m_pastRecord = true;
        return {};
    }
    entry->visited = true;
    context.m_names.insert(name);
    context.m_last = entry->number;
    ++context.m_place;
    const bool holdsOthers
        = kind == WorkflowEntryKind::join || kind == WorkflowEntryKind::race || kind == WorkflowEntryKind::loop;
    const bool wasStopped = context.m_reading == WorkflowContext::Reading::lost && entry->failure
        && entry->failure->is(codes::Workflow::cancelled);
    return holdsOthers || (entry->isOver() && !wasStopped) ? Visit { entry, false } : Visit {};
}

} // namespace foundry
