// What a person, a command line or a test may ask of the engine. Each command is done at most once for
// its `commandId`, however often it is sent, and is answered by one `CommandFinished` event with it.
// Submit from any thread through EngineLink; handled on the engine's thread.
#pragma once

#include <foundry/Accounts.h>
#include <foundry/Issues.h>
#include <foundry/PullRequests.h>

namespace foundry::command {

// Make a repository of this computer known. Answer: `created` is the RepositoryId. Opening a known one
// again is not an error: it answers with the same id. The clone is read, never written.
struct OpenRepository {
    QString path; // anywhere inside the work tree
};

// Make a repository of a forge known that has no clone here. Answer: `created` is the RepositoryId; again, the same.
// Nothing is fetched: that is the first task's. Failures: Repository::missing (no such row), empty (nothing was pushed
// yet).
struct OpenForgeRepository {
    AccountId account; // empty: through which it is seen
    QString repository; // "acme/shop"
    bool preferClone = false; // a known clone whose remote it is, is the answer; nothing is made then
};

// Forget a repository that has no task left. The clone is not touched.
struct CloseRepository {
    RepositoryId repository;
};

enum class Freedom { freeInSandbox, askFirst };

// Give work away. The row is there before anything else happens. Answer: `created` is the TaskId.
struct CreateTask {
    RepositoryId repository;
    QString prompt; // at most limits::promptCharacters
    QString title; // empty: made from the prompt
    QString branch; // empty: made from the title; taken: a number is added, unless `branchFixed`
    bool branchFixed = false; // the person typed it: a taken name is refused
    QString baseBranch; // empty: the repository's default
    QString agent; // AgentOffer::name
    Freedom freedom = Freedom::freeInSandbox;
    QStringList allowedHosts; // beside the agent's own model hosts
    std::vector<int> allowedPorts; // of the person's loopback, reachable inside at the same address
    bool takeUncommitted = false; // of the clone, which must stand on the base branch's head
    bool acceptNoIsolation = false; // asked and agreed: only looked at where bubblewrap cannot work
    QStringList registries; // RegistryOffer::name: their hosts are allowed too
    // answer::ProjectPlan::hash of the .foundry/config.toml that the person has seen and agreed to; another one is
    // asked about when the task has read it.
    QString projectAgreed;
    bool projectLeftOut = false; // the person wants nothing of it
    TaskBudget budget;
    // Work on this pull request's branch, from its head; `repository` is then its base's, and `branch` and `baseBranch`
    // are the pull request's. Where a task works on it already, that one is the answer and nothing is made.
    PullRequestId pullRequest;
    // The issue that it is made from. Where a task was made from it already, that one is the answer and nothing is
    // made.
    std::optional<TaskIssue> issue;
};

// A follow-up. While a turn runs it waits in the queue.
struct SendPrompt {
    TaskId task;
    QString text;
};
struct EditQueuedPrompt {
    TaskId task;
    QString prompt; // QueuedPrompt::id
    QString text; // empty: drop it
};

struct AnswerPermission {
    TaskId task;
    SessionId session;
    QString requestId;
    QString choice; // PermissionChoice::id
};

// A TaskQuestion. One that is answered already changes nothing.
struct AnswerQuestion {
    TaskId task;
    QString question; // TaskQuestion::id
    QuestionAnswer answer = QuestionAnswer::no;
};

// End the running turn or step; the work is kept.
struct StopTask {
    TaskId task;
};
// Try the failed or stopped step again, attempts counted anew.
struct RetryStep {
    TaskId task;
};

// Go on without the failed step, where it allows that (TaskAction::skipStep).
struct SkipStep {
    TaskId task;
};

// After an interrupted turn: ask the agent to go on, or send the same prompt again.
enum class Resume { goOn, sendAgain };
struct ResumeTurn {
    TaskId task;
    Resume how = Resume::goOn;
};

enum class PublishTo { remote, clone };
struct PublishTask {
    TaskId task;
    PublishTo to = PublishTo::remote;
    QString message; // of the commit for uncommitted work; empty: as proposed by query::PublishPlan
};

// Refused with Task::unpublishedWork unless `evenUnpublished`, so that the window can ask once.
struct ArchiveTask {
    TaskId task;
    bool evenUnpublished = false;
};
struct UnarchiveTask {
    TaskId task;
};
struct DeleteTask { // archives first where needed; restorable for 30 days
    TaskId task;
};
struct RestoreTask {
    TaskId task;
};

struct RenameTask {
    TaskId task;
    QString title;
};
struct MarkTask {
    TaskId task;
    bool unread = false;
};

struct ChooseSessionOption {
    TaskId task;
    SessionId session;
    QString option; // SessionOption::id
    QString value;
};

// A program with a terminal in the task's sandbox, with the network that the agent has. Where the sandbox was released
// it is made again first. Finishes when the program runs; from then on TerminalOutput, and once TerminalEnded.
// It goes on whatever the window shows, and ends with CloseTerminal, the sandbox's release or the program's end.
struct OpenTerminal {
    TaskId task;
    TerminalId terminal;
    TerminalGrid grid;
    QString commandLine; // for the shell; empty: a shell for a person
};
struct WriteTerminal {
    TerminalId terminal;
    QByteArray bytes; // what was typed, as the terminal encodes it
};
struct ResizeTerminal {
    TerminalId terminal;
    TerminalGrid grid;
};
// So many bytes of TerminalOutput were dealt with: see limits::terminalUntaken.
struct TakeTerminalOutput {
    TerminalId terminal;
    qint64 bytes = 0;
};
// Hangs up, and shortly after ends what is left. One that has ended is no error.
struct CloseTerminal {
    TerminalId terminal;
};

// A copy of the task's last snapshot, files that can only be read, opened with an editor of the host. Without .git and
// without what editors run by themselves, because an agent wrote it; what is changed in it does not come back.
// Answer: `created` is the copy's folder. Every time anew.
struct OpenCopy {
    TaskId task;
    QString editor; // answer::EditorOffer::name
};

// What the person typed and did not send. Scope: "task:<id>" or "newTask:<repository id>". Empty text removes it.
struct SaveDraft {
    QString scope;
    QString text;
};
// Small settings of the window: last selected task, folded groups, theme. At most 64 KiB each.
struct SavePreference {
    QString name;
    QString value;
};

// The inspector's. An actor's id is ActorSummary::id.
struct RestartActor {
    QString actor;
};
// Its store goes; ask first.
struct DestroyActor {
    QString actor;
};
// The backup takes the store's place, which is kept beside it; what came since is gone. Ask first.
struct RestoreActor {
    QString actor;
    QString backup; // BackupSummary::name
};
struct SettleDeadLetter {
    QString actor;
    qint64 number = 0;
    bool retry = false; // else it is dropped
};
enum class RunControl { pause, resume, retryStep, skipStep, stopStep, cancel, rewind };
struct ControlRun {
    QString actor;
    RunControl control = RunControl::pause;
    qint64 entry = 0; // rewind: RunEntry::number, which is made again with all that came later
};

// Look again which agents, git and isolation there are; the person's shell is asked again.
struct RefreshSystem { };

// The page "Agents". Each command answers when its work has begun or its change is kept; how work goes on and ends is
// told with AgentSettingsChanged. One work at a time for each agent: Agent::busy.

// The pinned package from npm into Foundry's own folder; also brings an older one there up to date.
struct InstallAgent {
    QString agent; // AgentOffer::name
};
struct RemoveAgent { // from Foundry's own folder
    QString agent;
};
struct CancelAgentWork { // what is being installed, or a sign-in
    QString agent;
};
// A forge's token is refused: Agent::variableRefused.
struct GiveVariable {
    QString agent;
    QString name;
    bool given = true;
};
// A key or long-lived token: into the keychain, or in memory for as long as Foundry runs. It is checked for its form
// only. An empty one removes what is kept. Failure: Agent::keychain, and nothing is kept.
struct KeepKey {
    QString agent;
    QString name; // AgentSignIn::keys
    QString value;
    bool thisRunOnly = false;
};
struct SignIn { // runs the agent's own login
    QString agent;
};
struct AnswerSignIn {
    QString agent;
    QString text;
};

} // namespace foundry::command

