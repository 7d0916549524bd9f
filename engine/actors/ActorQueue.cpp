#include "ActorQueue.h"

namespace foundry {

namespace {

constexpr Sql lastReceived { "queue.lastReceived", "SELECT last FROM actor_received WHERE sender = ?1" };
constexpr Sql setReceived {
    "queue.setReceived",
    "INSERT INTO actor_received (sender, last) VALUES (?1, ?2) ON CONFLICT (sender) DO UPDATE SET last = excluded.last"
};
constexpr Sql findKey { "queue.findKey", "SELECT 1 FROM actor_idempotency WHERE key = ?1" };
constexpr Sql addKey { "queue.addKey", "INSERT INTO actor_idempotency (key) VALUES (?1) ON CONFLICT (key) DO NOTHING" };
constexpr Sql trimKeys {
    "queue.trimKeys", "DELETE FROM actor_idempotency WHERE number <= (SELECT max(number) FROM actor_idempotency) - ?1"
};
constexpr Sql findName { "queue.findName", "SELECT 1 FROM actor_queue WHERE name = ?1 LIMIT 1" };
constexpr Sql countAll { "queue.countAll", "SELECT count(*) FROM actor_queue" };
constexpr Sql insertMessage {
    "queue.insert", "INSERT INTO actor_queue (kept, name, payload, sender, idempotency_key) VALUES (?1, ?2, ?3, ?4, ?5)"
};
constexpr Sql firstForHandler { "queue.first",
                                "SELECT sequence, name, payload, sender, idempotency_key, deliveries FROM actor_queue "
                                "WHERE kept = 0 ORDER BY sequence LIMIT 1" };
constexpr Sql firstNamed { "queue.firstNamed",
                           "SELECT sequence, name, payload, sender, idempotency_key, deliveries FROM actor_queue WHERE "
                           "name = ?1 ORDER BY sequence LIMIT 1" };
constexpr Sql oneMessage {
    "queue.one",
    "SELECT sequence, name, payload, sender, idempotency_key, deliveries FROM actor_queue WHERE sequence = ?1"
};
constexpr Sql deleteMessage { "queue.delete", "DELETE FROM actor_queue WHERE sequence = ?1" };
constexpr Sql moreDeliveries { "queue.countDelivery",
                               "UPDATE actor_queue SET deliveries = deliveries + 1 WHERE sequence = ?1" };
constexpr Sql countNames { "queue.names", "SELECT name, count(*) FROM actor_queue GROUP BY name" };
constexpr Sql setKept { "queue.setKept", "UPDATE actor_queue SET kept = ?2 WHERE name = ?1 AND kept <> ?2" };
constexpr Sql insertLetter {
    "letters.insert",
    "INSERT INTO actor_dead_letter (outgoing, kind, key, actor, name, payload, sender, idempotency_key, failure, "
    "deliveries, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
};
constexpr Sql trimLetters {
    "letters.trim", "DELETE FROM actor_dead_letter WHERE number <= (SELECT max(number) FROM actor_dead_letter) - ?1"
};
constexpr Sql selectLetters { "letters.all",
                              "SELECT number, outgoing, kind, key, actor, name, payload, sender, idempotency_key, "
                              "failure, deliveries, at FROM actor_dead_letter ORDER BY number DESC" };
constexpr Sql selectLetter { "letters.one",
                             "SELECT number, outgoing, kind, key, actor, name, payload, sender, idempotency_key, "
                             "failure, deliveries, at FROM actor_dead_letter WHERE number = ?1" };
constexpr Sql deleteLetter { "letters.delete", "DELETE FROM actor_dead_letter WHERE number = ?1" };

Result<void> plain(Result<qint64> done)
{
    if (!done)
        return std::unexpected(std::move(done).error());
    return {};
}

QJsonObject object(const QByteArray &text)
{
    return QJsonDocument::fromJson(text).object();
}

ActorQueue::Waiting readWaiting(const Row &row)
{
    ActorQueue::Waiting waiting;
    waiting.message.durable = true;
    waiting.message.sequence = row.integer(0);
    waiting.message.name = row.text(1);
    waiting.message.payload = object(row.blob(2));
    waiting.message.sender = row.text(3);
    waiting.message.idempotencyKey = row.text(4);
    waiting.deliveries = int(row.integer(5));
    return waiting;
}

DeadLetter readLetter(const Row &row)
{
    DeadLetter letter;
    letter.number = row.integer(0);
    letter.outgoing = row.boolean(1);
    letter.to = ActorRef { row.text(2), ActorKey::fromText(row.text(3)), row.text(4) };
    letter.message.durable = true;
    letter.message.name = row.text(5);
    letter.message.payload = object(row.blob(6));
    letter.message.sender = row.text(7);
    letter.message.idempotencyKey = row.text(8);
    json::fromJson(object(row.text(9).toUtf8()), letter.failure);
    letter.deliveries = int(row.integer(10));
    letter.at = row.integer(11);
    return letter;
}

} // namespace

Result<QByteArray> packed(const Message &message)
{
    QByteArray payload = json::compact(message.payload);
    if (payload.size() > limits::messageSize)
        return fail(codes::Actor::messageTooLarge,
                    u"%1: %2 bytes, at most %3"_s.arg(message.name).arg(payload.size()).arg(limits::messageSize));
    return payload;
}

Result<void> checkSize(const Message &message)
{
    qsizetype atMost = 2; // bytes of its JSON
    for (auto field = message.payload.begin(); field != message.payload.end(); ++field) {
        const QJsonValue value = field.value();
        const bool isPlain = !value.isObject() && !value.isArray();
        if (!isPlain || atMost > limits::messageSize) {
            atMost = limits::messageSize + 1;
            break;
        }
        // Six bytes of a character that is escaped; 32 of a number, the quotes and the commas.
        atMost += 32 + 6 * (field.key().size() + (value.isString() ? value.toString().size() : 0));
    }
    if (atMost <= limits::messageSize)
        return {};
    const auto payload = packed(message);
    return payload ? Result<void>() : std::unexpected(payload.error());
}

Result<bool> ActorQueue::isKnown(const Message &message, qint64 senderSequence)
{
    if (senderSequence > 0) {
        // An outbox delivers in order, so everything up to the last one has been here.
        const auto last = m_database.integer(lastReceived, message.sender);
        if (!last)
            return std::unexpected(last.error());
        if (senderSequence <= *last)
            return true;
        if (auto set = m_database.run(setReceived, message.sender, senderSequence); !set)
            return std::unexpected(set.error());
    }
    if (!message.idempotencyKey.isEmpty()) {
        // Looked for first: an insert that does nothing uses up a number nevertheless, and the window is of numbers.
        const auto known = m_database.integer(findKey, message.idempotencyKey);
        if (!known)
            return std::unexpected(known.error());
        if (*known != 0)
            return true;
        if (const auto added = m_database.run(addKey, message.idempotencyKey); !added)
            return std::unexpected(added.error());
        if (auto trimmed = m_database.run(trimKeys, limits::idempotencyKeys); !trimmed)
            return std::unexpected(trimmed.error());
    }
    return message.coalesces ? has(message.name) : Result<bool>(false);
}

Result<ActorQueue::Arrival> ActorQueue::add(const Message &message, qint64 senderSequence, bool kept)
{
    const auto payload = packed(message);
    if (!payload)
        return std::unexpected(payload.error());
    const auto known = isKnown(message, senderSequence);
    if (!known)
        return std::unexpected(known.error());
    if (*known)
        return Arrival::known;
    const auto waits = length();
    if (!waits)
        return std::unexpected(waits.error());
    if (*waits >= limits::queueLength)
        return fail(codes::Actor::queueFull, u"%1 messages wait, at most %2"_s.arg(*waits).arg(limits::queueLength),
                    Retry::transient);
    auto added = m_database.run(insertMessage, kept, message.name, *payload, message.sender, message.idempotencyKey);
    if (!added)
        return std::unexpected(added.error());
    ++*m_length;
    return Arrival::added;
}

Result<qint64> ActorQueue::length()
{
    if (!m_length) {
        const auto counted = m_database.integer(countAll);
        if (!counted)
            return counted;
        m_length = *counted;
    }
    return *m_length;
}

Result<std::optional<ActorQueue::Waiting>> ActorQueue::next() const
{
    return m_database.one(firstForHandler, readWaiting);
}

Result<std::optional<ActorQueue::Waiting>> ActorQueue::bySequence(qint64 sequence) const
{
    return m_database.one(oneMessage, readWaiting, sequence);
}

Result<std::optional<ActorQueue::Waiting>> ActorQueue::nextOf(const QStringList &names) const
{
    std::optional<Waiting> first;
    for (const QString &name : names) {
        auto found = m_database.one(firstNamed, readWaiting, name);
        if (!found)
            return found;
        if (*found && (!first || (*found)->message.sequence < first->message.sequence))
            first = std::move(*found);
    }
    return first;
}

Result<bool> ActorQueue::has(const QString &name) const
{
    const auto found = m_database.integer(findName, name);
    if (!found)
        return std::unexpected(found.error());
    return *found != 0;
}

Result<void> ActorQueue::remove(qint64 sequence)
{
    const auto removed = m_database.run(deleteMessage, sequence);
    if (removed && m_length)
        *m_length -= *removed;
    return plain(removed);
}

Result<void> ActorQueue::countDelivery(qint64 sequence)
{
    return plain(m_database.run(moreDeliveries, sequence));
}

Result<qint64> ActorQueue::sortAgain(const std::function<bool(const QString &)> &kept)
{
    const auto names
        = m_database.all(countNames, [](const Row &row) { return std::pair(row.text(0), row.integer(1)); });
    if (!names)
        return std::unexpected(names.error());
    qint64 waiting = 0;
    for (const auto &[name, count] : *names) {
        const bool keeps = kept(name);
        if (auto set = m_database.run(setKept, name, keeps); !set)
            return std::unexpected(set.error());
        waiting += keeps ? 0 : count;
    }
    return waiting;
}

Result<void> ActorQueue::bury(const DeadLetter &letter)
{
    const Message &message = letter.message;
    auto added = m_database.run(insertLetter, letter.outgoing, letter.to.kind, letter.to.key.text(), letter.to.id,
                                message.name, json::compact(message.payload), message.sender, message.idempotencyKey,
                                QString::fromUtf8(json::compact(json::toJson(letter.failure).toObject())),
                                letter.deliveries, letter.at);
    if (!added)
        return std::unexpected(added.error());
    return plain(m_database.run(trimLetters, limits::deadLetters));
}

Result<std::vector<DeadLetter>> ActorQueue::deadLetters() const
{
    return m_database.all(selectLetters, readLetter);
}

Result<std::optional<DeadLetter>> ActorQueue::deadLetter(qint64 number) const
{
    return m_database.one(selectLetter, readLetter, number);
}

Result<void> ActorQueue::dropDeadLetter(qint64 number)
{
    return plain(m_database.run(deleteLetter, number));
}

} // namespace foundry
