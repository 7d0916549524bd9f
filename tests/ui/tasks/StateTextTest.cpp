// Each state has a look and a reason in words; ages are no finer than they need to be.
#include "StateText.h"
#include "FatalWarnings.h"

using namespace foundry;

namespace {

const FailureWords words = [](const Failure &failure) { return failure.name(); };

TaskSummary in(TaskState state, TaskWhy why = TaskWhy::none, const QString &subject = {})
{
    TaskSummary task;
    task.id = { u"t"_s };
    task.title = u"A task"_s;
    task.state = state;
    task.reason = { why, subject, 0 };
    return task;
}

} // namespace

class StateTextTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyStateHasItsLook()
    {
        QSet<QString> said;
        for (int i = 0; i <= int(TaskState::deleted); ++i) {
            const StateLook look = lookOf(in(TaskState(i)), words);
            QVERIFY(!look.glyph.isEmpty());
            QVERIFY(!look.word.isEmpty());
            said.insert(look.word);
        }
        QCOMPARE(said.size(), int(TaskState::deleted) + 1);
    }

    void theReasonIsTold()
    {
        QCOMPARE(lookOf(in(TaskState::preparing, TaskWhy::runsStep, u"createSandbox"_s), words).chip(),
                 u"Preparing \u00b7 creating the sandbox"_s);
        QCOMPARE(lookOf(in(TaskState::needsYou, TaskWhy::asksPermission, u"Reach a.example"_s), words).chip(),
                 u"Needs you \u00b7 asks: Reach a.example"_s);
        QCOMPARE(lookOf(in(TaskState::published, TaskWhy::publishedTo, u"origin/x"_s), words).chip(),
                 u"Published \u00b7 to origin/x"_s);
        QCOMPARE(stepDoing(u"aNewStep"_s), u"a new step"_s);
    }

    void aPullRequestThatWaitsForSomebodyIsNotGreen()
    {
        TaskSummary task = in(TaskState::published, TaskWhy::publishedTo, u"#1"_s);
        task.pullRequest = TaskPullRequest {};
        QCOMPARE(lookOf(task, words).tone, u"positive"_s);
        task.pullRequest->checks = ChecksState::failed;
        QCOMPARE(lookOf(task, words).tone, u"warning"_s);
        task.pullRequest->checks = ChecksState::passed;
        task.pullRequest->mergeable = Mergeability::conflicting;
        QCOMPARE(lookOf(task, words).tone, u"warning"_s);
        task.pullRequest->state = PullRequestState::merged;
        task.state = TaskState::merged;
        QCOMPARE(lookOf(task, words).tone, u"positive"_s);
    }

    void aFailureLiesOverTheState()
    {
        TaskSummary task = in(TaskState::publishing, TaskWhy::stepFailed, u"push"_s);
        task.overlay = TaskOverlay::failed;
        const StateLook look = lookOf(task, words);
        QCOMPARE(look.chip(), u"Failed \u00b7 pushing"_s);
        QCOMPARE(look.tone, u"negative"_s);
        QVERIFY(look.needsPerson);
        task.overlay = TaskOverlay::stopped;
        QVERIFY(!lookOf(task, words).needsPerson);
        task.overlay = TaskOverlay::damaged;
        task.reason = {};
        task.failure = failure(codes::Storage::corrupt);
        QCOMPARE(lookOf(task, words).chip(), u"Damaged \u00b7 storage.corrupt"_s);
    }

    void onlyWhatQuittingWouldInterruptRuns()
    {
        QVERIFY(isRunning(in(TaskState::working)));
        QVERIFY(isRunning(in(TaskState::needsYou, TaskWhy::asksPermission)));
        QVERIFY(!isRunning(in(TaskState::needsYou, TaskWhy::turnInterrupted)));
        QVERIFY(!isRunning(in(TaskState::ready)));
        TaskSummary failed = in(TaskState::publishing);
        failed.overlay = TaskOverlay::failed;
        QVERIFY(!isRunning(failed));
    }

    void agesAreCoarse()
    {
        constexpr Millis minute = 60'000;
        constexpr Millis now = 1000 * 24 * 60 * minute;
        QCOMPARE(ageText(now, 0), QString());
        QCOMPARE(ageText(now, now - 59'999), u"now"_s);
        QCOMPARE(ageText(now, now - minute), u"1 m"_s);
        QCOMPARE(ageText(now, now - 60 * minute), u"1 h"_s);
        QCOMPARE(ageText(now, now - 24 * 60 * minute), u"1 d"_s);
        QCOMPARE(ageText(now, now + minute), u"now"_s); // the clock was set back
        for (Millis age : { Millis(0), Millis(1), 59'999 + minute, 61 * minute, 25 * 60 * minute }) {
            const Millis at = now - age;
            const Millis change = ageChangesIn(now, at);
            QCOMPARE(ageText(now + change - 1, at), ageText(now, at));
            QVERIFY(ageText(now + change, at) != ageText(now, at));
        }
    }
};

FOUNDRY_TEST_MAIN(StateTextTest)
#include "StateTextTest.moc"
