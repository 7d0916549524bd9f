// What a person is about to give away: the new-task dialog's state, from the first word to CreateTask.
// The text survives as a draft for each repository. GUI thread.
#pragma once

#include "AgentListModel.h"
#include "BudgetDraft.h"
#include "ProjectOffer.h"
#include "StateText.h"

#include <EngineLink.h>

#include <QTimer>

namespace foundry {

class TaskDraft : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("made by the workbench")
    Q_PROPERTY(QStringList repositoryNames READ repositoryNames NOTIFY repositoriesChanged FINAL)
    Q_PROPERTY(int repositoryIndex READ repositoryIndex WRITE setRepositoryIndex NOTIFY repositoryChanged FINAL)
    Q_PROPERTY(QStringList branches READ branches NOTIFY stateChanged FINAL)
    Q_PROPERTY(int branchIndex READ branchIndex WRITE setBranchIndex NOTIFY stateChanged FINAL)
    // Files of the clone with uncommitted changes. They can come along where the clone stands on the chosen branch;
    // otherwise they are left out.
    Q_PROPERTY(int uncommitted READ uncommitted NOTIFY stateChanged FINAL)
    Q_PROPERTY(bool canTakeUncommitted READ canTakeUncommitted NOTIFY stateChanged FINAL)
    Q_PROPERTY(bool takeUncommitted READ takeUncommitted WRITE setTakeUncommitted NOTIFY stateChanged FINAL)
    Q_PROPERTY(QString repositoryProblem READ repositoryProblem NOTIFY stateChanged FINAL)
    // Where a repository without a clone of the person's comes from, and how much that is; empty: there is a clone.
    Q_PROPERTY(QString sourceText READ sourceText NOTIFY stateChanged FINAL)
    // The forge cannot be asked now; the task can be made all the same.
    Q_PROPERTY(QString sourceProblem READ sourceProblem NOTIFY stateChanged FINAL)
    // The pull request whose branch the task works on, in words; empty: it makes a branch of its own.
    Q_PROPERTY(QString pullText READ pullText NOTIFY stateChanged FINAL)
    Q_PROPERTY(QString pullProblem READ pullProblem NOTIFY stateChanged FINAL) // its branch cannot be pushed to
    // The issue that the task is made from, in words; empty: none.
    Q_PROPERTY(QString issueText READ issueText NOTIFY stateChanged FINAL)
    Q_PROPERTY(QString prompt READ prompt WRITE setPrompt NOTIFY promptChanged FINAL)
    // Proposed from the prompt until the person types their own; an emptied one is proposed again.
    Q_PROPERTY(QString title READ title WRITE setTitle NOTIFY namesChanged FINAL)
    Q_PROPERTY(QString branch READ branch WRITE setBranch NOTIFY namesChanged FINAL)
    Q_PROPERTY(foundry::AgentListModel *agents READ agents CONSTANT FINAL)
    Q_PROPERTY(foundry::BudgetDraft *budget READ budget CONSTANT FINAL)
    Q_PROPERTY(foundry::ProjectOffer *project READ project CONSTANT FINAL)
    Q_PROPERTY(int agentIndex READ agentIndex WRITE setAgentIndex NOTIFY agentChanged FINAL)
    // Why this agent cannot begin yet and how to get it; empty: it can.
    Q_PROPERTY(QString agentProblem READ agentProblem NOTIFY agentChanged FINAL)
    // "model only", "off", "model, crates.example", …
    Q_PROPERTY(QString networkText READ networkText NOTIFY networkChanged FINAL)
    Q_PROPERTY(QString modelHosts READ modelHosts NOTIFY networkChanged FINAL)
    Q_PROPERTY(bool askFirst READ askFirst WRITE setAskFirst NOTIFY freedomChanged FINAL)
    // Separated by commas or spaces.
    Q_PROPERTY(QString hosts READ hosts WRITE setHosts NOTIFY networkChanged FINAL)
    Q_PROPERTY(QString hostsProblem READ hostsProblem NOTIFY networkChanged FINAL)
    Q_PROPERTY(QString ports READ ports WRITE setPorts NOTIFY networkChanged FINAL)
    Q_PROPERTY(QString portsProblem READ portsProblem NOTIFY networkChanged FINAL)
    // Isolation cannot work here, in words; empty: it can. Then a task needs `acceptNoIsolation`.
    Q_PROPERTY(QString isolationProblem READ isolationProblem NOTIFY isolationChanged FINAL)
    Q_PROPERTY(bool acceptNoIsolation READ acceptNoIsolation WRITE setAcceptNoIsolation NOTIFY isolationChanged FINAL)
    Q_PROPERTY(bool busy READ isBusy NOTIFY busyChanged FINAL)
    // Why submitting was refused; empty: it was not.
    Q_PROPERTY(QString problem READ problem NOTIFY problemChanged FINAL)
    Q_PROPERTY(bool canSubmit READ canSubmit NOTIFY canSubmitChanged FINAL)

public:
    TaskDraft(EngineLink *link, FailureWords words, QObject *parent = nullptr);

