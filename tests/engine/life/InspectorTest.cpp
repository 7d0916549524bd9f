#include "EngineDesk.h"

#include "FatalWarnings.h"

using namespace foundry;
using namespace foundry::test;

// The inspector through the contract, on the whole engine.
class InspectorTest : public QObject {
    Q_OBJECT

    EngineDesk m_desk;
    TaskId m_task;

    answer::Actors actors(const QString &find = {})
    {
        auto answer = m_desk.ask(query::Actors { find, 0 });
        return answer ? std::get<answer::Actors>(*answer) : answer::Actors {};
    }
    QString actorOf(const QString &kind)
    {
        for (const ActorSummary &actor : actors().actors) {
            if (actor.kind == kind)
                return actor.id;
        }
        return {};
    }
    answer::ActorDetails details(const QString &actor)
    {
        auto answer = m_desk.ask(query::ActorDetails { actor });
        return answer ? std::get<answer::ActorDetails>(*answer) : answer::ActorDetails {};
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_desk.start();
        m_desk.open();
        m_task = m_desk.create(u"Greet\nwrite hello.txt: hello\nsay: done"_s);
        QVERIFY(m_desk.untilState(m_task, TaskState::ready));
    }

    void L02_actorsAreListedAndFound()
    {
        const answer::Actors all = actors();
        QCOMPARE(all.found, all.all);
        QVERIFY(all.all >= 5); // person, organisation, repository, task, session
        QCOMPARE(actors(u"TASK"_s).found, 2); // the task, and the session by its key
        QCOMPARE(actors(m_task.value).found, 2);
        QCOMPARE(actors(u"nobody"_s).found, 0);
        QVERIFY(!m_desk.ask(query::ActorDetails { u"nobody"_s }));
    }

    void L02_aRunIsReadPausedAndResumed()
    {
        const QString task = actorOf(u"Task"_s);
        const answer::ActorDetails before = details(task);
        QVERIFY(before.run);
        QCOMPARE(before.run->status, u"running"_s);
        QVERIFY(before.run->waitsFor.startsWith(u"messages"));
        QVERIFY(!before.run->entries.empty());
        QVERIFY(!m_desk.command(command::ControlRun { task, command::RunControl::pause }).failure);
        QCOMPARE(details(task).run->status, u"paused"_s);
        QVERIFY(m_desk.command(command::ControlRun { task, command::RunControl::pause }).failure); // it is already
        QVERIFY(!m_desk.command(command::SendPrompt { m_task, u"say: again"_s }).failure);
        QVERIFY(!m_desk.command(command::ControlRun { task, command::RunControl::resume }).failure);
        QVERIFY(m_desk.until(m_task, [](const TaskSummary &t) { return t.state == TaskState::ready; }));
        const auto audit = details(task).run->audit;
        QVERIFY(audit.size() >= 2);
        QCOMPARE(audit.front().action, u"pause"_s);
        QVERIFY(m_desk.command(command::ControlRun { actorOf(u"Person"_s), command::RunControl::pause })
                    .failure->is(codes::Workflow::misuse));
    }

    void L02_anActorIsRestartedAndDestroyed()
    {
        const QString session = actorOf(u"Session"_s);
        QVERIFY(m_desk.command(command::RestoreActor { session, u"../none"_s }).failure);
        QVERIFY(!m_desk.command(command::RestartActor { session }).failure);
        QCOMPARE(details(session).actor.id, session); // woken again, the same
        QVERIFY(!m_desk.command(command::DestroyActor { session }).failure);
        QCOMPARE(actors(u"Session"_s).found, 0);
        QVERIFY(m_desk.command(command::RestartActor { session }).failure->is(codes::Actor::missing));
        QVERIFY(m_desk.command(command::SettleDeadLetter { session, 1, true }).failure);
    }

    // What the life before still had to tell wakes its receiver at the start, so several lives are looked at: if the
    // read woke anybody, none of them would be quiet.
    void L14_aListIsOneLocalRead()
    {
        const auto isQuiet = [this] {
            const answer::Actors list = actors(m_task.value);
            return list.found == 1
                && std::all_of(list.actors.begin(), list.actors.end(),
                               [](const ActorSummary &actor) { return actor.status == u"asleep"_s; });
        };
        bool quiet = false;
        for (int life = 0; life < 5 && !quiet; ++life) {
            m_desk.stop();
            m_desk.start();
            QVERIFY(m_desk.ask(query::Workbench {}));
            quiet = isQuiet();
        }
        QVERIFY(quiet);
    }

    void L06_aRowWithoutItsTaskIsRepaired()
    {
        QVERIFY(!m_desk.command(command::DestroyActor { actorOf(u"Task"_s) }).failure);
        auto before = m_desk.ask(query::Workbench {});
        QCOMPARE(std::get<answer::Workbench>(*before).tasks.size(), size_t(1)); // a ghost
        QVERIFY(m_desk.command(command::SendPrompt { m_task, u"say: anybody there?"_s }).failure);
        auto after = m_desk.ask(query::Workbench {});
        QVERIFY(std::get<answer::Workbench>(*after).tasks.empty());
    }
};

FOUNDRY_TEST_MAIN(InspectorTest)
#include "InspectorTest.moc"
