// WorkflowRunner: a person's operations, and the view.
#include "ChildOperation.h"
#include "WorkflowLimits.h"
#include "WorkflowRunner.h"

namespace foundry {

// ---- controls ----

StepOperation *WorkflowRunner::haltedStep() const
{
    for (detail::RunningOperation *operation : m_active) {
        auto *step = dynamic_cast<StepOperation *>(operation);
        if (step && (step->isHalted() || step->entry().status == StepStatus::retrying))
            return step;
    }
    return nullptr;
}

Result<void> WorkflowRunner::control(const QString &action, const QJsonValue &argument)
{
    if (m_live && action == u"resume" && m_loadFailure && m_history->run.deaths >= limits::runDeaths) {
        m_history->run.deaths = 0;
        auto saved = m_cell->transact([this] { return m_history->saveRun(); });
        if (saved)
            m_cell->afterCommit([this] { m_cell->restartAfter(*m_loadFailure); });
        return saved;
    }
    const bool rewinding = action == u"rewind";
    if (!m_live || m_loadFailure || (!rewinding && (m_halt || isFinal())))
        return fail(codes::Workflow::misuse, u"%1: the run is %2"_s.arg(action, enumName(status())));
    const bool running = std::ranges::any_of(m_active, [](const auto *operation) { return operation->isBusy(); });
    if (((action == u"retryStep" || action == u"skipStep") && !haltedStep() && !isPaused())
        || (action == u"stopStep" && !running && !haltedStep()) || (action == u"resume" && !isPaused())
        || (action == u"pause" && isPaused()))
        return fail(codes::Workflow::misuse, u"%1: the run is %2"_s.arg(action, enumName(status())));
    if (rewinding) {
        if (auto may = mayRewind(argument.toInteger()); !may)
            return may;
    }
    return m_cell->transact([&]() -> Result<void> {
        if (auto added = m_history->addControl(action, argument); !added)
            return added;
        m_cell->pokeAfterCommit();
        return {};
    });
}

void WorkflowRunner::applyControls()
{
    const auto records = m_history->controls();
    if (!records || m_loadFailure)
        return;
    for (const ControlRecord &record : *records) {
        const bool rewinding = record.action == u"rewind";
        if (!m_live || (m_halt && !rewinding))
            return;
        if (record.action == u"cancel" && isBetweenWaits()) { // it would hear nothing of it: at its next wait
            if (isPaused()) // which it never reached
                turn([this] {
                    m_history->run.status = RunStatus::running;
                    keep(m_history->saveRun());
                });
            poke();
            return;
        }
        m_halt.reset(); // a rewind may be what cures it
        turn([&] {
            const QString outcome = isFinal() && !rewinding ? u"the run is over"_s : apply(record);
            keep(m_history->settle(record, now(), outcome));
        });
        if (m_halt && m_live) { // the turn was undone, this record with it: it would come back at each wake
            const QString outcome = m_halt->chain();
            (void)m_cell->transact([&] { return m_history->settle(record, now(), outcome); });
        }
    }
}

QString WorkflowRunner::apply(const ControlRecord &record)
{
    const QString done = u"done"_s;
    if (record.action == u"cancel") {
        cancelAll();
        return done;
    }
    if (record.action == u"rewind")
        return rewind(record.argument.toInteger());
    if (record.action == u"pause" || record.action == u"resume") {
        const bool resuming = record.action == u"resume";
        m_history->run.status = resuming ? RunStatus::running : RunStatus::paused;
        keep(m_history->saveRun());
        m_alarmsChanged = true;
        if (resuming && !m_flow.isValid())
            begin();
        else if (resuming)
            poke();
        return done;
    }
    if (record.action == u"stopStep") {
        bool interrupted = false;
        for (detail::RunningOperation *operation : std::vector(m_active)) {
            if (auto *step = dynamic_cast<StepOperation *>(operation))
                interrupted = step->interrupt() || interrupted;
        }
        return interrupted ? done : u"nothing runs"_s;
    }
    StepOperation *step = haltedStep();
    if (!step)
        return u"no step waits for it"_s;
    if (record.action == u"retryStep")
        step->retryByHand();
    else
        step->skip(record.argument);
    return done;
}

void WorkflowRunner::cancelAll()
{
    RunRecord &run = m_history->run;
    run.cancelled = true;
    if (run.status == RunStatus::paused) {
        run.status = RunStatus::running;
        m_alarmsChanged = true; // a paused one has none, and what is being undone is not told of this
    }
    keep(m_history->saveRun());
    if (!m_flow.isValid())
        begin();
    tellAllCancelled();
}

void WorkflowRunner::tellAllCancelled()
{
    if (m_undoing)
        return;
    for (detail::RunningOperation *operation : std::vector(m_active)) {
        if (std::ranges::find(m_active, operation) != m_active.end())
            operation->cancel();
    }
}

// ---- view ----

RunStatus WorkflowRunner::status() const
{
    if (m_loadFailure)
        return RunStatus::damaged;
    if (!m_history)
        return RunStatus::none;
    if (m_halt)
        return m_halt->is(codes::Workflow::diverged) ? RunStatus::diverged : RunStatus::damaged;
    if (m_history->run.status != RunStatus::running)
        return m_history->run.status;
    for (const detail::RunningOperation *operation : m_active) {
        const auto *step = dynamic_cast<const StepOperation *>(operation);
        if (step && step->isHalted())
            return step->entry().failure && step->entry().failure->is(codes::Workflow::stopped) ? RunStatus::stopped
                                                                                                : RunStatus::failed;
    }
    return RunStatus::running;
}

WorkflowWait WorkflowRunner::wait() const
{
    WorkflowWait wait;
    if (!m_history || m_halt || m_loadFailure || isFinal())
        return wait;
    if (isPaused()) {
        wait.cause = WaitCause::hand;
        return wait;
    }
    if (isStranded()) {
        wait.cause = WaitCause::stranded;
        return wait;
    }
    if (m_active.empty())
        return wait;
    if (m_active.size() > 1) {
        wait.cause = WaitCause::branches;
        return wait;
    }
    const HistoryEntry &entry = m_active.front()->entry();
    wait.step = entry.name;
    wait.attempt = entry.attempt;
    wait.since = entry.startedAt;
    wait.until = entry.due;
    if (entry.kind == WorkflowEntryKind::sleep) {
        wait.cause = WaitCause::timer;
    } else if (entry.kind == WorkflowEntryKind::receive) {
        wait.cause = WaitCause::messages;
        json::fromJson(entry.detail, wait.names);
    } else if (entry.kind == WorkflowEntryKind::child) {
        const ActorRef child = ChildOperation::childOf(entry);
        wait.cause = WaitCause::child;
        wait.names = QStringList(child.kind) + child.key.parts;
    } else if (entry.status == StepStatus::running) {
        wait.cause = WaitCause::step;
        wait.since = entry.attempts.empty() ? entry.startedAt : entry.attempts.back().startedAt;
    } else if (entry.status == StepStatus::retrying) {
        wait.cause = WaitCause::retry;
        wait.attempt = entry.attempt + 1;
    } else {
        wait.cause = WaitCause::hand;
    }
    return wait;
}

std::optional<Failure> WorkflowRunner::failure() const
{
    if (m_loadFailure)
        return m_loadFailure;
    if (m_halt)
        return m_halt;
    if (!m_history)
        return std::nullopt;
    if (m_history->run.failure)
        return m_history->run.failure;
    for (const detail::RunningOperation *operation : m_active) {
        const auto *step = dynamic_cast<const StepOperation *>(operation);
        if (step && step->isHalted())
            return step->entry().failure;
    }
    return std::nullopt;
}

WorkflowEntry WorkflowRunner::entryView(const HistoryEntry &entry) const
{
    WorkflowEntry view;
    view.number = entry.number;
    view.kind = entry.kind;
    view.scope = entry.scope;
    view.givenBack = entry.givenBack;
    view.failure = entry.failure;
    TimelineEntry &line = view.line;
    line.name = entry.name;
    line.subject = entry.subject;
    line.status = entry.status;
    line.attempt = entry.attempt;
    line.maxAttempts = entry.maxAttempts > 0 ? entry.maxAttempts + entry.budgetFrom : 0;
    line.startedAt = entry.startedAt;
    line.attemptStartedAt = entry.attempts.empty() ? entry.startedAt : entry.attempts.back().startedAt;
    line.endedAt = entry.endedAt;
    line.lastSignAt = entry.lastSignAt;
    if (entry.status == StepStatus::running) {
        line.subStep = entry.subStep;
        line.fraction = entry.fraction;
        line.timeOutAt = entry.attemptTimeOutAt > 0 && entry.timeOutAt > 0
            ? std::min(entry.attemptTimeOutAt, entry.timeOutAt)
            : std::max(entry.attemptTimeOutAt, entry.timeOutAt);
    } else {
        line.timeOutAt = entry.kind == WorkflowEntryKind::step ? 0 : entry.due;
        line.nextAttemptAt = entry.status == StepStatus::retrying ? entry.due : 0;
    }
    for (const AttemptRecord &attempt : entry.attempts) {
        if (attempt.failure) {
            line.attempts.push_back(attempt);
            line.hasLog = true;
        }
    }
    return view;
}

size_t WorkflowRunner::size() const
{
    return m_history ? m_history->size() : 0;
}

std::vector<WorkflowEntry> WorkflowRunner::entries(size_t from) const
{
    std::vector<WorkflowEntry> views;
    if (!m_history)
        return views;
    size_t i = 0;
    for (const auto &[number, entry] : m_history->entries()) {
        if (i++ >= from)
            views.push_back(entryView(*entry));
    }
    return views;
}

std::vector<WorkflowEntry> WorkflowRunner::current() const
{
    std::vector<WorkflowEntry> views;
    for (const detail::RunningOperation *operation : m_active)
        views.push_back(entryView(operation->entry()));
    return views;
}

QString WorkflowRunner::log(const QString &step, int attempt) const
{
    for (const detail::RunningOperation *operation : m_active) {
        const auto *running = dynamic_cast<const StepOperation *>(operation);
        if (running && running->entry().name == step && running->entry().attempt == attempt && running->isBusy())
            return running->logText();
    }
    if (!m_history)
        return {};
    const auto &entries = m_history->entries();
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
        if (entry->second->name == step)
            return m_history->log(entry->first, attempt).value_or(QString());
    }
    return {};
}

} // namespace foundry
