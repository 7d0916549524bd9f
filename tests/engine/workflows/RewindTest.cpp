// Back to an entry: what is made again, what is kept, what is refused.
#include "ScriptTest.h"

using namespace foundry;
using namespace std::chrono_literals;

namespace {

// Steps and messages one after the other: "step a", "wait b".
Workflow inTurn(ScriptActor &actor, WorkflowContext &context, QStringList words)
{
    for (const QString &word : words) {
        const QString name = word.section(u' ', 1);
        if (word.startsWith(u"wait")) {
            auto receiving = context.receive(name, { u"prompt"_s });
            auto received = co_await receiving;
            if (!received)
                co_return std::unexpected(received.error());
            actor.note(received->payload.value(u"text").toString());
        } else {
            auto stepping = actor.step(context, name, exact(1));
            auto stepped = co_await stepping;
            if (!stepped)
                co_return std::unexpected(stepped.error());
            actor.note(name);
        }
    }
    co_return Result<void>();
}

Flow<Result<int>> branch(ScriptActor &actor, WorkflowContext &context, QString name)
{
    auto stepping = actor.step(context, name, exact(1));
    auto stepped = co_await stepping;
    co_return stepped;
}

Workflow joined(ScriptActor &actor, WorkflowContext &context)
{
    std::vector<Branch<int>> branches {
        { u"left"_s, [&actor](WorkflowContext &inner) { return branch(actor, inner, u"one"_s); } },
        { u"right"_s, [&actor](WorkflowContext &inner) { return branch(actor, inner, u"two"_s); } },
    };
    auto joining = context.join<int>(u"both"_s, std::move(branches));
    auto done = co_await joining;
    auto stepping = actor.step(context, u"after"_s, exact(1));
    auto stepped = co_await stepping;
    co_return stepped &&done ? Result<void>() : fail(codes::Workflow::misuse);
}

} // namespace

class RewindTest final : public ScriptTest {
    Q_OBJECT

    void beginWith(const QStringList &words)
    {
        begin([words](ScriptActor &actor, WorkflowContext &context) { return inTurn(actor, context, words); });
    }

private Q_SLOTS:
    void init() { startWorld(); }
    void cleanup() { endWorld(); }

    void aFinishedRunGoesOnFromAnEarlierEntry()
    {
        beginWith({ u"step a"_s, u"step b"_s, u"step c"_s });
        QCOMPARE(status(), RunStatus::done);
        QVERIFY(control(u"rewind"_s, numberOf(u"b"_s)));
        QCOMPARE(status(), RunStatus::done);
        QCOMPARE(m_outside->calls[u"a"_s], 1);
        QCOMPARE(m_outside->calls[u"b"_s], 2);
        QCOMPARE(m_outside->calls[u"c"_s], 2);
        QCOMPARE(ledger().notes, QStringList({ u"a"_s, u"b"_s, u"c"_s, u"b"_s, u"c"_s }));
        restart();
        QCOMPARE(status(), RunStatus::done);
        QCOMPARE(m_outside->calls[u"c"_s], 2);
    }

    void laterEntriesAreKeptInTheAudit()
    {
        m_outside->bodies[u"b"_s] = [](StepRun &run, int) {
            run.log(u"so near"_s);
            return failing(failure(codes::Git::refused, u"no"_s));
        };
        beginWith({ u"step a"_s, u"step b"_s });
        QCOMPARE(status(), RunStatus::failed);
        m_outside->bodies.clear();
        QVERIFY(control(u"rewind"_s, numberOf(u"a"_s)));
        QCOMPARE(status(), RunStatus::done);
        const auto lines = audit();
        QCOMPARE(lines.size(), size_t(3));
        QCOMPARE(lines[0].action, u"superseded"_s);
        QCOMPARE(lines[0].argument.toObject().value(u"name").toString(), u"a"_s);
        const QJsonObject lost = lines[1].argument.toObject();
        QCOMPARE(lost.value(u"name").toString(), u"b"_s);
        QCOMPARE(lost.value(u"attempts").toArray().size(), 1);
        QCOMPARE(lost.value(u"logs").toArray().first().toString(), u"so near"_s);
        QCOMPARE(lines[2].action, u"rewind"_s);
        QCOMPARE(lines[2].outcome, u"done: 2 entries superseded"_s);
        QCOMPARE(lines[2].at, m_world->clock.now());
    }

