// A workflow of another actor as one entry: it exists once, its end is heard, and a cancelling reaches it.
#include "ScriptTest.h"

#include "WorkflowMessages.h"

using namespace foundry;
using namespace std::chrono_literals;

namespace {

Async<Result<void>> nothing()
{
    co_return Result<void>();
}

bool isChild(const ScriptActor &actor)
{
    return actor.self().key.parts.contains(u"child");
}

// The child: one step, undone if it fails.
Workflow childRun(ScriptActor &actor, WorkflowContext &context)
{
    context.ifItFails(u"undo"_s, StepOptions {}, [&actor](StepRun &) {
        ++actor.outside.calls[u"undo"_s];
        return nothing();
    });
    StepOptions options = exact(5);
    options.ifItFails = IfItFails::giveBack;
    auto working = actor.step(context, u"work"_s, options);
    auto worked = co_await working;
    co_return worked ? Result<void>() : std::unexpected(worked.error());
}

Workflow parentRun(ScriptActor &actor, WorkflowContext &context, QString kind, IfCancelled ifCancelled)
{
    auto calling = context.child<int>(u"helper"_s, kind, QJsonObject {}, ifCancelled);
    auto answered = co_await calling;
    actor.note(answered ? u"helped %1"_s.arg(*answered) : answered.error().chain());
    auto writing = context.commit(u"write"_s, [&actor, answered]() -> Result<void> {
        actor.ledger.edit().booked += answered.value_or(0);
        return {};
    });
    auto written = co_await writing;
    co_return answered &&written ? Result<void>() : std::unexpected(answered.error());
}

// Asks, in the name of its second entry, one who is gone.
Workflow askingRun(ScriptActor &actor, WorkflowContext &context)
{
    auto asking = context.commit(u"ask"_s, [&actor] {
        const ActorRef me = actor.self();
        return actor.send({ me.kind, ActorKey({ u"gone"_s }), {} }, WatchWorkflow { me.kind, me.key.parts, 2 });
    });
    auto asked = co_await asking;
    if (!asked)
        co_return std::unexpected(asked.error());
    auto run = parentRun(actor, context, u"Script"_s, IfCancelled::cancelChild);
    auto ran = co_await run;
    co_return ran;
}

std::function<Workflow(ScriptActor &, WorkflowContext &)> family(IfCancelled ifCancelled = IfCancelled::cancelChild,
                                                                 const QString &kind = u"Script"_s)
{
    return [=](ScriptActor &actor, WorkflowContext &context) {
        return isChild(actor) ? childRun(actor, context) : parentRun(actor, context, kind, ifCancelled);
    };
}

Flow<Result<int>> callChild(WorkflowContext &context)
{
    auto calling = context.child<int>(u"helper"_s, u"Script"_s, QJsonObject {});
    auto answered = co_await calling;
    co_return answered;
}
Flow<Result<int>> hearPrompt(WorkflowContext &context)
{
    auto receiving = context.receive(u"next"_s, { u"prompt"_s });
    auto received = co_await receiving;
    co_return received ? Result<int>(0) : std::unexpected(received.error());
}

Workflow raceRun(ScriptActor &actor, WorkflowContext &context)
{
    std::vector<Branch<int>> branches { { u"child"_s, [](WorkflowContext &inner) { return callChild(inner); } },
                                        { u"prompt"_s, [](WorkflowContext &inner) { return hearPrompt(inner); } } };
    auto racing = context.race<int>(u"first"_s, std::move(branches));
    auto won = co_await racing;
    actor.note(won ? won->branch : won.error().name());
    co_return Result<void>();
}

} // namespace

class ChildrenTest final : public ScriptTest {
    Q_OBJECT

    std::unique_ptr<test::FaultyStorage> m_disk; // of the test that has one

    std::vector<ActorRef> children() const
    {
        std::vector<ActorRef> found;
        for (const ActorInfo &info : m_world->system->list()) {
            if (info.ref.key.parts.contains(u"child"))
                found.push_back(info.ref);
        }
        return found;
    }
    RunStatus statusOf(const ActorRef &ref)
    {
        RunStatus seen = RunStatus::none;
        m_world->visit<ScriptActor>(ref, [&](ScriptActor &actor) { seen = actor.workflowView().status(); });
        return seen;
    }
    bool comesTo(RunStatus wanted)
    {
        return m_world->waitFor([&] { return status() == wanted; });
    }

private Q_SLOTS:
    void init() { startWorld(); }
    void cleanup()
    {
        endWorld();
        m_disk.reset();
    }

