// The workflow of a task: round after round, one unit of work each. Bodies of steps talk to the repository,
// the session and the sandbox; what they reached is noted in the commit that completes them.
#include "Keys.h"
#include "OrganizationMessages.h"
#include "RepositoryMessages.h"
#include "TaskLife.h"
#include "TaskStepTools.h"

namespace foundry {

namespace {

using namespace std::chrono_literals;

constexpr auto repositoryDeadline = std::chrono::minutes(70); // the step's own limit is shorter
constexpr auto sessionDeadline = std::chrono::minutes(5);
constexpr auto turnDeadline = std::chrono::hours(24 * 365); // a turn has no limit

StepOptions optionsOf(Act act)
{
    StepOptions options;
    options.ifItFails = IfItFails::giveBack;
    switch (act) {
    case Act::wait:
    case Act::checkAgent:
    case Act::moveSandbox:
        options.attemptTimeOut = 2min;
        break;
    case Act::resolveBase:
    case Act::createSandbox:
        options.attemptTimeOut = 65min; // git's own limits are shorter, and Stop works all the time
        break;
    case Act::openSession:
        options.attemptTimeOut = 2min;
        break;
    case Act::carryFiles: // each folder has a limit of its own
        options.attemptTimeOut = 65min;
        break;
    case Act::setUp:
        options.attemptTimeOut = 125min; // the script's own limit is shorter
        break;
    case Act::turn:
        // Never sent twice all the same: the session knows its turn by the prompt's id and goes on with it.
        options.retry = RetryPolicy::forEver(5s);
        options.retry.firstDelay = 50ms;
        break;
    case Act::commit:
        options.attemptTimeOut = 5min;
        break;
    case Act::snapshot: // reading the tree and bringing it home have limits of their own
        options.attemptTimeOut = 35min;
        break;
    case Act::bringBase: // a large fetch; git's own limits are shorter
        options.attemptTimeOut = 65min;
        options.retry.firstDelay = 2s;
        break;
    case Act::push:
    case Act::bringIntoClone:
        options.attemptTimeOut = 35min;
        options.retry.firstDelay = 2s;
        break;
    case Act::openPullRequest: // what was done before is found and used, so it may be repeated
    case Act::mergePullRequest:
        options.attemptTimeOut = 5min;
        options.retry.firstDelay = 2s;
        options.retry.maxAttempts = 6;
        break;
    case Act::archive:
        break;
    case Act::release:
    case Act::purge:
        options.attemptTimeOut = 10min;
        options.retry.maxAttempts = 8;
        break;
    }
    return options;
}

} // namespace

Workflow TaskActor::run(WorkflowContext &context)
{
    auto living
        = context.loop<int>(u"life"_s, 0, [this](WorkflowContext &inner, int count) { return round(inner, count); });
    auto lived = co_await living;
    if (!lived)
        co_return std::unexpected(lived.error());
    co_return Result<void>();
}

Flow<Result<LoopTurn<int>>> TaskActor::round(WorkflowContext &context, int count)
{
    auto deciding
        = context.step<Act>(u"decide"_s, optionsOf(Act::wait), [this](StepRun &step) { return decide(step); });
    auto act = co_await deciding;
    if (!act)
        co_return std::unexpected(act.error());
    if (*act == Act::wait) {
        auto waiting = context.receive(u"wait"_s, { nameOf<task::Go>() });
        auto received = co_await waiting;
        if (!received)
            co_return std::unexpected(received.error());
        co_return LoopTurn<int>::next(count + 1);
    }
    auto performing = perform(context, *act);
    auto done = co_await performing;
    if (!done) {
        auto noting
            = context.commit(u"note"_s, [this, act = *act, failure = done.error()] { return failed(act, failure); });
        if (auto noted = co_await noting; !noted)
            co_return std::unexpected(noted.error());
    }
    co_return LoopTurn<int> { count + 1, !(done && *act == Act::purge) };
}

Flow<Result<void>> TaskActor::perform(WorkflowContext &context, Act act)
{
    if (act == Act::openSession || act == Act::turn) {
        // Its process ends after a while without work, so each turn makes sure of it.
        auto starting = context.step<void>(u"startAgent"_s, optionsOf(Act::openSession),
                                           [this](StepRun &step) { return startAgent(step); });
        if (auto started = co_await starting; !started)
            co_return started;
        auto opening = context.step<void>(u"openSession"_s, optionsOf(Act::openSession),
                                          [this](StepRun &step) { return openSession(step); });
        auto opened = co_await opening;
        if (!opened || act == Act::openSession)
            co_return opened;
        auto beginning = context.commit(u"turnBegins"_s, [this] { return turnBegins(); });
        if (auto begun = co_await beginning; !begun)
            co_return begun;
        StepOptions options = optionsOf(act);
        auto prompting = context.step<void>(u"turn"_s, options, [this](StepRun &step) { return turn(step); });
        co_return co_await prompting;
    }
    StepOptions options = optionsOf(act);
    auto doing
        = context.step<void>(enumName(act), options, [this, act](StepRun &step) { return dispatchAct(act, step); });
    co_return co_await doing;
}

Async<Result<void>> TaskActor::dispatchAct(Act act, StepRun &step)
{
    switch (act) {
    case Act::resolveBase:
        return resolveBase(step);
    case Act::createSandbox:
        return createSandbox(step);
    case Act::checkAgent:
        return checkAgent(step);
    case Act::carryFiles:
        return carryFiles(step);
    case Act::setUp:
        return setUp(step);
    case Act::snapshot:
        return snapshot(step);
    case Act::commit:
        return makeCommit(step);
    case Act::push:
        return push(step);
    case Act::bringIntoClone:
        return bringIntoClone(step);
    case Act::openPullRequest:
        return openPullRequest(step);
    case Act::mergePullRequest:
        return mergePullRequest(step);
    case Act::bringBase:
        return bringBase(step);
    case Act::archive:
        return archiveMerged(step);
    case Act::moveSandbox:
        return moveSandbox(step);
    case Act::release:
        return release(step);
    case Act::purge:
        return purge(step);
    case Act::wait:
    case Act::openSession:
    case Act::turn:
        break;
    }
    return checkAgent(step); // not reached: perform handles the rest
}

Async<Result<Act>> TaskActor::decide(StepRun &step)
{
    auto waiting = TaskStore(store()).waiting();
    if (!waiting)
        co_return std::unexpected(waiting.error());
    const Act act = nextAct(*m_facts, int(waiting->size()), clock().now());
    step.onCommit([this, act]() -> Result<void> {
        const Act shown = act == Act::turn ? Act::openSession : act;
        const bool stopped = isStoppedEarly(*m_facts) && m_facts->summary.overlay == TaskOverlay::none;
        if (stopped)
            m_facts.edit().summary.overlay = TaskOverlay::stopped;
        if (m_facts->running == shown && !stopped)
            return {};
        m_facts.edit().running = shown;
        return changed(act != Act::wait);
    });
    co_return act;
}

// ---- helpers ---------------------------------------------------------------------------------------

Async<Result<QJsonValue>> TaskActor::askSession(::foundry::Message message, bool stoppable)
{
    const auto deadline
        = message.name == nameOf<session::Prompt>() ? std::chrono::milliseconds(turnDeadline) : sessionDeadline;
    auto asking = askMessage(keys::sessionOf(m_facts->summary.id, m_facts->session.id), std::move(message), deadline);
    if (!stoppable) {
        auto answer = co_await asking;
        co_return answer;
    }
    auto bounded = untilStopped<QJsonValue>(std::move(asking));
    auto answer = co_await bounded;
    co_return answer;
}

Async<Result<QJsonValue>> TaskActor::askRepository(::foundry::Message message)
{
    auto bounded = untilStopped<QJsonValue>(
        askMessage(keys::repositoryOf(m_facts->summary.repository), std::move(message), repositoryDeadline));
    auto answer = co_await bounded;
    co_return answer;
}

SandboxProvider &TaskActor::provider() const
{
    const bool plain = m_facts->sandbox && m_facts->sandbox->provider == m_services.plain.name();
    return plain ? m_services.plain : m_services.bubblewrap;
}

QString TaskActor::refs(const QString &name) const
{
    return u"refs/foundry/tasks/%1/%2"_s.arg(m_facts->summary.id.value, name);
}

// `running` stays until `decide` knows what comes next: in between nothing rests.
Result<void> TaskActor::ended(Act act)
{
    m_stopping = false;
    if (act == Act::turn)
        m_doing.clear();
    const QString subject = act == Act::turn ? QString::number(m_facts->turns) : QString();
    if (auto noted = TaskStore(store()).finishLine(enumName(act), subject, clock().now()); !noted)
        return noted;
    return changed();
}

Result<void> TaskActor::failed(Act act, const Failure &failure)
{
    LifeFacts &facts = m_facts.edit();
    facts.running = Act::wait;
    const bool stopped = failure.is(codes::Workflow::stopped);
    m_stopping = false;
    if (auto noted = TaskStore(store()).failLine(failure, clock().now()); !noted)
        return noted;
    if (act == Act::turn && facts.interrupted)
        return turnFailed(failure);
    if (act == Act::snapshot || act == Act::moveSandbox) {
        // A missing nicety does not stop the task (L29): the timeline shows it, the next turn tries again.
        facts.snapshotDue = facts.snapshotDue && act != Act::snapshot;
        if (act == Act::moveSandbox || !facts.publish) {
            if (act == Act::moveSandbox)
                facts.publish.reset();
            return changed();
        }
    }
    if (facts.archived && act != Act::release && act != Act::purge)
        return changed();
    facts.failedStep = act == Act::turn ? u"openSession"_s : enumName(act);
    facts.summary.overlay = stopped ? TaskOverlay::stopped : TaskOverlay::failed;
    facts.summary.failure = failure;
    facts.summary.unread = !stopped;
    return changed();
}

// ---- turns -----------------------------------------------------------------------------------------

Result<void> TaskActor::turnBegins()
{
    auto waiting = TaskStore(store()).waiting();
    if (!waiting)
        return std::unexpected(waiting.error());
    if (waiting->empty())
        return fail(codes::Task::missing, u"the prompt was dropped"_s);
    const QString prompt = waiting->front().id;
    if (auto marked = TaskStore(store()).markSent(prompt); !marked)
        return marked;
    LifeFacts &facts = m_facts.edit();
    facts.lastPrompt = prompt;
    facts.turns += 1;
    facts.running = Act::turn;
    facts.interrupted = true; // until its end is known
    facts.stoppedByPerson = false;
    facts.snapshotDue = true;
    m_asking.clear();
    return changed();
}

Async<Result<void>> TaskActor::turn(StepRun &step)
{
    auto text = TaskStore(store()).promptText(m_facts->lastPrompt);
    if (!text)
        co_return std::unexpected(text.error());
    session::Prompt prompt { m_facts->lastPrompt, *text, {}, m_facts->hold };
    if (m_facts->lastPrompt == m_facts->continuation) {
        auto interrupted = TaskStore(store()).promptText(m_facts->interruptedPrompt);
        if (!interrupted)
            co_return std::unexpected(interrupted.error());
        prompt.interrupted = *interrupted;
    }
    watchBudget(step.begunAt());
    auto asking = askSession(toMessage(prompt), false);
    auto answer = co_await asking;
    if (const auto over = leaveBudget(); over && answer)
        co_return std::unexpected(*over);
    if (!answer && !answer.error().is(codes::Actor::stopped)) { // stopped: asked again, it takes up the turn
        const bool unknown = step.attempt() > 1 && answer.error().is(codes::Agent::sessionLost);
        if (unknown)
            answer = fail(codes::Workflow::unknownOutcome, u"turn"_s);
        answer.error().retry = Retry::terminal;
    }
    auto end = as<TurnEnd>(std::move(answer));
    if (!end)
        co_return std::unexpected(end.error());
    step.onCommit([this, end = *end] {
        LifeFacts &facts = m_facts.edit();
        facts.interrupted = false;
        facts.stopReason = end.stopReason;
        facts.stoppedByPerson = end.stopReason == u"cancelled";
        facts.turnEndedAt = clock().now();
        facts.summary.unread = true;
        facts.started = true;
        return ended(Act::turn);
    });
    co_return Result<void>();
}

Result<void> TaskActor::turnFailed(const Failure &failure)
{
    LifeFacts &facts = m_facts.edit();
    facts.summary.unread = true;
    m_asking.clear();
    m_doing.clear();
    // The outcome is unknown because the program ended: nothing is wrong but that. Otherwise it is said.
    if (!failure.is(codes::Workflow::unknownOutcome))
        facts.summary.failure = failure;
    return changed();
}

Async<Result<void>> TaskActor::snapshot(StepRun &step)
{
    if (!m_facts->sandbox)
        co_return fail(codes::Sandbox::notFound);
    const SandboxRecord record = *m_facts->sandbox;
    step.progress(u"reading the tree"_s);
    SandboxGit git(provider());
    auto snapping = untilStopped<SandboxSnapshot>(git.snapshot(record, u"Snapshot of "_s + m_facts->summary.title));
    auto made = co_await snapping;
    if (!made)
        co_return std::unexpected(made.error());
    if (made->head.isEmpty())
        co_return fail(codes::Git::noCommits, u"the checkout has no commit any more"_s);
    auto program = provider().uploadPackProgram(record);
    if (!program)
        co_return std::unexpected(program.error());
    step.progress(u"bringing it home"_s);
    const int number = m_facts->snapshots + 1;
    repository::BringHome home {
        *program, { u"HEAD"_s, SandboxGit::snapshotRef }, { refs(u"head"_s), refs(u"snapshots/%1"_s.arg(number)) }, {}
    };
    for (size_t i = 0; i < made->modules.size(); ++i) {
        if (made->modules[i].commit.isEmpty())
            continue;
        home.sources << SandboxGit::moduleRef(i, u"head"_s) << SandboxGit::moduleRef(i, u"snapshot"_s);
        home.destinations << moduleRefs(i, u"head"_s) << moduleRefs(i, u"snapshots/%1"_s.arg(number));
    }
    auto bringing = askGit(std::move(home), step);
    auto answer = co_await bringing;
    auto commits = as<QStringList>(std::move(answer));
    if (!commits)
        co_return std::unexpected(commits.error());
    auto takingLfs = takeLfs(*made, step);
    if (auto taken = co_await takingLfs; !taken)
        co_return taken;
    auto looking = baseOf(*made);
    auto base = co_await looking;
    if (!base)
        co_return std::unexpected(base.error());
    auto measuring = askRepository(toMessage(repository::MeasureChanges { *base, made->commit }));
    auto measured = co_await measuring;
    auto totals = as<ChangeTotals>(std::move(measured));
    if (!totals)
        co_return std::unexpected(totals.error());
    step.onCommit([this, made = *made, totals = *totals, number, base = *base] {
        LifeFacts &facts = m_facts.edit();
        if (base != facts.baseCommit) {
            facts.baseCommit = base;
            facts.broughtBase.clear();
            facts.baseMerged = true;
        }
        facts.snapshot = made.commit;
        facts.snapshotTree = made.tree;
        facts.head = made.head;
        facts.snapshots = number;
        facts.snapshotDue = false;
        facts.summary.changes = totals;
        noteSnapshot(made);
        if (facts.publish && facts.publish->next == Act::snapshot)
            facts.publish->next = Act::commit;
        return ended(Act::snapshot);
    });
    co_return Result<void>();
}

} // namespace foundry
