#include "ScriptedEngine.h"

#include "ScriptedWorld.h"

#include <algorithm>

namespace foundry::test {

ScriptedEngine::ScriptedEngine(EngineLink &link, answer::Workbench world, QObject *parent)
    : QObject(parent)
    , m_link(link)
    , m_world(std::move(world))
{
    connect(&link, &EngineLink::submitted, this, &ScriptedEngine::take, Qt::QueuedConnection);
    connect(&link, &EngineLink::asked, this, &ScriptedEngine::reply, Qt::QueuedConnection);
}

void ScriptedEngine::start()
{
    if (m_engineFailure)
        m_link.deliver(event::EngineFailed { *m_engineFailure });
    else
        m_link.deliver(event::EngineReady {});
}

void ScriptedEngine::take(const Command &command)
{
    m_commands.push_back(command);
    const bool housekeeping = std::holds_alternative<command::SavePreference>(command.body)
        || std::holds_alternative<command::SaveDraft>(command.body)
        || std::holds_alternative<command::MarkTask>(command.body);
    if (m_refusal && !housekeeping) {
        m_link.deliver(event::CommandFinished { command.id, std::exchange(m_refusal, std::nullopt), {} });
        return;
    }
    const QString created = apply(command.body);
    m_link.deliver(event::CommandFinished { command.id, std::nullopt, created });
}

TaskSummary ScriptedEngine::task(const QString &id) const
{
    const auto found = std::ranges::find(m_world.tasks, TaskId { id }, &TaskSummary::id);
    return found == m_world.tasks.end() ? TaskSummary {} : *found;
}

void ScriptedEngine::tell(const TaskSummary &task)
{
    const auto known = std::ranges::find(m_world.tasks, task.id, &TaskSummary::id);
    if (known == m_world.tasks.end())
        m_world.tasks.push_back(task);
    else
        *known = task;
    m_link.deliver(event::TaskChanged { task });
}

// What a person would see change at once; the rest is only recorded.
QString ScriptedEngine::apply(const CommandBody &body)
{
    if (const auto *open = std::get_if<command::OpenRepository>(&body)) {
        const QString name = open->path.section(u'/', -1);
        const RepositorySummary repository { RepositoryId { name }, name, open->path, u"main"_s, {}, {} };
        m_world.repositories.push_back(repository);
        m_link.deliver(event::RepositoryChanged { repository });
        return name;
    }
    if (const auto *create = std::get_if<command::CreateTask>(&body)) {
        TaskSummary made;
        made.id = { u"task-%1"_s.arg(m_world.tasks.size()) };
        made.repository = create->repository;
        made.title = create->title;
        made.branch = create->branch;
        made.agent = create->agent;
        made.createdAt = made.activeAt = worldNow;
        made.reason = { TaskWhy::waitsForTurn, {}, worldNow };
        tell(made);
        return made.id.value;
    }
    const auto change = [this](const TaskId &id, auto how) {
        TaskSummary changed = task(id.value);
        how(changed);
        tell(changed);
    };
    if (const auto *archive = std::get_if<command::ArchiveTask>(&body))
        change(archive->task, [](TaskSummary &task) {
            task.state = TaskState::archived;
            task.actions = { TaskAction::unarchive, TaskAction::remove };
        });
    else if (const auto *back = std::get_if<command::UnarchiveTask>(&body))
        change(back->task, [](TaskSummary &task) {
            task.state = TaskState::ready;
            task.actions = { TaskAction::archive, TaskAction::remove };
        });
    else if (const auto *rename = std::get_if<command::RenameTask>(&body))
        change(rename->task, [rename](TaskSummary &task) { task.title = rename->title; });
    else if (const auto *mark = std::get_if<command::MarkTask>(&body))
        change(mark->task, [mark](TaskSummary &task) { task.unread = mark->unread; });
    return {};
}

void ScriptedEngine::reply(const Query &query)
{
    if (m_held)
        m_waiting.push_back(query);
    else
        m_link.answer(Answer { query.id, answerTo(query.body) });
}

void ScriptedEngine::release()
{
    m_held = false;
    while (!m_waiting.empty()) {
        const Query query = m_waiting.front();
        m_waiting.pop_front();
        m_link.answer(Answer { query.id, answerTo(query.body) });
    }
}

namespace {

answer::TranscriptPage page(const query::TranscriptPage &asked, const TaskSummary &task)
{
    answer::TranscriptPage page { asked.task, asked.session, 0, 0, 1, transcriptOf(task) };
    page.total = qint64(page.entries.size());
    if (asked.from > 0)
        page.entries.erase(page.entries.begin(), page.entries.begin() + qMin<qint64>(asked.from, page.total));
    page.from = page.total - qint64(page.entries.size());
    return page;
}

answer::TaskNames names(const QString &prompt)
{
    QString title = prompt.trimmed().section(u'\n', 0, 0).left(48).trimmed();
    QString branch;
    for (const QChar c : title.toLower().left(32))
        branch += c.isLetterOrNumber() ? c : u'-';
    return { title, branch };
}

answer::PublishPlan plan(const TaskSummary &task, const QString &remote)
{
    answer::PublishPlan plan;
    plan.task = task.id;
    plan.message = task.title + u"\n\nThe session is refreshed before the guard reads it."_s;
    plan.author = u"Mona Lisa <mona@example.org>"_s;
    plan.remote = remote.isEmpty() ? QString() : u"origin"_s;
    plan.remoteUrl = remote;
    plan.branch = task.branch;
    plan.changes = task.changes;
    plan.uncommitted = true;
    plan.commits = 1;
    return plan;
}

answer::ProjectPlan project(const query::ProjectPlan &asked)
{
    answer::ProjectPlan plan;
    plan.repository = asked.repository;
    plan.branch = asked.branch;
    plan.registries = { { u"npm"_s, u"npm"_s, { u"packages.example"_s }, u"web/package-lock.json"_s },
                        { u"pypi"_s, u"PyPI"_s, { u"python.example"_s }, u"requirements.txt"_s } };
    plan.docker = u"compose.yml"_s;
    if (asked.branch == u"develop"_s) {
        plan.text = u"carry = [\".env\"]\n\n[setup]\nscript = \"npm ci\"\n"_s;
        plan.hash = u"abc"_s;
        plan.setUp = u"npm ci"_s;
        plan.carry = { u".env"_s };
    }
    return plan;
}

} // namespace

Result<AnswerBody> ScriptedEngine::answerTo(const QueryBody &body) const
{
    if (std::holds_alternative<query::Workbench>(body))
        return m_world;
    if (const auto *details = std::get_if<query::TaskDetails>(&body))
        return detailsOf(task(details->task.value));
    if (const auto *asked = std::get_if<query::TranscriptPage>(&body))
        return page(*asked, task(asked->task.value));
    if (const auto *changes = std::get_if<query::Changes>(&body))
        return answer::Changes { changes->task, changedFiles(), { 4, 41, 6 }, u"4be1c2a"_s };
    if (const auto *diff = std::get_if<query::FileDiff>(&body))
        return diffOf(diff->path);
    if (const auto *state = std::get_if<query::RepositoryState>(&body))
        return answer::RepositoryState {
            state->repository, { u"main"_s, u"develop"_s, u"release/2.4"_s }, u"main"_s, 3
        };
    if (const auto *asked = std::get_if<query::ProjectPlan>(&body))
        return project(*asked);
    if (const auto *named = std::get_if<query::TaskNames>(&body))
        return names(named->prompt);
    if (const auto *publish = std::get_if<query::PublishPlan>(&body)) {
        const TaskSummary published = task(publish->task.value);
        const auto repository = std::ranges::find(m_world.repositories, published.repository, &RepositorySummary::id);
        return plan(published, repository == m_world.repositories.end() ? QString() : repository->remote);
    }
    return answer::StepLog { u"sandbox: ready in 310 ms\nagent: started, protocol 1\n"_s, false };
}

} // namespace foundry::test
