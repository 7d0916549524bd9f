// The terminals that are open: carries what their programs put out to the window and what is typed back, with a bound
// in both directions. A program is a SandboxProcess with a terminal, wherever that comes from (a task's sandbox, or
// PlainProcess for a program of the host's, such as an agent's own sign-in). Nothing is kept: a terminal ends with its
// program, with `close`, and with this object. Engine thread.
#pragma once

#include "Clock.h"
#include "SandboxProcess.h"

#include <foundry/Event.h>

#include <QHash>

#include <functional>
#include <memory>

namespace foundry {

class TerminalHub {
public:
    // Starts the program on a terminal of that size.
    using Start = std::function<Result<std::unique_ptr<SandboxProcess>>(TerminalSize size)>;
    using Tell = std::function<void(const Event &)>;

    TerminalHub(Clock &clock, Tell tell);
    ~TerminalHub(); // kills all of them

    // From now on the id is known: what is typed waits, a resize is kept, it may be closed.
    // Failures: Terminal::exists, tooMany (limits::terminals), badSize.
    Result<> reserve(const TerminalId &id, TerminalGrid grid);
    // Failures: Terminal::missing (closed meanwhile); those of `start`. The id is free again then.
    Result<> start(const TerminalId &id, const Start &start);
    void drop(const TerminalId &id); // reserved, and not to be started

    // Failures: Terminal::missing; inputFull: the program does not read (`maxUnsent`).
    Result<> write(const TerminalId &id, const QByteArray &bytes);
    Result<> resize(const TerminalId &id, TerminalGrid grid); // Terminal::missing, badSize
    void taken(const TerminalId &id, qint64 bytes);
    // SIGHUP by taking the terminal away, after `patience` SIGKILL to the whole tree; TerminalEnded follows.
    void close(const TerminalId &id);

    int count() const { return int(m_open.size()); }
    static constexpr qsizetype maxUnsent = 4 * limits::terminalInput; // bytes
    static constexpr std::chrono::milliseconds patience { 500 };

private:
    struct Open {
        TerminalGrid grid;
        QByteArray early; // typed before the program ran
        std::unique_ptr<SandboxProcess> process;
        qint64 untaken = 0;
        bool paused = false;
        bool closing = false;
        Alarm limit;
        Async<Result<>> killing;
    };
    Open *find(const TerminalId &id);
    void put(const TerminalId &id, const QByteArray &bytes);
    void ended(const TerminalId &id, SandboxExit exit);

    Clock &m_clock;
    Tell m_tell;
    QHash<TerminalId, std::shared_ptr<Open>> m_open;
};

} // namespace foundry
