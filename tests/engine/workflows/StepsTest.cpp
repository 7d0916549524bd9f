// Steps: retries, time limits, effects, and what is left of them after a crash.
#include "ScriptTest.h"

using namespace foundry;
using namespace std::chrono_literals;

class StepsTest final : public ScriptTest {
    Q_OBJECT

private Q_SLOTS:
    void init() { startWorld(); }
    void cleanup() { endWorld(); }

    void aStepRunsOnceAndItsResultIsReplayed()
    {
        begin(exact(3));
        QCOMPARE(status(), RunStatus::done);
        QCOMPARE(m_outside->finally, QStringList(u"worked 1"_s));
        restart();
        QCOMPARE(status(), RunStatus::done);
        QCOMPARE(m_outside->calls[u"work"_s], 1);
        QCOMPARE(ledger().booked, 1);
    }

    void L20_aStepWithoutResultReplaysAsComplete()
    {
        auto calls = std::make_shared<int>(0);
        begin([calls](ScriptActor &, WorkflowContext &context) {
            return [](std::shared_ptr<int> count, WorkflowContext &c) -> Workflow {
                StepOptions options;
                auto emptying = c.step<void>(u"nothing"_s, options, [count](StepRun &) {
                    ++*count;
                    return [](Result<void> r) -> Async<Result<void>> { co_return r; }(Result<void>());
                });
                auto emptied = co_await emptying;
                if (!emptied)
                    co_return emptied;
                auto receiving = c.receive(u"next"_s, { u"prompt"_s });
                auto received = co_await receiving;
                co_return received ? Result<void>() : std::unexpected(received.error());
            }(calls, context);
        });
        QCOMPARE(wait().cause, WaitCause::messages);
        restart();
        restart();
        QCOMPARE(*calls, 1);
        QCOMPARE(wait().names, QStringList(u"prompt"_s));
        QVERIFY(m_world->send(m_ref, Prompt { u"go"_s }));
        m_world->settle();
        QCOMPARE(status(), RunStatus::done);
    }

    void aTransientFailureIsTriedAgainWhenItIsDue()
    {
        m_outside->bodies[u"work"_s] = [](StepRun &, int attempt) {
            return attempt < 3 ? failing(failure(codes::Git::unreachable, u"no route"_s, Retry::transient)) : value(5);
        };
        begin(exact(3));
        auto waits = wait();
        QCOMPARE(waits.cause, WaitCause::retry);
        QCOMPARE(waits.attempt, 2);
        QCOMPARE(waits.until, m_world->clock.now() + 1000);
        QCOMPARE(status(), RunStatus::running);
        m_world->advance(999ms);
        QCOMPARE(m_outside->calls[u"work"_s], 1);
        m_world->advance(1ms);
        QCOMPARE(m_outside->calls[u"work"_s], 2);
        QCOMPARE(wait().until, m_world->clock.now() + 2000); // the delay doubles
        restart(); // and is honoured by the next process
        QCOMPARE(wait().cause, WaitCause::retry);
        m_world->advance(1999ms);
        QCOMPARE(m_outside->calls[u"work"_s], 2);
        m_world->advance(2ms);
        QCOMPARE(m_outside->calls[u"work"_s], 3);
        QCOMPARE(status(), RunStatus::done);
        QCOMPARE(ledger().booked, 5);
    }

    void L22_exhaustionSaysStepAttemptsCauseAndWhen()
    {
        m_outside->bodies[u"work"_s] = [](StepRun &run, int) {
            run.log(u"trying hard"_s);
            return failing(failure(codes::Git::unreachable, u"no route"_s, Retry::transient));
        };
        begin(exact(3));
        m_world->advance(1s);
        m_world->advance(2s);
        QCOMPARE(status(), RunStatus::failed);
        QCOMPARE(runFailure(), u"workflow.exhausted: work failed after 3 attempts \u2190 git.unreachable: no route"_s);
        restart();
        QCOMPARE(status(), RunStatus::failed);
        const auto all = entries();
        QCOMPARE(all.size(), size_t(1));
        const TimelineEntry &line = all.front().line;
        QCOMPARE(line.status, StepStatus::failed);
        QCOMPARE(line.attempts.size(), size_t(3));
        QCOMPARE(line.attempts[1].startedAt - line.attempts[0].endedAt, Millis(1000));
        QCOMPARE(line.attempts[2].startedAt - line.attempts[1].endedAt, Millis(2000));
        QCOMPARE(line.attempts[2].failure->correlation, u"work"_s);
        QVERIFY(line.hasLog);
        QCOMPARE(view([](const WorkflowView &v) { return v.log(u"work"_s, 2); }), u"trying hard"_s);
    }

