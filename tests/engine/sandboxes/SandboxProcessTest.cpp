#include "SandboxFixture.h"

#include "FatalWarnings.h"

#include <QElapsedTimer>
#include <QTcpServer>

#include <unistd.h>

using namespace foundry;
using namespace foundry::test;
using namespace std::chrono_literals;

class SandboxProcessTest : public QObject {
    Q_OBJECT

    struct Running {
        std::unique_ptr<SandboxProcess> process;
        QByteArray output;
        std::optional<SandboxExit> exit;
    };
    static std::unique_ptr<Running> start(SandboxFixture &fixture, const QString &script, SandboxCommand command = {})
    {
        command.program = u"/bin/sh"_s;
        command.arguments = { u"-c"_s, script };
        auto started = fixture.provider.start(fixture.record, command);
        if (!started)
            qFatal("%s", qPrintable(started.error().chain()));
        auto running = std::make_unique<Running>();
        running->process = std::move(*started);
        running->process->output = [r = running.get()](const QByteArray &bytes) { r->output += bytes; };
        running->process->finished = [r = running.get()](SandboxExit exit) { r->exit = std::move(exit); };
        return running;
    }
    static int marked(const SandboxFixture &fixture)
    {
        const QByteArray found
            = onHost(u"sh"_s,
                     { u"-c"_s, u"grep -l -a -s \"$1\" /proc/[0-9]*/cmdline | grep -v self | wc -l"_s, u"sh"_s,
                       fixture.record.task.value + u"[.]"_s });
        return found.trimmed().toInt();
    }

private Q_SLOTS:
    void aConversationGoesBothWays()
    {
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        auto running
            = start(fixture, u"while read -r line; do echo \"got $line\"; done; echo end; echo why >&2; exit 3"_s);
        QVERIFY(running->process->write("one\n")); // before it runs
        QTRY_COMPARE_WITH_TIMEOUT(running->output, "got one\n", patience);
        QVERIFY(running->process->write("two\n"));
        QTRY_COMPARE_WITH_TIMEOUT(running->output, "got one\ngot two\n", patience);
        running->process->closeInput();
        QTRY_VERIFY_WITH_TIMEOUT(running->exit, patience);
        QCOMPARE(running->output, "got one\ngot two\nend\n");
        QCOMPARE(running->exit->exitCode, 3);
        QCOMPARE(running->exit->signal, 0);
        QCOMPARE(running->exit->errorTail, "why\n");
        QVERIFY(!running->exit->failure);
        QVERIFY(!running->process->write("three\n"));
    }

    void aMissingProgramIsNamed()
    {
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        SandboxCommand command;
        command.program = u"no-such-program"_s;
        const auto output = await(fixture.provider.run(fixture.record, command));
        QCOMPARE(output.error().chain(), u"sandbox.launchFailed: start no-such-program: No such file or directory"_s);
    }

    void aSandboxThatIsNotThereIsNamed()
    {
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        await(fixture.provider.release(fixture.record));
        const auto started = fixture.provider.start(fixture.record, {});
        QCOMPARE(started.error().name(), u"sandbox.notFound"_s);
    }

    void aFloodWaitsForItsReader()
    {
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        auto running = start(fixture, u"dd if=/dev/zero bs=65536 count=200 2>/dev/null; echo done >~/done"_s);
        running->process->pause();
        QTest::qWait(300);
        QVERIFY(running->output.size() <= 64 * 1024); // what had been under way
        QVERIFY(!running->exit);
        QVERIFY(!QFile::exists(fixture.record.hostHome() + u"/done"_s));
        running->process->resume();
        QTRY_VERIFY_WITH_TIMEOUT(running->exit, patience);
        QCOMPARE(running->output.size(), 200 * 65536);
    }

