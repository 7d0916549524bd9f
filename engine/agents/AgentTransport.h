// How the bytes of one agent's process travel. The session adapts the sandbox's process to this;
// StdioTransport serves tests and agents without a sandbox. Engine thread only.
#pragma once

#include <QByteArray>

#include <functional>

namespace foundry {

struct AgentExit {
    int exitCode = 0;
    bool crashed = false; // ended by a signal; exitCode is then the signal, or 0 where it is not known
    bool failedToStart = false;
    QByteArray errorTail; // last lines of standard error, at most AgentTransport::errorKept bytes
};

class AgentTransport {
public:
    static constexpr qsizetype errorKept = 16 * 1024; // bytes of standard error
    static constexpr qint64 maxUnsent = 64 * 1024 * 1024; // bytes that wait for an agent which does not read

    virtual ~AgentTransport() = default; // kills what still runs

    // One frame without a line break. After the end, and past maxUnsent, it is dropped.
    virtual void send(const QByteArray &line) = 0;
    // Bytes that the agent has not taken yet.
    virtual qint64 unsent() const = 0;
    // End of file on the agent's standard input; agents exist that live on.
    virtual void closeInput() = 0;
    // Ends the process with its tree; `closed` follows.
    virtual void kill() = 0;
    virtual QByteArray errorTail() const = 0;

    // Set by the client before anything is sent. Bytes come in any portions. `closed` comes once, after the
    // last bytes; the transport may be destroyed inside it.
    std::function<void(const QByteArray &)> bytesReceived;
    std::function<void(AgentExit)> closed;
};

} // namespace foundry
