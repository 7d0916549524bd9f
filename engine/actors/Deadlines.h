// The deadlines of all questions that wait for an answer, on one timer: nearly every answer comes long before.
#pragma once

#include "Actor.h"

#include <map>

namespace foundry {

class Deadlines {
public:
    explicit Deadlines(Clock &clock)
        : m_clock(clock)
    {
    }
    struct Entry {
        LaterAnswer::Shared *answer;
        QString name; // of the message
    };
    using Entries = std::multimap<Millis, Entry>; // by Clock::steady
    Entries::iterator add(LaterAnswer::Shared &answer, std::chrono::milliseconds span, const QString &name);
    // The timer stays until rest(): it is cheaper to find nothing due than to set it anew for each question.
    void remove(Entries::iterator entry) { m_entries.erase(entry); }
    // Nobody is left to be asked.
    void rest()
    {
        if (m_entries.empty())
            m_alarm = {};
    }

private:
    void arm();
    void due();

    Clock &m_clock;
    Entries m_entries;
    Alarm m_alarm;
    Millis m_armedFor = 0;
    std::shared_ptr<void> m_alive = std::make_shared<int>(0);
};

} // namespace foundry
