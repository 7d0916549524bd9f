// Calls that wait for their turn, first in first out. One event of the event loop runs many of them, since an event
// costs more than most calls do; then the loop has its turn.
#pragma once

#include "Clock.h"

#include <QObject>

#include <deque>
#include <memory>

namespace foundry {

class TurnQueue {
public:
    static constexpr int callsAtATime = 256;
    static constexpr Millis longestTurn = 2; // then the event loop is next, also with fewer calls

    using Call = std::function<void()>;
    // `executor`: takes the calls instead of this thread's event loop.
    TurnQueue(const Clock &clock, std::function<void(Call)> executor);
    ~TurnQueue(); // drops what waits
    Q_DISABLE_COPY_MOVE(TurnQueue)
    void add(Call call);

private:
    class Waker;
    void run();

    const Clock &m_clock;
    const std::function<void(Call)> m_executor;
    std::deque<Call> m_calls;
    bool m_posted = false;
    std::shared_ptr<void> m_alive = std::make_shared<int>(0);
    std::unique_ptr<QObject> m_waker;
};

} // namespace foundry
