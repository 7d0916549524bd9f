// Drives one actor's workflow. Everything that moves it is a turn: one transaction in which something is recorded, the
// coroutine runs on to its next waiting, what it begins there is recorded, and the view is told. What a turn starts
// (bodies) starts after that transaction is on disk. A turn that cannot be committed leaves memory and disk apart, so
// the actor wakes anew and replays.
#pragma once

#include "ActorCell.h"
#include "HandlingMark.h"
#include "StepOperation.h"
#include "WorkflowActor.h"
#include "WorkflowHistory.h"

#include <QSet>

namespace foundry {

class WorkflowRunner final : public ActorExtension, public WorkflowView {
public:
    WorkflowRunner(WorkflowActor &actor, const QStringList &messages);
    ~WorkflowRunner() override;

    // ---- ActorExtension ----
    QString schema() const override { return WorkflowHistory::schema(); }
    bool takes(const QString &messageName) const override;
    Result<bool> undeliverable(const OutboxEntry &entry) override;
    Result<void> dismissed() override;
    void started() override;
    void poke() override;
    bool isBusy() const override;
    std::optional<Millis> wakeAt() const override;
    void due() override;
    bool isAhead(Millis now) const override;
    void stop(bool orderly) override;

    // ---- WorkflowView ----
    RunStatus status() const override;
    WorkflowWait wait() const override;
    std::optional<Failure> failure() const override;
    std::vector<WorkflowEntry> entries(size_t from) const override;
    size_t size() const override;
    std::vector<WorkflowEntry> current() const override;
    QString log(const QString &step, int attempt) const override;

    // ---- for operations; all inside a turn ----
    struct Visit {
        HistoryEntry *entry = nullptr; // null: the run is halted, wait for ever
        bool fresh = false;
    };
    Visit visit(WorkflowContext &context, WorkflowEntryKind kind, const QString &name);
    // Ends the turn without a trace and stops this run: diverged, or misused.
    void halt(Failure failure);
    bool isHalted() const { return m_halt.has_value(); }
    // Failures of the store in a turn: the turn is lost.
    void keep(const Result<void> &done);
    void save(HistoryEntry &entry) { keep(history().save(entry)); }
    void activate(detail::RunningOperation &operation);
    void deactivate(detail::RunningOperation &operation);
    void resume(detail::Operation &operation);
    void forget(detail::Operation &operation) { std::erase(m_resumable, &operation); } // it is being destroyed
    void yield(detail::Operation &operation) { m_resumable.push_back(&operation); } // goes on from the turn's own loop
    void afterDurable(std::function<void()> then);
    void changedAlarms() { m_alarmsChanged = true; }
    void gotOn(); // an entry is over: the code is past where it ended the process

    // ---- for operations; from outside ----
    void turn(const std::function<void()> &change);
    void post(std::function<void()> call);
    void progressed();
    // As long as it lives, the death of the process is this run's.
    HandlingMark::Scope markHandling() const;

    WorkflowHistory &history() const { return *m_history; }
    ActorCell &cell() const { return *m_cell; }
    Clock &clock() const;
    Randomness &randomness() const;
    Millis now() const { return clock().now(); }
    bool isPaused() const { return m_history && m_history->run.status == RunStatus::paused; }
    bool isLive() const { return m_live; }
    const QStringList &messages() const { return m_messages; }

    void openVersion(WorkflowContext &context, const QString &name, int newest, int &answer);
    void removed(WorkflowContext &context, const QString &name);
    // Everything that waits inside this scope ends as cancelled.
    void abandon(const QString &scope);
    bool leaves(const WorkflowContext &context); // false: entries were left over, the run is halted
    void addCompensation(const WorkflowContext &context, const QString &name, const StepOptions &options,
                         detail::StepBody body);
    void dropCompensations(const QString &scope);

    Result<void> control(const QString &action, const QJsonValue &argument);
    Result<std::vector<AuditEntry>> audit(qint64 after, int atMost) const;
    Result<QByteArray> exportRun() const;
    Result<void> importRun(const QByteArray &lines); // before started()

private:
    struct Compensation {
        QString name;
        StepOptions options;
        detail::StepBody body;
        QString scope;
        qint64 after = 0; // number of the entry it follows
    };
    Flow<Result<void>> whole();
    void begin();
    void setAside();
    void haltedNow();
    void lose(const Failure &failure);
    Visit visitAgain(WorkflowContext &context, WorkflowEntryKind kind, const QString &name);
    QString misuseOf(const WorkflowContext &context, const QString &name) const;
    void drainResumable();
    void finished();
    void takeOwnMessages();
    void hearChildren();
    void answerWatchers(const std::optional<Failure> &gone = {});
    void enlist(bool finished);
    void applyControls();
    QString apply(const ControlRecord &record);
    void cancelAll();
    void tellAllCancelled();
    bool isBetweenWaits() const;
    Millis timeOutAt() const;
    void cutIfTooLong();
    void followClock();
    Result<void> mayRewind(qint64 number) const;
    QString rewind(qint64 number);
    StepOperation *haltedStep() const;
    bool isFinal() const;
    bool isStranded() const;
    void watch();
    void freeFrames();
    WorkflowEntry entryView(const HistoryEntry &entry) const;
    QString placeText(const WorkflowContext &context) const;

    WorkflowActor &m_actor;
    const QStringList m_messages;
    ActorCell *m_cell = nullptr;
    std::unique_ptr<WorkflowHistory> m_history;
    std::unique_ptr<WorkflowContext> m_context;
    Flow<Result<void>> m_flow;
    bool m_flowEnded = false;
    bool m_undoing = false; // what is registered for a failure runs: neither a cancelling nor a limit ends that
    std::vector<Compensation> m_compensations;
    std::vector<detail::RunningOperation *> m_active; // in order of their beginning
    std::vector<detail::Operation *> m_resumable;
    std::optional<Failure> m_halt;
    std::optional<Failure> m_lost; // of the current turn
    std::optional<Failure> m_loadFailure;
    bool m_live = false; // awake and not stopped
    std::optional<Millis> m_wakeAfterStop;
    bool m_inTurn = false;
    bool m_pokePosted = false;
    bool m_alarmsChanged = false;
    bool m_strandedTold = false;
    Millis m_lastProgress = 0;
    Alarm m_progressLater;
};

} // namespace foundry
