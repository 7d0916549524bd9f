#include "SandboxTransport.h"

namespace foundry {

SandboxTransport::SandboxTransport(std::unique_ptr<SandboxProcess> process)
    : m_process(std::move(process))
{
    m_process->output = [this](const QByteArray &bytes) {
        if (bytesReceived)
            bytesReceived(bytes);
    };
    m_process->finished = [this](const SandboxExit &exit) {
        AgentExit end;
        end.crashed = exit.signal != 0;
        end.exitCode = exit.signal != 0 ? exit.signal : exit.exitCode;
        end.failedToStart = exit.failure.has_value();
        end.errorTail = exit.errorTail.last(qMin(exit.errorTail.size(), errorKept));
        if (exit.failure && end.errorTail.isEmpty())
            end.errorTail = exit.failure->chain().toUtf8();
        if (closed) {
            const auto told = closed; // the transport may be destroyed inside
            told(end);
        }
    };
}

void SandboxTransport::send(const QByteArray &line)
{
    if (m_process->unsent() < maxUnsent)
        m_process->write(line + '\n');
}

void SandboxTransport::kill()
{
    if (m_killing.isValid())
        return;
    m_killing = m_process->kill();
    m_killing.start([](const Result<> &killed) {
        if (!killed)
            qWarning("session: the agent's processes do not end: %s", qPrintable(killed.error().chain()));
    });
}

} // namespace foundry
