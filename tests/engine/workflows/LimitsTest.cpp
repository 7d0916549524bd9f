// Limits of time: each strikes when it should, by the next process too, and that of the whole run wins.
#include "ScriptTest.h"

using namespace foundry;
using namespace std::chrono_literals;

namespace {

Async<Result<void>> nothing()
{
    co_return Result<void>();
}

// A step whose undoing is registered, then what ends it.
Workflow undoable(ScriptActor &actor, WorkflowContext &context, StepOptions options, bool swallow)
{
    auto preparing = actor.step(context, u"prepare"_s);
    auto prepared = co_await preparing;
    context.ifItFails(u"undo"_s, StepOptions {}, [&actor](StepRun &) {
        ++actor.outside.calls[u"undo"_s];
        return nothing();
    });
    auto working = actor.step(context, u"work"_s, options);
    auto worked = co_await working;
    actor.note(worked && prepared ? u"worked"_s : worked.error().name());
    co_return worked || swallow ? Result<void>() : std::unexpected(worked.error());
}

} // namespace

class LimitsTest final : public ScriptTest {
    Q_OBJECT

    Promise<int> m_never;

    void beginUndoable(const StepOptions &options, bool swallow = false)
    {
        begin([options, swallow](ScriptActor &actor, WorkflowContext &context) {
            return undoable(actor, context, options, swallow);
        });
    }

private Q_SLOTS:
    void init()
    {
        startWorld();
        m_never = {};
    }
    void cleanup() { endWorld(); }

    void theWholeRunHasALimitThatWinsOverItsSteps()
    {
        m_outside->timeOut = 10min;
        m_outside->bodies[u"work"_s] = [this](StepRun &, int) { return waiting(m_never); };
        StepOptions options = exact(0);
        options.attemptTimeOut = 4min; // it would be tried for ever
        beginUndoable(options);
        m_world->advance(9min);
        QCOMPARE(status(), RunStatus::running);
        m_world->advance(1min);
        QCOMPARE(m_outside->alive, 0);
        QCOMPARE(m_outside->finally, QStringList(u"workflow.cancelled"_s));
        QCOMPARE(m_outside->calls[u"undo"_s], 1);
        QCOMPARE(status(), RunStatus::ended);
        QVERIFY2(runFailure().startsWith(u"workflow.timedOut: the whole workflow: 600000 ms"),
                 qPrintable(runFailure()));
        restart();
        QCOMPARE(status(), RunStatus::ended);
        QCOMPARE(m_outside->calls[u"undo"_s], 1);
    }

    void theLimitOfTheWholeRunStrikesInTheNextProcess()
    {
        m_outside->timeOut = 10min;
        m_outside->bodies[u"work"_s] = [this](StepRun &, int) { return waiting(m_never); };
        beginUndoable(exact(0));
        m_world->crash();
        m_world->clock.advance(11min);
        m_world->start();
        m_world->settle();
        m_world->advance(0ms);
        QCOMPARE(m_outside->calls[u"work"_s], 1); // not once more
        QCOMPARE(m_outside->calls[u"undo"_s], 1);
        QCOMPARE(status(), RunStatus::ended);
    }

    void aRunThatSwallowsItsEndIsUndoneAllTheSame()
    {
        m_outside->timeOut = 10min;
        m_outside->bodies[u"work"_s] = [this](StepRun &, int) { return waiting(m_never); };
        beginUndoable(exact(1), true);
        m_world->advance(10min);
        QCOMPARE(status(), RunStatus::ended);
        QCOMPARE(m_outside->calls[u"undo"_s], 1);
        QVERIFY(runFailure().startsWith(u"workflow.timedOut"));
    }

    void aRewindGivesARunThatWasCutItsTimeAgain()
    {
        m_outside->timeOut = 10min;
        m_outside->bodies[u"work"_s] = [this](StepRun &, int) { return waiting(m_never); };
        beginUndoable(exact(1));
        m_world->advance(10min);
        QCOMPARE(status(), RunStatus::ended);
        m_outside->bodies.clear();
        QVERIFY(control(u"rewind"_s, numberOf(u"work"_s)));
        QCOMPARE(status(), RunStatus::done);
    }

    void aSleepingRunWakesForItsLimit()
    {
        m_outside->timeOut = 10h;
        begin([](ScriptActor &, WorkflowContext &context) {
            return [](WorkflowContext &c) -> Workflow {
                auto receiving = c.receive(u"next"_s, { u"prompt"_s });
                auto received = co_await receiving;
                co_return received ? Result<void>() : std::unexpected(received.error());
            }(context);
        });
        m_world->advance(limits::idleTime + 1s);
        QVERIFY(m_world->waitFor([this] { return m_world->system->awake() == 0; }));
        m_world->clock.advance(10h);
        QVERIFY(m_world->waitFor([this] { return status() == RunStatus::ended; }));
    }

