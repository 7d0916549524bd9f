// Lessons about sandboxes and sessions (L40, L41), on the whole engine: a start that fails for a moment, and a
// release by a process that never saw the sandbox being made.
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
};

FOUNDRY_TEST_MAIN(LessonsTest)
#include "LessonsTest.moc"
