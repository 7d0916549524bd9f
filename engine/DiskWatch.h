// Whether the disk with the data folder is full: said when somebody could not write, and taken back when there is
// space again. Looks only while it is full. Engine thread.
#pragma once

#include "Clock.h"

#include <functional>

namespace foundry {

class DiskWatch {
public:
    static constexpr qint64 enough = 16 * 1024 * 1024; // bytes free
    static constexpr std::chrono::seconds every { 5 };

    DiskWatch(Clock &clock, std::function<qint64()> freeBytes, std::function<void(bool full)> tell);

    // Somebody could not write. Told once until there is space again.
    void full();

private:
    void look();

    Clock &m_clock;
    std::function<qint64()> m_freeBytes;
    std::function<void(bool)> m_tell;
    Alarm m_next;
    bool m_full = false;
};

} // namespace foundry
