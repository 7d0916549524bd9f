// What a workflow waits for, alive: steps, timers, messages. Owned by the coroutine's frame.
#pragma once

#include "Clock.h"
#include "WorkflowContext.h"
#include "WorkflowHistory.h"

namespace foundry::detail {

// Waits, with an entry of its own.
class RunningOperation : public Operation {
public:
    RunningOperation(WorkflowContext &context, WorkflowRunner &runner, QString name)
        : m_context(context)
        , m_runner(runner)
        , m_name(std::move(name))
    {
    }
    ~RunningOperation() override;
    HistoryEntry &entry() const { return *m_entry; }
    bool isActive() const { return m_active; }

    // All inside a turn:
    virtual void due() = 0; // entry().due has come
    virtual bool wants() { return false; } // a message may be there; true: it took one
    virtual void cancel(); // ends with Workflow::cancelled, given back
    virtual void abandon(); // the same, and nobody is told: its branch has lost
    virtual bool isBusy() const { return false; }
    // It waits for a time of the clock's, not for a span of time.
    virtual bool isByTheClock() const { return false; }
    // By how much the newest of its record is still to come: the clock was set back meanwhile. 0: it is not.
    Millis aheadBy(Millis now) const;
    // Its record moves with the clock, so that a span does not become longer by as much; in a turn.
    void followClock(Millis now);
    // Something will move it: a timer, a message, a body, a hand.
    virtual bool hasWakeCause() const { return true; }
    // Outside: the frame goes, the store stays as it is (orderly: an interruption is recorded).
    virtual void stop(bool) { }

protected:
    void settle(StepStatus status, const QJsonValue &value);
    void giveBack(Failure failure);
    bool answerFromRecord();

    friend class foundry::WorkflowRunner;
    WorkflowContext &m_context;
    WorkflowRunner &m_runner;
    const QString m_name;
    HistoryEntry *m_entry = nullptr;
    bool m_active = false;
};

class SleepOperation final : public RunningOperation {
public:
    SleepOperation(WorkflowContext &context, WorkflowRunner &runner, QString name, Millis span, Millis at)
        : RunningOperation(context, runner, std::move(name))
        , m_span(span)
        , m_at(at)
    {
    }
    bool begin() override;
    void due() override;
    bool isByTheClock() const override { return m_at > 0; }

private:
    const Millis m_span; // or
    const Millis m_at;
};

class ReceiveOperation final : public RunningOperation {
public:
    ReceiveOperation(WorkflowContext &context, WorkflowRunner &runner, QString name, QStringList messages,
                     Millis timeOut, int atMost = 0)
        : RunningOperation(context, runner, std::move(name))
        , m_messages(std::move(messages))
        , m_timeOut(timeOut)
        , m_atMost(atMost)
    {
    }
    bool begin() override;
    void due() override;
    bool wants() override;
    const QStringList &messages() const { return m_messages; }

private:
    bool take();
    const QStringList m_messages;
    const Millis m_timeOut;
    const int m_atMost; // 0: one, not as a list
};

} // namespace foundry::detail

namespace foundry {

class StepOperation final : public detail::RunningOperation {
public:
    StepOperation(WorkflowContext &context, WorkflowRunner &runner, QString name, StepOptions options,
                  detail::StepBody body, detail::StepCommit committed);
    ~StepOperation() override;

    bool begin() override;
    void due() override;
    void cancel() override;
    void abandon() override;
    bool isBusy() const override;
    bool hasWakeCause() const override;
    void stop(bool orderly) override;

    // Inside a turn.
    bool isHalted() const; // failed or stopped, waits for a hand
    void retryByHand();
    void skip(const QJsonValue &result);
    bool interrupt(); // false: there is nothing to interrupt

private:
    friend class StepRun;
    friend class WorkflowRunner;
    void startAttempt();
    void startIfInTime();
    void launch(int attempt);
    Failure tooLate(Millis since) const;
    void ended(int attempt, Result<QJsonValue> result);
    void succeed(const QJsonValue &value);
    void cutOff(Failure failure);
    void settleFailure(Failure failure, bool wasCutOff);
    void endAttempt(const Failure &failure);
    void failFinally(Failure failure);
    Millis backOff() const;
    bool mayTryAgain(const Failure &failure) const;
    void armTimers();
    void signOfLife();
    void freeAttempt();
    QString logText() const;

    const StepOptions m_options;
    const detail::StepBody m_body;
    const detail::StepCommit m_committed;
    StepRun m_run;
    Async<Result<QJsonValue>> m_running;
    std::vector<std::function<Result<void>()>> m_effects;
    QStringList m_log;
    Alarm m_attemptTimer;
    Alarm m_totalTimer;
    Alarm m_heartbeat;
    std::shared_ptr<int> m_alive = std::make_shared<int>(0);
};

} // namespace foundry
