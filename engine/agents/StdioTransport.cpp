#include "StdioTransport.h"

#include "Process.h"

#include <QProcess>

#include <csignal>
#include <unistd.h>

namespace foundry {

StdioTransport::StdioTransport(const QString &program, const QStringList &arguments,
                               const QMap<QString, QString> &environment, const QString &workingDirectory)
    : m_process(new QProcess)
{
    QProcessEnvironment variables;
    for (auto it = environment.cbegin(); it != environment.cend(); ++it)
        variables.insert(it.key(), it.value());
    m_process->setProcessEnvironment(variables);
    m_process->setWorkingDirectory(workingDirectory);
    m_process->setChildProcessModifier([] {
        ::setpgid(0, 0); // so that its whole tree can be ended
        restoreFileLimit();
    });
    QObject::connect(m_process, &QProcess::readyReadStandardOutput, m_process, [this] {
        if (bytesReceived)
            bytesReceived(m_process->readAllStandardOutput());
    });
    QObject::connect(m_process, &QProcess::readyReadStandardError, m_process, [this] { takeError(); });
    QObject::connect(m_process, &QProcess::finished, m_process, [this](int code, QProcess::ExitStatus status) {
        ended({ code, status == QProcess::CrashExit, false, {} });
    });
    QObject::connect(
        m_process, &QProcess::errorOccurred, m_process,
        [this](QProcess::ProcessError error) {
            if (error == QProcess::FailedToStart) {
                m_errorTail = m_process->errorString().toUtf8();
                ended({ 0, false, true, {} });
            }
        },
        Qt::QueuedConnection);
    m_process->start(program, arguments);
}

StdioTransport::~StdioTransport()
{
    *m_alive = false;
    m_process->disconnect();
    if (m_process->state() != QProcess::NotRunning) {
        QObject::connect(m_process, &QProcess::finished, m_process, &QObject::deleteLater);
        kill();
    } else {
        m_process->deleteLater();
    }
}

void StdioTransport::send(const QByteArray &line)
{
    if (m_closed || m_process->bytesToWrite() > maxUnsent)
        return;
    m_process->write(line);
    m_process->write("\n");
}

qint64 StdioTransport::unsent() const
{
    return m_process->bytesToWrite();
}

void StdioTransport::closeInput()
{
    m_process->closeWriteChannel();
}

void StdioTransport::kill()
{
    if (const qint64 id = m_process->processId(); id > 0)
        ::kill(pid_t(-id), SIGKILL);
    m_process->kill();
}

qint64 StdioTransport::processId() const
{
    return m_process->processId();
}

void StdioTransport::takeError()
{
    m_errorTail += m_process->readAllStandardError();
    if (m_errorTail.size() > errorKept)
        m_errorTail = m_errorTail.last(errorKept);
}

void StdioTransport::ended(AgentExit exit)
{
    if (m_closed)
        return;
    takeError();
    const QByteArray rest = exit.failedToStart ? QByteArray() : m_process->readAllStandardOutput();
    const auto alive = m_alive; // the receiver may end this object
    if (!rest.isEmpty() && bytesReceived)
        bytesReceived(rest);
    if (!*alive)
        return;
    m_closed = true;
    exit.errorTail = m_errorTail;
    if (closed)
        closed(std::move(exit));
}

} // namespace foundry
