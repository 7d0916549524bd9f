// The only way out of a sandbox: an HTTP proxy (RFC 9110, section 9.3.6 CONNECT; RFC 9112, section 3.2.2 absolute-form)
// on a socket that listens inside the sandbox and is served here, by the policy's host names; and forwards to the
// allowed ports of the person's own loopback. Names are resolved here, once a connection, and the connection goes
// to the address that was checked, so that a name cannot be turned to this computer in between. Engine thread only.
#pragma once

#include "Clock.h"
#include "FileDescriptor.h"
#include "HostRules.h"
#include "SandboxRecord.h"

#include <foundry/Failure.h>

#include <QTcpServer>

#include <functional>
#include <memory>
#include <set>

namespace foundry {

class HostResolver;
class ProxyConnection;

class NetworkProxy {
public:
    static constexpr int maxConnections = 256; // at a time; more have to wait
    static constexpr qsizetype maxHead = 16 * 1024; // bytes of a request's head
    static constexpr qint64 maxBuffered = 256 * 1024; // bytes in each direction of a connection
    static constexpr std::chrono::seconds headTime { 10 };
    static constexpr std::chrono::seconds connectTime { 30 };
    static constexpr std::chrono::minutes idleTime { 60 }; // a model may think for long
    static constexpr int maxDenied = 200;

    NetworkProxy(Clock &clock, HostResolver &resolver, SandboxNetwork network);
    ~NetworkProxy();

    std::function<void(const QString &)> denied; // "host:port", each once, at most maxDenied

    void serve(FileDescriptor listener);
    void forward(FileDescriptor listener, int hostPort);
    bool setHosts(const QStringList &hosts); // false: there is no proxy to allow them on

    size_t connections() const { return m_connections.size(); }

private:
    friend class ProxyConnection;
    struct Listener {
        std::unique_ptr<QTcpServer> server;
        int hostPort = 0; // 0: the proxy itself
    };
    bool listenOn(FileDescriptor socket, int hostPort);
    void acceptWaiting();
    void remove(ProxyConnection *connection);
    void tellDenied(const QString &host, int port);

    Clock &m_clock;
    HostResolver &m_resolver;
    SandboxNetwork m_network;
    HostRules m_rules;
    bool m_serves = false;
    std::vector<Listener> m_listeners;
    std::set<std::unique_ptr<ProxyConnection>> m_connections;
    std::set<QString> m_denied;
};

} // namespace foundry
