#include "TaskView.h"
#include "ComposerState.h"
#include "FatalWarnings.h"
#include "SampleTask.h"
#include "Spans.h"
#include "Ticker.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace foundry;
using namespace foundry::test;

namespace {

struct Scene {
    Scene()
        : sample(&link)
        , view(&link,
               TaskViewNeeds { [](const Failure &failure) { return u"said: "_s + failure.name(); },
                               [this] { return now; } })
        , tester(view.timeline(), QAbstractItemModelTester::FailureReportingMode::QtTest)
    {
        AgentOffer codex;
        codex.name = u"codex"_s;
        codex.title = u"Codex"_s;
        view.setAgents({ codex });
    }
    void open()
    {
        sample.playLogin();
        view.setTask(sample.summary);
    }
    QString line(int row, int role) { return view.timeline()->index(row, 0).data(role).toString(); }
    Ticker *ticker() { return view.findChild<Ticker *>(); }

    Millis now = SampleTask::noon + 72'000;
    EngineLink link;
    SampleTask sample;
    TaskView view;
    QAbstractItemModelTester tester;
};

} // namespace

class TaskViewTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void showsATask();
    void anotherTaskLeavesNothingBehind();
    void theSessionComesLater();
    void L23_aRunningStepTellsHowItGoes();
    void aTurnIsTakenUpAndNotTriedAgain();
    void L22_aFailedStepSaysWhyAndHowOften();
    void unknownStepsAreReadable();
    void logsAreRead();
    void nothingTicksUnseen();
    void weaknessIsExplained();
    void unknownUsageIsNotShown();
    void draftsSurvive();
    void aRefusedPromptComesBack();
    void queuedPromptsAreEdited();
    void optionsAreChosen();
    void commandsAndFilesAreOffered();
    void actionsSendCommands();
    void questionsAreAnsweredOldestFirst();
    void limitsAndPartsAreNamed();
    void refusalsAreSaid();
    void spans();
    void programOutputBecomesPlain();
};

void TaskViewTest::showsATask()
{
    Scene scene;
    scene.open();
    QCOMPARE(scene.view.transcript()->count(), 8);
    QCOMPARE(scene.view.timeline()->count(), 7);
    QCOMPARE(scene.line(1, TimelineModel::TitleRole), u"Sandbox created"_s);
    QCOMPARE(scene.line(1, TimelineModel::SpanRole), u"0.3 s"_s);
    QCOMPARE(scene.line(3, TimelineModel::SpanRole), u"2nd try"_s);
    QCOMPARE(scene.line(3, TimelineModel::DetailRole), u"1st: said: agent.silent"_s);
    QCOMPARE(scene.line(4, TimelineModel::TitleRole), u"Turn 1"_s);
    QCOMPARE(scene.line(4, TimelineModel::SpanRole), u"1 m 12 s"_s);
    QCOMPARE(scene.line(5, TimelineModel::TitleRole), u"Commit"_s);
    QCOMPARE(scene.line(5, TimelineModel::StatusRole), u"pending"_s);
    QCOMPARE(scene.view.composer()->agent(), u"Codex"_s);
    QCOMPARE(scene.view.facts()->tokens(), u"41 k \u00b7 $0.18"_s);
    QCOMPARE(scene.view.facts()->context(), u"12 % of 400 k"_s);
    QCOMPARE(scene.view.facts()->base(), u"main \u00b7 1a2b3c4"_s);
    QVERIFY(scene.view.composer()->canStop());
}

void TaskViewTest::anotherTaskLeavesNothingBehind()
{
    Scene scene;
    scene.open();
    scene.view.composer()->setDraft(u"half a thought"_s);
    scene.sample.holdAnswers = true;
    scene.view.setTask({ u"t2"_s }, { u"s2"_s });
    QCOMPARE(scene.view.transcript()->count(), 0);
    QCOMPARE(scene.view.timeline()->count(), 0);
    QVERIFY(!scene.view.facts()->hasUsage());
    QVERIFY(!scene.view.facts()->hasSandbox());
    QVERIFY(scene.view.composer()->draft().isEmpty());
    QVERIFY(scene.view.composer()->options().isEmpty());
    QVERIFY(!scene.view.composer()->canStop());
    scene.sample.tellDetails(); // of the first one
    QCOMPARE(scene.view.timeline()->count(), 0);
    scene.view.setTask(scene.sample.summary);
    QCOMPARE(scene.view.composer()->draft(), u"half a thought"_s);
    scene.view.clear();
    QVERIFY(!scene.view.hasTask());
    QCOMPARE(scene.view.transcript()->count(), 0);
}

