// Everything that a workflow does to the outside goes through here. Between two calls the coroutine is pure: it may
// read its own locals and nothing else, because after a restart it runs again from its beginning and each call
// answers with what is on record.
//
//     Workflow TaskActor::run(WorkflowContext &context)
//     {
//         auto creating = context.step<SandboxRecord>(u"createSandbox"_s, options, [this](StepRun &run) { return
//         create(run); }); auto sandbox = co_await creating;      // Result<SandboxRecord>; name it first, temporaries
//         do not compile if (!sandbox)
//             co_return std::unexpected(sandbox.error());
//         ...
//
// Records: "attempt n started" is committed, together with the result of what came before, and synced before the body
// runs. A completion is committed with the effects of StepRun::onCommit; whatever they tell leaves after the sync. A
// received message leaves the queue in the transaction that records the receiving. All of these are Durability::full.
//
// Names are unique in their scope. One call of a context is awaited at a time; branches have contexts of their own.
// The coroutine and its bodies are made anew at each wake: bodies capture `this` and values, never references to
// locals of the coroutine that end before them.
#pragma once

#include "Async.h"
#include "Flow.h"
#include "Message.h"
#include "StepOptions.h"
#include "StepRun.h"

#include <QSet>

#include <memory>

namespace foundry {

class WorkflowRunner;

struct Received {
    QString name;
    QJsonObject payload;
    QString sender; // actor id
    template <TypedMessage M> bool is() const { return name == nameOf<M>(); }
    template <TypedMessage M> Result<M> as() const { return fromPayload<M>(payload); }
};
FOUNDRY_JSON(Received, name, payload, sender)

namespace detail {

using StepBody = std::function<Async<Result<QJsonValue>>(StepRun &)>;
using StepCommit = std::function<Result<void>(const QJsonValue &)>;

// What an operation of a context waits for. `ready`: on record already. Otherwise it resumes later.
class Operation {
public:
    virtual ~Operation() = default;
    // Once, when the coroutine reaches it. True: `outcome` is there.
    virtual bool begin() = 0;
    Result<QJsonValue> outcome = QJsonValue();
    std::coroutine_handle<> waiter;
    bool begun = false;
};

struct LoopPosition {
    QJsonValue state;
    qint64 turn = 0; // 1, 2, …
    bool ended = false;
};

template <class T> Result<T> decode(Result<QJsonValue> outcome, const QString &what)
{
    if (!outcome)
        return std::unexpected(std::move(outcome).error());
    if constexpr (std::is_void_v<T>) {
        return {};
    } else {
        T value {};
        if (!json::fromJson(*outcome, value))
            return fail(codes::Workflow::badRecord, what);
        return value;
    }
}

} // namespace detail

FOUNDRY_JSON(detail::LoopPosition, state, turn, ended)

// One call of a context, ready to be awaited, once.
template <class T> class [[nodiscard]] Awaiting {
public:
    using IsWorkflowAwaitable = void;
    Awaiting(QString name, std::unique_ptr<detail::Operation> operation)
        : m_name(std::move(name))
        , m_operation(std::move(operation))
    {
    }
    auto awaiter() noexcept
    {
        struct Awaiter {
            Awaiting &self;
            bool await_ready() { return self.m_operation->begin(); }
            void await_suspend(std::coroutine_handle<> waiter) noexcept { self.m_operation->waiter = waiter; }
            Result<T> await_resume() { return detail::decode<T>(std::move(self.m_operation->outcome), self.m_name); }
        };
        return Awaiter { *this };
    }

private:
    QString m_name;
    std::unique_ptr<detail::Operation> m_operation;
};

// What a loop's body answers: once more with this state, or the end with it.
template <class S> struct LoopTurn {
    S state;
    bool again = true;
    static LoopTurn next(S state) { return { std::move(state), true }; }
    static LoopTurn end(S state) { return { std::move(state), false }; }
};

class WorkflowContext;

// One of several parts of a workflow that go on side by side. The body is `(WorkflowContext &) -> Flow<Result<T>>`.
template <class T> struct Branch {
    QString name;
    std::function<Flow<Result<T>>(WorkflowContext &)> body;
};

// What becomes of a child when the call that waits for it is cancelled or its branch has lost.
enum class IfCancelled {
    cancelChild, // it is told; a cancelled call returns when it is over, a lost branch leaves it to end by itself
    leaveChild, // it goes on, nobody waits for it any more
};

enum class JoinMode {
    failFast, // the first failure ends the others: their steps are stopped, what they registered with ifItFails stays
    all, // each comes to its end, each outcome is kept
};

namespace detail {

using BranchBody = std::function<Flow<Result<QJsonValue>>(WorkflowContext &)>;
enum class JoinEnd { failFast, all, first };

struct BranchOutcome {
    QString name;
    QJsonValue value;
    std::optional<Failure> failure;
};

} // namespace detail

FOUNDRY_JSON(detail::BranchOutcome, name, value, failure)

template <class T> struct Won {
    QString branch;
    Result<T> outcome;
};

class WorkflowContext {
public:
    Q_DISABLE_COPY_MOVE(WorkflowContext)

