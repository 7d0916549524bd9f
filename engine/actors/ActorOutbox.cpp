#include "ActorOutbox.h"

#include "ActorQueue.h"

namespace foundry {

namespace {

constexpr Sql insertEntry { "outbox.insert",
                            "INSERT INTO actor_outbox (action, kind, key, actor, name, payload, coalesces, "
                            "idempotency_key) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)" };
constexpr Sql deleteEntry { "outbox.delete", "DELETE FROM actor_outbox WHERE sequence = ?1" };
constexpr Sql selectEntries { "outbox.all",
                              "SELECT sequence, action, kind, key, actor, name, payload, coalesces, idempotency_key "
                              "FROM actor_outbox ORDER BY sequence" };

OutboxEntry readEntry(const Row &row)
{
    OutboxEntry entry;
    entry.sequence = row.integer(0);
    entry.action = row.enumerator<OutboxEntry::Action>(1);
    entry.to = ActorRef { row.text(2), ActorKey::fromText(row.text(3)), row.text(4) };
    entry.message.name = row.text(5);
    entry.message.payload = QJsonDocument::fromJson(row.blob(6)).object();
    entry.message.coalesces = row.boolean(7);
    entry.message.idempotencyKey = row.text(8);
    entry.message.durable = true;
    return entry;
}

} // namespace

Result<OutboxEntry> ActorOutbox::add(OutboxEntry entry, qsizetype pending)
{
    if (const qsizetype has = m_size + pending; has >= limits::outboxLength)
        return fail(codes::Actor::queueFull, u"outbox: %1 messages, at most %2"_s.arg(has).arg(limits::outboxLength),
                    Retry::transient);
    const auto payload = packed(entry.message);
    if (!payload)
        return std::unexpected(payload.error());
    const auto added
        = m_database.run(insertEntry, entry.action, entry.to.kind, entry.to.key.text(), entry.to.id, entry.message.name,
                         *payload, entry.message.coalesces, entry.message.idempotencyKey);
    if (!added)
        return std::unexpected(added.error());
    entry.sequence = m_database.lastInsertId();
    return entry;
}

Result<void> ActorOutbox::remove(const std::vector<OutboxEntry> &entries)
{
    for (const OutboxEntry &entry : entries) {
        if (auto removed = m_database.run(deleteEntry, entry.sequence); !removed)
            return std::unexpected(removed.error());
    }
    return {};
}

Result<std::vector<OutboxEntry>> ActorOutbox::load() const
{
    return m_database.all(selectEntries, readEntry);
}

void ActorOutbox::committed(OutboxEntry entry)
{
    ++m_size;
    m_last = std::max(m_last, entry.sequence);
    m_lanes[entry.to.text()].entries.push_back(std::move(entry));
}

QStringList ActorOutbox::idle() const
{
    QStringList destinations;
    for (const auto &[destination, lane] : m_lanes) {
        if (!lane.busy && !lane.alarm.isSet() && !lane.entries.empty() && lane.entries.front().sequence <= m_durable)
            destinations.append(destination);
    }
    return destinations;
}

std::vector<OutboxEntry> ActorOutbox::take(const QString &destination)
{
    Lane &lane = m_lanes[destination];
    lane.busy = true;
    std::vector<OutboxEntry> taken;
    for (const OutboxEntry &entry : lane.entries) {
        const bool alone = entry.action != OutboxEntry::Action::send;
        if (entry.sequence > m_durable || (!taken.empty() && (alone || taken.front().to != entry.to)))
            break;
        taken.push_back(entry);
        if (alone || taken.size() == batch)
            break;
    }
    return taken;
}

void ActorOutbox::delivered(const QString &destination, size_t count)
{
    Lane &lane = m_lanes[destination];
    lane.entries.erase(lane.entries.begin(), lane.entries.begin() + qsizetype(count));
    m_size -= qsizetype(count);
    lane.busy = false;
    lane.failures = 0;
    if (lane.entries.empty())
        m_lanes.erase(destination);
}

int ActorOutbox::failed(const QString &destination)
{
    Lane &lane = m_lanes[destination];
    return ++lane.failures;
}

void ActorOutbox::waits(const QString &destination, Alarm alarm)
{
    Lane &lane = m_lanes[destination];
    lane.busy = false;
    lane.alarm = std::move(alarm);
}

void ActorOutbox::retry(const QString &destination)
{
    m_lanes[destination].alarm = {};
}

} // namespace foundry
