#include "SandboxFixture.h"

#include "BeneathReader.h"
#include "FatalWarnings.h"

#include <fcntl.h>
#include <unistd.h>

using namespace foundry;
using namespace foundry::test;

class FilesEscapeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QFile::setPermissions(m_fixture.folder.path(), QFile::Permissions(0x7755));
        m_secret = m_fixture.folder.filePath(u"home/.ssh/id"_s);
        QVERIFY(writeFile(m_secret, "secret of the person"));
        QVERIFY(writeFile(m_fixture.folder.filePath(u"sandboxes/other/checkout/theirs"_s), "of another task"));
        QCOMPARE(m_fixture.make(), QString());
    }

    void filesOfThePersonAreNotRead_data()
    {
        QTest::addColumn<QString>("path");
        QTest::newRow("the home") << m_secret;
        QTest::newRow("another task") << m_fixture.folder.filePath(u"sandboxes/other/checkout/theirs"_s);
        QTest::newRow("the host's own files of this task") << m_fixture.record.hostRun() + u"/made"_s;
        QTest::newRow("through the old root") << u"/proc/self/root"_s + m_secret;
        QTest::newRow("a process of the host") << u"/proc/%1/cmdline"_s.arg(getpid());
        QTest::newRow("the host's shells") << u"/etc/shells"_s;
        QTest::newRow("system information") << u"/sys/kernel/mm/transparent_hugepage/enabled"_s;
        QTest::newRow("the mail and log folder") << u"/var/lib/dpkg/status"_s;
    }
    void filesOfThePersonAreNotRead()
    {
        QFETCH(QString, path);
        QVERIFY2(m_fixture.attackOutside({ u"read"_s, path }).startsWith("done"), "the control");
        const QByteArray inside = m_fixture.attack({ u"read"_s, path });
        QVERIFY2(inside == "ENOENT" || inside == "EACCES", inside);
    }

    void accountsAreNotTheHosts()
    {
        QFile host(u"/etc/passwd"_s);
        QVERIFY(host.open(QIODevice::ReadOnly));
        QVERIFY(host.readAll().contains("daemon:"));
        const QByteArray inside = m_fixture.shell(u"cat /etc/passwd /etc/group"_s).output;
        QVERIFY2(inside.contains("agent:") && !inside.contains("daemon:"), inside);
        QVERIFY(QFileInfo::exists(u"/etc/shadow"_s));
        QCOMPARE(m_fixture.attack({ u"read"_s, u"/etc/shadow"_s }), "ENOENT");
    }

    void nothingOutsideIsWritten_data()
    {
        QTest::addColumn<QString>("path");
        QTest::newRow("a system folder") << u"/usr/foundry-escape"_s;
        QTest::newRow("the root") << u"/foundry-escape"_s;
        QTest::newRow("accounts") << u"/etc/passwd"_s;
        QTest::newRow("a device folder") << u"/dev/foundry-escape"_s;
        QTest::newRow("the source") << u"/foundry/source.git/foundry-escape"_s;
        QTest::newRow("the source's objects") << u"/foundry/source.git/objects/foundry-escape"_s;
        QTest::newRow("our own program") << u"/foundry/entry"_s;
        QTest::newRow("the workspace's folder") << u"/workspace/foundry-escape"_s;
        QTest::newRow("the homes' folder") << u"/home/foundry-escape"_s;
        QTest::newRow("the kernel's settings") << u"/proc/sys/vm/overcommit_memory"_s;
        QTest::newRow("the kernel's keys") << u"/proc/sysrq-trigger"_s;
        QTest::newRow("the core pattern") << u"/proc/sys/kernel/core_pattern"_s;
    }
    void nothingOutsideIsWritten()
    {
        QFETCH(QString, path);
        const QByteArray inside = m_fixture.attack({ u"write"_s, path, u"0"_s });
        QVERIFY2(inside == "EROFS" || inside == "EACCES" || inside == "ENOENT", inside);
        QVERIFY(!QFileInfo::exists(u"/usr/foundry-escape"_s));
    }

    void writingIsPossibleWhereItShallBe()
    {
        // The control for the above: the same program, in the places of the task.
        for (const char *path :
             { "/workspace/shop/w", "/home/agent/w", "/tmp/w", "/var/tmp/w2", "/dev/shm/w", "/dev/null" })
            QCOMPARE(m_fixture.attack({ u"write"_s, QString::fromLatin1(path), u"0"_s }), "done");
        QCOMPARE(m_fixture.attackOutside({ u"write"_s, m_fixture.folder.filePath(u"outside"_s), u"0"_s }), "done");
        QCOMPARE(m_fixture.attack({ u"write"_s, m_fixture.folder.filePath(u"outside2"_s), u"0"_s }), "ENOENT");
    }

    void aReadOnlyCheckoutIsOne()
    {
        SandboxCommand command;
        command.readOnlyCheckout = true;
        QCOMPARE(m_fixture.attack({ u"write"_s, u"/workspace/shop/ro"_s, u"0"_s }, command), "EROFS");
    }

    void devicesAreFew()
    {
        QVERIFY(QDir(u"/dev"_s).exists(u"kmsg"_s)
                || QDir(u"/dev"_s).entryList(QDir::System).size() > 20); // the host has more
        QCOMPARE(m_fixture.shell(u"ls /dev | tr '\\n' ' '"_s).output,
                 "core fd full null ptmx pts random shm stderr stdin stdout tty urandom zero ");
    }

    void linksAreNotFollowedByTheHost()
    {
        QVERIFY(m_fixture
                    .shell(u"ln -s '"_s + m_secret + u"' link; ln -s / everything; rm -rf ~/.codex; ln -s '"_s
                           + m_fixture.folder.path() + u"' ~/.codex"_s)
                    .good());
        QFile plain(m_fixture.record.hostCheckout() + u"/link"_s);
        QVERIFY(plain.open(QIODevice::ReadOnly)); // the control: an unguarded read of the host is led out
        QCOMPARE(plain.readAll(), "secret of the person");
        const BeneathReader reader(m_fixture.record.hostCheckout());
        QCOMPARE(reader.read("link", 1000).error().name(), u"sandbox.unsafePath"_s);
        QCOMPARE(reader.read("everything" + QFile::encodeName(m_secret), 1000).error().name(), u"sandbox.unsafePath"_s);
        const auto put = m_fixture.provider.putFiles(m_fixture.record, { { u".codex/auth.json"_s, "token", true } });
        QCOMPARE(put.error().name(), u"sandbox.unsafePath"_s);
        QVERIFY(!QFileInfo::exists(m_fixture.folder.filePath(u"auth.json"_s)));
    }

    void openFilesOfTheEngineAreNotInherited()
    {
        const int leaked = ::open(QFile::encodeName(m_secret).constData(), O_RDONLY); // without O_CLOEXEC
        QVERIFY(leaked > 2);
        const QByteArray outside = onHost(u"sh"_s, { u"-c"_s, u"ls -l /proc/self/fd"_s });
        QVERIFY2(outside.contains("home/.ssh/id"), outside); // the control
        const QByteArray inside
            = m_fixture.shell(u"for f in /proc/self/fd/*; do echo ${f##*/} $(readlink $f); done"_s).output;
        QVERIFY2(!inside.contains("id") && inside.count('\n') <= 4, inside);
        ::close(leaked);
    }

    void theEnvironmentHoldsNothingOfTheHost()
    {
        qputenv("FOUNDRY_TEST_TOKEN", "gho_secret");
        qputenv("SSH_AUTH_SOCK", "/run/agent.sock");
        QVERIFY(onHost(u"env"_s, {}).contains("gho_secret")); // the control
        const QByteArray inside = m_fixture.shell(u"env | sort; cat /proc/*/environ | tr '\\0' '\\n'"_s).output;
        QVERIFY2(!inside.contains("gho_secret") && !inside.contains("SSH_AUTH_SOCK"), inside);
        const QByteArray names = m_fixture.shell(u"env | cut -d= -f1 | sort | tr '\\n' ' '"_s).output;
        QCOMPARE(names, "FOUNDRY_SANDBOX GIT_TERMINAL_PROMPT HOME LANG LOGNAME PATH PWD SHELL TERM TMPDIR USER ");
    }

private:
    SandboxFixture m_fixture;
    QString m_secret;
};

FOUNDRY_TEST_MAIN(FilesEscapeTest)
#include "FilesEscapeTest.moc"
