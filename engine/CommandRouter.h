// The way in: turns each Command into messages for the actor it concerns and answers it with exactly one
// CommandFinished, after its effect is on disk. What needs a look at the outside first (a folder, the
// branches that are taken) is looked at here, because handlers run to completion. Engine thread.
#pragma once

#include "Async.h"
#include "CloneInspector.h"
#include "Message.h"
#include "PersonSettings.h"
#include "Publisher.h"

#include <foundry/Command.h>
#include <foundry/Event.h>

#include <functional>
#include <list>

namespace foundry {

class ActorSystem;
class ActorInspector;
class EditorCopies;
class SystemChecks;
class TaskTerminals;
class TerminalHub;
class AccountDesk;
class ForgeSync;
class PullRequestDesk;
class AgentDesk;

class CommandRouter {
public:
    struct Needs {
        ActorSystem &actors;
        CloneInspector &inspector;
        Publisher &publisher;
        PersonSettingsReader &settings;
        SystemChecks &checks;
        AgentDesk &agents;
        AccountDesk &accounts;
        ForgeSync &forge;
        PullRequestDesk &pullRequests;
        ActorInspector &actorInspector;
        TerminalHub &terminals;
        TaskTerminals &taskTerminals;
        EditorCopies &editors;
        QString repositoriesFolder;
    };
    static constexpr size_t maxUnderWay = 1000; // commands; more are refused
    static constexpr auto deadline = std::chrono::seconds(60); // of the actor's answer
    static constexpr auto mergeDeadline = std::chrono::minutes(45); // all its attempts are shorter

    CommandRouter(Needs needs, std::function<void(const Event &)> tell);

    void submit(const Command &command);

private:
    using Work = Async<Result<QString>>; // what was created
    Work perform(Command command);
    Work openRepository(CommandId id, command::OpenRepository wish);
    Work openForgeRepository(CommandId id, command::OpenForgeRepository wish);
    Work createTask(CommandId id, command::CreateTask wish);
    Async<RepositoryId> knownCloneOf(QString url); // of a forge's address; empty: there is none
    Async<CloneState> cloneOf(RepositoryId repository); // empty where it cannot be read
    Work tellActor(ActorRef actor, Message message);
    Work openCopy(command::OpenCopy wish);
    static Work settled(Result<> how); // what needs no actor
    Work tellTask(TaskId task, Message message);
    Work merge(CommandId id, command::MergePullRequest wish);

    Needs m_needs;
    std::function<void(const Event &)> m_tell;
    std::list<Work> m_underWay;
};

} // namespace foundry
