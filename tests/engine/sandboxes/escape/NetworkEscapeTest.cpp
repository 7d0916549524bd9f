#include "SandboxFixture.h"

#include "FatalWarnings.h"
#include "HostResolver.h"

#include <QLocalServer>
#include <QLocalSocket>
#include <QTcpServer>
#include <QTcpSocket>
#include <QUdpSocket>

#include <sys/socket.h>
#include <sys/un.h>

using namespace foundry;
using namespace foundry::test;

namespace {

// The internet of this test is this computer's loopback: 127.0.0.2 plays a public address.
class PretendedInternet final : public HostResolver {
public:
    Async<QList<QHostAddress>> lookup(QString host) override
    {
        QList<QHostAddress> found;
        if (host.endsWith(u"example.org"_s) || host == u"evil.example.net"_s)
            found << QHostAddress(host.startsWith(u"rebound"_s) ? u"127.0.0.1"_s : u"127.0.0.2"_s);
        co_return found;
    }
    AddressKind kind(const QHostAddress &address) const override
    {
        return address == QHostAddress(u"127.0.0.2"_s) ? AddressKind::open : addressKind(address);
    }
};

struct EchoServer {
    explicit EchoServer(const QString &address)
    {
        if (!server.listen(QHostAddress(address)))
            qFatal("no server on %s", qPrintable(address));
        QObject::connect(&server, &QTcpServer::newConnection, &server, [this] {
            ++connections;
            QTcpSocket *socket = server.nextPendingConnection();
            QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, socket] {
                seen += socket->readAll();
                socket->write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
                socket->disconnectFromHost();
            });
        });
    }
    QString port() const { return QString::number(server.serverPort()); }
    QTcpServer server;
    QByteArray seen;
    int connections = 0;
};

} // namespace

class NetworkEscapeTest : public QObject {
    Q_OBJECT

    // The host's server answers only while our event loop runs, so the control runs beside it.
    static QByteArray outside(const QStringList &arguments)
    {
        QProcess process;
        process.start(places("foundry-attacker"), arguments);
        until([&process] { return process.state() == QProcess::NotRunning; });
        return process.readAll().trimmed();
    }
    static SandboxCommand withNetwork()
    {
        SandboxCommand command;
        command.network = true;
        return command;
    }

private Q_SLOTS:
    void theHostsLoopbackIsNotReached()
    {
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        EchoServer server(u"127.0.0.1"_s);
        QVERIFY(outside({ u"connect"_s, u"127.0.0.1"_s, server.port() }).startsWith("done"));
        const int before = server.connections;
        QCOMPARE(fixture.attack({ u"connect"_s, u"127.0.0.1"_s, server.port() }), "ECONNREFUSED");
        QCOMPARE(fixture.attack({ u"connect"_s, u"127.0.0.1"_s, server.port() }, withNetwork()), "ECONNREFUSED");
        QCOMPARE(fixture.attack({ u"connect"_s, u"192.0.2.1"_s, u"443"_s }), "ENETUNREACH");
        QCOMPARE(server.connections, before);
    }

    void abstractSocketsOfTheHostAreNotReached()
    {
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        const QString name = u"foundry-escape-"_s + fixture.record.task.value;
        QLocalServer server;
        server.setSocketOptions(QLocalServer::AbstractNamespaceOption);
        QVERIFY(server.listen(name));
        QObject::connect(&server, &QLocalServer::newConnection, &server,
                         [&server] { server.nextPendingConnection()->write("hello\n"); });
        QCOMPARE(outside({ u"abstract"_s, name }), "done hello");
        QCOMPARE(fixture.attack({ u"abstract"_s, name }), "ECONNREFUSED");
    }

    void loopbackInsideWorks()
    {
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        const Shell seen = fixture.shell(
            u"git init -q --bare /tmp/r.git; touch /tmp/r.git/git-daemon-export-ok; "
            "git daemon --listen=127.0.0.1 --base-path=/tmp --reuseaddr >/dev/null 2>&1 & "
            "i=0; until git ls-remote git://localhost/r.git; do i=$((i+1)); [ $i -lt 100 ] || exit 1; sleep 0.1; done"_s);
        QVERIFY2(seen.good(), seen.output);
    }

    void anAllowedPortOfThePersonIsReached()
    {
        EchoServer model(u"127.0.0.1"_s);
        EchoServer other(u"127.0.0.1"_s);
        SandboxFixture fixture;
        QCOMPARE(fixture.make({ {}, { model.server.serverPort() }, false }), QString());
        QVERIFY(fixture.attack({ u"connect"_s, u"127.0.0.1"_s, model.port() }, withNetwork())
                    .startsWith("done HTTP/1.1 200"));
        QCOMPARE(model.seen, "hello\n");
        QCOMPARE(fixture.attack({ u"connect"_s, u"127.0.0.1"_s, other.port() }, withNetwork()), "ECONNREFUSED");
        // Without `network` the policy is not in force: git and tools get nothing.
        QCOMPARE(fixture.attack({ u"connect"_s, u"127.0.0.1"_s, model.port() }), "ECONNREFUSED");
        QCOMPARE(other.connections, 0);
    }

