// What a task does next and says of itself, from its facts alone.
#include "FatalWarnings.h"

#include "TaskLife.h"

using namespace foundry;

namespace {

LifeFacts prepared()
{
    LifeFacts facts;
    facts.baseCommit = u"base"_s;
    facts.sandbox = SandboxRecord {};
    facts.sandboxMade = facts.agentChecked = facts.sessionOpened = true;
    return facts;
}

LifeFacts afterATurn()
{
    LifeFacts facts = prepared();
    facts.turns = 1;
    facts.stopReason = u"end_turn"_s;
    facts.snapshot = u"s1"_s;
    facts.snapshotTree = u"t1"_s;
    facts.head = u"base"_s;
    facts.summary.changes = { 1, 2, 3 };
    return facts;
}

bool has(const TaskSummary &task, TaskAction action)
{
    return std::find(task.actions.begin(), task.actions.end(), action) != task.actions.end();
}

} // namespace

class TaskLifeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void preparesInOrder()
    {
        LifeFacts facts;
        QCOMPARE(nextAct(facts, 1, 0), Act::resolveBase);
        facts.baseCommit = u"base"_s;
        QCOMPARE(nextAct(facts, 1, 0), Act::createSandbox);
        facts.sandboxMade = true;
        QCOMPARE(nextAct(facts, 1, 0), Act::checkAgent);
        facts.agentChecked = true;
        QCOMPARE(nextAct(facts, 1, 0), Act::openSession);
        facts.sessionOpened = true;
        QCOMPARE(nextAct(facts, 1, 0), Act::turn);
        QCOMPARE(nextAct(facts, 0, 0), Act::wait);
    }

    void whatTheRepositoryWantsWaitsForThePerson()
    {
        LifeFacts facts;
        facts.baseCommit = u"base"_s;
        facts.project.config.text = u"…"_s;
        facts.project.config.carry = { u".env"_s };
        facts.project.config.setUp = u"make"_s;
        QCOMPARE(nextAct(facts, 1, 0), Act::wait);
        QCOMPARE(summarise(facts, {}, {}, 1).reason.why, TaskWhy::asksProject);
        facts.projectAnswered = true; // with no
        QCOMPARE(nextAct(facts, 1, 0), Act::createSandbox);
        facts.projectAgreed = facts.sandboxMade = true;
        QCOMPARE(nextAct(facts, 1, 0), Act::carryFiles);
        facts.carried = true;
        QCOMPARE(nextAct(facts, 1, 0), Act::setUp);
        facts.setUpDone = true;
        QCOMPARE(nextAct(facts, 1, 0), Act::checkAgent);
    }

    void thePullRequestComesAfterThePush()
    {
        LifeFacts facts = afterATurn();
        QVERIFY(has(summarise(facts, {}, {}, 1), TaskAction::openPullRequest));
        facts.opening = command::OpenPullRequest {};
        facts.publish = PublishWish { command::PublishTo::remote, u"m"_s, 1, Act::push, u"c1"_s, u"t1"_s };
        QCOMPARE(nextAct(facts, 1, 0), Act::push);
        QVERIFY(!has(summarise(facts, {}, {}, 1), TaskAction::openPullRequest));
        facts.publish.reset();
        QCOMPARE(nextAct(facts, 1, 0), Act::openPullRequest); // before the next turn
        QCOMPARE(summarise(facts, {}, {}, 1).state, TaskState::publishing);
        facts.summary.overlay = TaskOverlay::failed;
        QCOMPARE(nextAct(facts, 0, 0), Act::wait);
    }

    void theNewestBaseComesBeforeItsTurn()
    {
        LifeFacts facts = afterATurn();
        facts.bringing = BaseWish { u"main"_s, u"p1"_s, u"Merge it"_s };
        facts.sandboxMade = false; // released meanwhile
        QCOMPARE(nextAct(facts, 0, 0), Act::createSandbox);
        facts.sandboxMade = facts.agentChecked = facts.sessionOpened = true;
        QCOMPARE(nextAct(facts, 1, 0), Act::bringBase); // before prompts that wait
        QCOMPARE(summarise(facts, {}, {}, 1).reason.subject, u"bringBase"_s);
        facts.summary.overlay = TaskOverlay::failed;
        QCOMPARE(nextAct(facts, 1, 0), Act::wait);
        facts.summary.overlay = TaskOverlay::none;
        facts.bringing.reset();
        QCOMPARE(nextAct(facts, 1, 0), Act::turn);
        QCOMPARE(nextAct(facts, 0, 0), Act::wait);
    }

    // Resolved as the branch had it: the tree is the one that was published, and yet there is a commit to publish.
    void aMergedBaseIsSomethingToPublish()
    {
        LifeFacts facts = afterATurn();
        facts.publishedTo = u"origin/x"_s;
        facts.publishedCommit = u"c1"_s;
        facts.publishedTree = facts.snapshotTree;
        QVERIFY(!hasUnpublished(facts));
        facts.baseMerged = true;
        QVERIFY(hasUnpublished(facts));
    }

    void L33_everyStateOfThePullRequestIsTheTasks()
    {
        LifeFacts facts = afterATurn();
        facts.publishedTo = u"origin/x"_s;
        facts.publishedCommit = u"c1"_s;
        facts.publishedTree = u"t1"_s;
        TaskPullRequest pull;
        pull.number = 12;
        facts.summary.pullRequest = pull;
        for (const auto &[theirs, ours] : { std::pair(PullRequestState::open, TaskState::published),
                                            std::pair(PullRequestState::draft, TaskState::published),
                                            std::pair(PullRequestState::merged, TaskState::merged),
                                            std::pair(PullRequestState::closed, TaskState::closed) }) {
            facts.summary.pullRequest->state = theirs;
            const TaskSummary told = summarise(facts, {}, {}, 1);
            QCOMPARE(told.state, ours);
            QCOMPARE(told.reason.why, TaskWhy::inPullRequest);
            QCOMPARE(told.reason.subject, u"#12"_s);
            QCOMPARE(has(told, TaskAction::mergePullRequest), facts.summary.pullRequest->isOpen());
            QVERIFY(!has(told, TaskAction::openPullRequest)); // nothing new is there to open one for
        }
        facts.snapshotTree = u"t2"_s; // the agent went on after it was merged
        facts.summary.pullRequest->state = PullRequestState::merged;
        QCOMPARE(summarise(facts, {}, {}, 1).state, TaskState::ready);
        QVERIFY(has(summarise(facts, {}, {}, 1), TaskAction::openPullRequest));
    }

    void itIsPutAwayWhenItIsMergedIfThePersonWishedSo()
    {
        LifeFacts facts = afterATurn();
        facts.publishedTo = u"origin/x"_s;
        facts.publishedCommit = u"c1"_s;
        facts.publishedTree = u"t1"_s;
        facts.summary.pullRequest = TaskPullRequest {};
        facts.archiveMerged = true;
        QCOMPARE(nextAct(facts, 0, 0), Act::wait);
        facts.summary.pullRequest->state = PullRequestState::merged;
        QCOMPARE(nextAct(facts, 0, 0), Act::archive);
        QCOMPARE(nextAct(facts, 1, 0), Act::turn); // what was asked for is done first
        facts.snapshotTree = u"t2"_s;
        QCOMPARE(nextAct(facts, 0, 0), Act::wait); // unpublished work is never put away by itself
        facts.snapshotTree = u"t1"_s;
        facts.archiveMerged = false;
        QCOMPARE(nextAct(facts, 0, 0), Act::wait);
        facts.merging = command::MergePullRequest {};
        QCOMPARE(nextAct(facts, 0, 0), Act::mergePullRequest);
    }

    void whatAPersonIsToldOfAPullRequest()
    {
        const TaskPullRequest before;
        TaskPullRequest now = before;
        QVERIFY(!isNews(before, now));
        now.checks = ChecksState::pending;
        QVERIFY(!isNews(before, now));
        now.checks = ChecksState::failed;
        QVERIFY(isNews(before, now));
        QVERIFY(!isNews(now, now)); // once
        now = before;
        now.state = PullRequestState::merged;
        QVERIFY(isNews(before, now));
        now = before;
        now.review = ReviewDecision::changesRequested;
        QVERIFY(isNews(before, now));
        now = before;
        now.mergeable = Mergeability::conflicting;
        QVERIFY(isNews(before, now));
    }

    void onlyWhatTheTaskCanGoOnWithoutIsSkipped()
    {
        LifeFacts facts;
        facts.summary.overlay = TaskOverlay::failed;
        for (const Act act : { Act::createSandbox, Act::openSession, Act::push }) {
            facts.failedStep = enumName(act);
            QVERIFY(!has(summarise(facts, {}, {}, 1), TaskAction::skipStep));
        }
        for (const Act act : { Act::carryFiles, Act::setUp }) {
            facts.failedStep = enumName(act);
            QVERIFY(has(summarise(facts, {}, {}, 1), TaskAction::skipStep));
        }
    }

    void aRefusedHostNeedsThePersonWhileTheAgentWorks()
    {
        LifeFacts facts = afterATurn();
        facts.askedHosts = { u"example.org:443"_s };
        QCOMPARE(summarise(facts, {}, {}, 1).state, TaskState::ready);
        facts.running = Act::turn;
        QCOMPARE(summarise(facts, {}, {}, 1).state, TaskState::needsYou);
    }

    void whatLiesOverAStateHoldsEverything()
    {
        for (TaskOverlay overlay : { TaskOverlay::failed, TaskOverlay::stopped, TaskOverlay::damaged }) {
            LifeFacts facts;
            facts.summary.overlay = overlay;
            QCOMPARE(nextAct(facts, 1, 0), Act::wait);
        }
    }

    void anInterruptedTurnIsNeverSentAgainByItself()
    {
        LifeFacts facts = afterATurn();
        facts.interrupted = true;
        QCOMPARE(nextAct(facts, 3, 0), Act::wait);
        const TaskSummary told = summarise(facts, {}, {}, 5);
        QCOMPARE(told.state, TaskState::needsYou);
        QCOMPARE(told.reason.why, TaskWhy::turnInterrupted);
        QVERIFY(has(told, TaskAction::continueTurn) && has(told, TaskAction::sendAgain));
    }

    void aStoppedTaskHoldsWhatIsQueued()
    {
        LifeFacts facts = afterATurn();
        facts.hold = true;
        QCOMPARE(nextAct(facts, 2, 0), Act::wait);
        facts.snapshotDue = true;
        QCOMPARE(nextAct(facts, 2, 0), Act::snapshot); // the work is kept all the same
    }

    void whatIsStoppedBeforeItsFirstTurnIsNotPreparedFurther()
    {
        LifeFacts facts = afterATurn();
        facts.turns = 0;
        facts.hold = true;
        QCOMPARE(nextAct(facts, 1, 0), Act::wait);
        facts.sandboxMade = false;
        QCOMPARE(nextAct(facts, 1, 0), Act::wait);
        facts.placeWanted = true; // a terminal needs it all the same
        QCOMPARE(nextAct(facts, 1, 0), Act::createSandbox);
    }

    void publishingGoesItsStages()
    {
        LifeFacts facts = afterATurn();
        QVERIFY(has(summarise(facts, {}, {}, 1), TaskAction::publish));
        for (Act stage : { Act::snapshot, Act::commit, Act::push, Act::moveSandbox }) {
            facts.publish = PublishWish { command::PublishTo::remote, {}, 0, stage, {} };
            QCOMPARE(nextAct(facts, 1, 0), stage); // before the next prompt
        }
        facts.publish.reset();
        facts.publishedCommit = u"c"_s;
        facts.publishedTo = u"origin/b"_s;
        facts.publishedTree = facts.snapshotTree;
        const TaskSummary told = summarise(facts, {}, {}, 1);
        QCOMPARE(told.state, TaskState::published);
        QVERIFY(!has(told, TaskAction::publish));
        facts.snapshotTree = u"t2"_s;
        QVERIFY(has(summarise(facts, {}, {}, 1), TaskAction::publish));
    }

    // L27: archived at once; its sandbox goes after the undo window, and after the last snapshot.
    void L27_archiveIsFinalAndReleasesLater()
    {
        LifeFacts facts = afterATurn();
        facts.archived = true;
        facts.releaseAfter = 100;
        facts.snapshotDue = true;
        QCOMPARE(summarise(facts, {}, {}, 1).state, TaskState::archived);
        QCOMPARE(nextAct(facts, 1, 50), Act::snapshot);
        facts.snapshotDue = false;
        QCOMPARE(nextAct(facts, 1, 50), Act::wait);
        QCOMPARE(nextAct(facts, 1, 100), Act::release);
        facts.sandbox.reset();
        QCOMPARE(nextAct(facts, 1, 200), Act::wait);
        facts.deleted = true;
        facts.purgeAt = 300;
        QCOMPARE(nextAct(facts, 1, 299), Act::wait);
        QVERIFY(has(summarise(facts, {}, {}, 1), TaskAction::restore));
        QCOMPARE(nextAct(facts, 1, 300), Act::purge);
    }

    // The computer may have been off for the thirty days, or the sandbox would not go all the time.
    void nothingIsPurgedBeforeItsSandboxIsGone()
    {
        LifeFacts facts = afterATurn();
        facts.archived = true;
        facts.deleted = true;
        facts.releaseAfter = 100;
        facts.purgeAt = 300;
        QCOMPARE(nextAct(facts, 0, 300), Act::release);
        facts.summary.overlay = TaskOverlay::failed;
        QCOMPARE(nextAct(facts, 0, 300), Act::wait);
        TaskSummary told = summarise(facts, {}, {}, 300);
        QCOMPARE(told.reason.why, TaskWhy::releaseFailed);
        QVERIFY(has(told, TaskAction::retryStep) && has(told, TaskAction::restore));
        facts.sandbox.reset();
        QCOMPARE(nextAct(facts, 0, 300), Act::wait); // a purge that failed for good is not begun anew by itself
        facts.failedStep = u"purge"_s;
        told = summarise(facts, {}, {}, 300);
        QCOMPARE(told.reason.why, TaskWhy::stepFailed);
        QVERIFY(has(told, TaskAction::retryStep));
    }

    void aReleasedTaskMakesItsSandboxAgainOnlyForWork()
    {
        LifeFacts facts = afterATurn();
        facts.sandbox.reset();
        facts.sandboxMade = false;
        QCOMPARE(nextAct(facts, 0, 0), Act::wait);
        QCOMPARE(nextAct(facts, 1, 0), Act::createSandbox);
    }

    void aPermissionNeedsThePerson()
    {
        LifeFacts facts = prepared();
        facts.turns = 1;
        facts.running = Act::turn;
        facts.interrupted = true; // as turnBegins sets it
        QCOMPARE(summarise(facts, {}, {}, 1).state, TaskState::preparing); // nothing came of its session yet
        QCOMPARE(summarise(facts, {}, {}, 1).reason.subject, u"firstAnswer"_s);
        facts.started = true;
        QCOMPARE(summarise(facts, {}, u"Edit a"_s, 1).state, TaskState::working);
        const TaskSummary told = summarise(facts, { u"Run x"_s }, {}, 1);
        QCOMPARE(told.state, TaskState::needsYou);
        QCOMPARE(told.reason.subject, u"Run x"_s);
        QVERIFY(has(told, TaskAction::stop));
    }

    void theTimeOfAStateStaysWhileItStays()
    {
        LifeFacts facts = afterATurn();
        facts.summary = summarise(facts, {}, {}, 10);
        QCOMPARE(facts.summary.reason.since, 10);
        facts.summary = summarise(facts, {}, {}, 20);
        QCOMPARE(facts.summary.reason.since, 10);
    }

    void theProposedMessage()
    {
        QCOMPARE(proposedMessage(u"Fix it"_s, u"fix it"_s), u"Fix it"_s);
        QCOMPARE(proposedMessage(u"Fix it"_s, u"Fix it, with a test."_s), u"Fix it\n\nFix it, with a test."_s);
        QVERIFY(proposedMessage(u"T"_s, QString(100'000, u'x')).size() < 3000);
        TaskSummary task;
        task.title = u"Fix it"_s;
        QCOMPARE(proposedMessage(task, u"Fix it, with a test."_s), u"Fix it\n\nFix it, with a test."_s);
        task.issue = TaskIssue { { u"I_1"_s }, {}, u"acme/shop"_s, 12, u"It is broken"_s, {} };
        QCOMPARE(proposedMessage(task, u"what others wrote"_s), u"Fix it\n\nFor acme/shop#12"_s);
    }
};

FOUNDRY_TEST_MAIN(TaskLifeTest)
#include "TaskLifeTest.moc"
