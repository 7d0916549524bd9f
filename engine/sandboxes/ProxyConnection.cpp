#include "ProxyConnection.h"

#include "HostResolver.h"

#include <QNetworkProxy>

namespace foundry {

namespace {

constexpr qsizetype step = 64 * 1024;

void setUp(QTcpSocket &socket)
{
    socket.setProxy(QNetworkProxy::NoProxy);
    socket.setReadBufferSize(NetworkProxy::maxBuffered);
}

// "host:port", "[v6]:port"
bool splitAuthority(const QByteArray &authority, QString &host, int &port)
{
    const auto colon = authority.lastIndexOf(':');
    bool good = false;
    port = colon > 0 ? authority.mid(colon + 1).toInt(&good) : 0;
    QByteArray name = colon > 0 ? authority.first(colon) : QByteArray();
    if (name.startsWith('[') && name.endsWith(']'))
        name = name.mid(1, name.size() - 2);
    host = HostRules::normalized(QString::fromLatin1(name));
    return good && port > 0 && port <= 65535 && !host.isEmpty();
}

// The request without what was meant for the proxy; the server closes after it, so that the next one comes through
// the policy again.
QByteArray originForm(const QByteArrayList &lines, const QByteArray &method, const QUrl &url)
{
    QByteArray path = url.path(QUrl::FullyEncoded).toLatin1();
    if (path.isEmpty())
        path = "/";
    if (url.hasQuery())
        path += '?' + url.query(QUrl::FullyEncoded).toLatin1();
    QByteArray head = method + ' ' + path + " HTTP/1.1\r\nHost: " + url.authority(QUrl::FullyEncoded).toLatin1()
        + "\r\nConnection: close\r\n";
    for (const QByteArray &line : lines.mid(1)) {
        const QByteArray name = line.first(qMax<qsizetype>(0, line.indexOf(':'))).trimmed().toLower();
        if (!name.isEmpty() && name != "host" && name != "connection" && name != "keep-alive" && name != "upgrade"
            && !name.startsWith("proxy-"))
            head += line + "\r\n";
    }
    return head + "\r\n";
}

} // namespace

ProxyConnection::ProxyConnection(NetworkProxy &proxy, std::unique_ptr<QTcpSocket> inside, int hostPort)
    : m_proxy(proxy)
    , m_inside(std::move(inside))
    , m_outside(std::make_unique<QTcpSocket>())
{
    setUp(*m_inside);
    setUp(*m_outside);
    QObject::connect(m_inside.get(), &QTcpSocket::disconnected, m_inside.get(), [this] { close(); });
    if (hostPort > 0) {
        m_target.port = hostPort;
        m_target.tunnel = true;
        m_addresses = { QHostAddress(QHostAddress::LocalHost) };
        connectTo(m_addresses.first(), hostPort);
        return;
    }
    m_limit = m_proxy.m_clock.after(NetworkProxy::headTime, [this] { close(); });
    QObject::connect(m_inside.get(), &QTcpSocket::readyRead, m_inside.get(), [this] { readHead(); });
}

ProxyConnection::~ProxyConnection()
{
    m_opening.reset();
    for (auto *socket : { &m_inside, &m_outside }) {
        (*socket)->disconnect();
        (*socket)->abort();
        socket->release()->deleteLater(); // we may be inside one of its signals
    }
}

void ProxyConnection::readHead()
{
    if (m_relaying || m_refused || m_opening.isValid())
        return;
    m_head += m_inside->read(NetworkProxy::maxHead + 1 - m_head.size());
    const auto end = m_head.indexOf("\r\n\r\n");
    if (end < 0) {
        if (m_head.size() > NetworkProxy::maxHead)
            refuse("431 Request Header Fields Too Large", u"the request's head is too long"_s);
        return;
    }
    auto target = parse(m_head.first(end));
    if (!target) {
        refuse("400 Bad Request", u"not a request for a proxy"_s);
        return;
    }
    m_head.remove(0, end + 4); // what is left belongs to the server
    if (!m_proxy.m_rules.allows(target->host, target->port)) {
        m_proxy.tellDenied(target->host, target->port);
        refuse("403 Forbidden", target->host + u" is not allowed by this task's network policy"_s);
        return;
    }
    m_limit = m_proxy.m_clock.after(NetworkProxy::connectTime,
                                    [this] { refuse("504 Gateway Timeout", u"no connection in time"_s); });
    m_opening = open(std::move(*target));
    m_opening.start([](bool) { });
}

std::optional<ProxyConnection::Target> ProxyConnection::parse(const QByteArray &head)
{
    QByteArrayList lines;
    for (const QByteArray &line : head.split('\n'))
        lines.append(line.endsWith('\r') ? line.chopped(1) : line);
    const QByteArrayList words = lines.first().split(' ');
    if (words.size() != 3 || !words[2].startsWith("HTTP/1."))
        return std::nullopt;
    Target target;
    if (words[0] == "CONNECT") {
        target.tunnel = true;
        return splitAuthority(words[1], target.host, target.port) ? std::optional(target) : std::nullopt;
    }
    const QUrl url = QUrl::fromEncoded(words[1], QUrl::StrictMode);
    target.host = HostRules::normalized(url.host(QUrl::FullyEncoded));
    target.port = url.port(80);
    if (!url.isValid() || url.scheme() != u"http"_s || target.host.isEmpty() || !url.userInfo().isEmpty())
        return std::nullopt;
    target.head = originForm(lines, words[0], url);
    return target;
}

Async<bool> ProxyConnection::open(Target target)
{
    m_target = std::move(target);
    const QHostAddress literal(m_target.host);
    QList<QHostAddress> found { literal };
    if (literal.isNull()) {
        auto looking = m_proxy.m_resolver.lookup(m_target.host);
        found = co_await looking;
    }
    // An address that the policy names itself may be private; this computer never.
    const bool privateToo = m_proxy.m_network.privateAddresses || !literal.isNull();
    for (const QHostAddress &address : found) {
        const AddressKind kind = m_proxy.m_resolver.kind(address);
        if (kind == AddressKind::open || (kind == AddressKind::privateNetwork && privateToo))
            m_addresses.append(address);
    }
    if (m_addresses.isEmpty()) {
        if (found.isEmpty()) {
            refuse("502 Bad Gateway", u"the name of "_s + m_target.host + u" is not known"_s);
        } else {
            m_proxy.tellDenied(m_target.host, m_target.port);
            refuse("403 Forbidden", m_target.host + u" leads to an address that is not allowed"_s);
        }
        co_return false;
    }
    connectTo(m_addresses.takeFirst(), m_target.port);
    co_return true;
}

void ProxyConnection::connectTo(const QHostAddress &address, int port)
{
    m_outside->disconnect();
    QObject::connect(m_outside.get(), &QTcpSocket::connected, m_outside.get(), [this] { connected(); });
    QObject::connect(m_outside.get(), &QTcpSocket::errorOccurred, m_outside.get(),
                     [this](QAbstractSocket::SocketError) {
                         if (m_relaying || m_refused)
                             return;
                         m_outside->abort();
                         if (m_addresses.size() > 0 && m_target.host.size() > 0)
                             connectTo(m_addresses.takeFirst(), m_target.port);
                         else if (m_target.host.isEmpty())
                             close(); // a forward: what listens there has gone
                         else
                             refuse("502 Bad Gateway", m_target.host + u" cannot be reached"_s);
                     });
    m_outside->connectToHost(address, quint16(port));
}

void ProxyConnection::connected()
{
    m_limit.cancel();
    m_relaying = true;
    if (m_target.tunnel && !m_target.host.isEmpty())
        m_inside->write("HTTP/1.1 200 Connection established\r\n\r\n");
    m_outside->write(m_target.head + m_head);
    m_head.clear();
    for (auto [from, to] : { std::pair(m_inside.get(), m_outside.get()), std::pair(m_outside.get(), m_inside.get()) }) {
        QObject::connect(from, &QTcpSocket::readyRead, from, [this, from, to] { pump(*from, *to); });
        QObject::connect(to, &QTcpSocket::bytesWritten, from, [this, from, to] { pump(*from, *to); });
    }
    QObject::connect(m_outside.get(), &QTcpSocket::disconnected, m_outside.get(),
                     [this] { ended(*m_outside, *m_inside); });
    m_lastMove = m_proxy.m_clock.steady();
    restartIdle();
    pump(*m_inside, *m_outside);
    pump(*m_outside, *m_inside);
}

void ProxyConnection::pump(QTcpSocket &from, QTcpSocket &to)
{
    m_lastMove = m_proxy.m_clock.steady();
    while (from.bytesAvailable() > 0 && to.bytesToWrite() < NetworkProxy::maxBuffered)
        to.write(from.read(step));
}

// The server has closed: what it sent still goes in.
void ProxyConnection::ended(QTcpSocket &from, QTcpSocket &to)
{
    to.write(from.readAll());
    to.disconnectFromHost();
}

void ProxyConnection::restartIdle()
{
    const std::chrono::milliseconds quiet(m_proxy.m_clock.steady() - m_lastMove);
    if (quiet >= NetworkProxy::idleTime) {
        close();
        return;
    }
    m_limit = m_proxy.m_clock.after(NetworkProxy::idleTime - quiet, [this] { restartIdle(); });
}

void ProxyConnection::refuse(const char *status, const QString &why)
{
    if (m_refused)
        return;
    m_refused = true;
    const QByteArray text = why.toUtf8() + '\n';
    m_inside->write(QByteArray("HTTP/1.1 ") + status + "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: "
                    + QByteArray::number(text.size()) + "\r\nConnection: close\r\n\r\n" + text);
    m_limit = m_proxy.m_clock.after(NetworkProxy::headTime, [this] { close(); });
    m_inside->disconnectFromHost();
}

void ProxyConnection::close()
{
    if (!m_closing.isSet())
        m_closing = m_proxy.m_clock.after(std::chrono::milliseconds(0), [this] { m_proxy.remove(this); });
}

} // namespace foundry