    void aChildRunsOnceAndItsResultIsReplayed()
    {
        m_outside->bodies[u"work"_s] = [](StepRun &, int) { return value(7); };
        begin(family());
        QVERIFY(comesTo(RunStatus::done));
        QCOMPARE(m_outside->calls[u"work"_s], 1);
        QCOMPARE(ledger().booked, 7);
        QCOMPARE(children().size(), size_t(1));
        QCOMPARE(children().front().key.parts, QStringList({ u"s"_s, u"child"_s, u"helper"_s, u"1"_s }));
        QCOMPARE(entries().front().kind, WorkflowEntryKind::child);
        restart();
        QCOMPARE(status(), RunStatus::done);
        QCOMPARE(children().size(), size_t(1));
    }

    // By a person, by code or by a clean-up.
    void aChildThatGoesBeforeItsEndIsNotWaitedFor()
    {
        Promise<int> never;
        m_outside->bodies[u"work"_s] = [never](StepRun &, int) { return waiting(never); };
        begin(family());
        m_world->settle();
        QVERIFY(m_world->destroy(children().at(0)));
        QVERIFY(comesTo(RunStatus::ended));
        QCOMPARE(m_outside->finally.size(), 1);
        QVERIFY2(m_outside->finally.front().startsWith(u"actor.missing"), qPrintable(m_outside->finally.front()));
        restart();
        QCOMPARE(status(), RunStatus::ended);
    }

    // The question where nobody is any more is answered, not buried.
    void aChildThatIsGoneWhenItIsAskedIsNotWaitedFor()
    {
        Promise<int> never;
        m_outside->bodies[u"work"_s] = [never](StepRun &, int) { return waiting(never); };
        begin([](ScriptActor &actor, WorkflowContext &context) {
            return isChild(actor) ? childRun(actor, context) : askingRun(actor, context);
        });
        QVERIFY(comesTo(RunStatus::ended));
        m_world->visit<ScriptActor>(
            m_ref, [](ScriptActor &actor) { QVERIFY(actor.workflowView().failure()->is(codes::Actor::missing)); });
        QVERIFY(m_world->deadLetters(m_ref).empty());
    }

    // Who asks a run that is over hears of its end, whichever write its disk fails at.
    void anEndIsToldThoughTheDiskFails()
    {
        endWorld();
        m_disk = std::make_unique<test::FaultyStorage>();
        startWorld(m_disk.get());
        begin(StepOptions {});
        QCOMPARE(status(), RunStatus::done);
        int asked = 0;
        for (int write = 1; write <= 40; ++write) {
            m_disk->failWrite(write, 2);
            const auto sent = m_world->send(m_ref, WatchWorkflow { u"Script"_s, { u"nobody"_s }, write });
            m_world->settle();
            m_disk->failWrite(0, 0);
            m_world->advance(limits::lastRestart);
            const auto letters = m_world->deadLetters(m_ref); // there is nobody
            const bool told
                = !letters.empty() && fromPayload<WorkflowEnded>(letters.front().message.payload)->entry == write;
            QVERIFY2(!sent || told, qPrintable(QString::number(write)));
            asked += sent.has_value();
        }
        QVERIFY(asked > 10);
    }

    void aParentSleepsUntilItsChildIsOver()
    {
        Promise<int> promise;
        m_outside->bodies[u"work"_s] = [promise](StepRun &, int) { return waiting(promise); };
        begin(family());
        QVERIFY(m_world->waitFor([this] { return m_outside->calls[u"work"_s] == 1; }));
        m_world->settle();
        const WorkflowWait waits = wait();
        QCOMPARE(waits.cause, WaitCause::child);
        QCOMPARE(waits.step, u"helper"_s);
        QCOMPARE(waits.names, QStringList({ u"Script"_s, u"s"_s, u"child"_s, u"helper"_s, u"1"_s }));
        m_world->advance(limits::idleTime + 1s);
        QVERIFY(m_world->waitFor([this] { return m_world->system->awake() == 1; })); // the child works
        promise.set(3);
        QVERIFY(comesTo(RunStatus::done));
        QCOMPARE(m_outside->finally, QStringList(u"helped 3"_s));
    }

    void theFailureOfAChildIsGivenBack()
    {
        m_outside->bodies[u"work"_s] = [](StepRun &, int) { return failing(failure(codes::Git::refused, u"no"_s)); };
        begin(family());
        QVERIFY(comesTo(RunStatus::ended));
        QCOMPARE(m_outside->calls[u"undo"_s], 1); // the child's own
        QCOMPARE(runFailure(), u"git.refused: no"_s);
        QCOMPARE(statusOf(children().front()), RunStatus::ended);
    }

    void aKindThatDoesNotExistIsGivenBack()
    {
        begin(family(IfCancelled::cancelChild, u"Nobody"_s));
        QCOMPARE(status(), RunStatus::ended);
        QCOMPARE(runFailure(), u"actor.missing: helper: no kind Nobody"_s);
    }