void TaskViewTest::theSessionComesLater()
{
    Scene scene;
    scene.sample.playLogin();
    TaskSummary summary = scene.sample.summary;
    summary.session = {};
    scene.view.setTask(summary);
    QCOMPARE(scene.view.transcript()->count(), 0);
    scene.sample.tellSummary();
    QCOMPARE(scene.view.transcript()->count(), 8);
}

void TaskViewTest::L23_aRunningStepTellsHowItGoes()
{
    Scene scene;
    scene.open();
    TimelineEntry &step = scene.sample.details.timeline[4];
    step = {};
    step.name = u"openSession"_s;
    step.status = StepStatus::running;
    step.attempt = 2;
    step.maxAttempts = 5;
    step.startedAt = SampleTask::noon;
    step.subStep = u"waits for the agent"_s;
    step.lastSignAt = scene.now - 12'000;
    step.timeOutAt = scene.now + 18'000;
    scene.sample.tellDetails();
    QCOMPARE(scene.line(4, TimelineModel::DetailRole),
             u"attempt 2 of 5 \u00b7 waits for the agent \u00b7 last sign 12 s ago \u00b7 gives up in 18 s"_s);
    step.status = StepStatus::retrying;
    step.nextAttemptAt = scene.now + 3'200;
    step.attempts = { { 2, SampleTask::noon, scene.now, failure(codes::Agent::silent) } };
    scene.sample.tellDetails();
    QCOMPARE(scene.line(4, TimelineModel::DetailRole), u"said: agent.silent\nattempt 2 of 5 \u00b7 next try in 4 s"_s);
}

void TaskViewTest::aTurnIsTakenUpAndNotTriedAgain()
{
    Scene scene;
    scene.open();
    TimelineEntry &turn = scene.sample.details.timeline[4];
    turn = {};
    turn.name = u"turn"_s;
    turn.status = StepStatus::done;
    turn.attempt = 2;
    turn.startedAt = SampleTask::noon;
    turn.endedAt = SampleTask::noon + 9'200;
    turn.attempts = { { 1, SampleTask::noon, scene.now, failure(codes::Workflow::stopped) } };
    scene.sample.tellDetails();
    QCOMPARE(scene.line(4, TimelineModel::SpanRole), u"9.2 s"_s);
    QCOMPARE(scene.line(4, TimelineModel::DetailRole), u"went on without Foundry for a while"_s);
}

void TaskViewTest::L22_aFailedStepSaysWhyAndHowOften()
{
    Scene scene;
    scene.open();
    TimelineEntry &step = scene.sample.details.timeline[4];
    step.name = u"push"_s;
    step.status = StepStatus::failed;
    step.attempt = 3;
    step.attempts = { { 3, SampleTask::noon, SampleTask::noon, failure(codes::Git::refused) } };
    scene.sample.tellDetails();
    QVERIFY(scene.line(4, TimelineModel::DetailRole).startsWith(u"said: git.refused\nafter 3"));
    const QModelIndex row = scene.view.timeline()->index(4, 0);
    QVERIFY(!row.data(TimelineModel::RetryableRole).toBool());
    scene.sample.summary.actions = { TaskAction::retryStep };
    scene.sample.tellSummary();
    QVERIFY(row.data(TimelineModel::RetryableRole).toBool());
}

void TaskViewTest::unknownStepsAreReadable()
{
    Scene scene;
    scene.open();
    scene.sample.details.timeline[2].name = u"warmUpCaches"_s;
    scene.sample.tellDetails();
    QCOMPARE(scene.line(2, TimelineModel::TitleRole), u"Warm up caches"_s);
}

void TaskViewTest::logsAreRead()
{
    Scene scene;
    scene.open();
    scene.view.timeline()->showLog(u"openSession"_s);
    QCOMPARE(scene.view.timeline()->logStep(), u"openSession"_s);
    QVERIFY(scene.view.timeline()->logText().endsWith(u"ready in 0.2 s"));
    scene.view.timeline()->showLog(u"openSession"_s);
    QVERIFY(scene.view.timeline()->logStep().isEmpty());
}

