#include "SandboxFixture.h"

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
        QTest::newRow("it runs things as they are")
            << version + "while [ \"$1\" != /usr/bin/readlink ]; do shift; done; exec \"$@\"\n"
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

private:
    QTemporaryDir m_folder;
    int m_count = 0;
};

FOUNDRY_TEST_MAIN(ProbeTest)
#include "ProbeTest.moc"
