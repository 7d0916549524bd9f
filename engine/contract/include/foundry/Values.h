// What the engine tells about its world: plain values, copied across threads, never a live object.
// Times are milliseconds since the epoch, UTC; 0 means "not yet" or "none". Durations are milliseconds.
#pragma once

#include <foundry/Failure.h>
#include <foundry/Ids.h>
#include <foundry/TaskIssue.h>
#include <foundry/TaskPullRequest.h>

#include <QByteArray>
#include <QStringList>

#include <optional>
#include <variant>
#include <vector>

namespace foundry {

using Millis = qint64;

// ---- repositories -------------------------------------------------------------------------------

// A repository of a forge without a clone on this computer: Foundry fetches it itself and keeps it for all its tasks.
struct ForgeSource {
    AccountId account; // whose credential is used
    QString repository; // "acme/shop"
    QString url; // https, without credentials
    qint64 kibibytes = 0; // on the forge's disk, as it was told last
    bool mayPush = false;
    bool operator==(const ForgeSource &) const = default;
};

struct RepositorySummary {
    RepositoryId id;
    QString name; // "shop", "acme/shop"; unique names are not promised, paths are
    QString path; // the person's clone, absolute; empty: there is none, see `forge`
    QString defaultBranch;
    QString remote; // for show only, never with credentials; empty: none
    std::optional<Failure> trouble; // moved away, unreadable …; its tasks stay
    std::optional<ForgeSource> forge;

    bool operator==(const RepositorySummary &) const = default;
};

// ---- agents -------------------------------------------------------------------------------------

enum class AgentReadiness { ready, missing, needsSignIn, misconfigured };

struct AgentOffer {
    QString name; // key in the catalogue and in config.toml
    QString title; // "Codex", "Demonstration agent"
    QString version; // as the program says, empty: unknown
    bool demonstration = false; // bundled, plays a script, no model
    bool custom = false; // from config.toml
    AgentReadiness readiness = AgentReadiness::missing;
    QString missing; // what is missing, e.g. the program's name
    QString remedy; // how to get it: a command or an address
    QStringList hosts; // its model hosts: the network it is allowed by default

    bool operator==(const AgentOffer &) const = default;
};

// ---- tasks --------------------------------------------------------------------------------------

enum class TaskState {
    queued,
    preparing,
    working,
    needsYou,
    ready,
    publishing,
    published,
    merged,
    closed,
    archived,
    deleted
};

// Lies over a state and keeps the point to resume from.
enum class TaskOverlay { none, failed, stopped, damaged };

// Why the task is in its state: evidence; the sentence is made in ui/tasks.
enum class TaskWhy {
    none,
    waitsForTurn, // queued: another task prepares, or nothing has begun
    runsStep, // subject: step name
    retriesStep, // subject: step name; the telemetry says when
    agentWorks, // subject: what it said it does last, may be empty
    asksPermission, // subject: the request's title
    asksHost, // subject: a host that was refused; TaskDetails::questions has them all
    asksProject, // what the repository's own .foundry/config.toml wants
    turnFinished, // subject: stop reason as ACP spells it
    turnInterrupted, // Foundry ended in the middle of a turn: Continue or Send again
    stoppedByPerson,
    stepFailed, // subject: step name; failure says the rest
    publishedTo, // subject: "origin/branch" or the clone's path
    inPullRequest, // published, merged or closed; subject: "#12"
    archivedByPerson,
    releaseRuns, // archived or deleted, the sandbox is still being released
    releaseFailed,
    deletedUntil, // subject: the time in milliseconds when it goes for good
};

struct TaskReason {
    TaskWhy why = TaskWhy::none;
    QString subject;
    Millis since = 0;
    bool operator==(const TaskReason &) const = default;
};

struct ChangeTotals {
    int files = 0;
    int added = 0; // lines
    int removed = 0; // lines
    bool operator==(const ChangeTotals &) const = default;
};

// What may be asked of a task now. The window shows exactly these.
enum class TaskAction {
    stop,
    retryStep,
    continueTurn,
    sendAgain,
    prompt,
    publish,
    bringIntoClone,
    archive,
    unarchive,
    remove,
    restore,
    release,
    skipStep,
    openPullRequest, // publishes what is unpublished first
    mergePullRequest
};

struct TaskSummary {
    TaskId id;
    RepositoryId repository;
    QString title;
    QString branch;
    QString baseBranch;
    TaskState state = TaskState::queued;
    TaskOverlay overlay = TaskOverlay::none;
    TaskReason reason;
    std::optional<Failure> failure; // with overlay failed or damaged
    QString agent; // AgentOffer::name
    SessionId session; // the newest; empty until there is one
    ChangeTotals changes;
    bool unread = false;
    bool publishedOnce = false;
    bool isolated = true; // false: the person accepted a task without a sandbox
    Millis createdAt = 0;
    Millis activeAt = 0; // last thing that happened, for order and age
    std::vector<TaskAction> actions;
    std::optional<TaskPullRequest> pullRequest;
    std::optional<TaskIssue> issue; // that it was made from

