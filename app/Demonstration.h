// Does the main job once through the same contract as a person: opens the throw-away repository, gives a
// task to the demonstration agent, allows what it asks, waits for the change, publishes it, and looks with
// plain git whether it arrived. GUI thread.
#pragma once

#include "DemonstrationRepository.h"

#include <foundry/Event.h>

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <functional>

namespace foundry {

class EngineLink;

class Demonstration : public QObject {
    Q_OBJECT

public:
    struct Pace {
        int beforeAnswerMs = 0; // so that a person sees the question
        int beforePublishMs = 0;
        int limitMs = 120'000; // for each stage
    };
    Demonstration(EngineLink &link, QString folder, Pace pace, QObject *parent = nullptr);

    void start();
    const DemonstrationRepository &repository() const { return m_repository; }

Q_SIGNALS:
    // One line for each stage with what it took, in order.
    void stageDone(const QString &stage, qint64 tookMs);
    void taskCreated(const QString &taskId);
    // `failure` is empty when the remote holds the commit.
    void finished(const QString &failure);

private:
    enum class Stage {
        none,
        makeRepository,
        openRepository,
        createTask,
        firstMessage,
        permission,
        change,
        publish,
        look,
        over
    };
    void enter(Stage stage);
    void passed(const QString &what);
    void fail(const QString &why);
    void received(const Event &event);
    void taskChanged(const TaskSummary &task);
    void transcriptChanged(const event::TranscriptChanged &changed);
    void open();
    void createTask(const QString &repository);
    void publish();
    void look();

    EngineLink &m_link;
    DemonstrationRepository m_repository;
    Pace m_pace;
    Stage m_stage = Stage::none;
    QElapsedTimer m_since;
    QTimer m_limit;
    TaskId m_task;
    QString m_branch;
};

} // namespace foundry
