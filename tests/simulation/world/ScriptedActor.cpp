#include "ScriptedActor.h"

#include <WorkflowLimits.h>

#include <stdexcept>

using namespace std::chrono_literals;

namespace foundry::simulation {

namespace {

// What the workflow saw until now, with one thing more.
QString with(const QString &seen, const QString &more)
{
    quint64 digest = 0xcbf29ce484222325ULL;
    for (const QChar c : QString(seen + u'|' + more))
        digest = (digest ^ c.unicode()) * 0x100000001b3ULL;
    return QString::number(digest, 36);
}

template <class T> QString textOf(const Result<T> &result, const QString &value = {})
{
    return result ? u"ok %1"_s.arg(value) : result.error().name();
}

struct Alive {
    Alive(World &world, Model::Begin begin)
        : m_world(world)
        , m_key(begin.key)
    {
        world.model.bodyBegins(begin);
    }
    ~Alive() { m_world.model.bodyEnds(m_key); }
    Q_DISABLE_COPY_MOVE(Alive)
    World &m_world;
    const QString m_key;
};

} // namespace

ScriptedActor::~ScriptedActor() = default;

QString ScriptedActor::pathOf(const QString &scope, const QString &name) const
{
    return self().id + u'/' + (scope.isEmpty() ? QString() : scope + u'/') + name;
}

QString ScriptedActor::entryKey(const QString &scope, const QString &name, const QString &also) const
{
    return pathOf(scope, name) + m_superseded.label(scope, name)
        + (also.isEmpty() ? QString() : m_superseded.label(scope, also));
}

// A child's key is its parent's with "child", the path and the number of its entry.
const Block &ScriptedActor::program() const
{
    const QStringList &parts = self().key.parts;
    const Program &program = world.programs.at(parts.first());
    return parts.size() == 1 ? program.block : program.children.at(parts.at(2).section(u'/', -1));
}

Result<void> ScriptedActor::onCreate(const QJsonObject &)
{
    if (self().kind == u"Kid"_s)
        observe(u"child "_s + self().text(), self().id); // there is only one
    return {};
}

QJsonValue ScriptedActor::workflowResult() const
{
    const QString answer = self().id + u' ' + m_result;
    if (world.sabotage == Sabotage::childrenAnswerTwice)
        world.model.mayAnswer(answer + QString::number(clock().now()));
    else
        world.model.mayAnswer(answer);
    return answer;
}

void ScriptedActor::observe(const QString &entry, const QString &outcome)
{
    if (!world.isAlive())
        return;
    world.model.observed(entry, outcome);
    if (world.model.isFirm(entry))
        return;
    whenDurable([this, entry, outcome] {
        if (world.isAlive())
            world.model.firm(entry, outcome);
    });
}

// An old run is in version 1 by what comes next in its record: that may be taken out. What is recorded stays.
void ScriptedActor::observeVersion(const QString &key, int version)
{
    observe(u"%1@%2"_s.arg(key).arg(m_superseded.entries()), QString::number(version));
    if (version > 1 || world.model.isFirm(key))
        observe(key, QString::number(version));
}

// ---- the workflow

Workflow ScriptedActor::run(WorkflowContext &context)
{
    auto superseded = Superseded::read(store());
    if (!superseded)
        co_return std::unexpected(superseded.error());
    m_superseded = world.sabotage == Sabotage::unawareOfRewinds ? Superseded() : std::move(*superseded);
    world.note(u"%1 runs, %2 superseded"_s.arg(place()).arg(m_superseded.entries()));
    world.model.runBegins(self().id, place(), m_superseded.entries());
    // What is undone from here on has an order of its own.
    const QString pass = u"pass %1"_s.arg(m_superseded.entries());
    constexpr Sql find { "marks.find", "SELECT count(*) FROM mark WHERE key = ?1" };
    if (m_superseded.entries() > 0 && store().integer(find, pass).value_or(1) == 0)
        (void)mark(pass);
    auto running = block(context, program(), {});
    auto done = co_await running;
    m_result = done.value_or(QString());
    if (done && self().kind == u"Run"_s && world.programs.at(self().key.parts.first()).fails)
        co_return fail(codes::Program::internal, u"it fails at its end"_s);
    co_return done ? Result<void>() : std::unexpected(done.error());
}

Flow<ScriptedActor::Text> ScriptedActor::block(WorkflowContext &context, const Block &block, Place place)
{
    for (const Op &op : block) {
        auto performing = perform(context, op, place);
        auto outcome = co_await performing;
        if (!outcome && (outcome.error().is(codes::Workflow::cancelled) || !op.forgiving))
            co_return std::unexpected(outcome.error());
        place.seen = with(place.seen, textOf(outcome, outcome.value_or(QString())));
        if (world.sabotage == Sabotage::impureWorkflow)
            place.seen = with(place.seen, QString::number(clock().now()));
    }
    co_return place.seen;
}

Flow<ScriptedActor::Text> ScriptedActor::perform(WorkflowContext &context, const Op &op, Place place)
{
    using enum OpKind;
    Flow<Text> doing;
    switch (op.kind) {
    case step:
        doing = this->step(context, op, place);
        break;
    case commit:
    case sleep:
    case sleepUntil:
    case receive:
        doing = wait(context, op, place);
        break;
    case join:
        doing = this->join(context, op, place);
        break;
    case race:
        doing = this->race(context, op, place);
        break;
    case loop:
        doing = this->loop(context, op, place);
        break;
    case child:
        doing = this->child(context, op, place);
        break;
    case value: {
        const QString text = context.uuid(op.name) + QString::number(context.now(op.name + u" now"_s));
        if (!context.isReadAgain()) // else the branch may never have come here
            observe(entryKey(place.scope, op.name, op.name + u" now"_s), text);
        co_return text;
    }
    case versioned:
        // The code of later versions asks here; what it is told must not change any more.
        if (world.codeVersion >= op.codeVersion) {
            const int version = context.version(op.name, 2);
            if (!context.isReadAgain())
                observeVersion(entryKey(place.scope, op.name), version);
        }
        co_return QString();
    case retired:
        if (world.codeVersion >= op.codeVersion)
            context.removed(op.name);
        else
            (void)context.random(op.name);
        co_return QString();
    }
    co_return co_await doing;
}

Flow<ScriptedActor::Text> ScriptedActor::wait(WorkflowContext &context, const Op &op, Place place)
{
    const QString key = entryKey(place.scope, op.name);
    QString text;
    world.model.waitBegins(key, clock().now());
    if (op.kind == OpKind::receive) {
        auto receiving = context.receive(op.name, { u"go"_s }, op.span);
        auto received = co_await receiving;
        text = textOf(received, received ? QString::number(received->payload.value(u"id"_s).toInt()) : QString());
        if (received) {
            const int id = received->payload.value(u"id"_s).toInt();
            const int again = m_superseded.returned(id);
            // One message, one receiver, each time that it is there.
            observe(self().id + u" go "_s + text + (again > 0 ? u'~' + QString::number(again) : QString()), key);
            constexpr Sql add { "received.add", "INSERT OR IGNORE INTO received (id, again) VALUES (?1, ?2)" };
            (void)store().run(add, id, again); // in the turn that records it
        } else if (received.error().is(codes::Workflow::timedOut)) {
            world.model.waitEnds(key, op.span, world.latest());
        }
        observe(key, text);
        co_return received ? Text(text) : std::unexpected(received.error());
    }
    Result<void> done;
    if (op.kind == OpKind::commit) {
        const QString mark = u"commit "_s + key;
        auto committing = context.commit(op.name, [this, mark] { return this->mark(mark); });
        done = co_await committing;
    } else if (op.kind == OpKind::sleep) {
        auto sleeping = context.sleep(op.name, world.sabotage == Sabotage::shortSleeps ? op.span / 2 : op.span);
        done = co_await sleeping;
        if (done)
            world.model.waitEnds(key, op.span, world.latest());
    } else {
        const Millis at = context.now(op.name + u" from"_s) + op.span.count();
        auto sleeping = context.sleepUntil(op.name, at);
        done = co_await sleeping;
        if (done && world.latest() < at)
            world.model.violate(u"it is not yet time: %1"_s.arg(key));
    }
    text = textOf(done);
    observe(key, text);
    co_return done ? Text(text) : std::unexpected(done.error());
}

std::vector<Branch<QString>> ScriptedActor::branches(const Op &op, const Place &place)
{
    std::vector<Branch<QString>> made;
    for (size_t i = 0; i < op.blocks.size(); ++i) {
        const QString name = u"branch%1"_s.arg(i);
        const QString outer = place.scope.isEmpty() ? op.name : place.scope + u'/' + op.name;
        const Place inner { outer + u'/' + name, place.seen };
        made.push_back(
            { name, [this, &op, i, inner](WorkflowContext &context) { return block(context, op.blocks[i], inner); } });
    }
    return made;
}

Flow<ScriptedActor::Text> ScriptedActor::join(WorkflowContext &context, const Op &op, Place place)
{
    auto joining = context.join<QString>(op.name, branches(op, place), op.mode);
    auto joined = co_await joining;
    QString text = textOf(joined);
    if (joined) {
        for (const Result<QString> &one : *joined)
            text += u' ' + textOf(one, one.value_or(QString()));
    }
    const QString key = entryKey(place.scope, op.name);
    world.model.noneAlive(pathOf(place.scope, op.name) + u'/', u"the join is over"_s);
    observe(key, text);
    co_return joined ? Text(text) : std::unexpected(joined.error());
}

Flow<ScriptedActor::Text> ScriptedActor::race(WorkflowContext &context, const Op &op, Place place)
{
    auto racing = context.race<QString>(op.name, branches(op, place));
    auto won = co_await racing;
    const QString text
        = won ? won->branch + u' ' + textOf(won->outcome, won->outcome.value_or(QString())) : textOf(won);
    const QString key = entryKey(place.scope, op.name);
    world.model.noneAlive(pathOf(place.scope, op.name) + u'/', u"the race is over"_s);
    observe(key, text);
    if (!won || !won->outcome)
        co_return std::unexpected(won ? won->outcome.error() : won.error());
    co_return text;
}

Flow<ScriptedActor::Text> ScriptedActor::loop(WorkflowContext &context, const Op &op, Place place)
{
    const QString scope = place.scope.isEmpty() ? op.name : place.scope + u'/' + op.name;
    // The state: the turn, and what was seen.
    const QStringList first { u"1"_s, place.seen };
    auto body = [this, &op, scope](WorkflowContext &inner, const QStringList &state) {
        return turn(inner, op, scope, state);
    };
    auto looping = context.loop<QStringList>(op.name, first, body);
    auto looped = co_await looping;
    const QString text = textOf(looped, looped ? looped->value(1) : QString());
    observe(pathOf(place.scope, op.name) + m_superseded.labelInside(place.scope, op.name), text);
    co_return looped ? Text(text) : std::unexpected(looped.error());
}

Flow<Result<LoopTurn<QStringList>>> ScriptedActor::turn(WorkflowContext &context, const Op &op, QString scope,
                                                        QStringList state)
{
    const int number = state.value(0).toInt();
    auto running = block(context, op.blocks.front(), { scope + u'#' + QString::number(number), state.value(1) });
    auto ran = co_await running;
    if (!ran)
        co_return std::unexpected(ran.error());
    if (!context.isReadAgain() && world.sabotage != Sabotage::undoesEndedTurns)
        world.model.turnEnds(self().id, m_superseded.entries(), scope + u'#' + QString::number(number));
    const QStringList next { QString::number(number + 1), *ran };
    co_return number < op.turns ? LoopTurn<QStringList>::next(next) : LoopTurn<QStringList>::end(next);
}

Flow<ScriptedActor::Text> ScriptedActor::child(WorkflowContext &context, const Op &op, Place place)
{
    auto waiting = context.child<QString>(op.name, u"Kid"_s, {}, op.ifCancelled);
    auto ended = co_await waiting;
    const QString key = entryKey(place.scope, op.name);
    if (ended)
        world.model.isTold(key, *ended);
    observe(key, textOf(ended, ended.value_or(QString())));
    co_return ended;
}

// ---- steps

Flow<ScriptedActor::Text> ScriptedActor::step(WorkflowContext &context, const Op &op, Place place)
{
    const QString key = entryKey(place.scope, op.name);
    auto stepping = context.step<int>(
        op.name, op.options, [this, &op, key, seen = place.seen](StepRun &run) { return body(op, key, seen, run); },
        [this, &op, key](int value) { return completed(op, key, value); });
    auto stepped = co_await stepping;
    observe(key, textOf(stepped, QString::number(stepped.value_or(0))));
    if (!stepped)
        co_return std::unexpected(stepped.error());
    if (op.compensated)
        registerUndo(context, place, op.name);
    co_return QString::number(*stepped);
}

void ScriptedActor::registerUndo(WorkflowContext &context, const Place &place, const QString &step)
{
    const int record = m_superseded.entries();
    const QString inside = place.scope.isEmpty() ? QString() : place.scope + u'/' + step;
    const QString name = world.model.undoName(self().id, record, inside);
    const QString entry = place.scope.isEmpty() ? name : place.scope + u'/' + name; // in the outermost scope
    const QString mark = Superseded::undoMark(name, m_superseded.generation({}, entry));
    world.model.registered(self().id, record, mark, place.scope);
    StepOptions options;
    options.retry = RetryPolicy::forEver(20s);
    context.ifItFails(name, options, [this, mark](StepRun &run) { return undo(mark, run); });
}

Async<Result<int>> ScriptedActor::body(const Op &op, QString key, QString seen, StepRun &run)
{
    if (!key.startsWith(run.idempotencyKey()))
        world.model.violate(u"%1 has the idempotency key %2"_s.arg(key, run.idempotencyKey()));
    const int runs = world.model.bodyRuns(key);
    const Alive alive(world, { key, run.attempt(), seen, op.options.onceOnly && world.handRetries[self().id] == 0 });
    world.note(u"body %1 attempt %2"_s.arg(key).arg(run.attempt()));
    if (op.reports && world.sabotage == Sabotage::effectOutsideCommit) {
        system().send(ledger(1), Deposit { u"of "_s + key, 1 }, {}, [](const Result<void> &) { });
        world.model.expect(ledger(1).text(), u"of "_s + key);
    }
    const Ending ending = size_t(runs) < op.endings.size() ? op.endings[size_t(runs)] : Ending::well;
    auto ended = end(ending, key, run);
    co_return co_await ended;
}

Async<Result<int>> ScriptedActor::end(Ending ending, QString key, StepRun &run)
{
    run.progress(u"half"_s, 0.5);
    switch (ending) {
    case Ending::well:
        break;
    case Ending::later: {
        auto outside = world.waitOutside(key);
        co_await outside;
        run.sign();
        auto pause = clock().sleep(std::chrono::milliseconds(world.chance.between(1, 3'000)));
        co_await pause;
        break;
    }
    case Ending::transient: {
        auto outside = world.waitOutside(key);
        co_await outside;
        co_return fail(codes::Program::internal, u"not now"_s, Retry::transient);
    }
    case Ending::terminal:
        co_return fail(codes::Program::internal, u"never"_s);
    case Ending::thrown:
        throw std::runtime_error("a body threw");
    case Ending::hanging: {
        Promise<bool> never;
        co_await never;
        break;
    }
    case Ending::detail:
        (void)run.saveDetail(run.lastDetail().toInt() + 1);
        co_return fail(codes::Program::internal, u"a part is done"_s, Retry::transient);
    }
    co_return world.chance.between(1, 1'000'000);
}

// In the transaction of the step's completion.
Result<void> ScriptedActor::completed(const Op &op, const QString &key, int value)
{
    if (auto marked = mark(u"step "_s + key, value); !marked)
        return marked;
    const bool reports = op.reports && world.sabotage != Sabotage::effectOutsideCommit;
    whenDurable([this, key, value, reports] {
        if (!world.isAlive())
            return;
        world.model.stepDurable(key, value);
        if (reports)
            world.model.expect(ledger(1).text(), u"of "_s + key);
    });
    return reports ? send(ledger(1), Deposit { u"of "_s + key, 1 }) : Result<void>();
}

Async<Result<void>> ScriptedActor::undo(QString mark, StepRun &run)
{
    world.note(u"undo %1 %2"_s.arg(place(), mark));
    if (world.chance.oneIn(3))
        co_return fail(codes::Program::internal, u"not now"_s, Retry::transient);
    run.onCommit([this, mark] { return this->mark(mark); });
    co_return Result<void>();
}

// ---- from outside

void ScriptedActor::over(RunStatus status)
{
    const bool isEnd = status == RunStatus::done || status == RunStatus::ended || status == RunStatus::cancelled;
    if (!isEnd || !world.isAlive())
        return;
    const auto superseded = Superseded::read(store());
    if (superseded)
        world.model.runEnds(self().id, place(), superseded->entries(), status == RunStatus::done);
}

bool ScriptedActor::isOver() const
{
    const RunStatus status = workflowView().status();
    return status == RunStatus::done || status == RunStatus::ended || status == RunStatus::cancelled;
}

void ScriptedActor::onWorkflowChanged(const WorkflowView &view, bool durable)
{
    if (!durable || !world.isAlive())
        return;
    const RunStatus status = view.status();
    world.note(u"%1 %2"_s.arg(place()).arg(int(status)));
    if (status == RunStatus::diverged)
        world.model.violate(view.failure() ? view.failure()->chain() : place());
    if (status == RunStatus::damaged && world.deaths[self().id] < limits::runDeaths)
        world.model.violate(view.failure() ? view.failure()->chain() : place());
    whenDurable([this, status] { over(status); });
}

Result<QJsonValue> ScriptedActor::onMessage(const Message &message)
{
    return dispatch<std::variant<Hand>>(message, [this](const Hand &hand) {
        Result<void> done;
        if (hand.action == u"cancel"_s)
            done = workflow().cancel();
        else if (hand.action == u"pause"_s)
            done = workflow().pause();
        else if (hand.action == u"resume"_s)
            done = workflow().resume();
        else if (hand.action == u"retry"_s) {
            ++world.handRetries[self().id];
            done = workflow().retryStep();
        } else if (hand.action == u"skip"_s)
            done = workflow().skipStep(7);
        else if (hand.action == u"rewind"_s)
            done = rewind(hand.any);
        else
            done = workflow().stopStep();
        world.note(u"%1 %2 %3"_s.arg(place(), hand.action, textOf(done)));
    });
}

Result<void> ScriptedActor::rewind(int any)
{
    const std::vector<WorkflowEntry> entries = workflowView().entries(0);
    if (entries.empty())
        return fail(codes::Workflow::misuse, u"nothing to go back to"_s);
    return workflow().rewind(entries[size_t(any) % entries.size()].number);
}

QString ScriptedActor::waitText() const
{
    const WorkflowWait wait = workflowView().wait();
    return u"status %1 cause %2 %3 until %4"_s.arg(int(workflowView().status()))
        .arg(int(wait.cause))
        .arg(wait.step)
        .arg(wait.until);
}

QString ScriptedActor::nudge()
{
    if (isOver()) {
        over(workflowView().status());
        return {};
    }
    const RunStatus status = workflowView().status();
    if (status == RunStatus::paused || status == RunStatus::damaged)
        return u"resume "_s + textOf(workflow().resume());
    if (status == RunStatus::failed || status == RunStatus::stopped)
        return u"skip "_s + textOf(workflow().skipStep(7));
    return waitText();
}

} // namespace foundry::simulation
