#include "ScriptedWorld.h"

namespace foundry::test {

namespace {

constexpr Millis second = 1000;
constexpr Millis minute = 60 * second;
constexpr Millis hour = 60 * minute;

RepositorySummary repository(const QString &id, const QString &remote)
{
    return { RepositoryId { id }, id, u"/home/mona/src/"_s + id, u"main"_s, remote, {} };
}

std::vector<SystemCheck> checks(bool isolated)
{
    std::vector<SystemCheck> all { { u"git"_s, CheckStatus::good, u"2.39.5"_s, {} },
                                   { u"isolation"_s, CheckStatus::good, u"bubblewrap 0.8.0, user namespaces"_s, {} } };
    if (!isolated)
        all[1] = { u"isolation"_s, CheckStatus::bad, {}, failure(codes::Sandbox::bubblewrapMissing) };
    return all;
}

std::vector<AgentOffer> agents()
{
    AgentOffer codex { u"codex"_s, u"Codex"_s, u"0.147.0"_s,
                       false,      false,      AgentReadiness::ready,
                       {},         {},         { u"api.openai.com"_s, u"chatgpt.com"_s } };
    AgentOffer claude { u"claude"_s,
                        u"Claude"_s,
                        {},
                        false,
                        false,
                        AgentReadiness::needsSignIn,
                        {},
                        u"Run claude and sign in there."_s,
                        { u"api.anthropic.com"_s } };
    AgentOffer gemini { u"gemini"_s, u"Gemini"_s,
                        {},          false,
                        false,       AgentReadiness::missing,
                        u"gemini"_s, u"npm install -g @google/gemini-cli"_s,
                        {} };
    AgentOffer demonstration { u"demo"_s, u"Demonstration agent"_s, u"0.1.0"_s, true,
                               false,     AgentReadiness::ready,    {},         {},
                               {} };
    return { codex, claude, gemini, demonstration };
}

TaskSummary task(const QString &id, const QString &repository, const QString &title, TaskState state, Millis age)
{
    TaskSummary task;
    task.id = { id };
    task.repository = { repository };
    task.title = title;
    task.branch = u"fix/"_s + id;
    task.baseBranch = u"main"_s;
    task.state = state;
    task.agent = u"codex"_s;
    task.session = { id + u"-s1"_s };
    task.createdAt = worldNow - age - hour;
    task.activeAt = worldNow - age;
    task.actions = { TaskAction::archive, TaskAction::remove };
    return task;
}

TaskSummary asking()
{
    TaskSummary asks
        = task(u"login-redirect-loop"_s, u"shop"_s, u"Fix login redirect loop"_s, TaskState::needsYou, 8 * second);
    asks.reason = { TaskWhy::asksPermission, u"Reach registry.example"_s, worldNow - 8 * second };
    asks.changes = { 3, 41, 6 };
    asks.actions = { TaskAction::stop, TaskAction::prompt };
    return asks;
}

TaskSummary failed()
{
    TaskSummary failing
        = task(u"postgres-driver"_s, u"site"_s, u"Upgrade Postgres driver"_s, TaskState::publishing, 4 * minute);
    failing.overlay = TaskOverlay::failed;
    failing.reason = { TaskWhy::stepFailed, u"push"_s, worldNow - 4 * minute };
    failing.failure
        = failure(codes::Git::refused,
                  u"remote: error: GH006: Protected branch update failed for refs/heads/fix/postgres-driver."_s);
    failing.changes = { 2, 12, 12 };
    failing.actions = { TaskAction::retryStep, TaskAction::bringIntoClone, TaskAction::archive, TaskAction::remove };
    return failing;
}

TaskSummary working()
{
    TaskSummary works
        = task(u"full-text-search"_s, u"shop"_s, u"Add full-text search to orders"_s, TaskState::working, 12 * second);
    works.reason = { TaskWhy::agentWorks, u"edits src/search/index.ts"_s, worldNow - 70 * second };
    works.changes = { 9, 312, 18 };
    works.actions = { TaskAction::stop, TaskAction::prompt };
    return works;
}

TaskSummary finished()
{
    TaskSummary done = task(u"cache-images"_s, u"shop"_s, u"Cache product images"_s, TaskState::ready, 9 * minute);
    done.reason = { TaskWhy::turnFinished, u"end_turn"_s, worldNow - 9 * minute };
    done.changes = { 4, 64, 9 };
    done.unread = true;
    done.actions = { TaskAction::prompt, TaskAction::publish, TaskAction::bringIntoClone, TaskAction::archive,
                     TaskAction::remove };
    return done;
}

TaskSummary interrupted()
{
    TaskSummary broken = task(
        u"currency"_s, u"shop"_s,
        u"Show prices in the visitor\u2019s currency, with the rate of the day and the rounding that each country expects"_s,
        TaskState::needsYou, 26 * minute);
    broken.reason = { TaskWhy::turnInterrupted, {}, worldNow - 26 * minute };
    broken.actions = { TaskAction::continueTurn, TaskAction::sendAgain, TaskAction::archive, TaskAction::remove };
    return broken;
}

std::vector<TaskSummary> tasks()
{
    std::vector<TaskSummary> all { asking(), failed(), interrupted(), working(), finished() };
    all.push_back(task(u"drop-node-18"_s, u"shop"_s, u"Drop Node 18 from CI"_s, TaskState::published, 2 * hour));
    all.back().reason = { TaskWhy::publishedTo, u"origin/drop-node-18"_s, 0 };
    all.back().changes = { 1, 2, 5 };
    all.push_back(task(u"dark-footer"_s, u"site"_s, u"Make the footer readable in dark mode"_s, TaskState::preparing,
                       3 * second));
    all.back().reason = { TaskWhy::runsStep, u"createSandbox"_s, worldNow - 3 * second };
    all.back().actions = { TaskAction::stop };
    all.push_back(task(u"sitemap"_s, u"site"_s, u"Write a sitemap"_s, TaskState::queued, 1 * second));
    all.back().reason = { TaskWhy::waitsForTurn, {}, worldNow };
    all.push_back(task(u"flaky"_s, u"site"_s, u"Find the flaky test"_s, TaskState::ready, 30 * hour));
    all.back().overlay = TaskOverlay::stopped;
    all.back().reason = { TaskWhy::stoppedByPerson, {}, 0 };
    all.push_back(task(u"old-logo"_s, u"notes"_s, u"Replace the old logo"_s, TaskState::archived, 80 * hour));
    all.back().actions = { TaskAction::unarchive, TaskAction::remove };
    all.push_back(task(u"gone"_s, u"notes"_s, u"Try another font"_s, TaskState::deleted, 90 * hour));
    all.back().reason = { TaskWhy::deletedUntil, QString::number(worldNow + 600 * hour), 0 };
    all.back().actions = { TaskAction::restore };
    return all;
}

TranscriptEntry entry(qint64 position, EntryKind kind, EntryBody body)
{
    return { position, kind, 1, worldNow - 80 * second + position * 3 * second, false, std::move(body) };
}

ToolCall tool(const QString &title, const QString &kind, ToolStatus status)
{
    ToolCall call;
    call.id = title;
    call.title = title;
    call.kind = kind;
    call.status = status;
    if (status == ToolStatus::completed)
        call.endedAt = worldNow - 60 * second;
    return call;
}

ToolCall edit()
{
    ToolCall call = tool(u"src/auth/session.ts"_s, u"edit"_s, ToolStatus::completed);
    const QString before
        = u"export async function authenticate(req: Request) {\n  const session = read(req.cookies.sid);\n  if (session.expired) return redirect(\"/login\");\n  return session;\n}\n"_s;
    const QString after
        = u"export async function authenticate(req: Request) {\n  const session = await refreshIfDue(read(req.cookies.sid));\n  if (session.expired) return redirect(\"/login?reason=expired\");\n  return session;\n}\n"_s;
    call.diffs = { { u"src/auth/session.ts"_s, before, after, false } };
    return call;
}

Permission question()
{
    return { u"r1"_s,
             {},
             u"Reach registry.example?"_s,
             { { u"once"_s, u"Allow for this task"_s, u"allow_once"_s },
               { u"always"_s, u"Always in shop"_s, u"allow_always"_s },
               { u"no"_s, u"Refuse"_s, u"reject_once"_s } },
             {},
             false };
}

TimelineEntry step(const QString &name, StepStatus status, Millis took)
{
    TimelineEntry step;
    step.name = name;
    step.status = status;
    step.attempt = 1;
    step.maxAttempts = 3;
    step.startedAt = step.attemptStartedAt = worldNow - 100 * second;
    step.endedAt = status == StepStatus::done ? step.startedAt + took : 0;
    return step;
}

} // namespace

answer::Workbench emptyWorld()
{
    answer::Workbench world;
    world.agents = agents();
    world.checks = checks(true);
    world.dataFolder = u"/home/mona/.local/share/foundry"_s;
    return world;
}

answer::Workbench world()
{
    answer::Workbench all = emptyWorld();
    all.repositories = { repository(u"shop"_s, u"git@example.org:acme/shop.git"_s),
                         repository(u"site"_s, u"git@example.org:acme/site.git"_s), repository(u"notes"_s, {}) };
    all.tasks = tasks();
    all.drafts.insert(
        u"newTask:shop"_s,
        u"Users with an expired session bounce between /login and /callback. Find out why and fix it, with a test."_s);
    return all;
}

answer::Workbench manyTasks(int count)
{
    answer::Workbench all = world();
    for (int i = 0; i < count; ++i) {
        all.tasks.push_back(task(u"many-%1"_s.arg(i), i % 3 ? u"shop"_s : u"site"_s, u"Task number %1 of many"_s.arg(i),
                                 TaskState::published, hour + i * minute));
        all.tasks.back().changes = { 1, i % 90, i % 40 };
    }
    return all;
}

TaskDetails detailsOf(const TaskSummary &task)
{
    TaskDetails details;
    details.id = task.id;
    TimelineEntry branch = step(u"createBranch"_s, StepStatus::done, 12);
    branch.subject = task.branch;
    TimelineEntry session = step(u"createSession"_s, StepStatus::done, 10'400);
    session.attempt = 2;
    session.attempts = { { 1, session.startedAt, session.startedAt + 10'000, failure(codes::Agent::silent) } };
    TimelineEntry turn
        = step(u"turn"_s, task.state == TaskState::ready ? StepStatus::done : StepStatus::running, 62'000);
    turn.subject = u"1"_s;
    turn.startedAt = worldNow - 72 * second;
    turn.lastSignAt = worldNow - 2 * second;
    turn.maxAttempts = 1;
    details.timeline = {
        branch, step(u"createSandbox"_s, StepStatus::done, 310), step(u"startAgent"_s, StepStatus::done, 210), session,
        turn,   step(u"commit"_s, StepStatus::pending, 0),       step(u"push"_s, StepStatus::pending, 0)
    };
    details.sandbox.provider = u"bubblewrap"_s;
    details.sandbox.exists = true;
    details.sandbox.directory = u"/home/mona/.local/share/foundry/sandboxes/"_s + task.id.value;
    details.sandbox.allowedHosts = { u"api.openai.com"_s, u"chatgpt.com"_s };
    details.sandbox.deniedHosts = { u"registry.example"_s };
    details.sandbox.snapshots = 2;
    details.sandbox.agentRunning = true;
    SessionInfo info;
    info.id = task.session;
    info.agent = task.agent;
    info.open = true;
    info.options
        = { { u"model"_s,
              u"Model"_s,
              u"model"_s,
              u"gpt-5.4"_s,
              { { u"gpt-5.4"_s, u"gpt-5.4"_s, {} }, { u"gpt-5.4-mini"_s, u"gpt-5.4 mini"_s, u"quicker"_s } } } };
    info.commands = { { u"review"_s, u"Review the changes"_s, {} } };
    info.usage = { 41'200, 48'000, 400'000, 0.18, u"USD"_s };
    details.sessions = { info };
    details.baseCommit = u"4be1c2a9f0d34e5a"_s;
    return details;
}

std::vector<TranscriptEntry> transcriptOf(const TaskSummary &task)
{
    std::vector<TranscriptEntry> all;
    const auto add
        = [&all](EntryKind kind, EntryBody body) { all.push_back(entry(qint64(all.size()), kind, std::move(body))); };
    add(EntryKind::personMessage,
        MessageText {
            u"Users with an expired session bounce between `/login` and `/callback`. Find out why and fix it, with a test."_s });
    add(EntryKind::thought,
        MessageText { u"The guard runs before the refresh. I should look at the order of the middleware first."_s });
    add(EntryKind::agentMessage,
        MessageText {
            u"The cookie is refreshed *after* the guard has already read it, so the guard sees the old expiry and redirects again. I\u2019ll move the refresh in front of the guard and cover both orders with a test."_s });
    add(EntryKind::plan,
        std::vector<PlanItem> { { u"Read the guard and the refresh"_s, {}, PlanStatus::completed },
                                { u"Refresh before the guard reads"_s, {}, PlanStatus::inProgress },
                                { u"Cover both orders with a test"_s, {}, PlanStatus::pending } });
    add(EntryKind::toolCall, tool(u"src/auth/session.ts, guard.ts"_s, u"read"_s, ToolStatus::completed));
    add(EntryKind::toolCall, edit());
    ToolCall run = tool(u"npm ci && npm test -- auth"_s, u"execute"_s, ToolStatus::inProgress);
    run.output = u"> shop@2.4.0 test\n> vitest run auth\n"_s;
    add(EntryKind::toolCall, run);
    if (task.reason.why == TaskWhy::asksPermission)
        add(EntryKind::permission, question());
    if (task.state == TaskState::ready) {
        std::get<ToolCall>(all.back().body).status = ToolStatus::completed;
        std::get<ToolCall>(all.back().body).endedAt = all.back().at + 7400;
        add(EntryKind::agentMessage,
            MessageText {
                u"Done: the refresh runs first now, and `session.test.ts` covers both orders.\n\n- `src/auth/session.ts`\n- `src/auth/session.test.ts`"_s });
        add(EntryKind::turnEnd, TurnEnd { u"end_turn"_s, 62'000 });
    }
    if (task.reason.why == TaskWhy::turnInterrupted)
        add(EntryKind::notice, Notice { NoticeKind::interrupted, {}, failure(codes::Task::interrupted) });
    return all;
}

std::vector<ChangedFile> changedFiles()
{
    return { { u"src/auth/session.ts"_s, {}, FileState::modified, 24, 4, false },
             { u"src/auth/session.test.ts"_s, {}, FileState::added, 15, 0, false },
             { u"docs/login.png"_s, {}, FileState::modified, 0, 0, true },
             { u"src/auth/middleware.ts"_s, u"src/auth/guard.ts"_s, FileState::renamed, 2, 2, false } };
}

FileDiff diffOf(const QString &path)
{
    FileDiff diff;
    diff.file = changedFiles().front();
    diff.file.path = path;
    const auto line = [](LineKind kind, int before, int after, const QString &text) {
        return DiffLine { kind, before, after, text, false };
    };
    diff.hunks
        = { { u"export async function authenticate"_s,
              { line(LineKind::context, 41, 41, u"export async function authenticate(req: Request) {"_s),
                line(LineKind::removed, 42, 0, u"  const session = read(req.cookies.sid);"_s),
                line(LineKind::removed, 43, 0, u"  if (session.expired) return redirect(\"/login\");"_s),
                line(LineKind::added, 0, 42, u"  const session = await refreshIfDue(read(req.cookies.sid));"_s),
                line(LineKind::added, 0, 43, u"  if (session.expired) return redirect(\"/login?reason=expired\");"_s),
                line(LineKind::context, 44, 44, u"  return session;"_s), line(LineKind::context, 45, 45, u"}"_s) } } };
    return diff;
}

} // namespace foundry::test
