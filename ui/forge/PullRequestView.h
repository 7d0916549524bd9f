// One pull request in full: its checks, reviews and comments, and what can be done with it. The forge is asked when
// somebody looks and again when its row tells of something new; out of sight nothing is asked. GUI thread.
#pragma once

#include "ForgeText.h"

#include <EngineLink.h>

#include <QVariantList>
#include <QtQml/qqmlregistration.h>

namespace foundry {

class PullRequestView : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("comes with the workbench")
    Q_PROPERTY(bool any READ hasAny NOTIFY changed FINAL)
    Q_PROPERTY(bool loading READ isLoading NOTIFY changed FINAL)
    Q_PROPERTY(bool known READ isKnown NOTIFY changed FINAL) // it has been read
    Q_PROPERTY(QString title READ title NOTIFY changed FINAL) // "#12 Add a greeting"
    Q_PROPERTY(QString state READ state NOTIFY changed FINAL)
    Q_PROPERTY(QString tone READ tone NOTIFY changed FINAL)
    Q_PROPERTY(QStringList facts READ facts NOTIFY changed FINAL)
    Q_PROPERTY(QString problem READ problem NOTIFY changed FINAL) // why it could not be read, merged …
    // Maps with: name, result, tone, glyph, summary, failed, log (it can be read)
    Q_PROPERTY(QVariantList checks READ checks NOTIFY changed FINAL)
    // Maps with: author, what ("approved", "src/a.cpp:12"), text, settled
    Q_PROPERTY(QVariantList remarks READ remarks NOTIFY changed FINAL)
    Q_PROPERTY(QString logName READ logName NOTIFY changed FINAL) // of the check whose log is shown; empty: none
    Q_PROPERTY(QString logText READ logText NOTIFY changed FINAL)
    Q_PROPERTY(bool hasTask READ hasTask NOTIFY changed FINAL) // whose agent can be asked
    Q_PROPERTY(bool canSendRemarks READ canSendRemarks NOTIFY changed FINAL)
    Q_PROPERTY(bool conflicting READ isConflicting NOTIFY changed FINAL)
    Q_PROPERTY(bool canBringBase READ canBringBase NOTIFY changed FINAL) // it conflicts or is behind, and has an agent
    Q_PROPERTY(bool canMakeReady READ canMakeReady NOTIFY changed FINAL)
    Q_PROPERTY(QStringList methods READ methods NOTIFY changed FINAL) // "Squash and merge" …
    Q_PROPERTY(int method READ method WRITE setMethod NOTIFY changed FINAL)
    Q_PROPERTY(bool canMerge READ canMerge NOTIFY changed FINAL)
    Q_PROPERTY(bool canMergeLater READ canMergeLater NOTIFY changed FINAL)
    Q_PROPERTY(QString mergeHint READ mergeHint NOTIFY changed FINAL) // why not, or what it means
    Q_PROPERTY(bool canDeleteBranch READ canDeleteBranch NOTIFY changed FINAL)
    Q_PROPERTY(bool deleteBranch MEMBER m_deleteBranch NOTIFY changed FINAL)
    Q_PROPERTY(bool archiveTask MEMBER m_archiveTask NOTIFY changed FINAL)
    Q_PROPERTY(bool busy READ isBusy NOTIFY changed FINAL)
    Q_PROPERTY(bool shown READ isShown WRITE setShown NOTIFY changed FINAL) // set by the screen

public:
    PullRequestView(EngineLink *link, ForgeSentence sentence, std::function<Millis()> now, QObject *parent = nullptr);

    void setPull(const PullRequestId &pull, const TaskId &task, const TaskPullRequest *known, bool archive);
    void setInSight(bool inSight);

    bool hasAny() const { return !m_pull.isEmpty(); }
    bool isLoading() const { return m_loading; }
    bool isKnown() const { return !m_details.row.id.isEmpty(); }
    QString title() const;
    QString state() const { return lookOf(now()).state; }
    QString tone() const { return lookOf(now()).tone; }
    QStringList facts() const;
    QString problem() const;
    QVariantList checks() const;
    QVariantList remarks() const;
    QString logName() const { return m_logName; }
    QString logText() const { return m_logText; }
    bool hasTask() const { return !m_task.isEmpty(); }
    bool canSendRemarks() const;
    bool isConflicting() const;
    bool canBringBase() const;
    bool canMakeReady() const;
    QStringList methods() const;
    int method() const { return m_method; }
    void setMethod(int method);
    bool canMerge() const;
    bool canMergeLater() const;
    QString mergeHint() const;
    bool canDeleteBranch() const;
    bool isBusy() const { return m_busy; }
    bool isShown() const { return m_shown; }
    void setShown(bool shown);

    Q_INVOKABLE void readLog(int check);
    Q_INVOKABLE void sendFailure(int check); // to the agent, with its log where that can be read
    Q_INVOKABLE void sendRemarks();
    Q_INVOKABLE void askToResolve();
    Q_INVOKABLE void makeReady();
    Q_INVOKABLE void merge();
    Q_INVOKABLE void mergeLater();
    Q_INVOKABLE void reload();
    Q_INVOKABLE void openAtGitHub();

Q_SIGNALS:
    void changed();
    void said(const QString &text); // for a toast
    void refused(const QString &why);
    void archiveChosen(bool archive); // the person's wish, to be kept

private:
    void receive(const Event &event);
    void look();
    void withLog(int check, std::function<void(const QString &)> use);
    void sendPrompt(const QString &text, const QString &done);
    void submit(CommandBody body, const QString &done);
    void submitMerge(bool automatic);
    PullRequestState now() const;
    bool isOpen() const;

    EngineLink *m_link;
    ForgeSentence m_sentence;
    std::function<Millis()> m_now;
    PullRequestId m_pull;
    TaskId m_task;
    std::optional<TaskPullRequest> m_known; // by the task
    PullRequestDetails m_details;
    QString m_problem;
    QString m_logName, m_logText;
    int m_method = 0;
    bool m_deleteBranch = true;
    bool m_archiveTask = false;
    bool m_loading = false;
    bool m_again = false; // something came while it was read
    bool m_busy = false;
    bool m_shown = false;
    bool m_inSight = false;
};

} // namespace foundry
