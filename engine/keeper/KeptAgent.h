// An agent under its keeper, as Foundry holds it: started, or found again by a later life of the program. Destroying it
// leaves the agent at work; `end` ends it. Engine thread only.
//
// What the agent and Foundry said comes as frames numbered from 1. Whoever stores a state says up to which frame it
// reaches (`acknowledge`), gives that number to `attach` later, and gets what came after it, in both directions.
#pragma once

#include "Clock.h"
#include "FrameSocket.h"

#include <deque>

namespace foundry {

struct KeeperProgram {
    QString program; // foundry-keeper, absolute; empty: missing
    QString bubblewrap, entry; // for BubblewrapPlaces; empty: looked up
    QString path = u"/usr/local/bin:/usr/bin:/bin"_s;
    std::chrono::milliseconds aloneTime = keeper::aloneTime; // of an agent without Foundry, then it is ended
    qint64 maxFile = keeper::maxFile; // bytes that may wait for Foundry
};

// How to find it again; stored before it is started (L40, L42). For one keeper only, also when that has ended.
struct KeeperPlace {
    QString folder; // below the sandbox's run/
    QByteArray secret; // keeper::secretSize bytes

    static KeeperPlace make(const SandboxRecord &record, const QString &name);
    bool isSet() const { return !folder.isEmpty(); }
    bool operator==(const KeeperPlace &) const = default;
};
FOUNDRY_JSON(KeeperPlace, folder, secret)

// A line for the agent that the keeper has not confirmed yet.
struct UnconfirmedLine {
    quint64 number = 0;
    QByteArray line;
    bool operator==(const UnconfirmedLine &) const = default;
};
FOUNDRY_JSON(UnconfirmedLine, number, line)

class KeptAgent {
public:
    static constexpr std::chrono::seconds startTime { 20 };
    static constexpr std::chrono::seconds answerTime { 10 };

    // Failures: Sandbox::networkHelper (the program is missing), launchFailed, what SandboxProvider::start says.
    static Async<Result<std::unique_ptr<KeptAgent>>> start(Clock &clock, KeeperProgram program, KeeperPlace place,
                                                           SandboxRecord record, SandboxCommand command);
    // Where the keeper has gone, what it left is told all the same, and then its end. Failures: Sandbox::notFound
    // (nothing is left of it), died (a stranger, or no answer), Agent::versionUnsupported (with both),
    // Agent::sessionLost (it has forgotten what comes after `from`).
    static Async<Result<std::unique_ptr<KeptAgent>>> attach(Clock &clock, KeeperPlace place, quint64 from);
    ~KeptAgent();

    // Set all before `begin`, which lets them come. None may destroy this object but `ended`.
    std::function<void(const QByteArray &line)> agentSaid;
    std::function<void(quint64 number, const QByteArray &line)> foundrySaid; // handed to the agent, now or long ago
    std::function<void(const QString &host)> denied;
    std::function<void()> diskFull; // what the agent says cannot be kept: it waits, and goes on by itself
    std::function<void()> live; // all that was missed has been told
    // Once. `gone`: the keeper was ended from outside, and with it the agent.
    std::function<void(const keeper::Ended &ended, bool gone)> ended;
    void begin();

    quint64 sequence() const { return m_sequence; } // of the frame that is being told, or was told last
    void acknowledge(quint64 sequence);
    // Numbered from 1 in the agent's whole life; it is handed over once, however often it is said.
    quint64 say(const QByteArray &line);
    // After `attach`, before `begin`: goes on with these numbers. What the keeper has not got is said again; of a line
    // that is empty here the answer says that it never came.
    std::vector<quint64> restore(quint64 lastNumber, const std::vector<UnconfirmedLine> &unconfirmed);
    quint64 lastNumber() const { return m_lastNumber; }
    const std::deque<UnconfirmedLine> &unconfirmed() const { return m_unconfirmed; }
    qint64 unsent() const;

    void closeInput();
    void end(); // ends the tree; `ended` follows, unless this is destroyed first: it ends all the same
    bool allowHosts(const QStringList &hosts);
    QByteArray errorTail() const { return m_errorTail; }
    bool isAlive() const { return bool(m_socket); }

private:
    explicit KeptAgent(Clock &clock)
        : m_clock(clock)
    {
    }
    static Async<Result<std::unique_ptr<KeptAgent>>> greet(Clock &clock, KeeperPlace place, FileDescriptor socket,
                                                           quint64 from);
    void tellEarly();
    void hear(const keeper::Frame &frame);
    void readLeftovers();
    void tellEnded(const keeper::Ended &ended, bool gone);

    Clock &m_clock;
    std::unique_ptr<keeper::FrameSocket> m_socket;
    std::vector<keeper::Frame> m_early; // came before `begin`
    QByteArray m_left; // of a dead keeper's file
    qsizetype m_leftAt = 0;
    Alarm m_reading;
    bool m_closedEarly = false;
    bool m_ended = false;
    quint64 m_sequence = 0;
    quint64 m_lastNumber = 0;
    quint64 m_keepersNumber = 0; // the last that it had got when it was found
    std::deque<UnconfirmedLine> m_unconfirmed;
    QByteArray m_errorTail;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace foundry
