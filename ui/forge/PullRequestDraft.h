// A pull request that the current task is to become: proposed from the task and the repository's template, edited by
// the person, then asked for. GUI thread.
#pragma once

#include "ForgeText.h"

#include <EngineLink.h>

#include <QtQml/qqmlregistration.h>

namespace foundry {

class PullRequestDraft : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("comes with the workbench")
    Q_PROPERTY(bool loading READ isLoading NOTIFY changed FINAL)
    Q_PROPERTY(bool busy READ isBusy NOTIFY changed FINAL)
    Q_PROPERTY(QString problem READ problem NOTIFY changed FINAL)
    Q_PROPERTY(bool possible READ isPossible NOTIFY changed FINAL) // the remote is a repository of an account
    Q_PROPERTY(QString where READ where NOTIFY changed FINAL) // "acme/shop at github.com as mona"
    // A fork's goes to its parent, or stays in it: "acme/shop", "mona/shop". Empty: there is nothing to choose.
    Q_PROPERTY(QStringList targets READ targets NOTIFY changed FINAL)
    Q_PROPERTY(int target READ target WRITE setTarget NOTIFY changed FINAL) // row of it
    Q_PROPERTY(QString branch READ branch NOTIFY changed FINAL)
    Q_PROPERTY(QString templatePath READ templatePath NOTIFY changed FINAL) // empty: the repository has none
    Q_PROPERTY(bool commits READ willCommit NOTIFY changed FINAL) // uncommitted work becomes a commit first
    Q_PROPERTY(QString title MEMBER m_title NOTIFY edited FINAL)
    Q_PROPERTY(QString text MEMBER m_text NOTIFY edited FINAL)
    Q_PROPERTY(QString base MEMBER m_base NOTIFY edited FINAL)
    Q_PROPERTY(QString reviewers MEMBER m_reviewers NOTIFY edited FINAL) // names, with commas or spaces between
    Q_PROPERTY(QString labels MEMBER m_labels NOTIFY edited FINAL) // with commas between
    Q_PROPERTY(bool draft MEMBER m_draft NOTIFY edited FINAL)
    Q_PROPERTY(bool archiveMerged MEMBER m_archiveMerged NOTIFY edited FINAL)
    Q_PROPERTY(bool canOpen READ canOpen NOTIFY edited FINAL)

public:
    PullRequestDraft(EngineLink *link, ForgeSentence sentence, QObject *parent = nullptr);

    // Asks what would be proposed for this task.
    void begin(const TaskId &task, bool archiveMerged);

    bool isLoading() const { return m_loading; }
    bool isBusy() const { return m_busy; }
    QString problem() const;
    bool isPossible() const { return !m_plan.account.isEmpty(); }
    QString where() const;
    QStringList targets() const;
    int target() const { return m_target; }
    void setTarget(int row);
    QString branch() const { return m_plan.branch; }
    QString templatePath() const { return m_plan.templatePath; }
    bool willCommit() const { return m_plan.uncommitted; }
    bool canOpen() const;
    bool archiveMerged() const { return m_archiveMerged; }

    Q_INVOKABLE void open();

    // What the word that is being written may become: names that GitHub knows, at most mostOffered. None: nothing is
    // begun.
    Q_INVOKABLE QStringList offeredReviewers() const { return offered(m_known.reviewers, m_reviewers, true); }
    Q_INVOKABLE QStringList offeredLabels() const { return offered(m_known.labels, m_labels, false); }
    Q_INVOKABLE void takeReviewer(const QString &name) { take(m_reviewers, name, true); }
    Q_INVOKABLE void takeLabel(const QString &name) { take(m_labels, name, false); }

    static constexpr int mostOffered = 6;
    static QStringList namesIn(const QString &text, bool spacesDivide); // "@mona, acme/team" → mona, acme/team

Q_SIGNALS:
    void changed();
    void edited();
    void accepted();

private:
    static QStringList offered(const QStringList &known, const QString &text, bool spacesDivide);
    void take(QString &text, const QString &name, bool spacesDivide);
    void askWhoThereIs();
    QString targetRepository() const;

    EngineLink *m_link;
    ForgeSentence m_sentence;
    TaskId m_task;
    answer::PullRequestPlan m_plan;
    answer::ReviewSuggestions m_known; // empty where GitHub did not tell: names are written all the same
    QString m_title, m_text, m_base, m_reviewers, m_labels;
    int m_target = 0;
    bool m_draft = false;
    bool m_archiveMerged = false;
    QString m_problem;
    bool m_loading = false;
    bool m_busy = false;
};

} // namespace foundry
