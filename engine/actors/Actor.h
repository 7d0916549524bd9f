// One living thing with an identity, a store of its own and a serial loop. Handlers run to completion on
// the engine's thread, each inside one transaction of the actor's store: what it changes in the store and
// in its State, what it sends, schedules and tells happens together or not at all.
//
// What survives what. A handler's transaction survives the death of the process as soon as it is
// committed, and power loss when its sync is done; its answer, its events (tell) and its messages leave
// only then. Durability::full starts that sync at once, Durability::relaxed leaves it to the next one, at most
// limits::relaxedWindow later. A durable message is on disk in the sender's outbox with the handler's transaction, and
// is taken out of the destination's queue in the transaction that records its effect: delivered exactly once. Ephemeral
// messages, asks and tellNow survive nothing.
#pragma once

#include "ActorLimits.h"
#include "Async.h"
#include "Clock.h"
#include "Database.h"
#include "Message.h"
#include "Randomness.h"
#include "State.h"

#include <foundry/Event.h>

#include <functional>
#include <memory>

namespace foundry {

class ActorCell;
class ActorExtension;
class ActorSystem;

// While one lives, its actor does not go to sleep. May outlive the actor.
class AwakeToken {
public:
    AwakeToken() = default;
    explicit AwakeToken(std::shared_ptr<void> token)
        : m_token(std::move(token))
    {
    }
    bool isHeld() const { return bool(m_token); }
    void release() { m_token.reset(); }

private:
    std::shared_ptr<void> m_token;
};

// The answer to an ask, given later than the handler's end. Dropping the last copy unanswered answers
// with Actor::stopped. May outlive the actor.
class LaterAnswer {
public:
    struct Shared;
    LaterAnswer() = default;
    explicit LaterAnswer(std::shared_ptr<Shared> shared)
        : m_shared(std::move(shared))
    {
    }
    bool isWaiting() const;
    // Fails: Actor::answeredTwice, also when the deadline has answered already.
    Result<void> set(Result<QJsonValue> answer) const;

private:
    std::shared_ptr<Shared> m_shared;
};

class Actor {
public:
    Actor();
    virtual ~Actor();
    Q_DISABLE_COPY_MOVE(Actor)

protected:
    // Once in the actor's life, before the first onWake, in one transaction with it. A failure leaves
    // nothing behind; the start is tried again later.
    virtual Result<void> onCreate(const QJsonObject &input);
    // At each wake, inside a transaction. A failure is a failed start: tried again with back-off.
    virtual Result<void> onWake();
    // Before the memory goes: at sleep, stop and destroy. Nothing can be stored any more.
    virtual void onSleep();
    // In the last transaction. A failure stops the destroying.
    virtual Result<void> onDestroy();
    // A failure rolls back and is the answer; the message is done nevertheless.
    // A storage failure of the transaction itself keeps a durable message for later.
    virtual Result<QJsonValue> onMessage(const Message &message);

    // ---- for handlers and step bodies ----
    Database &store() const;
    const ActorRef &self() const; // with id
    ActorSystem &system() const;
    Clock &clock() const;
    Randomness &randomness() const;
    bool isInTransaction() const;

    // A transaction of this actor, for what comes from outside its handlers (an agent's frame, a process's
    // end). Runs `body` at once; inside a transaction of this actor it nests: a failure undoes the body's
    // store changes, State changes, messages and events only. Answers the body's failure or the commit's.
    Result<void> transact(const std::function<Result<void>()> &body, Durability durability = Durability::full);

    // Durable, first in first out for each destination. Only inside a transaction.
    // Fails: Actor::messageTooLarge, Actor::queueFull (the outbox).
    template <TypedMessage M>
    Result<void> send(const ActorRef &to, const M &message, const QString &idempotencyKey = {})
    {
        return sendMessage(to, toMessage(message), idempotencyKey);
    }
    Result<void> sendMessage(const ActorRef &to, Message message, const QString &idempotencyKey = {});
    // Durable like send, and in order with it: makes the actor (no effect if it exists), destroys it.
    Result<void> spawn(const ActorRef &child, const QJsonObject &input);
    Result<void> dismiss(const ActorRef &child);

    // Not durable; nobody is told whether it arrived.
    template <TypedMessage M> void sendEphemeral(const ActorRef &to, const M &message)
    {
        sendEphemeralMessage(to, toMessage(message));
    }
    void sendEphemeralMessage(const ActorRef &to, Message message);
    // Fails: what the handler answers; Actor::deadline, missing, startFailed, damaged, stopped, selfWait.
    template <TypedMessage M>
    Async<Result<QJsonValue>> ask(ActorRef to, M message, std::chrono::milliseconds deadline = limits::askDeadline)
    {
        return askMessage(std::move(to), toMessage(message), deadline);
    }
    Async<Result<QJsonValue>> askMessage(ActorRef to, Message message, std::chrono::milliseconds deadline);
    // Inside onMessage: what onMessage returns is not the answer, unless it is a failure.
    LaterAnswer answerLater();

    // Told after the transaction is durable, in order. Outside a transaction: after all that is committed.
    void tell(Event event);
    // At once: telemetry that a restart may lose.
    void tellNow(Event event);
    // Runs after the current transaction is committed (not if it fails), before the next message.
    void afterCommit(std::function<void()> then);
    // The same, once it is durable and this actor is still awake.
    void whenDurable(std::function<void()> then);

    // Durable schedules; a name is set at most once, setting it again replaces it. Only inside a
    // transaction. `every` keeps to the grid first + n * period: late runs are not doubled, and a run
    // whose predecessor still waits is skipped and counted; the first is at most one period from now.
    // `schedule` goes by the wall clock, wherever it is set; `scheduleIn` and `every` are spans of time: one that
    // began before the clock was set back takes at most twice as long.
    // Fails: Actor::queueFull (limits::alarms), badMessage (a period below nothing, a first run too far ahead).
    template <TypedMessage M> Result<void> schedule(const QString &name, Millis at, const M &message)
    {
        return setAlarm(name, at, std::chrono::milliseconds(0), toMessage(message));
    }
    template <TypedMessage M>
    Result<void> scheduleIn(const QString &name, std::chrono::milliseconds span, const M &message)
    {
        return setAlarmIn(name, span, toMessage(message));
    }
    template <TypedMessage M>
    Result<void> every(const QString &name, Millis first, std::chrono::milliseconds period, const M &message)
    {
        return setAlarm(name, first, period, toMessage(message));
    }
    Result<void> cancelSchedule(const QString &name);

    AwakeToken stayAwake();

private:
    friend class ActorCell;
    friend class ActorExtension;
    friend class StateBase;
    friend class WorkflowActor;
    Result<void> setAlarm(const QString &name, Millis at, std::chrono::milliseconds period, Message message);
    Result<void> setAlarmIn(const QString &name, std::chrono::milliseconds span, Message message);

    ActorCell *m_cell = nullptr; // set between construction and the first hook
    std::vector<StateBase *> m_states;
    std::unique_ptr<ActorExtension> m_extension;
};

} // namespace foundry
