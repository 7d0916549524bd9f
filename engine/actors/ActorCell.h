// One actor while it is not asleep: its store, its object, and its serial loop. One cell is one
// incarnation; what is meant for one never reaches the next.
#pragma once

#include "ActorExtension.h"
#include "ActorOutbox.h"
#include "ActorQueue.h"
#include "ActorRegistry.h"
#include "BackupCopy.h"
#include "Deadlines.h"

#include <deque>

namespace foundry {

struct LaterAnswer::Shared {
    std::function<void(Result<QJsonValue>)> done;
    std::weak_ptr<ActorCell> cell;
    std::weak_ptr<void> system; // the answer goes nowhere once the system is gone
    Deadlines *deadlines = nullptr; // of that system
    std::optional<Deadlines::Entries::iterator> deadline;
    bool set = false;

    ~Shared();
    void finish(Result<QJsonValue> answer);
};

class ActorCell : public std::enable_shared_from_this<ActorCell> {
public:
    enum class Phase { waiting, marking, awake, startFailed, stalled, closing, damaged, closed };
    // What is to be done in the loop: an ephemeral message that wants its answer, or else `run`. `refused` is called
    // instead if the cell ends first.
    struct Work {
        std::function<void()> run;
        std::function<void(const Failure &)> refused;
        Message message = {};
        std::shared_ptr<LaterAnswer::Shared> answer = {};
        void refuse(const Failure &failure) const;
    };
    using Then = std::function<void(Result<void>)>;

    ActorCell(ActorSystem::Private &system, const ActorKind &kind, ActorRow row);
    ~ActorCell();

    Phase phase() const { return m_phase; }
    bool isDying() const { return m_dying; }
    const ActorRef &ref() const { return m_row.ref; }
    const ActorRow &row() const { return m_row; }
    ActorInfo info() const;

    // ---- life (ActorCell.cpp) ----
    void start(); // it is its turn to wake
    // A stalled one answers with what its disk says, or `waits` until that takes something again.
    void whenAwake(Then then, bool waits = false);
    void close(bool orderly, std::function<void()> closed = {});
    void destroy(Then done);
    void refuse(const Failure &failure); // before it started: whoever waits for it is told
    void abandon(); // as a crash: nothing more is written
    bool isIdle() const;
    void considerSleep();
    // False: it is not idle. True says little, but costs nothing.
    bool mayBeIdle() const { return m_phase != Phase::awake || m_idleSince.has_value(); }
    bool sleepIfIdle();
    bool isQuiet() const;
    bool isMoving() const;

    // ---- loop (ActorLoop.cpp) ----
    bool push(Work work); // false: full
    Failure overfull() const; // what push() refuses with
    bool pushMessage(Message message, std::shared_ptr<LaterAnswer::Shared> answer);
    bool hasWork() const { return !m_work.empty(); }
    void runOne();
    void receive(std::vector<OutboxEntry> batch, const QString &sender, Then done); // awake
    void receive(Message message, Then done);
    void handleEphemeral(const Message &message, std::shared_ptr<LaterAnswer::Shared> answer);

    bool takes(const QString &name) const; // it is for the workflow

    // ---- transaction (ActorTransaction.cpp) ----
    Result<void> transact(const std::function<Result<void>()> &body, Durability durability = Durability::full);
    bool isInTransaction() const { return bool(m_transaction); }
    void afterCommit(std::function<void()> then);
    // In a transaction: once it is durable. Outside: once everything committed is. Not at all after a rollback, or when
    // this incarnation ended.
    void afterDurable(std::function<void()> then);
    // Outside a transaction: everything committed is on disk, and whoever waited for that has been called.
    bool isDurable() const;
    void tell(Event event);
    Result<void> send(OutboxEntry entry);
    // `period`: 0 for once, at a time; below nothing for once, after a span of that many ms.
    Result<void> setAlarm(const QString &name, Millis at, Millis period, const Message &message);
    Result<void> cancelAlarm(const QString &name);
    void stateTouched() const;
    // The extension's controls or queue rows changed in this transaction.
    void pokeAfterCommit();
    void alarmsChanged(); // also the extension's wakeAt

    Actor &actor() const { return *m_actor; }
    Database &database() const { return *m_database; }
    ActorQueue &queue() { return *m_queue; }
    ActorSystem::Private &system() const { return m_system; }
    AwakeToken stayAwake();
    LaterAnswer answerLater();
    void post(std::function<void()> call); // in the event loop, if this incarnation still lives
    void restartAfter(Failure failure); // its memory may differ from the disk
    Result<void> undeliverable(const OutboxEntry &entry, const Failure &failure);
    Result<void> retryDeadLetter(qint64 number);
    bool takeWorkflowDeath(); // the last process died in its workflow

private:
    friend class ActorSystem::Private;
    friend class Actor;
    struct Effects {
        std::vector<Event> events;
        std::vector<std::function<void()>> commits;
        std::vector<std::function<void()>> durables;
        std::vector<OutboxEntry> outbox;
        int queued = 0; // messages for the handler
        bool poke = false;
        bool alarms = false;
    };

