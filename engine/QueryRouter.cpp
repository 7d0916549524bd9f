#include "QueryRouter.h"

#include "AccountDesk.h"
#include "ActorInspector.h"
#include "ActorSystem.h"
#include "AgentDesk.h"
#include "EditorCopies.h"
#include "ForgeFetcher.h"
#include "GithubDataActor.h"
#include "Keys.h"
#include "OrganizationActor.h"
#include "PersonActor.h"
#include "RegistryPresets.h"
#include "RepositoryActor.h"
#include "RepositoryMessages.h"
#include "RunProposals.h"
#include "SandboxGit.h"
#include "SessionActor.h"
#include "SystemChecks.h"
#include "TaskActor.h"
#include "TaskLife.h"

namespace foundry {

namespace {

constexpr std::chrono::minutes lookDeadline { 10 }; // a large tree

} // namespace

QueryRouter::QueryRouter(Needs needs, std::function<void(const Answer &)> reply)
    : m_needs(std::move(needs))
    , m_reply(std::move(reply))
{
}

void QueryRouter::ask(const Query &query)
{
    if (m_underWay.size() >= maxUnderWay) {
        m_reply({ query.id, fail(codes::Actor::queueFull, u"%1 queries"_s.arg(maxUnderWay), Retry::transient) });
        return;
    }
    const auto place = m_underWay.insert(m_underWay.end(), perform(query.body));
    place->start([this, place, id = query.id](Result<AnswerBody> body) {
        const Work ended = std::move(*place);
        m_underWay.erase(place);
        m_reply({ id, std::move(body) });
    });
}

QueryRouter::Work QueryRouter::perform(QueryBody body)
{
    return std::visit([this](const auto &query) { return read(query); }, body);
}

Async<Result<LifeFacts>> QueryRouter::factsOf(TaskId task)
{
    auto visiting = visited<TaskActor, LifeFacts>(keys::taskOf(task),
                                                  [](TaskActor &actor) -> Result<LifeFacts> { return actor.facts(); });
    auto facts = co_await visiting;
    co_return facts;
}

Async<Result<RepositorySummary>> QueryRouter::repositoryOf(RepositoryId id)
{
    auto visiting = visited<OrganizationActor, RepositorySummary>(
        keys::localOrganization(), [id](OrganizationActor &actor) -> Result<RepositorySummary> {
            auto found = actor.repository(id);
            if (!found)
                return std::unexpected(found.error());
            if (!*found)
                return fail(codes::Repository::missing, id.value);
            return **found;
        });
    auto repository = co_await visiting;
    co_return repository;
}

QueryRouter::Work QueryRouter::read(query::Workbench)
{
    auto visiting = visited<OrganizationActor, answer::Workbench>(
        keys::localOrganization(), [](OrganizationActor &actor) -> Result<answer::Workbench> {
            auto repositories = actor.repositories();
            auto tasks = actor.tasks();
            if (!repositories || !tasks)
                return std::unexpected(repositories ? tasks.error() : repositories.error());
            answer::Workbench workbench;
            workbench.repositories = std::move(*repositories);
            workbench.tasks = std::move(*tasks);
            return workbench;
        });
    auto workbench = co_await visiting;
    if (!workbench)
        co_return std::unexpected(workbench.error());
    using Pairs = std::pair<QHash<QString, QString>, QHash<QString, QString>>;
    auto asking = visited<PersonActor, Pairs>(keys::localPerson(), [](PersonActor &actor) -> Result<Pairs> {
        return Pairs(actor.drafts(), actor.preferences());
    });
    if (auto kept = co_await asking) {
        workbench->drafts = kept->first;
        workbench->preferences = kept->second;
    }
    workbench->agents = m_needs.checks.agents();
    workbench->checks = m_needs.checks.checks();
    workbench->dataFolder = m_needs.dataFolder;
    co_return AnswerBody(std::move(*workbench));
}

QueryRouter::Work QueryRouter::read(query::TaskDetails query)
{
    auto visiting = visited<TaskActor, TaskDetails>(
        keys::taskOf(query.task), [](TaskActor &actor) -> Result<TaskDetails> { return actor.details(); });
    auto details = co_await visiting;
    if (!details)
        co_return std::unexpected(details.error());
    co_return AnswerBody(std::move(*details));
}

QueryRouter::Work QueryRouter::read(query::TranscriptPage query)
{
    const ActorRef session = keys::sessionOf(query.task, query.session);
    if (!m_needs.actors.get(session.kind, session.key)) { // not opened yet: nothing was said
        answer::TranscriptPage empty;
        empty.task = query.task;
        empty.session = query.session;
        co_return AnswerBody(empty);
    }
    auto visiting = visited<SessionActor, answer::TranscriptPage>(
        session, [query](SessionActor &actor) { return actor.page(query.from, query.count); });
    auto page = co_await visiting;
    if (!page)
        co_return std::unexpected(page.error());
    co_return AnswerBody(std::move(*page));
}

QString QueryRouter::newest(const LifeFacts &facts) const
{
    const Look look = m_looks.value(facts.summary.id.value);
    return look.after == facts.snapshot && !look.commit.isEmpty() ? look.commit : facts.snapshot;
}

Async<Result<QString>> QueryRouter::lookAtTree(LifeFacts facts)
{
    const SandboxRecord record = *facts.sandbox;
    SandboxProvider &provider = record.provider == m_needs.plain.name() ? m_needs.plain : m_needs.bubblewrap;
    SandboxGit git(provider);
    auto looking = git.snapshot(record, u"Look at "_s + facts.summary.title, SandboxGit::lookRef);
    auto made = co_await looking;
    if (!made)
        co_return std::unexpected(made.error());
    auto program = provider.uploadPackProgram(record);
    if (!program)
        co_return std::unexpected(program.error());
    const QString home = u"refs/foundry/tasks/%1/look"_s.arg(facts.summary.id.value);
    repository::BringHome bring { *program, { SandboxGit::lookRef }, { home }, {} };
    for (size_t i = 0; i < made->modules.size(); ++i) {
        if (made->modules[i].commit.isEmpty())
            continue;
        bring.sources << SandboxGit::moduleRef(i, u"snapshot"_s);
        bring.destinations << u"refs/foundry/tasks/%1/modules/%2/look"_s.arg(facts.summary.id.value).arg(i);
    }
    auto bringing = m_needs.actors.asking(keys::repositoryOf(facts.summary.repository), toMessage(bring), lookDeadline);
    auto answer = co_await bringing;
    if (!answer)
        co_return std::unexpected(answer.error());
    co_return made->commit;
}

QueryRouter::Work QueryRouter::read(query::Changes query)
{
    auto asking = factsOf(query.task);
    auto facts = co_await asking;
    if (!facts)
        co_return std::unexpected(facts.error());
    if (query.against == query::Against::clone) {
        auto comparing = compareWithClone(std::move(*facts));
        auto compared = co_await comparing;
        co_return compared;
    }
    answer::Changes changes;
    changes.task = query.task;
    if (facts->sandboxMade && !facts->archived && (query.fresh || facts->running == Act::turn)) {
        auto looking = lookAtTree(*facts);
        auto commit = co_await looking;
        if (!commit)
            co_return std::unexpected(commit.error());
        m_looks.insert(query.task.value, { *commit, facts->snapshot });
    }
    changes.snapshot = newest(*facts);
    if (!changes.snapshot.isEmpty()) {
        auto reading = m_needs.changes.changedFiles(facts->barePath, facts->baseCommit, changes.snapshot);
        auto files = co_await reading;
        if (!files)
            co_return std::unexpected(files.error());
        changes.totals = ChangeReader::totals(*files);
        changes.files = std::move(*files);
    }
    co_return AnswerBody(std::move(changes));
}

QueryRouter::Work QueryRouter::read(query::FileDiff query)
{
    auto asking = factsOf(query.task);
    auto facts = co_await asking;
    if (!facts)
        co_return std::unexpected(facts.error());
    Comparison compared { facts->baseCommit, newest(*facts) };
    if (query.against == query::Against::clone)
        compared = m_comparisons.value(query.task.value);
    if (compared.task.isEmpty())
        co_return fail(codes::Git::noCommits, u"there is no snapshot yet"_s);
    auto reading = m_needs.changes.fileDiff(facts->barePath, compared.clone, compared.task, query.path);
    auto diff = co_await reading;
    if (!diff)
        co_return std::unexpected(diff.error());
    co_return AnswerBody(std::move(*diff));
}

// Anew each time: what was taken before is dropped, because a person's files change without anybody saying so.
Async<Result<QString>> QueryRouter::lookAtClone(LifeFacts facts)
{
    const QString refs = u"refs/foundry/tasks/%1/clone/"_s.arg(facts.summary.id.value);
    const ActorRef repository = keys::repositoryOf(facts.summary.repository);
    auto dropping = m_needs.actors.asking(repository, toMessage(repository::DropRefs { refs }), lookDeadline);
    if (auto dropped = co_await dropping; !dropped)
        co_return std::unexpected(dropped.error());
    const repository::FetchBase fetch { u"HEAD"_s, refs + u"head"_s, refs + u"files"_s };
    auto fetching = m_needs.actors.asking(repository, toMessage(fetch), lookDeadline);
    auto answer = co_await fetching;
    if (!answer)
        co_return std::unexpected(answer.error());
    repository::FetchedBase fetched;
    if (!json::fromJson(answer->toObject(), fetched))
        co_return fail(codes::Actor::badMessage, u"fetched base"_s);
    co_return fetched.uncommitted;
}

QueryRouter::Work QueryRouter::compareWithClone(LifeFacts facts)
{
    if (facts.clonePath.isEmpty())
        co_return fail(codes::Repository::unsupported, u"there is no clone"_s);
    QString task = newest(facts);
    if (facts.sandboxMade && !facts.archived) {
        auto looking = lookAtTree(facts);
        auto commit = co_await looking;
        if (!commit)
            co_return std::unexpected(commit.error());
        m_looks.insert(facts.summary.id.value, { *commit, facts.snapshot });
        task = *commit;
    }
    if (task.isEmpty())
        co_return fail(codes::Git::noCommits, u"there is no snapshot yet"_s);
    auto looking = lookAtClone(facts);
    auto clone = co_await looking;
    if (!clone)
        co_return std::unexpected(clone.error());
    auto reading = m_needs.changes.changedFiles(facts.barePath, *clone, task);
    auto files = co_await reading;
    if (!files)
        co_return std::unexpected(files.error());
    m_comparisons.insert(facts.summary.id.value, { *clone, task });
    answer::Changes changes;
    changes.task = facts.summary.id;
    changes.snapshot = task;
    changes.totals = ChangeReader::totals(*files);
    changes.files = std::move(*files);
    co_return AnswerBody(std::move(changes));
}

QueryRouter::Work QueryRouter::read(query::RunProposals query)
{
    auto asking = factsOf(query.task);
    auto facts = co_await asking;
    if (!facts)
        co_return std::unexpected(facts.error());
    answer::RunProposals answer;
    answer.task = query.task;
    if (facts->sandboxMade && facts->sandbox)
        answer.proposals = proposedRuns(BeneathReader(facts->sandbox->hostCheckout()));
    co_return AnswerBody(std::move(answer));
}

QueryRouter::Work QueryRouter::read(query::RepositoryState query)
{
    auto finding = repositoryOf(query.repository);
    auto repository = co_await finding;
    if (!repository)
        co_return std::unexpected(repository.error());
    if (repository->forge) {
        auto looking = lookAtForge(*repository);
        auto looked = co_await looking;
        co_return looked;
    }
    auto inspecting = m_needs.inspector.inspect(repository->path);
    auto clone = co_await inspecting;
    if (!clone && clone.error().is(codes::Repository::missing))
        co_return fail(codes::Repository::moved, repository->path);
    if (!clone)
        co_return std::unexpected(clone.error());
    co_return AnswerBody(
        answer::RepositoryState { query.repository, clone->branches, clone->current, clone->uncommitted });
}

// Without a network what is known here; a default branch is known always.
QueryRouter::Work QueryRouter::lookAtForge(RepositorySummary repository)
{
    auto asking
        = m_needs.actors.asking(keys::repositoryOf(repository.id), toMessage(repository::LookAtForge {}), lookDeadline);
    auto answer = co_await asking;
    if (!answer)
        co_return std::unexpected(answer.error());
    repository::ForgeState state;
    if (!json::fromJson(answer->toObject(), state))
        co_return fail(codes::Actor::badMessage, u"forge state"_s);
    if (state.branches.isEmpty() && !repository.defaultBranch.isEmpty())
        state.branches.append(repository.defaultBranch);
    answer::RepositoryState told { repository.id, state.branches, {}, 0 };
    told.fetched = state.fetched;
    told.trouble = state.trouble;
    co_return AnswerBody(std::move(told));
}

QueryRouter::Work QueryRouter::read(query::ProjectPlan query)
{
    auto finding = repositoryOf(query.repository);
    auto repository = co_await finding;
    if (!repository)
        co_return std::unexpected(repository.error());
    QString branch = query.branch.isEmpty() ? u"HEAD"_s : u"refs/heads/"_s + query.branch;
    ProjectPlace place { {}, repository->path };
    if (repository->forge) { // what was fetched last; what a task finds new is asked about by it
        branch = ForgeFetcher::keptRef(query.branch.isEmpty() ? repository->defaultBranch : query.branch);
        place = { RepositoryActor::barePath(m_needs.dataFolder + u"/repositories"_s, query.repository), {} };
        auto resolving = m_needs.sources.resolve(place.gitDir, branch);
        const auto commit = co_await resolving;
        if (!commit || commit->isEmpty()) {
            answer::ProjectPlan unknown;
            unknown.repository = query.repository;
            unknown.branch = query.branch;
            co_return AnswerBody(std::move(unknown));
        }
    }
    auto reading = m_needs.projects.read(place, branch);
    auto project = co_await reading;
    if (!project)
        co_return std::unexpected(project.error());
    auto visiting = visited<RepositoryActor, repository::Birth>(
        keys::repositoryOf(query.repository),
        [](RepositoryActor &actor) -> Result<repository::Birth> { return actor.kept(); });
    auto kept = co_await visiting;
    answer::ProjectPlan plan;
    plan.repository = query.repository;
    plan.branch = query.branch;
    plan.registries = std::move(project->registries);
    plan.docker = project->docker;
    plan.trouble = project->trouble;
    if (kept) {
        plan.repositoryHosts = kept->repositoryHosts;
        plan.agreed = kept->agreedProjects.contains(project->config.hash);
    }
    const ProjectConfig &config = project->config;
    plan.text = config.text;
    plan.hash = config.hash;
    plan.setUp = config.setUp;
    plan.carry = config.carry;
    plan.hosts = registries::hostsOf(config.registries) + config.hosts;
    plan.run = config.run;
    co_return AnswerBody(std::move(plan));
}

Async<QStringList> QueryRouter::takenBranches(RepositorySummary repository)
{
    if (repository.forge) {
        auto visiting = visited<RepositoryActor, QStringList>(
            keys::repositoryOf(repository.id),
            [](RepositoryActor &actor) -> Result<QStringList> { return actor.forgeBranches(); });
        auto known = co_await visiting;
        co_return known.value_or(QStringList());
    }
    auto inspecting = m_needs.inspector.inspect(repository.path);
    auto clone = co_await inspecting;
    co_return clone ? clone->branches : QStringList();
}

QueryRouter::Work QueryRouter::read(query::TaskNames query)
{
    using Names = std::pair<QString, QString>;
    auto finding = repositoryOf(query.repository);
    auto repository = co_await finding;
    if (!repository)
        co_return std::unexpected(repository.error());
    auto taking = takenBranches(*repository);
    const QStringList taken = co_await taking;
    auto visiting
        = visited<OrganizationActor, Names>(keys::localOrganization(), [query, taken](OrganizationActor &actor) {
              return actor.names(query.repository, query.prompt, taken);
          });
    auto names = co_await visiting;
    if (!names)
        co_return std::unexpected(names.error());
    co_return AnswerBody(answer::TaskNames { names->first, names->second });
}

// The author is who the task's commits are by; where it goes is the forge itself, or a pull request's head there.
void QueryRouter::planForge(answer::PublishPlan &plan, const ForgeSource &forge, const LifeFacts &facts)
{
    plan.author = Identity { facts.personName, facts.personEmail }.shown();
    plan.remote = facts.pullHead ? facts.pullHead->repository : forge.repository;
    plan.remoteUrl = forge.url;
    if (facts.pullHead)
        plan.branch = facts.pullHead->branch;
    const bool mayPush = facts.pullHead ? facts.pullHead->mayPush : forge.mayPush;
    if (mayPush)
        return;
    plan.remote.clear();
    plan.trouble = failure(codes::Repository::mayNotPush, forge.repository);
}

QueryRouter::Work QueryRouter::read(query::PublishPlan query)
{
    auto asking = factsOf(query.task);
    auto facts = co_await asking;
    if (!facts)
        co_return std::unexpected(facts.error());
    auto finding = repositoryOf(facts->summary.repository);
    auto repository = co_await finding;
    if (!repository)
        co_return std::unexpected(repository.error());
    answer::PublishPlan plan;
    plan.task = query.task;
    plan.branch = facts->summary.branch;
    plan.changes = facts->summary.changes;
    auto visiting
        = visited<TaskActor, QString>(keys::taskOf(query.task), [](TaskActor &actor) { return actor.firstPrompt(); });
    auto prompt = co_await visiting;
    plan.message = proposedMessage(facts->summary, prompt.value_or(QString()));
    if (repository->forge) {
        planForge(plan, *repository->forge, *facts);
    } else {
        auto reading = m_needs.settings.read(repository->path);
        auto settings = co_await reading;
        if (!settings)
            co_return std::unexpected(settings.error());
        plan.author = settings->author.isMissing() ? QString() : settings->author.shown();
        plan.remote = settings->remote;
        plan.remoteUrl = repository->remote;
    }
    if (!facts->head.isEmpty()) {
        auto treeReading = m_needs.sources.treeOf(facts->barePath, facts->head);
        auto headTree = co_await treeReading;
        plan.uncommitted = headTree && *headTree != facts->snapshotTree;
        auto counting = m_needs.sources.countCommits(facts->barePath, facts->baseCommit, facts->head);
        auto commits = co_await counting;
        plan.commits = commits.value_or(0);
    }
    co_return AnswerBody(std::move(plan));
}

QueryRouter::Work QueryRouter::read(query::StepLog query)
{
    auto visiting = visited<TaskActor, QString>(keys::taskOf(query.task),
                                                [query](TaskActor &actor) { return actor.stepLog(query.step); });
    auto log = co_await visiting;
    if (!log)
        co_return std::unexpected(log.error());
    if (log->isEmpty() && (query.step == u"startAgent" || query.step == u"openSession" || query.step == u"turn")) {
        auto asking = factsOf(query.task);
        auto facts = co_await asking;
        const ActorRef session = facts ? keys::sessionOf(query.task, facts->session.id) : ActorRef();
        auto reading = visited<SessionActor, QString>(
            session, [](SessionActor &actor) -> Result<QString> { return actor.agentLog(); });
        if (auto errors = co_await reading)
            *log = *errors;
    }
    co_return AnswerBody(answer::StepLog { *log, false });
}

QueryRouter::Work QueryRouter::read(query::Editors)
{
    co_return AnswerBody(answer::Editors { m_needs.editors.editors() });
}

QueryRouter::Work QueryRouter::read(query::Actors query)
{
    co_return AnswerBody(m_needs.actorInspector.read(query));
}

QueryRouter::Work QueryRouter::read(query::ActorDetails query)
{
    auto reading = m_needs.actorInspector.read(std::move(query));
    auto details = co_await reading;
    if (!details)
        co_return std::unexpected(details.error());
    co_return AnswerBody(std::move(*details));
}

QueryRouter::Work QueryRouter::read(query::Accounts)
{
    co_return AnswerBody(m_needs.accounts.accounts());
}

QueryRouter::Work QueryRouter::read(query::AgentSettings)
{
    co_return AnswerBody(m_needs.agents.settings());
}

QueryRouter::Work QueryRouter::read(query::PullRequests query)
{
    auto visiting = visited<GithubDataActor, answer::PullRequests>(
        keys::localGithubData(), [query](GithubDataActor &actor) { return actor.pullRequests(query); });
    auto rows = co_await visiting;
    if (!rows)
        co_return std::unexpected(rows.error());
    co_return AnswerBody(std::move(*rows));
}

QueryRouter::Work QueryRouter::read(query::ForgeRepositories query)
{
    auto visiting = visited<GithubDataActor, answer::ForgeRepositories>(
        keys::localGithubData(), [query](GithubDataActor &actor) { return actor.repositories(query); });
    auto rows = co_await visiting;
    if (!rows)
        co_return std::unexpected(rows.error());
    co_return AnswerBody(std::move(*rows));
}

QueryRouter::Work QueryRouter::read(query::Issues query)
{
    auto visiting = visited<GithubDataActor, answer::Issues>(
        keys::localGithubData(), [query](GithubDataActor &actor) { return actor.issues(query); });
    auto rows = co_await visiting;
    if (!rows)
        co_return std::unexpected(rows.error());
    co_return AnswerBody(std::move(*rows));
}

QueryRouter::Work QueryRouter::read(query::Synchronisation)
{
    auto visiting = visited<GithubDataActor, SyncState>(
        keys::localGithubData(), [](GithubDataActor &actor) { return Result<SyncState>(actor.syncState()); });
    auto state = co_await visiting;
    if (!state)
        co_return std::unexpected(state.error());
    co_return AnswerBody(std::move(*state));
}

} // namespace foundry
