// Real terminals: bash in bubblewrap with a controlling terminal of the sandbox's own.
#include "SandboxFixture.h"

#include "FatalWarnings.h"
#include "TerminalHub.h"

#include <csignal>
#include <unistd.h>

using namespace foundry;
using namespace foundry::test;

class TerminalHubTest : public QObject {
    Q_OBJECT

    // A hub whose output is taken at once, or not at all.
    struct World {
        SandboxFixture fixture;
        QByteArray output;
        qint64 told = 0;
        std::optional<event::TerminalEnded> end;
        bool takes = true;
        TerminalHub hub { fixture.clock, [this](const Event &event) { take(event); } };
        const TerminalId id { u"t1"_s };

        void take(const Event &event)
        {
            if (const auto *more = std::get_if<event::TerminalOutput>(&event)) {
                told += more->bytes.size();
                output = (output + more->bytes).right(1024 * 1024);
                if (takes)
                    hub.taken(id, more->bytes.size());
            } else if (const auto *ended = std::get_if<event::TerminalEnded>(&event)) {
                end = *ended;
            }
        }
        QString open(const QString &commandLine = {}, TerminalGrid grid = { 80, 24 })
        {
            if (const QString made = fixture.make(); !made.isEmpty())
                return made;
            return openHere(commandLine, grid);
        }
        QString openHere(const QString &commandLine, TerminalGrid grid = { 80, 24 })
        {
            SandboxCommand command;
            command.program = u"/bin/bash"_s;
            command.arguments
                = commandLine.isEmpty() ? QStringList { u"--norc"_s, u"-i"_s } : QStringList { u"-c"_s, commandLine };
            command.environment = { { u"PS1"_s, u"$ "_s } };
            if (auto reserved = hub.reserve(id, grid); !reserved)
                return reserved.error().chain();
            auto started = hub.start(id, [&](TerminalSize size) {
                command.terminal = size;
                return fixture.provider.start(fixture.record, command);
            });
            return started ? QString() : started.error().chain();
        }
        bool sees(const QByteArray &text)
        {
            return until([&] { return output.contains(text); });
        }
        bool endsWith(int exitCode)
        {
            return until([this] { return end.has_value(); }) && end->exitCode == exitCode && !end->failure;
        }
    };

private Q_SLOTS:
    void aShellHasATerminalOfItsOwn()
    {
        World world;
        QCOMPARE(world.open({}, { 91, 33 }), QString());
        world.hub.write(world.id, "tty; stty size; pwd; echo \"$((6 * 7))!\"\r");
        QVERIFY(world.sees("42!\r\n"));
        QVERIFY2(world.output.contains("/dev/pts/0\r\n"), world.output);
        QVERIFY(world.output.contains("33 91\r\n"));
        QVERIFY(world.output.contains(world.fixture.record.checkout.toUtf8() + "\r\n"));
        world.hub.write(world.id, "exit 7\r");
        QVERIFY(world.endsWith(7));
        QCOMPARE(world.hub.count(), 0);
        QVERIFY(world.hub.write(world.id, "x").error().is(codes::Terminal::missing));
    }

    void whatIsTypedBeforeItRunsWaits()
    {
        World world;
        QCOMPARE(world.fixture.make(), QString());
        QVERIFY(world.hub.reserve(world.id, { 80, 24 }));
        QVERIFY(world.hub.write(world.id, "echo early-$((1+1))\r"));
        QVERIFY(world.hub.resize(world.id, { 100, 30 }));
        auto started = world.hub.start(world.id, [&](TerminalSize size) {
            SandboxCommand command;
            command.program = u"/bin/bash"_s;
            command.arguments = QStringList { u"--norc"_s };
            command.terminal = size;
            return world.fixture.provider.start(world.fixture.record, command);
        });
        QVERIFY(started);
        QVERIFY(world.sees("early-2\r\n"));
    }

    void resizeIsToldToTheProgram()
    {
        World world;
        QCOMPARE(world.open(u"trap 'stty size; exit 5' WINCH; echo ready; while :; do sleep 0.05; done"_s), QString());
        QVERIFY(world.sees("ready"));
        QVERIFY(world.hub.resize(world.id, { 132, 50 }));
        QVERIFY(world.endsWith(5));
        QVERIFY2(world.output.contains("50 132"), world.output);
        QVERIFY(world.hub.reserve(TerminalId { u"t2"_s }, { 0, 24 }).error().is(codes::Terminal::badSize));
    }

    void controlCInterrupts()
    {
        World world;
        QCOMPARE(world.open(u"trap 'echo got-it; exit 3' INT; echo ready; while :; do sleep 0.05; done"_s), QString());
        QVERIFY(world.sees("ready"));
        world.hub.write(world.id, "\x03");
        QVERIFY(world.endsWith(3));
        QVERIFY(world.output.contains("got-it"));
    }

    // A program that floods waits once nobody takes what it put out, and goes on when somebody does.
    void aFloodWaits()
    {
        World world;
        world.takes = false;
        QCOMPARE(world.open(u"yes 0123456789abcdef"_s), QString());
        QVERIFY(until([&] { return world.told >= limits::terminalUntaken; }));
        const qint64 told = world.told;
        QVERIFY(told < limits::terminalUntaken + 128 * 1024);
        bool waited = false;
        const Alarm alarm = world.fixture.clock.after(std::chrono::milliseconds(200), [&] { waited = true; });
        QVERIFY(until([&] { return waited; }));
        QCOMPARE(world.told, told);
        world.hub.taken(world.id, told);
        QVERIFY(until([&] { return world.told > told; }));
    }

