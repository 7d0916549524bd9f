// How long until a project's tests can be run: a task's new sandbox over the person's npm cache, beside a plain clone
// and install. The registry is on the loopback, so a plain install waits for no network.
#include "BenchReport.h"
#include "SandboxFixture.h"

#include <QCryptographicHash>
#include <QElapsedTimer>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTcpServer>
#include <QTcpSocket>

#include <algorithm>

using namespace foundry;
using namespace foundry::test;

namespace {

constexpr int packages = 60;
constexpr int filesEach = 40; // of 4 KiB
constexpr int rounds = 5;
const QString install = u"npm ci --no-audit --no-fund --ignore-scripts --loglevel=error"_s;

void orDie(bool good, const QByteArray &what)
{
    if (!good)
        qFatal("%s", what.constData());
}

void host(const QString &script, const QStringList &arguments = {})
{
    int code = 0;
    const QByteArray said
        = onHost(u"sh"_s, QStringList { u"-ec"_s, u"exec 2>&1; "_s + script, u"sh"_s } + arguments, &code);
    orDie(code == 0, said);
}

// An npm registry with packages of some size.
class Registry {
public:
    Registry()
    {
        orDie(m_server.listen(QHostAddress::LocalHost), "no port");
        host(u"cd \"$1\"; mkdir package; for f in $(seq 1 %1); do { echo \"module.exports = $f\"; head -c 3000 "
             u"/dev/urandom "
             "| base64 -w 100 | sed 's,^,// ,'; } >package/part$f.js; done"_s.arg(filesEach),
             { m_folder.path() });
        for (int i = 0; i < packages; ++i) {
            const QByteArray name = "part-" + QByteArray::number(i);
            writeFile(m_folder.filePath(u"package/package.json"_s),
                      "{\"name\":\"" + name + "\",\"version\":\"1.0.0\",\"main\":\"part1.js\"}");
            host(u"cd \"$1\"; tar czf x.tgz package"_s, { m_folder.path() });
            QFile made(m_folder.filePath(u"x.tgz"_s));
            orDie(made.open(QIODevice::ReadOnly), "tar");
            m_tarballs.insert(name, made.readAll());
        }
        QObject::connect(&m_server, &QTcpServer::newConnection, &m_server, [this] {
            while (QTcpSocket *socket = m_server.nextPendingConnection()) {
                QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, socket] { answer(socket); });
                QObject::connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
            }
        });
    }
    QString address() const { return u"http://127.0.0.1:%1/"_s.arg(m_server.serverPort()); }

private:
    void answer(QTcpSocket *socket) const
    {
        const QByteArray path = socket->readAll().split(' ').value(1).mid(1);
        const bool tarball = path.endsWith(".tgz");
        const QByteArray name = tarball ? path.chopped(4) : path;
        const QByteArray bytes = m_tarballs.value(name);
        const QByteArray body = tarball ? bytes : description(name, bytes);
        socket->write("HTTP/1.1 200 OK\r\nContent-Length: " + QByteArray::number(body.size())
                      + "\r\nConnection: close\r\n\r\n" + body);
        socket->disconnectFromHost();
    }
    QByteArray description(const QByteArray &name, const QByteArray &bytes) const
    {
        const QString sum = QString::fromLatin1(QCryptographicHash::hash(bytes, QCryptographicHash::Sha512).toBase64());
        const QJsonObject version { { u"name"_s, QString::fromLatin1(name) },
                                    { u"version"_s, u"1.0.0"_s },
                                    { u"dist"_s,
                                      QJsonObject { { u"tarball"_s, address() + QString::fromLatin1(name) + u".tgz"_s },
                                                    { u"integrity"_s, u"sha512-"_s + sum } } } };
        return QJsonDocument(QJsonObject { { u"name"_s, QString::fromLatin1(name) },
                                           { u"dist-tags"_s, QJsonObject { { u"latest"_s, u"1.0.0"_s } } },
                                           { u"versions"_s, QJsonObject { { u"1.0.0"_s, version } } } })
            .toJson();
    }

    QTemporaryDir m_folder;
    QTcpServer m_server;
    QMap<QByteArray, QByteArray> m_tarballs;
};

