// What the cards of the Overview say: sandbox, branch, usage. Words only, ready to show; what is not
// known is empty and not shown. GUI thread.
#pragma once

#include <foundry/Values.h>

#include <QObject>
#include <QtQmlIntegration>

namespace foundry {

class TaskFacts : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("comes with a task's view")
    // Sandbox
    Q_PROPERTY(bool hasSandbox READ hasSandbox NOTIFY changed FINAL)
    Q_PROPERTY(QString isolation READ isolation NOTIFY changed FINAL) // isolated, weaker, none
    Q_PROPERTY(QString isolationTitle READ isolationTitle NOTIFY changed FINAL)
    Q_PROPERTY(QString weakness READ weakness NOTIFY changed FINAL) // one sentence, empty with full isolation
    Q_PROPERTY(QString provider READ provider NOTIFY changed FINAL)
    Q_PROPERTY(QString network READ network NOTIFY changed FINAL)
    Q_PROPERTY(QString hosts READ hosts NOTIFY changed FINAL) // every allowed host, one a line
    Q_PROPERTY(QString refused READ refused NOTIFY changed FINAL) // hosts that were asked for and refused
    Q_PROPERTY(QString toolchains READ toolchains NOTIFY changed FINAL) // names
    Q_PROPERTY(QString toolFolders READ toolFolders NOTIFY changed FINAL) // what is shown of them, one a line
    Q_PROPERTY(QString caches READ caches NOTIFY changed FINAL)
    Q_PROPERTY(QString carried READ carried NOTIFY changed FINAL) // files of the clone
    Q_PROPERTY(QString containers READ containers NOTIFY changed FINAL) // why they cannot run; empty: none are wanted
    Q_PROPERTY(QString limits READ limits NOTIFY changed FINAL) // what the task may use; empty: nothing was said
    Q_PROPERTY(QString limitsHow READ limitsHow NOTIFY changed FINAL) // how well they hold here
    Q_PROPERTY(QString directory READ directory NOTIFY changed FINAL)
    Q_PROPERTY(QString snapshots READ snapshots NOTIFY changed FINAL)
    Q_PROPERTY(QString agentState READ agentState NOTIFY changed FINAL)
    // Branch
    Q_PROPERTY(QString branch READ branch NOTIFY changed FINAL)
    Q_PROPERTY(QString base READ base NOTIFY changed FINAL) // "main · 1a2b3c4"
    Q_PROPERTY(QString published READ published NOTIFY changed FINAL) // where to, or "not published"
    Q_PROPERTY(bool publishedOnce READ publishedOnce NOTIFY changed FINAL)
    // What of the clone is not in the task as it is there, one a line; empty: nothing needs a word.
    Q_PROPERTY(QString notes READ notes NOTIFY changed FINAL)
    // Usage
    Q_PROPERTY(bool hasUsage READ hasUsage NOTIFY changed FINAL)
    Q_PROPERTY(QString tokens READ tokens NOTIFY changed FINAL) // "41 k · $0.18"
    Q_PROPERTY(QString context READ context NOTIFY changed FINAL) // "12 % of 400 k"
    Q_PROPERTY(double contextShare READ contextShare NOTIFY changed FINAL) // 0 to 1, -1: unknown

public:
    explicit TaskFacts(QObject *parent = nullptr);

    void setSummary(const TaskSummary &summary);
    void setDetails(const TaskDetails &details, const SessionId &session);
    void clear();

    bool hasSandbox() const { return m_sandbox.exists; }
    QString isolation() const;
    QString isolationTitle() const;
    QString weakness() const;
    QString provider() const { return m_sandbox.provider; }
    QString network() const;
    QString hosts() const { return m_sandbox.allowedHosts.join(u'\n'); }
    QString refused() const { return m_sandbox.deniedHosts.join(u", "_s); }
    QString toolchains() const { return named(u"toolchain"_s); }
    QString toolFolders() const;
    QString caches() const { return named(u"cache"_s); }
    QString carried() const;
    QString containers() const;
    QString limits() const;
    QString limitsHow() const;
    QString directory() const { return m_sandbox.directory; }
    QString snapshots() const { return m_sandbox.snapshots > 0 ? QString::number(m_sandbox.snapshots) : QString(); }
    QString agentState() const;
    QString branch() const { return m_branch; }
    QString base() const;
    QString published() const;
    bool publishedOnce() const { return m_publishedOnce; }
    QString notes() const;
    bool hasUsage() const { return m_usage.tokens > 0 || m_usage.contextSize > 0 || m_usage.cost > 0; }
    QString tokens() const;
    QString context() const;
    double contextShare() const;

    // Puts a path or a branch on the clipboard.
    Q_INVOKABLE void copy(const QString &text) const;

Q_SIGNALS:
    void changed();

private:
    QString named(const QString &kind) const;
    QString uncommitted() const;

    SandboxInfo m_sandbox;
    UsageInfo m_usage;
    QString m_branch;
    QString m_baseBranch;
    QString m_baseCommit;
    QString m_publishedAs;
    int m_uncommitted = 0;
    bool m_uncommittedTaken = false;
    std::vector<SourceNote> m_notes;
    bool m_publishedOnce = false;
    bool m_isolated = true;
};

} // namespace foundry