    void onlyAllowedHostsAreReachedThroughTheProxy()
    {
        PretendedInternet internet;
        EchoServer web(u"127.0.0.2"_s);
        EchoServer local(u"127.0.0.1"_s);
        SandboxFixture fixture(&internet);
        const QString port = web.port();
        QCOMPARE(
            fixture.make({ { u"good.example.org:"_s + port, u"rebound.example.org:"_s + local.port() }, {}, false }),
            QString());
        QStringList denied;
        const auto ask = [&](const QString &url) {
            SandboxCommand command = withNetwork();
            command.program = u"/bin/sh"_s;
            // git is the one program here that speaks to proxies
            command.arguments = { u"-c"_s, u"exec 2>&1; GIT_CURL_VERBOSE=1 git ls-remote "_s + url };
            auto started = fixture.provider.start(fixture.record, command);
            if (!started)
                return started.error().chain().toUtf8();
            QByteArray output;
            bool ended = false;
            (*started)->output = [&output](const QByteArray &bytes) { output += bytes; };
            (*started)->denied = [&denied](const QString &host) { denied << host; };
            (*started)->finished = [&ended](SandboxExit) { ended = true; };
            until([&ended] { return ended; });
            return output;
        };
        // Plain http in absolute form, and a tunnel.
        ask(u"http://good.example.org:"_s + port + u"/r.git"_s);
        const int plain = web.connections;
        QVERIFY(plain >= 1);
        QVERIFY2(web.seen.startsWith("GET /r.git/info/refs?service=git-upload-pack HTTP/1.1\r\nHost: good.example.org"),
                 web.seen);
        QVERIFY(!web.seen.toLower().contains("proxy-"));
        ask(u"https://good.example.org:"_s + port + u"/r.git"_s);
        QVERIFY(web.connections > plain);
        QCOMPARE(denied, QStringList());

        const int before = web.connections;
        QVERIFY(ask(u"http://evil.example.net:"_s + port + u"/"_s).contains("403"));
        QVERIFY(ask(u"https://evil.example.net:"_s + port + u"/"_s).contains("403"));
        QVERIFY(ask(u"http://rebound.example.org:"_s + local.port() + u"/"_s).contains("403"));
        QCOMPARE(denied,
                 QStringList({ u"evil.example.net:"_s + port, u"evil.example.net:"_s + port,
                               u"rebound.example.org:"_s + local.port() }));
        QCOMPARE(web.connections, before);
        QCOMPARE(local.connections, 0);
        // Past the proxy there is no way at all, not even to the allowed host.
        QCOMPARE(fixture.attack({ u"connect"_s, u"127.0.0.2"_s, port }, withNetwork()), "ECONNREFUSED");
    }

    void anUnknownNameFailsAtOnce()
    {
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        SandboxCommand command;
        command.timeOut = std::chrono::seconds(5);
        const Shell seen = fixture.shell(u"getent hosts www.example.org"_s, command);
        QCOMPARE(seen.failure, QString());
        QCOMPARE(seen.exitCode, 2);
    }

    void withoutHostsThereIsNoProxy()
    {
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        QCOMPARE(fixture.attack({ u"connect"_s, u"127.0.0.1"_s, u"3128"_s }, withNetwork()), "ECONNREFUSED");
        QVERIFY(!fixture.shell(u"env"_s, withNetwork()).output.toLower().contains("proxy"));
    }

    void theProgramKnowsItsProxy()
    {
        SandboxFixture fixture;
        QCOMPARE(fixture.make({ { u"good.example.org"_s }, { 3128 }, false }), QString());
        const QByteArray seen = fixture.shell(u"env | grep -i proxy | sort"_s, withNetwork()).output;
        QCOMPARE(
            seen,
            "ALL_PROXY=http://127.0.0.1:3129\nHTTPS_PROXY=http://127.0.0.1:3129\nHTTP_PROXY=http://127.0.0.1:3129\n"
            "JAVA_TOOL_OPTIONS=-Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=3129 -Dhttps.proxyHost=127.0.0.1 "
            "-Dhttps.proxyPort=3129 -Dhttp.nonProxyHosts=localhost|127.0.0.1\n"
            "NODE_USE_ENV_PROXY=1\nNO_PROXY=localhost,127.0.0.1\nall_proxy=http://127.0.0.1:3129\nhttp_proxy=http://"
            "127.0.0.1:3129\n"
            "https_proxy=http://127.0.0.1:3129\nno_proxy=localhost,127.0.0.1\n");
        // Maven and Gradle look at neither.
        const QByteArray files = fixture.shell(u"cat ~/.m2/settings.xml ~/.gradle/gradle.properties"_s).output;
        QVERIFY2(files.contains("<port>3129</port>") && files.contains("https.proxyPort=3129"), files);
    }

    void aPortThatCannotBeIsAFailure()
    {
        SandboxFixture fixture;
        QCOMPARE(fixture.make({ {}, { 80 }, false }), QString());
        QVERIFY(fixture.attack({ u"connect"_s, u"127.0.0.1"_s, u"80"_s }, withNetwork())
                    .startsWith("sandbox.networkHelper: port 80"));
        fixture.record.network.ports = std::vector<int>(33, 8080);
        QVERIFY(fixture.attack({ u"connect"_s, u"127.0.0.1"_s, u"80"_s }, withNetwork())
                    .startsWith("sandbox.networkHelper: more than"));
        fixture.record.network.ports = { 8080, 8080 };
        QVERIFY(fixture.attack({ u"connect"_s, u"127.0.0.1"_s, u"80"_s }, withNetwork())
                    .startsWith("sandbox.networkHelper: listen on 8080"));
    }
};

FOUNDRY_TEST_MAIN(NetworkEscapeTest)
#include "NetworkEscapeTest.moc"
