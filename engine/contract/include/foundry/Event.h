// What the engine tells, always after it is on disk. Received on the window's thread through EngineLink,
// joined once a frame: of several TaskChanged or TaskDetailsChanged for one task only the newest arrives, and of
// several SyncChanged the newest.
#pragma once

#include <foundry/Accounts.h>
#include <foundry/AgentSettings.h>
#include <foundry/Issues.h>

namespace foundry::event {

// Stores are open, recovery has begun: query::Workbench may be asked.
struct EngineReady { };
// The engine cannot work: its data folder, a second program … Nothing else follows.
struct EngineFailed {
    Failure failure;
};

struct CommandFinished {
    CommandId command;
    std::optional<Failure> failure;
    QString created; // id of what was made, where the command makes something
};

struct RepositoryChanged {
    RepositorySummary repository;
};
struct RepositoryRemoved {
    RepositoryId repository;
};

struct TaskChanged {
    TaskSummary task;
};
struct TaskRemoved { // for good: past restoring
    TaskId task;
};
struct TaskDetailsChanged {
    TaskDetails details;
};

// Changes in order. `revision` is the session's after them, `previous` the one before: a receiver whose
// own revision is not `previous` has a gap and asks for the page again.
struct TranscriptChanged {
    TaskId task;
    SessionId session;
    quint64 previous = 0;
    quint64 revision = 0;
    qint64 total = 0;
    std::vector<TranscriptChange> changes;
};

// What a terminal's program put out: bytes with escape sequences, in order, cut anywhere. Not kept anywhere.
struct TerminalOutput {
    TerminalId terminal;
    QByteArray bytes;
};
struct TerminalEnded { // after its last output
    TerminalId terminal;
    int exitCode = 0;
    int signal = 0; // that ended it; 0: none
    std::optional<Failure> failure; // it could not be kept
};

struct SystemChanged {
    std::vector<AgentOffer> agents;
    std::vector<SystemCheck> checks;
};

struct AgentSettingsChanged {
    AgentSettings settings;
};

// Something for the person that belongs to no task: a store set aside, a configuration line refused.
struct Trouble {
    Failure failure;
};
// The data folder's disk is full, or has space again. Told when it changes.
struct DiskFull {
    bool full = true;
};

} // namespace foundry::event

namespace foundry {

using Event = std::variant<event::EngineReady, event::EngineFailed, event::CommandFinished, event::RepositoryChanged,
                           event::RepositoryRemoved, event::TaskChanged, event::TaskRemoved, event::TaskDetailsChanged,
                           event::TranscriptChanged, event::TerminalOutput, event::TerminalEnded, event::SystemChanged,
                           event::Trouble, event::DiskFull, event::AgentSettingsChanged, event::AccountsChanged,
                           event::SignInChanged, event::SyncChanged, event::PullRequestsChanged,
                           event::ForgeRepositoriesChanged, event::ReviewAsked, event::IssuesChanged>;

} // namespace foundry

Q_DECLARE_METATYPE(foundry::Event)
