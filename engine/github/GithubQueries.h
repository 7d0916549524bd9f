// Every GraphQL query that Foundry sends. Each is checked against GitHub's own schema by the fake forge of the tests.
// A page has 100 rows, the most that GitHub gives, of issues 50, which have two lists inside; each
// query costs one point of 5,000 an hour.
#pragma once

#include <QString>

namespace foundry::queries {

// The fields that GithubAnswers reads.
inline constexpr auto pullRequestFields = uR"(
fragment pullRequest on PullRequest {
  id number title url state isDraft createdAt updatedAt additions deletions changedFiles
  author { login }
  repository { nameWithOwner viewerPermission }
  headRepository { nameWithOwner viewerPermission }
  maintainerCanModify baseRefName headRefName headRefOid mergeable reviewDecision
  labels(first: 20) { nodes { name color } }
  statusCheckRollup { state }
})";
inline constexpr auto repositoryFields = uR"(
fragment repository on Repository {
  id nameWithOwner description url isPrivate isArchived isFork viewerPermission diskUsage pushedAt
  defaultBranchRef { name }
  parent { nameWithOwner defaultBranchRef { name } }
  pullRequests(states: [OPEN]) { totalCount }
})";
inline constexpr auto issueFields = uR"(
fragment issue on Issue {
  id number title url state createdAt updatedAt
  author { login }
  repository { nameWithOwner }
  labels(first: 20) { nodes { name color } }
  comments { totalCount }
})";

// Who it is, and where he belongs. $cursor: of the organisations.
inline constexpr auto viewer = uR"(query viewer($cursor: String) {
  viewer {
    login
    organizations(first: 100, after: $cursor) {
      totalCount pageInfo { hasNextPage endCursor }
      nodes { login }
    }
  }
})";
// Every repository that the account may see, pushed to last first.
inline constexpr auto repositories = uR"(query repositories($cursor: String) {
  viewer {
    repositories(first: 100, after: $cursor, affiliations: [OWNER, COLLABORATOR, ORGANIZATION_MEMBER],
                 ownerAffiliations: [OWNER, COLLABORATOR, ORGANIZATION_MEMBER],
                 orderBy: { field: PUSHED_AT, direction: DESC }) {
      totalCount pageInfo { hasNextPage endCursor }
      nodes { ...repository }
    }
  }
})";
inline constexpr auto repository = uR"(query repository($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) { ...repository }
})";
// A search answers at most 1,000 rows, whatever it counts.
inline constexpr auto searched = uR"(query searched($search: String!, $cursor: String) {
  search(query: $search, type: ISSUE, first: 100, after: $cursor) {
    issueCount pageInfo { hasNextPage endCursor }
    nodes { ...pullRequest }
  }
})";
inline constexpr auto ofRepository = uR"(query ofRepository($owner: String!, $name: String!, $cursor: String) {
  repository(owner: $owner, name: $name) {
    pullRequests(first: 100, after: $cursor, states: [OPEN], orderBy: { field: UPDATED_AT, direction: DESC }) {
      totalCount pageInfo { hasNextPage endCursor }
      nodes { ...pullRequest }
    }
  }
})";
inline constexpr auto numbered = uR"(query numbered($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) { ...pullRequest } }
})";
inline constexpr auto byId = uR"(query byId($ids: [ID!]!) { nodes(ids: $ids) { ...pullRequest } })";

// What changed since the last look: new ones by the search, those that wait for the account's review by another one,
// the others by asking each for its marks. One request for up to five hundred; `$n0` … `$n4` hold a hundred each, and
// those that hold none are asked for nothing.
inline constexpr auto sweep = uR"(
query sweep($search: String!, $asked: String!, $n0: [ID!]!, $n1: [ID!]!, $n2: [ID!]!, $n3: [ID!]!, $n4: [ID!]!) {
  search(query: $search, type: ISSUE, first: 50) { nodes { ...pullRequest } }
  asked: search(query: $asked, type: ISSUE, first: 40) { issueCount pageInfo { hasNextPage } nodes { ...pullRequest } }
  n0: nodes(ids: $n0) { ...mark }
  n1: nodes(ids: $n1) { ...mark }
  n2: nodes(ids: $n2) { ...mark }
  n3: nodes(ids: $n3) { ...mark }
  n4: nodes(ids: $n4) { ...mark }
}
fragment mark on PullRequest { id updatedAt state isDraft headRefOid mergeable statusCheckRollup { state } })";

