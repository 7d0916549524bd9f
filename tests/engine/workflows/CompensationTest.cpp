// What a failed run undoes: in which order, how often, and what the next process still knows of it.
#include "ScriptTest.h"

using namespace foundry;
using namespace std::chrono_literals;

namespace {

Async<Result<void>> undoing(ScriptActor &actor, QString name, StepRun &run)
{
    actor.outside.done.append(name);
    auto running = actor.body(name, run);
    auto done = co_await running;
    co_return done ? Result<void>() : std::unexpected(done.error());
}

void registerUndo(ScriptActor &actor, WorkflowContext &context, const QString &name, const QString &what)
{
    context.ifItFails(name, exact(3), [&actor, what](StepRun &run) { return undoing(actor, what, run); });
}

StepOptions givenBack()
{
    StepOptions options = exact(1);
    options.ifItFails = IfItFails::giveBack;
    return options;
}

// a, b and c; each of the first two with its undoing.
Workflow threeSteps(ScriptActor &actor, WorkflowContext &context)
{
    for (const QString &name : { u"a"_s, u"b"_s, u"c"_s }) {
        auto stepping = actor.step(context, name, givenBack());
        auto stepped = co_await stepping;
        if (!stepped)
            co_return std::unexpected(stepped.error());
        if (name != u"c")
            registerUndo(actor, context, u"undo "_s + name, u"undo "_s + name);
    }
    co_return Result<void>();
}

Flow<Result<int>> branch(ScriptActor &actor, WorkflowContext &context, QString name, QString message)
{
    auto stepping = actor.step(context, u"take"_s, givenBack());
    auto stepped = co_await stepping;
    registerUndo(actor, context, u"undo"_s, u"undo "_s + name);
    auto receiving = context.receive(u"next"_s, { message });
    auto received = co_await receiving;
    // Never reached by the loser: not in the race, and not when the next process reads what it did.
    registerUndo(actor, context, u"undo more"_s, u"undo more "_s + name);
    co_return received &&stepped ? Result<int>(1) : std::unexpected(received.error());
}

Workflow racing(ScriptActor &actor, WorkflowContext &context)
{
    std::vector<Branch<int>> branches {
        { u"left"_s, [&actor](WorkflowContext &inner) { return branch(actor, inner, u"left"_s, u"other"_s); } },
        { u"right"_s, [&actor](WorkflowContext &inner) { return branch(actor, inner, u"right"_s, u"prompt"_s); } },
    };
    auto race = context.race<int>(u"first"_s, std::move(branches));
    auto won = co_await race;
    registerUndo(actor, context, u"undo race"_s, u"undo race"_s);
    auto receiving = context.receive(u"end"_s, { u"prompt"_s });
    auto received = co_await receiving;
    co_return received &&won ? fail(codes::Git::refused, won->branch) : Result<void>();
}

Flow<Result<int>> done(ScriptActor &actor, WorkflowContext &context)
{
    registerUndo(actor, context, u"undo"_s, u"undo winner"_s);
    co_return 1;
}

// Where it never came there is nothing to undo: also not past a value that was never recorded.
Flow<Result<int>> never(ScriptActor &actor, WorkflowContext &context)
{
    registerUndo(actor, context, u"undo"_s, u"undo loser"_s);
    const QString id = context.uuid(u"id"_s);
    registerUndo(actor, context, u"undo more"_s, u"undo more of the loser"_s);
    auto receiving = context.receive(id, { u"prompt"_s });
    auto received = co_await receiving;
    co_return received ? Result<int>(2) : std::unexpected(received.error());
}

Workflow wonAtOnce(ScriptActor &actor, WorkflowContext &context)
{
    std::vector<Branch<int>> branches {
        { u"left"_s, [&actor](WorkflowContext &inner) { return done(actor, inner); } },
        { u"right"_s, [&actor](WorkflowContext &inner) { return never(actor, inner); } },
    };
    auto race = context.race<int>(u"first"_s, std::move(branches));
    auto won = co_await race;
    auto receiving = context.receive(u"end"_s, { u"prompt"_s });
    auto received = co_await receiving;
    co_return received &&won ? fail(codes::Git::refused, won->branch) : Result<void>();
}

Flow<Result<LoopTurn<int>>> turn(ScriptActor &actor, WorkflowContext &context, int count)
{
    auto stepping = actor.step(context, u"a"_s, givenBack());
    auto stepped = co_await stepping;
    registerUndo(actor, context, u"undo"_s, u"undo turn %1"_s.arg(count));
    auto more = actor.step(context, u"b"_s, givenBack());
    auto done = co_await more;
    if (!done || !stepped)
        co_return std::unexpected(done.error());
    co_return LoopTurn<int>::next(count + 1);
}

Workflow looping(ScriptActor &actor, WorkflowContext &context)
{
    auto turns = context.loop<int>(u"turns"_s, 0,
                                   [&actor](WorkflowContext &inner, int count) { return turn(actor, inner, count); });
    auto done = co_await turns;
    co_return done ? Result<void>() : std::unexpected(done.error());
}

Async<Result<int>> notNow(Promise<int> when)
{
    (void)co_await when;
    co_return fail(codes::Git::refused, u"not now"_s, Retry::transient);
}

} // namespace

