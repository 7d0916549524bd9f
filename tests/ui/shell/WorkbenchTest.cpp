// The window's state without a window: phases, selection, opening, toasts, dialogs, closing.
#include "Workbench.h"
#include "FatalWarnings.h"
#include "ScriptedEngine.h"
#include "ScriptedWorld.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>

using namespace foundry;

namespace {

struct Scene {
    explicit Scene(const answer::Workbench &world = test::world())
        : engine(link, world)
        , workbench(&link, [] { return test::worldNow; })
        , checks(workbench.checks(), QAbstractItemModelTester::FailureReportingMode::QtTest)
        , palette(workbench.palette(), QAbstractItemModelTester::FailureReportingMode::QtTest)
    {
    }
    bool begin()
    {
        engine.start();
        return QTest::qWaitFor([this] { return workbench.phase() != Workbench::Phase::Starting; });
    }
    QString shown() { return workbench.current()->taskId(); }

    EngineLink link;
    test::ScriptedEngine engine;
    Workbench workbench;
    QAbstractItemModelTester checks;
    QAbstractItemModelTester palette;
};

} // namespace

class WorkbenchTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void firstStartThenARepositoryThenATask()
    {
        Scene scene(test::emptyWorld());
        QVERIFY(scene.begin());
        QCOMPARE(scene.workbench.phase(), Workbench::Phase::FirstStart);
        QCOMPARE(scene.workbench.checks()->rowCount(), 6);
        scene.engine.refuseNext(failure(codes::Git::notARepository));
        scene.workbench.openRepository(u"/nowhere"_s);
        QVERIFY(scene.workbench.isOpening());
        QTRY_VERIFY(scene.workbench.openProblem().startsWith(u"This folder is not in a git repository."_s));
        scene.workbench.openRepository(u" ~/shop "_s);
        QTRY_COMPARE(scene.workbench.phase(), Workbench::Phase::Ready);
        QVERIFY(scene.engine.last<command::OpenRepository>()->path.startsWith(u'/'));
        QTRY_COMPARE(scene.workbench.dialog(), Workbench::Dialog::NewTask);
        scene.workbench.draft()->setPrompt(u"Do it"_s);
        scene.workbench.draft()->submit();
        QTRY_VERIFY(!scene.shown().isEmpty());
        QCOMPARE(scene.workbench.dialog(), Workbench::Dialog::None);
        QTRY_COMPARE(scene.engine.last<command::SavePreference>()->name, u"selectedTask"_s);
    }

    // Who began with GitHub needs no repository of this computer, with the next start neither.
    void theFirstStartIsPassedOnce()
    {
        answer::Workbench world = test::emptyWorld();
        Scene scene(world);
        QVERIFY(scene.begin());
        QCOMPARE(scene.workbench.phase(), Workbench::Phase::FirstStart);
        scene.workbench.passFirstStart();
        QCOMPARE(scene.workbench.phase(), Workbench::Phase::Ready);
        QTRY_VERIFY(scene.engine.last<command::SavePreference>());
        const command::SavePreference kept = *scene.engine.last<command::SavePreference>();
        world.preferences.insert(kept.name, kept.value);
        Scene again(world);
        QVERIFY(again.begin());
        QCOMPARE(again.workbench.phase(), Workbench::Phase::Ready);
    }

    void checksSayHowToGetWhatIsMissing()
    {
        answer::Workbench world = test::emptyWorld();
        world.checks[1] = { u"isolation"_s, CheckStatus::bad, {}, failure(codes::Sandbox::bubblewrapMissing) };
        Scene scene(world);
        QVERIFY(scene.begin());
        ChecksModel *checks = scene.workbench.checks();
        const QModelIndex isolation = checks->index(1);
        QCOMPARE(isolation.data(ChecksModel::SubjectRole).toString(), u"Isolation"_s);
        QCOMPARE(isolation.data(ChecksModel::StatusRole).toString(), u"missing"_s);
        QVERIFY(isolation.data(ChecksModel::RemedyRole).toString().contains(u"apt install bubblewrap"_s));
        scene.link.deliver(event::SystemChanged { world.agents, test::emptyWorld().checks });
        QCOMPARE(checks->index(1).data(ChecksModel::StatusRole).toString(), u"good"_s);
        QVERIFY(!scene.workbench.draft()->canSubmit());
        QCOMPARE(scene.workbench.draft()->isolationProblem(), QString());
    }

    void theEngineCannotWork()
    {
        Scene scene;
        scene.engine.failWith(failure(codes::Program::alreadyRunning));
        QVERIFY(scene.begin());
        QCOMPARE(scene.workbench.phase(), Workbench::Phase::Failed);
        QCOMPARE(scene.workbench.failedWhat(), u"Foundry is already running."_s);
        QVERIFY(scene.workbench.failedRemedy().contains(u"--data-dir"_s));
    }

    void theSelectionReturnsAfterARestart()
    {
        answer::Workbench world = test::world();
        world.preferences.insert(u"selectedTask"_s, u"cache-images"_s);
        world.preferences.insert(u"theme"_s, u"dark"_s);
        Scene scene(world);
        QVERIFY(scene.begin());
        QCOMPARE(scene.shown(), u"cache-images"_s);
        QCOMPARE(scene.workbench.theme(), u"dark"_s);
        QCOMPARE(scene.workbench.view()->taskId(), u"cache-images"_s);
    }

    void withoutAKeptSelectionTheFirstTaskIsShown()
    {
        Scene scene;
        QVERIFY(scene.begin());
        QCOMPARE(scene.shown(), u"login-redirect-loop"_s);
        scene.workbench.selectNeighbour(1);
        QCOMPARE(scene.shown(), u"postgres-driver"_s);
        scene.workbench.selectNeighbour(-1);
        scene.workbench.selectNeighbour(-1);
        QCOMPARE(scene.shown(), u"login-redirect-loop"_s);
    }

    // The engine may answer a command before it tells of the task that the command made.
    void aTaskThatIsToldLaterIsSelectedThen()
    {
        Scene scene;
        QVERIFY(scene.begin());
        scene.workbench.selectTask(u"told-later"_s);
        QCOMPARE(scene.shown(), u"login-redirect-loop"_s);
        TaskSummary task = scene.engine.task(u"cache-images"_s);
        task.id = { u"told-later"_s };
        scene.engine.tell(task);
        QTRY_COMPARE(scene.shown(), u"told-later"_s);
        QTRY_VERIFY(scene.engine.last<command::SavePreference>());
        QCOMPARE(scene.engine.last<command::SavePreference>()->value, u"told-later"_s);
    }

    void whatIsLookedAtIsRead()
    {
        Scene scene;
        QVERIFY(scene.begin());
        scene.workbench.selectTask(u"cache-images"_s);
        QCoreApplication::processEvents();
        QVERIFY(!scene.engine.last<command::MarkTask>()); // nobody looks at the window
        scene.workbench.setWatched(true);
        QTRY_VERIFY(scene.engine.last<command::MarkTask>());
        QVERIFY(!scene.engine.last<command::MarkTask>()->unread);
        QTRY_VERIFY(!scene.workbench.tasks()->task(u"cache-images"_s)->unread);
    }

    void archivingCanBeTakenBack()
    {
        Scene scene;
        QVERIFY(scene.begin());
        scene.workbench.selectTask(u"cache-images"_s);
        scene.workbench.current()->archive(false);
        QTRY_COMPARE(scene.workbench.toast()->action(), u"Undo"_s);
        QCOMPARE(scene.engine.task(u"cache-images"_s).state, TaskState::archived);
        scene.workbench.toast()->act();
        QTRY_COMPARE(scene.engine.task(u"cache-images"_s).state, TaskState::ready);
        QCOMPARE(scene.workbench.toast()->text(), QString());
    }

    void unpublishedWorkOpensTheQuestion()
    {
        Scene scene;
        QVERIFY(scene.begin());
        scene.workbench.selectTask(u"cache-images"_s);
        scene.engine.refuseNext(failure(codes::Task::unpublishedWork));
        scene.workbench.current()->archive(false);
        QTRY_COMPARE(scene.workbench.dialog(), Workbench::Dialog::ArchiveUnpublished);
        scene.workbench.current()->archive(true);
        QTRY_COMPARE(scene.workbench.dialog(), Workbench::Dialog::None);
    }

    void closingGoesOnWhileTasksWork()
    {
        Scene scene;
        QVERIFY(scene.begin());
        QSignalSpy background(&scene.workbench, &Workbench::backgroundRequested);
        QSignalSpy quit(&scene.workbench, &Workbench::quitConfirmed);
        QCOMPARE(scene.workbench.runningTurns(), 3);
        scene.workbench.closeWindow();
        QCOMPARE(background.count(), 1);
        scene.workbench.requestQuit();
        QCOMPARE(scene.workbench.dialog(), Workbench::Dialog::Quit);
        QCOMPARE(quit.count(), 0);
        scene.workbench.confirmQuit();
        QCOMPARE(quit.count(), 1);
    }

    void stopAndQuitWaitsUntilNothingRuns()
    {
        Scene scene;
        QVERIFY(scene.begin());
        QSignalSpy quit(&scene.workbench, &Workbench::quitConfirmed);
        scene.workbench.requestQuit();
        const auto running = scene.workbench.tasks()->runningTasks();
        QCOMPARE(running.size(), size_t(3));
        scene.workbench.stopAndQuit();
        QCOMPARE(scene.workbench.dialog(), Workbench::Dialog::None);
        QCOMPARE(quit.count(), 0);
        const auto stopped = [&scene] {
            const auto &said = scene.engine.commands();
            return std::count_if(said.begin(), said.end(),
                                 [](const Command &c) { return std::holds_alternative<command::StopTask>(c.body); });
        };
        QTRY_COMPARE(stopped(), 3);
        for (const TaskId &id : running) {
            TaskSummary task = scene.engine.task(id.value);
            task.state = TaskState::ready;
            task.reason = { TaskWhy::stoppedByPerson, {}, 0 };
            scene.engine.tell(task);
        }
        QTRY_COMPARE(quit.count(), 1);
    }

    void closingWithNothingAtWorkEnds()
    {
        Scene scene(test::emptyWorld());
        QVERIFY(scene.begin());
        QSignalSpy quit(&scene.workbench, &Workbench::quitConfirmed);
        scene.workbench.closeWindow();
        scene.workbench.requestQuit();
        QCOMPARE(quit.count(), 2);
        QCOMPARE(scene.workbench.dialog(), Workbench::Dialog::None);
    }

    void aTaskThatBeginsToNeedThePersonSaysSoOnce()
    {
        Scene scene;
        QVERIFY(scene.begin());
        QSignalSpy attention(&scene.workbench, &Workbench::attentionWanted);
        TaskSummary task = scene.engine.task(u"full-text-search"_s);
        task.state = TaskState::needsYou;
        task.reason = { TaskWhy::asksPermission, u"Run a command"_s, 0 };
        scene.engine.tell(task);
        scene.engine.tell(task);
        QCOMPARE(attention.count(), 1);
        QCOMPARE(attention.first().at(2).toString(), u"Needs you \u00b7 asks: Run a command"_s);
    }

    void thePaletteOffersOnlyWhatIsPossible()
    {
        Scene scene;
        QVERIFY(scene.begin());
        scene.workbench.selectTask(u"full-text-search"_s);
        scene.workbench.showPalette(false);
        scene.workbench.palette()->setFilter(u"publish\u2026"_s);
        QCOMPARE(scene.workbench.palette()->count(), 0);
        scene.workbench.palette()->setFilter(u"cache"_s);
        QCOMPARE(scene.workbench.palette()->count(), 1);
        scene.workbench.runPalette(0);
        QCOMPARE(scene.shown(), u"cache-images"_s);
        QCOMPARE(scene.workbench.dialog(), Workbench::Dialog::None);
        scene.workbench.showPalette(true);
        QCOMPARE(scene.workbench.palette()->count(), 11);
        scene.workbench.runPalette(99);
        QCOMPARE(scene.workbench.dialog(), Workbench::Dialog::Palette);
    }

    void thePaletteLearnsOfARepositoryWhileItIsOpen()
    {
        Scene scene;
        QVERIFY(scene.begin());
        scene.workbench.showPalette(false);
        scene.workbench.palette()->setFilter(u"new task in attic"_s);
        QCOMPARE(scene.workbench.palette()->count(), 0);
        RepositorySummary attic;
        attic.id.value = attic.name = u"attic"_s;
        scene.link.deliver(event::RepositoryChanged { attic });
        QCOMPARE(scene.workbench.palette()->count(), 1);
    }

    void thePaletteShowsNoMoreThanItsLimit()
    {
        Scene scene(test::manyTasks(500));
        QVERIFY(scene.begin());
        scene.workbench.showPalette(true);
        QCOMPARE(size_t(scene.workbench.palette()->count()), PaletteModel::maxShown);
    }

    void troubleIsTold()
    {
        Scene scene;
        QVERIFY(scene.begin());
        scene.link.deliver(event::Trouble { failure(codes::Storage::corrupt) });
        QVERIFY(scene.workbench.toast()->isTrouble());
        QVERIFY(scene.workbench.toast()->text().startsWith(u"A file of Foundry's is damaged"_s));
        scene.workbench.toast()->dismiss();
        QCOMPARE(scene.workbench.toast()->text(), QString());
    }

    void aFullDiskIsSaidUntilThereIsSpace()
    {
        Scene scene;
        QVERIFY(scene.begin());
        scene.link.deliver(event::DiskFull { true });
        QVERIFY(scene.workbench.toast()->text().startsWith(u"The disk is full."_s));
        QVERIFY(scene.workbench.toast()->isTrouble());
        QVERIFY(scene.workbench.toast()->stays());
        scene.link.deliver(event::Trouble { failure(codes::Storage::corrupt) }); // comes and goes over it
        QVERIFY(!scene.workbench.toast()->stays());
        scene.workbench.toast()->dismiss();
        QVERIFY(scene.workbench.toast()->stays());
        scene.link.deliver(event::DiskFull { false });
        QCOMPARE(scene.workbench.toast()->text(), QString());
        QVERIFY(!scene.workbench.toast()->isTrouble());
    }

    void aTaskThatGoesLeavesNothingBehind()
    {
        Scene scene;
        QVERIFY(scene.begin());
        scene.workbench.selectTask(u"gone"_s);
        scene.link.deliver(event::TaskRemoved { { u"gone"_s } });
        QVERIFY(!scene.workbench.current()->exists());
        QVERIFY(!scene.workbench.view()->hasTask());
    }
};

FOUNDRY_TEST_MAIN(WorkbenchTest)
#include "WorkbenchTest.moc"
