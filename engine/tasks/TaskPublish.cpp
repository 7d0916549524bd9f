// The second half of a task's steps: publishing what was done, and letting go of the sandbox.
#include "GithubDataMessages.h"
#include "Keys.h"
#include "OrganizationMessages.h"
#include "RepositoryMessages.h"
#include "SandboxGit.h"
#include "TaskStepTools.h"

namespace foundry {

// ---- publish ---------------------------------------------------------------------------------------

Async<Result<void>> TaskActor::makeCommit(StepRun &step)
{
    const PublishWish wish = *m_facts->publish;
    repository::MakeCommit make { m_facts->snapshot, m_facts->head, wish.message, wish.at, refs(u"published"_s), {} };
    for (size_t i = 0; i < m_facts->source.modules.size(); ++i) {
        const ModuleFacts &known = m_facts->source.modules[i];
        if (known.snapshot.isEmpty())
            continue;
        make.modules.push_back(
            { known.module.path, known.module.parent, known.snapshot, known.head, moduleRefs(i, u"published"_s) });
    }
    auto asking = askRepository(toMessage(make));
    auto answer = co_await asking;
    auto made = as<repository::MadeCommit>(std::move(answer));
    if (!made)
        co_return std::unexpected(made.error());
    step.onCommit([this, made = *made] {
        LifeFacts &facts = m_facts.edit();
        qsizetype next = 0;
        for (ModuleFacts &known : facts.source.modules)
            known.toPublish = known.snapshot.isEmpty() ? QString() : made.modules.value(next++);
        PublishWish &publish = *facts.publish;
        publish.commit = made.commit;
        publish.tree = made.tree;
        publish.next = publish.to == command::PublishTo::remote ? Act::push : Act::bringIntoClone;
        return ended(Act::commit);
    });
    co_return Result<void>();
}

Result<void> TaskActor::delivered(const QString &to)
{
    LifeFacts &facts = m_facts.edit();
    facts.publishedTo = to;
    facts.baseMerged = false;
    facts.publishedCommit = facts.publish->commit;
    facts.publishedTree = facts.snapshotTree = facts.publish->tree; // with submodules it is not the snapshot's
    const Act how = facts.publish->to == command::PublishTo::clone ? Act::bringIntoClone : Act::push;
    if (facts.sandboxMade)
        facts.publish->next = Act::moveSandbox;
    else
        facts.publish.reset();
    return ended(how);
}

Async<Result<void>> TaskActor::push(StepRun &step)
{
    step.progress(u"pushing"_s);
    repository::Push message {
        m_facts->publish->commit, m_facts->summary.branch, modulesToPublish(), m_facts->baseCommit, {}
    };
    if (m_facts->pullHead) {
        message.branch = m_facts->pullHead->branch;
        message.forgeRepository = m_facts->pullHead->repository;
    }
    auto asking = askGit(std::move(message), step);
    auto answer = co_await asking;
    auto remote = as<QString>(std::move(answer));
    if (!remote)
        co_return std::unexpected(remote.error());
    const QString branch = m_facts->pullHead ? m_facts->pullHead->branch : m_facts->summary.branch;
    step.onCommit([this, to = *remote + u'/' + branch] { return delivered(to); });
    co_return Result<void>();
}

Async<Result<void>> TaskActor::bringIntoClone(StepRun &step)
{
    repository::BringIntoClone message { refs(u"published"_s), m_facts->summary.branch, modulesToPublish(),
                                         m_facts->baseCommit };
    auto asking = askRepository(toMessage(message));
    auto answer = co_await asking;
    auto path = as<QString>(std::move(answer));
    if (!path)
        co_return std::unexpected(path.error());
    step.onCommit([this, to = *path] { return delivered(to); });
    co_return Result<void>();
}

Async<Result<void>> TaskActor::moveSandbox(StepRun &step)
{
    const QString commit = m_facts->publish->commit;
    SandboxGit git(provider());
    QStringList modules;
    for (const ModuleFacts &known : m_facts->source.modules)
        modules << known.toPublish;
    auto moving = git.moveTo(*m_facts->sandbox, commit, modules);
    if (auto moved = co_await moving; !moved)
        co_return moved;
    step.onCommit([this, commit] {
        LifeFacts &facts = m_facts.edit();
        facts.head = commit;
        for (ModuleFacts &known : facts.source.modules) {
            if (!known.toPublish.isEmpty())
                known.head = known.snapshot = known.toPublish;
        }
        facts.publish.reset();
        return ended(Act::moveSandbox);
    });
    co_return Result<void>();
}

// ---- release ---------------------------------------------------------------------------------------

Async<Result<void>> TaskActor::release(StepRun &step)
{
    step.progress(u"ending the agent"_s);
    auto ending = askSession(toMessage(session::Disconnect {}), false);
    auto quiet = co_await ending;
    if (!quiet && !quiet.error().is(codes::Actor::missing))
        co_return withoutValue(std::move(quiet));
    step.progress(u"removing the checkout"_s);
    auto releasing = provider().release(*m_facts->sandbox);
    if (auto released = co_await releasing; !released)
        co_return released;
    step.onCommit([this] {
        LifeFacts &facts = m_facts.edit();
        facts.sandbox.reset();
        facts.sandboxMade = false;
        facts.carried = false;
        facts.setUpDone = false;
        facts.agentChecked = false;
        facts.sessionOpened = false;
        return ended(Act::release);
    });
    co_return Result<void>();
}

Async<Result<void>> TaskActor::purge(StepRun &step)
{
    auto asking = askRepository(toMessage(repository::DropRefs { refs(QString()) }));
    if (auto dropped = co_await asking; !dropped)
        co_return withoutValue(std::move(dropped));
    step.onCommit([this]() -> Result<void> {
        if (auto gone = dismiss(keys::sessionOf(m_facts->summary.id, m_facts->session.id)); !gone)
            return gone;
        m_facts.edit().running = Act::wait;
        if (const auto &pull = m_facts->summary.pullRequest) {
            if (auto sent = send(keys::localGithubData(), githubData::LinkTask { pull->id, {} }); !sent)
                return sent;
        }
        if (const auto &issue = m_facts->summary.issue) {
            if (auto sent = send(keys::localGithubData(), githubData::LinkIssue { issue->id, {} }); !sent)
                return sent;
        }
        return send(keys::localOrganization(), organization::TaskGone { m_facts->summary.id, false });
    });
    co_return Result<void>();
}

} // namespace foundry
