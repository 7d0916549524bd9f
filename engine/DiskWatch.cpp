#include "DiskWatch.h"

namespace foundry {

DiskWatch::DiskWatch(Clock &clock, std::function<qint64()> freeBytes, std::function<void(bool)> tell)
    : m_clock(clock)
    , m_freeBytes(std::move(freeBytes))
    , m_tell(std::move(tell))
{
}

void DiskWatch::full()
{
    if (m_full)
        return;
    m_full = true;
    m_tell(true);
    m_next = m_clock.after(every, [this] { look(); });
}

void DiskWatch::look()
{
    if (m_freeBytes() < enough) {
        m_next = m_clock.after(every, [this] { look(); });
        return;
    }
    m_full = false;
    m_tell(false);
}

} // namespace foundry
