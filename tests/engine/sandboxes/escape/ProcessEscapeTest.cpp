#include "SandboxFixture.h"

#include "BubblewrapProfile.h"
#include "FatalWarnings.h"
#include "Strays.h"

#include <csignal>
#include <sys/time.h>
#include <unistd.h>

using namespace foundry;
using namespace foundry::test;

namespace {

// What a program that will be killed does: it makes a sandbox in `folder`, starts the attacker there and says so.
// Or, with a delay, it only starts it, and the kernel ends it so many microseconds later.
int playTheEngine(const QString &folder, const QString &bare, const QString &base, int delay)
{
    SystemClock clock;
    BubblewrapProvider provider(clock, { {}, places("foundry-entry"), u"/usr/bin:/bin"_s });
    SandboxRequest request;
    request.task = { u"crash"_s };
    request.sandboxesFolder = folder;
    request.bareRepository = bare;
    request.repositoryName = u"shop"_s;
    request.branch = u"task"_s;
    request.base = base;
    if (!await(provider.probe()))
        return 1;
    const auto record = provider.newRecord(request);
    if (!record || !await(provider.create(*record)))
        return 1;
    SandboxCommand command;
    command.program = u"/bin/sh"_s;
    const QString attacker = bubblewrap::bindInside(*record, places("foundry-attacker"));
    command.arguments = { u"-c"_s, attacker + u" daemonise 5; exec sleep 1000"_s };
    command.readOnlyBinds = { places("foundry-attacker") };
    const itimerval ending { {}, { 0, delay } };
    setitimer(ITIMER_REAL, &ending, nullptr); // SIGALRM, which nobody takes
    auto started = provider.start(*record, command);
    if (!started)
        return 1;
    (*started)->output = [](const QByteArray &bytes) {
        printf("%s\n", bytes.trimmed().constData());
        fflush(stdout);
    };
    return QCoreApplication::exec();
}

} // namespace

class ProcessEscapeTest : public QObject {
    Q_OBJECT

    // Host pids of everything in the sandbox's pid namespace or marked as the task's.
    static std::vector<int> processesOf(const QByteArray &task)
    {
        return processesWith([&task](const QByteArray &folder) {
            return procFileHolds(folder, "environ", "FOUNDRY_SANDBOX=" + task + '.')
                || procFileHolds(folder, "cmdline", QByteArray(1, 0) + task + "."_ba);
        });
    }

private Q_SLOTS:
    void initTestCase() { QCOMPARE(m_fixture.make(), QString()); }

    void theHostsProcessesAreNotSeen()
    {
        QProcess host;
        host.start(u"sleep"_s, { u"1000"_s });
        QVERIFY(host.waitForStarted());
        QVERIFY(onHost(u"sh"_s, { u"-c"_s, u"ls /proc"_s }).split('\n').contains(QByteArray::number(host.processId())));
        const Shell inside
            = m_fixture.shell(u"for p in /proc/[0-9]*; do cat $p/comm; done; ls /proc | grep -c '^[0-9]'"_s);
        QVERIFY2(!inside.output.contains("sleep") && inside.output.trimmed().split('\n').last().toInt() <= 5,
                 inside.output);
        host.kill();
        host.waitForFinished();
    }

    void theHostsProcessesAreNotSignalled()
    {
        QProcess host;
        host.start(u"sleep"_s, { u"1000"_s });
        QVERIFY(host.waitForStarted());
        const QString pid = QString::number(host.processId());
        QCOMPARE(m_fixture.attackOutside({ u"signal"_s, pid }), "done");
        QCOMPARE(m_fixture.attack({ u"signal"_s, pid }), "ESRCH");
        QCOMPARE(m_fixture.attack({ u"trace"_s, pid }), "ESRCH");
        QCOMPARE(m_fixture.attack({ u"trace"_s, u"1"_s }), "EPERM");
        QCOMPARE(m_fixture.attack({ u"read"_s, u"/proc/1/environ"_s }), "EACCES");
        QCOMPARE(m_fixture.attack({ u"write"_s, u"/proc/1/mem"_s, u"x"_s }), "EACCES");
        QVERIFY(m_fixture.shell(u"kill -9 -1; kill -9 1; kill -STOP 1; true"_s).good());
        QVERIFY(host.state() == QProcess::Running);
        host.kill();
        host.waitForFinished();
    }

    void twoSandboxesOfOneTaskDoNotSeeEachOther()
    {
        SandboxCommand command;
        command.program = u"/bin/sh"_s;
        command.arguments = { u"-c"_s, u"echo on; exec sleep 1000"_s };
        auto other = m_fixture.provider.start(m_fixture.record, command);
        QVERIFY(other);
        QByteArray output;
        (*other)->output = [&output](const QByteArray &bytes) { output += bytes; };
        QVERIFY(until([&] { return output == "on\n"; }));
        QVERIFY(!m_fixture.shell(u"cat /proc/*/comm"_s).output.contains("sleep"));
        QVERIFY(await((*other)->kill()));
    }

