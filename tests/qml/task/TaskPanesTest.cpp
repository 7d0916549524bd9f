// The middle and the right of the window, driven by accessible names. With FOUNDRY_SHOTS set to a folder
// it also leaves pictures of what it saw.
#include "FatalWarnings.h"
#include "SampleTask.h"
#include "TaskView.h"

#include <QAccessible>
#include <QDir>
#include <QGuiApplication>
#include <QQmlComponent>
#include <QQmlEngine>
#include <QQuickItem>
#include <QQuickView>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

using namespace foundry;
using namespace foundry::test;

namespace {

QAccessibleInterface *findNamed(QAccessibleInterface *from, QAccessible::Role role, const QString &name, int depth = 0)
{
    if (!from || depth > 60)
        return nullptr;
    if (from->role() == role && from->text(QAccessible::Name).contains(name) && !from->state().invisible)
        return from;
    for (int i = 0; i < from->childCount(); ++i) {
        if (QAccessibleInterface *found = findNamed(from->child(i), role, name, depth + 1))
            return found;
    }
    return nullptr;
}

} // namespace

class TaskPanesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void everyFileIsReady();
    void everyEntryIsRead();
    void permissionByPress();
    void permissionByKey();
    void toolCallsUnfold();
    void enterSends();
    void escapeStops();
    void suggestionsAreTaken();
    void interruptedTurnIsResumed();
    void sticksToTheEnd();
    void overviewIsRead();
    void filesAreReviewed();
    void pictures_data();
    void pictures();

private:
    void show(int width = 1100, int height = 760);
    QAccessibleInterface *find(QAccessible::Role role, const QString &name)
    {
        return findNamed(QAccessible::queryAccessibleInterface(m_view.get()), role, name);
    }
    // Two frames: what the first one laid out, the second one shows.
    bool drawn()
    {
        QSignalSpy frames(m_view.get(), &QQuickWindow::frameSwapped);
        for (int frame = 0; frame < 2; ++frame) {
            m_view->update();
            if (!frames.wait())
                return false;
        }
        return true;
    }
    bool press(QAccessible::Role role, const QString &name);
    void type(const QString &words)
    {
        for (const QChar c : words)
            QTest::keyClick(m_view.get(), c.toLatin1());
    }
    QQuickItem *item(const char *name) { return m_view->rootObject()->findChild<QQuickItem *>(QLatin1String(name)); }

    std::unique_ptr<EngineLink> m_link;
    std::unique_ptr<SampleTask> m_sample;
    std::unique_ptr<TaskView> m_task;
    std::unique_ptr<QQuickView> m_view;
};

