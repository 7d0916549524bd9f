// ActorCell: its alarms, by a wall clock that jumps.
#include "ActorSystemPrivate.h"

#include <QLoggingCategory>

namespace foundry {

Q_DECLARE_LOGGING_CATEGORY(actorLog)

namespace {

struct DueAlarm {
    QString name;
    Millis due = 0;
    Millis period = 0;
    Message message;
};

constexpr Sql nextAlarm { "alarms.next", "SELECT due FROM actor_alarm ORDER BY due LIMIT 1" };
constexpr Sql dueAlarms { "alarms.due",
                          "SELECT name, due, period, message, payload FROM actor_alarm WHERE due <= ?1 ORDER BY due" };
// A time further ahead than a period, or than the span that one was set for (which is kept as a period below nothing):
// the clock was set back. On its grid, at most one period from now; the span begins anew.
constexpr Sql alarmAhead { "alarms.ahead", "SELECT 1 FROM actor_alarm WHERE due > ?1 + abs(period) AND period <> 0" };
constexpr Sql pullAlarms { "alarms.pull",
                           "UPDATE actor_alarm SET due = CASE WHEN period > 0 THEN due - (due - ?1 - 1) / period * "
                           "period ELSE ?1 - period END WHERE due > ?1 + abs(period) AND period <> 0" };
constexpr Sql moveAlarm { "alarms.move", "UPDATE actor_alarm SET due = ?2, skipped = skipped + ?3 WHERE name = ?1" };
constexpr Sql endAlarm { "alarms.end", "DELETE FROM actor_alarm WHERE name = ?1" };

DueAlarm readAlarm(const Row &row)
{
    DueAlarm alarm;
    alarm.name = row.text(0);
    alarm.due = row.integer(1);
    alarm.period = row.integer(2);
    alarm.message.name = row.text(3);
    alarm.message.payload = QJsonDocument::fromJson(row.blob(4)).object();
    alarm.message.durable = true;
    return alarm;
}

} // namespace

void ActorCell::alarmsChanged()
{
    if (m_phase != Phase::awake)
        return;
    const auto next = m_database->one(nextAlarm, [](const Row &row) { return row.integer(0); });
    m_nextAlarm = next ? *next : std::nullopt;
    std::optional<Millis> at = m_nextAlarm;
    if (const auto &extension = m_actor->m_extension) {
        if (const auto theirs = extension->wakeAt(); theirs && (!at || *theirs < *at))
            at = theirs;
    }
    if (!at) {
        m_alarm = {};
        return;
    }
    // The wall clock may jump: it is read again at least every longestAlarm. What is still due had no place or no disk
    // just now.
    const bool again = m_ranAlarms && m_nextAlarm && *m_nextAlarm <= m_system.now();
    m_ranAlarms = false;
    // Counted from the last look: who sets alarms all the time does not put it off.
    const Millis lookIn
        = m_lookedAt + std::chrono::milliseconds(limits::longestAlarm).count() - m_system.options.clock.steady();
    const auto least = again ? limits::firstRestart : std::chrono::milliseconds(0);
    const auto delay = std::clamp(std::chrono::milliseconds(std::min(*at - m_system.now(), lookIn)), least,
                                  std::chrono::milliseconds(limits::longestAlarm));
    m_alarm = m_system.options.clock.after(delay, [this] {
        m_alarm = {};
        alarmDue();
    });
}

void ActorCell::alarmDue()
{
    push({ [this] {
              const Millis now = m_system.now();
              m_lookedAt = m_system.options.clock.steady();
              followClock();
              if (m_nextAlarm && *m_nextAlarm <= now) {
                  m_ranAlarms = true;
                  if (auto ran = transact([this] { return runDueAlarms(); }); !ran)
                      qCInfo(actorLog).noquote() << ref().text() << ran.error().chain();
              }
              if (m_actor && m_actor->m_extension) {
                  const auto at = m_actor->m_extension->wakeAt();
                  if (at && (*at <= now || m_actor->m_extension->isAhead(now)))
                      m_actor->m_extension->due();
              }
              alarmsChanged();
          },
           [](const Failure &) {} });
}

void ActorCell::lookAtClock()
{
    if (m_nextAlarm && *m_nextAlarm > m_system.now())
        alarmDue();
}

bool ActorCell::hasAlarmAhead(Millis now) const
{
    return m_nextAlarm && m_database && m_database->integer(alarmAhead, now).value_or(0) != 0;
}

bool ActorCell::isAhead() const
{
    const Millis now = m_system.now();
    const ActorExtension *extension = m_actor->m_extension.get();
    return hasAlarmAhead(now) || (extension && extension->wakeAt() && extension->isAhead(now));
}

void ActorCell::followClock()
{
    const Millis now = m_system.now();
    if (hasAlarmAhead(now))
        (void)transact([&] { return withoutValue(m_database->run(pullAlarms, now)); });
}

Result<void> ActorCell::runDueAlarms()
{
    const Millis now = m_system.now();
    auto due = m_database->all(dueAlarms, readAlarm, now);
    if (!due)
        return std::unexpected(due.error());
    for (const DueAlarm &alarm : *due) {
        bool overlaps = false;
        if (alarm.period > 0) {
            const auto waits = m_queue->has(alarm.message.name);
            if (!waits)
                return std::unexpected(waits.error());
            overlaps = *waits;
        }
        if (!overlaps) {
            const bool kept = takes(alarm.message.name);
            const auto added = m_queue->add(alarm.message, 0, kept);
            const bool full = !added && added.error().is(codes::Actor::queueFull);
            if (full && alarm.period == 0)
                continue; // it waits for a place
            if (!added && !full)
                return std::unexpected(added.error());
            overlaps = full;
            if (added)
                kept ? void(m_effects.poke = true) : void(++m_effects.queued);
        }
        // On the grid, after now: what was slept through is one run.
        const Millis next = alarm.period > 0 ? alarm.due + ((now - alarm.due) / alarm.period + 1) * alarm.period : 0;
        auto moved = alarm.period > 0 ? m_database->run(moveAlarm, alarm.name, next, overlaps)
                                      : m_database->run(endAlarm, alarm.name);
        if (!moved)
            return std::unexpected(moved.error());
    }
    return {}; // alarmDue() looks at what is next
}

} // namespace foundry
