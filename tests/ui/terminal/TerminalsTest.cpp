#include "Terminals.h"
#include "FatalWarnings.h"
#include "TerminalText.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>
#include <QTimer>

#include <deque>

using namespace foundry;
using namespace Qt::StringLiterals;

class TerminalsTest : public QObject {
    Q_OBJECT

    // The engine's end: what was sent, and answers by hand.
    struct World {
        EngineLink link;
        std::deque<Command> sent;
        Terminals terminals { &link, [](const Failure &failure) { return failure.chain(); } };
        QAbstractItemModelTester tester { &terminals };

        World()
        {
            QObject::connect(&link, &EngineLink::submitted,
                             [this](const Command &command) { sent.push_back(command); });
            terminals.setTask(TaskId { u"one"_s }, RepositoryId { u"r"_s }, true);
        }
        template <class C> const C *last() const
        {
            for (auto command = sent.rbegin(); command != sent.rend(); ++command) {
                if (const auto *found = std::get_if<C>(&command->body))
                    return found;
            }
            return nullptr;
        }
        template <class C> int count() const
        {
            return int(std::ranges::count_if(sent, [](const Command &c) { return std::holds_alternative<C>(c.body); }));
        }
        void finish(std::optional<Failure> failure = {})
        {
            for (auto command = sent.rbegin(); command != sent.rend(); ++command) {
                if (std::holds_alternative<command::OpenTerminal>(command->body)) {
                    link.deliver(event::CommandFinished { command->id, failure, {} });
                    return;
                }
            }
        }
        Terminal *openOne()
        {
            terminals.open();
            Terminal *terminal = terminals.current();
            terminal->open({ 80, 24 }); // the view's size
            finish();
            return terminal;
        }
        QString screen() { return terminaltext::ofScreen(terminals.current()->emulator(), 0); }
    };

private Q_SLOTS:
    void opensInTheTask()
    {
        World world;
        QVERIFY(!world.terminals.isShown());
        world.terminals.toggle();
        QVERIFY(world.terminals.isShown());
        QCOMPARE(world.terminals.count(), 1);
        QVERIFY(!world.last<command::OpenTerminal>()); // its size is not known yet
        Terminal *terminal = world.terminals.current();
        terminal->open({ 100, 30 });
        const auto *open = world.last<command::OpenTerminal>();
        QVERIFY(open);
        QCOMPARE(open->task.value, u"one"_s);
        QCOMPARE(open->grid, (TerminalGrid { 100, 30 }));
        QCOMPARE(terminal->phase(), Terminal::Phase::Opening);
        QVERIFY(!terminal->status().isEmpty());
        world.finish();
        QCOMPARE(terminal->phase(), Terminal::Phase::Running);
        QVERIFY(terminal->status().isEmpty());
    }

    void outputIsShownAndTaken()
    {
        World world;
        Terminal *terminal = world.openOne();
        world.link.deliver(event::TerminalOutput { terminal->id(), "hello\r\n" });
        QCOMPARE(world.screen(), u"hello"_s);
        QCOMPARE(world.last<command::TakeTerminalOutput>()->bytes, 7);
        world.link.deliver(event::TerminalOutput { TerminalId { u"another"_s }, "lost" });
        QCOMPARE(world.screen(), u"hello"_s);
        terminal->send("ls\r");
        QCOMPARE(world.last<command::WriteTerminal>()->bytes, "ls\r");
    }

    // A flood is dealt with in slices, between which the window lives; all of it is taken in the end.
    void aFloodLeavesTimeForTheWindow()
    {
        World world;
        Terminal *terminal = world.openOne();
        int turns = 0;
        QTimer::singleShot(0, &world.link, [&turns] { ++turns; });
        const QByteArray flood = QByteArray("0123456789abcdef\r\n").repeated(limits::terminalUntaken / 18);
        world.link.deliver(event::TerminalOutput { terminal->id(), flood });
        const auto taken = [&world] {
            qint64 sum = 0;
            for (const Command &command : world.sent) {
                if (const auto *take = std::get_if<command::TakeTerminalOutput>(&command.body))
                    sum += take->bytes;
            }
            return sum;
        };
        QVERIFY(taken() < flood.size()); // it came back before it was through
        QTRY_COMPARE(taken(), qint64(flood.size()));
        QCOMPARE(turns, 1);
    }

    void theEndComesAfterTheLastOutput()
    {
        World world;
        Terminal *terminal = world.openOne();
        const QByteArray flood = QByteArray("0123456789abcdef\r\n").repeated(limits::terminalUntaken / 18) + "last";
        world.link.deliver(event::TerminalOutput { terminal->id(), flood });
        world.link.deliver(event::TerminalEnded { terminal->id(), 3, 0, {} });
        QCOMPARE(terminal->phase(), Terminal::Phase::Running);
        QTRY_COMPARE(terminal->phase(), Terminal::Phase::Ended);
        QVERIFY(terminaltext::ofScreen(terminal->emulator(), terminal->emulator().screenLine()).endsWith(u"last"_s));
        QCOMPARE(terminal->status(), u"Ended with exit code 3"_s);
        QVERIFY(terminal->hasFailed());
    }

    void exitClosesTheTab()
    {
        World world;
        Terminal *terminal = world.openOne();
        world.link.deliver(event::TerminalEnded { terminal->id(), 0, 0, {} });
        QTRY_COMPARE(world.terminals.count(), 0);
        QVERIFY(!world.terminals.isShown());
        QVERIFY(!world.terminals.current());
    }