    bool operator==(const TaskSummary &) const = default;
};

// ---- life cycle timeline ------------------------------------------------------------------------

enum class StepStatus { pending, running, waiting, retrying, done, failed, skipped };

struct AttemptRecord {
    int number = 1;
    Millis startedAt = 0;
    Millis endedAt = 0;
    std::optional<Failure> failure;
    bool operator==(const AttemptRecord &) const = default;
};

// One line of the Overview: a step of the task's workflow, a turn, or what is still to come.
struct TimelineEntry {
    QString name; // the step's stable name: createSandbox, turn, push …
    QString subject; // branch, turn number …
    StepStatus status = StepStatus::pending;
    int attempt = 0;
    int maxAttempts = 0; // 0: no limit
    Millis startedAt = 0; // of the first attempt
    Millis attemptStartedAt = 0;
    Millis endedAt = 0;
    QString subStep; // what it is in now
    double fraction = -1; // 0 to 1, or -1: unknown
    Millis lastSignAt = 0; // last sign of progress
    Millis timeOutAt = 0; // 0: no limit
    Millis nextAttemptAt = 0;
    std::vector<AttemptRecord> attempts; // the failed ones
    bool hasLog = false;
    QString lastLines; // of a running step's program; not kept
    bool operator==(const TimelineEntry &) const = default;
};

// What a task may use at most. 0: as the settings say.
struct TaskBudget {
    int processors = 0; // hundredths of one: 150 is one and a half
    qint64 memory = 0; // bytes
    int processes = 0; // and threads
    qint64 disk = 0; // bytes of its folder: checkout, home and /tmp
    Millis turn = 0; // of one turn
    bool operator==(const TaskBudget &) const = default;
};

enum class BudgetKind { processors, memory, processes, disk, turn };
// How well a limit holds here.
enum class Enforcement {
    none, // not at all; `note` says why
    measured, // looked at from time to time: more can be used for a moment
    each, // of each process on its own, not of all together
    whole, // by the kernel, for all together
};
struct BudgetLine {
    BudgetKind kind = BudgetKind::processors;
    qint64 limit = 0; // 0: none
    qint64 used = -1; // -1: not measured
    Enforcement enforcement = Enforcement::none;
    QString note; // stable word: "affinity"; may be empty
    bool operator==(const BudgetLine &) const = default;
};

// Something of the person's that is in the sandbox: "toolchain" (read-only), "cache" (a copy-on-write view of it),
// "folder" (an ignored build folder taken over), "file" (carried over).
struct SandboxPart {
    QString kind;
    QString name; // "Rust", "npm", ".env"
    QString path; // on the host
    QString note; // stable word for what is special, "readOnly", "empty", …; may be empty
    bool operator==(const SandboxPart &) const = default;
};

enum class Isolation { full, weaker, none };

struct SandboxInfo {
    QString provider; // "bubblewrap"
    bool exists = false;
    Isolation isolation = Isolation::full;
    QString weakness; // stable word: "root", "noSeccomp" …; empty with full
    QString directory; // on the host
    QStringList allowedHosts;
    std::vector<int> allowedPorts; // of the person's loopback
    QStringList deniedHosts; // asked for and refused, newest last, bounded
    int snapshots = 0;
    bool agentRunning = false;
    std::vector<SandboxPart> parts;
    std::vector<BudgetLine> budget;
    QString docker; // the file that shows that the repository wants containers, which cannot run inside
    bool operator==(const SandboxInfo &) const = default;
};

struct UsageInfo {
    qint64 tokens = 0; // of the session, 0: not told
    qint64 contextUsed = 0;
    qint64 contextSize = 0;
    double cost = 0;
    QString currency;
    bool operator==(const UsageInfo &) const = default;
};

struct QueuedPrompt {
    QString id;
    QString text;
    bool operator==(const QueuedPrompt &) const = default;
};

// ---- sessions -----------------------------------------------------------------------------------

struct OptionChoice {
    QString value;
    QString name;
    QString description;
    bool operator==(const OptionChoice &) const = default;
};

// What the agent lets a person choose (ACP config options and modes): model, mode …
struct SessionOption {
    QString id; // "mode" for ACP modes
    QString name;
    QString category; // "model", "mode", … as ACP spells it
    QString current; // OptionChoice::value
    std::vector<OptionChoice> choices;
    bool operator==(const SessionOption &) const = default;
};

struct AgentCommand {
    QString name;
    QString description;
    QString hint;
    bool operator==(const AgentCommand &) const = default;
};

struct SessionInfo {
    SessionId id;
    QString agent; // AgentOffer::name
    QString title;
    bool open = false; // the agent's process is connected
    std::vector<SessionOption> options;
    std::vector<AgentCommand> commands;
    UsageInfo usage;
    bool operator==(const SessionInfo &) const = default;
};

// A question that Foundry itself has for the person, on behalf of a task.
enum class QuestionKind {
    host, // something in the sandbox wanted to reach `subject` ("example.org:443")
    project, // the repository's .foundry/config.toml is new or has changed; `detail` is its text
};
enum class QuestionAnswer { task, repository, no }; // for this task; for this repository from now on; not at all
struct TaskQuestion {
    QString id;
    QuestionKind kind = QuestionKind::host;
    QString subject;
    QString detail;
    bool operator==(const TaskQuestion &) const = default;
};

// What of the person's clone is not there as it is in the clone, or needs a word.
enum class SourceNoteKind {
    sparse, // the checkout follows the clone's sparse patterns
    submodule, // checked out; subject: its path
    submoduleEmpty, // not initialised in the clone, or without that commit
    submoduleNotFetched, // the source is a forge without a clone: Foundry fetches the repository itself only
    submoduleUnsafe, // its name or path is none that Foundry follows
    submoduleTooDeep, // further down than Foundry follows, or one too many
    lfsPointers, // files that .gitattributes gives to Git LFS are pointers, without content
    notInSnapshot // git could not take something in at the last snapshot; subject: its words
};
struct SourceNote {
    SourceNoteKind kind = SourceNoteKind::submodule;
    QString subject;
    bool operator==(const SourceNote &) const = default;
};

struct TaskDetails {
    TaskId id;
    std::vector<TimelineEntry> timeline;
    SandboxInfo sandbox;
    std::vector<SessionInfo> sessions;
    std::vector<QueuedPrompt> queue; // prompts that wait for the turn's end
    QString baseCommit;
    QString publishedAs; // "origin/fix-login" or the clone's path
    int uncommitted = 0; // files of the person's clone when the task was made
    bool uncommittedTaken = false; // they came along; otherwise they were left out
    std::vector<TaskQuestion> questions; // oldest first, at most limits::openQuestions
    std::vector<SourceNote> notes;
    bool operator==(const TaskDetails &) const = default;
};

// ---- transcript ---------------------------------------------------------------------------------

enum class EntryKind { personMessage, agentMessage, thought, plan, toolCall, permission, notice, turnEnd };

enum class PlanStatus { pending, inProgress, completed };
struct PlanItem {
    QString text;
    QString priority; // as ACP spells it
    PlanStatus status = PlanStatus::pending;
    bool operator==(const PlanItem &) const = default;
};

enum class ToolStatus { pending, inProgress, completed, failed, cancelled };

struct ToolDiff {
    QString path; // relative to the checkout where it is inside it
    QString oldText;
    QString newText;
    bool created = false; // there was no old text
    bool operator==(const ToolDiff &) const = default;
};

struct ToolCall {
    QString id; // the agent's
    QString title;
    QString kind; // read, edit, delete, move, search, execute, think, fetch, other: as ACP spells it
    ToolStatus status = ToolStatus::pending;
    QStringList locations; // "src/a.cpp:12"
    std::vector<ToolDiff> diffs;
    QString output; // text content and terminal output, last `maxToolOutput` characters
    QString input; // raw input as compact JSON, cut
    Millis endedAt = 0;
    bool operator==(const ToolCall &) const = default;
};

struct PermissionChoice {
    QString id; // the agent's option id
    QString name;
    QString kind; // allow_once, allow_always, reject_once, reject_always
    bool operator==(const PermissionChoice &) const = default;
};

struct Permission {
    QString requestId; // ours, unique in the session
    QString toolCallId;
    QString title;
    std::vector<PermissionChoice> choices;
    QString chosen; // PermissionChoice::id once answered
    bool withdrawn = false; // cancelled, or the agent died before an answer
    bool operator==(const Permission &) const = default;
};

enum class NoticeKind { information, interrupted, agentExited, sessionReloaded, cut, failure, unknownUpdate };

struct Notice {
    NoticeKind kind = NoticeKind::information;
    QString text; // from the agent, may be empty
    std::optional<Failure> failure;
    bool operator==(const Notice &) const = default;
};

struct TurnEnd {
    QString stopReason; // as ACP spells it: end_turn, cancelled, refusal …
    Millis tookMs = 0;
    bool operator==(const TurnEnd &) const = default;
};

struct MessageText {
    QString text; // Markdown
    bool operator==(const MessageText &) const = default;
};

using EntryBody = std::variant<MessageText, std::vector<PlanItem>, ToolCall, Permission, Notice, TurnEnd>;

struct TranscriptEntry {
    qint64 position = 0; // 0, 1, 2 … without gaps within a session
    EntryKind kind = EntryKind::notice;
    int turn = 0; // 1, 2 …; 0: before the first
    Millis at = 0;
    bool open = false; // more text may still be appended
    EntryBody body;
    bool operator==(const TranscriptEntry &) const = default;
};

struct EntryUpserted { // new at its position, or replaced there
    TranscriptEntry entry;
    bool operator==(const EntryUpserted &) const = default;
};
struct TextAppended { // to the message or thought at `position`
    qint64 position = 0;
    qint64 offset = 0; // length of the text before, in UTF-16 units: elsewhere means a gap
    QString text;
    bool operator==(const TextAppended &) const = default;
};
using TranscriptChange = std::variant<EntryUpserted, TextAppended>;

// ---- changes ------------------------------------------------------------------------------------

enum class FileState { added, modified, deleted, renamed, typeChanged };

struct ChangedFile {
    QString path;
    QString oldPath; // with renamed
    FileState state = FileState::modified;
    int added = 0;
    int removed = 0;
    bool binary = false;
    bool operator==(const ChangedFile &) const = default;
};

enum class LineKind { context, added, removed };
struct DiffLine {
    LineKind kind = LineKind::context;
    int oldNumber = 0; // 1-based, 0: not in the old file
    int newNumber = 0;
    QString text; // without the line break
    bool noNewline = false; // "\ No newline at end of file" follows
    bool operator==(const DiffLine &) const = default;
};
struct DiffHunk {
    QString header; // what git puts behind @@ … @@
    std::vector<DiffLine> lines;
    bool operator==(const DiffHunk &) const = default;
};
struct FileDiff {
    ChangedFile file;
    std::vector<DiffHunk> hunks;
    bool cut = false; // longer than limits::diffLines
    bool operator==(const FileDiff &) const = default;
};

// ---- what a repository brings along --------------------------------------------------------------

// A package registry that the lock files of a branch speak of.
struct RegistryOffer {
    QString name; // "npm": stable
    QString title; // "npm"
    QStringList hosts;
    QString because; // the file that shows it: "web/package-lock.json"
    bool operator==(const RegistryOffer &) const = default;
};

// ---- what is there on this computer -------------------------------------------------------------

enum class CheckStatus { good, attention, bad };
struct SystemCheck {
    QString subject; // "git", "isolation", agent name …: stable
    CheckStatus status = CheckStatus::good;
    QString found; // "2.39.5"
    std::optional<Failure> failure;
    bool operator==(const SystemCheck &) const = default;
};

// ---- terminals ----------------------------------------------------------------------------------

struct TerminalGrid { // in cells, 1 to limits::terminalSide
    int columns = 80;
    int rows = 24;
    bool operator==(const TerminalGrid &) const = default;
};

// Named limits of what crosses the border.
namespace limits {
inline constexpr qsizetype promptCharacters = 1'000'000;
inline constexpr qsizetype titleCharacters = 120;
inline constexpr qsizetype branchCharacters = 200;
inline constexpr int transcriptPage = 200; // entries
inline constexpr int inspectedActors = 500; // of one answer
inline constexpr int inspectedEntries = 500; // of a run
inline constexpr qsizetype toolOutput = 256 * 1024; // characters kept of one tool call
inline constexpr qsizetype messageCharacters = 4 * 1024 * 1024; // one message entry; what follows opens a new one
inline constexpr int diffLines = 20'000; // of one file
inline constexpr int changedFiles = 10'000;
inline constexpr int deniedHosts = 50;
inline constexpr int openQuestions = 8; // of one task; what comes then is refused and listed
inline constexpr int answeredHosts = 200; // of one task or repository
inline constexpr int terminals = 32; // open at once
inline constexpr int terminalSide = 1000; // columns or rows
inline constexpr qint64 terminalUntaken = 1024 * 1024; // bytes of output told and not taken: then the program waits
inline constexpr qsizetype terminalInput = 1024 * 1024; // bytes of one command; 4 of them wait at most
inline constexpr qsizetype terminalCommand = 8 * 1024; // characters of a command line
inline constexpr int queuedPrompts = 100;
inline constexpr qsizetype draftCharacters = promptCharacters;
} // namespace limits

} // namespace foundry
