#include "TurnQueue.h"

#include <QCoreApplication>
#include <QEvent>

namespace foundry {

class TurnQueue::Waker final : public QObject {
public:
    explicit Waker(TurnQueue &queue)
        : m_queue(queue)
    {
    }
    bool event(QEvent *event) override
    {
        if (event->type() != QEvent::User)
            return QObject::event(event);
        m_queue.run(); // this may be gone afterwards
        return true;
    }

private:
    TurnQueue &m_queue;
};

TurnQueue::TurnQueue(const Clock &clock, std::function<void(Call)> executor)
    : m_clock(clock)
    , m_executor(std::move(executor))
    , m_waker(std::make_unique<Waker>(*this))
{
}

TurnQueue::~TurnQueue() = default;

void TurnQueue::add(Call call)
{
    if (m_executor) {
        m_executor([weak = std::weak_ptr(m_alive), call = std::move(call)] {
            if (!weak.expired())
                call();
        });
        return;
    }
    m_calls.push_back(std::move(call));
    if (!std::exchange(m_posted, true))
        QCoreApplication::postEvent(m_waker.get(), new QEvent(QEvent::User));
}

void TurnQueue::run()
{
    const std::weak_ptr<void> alive = m_alive;
    const Millis start = m_clock.steady();
    m_posted = false; // a call may run an event loop of its own
    for (int i = 0; i < callsAtATime && !m_calls.empty(); ++i) {
        const Call call = std::move(m_calls.front());
        m_calls.pop_front();
        call();
        if (alive.expired())
            return;
        if (m_clock.steady() - start >= longestTurn)
            break;
    }
    if (!m_calls.empty() && !std::exchange(m_posted, true))
        QCoreApplication::postEvent(m_waker.get(), new QEvent(QEvent::User));
}

} // namespace foundry
