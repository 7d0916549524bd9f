// A service that gives access for renewal tokens which are good once: whoever shows a used one signs everybody out, as
// the real ones do. HTTP on the loopback.
#pragma once

#include <QJsonDocument>
#include <QJsonObject>
#include <QTcpServer>
#include <QTcpSocket>

#include <functional>
#include <list>

namespace foundry::test {

class SingleUseService {
public:
    SingleUseService()
    {
        m_server.listen(QHostAddress::LocalHost);
        QObject::connect(&m_server, &QTcpServer::newConnection, &m_server, [this] {
            while (QTcpSocket *socket = m_server.nextPendingConnection())
                QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, socket] { hear(socket); });
        });
    }
    QString address() const { return QStringLiteral("http://127.0.0.1:%1/token").arg(m_server.serverPort()); }
    void close() { m_server.close(); }

    QByteArray access() const { return QByteArray("access-") + QByteArray::number(m_generation); }
    QByteArray renewal() const { return QByteArray("renewal-") + QByteArray::number(m_generation); }
    bool isGood(const QByteArray &access) const { return !signedOut && access == this->access() && !expired; }

    // What it answers is kept back until `release`.
    void hold() { m_held = true; }
    void release()
    {
        m_held = false;
        for (const auto &[socket, answer] : std::exchange(m_waiting, {}))
            send(socket, answer.first, answer.second);
    }
    // A renewal by somebody else, with the token of now.
    void renewByItself()
    {
        ++m_generation;
        expired = false;
    }

    int renewals = 0;
    int expiresIn = 3600;
    bool expired = false; // of the access that is out now
    bool signedOut = false;
    bool refuses = false;
    int waiting() const { return int(m_waiting.size()); }

private:
    void hear(QTcpSocket *socket)
    {
        QByteArray request = socket->property("request").toByteArray() + socket->readAll();
        socket->setProperty("request", request);
        const qsizetype head = request.indexOf("\r\n\r\n");
        const QJsonObject asked = head < 0 ? QJsonObject() : QJsonDocument::fromJson(request.mid(head + 4)).object();
        if (asked.isEmpty())
            return;
        socket->setProperty("request", {});
        QByteArray answer;
        int status = 200;
        if (refuses || signedOut || asked[QStringLiteral("refresh_token")].toString().toUtf8() != renewal()) {
            signedOut = true;
            status = 401;
            answer = R"({"error":{"code":"refresh_token_reused"}})";
        } else {
            ++renewals;
            renewByItself();
            answer = QJsonDocument(QJsonObject { { QStringLiteral("access_token"), QString::fromUtf8(access()) },
                                                 { QStringLiteral("refresh_token"), QString::fromUtf8(renewal()) },
                                                 { QStringLiteral("id_token"), QStringLiteral("id") },
                                                 { QStringLiteral("expires_in"), expiresIn } })
                         .toJson();
        }
        if (m_held)
            m_waiting.push_back({ socket, { status, answer } });
        else
            send(socket, status, answer);
    }
    static void send(QTcpSocket *socket, int status, const QByteArray &body)
    {
        socket->write("HTTP/1.1 " + QByteArray::number(status) + " X\r\nContent-Length: "
                      + QByteArray::number(body.size()) + "\r\nConnection: close\r\n\r\n" + body);
        socket->disconnectFromHost();
    }
    QTcpServer m_server;
    int m_generation = 1;
    bool m_held = false;
    std::list<std::pair<QTcpSocket *, std::pair<int, QByteArray>>> m_waiting;
};

} // namespace foundry::test
