// How a forge's rows are kept on disk and sent. Fields are only added; see Json.h.
#pragma once

#include "Json.h"

#include <foundry/Issues.h>

namespace foundry {

FOUNDRY_JSON(ForgeRepository, id, account, name, description, url, cloneUrl, defaultBranch, isPrivate, archived, fork,
             mayPush, openPullRequests, kibibytes, pushedAt, parent, parentBranch)
FOUNDRY_JSON(ForgeOwner, account, login, organisation, installation, page, members, teams, failure)
FOUNDRY_JSON(PullRequestLabel, name, colour)
FOUNDRY_JSON(PullRequestRow, id, account, repository, number, title, url, author, state, review, checks, mergeable,
             headRepository, headBranch, headCommit, baseBranch, additions, deletions, files, createdAt, updatedAt,
             labels, task, mayPush)
FOUNDRY_JSON(IssueRow, id, account, repository, number, title, url, author, labels, comments, createdAt, updatedAt,
             task)
FOUNDRY_JSON(IssueList, repository, account, readAt, open, failure)
FOUNDRY_JSON(SyncProgress, phase, finished, done, expected)
FOUNDRY_JSON(AccountSync, account, login, running, phases, subject, startedAt, finishedAt, failure, pause, pausedUntil,
             quotaLeft, quotaLimit, pointsLeft, pointsLimit, quotaResetsAt, repositories, openPullRequests, checkedAt)

} // namespace foundry
