// What the next process finds: who goes first, who is left behind, who is set aside.
#include "HandlingMark.h"
#include "ScriptTest.h"

using namespace foundry;
using namespace std::chrono_literals;

namespace {

// Awaited by a workflow that a mistake lets wait for nothing.
struct Nothing {
    using IsWorkflowAwaitable = void;
    auto awaiter() noexcept { return std::suspend_always {}; }
};

Workflow waitForNothing(ScriptActor &actor, WorkflowContext &context)
{
    auto stepping = actor.step(context, u"work"_s);
    auto stepped = co_await stepping;
    Nothing nothing;
    co_await nothing;
    co_return stepped ? Result<void>() : fail(codes::Workflow::misuse);
}

// Sleeps as many minutes as its key says, then says so.
Workflow sleeper(ScriptActor &actor, WorkflowContext &context)
{
    const QString minutes = actor.self().key.parts.front();
    auto sleeping = context.sleep(u"rest"_s, std::chrono::minutes(minutes.toInt()));
    auto slept = co_await sleeping;
    actor.outside.done.append(minutes);
    co_return slept;
}

} // namespace

class RecoveryTest final : public ScriptTest {
    Q_OBJECT

    int troubles() const
    {
        int count = 0;
        for (const Event &event : m_world->events)
            count += std::holds_alternative<event::Trouble>(event);
        return count;
    }

private Q_SLOTS:
    void init() { startWorld(); }
    void cleanup() { endWorld(); }

    void thoseWhoseTimeHasComeGoFirstWithinBounds()
    {
        m_outside->script = sleeper;
        QStringList inOrder;
        for (int i = 20; i > 0; --i)
            QVERIFY(m_world->system->create(u"Script"_s, { QString::number(i) }));
        for (int i = 1; i <= 20; ++i)
            inOrder.append(QString::number(i));
        m_world->settle();
        QVERIFY(m_world->drain());
        m_world->crash();
        m_world->clock.advance(1h);
        m_world->awakeActors = 3;
        int most = 0;
        m_outside->changed = [&](const WorkflowView &, bool) { most = std::max(most, m_world->system->awake()); };
        m_world->start();
        QVERIFY(m_world->waitFor([&] { return m_outside->done.size() == 20; }));
        QCOMPARE(m_outside->done, inOrder);
        QVERIFY2(most <= 3, QByteArray::number(most));
        m_outside->changed = {};
    }

    void aStoreThatCannotBeReadStrandsNoOther()
    {
        m_outside->script = sleeper;
        ActorRef broken;
        for (int i = 1; i <= 5; ++i) {
            const auto made = m_world->system->create(u"Script"_s, { QString::number(i) });
            QVERIFY(made);
            if (i == 1)
                broken = *made;
        }
        m_world->settle();
        QVERIFY(m_world->drain());
        m_world->crash();
        QFile store(m_world->folder.filePath(u"actors/%1/%2.sqlite"_s.arg(broken.id.left(2), broken.id)));
        QVERIFY(store.open(QIODevice::ReadWrite));
        store.write(QByteArray(4096, 'x'));
        store.close();
        QVERIFY(QFile::remove(store.fileName() + u"-wal"_s));
        m_world->clock.advance(1h);
        m_world->start();
        QVERIFY(m_world->waitFor([&] { return m_outside->done.size() == 4; }));
        m_world->settle();
        QCOMPARE(m_outside->done, QStringList({ u"2"_s, u"3"_s, u"4"_s, u"5"_s }));
        QCOMPARE(m_world->system->info(broken)->status, ActorStatus::damaged);
        QVERIFY(troubles() >= 1);
    }

    void aRunWithoutAWakeCauseIsReported()
    {
        begin(waitForNothing);
        QCOMPARE(wait().cause, WaitCause::stranded);
        QCOMPARE(status(), RunStatus::running);
        QCOMPARE(troubles(), 1);
        const auto told = std::ranges::find_if(
            m_world->events, [](const Event &event) { return std::holds_alternative<event::Trouble>(event); });
        QCOMPARE(std::get<event::Trouble>(*told).failure.correlation, u"Script[\"s\"]"_s);
        restart();
        QCOMPARE(wait().cause, WaitCause::stranded);
        QCOMPARE(troubles(), 2); // by each process once
        QCOMPARE(m_outside->calls[u"work"_s], 1);
    }

    void aStepThatEndsTheProcessIsSetAsideAndResumedByHand()
    {
        Promise<int> never;
        bool deadly = true;
        m_outside->bodies[u"work"_s] = [&](StepRun &, int) { return deadly ? waiting(never) : value(5); };
        StepOptions options = exact(0); // no limit by count: only this one
        begin(options);
        for (int death = 1; death <= limits::runDeaths; ++death) {
            QCOMPARE(m_outside->calls[u"work"_s], death);
            QVERIFY(status() == RunStatus::running);
            m_world->crash();
            m_world->diedIn(m_ref.id, HandlingMark::workflow);
            m_world->start();
            m_world->settle();
            m_world->advance(10s);
        }
        QCOMPARE(status(), RunStatus::damaged);
        QVERIFY2(runFailure().contains(u"ended 3 times"), qPrintable(runFailure()));
        restart();
        QCOMPARE(status(), RunStatus::damaged);
        QCOMPARE(m_outside->calls[u"work"_s], int(limits::runDeaths));
        deadly = false;
        QVERIFY(control(u"resume"_s));
        m_world->advance(limits::firstRestart);
        m_world->advance(10s);
        QCOMPARE(status(), RunStatus::done);
    }

    void deathsBeforeSomethingGotOnRecordAreForgotten()
    {
        Promise<int> never;
        m_outside->bodies[u"work"_s] = [&](StepRun &, int attempt) { return attempt < 3 ? waiting(never) : value(1); };
        m_outside->bodies[u"more"_s] = m_outside->bodies[u"work"_s];
        begin([](ScriptActor &actor, WorkflowContext &context) {
            return [](ScriptActor &a, WorkflowContext &c) -> Workflow {
                auto working = a.step(c, u"work"_s, exact(0));
                auto worked = co_await working;
                auto more = a.step(c, u"more"_s, exact(0));
                auto done = co_await more;
                co_return done &&worked ? Result<void>() : fail(codes::Workflow::misuse);
            }(actor, context);
        });
        for (int death = 1; death <= 4; ++death) { // two in each step
            m_world->crash();
            m_world->diedIn(m_ref.id, HandlingMark::workflow);
            m_world->start();
            m_world->settle();
            m_world->advance(10s);
        }
        QCOMPARE(status(), RunStatus::done);
    }
};

FOUNDRY_TEST_MAIN(RecoveryTest)
#include "RecoveryTest.moc"
