// What a task keeps: its scalars (State<LifeFacts>). Prompts and timeline lines are rows of its store.
#pragma once

#include "ProjectReader.h"
#include "SandboxRecord.h"
#include "TaskMessages.h"

namespace foundry {

// The units of the life cycle: each is one step, and its name in the timeline.
enum class Act {
    wait,
    resolveBase,
    createSandbox,
    carryFiles,
    setUp,
    checkAgent,
    openSession,
    turn,
    snapshot,
    commit,
    push,
    bringIntoClone,
    openPullRequest,
    mergePullRequest,
    bringBase,
    archive,
    moveSandbox,
    release,
    purge
};

struct PublishWish {
    command::PublishTo to = command::PublishTo::remote;
    QString message;
    Millis at = 0; // of the commit: the same at every attempt
    Act next = Act::snapshot;
    QString commit; // once made
    QString tree; // its
};
FOUNDRY_JSON(PublishWish, to, message, at, next, commit, tree)

// The newest base of its pull request, for the agent to bring in.
struct BaseWish {
    QString branch;
    QString prompt; // row that the turn will have
    QString text; // of it, at most limits::basePrompt
};
FOUNDRY_JSON(BaseWish, branch, prompt, text)

struct ModuleFacts {
    SandboxModule module;
    QString head; // as of the last snapshot
    QString snapshot; // its whole tree; equals `head`: nothing is uncommitted
    QString toPublish; // commit of the publish that runs
};
FOUNDRY_JSON(ModuleFacts, module, head, snapshot, toPublish)

// What the clone gave besides the base commit: few, and known at once (Submodules::maxCount, maxPatterns).
struct SourceFacts {
    std::vector<SourceNote> notes;
    std::vector<ModuleFacts> modules; // submodules in the tree, parents before their children
    SandboxSparse sparse;
};
FOUNDRY_JSON(SourceFacts, notes, modules, sparse)

struct LifeFacts {
    TaskSummary summary; // as the organisation knows it
    command::CreateTask wish; // without the prompt, which is a row
    QString repositoryName;
    int uncommitted = 0; // files of the clone at that time
    SessionInfo session;
    std::optional<task::PullRequestHead> pullHead; // where its work goes: the head of a pull request

    // What has been reached.
    QString uncommittedCommit; // on top of the base, where the person's uncommitted work came along
    QString baseCommit;
    QString barePath;
    QString personName; // author inside the sandbox, as git resolves it in the clone
    QString personEmail;
    QString clonePath; // the person's; read for files to carry over; empty: there is none
    ProjectFacts project; // of the base
    bool projectAgreed = false; // what it wants is done
    bool projectAnswered = false; // nothing is left to ask about it
    SourceFacts source;
    std::optional<SandboxRecord> sandbox;
    bool sandboxMade = false;
    bool carried = false; // the files are in the sandbox, or were skipped
    QString notCarried; // files that the clone does not have, one a line
    QString carriedFolders; // build folders of the clone that are there as clones of their files, one a line
    QString uncopiedFolders; // those that this file system cannot share
    bool setUpDone = false; // or skipped
    bool placeWanted = false; // somebody waits for the sandbox, without a turn
    bool agentChecked = false;
    QStringList agentHosts; // allowed because the agent needs them
    QStringList quietHosts; // that its agent works as well without
    std::vector<int> agentPorts;
    bool sessionOpened = false;
    bool started = false; // the first event of its session is stored (L45)
    bool weaker = false; // the sandbox, see `weakness`
    QString weakness;

    // Work.
    Act running = Act::wait;
    bool retrying = false; // an attempt of `running` failed, and it is tried again
    int turns = 0;
    QString lastPrompt; // row of the prompt that was sent last
    QString interruptedPrompt; // row of the one that `continuation` goes on with
    QString continuation; // row of the prompt that asked last to go on
    QString stopReason; // of the last turn
    Millis turnEndedAt = 0;
    bool stoppedByPerson = false; // the last turn
    bool interrupted = false; // the last turn has no known end
    bool hold = false; // stopped: queued prompts wait for the person
    int queued = 0; // prompts that wait, as the rows say
    bool snapshotDue = false;
    int snapshots = 0;
    QString snapshot; // newest, a commit in the bare repository
    QString snapshotTree;
    QString head; // of the checkout at that time

    std::optional<PublishWish> publish;
    QString publishedCommit;
    QString publishedTo;
    QString publishedTree; // to know whether something is new since; see hasUnpublished
    std::optional<command::OpenPullRequest> opening; // after the push; what is open is summary.pullRequest
    std::optional<command::MergePullRequest> merging;
    std::optional<BaseWish> bringing; // before the next turn
    QString broughtBase; // commit that is in the checkout, until the work stands on it and it is the base
    bool baseMerged = false; // since the last publish: there is something to publish, whatever the tree says
    bool archiveMerged = false; // as soon as the pull request is merged

    QString failedStep;
    Millis since = 0; // of the state as shown
    Millis releaseAfter = 0; // archived: the undo window's end
    Millis purgeAt = 0; // deleted: when it goes for good
    bool archived = false;
    bool deleted = false;
    QStringList deniedHosts;
    QStringList askedHosts; // "host:port", questions that are open
    QStringList grantedHosts; // as HostRules wants them
    QStringList refusedHosts; // "host:port" that the person answered with no
    QStringList repositoryHosts; // allowed by answers for the repository

    // The commit whose tree a new checkout begins with.
    QString newest() const
    {
        if (!snapshot.isEmpty())
            return snapshot;
        return uncommittedCommit.isEmpty() ? baseCommit : uncommittedCommit;
    }
};
FOUNDRY_JSON(LifeFacts, summary, wish, repositoryName, uncommitted, session, pullHead, baseCommit, barePath, personName,
             personEmail, uncommittedCommit, source, sandbox, sandboxMade, placeWanted, agentChecked, agentHosts,
             quietHosts, agentPorts, sessionOpened, started, weaker, weakness, running, retrying, turns, lastPrompt,
             interruptedPrompt, continuation, stopReason, turnEndedAt, stoppedByPerson, interrupted, hold, queued,
             snapshotDue, snapshots, snapshot, snapshotTree, head, publish, publishedCommit, publishedTo, publishedTree,
             failedStep, since, releaseAfter, purgeAt, archived, deleted, deniedHosts, clonePath, project,
             projectAgreed, projectAnswered, carried, notCarried, carriedFolders, uncopiedFolders, setUpDone,
             askedHosts, grantedHosts, refusedHosts, repositoryHosts, opening, merging, archiveMerged, bringing,
             broughtBase, baseMerged)

} // namespace foundry
