#include "TaskLife.h"

namespace foundry {

namespace {

Act nextOfArchived(const LifeFacts &facts, Millis now)
{
    if (facts.summary.overlay == TaskOverlay::failed)
        return Act::wait;
    if (!facts.sandbox) // also after thirty days nothing goes before the sandbox is gone: nobody would look for it
        return facts.deleted && facts.purgeAt > 0 && now >= facts.purgeAt ? Act::purge : Act::wait;
    if (facts.snapshotDue && facts.sandboxMade)
        return Act::snapshot;
    return now >= facts.releaseAfter ? Act::release : Act::wait;
}

bool wantsCarrying(const LifeFacts &facts)
{
    return facts.projectAgreed && !facts.carried && !facts.project.config.carry.isEmpty();
}

// The mark is set from a turn's beginning until its end is known; while it runs nothing is wrong.
bool isInterrupted(const LifeFacts &facts)
{
    return facts.interrupted && facts.running != Act::turn;
}

bool isPrepared(const LifeFacts &facts)
{
    return facts.sandboxMade && !wantsCarrying(facts) && !wantsSetUp(facts) && facts.agentChecked
        && facts.sessionOpened;
}

// Merged or closed, and nothing new since.
bool isSettled(const LifeFacts &facts)
{
    return facts.summary.pullRequest && !facts.summary.pullRequest->isOpen() && !hasUnpublished(facts);
}

void addActions(const LifeFacts &facts, TaskSummary &task)
{
    auto &actions = task.actions;
    actions.clear();
    if (facts.archived) {
        actions = facts.deleted ? std::vector { TaskAction::restore }
                                : std::vector { TaskAction::unarchive, TaskAction::remove };
        if (task.overlay == TaskOverlay::failed)
            actions.insert(actions.begin(), TaskAction::retryStep);
        return;
    }
    const bool resumable = task.overlay == TaskOverlay::failed || task.overlay == TaskOverlay::stopped;
    if (facts.running != Act::wait && !resumable)
        actions.push_back(TaskAction::stop);
    if (resumable)
        actions.push_back(TaskAction::retryStep);
    if (canSkip(facts))
        actions.push_back(TaskAction::skipStep);
    if (isInterrupted(facts)) {
        actions.push_back(TaskAction::continueTurn);
        actions.push_back(TaskAction::sendAgain);
    }
    actions.push_back(TaskAction::prompt);
    if (!facts.publish && !facts.head.isEmpty() && facts.running == Act::wait && hasUnpublished(facts)) {
        actions.push_back(TaskAction::publish);
        if (!facts.clonePath.isEmpty())
            actions.push_back(TaskAction::bringIntoClone);
    }
    const TaskPullRequest *pull = task.pullRequest ? &*task.pullRequest : nullptr;
    const bool rests = !facts.publish && !facts.opening && !facts.merging && facts.running == Act::wait;
    if (rests && !facts.head.isEmpty() && (!pull || !pull->isOpen())
        && (hasUnpublished(facts) || !facts.publishedTo.isEmpty()) && !(pull && isSettled(facts)))
        actions.push_back(TaskAction::openPullRequest);
    if (rests && pull && pull->isOpen())
        actions.push_back(TaskAction::mergePullRequest);
    actions.push_back(TaskAction::archive);
    actions.push_back(TaskAction::remove);
}

struct Told {
    TaskState state;
    TaskWhy why;
    QString subject;
};

Told tellArchived(const LifeFacts &facts)
{
    const TaskState state = facts.deleted ? TaskState::deleted : TaskState::archived;
    if (facts.summary.overlay == TaskOverlay::failed)
        return { state, facts.sandbox ? TaskWhy::releaseFailed : TaskWhy::stepFailed, facts.failedStep };
    if (facts.running == Act::release)
        return { state, TaskWhy::releaseRuns, {} };
    if (facts.deleted)
        return { state, TaskWhy::deletedUntil, QString::number(facts.purgeAt) };
    return { state, TaskWhy::archivedByPerson, {} };
}

Told tellWorking(const LifeFacts &facts, const QStringList &asking, const QString &doing)
{
    if (facts.running == Act::turn) {
        if (!asking.isEmpty())
            return { TaskState::needsYou, TaskWhy::asksPermission, asking.front() };
        if (!facts.askedHosts.isEmpty())
            return { TaskState::needsYou, TaskWhy::asksHost, facts.askedHosts.front() };
        if (!facts.started)
            return { TaskState::preparing, TaskWhy::runsStep, QString::fromLatin1(waitsForAgent) };
        return { TaskState::working, TaskWhy::agentWorks, doing };
    }
    if (facts.running == Act::setUp && !facts.askedHosts.isEmpty())
        return { TaskState::needsYou, TaskWhy::asksHost, facts.askedHosts.front() };
    const QString step = enumName(facts.running);
    const TaskWhy why = facts.retrying ? TaskWhy::retriesStep : TaskWhy::runsStep;
    if (facts.publish || facts.running == Act::openPullRequest)
        return { TaskState::publishing, why, step };
    if (facts.running == Act::mergePullRequest || facts.running == Act::archive)
        return { TaskState::published, why, step };
    return { facts.turns == 0 ? TaskState::preparing : TaskState::working, why, step };
}

Told tellResting(const LifeFacts &facts)
{
    if (isInterrupted(facts))
        return { TaskState::needsYou, TaskWhy::turnInterrupted, {} };
    if (asksProject(facts) && facts.summary.overlay == TaskOverlay::none)
        return { TaskState::needsYou, TaskWhy::asksProject, facts.repositoryName };
    const bool goesOn = facts.summary.overlay == TaskOverlay::none && !facts.hold;
    if (facts.turns == 0)
        return { TaskState::queued, TaskWhy::waitsForTurn, {} };
    if (goesOn && facts.publish)
        return { TaskState::publishing, TaskWhy::runsStep, enumName(facts.publish->next) };
    if (goesOn && facts.opening)
        return { TaskState::publishing, TaskWhy::runsStep, enumName(Act::openPullRequest) };
    if (goesOn && facts.bringing)
        return { TaskState::working, TaskWhy::runsStep, enumName(Act::bringBase) };
    if (goesOn && facts.queued > 0)
        return { TaskState::working, TaskWhy::waitsForTurn, {} };
    if (facts.summary.pullRequest && !hasUnpublished(facts)) {
        const TaskPullRequest &pull = *facts.summary.pullRequest;
        const TaskState state = pull.isOpen()        ? TaskState::published
            : pull.state == PullRequestState::merged ? TaskState::merged
                                                     : TaskState::closed;
        return { state, TaskWhy::inPullRequest, u'#' + QString::number(pull.number) };
    }
    if (!facts.publishedTo.isEmpty() && !hasUnpublished(facts))
        return { TaskState::published, TaskWhy::publishedTo, facts.publishedTo };
    if (facts.stoppedByPerson)
        return { TaskState::ready, TaskWhy::stoppedByPerson, {} };
    return { TaskState::ready, TaskWhy::turnFinished, facts.stopReason };
}

Told tell(const LifeFacts &facts, const QStringList &asking, const QString &doing)
{
    if (facts.archived)
        return tellArchived(facts);
    Told told = facts.running != Act::wait ? tellWorking(facts, asking, doing) : tellResting(facts);
    if (facts.summary.overlay == TaskOverlay::failed) {
        told.why = TaskWhy::stepFailed;
        told.subject = facts.failedStep;
        if (told.state != TaskState::published && told.state != TaskState::merged && told.state != TaskState::closed)
            told.state = !isPrepared(facts) ? TaskState::preparing
                : facts.publish             ? TaskState::publishing
                                            : TaskState::ready;
    } else if (facts.summary.overlay == TaskOverlay::stopped) {
        told.why = TaskWhy::stoppedByPerson;
        told.subject = facts.failedStep;
    }
    return told;
}

} // namespace

bool isStoppedEarly(const LifeFacts &facts)
{
    return facts.hold && facts.turns == 0 && !facts.archived;
}

bool wantsSetUp(const LifeFacts &facts)
{
    return facts.projectAgreed && !facts.setUpDone && !facts.project.config.setUp.isEmpty();
}

bool asksProject(const LifeFacts &facts)
{
    return !facts.project.config.isEmpty() && !facts.projectAnswered && !facts.archived;
}

bool wantsArchive(const LifeFacts &facts)
{
    return facts.archiveMerged && !facts.archived && facts.summary.pullRequest
        && facts.summary.pullRequest->state == PullRequestState::merged && !hasUnpublished(facts);
}

bool isNews(const TaskPullRequest &before, const TaskPullRequest &now)
{
    const bool over = now.state != before.state && !now.isOpen();
    const bool failed = now.checks != before.checks && now.checks == ChecksState::failed;
    const bool reviewed = now.review != before.review
        && (now.review == ReviewDecision::approved || now.review == ReviewDecision::changesRequested);
    const bool conflicts = now.mergeable != before.mergeable && now.mergeable == Mergeability::conflicting;
    return over || failed || reviewed || conflicts;
}

bool canSkip(const LifeFacts &facts)
{
    return facts.summary.overlay == TaskOverlay::failed && !facts.archived
        && (facts.failedStep == enumName(Act::setUp) || facts.failedStep == enumName(Act::carryFiles));
}

Act nextAct(const LifeFacts &facts, int prompts, Millis now)
{
    if (facts.archived)
        return nextOfArchived(facts, now);
    if (facts.summary.overlay != TaskOverlay::none)
        return Act::wait;
    if (facts.baseCommit.isEmpty())
        return Act::resolveBase;
    if (facts.placeWanted && !facts.sandboxMade)
        return Act::createSandbox;
    if (isStoppedEarly(facts))
        return Act::wait;
    const bool wantsTurn = (prompts > 0 || facts.bringing) && !facts.interrupted && !facts.hold;
    // After a release the place is made again only when there is work for it.
    if (wantsTurn || facts.turns == 0) {
        if (asksProject(facts))
            return Act::wait;
        if (!facts.sandboxMade)
            return Act::createSandbox;
        if (wantsCarrying(facts))
            return Act::carryFiles;
        if (wantsSetUp(facts))
            return Act::setUp;
        if (!facts.agentChecked)
            return Act::checkAgent;
        if (!facts.sessionOpened)
            return Act::openSession;
    }
    if (facts.snapshotDue && facts.sandboxMade)
        return Act::snapshot;
    if (facts.publish)
        return facts.publish->next;
    if (facts.opening)
        return Act::openPullRequest;
    if (facts.merging)
        return Act::mergePullRequest;
    if (wantsArchive(facts) && prompts == 0)
        return Act::archive;
    if (!wantsTurn)
        return Act::wait;
    return facts.bringing ? Act::bringBase : Act::turn;
}

TaskSummary summarise(const LifeFacts &facts, const QStringList &asking, const QString &doing, Millis now)
{
    TaskSummary task = facts.summary;
    const Told told = tell(facts, asking, doing);
    if (task.state != told.state || task.reason.why != told.why || task.reason.since == 0)
        task.reason.since = now;
    task.state = told.state;
    task.reason.why = told.why;
    task.reason.subject = told.subject;
    if (task.overlay != TaskOverlay::failed && !isInterrupted(facts))
        task.failure.reset();
    task.publishedOnce = !facts.publishedTo.isEmpty();
    addActions(facts, task);
    return task;
}

bool hasUnpublished(const LifeFacts &facts)
{
    if (facts.snapshotDue && facts.turns > 0)
        return true;
    if (facts.baseMerged) // nothing but that, perhaps: then the tree is the old one
        return true;
    if (facts.snapshot.isEmpty() || facts.summary.changes.files == 0)
        return false;
    // After a publish the checkout stands on the published commit with nothing beside it.
    return facts.publishedCommit.isEmpty() || facts.publishedTree != facts.snapshotTree;
}

QString proposedMessage(const QString &title, const QString &prompt)
{
    const QString body = prompt.trimmed();
    if (body.isEmpty() || body.compare(title, Qt::CaseInsensitive) == 0)
        return title;
    constexpr qsizetype longest = 2000; // characters of the prompt in a commit
    return title + u"\n\n"_s + (body.size() > longest ? body.left(longest) + u" \u2026"_s : body);
}

QString proposedMessage(const TaskSummary &task, const QString &prompt)
{
    if (!task.issue)
        return proposedMessage(task.title, prompt);
    return task.title + u"\n\nFor %1#%2"_s.arg(task.issue->repository).arg(task.issue->number);
}

} // namespace foundry
