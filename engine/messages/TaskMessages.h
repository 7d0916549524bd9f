// What the Task actor takes.
#pragma once

#include "ContractJson.h"
#include "Message.h"
#include "SessionMessages.h"

namespace foundry {

namespace task {

// Where the branch of a pull request is, which a task works on.
struct PullRequestHead {
    int number = 0;
    QString repository; // "mona/shop"
    QString branch;
    bool mayPush = false;
};

struct Birth { // the actor's input
    TaskSummary summary;
    command::CreateTask wish;
    SessionId session;
    QString repositoryName;
    int uncommitted = 0;
    std::optional<PullRequestHead> head; // of the pull request to work on
};

// ---- from the person ----
struct Prompt {
    static constexpr auto name = "prompt";
    QString commandId;
    QString text;
};
struct EditPrompt {
    static constexpr auto name = "editPrompt";
    QString prompt;
    QString text;
};
struct Stop {
    static constexpr auto name = "stop";
};
struct Retry {
    static constexpr auto name = "retry";
};
struct Resume {
    static constexpr auto name = "resume";
    command::Resume how = command::Resume::goOn;
};
struct Publish {
    static constexpr auto name = "publish";
    command::PublishTo to = command::PublishTo::remote;
    QString message;
};
struct Archive {
    static constexpr auto name = "archive";
    bool evenUnpublished = false;
};
struct Unarchive {
    static constexpr auto name = "unarchive";
};
struct Delete {
    static constexpr auto name = "delete";
};
struct Restore {
    static constexpr auto name = "restore";
};
struct Rename {
    static constexpr auto name = "rename";
    QString title;
};
struct Mark {
    static constexpr auto name = "mark";
    bool unread = false;
};

struct AnswerQuestion {
    static constexpr auto name = "answerQuestion";
    QString question;
    QuestionAnswer answer = QuestionAnswer::no;
};
struct Skip {
    static constexpr auto name = "skip";
};

// See the commands of these names.
struct OpenPullRequest {
    static constexpr auto name = "openPullRequest";
    command::OpenPullRequest wish;
};
struct MergePullRequest {
    static constexpr auto name = "mergePullRequest";
    command::MergePullRequest wish;
};
struct BringBase {
    static constexpr auto name = "bringBase";
    QString commandId;
    QString branch;
    QString text;
};

// ---- from what is known of the forge ----
// The pull request that carries its branch is another than it was (L33).
struct PullRequestSeen {
    static constexpr auto name = "pullRequestSeen";
    TaskPullRequest seen;
};

// ---- from its session, ephemeral ----
struct SessionTold {
    static constexpr auto name = "sessionTold";
    SessionInfo info;
    QString doing; // what the agent said it does last
    QStringList asking; // titles of permissions that wait for the person
    bool heard = false; // something that the agent said is stored
};
// From its repository: how far the git job is that a step waits for.
struct GitTold {
    static constexpr auto name = "gitTold";
    QString job;
    QString subStep;
    double fraction = -1; // 0 to 1; -1: unknown
};
// From the sandbox's network: a host that is not on the list.
struct HostDenied {
    static constexpr auto name = "hostDenied";
    QString host;
};
// Somebody wants to work in the sandbox: it is made again where it was released.
struct Prepare {
    static constexpr auto name = "prepare";
};
// A due time: 30 days after Delete, the end of Archive's undo window.
struct Due {
    static constexpr auto name = "due";
    static constexpr bool coalesces = true;
};

// To its own workflow: look again what is to do.
struct Go {
    static constexpr auto name = "go";
    static constexpr bool coalesces = true;
};

using Message = std::variant<Prompt, EditPrompt, Stop, Retry, Resume, Publish, Archive, Unarchive, Delete, Restore,
                             Rename, Mark, SessionTold, GitTold, HostDenied, Prepare, Due, AnswerQuestion, Skip,
                             OpenPullRequest, MergePullRequest, PullRequestSeen, BringBase>;

} // namespace task

FOUNDRY_JSON(task::PullRequestHead, number, repository, branch, mayPush)
FOUNDRY_JSON(task::Birth, summary, wish, session, repositoryName, uncommitted, head)
FOUNDRY_JSON(task::Prompt, commandId, text)
FOUNDRY_JSON(task::EditPrompt, prompt, text)
FOUNDRY_JSON(task::Stop)
FOUNDRY_JSON(task::Retry)
FOUNDRY_JSON(task::Resume, how)
FOUNDRY_JSON(task::Publish, to, message)
FOUNDRY_JSON(task::Archive, evenUnpublished)
FOUNDRY_JSON(task::Unarchive)
FOUNDRY_JSON(task::Delete)
FOUNDRY_JSON(task::Restore)
FOUNDRY_JSON(task::Rename, title)
FOUNDRY_JSON(task::Mark, unread)
FOUNDRY_JSON(task::SessionTold, info, doing, asking, heard)
FOUNDRY_JSON(task::GitTold, job, subStep, fraction)
FOUNDRY_JSON(task::HostDenied, host)
FOUNDRY_JSON(task::AnswerQuestion, question, answer)
FOUNDRY_JSON(task::Skip)
FOUNDRY_JSON(task::OpenPullRequest, wish)
FOUNDRY_JSON(task::MergePullRequest, wish)
FOUNDRY_JSON(task::BringBase, commandId, branch, text)
FOUNDRY_JSON(task::PullRequestSeen, seen)
FOUNDRY_JSON(task::Prepare)
FOUNDRY_JSON(task::Due)
FOUNDRY_JSON(task::Go)

} // namespace foundry
