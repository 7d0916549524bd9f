// The real window on a scripted engine, by accessible names: the main ways through it, every state and dialog without
// a warning, and nothing that can be pressed without a name.
#include "Desk.h"
#include "FatalWarnings.h"
#include "ScriptedEngine.h"
#include "ScriptedWorld.h"

#include <Workbench.h>

#include <QGuiApplication>
#include <QQmlApplicationEngine>
#include <QSignalSpy>
#include <QTemporaryDir>

using namespace foundry;

namespace {

struct Scene {
    explicit Scene(const answer::Workbench &world = test::world())
        : script(link, world)
        , workbench(&link, [] { return test::worldNow; })
    {
        engine.addImportPath(u"qrc:/qt/qml"_s);
        engine.setInitialProperties({ { u"workbench"_s, QVariant::fromValue(&workbench) } });
        engine.load(QUrl(u"qrc:/qt/qml/Foundry/Shell/Main.qml"_s));
        window = engine.rootObjects().isEmpty() ? nullptr
                                                : qobject_cast<QQuickWindow *>(engine.rootObjects().constFirst());
    }
    bool begin()
    {
        if (!window || !QTest::qWaitForWindowExposed(window))
            return false;
        script.start();
        return QTest::qWaitFor([this] { return workbench.phase() != Workbench::Phase::Starting; });
    }
    EngineLink link;
    test::ScriptedEngine script;
    Workbench workbench;
    QQmlApplicationEngine engine;
    QQuickWindow *window = nullptr;
};

} // namespace

class WindowTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void firstStartToTheFirstTask()
    {
        Scene scene(test::emptyWorld());
        QVERIFY(scene.begin());
        const test::Desk desk(scene.window);
        QTRY_VERIFY(desk.sees(u"First start"_s));
        QVERIFY(desk.sees(u"git: good, 2.39.5"_s));
        QVERIFY(!desk.canPress(u"Open"_s));
        QVERIFY(desk.write(u"Path of the repository"_s, u"/home/mona/shop"_s));
        QVERIFY(desk.press(u"Open"_s));
        QTRY_VERIFY(desk.sees(u"What should be done?"_s, QAccessible::EditableText));
        QVERIFY(desk.write(u"What should be done?"_s, u"Fix the login"_s));
        QTRY_COMPARE(scene.workbench.draft()->branch(), u"fix-the-login"_s);
        QVERIFY(desk.press(u"Create task"_s));
        QTRY_VERIFY(scene.script.last<command::CreateTask>());
        QTRY_VERIFY(desk.sees(u"Queued \u00b7 waits for its turn"_s));
        QCOMPARE(desk.nameless(), QStringList());
    }

    void theDemonstrationIsAskedFor()
    {
        Scene scene(test::emptyWorld());
        QVERIFY(scene.begin());
        QSignalSpy asked(&scene.workbench, &Workbench::demonstrationRequested);
        QVERIFY(test::Desk(scene.window).press(u"Watch the demonstration"_s));
        QCOMPARE(asked.count(), 1);
    }

    void aTaskIsChosenAndPublished()
    {
        Scene scene;
        QVERIFY(scene.begin());
        const test::Desk desk(scene.window);
        QVERIFY(desk.press(u"Cache product images, Ready \u00b7 finished, waits for your look, shop, 9 m"_s));
        QTRY_VERIFY(desk.sees(u"Cache product images"_s, QAccessible::Heading));
        QVERIFY(desk.press(u"Publish"_s));
        QTRY_VERIFY(desk.canPress(u"Push"_s));
        QVERIFY(desk.sees(u"Author: Mona Lisa <mona@example.org>"_s));
        QVERIFY(desk.press(u"Push"_s));
        QTRY_VERIFY(scene.script.last<command::PublishTask>());
        QCOMPARE(scene.script.last<command::PublishTask>()->to, command::PublishTo::remote);
        QTRY_COMPARE(scene.workbench.dialog(), Workbench::Dialog::None);
    }

    void whatAnAssistiveTechnologyWritesIsTaken()
    {
        Scene scene;
        QVERIFY(scene.begin());
        const test::Desk desk(scene.window);
        QVERIFY(desk.fill(u"Filter tasks"_s, u"nothing is called this"_s));
        QTRY_COMPARE(scene.workbench.tasks()->filter(), u"nothing is called this"_s);
        scene.workbench.newTask({});
        QVERIFY(desk.fill(u"What should be done?"_s, u"Do it"_s));
        QTRY_COMPARE(scene.workbench.draft()->prompt(), u"Do it"_s);
        QVERIFY(desk.press(u"Network"_s));
        QVERIFY(desk.fill(u"Allowed local ports"_s, u"port"_s));
        QTRY_VERIFY(!desk.canPress(u"Create task"_s));
        QVERIFY(desk.fill(u"Allowed local ports"_s, u"11434"_s));
        QTRY_VERIFY(desk.canPress(u"Create task"_s));
        QVERIFY(desk.fill(u"Allowed hosts"_s, u"example.org"_s));
        QTRY_COMPARE(scene.workbench.draft()->hosts(), u"example.org"_s);
        scene.workbench.closeDialog();
        scene.workbench.showPalette(false);
        QVERIFY(desk.fill(u"Search or run a command"_s, u"Settings"_s));
        QTRY_COMPARE(scene.workbench.palette()->filter(), u"Settings"_s);
    }

    void everyDialogOpensClosesAndIsNamed_data()
    {
        QTest::addColumn<QString>("task");
        QTest::addColumn<int>("dialog");
        QTest::newRow("new task") << u"cache-images"_s << int(Workbench::Dialog::NewTask);
        QTest::newRow("open") << u"cache-images"_s << int(Workbench::Dialog::OpenRepository);
        QTest::newRow("palette") << u"cache-images"_s << int(Workbench::Dialog::Palette);
        QTest::newRow("publish") << u"cache-images"_s << int(Workbench::Dialog::Publish);
        QTest::newRow("archive") << u"cache-images"_s << int(Workbench::Dialog::ArchiveUnpublished);
        QTest::newRow("delete") << u"cache-images"_s << int(Workbench::Dialog::DeleteTask);
        QTest::newRow("quit") << u"cache-images"_s << int(Workbench::Dialog::Quit);
        QTest::newRow("settings") << u"cache-images"_s << int(Workbench::Dialog::Settings);
        QTest::newRow("sign-in") << u"cache-images"_s << int(Workbench::Dialog::SignIn);
        QTest::newRow("pull request") << u"cache-images"_s << int(Workbench::Dialog::PullRequest);
        QTest::newRow("editor") << u"cache-images"_s << int(Workbench::Dialog::Editor);
        QTest::newRow("inspector") << u"cache-images"_s << int(Workbench::Dialog::Inspector);
    }
    void everyDialogOpensClosesAndIsNamed()
    {
        QFETCH(QString, task);
        QFETCH(int, dialog);
        Scene scene;
        QVERIFY(scene.begin());
        scene.workbench.selectTask(task);
        open(scene, Workbench::Dialog(dialog));
        QTRY_COMPARE(int(scene.workbench.dialog()), dialog);
        QCOMPARE(test::Desk(scene.window).nameless(), QStringList());
        QVERIFY(!scene.window->grabWindow().isNull());
        QTest::keyClick(scene.window, Qt::Key_Escape);
        QTRY_COMPARE(scene.workbench.dialog(), Workbench::Dialog::None);
    }

    void everyTaskIsShown()
    {
        Scene scene;
        QVERIFY(scene.begin());
        const test::Desk desk(scene.window);
        for (const TaskSummary &task : test::world().tasks) {
            scene.workbench.selectTask(task.id.value);
            QTRY_VERIFY2(desk.sees(task.title, QAccessible::Heading), qPrintable(task.title));
            QCOMPARE(desk.nameless(), QStringList());
        }
    }

    void narrowAndWideWindows_data()
    {
        QTest::addColumn<QSize>("size");
        QTest::newRow("smallest") << QSize(900, 600);
        QTest::newRow("usual") << QSize(1280, 800);
        QTest::newRow("large") << QSize(1920, 1080);
    }
    void narrowAndWideWindows()
    {
        QFETCH(QSize, size);
        Scene scene;
        QVERIFY(scene.begin());
        scene.window->resize(size);
        const test::Desk desk(scene.window);
        QTRY_COMPARE(desk.sees(u"Overview"_s, QAccessible::PageTab), size.width() >= 1100);
        if (size.width() < 1100) {
            QVERIFY(desk.press(u"Details"_s));
            QTRY_VERIFY(desk.sees(u"Overview"_s, QAccessible::PageTab));
        }
    }

    void keysReachEverything()
    {
        Scene scene;
        QVERIFY(scene.begin());
        scene.window->requestActivate();
        QVERIFY(QTest::qWaitForWindowActive(scene.window));
        const std::vector<std::tuple<Qt::Key, Qt::KeyboardModifiers, Workbench::Dialog>> keys {
            { Qt::Key_N, Qt::ControlModifier, Workbench::Dialog::NewTask },
            { Qt::Key_O, Qt::ControlModifier, Workbench::Dialog::OpenRepository },
            { Qt::Key_K, Qt::ControlModifier, Workbench::Dialog::Palette },
            { Qt::Key_P, Qt::ControlModifier, Workbench::Dialog::Palette },
            { Qt::Key_Comma, Qt::ControlModifier, Workbench::Dialog::Settings },
            { Qt::Key_I, Qt::ControlModifier | Qt::ShiftModifier, Workbench::Dialog::Inspector },
            { Qt::Key_Q, Qt::ControlModifier, Workbench::Dialog::Quit },
        };
        for (const auto &[key, modifiers, dialog] : keys) {
            QTest::keyClick(scene.window, key, modifiers);
            QTRY_COMPARE(scene.workbench.dialog(), dialog);
            QTest::keyClick(scene.window, Qt::Key_Escape);
            QTRY_COMPARE(scene.workbench.dialog(), Workbench::Dialog::None);
        }
        QTest::keyClick(scene.window, Qt::Key_Down, Qt::AltModifier);
        QTRY_COMPARE(scene.workbench.current()->taskId(), u"postgres-driver"_s);
    }

    void escapeStopsTheTurn()
    {
        Scene scene;
        QVERIFY(scene.begin());
        QVERIFY(QTest::qWaitForWindowActive(scene.window));
        scene.workbench.selectTask(u"full-text-search"_s);
        QTest::keyClick(scene.window, Qt::Key_Escape);
        QTRY_VERIFY(scene.script.last<command::StopTask>());
    }

    void theChangesAndAFile()
    {
        Scene scene;
        QVERIFY(scene.begin());
        const test::Desk desk(scene.window);
        scene.workbench.selectTask(u"cache-images"_s);
        QVERIFY(desk.press(u"Changes, 4"_s, QAccessible::PageTab));
        QTRY_COMPARE(scene.workbench.view()->review()->files()->rowCount(), 4);
        scene.workbench.view()->review()->open(u"src/auth/session.ts"_s);
        QTRY_VERIFY(desk.sees(u"session.ts"_s, QAccessible::PageTab));
        QVERIFY(desk.press(u"Close the file"_s));
        QTRY_VERIFY(!desk.sees(u"session.ts"_s, QAccessible::PageTab));
    }

    void undoFromTheToast()
    {
        Scene scene;
        QVERIFY(scene.begin());
        const test::Desk desk(scene.window);
        scene.workbench.selectTask(u"cache-images"_s);
        scene.workbench.current()->archive(false);
        QVERIFY(desk.press(u"Undo"_s));
        QTRY_VERIFY(scene.script.last<command::UnarchiveTask>());
    }

    void theEngineCannotWork()
    {
        Scene scene;
        scene.script.failWith(failure(codes::Program::alreadyRunning));
        QVERIFY(scene.begin());
        const test::Desk desk(scene.window);
        QTRY_VERIFY(desk.sees(u"Foundry is already running."_s));
        QSignalSpy quit(&scene.workbench, &Workbench::quitConfirmed);
        QVERIFY(desk.press(u"Quit"_s));
        QCOMPARE(quit.count(), 1);
    }

    void closingTheWindowGoesOnInTheBackground()
    {
        Scene scene;
        QVERIFY(scene.begin());
        QSignalSpy background(&scene.workbench, &Workbench::backgroundRequested);
        scene.window->close();
        QCOMPARE(background.count(), 1);
    }

    // Law 12: a window at rest draws nothing. (A text cursor blinks for ten seconds first, so the field is left.)
    void atRestNothingIsDrawn()
    {
        answer::Workbench world = test::world();
        std::erase_if(world.tasks, [](const TaskSummary &task) { return task.state != TaskState::published; });
        Scene scene(world);
        QVERIFY(scene.begin());
        QObject *focused = scene.window->focusObject();
        if (focused)
            focused->setProperty("focus", false);
        QSignalSpy frames(scene.window, &QQuickWindow::afterRendering);
        QTRY_VERIFY(!frames.wait(200)); // what the start still has to draw
        QVERIFY(!frames.wait(1200));
    }

