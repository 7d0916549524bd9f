// The life of a task through the contract: from the wish to the pushed commit, archive, delete, restart.
#include "EngineDesk.h"

#include <QDirIterator>

using namespace foundry;
using foundry::test::EngineDesk;

namespace {

const QString script = u"Add a greeting\n\nwrite hello.txt: hello\nrun: cat hello.txt\nsay: Done."_s;

int countOf(const std::vector<TranscriptEntry> &entries, EntryKind kind)
{
    return int(std::count_if(entries.begin(), entries.end(),
                             [kind](const TranscriptEntry &entry) { return entry.kind == kind; }));
}

bool isWhole(const std::vector<TranscriptEntry> &entries)
{
    for (size_t i = 0; i < entries.size(); ++i) {
        if (entries[i].position != qint64(i))
            return false;
    }
    return !entries.empty();
}

bool has(const TaskSummary &task, TaskAction action)
{
    return std::find(task.actions.begin(), task.actions.end(), action) != task.actions.end();
}

} // namespace

class TaskLifeCycleTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void fromWishToPushedCommit()
    {
        EngineDesk desk;
        desk.start();
        desk.open();
        const QString before = EngineDesk::git(desk.clone(), { u"for-each-ref"_s });
        const TaskId id = desk.create(script);
        QVERIFY(desk.task(id).title == u"Add a greeting"); // known before anything ran
        QVERIFY(desk.untilState(id, TaskState::ready));
        QCOMPARE(desk.task(id).changes, (ChangeTotals { 1, 1, 0 }));
        QVERIFY(!desk.command(command::PublishTask { id, command::PublishTo::remote, {} }).failure);
        QVERIFY(desk.untilState(id, TaskState::published));
        const QStringList commits = desk.remoteCommits(desk.task(id).branch);
        QCOMPARE(commits.size(), 1);
        QCOMPARE(EngineDesk::git(desk.remote(), { u"show"_s, u"-s"_s, u"--format=%an %ae %cn"_s, commits.front() }),
                 u"Ada Example ada@example.org Ada Example"_s);
        QCOMPARE(EngineDesk::git(desk.remote(), { u"show"_s, commits.front() + u":hello.txt"_s }), u"hello"_s);
        QCOMPARE(EngineDesk::git(desk.clone(), { u"for-each-ref"_s }), before); // the clone is as it was

        const auto entries = desk.transcript(id);
        QVERIFY(isWhole(entries));
        QCOMPARE(countOf(entries, EntryKind::turnEnd), 1);
        for (const TimelineEntry &line : desk.details(id).timeline) {
            QVERIFY2(line.status == StepStatus::done, qPrintable(line.name));
            QVERIFY2(line.endedAt >= line.startedAt, qPrintable(line.name));
        }
        QVERIFY(!has(desk.task(id), TaskAction::publish)); // nothing new
    }

    void aSecondTurnAndASecondPublish()
    {
        EngineDesk desk;
        desk.start();
        desk.open();
        const TaskId id = desk.create(script);
        QVERIFY(desk.untilState(id, TaskState::ready));
        QVERIFY(!desk.command(command::PublishTask { id }).failure);
        QVERIFY(desk.untilState(id, TaskState::published));
        QVERIFY(!desk.command(command::SendPrompt { id, u"append hello.txt: again"_s }).failure);
        QVERIFY(
            desk.until(id, [](const TaskSummary &t) { return t.state == TaskState::ready && t.changes.added == 2; }));
        QVERIFY(!desk.command(command::PublishTask { id, command::PublishTo::remote, u"Again"_s }).failure);
        QVERIFY(desk.untilState(id, TaskState::published));
        QCOMPARE(desk.remoteCommits(desk.task(id).branch).size(), 2);
    }

    void aNewTitleAndBeingReadReachTheList()
    {
        EngineDesk desk;
        desk.start();
        desk.open();
        const TaskId id = desk.create(script);
        QVERIFY(desk.until(id, [](const TaskSummary &t) { return t.state == TaskState::ready && t.unread; }));
        QVERIFY(!desk.command(command::MarkTask { id, false }).failure);
        QVERIFY(desk.until(id, [](const TaskSummary &t) { return !t.unread; }));
        QVERIFY(!desk.command(command::RenameTask { id, u"Another title"_s }).failure);
        QVERIFY(desk.until(id, [](const TaskSummary &t) { return t.title == u"Another title"; }));
    }

    void promptsQueueWhileATurnRuns()
    {
        EngineDesk desk;
        desk.start();
        desk.open();
        command::CreateTask ask;
        ask.freedom = command::Freedom::askFirst;
        const TaskId id = desk.create(script, u"demonstration"_s, ask);
        QVERIFY(desk.untilState(id, TaskState::needsYou));
        QVERIFY(!desk.command(command::SendPrompt { id, u"append hello.txt: second"_s }).failure);
        QVERIFY(!desk.command(command::SendPrompt { id, u"append hello.txt: third"_s }).failure);
        auto queue = desk.details(id).queue;
        QCOMPARE(queue.size(), size_t(2));
        QVERIFY(!desk.command(command::EditQueuedPrompt { id, queue[1].id, {} }).failure);
        QCOMPARE(desk.details(id).queue.size(), size_t(1));
        answer(desk, id);
        QVERIFY(
            desk.until(id, [](const TaskSummary &t) { return t.state == TaskState::ready && t.changes.added == 2; }));
        QCOMPARE(countOf(desk.transcript(id), EntryKind::personMessage), 2);
    }

    void stopKeepsTheWork()
    {
        EngineDesk desk;
        desk.start();
        desk.open();
        const TaskId id = desk.create(u"Slow\nwrite a.txt: kept\nrun: cat a.txt\nwait: 600000\nwrite b.txt: never"_s);
        QVERIFY(QTest::qWaitFor([&] { return countOf(desk.transcript(id), EntryKind::toolCall) >= 2; },
                                EngineDesk::patience));
        QVERIFY(!desk.command(command::StopTask { id }).failure);
        QVERIFY(
            desk.until(id, [](const TaskSummary &t) { return t.state == TaskState::ready && t.changes.files == 1; }));
        QCOMPARE(desk.task(id).reason.why, TaskWhy::stoppedByPerson);
        QVERIFY(!desk.command(command::SendPrompt { id, u"append a.txt: more"_s }).failure);
        QVERIFY(
            desk.until(id, [](const TaskSummary &t) { return t.state == TaskState::ready && t.changes.added == 2; }));
    }

    void archiveUndoDeleteRestore()
    {
        EngineDesk desk;
        desk.start();
        desk.open();
        const TaskId id = desk.create(script);
        QVERIFY(desk.untilState(id, TaskState::ready));
        const auto refused = desk.command(command::ArchiveTask { id, false });
        QVERIFY(refused.failure && refused.failure->is(codes::Task::unpublishedWork));
        QVERIFY(!desk.command(command::ArchiveTask { id, true }).failure);
        QVERIFY(desk.untilState(id, TaskState::archived));
        QVERIFY(!desk.command(command::UnarchiveTask { id }).failure);
        QVERIFY(desk.untilState(id, TaskState::ready));
        // L27: archived for good at once, released in the background.
        QVERIFY(!desk.command(command::DeleteTask { id }).failure);
        QVERIFY(desk.untilState(id, TaskState::deleted));
        const QString folder = desk.data() + u"/sandboxes/"_s + id.value;
        QVERIFY(QFileInfo::exists(folder));
        QVERIFY(QTest::qWaitFor([&] { return !QFileInfo::exists(folder); }, EngineDesk::patience));
        QVERIFY(!desk.command(command::RestoreTask { id }).failure);
        QVERIFY(desk.untilState(id, TaskState::ready));
        // The work is there again, uncommitted as it was, and goes on.
        QVERIFY(!desk.command(command::SendPrompt { id, u"append hello.txt: again"_s }).failure);
        QVERIFY(
            desk.until(id, [](const TaskSummary &t) { return t.state == TaskState::ready && t.changes.added == 2; }));
        QVERIFY(!desk.command(command::PublishTask { id }).failure);
        QVERIFY(desk.untilState(id, TaskState::published));
        QCOMPARE(desk.remoteCommits(desk.task(id).branch).size(), 1);
    }

    // The prompt may have been on its way when the program died: then the agent has nothing that it could go on with.
    void toGoOnWithWhatTheAgentForgotIsToSayItAgain_data()
    {
        QTest::addColumn<bool>("itsSessionToo");
        QTest::newRow("it never got the prompt") << false;
        QTest::newRow("its session is gone") << true;
    }

    void toGoOnWithWhatTheAgentForgotIsToSayItAgain()
    {
        QFETCH(bool, itsSessionToo);
        EngineDesk desk;
        desk.start();
        desk.open();
        command::CreateTask ask;
        ask.freedom = command::Freedom::askFirst;
        const TaskId id = desk.create(script, u"demonstration"_s, ask);
        QVERIFY(desk.untilState(id, TaskState::needsYou));
        desk.crash();
        QCOMPARE(EngineDesk::killKeepers(id), 1);
        int sessions = 0;
        QDirIterator files(desk.data() + u"/sandboxes/"_s + id.value, { u"demo-*.jsonl"_s }, QDir::Files | QDir::Hidden,
                           QDirIterator::Subdirectories);
        for (; files.hasNext(); ++sessions)
            QVERIFY(itsSessionToo ? QFile::remove(files.next()) : QFile::resize(files.next(), 0));
        QCOMPARE(sessions, 1);
        desk.start();
        QVERIFY(desk.until(id, [](const TaskSummary &t) { return t.reason.why == TaskWhy::turnInterrupted; }));
        QVERIFY(!desk.command(command::ResumeTurn { id, command::Resume::goOn }).failure);
        QVERIFY(desk.until(id, [](const TaskSummary &t) { return t.reason.why == TaskWhy::asksPermission; }));
        answer(desk, id);
        QVERIFY(desk.untilState(id, TaskState::ready));
        QStringList said;
        for (const TranscriptEntry &entry : desk.transcript(id)) {
            if (entry.kind == EntryKind::personMessage)
                said << std::get<MessageText>(entry.body).text;
        }
        QCOMPARE(said, QStringList({ script, script }));
    }

    void aDeathInTheMiddleOfATurnAsksThePerson_data()
    {
        QTest::addColumn<command::Resume>("how");
        QTest::newRow("continue") << command::Resume::goOn;
        QTest::newRow("send again") << command::Resume::sendAgain;
    }

    void aDeathInTheMiddleOfATurnAsksThePerson()
    {
        QFETCH(command::Resume, how);
        EngineDesk desk;
        desk.start();
        desk.open();
        command::CreateTask ask;
        ask.freedom = command::Freedom::askFirst;
        const TaskId id = desk.create(script, u"demonstration"_s, ask);
        QVERIFY(desk.untilState(id, TaskState::needsYou));
        desk.crash();
        QCOMPARE(EngineDesk::killKeepers(id), 1);
        desk.start();
        QVERIFY(desk.until(id, [](const TaskSummary &t) { return t.reason.why == TaskWhy::turnInterrupted; }));
        QCOMPARE(countOf(desk.transcript(id), EntryKind::personMessage), 1); // never sent again by itself
        QVERIFY(!desk.command(command::ResumeTurn { id, how }).failure);
        QVERIFY(desk.until(id, [](const TaskSummary &t) { return t.reason.why == TaskWhy::asksPermission; }));
        answer(desk, id);
        QVERIFY(desk.untilState(id, TaskState::ready));
        QVERIFY(isWhole(desk.transcript(id)));
        QCOMPARE(countOf(desk.transcript(id), EntryKind::personMessage), 2);
    }

    void aDeathInTheMiddleOfATurnCostsNothing_data()
    {
        QTest::addColumn<bool>("inOrder");
        QTest::newRow("killed") << false;
        QTest::newRow("closed") << true;
    }

    void aDeathInTheMiddleOfATurnCostsNothing()
    {
        QFETCH(bool, inOrder);
        EngineDesk desk;
        desk.start();
        desk.open();
        const QString words = u"Slow\nsay: First.\nwrite a.txt: one\nwait: 1500\nrun: echo ran >>a.txt\nsay: Last."_s;
        const TaskId id = desk.create(words);
        QVERIFY(QTest::qWaitFor([&] { return countOf(desk.transcript(id), EntryKind::toolCall) >= 1; },
                                EngineDesk::patience));
        for (int lives = 0; lives < 3; ++lives) {
            inOrder ? desk.stop() : desk.crash();
            desk.start();
        }
        QVERIFY(desk.untilState(id, TaskState::ready));
        QCOMPARE(desk.task(id).reason.why, TaskWhy::turnFinished);
        const auto entries = desk.transcript(id);
        QVERIFY(isWhole(entries));
        QCOMPARE(countOf(entries, EntryKind::personMessage), 1);
        QCOMPARE(countOf(entries, EntryKind::turnEnd), 1);
        QCOMPARE(countOf(entries, EntryKind::notice), 0);
        QCOMPARE(countOf(entries, EntryKind::toolCall), 2);
        QCOMPARE(countOf(entries, EntryKind::agentMessage), 2);
        QVERIFY(!desk.command(command::SendPrompt { id, u"append a.txt: more"_s }).failure); // the same agent goes on
        QVERIFY(
            desk.until(id, [](const TaskSummary &t) { return t.state == TaskState::ready && t.changes.added == 3; }));
    }

    void aTurnThatEndsWhileTheProgramIsAwayIsTakenUp()
    {
        EngineDesk desk;
        desk.start();
        desk.open();
        const TaskId id = desk.create(u"Slow\nsay: First.\nwait: 700\nwrite a.txt: one\nsay: Last."_s);
        // It has the prompt: what is only written down dies with the program, and the person is asked.
        QVERIFY(QTest::qWaitFor([&] { return countOf(desk.transcript(id), EntryKind::agentMessage) >= 1; },
                                EngineDesk::patience));
        const QString made = desk.data() + u"/sandboxes/"_s + id.value + u"/checkout/a.txt"_s;
        desk.crash();
        QVERIFY(QTest::qWaitFor([&] { return QFileInfo::exists(made); }, EngineDesk::patience));
        desk.start();
        QVERIFY(desk.untilState(id, TaskState::ready));
        QCOMPARE(countOf(desk.transcript(id), EntryKind::turnEnd), 1);
        QCOMPARE(desk.task(id).changes.files, 1);
    }

    void aQuestionOpenAtTheCrashIsAnsweredOnce()
    {
        EngineDesk desk;
        desk.start();
        desk.open();
        command::CreateTask ask;
        ask.freedom = command::Freedom::askFirst;
        const TaskId id = desk.create(script, u"demonstration"_s, ask);
        QVERIFY(desk.untilState(id, TaskState::needsYou));
        desk.crash();
        desk.start();
        QVERIFY(desk.until(id, [](const TaskSummary &t) { return t.reason.why == TaskWhy::asksPermission; }));
        QVERIFY(!desk.task(id).reason.subject.isEmpty());
        answer(desk, id);
        desk.crash(); // at once: whether the agent has the answer is not known by the store
        desk.start();
        const Permission asked = firstPermission(desk, id);
        if (asked.chosen.isEmpty()) // refused where the agent has its answer by now
            desk.command(
                command::AnswerPermission { id, desk.task(id).session, asked.requestId, asked.choices.front().id });
        QVERIFY(desk.untilState(id, TaskState::ready));
        const auto entries = desk.transcript(id);
        QVERIFY(isWhole(entries));
        QCOMPARE(countOf(entries, EntryKind::permission), 1);
        QCOMPARE(countOf(entries, EntryKind::notice), 0);
        QCOMPARE(desk.task(id).reason.why, TaskWhy::turnFinished);
    }

    void agentsAtRestEndWithAnOrderlyEndThatComesAtOnce()
    {
        EngineDesk desk;
        desk.start();
        desk.open();
        std::vector<TaskId> tasks;
        for (const char *name : { "One", "Two", "Three" })
            tasks.push_back(desk.create(QString::fromLatin1(name) + u"\nsay: Done."_s));
        for (const TaskId &id : tasks)
            QVERIFY(desk.untilState(id, TaskState::ready));
        desk.crash();
        for (const TaskId &id : tasks)
            QCOMPARE(EngineDesk::countKeepers(id), 1);
        QVERIFY(desk.launch());
        desk.stop();
        for (const TaskId &id : tasks)
            QVERIFY(QTest::qWaitFor([&id] { return EngineDesk::countKeepers(id) == 0; }, EngineDesk::patience));
    }

    void agentsAtRestAreTakenUpAndEndWithAnOrderlyEnd()
    {
        EngineDesk desk;
        desk.start();
        desk.open();
        std::vector<TaskId> tasks;
        for (const char *name : { "One", "Two", "Three" })
            tasks.push_back(desk.create(QString::fromLatin1(name) + u"\nsay: Done."_s));
        for (const TaskId &id : tasks)
            QVERIFY(desk.untilState(id, TaskState::ready));
        for (int lives = 0; lives < 20; ++lives) {
            desk.crash();
            desk.start();
            for (int turns = 0; turns < lives * 3; ++turns) // it ends somewhere while they are taken up
                QCoreApplication::processEvents();
        }
        desk.stop();
        for (const TaskId &id : tasks)
            QVERIFY(QTest::qWaitFor([&id] { return EngineDesk::countKeepers(id) == 0; }, EngineDesk::patience));
    }

    void anAgentThatWasAloneForTooLongIsSaid()
    {
        EngineDesk desk;
        desk.keeperAlone = std::chrono::milliseconds(300);
        desk.start();
        desk.open();
        const TaskId id = desk.create(u"Slow\nwrite a.txt: one\nwait: 600000"_s);
        QVERIFY(QTest::qWaitFor([&] { return countOf(desk.transcript(id), EntryKind::toolCall) >= 1; },
                                EngineDesk::patience));
        desk.crash();
        QVERIFY(QTest::qWaitFor([&id] { return EngineDesk::countKeepers(id) == 0; }, EngineDesk::patience));
        desk.start();
        QVERIFY(desk.until(id, [](const TaskSummary &t) { return t.reason.why == TaskWhy::turnInterrupted; }));
        const auto entries = desk.transcript(id);
        const auto *notice = std::get_if<Notice>(&entries.back().body);
        QVERIFY(notice && notice->failure && notice->failure->chain().contains(u"away for too long"_s));
        QVERIFY(has(desk.task(id), TaskAction::continueTurn));
    }

    void aKeeperWhoseTaskIsGoneIsEndedAtTheStart()
    {
        EngineDesk desk;
        desk.start();
        desk.open();
        const TaskId id = desk.create(u"Slow\nwrite a.txt: one\nwait: 600000"_s);
        QVERIFY(QTest::qWaitFor([&] { return countOf(desk.transcript(id), EntryKind::toolCall) >= 1; },
                                EngineDesk::patience));
        desk.crash();
        QVERIFY(QDir(desk.data() + u"/actors"_s).removeRecursively());
        QCOMPARE(EngineDesk::countKeepers(id), 1);
        desk.start();
        QVERIFY(QTest::qWaitFor([&id] { return EngineDesk::countKeepers(id) == 0; }, EngineDesk::patience));
    }

    void aKilledKeeperIsSaid()
    {
        EngineDesk desk;
        desk.start();
        desk.open();
        const TaskId id = desk.create(u"Slow\nwrite a.txt: one\nwait: 600000"_s);
        QVERIFY(QTest::qWaitFor([&] { return countOf(desk.transcript(id), EntryKind::toolCall) >= 1; },
                                EngineDesk::patience));
        QCOMPARE(EngineDesk::killKeepers(id), 1);
        QVERIFY(desk.until(id, [](const TaskSummary &t) { return t.reason.why == TaskWhy::turnInterrupted; }));
        QVERIFY2(desk.task(id).failure && desk.task(id).failure->is(codes::Agent::exited), "no failure");
        QVERIFY(desk.task(id).failure->detail.contains(u"keeper"_s));
        QVERIFY(has(desk.task(id), TaskAction::continueTurn) && has(desk.task(id), TaskAction::sendAgain));
        QVERIFY(!desk.command(command::SendPrompt { id, u"append a.txt: more"_s }).failure);
        QVERIFY(
            desk.until(id, [](const TaskSummary &t) { return t.state == TaskState::ready && t.changes.added == 2; }));
    }

    void stopReachesAnAgentThatWasTakenUp()
    {
        EngineDesk desk;
        desk.start();
        desk.open();
        const TaskId id = desk.create(u"Slow\nwrite a.txt: kept\nwait: 600000\nwrite b.txt: never"_s);
        QVERIFY(QTest::qWaitFor([&] { return countOf(desk.transcript(id), EntryKind::toolCall) >= 1; },
                                EngineDesk::patience));
        desk.crash();
        desk.start();
        QVERIFY(!desk.command(command::StopTask { id }).failure);
        QVERIFY(
            desk.until(id, [](const TaskSummary &t) { return t.state == TaskState::ready && t.changes.files == 1; }));
        QCOMPARE(desk.task(id).reason.why, TaskWhy::stoppedByPerson);
    }

    void changesAreSeenWhileTheAgentWorks()
    {
        EngineDesk desk;
        desk.start();
        desk.open();
        command::CreateTask asking;
        asking.freedom = command::Freedom::askFirst; // the script's command asks, after its file is written
        const TaskId id = desk.create(script, u"demonstration"_s, asking);
        QVERIFY(desk.untilState(id, TaskState::needsYou));
        auto changes = desk.ask(query::Changes { id });
        QVERIFY2(changes, changes ? "" : qPrintable(changes.error().chain()));
        const auto seen = std::get<answer::Changes>(*changes);
        QCOMPARE(seen.files.size(), size_t(1));
        QCOMPARE(seen.files.front().path, u"hello.txt"_s);
        auto diff = desk.ask(query::FileDiff { id, u"hello.txt"_s });
        QVERIFY2(diff, diff ? "" : qPrintable(diff.error().chain()));
        QCOMPARE(desk.details(id).sandbox.snapshots, 0); // a look is none
        answer(desk, id);
        QVERIFY(desk.untilState(id, TaskState::ready));
        changes = desk.ask(query::Changes { id });
        QVERIFY(changes && std::get<answer::Changes>(*changes).snapshot != seen.snapshot);
    }

    // Uncommitted work comes along as it is, also into a sandbox that is made again, and ends in the one commit.
    void uncommittedWorkComesAlong()
    {
        EngineDesk desk;
        desk.start();
        desk.open();
        desk.write(desk.clone() + u"/draft.txt"_s, "a beginning\n");
        command::CreateTask taking;
        taking.takeUncommitted = true;
        const TaskId id
            = desk.create(u"run: git status --porcelain\nappend draft.txt: an end"_s, u"demonstration"_s, taking);
        QVERIFY(desk.untilState(id, TaskState::ready));
        QCOMPARE(desk.task(id).changes, (ChangeTotals { 1, 2, 0 }));
        QVERIFY(desk.details(id).uncommittedTaken);
        QVERIFY(!desk.command(command::PublishTask { id }).failure);
        QVERIFY(desk.untilState(id, TaskState::published));
        const QStringList commits = desk.remoteCommits(desk.task(id).branch);
        QCOMPARE(commits.size(), 1);
        QCOMPARE(EngineDesk::git(desk.remote(), { u"show"_s, commits.front() + u":draft.txt"_s }),
                 u"a beginning\nan end"_s);
        QCOMPARE(EngineDesk::git(desk.clone(), { u"status"_s, u"--porcelain"_s }), u"?? draft.txt"_s);
    }

    void bringIntoTheCloneWithoutARemote()
    {
        EngineDesk desk;
        EngineDesk::git(desk.clone(), { u"remote"_s, u"remove"_s, u"origin"_s });
        desk.start();
        desk.open();
        const TaskId id = desk.create(script);
        QVERIFY(desk.untilState(id, TaskState::ready));
        QVERIFY(!desk.command(command::PublishTask { id }).failure);
        QVERIFY(desk.untilFailed(id));
        QVERIFY2(desk.task(id).failure->is(codes::Git::noRemote), qPrintable(desk.task(id).failure->chain()));
        QVERIFY(!desk.command(command::SendPrompt { id, u"say: then into the clone"_s }).failure);
        QVERIFY(desk.until(id, [](const TaskSummary &t) { return t.state == TaskState::ready && !t.failure; }));
        QVERIFY(!desk.command(command::PublishTask { id, command::PublishTo::clone, {} }).failure);
        QVERIFY(desk.untilState(id, TaskState::published));
        QCOMPARE(EngineDesk::git(desk.clone(), { u"show"_s, desk.task(id).branch + u":hello.txt"_s }), u"hello"_s);
    }

private:
    static Permission firstPermission(EngineDesk &desk, const TaskId &id)
    {
        for (const TranscriptEntry &entry : desk.transcript(id)) {
            if (const auto *permission = std::get_if<Permission>(&entry.body))
                return *permission;
        }
        return {};
    }
    static void answer(EngineDesk &desk, const TaskId &id)
    {
        for (const TranscriptEntry &entry : desk.transcript(id)) {
            const auto *permission = std::get_if<Permission>(&entry.body);
            if (permission && permission->chosen.isEmpty() && !permission->withdrawn)
                QVERIFY(!desk.command(command::AnswerPermission { id, desk.task(id).session, permission->requestId,
                                                                  permission->choices.front().id })
                             .failure);
        }
    }
};

FOUNDRY_TEST_MAIN(TaskLifeCycleTest)
#include "TaskLifeCycleTest.moc"
