// Several coroutines at once, all of which end before it goes on. Destroying it gives those that run up.
#pragma once

#include "Async.h"

#include <foundry/Failure.h>

#include <list>

namespace foundry {

class SideBySide {
public:
    using Work = Async<Result<bool>>;
    SideBySide() = default;
    Q_DISABLE_COPY_MOVE(SideBySide)

    // Starts it. It may add more.
    void add(Work work)
    {
        ++m_open;
        const auto place = m_running.insert(m_running.end(), std::move(work));
        place->start([this, place](Result<bool> how) {
            const Work ended = std::move(*place);
            m_running.erase(place);
            if (!how && !m_failure)
                m_failure = std::move(how.error());
            if (--m_open == 0)
                m_done.set(true); // may destroy this
        });
    }
    // Once. The first failure, when all have ended; what the last of them added counts too.
    Work all()
    {
        while (m_open > 0) {
            m_done = Promise<bool>();
            auto done = m_done;
            co_await done;
        }
        if (m_failure)
            co_return std::unexpected(*m_failure);
        co_return true;
    }

private:
    std::list<Work> m_running;
    std::optional<Failure> m_failure;
    Promise<bool> m_done;
    int m_open = 0;
};

} // namespace foundry
