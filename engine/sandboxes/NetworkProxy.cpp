#include "NetworkProxy.h"

#include "HostResolver.h"
#include "ProxyConnection.h"

#include <QNetworkProxy>

namespace foundry {

namespace {

constexpr int maxPending = 16;

} // namespace

NetworkProxy::NetworkProxy(Clock &clock, HostResolver &resolver, SandboxNetwork network)
    : m_clock(clock)
    , m_resolver(resolver)
    , m_network(std::move(network))
    , m_rules(m_network.hosts)
{
}

NetworkProxy::~NetworkProxy() = default;

bool NetworkProxy::listenOn(FileDescriptor socket, int hostPort)
{
    auto server = std::make_unique<QTcpServer>();
    server->setProxy(QNetworkProxy::NoProxy);
    server->setMaxPendingConnections(maxPending); // the rest waits in the kernel
    if (!server->setSocketDescriptor(socket.get()))
        return false;
    [[maybe_unused]] const int owned = socket.take();
    QObject::connect(server.get(), &QTcpServer::newConnection, server.get(), [this] { acceptWaiting(); });
    m_listeners.push_back({ std::move(server), hostPort });
    return true;
}

void NetworkProxy::serve(FileDescriptor listener)
{
    m_serves = listenOn(std::move(listener), 0) || m_serves;
}

void NetworkProxy::forward(FileDescriptor listener, int hostPort)
{
    listenOn(std::move(listener), hostPort);
}

void NetworkProxy::acceptWaiting()
{
    for (const Listener &listener : m_listeners) {
        while (m_connections.size() < size_t(maxConnections) && listener.server->hasPendingConnections()) {
            std::unique_ptr<QTcpSocket> inside(listener.server->nextPendingConnection());
            inside->setParent(nullptr);
            m_connections.insert(std::make_unique<ProxyConnection>(*this, std::move(inside), listener.hostPort));
        }
    }
}

void NetworkProxy::remove(ProxyConnection *connection)
{
    const auto found = std::find_if(m_connections.begin(), m_connections.end(),
                                    [connection](const auto &c) { return c.get() == connection; });
    if (found == m_connections.end())
        return;
    m_connections.erase(found);
    acceptWaiting();
}

void NetworkProxy::tellDenied(const QString &host, int port)
{
    const QString shown = u"%1:%2"_s.arg(host).arg(port);
    if (m_denied.size() >= size_t(maxDenied) || !m_denied.insert(shown).second)
        return;
    if (denied)
        denied(shown);
}

bool NetworkProxy::setHosts(const QStringList &hosts)
{
    if (!m_serves)
        return false;
    m_network.hosts = hosts;
    m_rules = HostRules(hosts);
    return true;
}

} // namespace foundry
