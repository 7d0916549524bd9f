#include "TaskView.h"

#include "Ticker.h"

#include <QDateTime>

#include <algorithm>

namespace foundry {

namespace {

QString codeAndDetail(const Failure &failure)
{
    return failure.detail.isEmpty() ? failure.name() : failure.name() + u": "_s + failure.detail;
}

bool has(const TaskSummary &summary, TaskAction action)
{
    return std::find(summary.actions.begin(), summary.actions.end(), action) != summary.actions.end();
}

TaskViewNeeds completed(TaskViewNeeds needs)
{
    if (!needs.sentence)
        needs.sentence = codeAndDetail;
    if (!needs.now)
        needs.now = [] { return QDateTime::currentMSecsSinceEpoch(); };
    return needs;
}

} // namespace

TaskView::TaskView(EngineLink *link, TaskViewNeeds needs, QObject *parent)
    : QObject(parent)
    , m_link(link)
    , m_needs(completed(std::move(needs)))
    , m_review(link, m_needs.sentence)
    , m_transcript(link, m_needs.sentence)
    , m_composer(link, m_needs.sentence)
    , m_timeline(m_needs.sentence)
    , m_questions([this](const QString &question, QuestionAnswer answer) {
        submit(command::AnswerQuestion { m_task, question, answer });
    })
    , m_ticker(new Ticker(this))
{
    connect(link, &EngineLink::received, this, &TaskView::receive);
    connect(m_ticker, &Ticker::ticked, this, &TaskView::tick);
    connect(&m_timeline, &TimelineModel::logWanted, this, &TaskView::readLog);
    connect(&m_composer, &ComposerState::draftKept, this, [this](const QString &scope, const QString &text) {
        if (text.isEmpty())
            m_drafts.remove(scope);
        else
            m_drafts.insert(scope, text);
    });
    m_composer.setFiles([this] {
        QStringList paths;
        for (int row = 0; row < m_review.files()->count(); ++row)
            paths << m_review.files()->pathAt(row);
        return paths;
    });
}

TaskView::~TaskView() = default;

void TaskView::setTask(const TaskSummary &summary)
{
    setTask(summary.id, summary.session);
    takeSummary(summary);
}

void TaskView::setTask(const TaskId &task, const SessionId &session)
{
    const bool other = task != m_task;
    m_session = session;
    if (other) {
        m_task = task;
        m_summary = {};
        m_details = {};
        m_timeline.setLog({}, {});
        m_timeline.setEntries({});
        m_facts.clear();
        m_questions.setQuestions({});
        m_composer.setTask(task, m_drafts.value(u"task:"_s + task.value));
        m_review.setTask(task);
        dismissTrouble();
    }
    m_transcript.setSession(m_task, m_session);
    if (other && hasTask())
        askDetails();
    if (other)
        Q_EMIT taskChanged();
    scheduleTick();
}

void TaskView::clear()
{
    setTask(TaskId {}, SessionId {});
}

void TaskView::setDrafts(const QHash<QString, QString> &drafts)
{
    m_drafts = drafts;
    if (hasTask() && m_composer.draft().isEmpty())
        m_composer.restoreDraft(m_drafts.value(u"task:"_s + m_task.value));
}

void TaskView::setAgents(const std::vector<AgentOffer> &agents)
{
    m_titles.clear();
    for (const AgentOffer &agent : agents)
        m_titles.insert(agent.name, agent.title);
    nameSpeakers();
}

void TaskView::nameSpeakers()
{
    const QString title = m_titles.value(m_summary.agent, m_summary.agent);
    m_composer.setAgent(title);
    m_transcript.setSpeakers(tr("You"), title.isEmpty() ? tr("Agent") : title);
}

void TaskView::askDetails()
{
    const TaskId task = m_task;
    m_link->ask(query::TaskDetails { m_task }, this, [this, task](const Result<AnswerBody> &result) {
        if (task != m_task)
            return;
        if (!result)
            setTrouble(sentence(result.error()));
        else if (const auto *details = std::get_if<TaskDetails>(&*result))
            takeDetails(*details);
    });
}

void TaskView::receive(const Event &event)
{
    if (const auto *agents = std::get_if<event::SystemChanged>(&event)) {
        setAgents(agents->agents);
        return;
    }
    if (!hasTask())
        return;
    if (const auto *changed = std::get_if<event::TaskChanged>(&event)) {
        if (changed->task.id == m_task)
            takeSummary(changed->task);
    } else if (const auto *told = std::get_if<event::TaskDetailsChanged>(&event)) {
        if (told->details.id == m_task)
            takeDetails(told->details);
    } else if (const auto *transcript = std::get_if<event::TranscriptChanged>(&event)) {
        m_transcript.receive(*transcript);
        scheduleTick();
    }
}

void TaskView::takeSummary(const TaskSummary &summary)
{
    const TaskSummary before = std::exchange(m_summary, summary);
    if (m_session != summary.session && (m_session.isEmpty() || m_session == before.session)) {
        m_session = summary.session;
        m_transcript.setSession(m_task, m_session);
    }
    m_facts.setSummary(summary);
    m_composer.setActions(summary.actions,
                          summary.state == TaskState::working || summary.reason.subject == u"firstAnswer"_s
                              || summary.reason.why == TaskWhy::asksPermission);
    m_transcript.setResumable(has(summary, TaskAction::continueTurn) || has(summary, TaskAction::sendAgain));
    m_timeline.setRetryable(has(summary, TaskAction::retryStep));
    nameSpeakers();
    // After a turn the totals or the state have changed; in it, the agent goes on to something else.
    if (!before.id.isEmpty()
        && (before.changes != summary.changes || before.state != summary.state
            || before.reason.subject != summary.reason.subject))
        m_review.markStale();
    scheduleTick();
}

void TaskView::takeDetails(const TaskDetails &details)
{
    m_details = details;
    m_timeline.setEntries(details.timeline);
    m_facts.setDetails(details, m_session);
    m_questions.setQuestions(details.questions);
    m_composer.setQueue(details.queue);
    for (const SessionInfo &session : details.sessions) {
        if (session.id == m_session)
            m_composer.setSession(session);
    }
    scheduleTick();
}

void TaskView::readLog(const QString &step)
{
    const TaskId task = m_task;
    m_link->ask(query::StepLog { m_task, step }, this, [this, task, step](const Result<AnswerBody> &result) {
        if (task != m_task || m_timeline.logStep() != step)
            return;
        const auto *log = result ? std::get_if<answer::StepLog>(&*result) : nullptr;
        const QString text = !result ? sentence(result.error()) : log ? log->text : QString();
        m_timeline.setLog(step, text.isEmpty() ? tr("Nothing was written.") : text);
    });
}

// ---- commands -----------------------------------------------------------------------------------

void TaskView::submit(CommandBody body)
{
    dismissTrouble();
    m_link->submit(std::move(body), this, [this, task = m_task](const event::CommandFinished &done) {
        if (done.failure && task == m_task)
            setTrouble(sentence(*done.failure));
    });
}

void TaskView::stop()
{
    submit(command::StopTask { m_task });
}

void TaskView::retryStep()
{
    submit(command::RetryStep { m_task });
}

void TaskView::goOn()
{
    submit(command::ResumeTurn { m_task, command::Resume::goOn });
}

void TaskView::sendAgain()
{
    submit(command::ResumeTurn { m_task, command::Resume::sendAgain });
}

void TaskView::answerPermission(const QString &requestId, const QString &choice)
{
    submit(command::AnswerPermission { m_task, m_session, requestId, choice });
}

void TaskView::dismissTrouble()
{
    setTrouble({});
}

void TaskView::setTrouble(const QString &trouble)
{
    if (m_trouble == trouble)
        return;
    m_trouble = trouble;
    Q_EMIT troubleChanged();
}

// ---- ages ---------------------------------------------------------------------------------------

void TaskView::setWatched(bool watched)
{
    if (m_watched == watched)
        return;
    m_watched = watched;
    Q_EMIT watchedChanged();
    scheduleTick();
}

void TaskView::scheduleTick()
{
    const bool moving = hasTask() && (m_timeline.hasRunning() || m_transcript.hasRunning());
    m_ticker->setRunning(m_watched && moving);
    if (moving)
        tick();
}

void TaskView::tick()
{
    const Millis at = m_needs.now();
    m_timeline.tick(at);
    m_transcript.tick(at);
}

QString TaskView::sentence(const Failure &failure) const
{
    return m_needs.sentence(failure);
}

} // namespace foundry
