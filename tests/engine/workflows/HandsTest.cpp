// What a person sees of a run and does to it; sleep and the orderly end.
#include "ScriptTest.h"

using namespace foundry;
using namespace std::chrono_literals;

namespace {

Workflow workAndWait(ScriptActor &actor, WorkflowContext &context)
{
    auto stepping = actor.step(context, u"work"_s, exact(1));
    auto worked = co_await stepping;
    auto receiving = context.receive(u"next"_s, { u"prompt"_s });
    auto received = co_await receiving;
    co_return received &&worked ? Result<void>() : std::unexpected(received.error());
}

} // namespace

class HandsTest final : public ScriptTest {
    Q_OBJECT

private Q_SLOTS:
    void init() { startWorld(); }
    void cleanup() { endWorld(); }

    void aSleepingActorWakesForItsRetry()
    {
        m_outside->bodies[u"work"_s] = [](StepRun &, int attempt) {
            return attempt < 2 ? failing(failure(codes::Git::unreachable, {}, Retry::transient)) : value(5);
        };
        StepOptions options = exact(3);
        options.retry.firstDelay = options.retry.cap = 1h;
        begin(options);
        m_world->advance(limits::idleTime + 1s);
        QVERIFY(m_world->waitFor([this] { return m_world->system->awake() == 0; }));
        m_world->advance(1h);
        QVERIFY(m_world->waitFor([this] { return m_outside->calls[u"work"_s] == 2; }));
        m_world->settle();
        QCOMPARE(status(), RunStatus::done);
    }

    void aHaltedStepIsRetriedByHand()
    {
        bool works = false;
        m_outside->bodies[u"work"_s] = [&works](StepRun &, int) {
            return works ? value(4) : failing(failure(codes::Git::authentication, u"no key"_s));
        };
        begin(exact(3));
        QCOMPARE(status(), RunStatus::failed);
        QCOMPARE(wait().cause, WaitCause::hand);
        QVERIFY(control(u"retry"_s));
        QCOMPARE(m_outside->calls[u"work"_s], 2);
        QCOMPARE(status(), RunStatus::failed);
        restart();
        QCOMPARE(m_outside->calls[u"work"_s], 2); // never by itself
        works = true;
        QVERIFY(control(u"retry"_s));
        QCOMPARE(status(), RunStatus::done);
        QVERIFY(control(u"retry"_s).error().is(codes::Workflow::misuse));
        QCOMPARE(ledger().booked, 4);
    }

    void aHaltedStepIsSkippedWithAResult()
    {
        m_outside->bodies[u"work"_s] = [](StepRun &, int) { return failing(failure(codes::Git::authentication)); };
        begin(exact(1));
        QVERIFY(control(u"skip"_s, 42));
        QCOMPARE(m_outside->finally, QStringList(u"worked 42"_s));
        QCOMPARE(status(), RunStatus::done);
        QCOMPARE(entries().front().line.status, StepStatus::skipped);
        QCOMPARE(ledger().booked, 0);
    }

    void aControlIsPartOfTheHandlersTransaction()
    {
        m_outside->bodies[u"work"_s] = [](StepRun &, int) { return failing(failure(codes::Git::authentication)); };
        begin(exact(1));
        Control message;
        message.action = u"retry"_s;
        message.failAfterwards = true;
        QVERIFY(!m_world->ask(m_ref, message));
        m_world->settle();
        QCOMPARE(m_outside->calls[u"work"_s], 1);
    }

    void aRunningStepIsStoppedAndGoesOnByHand()
    {
        Promise<int> never;
        m_outside->bodies[u"work"_s]
            = [never](StepRun &, int attempt) { return attempt == 1 ? waiting(never) : value(2); };
        begin(exact(3));
        QCOMPARE(wait().cause, WaitCause::step);
        QCOMPARE(m_outside->alive, 1);
        QVERIFY(control(u"stop"_s));
        QCOMPARE(m_outside->alive, 0); // the frame is gone, and so is what it owned
        QCOMPARE(status(), RunStatus::stopped);
        QVERIFY(entries().front().line.attempts.front().failure->is(codes::Workflow::stopped));
        never.set(7); // nothing hears it
        m_world->settle();
        restart();
        QCOMPARE(status(), RunStatus::stopped);
        QVERIFY(control(u"retry"_s));
        QCOMPARE(status(), RunStatus::done);
        QCOMPARE(ledger().booked, 2);
    }

    // Its step ended meanwhile, so that it stands between two waits: it hears of it at the next.
    void aPausedRunIsCancelledBetweenTwoWaits()
    {
        Promise<int> work;
        m_outside->bodies[u"work"_s] = [work](StepRun &, int) { return waiting(work); };
        begin(workAndWait);
        QVERIFY(control(u"pause"_s));
        work.set(3);
        m_world->settle();
        QCOMPARE(status(), RunStatus::paused);
        QCOMPARE(ledger().booked, 3);
        QVERIFY(control(u"cancel"_s));
        QCOMPARE(status(), RunStatus::cancelled);
        QCOMPARE(entries().size(), size_t(2));
        QVERIFY(entries().back().failure->is(codes::Workflow::cancelled));
    }

