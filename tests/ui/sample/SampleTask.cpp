#include "SampleTask.h"

namespace foundry::test {

SampleTask::SampleTask(EngineLink *link, QObject *parent)
    : QObject(parent)
    , m_link(link)
{
    summary.id = { u"t1"_s };
    summary.session = { u"s1"_s };
    summary.title = u"Fix login redirect loop"_s;
    summary.branch = u"fix/login-redirect-loop"_s;
    summary.baseBranch = u"main"_s;
    summary.agent = u"codex"_s;
    summary.state = TaskState::ready;
    summary.actions = { TaskAction::prompt, TaskAction::publish };
    details.id = summary.id;
    SessionInfo session;
    session.id = summary.session;
    details.sessions = { session };
    connect(link, &EngineLink::asked, this, [this](const Query &query) {
        if (std::holds_alternative<query::TranscriptPage>(query.body))
            ++pages;
        if (holdAnswers)
            m_held.push_back(query);
        else
            answer(query);
    });
    connect(link, &EngineLink::submitted, this, [this](const Command &command) {
        commands.push_back(command.body);
        m_link->deliver(event::CommandFinished { command.id, refuse, {} });
    });
}

void SampleTask::release()
{
    holdAnswers = false;
    std::vector<Query> held;
    held.swap(m_held);
    for (const Query &query : held)
        answer(query);
}

void SampleTask::answer(const Query &query)
{
    m_link->answer({ query.id, reply(query.body) });
}

Result<AnswerBody> SampleTask::reply(const QueryBody &body) const
{
    if (std::holds_alternative<query::TaskDetails>(body))
        return AnswerBody { details };
    if (const auto *page = std::get_if<query::TranscriptPage>(&body)) {
        answer::TranscriptPage told { summary.id, summary.session, 0, qint64(entries.size()), revision, {} };
        const qint64 total = told.total;
        told.from = page->from < 0 ? std::max<qint64>(0, total + page->from) : std::min(page->from, total);
        const qint64 end = std::min(total, told.from + page->count);
        told.entries.assign(entries.begin() + told.from, entries.begin() + end);
        return AnswerBody { told };
    }
    if (std::holds_alternative<query::Changes>(body)) {
        answer::Changes told { summary.id, files, {}, u"abc"_s };
        for (const ChangedFile &file : files) {
            ++told.totals.files;
            told.totals.added += file.added;
            told.totals.removed += file.removed;
        }
        return AnswerBody { told };
    }
    if (const auto *wanted = std::get_if<query::FileDiff>(&body)) {
        for (const FileDiff &diff : diffs) {
            if (diff.file.path == wanted->path)
                return AnswerBody { diff };
        }
        return fail(codes::Task::missing, wanted->path);
    }
    if (std::holds_alternative<query::StepLog>(body))
        return AnswerBody { answer::StepLog { u"npm warn deprecated\nready in 0.2 s"_s, false } };
    return fail(codes::Program::internal, u"the sample does not answer this"_s);
}

void SampleTask::tellSummary()
{
    m_link->deliver(event::TaskChanged { summary });
}

void SampleTask::tellDetails()
{
    m_link->deliver(event::TaskDetailsChanged { details });
}

TranscriptEntry SampleTask::entry(EntryKind kind, EntryBody body, int turn) const
{
    return { qint64(entries.size()), kind, turn, noon, false, std::move(body) };
}

void SampleTask::tell(std::vector<TranscriptChange> changes, bool lost)
{
    for (const TranscriptChange &change : changes) {
        if (const auto *upserted = std::get_if<EntryUpserted>(&change)) {
            const size_t at = size_t(upserted->entry.position);
            if (at == entries.size())
                entries.push_back(upserted->entry);
            else
                entries[at] = upserted->entry;
        } else {
            const auto &appended = std::get<TextAppended>(change);
            std::get<MessageText>(entries[size_t(appended.position)].body).text += appended.text;
        }
    }
    const quint64 previous = revision++;
    if (!lost) {
        m_link->deliver(event::TranscriptChanged { summary.id, summary.session, previous, revision,
                                                   qint64(entries.size()), std::move(changes) });
    }
}

void SampleTask::add(EntryKind kind, EntryBody body, int turn, Millis after)
{
    TranscriptEntry made = entry(kind, std::move(body), turn);
    made.at += after;
    entries.push_back(std::move(made));
}

void SampleTask::playMany(qint64 count)
{
    entries.clear();
    for (qint64 i = 0; i < count; ++i) {
        const int turn = int(i / 10) + 1;
        add(i % 10 == 0 ? EntryKind::personMessage : EntryKind::agentMessage,
            MessageText { u"Entry %1 of a long talk, with `code` and *words*."_s.arg(i) }, turn);
    }
    revision = quint64(count);
}

void SampleTask::playLogin()
{
    summary.state = TaskState::needsYou;
    summary.actions = { TaskAction::prompt, TaskAction::stop };
    summary.changes = { 3, 41, 9 };
    const auto done = [&](const QString &name, const QString &subject, Millis took) {
        TimelineEntry step;
        step.name = name;
        step.subject = subject;
        step.status = StepStatus::done;
        step.attempt = 1;
        step.startedAt = noon;
        step.endedAt = noon + took;
        details.timeline.push_back(step);
    };
    done(u"resolveBase"_s, summary.branch, 20);
    done(u"createSandbox"_s, {}, 300);
    done(u"startAgent"_s, {}, 200);
    done(u"openSession"_s, {}, 10'300);
    details.timeline.back().attempt = 2;
    details.timeline.back().hasLog = true;
    details.timeline.back().attempts
        = { { 1, noon, noon + 10'000, failure(codes::Agent::silent, u"no answer in 10 s"_s) } };
    TimelineEntry turn;
    turn.name = u"turn"_s;
    turn.subject = u"1"_s;
    turn.status = StepStatus::waiting;
    turn.attempt = 1;
    turn.startedAt = noon;
    turn.attemptStartedAt = noon + 64'000;
    details.timeline.push_back(turn);
    for (const QString &name : { u"commit"_s, u"push"_s }) {
        TimelineEntry ahead;
        ahead.name = name;
        details.timeline.push_back(ahead);
    }
    details.sandbox.provider = u"bubblewrap"_s;
    details.sandbox.exists = true;
    details.sandbox.agentRunning = true;
    details.sandbox.directory = u"/home/mona/.local/share/foundry/tasks/t1/checkout"_s;
    details.sandbox.allowedHosts = { u"api.example.com"_s };
    details.sandbox.deniedHosts = { u"registry.example"_s };
    details.sandbox.snapshots = 2;
    details.baseCommit = u"1a2b3c4d5e6f"_s;
    SessionInfo &session = details.sessions.front();
    session.usage = { 41'000, 48'000, 400'000, 0.18, u"USD"_s };
    session.options = { { u"model"_s,
                          u"Model"_s,
                          u"model"_s,
                          u"gpt-5.4"_s,
                          { { u"gpt-5.4"_s, u"gpt-5.4"_s, {} }, { u"gpt-5.4-mini"_s, u"gpt-5.4 mini"_s, {} } } },
                        { u"mode"_s,
                          u"Mode"_s,
                          u"mode"_s,
                          u"free"_s,
                          { { u"free"_s, u"Free in the sandbox"_s, {} }, { u"ask"_s, u"Ask first"_s, {} } } } };
    session.commands
        = { { u"compact"_s, u"Shorten what was said so far"_s, {} }, { u"review"_s, u"Review the changes"_s, {} } };

    add(EntryKind::personMessage,
        MessageText {
            u"Users with an expired session bounce between `/login` and `/callback`. Find out why and fix it, with a test."_s });
    add(EntryKind::thought, MessageText { u"The guard reads the cookie before it is refreshed…"_s }, 1, 2000);
    add(EntryKind::agentMessage,
        MessageText {
            u"The cookie is refreshed *after* the guard has already read it, so the guard sees the old expiry and redirects again. I'll move the refresh in front of the guard and cover both orders with a test."_s },
        1, 3000);
    add(EntryKind::plan,
        std::vector<PlanItem> { { u"Find where the cookie is read"_s, u"high"_s, PlanStatus::completed },
                                { u"Refresh before the guard"_s, u"high"_s, PlanStatus::inProgress },
                                { u"Test both orders"_s, u"medium"_s, PlanStatus::pending } },
        1, 3500);
    ToolCall read { u"c1"_s,
                    u"Read src/auth/session.ts, guard.ts"_s,
                    u"read"_s,
                    ToolStatus::completed,
                    { u"src/auth/session.ts"_s },
                    {},
                    u"export async function authenticate(req) {"_s,
                    {},
                    noon + 4100 };
    add(EntryKind::toolCall, read, 1, 4000);
    ToolCall edit { u"c2"_s,
                    u"Edit src/auth/session.ts"_s,
                    u"edit"_s,
                    ToolStatus::completed,
                    { u"src/auth/session.ts"_s },
                    {},
                    {},
                    {},
                    noon + 5200 };
    edit.diffs = {
        { u"src/auth/session.ts"_s,
          u"export async function authenticate(req: Request) {\n  const session = read(req.cookies.sid);\n  if (session.expired) return redirect(\"/login\");\n  return session;\n}\n"_s,
          u"export async function authenticate(req: Request) {\n  const session = await refreshIfDue(read(req.cookies.sid));\n  if (session.expired) return redirect(\"/login?reason=expired\");\n  return session;\n}\n"_s,
          false }
    };
    add(EntryKind::toolCall, edit, 1, 5000);
    ToolCall run { u"c3"_s,
                   u"`npm ci && npm test -- auth`"_s,
                   u"execute"_s,
                   ToolStatus::inProgress,
                   {},
                   {},
                   u"added 412 packages\n"_s,
                   {},
                   0 };
    add(EntryKind::toolCall, run, 1, 64'000);
    Permission ask { u"p1"_s,
                     u"c3"_s,
                     u"Reach registry.example?"_s,
                     { { u"once"_s, u"Allow for this task"_s, u"allow_once"_s },
                       { u"always"_s, u"Always in acme/shop"_s, u"allow_always"_s },
                       { u"no"_s, u"Refuse"_s, u"reject_once"_s } },
                     {},
                     false };
    add(EntryKind::permission, ask, 1, 64'000);
    revision = entries.size();

    files = { { u"src/auth/session.ts"_s, {}, FileState::modified, 12, 4, false },
              { u"src/auth/guard.ts"_s, u"src/guard.ts"_s, FileState::renamed, 3, 5, false },
              { u"test/auth/order.test.ts"_s, {}, FileState::added, 26, 0, false },
              { u"docs/flow.png"_s, {}, FileState::modified, 0, 0, true } };
    FileDiff diff;
    diff.file = files[0];
    DiffHunk hunk { u"export async function authenticate"_s, {} };
    hunk.lines
        = { { LineKind::context, 41, 41, u"export async function authenticate(req: Request) {"_s, false },
            { LineKind::removed, 42, 0, u"  const session = read(req.cookies.sid);"_s, false },
            { LineKind::removed, 43, 0, u"  if (session.expired) return redirect(\"/login\");"_s, false },
            { LineKind::added, 0, 42, u"  const session = await refreshIfDue(read(req.cookies.sid));"_s, false },
            { LineKind::added, 0, 43, u"  if (session.expired) return redirect(\"/login?reason=expired\");"_s, false },
            { LineKind::context, 44, 44, u"  return session;"_s, false } };
    diff.hunks = { hunk };
    DiffHunk second { u"function refreshIfDue"_s, {} };
    second.lines = { { LineKind::context, 90, 90, u"}"_s, false },
                     { LineKind::added, 0, 91, u"// the guard must see the new expiry"_s, false },
                     { LineKind::context, 91, 92, u""_s, false } };
    diff.hunks.push_back(second);
    diffs = { diff };
}

void SampleTask::playTalk()
{
    summary.state = TaskState::ready;
    summary.actions = { TaskAction::prompt, TaskAction::publish };
    details.queue = { { u"q1"_s, u"Then update the changelog"_s } };
    std::get<Permission>(entries.back().body).chosen = u"once"_s;
    auto &run = std::get<ToolCall>(entries[6].body);
    run.status = ToolStatus::failed;
    run.endedAt = noon + 71'000;
    run.output = u"added 412 packages\nFAIL test/auth/order.test.ts\n  expected 200, got 302\n"_s;
    add(EntryKind::turnEnd, TurnEnd { u"end_turn"_s, 72'000 }, 1, 72'000);
    add(EntryKind::personMessage, MessageText { u"Explain what you did.\nKeep it short."_s }, 2, 80'000);
    add(EntryKind::agentMessage, MessageText { uR"(## What changed

The guard now runs **after** the refresh. See [the RFC](https://example.com/rfc) and `session.ts`.

- the order of the two middlewares
- one test for each order:
  1. expired, refreshed
  2. expired, *not* refreshed
- [x] types
- [ ] changelog

> A cookie without a date never expires.

```ts
export async function authenticate(req: Request) {
  const session = await refreshIfDue(read(req.cookies.sid));
  return session;
}
```

| case | before | after |
|---|---|---|
| expired | loop | login |
| fresh | ok | ok |

That is all.)"_s },
        2, 82'000);
    add(EntryKind::turnEnd, TurnEnd { u"end_turn"_s, 12'300 }, 2, 92'000);
    revision = entries.size();
}

void SampleTask::playFailure()
{
    summary.actions = { TaskAction::continueTurn, TaskAction::sendAgain, TaskAction::retryStep };
    summary.state = TaskState::ready;
    auto &turn = details.timeline[4];
    turn.status = StepStatus::failed;
    turn.endedAt = noon + 72'000;
    turn.hasLog = true;
    turn.attempts = { { 1, noon, noon + 72'000, failure(codes::Agent::exited, u"signal 9"_s) } };
    details.sandbox.isolation = Isolation::weaker;
    details.sandbox.weakness = u"root"_s;
    details.uncommitted = 3;
    std::get<Permission>(entries.back().body).withdrawn = true;
    std::get<ToolCall>(entries[6].body).status = ToolStatus::cancelled;
    add(EntryKind::notice,
        Notice { NoticeKind::agentExited, {}, failure(codes::Agent::exited, u"codex-acp: signal 9 (out of memory)"_s) },
        1, 72'000);
    add(EntryKind::notice, Notice { NoticeKind::interrupted, {}, {} }, 1, 72'000);
    revision = entries.size();
}

} // namespace foundry::test