    void L29_aFailureIsGivenBackWhereTheStepSaysSo()
    {
        m_outside->bodies[u"work"_s] = [](StepRun &, int) { return failing(failure(codes::Git::refused, u"no"_s)); };
        StepOptions options = exact(3);
        options.ifItFails = IfItFails::giveBack;
        begin(options);
        QCOMPARE(m_outside->calls[u"work"_s], 1); // a terminal failure is not tried again
        QCOMPARE(m_outside->finally, QStringList(u"git.refused: no"_s));
        QCOMPARE(status(), RunStatus::ended);
        QCOMPARE(runFailure(), u"git.refused: no"_s);
        restart();
        QCOMPARE(m_outside->calls[u"work"_s], 1);
        QCOMPARE(status(), RunStatus::ended);
    }

    void L26_aCrashCountsAsAnAttempt()
    {
        Promise<int> never;
        m_outside->bodies[u"work"_s] = [never](StepRun &, int) { return waiting(never); };
        begin(exact(3));
        for (int crash = 1; crash <= 3; ++crash) {
            QCOMPARE(m_outside->calls[u"work"_s], crash);
            restart();
            m_world->advance(10s);
        }
        QCOMPARE(m_outside->calls[u"work"_s], 3);
        QCOMPARE(status(), RunStatus::failed);
        QVERIFY(runFailure().startsWith(u"workflow.exhausted: work failed after 3 attempts \u2190 workflow.crashed"));
        QCOMPARE(entries().front().line.attempts.size(), size_t(3));
    }

    void L25_aOnceOnlyStepIsNeverMadeTwice()
    {
        Promise<int> never;
        m_outside->bodies[u"work"_s] = [never](StepRun &, int) { return waiting(never); };
        StepOptions options = exact(5);
        options.onceOnly = true;
        begin(options);
        restart();
        QCOMPARE(m_outside->calls[u"work"_s], 1);
        QCOMPARE(m_outside->finally.size(), 1);
        QVERIFY(m_outside->finally.front().startsWith(u"workflow.unknownOutcome: work \u2190 workflow.crashed"));
        restart();
        QCOMPARE(m_outside->calls[u"work"_s], 1);
        QCOMPARE(status(), RunStatus::ended);
    }

    void L25_aOnceOnlyStepIsNotRetriedAfterATransientFailureEither()
    {
        m_outside->bodies[u"work"_s]
            = [](StepRun &, int) { return failing(failure(codes::Git::unreachable, {}, Retry::transient)); };
        StepOptions options = exact(5);
        options.onceOnly = true;
        options.ifItFails = IfItFails::giveBack;
        begin(options);
        m_world->advance(1min);
        QCOMPARE(m_outside->calls[u"work"_s], 1);
        QCOMPARE(status(), RunStatus::ended);
    }

