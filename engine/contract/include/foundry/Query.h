// What may be read. Each query gets exactly one Answer with its id, a value or a failure.
#pragma once

#include <foundry/Values.h>

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

// Files changed since the task's base, by the last snapshot; `fresh`, and while a turn runs: as the tree is now.
struct Changes {
    TaskId task;
    bool fresh = false;
};
struct FileDiff {
    TaskId task;
    QString path;
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

using QueryBody = std::variant<query::Workbench, query::TaskDetails, query::TranscriptPage, query::Changes,
                               query::FileDiff, query::RepositoryState, query::TaskNames, query::PublishPlan,
                               query::StepLog, query::Actors, query::ActorDetails, query::ProjectPlan,
                               query::AgentSettings>;

struct Query {
    QueryId id;
    QueryBody body;
};

} // namespace foundry

Q_DECLARE_METATYPE(foundry::Query)
