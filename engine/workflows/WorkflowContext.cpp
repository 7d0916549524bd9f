#include "WorkflowContext.h"

#include "ChildOperation.h"
#include "JoinOperation.h"
#include "WorkflowLimits.h"
#include "WorkflowRunner.h"

namespace foundry {

namespace {

// An effect on the actor and its record, in one transaction.
class CommitOperation final : public detail::RunningOperation {
public:
    CommitOperation(WorkflowContext &context, WorkflowRunner &runner, QString name,
                    std::function<Result<void>()> effect)
        : RunningOperation(context, runner, std::move(name))
        , m_effect(std::move(effect))
    {
    }
    void due() override { }
    bool begin() override
    {
        const auto visit = m_runner.visit(m_context, WorkflowEntryKind::step, m_name);
        if (!visit.entry)
            return false;
        m_entry = visit.entry;
        if (answerFromRecord())
            return true;
        m_entry->startedAt = m_runner.now();
        auto done = m_runner.cell().transact(m_effect);
        if (done)
            settle(StepStatus::done, {});
        else
            giveBack(std::move(done).error());
        return true;
    }

private:
    const std::function<Result<void>()> m_effect;
};

} // namespace

class LoopOpening final : public detail::RunningOperation {
public:
    LoopOpening(WorkflowContext &context, WorkflowRunner &runner, QString name, QJsonValue initial)
        : RunningOperation(context, runner, std::move(name))
        , m_initial(std::move(initial))
    {
    }
    void due() override { }
    bool begin() override
    {
        const auto visit = m_runner.visit(m_context, WorkflowEntryKind::loop, m_name);
        if (!visit.entry)
            return false;
        m_entry = visit.entry;
        if (visit.fresh) {
            m_entry->status = StepStatus::running;
            m_entry->startedAt = m_runner.now();
            m_entry->setValue(json::toJson(detail::LoopPosition { m_initial, 1, false }));
            m_runner.save(*m_entry);
        }
        if (m_entry->status == StepStatus::running)
            m_context.m_openLoop = m_name;
        outcome = m_entry->value();
        return true;
    }

private:
    const QJsonValue m_initial;
};

// The end of one turn of a loop: its entries go, the state stays. The next turn begins from the runner and not from
// here, so the stack does not grow with the turns.
class LoopClosing final : public detail::Operation {
public:
    LoopClosing(WorkflowContext &outer, const WorkflowContext &inner, QJsonValue state, bool again)
        : m_runner(outer.m_runner)
        , m_outer(outer)
        , m_inner(inner)
        , m_state(std::move(state))
        , m_again(again)
    {
    }
    ~LoopClosing() override { m_runner.forget(*this); }
    bool begin() override
    {
        if (m_runner.isHalted() || m_outer.isReadAgain() || !m_runner.leaves(m_inner))
            return false;
        m_runner.dropCompensations(m_inner.m_scope);
        m_runner.keep(m_runner.history().compact(m_inner.m_scope));
        // The loop's own entry is the last one that the outer context visited: it cannot be used meanwhile.
        HistoryEntry *loop = m_runner.history().at(m_outer.m_scope, m_outer.m_place - 1);
        detail::LoopPosition position;
        json::fromJson(loop->value(), position);
        position.state = m_state;
        position.turn += m_again;
        position.ended = !m_again;
        loop->setValue(json::toJson(position));
        if (!m_again) {
            loop->status = StepStatus::done;
            loop->endedAt = m_runner.now();
            m_outer.m_openLoop.clear();
        }
        m_runner.save(*loop);
        outcome = loop->value();
        if (!m_again)
            return true;
        m_runner.yield(*this);
        return false;
    }

private:
    WorkflowRunner &m_runner;
    WorkflowContext &m_outer;
    const WorkflowContext &m_inner;
    const QJsonValue m_state;
    const bool m_again;
};

namespace {

QString turnScope(const QString &outer, const QString &loop, qint64 turn)
{
    return (outer.isEmpty() ? loop : outer + u'/' + loop) + u'#' + QString::number(turn);
}

} // namespace

WorkflowContext::WorkflowContext(WorkflowRunner &runner, QString scope)
    : m_runner(runner)
    , m_scope(std::move(scope))
{
}

WorkflowContext::WorkflowContext(WorkflowContext &outer, const QString &loop, qint64 turn)
    : m_runner(outer.m_runner)
    , m_scope(turnScope(outer.m_scope, loop, turn))
    , m_last(outer.m_last)
    , m_reading(outer.m_reading)
{
}

std::unique_ptr<detail::Operation> WorkflowContext::makeStep(const QString &name, const StepOptions &options,
                                                             detail::StepBody body, detail::StepCommit committed)
{
    return std::make_unique<StepOperation>(*this, m_runner, name, options, std::move(body), std::move(committed));
}

std::unique_ptr<detail::Operation> WorkflowContext::makeCommit(const QString &name,
                                                               std::function<Result<void>()> effect)
{
    return std::make_unique<CommitOperation>(*this, m_runner, name, std::move(effect));
}

std::unique_ptr<detail::Operation> WorkflowContext::makeChild(const QString &name, const QString &kind,
                                                              const QJsonObject &input, IfCancelled ifCancelled)
{
    return std::make_unique<ChildOperation>(*this, m_runner, name, kind, input, ifCancelled);
}

Awaiting<Received> WorkflowContext::receive(const QString &name, const QStringList &messages,
                                            std::chrono::milliseconds timeOut)
{
    return Awaiting<Received>(
        name, std::make_unique<detail::ReceiveOperation>(*this, m_runner, name, messages, timeOut.count()));
}

Awaiting<std::vector<Received>> WorkflowContext::receiveBatch(const QString &name, const QStringList &messages,
                                                              int atMost, std::chrono::milliseconds timeOut)
{
    return Awaiting<std::vector<Received>>(
        name,
        std::make_unique<detail::ReceiveOperation>(*this, m_runner, name, messages, timeOut.count(),
                                                   std::clamp(atMost, 1, limits::receiveBatch)));
}

Awaiting<void> WorkflowContext::sleep(const QString &name, std::chrono::milliseconds span)
{
    return Awaiting<void>(name, std::make_unique<detail::SleepOperation>(*this, m_runner, name, span.count(), 0));
}

Awaiting<void> WorkflowContext::sleepUntil(const QString &name, Millis at)
{
    return Awaiting<void>(name,
                          std::make_unique<detail::SleepOperation>(*this, m_runner, name, 0, std::max<Millis>(at, 1)));
}

QJsonValue WorkflowContext::recorded(const QString &name, const QJsonValue &fresh)
{
    const auto visit = m_runner.visit(*this, WorkflowEntryKind::value, name);
    if (!visit.entry)
        return fresh;
    if (visit.fresh) {
        visit.entry->status = StepStatus::done;
        visit.entry->startedAt = visit.entry->endedAt = m_runner.now();
        visit.entry->setValue(fresh);
        m_runner.save(*visit.entry);
    }
    return visit.entry->value();
}

Millis WorkflowContext::now(const QString &name)
{
    return recorded(name, m_runner.now()).toInteger();
}
QString WorkflowContext::uuid(const QString &name)
{
    return recorded(name, m_runner.randomness().id()).toString();
}
double WorkflowContext::random(const QString &name)
{
    return recorded(name, m_runner.randomness().fraction()).toDouble();
}

int WorkflowContext::version(const QString &name, int newest)
{
    int answer = newest;
    m_runner.openVersion(*this, name, newest, answer);
    return answer;
}

void WorkflowContext::removed(const QString &name)
{
    m_runner.removed(*this, name);
}

Awaiting<detail::LoopPosition> WorkflowContext::openLoop(const QString &name, const QJsonValue &initial)
{
    return Awaiting<LoopPosition>(name, std::make_unique<LoopOpening>(*this, m_runner, name, initial));
}

Awaiting<detail::LoopPosition> WorkflowContext::closeTurn(const QString &name, const WorkflowContext &inner,
                                                          const QJsonValue &state, bool again)
{
    return Awaiting<LoopPosition>(name, std::make_unique<LoopClosing>(*this, inner, state, again));
}

Awaiting<std::vector<detail::BranchOutcome>>
WorkflowContext::joinBranches(const QString &name, std::vector<std::pair<QString, detail::BranchBody>> branches,
                              detail::JoinEnd end)
{
    return Awaiting<std::vector<detail::BranchOutcome>>(
        name, std::make_unique<JoinOperation>(*this, m_runner, name, std::move(branches), end));
}

void WorkflowContext::addCompensation(const QString &name, const StepOptions &options, detail::StepBody body)
{
    m_runner.addCompensation(*this, name, options, std::move(body));
}

} // namespace foundry
