#include "WorkflowRunner.h"

#include "ActorSystemPrivate.h"
#include "WorkflowLimits.h"

#include <QLoggingCategory>

namespace foundry {

Q_LOGGING_CATEGORY(workflowLog, "foundry.workflows")

namespace {

// Coroutine resumptions in one transaction; then others have their turn.
constexpr int resumptionsAtATime = 64;

} // namespace

WorkflowRunner::WorkflowRunner(WorkflowActor &actor, const QStringList &messages)
    : m_actor(actor)
    , m_messages(messages)
{
}

WorkflowRunner::~WorkflowRunner()
{
    freeFrames();
}

Clock &WorkflowRunner::clock() const
{
    return m_cell->system().options.clock;
}
Randomness &WorkflowRunner::randomness() const
{
    return m_cell->system().options.randomness;
}
void WorkflowRunner::post(std::function<void()> call)
{
    m_cell->post(std::move(call));
}
void WorkflowRunner::afterDurable(std::function<void()> then)
{
    m_cell->afterDurable(std::move(then));
}

bool WorkflowRunner::isFinal() const
{
    const RunStatus status = m_history->run.status;
    return status == RunStatus::done || status == RunStatus::ended || status == RunStatus::cancelled;
}

// ---- life ----

void WorkflowRunner::started()
{
    m_cell = cellOf(m_actor);
    m_history = std::make_unique<WorkflowHistory>(m_cell->database());
    m_live = true;
    if (auto loaded = m_history->load(); !loaded) {
        m_loadFailure = loaded.error();
        qCInfo(workflowLog).noquote() << m_cell->ref().text() << loaded.error().chain();
        return;
    }
    if (m_cell->takeWorkflowDeath() && !isFinal()) {
        // Counted before the code that may have caused it runs again.
        ++m_history->run.deaths;
        (void)m_cell->transact([this] { return m_history->saveRun(); });
    }
    if (m_history->run.deaths >= limits::runDeaths && !isFinal()) {
        setAside();
        return;
    }
    if (!isFinal() && !isPaused())
        turn([this] { begin(); });
    poke(); // controls that a crash left
}

// Its code ended the process too often: it is not run again before a person says so (resume).
void WorkflowRunner::setAside()
{
    m_loadFailure = foundry::failure(codes::Workflow::crashed,
                                     u"the program ended %1 times in this workflow"_s.arg(m_history->run.deaths));
    qCInfo(workflowLog).noquote() << m_cell->ref().text() << m_loadFailure->chain();
    (void)m_cell->transact([this]() -> Result<void> {
        m_actor.onWorkflowChanged(*this, true);
        return {};
    });
}

void WorkflowRunner::begin()
{
    RunRecord &run = m_history->run;
    const bool isNew = run.status == RunStatus::none;
    if (isNew) {
        run.status = RunStatus::running;
        run.startedAt = now();
    }
    if (isNew)
        keep(m_history->saveRun());
    followClock();
    m_context.reset(new WorkflowContext(*this, QString()));
    m_compensations.clear();
    m_flowEnded = false;
    m_undoing = false;
    m_flow = whole();
    m_flow.start([this] { m_flowEnded = true; });
    cutIfTooLong();
}

void WorkflowRunner::stop(bool orderly)
{
    if (!m_live)
        return;
    if (orderly && !m_active.empty() && isBusy()) {
        (void)m_cell->transact([this]() -> Result<void> {
            m_lost.reset();
            for (detail::RunningOperation *operation : m_active)
                operation->stop(true);
            return m_lost ? std::unexpected(*m_lost) : Result<void>();
        });
    }
    m_wakeAfterStop = isBusy() ? std::optional(now()) : wakeAt();
    m_live = false;
    freeFrames();
}

void WorkflowRunner::freeFrames()
{
    m_progressLater = {};
    for (detail::RunningOperation *operation : m_active)
        operation->stop(false);
    m_resumable.clear();
    m_flow.reset(); // its operations leave m_active as they go
    m_compensations.clear();
    m_context.reset();
}

bool WorkflowRunner::isBusy() const
{
    if (!m_resumable.empty() && !isPaused())
        return true;
    for (const detail::RunningOperation *operation : m_active) {
        if (operation->isBusy())
            return true;
    }
    return m_pokePosted;
}

std::optional<Millis> WorkflowRunner::wakeAt() const
{
    if (!m_live)
        return m_wakeAfterStop;
    if (isPaused() || m_halt)
        return std::nullopt;
    std::optional<Millis> first;
    if (const Millis at = timeOutAt(); at > 0)
        first = at;
    for (const detail::RunningOperation *operation : m_active) {
        const Millis due = operation->entry().due;
        if (due > 0 && (!first || due < *first))
            first = due;
    }
    return first;
}

// ---- turns ----

void WorkflowRunner::turn(const std::function<void()> &change)
{
    if (!m_live || m_halt)
        return;
    m_lost.reset();
    m_alarmsChanged = false;
    const auto handling = markHandling();
    const auto done = m_cell->transact([&]() -> Result<void> {
        m_inTurn = true;
        change();
        drainResumable();
        if (m_flowEnded && !m_halt && !isFinal())
            finished();
        m_inTurn = false;
        if (m_halt)
            return std::unexpected(*m_halt);
        if (m_lost)
            return std::unexpected(*m_lost);
        m_actor.onWorkflowChanged(*this, true);
        return {};
    });
    m_inTurn = false;
    if (m_halt) {
        haltedNow();
    } else if (!done) {
        lose(done.error());
        return;
    }
    if (m_alarmsChanged || m_halt)
        m_cell->alarmsChanged();
    if (!m_resumable.empty() && !isPaused())
        post([this] { turn([] { }); });
    else if (isFinal())
        freeFrames();
    else
        watch();
}

// What was to be done is not stored: it begins anew from what is.
void WorkflowRunner::lose(const Failure &failure)
{
    m_live = false;
    m_cell->restartAfter(failure);
}

void WorkflowRunner::haltedNow()
{
    qCInfo(workflowLog).noquote() << m_cell->ref().text() << m_halt->chain();
    freeFrames();
    (void)m_history->load(); // what this turn began is not on disk
    (void)m_cell->transact([this]() -> Result<void> {
        m_actor.onWorkflowChanged(*this, true);
        return {};
    });
}

HandlingMark::Scope WorkflowRunner::markHandling() const
{
    return HandlingMark::Scope(*m_cell->system().handling, m_cell->ref().id, HandlingMark::workflow);
}

void WorkflowRunner::gotOn()
{
    if (m_history->run.deaths == 0)
        return;
    m_history->run.deaths = 0;
    keep(m_history->saveRun());
}

void WorkflowRunner::drainResumable()
{
    for (int i = 0; i < resumptionsAtATime && !m_resumable.empty() && !m_halt && !m_lost && !isPaused(); ++i) {
        detail::Operation *operation = m_resumable.front();
        m_resumable.erase(m_resumable.begin());
        std::exchange(operation->waiter, {}).resume(); // it may destroy the operation
    }
}

void WorkflowRunner::resume(detail::Operation &operation)
{
    if (operation.waiter) // else it is being begun and answers at once
        m_resumable.push_back(&operation);
}

void WorkflowRunner::keep(const Result<void> &done)
{
    if (!done && !m_lost)
        m_lost = done.error();
}

void WorkflowRunner::halt(Failure failure)
{
    if (m_halt)
        return;
    failure.correlation = m_cell->ref().text();
    m_halt = std::move(failure);
    if (m_inTurn || !m_live)
        return;
    post([this] { // by a body: its frame is on the stack
        if (m_live && m_halt) {
            haltedNow();
            m_cell->alarmsChanged();
        }
    });
}

void WorkflowRunner::activate(detail::RunningOperation &operation)
{
    operation.m_active = true;
    m_active.push_back(&operation);
    m_alarmsChanged = true;
    operation.followClock(now());
}

void WorkflowRunner::deactivate(detail::RunningOperation &operation)
{
    if (!std::exchange(operation.m_active, false))
        return;
    std::erase(m_active, &operation);
    m_alarmsChanged = true;
}

void WorkflowRunner::finished()
{
    RunRecord &run = m_history->run;
    Result<void> result;
    try {
        result = m_flow.take();
    } catch (const std::exception &thrown) {
        result = fail(codes::Workflow::crashed, QString::fromUtf8(thrown.what()));
    } catch (...) {
        result = fail(codes::Workflow::crashed, u"something was thrown"_s);
    }
    if (!leaves(*m_context))
        return;
    const bool wasCut = run.failure.has_value();
    run.status = run.cancelled ? RunStatus::cancelled : result && !wasCut ? RunStatus::done : RunStatus::ended;
    if (!result && wasCut)
        run.failure = std::move(*run.failure).because(result.error());
    else if (!result)
        run.failure = result.error();
    run.endedAt = now();
    keep(m_history->saveRun());
    answerWatchers();
    enlist(true);
}

// ---- what comes from outside ----

void WorkflowRunner::poke()
{
    if (!m_live || std::exchange(m_pokePosted, true))
        return;
    post([this] {
        m_pokePosted = false;
        if (!m_live)
            return;
        takeOwnMessages();
        applyControls();
        if (m_active.empty() || isPaused())
            return;
        turn([this] {
            hearChildren();
            const auto waiting = m_active;
            for (detail::RunningOperation *operation : waiting) {
                if (operation->isActive())
                    operation->wants();
            }
        });
    });
}

void WorkflowRunner::due()
{
    if (isPaused())
        return;
    turn([this] {
        followClock();
        cutIfTooLong();
        const auto waiting = m_active;
        for (detail::RunningOperation *operation : waiting) {
            if (operation->isActive() && operation->entry().due > 0 && operation->entry().due <= now())
                operation->due();
        }
    });
}

void WorkflowRunner::progressed()
{
    const Millis since = clock().steady() - m_lastProgress;
    if (since >= limits::progressInterval.count() || m_lastProgress == 0) {
        m_progressLater = {};
        m_lastProgress = std::max<Millis>(clock().steady(), 1);
        m_actor.onWorkflowChanged(*this, false);
    } else if (!m_progressLater.isSet()) {
        m_progressLater = clock().after(limits::progressInterval - std::chrono::milliseconds(since), [this] {
            m_progressLater = {};
            m_lastProgress = std::max<Millis>(clock().steady(), 1);
            m_actor.onWorkflowChanged(*this, false);
        });
    }
}

// ---- history ----

QString WorkflowRunner::placeText(const WorkflowContext &context) const
{
    return u"%1 entry %2%3"_s.arg(m_cell->ref().text())
        .arg(context.m_place + 1)
        .arg(context.m_scope.isEmpty() ? QString() : u" of "_s + context.m_scope);
}

WorkflowRunner::Visit WorkflowRunner::visit(WorkflowContext &context, WorkflowEntryKind kind, const QString &name)
{
    if (m_halt)
        return {};
    if (const QString why = misuseOf(context, name); !why.isEmpty()) {
        halt(foundry::failure(codes::Workflow::misuse,
                              u"%1: %2 '%3': %4"_s.arg(placeText(context), enumName(kind), name, why)));
        return {};
    }
    if (context.isReadAgain())
        return visitAgain(context, kind, name);
    HistoryEntry *entry = m_history->at(context.m_scope, context.m_place);
    if (entry && (entry->kind != kind || entry->name != name)) {
        halt(foundry::failure(
            codes::Workflow::diverged,
            u"%1: the code has %2 '%3', the record has %4 '%5', begun by version %6"_s.arg(
                placeText(context), enumName(kind), name, enumName(entry->kind), entry->name, entry->code)));
        return {};
    }
    const bool fresh = !entry;
    if (fresh && m_history->size() >= size_t(limits::workflowEntries)) {
        halt(foundry::failure(codes::Workflow::misuse,
                              u"%1: more than %2 entries"_s.arg(placeText(context)).arg(limits::workflowEntries)));
        return {};
    }
    if (fresh)
        entry = &m_history->append(context.m_scope, kind, name);
    entry->visited = true;
    context.m_names.insert(name);
    context.m_last = entry->number;
    ++context.m_place;
    return { entry, fresh };
}

QString WorkflowRunner::misuseOf(const WorkflowContext &context, const QString &name) const
{
    if (!m_inTurn) {
        QStringList running;
        for (const detail::RunningOperation *operation : m_active)
            running.append(u'\'' + operation->entry().name + u'\'');
        return u"used outside the workflow, while %1 runs"_s.arg(running.join(u", "));
    }
    if (!context.m_openLoop.isEmpty())
        return u"inside '%1' only the context that it gives is used"_s.arg(context.m_openLoop);
    if (context.m_names.contains(name))
        return u"the name is taken"_s;
    if (name.isEmpty() || name.size() > limits::entryName)
        return u"no name, or longer than %1"_s.arg(limits::entryName);
    return {};
}

void WorkflowRunner::abandon(const QString &scope)
{
    const auto isInside = [&](const detail::RunningOperation *operation) {
        const QString &where = operation->entry().scope;
        return where == scope || where.startsWith(scope + u'/') || where.startsWith(scope + u'#');
    };
    // Looked up anew each time: an inner join takes its branches' operations with it.
    for (;;) {
        const auto found = std::ranges::find_if(m_active, isInside);
        if (found == m_active.end())
            return;
        (*found)->abandon();
    }
}

bool WorkflowRunner::leaves(const WorkflowContext &context)
{
    const HistoryEntry *left = m_history->at(context.m_scope, context.m_place);
    if (!left)
        return true;
    halt(foundry::failure(codes::Workflow::diverged,
                          u"%1: the code ends, the record has %2 '%3', begun by version %4"_s.arg(
                              placeText(context), enumName(left->kind), left->name, left->code)));
    return false;
}

void WorkflowRunner::openVersion(WorkflowContext &context, const QString &name, int newest, int &answer)
{
    const HistoryEntry *entry = m_history->at(context.m_scope, context.m_place);
    if (entry && (entry->kind != WorkflowEntryKind::version || entry->name != name)) {
        answer = 1; // it passed here before there was a version
        return;
    }
    const auto seen = visit(context, WorkflowEntryKind::version, name);
    if (!seen.entry)
        return;
    if (seen.fresh) {
        seen.entry->status = StepStatus::done;
        seen.entry->startedAt = seen.entry->endedAt = now();
        seen.entry->setValue(newest);
        save(*seen.entry);
    }
    answer = seen.entry->value().toInt();
    if (answer > newest)
        halt(foundry::failure(codes::Workflow::diverged,
                              u"%1: version %2 of '%3', this program knows up to %4"_s.arg(placeText(context))
                                  .arg(answer)
                                  .arg(name)
                                  .arg(newest)));
}

void WorkflowRunner::removed(WorkflowContext &context, const QString &name)
{
    HistoryEntry *entry = m_history->at(context.m_scope, context.m_place);
    if (!entry || entry->name != name)
        return;
    entry->visited = true;
    ++context.m_place;
}

} // namespace foundry
