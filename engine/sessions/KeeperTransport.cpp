#include "KeeperTransport.h"

namespace foundry {

KeeperTransport::KeeperTransport(std::unique_ptr<KeptAgent> agent)
    : m_agent(std::move(agent))
{
    m_agent->agentSaid = [this](const QByteArray &line) {
        const auto alive = m_alive;
        if (lineBegins)
            lineBegins();
        if (bytesReceived)
            bytesReceived(line + '\n');
        if (*alive && lineEnds)
            lineEnds();
    };
    m_agent->ended = [this](const keeper::Ended &end, bool gone) { ended(end, gone); };
}

KeeperTransport::~KeeperTransport()
{
    *m_alive = false;
}

void KeeperTransport::send(const QByteArray &line)
{
    if (m_agent->unsent() < maxUnsent)
        m_agent->say(line);
}

void KeeperTransport::ended(const keeper::Ended &end, bool gone)
{
    AgentExit exit;
    exit.crashed = gone || end.alone || end.signal != 0;
    exit.exitCode = end.signal != 0 ? end.signal : end.exitCode;
    exit.failedToStart = end.failure.has_value();
    exit.errorTail = end.errorTail.last(qMin(end.errorTail.size(), errorKept));
    if (gone)
        exit.errorTail = "the agent's keeper was ended from outside, or the computer was started anew";
    else if (end.alone)
        exit.errorTail = "Foundry was away for too long";
    else if (end.failure && exit.errorTail.isEmpty())
        exit.errorTail = end.failure->chain().toUtf8();
    const auto told = closed; // the transport may be destroyed inside
    if (told)
        told(exit);
}

} // namespace foundry