// One pull request in full; one point.
inline constexpr auto details = uR"(query details($id: ID!) {
  node(id: $id) {
    ...pullRequest
    ... on PullRequest {
      body isCrossRepository mergeStateStatus viewerCanEnableAutoMerge
      autoMergeRequest { enabledAt }
      repository {
        viewerPermission mergeCommitAllowed squashMergeAllowed rebaseMergeAllowed deleteBranchOnMerge
        viewerDefaultMergeMethod
      }
      reviewRequests(first: 50) {
        nodes {
          requestedReviewer { __typename ... on User { login } ... on Bot { login } ... on Team { combinedSlug } }
        }
      }
      reviews(last: 50) { totalCount nodes { author { login } state body submittedAt } }
      comments(last: 50) { totalCount nodes { author { login } body createdAt } }
      reviewThreads(last: 50) {
        totalCount
        nodes { isResolved path line comments(first: 20) { totalCount nodes { author { login } body createdAt } } }
      }
      commits(last: 1) { nodes { commit { statusCheckRollup { contexts(first: 100) {
        totalCount
        nodes {
          __typename
          ... on CheckRun {
            databaseId name status conclusion title summary detailsUrl isRequired(pullRequestId: $id)
            checkSuite { app { slug } workflowRun { workflow { name } } }
          }
          ... on StatusContext { context state description targetUrl isRequired(pullRequestId: $id) }
        }
      } } } } }
    }
  }
})";
// The open issues of a repository, what changed last first.
inline constexpr auto issues = uR"(query issues($owner: String!, $name: String!, $cursor: String) {
  repository(owner: $owner, name: $name) {
    hasIssuesEnabled
    issues(first: 50, after: $cursor, states: [OPEN], orderBy: { field: UPDATED_AT, direction: DESC }) {
      totalCount pageInfo { hasNextPage endCursor }
      nodes { ...issue }
    }
  }
})";
// Those that changed since, closed ones too; `open` is how many are open.
inline constexpr auto issuesSince = uR"(query issuesSince($owner: String!, $name: String!, $since: DateTime!) {
  repository(owner: $owner, name: $name) {
    hasIssuesEnabled
    open: issues(states: [OPEN]) { totalCount }
    issues(first: 50, filterBy: { since: $since }, orderBy: { field: UPDATED_AT, direction: DESC }) {
      totalCount pageInfo { hasNextPage endCursor }
      nodes { ...issue }
    }
  }
})";
inline constexpr auto issueDetails = uR"(query issueDetails($id: ID!) {
  node(id: $id) {
    ...issue
    ... on Issue { body said: comments(last: 100) { totalCount nodes { author { login } body createdAt } } }
  }
})";
// Merged as soon as its requirements are met, if its head is still this one.
inline constexpr auto mergeLater = uR"(
mutation mergeLater($id: ID!, $head: GitObjectID!, $method: PullRequestMergeMethod!) {
  enablePullRequestAutoMerge(input: { pullRequestId: $id, expectedHeadOid: $head, mergeMethod: $method }) {
    pullRequest { id }
  }
})";
inline constexpr auto ready = uR"(
mutation ready($id: ID!) { markPullRequestReadyForReview(input: { pullRequestId: $id }) { pullRequest { id } } })";

inline QString withPullRequests(const char16_t *query)
{
    return QString::fromUtf16(query) + QString::fromUtf16(pullRequestFields);
}
inline QString withIssues(const char16_t *query)
{
    return QString::fromUtf16(query) + QString::fromUtf16(issueFields);
}
inline QString withRepositories(const char16_t *query)
{
    return QString::fromUtf16(query) + QString::fromUtf16(repositoryFields);
}

} // namespace foundry::queries