namespace foundry {

using CommandBody = std::variant<
    command::OpenRepository, command::CloseRepository, command::CreateTask, command::SendPrompt,
    command::EditQueuedPrompt, command::AnswerPermission, command::StopTask, command::RetryStep, command::ResumeTurn,
    command::PublishTask, command::ArchiveTask, command::UnarchiveTask, command::DeleteTask, command::RestoreTask,
    command::RenameTask, command::MarkTask, command::ChooseSessionOption, command::SaveDraft, command::SavePreference,
    command::RefreshSystem, command::RestartActor, command::DestroyActor, command::RestoreActor,
    command::SettleDeadLetter, command::ControlRun, command::AnswerQuestion, command::SkipStep, command::OpenTerminal,
    command::WriteTerminal, command::ResizeTerminal, command::TakeTerminalOutput, command::CloseTerminal,
    command::InstallAgent, command::RemoveAgent, command::CancelAgentWork, command::GiveVariable, command::KeepKey,
    command::SignIn, command::AnswerSignIn, command::OpenCopy, command::StartGitHubSignIn, command::CancelGitHubSignIn,
    command::AnswerKeychain, command::CheckGitHubAccount, command::SignOutGitHub, command::RefreshGitHub,
    command::Synchronise, command::WatchPullRequests, command::OpenPullRequest, command::MergePullRequest,
    command::ReadyPullRequest, command::BringBase, command::OpenForgeRepository, command::WatchIssues>;

struct Command {
    CommandId id;
    CommandBody body;
};

} // namespace foundry

Q_DECLARE_METATYPE(foundry::Command)
