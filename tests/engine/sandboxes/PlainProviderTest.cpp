#include "SandboxFixture.h"

#include "FatalWarnings.h"

using namespace foundry;
using namespace foundry::test;

class PlainProviderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void itSaysThatItIsNoSandbox()
    {
        SystemClock clock;
        PlainProvider plain(clock);
        const auto report = await(plain.probe());
        QVERIFY(report);
        QCOMPARE(report->isolation, Isolation::none);
        QCOMPARE(report->weakness, u"none"_s);
    }

    void aTaskIsMadeEnteredSnapshotAndReleased()
    {
        SandboxFixture fixture;
        PlainProvider plain(fixture.clock);
        QCOMPARE(fixture.make({}, &plain), QString());
        qputenv("FOUNDRY_TEST_SECRET", "of the host");
        const Shell seen = fixture.shell(u"pwd; cat a.txt; echo $HOME; echo \"[$FOUNDRY_TEST_SECRET]\"; echo new >new; "
                                         "git config user.email; git status --short"_s,
                                         {}, &plain);
        QVERIFY2(seen.good(), qPrintable(seen.failure));
        QCOMPARE(seen.output,
                 fixture.record.hostCheckout().toUtf8() + "\none\n" + fixture.record.hostHome().toUtf8()
                     + "\n[]\nada@example.org\n?? new\n");

        SandboxGit git(plain);
        const auto snapshot = await(git.snapshot(fixture.record, u"turn 1"_s));
        QVERIFY2(snapshot, qPrintable(snapshot ? QString() : snapshot.error().chain()));
        const auto program = plain.uploadPackProgram(fixture.record);
        QVERIFY(program);
        int exitCode = -1;
        onHost(u"git"_s,
               { u"-C"_s, fixture.bare(), u"fetch"_s, u"--upload-pack="_s + *program, u"/nowhere"_s,
                 u"refs/foundry/snapshot:refs/foundry/x"_s },
               &exitCode);
        QCOMPARE(exitCode, 0);
        QCOMPARE(onHost(u"git"_s, { u"-C"_s, fixture.bare(), u"rev-parse"_s, u"refs/foundry/x"_s }).trimmed(),
                 snapshot->commit.toUtf8());

        QVERIFY(await(plain.release(fixture.record)));
        QVERIFY(!QFileInfo::exists(fixture.record.folder));
    }

    void whatItStartedEndsWithIt()
    {
        SandboxFixture fixture;
        PlainProvider plain(fixture.clock);
        QCOMPARE(fixture.make({}, &plain), QString());
        SandboxCommand command;
        command.program = u"sh"_s;
        command.arguments = {
            u"-c"_s,
            u"(setsid sh -c 'echo $$ >daemon; exec sleep 1000' &) ; while [ ! -s daemon ]; do :; done; echo on; sleep 1000"_s
        };
        auto started = plain.start(fixture.record, command);
        QVERIFY2(started, qPrintable(started ? QString() : started.error().chain()));
        QByteArray output;
        (*started)->output = [&output](const QByteArray &bytes) { output += bytes; };
        QVERIFY(until([&] { return output == "on\n"; }));
        QFile file(fixture.record.hostCheckout() + u"/daemon"_s);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QString daemon = QString::fromLatin1(file.readAll().trimmed());
        QVERIFY(QFileInfo::exists(u"/proc/"_s + daemon));
        // Another program of the same task is not touched.
        auto other = plain.start(fixture.record, { u"cat"_s });
        QVERIFY(other);
        const auto killed = await((*started)->kill());
        QVERIFY2(killed, qPrintable(killed ? QString() : killed.error().chain()));
        QVERIFY(until([&] {
            return !QFileInfo::exists(u"/proc/"_s + daemon + u"/exe"_s)
                || !QFileInfo(u"/proc/"_s + daemon + u"/exe"_s).isFile();
        }));
        QVERIFY(QFileInfo::exists(u"/proc/%1"_s.arg((*other)->pid())));
        QCOMPARE(await(plain.endStrays(fixture.record)).value_or(-1), 1);
    }

    void aMissingProgramIsNamed()
    {
        SandboxFixture fixture;
        PlainProvider plain(fixture.clock);
        QCOMPARE(fixture.make({}, &plain), QString());
        SandboxCommand command;
        command.program = u"no-such-program"_s;
        QCOMPARE(plain.start(fixture.record, command).error().chain(),
                 u"sandbox.launchFailed: not found: no-such-program"_s);
    }
};

FOUNDRY_TEST_MAIN(PlainProviderTest)
#include "PlainProviderTest.moc"
