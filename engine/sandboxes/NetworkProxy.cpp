#include "NetworkProxy.h"

#include "HostResolver.h"
#include "ProxyConnection.h"

#include <QNetworkProxy>

namespace foundry {

NetworkProxy::NetworkProxy(Clock& clock, HostResolver& resolver, SandboxNetwork network)
    : m_clock(clock)
    , m_resolver(resolver)
    , m_network(std::move(network))
    , m_rules(m_network.hosts)
{
}

NetworkProxy::~NetworkProxy() = default;

QTcpServer* NetworkProxy::listenOn(FileDescriptor listener)
{
    auto server = std::make_unique<QTcpServer>();
    server->setProxy(QNetworkProxy::NoProxy);
    server->setMaxPendingConnections(maxConnections);
    if (!server->setSocketDescriptor(listener.get()))
        return nullptr;
    [[maybe_unused]] const int owned = listener.take();
    m_servers.push_back(std::move(server));
    return m_servers.back().get();
}

void NetworkProxy::serve(FileDescriptor listener)
{
    if (auto* server = listenOn(std::move(listener))) {
        m_serves = true;
        QObject::connect(server, &QTcpServer::newConnection, server, [this, server] { accept(*server, 0); });
    }
}

void NetworkProxy::forward(FileDescriptor listener, int hostPort)
{
    if (auto* server = listenOn(std::move(listener)))
        QObject::connect(server, &QTcpServer::newConnection, server,
                         [this, server, hostPort] { accept(*server, hostPort); });
}

void NetworkProxy::accept(QTcpServer& server, int hostPort)
{
    while (server.hasPendingConnections()) {
        std::unique_ptr<QTcpSocket> inside(server.nextPendingConnection());
        inside->setParent(nullptr);
        m_connections.insert(std::make_unique<ProxyConnection>(*this, std::move(inside), hostPort));
    }
    if (m_connections.size() >= size_t(maxConnections)) {
        for (const auto& other : m_servers)
            other->pauseAccepting();
    }
}

void NetworkProxy::remove(ProxyConnection* connection)
{
    const auto found = std::find_if(m_connections.begin(), m_connections.end(),
                                    [connection](const auto& c) { return c.get() == connection; });
    if (found == m_connections.end())
        return;
    m_connections.erase(found);
    if (m_connections.size() == size_t(maxConnections) - 1) {
        for (const auto& server : m_servers)
            server->resumeAccepting();
    }
}

void NetworkProxy::tellDenied(const QString& host, int port)
{
    const QString shown = u"%1:%2"_s.arg(host).arg(port);
    if (m_denied.size() >= size_t(maxDenied) || !m_denied.insert(shown).second)
        return;
    if (denied)
        denied(shown);
}

bool NetworkProxy::setHosts(const QStringList& hosts)
{
    if (!m_serves)
        return false;
    m_network.hosts = hosts;
    m_rules = HostRules(hosts);
    return true;
}

} // namespace foundry
