#include "StepOperation.h"

#include "HandlingMark.h"
#include "WorkflowLimits.h"
#include "WorkflowRunner.h"

namespace foundry {

StepOperation::StepOperation(WorkflowContext &context, WorkflowRunner &runner, QString name, StepOptions options,
                             detail::StepBody body, detail::StepCommit committed)
    : RunningOperation(context, runner, std::move(name))
    , m_options(std::move(options))
    , m_body(std::move(body))
    , m_committed(std::move(committed))
    , m_run(*this)
{
}

StepOperation::~StepOperation()
{
    freeAttempt();
}

bool StepOperation::isBusy() const
{
    return m_entry && m_entry->status == StepStatus::running;
}

bool StepOperation::hasWakeCause() const
{
    return m_entry->status != StepStatus::retrying || m_entry->due > 0;
}

bool StepOperation::isHalted() const
{
    return m_entry && m_entry->status == StepStatus::failed && !m_entry->givenBack;
}

bool StepOperation::begin()
{
    const auto visit = m_runner.visit(m_context, WorkflowEntryKind::step, m_name);
    if (!visit.entry)
        return false;
    m_entry = visit.entry;
    m_entry->maxAttempts = m_options.onceOnly ? 1 : m_options.retry.maxAttempts;
    if (visit.fresh) {
        m_entry->subject = m_options.subject;
        m_entry->startedAt = m_runner.now();
        if (m_options.totalTimeOut.count() > 0)
            m_entry->timeOutAt = m_entry->startedAt + m_options.totalTimeOut.count();
        m_runner.activate(*this);
        startAttempt();
        return false;
    }
    if (answerFromRecord())
        return true;
    m_runner.activate(*this);
    if (m_entry->status == StepStatus::running) {
        // The process ended in the middle of it.
        waiter = {};
        settleFailure(failure(codes::Workflow::crashed, u"the program ended during attempt %1"_s.arg(m_entry->attempt),
                              Retry::transient),
                      true);
        return m_entry->isOver();
    }
    if (m_entry->status == StepStatus::retrying && m_entry->due <= m_runner.now()) {
        waiter = {};
        startIfInTime();
        return m_entry->isOver();
    }
    return false;
}

// A retry that is due; a pause or the time without a process may have used up what it had.
void StepOperation::startIfInTime()
{
    const Millis now = m_runner.now();
    if (m_options.startTimeOut.count() > 0 && now - m_entry->due > m_options.startTimeOut.count())
        failFinally(tooLate(m_entry->due));
    else if (m_entry->timeOutAt > 0 && now >= m_entry->timeOutAt)
        failFinally(failure(codes::Workflow::timedOut, u"%1: all attempts"_s.arg(m_name)));
    else
        startAttempt();
}

Failure StepOperation::tooLate(Millis since) const
{
    return failure(codes::Workflow::timedOut,
                   u"%1: did not start within %2 ms, %3 ms passed"_s.arg(m_name)
                       .arg(m_options.startTimeOut.count())
                       .arg(m_runner.now() - since));
}

// The record of the start; the body runs once that is on disk.
void StepOperation::startAttempt()
{
    const Millis now = m_runner.now();
    ++m_entry->attempt;
    m_entry->status = StepStatus::running;
    m_entry->due = 0;
    m_entry->failure.reset();
    m_entry->subStep.clear();
    m_entry->fraction = -1;
    m_entry->lastSignAt = now;
    m_entry->attemptTimeOutAt = m_options.attemptTimeOut.count() > 0 ? now + m_options.attemptTimeOut.count() : 0;
    AttemptRecord record;
    record.number = m_entry->attempt;
    record.startedAt = now;
    m_entry->attempts.push_back(std::move(record));
    if (m_entry->attempts.size() > size_t(limits::attemptsKept))
        m_entry->attempts.erase(m_entry->attempts.begin());
    m_runner.save(*m_entry);
    m_runner.keep(m_runner.history().saveAttempt(*m_entry, {}));
    m_runner.changedAlarms();
    m_runner.afterDurable([this, alive = std::weak_ptr(m_alive), attempt = m_entry->attempt] {
        if (!alive.expired())
            launch(attempt);
    });
}

void StepOperation::launch(int attempt)
{
    if (!m_active || !m_runner.isLive() || m_entry->attempt != attempt || m_entry->status != StepStatus::running)
        return;
    freeAttempt();
    const Millis scheduled = m_entry->attempts.back().startedAt;
    if (m_options.startTimeOut.count() > 0 && m_runner.now() - scheduled > m_options.startTimeOut.count()) {
        m_runner.turn([&] { settleFailure(tooLate(scheduled), false); });
        return;
    }
    armTimers();
    const auto handling = m_runner.markHandling(); // a body may end the process too
    m_running = m_body(m_run);
    m_running.start([this, alive = std::weak_ptr(m_alive), attempt](Result<QJsonValue> result) {
        // From the loop: whoever completed it may be in the middle of a handler, and its frame is still on the stack.
        m_runner.post([this, alive, attempt, result = std::move(result)] {
            if (!alive.expired())
                ended(attempt, result);
        });
    });
}

void StepOperation::armTimers()
{
    const Millis now = m_runner.now();
    if (m_options.attemptTimeOut.count() > 0) {
        m_attemptTimer = m_runner.clock().after(m_options.attemptTimeOut, [this] {
            cutOff(failure(codes::Workflow::timedOut, u"%1: attempt %2"_s.arg(m_name).arg(m_entry->attempt),
                           Retry::transient));
        });
    }
    if (m_entry->timeOutAt > 0) {
        m_totalTimer
            = m_runner.clock().after(std::chrono::milliseconds(std::max<Millis>(m_entry->timeOutAt - now, 0)), [this] {
                  cutOff(failure(codes::Workflow::timedOut, u"%1: all attempts"_s.arg(m_name)));
              });
    }
    signOfLife();
}

void StepOperation::signOfLife()
{
    m_entry->lastSignAt = m_runner.now();
    if (m_options.heartbeat.count() > 0) {
        m_heartbeat = m_runner.clock().after(m_options.heartbeat, [this] {
            cutOff(failure(codes::Workflow::noSignOfLife, u"%1: attempt %2"_s.arg(m_name).arg(m_entry->attempt),
                           Retry::transient));
        });
    }
}

void StepOperation::freeAttempt()
{
    m_attemptTimer = {};
    m_totalTimer = {};
    m_heartbeat = {};
    m_running.reset();
    m_effects.clear();
    m_log.clear();
}

// A body that reached its end, from the loop.
void StepOperation::ended(int attempt, Result<QJsonValue> result)
{
    if (!m_active || !m_runner.isLive() || m_entry->attempt != attempt || m_entry->status != StepStatus::running)
        return;
    m_attemptTimer = {};
    m_totalTimer = {};
    m_heartbeat = {};
    m_runner.turn([&] {
        if (!result) {
            settleFailure(std::move(result).error(), false);
            return;
        }
        // Its effects are undone together if one of them fails.
        const auto effects = std::exchange(m_effects, {});
        const auto committed = m_runner.cell().transact([&]() -> Result<void> {
            const qsizetype size = QJsonDocument(QJsonArray { *result }).toJson(QJsonDocument::Compact).size();
            if (size > limits::stepResult)
                return foundry::fail(
                    codes::Storage::tooLarge,
                    u"result of %1: %2 bytes, at most %3"_s.arg(m_name).arg(size).arg(limits::stepResult));
            for (const auto &effect : effects) {
                if (auto done = effect(); !done)
                    return done;
            }
            return m_committed ? m_committed(*result) : Result<void>();
        });
        if (committed)
            succeed(*result);
        else
            settleFailure(committed.error(), false);
    });
}

void StepOperation::succeed(const QJsonValue &value)
{
    m_entry->attempts.back().endedAt = m_runner.now();
    m_runner.keep(m_runner.history().saveAttempt(*m_entry, {}));
    settle(StepStatus::done, value);
    m_runner.resume(*this);
}

// The body is told by being destroyed: nothing of it can arrive later.
void StepOperation::cutOff(Failure failure)
{
    m_running.reset();
    m_runner.post([this, alive = std::weak_ptr(m_alive), attempt = m_entry->attempt, failure = std::move(failure)] {
        if (alive.expired() || !m_active || m_entry->attempt != attempt || m_entry->status != StepStatus::running)
            return;
        m_runner.turn([&] { settleFailure(failure, true); });
    });
}

void StepOperation::endAttempt(const Failure &failure)
{
    AttemptRecord &attempt = m_entry->attempts.back();
    attempt.endedAt = m_runner.now();
    attempt.failure = failure;
    m_runner.keep(m_runner.history().saveAttempt(*m_entry, logText()));
    freeAttempt();
}

bool StepOperation::mayTryAgain(const Failure &failure) const
{
    if (m_options.onceOnly || !failure.isTransient())
        return false;
    const int used = m_entry->attempt - m_entry->budgetFrom;
    return m_options.retry.maxAttempts == 0 || used < m_options.retry.maxAttempts;
}

Millis StepOperation::backOff() const
{
    double delay = double(m_options.retry.firstDelay.count());
    const int used = m_entry->attempt - m_entry->budgetFrom;
    for (int i = 1; i < used && delay < double(m_options.retry.cap.count()); ++i)
        delay *= m_options.retry.factor;
    delay = std::min(delay, double(m_options.retry.cap.count()));
    return Millis(delay * (1 - m_options.retry.jitter * m_runner.randomness().fraction()));
}

void StepOperation::settleFailure(Failure cause, bool wasCutOff)
{
    if (cause.correlation.isEmpty())
        cause.correlation = m_name;
    endAttempt(cause);
    if (m_options.onceOnly && (wasCutOff || cause.retry == Retry::onceOnly)) {
        giveBack(failure(codes::Workflow::unknownOutcome, m_name, Retry::onceOnly).because(std::move(cause)));
        m_runner.resume(*this);
        return;
    }
    if (!mayTryAgain(cause)) {
        if (cause.isTransient()) // out of attempts
            cause = failure(codes::Workflow::exhausted,
                            u"%1 failed after %2 attempts"_s.arg(m_name).arg(m_entry->attempt))
                        .because(std::move(cause));
        failFinally(std::move(cause));
        return;
    }
    const Millis due = m_runner.now() + backOff();
    if (m_entry->timeOutAt > 0 && due >= m_entry->timeOutAt) {
        failFinally(failure(codes::Workflow::timedOut, u"%1: all attempts"_s.arg(m_name)).because(std::move(cause)));
        return;
    }
    if (due <= m_runner.now() && !m_runner.isPaused()) {
        startAttempt(); // in the same transaction
        return;
    }
    m_entry->status = StepStatus::retrying;
    m_entry->failure = std::move(cause);
    m_entry->due = due;
    m_runner.save(*m_entry);
    m_runner.changedAlarms();
}

void StepOperation::failFinally(Failure failure)
{
    if (m_options.ifItFails == IfItFails::giveBack) {
        giveBack(std::move(failure));
        m_runner.resume(*this);
        return;
    }
    m_entry->status = StepStatus::failed;
    m_entry->endedAt = m_runner.now();
    m_entry->due = 0;
    m_entry->failure = std::move(failure);
    m_runner.save(*m_entry);
    m_runner.changedAlarms();
}

void StepOperation::due()
{
    if (m_entry->status == StepStatus::retrying)
        startIfInTime();
}

void StepOperation::abandon()
{
    const Failure cancelled = failure(codes::Workflow::cancelled, m_name);
    if (m_entry->status == StepStatus::running)
        endAttempt(cancelled);
    giveBack(cancelled);
}

void StepOperation::cancel()
{
    abandon();
    m_runner.resume(*this);
}

void StepOperation::retryByHand()
{
    m_entry->budgetFrom = m_entry->attempt;
    m_entry->endedAt = 0;
    if (m_options.totalTimeOut.count() > 0)
        m_entry->timeOutAt = m_runner.now() + m_options.totalTimeOut.count();
    startAttempt();
}

void StepOperation::skip(const QJsonValue &result)
{
    settle(StepStatus::skipped, result);
    m_runner.resume(*this);
}

bool StepOperation::interrupt()
{
    const Failure stopped = failure(codes::Workflow::stopped, m_name);
    if (m_entry->status == StepStatus::running)
        endAttempt(stopped);
    else if (m_entry->status != StepStatus::retrying)
        return false;
    m_entry->status = StepStatus::failed;
    m_entry->endedAt = m_runner.now();
    m_entry->due = 0;
    m_entry->failure = stopped;
    m_runner.save(*m_entry);
    m_runner.changedAlarms();
    return true;
}

// An orderly end of the program is not the attempt's fault: it is made again at once and does not count.
void StepOperation::stop(bool orderly)
{
    if (!m_entry || m_entry->status != StepStatus::running || !orderly || m_options.onceOnly) {
        freeAttempt();
        return;
    }
    endAttempt(failure(codes::Workflow::stopped, u"the program was closed"_s, Retry::transient));
    ++m_entry->budgetFrom;
    m_entry->status = StepStatus::retrying;
    m_entry->due = m_runner.now();
    m_runner.save(*m_entry);
}

QString StepOperation::logText() const
{
    return m_log.join(u'\n');
}

} // namespace foundry