    void whatSupersededReceivesHadTakenComesBack()
    {
        beginWith({ u"wait m"_s, u"step a"_s, u"wait n"_s });
        QVERIFY(m_world->send(m_ref, Prompt { u"hello"_s }));
        m_world->settle();
        QCOMPARE(wait().step, u"n"_s);
        QVERIFY(control(u"rewind"_s, numberOf(u"m"_s)));
        QCOMPARE(m_outside->finally, QStringList({ u"hello"_s, u"a"_s }));
        QCOMPARE(wait().step, u"n"_s);
        QCOMPARE(m_outside->calls[u"a"_s], 2);
    }

    void aRunningStepIsGoneBeforeItsPlaceIsTakenAgain()
    {
        Promise<int> never;
        m_outside->bodies[u"b"_s] = [never](StepRun &, int) { return waiting(never); };
        beginWith({ u"step a"_s, u"step b"_s });
        QCOMPARE(m_outside->alive, 1);
        QVERIFY(control(u"pause"_s));
        QVERIFY(control(u"rewind"_s, numberOf(u"a"_s))); // a paused run goes on
        QCOMPARE(m_outside->alive, 1);
        QCOMPARE(m_outside->calls[u"a"_s], 2);
        QCOMPARE(m_outside->calls[u"b"_s], 2);
        never.set(3); // both would hear it
        m_world->settle();
        QCOMPARE(status(), RunStatus::done);
        QCOMPARE(ledger().booked, 1 + 1 + 3);
    }

    void aDivergedRunIsCuredByGoingBackFarEnough()
    {
        beginWith({ u"step a"_s, u"step b"_s, u"step c"_s, u"wait d"_s });
        const qint64 second = numberOf(u"b"_s);
        const qint64 third = numberOf(u"c"_s);
        m_outside->script = [](ScriptActor &actor, WorkflowContext &context) {
            return inTurn(actor, context, { u"step a"_s, u"step x"_s, u"wait d"_s });
        };
        restart();
        QCOMPARE(status(), RunStatus::diverged);
        QVERIFY(control(u"rewind"_s, third)); // not far enough: nothing changes
        QCOMPARE(status(), RunStatus::diverged);
        QCOMPARE(entries().size(), size_t(4));
        QVERIFY(audit().back().outcome.startsWith(u"workflow.diverged"));
        restart();
        QCOMPARE(status(), RunStatus::diverged);
        QCOMPARE(audit().size(), size_t(1)); // and it is not tried again by itself
        QVERIFY(control(u"rewind"_s, second));
        QCOMPARE(status(), RunStatus::running);
        QCOMPARE(m_outside->calls[u"x"_s], 1);
        restart();
        QCOMPARE(status(), RunStatus::running);
        QCOMPARE(m_outside->calls[u"a"_s], 1);
    }

    void whatIsOverInsideIsNotOpenedAgain()
    {
        begin([](ScriptActor &actor, WorkflowContext &context) { return joined(actor, context); });
        QCOMPARE(status(), RunStatus::done);
        const auto refused = control(u"rewind"_s, numberOf(u"two"_s));
        QVERIFY(refused.error().is(codes::Workflow::misuse));
        QVERIFY2(refused.error().detail.contains(u"'two' is inside 'both'"), qPrintable(refused.error().detail));
        QVERIFY(control(u"rewind"_s, 4711).error().is(codes::Workflow::misuse));
        QCOMPARE(audit().size(), size_t(0));
        QVERIFY(control(u"rewind"_s, numberOf(u"both"_s)));
        QCOMPARE(status(), RunStatus::done);
        QCOMPARE(m_outside->calls[u"two"_s], 2);
    }

    void aCrashAtAnyCommitOfARewindLeavesTheOldOrTheNew()
    {
        for (int death = 1; death < 12; ++death) {
            endWorld();
            startWorld();
            beginWith({ u"step a"_s, u"step b"_s });
            QCOMPARE(status(), RunStatus::done);
            const qint64 first = numberOf(u"a"_s);
            m_world->crash();
            m_world->dieAtCommit(death);
            m_world->start();
            (void)control(u"rewind"_s, first);
            m_world->crash();
            m_world->mayCommit = {};
            m_world->start();
            m_world->settle();
            for (int i = 0; i < 4; ++i)
                m_world->advance(2s);
            if (status() == RunStatus::failed) // tried once: it ended with the process
                QVERIFY(control(u"retry"_s));
            for (int i = 0; i < 2 && status() == RunStatus::failed; ++i)
                QVERIFY(control(u"retry"_s));
            const QByteArray where = QByteArray("death before commit ") + QByteArray::number(death);
            QVERIFY2(status() == RunStatus::done, where);
            const auto lines = audit();
            QVERIFY2(ledger().booked == (lines.empty() ? 2 : 4), where);
            QCOMPARE(entries().size(), size_t(2));
        }
    }
};

FOUNDRY_TEST_MAIN(RewindTest)
#include "RewindTest.moc"
