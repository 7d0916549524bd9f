// What GitHub answers, as values. Pure and bounded: a field that is missing or of another kind keeps its default, texts
// are cut to limits::forgeText, and what has no identity is left out and counted. Any thread.
#pragma once

#include "HttpTransport.h"
#include "RequestScheduler.h"

#include <foundry/Issues.h>

#include <QJsonArray>
#include <QJsonObject>

namespace foundry {

// ---- what an answer says of itself ----------------------------------------------------------------

// Headers, and for a refusal the words of its body. Reset times are moved by how far the forge's clock (`date`) is from
// ours.
LimitSigns limitSigns(const HttpAnswer &answer, const QJsonObject &body, Millis now);
// Of an answer that is neither 2xx nor 304: unauthorized, rateLimited, samlRequired, forbidden, notFound, conflict,
// validation, serverError (transient), badAnswer; with the forge's own reason as the detail.
Failure failureOf(const HttpAnswer &answer, const QJsonObject &body);
// Of a GraphQL answer without data. Failures as above.
Failure failureOfErrors(const QJsonArray &errors);
// rel="next" of a Link header; empty: this is the last page.
QByteArray nextLink(const QByteArray &linkHeader);

// ---- rows -----------------------------------------------------------------------------------------

// GraphQL's PullRequest, Repository and Issue with the fields of GithubQueries.h. Nothing: no id, number or name.
std::optional<PullRequestRow> pullRequestOf(const QJsonObject &node);
std::optional<ForgeRepository> repositoryOf(const QJsonObject &node);
std::optional<IssueRow> issueOf(const QJsonObject &node);
bool isOpenIssue(const QJsonObject &node);
// With the fields of queries::issueDetails. Nothing: it has no identity.
std::optional<IssueDetails> issueDetailsOf(const QJsonObject &node);

template <class T> struct ForgePage {
    std::vector<T> rows;
    int total = 0; // of all pages, as the forge counts
    int leftOut = 0; // rows without identity
    QString cursor; // where it goes on; empty: it does not
};
// A GraphQL connection: nodes, pageInfo, totalCount or issueCount.
ForgePage<PullRequestRow> pullRequestPage(const QJsonObject &connection);
ForgePage<ForgeRepository> repositoryPage(const QJsonObject &connection);
ForgePage<IssueRow> issuePage(const QJsonObject &connection);

} // namespace foundry
