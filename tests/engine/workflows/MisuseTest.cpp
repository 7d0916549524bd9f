// What a workflow may not do is refused with the names involved, and what it may do twice happens once.
#include "ScriptTest.h"

using namespace foundry;
using namespace std::chrono_literals;

namespace {

using Script = std::function<Workflow(ScriptActor &, WorkflowContext &)>;

Workflow insideAStep(ScriptActor &actor, WorkflowContext &context)
{
    StepOptions options;
    auto outer = context.step<int>(u"outer"_s, options, [&context](StepRun &) {
        (void)context.uuid(u"inner"_s);
        return value(1);
    });
    auto done = co_await outer;
    actor.note(u"went on"_s);
    co_return done ? Result<void>() : std::unexpected(done.error());
}

Workflow insideALoop(ScriptActor &actor, WorkflowContext &context)
{
    auto looping = context.loop<int>(u"turns"_s, 0, [&actor, &context](WorkflowContext &, int count) {
        return [](ScriptActor &a, WorkflowContext &outer, int n) -> Flow<Result<LoopTurn<int>>> {
            auto stepping = a.step(outer, u"work"_s); // not with the context of the turn
            auto stepped = co_await stepping;
            co_return stepped ? LoopTurn<int>::end(n) : LoopTurn<int>::next(n);
        }(actor, context, count);
    });
    auto looped = co_await looping;
    co_return looped ? Result<void>() : std::unexpected(looped.error());
}

Flow<Result<int>> workIn(ScriptActor &actor, WorkflowContext &context)
{
    auto stepping = actor.step(context, u"work"_s);
    auto stepped = co_await stepping;
    co_return stepped;
}

Workflow twoAtOnce(ScriptActor &actor, WorkflowContext &context)
{
    std::vector<Branch<int>> branches {
        { u"left"_s, [&actor](WorkflowContext &inner) { return workIn(actor, inner); } },
        { u"right"_s, [&actor, &context](WorkflowContext &) { return workIn(actor, context); } },
    };
    auto joining = context.join<int>(u"both"_s, std::move(branches));
    auto joined = co_await joining;
    co_return joined ? Result<void>() : std::unexpected(joined.error());
}

Workflow unknownMessage(ScriptActor &, WorkflowContext &context)
{
    auto receiving = context.receive(u"next"_s, { u"nobodyKnowsIt"_s });
    auto received = co_await receiving;
    co_return received ? Result<void>() : std::unexpected(received.error());
}

Flow<Result<int>> rest(WorkflowContext &context, int result)
{
    auto sleeping = context.sleep(u"rest"_s, 1h);
    auto slept = co_await sleeping;
    co_return slept ? Result<int>(result) : std::unexpected(slept.error());
}

Workflow tied(ScriptActor &actor, WorkflowContext &context)
{
    std::vector<Branch<int>> branches;
    for (const QString &name : { u"zebra"_s, u"ant"_s, u"mole"_s })
        branches.push_back({ name, [](WorkflowContext &inner) { return rest(inner, 1); } });
    auto racing = context.race<int>(u"race"_s, std::move(branches));
    auto won = co_await racing;
    actor.note(won ? won->branch : won.error().name());
    co_return Result<void>();
}

Workflow waitFor(ScriptActor &actor, WorkflowContext &context, QString what)
{
    Result<void> over;
    if (what == u"sleep") {
        auto sleeping = context.sleep(u"rest"_s, 24h);
        over = co_await sleeping;
    } else if (what == u"message") {
        auto receiving = context.receive(u"next"_s, { u"prompt"_s });
        auto received = co_await receiving;
        over = withoutValue(std::move(received));
    } else {
        StepOptions options = exact(0);
        options.retry.firstDelay = options.retry.cap = 24h;
        auto stepping = actor.step(context, u"work"_s, options);
        auto stepped = co_await stepping;
        over = withoutValue(std::move(stepped));
    }
    actor.note(over ? u"went on"_s : over.error().name());
    co_return over;
}

} // namespace

class MisuseTest final : public ScriptTest {
    Q_OBJECT

private Q_SLOTS:
    void init() { startWorld(); }
    void cleanup() { endWorld(); }

    void itIsRefusedWithTheNamesAndNothingIsCorrupted_data()
    {
        QTest::addColumn<Script>("script");
        QTest::addColumn<QStringList>("names");
        QTest::newRow("a step inside a step") << Script(insideAStep) << QStringList({ u"'inner'"_s, u"'outer'"_s });
        QTest::newRow("the outer context inside a loop")
            << Script(insideALoop) << QStringList({ u"'work'"_s, u"'turns'"_s });
        QTest::newRow("two at once") << Script(twoAtOnce) << QStringList({ u"'work'"_s, u"'both'"_s });
        QTest::newRow("an unknown message") << Script(unknownMessage) << QStringList({ u"next"_s, u"nobodyKnowsIt"_s });
    }

