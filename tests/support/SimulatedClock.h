// Time that moves only when a test says so. Timers fire in order of their due time, then of creation.
#pragma once

#include "Clock.h"

#include <map>

namespace foundry::test {

class SimulatedClock final : public Clock {
public:
    explicit SimulatedClock(Millis start = 1'800'000'000'000)
        : m_wall(start)
    {
    }
    Millis now() const override { return m_wall; }
    Millis steady() const override { return m_steady; }
    [[nodiscard]] Alarm after(std::chrono::milliseconds delay, std::function<void()> due) override;

    // Fires everything due on the way, one by one.
    void advance(std::chrono::milliseconds span);
    // Moves to the next timer and fires it; false: there is none.
    bool step();
    // The wall clock jumps (sleep of the computer, a person sets it); timers do not see it.
    void jumpWall(std::chrono::milliseconds by) { m_wall += by.count(); }
    // Milliseconds until the next timer, -1: none.
    Millis nextDue() const { return m_timers.empty() ? -1 : m_timers.begin()->first.first - m_steady; }
    size_t pending() const { return m_timers.size(); }

private:
    friend struct SimulatedPending;
    using Key = std::pair<Millis, quint64>;
    void moveTo(Millis steadyTime);

    Millis m_wall;
    Millis m_steady = 0;
    quint64 m_next = 0;
    std::map<Key, std::function<void()>> m_timers;
};

} // namespace foundry::test
