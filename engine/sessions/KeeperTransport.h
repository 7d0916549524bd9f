// The agent's protocol through its keeper: what AcpClient speaks through. Destroying it leaves the agent at work.
// Engine thread.
#pragma once

#include "AgentTransport.h"
#include "KeptAgent.h"

namespace foundry {

class KeeperTransport final : public AgentTransport {
public:
    explicit KeeperTransport(std::unique_ptr<KeptAgent> agent);
    ~KeeperTransport() override;

    KeptAgent &agent() { return *m_agent; }

    void send(const QByteArray &line) override;
    qint64 unsent() const override { return m_agent->unsent(); }
    void closeInput() override { m_agent->closeInput(); }
    void kill() override { m_agent->end(); }
    QByteArray errorTail() const override { return m_agent->errorTail(); }

    // Around each line of the agent, so that a state that is stored in between is never half of one.
    std::function<void()> lineBegins, lineEnds;

private:
    void ended(const keeper::Ended &ended, bool gone);

    std::unique_ptr<KeptAgent> m_agent;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace foundry
