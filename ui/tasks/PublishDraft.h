// What publishing the current task would do, and the message that the person edits before. GUI thread.
#pragma once

#include "StateText.h"

#include <EngineLink.h>

#include <QtQml/qqmlregistration.h>

namespace foundry {

class PublishDraft : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("comes with the current task")
    Q_PROPERTY(bool loading READ isLoading NOTIFY changed FINAL)
    Q_PROPERTY(bool busy READ isBusy NOTIFY changed FINAL)
    Q_PROPERTY(QString problem READ problem NOTIFY changed FINAL)
    Q_PROPERTY(QString message READ message WRITE setMessage NOTIFY messageChanged FINAL)
    Q_PROPERTY(QString author READ author NOTIFY changed FINAL)
    Q_PROPERTY(QString branch READ branch NOTIFY changed FINAL)
    // "origin · git@host:acme/shop.git"; empty: there is no remote
    Q_PROPERTY(QString remote READ remote NOTIFY changed FINAL)
    Q_PROPERTY(bool hasRemote READ hasRemote NOTIFY changed FINAL)
    // A commit will be made of uncommitted work, so the message counts.
    Q_PROPERTY(bool commits READ willCommit NOTIFY changed FINAL)
    // "3 files, +40 −3 in one new commit after 2 of the agent's"
    Q_PROPERTY(QString summary READ summary NOTIFY changed FINAL)
    Q_PROPERTY(bool canPublish READ canPublish NOTIFY changed FINAL)

public:
    PublishDraft(EngineLink *link, FailureWords words, QObject *parent = nullptr);

    // Asks for the plan of this task.
    void begin(const TaskId &task);

    bool isLoading() const { return m_loading; }
    bool isBusy() const { return m_busy; }
    QString problem() const { return m_problem; }
    QString message() const { return m_message; }
    void setMessage(const QString &message);
    QString author() const { return m_plan.author; }
    QString branch() const { return m_plan.branch; }
    QString remote() const;
    bool hasRemote() const { return !m_plan.remote.isEmpty(); }
    bool willCommit() const { return m_plan.uncommitted; }
    QString summary() const;
    bool canPublish() const;

    Q_INVOKABLE void toRemote();
    Q_INVOKABLE void toClone();

Q_SIGNALS:
    void changed();
    void messageChanged();
    void accepted();

private:
    void publish(command::PublishTo to);

    EngineLink *m_link;
    FailureWords m_words;
    TaskId m_task;
    answer::PublishPlan m_plan;
    QString m_message;
    QString m_problem;
    bool m_loading = false;
    bool m_busy = false;
};

} // namespace foundry