    void L24_aTimeOutEndsTheWorkItBounds()
    {
        std::vector<Promise<int>> promises(3);
        m_outside->bodies[u"work"_s]
            = [promises](StepRun &, int attempt) { return waiting(promises[size_t(attempt) - 1]); };
        StepOptions options = exact(3);
        options.attemptTimeOut = 30s;
        begin(options);
        QCOMPARE(entries().front().line.timeOutAt, m_world->clock.now() + 30'000);
        m_world->advance(30s);
        QCOMPARE(m_outside->alive, 0);
        QCOMPARE(wait().cause, WaitCause::retry);
        m_world->advance(1s);
        QCOMPARE(m_outside->alive, 1);
        promises[0].set(100); // the first attempt's answer, far too late
        m_world->settle();
        QCOMPARE(status(), RunStatus::running);
        promises[1].set(2);
        m_world->settle();
        QCOMPARE(status(), RunStatus::done);
        QCOMPARE(ledger().booked, 2);
    }

    void allAttemptsTogetherHaveATimeLimit()
    {
        Promise<int> never;
        m_outside->bodies[u"work"_s] = [never](StepRun &, int) { return waiting(never); };
        StepOptions options = exact(0);
        options.attemptTimeOut = 30s;
        options.totalTimeOut = 100s;
        begin(options);
        for (int i = 0; i < 30; ++i)
            m_world->advance(5s);
        QCOMPARE(status(), RunStatus::failed);
        QVERIFY2(runFailure().startsWith(u"workflow.timedOut: work: all attempts"), qPrintable(runFailure()));
        QVERIFY(m_outside->calls[u"work"_s] >= 3);
    }

    void aStepWithoutASignOfLifeIsCutOff()
    {
        Promise<int> never;
        StepRun *running = nullptr;
        m_outside->bodies[u"work"_s] = [never, &running](StepRun &run, int) {
            running = &run;
            return waiting(never);
        };
        StepOptions options = exact(2);
        options.heartbeat = 10s;
        begin(options);
        for (int i = 0; i < 5; ++i) {
            m_world->advance(9s);
            running->sign();
        }
        QCOMPARE(wait().cause, WaitCause::step);
        m_world->advance(10s);
        QCOMPARE(wait().cause, WaitCause::retry);
        QVERIFY(entries().front().failure->is(codes::Workflow::noSignOfLife));
    }

    void anAttemptGoesOnFromTheSavedDetail()
    {
        Promise<int> never;
        QJsonValue seen;
        m_outside->bodies[u"work"_s] = [&seen, never](StepRun &run, int attempt) {
            seen = run.lastDetail();
            if (attempt == 1)
                (void)run.saveDetail(QJsonObject { { u"offset"_s, 7 } });
            return attempt == 1 ? waiting(never) : value(1);
        };
        begin(exact(3));
        restart();
        m_world->advance(1s);
        QCOMPARE(seen.toObject().value(u"offset").toInt(), 7);
        QCOMPARE(status(), RunStatus::done);
    }

    void aFailedEffectUndoesTheCompletion()
    {
        bool refuse = true;
        m_outside->bodies[u"work"_s] = [&refuse](StepRun &run, int) {
            run.onCommit([&refuse]() -> Result<void> {
                return refuse ? fail(codes::Program::configuration, u"no room"_s, Retry::transient) : Result<void>();
            });
            return value(3);
        };
        begin(exact(3));
        QCOMPARE(wait().cause, WaitCause::retry);
        QCOMPARE(ledger().booked, 0);
        refuse = false;
        m_world->advance(1s);
        QCOMPARE(ledger().booked, 3);
    }

    void anOversizedResultIsAFailureOfTheStep()
    {
        begin([](ScriptActor &, WorkflowContext &context) {
            return [](WorkflowContext &c) -> Workflow {
                StepOptions options;
                auto making = c.step<QString>(u"big"_s, options, [](StepRun &) {
                    return [](int size) -> Async<Result<QString>> {
                        co_return QString(size, u'x');
                    }(int(limits::stepResult) + 1);
                });
                auto made = co_await making;
                co_return made ? Result<void>() : std::unexpected(made.error());
            }(context);
        });
        QCOMPARE(status(), RunStatus::failed);
        QVERIFY(runFailure().startsWith(u"storage.tooLarge: result of big"));
    }

    void aThrowingBodyIsAFailedAttempt()
    {
        m_outside->bodies[u"work"_s] = [](StepRun &, int attempt) -> Async<Result<int>> {
            if (attempt == 1)
                throw std::runtime_error("bad day");
            return value(1);
        };
        begin(exact(2));
        QVERIFY(entries().front().failure->detail.contains(u"bad day"));
        m_world->advance(1s);
        QCOMPARE(status(), RunStatus::done);
    }
};

FOUNDRY_TEST_MAIN(StepsTest)
#include "StepsTest.moc"
