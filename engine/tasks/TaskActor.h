// One task: one branch, one life cycle. Messages change its facts; its workflow looks at them and does one
// unit of work after the other (TaskLife.h says which), each a durable step. What lists show is pushed to
// the organisation in the same transaction as what changed it.
#pragma once

#include "ForgeWork.h"
#include "LifeFacts.h"
#include "PersonTools.h"
#include "RepositoryMessages.h"
#include "SandboxGit.h"
#include "SandboxProvider.h"
#include "TaskStore.h"
#include "WorkflowActor.h"

#include <foundry/Answer.h>

namespace foundry {

// What the agent brings of its own: its model's hosts, and ports of the person's loopback.
struct AgentNeeds {
    QStringList hosts;
    QStringList quietHosts; // refused without a question
    std::vector<int> ports;
};

struct TaskServices {
    SandboxProvider &bubblewrap;
    SandboxProvider &plain; // only where the person agreed
    std::function<Result<AgentNeeds>(const QString &agent, command::Freedom freedom)>
        checkAgent; // fails: what is missing
    QString sandboxesFolder;
    PersonPlaces person; // whose toolchains and caches are shown in the sandboxes
    ForgeWorks forge; // may be repeated after a crash: what was done is found
};

class TaskActor final : public WorkflowActor {
public:
    explicit TaskActor(TaskServices services);

    static std::vector<Migration> migrations() { return TaskStore::migrations(); }

    // For ActorSystem::visit.
    TaskDetails details() const;
    const LifeFacts &facts() const { return *m_facts; }
    Result<QString> firstPrompt() const { return TaskStore(store()).firstPrompt(); }
    Result<QString> stepLog(const QString &step) const;

protected:
    Result<void> onCreate(const QJsonObject &input) override;
    Result<void> onWake() override;
    Result<QJsonValue> onMessage(const Message &message) override;
    Workflow run(WorkflowContext &context) override;
    void onWorkflowChanged(const WorkflowView &view, bool durable) override;

private:
    // ---- messages ----
    Result<void> handle(const task::Prompt &message);
    Result<void> handle(const task::EditPrompt &message);
    Result<void> handle(const task::Stop &message);
    Result<void> handle(const task::Retry &message);
    Result<void> handle(const task::Resume &message);
    Result<void> handle(const task::Publish &message);
    Result<void> handle(const task::Archive &message);
    Result<void> handle(const task::Unarchive &message);
    Result<void> handle(const task::Delete &message);
    Result<void> handle(const task::Restore &message);
    Result<void> handle(const task::Rename &message);
    Result<void> handle(const task::Mark &message);
    Result<void> handle(const task::SessionTold &message);
    Result<void> handle(const task::GitTold &message);
    Result<void> handle(const task::HostDenied &message);
    Result<void> handle(const task::AnswerQuestion &message);
    Result<void> handle(const task::Skip &message);
    Result<void> handle(const task::Prepare &message);
    Result<void> handle(const task::Due &message);
    Result<void> handle(const task::OpenPullRequest &message);
    Result<void> handle(const task::MergePullRequest &message);
    Result<void> handle(const task::PullRequestSeen &message);
    Result<void> handle(const task::BringBase &message);

    Result<void> beginPublish(command::PublishTo to, QString message);
    void dropPublishing();
    Result<void> archive();
    void stopWork();
    void resumeFrom(); // clears what lies over the state
    Result<void> goOn(); // the workflow looks again
    Result<void> changed(bool active = true); // summary and details follow, in this transaction

    // ---- the workflow ----
    using Nothing = Result<void>;
    Flow<Result<LoopTurn<int>>> round(WorkflowContext &context, int count);
    Flow<Nothing> perform(WorkflowContext &context, Act act);
    Async<Result<Act>> decide(StepRun &run);
    Async<Nothing> resolveBase(StepRun &run);
    Async<Nothing> createSandbox(StepRun &run);
    Async<Nothing> carryFiles(StepRun &run);
    Async<Nothing> setUp(StepRun &run);
    Async<Nothing> runSetUp(StepRun &run);
    Async<Nothing> checkAgent(StepRun &run);
    Async<Nothing> startAgent(StepRun &run);
    Async<Nothing> openSession(StepRun &run);
    Async<Nothing> turn(StepRun &run);
    Async<Nothing> snapshot(StepRun &run);
    Async<Nothing> makeCommit(StepRun &run);
    Async<Nothing> push(StepRun &run);
    Async<Nothing> bringIntoClone(StepRun &run);
    Async<Nothing> openPullRequest(StepRun &run);
    Async<Nothing> mergePullRequest(StepRun &run);
    Async<Nothing> bringBase(StepRun &run);
    Async<Result<QString>> baseOf(SandboxSnapshot made);
    Async<Nothing> archiveMerged(StepRun &run);
    Async<Nothing> moveSandbox(StepRun &run);
    Async<Nothing> release(StepRun &run);
    Async<Nothing> purge(StepRun &run);
    Async<Nothing> dispatchAct(Act act, StepRun &run);