    void allOfALongOutputComes()
    {
        World world;
        QCOMPARE(world.open(u"seq 300000; echo the-end"_s), QString());
        QVERIFY(world.endsWith(0));
        QVERIFY(world.output.endsWith("299999\r\n300000\r\nthe-end\r\n"));
    }

    void aProgramThatDoesNotReadIsBounded()
    {
        World world;
        QCOMPARE(world.open(u"stty raw -echo; echo ready; sleep 1000"_s), QString());
        QVERIFY(world.sees("ready"));
        const QByteArray much(limits::terminalInput, 'x');
        Result<> written;
        for (int i = 0; i < 6 && written; ++i)
            written = world.hub.write(world.id, much);
        QVERIFY(!written);
        QVERIFY(written.error().is(codes::Terminal::inputFull));
        QVERIFY(world.hub.write(world.id, much + "x").error().is(codes::Terminal::inputFull));
    }

    void closeHangsUpAndThenEnds()
    {
        World world;
        QCOMPARE(world.open(u"trap 'touch hung-up; exit 0' HUP; (trap '' HUP TERM; setsid sleep 1000) & echo ready; "
                            "while :; do sleep 0.05; done"_s),
                 QString());
        QVERIFY(world.sees("ready"));
        world.hub.close(world.id);
        QVERIFY(until([&] { return world.end.has_value(); }));
        QVERIFY(QFile::exists(world.fixture.record.hostCheckout() + u"/hung-up"_s));
        QCOMPARE(await(world.fixture.provider.release(world.fixture.record)).has_value(), true);
    }

    void aStubbornOneIsKilled()
    {
        World world;
        QCOMPARE(world.open(u"trap '' HUP TERM INT; echo ready; while :; do sleep 1000; done"_s), QString());
        QVERIFY(world.sees("ready"));
        world.hub.close(world.id);
        QVERIFY(until([&] { return world.end.has_value(); }));
        QCOMPARE(world.hub.count(), 0);
    }

    void aMissingProgramIsNamed()
    {
        World world;
        QCOMPARE(world.fixture.make(), QString());
        QVERIFY(world.hub.reserve(world.id, { 80, 24 }));
        QVERIFY(world.hub.start(world.id, [&](TerminalSize size) {
            SandboxCommand command;
            command.program = u"no-such-program"_s;
            command.terminal = size;
            return world.fixture.provider.start(world.fixture.record, command);
        }));
        QVERIFY(until([&] { return world.end.has_value(); }));
        QCOMPARE(world.end->failure->chain(),
                 u"sandbox.launchFailed: start no-such-program: No such file or directory"_s);
    }

    // A crash's strays are looked for while terminals of this program are open: those stay. Release takes all.
    void isNoStrayAndGoesWithTheSandbox()
    {
        World world;
        QCOMPARE(world.open(), QString());
        world.hub.write(world.id, "echo r$((1))y\r");
        QVERIFY(world.sees("r1y"));
        QCOMPARE(await(world.fixture.provider.endStrays(world.fixture.record)).value_or(-1), 0);
        world.hub.write(world.id, "echo still-h$((3))re\r");
        QVERIFY(world.sees("still-h3re"));
        QVERIFY(await(world.fixture.provider.release(world.fixture.record)));
        QVERIFY(until([&] { return world.end.has_value(); }));
    }

    // Nothing of the host's terminals is inside, and nothing can be typed into the sandbox's own.
    void nothingReachesTheHostsTerminals()
    {
        World world;
        QCOMPARE(world.open(u"ls /dev/pts; ls -l /proc/self/fd /proc/1/fd 2>&1 | grep -c tty; "
                            "python3 -c 'import fcntl,termios\ntry:\n fcntl.ioctl(0, termios.TIOCSTI, b\"x\")\n "
                            "print(\"injec\" + \"ted\")\nexcept OSError as e: print(\"den\" + \"ied\", e.errno)'; "
                            "echo over"_s),
                 QString());
        QVERIFY(world.endsWith(0));
        QVERIFY2(world.output.startsWith("0  ptmx\r\n") || world.output.startsWith("0\tptmx\r\n")
                     || world.output.startsWith("0\r\nptmx\r\n"),
                 world.output);
        QVERIFY2(world.output.contains("denied 1\r\n"), world.output);
        QVERIFY(!world.output.contains("injected"));
    }

    void onlySoMany()
    {
        World world;
        for (int i = 0; i < limits::terminals; ++i)
            QVERIFY(world.hub.reserve(TerminalId { QString::number(i) }, { 80, 24 }));
        QVERIFY(world.hub.reserve(world.id, { 80, 24 }).error().is(codes::Terminal::tooMany));
        world.hub.close(TerminalId { u"0"_s });
        QVERIFY(world.hub.reserve(world.id, { 80, 24 }));
        QVERIFY(world.hub.reserve(world.id, { 80, 24 }).error().is(codes::Terminal::exists));
    }

    // A program of the host's, as an agent's own sign-in is.
    void aProgramOfTheHostHasOneToo()
    {
        World world;
        PlainProvider plain(world.fixture.clock);
        QCOMPARE(world.fixture.make(), QString());
        QVERIFY(world.hub.reserve(world.id, { 77, 11 }));
        SandboxCommand command;
        command.program = u"/bin/sh"_s;
        command.arguments = { u"-c"_s, u"stty size; read line </dev/tty; echo got-$line"_s };
        QVERIFY(world.hub.start(world.id, [&](TerminalSize size) {
            command.terminal = size;
            return plain.start(world.fixture.record, command);
        }));
        QVERIFY(world.sees("11 77"));
        world.hub.write(world.id, "word\r");
        QVERIFY(world.endsWith(0));
        QVERIFY(world.output.contains("got-word"));
    }
};

FOUNDRY_TEST_MAIN(TerminalHubTest)
#include "TerminalHubTest.moc"
