// The only source of time and timers. Tests use SimulatedClock (tests/support). Engine thread only.
#pragma once

#include "Async.h"

#include <foundry/Values.h>

#include <chrono>
#include <functional>
#include <memory>

namespace foundry {

// A pending timer. Destroying it cancels; moving keeps it.
class Alarm {
public:
    class Pending {
    public:
        virtual ~Pending() = default;
    };
    Alarm() = default;
    explicit Alarm(std::unique_ptr<Pending> pending)
        : m_pending(std::move(pending))
    {
    }
    void cancel() { m_pending.reset(); }
    bool isSet() const { return bool(m_pending); }

private:
    std::unique_ptr<Pending> m_pending;
};

class Clock {
public:
    virtual ~Clock() = default;
    // Wall clock, milliseconds since the epoch, UTC; may jump.
    virtual Millis now() const = 0;
    // Never jumps; for measuring spans within one run.
    virtual Millis steady() const = 0;
    // Calls `due` once from the event loop, not before `delay` has passed. Any delay up to 2^62 ms.
    [[nodiscard]] virtual Alarm after(std::chrono::milliseconds delay, std::function<void()> due) = 0;

    // `auto pause = clock.sleep(5s); co_await pause;`
    Async<bool> sleep(std::chrono::milliseconds delay);
};

class SystemClock final : public Clock {
public:
    Millis now() const override;
    Millis steady() const override;
    [[nodiscard]] Alarm after(std::chrono::milliseconds delay, std::function<void()> due) override;
};

} // namespace foundry