// Law 12: a timer runs only while somebody looks at something that moves.
void TaskViewTest::nothingTicksUnseen()
{
    Scene scene;
    scene.open();
    QVERIFY(!scene.ticker()->isRunning());
    scene.view.setWatched(true);
    QVERIFY(scene.ticker()->isRunning());
    scene.view.setWatched(false);
    QVERIFY(!scene.ticker()->isRunning());
    scene.view.setWatched(true);
    for (TimelineEntry &step : scene.sample.details.timeline)
        step.status = StepStatus::done;
    scene.sample.tellDetails();
    TranscriptEntry call = scene.sample.entries[6];
    auto run = std::get<ToolCall>(call.body);
    run.status = ToolStatus::completed;
    call.body = run;
    scene.sample.tell({ EntryUpserted { call } });
    QVERIFY(!scene.ticker()->isRunning());
    QSignalSpy changed(scene.view.timeline(), &TimelineModel::dataChanged);
    Q_EMIT scene.ticker()->ticked();
    QCOMPARE(changed.count(), 0);
}

void TaskViewTest::weaknessIsExplained()
{
    Scene scene;
    scene.open();
    QCOMPARE(scene.view.facts()->isolation(), u"isolated"_s);
    QVERIFY(scene.view.facts()->weakness().isEmpty());
    for (const QString &word : { u"root"_s, u"noSeccomp"_s, u"somethingNew"_s }) {
        scene.sample.details.sandbox.isolation = Isolation::weaker;
        scene.sample.details.sandbox.weakness = word;
        scene.sample.tellDetails();
        QCOMPARE(scene.view.facts()->isolation(), u"weaker"_s);
        QVERIFY(!scene.view.facts()->weakness().isEmpty());
    }
    scene.sample.summary.isolated = false;
    scene.sample.tellSummary();
    QCOMPARE(scene.view.facts()->isolation(), u"none"_s);
    QCOMPARE(scene.view.facts()->network(), u"not restricted"_s);
}

void TaskViewTest::unknownUsageIsNotShown()
{
    Scene scene;
    scene.open();
    scene.sample.details.sessions.front().usage = {};
    scene.sample.tellDetails();
    QVERIFY(!scene.view.facts()->hasUsage());
    QVERIFY(scene.view.facts()->tokens().isEmpty());
    QVERIFY(scene.view.facts()->context().isEmpty());
}

void TaskViewTest::draftsSurvive()
{
    Scene scene;
    scene.view.setDrafts({ { u"task:t1"_s, u"kept"_s } });
    scene.open();
    QCOMPARE(scene.view.composer()->draft(), u"kept"_s);
    QVERIFY(scene.sample.commands.empty());
    scene.view.composer()->setDraft(u"kept and mo"_s);
    scene.view.composer()->setDraft(u"kept and more"_s);
    QVERIFY(scene.sample.commands.empty()); // once, after a pause
    QTRY_COMPARE(scene.sample.commands.size(), size_t(1));
    QCOMPARE(scene.sample.last<command::SaveDraft>()->scope, u"task:t1"_s);
    QCOMPARE(scene.sample.last<command::SaveDraft>()->text, u"kept and more"_s);
    scene.view.composer()->setDraft(QString(limits::draftCharacters + 1, u'x'));
    QCOMPARE(scene.view.composer()->draft().size(), limits::draftCharacters);
}

void TaskViewTest::aRefusedPromptComesBack()
{
    Scene scene;
    scene.open();
    ComposerState *composer = scene.view.composer();
    composer->setDraft(u"  \n "_s);
    QVERIFY(!composer->canSend());
    composer->send();
    QVERIFY(scene.sample.commands.empty());
    composer->setDraft(u"do this\n"_s);
    composer->send();
    QCOMPARE(scene.sample.last<command::SendPrompt>()->text, u"do this"_s);
    QVERIFY(composer->draft().isEmpty());
    scene.sample.refuse = failure(codes::Task::wrongState);
    composer->setDraft(u"and that"_s);
    composer->send();
    QCOMPARE(composer->draft(), u"and that"_s);
    QCOMPARE(composer->trouble(), u"said: task.wrongState"_s);
    scene.sample.summary.actions = {};
    scene.sample.tellSummary();
    QVERIFY(!composer->canSend());
}

