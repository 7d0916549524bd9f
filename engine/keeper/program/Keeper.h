// Holds one agent and what it said, and serves the Foundry that proves itself. One thread.
#pragma once

#include "BubblewrapProvider.h"
#include "FrameFile.h"
#include "FrameSocket.h"
#include "PlainProvider.h"

#include <QFileSystemWatcher>

namespace foundry::keeper {

class Keeper {
public:
    Keeper(Clock &clock, Launch launch);
    ~Keeper();

    std::function<void()> over; // nothing lives any more, and nobody is owed an answer
    // Makes the folder and the socket and starts the agent. Failures: as SandboxProvider::start; Sandbox::launchFailed.
    Result<> start();

private:
    struct Guest { // has not proved itself yet
        std::unique_ptr<FrameSocket> socket;
        QByteArray foundrysWord, keepersWord;
        Alarm limit;
    };

    Result<> startAgent();
    void agentSaid(const QByteArray &bytes);
    void agentEnded(SandboxExit exit);
    void stored(); // after frames were added
    void writeAgain();
    void forward();

    void greet();
    void hear(Guest &guest, const Frame &frame);
    void answerHello(Guest &guest, const Frame &frame);
    void letGo(Guest &guest);
    void attach(Guest &guest, quint64 from);
    void hear(const Frame &frame);
    void say(quint64 number, const QByteArray &line);
    void readAgain();
    void acknowledged(quint64 sequence);
    void clientGone();
    void nobodyCame();
    void endAgent();
    void finishIfDone();

    Clock &m_clock;
    Launch m_launch;
    BubblewrapProvider m_bubblewrap;
    PlainProvider m_plain;
    std::unique_ptr<SandboxProcess> m_process;
    FrameFile m_file;
    QByteArray m_line; // of the agent, not whole yet
    qsizetype m_scanned = 0;
    QByteArray m_errors; // not told yet
    FileDescriptor m_listener;
    std::unique_ptr<QSocketNotifier> m_coming;
    std::vector<std::unique_ptr<Guest>> m_guests;
    std::unique_ptr<FrameSocket> m_client;
    qint64 m_told = 0; // offset in the file up to which the client has been told
    bool m_live = false; // it has been told `live`
    quint64 m_lastNumber = 0; // of a `say`
    quint64 m_acknowledged = 0;
    quint64 m_endedAt = 0; // sequence of `ended`; 0: it lives
    bool m_paused = false;
    bool m_toldDiskFull = false;
    bool m_leaving = false; // told to end: owes nobody anything once the agent is dead
    bool m_alone = false;
    Alarm m_aloneLimit, m_diskLimit, m_unreadLimit, m_over;
    Async<Result<>> m_killing;
    QFileSystemWatcher m_watcher;
};

} // namespace foundry::keeper
