#include "Clock.h"

#include <QDateTime>
#include <QTimer>

namespace foundry {

namespace {

// QTimer counts in int milliseconds: a longer wait is made of several.
constexpr auto longestTimer = std::chrono::hours(24);

class TimerPending final : public Alarm::Pending {
public:
    TimerPending(std::chrono::milliseconds delay, std::function<void()> due)
        : m_left(delay)
        , m_due(std::move(due))
    {
        m_timer.setSingleShot(true);
        m_timer.setTimerType(delay < std::chrono::seconds(2) ? Qt::PreciseTimer : Qt::CoarseTimer);
        QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { elapsed(); });
        arm();
    }

private:
    void arm()
    {
        const auto next = std::min<std::chrono::milliseconds>(m_left, longestTimer);
        m_left -= next;
        m_timer.start(next);
    }
    void elapsed()
    {
        if (m_left.count() > 0) {
            arm();
            return;
        }
        auto due = std::move(m_due); // it may destroy this object
        due();
    }
    QTimer m_timer;
    std::chrono::milliseconds m_left;
    std::function<void()> m_due;
};

} // namespace

Async<bool> Clock::sleep(std::chrono::milliseconds delay)
{
    Promise<bool> elapsed;
    const Alarm alarm = after(delay, [elapsed] { elapsed.set(true); });
    co_return co_await elapsed;
}

Millis SystemClock::now() const
{
    return QDateTime::currentMSecsSinceEpoch();
}

Millis SystemClock::steady() const
{
    using namespace std::chrono;
    return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

Alarm SystemClock::after(std::chrono::milliseconds delay, std::function<void()> due)
{
    return Alarm(std::make_unique<TimerPending>(std::max(delay, std::chrono::milliseconds(0)), std::move(due)));
}

} // namespace foundry
