#include "IssueDesk.h"

#include "GithubDataActor.h"
#include "GithubQueries.h"
#include "Keys.h"

namespace foundry {

IssueDesk::IssueDesk(ActorSystem &actors, GithubClient &client)
    : m_actors(actors)
    , m_client(client)
{
}

Async<Result<IssueDetails>> IssueDesk::read(query::IssueDetails query)
{
    Promise<Result<std::optional<IssueRow>>> seen;
    m_actors.visit<GithubDataActor>(keys::localGithubData(), [seen, query](const Result<GithubDataActor *> &actor) {
        if (actor)
            seen.set((*actor)->issue(query.issue));
        else
            seen.set(std::unexpected(actor.error()));
    });
    auto row = co_await seen;
    if (!row)
        co_return std::unexpected(row.error());
    if (!*row)
        co_return fail(codes::GitHub::notFound, query.issue.value);
    auto asking = m_client.query((*row)->account, RequestPriority::person, queries::withIssues(queries::issueDetails),
                                 { { u"id"_s, query.issue.value } });
    auto answer = co_await asking;
    if (!answer)
        co_return std::unexpected(answer.error());
    auto details = issueDetailsOf(answer->json.toObject().value(u"node").toObject());
    if (!details && !answer->errors.isEmpty())
        co_return std::unexpected(failureOfErrors(answer->errors));
    if (!details)
        co_return fail(codes::GitHub::notFound, (*row)->repository + u'#' + QString::number((*row)->number));
    details->row.account = (*row)->account;
    details->row.task = (*row)->task;
    co_return *details;
}

} // namespace foundry
