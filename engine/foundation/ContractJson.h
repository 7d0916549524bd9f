// How the contract's values are kept on disk. Fields are only added; see Json.h.
#pragma once

#include "Json.h"

#include <foundry/Command.h>
#include <foundry/Values.h>

namespace foundry {

FOUNDRY_JSON(ForgeSource, account, repository, url, kibibytes, mayPush)
FOUNDRY_JSON(RepositorySummary, id, name, path, defaultBranch, remote, trouble, forge)
FOUNDRY_JSON(TaskReason, why, subject, since)
FOUNDRY_JSON(ChangeTotals, files, added, removed)
FOUNDRY_JSON(TaskPullRequest, id, account, repository, number, url, headCommit, state, checks, review, mergeable,
             refused, trouble, fromFork)
FOUNDRY_JSON(TaskIssue, id, account, repository, number, title, url)
FOUNDRY_JSON(TaskSummary, id, repository, title, branch, baseBranch, state, overlay, reason, failure, agent, session,
             changes, unread, publishedOnce, isolated, createdAt, activeAt, actions, pullRequest, issue)
FOUNDRY_JSON(AttemptRecord, number, startedAt, endedAt, failure)
FOUNDRY_JSON(OptionChoice, value, name, description)
FOUNDRY_JSON(SessionOption, id, name, category, current, choices)
FOUNDRY_JSON(AgentCommand, name, description, hint)
FOUNDRY_JSON(UsageInfo, tokens, contextUsed, contextSize, cost, currency)
FOUNDRY_JSON(SourceNote, kind, subject)
FOUNDRY_JSON(QueuedPrompt, id, text)
FOUNDRY_JSON(PlanItem, text, priority, status)
FOUNDRY_JSON(ToolDiff, path, oldText, newText, created)
FOUNDRY_JSON(ToolCall, id, title, kind, status, locations, diffs, output, input, endedAt)
FOUNDRY_JSON(PermissionChoice, id, name, kind)
FOUNDRY_JSON(Permission, requestId, toolCallId, title, choices, chosen, withdrawn)
FOUNDRY_JSON(Notice, kind, text, failure)
FOUNDRY_JSON(TurnEnd, stopReason, tookMs)
FOUNDRY_JSON(MessageText, text)
FOUNDRY_JSON(ChangedFile, path, oldPath, state, added, removed, binary)

FOUNDRY_JSON(TaskBudget, processors, memory, processes, disk, turn)
FOUNDRY_JSON(SandboxPart, kind, name, path, note)
FOUNDRY_JSON(RegistryOffer, name, title, hosts, because)
FOUNDRY_JSON(command::CreateTask, repository, prompt, title, branch, branchFixed, baseBranch, agent, freedom,
             allowedHosts, allowedPorts, takeUncommitted, acceptNoIsolation, registries, projectAgreed, projectLeftOut,
             budget, pullRequest, issue)
FOUNDRY_JSON(command::PublishTask, task, to, message)
FOUNDRY_JSON(command::OpenPullRequest, task, account, repository, base, title, text, draft, reviewers, labels, message,
             archiveMerged, headRepository)
FOUNDRY_JSON(command::MergePullRequest, pullRequest, task, method, headCommit, automatic, deleteBranch, archiveTask)

} // namespace foundry
