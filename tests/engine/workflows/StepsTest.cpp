// Steps, retries, time limits, messages, timers, loops, hands, and what is left of them after a crash.
#include "ActorWorld.h"
#include "WorkflowActor.h"
#include "WorkflowLimits.h"

#include <stdexcept>

using namespace std::chrono_literals;

namespace foundry {

struct Prompt {
    static constexpr auto name = "prompt";
    QString text;
};
FOUNDRY_JSON(Prompt, text)
struct Control {
    static constexpr auto name = "control";
    QString action;
    QJsonValue result;
    bool failAfterwards = false;
};
FOUNDRY_JSON(Control, action, result, failAfterwards)

// What a test says and sees; outlives every incarnation, like the world outside.
struct Outside {
    using Body = std::function<Async<Result<int>>(StepRun &, int attempt)>;
    std::map<QString, Body> bodies;
    std::map<QString, int> calls;
    QStringList done; // what the workflow saw, in order
    QStringList finally; // of the last incarnation
    std::function<Workflow(class ScriptActor &, WorkflowContext &)> script;
    std::function<void(const WorkflowView &, bool)> changed;
    int alive = 0; // bodies
};

struct Alive {
    explicit Alive(Outside &outside)
        : counted(outside)
    {
        ++counted.alive;
    }
    ~Alive() { --counted.alive; }
    Outside &counted;
};

struct Ledger {
    int booked = 0;
    QStringList notes;
};
FOUNDRY_JSON(Ledger, booked, notes)

class ScriptActor final : public WorkflowActor {
public:
    explicit ScriptActor(Outside &world)
        : WorkflowActor({ u"prompt"_s, u"other"_s })
        , outside(world)
    {
    }
    Awaiting<int> step(WorkflowContext &context, const QString &name, const StepOptions &options = {})
    {
        return context.step<int>(
            name, options, [this, name](StepRun &run) { return body(name, run); },
            [this, name](int value) -> Result<void> {
                ledger.edit().booked += value;
                ledger.edit().notes.append(name);
                return {};
            });
    }
    Async<Result<int>> body(QString name, StepRun &run)
    {
        const Alive alive(outside);
        ++outside.calls[name];
        const auto found = outside.bodies.find(name);
        if (found == outside.bodies.end())
            co_return 1;
        auto running = found->second(run, run.attempt());
        co_return co_await running;
    }
    void note(const QString &text) { outside.finally.append(text); }
    using WorkflowActor::workflow;
    using WorkflowActor::workflowView;

    Outside &outside;
    State<Ledger> ledger { *this };

protected:
    Workflow run(WorkflowContext &context) override
    {
        outside.finally.clear();
        return outside.script(*this, context);
    }
    void onWorkflowChanged(const WorkflowView &view, bool durable) override
    {
        if (outside.changed)
            outside.changed(view, durable);
    }
    Result<QJsonValue> onMessage(const Message &message) override
    {
        return dispatch<std::variant<Control>>(message, [this](const Control &control) -> Result<void> {
            Result<void> done = fail(codes::Program::internal, control.action);
            if (control.action == u"retry")
                done = workflow().retryStep();
            else if (control.action == u"skip")
                done = workflow().skipStep(control.result);
            else if (control.action == u"stop")
                done = workflow().stopStep();
            else if (control.action == u"cancel")
                done = workflow().cancel();
            else if (control.action == u"pause")
                done = workflow().pause();
            else if (control.action == u"resume")
                done = workflow().resume();
            if (done && control.failAfterwards)
                return fail(codes::Program::configuration);
            return done;
        });
    }
};

} // namespace foundry

using namespace foundry;
using test::ActorWorld;

namespace {

Async<Result<int>> value(int v)
{
    co_return v;
}
Async<Result<int>> failing(Failure failure)
{
    co_return std::unexpected(failure);
}
Async<Result<int>> waiting(Promise<int> promise)
{
    co_return co_await promise;
}

Workflow oneStep(ScriptActor &actor, WorkflowContext &context, StepOptions options)
{
    auto stepping = actor.step(context, u"work"_s, options);
    auto worked = co_await stepping;
    if (!worked) {
        actor.note(worked.error().chain());
        co_return std::unexpected(worked.error());
    }
    actor.note(u"worked %1"_s.arg(*worked));
    co_return Result<void>();
}

StepOptions exact(int attempts)
{
    StepOptions options;
    options.retry.maxAttempts = attempts;
    options.retry.jitter = 0;
    options.retry.firstDelay = 1s;
    options.retry.cap = 10s;
    return options;
}

} // namespace

class StepsTest : public QObject {
    Q_OBJECT

    std::unique_ptr<Outside> m_outside;
    std::unique_ptr<ActorWorld> m_world;
    ActorRef m_ref;

    void begin(std::function<Workflow(ScriptActor &, WorkflowContext &)> script)
    {
        m_outside->script = std::move(script);
        m_ref = *m_world->system->create(u"Script"_s, { u"s"_s });
        m_world->settle();
    }
    void begin(const StepOptions &options)
    {
        begin([options](ScriptActor &actor, WorkflowContext &context) { return oneStep(actor, context, options); });
    }
    void restart()
    {
        m_world->crashAndStart();
        m_world->settle();
    }
    Result<void> control(const QString &action, const QJsonValue &result = {})
    {
        Control message;
        message.action = action;
        message.result = result;
        const auto answer = m_world->ask(m_ref, message);
        m_world->settle();
        return answer ? Result<void>() : std::unexpected(answer.error());
    }
    template <class Read> auto view(Read read)
    {
        std::optional<decltype(read(std::declval<const WorkflowView &>()))> seen;
        m_world->visit<ScriptActor>(m_ref, [&](ScriptActor &actor) { seen = read(actor.workflowView()); });
        return *seen;
    }
    RunStatus status()
    {
        return view([](const WorkflowView &v) { return v.status(); });
    }
    WorkflowWait wait()
    {
        return view([](const WorkflowView &v) { return v.wait(); });
    }
    std::vector<WorkflowEntry> entries()
    {
        return view([](const WorkflowView &v) { return v.entries(); });
    }
    QString runFailure()
    {
        return view([](const WorkflowView &v) { return v.failure() ? v.failure()->chain() : QString(); });
    }
    Ledger ledger()
    {
        Ledger seen;
        m_world->visit<ScriptActor>(m_ref, [&](ScriptActor &actor) { seen = *actor.ledger; });
        return seen;
    }

private Q_SLOTS:
    void init()
    {
        m_outside = std::make_unique<Outside>();
        m_world = std::make_unique<ActorWorld>([this](ActorSystem &system) {
            system.registerKind(
                ActorKind { u"Script"_s, [this] { return std::make_unique<ScriptActor>(*m_outside); }, {} });
        });
    }
    void cleanup()
    {
        m_world.reset();
        QCOMPARE(m_outside->alive, 0);
        m_outside.reset();
    }

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

FOUNDRY_TEST_MAIN(StepsTest)
#include "StepsTest.moc"