    Result<void> ended(Act act); // in the commit of a step that went well
    Result<void> failed(Act act, const Failure &failure); // given back: noted on the task
    Result<void> turnFailed(const Failure &failure);
    Result<void> turnBegins();
    void advancePublish();
    Result<void> delivered(const QString &to);

    // Answers with Workflow::stopped as soon as the person stops; what it bounds is destroyed then.
    template <class T> Async<Result<T>> untilStopped(Async<Result<T>> work);
    Async<Result<QJsonValue>> askSession(::foundry::Message message, bool stoppable = true);
    Async<Result<QJsonValue>> askRepository(::foundry::Message message);
    // A long job, which tells how far it is, and ends when the step does.
    template <class M> Async<Result<QJsonValue>> askGit(M message, StepRun &step);
    Async<Result<QJsonValue>> followGit(::foundry::Message message, QString job, StepRun &step);
    SandboxProvider &provider() const;
    QStringList allowedHosts() const; // beside the agent's own
    void takeProject(const repository::FetchedBase &fetched);
    void heardSetUp(StepRun &step, const QByteArray &bytes);
    Result<void> answerProject(QuestionAnswer answer);
    Result<void> answerHost(const QString &host, QuestionAnswer answer);
    std::vector<TaskQuestion> questions() const;
    std::vector<SandboxPart> parts() const;
    std::vector<BudgetLine> budgetLines() const;
    void watchBudget(Millis turnBegan);
    std::optional<Failure> leaveBudget(); // what was used up
    struct Measured;
    void measure(Measured &what);
    void overBudget(Failure reason);
    void askToStop();
    Result<SandboxRecord> recordToMake(const IsolationReport &report);
    QString refs(const QString &name) const;
    QString moduleRefs(size_t number, const QString &name) const
    {
        return refs(u"modules/%1/%2"_s.arg(number).arg(name));
    }
    void noteSnapshot(const SandboxSnapshot &made);
    Async<Result<void>> takeLfs(SandboxSnapshot made, StepRun &step);
    std::vector<repository::ModuleCommit> modulesToPublish() const;
    Result<QString> commitMessage() const;

    void noteLines(const WorkflowView &view);
    void noteRetries(const WorkflowView &view);
    std::vector<TimelineEntry> timeline() const;
    SandboxInfo sandboxInfo() const;

    static constexpr qsizetype maxShownLines = 6; // of the set-up script
    static constexpr qsizetype maxShownLine = 200; // characters
    static constexpr qsizetype maxSetUpLine = 64 * 1024; // bytes without a line break; they are dropped
    static constexpr Millis setUpTellEach = 200;

    TaskServices m_services;
    State<LifeFacts> m_facts { *this };
    State<TaskSummary> m_told { *this, QStringLiteral("told") }; // what the organisation has heard last
    // Not kept: what runs now.
    QStringList m_asking;
    QString m_doing;
    bool m_stopping = false;
    std::optional<Failure> m_overBudget; // of the turn that runs
    struct Measured { // while a turn runs
        qint64 used = -1; // bytes; -1: not measured
        qint64 most = 0;
        std::chrono::seconds each { 0 };
        codes::Task code = codes::Task::diskBudget;
        std::function<Async<qint64>()> look;
        Alarm next;
        Async<qint64> looking;
    } m_disk, m_memory;
    Alarm m_turnLimit;
    SandboxProcess *m_setUp = nullptr; // while the set-up script runs
    QByteArray m_setUpLine;
    QStringList m_setUpLog; // at most StepRun::maxLogLines
    QStringList m_setUpLines; // the last ones of these
    Millis m_setUpTold = 0;
    bool m_straysEnded = false; // once in this life of the program
    bool m_wasThere = false; // what the step that ended last was to start
    std::function<void()> m_onStop; // of the step that runs
    struct GitJob {
        QString id;
        StepRun *step = nullptr;
    };
    std::shared_ptr<GitJob> m_gitJob = std::make_shared<GitJob>(); // what the step that runs waits for
};

} // namespace foundry
