#include "SandboxFixture.h"

#include "FatalWarnings.h"
#include "HostResolver.h"
#include "HostRules.h"
#include "NetworkProxy.h"
#include "SimulatedClock.h"

#include <QTcpServer>
#include <QTcpSocket>

#include <netinet/in.h>
#include <sys/socket.h>

using namespace foundry;
using namespace foundry::test;
using namespace std::chrono_literals;

namespace {

// Answers from a table; counts how often it was asked.
class TableResolver final : public HostResolver {
public:
    QMap<QString, QList<QHostAddress>> table;
    int asked = 0;
    Async<QList<QHostAddress>> lookup(QString host) override
    {
        ++asked;
        co_return table.value(host);
    }
};

FileDescriptor listenHere(int &port)
{
    FileDescriptor fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    sockaddr_in address {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(fd.get(), reinterpret_cast<sockaddr *>(&address), size) || listen(fd.get(), 500)
        || getsockname(fd.get(), reinterpret_cast<sockaddr *>(&address), &size))
        qFatal("no listener");
    port = ntohs(address.sin_port);
    return fd;
}

struct Client {
    explicit Client(int port) { socket.connectToHost(QHostAddress::LocalHost, quint16(port)); }
    QByteArray ask(const QByteArray &request)
    {
        socket.write(request);
        if (!until([this] { return socket.state() == QAbstractSocket::UnconnectedState; }))
            return "still open";
        return socket.readAll();
    }
    QTcpSocket socket;
};

// Takes connections and answers each with what it got, after the first line break.
struct EchoServer {
    EchoServer()
    {
        if (!server.listen(QHostAddress::LocalHost))
            qFatal("no server");
        QObject::connect(&server, &QTcpServer::newConnection, &server, [this] {
            QTcpSocket *socket = server.nextPendingConnection();
            ++connections;
            QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, socket] {
                seen += socket->readAll();
                if (seen.contains("\n")) {
                    socket->write("echo:" + seen);
                    socket->disconnectFromHost();
                }
            });
        });
    }
    QTcpServer server;
    QByteArray seen;
    int connections = 0;
};

} // namespace

class NetworkProxyTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rulesDecideByName_data()
    {
        QTest::addColumn<QString>("rule");
        QTest::addColumn<QString>("host");
        QTest::addColumn<int>("port");
        QTest::addColumn<bool>("allowed");
        const auto row = [](const char *rule, const char *host, int port, bool allowed) {
            QTest::addRow("%s for %s:%d", rule, host, port)
                << QString::fromLatin1(rule) << QString::fromLatin1(host) << port << allowed;
        };
        row("example.org", "example.org", 443, true);
        row("example.org", "EXAMPLE.ORG.", 80, true);
        row("example.org", "example.org", 22, false);
        row("example.org", "www.example.org", 443, false);
        row("example.org", "notexample.org", 443, false);
        row("example.org", "example.org.evil.net", 443, false);
        row("*.example.org", "www.example.org", 443, true);
        row("*.example.org", "a.b.example.org", 443, true);
        row("*.example.org", "example.org", 443, false);
        row("*.example.org", "evilexample.org", 443, false);
        row("*.example.org", ".example.org", 443, true); // a name that nobody resolves
        row("example.org:8443", "example.org", 8443, true);
        row("example.org:8443", "example.org", 443, false);
        row("*", "example.org", 443, false);
        row("*.", "example.org", 443, false);
        row("", "example.org", 443, false);
        row("*.0.0.1", "127.0.0.1", 443, false);
        row("192.0.2.7", "192.0.2.7", 443, true);
        row("[2001:db8::1]:8080", "2001:db8::1", 8080, true);
        row("example.org", "example.org\t", 443, false);
        row("example.org", "", 443, false);
        row("example.org:0", "example.org", 443, false);
        row("example.org:99999", "example.org", 443, false);
    }
    void rulesDecideByName()
    {
        QFETCH(QString, rule);
        QFETCH(QString, host);
        QFETCH(int, port);
        QFETCH(bool, allowed);
        QCOMPARE(HostRules({ rule }).allows(host, port), allowed);
    }

    void rulesAreBounded()
    {
        QStringList many;
        for (int i = 0; i <= HostRules::maxRules; ++i)
            many << u"host%1.example.org"_s.arg(i);
        const HostRules rules(many);
        QVERIFY(rules.allows(u"host%1.example.org"_s.arg(HostRules::maxRules - 1), 443));
        QVERIFY(!rules.allows(u"host%1.example.org"_s.arg(HostRules::maxRules), 443));
    }

    void addressesHaveKinds_data()
    {
        QTest::addColumn<QString>("address");
        QTest::addColumn<int>("kind");
        const auto row = [](const char *address, AddressKind kind) {
            QTest::newRow(address) << QString::fromLatin1(address) << int(kind);
        };
        for (const char *open : { "8.8.8.8", "172.32.0.1", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::808:808",
                                  "2002:808:808::1" })
            row(open, AddressKind::open);
        for (const char *inside : { "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "fd00::1",
                                    "::ffff:10.0.0.1", "64:ff9b::a00:1" })
            row(inside, AddressKind::privateNetwork);
        for (const char *never : { "127.0.0.1", "127.9.9.9", "0.0.0.0", "169.254.169.254", "224.0.0.1",
                                   "255.255.255.255", "::", "::1", "fe80::1", "ff02::1", "::ffff:127.0.0.1",
                                   "::ffff:169.254.169.254", "::7f00:1", "64:ff9b::7f00:1", "2002:7f00:1::1" })
            row(never, AddressKind::forbidden);
    }
    void addressesHaveKinds()
    {
        QFETCH(QString, address);
        QFETCH(int, kind);
        QCOMPARE(int(addressKind(QHostAddress(address))), kind);
    }

    void requestsAreAnswered_data()
    {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<QByteArray>("status");
        QTest::addColumn<QStringList>("deniedHosts");
        const auto row
            = [](const char *name, const QByteArray &request, const char *status, const QStringList &denied) {
                  QTest::newRow(name) << request << QByteArray(status) << denied;
              };
        row("a host that is not allowed", "CONNECT evil.example.net:443 HTTP/1.1\r\n\r\n", "403",
            { u"evil.example.net:443"_s });
        row("a port that is not allowed", "CONNECT good.example.org:22 HTTP/1.1\r\n\r\n", "403",
            { u"good.example.org:22"_s });
        row("loopback by number", "CONNECT 127.0.0.1:443 HTTP/1.1\r\n\r\n", "403", { u"127.0.0.1:443"_s });
        row("loopback by name", "CONNECT localhost:80 HTTP/1.1\r\n\r\n", "403", { u"localhost:80"_s });
        row("a name turned to loopback", "CONNECT rebound.example.org:443 HTTP/1.1\r\n\r\n", "403",
            { u"rebound.example.org:443"_s });
        row("a name turned to the metadata service", "CONNECT metadata.example.org:80 HTTP/1.1\r\n\r\n", "403",
            { u"metadata.example.org:80"_s });
        row("a name turned to a private address", "CONNECT private.example.org:443 HTTP/1.1\r\n\r\n", "403",
            { u"private.example.org:443"_s });
        row("an unknown name", "CONNECT unknown.example.org:443 HTTP/1.1\r\n\r\n", "502", {});
        row("not a proxy's request", "GET / HTTP/1.1\r\nHost: good.example.org\r\n\r\n", "400", {});
        row("another scheme", "GET ftp://good.example.org/ HTTP/1.1\r\n\r\n", "400", {});
        row("a user in the address", "GET http://good.example.org@evil.example.net/ HTTP/1.1\r\n\r\n", "400", {});
        row("no port", "CONNECT good.example.org HTTP/1.1\r\n\r\n", "400", {});
        row("nonsense", "\x16\x03\x01\r\n\r\n", "400", {});
        row("a head without end", QByteArray(NetworkProxy::maxHead + 1, 'x'), "431", {});
    }
    void requestsAreAnswered()
    {
        QFETCH(QByteArray, request);
        QFETCH(QByteArray, status);
        QFETCH(QStringList, deniedHosts);
        SystemClock clock;
        TableResolver resolver;
        resolver.table = {
            { u"rebound.example.org"_s, { QHostAddress(u"127.0.0.1"_s), QHostAddress(u"::1"_s) } },
            { u"metadata.example.org"_s, { QHostAddress(u"169.254.169.254"_s) } },
            { u"private.example.org"_s, { QHostAddress(u"10.0.0.1"_s) } },
        };
        NetworkProxy proxy(clock, resolver, { { u"*.example.org"_s }, {}, false });
        QStringList denied;
        proxy.denied = [&denied](const QString &host) { denied << host; };
        int port = 0;
        proxy.serve(listenHere(port));
        Client client(port);
        const QByteArray answer = client.ask(request);
        QVERIFY2(answer.startsWith("HTTP/1.1 " + status), answer);
        QCOMPARE(denied, deniedHosts);
    }

    void whatIsForwardedReachesThePersonsLoopback()
    {
        SystemClock clock;
        TableResolver resolver;
        EchoServer model;
        NetworkProxy proxy(clock, resolver, { {}, { model.server.serverPort() }, false });
        int port = 0;
        proxy.forward(listenHere(port), model.server.serverPort());
        Client client(port);
        QCOMPARE(client.ask("hello\n"), "echo:hello\n");
        QTRY_COMPARE(proxy.connections(), size_t(0));
    }

    void aSilentClientIsCutOff()
    {
        SimulatedClock clock;
        TableResolver resolver;
        NetworkProxy proxy(clock, resolver, { { u"*.example.org"_s }, {}, false });
        int port = 0;
        proxy.serve(listenHere(port));
        Client client(port);
        QTRY_COMPARE(proxy.connections(), size_t(1));
        clock.advance(NetworkProxy::headTime - 1s);
        QCOMPARE(proxy.connections(), size_t(1));
        clock.advance(1s);
        clock.advance(1s);
        QCOMPARE(proxy.connections(), size_t(0));
    }

    void connectionsAreBounded()
    {
        SimulatedClock clock;
        TableResolver resolver;
        NetworkProxy proxy(clock, resolver, { { u"*.example.org"_s }, {}, false });
        int port = 0;
        proxy.serve(listenHere(port));
        std::vector<std::unique_ptr<Client>> clients;
        for (int i = 0; i < NetworkProxy::maxConnections + 40; ++i)
            clients.push_back(std::make_unique<Client>(port));
        QTRY_VERIFY_WITH_TIMEOUT(proxy.connections() >= size_t(NetworkProxy::maxConnections), patience);
        QTest::qWait(100);
        const size_t most = proxy.connections();
        QVERIFY2(most <= size_t(NetworkProxy::maxConnections), qPrintable(QString::number(most)));
        // The waiting ones get their turn.
        clients.erase(clients.begin(), clients.begin() + 100);
        QTRY_VERIFY_WITH_TIMEOUT((clock.advance(1ms), proxy.connections() == clients.size()), patience);
    }

    void refusedHostsAreToldOnceAndBounded()
    {
        SystemClock clock;
        TableResolver resolver;
        NetworkProxy proxy(clock, resolver, { { u"*.example.org"_s }, {}, false });
        int told = 0;
        proxy.denied = [&told](const QString &) { ++told; };
        int port = 0;
        proxy.serve(listenHere(port));
        for (int i = 0; i < NetworkProxy::maxDenied + 5; ++i) {
            Client client(port);
            client.ask("CONNECT evil" + QByteArray::number(i / 2) + ".example.net:443 HTTP/1.1\r\n\r\n");
        }
        QCOMPARE(told, (NetworkProxy::maxDenied + 5 + 1) / 2);
        for (int i = 0; i < NetworkProxy::maxDenied; ++i) {
            Client client(port);
            client.ask("CONNECT more" + QByteArray::number(i) + ".example.net:443 HTTP/1.1\r\n\r\n");
        }
        QCOMPARE(told, NetworkProxy::maxDenied);
    }

    void hostsCanBeAllowedWhileItRuns()
    {
        SystemClock clock;
        TableResolver resolver;
        NetworkProxy proxy(clock, resolver, { { u"one.example.org"_s }, {}, false });
        QVERIFY(!proxy.setHosts({ u"two.example.org"_s })); // serves nothing yet
        int port = 0;
        proxy.serve(listenHere(port));
        QVERIFY(Client(port).ask("CONNECT two.example.org:443 HTTP/1.1\r\n\r\n").startsWith("HTTP/1.1 403"));
        QVERIFY(proxy.setHosts({ u"two.example.org"_s }));
        QVERIFY(Client(port)
                    .ask("CONNECT two.example.org:443 HTTP/1.1\r\n\r\n")
                    .startsWith("HTTP/1.1 502")); // asked, unknown
        QCOMPARE(resolver.asked, 1);
    }
};

FOUNDRY_TEST_MAIN(NetworkProxyTest)
#include "NetworkProxyTest.moc"