    void whatWasWrittenBeforeTheEndIsNotLostByPausing()
    {
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        auto running = start(fixture, u"echo last words"_s);
        running->process->pause();
        QTest::qWait(300);
        QVERIFY(!running->exit);
        running->process->resume();
        QTRY_VERIFY_WITH_TIMEOUT(running->exit, patience);
        QCOMPARE(running->output, "last words\n");
    }

    void tooMuchInputForADeafProgramIsRefused()
    {
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        SandboxCommand command;
        command.limits.unsentInput = 1024 * 1024;
        auto running = start(fixture, u"exec sleep 1000"_s, command);
        QVERIFY(running->process->write(QByteArray(1024 * 1024, 'x')));
        QVERIFY(!running->process->write(QByteArray(512 * 1024, 'x')));
        QVERIFY(running->process->unsent() <= 1024 * 1024);
        QVERIFY(await(running->process->kill()));
    }

    void moreOutputThanAllowedEndsIt()
    {
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        SandboxCommand command;
        command.maxOutput = 100'000;
        const Shell seen = fixture.shell(u"exec cat /dev/zero"_s, command);
        QVERIFY2(seen.failure.startsWith(u"process.tooMuchOutput"_s), qPrintable(seen.failure));
        QCOMPARE(marked(fixture), 0);
    }

    void aTimeLimitEndsTheWholeTree()
    {
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        SandboxCommand command;
        command.timeOut = 300ms;
        const Shell seen = fixture.shell(u"setsid sleep 1000 & sleep 1000"_s, command);
        QVERIFY2(seen.failure.startsWith(u"process.timedOut"_s), qPrintable(seen.failure));
        QCOMPARE(marked(fixture), 0);
    }

    void theErrorTailIsBounded()
    {
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        SandboxCommand command;
        command.limits.errorTail = 1000;
        auto running = start(fixture, u"i=0; while [ $i -lt 5000 ]; do echo $i >&2; i=$((i+1)); done"_s, command);
        QTRY_VERIFY_WITH_TIMEOUT(running->exit, patience);
        QCOMPARE(running->exit->errorTail.size(), 1000);
        QVERIFY(running->exit->errorTail.endsWith("4999\n"));
    }

    void destroyingItEndsTheTree()
    {
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        auto running = start(fixture, u"setsid sleep 1000 & echo on; sleep 1000"_s);
        QTRY_COMPARE_WITH_TIMEOUT(running->output, "on\n", patience);
        QVERIFY(marked(fixture) >= 2);
        running.reset();
        QTRY_COMPARE_WITH_TIMEOUT(marked(fixture), 0, patience);
    }

    void destroyingItAtOnceLeavesNothing()
    {
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        for (int i = 0; i < 10; ++i) {
            start(fixture, u"echo ran >>~/ran; sleep 1000"_s).reset();
            QTest::qWait(i);
        }
        QTRY_COMPARE_WITH_TIMEOUT(marked(fixture), 0, patience);
        QVERIFY(!QFile::exists(fixture.record.hostHome() + u"/ran"_s)); // never got the word
    }

    void itMayBeDestroyedInsideFinished()
    {
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        auto running = start(fixture, u"exit 0"_s);
        bool told = false;
        running->process->finished = [&](SandboxExit) {
            running.reset();
            told = true;
        };
        QTRY_VERIFY_WITH_TIMEOUT(told, patience);
    }

    void killIsAnsweredWhenNothingLivesAnyMore()
    {
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        auto running = start(
            fixture,
            u"for i in 1 2 3 4 5 6 7 8 9 10; do (setsid sh -c 'sleep 1000 & sleep 1000' &) ; done; echo on; sleep 1000"_s);
        QTRY_COMPARE_WITH_TIMEOUT(running->output, "on\n", patience);
        auto first = running->process->kill();
        QVERIFY(await(std::move(first)));
        QCOMPARE(marked(fixture), 0);
        QVERIFY(running->exit);
        QCOMPARE(running->exit->signal, 9);
        QVERIFY(await(running->process->kill())); // again does no harm
    }

