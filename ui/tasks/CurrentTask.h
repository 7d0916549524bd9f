// The task that is shown, as its header tells it: title, state and why, and what may be done now. GUI thread.
#pragma once

#include "PublishDraft.h"
#include "StateText.h"

#include <EngineLink.h>

#include <QtQml/qqmlregistration.h>

namespace foundry {

class CurrentTask : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("made by the workbench")
    Q_PROPERTY(bool exists READ exists NOTIFY changed FINAL)
    Q_PROPERTY(QString taskId READ taskId NOTIFY changed FINAL)
    Q_PROPERTY(QString title READ title NOTIFY changed FINAL)
    Q_PROPERTY(QString branch READ branch NOTIFY changed FINAL)
    Q_PROPERTY(QString repository READ repository NOTIFY changed FINAL)
    Q_PROPERTY(QString chip READ chip NOTIFY changed FINAL)
    Q_PROPERTY(QString tone READ tone NOTIFY changed FINAL)
    // What went wrong and the way out; empty: nothing.
    Q_PROPERTY(QString trouble READ trouble NOTIFY changed FINAL)
    Q_PROPERTY(bool wantsSignIn READ wantsSignIn NOTIFY changed FINAL) // to GitHub: the way out of the trouble
    Q_PROPERTY(bool isolated READ isIsolated NOTIFY changed FINAL)
    Q_PROPERTY(bool running READ isTaskRunning NOTIFY changed FINAL)
    Q_PROPERTY(int changedFiles READ changedFiles NOTIFY changed FINAL)
    Q_PROPERTY(bool canStop READ canStop NOTIFY changed FINAL)
    Q_PROPERTY(bool canRetry READ canRetry NOTIFY changed FINAL)
    Q_PROPERTY(bool canSkip READ canSkip NOTIFY changed FINAL)
    Q_PROPERTY(bool canContinue READ canContinue NOTIFY changed FINAL)
    Q_PROPERTY(bool canSendAgain READ canSendAgain NOTIFY changed FINAL)
    Q_PROPERTY(bool canPublish READ canPublish NOTIFY changed FINAL)
    Q_PROPERTY(bool canBring READ canBring NOTIFY changed FINAL)
    Q_PROPERTY(bool canOpenPull READ canOpenPull NOTIFY changed FINAL)
    Q_PROPERTY(bool hasPull READ hasPull NOTIFY changed FINAL)
    Q_PROPERTY(QString pullName READ pullName NOTIFY changed FINAL) // "#12"; empty: none
    Q_PROPERTY(bool canArchive READ canArchive NOTIFY changed FINAL)
    Q_PROPERTY(QString issueName READ issueName NOTIFY changed FINAL) // "#12"; empty: it was made from none
    Q_PROPERTY(QString issueTitle READ issueTitle NOTIFY changed FINAL)
    Q_PROPERTY(bool canUnarchive READ canUnarchive NOTIFY changed FINAL)
    Q_PROPERTY(bool canDelete READ canDelete NOTIFY changed FINAL)
    Q_PROPERTY(bool canRestore READ canRestore NOTIFY changed FINAL)
    // The black button: "publish", "continue", "retry", "restore", "unarchive", or empty.
    Q_PROPERTY(QString next READ next NOTIFY changed FINAL)
    Q_PROPERTY(foundry::PublishDraft *publish READ publish CONSTANT FINAL)

public:
    CurrentTask(EngineLink *link, FailureWords words, QObject *parent = nullptr);

    // nullptr: none is shown.
    void show(const TaskSummary *task, const QString &repositoryName);
    const TaskSummary &summary() const { return m_task; }

    bool exists() const { return !m_task.id.isEmpty(); }
    QString taskId() const { return m_task.id.value; }
    QString title() const { return m_task.title; }
    QString branch() const { return m_task.branch; }
    QString repository() const { return m_repository; }
    QString chip() const;
    QString tone() const;
    QString trouble() const;
    bool wantsSignIn() const;
    bool isIsolated() const { return m_task.isolated; }
    bool isTaskRunning() const { return isRunning(m_task); }
    int changedFiles() const { return m_task.changes.files; }
    bool canStop() const { return can(TaskAction::stop); }
    bool canRetry() const { return can(TaskAction::retryStep); }
    bool canSkip() const { return can(TaskAction::skipStep); }
    bool canContinue() const { return can(TaskAction::continueTurn); }
    bool canSendAgain() const { return can(TaskAction::sendAgain); }
    bool canPublish() const { return can(TaskAction::publish); }
    bool canBring() const { return can(TaskAction::bringIntoClone); }
    bool canOpenPull() const { return can(TaskAction::openPullRequest); }
    bool hasPull() const { return m_task.pullRequest.has_value(); }
    QString pullName() const { return hasPull() ? u'#' + QString::number(m_task.pullRequest->number) : QString(); }
    QString issueName() const { return m_task.issue ? u'#' + QString::number(m_task.issue->number) : QString(); }
    QString issueTitle() const;
    bool canArchive() const { return can(TaskAction::archive); }
    bool canUnarchive() const { return can(TaskAction::unarchive); }
    bool canDelete() const { return can(TaskAction::remove); }
    bool canRestore() const { return can(TaskAction::restore); }
    QString next() const;
    PublishDraft *publish() { return &m_publish; }

    // Nothing happens where the action is not possible now.
    Q_INVOKABLE void openIssue(); // in the browser
    Q_INVOKABLE void stop();
    Q_INVOKABLE void retryStep();
    Q_INVOKABLE void skipStep();
    Q_INVOKABLE void goOn();
    Q_INVOKABLE void sendAgain();
    Q_INVOKABLE void unarchive();
    Q_INVOKABLE void remove();
    Q_INVOKABLE void restore();
    Q_INVOKABLE void rename(const QString &title);
    Q_INVOKABLE void markUnread();
    // Asks once when work is unpublished: unpublishedWork() instead of archived().
    Q_INVOKABLE void archive(bool evenUnpublished);

Q_SIGNALS:
    void changed();
    void archived(const QString &taskId, const QString &title);
    void removed(const QString &taskId, const QString &title);
    void unpublishedWork();
    void refused(const QString &why);

private:
    bool can(TaskAction action) const;
    void submit(TaskAction action, CommandBody body, std::function<void()> done = {});
    void send(CommandBody body, std::function<void()> done);

    EngineLink *m_link;
    FailureWords m_words;
    TaskSummary m_task;
    QString m_repository;
    PublishDraft m_publish;
};

} // namespace foundry
