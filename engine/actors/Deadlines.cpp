#include "Deadlines.h"

#include "ActorCell.h"

namespace foundry {

Deadlines::Entries::iterator Deadlines::add(LaterAnswer::Shared &answer, std::chrono::milliseconds span,
                                            const QString &name)
{
    // A span may be nearly endless, time is not.
    const Millis at = m_clock.steady() + std::clamp<Millis>(span.count(), 0, Millis(1) << 61);
    const auto entry = m_entries.emplace_hint(m_entries.end(), at, Entry { &answer, name });
    if (!m_alarm.isSet() || at < m_armedFor)
        arm();
    return entry;
}

void Deadlines::arm()
{
    m_armedFor = m_entries.begin()->first;
    m_alarm = m_clock.after(std::chrono::milliseconds(std::max<Millis>(m_armedFor - m_clock.steady(), 0)), [this] {
        m_alarm = {};
        due();
    });
}

void Deadlines::due()
{
    const std::weak_ptr<void> alive = m_alive;
    while (!m_entries.empty() && m_entries.begin()->first <= m_clock.steady()) {
        const Entry entry = m_entries.begin()->second;
        entry.answer->finish(fail(codes::Actor::deadline, entry.name, Retry::transient)); // removes the entry
        if (alive.expired())
            return;
    }
    if (!m_entries.empty() && !m_alarm.isSet())
        arm();
}

} // namespace foundry
