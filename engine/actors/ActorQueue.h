// The durable messages that wait in one actor, its dead letters, and what it has received already.
// Everything that changes runs inside a transaction of the actor.
#pragma once

#include "ActorSystem.h"

namespace foundry {

class ActorQueue {
public:
    explicit ActorQueue(Database &database)
        : m_database(database)
    {
    }

    enum class Arrival { added, known }; // known: delivered before, or it coalesced
    // `sequence` is the sender's, 0: not from an actor's outbox. `kept`: for the workflow.
    // Fails: Actor::queueFull, messageTooLarge.
    Result<Arrival> add(const Message &message, qint64 senderSequence, bool kept);

    struct Waiting {
        Message message;
        int deliveries = 0;
    };
    // The first that is not kept.
    Result<std::optional<Waiting>> next() const;
    Result<std::optional<Waiting>> bySequence(qint64 sequence) const;
    // The first kept one of these names.
    Result<std::optional<Waiting>> nextOf(const QStringList &names) const;
    Result<bool> has(const QString &name) const;
    Result<void> remove(qint64 sequence);
    Result<void> countDelivery(qint64 sequence);
    // The kinds of messages that are kept may change with the code: sorts what waits again. Answers how many are not.
    Result<qint64> sortAgain(const std::function<bool(const QString &)> &kept);

    Result<void> bury(const DeadLetter &letter);
    Result<std::vector<DeadLetter>> deadLetters() const;
    Result<std::optional<DeadLetter>> deadLetter(qint64 number) const;
    Result<void> dropDeadLetter(qint64 number);

    // After a rollback: what is remembered may be wrong.
    void forget() { m_length.reset(); }

private:
    Result<bool> isKnown(const Message &message, qint64 senderSequence);
    Result<qint64> length();
    Database &m_database;
    std::optional<qint64> m_length; // all that wait; counting them costs their number
};

// Fails: Actor::messageTooLarge with size and limit.
Result<QByteArray> packed(const Message &message);
// The same check without the text, which a small message does not need.
Result<void> checkSize(const Message &message);

} // namespace foundry
