#include "SingleInstance.h"

#include <QCryptographicHash>
#include <QLocalSocket>
#include <QStandardPaths>

namespace foundry {

SingleInstance::SingleInstance(const QString &dataFolder, QObject *parent)
    : QObject(parent)
    // Where nobody else can listen in our place.
    , m_name(QStandardPaths::writableLocation(QStandardPaths::RuntimeLocation) + QStringLiteral("/foundry-")
             + QString::fromLatin1(
                 QCryptographicHash::hash(dataFolder.toUtf8(), QCryptographicHash::Sha256).toHex().left(24)))
{
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    connect(&m_server, &QLocalServer::newConnection, this, [this] {
        QLocalSocket *client = m_server.nextPendingConnection();
        connect(client, &QLocalSocket::disconnected, client, &QObject::deleteLater);
        connect(client, &QLocalSocket::readyRead, this, [this, client] {
            if (!client->canReadLine() && client->bytesAvailable() < maxRequest)
                return;
            const QString line = QString::fromUtf8(client->readLine(maxRequest)).trimmed();
            client->write("shown\n");
            client->disconnectFromServer();
            if (line.startsWith(QLatin1String("show")))
                Q_EMIT showRequested(line.mid(5));
        });
    });
}

bool SingleInstance::handOver(const QString &path)
{
    QLocalSocket socket;
    socket.connectToServer(m_name);
    if (!socket.waitForConnected(answerMs))
        return false;
    socket.write("show " + path.toUtf8() + '\n');
    return socket.waitForReadyRead(answerMs) && socket.readAll().startsWith("shown");
}

void SingleInstance::listen()
{
    QLocalServer::removeServer(m_name); // left over from a crash: nobody answered there
    m_server.listen(m_name);
}

} // namespace foundry
