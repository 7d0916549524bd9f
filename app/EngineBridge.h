// Carries values between the engine's thread and the window's: commands and queries at once, events
// joined once a frame. What piles up while the window is busy is bounded: of state only the newest is
// kept, and a transcript that floods becomes a gap, which its model fills by reading the page.
#pragma once

#include <foundry/Answer.h>
#include <foundry/Event.h>

#include <QElapsedTimer>
#include <QMutex>
#include <QObject>
#include <QTimer>

#include <vector>

namespace foundry {

class EngineLink;
class EngineThread;

class EngineBridge : public QObject {
    Q_OBJECT

public:
    // Both must outlive the bridge. GUI thread.
    EngineBridge(EngineThread &engine, EngineLink &link, QObject *parent = nullptr);

    // Joins equivalent events: see the header's first lines. Exposed for its test.
    static void join(std::vector<Event> &pending, const Event &event);

    static constexpr int frameMs = 16;
    static constexpr size_t maxChangesPending = 2000; // of one session

private:
    void take(const Event &event); // engine thread
    void flush();

    EngineLink &m_link;
    QMutex m_mutex;
    std::vector<Event> m_pending;
    bool m_scheduled = false;
    QElapsedTimer m_sinceFlush;
    QTimer m_flush;
};

} // namespace foundry
