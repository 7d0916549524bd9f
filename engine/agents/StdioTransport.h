// An agent as a plain child process without a sandbox: for tests, and where the person agreed to it.
#pragma once

#include "AgentTransport.h"

#include <QMap>
#include <QString>
#include <QStringList>

#include <memory>

class QProcess;

namespace foundry {

class StdioTransport final : public AgentTransport {
public:
    // The environment is exactly what is given. A program that cannot be started answers with `closed`
    // (failedToStart) from the event loop.
    StdioTransport(const QString &program, const QStringList &arguments, const QMap<QString, QString> &environment,
                   const QString &workingDirectory);
    ~StdioTransport() override;

    void send(const QByteArray &line) override;
    qint64 unsent() const override;
    void closeInput() override;
    void kill() override; // its whole process group
    QByteArray errorTail() const override { return m_errorTail; }
    qint64 processId() const;

private:
    void ended(AgentExit exit);
    void takeError();

    QProcess *m_process;
    QByteArray m_errorTail;
    bool m_closed = false;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace foundry
