#include "SandboxFixture.h"

#include "FatalWarnings.h"

#include <linux/netlink.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace foundry;
using namespace foundry::test;

class KernelEscapeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QCOMPARE(m_fixture.make(), QString()); }

    // Each call gives EPERM inside. The control is that it gives something else outside, where the kernel itself
    // answers: it works, or it is refused for another reason than our filter's.
    void callsAreDenied_data()
    {
        QTest::addColumn<QString>("call");
        QTest::addColumn<bool>("controlIsPossible"); // false: an ordinary user gets EPERM from the kernel as well
        for (const char *call : { "io_uring_setup", "keyctl", "add_key" })
            QTest::newRow(call) << QString::fromLatin1(call) << true;
        for (const char *call : { "unshare-user", "unshare-more", "clone-user" })
            QTest::newRow(call) << QString::fromLatin1(call) << true;
        for (const char *call :
             { "mount", "remount", "umount", "chroot", "open_tree", "bpf", "perf_event_open", "userfaultfd", "mknod",
               "reboot", "kexec_load", "init_module", "setuid", "sethostname" })
            QTest::newRow(call) << QString::fromLatin1(call) << false;
    }
    void callsAreDenied()
    {
        QFETCH(QString, call);
        QFETCH(bool, controlIsPossible);
        if (controlIsPossible) {
            const QByteArray outside = m_fixture.attackOutside({ u"call"_s, call });
            QVERIFY2(outside != "EPERM" && outside != "EINVAL", outside);
        }
        const QByteArray inside = m_fixture.attack({ u"call"_s, call });
        // There is no root in a user namespace without one: EINVAL.
        QVERIFY2(inside == "EPERM" || (call == u"setuid"_s && inside == "EINVAL"), inside);
    }

    void theFilterItselfDenies()
    {
        // With nesting the filter lets namespaces through: the same calls then work, so it was the filter before.
        SandboxCommand nesting;
        nesting.nesting = true;
        for (const char *call : { "unshare-user", "clone-user" }) {
            QCOMPARE(m_fixture.attack({ u"call"_s, QString::fromLatin1(call) }, nesting), "done");
            QCOMPARE(m_fixture.attack({ u"call"_s, QString::fromLatin1(call) }), "EPERM");
        }
        // What is denied always is denied with nesting too.
        QCOMPARE(m_fixture.attack({ u"call"_s, u"io_uring_setup"_s }, nesting), "EPERM");
    }

    void anInnerSandboxWorksWithNestingOnly()
    {
        // bubblewrap as root covers parts of /proc, so that a new one cannot be mounted below.
        const QString proc = geteuid() == 0 ? u"--bind /proc /proc"_s : u"--proc /proc"_s;
        const QString inner = u"bwrap --unshare-all --ro-bind / / %1 --dev /dev true"_s.arg(proc);
        SandboxCommand nesting;
        nesting.nesting = true;
        const Shell with = m_fixture.shell(inner, nesting);
        QVERIFY2(with.good(), with.output);
        QVERIFY(!m_fixture.shell(inner).good());
    }

    void terminalInputIsNotPushed()
    {
        const QByteArray outside = m_fixture.attackOutside({ u"tiocsti"_s });
        QVERIFY2(outside.startsWith("done") || outside == "EIO",
                 outside); // EIO: this kernel has it switched off for everybody
        QCOMPARE(m_fixture.attack({ u"tiocsti"_s }), "EPERM");
    }

    void socketsAreFew_data()
    {
        QTest::addColumn<int>("family");
        QTest::addColumn<int>("protocol");
        QTest::addColumn<bool>("allowed");
        QTest::newRow("unix") << AF_UNIX << 0 << true;
        QTest::newRow("internet") << AF_INET << 0 << true;
        QTest::newRow("internet 6") << AF_INET6 << 0 << true;
        QTest::newRow("routing") << AF_NETLINK << NETLINK_ROUTE << true;
        QTest::newRow("packet") << AF_PACKET << 0 << false;
        QTest::newRow("vsock") << AF_VSOCK << 0 << false;
        QTest::newRow("kernel's crypto") << AF_ALG << 0 << false;
        QTest::newRow("bluetooth") << AF_BLUETOOTH << 0 << false;
        QTest::newRow("express data path") << AF_XDP << 0 << false;
        QTest::newRow("firewall") << AF_NETLINK << NETLINK_NETFILTER << false;
        QTest::newRow("device events") << AF_NETLINK << NETLINK_KOBJECT_UEVENT << false;
        QTest::newRow("audit") << AF_NETLINK << NETLINK_AUDIT << false;
    }
    void socketsAreFew()
    {
        QFETCH(int, family);
        QFETCH(int, protocol);
        QFETCH(bool, allowed);
        const QStringList attempt { u"socket"_s, QString::number(family), QString::number(protocol) };
        const QByteArray inside = m_fixture.attack(attempt);
        if (allowed)
            QCOMPARE(inside, "done");
        else
            QVERIFY2(inside == "EAFNOSUPPORT" || inside == "EPROTONOSUPPORT", inside);
    }

    void theDeniedSocketsExistOutside()
    {
        // The control: at least one of the denied kinds can be had here without the filter.
        QCOMPARE(m_fixture.attackOutside(
                     { u"socket"_s, QString::number(AF_NETLINK), QString::number(NETLINK_KOBJECT_UEVENT) }),
                 "done");
    }

    void callsOfTheOldKindAreDenied()
    {
#if defined(__x86_64__)
        const QByteArray outside = m_fixture.attackOutside({ u"old-call"_s });
        QVERIFY2(outside == "done" || outside == "ENOSYS", outside);
        QCOMPARE(m_fixture.attack({ u"old-call"_s }), "ENOSYS");
#else
        QCOMPARE(m_fixture.attack({ u"old-call"_s }), "ENOSYS");
#endif
    }

    void nothingOfRootIsLeft()
    {
        const QByteArray status
            = m_fixture
                  .shell(
                      u"grep -E '^(Uid|Gid|Groups|CapInh|CapPrm|CapEff|CapAmb|NoNewPrivs|Seccomp):' /proc/self/status"_s)
                  .output;
        const QByteArray id = QByteArray::number(m_fixture.record.owner >= 0 ? m_fixture.record.owner : 1000);
        QVERIFY2(status.contains("Uid:\t" + id + '\t' + id + '\t' + id + '\t' + id + '\n'), status);
        for (const char *set : { "CapInh", "CapPrm", "CapEff", "CapAmb" })
            QVERIFY2(status.contains(QByteArray(set) + ":\t0000000000000000\n"), status);
        QVERIFY2(status.contains("NoNewPrivs:\t1\n") && status.contains("Seccomp:\t2\n"), status);
        if (geteuid() == 0) {
            QVERIFY(m_fixture.record.owner > 0);
            QVERIFY2(status.contains("Groups:\t \n") || status.contains("Groups:\t\n"), status);
            QCOMPARE(qint64(QFileInfo(m_fixture.record.hostHome() + u"/.gitconfig"_s).ownerId()),
                     m_fixture.record.owner);
        }
    }

    void onesOwnProcessesCanBeTraced()
    {
        // Decided: gdb and strace are to work.
        QCOMPARE(m_fixture.attack({ u"trace-own"_s }), "done");
    }

private:
    SandboxFixture m_fixture;
};

FOUNDRY_TEST_MAIN(KernelEscapeTest)
#include "KernelEscapeTest.moc"