    void daemonisedProcessesEnd()
    {
        SandboxCommand command;
        command.program = u"/bin/sh"_s;
        const QString attacker = bubblewrap::bindInside(m_fixture.record, places("foundry-attacker"));
        command.arguments = { u"-c"_s, attacker + u" daemonise 100; exec sleep 1000"_s };
        command.readOnlyBinds = { places("foundry-attacker") };
        auto started = m_fixture.provider.start(m_fixture.record, command);
        QVERIFY(started);
        QByteArray output;
        (*started)->output = [&output](const QByteArray &bytes) { output += bytes; };
        QVERIFY(until([&] { return output.trimmed() == "done"; }));
        const QByteArray task = m_fixture.record.task.value.toUtf8();
        QVERIFY2(processesOf(task).size() > 100,
                 qPrintable(QString::number(processesOf(task).size()))); // the control: they live
        QVERIFY(await((*started)->kill()));
        QCOMPARE(processesOf(task).size(), size_t(0));
    }

    void daemonisedProcessesEndWithTheProgram()
    {
        const QByteArray seen = m_fixture.attack({ u"daemonise"_s, u"20"_s });
        QCOMPARE(seen, "done");
        QCOMPARE(processesOf(m_fixture.record.task.value.toUtf8()).size(), size_t(0));
    }

    void forksAreBounded()
    {
        QCOMPARE(m_fixture.attackOutside({ u"fork"_s, u"300"_s }), "done 300");
        SandboxCommand command;
        command.limits.processes = 50;
        const QByteArray inside = m_fixture.attack({ u"fork"_s, u"300"_s }, command);
        QVERIFY2(inside.startsWith("done "), inside);
        const int made = inside.mid(5).toInt();
        QVERIFY2(made > 10 && made <= 50, inside);
        // A bomb at full heat is ended as well, and the sandbox can be used again.
        command.limits.processes = 200;
        command.timeOut = std::chrono::milliseconds(1500);
        QVERIFY(m_fixture.attack({ u"bomb"_s }, command).startsWith("process.timedOut"));
        QCOMPARE(processesOf(m_fixture.record.task.value.toUtf8()).size(), size_t(0));
        QVERIFY(m_fixture.shell(u"true"_s).good());
    }

    void filesAreBounded()
    {
        const QString large = m_fixture.folder.filePath(u"large"_s);
        QCOMPARE(m_fixture.attackOutside({ u"large"_s, large, u"2000000"_s }), "done");
        SandboxCommand command;
        command.limits.fileBytes = 1'000'000;
        QCOMPARE(m_fixture.attack({ u"large"_s, u"/tmp/large"_s, u"2000000"_s }, command), "EFBIG");
        QCOMPARE(m_fixture.attack({ u"large"_s, u"/tmp/large"_s, u"900000"_s }, command), "done");
    }

    void everythingEndsWithAKilledEngine()
    {
        QTemporaryDir folder;
        QProcess engine;
        engine.start(QCoreApplication::applicationFilePath(),
                     { u"--play-the-engine"_s, folder.path(), m_fixture.bare(), m_fixture.base, u"0"_s });
        QVERIFY(engine.waitForStarted());
        QVERIFY(until([&engine] { return engine.bytesAvailable() > 0 || engine.state() == QProcess::NotRunning; }));
        QCOMPARE(engine.readAll().trimmed(), "done");
        QVERIFY(processesOf("crash").size() >= 7); // the control: they live
        ::kill(pid_t(engine.processId()), SIGKILL);
        QVERIFY(until([&engine] { return engine.state() == QProcess::NotRunning; }));
        QTRY_COMPARE_WITH_TIMEOUT(processesOf("crash").size(), size_t(0), patience);
    }

    // bubblewrap itself cannot be ended at any moment: see foundry-entry.
    void everythingEndsWithAnEngineThatEndsWhileASandboxStarts()
    {
        constexpr int engines = 24;
        constexpr int apart = 400; // microseconds
        for (int i = 1; i <= engines; ++i) {
            QTemporaryDir folder;
            QProcess engine;
            engine.start(QCoreApplication::applicationFilePath(),
                         { u"--play-the-engine"_s, folder.path(), m_fixture.bare(), m_fixture.base,
                           QString::number(i * apart) });
            QVERIFY(engine.waitForFinished());
            QCOMPARE(engine.exitStatus(), QProcess::CrashExit);
            // What is not yet bubblewrap still has the engine's command line. One look can miss a process that is
            // just being made or replaced.
            const QByteArray own = QFile::encodeName(folder.path());
            int looks = 0;
            const auto isQuiet = [&own, &looks] {
                const auto left
                    = processesWith([&own](const QByteArray &of) { return procFileHolds(of, "cmdline", own); });
                looks = left.empty() && processesOf("crash").empty() ? looks + 1 : 0;
                return looks >= 3;
            };
            QTRY_VERIFY_WITH_TIMEOUT(isQuiet(), patience);
        }
    }

private:
    SandboxFixture m_fixture;
};

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    if (argc == 6 && app.arguments().at(1) == u"--play-the-engine"_s)
        return playTheEngine(app.arguments().at(2), app.arguments().at(3), app.arguments().at(4),
                             app.arguments().at(5).toInt());
    foundry::test::installFatalWarnings();
    ProcessEscapeTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "ProcessEscapeTest.moc"
