// Lessons about sandboxes and sessions (L40, L41, L44, L45), on the whole engine: a start that fails for a moment or
// for good, a release by a process that never saw the sandbox being made, an agent that says nothing.
#include "EngineDesk.h"

using namespace foundry;
using foundry::test::EngineDesk;

namespace {

const QString script = u"Add a greeting\n\nwrite hello.txt: hello\nsay: Done."_s;

// A keeper that fails its first `failures` starts.
void putBeforeTheKeeper(EngineDesk &desk, int failures)
{
    const QString path = desk.folder(u"keeper"_s);
    const QString count = desk.folder(u"starts"_s);
    QFile::remove(count);
    desk.write(path,
               u"#!/bin/sh\n"
               "echo >>'%1'\n"
               "[ \"$(wc -l <'%1')\" -gt %2 ] || exit 1\n"
               "exec '%3' \"$@\"\n"_s.arg(count, QString::number(failures), desk.keeper)
                   .toUtf8());
    QVERIFY(QFile::setPermissions(path, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
    desk.keeper = path;
}

TimelineEntry lineOf(EngineDesk &desk, const TaskId &id, const QString &step)
{
    for (const TimelineEntry &line : desk.details(id).timeline) {
        if (line.name == step)
            return line;
    }
    return {};
}

bool can(const TaskSummary &task, TaskAction action)
{
    return std::ranges::find(task.actions, action) != task.actions.end();
}

QString logOf(EngineDesk &desk, const TaskId &id, const QString &step)
{
    auto log = desk.ask(query::StepLog { id, step });
    const auto *text = log ? std::get_if<answer::StepLog>(&*log) : nullptr;
    return text ? text->text : QString();
}

bool saysSomething(const event::TranscriptChanged &changed)
{
    return std::ranges::any_of(changed.changes, [](const TranscriptChange &change) {
        const auto *one = std::get_if<EntryUpserted>(&change);
        return one && one->entry.kind == EntryKind::agentMessage;
    });
}

} // namespace

class LessonsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void L40_releaseNeedsNothingButWhatIsOnDisk()
    {
        EngineDesk desk;
        desk.start();
        desk.open();
        const TaskId id = desk.create(script);
        QVERIFY(desk.untilState(id, TaskState::ready));
        const QString sandbox = desk.data() + u"/sandboxes/"_s + id.value;
        QVERIFY(QFileInfo::exists(sandbox));
        desk.crash();
        QVERIFY(QDir().rename(desk.clone(), desk.folder(u"elsewhere"_s))); // the source is out of reach, too
        QVERIFY(QDir().rename(desk.remote(), desk.folder(u"elsewhere.git"_s)));
        desk.start();
        QVERIFY(!desk.command(command::DeleteTask { id }).failure);
        QTRY_VERIFY_WITH_TIMEOUT(!QFileInfo::exists(sandbox), EngineDesk::patience);
    }

    void L41_whatFailsForAMomentIsTriedAgain()
    {
        EngineDesk desk;
        putBeforeTheKeeper(desk, 2);
        desk.start();
        desk.open();
        const TaskId id = desk.create(script);
        QVERIFY(desk.untilState(id, TaskState::ready));
        QCOMPARE(lineOf(desk, id, u"startAgent"_s).attempt, 3); // and not what made sure of it for the turn
    }

    void L41_theLastFailureSaysHowOftenAndWhy()
    {
        EngineDesk desk;
        putBeforeTheKeeper(desk, 3);
        desk.start();
        desk.open();
        const TaskId id = desk.create(script);
        QVERIFY(desk.untilFailed(id));
        const QString chain = desk.task(id).failure->chain();
        QVERIFY2(chain.contains(u"startAgent failed after 3 attempts"_s), qPrintable(chain));
        QVERIFY2(chain.contains(u"sandbox.launchFailed: the keeper ended at its start"_s), qPrintable(chain));
        QVERIFY(!desk.command(command::RetryStep { id }).failure); // it starts from now on
        QVERIFY(desk.untilState(id, TaskState::ready));
    }

    void L44_anAgentThatDoesNotStartShowsItsLastLines()
    {
        EngineDesk desk;
        desk.addFakeAgent(u"model"_s, { u"--crash-on-initialize"_s, u"--exit-code"_s, u"3"_s });
        desk.start();
        desk.open();
        const TaskId id = desk.create(u"Do it"_s, u"model"_s);
        QVERIFY(desk.untilFailed(id));
        const QString words = u"fake-agent: giving up"_s;
        const QString chain = desk.task(id).failure->chain();
        QVERIFY2(chain.contains(words), qPrintable(chain));
        QCOMPARE(desk.task(id).state, TaskState::preparing);
        const TimelineEntry line = lineOf(desk, id, u"startAgent"_s);
        QCOMPARE(line.status, StepStatus::failed);
        QVERIFY(!line.attempts.empty() && line.attempts.back().failure->chain().contains(words));
        QVERIFY2(logOf(desk, id, u"startAgent"_s).contains(words), qPrintable(logOf(desk, id, u"startAgent"_s)));
        QVERIFY(can(desk.task(id), TaskAction::retryStep));

        QVERIFY(QFile::remove(desk.data() + u"/config.toml"_s));
        desk.addFakeAgent(u"model"_s, {});
        QVERIFY(!desk.command(command::RefreshSystem {}).failure);
        QVERIFY(!desk.command(command::RetryStep { id }).failure);
        QVERIFY(desk.untilState(id, TaskState::ready));
        QVERIFY(!desk.task(id).failure);
    }

    void L44_aSourceThatCannotBeReadShowsGitsLastLines()
    {
        EngineDesk desk;
        const QString blob = EngineDesk::git(desk.clone(), { u"rev-parse"_s, u"HEAD:src/a.txt"_s });
        const QString object = desk.clone() + u"/.git/objects/"_s + blob.left(2) + u'/' + blob.mid(2);
        desk.start();
        desk.open();
        QVERIFY(QFile::rename(object, desk.folder(u"object"_s)));
        const TaskId id = desk.create(script);
        QVERIFY(desk.untilFailed(id));
        const QString chain = desk.task(id).failure->chain();
        QVERIFY2(chain.contains(blob), qPrintable(chain)); // git names what is missing
        QCOMPARE(lineOf(desk, id, u"resolveBase"_s).status, StepStatus::failed);
        QVERIFY(can(desk.task(id), TaskAction::retryStep));
        QVERIFY(QFile::rename(desk.folder(u"object"_s), object));
        QVERIFY(!desk.command(command::RetryStep { id }).failure);
        QVERIFY(desk.untilState(id, TaskState::ready));
    }

    void L45_aTaskWhoseAgentSaysNothingHasNotStarted()
    {
        EngineDesk desk;
        desk.addFakeAgent(u"mute"_s, { u"--silent-on"_s, u"prompt"_s });
        desk.start();
        desk.open();
        const TaskId id = desk.create(u"Do it"_s, u"mute"_s);
        const auto waits = [](const TaskSummary &task) { return task.reason.subject == u"firstAnswer"_s; };
        QVERIFY(desk.until(id, waits));
        QCOMPARE(desk.task(id).state, TaskState::preparing);
        QVERIFY(can(desk.task(id), TaskAction::stop));
        desk.crash(); // the keeper holds the agent: it still waits afterwards
        desk.start();
        QVERIFY(desk.until(id, waits));
        QCOMPARE(desk.task(id).state, TaskState::preparing);
    }

    void L45_itHasStartedWhenTheFirstEventIsStored()
    {
        EngineDesk desk;
        QStringList order;
        desk.heard = [&order](const Event &event) {
            const auto *task = std::get_if<event::TaskChanged>(&event);
            const auto *transcript = std::get_if<event::TranscriptChanged>(&event);
            if (task && task->task.reason.subject == u"firstAnswer"_s)
                order << u"waits"_s;
            else if (task && task->task.state == TaskState::working)
                order << u"works"_s;
            else if (transcript && saysSomething(*transcript))
                order << u"said"_s;
        };
        desk.start();
        desk.open();
        const TaskId id = desk.create(u"Talk\nsay: Hello.\nwait: 600000"_s);
        QVERIFY(desk.until(id, [](const TaskSummary &task) { return task.reason.why == TaskWhy::agentWorks; }));
        order.removeDuplicates();
        QCOMPARE(order, (QStringList { u"waits"_s, u"said"_s, u"works"_s }));
        desk.crash();
        order.clear();
        desk.start(); // it is not forgotten either
        QVERIFY(desk.until(id, [](const TaskSummary &task) { return task.reason.why == TaskWhy::agentWorks; }));
        QVERIFY2(!order.contains(u"waits"_s), qPrintable(order.join(u' ')));
    }
};

FOUNDRY_TEST_MAIN(LessonsTest)
#include "LessonsTest.moc"
