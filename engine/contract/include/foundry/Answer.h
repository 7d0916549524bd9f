// The reply to a Query. The alternative matches the query's: Workbench answers query::Workbench …
#pragma once

#include <foundry/Accounts.h>
#include <foundry/AgentSettings.h>
#include <foundry/Inspect.h>
#include <foundry/Issues.h>
#include <foundry/PullRequests.h>
#include <foundry/Values.h>

#include <QHash>

namespace foundry::answer {

struct Workbench {
    std::vector<RepositorySummary> repositories;
    std::vector<TaskSummary> tasks; // deleted ones only while they can be restored
    std::vector<AgentOffer> agents;
    std::vector<SystemCheck> checks;
    QHash<QString, QString> drafts; // scope → text
    QHash<QString, QString> preferences;
    QString dataFolder;
};

struct TranscriptPage {
    TaskId task;
    SessionId session;
    qint64 from = 0;
    qint64 total = 0; // entries in the session
    quint64 revision = 0; // as of this read: see event::TranscriptChanged
    std::vector<TranscriptEntry> entries;
};

struct Changes {
    TaskId task;
    std::vector<ChangedFile> files; // at most limits::changedFiles
    ChangeTotals totals;
    QString snapshot; // commit the files were read from
};

struct RepositoryState {
    RepositoryId repository;
    QStringList branches; // local, the current one first; of a forge: the default one first
    QString current; // empty: detached head, or no clone
    int uncommitted = 0; // files with uncommitted changes; a new task on `current` can take them along
    bool fetched = true; // of a forge: Foundry has it, and a task fetches what is new only
    std::optional<Failure> trouble; // of a forge that could not be asked: `branches` are those known here
};

// Of one branch, read from its commit and never from a work tree.
struct ProjectPlan {
    RepositoryId repository;
    QString branch;
    std::vector<RegistryOffer> registries;
    QStringList repositoryHosts; // allowed for this repository by earlier answers
    QString text; // of .foundry/config.toml; empty: there is none
    QString hash;
    bool agreed = false; // the person has agreed to this text before
    QString setUp; // the script
    QStringList carry; // files of the person's clone, relative
    QStringList hosts; // that it wants reachable
    QString run; // the project's own command to start it
    QString docker; // "compose.yml": the repository wants containers, which cannot run in a sandbox
    std::optional<Failure> trouble; // Repository::badConfig
};

struct TaskNames {
    QString title;
    QString branch;
};

struct PublishPlan {
    TaskId task;
    QString message; // proposed, may be edited
    QString author; // "Name <address>"
    QString remote; // "origin", empty: there is none
    QString remoteUrl; // for show, without credentials
    QString branch;
    ChangeTotals changes;
    bool uncommitted = false; // a commit will be made
    int commits = 0; // the agent's own, since the base
    std::optional<Failure> trouble; // why there is no remote to push to
};

struct RunProposal {
    QString commandLine; // for a shell in the checkout
    QString from; // the file that says so
    bool operator==(const RunProposal &) const = default;
};
struct RunProposals {
    TaskId task;
    std::vector<RunProposal> proposals; // the likeliest first, at most `most`
    static constexpr size_t most = 12;
};

struct EditorOffer {
    QString name; // of the program
    QString title; // "Kate"
    bool operator==(const EditorOffer &) const = default;
};
struct Editors {
    std::vector<EditorOffer> editors; // the person's own ($VISUAL) first
};

struct StepLog {
    QString text;
    bool cut = false;
};

struct Actors {
    std::vector<ActorSummary> actors; // by kind, then key
    int found = 0;
    int awake = 0; // of all
    int all = 0;
};

struct ActorDetails {
    ActorSummary actor;
    qint64 waiting = 0; // messages in its queue
    qint64 outgoing = 0; // messages not yet taken by others
    std::vector<DeadLetterSummary> deadLetters; // newest first
    std::vector<BackupSummary> backups; // newest first; of one that cannot be opened too
    std::optional<RunSummary> run;
};

} // namespace foundry::answer

namespace foundry {

using AnswerBody
    = std::variant<answer::Workbench, TaskDetails, answer::TranscriptPage, answer::Changes, FileDiff,
                   answer::RepositoryState, answer::TaskNames, answer::PublishPlan, answer::StepLog,
                   answer::RunProposals, answer::Editors, answer::Actors, answer::ActorDetails, answer::ProjectPlan,
                   AgentSettings, GitHubAccounts, answer::PullRequests, answer::ForgeRepositories, answer::ForgeOwners,
                   SyncState, answer::PullRequestPlan, PullRequestDetails, answer::CheckLog, answer::ReviewSuggestions,
                   answer::Issues, IssueDetails>;

struct Answer {
    QueryId id;
    Result<AnswerBody> body;
};

} // namespace foundry

Q_DECLARE_METATYPE(foundry::Answer)