    // A step. The body is called for each attempt as `(StepRun &) -> Async<Result<T>>` and may be a coroutine: it is
    // kept until the step is over. `committed(const T &) -> Result<void>` runs in the completion's transaction, like
    // StepRun::onCommit. Given back: with giveBack the body's last failure in Workflow::exhausted when all attempts are
    // used up, or the terminal one itself; Workflow::timedOut, unknownOutcome (onceOnly), cancelled.
    template <class T, class Body> Awaiting<T> step(const QString &name, const StepOptions &options, Body body)
    {
        return Awaiting<T>(name, makeStep(name, options, erase<T>(std::move(body)), {}));
    }
    template <class T, class Body, class Committed>
    Awaiting<T> step(const QString &name, const StepOptions &options, Body body, Committed committed)
    {
        return Awaiting<T>(
            name, makeStep(name, options, erase<T>(std::move(body)), eraseCommit<T>(name, std::move(committed))));
    }
    // A step that only changes the actor: its effect and its record are one transaction, so it happens exactly once.
    template <class Effect> Awaiting<void> commit(const QString &name, Effect effect)
    {
        return Awaiting<void>(name, makeCommit(name, std::move(effect)));
    }

    // The first message of one of these names, now in the queue or later. Only names that the actor's
    // workflowMessages() lists. Fails: Workflow::timedOut (0: no limit), which stays on replay, cancelled.
    Awaiting<Received> receive(const QString &name, const QStringList &messages,
                               std::chrono::milliseconds timeOut = {});
    // The same for all that wait, in their order, at least one, at most `atMost` (1 … limits::receiveBatch) and
    // limits::receiveBytes together; the others stay in the queue.
    Awaiting<std::vector<Received>> receiveBatch(const QString &name, const QStringList &messages, int atMost,
                                                 std::chrono::milliseconds timeOut = {});
    // Fails: Workflow::cancelled.
    Awaiting<void> sleep(const QString &name, std::chrono::milliseconds span);
    Awaiting<void> sleepUntil(const QString &name, Millis at);

    // The workflow of another actor of this kind (a WorkflowActor), made with this input, once, whatever crashes
    // between; its key is this actor's with "child", the entry's path and number. Answers its workflowResult. Given
    // back: the failure that the child ended with, Workflow::cancelled if it was, Actor::missing if there is no such
    // kind. The child stays until somebody destroys it (see WorkflowCleanUp.h).
    template <class T>
    Awaiting<T> child(const QString &name, const QString &kind, const QJsonObject &input,
                      IfCancelled ifCancelled = IfCancelled::cancelChild)
    {
        return Awaiting<T>(name, makeChild(name, kind, input, ifCancelled));
    }

    // Recorded once; the same on replay.
    Millis now(const QString &name);
    QString uuid(const QString &name);
    double random(const QString &name); // 0 <= x < 1

