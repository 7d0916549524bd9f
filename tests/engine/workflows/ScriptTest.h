// A workflow that a test writes, in a world that it can stop at any moment.
#pragma once

#include "ActorWorld.h"
#include "WorkflowActor.h"
#include "WorkflowLimits.h"

#include <stdexcept>

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
    std::chrono::milliseconds timeOut {}; // of the whole run
    RunRetention retention;
    QJsonObject input; // what the actor was created with
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
    using Actor::self;
    using Actor::send;
    using Actor::stayAwake;
    using Actor::store;
    using WorkflowActor::workflow;
    using WorkflowActor::workflowView;

    Outside &outside;
    State<Ledger> ledger { *this };

protected:
    Result<void> onCreate(const QJsonObject &input) override
    {
        outside.input = input;
        const QJsonValue lines = input.value(u"run");
        return lines.isString() ? importRun(lines.toString().toUtf8()) : Result<void>();
    }
    Workflow run(WorkflowContext &context) override
    {
        outside.finally.clear();
        return outside.script(*this, context);
    }
    QJsonValue workflowResult() const override { return ledger->booked; }
    RunRetention retention() const override { return outside.retention; }
    std::chrono::milliseconds workflowTimeOut() const override { return outside.timeOut; }
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
            else if (control.action == u"rewind")
                done = workflow().rewind(control.result.toInteger());
            if (done && control.failAfterwards)
                return fail(codes::Program::configuration);
            return done;
        });
    }
};

using namespace std::chrono_literals;
inline Async<Result<int>> value(int v)
{
    co_return v;
}
inline Async<Result<int>> failing(Failure failure)
{
    co_return std::unexpected(failure);
}
inline Async<Result<int>> waiting(Promise<int> promise)
{
    co_return co_await promise;
}

inline Workflow oneStep(ScriptActor &actor, WorkflowContext &context, StepOptions options)
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

inline StepOptions exact(int attempts)
{
    StepOptions options;
    options.retry.maxAttempts = attempts;
    options.retry.jitter = 0;
    options.retry.firstDelay = 1s;
    options.retry.cap = 10s;
    return options;
}

// A test of one run.
class ScriptTest : public QObject {
protected:
    std::unique_ptr<Outside> m_outside;
    std::unique_ptr<test::ActorWorld> m_world;
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
    std::vector<AuditEntry> audit()
    {
        std::vector<AuditEntry> seen;
        m_world->visit<ScriptActor>(m_ref, [&](ScriptActor &actor) { seen = actor.workflow().audit().value(); });
        return seen;
    }
    qint64 numberOf(const QString &name)
    {
        for (const WorkflowEntry &entry : entries()) {
            if (entry.line.name == name)
                return entry.number;
        }
        return -1;
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

    void startWorld(test::FaultyStorage *disk = nullptr)
    {
        m_outside = std::make_unique<Outside>();
        const auto kinds = [this](ActorSystem &system) {
            registerRunCleanUp(system);
            system.registerKind(
                ActorKind { u"Script"_s, [this] { return std::make_unique<ScriptActor>(*m_outside); }, {} });
        };
        m_world = std::make_unique<test::ActorWorld>(kinds, disk);
    }
    void endWorld()
    {
        m_world.reset();
        QCOMPARE(m_outside->alive, 0);
        m_outside.reset();
    }
};

} // namespace foundry
