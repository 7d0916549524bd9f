// The way to read: each Query gets exactly one Answer. Lists are one local read of the organisation; what is
// asked of git (branches, diffs) is read from the clone or from Foundry's bare repository, never from a tree
// that an agent can write: a look at such a tree is a snapshot made in the sandbox and brought home. Engine thread.
#pragma once

#include "ActorSystem.h"
#include "Async.h"
#include "ChangeReader.h"
#include "CloneInspector.h"
#include "PersonSettings.h"
#include "ProjectReader.h"
#include "SourceStore.h"

#include <foundry/Answer.h>
#include <foundry/Query.h>

#include <functional>
#include <list>

namespace foundry {

class ActorInspector;
class SystemChecks;
class AccountDesk;
class AgentDesk;
class SandboxProvider;
class EditorCopies;
class IssueDesk;
class PullRequestDesk;
class PullRequestTemplateReader;
struct LifeFacts;

class QueryRouter {
public:
    struct Needs {
        ActorSystem &actors;
        CloneInspector &inspector;
        PersonSettingsReader &settings;
        SourceStore &sources;
        ChangeReader &changes;
        ProjectReader &projects;
        SystemChecks &checks;
        AgentDesk &agents;
        AccountDesk &accounts;
        ActorInspector &actorInspector;
        SandboxProvider &bubblewrap;
        SandboxProvider &plain;
        EditorCopies &editors;
        PullRequestDesk &pullRequests;
        IssueDesk &issues;
        PullRequestTemplateReader &templates;
        QString dataFolder;
    };
    static constexpr size_t maxUnderWay = 1000; // queries; more are refused

    QueryRouter(Needs needs, std::function<void(const Answer &)> reply);

    void ask(const Query &query);

private:
    using Work = Async<Result<AnswerBody>>;
    Work perform(QueryBody body);
    Work read(query::Workbench);
    Work read(query::TaskDetails query);
    Work read(query::TranscriptPage query);
    Work read(query::Changes query);
    Work read(query::FileDiff query);
    Work read(query::RepositoryState query);
    Work read(query::ProjectPlan query);
    Work read(query::TaskNames query);
    Work read(query::PublishPlan query);
    Work read(query::StepLog query);
    Work read(query::RunProposals query);
    Work read(query::Editors query);
    Work read(query::Actors query);
    Work read(query::ActorDetails query);
    Work read(query::AgentSettings);
    Work read(query::Accounts);
    Work read(query::PullRequests query);
    Work read(query::ForgeRepositories query);
    Work read(query::ForgeOwners query);
    Work read(query::Issues query);
    Work read(query::Synchronisation);
    // QueryForge.cpp
    Work read(query::PullRequestPlan query);
    Work read(query::PullRequestDetails query);
    Work read(query::IssueDetails query);
    Work read(query::CheckLog query);
    Work read(query::ReviewSuggestions query);
    Async<Result<>> proposeFor(LifeFacts facts, answer::PullRequestPlan &plan);

    // What `use` makes of the living actor.
    template <class A, class T> Async<Result<T>> visited(ActorRef ref, std::function<Result<T>(A &)> use);
    Async<Result<LifeFacts>> factsOf(TaskId task);
    Async<Result<RepositorySummary>> repositoryOf(RepositoryId id);
    // The task's tree as it is now, as a commit in the bare repository.
    Async<Result<QString>> lookAtTree(LifeFacts facts);
    // What the person's clone has now, as a commit in the bare repository.
    Async<Result<QString>> lookAtClone(LifeFacts facts);
    Work compareWithClone(LifeFacts facts);
    Work lookAtForge(RepositorySummary repository);
    // Of the clone, or of the forge as far as it was asked.
    Async<QStringList> takenBranches(RepositorySummary repository);
    static void planForge(answer::PublishPlan &plan, const ForgeSource &forge, const LifeFacts &facts);
    QString newest(const LifeFacts &facts) const; // commit: the last look, or the last snapshot if that came later

    struct Look {
        QString commit;
        QString after; // the snapshot at that time
    };
    Needs m_needs;
    struct Comparison {
        QString clone, task; // commits
    };
    QHash<QString, Look> m_looks; // by task
    QHash<QString, Comparison> m_comparisons; // by task
    std::function<void(const Answer &)> m_reply;
    std::list<Work> m_underWay;
};

template <class A, class T> Async<Result<T>> QueryRouter::visited(ActorRef ref, std::function<Result<T>(A &)> use)
{
    Promise<Result<T>> seen;
    m_needs.actors.visit<A>(ref, [seen, use](Result<A *> actor) {
        if (actor)
            seen.set(use(**actor));
        else
            seen.set(std::unexpected(actor.error()));
    });
    auto result = co_await seen;
    co_return result;
}

} // namespace foundry
