// A forge's git over HTTP as tests have it: lighttpd and git http-backend, for whoever knows the token.
#pragma once

#include "GitWorld.h"

#include <QProcess>
#include <QTcpServer>
#include <QTcpSocket>

namespace foundry::test {

class ForgeServer {
public:
    // Serves the bare repositories of `world`/forge.
    ForgeServer(GitWorld &world, const QByteArray &token)
        : m_world(world)
    {
        QTcpServer probe;
        if (!probe.listen(QHostAddress::LocalHost))
            qFatal("no port");
        m_port = probe.serverPort();
        probe.close();
        const QByteArray folder = world.path(u"server"_s).toUtf8();
        world.write(u"server/users"_s, "x-access-token:" + token + '\n');
        // What it is asked is kept before git gets it; a file "hold" keeps git from answering.
        world.write(u"server/backend"_s,
                    "#!/bin/sh\nbody=$(mktemp '" + folder
                        + "/body.XXXXXX')\ncat >\"$body\"\n"
                          "case $REQUEST_METHOD in POST) cat \"$body\" >>'"
                        + folder + "/asked'; echo >>'" + folder + "/asked'; n=$(cat '" + folder
                        + "/count' 2>/dev/null || echo 0); n=$((n + 1)); echo $n >'" + folder
                        + "/count'; if [ \"$(cat '" + folder
                        + "/breakAt' 2>/dev/null)\" = $n ]; then exit 1; fi ;; esac\n"
                          "exec \"$(git --exec-path)/git-http-backend\" <\"$body\"\n",
                    true);
        world.write(
            u"server/lighttpd.conf"_s,
            "server.port = " + QByteArray::number(m_port) + "\nserver.bind = \"127.0.0.1\"\nserver.document-root = \""
                + folder + "\"\nserver.errorlog = \"" + folder
                + "/errors\"\nserver.modules = (\"mod_auth\", \"mod_authn_file\", \"mod_alias\", \"mod_cgi\", "
                  "\"mod_setenv\", \"mod_redirect\")\nauth.backend = \"plain\"\nauth.backend.plain.userfile = \""
                + folder
                + "/users\"\nauth.require = (\"\" => (\"method\" => \"basic\", \"realm\" => \"git\", \"require\" => "
                  "\"valid-user\"))\nurl.redirect = (\"^/elsewhere/(.*)\" => \"http://localhost:"
                + QByteArray::number(m_port) + "/$1\")\nalias.url = (\"/\" => \"" + folder
                + "/backend/\")\ncgi.assign = (\"\" => \"\")\nsetenv.set-environment = (\"GIT_PROJECT_ROOT\" => \""
                + world.path(u"forge"_s).toUtf8() + "\", \"GIT_HTTP_EXPORT_ALL\" => \"1\", \"PATH\" => \""
                + qgetenv("PATH") + "\")\n");
        m_server.start(u"/usr/sbin/lighttpd"_s, { u"-D"_s, u"-f"_s, world.path(u"server/lighttpd.conf"_s) });
        if (!m_server.waitForStarted() || !QTest::qWaitFor([this] { return answers(); }, 20'000))
            qFatal("lighttpd: %s", m_server.readAllStandardError().constData());
    }
    ~ForgeServer()
    {
        m_server.terminate();
        m_server.waitForFinished();
    }
    Q_DISABLE_COPY_MOVE(ForgeServer)

    QString host() const { return u"127.0.0.1:%1"_s.arg(m_port); }
    QString url(const QString &repository) const { return u"http://%1/%2.git"_s.arg(host(), repository); }
    // All that git sent with POST, one after the other.
    QByteArray asked() const { return m_world.read(u"server/asked"_s); }
    int posts() const { return m_world.read(u"server/count"_s).trimmed().toInt(); }
    // The connection of this POST ends without an answer; 0: none's.
    void breakAt(int post) { m_world.write(u"server/breakAt"_s, QByteArray::number(post)); }

private:
    bool answers() const
    {
        QTcpSocket socket;
        socket.connectToHost(QHostAddress::LocalHost, m_port);
        return socket.waitForConnected(100);
    }

    GitWorld &m_world;
    quint16 m_port = 0;
    QProcess m_server;
};

} // namespace foundry::test