void TaskViewTest::queuedPromptsAreEdited()
{
    Scene scene;
    scene.open();
    scene.sample.details.queue = { { u"q1"_s, u"later"_s } };
    scene.sample.tellDetails();
    QCOMPARE(scene.view.composer()->queue().size(), 1);
    QCOMPARE(scene.view.composer()->queue().first().value<QueuedLine>().text, u"later"_s);
    scene.view.composer()->editQueued(u"q1"_s, u"later, please"_s);
    QCOMPARE(scene.sample.last<command::EditQueuedPrompt>()->text, u"later, please"_s);
    scene.view.composer()->editQueued(u"q1"_s, {});
    QVERIFY(scene.sample.last<command::EditQueuedPrompt>()->text.isEmpty());
}

void TaskViewTest::optionsAreChosen()
{
    Scene scene;
    scene.open();
    const auto model = scene.view.composer()->options().first().value<OptionPicker>();
    QCOMPARE(model.name, u"Model"_s);
    QCOMPARE(model.currentIndex, 0);
    scene.view.composer()->choose(u"model"_s, u"gpt-5.4-mini"_s);
    const auto *chosen = scene.sample.last<command::ChooseSessionOption>();
    QCOMPARE(chosen->session, scene.sample.summary.session);
    QCOMPARE(chosen->value, u"gpt-5.4-mini"_s);
}

void TaskViewTest::commandsAndFilesAreOffered()
{
    Scene scene;
    scene.open();
    scene.view.review()->setWatched(true);
    ComposerState *composer = scene.view.composer();
    composer->setDraft(u"/rev"_s);
    QCOMPARE(composer->complete(4).size(), 1);
    QCOMPARE(composer->accept(4, composer->complete(4).first().value<Completion>().insert), 8);
    QCOMPARE(composer->draft(), u"/review "_s);
    composer->setDraft(u"look at @guard now"_s);
    QCOMPARE(composer->complete(14).first().value<Completion>().title, u"src/auth/guard.ts"_s);
    QCOMPARE(composer->accept(14, u"@x "_s), 11);
    QCOMPARE(composer->draft(), u"look at @x  now"_s);
    QVERIFY(composer->complete(4).isEmpty());
    composer->setDraft(u"not /a command"_s);
    QVERIFY(composer->complete(6).isEmpty());
    QVERIFY(composer->complete(400).isEmpty());
}

void TaskViewTest::actionsSendCommands()
{
    Scene scene;
    scene.open();
    scene.view.answerPermission(u"p1"_s, u"once"_s);
    QCOMPARE(scene.sample.last<command::AnswerPermission>()->choice, u"once"_s);
    scene.view.goOn();
    QCOMPARE(scene.sample.last<command::ResumeTurn>()->how, command::Resume::goOn);
    scene.view.sendAgain();
    QCOMPARE(scene.sample.last<command::ResumeTurn>()->how, command::Resume::sendAgain);
    scene.view.retryStep();
    QVERIFY(scene.sample.last<command::RetryStep>());
    scene.view.stop();
    QVERIFY(scene.sample.last<command::StopTask>());
}

void TaskViewTest::questionsAreAnsweredOldestFirst()
{
    Scene scene;
    scene.open();
    TaskQuestions *questions = scene.view.questions();
    QCOMPARE(questions->count(), 0);
    scene.sample.details.questions = { { u"a"_s, QuestionKind::host, u"one.example:443"_s, {} },
                                       { u"b"_s, QuestionKind::host, u"two.example:8080"_s, {} } };
    scene.sample.tellDetails();
    QCOMPARE(questions->count(), 2);
    QVERIFY2(questions->question().contains(u"one.example."_s), qPrintable(questions->question()));
    questions->allowForRepository();
    QCOMPARE(scene.sample.last<command::AnswerQuestion>()->question, u"a"_s);
    QCOMPARE(scene.sample.last<command::AnswerQuestion>()->answer, QuestionAnswer::repository);
    scene.sample.details.questions = { { u"c"_s, QuestionKind::project, u"shop"_s, u"run = 1"_s } };
    scene.sample.tellDetails();
    QVERIFY(questions->aboutProject() && questions->question().contains(u"shop"_s));
    QCOMPARE(questions->text(), u"run = 1"_s);
    questions->refuse();
    QCOMPARE(scene.sample.last<command::AnswerQuestion>()->answer, QuestionAnswer::no);
    scene.view.clear();
    QCOMPARE(questions->count(), 0);
}