    void itIsRefusedWithTheNamesAndNothingIsCorrupted()
    {
        QFETCH(Script, script);
        QFETCH(QStringList, names);
        int told = 0;
        m_outside->changed = [&](const WorkflowView &v, bool) { told += v.status() == RunStatus::damaged; };
        begin(script);
        QCOMPARE(status(), RunStatus::damaged);
        QVERIFY(runFailure().startsWith(u"workflow.misuse"));
        for (const QString &name : names)
            QVERIFY2(runFailure().contains(name), qPrintable(runFailure()));
        QCOMPARE(told, 1);
        QVERIFY(m_outside->finally.isEmpty());
        QCOMPARE(m_outside->alive, 0);
        // What is on record fits what the right code writes.
        const auto kept = entries();
        QVERIFY(kept.size() <= 1);
        restart();
        m_world->advance(2s); // an attempt that it ended is made again
        QCOMPARE(status(), RunStatus::damaged);
        QCOMPARE(entries().size(), kept.size());
    }

    void startingTwiceIsOneRun()
    {
        m_outside->script = [](ScriptActor &actor, WorkflowContext &context) { return oneStep(actor, context, {}); };
        const auto first = m_world->system->getOrCreate(u"Script"_s, { u"s"_s }, { { u"who"_s, u"first"_s } });
        const auto second = m_world->system->getOrCreate(u"Script"_s, { u"s"_s }, { { u"who"_s, u"second"_s } });
        QVERIFY(first && second);
        QCOMPARE(first->id, second->id);
        m_ref = *second;
        m_world->settle();
        QCOMPARE(status(), RunStatus::done);
        QCOMPARE(m_outside->calls[u"work"_s], 1);
        QCOMPARE(m_outside->input.value(u"who").toString(), u"first"_s);
        QCOMPARE(m_world->system->getOrCreate(u"Script"_s, { u"s"_s })->id, first->id);
        m_world->settle();
        QCOMPARE(m_outside->calls[u"work"_s], 1);
    }

    void tiesGoByOrderOfDeclaration_data()
    {
        QTest::addColumn<bool>("crash");
        QTest::newRow("while it is awake") << false;
        QTest::newRow("in the next process") << true;
    }

    void tiesGoByOrderOfDeclaration()
    {
        QFETCH(bool, crash);
        begin(tied);
        if (crash) {
            m_world->crash();
            m_world->clock.advance(2h);
            m_world->start();
            m_world->settle();
        } else {
            m_world->advance(1h);
        }
        QCOMPARE(m_outside->finally, QStringList(u"zebra"_s));
        restart();
        QCOMPARE(status(), RunStatus::done);
    }

    void aCancellingIsToldWhereverTheRunIs_data()
    {
        QTest::addColumn<QString>("what");
        QTest::addColumn<bool>("paused");
        for (const QString &what : { u"sleep"_s, u"message"_s, u"retry"_s }) {
            QTest::newRow(qPrintable(what)) << what << false;
            QTest::newRow(qPrintable(what + u", paused"_s)) << what << true;
        }
    }

    void aCancellingIsToldWhereverTheRunIs()
    {
        QFETCH(QString, what);
        QFETCH(bool, paused);
        m_outside->bodies[u"work"_s]
            = [](StepRun &, int) { return failing(failure(codes::Git::unreachable, {}, Retry::transient)); };
        begin([what](ScriptActor &actor, WorkflowContext &context) { return waitFor(actor, context, what); });
        if (paused) {
            QVERIFY(control(u"pause"_s));
            restart();
            QCOMPARE(status(), RunStatus::paused);
        }
        m_world->advance(limits::idleTime + 1s);
        QVERIFY(m_world->waitFor([this] { return m_world->system->awake() == 0; })); // and asleep at that
        QVERIFY(control(u"cancel"_s));
        QCOMPARE(status(), RunStatus::cancelled);
        QCOMPARE(m_outside->finally, QStringList(u"workflow.cancelled"_s));
        restart();
        QCOMPARE(status(), RunStatus::cancelled); // not overwritten
        QVERIFY(control(u"resume"_s).error().is(codes::Workflow::misuse));
        QCOMPARE(audit().back().action, u"cancel"_s);
        QCOMPARE(audit().back().outcome, u"done"_s);
        QCOMPARE(audit().size(), size_t(paused ? 2 : 1));
    }
};

FOUNDRY_TEST_MAIN(MisuseTest)
#include "MisuseTest.moc"
