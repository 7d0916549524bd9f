#include "JoinOperation.h"

#include "WorkflowRunner.h"

#include <QSet>

namespace foundry {

JoinOperation::JoinOperation(WorkflowContext &context, WorkflowRunner &runner, QString name,
                             std::vector<std::pair<QString, detail::BranchBody>> branches, detail::JoinEnd end)
    : RunningOperation(context, runner, std::move(name))
    , m_end(end)
{
    for (auto &[branch, body] : branches)
        m_branches.push_back(Running { branch, std::move(body), nullptr, {}, {} });
}

JoinOperation::~JoinOperation()
{
    // The frames first: their operations use the contexts.
    for (Running &branch : m_branches)
        branch.flow.reset();
}

bool JoinOperation::begin()
{
    QSet<QString> names;
    for (const Running &branch : m_branches)
        names.insert(branch.name);
    if (size_t(names.size()) != m_branches.size() || m_branches.empty()) {
        m_runner.halt(failure(codes::Workflow::misuse, u"%1: branches need names of their own"_s.arg(m_name)));
        return false;
    }
    const auto visit = m_runner.visit(
        m_context, m_end == detail::JoinEnd::first ? WorkflowEntryKind::race : WorkflowEntryKind::join, m_name);
    if (!visit.entry)
        return false;
    m_entry = visit.entry;
    if (m_entry->isOver()) {
        std::vector<detail::BranchOutcome> outcomes;
        json::fromJson(m_entry->value(), outcomes);
        readAgain(outcomes);
        const bool wasStopped = m_entry->failure && m_entry->failure->is(codes::Workflow::cancelled);
        return !(m_context.m_reading == WorkflowContext::Reading::lost && wasStopped) && answerFromRecord();
    }
    if (m_context.isReadAgain())
        return false;
    if (visit.fresh) {
        m_entry->status = StepStatus::running;
        m_entry->startedAt = m_runner.now();
        m_runner.save(*m_entry);
    }
    m_runner.activate(*this);
    m_context.m_openLoop = m_name;
    for (Running &branch : m_branches) {
        branch.context.reset(new WorkflowContext(m_runner, scopeOf(branch)));
        branch.context->m_last = m_entry->number;
        branch.flow = branch.body(*branch.context);
        branch.flow.start([this, &branch] { ended(branch); });
        if (m_complete || m_runner.isHalted())
            break;
    }
    return m_complete;
}

QString JoinOperation::scopeOf(const Running &branch) const
{
    return (m_context.m_scope.isEmpty() ? QString() : m_context.m_scope + u'/') + m_name + u'/' + branch.name;
}

// What the branches registered with ifItFails is code, not record: they are read once more as far as the record goes.
// Once they are over and at each replay, in the same way, so that the same is undone whether the process died or not.
void JoinOperation::readAgain(const std::vector<detail::BranchOutcome> &outcomes)
{
    for (const Running &branch : m_branches) {
        const QString scope = scopeOf(branch);
        const bool decided = std::ranges::find(outcomes, branch.name, &detail::BranchOutcome::name) != outcomes.end();
        if (!decided && m_runner.history().length(scope) == 0) // it never began
            continue;
        WorkflowContext context(m_runner, scope);
        context.m_last = m_entry->number;
        context.m_reading = decided ? WorkflowContext::Reading::ended : WorkflowContext::Reading::lost;
        auto flow = branch.body(context);
        flow.start([] { });
        flow.reset();
        m_context.m_last = std::max(m_context.m_last, context.m_last);
    }
}

// What comes after the join is undone before what was inside.
void JoinOperation::carryLast()
{
    for (const Running &branch : m_branches) {
        if (branch.context)
            m_context.m_last = std::max(m_context.m_last, branch.context->m_last);
    }
}

// At the end of a branch's coroutine, on its stack: its own frame stays, those of the others may go.
void JoinOperation::ended(Running &branch)
{
    if (m_complete || m_runner.isHalted() || !m_runner.leaves(*branch.context))
        return;
    detail::BranchOutcome reached;
    reached.name = branch.name;
    Result<QJsonValue> result = fail(codes::Workflow::crashed, branch.name);
    try {
        result = branch.flow.take();
    } catch (const std::exception &thrown) {
        result = fail(codes::Workflow::crashed, QString::fromUtf8(thrown.what()));
    } catch (...) {
        result = fail(codes::Workflow::crashed, u"something was thrown"_s);
    }
    if (result)
        reached.value = *result;
    else
        reached.failure = result.error();
    branch.outcome = std::move(reached);
    completeIfDone();
}

void JoinOperation::completeIfDone()
{
    std::vector<detail::BranchOutcome> outcomes;
    for (const Running &branch : m_branches) {
        const bool decides = branch.outcome
            && (m_end == detail::JoinEnd::first || (m_end == detail::JoinEnd::failFast && branch.outcome->failure));
        if (decides) {
            complete({ *branch.outcome });
            return;
        }
        if (branch.outcome)
            outcomes.push_back(*branch.outcome);
    }
    if (outcomes.size() == m_branches.size())
        complete(outcomes);
}

void JoinOperation::complete(const std::vector<detail::BranchOutcome> &outcomes)
{
    m_complete = true;
    m_context.m_openLoop.clear();
    carryLast();
    for (Running &branch : m_branches) {
        if (branch.outcome || !branch.context)
            continue;
        m_runner.abandon(branch.context->m_scope);
        branch.flow.reset();
    }
    if (outcomes.size() < m_branches.size()) {
        // One that lost may have been told to stop between the end of a step and what its code does next.
        for (const Running &branch : m_branches)
            m_runner.dropCompensations(scopeOf(branch));
        readAgain(outcomes);
    }
    settle(StepStatus::done, json::toJson(outcomes));
    m_runner.resume(*this);
}

void JoinOperation::abandon()
{
    m_complete = true;
    carryLast();
    for (Running &branch : m_branches) {
        if (branch.context)
            m_runner.abandon(branch.context->m_scope);
        branch.flow.reset();
    }
    RunningOperation::abandon();
}

} // namespace foundry
