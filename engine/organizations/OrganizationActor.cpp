#include "OrganizationActor.h"

#include "ActorSystem.h"
#include "BranchNames.h"
#include "ForgeWork.h"
#include "GithubDataMessages.h"
#include "Keys.h"
#include "RepositoryMessages.h"
#include "TaskMessages.h"

namespace foundry {

namespace {

constexpr Sql findCommand { "findCommand", "SELECT created FROM command WHERE id = ?1" };
constexpr Sql addCommand { "addCommand", "INSERT INTO command (id, created) VALUES (?1, ?2)" };
constexpr Sql putRepository { "putRepository",
                              "INSERT INTO repository (id, path, summary) VALUES (?1, ?2, ?3) "
                              "ON CONFLICT (id) DO UPDATE SET path = ?2, summary = ?3" };
constexpr Sql readRepositories { "readRepositories", "SELECT summary FROM repository ORDER BY rowid" };
constexpr Sql readRepository { "readRepository", "SELECT summary FROM repository WHERE id = ?1" };
constexpr Sql findRepository { "findRepository", "SELECT summary FROM repository WHERE path = ?1" };
constexpr Sql dropRepository { "dropRepository", "DELETE FROM repository WHERE id = ?1" };
constexpr Sql putTask { "putTask",
                        "INSERT INTO task (id, repository, branch, summary) VALUES (?1, ?2, ?3, ?4) "
                        "ON CONFLICT (id) DO UPDATE SET summary = ?4" };
constexpr Sql readTasks { "readTasks", "SELECT summary FROM task ORDER BY rowid" };
constexpr Sql readTask { "readTask", "SELECT summary FROM task WHERE id = ?1" };
constexpr Sql readBranches { "readBranches", "SELECT branch FROM task WHERE repository = ?1" };
constexpr Sql countTasks { "countTasks", "SELECT count(*) FROM task WHERE repository = ?1" };
constexpr Sql dropTask { "dropTask", "DELETE FROM task WHERE id = ?1" };

template <class T> T fromRow(const Row &row)
{
    T value;
    if (!json::fromJson(QJsonDocument::fromJson(row.text(0).toUtf8()).object(), value))
        qWarning("organization: a row of another version is read as far as it goes");
    return value;
}

QString packed(const auto &value)
{
    return QString::fromUtf8(json::compact(json::toJson(value).toObject()));
}

// What a repository is known by: no clone's path is an address.
QString placeOf(const RepositorySummary &repository)
{
    return repository.forge ? repository.forge->url : repository.path;
}

} // namespace

std::vector<Migration> OrganizationActor::migrations()
{
    return { { 1, u"addCatalogueAndIndex"_s,
               u"CREATE TABLE command (id TEXT PRIMARY KEY, created TEXT NOT NULL) STRICT;"
               "CREATE TABLE repository (id TEXT PRIMARY KEY, path TEXT NOT NULL UNIQUE, summary TEXT NOT NULL) STRICT;"
               "CREATE TABLE task (id TEXT PRIMARY KEY, repository TEXT NOT NULL REFERENCES repository (id), "
               "branch TEXT NOT NULL, summary TEXT NOT NULL) STRICT;"
               "CREATE INDEX taskOfRepository ON task (repository);"_s } };
}

Result<std::vector<RepositorySummary>> OrganizationActor::repositories() const
{
    return store().all(readRepositories, fromRow<RepositorySummary>);
}

Result<std::vector<TaskSummary>> OrganizationActor::tasks() const
{
    return store().all(readTasks, fromRow<TaskSummary>);
}

Result<std::optional<RepositorySummary>> OrganizationActor::repository(const RepositoryId &id) const
{
    return store().one(readRepository, fromRow<RepositorySummary>, id.value);
}

Result<std::optional<TaskSummary>> OrganizationActor::task(const TaskId &id) const
{
    return store().one(readTask, fromRow<TaskSummary>, id.value);
}

Result<QStringList> OrganizationActor::branches(const RepositoryId &id) const
{
    auto list = store().all(readBranches, [](const Row &row) { return row.text(0); }, id.value);
    if (!list)
        return std::unexpected(list.error());
    return QStringList(list->begin(), list->end());
}

Result<std::pair<QString, QString>> OrganizationActor::names(const RepositoryId &id, const QString &prompt,
                                                             const QStringList &taken) const
{
    auto ours = branches(id);
    if (!ours)
        return std::unexpected(ours.error());
    const QStringList all = taken + *ours;
    const QString title = titleFromPrompt(prompt);
    return std::pair(title, uniqueBranch(branchFromTitle(title), QSet<QString>(all.begin(), all.end())));
}

Result<QJsonValue> OrganizationActor::onMessage(const Message &message)
{
    return dispatch<organization::Message>(message, [this](const auto &m) { return handle(m); });
}

Result<std::optional<QString>> OrganizationActor::doneBefore(const QString &commandId) const
{
    return store().one(findCommand, [](const Row &row) { return row.text(0); }, commandId);
}

Result<void> OrganizationActor::remember(const QString &commandId, const QString &created)
{
    return withoutValue(store().run(addCommand, commandId, created));
}

Result<void> OrganizationActor::put(const RepositorySummary &repository)
{
    auto done = withoutValue(store().run(putRepository, repository.id.value, placeOf(repository), packed(repository)));
    if (done)
        tell(event::RepositoryChanged { repository });
    return done;
}

Result<void> OrganizationActor::put(const TaskSummary &task)
{
    auto done = withoutValue(store().run(putTask, task.id.value, task.repository.value, task.branch, packed(task)));
    if (done)
        tell(event::TaskChanged { task });
    return done;
}

Result<QString> OrganizationActor::handle(const organization::AddRepository &message)
{
    const QString place = message.forge ? message.forge->url : message.path;
    auto known = store().one(findRepository, fromRow<RepositorySummary>, place);
    if (!known)
        return std::unexpected(known.error());
    RepositorySummary summary = known->value_or(RepositorySummary {});
    const bool isNew = summary.id.isEmpty();
    if (isNew)
        summary.id.value = randomness().id();
    summary.name = message.repositoryName;
    summary.path = message.path;
    summary.defaultBranch = message.defaultBranch;
    summary.remote = message.remote;
    summary.forge = message.forge;
    summary.trouble.reset();
    if (auto done = put(summary); !done)
        return std::unexpected(done.error());
    if (isNew) {
        repository::Birth birth { summary.id, message.path, message.objectFormat, message.acceptedOwner };
        birth.forge = message.forge;
        if (auto done = spawn(keys::repositoryOf(summary.id), json::toJson(birth).toObject()); !done)
            return std::unexpected(done.error());
    }
    return summary.id.value;
}

Result<void> OrganizationActor::handle(const organization::CloseRepository &message)
{
    auto tasks = store().integer(countTasks, message.repository.value);
    if (!tasks)
        return std::unexpected(tasks.error());
    if (*tasks > 0)
        return fail(codes::Repository::unsupported, u"%1 tasks"_s.arg(*tasks));
    if (auto done = withoutValue(store().run(dropRepository, message.repository.value)); !done)
        return done;
    tell(event::RepositoryRemoved { message.repository });
    return dismiss(keys::repositoryOf(message.repository));
}

Result<TaskSummary> OrganizationActor::newTask(const organization::CreateTask &message,
                                               const RepositorySummary &repository)
{
    const command::CreateTask &wish = message.task;
    auto made = names(wish.repository, wish.prompt, message.taken);
    auto ours = branches(wish.repository);
    if (!made || !ours)
        return std::unexpected(made ? ours.error() : made.error());
    const QStringList all = message.taken + *ours;
    const QSet<QString> taken(all.begin(), all.end());

    TaskSummary task;
    task.id.value = randomness().id();
    task.session.value = randomness().id();
    task.repository = repository.id;
    task.title = wish.title.isEmpty() ? made->first : wish.title.left(limits::titleCharacters);
    task.branch = wish.branch;
    if (message.pullRequest) {
        // The name inside; where it is pushed to is the head's own, whatever else has that name here.
        task.branch = uniqueBranch(message.pullRequest->headBranch, taken);
        task.pullRequest = pullRequestOfTask(*message.pullRequest);
    } else if (task.branch.isEmpty()) {
        task.branch = wish.title.isEmpty() ? made->second : uniqueBranch(branchFromTitle(task.title), taken);
    } else if (!isValidBranch(task.branch)) {
        return fail(codes::Git::invalidBranch, task.branch);
    } else if (const QString unique = uniqueBranch(task.branch, taken); unique != task.branch) {
        if (wish.branchFixed)
            return fail(codes::Git::branchExists, task.branch);
        task.branch = unique;
    }
    task.baseBranch = message.pullRequest ? message.pullRequest->baseBranch
        : wish.baseBranch.isEmpty()       ? repository.defaultBranch
                                          : wish.baseBranch;
    task.issue = wish.issue;
    task.agent = wish.agent;
    task.createdAt = task.activeAt = clock().now();
    task.reason = { TaskWhy::waitsForTurn, {}, task.createdAt };
    task.actions = { TaskAction::archive, TaskAction::remove };
    return task;
}

Result<QString> OrganizationActor::handle(const organization::CreateTask &message)
{
    auto before = doneBefore(message.commandId);
    if (!before)
        return std::unexpected(before.error());
    if (*before)
        return **before; // the same command again: the task it made
    if (message.task.prompt.trimmed().isEmpty())
        return fail(codes::Task::promptEmpty);
    if (message.task.prompt.size() > limits::promptCharacters)
        return fail(codes::Task::promptTooLarge,
                    u"%1 of at most %2"_s.arg(message.task.prompt.size()).arg(limits::promptCharacters));
    auto repository = this->repository(message.task.repository);
    if (!repository)
        return std::unexpected(repository.error());
    if (!*repository)
        return fail(codes::Repository::missing, message.task.repository.value);
    auto task = newTask(message, **repository);
    if (!task)
        return std::unexpected(task.error());

    task::Birth birth { *task, message.task, task->session, (*repository)->name.section(u'/', -1), message.uncommitted,
                        {} };
    if (const auto &pull = message.pullRequest)
        birth.head = task::PullRequestHead { pull->number, pull->headRepository, pull->headBranch, pull->mayPush };
    if ((*repository)->forge)
        birth.wish.takeUncommitted = false; // there is no clone
    auto done = put(*task);
    if (done)
        done = remember(message.commandId, task->id.value);
    if (done)
        done = spawn(keys::taskOf(task->id), json::toJson(birth).toObject());
    if (done && message.pullRequest)
        done = send(keys::localGithubData(), githubData::LinkTask { message.pullRequest->id, task->id });
    if (done && task->issue)
        done = send(keys::localGithubData(), githubData::LinkIssue { task->issue->id, task->id });
    if (!done)
        return std::unexpected(done.error());
    return task->id.value;
}

Result<void> OrganizationActor::handle(const organization::TaskSummarised &message)
{
    return put(message.summary);
}

Result<void> OrganizationActor::handle(const organization::TaskGone &message)
{
    if (message.missing) {
        if (system().get(keys::taskOf(message.task).kind, keys::taskOf(message.task).key))
            return {}; // it exists: somebody asked too early
        qInfo("organization: index row of task %s repaired, the task does not exist", qPrintable(message.task.value));
    } else if (auto done = dismiss(keys::taskOf(message.task)); !done) {
        return done;
    }
    if (auto done = withoutValue(store().run(dropTask, message.task.value)); !done)
        return done;
    tell(event::TaskRemoved { message.task });
    return {};
}

} // namespace foundry
