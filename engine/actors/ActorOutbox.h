// What one actor has sent and not yet handed over: on disk in its store, and in order for each destination.
// A row goes when the destination has it on disk; the destination drops what comes twice.
#pragma once

#include "ActorSystem.h"

#include <algorithm>
#include <deque>
#include <map>

namespace foundry {

struct OutboxEntry {
    enum class Action { send, spawn, dismiss };
    qint64 sequence = 0;
    Action action = Action::send;
    ActorRef to;
    Message message; // with spawn the payload is the input
};

class ActorOutbox {
public:
    static constexpr int batch = 64; // messages handed over at a time

    explicit ActorOutbox(Database &database)
        : m_database(database)
    {
    }
    // Inside a transaction, which has added `pending` before. Fails: Actor::queueFull, messageTooLarge.
    Result<OutboxEntry> add(OutboxEntry entry, qsizetype pending);
    Result<void> remove(const std::vector<OutboxEntry> &entries);
    // What is on disk, at wake.
    Result<std::vector<OutboxEntry>> load() const;

    // In memory, once committed.
    void committed(OutboxEntry entry);
    bool isEmpty() const { return m_size == 0; }
    // What was committed up to this sequence is on disk: only that is handed over. A destination that had more would
    // keep what a power loss takes from us, and take our next message of that number for one it has had.
    void durable(qint64 upTo) { m_durable = std::max(m_durable, upTo); }
    qint64 last() const { return m_last; } // committed
    // Destinations that have something on disk and are neither busy nor waiting.
    QStringList idle() const;
    // The first entries for a destination: several sends, or one of the others. It is busy from now on.
    std::vector<OutboxEntry> take(const QString &destination);
    void delivered(const QString &destination, size_t count);
    // Waits for `alarm`, which leads to retry().
    int failed(const QString &destination);
    void waits(const QString &destination, Alarm alarm);
    void retry(const QString &destination);

private:
    struct Lane {
        std::deque<OutboxEntry> entries;
        bool busy = false;
        int failures = 0;
        Alarm alarm;
    };
    Database &m_database;
    std::map<QString, Lane> m_lanes;
    qsizetype m_size = 0;
    qint64 m_last = 0;
    qint64 m_durable = 0;
};

} // namespace foundry