    // For code that changed while runs are under way. `version` answers the newest for new runs and what an old run
    // began with (1 if it passed here before there was a version). `removed` says that an entry of this name stood here
    // once.
    int version(const QString &name, int newest);
    void removed(const QString &name);

    // Calls `body(WorkflowContext &, State) -> Flow<Result<LoopTurn<S>>>` until it says end. The state is on record at
    // each turn and the entries of the turn before are deleted in the same transaction: the history stays flat.
    template <class S, class Body> Flow<Result<S>> loop(QString name, S initial, Body body)
    {
        auto opening = openLoop(name, json::toJson(initial));
        auto opened = co_await opening;
        if (!opened)
            co_return std::unexpected(opened.error());
        for (;;) {
            S state {};
            if (!json::fromJson(opened->state, state))
                co_return fail(codes::Workflow::badRecord, name);
            if (opened->ended)
                co_return state;
            WorkflowContext inner(*this, name, opened->turn);
            auto running = body(inner, std::move(state));
            auto turn = co_await running;
            if (!turn) {
                m_openLoop.clear();
                co_return std::unexpected(turn.error());
            }
            auto closing = closeTurn(name, inner, json::toJson(turn->state), turn->again);
            auto closed = co_await closing;
            if (!closed)
                co_return std::unexpected(closed.error());
            opened = std::move(closed);
        }
    }

    // Branches side by side, begun in order of declaration. Their outcomes in that order; with failFast only
    // when all succeeded, else the first failure.
    template <class T>
    Flow<Result<std::vector<Result<T>>>> join(QString name, std::vector<Branch<T>> branches,
                                              JoinMode mode = JoinMode::failFast)
    {
        auto joining = joinBranches(name, eraseBranches(std::move(branches)),
                                    mode == JoinMode::all ? detail::JoinEnd::all : detail::JoinEnd::failFast);
        auto joined = co_await joining;
        if (!joined)
            co_return std::unexpected(joined.error());
        std::vector<Result<T>> outcomes;
        for (const detail::BranchOutcome &branch : *joined) {
            if (branch.failure && mode == JoinMode::failFast)
                co_return std::unexpected(*branch.failure);
            outcomes.push_back(outcomeOf<T>(branch));
        }
        co_return outcomes;
    }
    // The first branch that comes to its end, well or not; the others are stopped. Ties go by order of declaration.
    template <class T> Flow<Result<Won<T>>> race(QString name, std::vector<Branch<T>> branches)
    {
        auto racing = joinBranches(name, eraseBranches(std::move(branches)), detail::JoinEnd::first);
        auto raced = co_await racing;
        if (!raced)
            co_return std::unexpected(raced.error());
        if (raced->empty())
            co_return fail(codes::Workflow::badRecord, name);
        co_return Won<T> { raced->front().name, outcomeOf<T>(raced->front()) };
    }

    // If the run ends with a failure, is cut or cancelled, this runs, as steps of their own: in reverse order of the
    // entries they were registered after. One that halts needs a person; giveBack passes it by. What a branch
    // registered stays when the branch has lost; what a loop's turn registered ends with the turn.
    template <class Body> void ifItFails(const QString &name, const StepOptions &options, Body body)
    {
        addCompensation(name, options, erase<void>(std::move(body)));
    }

    // This branch is over and is only read for what it registered with ifItFails: nothing begins, and what now(),
    // uuid() and random() answer past the end of its record is kept nowhere.
    bool isReadAgain() const { return m_reading != Reading::no; }

private:
    friend class WorkflowRunner;
    friend class WorkflowActor;
    friend class JoinOperation;
    friend class LoopOpening;
    friend class LoopClosing;
    using LoopPosition = detail::LoopPosition;

    WorkflowContext(WorkflowRunner &runner, QString scope);
    WorkflowContext(WorkflowContext &outer, const QString &loop, qint64 turn);

