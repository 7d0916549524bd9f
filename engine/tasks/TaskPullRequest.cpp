// A task and its pull request: opened after the push, merged, and what becomes of it at the forge.
#include "GithubDataMessages.h"
#include "Keys.h"
#include "OrganizationMessages.h"
#include "RepositoryMessages.h"
#include "SandboxGit.h"
#include "TaskLife.h"
#include "TaskStepTools.h"

#include <algorithm>

namespace foundry {

namespace {

// Somebody brought the branch into the clone: then the remote does not have it.
bool isAtRemote(const LifeFacts &facts)
{
    return !facts.publishedTo.isEmpty() && !facts.publishedTo.startsWith(u'/');
}

void takePull(LifeFacts &facts, const PullRequestRow &row)
{
    TaskPullRequest now = pullRequestOfTask(row);
    const auto &before = facts.summary.pullRequest;
    if (before && before->id == now.id) {
        now.refused = before->refused;
        if (now.isOpen())
            now.trouble = before->trouble;
    }
    facts.summary.pullRequest = now;
}

} // namespace

Result<void> TaskActor::handle(const task::OpenPullRequest &message)
{
    const bool open = m_facts->summary.pullRequest && m_facts->summary.pullRequest->isOpen();
    if (m_facts->archived || m_facts->publish || m_facts->opening || m_facts->running != Act::wait || open)
        return fail(codes::Task::wrongState, enumName(m_facts->summary.state));
    if (message.wish.title.simplified().isEmpty())
        return fail(codes::Task::titleEmpty);
    const bool unpublished = hasUnpublished(*m_facts);
    if (!unpublished && m_facts->publishedCommit.isEmpty())
        return fail(codes::Task::nothingToPublish);
    if (unpublished) {
        if (auto begun = beginPublish(command::PublishTo::remote, message.wish.message); !begun)
            return begun;
    } else if (!isAtRemote(*m_facts)) {
        m_facts.edit().publish
            = PublishWish { command::PublishTo::remote, {}, clock().now(), Act::push, m_facts->publishedCommit,
                            m_facts->publishedTree };
    }
    LifeFacts &facts = m_facts.edit();
    facts.opening = message.wish;
    facts.archiveMerged = message.wish.archiveMerged;
    resumeFrom();
    if (auto gone = goOn(); !gone)
        return gone;
    return changed();
}

Async<Result<void>> TaskActor::openPullRequest(StepRun &step)
{
    step.progress(u"asking the forge"_s);
    auto working = untilStopped<ForgeWork>(m_services.forge.open(*m_facts->opening, m_facts->summary.branch));
    auto work = co_await working;
    if (!work)
        co_return std::unexpected(work.error());
    step.onCommit([this, work = *work]() -> Result<void> {
        LifeFacts &facts = m_facts.edit();
        takePull(facts, work.row);
        facts.summary.pullRequest->refused = work.refused;
        facts.summary.unread = true;
        facts.opening.reset();
        const githubData::LinkTask link { work.row.id, facts.summary.id };
        if (auto sent = send(keys::localGithubData(), link); !sent)
            return sent;
        return ended(Act::openPullRequest);
    });
    co_return Result<void>();
}

Result<void> TaskActor::handle(const task::MergePullRequest &message)
{
    const auto &pull = m_facts->summary.pullRequest;
    if (m_facts->archived || m_facts->publish || m_facts->opening || m_facts->merging || m_facts->running != Act::wait
        || !pull || !pull->isOpen() || pull->id != message.wish.pullRequest)
        return fail(codes::Task::wrongState, enumName(m_facts->summary.state));
    LifeFacts &facts = m_facts.edit();
    facts.merging = message.wish;
    facts.archiveMerged = message.wish.archiveTask;
    facts.summary.pullRequest->trouble.reset();
    resumeFrom();
    if (auto gone = goOn(); !gone)
        return gone;
    return changed();
}

// A refusal is an answer: it stands beside the pull request, and the person goes on as they like.
Async<Result<void>> TaskActor::mergePullRequest(StepRun &step)
{
    step.progress(u"asking the forge"_s);
    auto working = untilStopped<ForgeWork>(m_services.forge.merge(*m_facts->merging));
    auto work = co_await working;
    if (!work && (work.error().isTransient() || work.error().is(codes::Workflow::stopped)))
        co_return std::unexpected(work.error());
    step.onCommit([this, work = std::move(work)] {
        LifeFacts &facts = m_facts.edit();
        facts.merging.reset();
        if (work) {
            takePull(facts, work->row);
            facts.summary.pullRequest->refused = work->refused;
        } else if (facts.summary.pullRequest) {
            facts.summary.pullRequest->trouble = work.error();
        }
        facts.summary.unread = true;
        return ended(Act::mergePullRequest);
    });
    co_return Result<void>();
}

// ---- the newest base ---------------------------------------------------------------------------------

Result<void> TaskActor::handle(const task::BringBase &message)
{
    if (m_facts->archived || !m_facts->summary.pullRequest || !m_facts->summary.pullRequest->isOpen())
        return fail(codes::Task::wrongState, enumName(m_facts->summary.state));
    if (message.text.trimmed().isEmpty())
        return fail(codes::Task::promptEmpty);
    if (message.text.size() > limits::basePrompt)
        return fail(codes::Task::promptTooLarge,
                    u"%1 of at most %2"_s.arg(message.text.size()).arg(limits::basePrompt));
    if (m_facts->summary.overlay != TaskOverlay::none)
        dropPublishing(); // as with every other prompt
    LifeFacts &facts = m_facts.edit();
    facts.bringing = BaseWish { message.branch, message.commandId, message.text };
    facts.interrupted = false;
    resumeFrom();
    if (auto gone = goOn(); !gone)
        return gone;
    return changed();
}

// The turn is asked for in the commit that knows the base to be there; until then nothing is promised to the agent.
Async<Result<void>> TaskActor::bringBase(StepRun &step)
{
    const BaseWish wish = *m_facts->bringing;
    step.progress(u"fetching"_s);
    repository::FetchNewest newest { wish.branch, refs(u"newBase"_s), {}, {}, {} };
    if (const auto &pull = m_facts->summary.pullRequest; pull && pull->fromFork) {
        newest.forgeRepository = pull->repository;
        newest.account = pull->account;
    }
    auto asking = askGit(newest, step);
    auto answer = co_await asking;
    auto fetched = as<repository::FetchedBase>(std::move(answer));
    if (!fetched)
        co_return std::unexpected(fetched.error());
    if (!m_facts->sandbox)
        co_return fail(codes::Sandbox::notFound);
    SandboxGit git(provider());
    auto naming = untilStopped<void>(git.nameCommit(*m_facts->sandbox, baseRef(wish.branch), fetched->commit));
    if (auto named = co_await naming; !named)
        co_return named;
    step.onCommit([this, wish, fetched = *fetched]() -> Result<void> {
        LifeFacts &facts = m_facts.edit();
        facts.broughtBase = fetched.commit == facts.baseCommit ? QString() : fetched.commit;
        for (const SourceNote &note : fetched.notes) {
            if (std::ranges::find(facts.source.notes, note) == facts.source.notes.end())
                facts.source.notes.push_back(note);
        }
        facts.bringing.reset();
        if (auto added = TaskStore(store()).addPrompt(wish.prompt, wish.text); !added)
            return added;
        return ended(Act::bringBase);
    });
    co_return Result<void>();
}

// What the task's changes are measured against: the newest base, once the work stands on it.
Async<Result<QString>> TaskActor::baseOf(SandboxSnapshot made)
{
    const QString brought = m_facts->broughtBase;
    if (brought.isEmpty())
        co_return m_facts->baseCommit;
    auto asking = askRepository(toMessage(repository::Contains { brought, made.head }));
    auto answer = co_await asking;
    auto stands = as<bool>(std::move(answer));
    if (!stands)
        co_return std::unexpected(stands.error());
    co_return *stands ? brought : m_facts->baseCommit;
}

Async<Result<void>> TaskActor::archiveMerged(StepRun &step)
{
    step.onCommit([this]() -> Result<void> {
        if (auto done = archive(); !done)
            return done;
        return changed();
    });
    co_return Result<void>();
}

Result<void> TaskActor::handle(const task::PullRequestSeen &message)
{
    auto &known = m_facts->summary.pullRequest;
    if (known && known->id != message.seen.id)
        return {}; // one before it
    TaskPullRequest now = message.seen;
    if (known) {
        now.refused = known->refused;
        if (now.isOpen())
            now.trouble = known->trouble;
        if (now == *known)
            return {};
    }
    const bool news = known && isNews(*known, now);
    LifeFacts &facts = m_facts.edit();
    facts.summary.pullRequest = now;
    facts.summary.unread = facts.summary.unread || news;
    if (wantsArchive(facts)) {
        if (auto gone = goOn(); !gone)
            return gone;
    }
    if (auto told = changed(news); !told)
        return told;
    // What changed may be in the summary alone, and is then no difference that `changed` sees.
    return send(keys::localOrganization(), organization::TaskSummarised { m_facts->summary });
}

} // namespace foundry