class CompensationTest final : public ScriptTest {
    Q_OBJECT

    void failAt(const QString &step)
    {
        m_outside->bodies[step] = [](StepRun &, int) { return failing(failure(codes::Git::refused, u"no"_s)); };
    }

private Q_SLOTS:
    void init() { startWorld(); }
    void cleanup() { endWorld(); }

    void itIsDoneInReverseOrderAndOnce()
    {
        failAt(u"c"_s);
        begin(threeSteps);
        QCOMPARE(m_outside->done, QStringList({ u"undo b"_s, u"undo a"_s }));
        QCOMPARE(status(), RunStatus::ended);
        restart();
        QCOMPARE(m_outside->done.size(), 2);
        QCOMPARE(entries().size(), size_t(5)); // steps of their own
    }

    void itIsTriedAgainAndGoesOnAfterACrash()
    {
        failAt(u"c"_s);
        m_outside->bodies[u"undo a"_s] = [](StepRun &, int attempt) {
            return attempt < 3 ? failing(failure(codes::Git::unreachable, {}, Retry::transient)) : value(0);
        };
        begin(threeSteps);
        QCOMPARE(m_outside->done, QStringList({ u"undo b"_s, u"undo a"_s }));
        restart();
        m_world->advance(10s);
        restart();
        m_world->advance(10s);
        QCOMPARE(m_outside->done, QStringList({ u"undo b"_s, u"undo a"_s, u"undo a"_s, u"undo a"_s }));
        QCOMPARE(status(), RunStatus::ended);
        QCOMPARE(runFailure(), u"git.refused: no"_s); // what it was undone for
    }

    // Neither a person's cancelling nor the limit of the whole run ends it.
    void theUndoingItselfIsNotCancelled_data()
    {
        QTest::addColumn<QStringList>("acts");
        QTest::newRow("cancelled") << QStringList { u"cancel"_s };
        QTest::newRow("paused, and cancelled in another process") << QStringList { u"pause"_s, {}, u"cancel"_s };
        QTest::newRow("too long") << QStringList { u"long"_s };
        QTest::newRow("too long for another process") << QStringList { u"long"_s, {} };
    }

    void theUndoingItselfIsNotCancelled()
    {
        QFETCH(QStringList, acts);
        m_outside->timeOut = 1h;
        Promise<int> first;
        failAt(u"c"_s);
        m_outside->bodies[u"undo b"_s] = [&](StepRun &, int) { return waiting(first); };
        begin(threeSteps);
        QCOMPARE(m_outside->done, QStringList(u"undo b"_s));
        for (const QString &act : acts) {
            if (act == u"long")
                m_world->advance(2h);
            else if (act.isEmpty())
                restart();
            else
                QVERIFY(control(act));
        }
        first.set(1);
        m_world->settle();
        m_world->advance(10s); // the attempt that a restart ended is made again
        QCOMPARE(m_outside->done.last(), u"undo a"_s);
        for (const WorkflowEntry &entry : entries())
            QVERIFY(entry.line.status == StepStatus::done || entry.line.name == u"c"_s);
        QCOMPARE(status(), acts.contains(u"cancel"_s) ? RunStatus::cancelled : RunStatus::ended);
    }

    // Found by the simulation: the undoing is not told of the cancelling, and nothing was due any more.
    void oneThatIsPausedAndCancelledIsTriedAgain()
    {
        failAt(u"c"_s);
        const Promise<int> first;
        m_outside->bodies[u"undo b"_s] = [first](StepRun &, int attempt) -> Async<Result<int>> {
            if (attempt > 1)
                return value(1);
            return notNow(first);
        };
        begin(threeSteps);
        QVERIFY(control(u"pause"_s));
        first.set(1);
        m_world->settle();
        QVERIFY(control(u"cancel"_s));
        QCOMPARE(status(), RunStatus::running);
        m_world->advance(5s);
        QCOMPARE(m_outside->done, QStringList({ u"undo b"_s, u"undo b"_s, u"undo a"_s }));
        QCOMPARE(status(), RunStatus::cancelled);
    }