private:
    static void open(Scene &scene, Workbench::Dialog dialog)
    {
        switch (dialog) {
        case Workbench::Dialog::None:
            break;
        case Workbench::Dialog::NewTask:
            return scene.workbench.newTask({});
        case Workbench::Dialog::OpenRepository:
            return scene.workbench.showOpenRepository();
        case Workbench::Dialog::Palette:
            return scene.workbench.showPalette(false);
        case Workbench::Dialog::Publish:
            return scene.workbench.publish();
        case Workbench::Dialog::ArchiveUnpublished:
            scene.script.refuseNext(failure(codes::Task::unpublishedWork));
            return scene.workbench.current()->archive(false);
        case Workbench::Dialog::DeleteTask:
            return scene.workbench.askDelete();
        case Workbench::Dialog::Quit:
            return scene.workbench.requestQuit();
        case Workbench::Dialog::Settings:
            return scene.workbench.showSettings();
        case Workbench::Dialog::Inspector:
            return scene.workbench.showInspector();
        case Workbench::Dialog::Editor:
            return scene.workbench.askEditor();
        case Workbench::Dialog::SignIn:
            return scene.workbench.showSignIn();
        case Workbench::Dialog::PullRequest:
            TaskSummary task = scene.workbench.current()->summary();
            task.actions.push_back(TaskAction::openPullRequest);
            scene.link.deliver(event::TaskChanged { task });
            return scene.workbench.openPullRequest();
        }
    }
};

int main(int argc, char **argv)
{
    QTemporaryDir runtime;
    qputenv("XDG_RUNTIME_DIR", QFile::encodeName(runtime.path()));
    QGuiApplication app(argc, argv);
    QGuiApplication::setQuitOnLastWindowClosed(false);
    foundry::test::installFatalWarnings();
    WindowTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "WindowTest.moc"
