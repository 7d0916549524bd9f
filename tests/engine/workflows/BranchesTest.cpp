// Join and race; what a process that died in its own code leaves behind.
#include "ActorWorld.h"
#include "HandlingMark.h"
#include "WorkflowActor.h"
#include "WorkflowLimits.h"

using namespace std::chrono_literals;

namespace foundry {

struct Yard {
    std::function<Workflow(class BranchActor &, WorkflowContext &)> script;
    std::map<QString, Promise<Result<int>>> ends; // of step bodies, by name
    std::map<QString, int> calls;
    QStringList seen;
    int alive = 0;
};

struct InTheYard {
    explicit InTheYard(Yard &where)
        : yard(where)
    {
        ++yard.alive;
    }
    ~InTheYard() { --yard.alive; }
    Yard &yard;
};

struct Resume {
    static constexpr auto name = "resume";
};
FOUNDRY_JSON(Resume)

class BranchActor final : public WorkflowActor {
public:
    explicit BranchActor(Yard &where)
        : WorkflowActor({ u"go"_s })
        , yard(where)
    {
    }
    Async<Result<int>> body(QString name)
    {
        const InTheYard alive(yard);
        ++yard.calls[name];
        Promise<Result<int>> end = yard.ends[name];
        co_return co_await end;
    }
    Flow<Result<int>> branch(WorkflowContext &context, QString name)
    {
        StepOptions options;
        options.ifItFails = IfItFails::giveBack;
        options.retry = RetryPolicy::once();
        auto first = context.step<int>(u"first"_s, options, [this, name](StepRun &) { return body(name + u'1'); });
        auto one = co_await first;
        if (!one)
            co_return one;
        auto second = context.step<int>(u"second"_s, options, [this, name](StepRun &) { return body(name + u'2'); });
        auto two = co_await second;
        if (!two)
            co_return two;
        co_return *one + *two;
    }
    std::vector<Branch<int>> branches()
    {
        return { { u"left"_s, [this](WorkflowContext &context) { return branch(context, u"left"_s); } },
                 { u"right"_s, [this](WorkflowContext &context) { return branch(context, u"right"_s); } } };
    }
    using WorkflowActor::workflowView;

    Yard &yard;

protected:
    Workflow run(WorkflowContext &context) override
    {
        yard.seen.clear();
        return yard.script(*this, context);
    }
    Result<QJsonValue> onMessage(const Message &message) override
    {
        return dispatch<std::variant<Resume>>(message, [this](const Resume &) { return workflow().resume(); });
    }
};

} // namespace foundry

using namespace foundry;
using test::ActorWorld;

namespace {

Workflow joining(BranchActor &actor, WorkflowContext &context, JoinMode mode)
{
    auto both = context.join<int>(u"both"_s, actor.branches(), mode);
    auto outcomes = co_await both;
    if (outcomes) {
        for (const Result<int> &outcome : *outcomes)
            actor.yard.seen.append(outcome ? QString::number(*outcome) : outcome.error().name());
    } else {
        actor.yard.seen.append(u"failed "_s + outcomes.error().name());
    }
    co_return Result<void>();
}

Workflow racing(BranchActor &actor, WorkflowContext &context)
{
    auto race = context.race<int>(u"first"_s, actor.branches());
    auto won = co_await race;
    actor.yard.seen.append(won ? won->branch + u' ' + QString::number(won->outcome.value_or(-1)) : won.error().name());
    co_return Result<void>();
}

Workflow waitingForGo(BranchActor &, WorkflowContext &context)
{
    auto receiving = context.receive(u"go"_s, { u"go"_s });
    auto received = co_await receiving;
    co_return received ? Result<void>() : std::unexpected(received.error());
}

} // namespace

class BranchesTest : public QObject {
    Q_OBJECT

    std::unique_ptr<Yard> m_yard;
    std::unique_ptr<ActorWorld> m_world;
    ActorRef m_ref;