void TaskPanesTest::init()
{
    // the offscreen platform says so for every window; nothing of ours
    QTest::failOnWarning(QRegularExpression(u"^(?!.*propagateSizeHints)"_s));
    m_link = std::make_unique<EngineLink>();
    m_sample = std::make_unique<SampleTask>(m_link.get());
    m_task = std::make_unique<TaskView>(m_link.get(), TaskViewNeeds { {}, [] { return SampleTask::noon + 72'000; } });
    AgentOffer codex;
    codex.name = u"codex"_s;
    codex.title = u"Codex"_s;
    m_task->setAgents({ codex });
}

void TaskPanesTest::cleanup()
{
    m_view.reset();
    m_task.reset();
    m_sample.reset();
    m_link.reset();
}

void TaskPanesTest::show(int width, int height)
{
    m_task->setTask(m_sample->summary);
    m_view = std::make_unique<QQuickView>();
    m_view->engine()->addImportPath(u"qrc:/qt/qml"_s);
    m_view->setInitialProperties({ { u"task"_s, QVariant::fromValue(m_task.get()) } });
    m_view->setResizeMode(QQuickView::SizeRootObjectToView);
    m_view->resize(width, height);
    m_view->setSource(QUrl::fromLocalFile(QStringLiteral(TASK_PANES_QML)));
    QCOMPARE(m_view->status(), QQuickView::Ready);
    m_view->show();
    m_view->requestActivate();
    QVERIFY(QTest::qWaitForWindowActive(m_view.get()));
    QVERIFY(drawn());
}

bool TaskPanesTest::press(QAccessible::Role role, const QString &name)
{
    QAccessibleInterface *found = find(role, name);
    if (!found || !found->actionInterface())
        return false;
    found->actionInterface()->doAction(QAccessibleActionInterface::pressAction());
    return drawn();
}

// What a Repeater would only call "not ready" is said here with its reason.
void TaskPanesTest::everyFileIsReady()
{
    QQmlEngine engine;
    engine.addImportPath(u"qrc:/qt/qml"_s);
    for (const QString &module : { u"Transcript"_s, u"Review"_s, u"Details"_s }) {
        const QDir folder(u":/qt/qml/Foundry/"_s + module);
        const QStringList files = folder.entryList({ u"*.qml"_s });
        QVERIFY(!files.isEmpty());
        for (const QString &file : files) {
            const QQmlComponent component(&engine, QUrl(u"qrc"_s + folder.filePath(file)));
            QVERIFY2(component.isReady(), qPrintable(component.errorString()));
        }
    }
}

void TaskPanesTest::everyEntryIsRead()
{
    m_sample->playLogin();
    show(1100, 1400);
    QVERIFY(find(QAccessible::Heading, u"You, turn 1"_s));
    QVERIFY(find(QAccessible::Heading, u"Codex, turn 1"_s));
    QVERIFY(find(QAccessible::StaticText, u"Users with an expired session bounce between /login"_s));
    QVERIFY(find(QAccessible::Button, u"Thought"_s));
    QVERIFY(find(QAccessible::ListItem, u"Refresh before the guard, under way"_s));
    QVERIFY(find(QAccessible::Button, u"Read, src/auth/session.ts, guard.ts, done, 0.1 s"_s));
    QVERIFY(find(QAccessible::StaticText, u"added line 2:   const session = await"_s));
    QVERIFY(find(QAccessible::AlertMessage, u"Reach registry.example?"_s));
    QVERIFY(find(QAccessible::EditableText, u"Message"_s));
}

void TaskPanesTest::permissionByPress()
{
    m_sample->playLogin();
    show();
    QVERIFY(press(QAccessible::Button, u"Always in acme/shop"_s));
    const auto *answer = m_sample->last<command::AnswerPermission>();
    QVERIFY(answer);
    QCOMPARE(answer->requestId, u"p1"_s);
    QCOMPARE(answer->choice, u"always"_s);
}

void TaskPanesTest::permissionByKey()
{
    m_sample->playLogin();
    show();
    QAccessibleInterface *button = find(QAccessible::Button, u"Allow for this task"_s);
    QVERIFY(button);
    qobject_cast<QQuickItem *>(button->object())->forceActiveFocus(Qt::TabFocusReason);
    QTest::keyClick(m_view.get(), Qt::Key_R);
    QTRY_VERIFY(m_sample->last<command::AnswerPermission>());
    QCOMPARE(m_sample->last<command::AnswerPermission>()->choice, u"no"_s);
}

void TaskPanesTest::toolCallsUnfold()
{
    m_sample->playLogin();
    show(1100, 1400);
    QVERIFY(!find(QAccessible::Grouping, u"Output"_s));
    QVERIFY(press(QAccessible::Button, u"Read, src/auth"_s));
    QTRY_VERIFY(find(QAccessible::Grouping, u"Output"_s));
    QVERIFY(press(QAccessible::Button, u"Read, src/auth"_s));
    QTRY_VERIFY(!find(QAccessible::Grouping, u"Output"_s));
}

void TaskPanesTest::enterSends()
{
    m_sample->playLogin();
    show();
    auto *editor = qobject_cast<QQuickItem *>(find(QAccessible::EditableText, u"Message"_s)->object());
    editor->forceActiveFocus();
    type(u"one"_s);
    QTest::keyClick(m_view.get(), Qt::Key_Return, Qt::ShiftModifier);
    type(u"two"_s);
    QCOMPARE(m_task->composer()->draft(), u"one\ntwo"_s);
    QTest::keyClick(m_view.get(), Qt::Key_Return);
    QTRY_VERIFY(m_sample->commands.size() > 0);
    bool sent = false;
    for (const CommandBody &body : m_sample->commands) {
        if (const auto *prompt = std::get_if<command::SendPrompt>(&body))
            sent = prompt->text == u"one\ntwo"_s;
    }
    QVERIFY(sent);
    QCOMPARE(editor->property("text").toString(), QString());
}

void TaskPanesTest::escapeStops()
{
    m_sample->playLogin();
    show();
    qobject_cast<QQuickItem *>(find(QAccessible::EditableText, u"Message"_s)->object())->forceActiveFocus();
    QTest::keyClick(m_view.get(), Qt::Key_Escape);
    QTRY_VERIFY(m_sample->last<command::StopTask>());
}

void TaskPanesTest::suggestionsAreTaken()
{
    m_sample->playLogin();
    show();
    qobject_cast<QQuickItem *>(find(QAccessible::EditableText, u"Message"_s)->object())->forceActiveFocus();
    type(u"/"_s);
    QTRY_VERIFY(find(QAccessible::ListItem, u"/review"_s));
    QTest::keyClick(m_view.get(), Qt::Key_Down);
    QTest::keyClick(m_view.get(), Qt::Key_Return);
    QCOMPARE(m_task->composer()->draft(), u"/review "_s);
    QTRY_VERIFY(!find(QAccessible::ListItem, u"/review"_s));
}

void TaskPanesTest::interruptedTurnIsResumed()
{
    m_sample->playMany(3);
    m_sample->entries.push_back(m_sample->entry(EntryKind::notice, Notice { NoticeKind::interrupted, {}, {} }));
    m_sample->summary.actions = { TaskAction::continueTurn, TaskAction::sendAgain };
    show();
    QVERIFY(press(QAccessible::Button, u"Send again"_s));
    QCOMPARE(m_sample->last<command::ResumeTurn>()->how, command::Resume::sendAgain);
    QVERIFY(press(QAccessible::Button, u"Continue"_s));
    QCOMPARE(m_sample->last<command::ResumeTurn>()->how, command::Resume::goOn);
}

void TaskPanesTest::sticksToTheEnd()
{
    m_sample->playMany(500);
    show();
    QQuickItem *transcript = item("transcript");
    QVERIFY(transcript->property("sticks").toBool());
    QVERIFY(find(QAccessible::StaticText, u"Entry 499 "_s));
    m_sample->tell({ EntryUpserted { m_sample->entry(EntryKind::agentMessage, MessageText { u"came last"_s }) } });
    QTRY_VERIFY(find(QAccessible::StaticText, u"came last"_s));

    auto *list = qobject_cast<QQuickItem *>(find(QAccessible::List, u"Entries"_s)->object());
    list->forceActiveFocus();
    QTest::keyClick(m_view.get(), Qt::Key_PageUp);
    QTest::keyClick(m_view.get(), Qt::Key_PageUp);
    QVERIFY(!transcript->property("sticks").toBool());
    const double before = list->property("contentY").toDouble() - list->property("originY").toDouble();
    m_sample->tell({ EntryUpserted { m_sample->entry(EntryKind::agentMessage, MessageText { u"unseen"_s }) } });
    QTRY_VERIFY(find(QAccessible::Button, u"1 new"_s));
    QCOMPARE(list->property("contentY").toDouble() - list->property("originY").toDouble(), before);
    QVERIFY(press(QAccessible::Button, u"1 new"_s));
    QTRY_VERIFY(find(QAccessible::StaticText, u"unseen"_s));
    QVERIFY(transcript->property("sticks").toBool());

    // earlier pages come before they are reached
    for (int page = 0; page < 60 && m_task->transcript()->earlier() > 0; ++page)
        QTest::keyClick(m_view.get(), Qt::Key_Home);
    QTRY_COMPARE(m_task->transcript()->earlier(), 0);
}

void TaskPanesTest::overviewIsRead()
{
    m_sample->playLogin();
    show();
    QVERIFY(find(QAccessible::ListItem, u"Sandbox created, done, 0.3 s"_s));
    QVERIFY(find(QAccessible::ListItem, u"Turn 1, waiting, 1 m 12 s"_s));
    QVERIFY(find(QAccessible::StaticText, u"Tokens: 41 k"_s));
    QVERIFY(find(QAccessible::StaticText, u"isolated"_s));
    m_sample->details.timeline[4].status = StepStatus::failed;
    m_sample->summary.actions = { TaskAction::retryStep };
    m_sample->tellDetails();
    m_sample->tellSummary();
    QTRY_VERIFY(find(QAccessible::Button, u"Try again"_s));
    QVERIFY(press(QAccessible::Button, u"Try again"_s));
    QVERIFY(m_sample->last<command::RetryStep>());
}

void TaskPanesTest::filesAreReviewed()
{
    m_sample->playLogin();
    show();
    m_view->rootObject()->setProperty("changesShown", true);
    QTRY_VERIFY(find(QAccessible::ListItem, u"src/auth/session.ts, modified, 12 added"_s));
    QVERIFY(press(QAccessible::ListItem, u"src/auth/session.ts"_s));
    QTRY_VERIFY(find(QAccessible::StaticText, u"added line 42"_s));
    QVERIFY(press(QAccessible::Button, u"Next change"_s));
    auto *lines = qobject_cast<QQuickItem *>(find(QAccessible::List, u"Lines"_s)->object());
    QCOMPARE(lines->property("currentIndex").toInt(), 2);
    lines->forceActiveFocus();
    QTest::keyClick(m_view.get(), Qt::Key_N);
    QCOMPARE(lines->property("currentIndex").toInt(), 9);
    QTest::keyClick(m_view.get(), Qt::Key_C);
    type(u"why"_s);
    QTest::keyClick(m_view.get(), Qt::Key_Return);
    QCOMPARE(m_task->review()->comments()->textAt(u"src/auth/session.ts"_s, 91), u"why"_s);
    QVERIFY(press(QAccessible::Button, u"Send to the agent"_s));
    QVERIFY(m_sample->last<command::SendPrompt>()->text.contains(u"why"));
}

void TaskPanesTest::pictures_data()
{
    QTest::addColumn<QString>("scene");
    QTest::addColumn<bool>("dark");
    for (const QString &scene : { u"login"_s, u"markdown"_s, u"changes"_s, u"failed"_s }) {
        QTest::addRow("%s light", qPrintable(scene)) << scene << false;
        QTest::addRow("%s dark", qPrintable(scene)) << scene << true;
    }
}

// Draws each scene without a warning; the pictures are for people.
void TaskPanesTest::pictures()
{
    QFETCH(QString, scene);
    QFETCH(bool, dark);
    m_sample->playLogin();
    if (scene == u"markdown"_s)
        m_sample->playTalk();
    if (scene == u"failed"_s)
        m_sample->playFailure();
    show(1180, 824);
    m_view->rootObject()->setProperty("dark", dark);
    if (scene == u"changes"_s) {
        m_view->rootObject()->setProperty("changesShown", true);
        m_task->review()->open(u"src/auth/session.ts"_s);
    }
    QVERIFY(drawn());
    const QImage image = m_view->grabWindow();
    QCOMPARE(image.size(), QSize(1180, 824));
    const QString folder = qEnvironmentVariable("FOUNDRY_SHOTS");
    if (!folder.isEmpty())
        QVERIFY(image.save(QDir(folder).filePath(scene + (dark ? u"-dark.png"_s : u"-light.png"_s))));
}

int main(int argc, char **argv)
{
    QGuiApplication app(argc, argv);
    QAccessible::setActive(true);
    installFatalWarnings();
    TaskPanesTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "TaskPanesTest.moc"
