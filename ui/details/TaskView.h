// Everything the window shows of one task: transcript, composer, timeline, facts, changes. Owns the
// models, follows the task's events and sends its commands. One lives as long as the window; the shell
// points it at the task that is selected. GUI thread.
#pragma once

#include "ComposerState.h"
#include "Review.h"
#include "TaskFacts.h"
#include "TaskQuestions.h"
#include "TimelineModel.h"
#include "TranscriptModel.h"

#include <EngineLink.h>

#include <QtQmlIntegration>

#include <functional>

namespace foundry {

// What this room takes from outside, so that it needs neither the shell nor the clock of the machine.
struct TaskViewNeeds {
    std::function<QString(const Failure &)> sentence; // ui/shell/FailureText; empty: code and detail
    std::function<Millis()> now; // wall clock; empty: the system's
};

class TaskView : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("made by the workbench")
    Q_PROPERTY(QString taskId READ taskId NOTIFY taskChanged FINAL)
    Q_PROPERTY(bool hasTask READ hasTask NOTIFY taskChanged FINAL)
    Q_PROPERTY(foundry::TranscriptModel *transcript READ transcript CONSTANT FINAL)
    Q_PROPERTY(foundry::ComposerState *composer READ composer CONSTANT FINAL)
    Q_PROPERTY(foundry::TimelineModel *timeline READ timeline CONSTANT FINAL)
    Q_PROPERTY(foundry::TaskFacts *facts READ facts CONSTANT FINAL)
    Q_PROPERTY(foundry::TaskQuestions *questions READ questions CONSTANT FINAL)
    Q_PROPERTY(foundry::Review *review READ review CONSTANT FINAL)
    // Why the last command of this view was refused; empty: it was not.
    Q_PROPERTY(QString trouble READ trouble NOTIFY troubleChanged FINAL)
    // Ages move only while somebody looks: set by the shell. Nothing ticks while nothing runs either.
    Q_PROPERTY(bool watched READ isWatched WRITE setWatched NOTIFY watchedChanged FINAL)

public:
    explicit TaskView(EngineLink *link, TaskViewNeeds needs = {}, QObject *parent = nullptr);
    ~TaskView() override;

    // Shows this task and its newest session; the same task again only takes over the summary.
    void setTask(const TaskSummary &summary);
    // The same for one chosen session; the summary comes with the next TaskChanged.
    void setTask(const TaskId &task, const SessionId &session);
    void clear();
    // What answer::Workbench kept: scope → text. Later drafts are kept by this class itself.
    void setDrafts(const QHash<QString, QString> &drafts);
    // Titles of agents; also followed through event::SystemChanged.
    void setAgents(const std::vector<AgentOffer> &agents);

    QString taskId() const { return m_task.value; }
    bool hasTask() const { return !m_task.isEmpty(); }
    TranscriptModel *transcript() { return &m_transcript; }
    ComposerState *composer() { return &m_composer; }
    TimelineModel *timeline() { return &m_timeline; }
    TaskFacts *facts() { return &m_facts; }
    TaskQuestions *questions() { return &m_questions; }
    Review *review() { return &m_review; }
    QString trouble() const { return m_trouble; }
    bool isWatched() const { return m_watched; }
    void setWatched(bool watched);

    Q_INVOKABLE void stop();
    Q_INVOKABLE void retryStep();
    Q_INVOKABLE void goOn();
    Q_INVOKABLE void sendAgain();
    Q_INVOKABLE void answerPermission(const QString &requestId, const QString &choice);
    Q_INVOKABLE void dismissTrouble();

Q_SIGNALS:
    void taskChanged();
    void troubleChanged();
    void watchedChanged();

private:
    void receive(const Event &event);
    void takeSummary(const TaskSummary &summary);
    void takeDetails(const TaskDetails &details);
    void askDetails();
    void submit(CommandBody body);
    void tick();
    void scheduleTick();
    void nameSpeakers();
    void readLog(const QString &step);
    void setTrouble(const QString &trouble);
    QString sentence(const Failure &failure) const;

    EngineLink *m_link;
    TaskViewNeeds m_needs;
    TaskId m_task;
    SessionId m_session;
    TaskSummary m_summary;
    TaskDetails m_details;
    QHash<QString, QString> m_drafts; // scope → text
    QHash<QString, QString> m_titles; // agent name → title
    QString m_trouble;
    bool m_watched = false;

    Review m_review;
    TranscriptModel m_transcript;
    ComposerState m_composer;
    TimelineModel m_timeline;
    TaskFacts m_facts;
    TaskQuestions m_questions;
    class Ticker *m_ticker;
};

} // namespace foundry
