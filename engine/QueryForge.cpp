// What is read of pull requests and issues for a person: what opening one would propose, one in full, the log of a
// check.
#include "ClosingWords.h"
#include "ForgeAddress.h"
#include "GithubDataActor.h"
#include "IssueDesk.h"
#include "Keys.h"
#include "PullRequestDesk.h"
#include "PullRequestTemplate.h"
#include "QueryRouter.h"
#include "TaskActor.h"
#include "TaskLife.h"

#include "AccountDesk.h"

#include <QUrl>

namespace foundry {

namespace {

bool isAt(const UsableAccount &account, const ForgeAddress &address)
{
    const QString host = account.web.host();
    return address.host == host || address.host == u"%1:%2"_s.arg(host).arg(account.web.port());
}

// An issue of one host is closed by no pull request of another.
bool isAtHost(const TaskIssue &issue, const answer::PullRequestPlan &plan)
{
    const QUrl page(issue.url);
    return issue.account == plan.account || page.host() == plan.host
        || u"%1:%2"_s.arg(page.host()).arg(page.port()) == plan.host;
}

} // namespace

// By where git would push, and else by the address as the clone has it: `insteadOf` may lead to it or away from it.
Async<Result<>> QueryRouter::proposeFor(LifeFacts facts, answer::PullRequestPlan &plan)
{
    auto finding = repositoryOf(facts.summary.repository);
    auto repository = co_await finding;
    if (!repository)
        co_return std::unexpected(repository.error());
    QStringList urls;
    if (repository->forge) { // Foundry fetches and pushes it itself
        urls << repository->forge->url;
    } else {
        auto reading = m_needs.settings.read(repository->path);
        auto settings = co_await reading;
        if (!settings)
            co_return std::unexpected(settings.error());
        urls << settings->pushUrl << settings->fetchUrl << repository->remote;
    }
    std::optional<ForgeAddress> known;
    for (const QString &url : std::as_const(urls)) {
        const auto address = forgeAddressOf(url);
        if (!address || !plan.account.isEmpty())
            continue;
        if (!known)
            known = address;
        for (const UsableAccount &account : m_needs.accounts.usable()) {
            if (!plan.account.isEmpty() || !isAt(account, *address))
                continue;
            plan.account = account.id;
            plan.login = account.login;
            known = address;
        }
    }
    if (!known)
        co_return Result<>();
    plan.host = known->host;
    plan.repository = known->repository;
    auto visiting = visited<GithubDataActor, std::optional<ForgeRepository>>(
        keys::localGithubData(), [name = known->repository](GithubDataActor &actor) { return actor.repository(name); });
    auto row = co_await visiting;
    if (!row || !*row)
        co_return Result<>();
    plan.parent = (*row)->parent;
    plan.parentBase = (*row)->parentBranch;
    for (const UsableAccount &account : m_needs.accounts.usable()) { // the one through which it is seen
        if (account.id != (*row)->account || !isAt(account, *known))
            continue;
        plan.account = account.id;
        plan.login = account.login;
    }
    co_return Result<>();
}

QueryRouter::Work QueryRouter::read(query::PullRequestPlan query)
{
    auto asking = factsOf(query.task);
    auto facts = co_await asking;
    if (!facts)
        co_return std::unexpected(facts.error());
    answer::PullRequestPlan plan;
    plan.task = query.task;
    plan.branch = facts->summary.branch;
    plan.base = facts->summary.baseBranch;
    plan.title = facts->summary.title;
    auto visiting
        = visited<TaskActor, QString>(keys::taskOf(query.task), [](TaskActor &actor) { return actor.firstPrompt(); });
    auto prompt = co_await visiting;
    const QString message = proposedMessage(facts->summary, prompt.value_or(QString()));
    if (!facts->summary.issue) // its words are mostly others': the pull request names it
        plan.text = message.section(u"\n\n"_s, 1);
    if (plan.text.section(u'\n', 0, 0).trimmed() == plan.title) // the prompt's first line made the title
        plan.text = plan.text.section(u'\n', 1).trimmed();
    if (hasUnpublished(*facts)) {
        auto treeReading = m_needs.sources.treeOf(facts->barePath, facts->head);
        auto headTree = co_await treeReading;
        plan.uncommitted = !headTree || *headTree != facts->snapshotTree;
        plan.message = message;
    }
    auto proposing = proposeFor(*facts, plan);
    if (auto proposed = co_await proposing; !proposed)
        co_return std::unexpected(proposed.error());
    auto reading = m_needs.templates.read({ facts->barePath, {} }, facts->baseCommit);
    auto theirs = co_await reading;
    if (theirs && !theirs->path.isEmpty()) {
        plan.templatePath = theirs->path;
        plan.text = plan.text.isEmpty() ? theirs->text : plan.text + u"\n\n"_s + theirs->text;
    }
    if (const auto &issue = facts->summary.issue; issue && isAtHost(*issue, plan))
        // Where it goes is not settled with a parent: the issue by its full name is right in both.
        plan.text = withClosingWords(plan.text, *issue, plan.parent.isEmpty() ? plan.repository : QString());
    co_return AnswerBody(std::move(plan));
}

QueryRouter::Work QueryRouter::read(query::ForgeOwners query)
{
    auto visiting = visited<GithubDataActor, answer::ForgeOwners>(
        keys::localGithubData(), [query](GithubDataActor &actor) { return actor.owners(query.account); });
    auto owners = co_await visiting;
    if (!owners)
        co_return std::unexpected(owners.error());
    co_return AnswerBody(std::move(*owners));
}

QueryRouter::Work QueryRouter::read(query::PullRequestDetails query)
{
    auto reading = m_needs.pullRequests.read(std::move(query));
    auto details = co_await reading;
    if (!details)
        co_return std::unexpected(details.error());
    co_return AnswerBody(std::move(*details));
}

QueryRouter::Work QueryRouter::read(query::ReviewSuggestions query)
{
    auto reading = m_needs.pullRequests.read(std::move(query));
    auto found = co_await reading;
    if (!found)
        co_return std::unexpected(found.error());
    co_return AnswerBody(std::move(*found));
}

QueryRouter::Work QueryRouter::read(query::IssueDetails query)
{
    auto reading = m_needs.issues.read(std::move(query));
    auto details = co_await reading;
    if (!details)
        co_return std::unexpected(details.error());
    co_return AnswerBody(std::move(*details));
}

QueryRouter::Work QueryRouter::read(query::CheckLog query)
{
    auto reading = m_needs.pullRequests.read(query);
    auto log = co_await reading;
    if (!log)
        co_return std::unexpected(log.error());
    co_return AnswerBody(std::move(*log));
}

} // namespace foundry
