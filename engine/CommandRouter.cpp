#include "CommandRouter.h"

#include "AccountDesk.h"
#include "ActorInspector.h"
#include "ActorSystem.h"
#include "AgentDesk.h"
#include "EditorCopies.h"
#include "ForgeSync.h"
#include "GithubDataActor.h"
#include "Keys.h"
#include "MergeActor.h"
#include "OrganizationActor.h"
#include "PersonMessages.h"
#include "PullRequestDesk.h"
#include "RepositoryActor.h"
#include "SystemChecks.h"
#include "TaskActor.h"
#include "TaskMessages.h"
#include "TaskTerminals.h"
#include "TerminalHub.h"

namespace foundry {

CommandRouter::CommandRouter(Needs needs, std::function<void(const Event &)> tell)
    : m_needs(needs)
    , m_tell(std::move(tell))
{
}

void CommandRouter::submit(const Command &command)
{
    if (m_underWay.size() >= maxUnderWay) {
        m_tell(event::CommandFinished {
            command.id, failure(codes::Actor::queueFull, u"%1 commands"_s.arg(maxUnderWay), Retry::transient), {} });
        return;
    }
    const auto place = m_underWay.insert(m_underWay.end(), perform(command));
    place->start([this, place, id = command.id](Result<QString> created) {
        const Work ended = std::move(*place);
        m_underWay.erase(place);
        if (created)
            m_tell(event::CommandFinished { id, {}, *created });
        else
            m_tell(event::CommandFinished { id, created.error(), {} });
    });
}

CommandRouter::Work CommandRouter::perform(Command command)
{
    const QString id = command.id.value;
    const auto task = [this](const TaskId &to, auto message) { return tellTask(to, toMessage(message)); };
    const auto session = [this](const command::AnswerPermission &m) {
        return tellActor(keys::sessionOf(m.task, m.session),
                         toMessage(session::AnswerPermission { m.requestId, m.choice }));
    };
    const auto option = [this](const command::ChooseSessionOption &m) {
        return tellActor(keys::sessionOf(m.task, m.session), toMessage(session::ChooseOption { m.option, m.value }));
    };
    const auto person = [this](auto message) { return tellActor(keys::localPerson(), toMessage(message)); };
    using namespace command;
    return std::visit(
        Overloaded {
            [&](const OpenRepository &m) { return openRepository(command.id, m); },
            [&](const OpenForgeRepository &m) { return openForgeRepository(command.id, m); },
            [&](const CloseRepository &m) {
                return tellActor(keys::localOrganization(), toMessage(organization::CloseRepository { m.repository }));
            },
            [&](const CreateTask &m) { return createTask(command.id, m); },
            [&](const SendPrompt &m) { return task(m.task, task::Prompt { id, m.text }); },
            [&](const EditQueuedPrompt &m) { return task(m.task, task::EditPrompt { m.prompt, m.text }); },
            [&](const AnswerPermission &m) { return session(m); },
            [&](const StopTask &m) { return task(m.task, task::Stop {}); },
            [&](const RetryStep &m) { return task(m.task, task::Retry {}); },
            [&](const SkipStep &m) { return task(m.task, task::Skip {}); },
            [&](const AnswerQuestion &m) { return task(m.task, task::AnswerQuestion { m.question, m.answer }); },
            [&](const ResumeTurn &m) { return task(m.task, task::Resume { m.how }); },
            [&](const PublishTask &m) { return task(m.task, task::Publish { m.to, m.message }); },
            [&](const ArchiveTask &m) { return task(m.task, task::Archive { m.evenUnpublished }); },
            [&](const UnarchiveTask &m) { return task(m.task, task::Unarchive {}); },
            [&](const DeleteTask &m) { return task(m.task, task::Delete {}); },
            [&](const RestoreTask &m) { return task(m.task, task::Restore {}); },
            [&](const RenameTask &m) { return task(m.task, task::Rename { m.title }); },
            [&](const MarkTask &m) { return task(m.task, task::Mark { m.unread }); },
            [&](const ChooseSessionOption &m) { return option(m); },
            [&](const SaveDraft &m) { return person(person::SaveDraft { m.scope, m.text }); },
            [&](const SavePreference &m) { return person(person::SavePreference { m.name, m.value }); },
            [&](const RestartActor &m) { return m_needs.actorInspector.perform(m); },
            [&](const DestroyActor &m) { return m_needs.actorInspector.perform(m); },
            [&](const RestoreActor &m) { return m_needs.actorInspector.perform(m); },
            [&](const OpenTerminal &m) { return m_needs.taskTerminals.open(m); },
            [&](const WriteTerminal &m) { return settled(m_needs.terminals.write(m.terminal, m.bytes)); },
            [&](const ResizeTerminal &m) { return settled(m_needs.terminals.resize(m.terminal, m.grid)); },
            [&](const TakeTerminalOutput &m) {
                m_needs.terminals.taken(m.terminal, m.bytes);
                return settled({});
            },
            [&](const CloseTerminal &m) {
                m_needs.terminals.close(m.terminal);
                return settled({});
            },
            [&](const OpenCopy &m) { return openCopy(m); },
            [&](const SettleDeadLetter &m) { return m_needs.actorInspector.perform(m); },
            [&](const ControlRun &m) { return m_needs.actorInspector.perform(m); },
            [&](const RefreshSystem &) {
                m_needs.agents.lookAgain(); // and then what is there
                m_needs.checks.look();
                return settled({});
            },
            [&](const InstallAgent &m) { return m_needs.agents.perform(m); },
            [&](const RemoveAgent &m) { return m_needs.agents.perform(m); },
            [&](const CancelAgentWork &m) { return m_needs.agents.perform(m); },
            [&](const GiveVariable &m) { return m_needs.agents.perform(m); },
            [&](const KeepKey &m) { return m_needs.agents.perform(m); },
            [&](const SignIn &m) { return m_needs.agents.perform(m); },
            [&](const AnswerSignIn &m) { return m_needs.agents.perform(m); },
            [&](const StartGitHubSignIn &m) { return m_needs.accounts.perform(m); },
            [&](const CancelGitHubSignIn &m) { return m_needs.accounts.perform(m); },
            [&](const AnswerKeychain &m) { return m_needs.accounts.perform(m); },
            [&](const CheckGitHubAccount &m) { return m_needs.accounts.perform(m); },
            [&](const SignOutGitHub &m) { return m_needs.accounts.perform(m); },
            [&](const RefreshGitHub &m) { return m_needs.accounts.perform(m); },
            [&](const Synchronise &m) { return m_needs.forge.perform(m); },
            [&](const WatchPullRequests &m) { return m_needs.forge.perform(m); },
            [&](const WatchIssues &m) { return m_needs.forge.perform(m); },
            [&](const OpenPullRequest &m) { return task(m.task, task::OpenPullRequest { m }); },
            [&](const MergePullRequest &m) { return merge(command.id, m); },
            [&](const BringBase &m) { return task(m.task, task::BringBase { id, m.branch, m.text }); },
            [&](const ReadyPullRequest &m) { return m_needs.pullRequests.perform(m); },
        },
        command.body);
}

CommandRouter::Work CommandRouter::tellActor(ActorRef actor, Message message)
{
    auto asking = m_needs.actors.asking(std::move(actor), std::move(message), deadline);
    auto answer = co_await asking;
    if (!answer)
        co_return std::unexpected(answer.error());
    co_return answer->toString();
}

CommandRouter::Work CommandRouter::openCopy(command::OpenCopy wish)
{
    Promise<Result<LifeFacts>> seen;
    m_needs.actors.visit<TaskActor>(keys::taskOf(wish.task), [seen](Result<TaskActor *> actor) {
        if (actor)
            seen.set((*actor)->facts());
        else
            seen.set(std::unexpected(actor.error()));
    });
    auto facts = co_await seen;
    if (!facts)
        co_return std::unexpected(facts.error());
    auto opening = m_needs.editors.open(std::move(*facts), wish.editor);
    auto opened = co_await opening;
    co_return opened;
}

CommandRouter::Work CommandRouter::settled(Result<> how)
{
    if (!how)
        co_return std::unexpected(how.error());
    co_return QString();
}

CommandRouter::Work CommandRouter::tellTask(TaskId task, Message message)
{
    auto telling = tellActor(keys::taskOf(task), std::move(message));
    auto told = co_await telling;
    if (!told && told.error().is(codes::Actor::missing)) { // a row without its task is repaired at once (L06)
        auto repairing = tellActor(keys::localOrganization(), toMessage(organization::TaskGone { task, true }));
        auto repaired = co_await repairing;
        if (!repaired)
            qWarning("command: index row not repaired: %s", qPrintable(repaired.error().chain()));
    }
    co_return told;
}

CommandRouter::Work CommandRouter::merge(CommandId id, command::MergePullRequest wish)
{
    if (!wish.task.isEmpty()) {
        auto telling = tellTask(wish.task, toMessage(task::MergePullRequest { wish }));
        auto told = co_await telling;
        co_return told;
    }
    const ActorRef key = keys::mergeOf(wish.pullRequest, id);
    auto made = m_needs.actors.create(key.kind, key.key, json::toJson(merge::Birth { wish }).toObject());
    if (!made)
        co_return std::unexpected(made.error());
    auto asking = m_needs.actors.asking(*made, toMessage(merge::Await {}), mergeDeadline);
    auto answer = co_await asking;
    if (!answer)
        co_return std::unexpected(answer.error());
    co_return answer->toString();
}

CommandRouter::Work CommandRouter::openRepository(CommandId id, command::OpenRepository wish)
{
    auto inspecting = m_needs.inspector.inspect(wish.path);
    auto clone = co_await inspecting;
    if (!clone)
        co_return std::unexpected(clone.error());
    organization::AddRepository add { id.value,         clone->root,         clone->name,         clone->defaultBranch,
                                      clone->remoteUrl, clone->objectFormat, clone->acceptedOwner };
    auto adding = tellActor(keys::localOrganization(), toMessage(add));
    auto added = co_await adding;
    co_return added;
}

Async<CloneState> CommandRouter::cloneOf(RepositoryId repository)
{
    Promise<QString> path;
    m_needs.actors.visit<OrganizationActor>(
        keys::localOrganization(), [path, repository](Result<OrganizationActor *> actor) {
            auto found
                = actor ? (*actor)->repository(repository) : Result<std::optional<RepositorySummary>>(std::nullopt);
            path.set(!found || !*found ? QString() : (*found)->forge ? (*found)->forge->url : (*found)->path);
        });
    const QString clone = co_await path;
    if (clone.isEmpty())
        co_return CloneState();
    if (!clone.startsWith(u'/')) { // a forge: what is known of it, without a network
        Promise<QStringList> branches;
        m_needs.actors.visit<RepositoryActor>(keys::repositoryOf(repository),
                                              [branches](const Result<RepositoryActor *> &actor) {
                                                  branches.set(actor ? (*actor)->forgeBranches() : QStringList());
                                              });
        CloneState state;
        state.branches = co_await branches;
        co_return state;
    }
    // A clone that cannot be read now is no reason to refuse the task: its first step says what is wrong.
    auto inspecting = m_needs.inspector.inspect(clone);
    auto state = co_await inspecting;
    co_return state.value_or(CloneState());
}

CommandRouter::Work CommandRouter::createTask(CommandId id, command::CreateTask wish)
{
    std::optional<PullRequestRow> pull;
    if (!wish.pullRequest.isEmpty()) {
        Promise<std::optional<PullRequestRow>> seen;
        m_needs.actors.visit<GithubDataActor>(
            keys::localGithubData(), [seen, wanted = wish.pullRequest](const Result<GithubDataActor *> &actor) {
                auto row = actor ? (*actor)->pullRequest(wanted) : Result<std::optional<PullRequestRow>>(std::nullopt);
                seen.set(row ? *row : std::nullopt);
            });
        pull = co_await seen;
        if (!pull)
            co_return fail(codes::GitHub::notFound, wish.pullRequest.value);
        if (!pull->task.isEmpty())
            co_return pull->task.value;
    }
    if (wish.issue) {
        Promise<TaskId> seen;
        m_needs.actors.visit<GithubDataActor>(
            keys::localGithubData(), [seen, wanted = wish.issue->id](const Result<GithubDataActor *> &actor) {
                seen.set(actor ? (*actor)->taskOfIssue(wanted).value_or(TaskId {}) : TaskId {});
            });
        const TaskId before = co_await seen;
        if (!before.isEmpty())
            co_return before.value;
    }
    auto looking = cloneOf(wish.repository);
    const CloneState clone = co_await looking;
    organization::CreateTask create { id.value, std::move(wish), clone.branches, std::max(0, clone.uncommitted), pull };
    if (pull)
        create.taken.clear(); // its own branch is no other one
    auto creating = tellActor(keys::localOrganization(), toMessage(create));
    auto created = co_await creating;
    co_return created;
}

} // namespace foundry
