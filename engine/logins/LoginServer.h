// Where agents in sandboxes ask for the next access of a login that was lent to them: POST /<agent> with their ticket,
// on this computer's loopback. HTTP/1.1, one request a connection. Engine thread only.
#pragma once

#include "LoginOwner.h"

#include <QTcpServer>

#include <list>

class QTcpSocket;

namespace foundry {

class LoginServer {
public:
    static constexpr int maxConnections = 64; // more wait
    static constexpr qsizetype maxRequest = 64 * 1024; // bytes, head and body
    static constexpr std::chrono::seconds requestTime { 10 };

    LoginServer(Clock &clock, LoginOwner &owner);
    ~LoginServer();

    // At the port that the file names, so that agents which outlived Foundry find it again; else at another one.
    Result<> listen(const QString &portFile);
    int port() const { return m_server.serverPort(); }

private:
    struct Visit {
        QTcpSocket *socket = nullptr;
        QByteArray request;
        Alarm limit;
        Async<Result<QByteArray>> answering;
    };
    using Place = std::list<Visit>::iterator;
    void accept();
    void hear(Place visit);
    void answer(Place visit, int status, const QByteArray &body);
    void leave(Place visit);

    Clock &m_clock;
    LoginOwner &m_owner;
    QTcpServer m_server;
    std::list<Visit> m_visits;
};

} // namespace foundry
