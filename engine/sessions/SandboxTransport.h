// The agent's protocol over a process in a sandbox: what AcpClient speaks through. Engine thread.
#pragma once

#include "AgentTransport.h"
#include "SandboxProcess.h"

#include <memory>

namespace foundry {

class SandboxTransport final : public AgentTransport {
public:
    explicit SandboxTransport(std::unique_ptr<SandboxProcess> process);

    void send(const QByteArray &line) override;
    qint64 unsent() const override { return m_process->unsent(); }
    void closeInput() override { m_process->closeInput(); }
    void kill() override;
    QByteArray errorTail() const override { return m_process->errorTail(); }

private:
    std::unique_ptr<SandboxProcess> m_process;
    Async<Result<>> m_killing;
};

} // namespace foundry