    void whatCannotBeUndoneNeedsAPerson()
    {
        failAt(u"c"_s);
        failAt(u"undo b"_s);
        begin(threeSteps);
        QCOMPARE(status(), RunStatus::failed);
        QCOMPARE(wait().cause, WaitCause::hand);
        QCOMPARE(m_outside->done, QStringList(u"undo b"_s));
        restart();
        QCOMPARE(status(), RunStatus::failed);
        m_outside->bodies.erase(u"undo b"_s);
        QVERIFY(control(u"retry"_s));
        QCOMPARE(m_outside->done, QStringList({ u"undo b"_s, u"undo b"_s, u"undo a"_s }));
        QCOMPARE(status(), RunStatus::ended);
    }

    void aDivergenceUndoesNothing()
    {
        Promise<int> never;
        m_outside->bodies[u"c"_s] = [never](StepRun &, int) { return waiting(never); };
        begin(threeSteps);
        m_outside->script = [](ScriptActor &actor, WorkflowContext &context) {
            return [](ScriptActor &a, WorkflowContext &c) -> Workflow {
                auto stepping = a.step(c, u"a"_s, givenBack());
                auto stepped = co_await stepping;
                registerUndo(a, c, u"undo a"_s, u"undo a"_s);
                co_return stepped ? fail(codes::Git::refused) : Result<void>(); // b and c are lost
            }(actor, context);
        };
        restart();
        QCOMPARE(status(), RunStatus::diverged);
        QVERIFY(m_outside->done.isEmpty());
        QCOMPARE(entries().size(), size_t(3));
    }

    void whatTheBranchesOfARaceRegisteredIsKept_data()
    {
        QTest::addColumn<bool>("crash");
        QTest::newRow("by the same process") << false;
        QTest::newRow("by the next process") << true;
    }

    void whatTheBranchesOfARaceRegisteredIsKept()
    {
        QFETCH(bool, crash);
        begin(racing);
        QVERIFY(m_world->send(m_ref, Prompt { u"win"_s }));
        m_world->settle();
        QCOMPARE(wait().step, u"end"_s);
        if (crash)
            restart();
        QVERIFY(m_world->send(m_ref, Prompt { u"end"_s }));
        m_world->settle();
        const QStringList expected { u"undo race"_s, u"undo more right"_s, u"undo right"_s, u"undo left"_s };
        QCOMPARE(m_outside->done, expected);
        QCOMPARE(runFailure(), u"git.refused: right"_s);
        QCOMPARE(m_outside->calls[u"take"_s], 2); // each once
        restart();
        QCOMPARE(status(), RunStatus::ended);
        QCOMPARE(m_outside->done, expected);
    }

    // Both have their message in one turn: the second has received, and its code never heard of it.
    void aLoserThatWasJustToGoOnIsUndoneInAnyProcess_data() { whatTheBranchesOfARaceRegisteredIsKept_data(); }

    void aLoserThatWasJustToGoOnIsUndoneInAnyProcess()
    {
        QFETCH(bool, crash);
        begin(racing);
        QVERIFY(control(u"pause"_s));
        QVERIFY(m_world->send(m_ref, Prompt { u"right"_s }));
        int sent = 0;
        Message other;
        other.name = u"other"_s;
        m_world->system->sendMessage(m_ref, other, {}, [&](const Result<void> &done) { sent += done.has_value(); });
        QVERIFY(m_world->waitFor([&] { return sent == 1; }));
        QVERIFY(control(u"resume"_s));
        QCOMPARE(wait().step, u"end"_s);
        if (crash)
            restart();
        QVERIFY(m_world->send(m_ref, Prompt { u"end"_s }));
        m_world->settle();
        const QStringList expected { u"undo race"_s, u"undo more right"_s, u"undo more left"_s, u"undo right"_s,
                                     u"undo left"_s };
        QCOMPARE(m_outside->done, expected);
        QCOMPARE(runFailure(), u"git.refused: left"_s);
    }

    void aBranchThatNeverBeganIsNotUndone_data() { whatTheBranchesOfARaceRegisteredIsKept_data(); }

    void aBranchThatNeverBeganIsNotUndone()
    {
        QFETCH(bool, crash);
        begin(wonAtOnce);
        QCOMPARE(wait().step, u"end"_s);
        if (crash)
            restart();
        QVERIFY(m_world->send(m_ref, Prompt { u"end"_s }));
        m_world->settle();
        QCOMPARE(m_outside->done, QStringList(u"undo winner"_s));
    }

    void whatATurnRegisteredEndsWithTheTurn()
    {
        m_outside->bodies[u"b"_s] = [this](StepRun &, int) {
            return m_outside->calls[u"b"_s] < 4 ? value(1) : failing(failure(codes::Git::refused, u"no"_s));
        };
        begin(looping);
        QCOMPARE(status(), RunStatus::ended);
        QCOMPARE(m_outside->done, QStringList(u"undo turn 3"_s)); // the last one only, as the next process would
    }
};

FOUNDRY_TEST_MAIN(CompensationTest)
#include "CompensationTest.moc"
