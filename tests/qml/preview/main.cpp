// The real window on a scripted engine, for people to look at:
//   workbench-preview [--scene NAME] [--theme light|dark] [--size 1280x800] [--screenshot FILE]
// Scenes: workbench (a question is asked), working, ready, failed, interrupted, long, archived, empty, first-start,
// no-isolation, engine-failed, starting, many, new-task, publish, palette, settings, quit, archive, delete, open,
// changes, diff, toast, filter.
#include "ScriptedEngine.h"
#include "ScriptedWorld.h"

#include <Workbench.h>

#include <QCommandLineParser>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QImage>
#include <QQmlApplicationEngine>
#include <QQuickWindow>
#include <QTimer>

using namespace foundry;

namespace {

answer::Workbench worldOf(const QString &scene)
{
    if (scene == u"first-start"_s || scene == u"starting"_s)
        return test::emptyWorld();
    if (scene == u"many"_s)
        return test::manyTasks(10'000);
    answer::Workbench world = test::world();
    if (scene == u"empty"_s)
        world.tasks.clear();
    if (scene == u"no-isolation"_s)
        world.checks[1] = { u"isolation"_s, CheckStatus::bad, {}, failure(codes::Sandbox::bubblewrapMissing) };
    return world;
}

QString taskOf(const QString &scene)
{
    static const QHash<QString, QString> tasks {
        { u"working"_s, u"full-text-search"_s }, { u"ready"_s, u"cache-images"_s },
        { u"publish"_s, u"cache-images"_s },     { u"failed"_s, u"postgres-driver"_s },
        { u"interrupted"_s, u"currency"_s },     { u"long"_s, u"currency"_s },
        { u"archived"_s, u"old-logo"_s },        { u"archive"_s, u"cache-images"_s },
        { u"delete"_s, u"cache-images"_s },      { u"toast"_s, u"cache-images"_s },
        { u"changes"_s, u"cache-images"_s },     { u"diff"_s, u"cache-images"_s },
        { u"preparing"_s, u"dark-footer"_s },
    };
    return tasks.value(scene, u"login-redirect-loop"_s);
}

void enter(const QString &scene, Workbench &workbench, test::ScriptedEngine &engine)
{
    workbench.selectTask(taskOf(scene));
    workbench.setChangesShown(scene == u"changes"_s || scene == u"diff"_s);
    if (scene == u"new-task"_s || scene == u"no-isolation"_s)
        workbench.newTask(u"shop"_s);
    else if (scene == u"publish"_s)
        workbench.publish();
    else if (scene == u"palette"_s)
        workbench.showPalette(false);
    else if (scene == u"settings"_s)
        workbench.showSettings();
    else if (scene == u"quit"_s)
        workbench.requestQuit();
    else if (scene == u"open"_s)
        workbench.showOpenRepository();
    else if (scene == u"delete"_s)
        workbench.askDelete();
    else if (scene == u"toast"_s)
        workbench.current()->archive(false);
    else if (scene == u"filter"_s)
        workbench.tasks()->setFilter(u"search"_s);
    else if (scene == u"diff"_s)
        QTimer::singleShot(1000, &workbench,
                           [&workbench] { workbench.view()->review()->open(u"src/auth/session.ts"_s); });
    else if (scene == u"archive"_s) {
        engine.refuseNext(failure(codes::Task::unpublishedWork));
        workbench.current()->archive(false);
    }
}

QSize sizeOf(const QString &text)
{
    return { text.section(u'x', 0, 0).toInt(), text.section(u'x', 1, 1).toInt() };
}

} // namespace

int main(int argc, char **argv)
{
    QGuiApplication app(argc, argv);
    QCommandLineParser parser;
    parser.addOptions({ { u"screenshot"_s, u"Save a picture and end."_s, u"file"_s },
                        { u"theme"_s, u"light or dark."_s, u"theme"_s, u"light"_s },
                        { u"size"_s, u"Of the window."_s, u"WxH"_s, u"1280x800"_s },
                        { u"scene"_s, u"What is shown."_s, u"name"_s, u"workbench"_s } });
    parser.addHelpOption();
    parser.process(app);
    app.setFont(QFont(u"Inter"_s, 10));
    const QString scene = parser.value(u"scene"_s);

    EngineLink link;
    test::ScriptedEngine script(link, worldOf(scene));
    script.world().preferences.insert(u"theme"_s, parser.value(u"theme"_s));
    if (scene == u"engine-failed"_s)
        script.failWith(failure(codes::Program::alreadyRunning));
    Workbench workbench(&link, [] { return test::worldNow; });
    QObject::connect(&workbench, &Workbench::quitConfirmed, &app, &QCoreApplication::quit);

    QQmlApplicationEngine engine;
    engine.addImportPath(u"qrc:/qt/qml"_s);
    engine.setInitialProperties({ { u"workbench"_s, QVariant::fromValue(&workbench) } });
    engine.load(QUrl(u"qrc:/qt/qml/Foundry/Shell/Main.qml"_s));
    if (engine.rootObjects().isEmpty())
        return 1;
    auto *window = qobject_cast<QQuickWindow *>(engine.rootObjects().constFirst());
    window->resize(sizeOf(parser.value(u"size"_s)));
    if (scene != u"starting"_s)
        script.start();
    QTimer::singleShot(400, &app, [&] { enter(scene, workbench, script); });
    if (parser.isSet(u"screenshot"_s)) {
        QTimer::singleShot(3000, &app, [&] {
            const bool saved = window->grabWindow().save(parser.value(u"screenshot"_s));
            QCoreApplication::exit(saved ? 0 : 1);
        });
    }
    return QGuiApplication::exec();
}