    void anAttemptThatCannotBeginInTimeIsNotMade_data()
    {
        QTest::addColumn<bool>("crash");
        QTest::newRow("paused") << false;
        QTest::newRow("no process") << true;
    }

    void anAttemptThatCannotBeginInTimeIsNotMade()
    {
        QFETCH(bool, crash);
        m_outside->bodies[u"work"_s]
            = [](StepRun &, int) { return failing(failure(codes::Git::unreachable, {}, Retry::transient)); };
        StepOptions options = exact(0);
        options.startTimeOut = 1min;
        options.ifItFails = IfItFails::giveBack;
        begin(options);
        QCOMPARE(wait().cause, WaitCause::retry);
        if (crash) {
            m_world->crash();
            m_world->clock.advance(2min);
            m_world->start();
            m_world->settle();
        } else {
            QVERIFY(control(u"pause"_s));
            m_world->advance(2min);
            QVERIFY(control(u"resume"_s));
            m_world->advance(0ms);
        }
        QCOMPARE(m_outside->calls[u"work"_s], 1);
        QCOMPARE(m_outside->finally,
                 QStringList(u"workflow.timedOut: work: did not start within 60000 ms, 119000 ms passed"_s));
        QCOMPARE(status(), RunStatus::ended);
    }

    void aFirstAttemptThatWaitedTooLongForTheDiskIsNotMade()
    {
        StepOptions options = exact(3);
        options.startTimeOut = 1s;
        bool waited = false;
        m_outside->changed = [&](const WorkflowView &, bool) {
            if (!std::exchange(waited, true))
                m_world->clock.jumpWall(5s); // between its record and its body
        };
        begin(options);
        QCOMPARE(m_outside->calls[u"work"_s], 0);
        QCOMPARE(status(), RunStatus::failed);
        QVERIFY2(runFailure().startsWith(u"workflow.timedOut: work: did not start within 1000 ms"),
                 qPrintable(runFailure()));
        m_outside->changed = {};
        QVERIFY(control(u"retry"_s));
        QCOMPARE(status(), RunStatus::done);
    }

    void theLimitOfAllAttemptsStrikesInTheNextProcess()
    {
        m_outside->bodies[u"work"_s]
            = [](StepRun &, int) { return failing(failure(codes::Git::unreachable, {}, Retry::transient)); };
        StepOptions options = exact(0);
        options.totalTimeOut = 30s;
        begin(options);
        m_world->crash();
        m_world->clock.advance(1min);
        m_world->start();
        m_world->settle();
        QCOMPARE(m_outside->calls[u"work"_s], 1);
        QCOMPARE(status(), RunStatus::failed);
        QVERIFY(runFailure().startsWith(u"workflow.timedOut: work: all attempts"));
    }

    void aCancelBetweenTwoWaitsIsHeardAtTheNext()
    {
        // A long way without a wait, and the cancelling in the middle of it.
        begin([](ScriptActor &actor, WorkflowContext &context) {
            return [](ScriptActor &a, WorkflowContext &c) -> Workflow {
                auto looping = c.loop<int>(u"many"_s, 0, [&a](WorkflowContext &inner, int count) {
                    return [](ScriptActor &owner, WorkflowContext &in, int n) -> Flow<Result<LoopTurn<int>>> {
                        auto writing = in.commit(u"count"_s, [&owner]() -> Result<void> {
                            ++owner.ledger.edit().booked;
                            return {};
                        });
                        auto written = co_await writing;
                        if (!written)
                            co_return std::unexpected(written.error());
                        co_return n < 500 ? LoopTurn<int>::next(n + 1) : LoopTurn<int>::end(n);
                    }(a, inner, count);
                });
                auto looped = co_await looping;
                auto receiving = c.receive(u"next"_s, { u"prompt"_s });
                auto received = co_await receiving;
                a.note(looped && received ? u"received"_s : received.error().name());
                co_return received ? Result<void>() : std::unexpected(received.error());
            }(actor, context);
        });
        m_outside->finally.clear();
        QVERIFY(m_world->destroy(m_ref));
        m_ref = *m_world->system->create(u"Script"_s, { u"s"_s });
        QVERIFY(control(u"cancel"_s));
        QCOMPARE(m_outside->finally, QStringList(u"workflow.cancelled"_s));
        QCOMPARE(status(), RunStatus::cancelled);
        QCOMPARE(ledger().booked, 501);
    }
};

FOUNDRY_TEST_MAIN(LimitsTest)
#include "LimitsTest.moc"
