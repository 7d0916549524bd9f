// One connection through the NetworkProxy. Private to it.
#pragma once

#include "NetworkProxy.h"

#include <QHostAddress>
#include <QTcpSocket>
#include <QUrl>

namespace foundry {

class ProxyConnection {
public:
    // `hostPort` 0: a request of the proxy's client decides where it goes; else the person's loopback.
    ProxyConnection(NetworkProxy &proxy, std::unique_ptr<QTcpSocket> inside, int hostPort);
    ~ProxyConnection();

private:
    struct Target {
        QString host;
        int port = 0;
        bool tunnel = false; // CONNECT
        QByteArray head; // of a plain request, as the server is to get it
    };
    void readHead();
    static std::optional<Target> parse(const QByteArray &head);
    Async<bool> open(Target target);
    void connectTo(const QHostAddress &address, int port);
    void connected();
    void pump(QTcpSocket &from, QTcpSocket &to);
    void ended(QTcpSocket &from, QTcpSocket &to);
    void refuse(const char *status, const QString &why);
    void restartIdle();
    void close(); // destroys this, later

    NetworkProxy &m_proxy;
    std::unique_ptr<QTcpSocket> m_inside, m_outside;
    QByteArray m_head;
    Target m_target;
    QList<QHostAddress> m_addresses;
    Async<bool> m_opening;
    Alarm m_limit, m_closing;
    Millis m_lastMove = 0;
    bool m_relaying = false;
    bool m_refused = false;
};

} // namespace foundry