    void begin(std::function<Workflow(BranchActor &, WorkflowContext &)> script)
    {
        m_yard->script = std::move(script);
        m_ref = *m_world->system->create(u"Branch"_s, { u"b"_s });
        m_world->settle();
    }
    void end(const QString &step, Result<int> result)
    {
        const auto promise = std::exchange(m_yard->ends[step], {});
        promise.set(std::move(result));
        m_world->settle();
    }
    void restart()
    {
        m_world->crashAndStart();
        m_world->settle();
        m_world->advance(1min);
    }
    RunStatus status()
    {
        std::optional<RunStatus> seen;
        m_world->visit<BranchActor>(m_ref, [&](BranchActor &actor) { seen = actor.workflowView().status(); });
        return *seen;
    }

private Q_SLOTS:
    void init()
    {
        m_yard = std::make_unique<Yard>();
        m_world = std::make_unique<ActorWorld>([this](ActorSystem &system) {
            system.registerKind(
                ActorKind { u"Branch"_s, [this] { return std::make_unique<BranchActor>(*m_yard); }, {} });
        });
    }
    void cleanup()
    {
        m_world.reset();
        QCOMPARE(m_yard->alive, 0);
    }

    void branchesGoOnSideBySide()
    {
        begin([](BranchActor &actor, WorkflowContext &context) { return joining(actor, context, JoinMode::all); });
        QCOMPARE(m_yard->alive, 2);
        end(u"right1"_s, 10);
        end(u"left1"_s, 1);
        end(u"right2"_s, 20);
        QCOMPARE(status(), RunStatus::running);
        end(u"left2"_s, 2);
        QCOMPARE(m_yard->seen, QStringList({ u"3"_s, u"30"_s }));
        QCOMPARE(status(), RunStatus::done);
        restart();
        QCOMPARE(status(), RunStatus::done);
    }

    void whatABranchHasDoneIsNotDoneAgain()
    {
        begin([](BranchActor &actor, WorkflowContext &context) { return joining(actor, context, JoinMode::failFast); });
        end(u"right1"_s, 10);
        end(u"right2"_s, 20);
        m_yard->ends.clear();
        // left1 is lost with the process and, tried once only, given back as a failure of its branch.
        restart();
        QCOMPARE(m_yard->calls[u"right1"_s], 1);
        QCOMPARE(m_yard->calls[u"right2"_s], 1);
        QCOMPARE(m_yard->calls[u"left1"_s], 1);
        QCOMPARE(m_yard->seen, QStringList(u"failed workflow.exhausted"_s));
    }

    void theFirstFailureEndsTheOthers()
    {
        begin([](BranchActor &actor, WorkflowContext &context) { return joining(actor, context, JoinMode::failFast); });
        QCOMPARE(m_yard->alive, 2);
        end(u"left1"_s, fail(codes::Git::refused));
        QCOMPARE(m_yard->alive, 0);
        QCOMPARE(m_yard->seen, QStringList(u"failed git.refused"_s));
        QCOMPARE(status(), RunStatus::done);
    }

    void everyOutcomeIsKeptWhereAllAreWaitedFor()
    {
        begin([](BranchActor &actor, WorkflowContext &context) { return joining(actor, context, JoinMode::all); });
        end(u"left1"_s, fail(codes::Git::refused));
        QCOMPARE(m_yard->alive, 1);
        end(u"right1"_s, 1);
        end(u"right2"_s, 1);
        QCOMPARE(m_yard->seen, QStringList({ u"git.refused"_s, u"2"_s }));
    }

    void theFirstToComeWinsAndTheOtherIsDead()
    {
        begin(racing);
        end(u"right1"_s, 10);
        end(u"right2"_s, 20);
        QCOMPARE(m_yard->alive, 0);
        QCOMPARE(m_yard->seen, QStringList(u"right 30"_s));
        QCOMPARE(status(), RunStatus::done);
        end(u"left1"_s, 1); // nobody is there any more
        QCOMPARE(m_yard->calls[u"left2"_s], 0);
    }

    void aRunThatEndsTheProcessIsSetAsideAndResumedByHand()
    {
        begin(waitingForGo);
        for (int death = 1; death <= limits::runDeaths; ++death) {
            m_world->crash();
            m_world->diedIn(m_ref.id, HandlingMark::workflow);
            // It wakes and counts, and dies again before its first turn is committed.
            m_world->dieAtCommit(death < limits::runDeaths ? 3 : std::numeric_limits<int>::max());
            m_world->start();
            m_world->settle();
            if (death < limits::runDeaths)
                QCOMPARE(m_world->commits, 3);
        }
        QCOMPARE(status(), RunStatus::damaged);
        QVERIFY(m_world->ask(m_ref, Resume {}));
        m_world->settle();
        m_world->advance(limits::firstRestart);
        QCOMPARE(status(), RunStatus::running);
    }
};

FOUNDRY_TEST_MAIN(BranchesTest)
#include "BranchesTest.moc"