    void setRepositories(const std::vector<RepositorySummary> &repositories);
    void setDrafts(const QHash<QString, QString> &drafts);
    void setSystem(const std::vector<AgentOffer> &agents, const std::vector<SystemCheck> &checks);
    // The agent chosen last, where it is still there.
    void preferAgent(const QString &name);
    // Chooses this repository (empty: keeps the present one) and reads its branches anew.
    void begin(const RepositoryId &repository);
    // The same, for work on this pull request of it.
    void begin(const RepositoryId &repository, const PullRequestRow &pull);
    // The same, from this issue: what was typed for it before, or else `prompt`.
    void begin(const RepositoryId &repository, const TaskIssue &issue, const QString &prompt);

    QStringList repositoryNames() const;
    int repositoryIndex() const { return m_repository; }
    void setRepositoryIndex(int index);
    QStringList branches() const { return m_branches; }
    int branchIndex() const { return m_branchIndex; }
    void setBranchIndex(int index);
    int uncommitted() const { return m_uncommitted; }
    bool canTakeUncommitted() const;
    bool takeUncommitted() const { return m_takeUncommitted && canTakeUncommitted(); }
    void setTakeUncommitted(bool take);
    QString repositoryProblem() const { return m_repositoryProblem; }
    QString sourceText() const;
    QString pullText() const;
    QString pullProblem() const;
    QString issueText() const;
    QString sourceProblem() const { return m_sourceProblem; }
    QString prompt() const { return m_prompt; }
    void setPrompt(const QString &prompt);
    QString title() const { return m_title; }
    void setTitle(const QString &title);
    QString branch() const { return m_branch; }
    void setBranch(const QString &branch);
    AgentListModel *agents() { return &m_agents; }
    BudgetDraft *budget() { return &m_budget; }
    ProjectOffer *project() { return &m_project; }
    int agentIndex() const { return m_agent; }
    void setAgentIndex(int index);
    QString agentProblem() const;
    QString networkText() const;
    QString modelHosts() const;
    bool askFirst() const { return m_askFirst; }
    void setAskFirst(bool askFirst);
    QString hosts() const { return m_hosts; }
    void setHosts(const QString &hosts);
    QString hostsProblem() const;
    QString ports() const { return m_ports; }
    void setPorts(const QString &ports);
    QString portsProblem() const;
    QString isolationProblem() const { return m_isolationProblem; }
    bool acceptNoIsolation() const { return m_acceptNoIsolation; }
    void setAcceptNoIsolation(bool accept);
    bool isBusy() const { return m_busy; }
    QString problem() const { return m_problem; }
    bool canSubmit() const;

    // Nothing happens unless canSubmit. Ends with created() or with `problem`.
    Q_INVOKABLE void submit();
    // Saves what was typed at once; called when the dialog closes.
    Q_INVOKABLE void keep();

    static constexpr int namesDelay = 250; // milliseconds after the last key
    static constexpr int draftDelay = 800;

Q_SIGNALS:
    void repositoriesChanged();
    void repositoryChanged();
    void stateChanged();
    void promptChanged();
    void namesChanged();
    void agentChanged();
    void networkChanged();
    void freedomChanged();
    void isolationChanged();
    void busyChanged();
    void problemChanged();
    void canSubmitChanged();
    void created(const QString &taskId);
    void agentChosen(const QString &name);

private:
    const RepositorySummary *repository() const;
    QString scope() const;
    QString namesFrom() const; // what title and branch are made of
    void leaveIssue();
    void takeState(const Result<AnswerBody> &answer, const RepositoryId &asked);
    void askState();
    void askProject();
    void askNames();
    void takeNames(const Result<AnswerBody> &answer, const QString &prompt);
    void finished(const event::CommandFinished &finished);
    void setProblem(const QString &problem);
    void setBusy(bool busy);
    command::CreateTask task() const;

    EngineLink *m_link;
    FailureWords m_words;
    std::vector<RepositorySummary> m_repositories;
    QHash<QString, QString> m_drafts;
    AgentListModel m_agents;
    ProjectOffer m_project;
    BudgetDraft m_budget;
    RepositoryId m_wanted; // asked for before it was known
    int m_repository = -1;
    int m_agent = -1;
    QString m_preferredAgent;
    QStringList m_branches;
    int m_branchIndex = -1;
    QString m_current; // the branch that the clone stands on
    int m_uncommitted = 0;
    bool m_takeUncommitted = false;
    QString m_repositoryProblem;
    bool m_fetched = false; // Foundry has the forge's repository
    QString m_sourceProblem;
    std::optional<PullRequestRow> m_pull;
    std::optional<TaskIssue> m_issue;
    QString m_issuePrompt; // as it was proposed: no draft of the person's
    QString m_prompt;
    QString m_title;
    QString m_branch;
    bool m_ownTitle = false;
    bool m_ownBranch = false;
    bool m_askFirst = false;
    QString m_hosts;
    QString m_ports;
    QString m_isolationProblem;
    bool m_acceptNoIsolation = false;
    bool m_busy = false;
    QString m_problem;
    QTimer m_names;
    QTimer m_save;
};

} // namespace foundry