    void aCancellingReachesTheChildAndWaitsForIt()
    {
        Promise<int> never;
        m_outside->bodies[u"work"_s] = [never](StepRun &, int) { return waiting(never); };
        begin(family());
        QVERIFY(m_world->waitFor([this] { return m_outside->calls[u"work"_s] == 1; }));
        QVERIFY(control(u"cancel"_s));
        restart(); // told between processes too
        QVERIFY(comesTo(RunStatus::cancelled));
        QCOMPARE(m_outside->calls[u"undo"_s], 1);
        QCOMPARE(statusOf(children().front()), RunStatus::cancelled);
        QVERIFY2(m_outside->finally.front().startsWith(u"workflow.cancelled: helper"),
                 qPrintable(m_outside->finally.front()));
    }

    void aChildThatIsLeftGoesOn()
    {
        Promise<int> promise;
        m_outside->bodies[u"work"_s] = [promise](StepRun &, int) { return waiting(promise); };
        begin(family(IfCancelled::leaveChild));
        QVERIFY(m_world->waitFor([this] { return m_outside->calls[u"work"_s] == 1; }));
        QVERIFY(control(u"cancel"_s));
        QCOMPARE(status(), RunStatus::cancelled);
        QCOMPARE(statusOf(children().front()), RunStatus::running);
        promise.set(1);
        QVERIFY(m_world->waitFor([this] { return statusOf(children().front()) == RunStatus::done; }));
        m_world->settle();
        QCOMPARE(status(), RunStatus::cancelled); // what it says is dropped
        qint64 waiting = -1;
        m_world->visit<ScriptActor>(m_ref, [&](ScriptActor &actor) {
            waiting = actor.store().integer(Sql { "test.queue", "SELECT count(*) FROM actor_queue" }).value();
        });
        QCOMPARE(waiting, 0);
    }

    void aChildThatLostTheRaceIsToldToStop()
    {
        Promise<int> never;
        m_outside->bodies[u"work"_s] = [never](StepRun &, int) { return waiting(never); };
        begin([](ScriptActor &actor, WorkflowContext &context) {
            return isChild(actor) ? childRun(actor, context) : raceRun(actor, context);
        });
        QVERIFY(m_world->waitFor([this] { return m_outside->calls[u"work"_s] == 1; }));
        QVERIFY(m_world->send(m_ref, Prompt { u"now"_s }));
        QVERIFY(comesTo(RunStatus::done));
        QVERIFY(m_world->waitFor([this] { return statusOf(children().front()) == RunStatus::cancelled; }));
        QCOMPARE(m_outside->calls[u"undo"_s], 1);
        QCOMPARE(m_outside->alive, 0);
    }

    void aRewindMakesAnotherChildAndCancelsTheFirst()
    {
        Promise<int> never;
        m_outside->bodies[u"work"_s]
            = [&, never](StepRun &, int) { return m_outside->calls[u"work"_s] == 1 ? waiting(never) : value(4); };
        begin(family());
        QVERIFY(m_world->waitFor([this] { return m_outside->calls[u"work"_s] == 1; }));
        const ActorRef first = children().front();
        QVERIFY(control(u"rewind"_s, numberOf(u"helper"_s)));
        QVERIFY(comesTo(RunStatus::done));
        QCOMPARE(ledger().booked, 4);
        QCOMPARE(children().size(), size_t(2));
        QVERIFY(m_world->waitFor([&] { return statusOf(first) == RunStatus::cancelled; }));
    }

    void aChildExistsOnceWhateverCrashesBetween()
    {
        bool wentThrough = false;
        for (int death = 1; !wentThrough; ++death) {
            QVERIFY(death < 60);
            endWorld();
            startWorld();
            m_outside->bodies[u"work"_s] = [](StepRun &, int) { return value(7); };
            m_outside->script = family();
            m_world->dieAtCommit(death);
            m_world->crashAndStart();
            m_ref = *m_world->system->create(u"Script"_s, { u"s"_s });
            m_world->settle();
            wentThrough = m_world->commits < death;
            m_world->crash();
            m_world->mayCommit = {};
            m_world->start();
            m_world->settle();
            for (int i = 0; i < 3; ++i)
                m_world->advance(3s);
            const QByteArray where = QByteArray("death before commit ") + QByteArray::number(death);
            QVERIFY2(comesTo(RunStatus::done), where);
            QVERIFY2(children().size() == 1, where);
            QVERIFY2(ledger().booked == 7, where);
        }
    }
};

FOUNDRY_TEST_MAIN(ChildrenTest)
#include "ChildrenTest.moc"