    void anOrderlyEndDoesNotCountAsAnAttempt()
    {
        Promise<int> never;
        m_outside->bodies[u"work"_s] = [never](StepRun &, int) { return waiting(never); };
        begin(exact(2));
        for (int end = 1; end <= 5; ++end) {
            QVERIFY(m_world->drain());
            QCOMPARE(m_outside->alive, 0);
            restart();
            QCOMPARE(m_outside->calls[u"work"_s], end + 1);
        }
        QCOMPARE(status(), RunStatus::running);
    }

    void L23_aRunningStepPublishesWhereItIs()
    {
        Promise<int> promise;
        StepRun *running = nullptr;
        m_outside->bodies[u"work"_s] = [promise, &running](StepRun &run, int) {
            running = &run;
            return waiting(promise);
        };
        std::optional<TimelineEntry> told;
        int ephemeral = 0;
        m_outside->changed = [&](const WorkflowView &v, bool durable) {
            ephemeral += !durable;
            const auto now = v.current();
            told = now.empty() ? std::nullopt : std::optional(now.front().line);
        };
        StepOptions options = exact(3);
        options.attemptTimeOut = 60s;
        begin(options);
        const Millis start = m_world->clock.now();
        QVERIFY(told);
        QCOMPARE(told->status, StepStatus::running);
        QCOMPARE(told->attempt, 1);
        QCOMPARE(told->maxAttempts, 3);
        QCOMPARE(told->timeOutAt, start + 60'000);
        m_world->advance(5s);
        running->progress(u"clone"_s, 0.25);
        QCOMPARE(told->subStep, u"clone"_s);
        QCOMPARE(told->fraction, 0.25);
        QCOMPARE(told->lastSignAt, start + 5000);
        const int before = ephemeral;
        for (int i = 0; i < 1000; ++i)
            running->progress(u"clone"_s, i / 1000.0);
        m_world->advance(limits::progressInterval);
        QVERIFY(ephemeral - before <= 2); // throttled, and the last one still comes
        QCOMPARE(told->fraction, 0.999);
        promise.set(1);
        m_world->settle();
        QVERIFY(!told);
    }

    void cancellingIsDurableAndLetsTheWorkflowCleanUp()
    {
        Promise<int> never;
        m_outside->bodies[u"work"_s] = [never](StepRun &, int) { return waiting(never); };
        begin([](ScriptActor &actor, WorkflowContext &context) {
            return [](ScriptActor &a, WorkflowContext &c) -> Workflow {
                StepOptions options;
                c.ifItFails(u"undoWork"_s, options, [&a](StepRun &) {
                    ++a.outside.calls[u"undoWork"_s];
                    return [](Result<void> r) -> Async<Result<void>> { co_return r; }(Result<void>());
                });
                auto working = a.step(c, u"work"_s);
                auto worked = co_await working;
                co_return worked ? Result<void>() : std::unexpected(worked.error());
            }(actor, context);
        });
        QVERIFY(control(u"cancel"_s));
        QCOMPARE(m_outside->alive, 0);
        QCOMPARE(status(), RunStatus::cancelled);
        QCOMPARE(m_outside->calls[u"undoWork"_s], 1);
        restart();
        QCOMPARE(status(), RunStatus::cancelled);
        QCOMPARE(m_outside->calls[u"undoWork"_s], 1);
    }

    void aPausedRunBeginsNothing()
    {
        Promise<int> promise;
        m_outside->bodies[u"work"_s] = [promise](StepRun &, int) { return waiting(promise); };
        begin([](ScriptActor &actor, WorkflowContext &context) {
            return [](ScriptActor &a, WorkflowContext &c) -> Workflow {
                auto working = a.step(c, u"work"_s);
                auto worked = co_await working;
                auto more = a.step(c, u"more"_s);
                auto done = co_await more;
                co_return done ? Result<void>() : std::unexpected(done.error());
            }(actor, context);
        });
        QVERIFY(control(u"pause"_s));
        promise.set(1);
        m_world->settle();
        QCOMPARE(status(), RunStatus::paused);
        QCOMPARE(m_outside->calls[u"more"_s], 0);
        restart();
        QCOMPARE(status(), RunStatus::paused);
        QCOMPARE(m_outside->calls[u"more"_s], 0);
        QVERIFY(control(u"resume"_s));
        QCOMPARE(status(), RunStatus::done);
        QCOMPARE(m_outside->calls[u"work"_s], 1);
    }
};

FOUNDRY_TEST_MAIN(HandsTest)
#include "HandsTest.moc"
