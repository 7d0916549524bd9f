// Stop is heard whenever it comes, on a disk that is slow: between a turn's beginning and the agent's prompt lie
// several syncs.
#include "EngineDesk.h"

#include <FatalWarnings.h>

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

// Every sync of this program goes through here, SQLite's own too.
extern "C" int fdatasync(int file)
{
    (void)::poll(nullptr, 0, 20);
    return int(::syscall(SYS_fdatasync, file));
}

using namespace foundry;
using foundry::test::EngineDesk;

namespace {

bool rests(const TaskSummary &task)
{
    return task.state == TaskState::needsYou || task.state == TaskState::ready || task.overlay != TaskOverlay::none;
}

} // namespace

class StopTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // A task tells of each of its steps; it is stopped after the first such word, after the second, and so on.
    void isHeardAtEveryMomentOfATask_data()
    {
        QTest::addColumn<bool>("killed");
        QTest::newRow("and goes on running") << false;
        QTest::newRow("and is killed at once") << true;
    }

    void isHeardAtEveryMomentOfATask()
    {
        QFETCH(bool, killed);
        EngineDesk desk;
        desk.addFakeAgent(u"mute"_s, { u"--silent-on"_s, u"prompt"_s });
        desk.start();
        desk.open();
        int inTurn = 0;
        for (int word = 1; word <= 24 && inTurn < 4; ++word) {
            int words = 0;
            desk.heard = [&words](const Event &event) { words += std::holds_alternative<event::TaskChanged>(event); };
            const TaskId id = desk.create(u"Do it"_s, u"mute"_s);
            QVERIFY(desk.until(
                id, [&](const TaskSummary &t) { return words >= word || t.reason.subject == u"firstAnswer"_s; }));
            inTurn += desk.task(id).reason.subject == u"firstAnswer"_s;
            QVERIFY(!desk.command(command::StopTask { id }).failure);
            if (killed) {
                desk.crash();
                desk.start();
            }
            QVERIFY2(desk.until(id, rests), qPrintable(u"stopped at word %1"_s.arg(word)));
            QVERIFY(!desk.task(id).failure || desk.task(id).overlay == TaskOverlay::stopped);
            desk.heard = {};
        }
        QCOMPARE(inTurn, 4);
    }

    // What was stopped before the agent had it is in the transcript, and the next prompt goes to the agent.
    void leavesTheTaskReadyForTheNextPrompt()
    {
        EngineDesk desk;
        desk.start();
        desk.open();
        const TaskId id = desk.create(u"Wait\nwait: 600000"_s);
        QVERIFY(desk.until(id, [](const TaskSummary &t) { return t.reason.subject == u"firstAnswer"_s; }));
        QVERIFY(!desk.command(command::StopTask { id }).failure);
        QVERIFY(desk.until(id, rests));
        QVERIFY(!desk.command(command::SendPrompt { id, u"Go on\nsay: I am here."_s }).failure);
        const auto says = [&](const QString &text) {
            return std::ranges::any_of(desk.transcript(id), [&](const TranscriptEntry &entry) {
                const auto *message = std::get_if<MessageText>(&entry.body);
                return message && message->text.contains(text);
            });
        };
        QTRY_VERIFY_WITH_TIMEOUT(says(u"I am here"_s), 30'000);
        QVERIFY(says(u"wait: 600000"_s));
        QVERIFY(desk.untilState(id, TaskState::ready));
    }
};

FOUNDRY_TEST_MAIN(StopTest)
#include "StopTest.moc"