    template <class T, class Body> static detail::StepBody erase(Body body)
    {
        return [body = std::make_shared<Body>(std::move(body))](StepRun &run) { return attempt<T, Body>(body, run); };
    }
    template <class T, class Body> static Async<Result<QJsonValue>> attempt(std::shared_ptr<Body> body, StepRun &run)
    {
        try {
            auto running = (*body)(run);
            auto result = co_await running;
            if (!result)
                co_return std::unexpected(std::move(result).error());
            if constexpr (std::is_void_v<T>)
                co_return QJsonValue();
            else
                co_return json::toJson(*result);
        } catch (const std::exception &thrown) {
            co_return fail(codes::Workflow::crashed, QString::fromUtf8(thrown.what()), Retry::transient);
        } catch (...) {
            co_return fail(codes::Workflow::crashed, u"something was thrown"_s, Retry::transient);
        }
    }
    template <class T>
    static Flow<Result<QJsonValue>> branch(std::shared_ptr<const Branch<T>> kept, WorkflowContext &context)
    {
        auto running = kept->body(context);
        auto result = co_await running;
        if (!result)
            co_return std::unexpected(result.error());
        if constexpr (std::is_void_v<T>)
            co_return QJsonValue();
        else
            co_return json::toJson(*result);
    }
    template <class T>
    static std::vector<std::pair<QString, detail::BranchBody>> eraseBranches(std::vector<Branch<T>> branches)
    {
        std::vector<std::pair<QString, detail::BranchBody>> erased;
        for (Branch<T> &one : branches) {
            const QString name = one.name;
            auto kept = std::make_shared<const Branch<T>>(std::move(one));
            erased.emplace_back(name, [kept](WorkflowContext &context) { return branch<T>(kept, context); });
        }
        return erased;
    }
    template <class T> static Result<T> outcomeOf(const detail::BranchOutcome &branch)
    {
        if (branch.failure)
            return std::unexpected(*branch.failure);
        return detail::decode<T>(branch.value, branch.name);
    }
    template <class T, class Committed> static detail::StepCommit eraseCommit(const QString &name, Committed committed)
    {
        return [name, committed = std::move(committed)](const QJsonValue &json) -> Result<void> {
            if constexpr (std::is_void_v<T>) {
                return committed();
            } else {
                auto value = detail::decode<T>(json, name);
                if (!value)
                    return std::unexpected(std::move(value).error());
                return committed(*value);
            }
        };
    }
    std::unique_ptr<detail::Operation> makeStep(const QString &name, const StepOptions &options, detail::StepBody body,
                                                detail::StepCommit committed);
    std::unique_ptr<detail::Operation> makeCommit(const QString &name, std::function<Result<void>()> effect);
    std::unique_ptr<detail::Operation> makeChild(const QString &name, const QString &kind, const QJsonObject &input,
                                                 IfCancelled ifCancelled);
    QJsonValue recorded(const QString &name, const QJsonValue &fresh);
    Awaiting<LoopPosition> openLoop(const QString &name, const QJsonValue &initial);
    Awaiting<LoopPosition> closeTurn(const QString &name, const WorkflowContext &inner, const QJsonValue &state,
                                     bool again);
    Awaiting<std::vector<detail::BranchOutcome>>
    joinBranches(const QString &name, std::vector<std::pair<QString, detail::BranchBody>> branches,
                 detail::JoinEnd end);
    void addCompensation(const QString &name, const StepOptions &options, detail::StepBody body);

    WorkflowRunner &m_runner;
    QString m_scope;
    qint64 m_last = 0; // number of the entry that was visited last, here or inside
    // Of a branch that is over only what it registered is wanted, nothing begins. One that lost stopped where it was
    // told to; the others came to their end.
    enum class Reading { no, ended, lost };
    Reading m_reading = Reading::no;
    bool m_pastRecord = false; // of a branch that is read again: it never came here
    int m_place = 0; // of the next entry
    QSet<QString> m_names; // used in this scope
    QString m_openLoop; // while one runs, only the context of its turn may be used
};

} // namespace foundry