    void aRefusalIsSaid()
    {
        World world;
        world.terminals.open();
        world.terminals.current()->open({ 80, 24 });
        world.finish(failure(codes::Task::wrongState, u"archived"_s));
        QCOMPARE(world.terminals.current()->status(), u"task.wrongState: archived"_s);
        QVERIFY(world.terminals.data(world.terminals.index(0), Terminals::FailedRole).toBool());
    }

    void eachTaskHasItsOwn()
    {
        World world;
        Terminal *first = world.openOne();
        world.terminals.setTask(TaskId { u"two"_s }, RepositoryId { u"r"_s }, true);
        QCOMPARE(world.terminals.count(), 0);
        QVERIFY(!world.terminals.isShown());
        world.link.deliver(event::TerminalOutput { first->id(), "meanwhile" }); // the other one goes on
        world.terminals.setTask(TaskId { u"one"_s }, RepositoryId { u"r"_s }, true);
        QCOMPARE(world.terminals.current(), first);
        QVERIFY(world.terminals.isShown());
        QCOMPARE(world.screen(), u"meanwhile"_s);
        world.terminals.setTask(TaskId { u"one"_s }, RepositoryId { u"r"_s }, false);
        world.terminals.open();
        QCOMPARE(world.terminals.count(), 1); // archived: nothing new
        world.terminals.setTask({}, {}, false);
        world.link.deliver(event::TaskRemoved { TaskId { u"one"_s } });
        QCOMPARE(world.count<command::CloseTerminal>(), 1);
    }

    void tabsAreOpenedClosedAndSwitched()
    {
        World world;
        for (int i = 0; i < Terminals::perTask; ++i)
            world.openOne();
        QSignalSpy refused(&world.terminals, &Terminals::refused);
        world.terminals.open();
        QCOMPARE(refused.count(), 1);
        QCOMPARE(world.terminals.currentRow(), Terminals::perTask - 1);
        world.terminals.selectNeighbour(1);
        QCOMPARE(world.terminals.currentRow(), 0);
        Terminal *second = world.terminals.data(world.terminals.index(1), Terminals::TerminalRole).value<Terminal *>();
        world.terminals.close(0);
        QCOMPARE(world.terminals.current(), second);
        QCOMPARE(world.count<command::CloseTerminal>(), 1);
        world.terminals.close(world.terminals.count() - 1);
        QCOMPARE(world.terminals.current(), second);
    }

    void manyLinesAreAskedFor()
    {
        World world;
        Terminal *terminal = world.openOne();
        terminal->paste(u"one line"_s);
        QCOMPARE(world.last<command::WriteTerminal>()->bytes, "one line");
        terminal->paste(u"one\ntwo\n"_s);
        QCOMPARE(terminal->askedLines(), 2);
        QCOMPARE(world.count<command::WriteTerminal>(), 1);
        terminal->answerPaste(false);
        QCOMPARE(terminal->askedLines(), 0);
        QCOMPARE(world.count<command::WriteTerminal>(), 1);
        terminal->paste(u"one\ntwo\n"_s);
        terminal->answerPaste(true);
        QCOMPARE(world.last<command::WriteTerminal>()->bytes, "one\rtwo\r");
        world.link.deliver(event::TerminalOutput { terminal->id(), "\x1b[?2004h" }); // the program can tell it apart
        terminal->paste(u"one\ntwo"_s);
        QCOMPARE(terminal->askedLines(), 0);
        QCOMPARE(world.last<command::WriteTerminal>()->bytes, "\x1b[200~one\rtwo\x1b[201~");
    }

    void runsTheProjectsCommand()
    {
        World world;
        QObject::connect(&world.link, &EngineLink::asked, [&world](const Query &query) {
            answer::RunProposals answer { TaskId { u"one"_s }, { { u"npm test"_s, u"package.json"_s } } };
            world.link.answer({ query.id, AnswerBody(answer) });
        });
        QSignalSpy remembered(&world.terminals, &Terminals::remembered);
        QCOMPARE(world.terminals.runLine(), QString());
        world.terminals.askRuns();
        QCOMPARE(world.terminals.runLine(), u"npm test"_s);
        world.terminals.run(u" make check "_s);
        QCOMPARE(remembered.count(), 1);
        QCOMPARE(world.terminals.runLine(), u"make check"_s);
        Terminal *run = world.terminals.current();
        QCOMPARE(run->title(), u"make check"_s);
        run->open({ 80, 24 });
        world.finish();
        QCOMPARE(world.last<command::OpenTerminal>()->commandLine, u"make check"_s);
        world.terminals.run(u"make check"_s); // it runs: shown, not begun twice
        QCOMPARE(world.terminals.count(), 1);
        run->stop();
        QCOMPARE(world.count<command::CloseTerminal>(), 1);
        world.link.deliver(event::TerminalEnded { run->id(), 129, 1, {} });
        QCOMPARE(run->status(), u"Ended by signal 1"_s);
        world.terminals.run(u"make check"_s); // again, in its place
        QCOMPARE(world.terminals.count(), 1);
        QVERIFY(world.terminals.current() != run);
        QCOMPARE(remembered.count(), 1);
        world.terminals.run(QString(limits::terminalCommand + 1, u'x'));
        QCOMPARE(world.terminals.count(), 1);
    }

    void theProgramNamesItsTab()
    {
        World world;
        Terminal *terminal = world.openOne();
        QCOMPARE(terminal->title(), u"Terminal 1"_s);
        QSignalSpy changed(&world.terminals, &QAbstractItemModel::dataChanged);
        world.link.deliver(event::TerminalOutput { terminal->id(), "\x1b]0;vim README\x07" });
        QCOMPARE(terminal->title(), u"vim README"_s);
        QVERIFY(changed.count() > 0);
    }
};

FOUNDRY_TEST_MAIN(TerminalsTest)
#include "TerminalsTest.moc"