void TaskViewTest::limitsAndPartsAreNamed()
{
    Scene scene;
    scene.open();
    QVERIFY(scene.view.facts()->limits().isEmpty() && scene.view.facts()->toolchains().isEmpty());
    SandboxInfo &sandbox = scene.sample.details.sandbox;
    sandbox.parts = { { u"toolchain"_s, u"Rust"_s, u"/home/ada/.cargo/bin"_s, {} },
                      { u"cache"_s, u"Cargo"_s, u"/home/ada/.cargo/registry"_s, {} },
                      { u"file"_s, u".env"_s, {}, u"missing"_s } };
    sandbox.budget = { { BudgetKind::memory, 4'000'000'000, 600'000'000, Enforcement::measured, {} },
                       { BudgetKind::disk, 20'000'000'000, 1'200'000'000, Enforcement::measured, {} },
                       { BudgetKind::turn, 3'600'000, -1, Enforcement::whole, {} } };
    sandbox.docker = u"compose.yml"_s;
    scene.sample.tellDetails();
    const TaskFacts *facts = scene.view.facts();
    QCOMPARE(facts->toolchains(), u"Rust"_s);
    QCOMPARE(facts->caches(), u"Cargo"_s);
    QCOMPARE(facts->carried(), u".env (not in your clone)"_s);
    QCOMPARE(facts->limits(), u"0.6 of 4 GB memory \u00b7 1.2 of 20 GB disk \u00b7 60 min a turn"_s);
    QVERIFY(facts->limitsHow().contains(u"no process gets more"_s));
    QVERIFY(facts->containers().contains(u"compose.yml"_s));
}

void TaskViewTest::refusalsAreSaid()
{
    Scene scene;
    scene.open();
    scene.sample.refuse = failure(codes::Session::noPermissionPending);
    scene.view.answerPermission(u"p1"_s, u"once"_s);
    QCOMPARE(scene.view.trouble(), u"said: session.noPermissionPending"_s);
    scene.view.dismissTrouble();
    QVERIFY(scene.view.trouble().isEmpty());
}

void TaskViewTest::spans()
{
    QCOMPARE(spanText(340), u"0.3 s"_s);
    QCOMPARE(spanText(9'960), u"10 s"_s);
    QCOMPARE(spanText(72'000), u"1 m 12 s"_s);
    QCOMPARE(spanText(60'000), u"1 m"_s);
    QCOMPARE(spanText(7'500'000), u"2 h 5 m"_s);
    QCOMPARE(spanText(200'000'000), u"2 d 7 h"_s);
    QCOMPARE(spanText(-5), u"0.0 s"_s);
    QCOMPARE(countText(999), u"999"_s);
    QCOMPARE(countText(1'234), u"1.2 k"_s);
    QCOMPARE(countText(41'000), u"41 k"_s);
    QCOMPARE(countText(1'250'000), u"1.2 M"_s);
}

void TaskViewTest::programOutputBecomesPlain()
{
    QCOMPARE(plainOutput(u"\x1b[1;32mok\x1b[0m\n"_s), u"ok\n"_s);
    QCOMPARE(plainOutput(u"10 %\r50 %\r100 %\r\ndone"_s), u"100 %\ndone"_s);
    QCOMPARE(plainOutput(u"\x1b]8;;http://x\x1b\\link\x1b]0;title\aend"_s), u"linkend"_s);
    QCOMPARE(plainOutput(u"ab\b\bc\tx\x01"_s), u"c\tx"_s);
    QCOMPARE(plainOutput(u"cut \x1b["_s), u"cut "_s);
    QCOMPARE(plainOutput(u"cut \x1b"_s), u"cut "_s);
}

FOUNDRY_TEST_MAIN(TaskViewTest)
#include "TaskViewTest.moc"
