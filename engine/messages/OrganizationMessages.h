// What the Organization actor takes.
#pragma once

#include "ContractJson.h"
#include "ForgeJson.h"
#include "Message.h"

namespace foundry {

namespace organization {

// Answers the RepositoryId; a path or a forge's address that is known answers the one it has.
struct AddRepository {
    static constexpr auto name = "addRepository";
    QString commandId;
    QString path;
    QString repositoryName;
    QString defaultBranch;
    QString remote;
    QString objectFormat;
    bool acceptedOwner = false;
    std::optional<ForgeSource> forge; // in place of a path
};
struct CloseRepository {
    static constexpr auto name = "closeRepository";
    RepositoryId repository;
};
// Answers the TaskId. `taken`: branches of the clone and, where it can be asked, of the remote.
struct CreateTask {
    static constexpr auto name = "createTask";
    QString commandId;
    command::CreateTask task;
    QStringList taken;
    int uncommitted = 0;
    std::optional<PullRequestRow> pullRequest; // CreateTask::pullRequest
};
// From a task, whenever what lists show of it has changed.
struct TaskSummarised {
    static constexpr auto name = "taskSummarised";
    TaskSummary summary;
};
// From a task that is past restoring, or from whoever found that it does not exist (L06).
struct TaskGone {
    static constexpr auto name = "taskGone";
    TaskId task;
    bool missing = false; // checked again before the row goes
};

using Message = std::variant<AddRepository, CloseRepository, CreateTask, TaskSummarised, TaskGone>;

} // namespace organization

FOUNDRY_JSON(organization::AddRepository, commandId, path, repositoryName, defaultBranch, remote, objectFormat,
             acceptedOwner, forge)
FOUNDRY_JSON(organization::CloseRepository, repository)
FOUNDRY_JSON(organization::CreateTask, commandId, task, taken, uncommitted, pullRequest)
FOUNDRY_JSON(organization::TaskSummarised, summary)
FOUNDRY_JSON(organization::TaskGone, task, missing)

} // namespace foundry
