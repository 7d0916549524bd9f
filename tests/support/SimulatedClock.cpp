#include "SimulatedClock.h"

namespace foundry::test {

struct SimulatedPending final : Alarm::Pending {
    SimulatedPending(SimulatedClock *owner, SimulatedClock::Key timer)
        : clock(owner)
        , key(timer)
    {
    }
    ~SimulatedPending() override { clock->m_timers.erase(key); }
    SimulatedClock *clock;
    SimulatedClock::Key key;
};

Alarm SimulatedClock::after(std::chrono::milliseconds delay, std::function<void()> due)
{
    const Key key { m_steady + std::max<Millis>(delay.count(), 0), m_next++ };
    m_timers.emplace(key, std::move(due));
    return Alarm(std::make_unique<SimulatedPending>(this, key));
}

void SimulatedClock::moveTo(Millis steadyTime)
{
    m_wall += steadyTime - m_steady;
    m_steady = steadyTime;
}

bool SimulatedClock::step()
{
    if (m_timers.empty())
        return false;
    auto node = m_timers.extract(m_timers.begin());
    moveTo(std::max(node.key().first, m_steady));
    node.mapped()();
    return true;
}

void SimulatedClock::advance(std::chrono::milliseconds span)
{
    const Millis end = m_steady + span.count();
    while (!m_timers.empty() && m_timers.begin()->first.first <= end)
        step();
    moveTo(end);
}

} // namespace foundry::test