    void strayProcessesOfACrashAreEnded()
    {
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        // A crash that even the kernel's help did not reach: nobody knows of this one any more.
        const auto program = fixture.provider.uploadPackProgram(fixture.record);
        QVERIFY(program);
        QProcess stray;
        stray.start(*program, {});
        QTRY_VERIFY_WITH_TIMEOUT(marked(fixture) >= 2, patience);
        const auto ended = await(fixture.provider.endStrays(fixture.record));
        QVERIFY2(ended, qPrintable(ended ? QString() : ended.error().chain()));
        QVERIFY(*ended >= 1);
        QCOMPARE(marked(fixture), 0);
        QTRY_COMPARE_WITH_TIMEOUT(stray.state(), QProcess::NotRunning, patience);
        QCOMPARE(await(fixture.provider.endStrays(fixture.record)).value_or(-1), 0);
    }

    void programsOutsideUsrAreShownReadOnly()
    {
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        const QString tool = fixture.folder.filePath(u"tools/bin/tool"_s);
        QVERIFY(writeFile(tool, "#!/bin/sh\necho tool runs\necho x >\"$0\" 2>/dev/null || echo read-only\n"));
        QFile::setPermissions(tool, QFile::Permissions(0x7755));
        QFile::setPermissions(fixture.folder.path(), QFile::Permissions(0x7755));
        SandboxCommand command;
        command.readOnlyBinds = { fixture.folder.filePath(u"tools"_s) };
        command.program = tool; // the folder is below /tmp, where the sandbox has its own
        const auto output = await(fixture.provider.run(fixture.record, command));
        QVERIFY2(output, qPrintable(output ? QString() : output.error().chain()));
        QCOMPARE(output->output, "tool runs\nread-only\n");
    }

    void tooWideBindsAreRefused_data()
    {
        QTest::addColumn<QString>("bind");
        QTest::newRow("root") << u"/"_s;
        QTest::newRow("home") << QDir::homePath();
        QTest::newRow("etc") << u"/etc"_s;
        QTest::newRow("proc") << u"/proc/1"_s;
        QTest::newRow("dots") << u"/usr/../etc"_s;
        QTest::newRow("data") << u"SANDBOXES"_s;
        QTest::newRow("a link to it") << u"LINK"_s;
        QTest::newRow("missing") << u"/no/such/folder"_s;
        QTest::newRow("relative") << u"usr"_s;
    }
    void tooWideBindsAreRefused()
    {
        QFETCH(QString, bind);
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        if (bind == u"SANDBOXES"_s)
            bind = fixture.folder.filePath(u"sandboxes"_s);
        if (bind == u"LINK"_s) {
            bind = fixture.folder.filePath(u"link"_s);
            QVERIFY(QFile::link(u"/"_s, bind));
        }
        SandboxCommand command;
        command.program = u"/bin/true"_s;
        command.readOnlyBinds = { bind };
        const auto started = fixture.provider.start(fixture.record, command);
        QVERIFY(!started);
        QCOMPARE(started.error().name(), u"sandbox.launchFailed"_s);
    }

    void aHiddenEnvironmentReachesTheProgramOnly()
    {
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        SandboxCommand command;
        command.environment = { { u"MODEL_KEY"_s, u"key-of-the-person"_s } };
        auto running = start(fixture, u"echo $MODEL_KEY; read -r x"_s, command);
        QTRY_COMPARE_WITH_TIMEOUT(running->output, "key-of-the-person\n", patience);
        const QByteArray listed
            = onHost(u"sh"_s, { u"-c"_s, u"cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n'"_s });
        QVERIFY(listed.contains(fixture.record.task.value.toUtf8())); // the listing sees the sandbox
        QVERIFY(!listed.contains("key-of-the-person"));
    }
};

FOUNDRY_TEST_MAIN(SandboxProcessTest)
#include "SandboxProcessTest.moc"
