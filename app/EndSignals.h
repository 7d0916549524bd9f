// SIGTERM, SIGINT and SIGHUP (a log-out, Ctrl+C, a terminal that closes) end the program as Quit does, without a
// question: the engine stops in order and everything is on disk. A second one of the same kind ends it at once.
#pragma once

#include <QSocketNotifier>

#include <memory>

namespace foundry {

class EndSignals {
public:
    // On the window's thread, once in a program. Where it cannot be set up, the system's own way stays.
    EndSignals();

private:
    std::unique_ptr<QSocketNotifier> m_told;
};

} // namespace foundry