// A program of the host's while the registry answers.
void hostMeanwhile(const QString &script, const QString &folder, const QString &home)
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"HOME"_s, home);
    process.setProcessEnvironment(environment);
    process.setWorkingDirectory(folder);
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(u"sh"_s, { u"-ec"_s, script });
    orDie(until([&process] { return process.state() == QProcess::NotRunning; }), "npm takes too long");
    orDie(process.exitCode() == 0, process.readAll());
}

QByteArray project()
{
    QByteArray wants, loads;
    for (int i = 0; i < packages; ++i) {
        const QByteArray name = "part-" + QByteArray::number(i);
        wants += (i > 0 ? ",\"" : "\"") + name + "\":\"1.0.0\"";
        loads += "require('" + name + "');";
    }
    return "{\"name\":\"shop\",\"version\":\"1.0.0\",\"scripts\":{\"test\":\"node -e \\\"" + loads
        + "\\\"\"},\"dependencies\":{" + wants + "}}\n";
}

double middle(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    if (ProcessRunner::find(u"npm"_s, qEnvironmentVariable("PATH")).isEmpty())
        qFatal("npm is not installed");
    Registry registry;
    const QTemporaryDir folder;
    const QString home = folder.filePath(u"home"_s); // the person's, with a warm cache
    const QString source = folder.filePath(u"source"_s);
    QDir().mkpath(home);
    writeFile(source + u"/package.json"_s, project());
    writeFile(source + u"/.gitignore"_s, "node_modules\n");
    for (const QString &where : { home + u"/.npmrc"_s, source + u"/.npmrc"_s })
        writeFile(where, "registry=" + registry.address().toLatin1() + '\n');
    hostMeanwhile(u"npm install --no-audit --no-fund --loglevel=error; npm test --silent"_s, source, home);
    host(u"cd \"$1\"; git init -q -b main; git add -A; git commit -q -m shop"_s, { source });

    std::vector<double> tasks, warm, cold;
    for (int round = 0; round < rounds; ++round) {
        const QString number = QString::number(round);
        QElapsedTimer timer;
        {
            SandboxFixture sandbox;
            QDir(sandbox.bare()).removeRecursively();
            host(u"git clone -q --bare \"$1\" \"$2\""_s, { source, sandbox.bare() });
            sandbox.base
                = QString::fromLatin1(onHost(u"git"_s, { u"-C"_s, source, u"rev-parse"_s, u"HEAD"_s }).trimmed());
            sandbox.person = { home, {}, {} };
            timer.start();
            const QString trouble = sandbox.make();
            orDie(trouble.isEmpty(), trouble.toUtf8());
            SandboxCommand command;
            command.caches = agentCaches;
            const Shell shell = sandbox.shell(install + u" --offline && npm test --silent"_s, command);
            orDie(shell.good(), shell.output + shell.failure.toUtf8());
            tasks.push_back(double(timer.elapsed()));
        }
        const auto plain = [&](const QString &person, const QString &name) {
            QDir().mkpath(person);
            writeFile(person + u"/.npmrc"_s, "registry=" + registry.address().toLatin1() + '\n');
            timer.start();
            hostMeanwhile(u"git clone -q '%1' %2 && cd %2 && %3 && npm test --silent"_s.arg(source, name, install),
                          folder.path(), person);
            return double(timer.elapsed());
        };
        warm.push_back(plain(home, u"warm"_s + number));
        cold.push_back(plain(folder.filePath(u"nobody"_s + number), u"cold"_s + number));
    }
    using enum bench::Goal::Sense;
    const double task = middle(tasks);
    return bench::report(
        { { u"new sandbox to tests run, warm npm cache"_s, task, u"ms"_s, bench::Goal { atMost, 1.5 * middle(cold) },
            u"plain clone and install"_s, middle(cold) },
          { u"the same beside a plain one with that cache"_s, task, u"ms"_s, {}, u"plain, warm"_s, middle(warm) } },
        argc, argv);
}
