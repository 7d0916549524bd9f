// What may be read. Each query gets exactly one Answer with its id, a value or a failure.
#pragma once

#include <foundry/Accounts.h>
#include <foundry/Issues.h>
#include <foundry/PullRequests.h>

namespace foundry::query {

// Everything a window needs to begin: one local read, no fan-out.
struct Workbench { };

struct TaskDetails {
    TaskId task;
};

// At most limits::transcriptPage entries starting at `from`; a negative `from` counts from the end.
struct TranscriptPage {
    TaskId task;
    SessionId session;
    qint64 from = -limits::transcriptPage;
    int count = limits::transcriptPage;
};

// What a task's tree is compared with: the commit that it began from, or the files of the person's clone as they are
// now, uncommitted ones included (the clone is only read).
enum class Against { base, clone };
// Files changed, by the last snapshot; `fresh`, while a turn runs and against the clone: as the trees are now.
struct Changes {
    TaskId task;
    bool fresh = false;
    Against against = Against::base;
};
// By what the last Changes of this kind looked at.
struct FileDiff {
    TaskId task;
    QString path;
    Against against = Against::base;
};
// Command lines that the task's files propose: scripts of package.json, Makefile, CMake, Cargo and so on.
struct RunProposals {
    TaskId task;
};

// What can be a base, and what a task would be called.
struct RepositoryState {
    RepositoryId repository;
};
// What a branch brings along for a task: registries, what its .foundry/config.toml wants.
struct ProjectPlan {
    RepositoryId repository;
    QString branch;
};
struct TaskNames {
    RepositoryId repository;
    QString prompt;
};

// What publishing would do now.
struct PublishPlan {
    TaskId task;
};

// The last lines of what a step's command or the agent wrote to its standard error.
struct StepLog {
    TaskId task;
    QString step; // TimelineEntry::name
};

// Programs of this computer that a copy of a task's files can be opened with.
struct Editors { };

// For the inspector. `find`: in kind or key; empty: all. At most limits::inspectedActors, from `from` on.
struct Actors {
    QString find;
    int from = 0;
};
// Wakes it, unless it is damaged.
struct ActorDetails {
    QString actor; // ActorSummary::id
};

struct AgentSettings { };

} // namespace foundry::query

namespace foundry {

using QueryBody
    = std::variant<query::Workbench, query::TaskDetails, query::TranscriptPage, query::Changes, query::FileDiff,
                   query::RepositoryState, query::TaskNames, query::PublishPlan, query::StepLog, query::RunProposals,
                   query::Editors, query::Actors, query::ActorDetails, query::ProjectPlan, query::AgentSettings,
                   query::Accounts, query::PullRequests, query::ForgeRepositories, query::ForgeOwners,
                   query::Synchronisation, query::PullRequestPlan, query::PullRequestDetails, query::CheckLog,
                   query::ReviewSuggestions, query::Issues, query::IssueDetails>;

struct Query {
    QueryId id;
    QueryBody body;
};

} // namespace foundry

Q_DECLARE_METATYPE(foundry::Query)
