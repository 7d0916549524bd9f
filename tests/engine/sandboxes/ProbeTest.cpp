#include "SandboxFixture.h"

#include "BubblewrapProfile.h"
#include "Strays.h"

#include "FatalWarnings.h"

using namespace foundry;
using namespace foundry::test;

// A computer on which bubblewrap cannot work is played by a program in its place.
class ProbeTest : public QObject {
    Q_OBJECT

    QString pretend(const QByteArray &script)
    {
        const QString path = m_folder.filePath(u"bwrap%1"_s.arg(++m_count));
        writeFile(path, "#!/bin/sh\n" + script);
        QFile::setPermissions(path, QFile::Permissions(0x7755));
        return path;
    }

private Q_SLOTS:
    void itIsMissing()
    {
        SystemClock clock;
        BubblewrapProvider provider(clock, { {}, places("foundry-entry"), m_folder.path() });
        QCOMPARE(await(provider.probe()).error().name(), u"sandbox.bubblewrapMissing"_s);
        QCOMPARE(provider.start({}, {}).error().name(), u"sandbox.bubblewrapMissing"_s);
    }

    void namespacesAreForbidden()
    {
        SystemClock clock;
        const QString bwrap = pretend("[ \"$1\" = --version ] && echo 'bubblewrap 0.8.0' && exit 0\n"
                                      "echo 'bwrap: No permissions to create new namespace' >&2; exit 1\n");
        BubblewrapProvider provider(clock, { bwrap, places("foundry-entry"), {} });
        const auto report = await(provider.probe());
        QCOMPARE(report.error().name(), u"sandbox.namespacesForbidden"_s);
        QVERIFY2(report.error().detail.contains(u"No permissions to create new namespace"_s),
                 qPrintable(report.error().chain()));
    }

    void itDoesNotStart()
    {
        SystemClock clock;
        BubblewrapProvider provider(clock, { pretend("kill -SEGV $$\n"), places("foundry-entry"), {} });
        QCOMPARE(await(provider.probe()).error().name(), u"sandbox.bubblewrapMissing"_s);
    }

    void L17_isolationIsProvedAndNotBelieved_data()
    {
        QTest::addColumn<QByteArray>("script");
        QTest::addColumn<QString>("expected");
        QTest::newRow("another program") << QByteArray("echo hello\n") << u"sandbox.bubblewrapMissing"_s;
        const QByteArray version = "[ \"$1\" = --version ] && echo 'bubblewrap 0.8.0' && exit 0\n";
        QTest::newRow("it only says yes") << version + "exit 0\n" << u"sandbox.namespacesForbidden"_s;
        // It says who the first process is, as the real one does, and lets it go on among the others.
        QTest::newRow("it runs things as they are") << version
                + "while [ \"$1\" != -- ]; do [ \"$1\" != --json-status-fd ] || status=$2; shift; done; shift 2\n"
                  "'"
                + places("foundry-entry").toLocal8Bit()
                + "' \"$@\" &\n"
                  "echo \"{ \\\"child-pid\\\": $! }\" >/proc/self/fd/$status; wait $!\n"
                                                    << u"sandbox.namespacesForbidden"_s;
    }
    void L17_isolationIsProvedAndNotBelieved()
    {
        QFETCH(QByteArray, script);
        QFETCH(QString, expected);
        SystemClock clock;
        BubblewrapProvider provider(clock, { pretend(script), places("foundry-entry"), {} });
        const auto report = await(provider.probe());
        QVERIFY(!report);
        QCOMPARE(report.error().name(), expected);
        if (qstrcmp(QTest::currentDataTag(), "it runs things as they are") == 0)
            QVERIFY2(report.error().detail.contains(u"does not isolate: pid"_s), qPrintable(report.error().chain()));
    }

    void theEntryProgramIsMissing()
    {
        SystemClock clock;
        BubblewrapProvider provider(clock, { {}, m_folder.filePath(u"none"_s), u"/usr/bin"_s });
        QCOMPARE(await(provider.probe()).error().name(), u"sandbox.networkHelper"_s);
    }

    void aFailureIsTriedAgainAndAnAnswerIsKept()
    {
        SystemClock clock;
        const QString bwrap = pretend("exit 1\n");
        BubblewrapProvider provider(clock, { bwrap, places("foundry-entry"), {} });
        QVERIFY(!await(provider.probe()));
        QVERIFY(writeFile(bwrap, "#!/bin/sh\nexec /usr/bin/bwrap \"$@\"\n")); // the person has set it right
        QVERIFY(await(provider.probe()));
        QVERIFY(writeFile(bwrap, "#!/bin/sh\nexit 1\n"));
        QVERIFY(await(provider.probe()));
    }

    // bubblewrap killed while it makes its first process leaves that one waiting for ever.
    void whoDropsItLeavesNothing()
    {
        const QString entry = ownEntry();
        SystemClock clock;
        for (int i = 0; i < 20; ++i) {
            BubblewrapProvider provider(clock, { {}, entry, u"/usr/bin:/bin"_s });
            auto probing = provider.probe();
            probing.start([](const Result<IsolationReport> &) { });
            for (int turn = 0; turn < i; ++turn) // each time a little further on
                QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 1);
        }
        QTRY_VERIFY_WITH_TIMEOUT(onItsWay(entry).empty(), patience);
    }

    void whoIsKilledLeavesNothing()
    {
        const QString entry = ownEntry();
        for (int i = 0; i < 10; ++i) {
            QProcess other;
            QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
            environment.insert(u"FOUNDRY_PROBES_WITH"_s, entry);
            other.setProcessEnvironment(environment);
            other.start(QCoreApplication::applicationFilePath(), { u"probesUntilItIsKilled"_s });
            const size_t stage = 1 + size_t(i % 2); // bubblewrap, and its first process
            bool seen = false; // they come and go
            QTRY_VERIFY_WITH_TIMEOUT((seen = seen || onItsWay(entry).size() >= stage), patience);
            other.kill();
            QVERIFY(other.waitForFinished(patience));
        }
        QTRY_VERIFY_WITH_TIMEOUT(onItsWay(entry).empty(), patience);
    }

    // The other one of whoIsKilledLeavesNothing.
    void probesUntilItIsKilled()
    {
        const QString entry = qEnvironmentVariable("FOUNDRY_PROBES_WITH");
        SystemClock clock;
        while (!entry.isEmpty()) {
            BubblewrapProvider provider(clock, { {}, entry, u"/usr/bin:/bin"_s });
            (void)await(provider.probe());
        }
    }

private:
    // By whose path this test's probes are known.
    QString ownEntry()
    {
        const QString path = m_folder.filePath(u"entry%1"_s.arg(++m_count));
        return QFile::copy(places("foundry-entry"), path) ? path : QString();
    }
    static std::vector<int> onItsWay(const QString &entry)
    {
        SandboxRecord record;
        record.task = { u"probe"_s };
        record.folder = entry;
        return processesWith([wanted = bubblewrap::mark(record)](const QByteArray &folder) {
            return procFileHolds(folder, "cmdline", wanted);
        });
    }

    QTemporaryDir m_folder;
    int m_count = 0;
};

FOUNDRY_TEST_MAIN(ProbeTest)
#include "ProbeTest.moc"