    void marked(Result<void> durable);
    Result<void> open();
    Migrator &migrator();
    Result<void> bringUp();
    Result<void> loadOutbox();
    void startFailed(Failure failure);
    void answerWaiting(const Result<void> &awake);
    void refuseWork(const Failure &failure);
    void storeClosed();
    std::optional<Millis> nextWake() const;
    void finishDestroy();
    void dieWhenDelivered();
    void notDestroyed(const Failure &failure);

    void handleNextDurable();
    Result<void> countDeath(qint64 sequence);
    void durableFailed(const ActorQueue::Waiting &waiting, const Failure &failure, bool threw);
    void alarmDue();
    void lookAtClock(); // it may have been set back while nobody could look
    bool hasAlarmAhead(Millis now) const;
    bool isAhead() const; // it waits since a time that is still to come
    void followClock();
    Result<void> runDueAlarms();
    void pumpOutbox();
    void loadedOutbox();
    void outboxDurable(qint64 upTo);
    void handOver(const QString &destination);
    void makeOrDismiss(const OutboxEntry &entry, const Then &done);
    void delivered(const QString &destination, size_t count);
    void handedOver(const QString &destination, const std::vector<OutboxEntry> &batch, const Result<void> &result);

    Result<void> runBody(const std::function<Result<void>()> &body);
    Result<void> nested(const std::function<Result<void>()> &body);
    Result<void> saveStates();
    void restoreStates();
    void apply(Effects effects, Durability durability);
    void storageFailed(const Failure &failure);
    void stall(const Failure &failure);
    void tellTrouble(Failure failure);
    void damage(const Failure &failure);
    void layDown(bool aside);
    void setAside();
    void request(std::vector<std::function<void()>> calls);
    void flushRelaxed();
    void giveUpWork();
    void tryResume();

    // ---- backups (ActorBackup.cpp) ----
    void loadBackup(Millis madeAt, bool changed);
    Result<void> noteChange(qint64 changesBefore);
    void considerBackup();
    bool mayBackUp();
    void startBackup();
    void stepBackup();
    void backedUp(const Result<void> &done);
    void dropBackup();
    void addWorkTokens(qint64 count);

    ActorSystem::Private &m_system;
    const ActorKind &m_kind;
    ActorRow m_row;
    Phase m_phase = Phase::waiting;
    std::unique_ptr<Database> m_database;
    std::unique_ptr<ActorQueue> m_queue;
    std::unique_ptr<ActorOutbox> m_outbox;
    std::unique_ptr<Actor> m_actor;

    std::vector<Then> m_waiting; // for awake
    std::deque<Work> m_work;
    std::optional<Transaction> m_transaction;
    Effects m_effects;
    bool m_threw = false;
    std::shared_ptr<LaterAnswer::Shared> m_answer; // of the message being handled
    bool m_answersLater = false;

    int m_unsynced = 0; // callbacks that wait for the disk
    std::vector<std::function<void()>> m_stalledDurables;
    int m_tokens = 0;
    Alarm m_idle; // set anew only when it is over: see m_idleSince
    std::optional<Millis> m_idleSince; // Clock::steady
    Alarm m_alarm;
    Alarm m_retry;
    std::optional<Millis> m_nextAlarm;
    bool m_ranAlarms = false; // since it was set last
    Millis m_lookedAt = 0; // at the wall clock; steady
    Millis m_closingAt = 0; // by the wall clock, which may jump before it is closed
    std::optional<Failure> m_failure;
    std::optional<Failure> m_lostTransaction; // it must wake anew as soon as the disk allows
    int m_failedStarts = 0;
    bool m_workflowDied = false;
    Millis m_nextStart = 0;
    bool m_restart = false; // wake again once closed
    bool m_isReady = false; // in the system's lists
    bool m_isStarting = false;
    bool m_wokeOnce = false; // onWake was called
    std::vector<std::function<void()>> m_relaxed; // wait for the window's end or the next full commit
    Alarm m_relaxedEnd;
    struct {
        Millis due = 0; // not before
        bool changed = false; // since the last one, on disk
        bool underWay = false;
        std::unique_ptr<BackupCopy> copy;
    } m_backup;
    bool m_dying = false; // destroyed but for what its outbox still holds
    bool m_destroying = false;
    std::optional<Millis> m_wakeAfterClose;
    std::vector<std::function<void()>> m_closed;
    std::vector<Then> m_destroyed;
};

Millis restartDelay(int failures);
Millis diskDelay(int failures);
bool isOfTheDisk(const Failure &failure); // it may pass without the actor's doing

} // namespace foundry
