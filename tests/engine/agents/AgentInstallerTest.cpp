// npm into Foundry's own folder: the real npm, its registry played on the loopback.
#include "AgentInstaller.h"
#include "Awaited.h"
#include "FatalWarnings.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>

using namespace foundry;

namespace {

constexpr int patience = 110'000;

// A registry with one package, whose scripts would leave a mark.
struct Registry {
    QTemporaryDir folder;
    QTcpServer server;
    QMap<QByteArray, QByteArray> tarballs; // by version
    bool silent = false;
    int asked = 0;

    Registry()
    {
        server.listen(QHostAddress::LocalHost);
        QObject::connect(&server, &QTcpServer::newConnection, &server, [this] {
            while (QTcpSocket *socket = server.nextPendingConnection()) {
                QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, socket] { answer(socket); });
                QObject::connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
            }
        });
    }
    QString address() const { return u"http://127.0.0.1:%1/"_s.arg(server.serverPort()); }
    void add(const QByteArray &version)
    {
        const QDir package(folder.filePath(u"package"_s));
        QDir().mkpath(package.path());
        write(package.filePath(u"cli.js"_s), "#!/usr/bin/env node\nconsole.log('tried')\n");
        write(package.filePath(u"package.json"_s),
              R"({"name":"tried-acp","version":")" + version
                  + R"(","bin":{"tried-acp":"cli.js"},"scripts":)"
                    R"({"preinstall":"touch )"
                  + mark().toUtf8() + R"(","postinstall":"touch )" + mark().toUtf8() + "\"}}");
        const QString file = folder.filePath(u"package.tgz"_s);
        QProcess tar;
        tar.start(u"tar"_s, { u"czf"_s, file, u"-C"_s, folder.path(), u"package"_s });
        QVERIFY(tar.waitForFinished(60'000) && tar.exitCode() == 0);
        QFile made(file);
        QVERIFY(made.open(QIODevice::ReadOnly));
        tarballs.insert(version, made.readAll());
    }
    QString mark() const { return folder.filePath(u"a-script-ran"_s); }
    static void write(const QString &path, const QByteArray &bytes)
    {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate) && file.write(bytes) == bytes.size());
        file.setPermissions(file.permissions() | QFile::ExeOwner | QFile::ExeGroup | QFile::ExeOther);
    }

private:
    void answer(QTcpSocket *socket)
    {
        const QByteArray path = socket->readAll().split(' ').value(1);
        ++asked;
        if (silent)
            return;
        QByteArray body;
        QByteArray status = "200 OK";
        if (path == "/tried-acp")
            body = description();
        else if (path.startsWith("/tarball/"))
            body = tarballs.value(path.mid(9).chopped(4));
        else
            status = "404 Not Found";
        socket->write("HTTP/1.1 " + status + "\r\nContent-Length: " + QByteArray::number(body.size())
                      + "\r\nConnection: close\r\n\r\n" + body);
        socket->disconnectFromHost();
    }
    QByteArray description() const
    {
        QJsonObject versions;
        for (auto it = tarballs.cbegin(); it != tarballs.cend(); ++it) {
            const QString version = QString::fromUtf8(it.key());
            const QByteArray sum = QCryptographicHash::hash(*it, QCryptographicHash::Sha1).toHex();
            versions[version] = QJsonObject {
                { u"name"_s, u"tried-acp"_s },
                { u"version"_s, version },
                { u"hasInstallScript"_s, true },
                { u"bin"_s, QJsonObject { { u"tried-acp"_s, u"cli.js"_s } } },
                { u"dist"_s,
                  QJsonObject { { u"tarball"_s, address() + u"tarball/%1.tgz"_s.arg(version) },
                                { u"shasum"_s, QString::fromUtf8(sum) } } },
            };
        }
        return QJsonDocument(QJsonObject { { u"name"_s, u"tried-acp"_s },
                                           { u"dist-tags"_s, QJsonObject { { u"latest"_s, u"1.0.0"_s } } },
                                           { u"versions"_s, versions } })
            .toJson();
    }
};

struct World {
    QTemporaryDir folder;
    Registry registry;
    SystemClock clock;
    ProcessRunner processes { clock };
    AgentInstaller installer { processes, packages() };
    QStringList progress;

    QString packages() const { return folder.filePath(u"agents"_s); }
    static QString npm() { return ProcessRunner::find(u"npm"_s, qEnvironmentVariable("PATH")); }
    // The person's configuration says which registry.
    QMap<QString, QString> environment()
    {
        Registry::write(folder.filePath(u".npmrc"_s),
                        "registry=" + registry.address().toUtf8() + "\nignore-scripts=false\nfetch-retries=0\n");
        return { { u"PATH"_s, qEnvironmentVariable("PATH") },
                 { u"HOME"_s, folder.path() },
                 { u"npm_config_cache"_s, folder.filePath(u"cache"_s) } };
    }
    Async<Result<>> install(const QString &version)
    {
        return installer.install(u"tried"_s, { u"tried-acp"_s, version, 0, u"tried-acp"_s }, npm(), environment(),
                                 [this](const QString &line) { progress << line; });
    }
    bool isClean() const
    {
        return QDir(packages() + u"/tried"_s).entryList({ u".part-*"_s }, QDir::Dirs | QDir::Hidden).isEmpty();
    }
};

} // namespace

class AgentInstallerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY2(!World::npm().isEmpty(), "npm is needed: ./dev test installs it"); }

    void installsUpdatesAndRemoves()
    {
        World world;
        world.registry.add("1.0.0");
        world.registry.add("1.1.0");
        auto first = world.install(u"1.0.0"_s);
        const auto installed = test::awaited(first, patience);
        QVERIFY2(installed && *installed, test::why(installed));
        QCOMPARE(installedVersions(world.packages(), u"tried"_s), QStringList { u"1.0.0"_s });
        QVERIFY(QFileInfo(world.packages() + u"/tried/1.0.0/node_modules/.bin/tried-acp"_s).isExecutable());
        QVERIFY2(!QFileInfo::exists(world.registry.mark()), "a script of the package ran");
        QVERIFY(world.progress.join(u' ').contains(u"tried-acp"_s));
        auto second = world.install(u"1.1.0"_s);
        const auto updated = test::awaited(second, patience);
        QVERIFY2(updated && *updated, test::why(updated));
        QCOMPARE(installedVersions(world.packages(), u"tried"_s), QStringList { u"1.1.0"_s });
        QVERIFY(world.isClean());
        const auto removed = world.installer.remove(u"tried"_s);
        QVERIFY(removed && *removed && installedVersions(world.packages(), u"tried"_s).isEmpty());
    }

    void saysWhatNpmSays()
    {
        World world;
        world.registry.add("1.0.0");
        auto installing = world.install(u"9.9.9"_s);
        const auto failed = test::awaited(installing, patience);
        QVERIFY(failed && !*failed && failed->error().is(codes::Agent::installFailed));
        QVERIFY2(failed->error().detail.contains(u"9.9.9"_s), qPrintable(failed->error().chain()));
        QVERIFY(world.isClean() && installedVersions(world.packages(), u"tried"_s).isEmpty());
    }

    void cancellingLeavesNothing()
    {
        World world;
        world.registry.silent = true;
        auto installing = world.install(u"1.0.0"_s);
        installing.start([](const Result<> &) { QFAIL("it was cancelled"); });
        QTRY_VERIFY_WITH_TIMEOUT(world.registry.asked > 0, patience);
        installing.reset();
        QVERIFY(world.isClean());
        // what a death left goes with the next start
        QDir().mkpath(world.packages() + u"/tried/.part-left"_s);
        world.installer.tidy();
        QVERIFY(world.isClean());
    }

    void theNodeDecides()
    {
        const std::vector<AgentPin> pins { { u"a"_s, u"0.100.0"_s, 22, u"a"_s }, { u"a"_s, u"0.49.0"_s, 20, u"a"_s } };
        QCOMPARE(choosePin(pins, u"22.3.0"_s)->version, u"0.100.0"_s);
        QCOMPARE(choosePin(pins, u"20.20.2"_s)->version, u"0.49.0"_s);
        QVERIFY(!choosePin(pins, u"18.19.0"_s));
        PersonShell shell;
        QVERIFY(installObstacle(pins, shell).contains(u"Install Node 20"_s));
        shell.node = u"/usr/bin/node"_s;
        shell.nodeVersion = u"18.19.0"_s;
        QVERIFY(installObstacle(pins, shell).contains(u"Node 18.19.0 is too old"_s));
        shell.nodeVersion = u"20.1.0"_s;
        QVERIFY(installObstacle(pins, shell).contains(u"npm is not"_s));
        shell.npm = u"/usr/bin/npm"_s;
        QCOMPARE(installObstacle(pins, shell), QString());
        QCOMPARE(installObstacle({}, {}), QString());
    }

    void L43_whatIsMissingIsNamedWithHowToGetIt()
    {
        const QTemporaryDir folder;
        AgentPlaces places;
        places.home = folder.path();
        places.path = folder.filePath(u"bin"_s);
        places.packages = folder.filePath(u"agents"_s);
        // Foundry's own folder holds the agent, and there is no Node to run it with.
        const QString package
            = places.packages + u"/claude/0.49.0/node_modules/@agentclientprotocol/claude-agent-acp"_s;
        QDir().mkpath(package);
        QDir().mkpath(places.packages + u"/claude/0.49.0/node_modules/.bin"_s);
        Registry::write(package + u"/cli.js"_s, "#!/usr/bin/env node\n");
        Registry::write(package + u"/package.json"_s, R"({"version":"0.49.0"})");
        QVERIFY(QFile::link(package + u"/cli.js"_s,
                            places.packages + u"/claude/0.49.0/node_modules/.bin/claude-agent-acp"_s));
        places.environment = { { u"ANTHROPIC_API_KEY"_s, u"k"_s } };
        const auto missing = AgentCatalogue(places).launch(u"claude"_s, command::Freedom::freeInSandbox);
        QVERIFY(missing.error().is(codes::Agent::missing));
        QVERIFY2(missing.error().detail.startsWith(u"node: Install Node"_s), qPrintable(missing.error().detail));
        QDir().mkpath(places.path);
        Registry::write(places.path + u"/node"_s, "binary");
        const auto found = AgentCatalogue(places).launch(u"claude"_s, command::Freedom::freeInSandbox);
        QVERIFY2(found, found ? "" : qPrintable(found.error().chain()));
        QCOMPARE(found->program, places.path + u"/node"_s);
        // An agent that is nowhere: named, with how to get it.
        const auto nowhere = AgentCatalogue(places).launch(u"gemini"_s, command::Freedom::freeInSandbox);
        QVERIFY(nowhere.error().detail.contains(u"gemini: npm install"_s));
    }
};

FOUNDRY_TEST_MAIN(AgentInstallerTest)
#include "AgentInstallerTest.moc"
