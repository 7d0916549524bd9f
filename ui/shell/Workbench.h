// The window's whole state: what the engine told, which task is shown, which dialog is open. Made in C++
// with the engine's link and given to Main.qml as `workbench`. GUI thread.
//
// The program connects: demonstrationRequested (begin the demonstration), backgroundRequested (hide the
// windows, go on), quitConfirmed (end), attentionWanted (a task began to need the person).
#pragma once

#include "ChecksModel.h"
#include "PaletteModel.h"
#include "ToastLine.h"

#include <AccountsPage.h>
#include <AgentsPage.h>
#include <CurrentTask.h>
#include <EngineLink.h>
#include <ForgePage.h>
#include <Inspector.h>
#include <PullRequestDraft.h>
#include <PullRequestView.h>
#include <TaskDraft.h>
#include <TaskListModel.h>
#include <TaskView.h>
#include <Terminals.h>

#include <QUrl>

namespace foundry {

class Workbench : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("made by the program")
    Q_PROPERTY(Phase phase READ phase NOTIFY phaseChanged FINAL)
    // Why the engine cannot work, and what to do; with phase Failed.
    Q_PROPERTY(QString failedWhat READ failedWhat NOTIFY phaseChanged FINAL)
    Q_PROPERTY(QString failedRemedy READ failedRemedy NOTIFY phaseChanged FINAL)
    Q_PROPERTY(foundry::TaskListModel *tasks READ tasks CONSTANT FINAL)
    Q_PROPERTY(foundry::TaskDraft *draft READ draft CONSTANT FINAL)
    Q_PROPERTY(foundry::CurrentTask *current READ current CONSTANT FINAL)
    Q_PROPERTY(foundry::TaskView *view READ view CONSTANT FINAL)
    Q_PROPERTY(foundry::Terminals *terminals READ terminals CONSTANT FINAL)
    Q_PROPERTY(foundry::Inspector *inspector READ inspector CONSTANT FINAL)
    Q_PROPERTY(foundry::AgentsPage *agents READ agents CONSTANT FINAL) // of the settings
    Q_PROPERTY(bool agentsShown READ agentsShown WRITE setAgentsShown NOTIFY agentsShownChanged FINAL) // that page
    Q_PROPERTY(foundry::AccountsPage *accounts READ accounts CONSTANT FINAL)
    Q_PROPERTY(bool accountsShown READ accountsShown WRITE setAccountsShown NOTIFY agentsShownChanged FINAL) // likewise
    Q_PROPERTY(foundry::ForgePage *forge READ forge CONSTANT FINAL) // repositories and pull requests at GitHub
    Q_PROPERTY(foundry::PullRequestDraft *pullDraft READ pullDraft CONSTANT FINAL)
    Q_PROPERTY(foundry::PullRequestView *pull READ pull CONSTANT FINAL) // of the current task
    Q_PROPERTY(foundry::PullRequestView *forgePull READ forgePull CONSTANT FINAL) // the one that is read from the rows
    Q_PROPERTY(foundry::ChecksModel *checks READ checks CONSTANT FINAL)
    Q_PROPERTY(foundry::PaletteModel *palette READ palette CONSTANT FINAL)
    Q_PROPERTY(Dialog dialog READ dialog NOTIFY dialogChanged FINAL)
    Q_PROPERTY(bool hasRepositories READ hasRepositories NOTIFY repositoriesChanged FINAL)
    Q_PROPERTY(int runningTurns READ runningTurns NOTIFY runningChanged FINAL)
    Q_PROPERTY(QString theme READ theme WRITE setTheme NOTIFY themeChanged FINAL) // system, light, dark
    Q_PROPERTY(bool detailsShown READ detailsShown WRITE setDetailsShown NOTIFY detailsShownChanged FINAL)
    // The details show the changes and not the overview.
    Q_PROPERTY(bool changesShown READ changesShown WRITE setChangesShown NOTIFY changesShownChanged FINAL)
    Q_PROPERTY(
        bool pullShown READ pullShown WRITE setPullShown NOTIFY changesShownChanged FINAL) // likewise: its pull request
    Q_PROPERTY(QStringList editors READ editors NOTIFY editorsChanged FINAL) // titles
    Q_PROPERTY(QString dataFolder READ dataFolder NOTIFY phaseChanged FINAL)
    // Opening a repository: in flight, and why it was refused.
    Q_PROPERTY(bool opening READ isOpening NOTIFY openingChanged FINAL)
    Q_PROPERTY(QString openProblem READ openProblem NOTIFY openingChanged FINAL)
    Q_PROPERTY(foundry::ToastLine *toast READ toast CONSTANT FINAL)
    // The window is looked at: ages are renewed.
    // In sight: what runs is timed. Watched: it also has the keyboard, so what is shown is read, and ages go on.
    Q_PROPERTY(bool inSight READ isInSight WRITE setInSight NOTIFY inSightChanged FINAL)
    Q_PROPERTY(bool watched READ isWatched WRITE setWatched NOTIFY watchedChanged FINAL)

public:
    enum class Phase { Starting, FirstStart, Ready, Failed };
    Q_ENUM(Phase)
    enum class Dialog {
        None,
        NewTask,
        OpenRepository,
        Palette,
        Publish,
        ArchiveUnpublished,
        DeleteTask,
        Quit,
        Settings,
        Inspector,
        Editor,
        SignIn,
        PullRequest
    };
    Q_ENUM(Dialog)

    // `now`: the wall clock, for ages. The link must outlive the workbench.
    explicit Workbench(EngineLink *link, std::function<Millis()> now = {}, QObject *parent = nullptr);
    ~Workbench() override;

    Phase phase() const { return m_phase; }
    QString failedWhat() const { return m_failed.what; }
    QString failedRemedy() const { return m_failed.remedy; }
    TaskListModel *tasks() { return &m_tasks; }
    TaskDraft *draft() { return &m_draft; }
    CurrentTask *current() { return &m_current; }
    TaskView *view() { return &m_view; }
    Terminals *terminals() { return &m_terminals; }
    foundry::Inspector *inspector() { return &m_inspector; }
    foundry::AgentsPage *agents() { return &m_agents; }
    bool agentsShown() const { return m_agentsShown; }
    void setAgentsShown(bool shown);
    foundry::AccountsPage *accounts() { return &m_accounts; }
    ForgePage *forge() { return &m_forge; }
    PullRequestDraft *pullDraft() { return &m_pullDraft; }
    PullRequestView *pull() { return &m_pull; }
    PullRequestView *forgePull() { return &m_forgePull; }
    bool accountsShown() const { return m_accountsShown; }
    void setAccountsShown(bool shown);
    ChecksModel *checks() { return &m_checks; }
    PaletteModel *palette() { return &m_palette; }
    Dialog dialog() const { return m_dialog; }
    bool hasRepositories() const { return !m_repositories.empty(); }
    int runningTurns() const { return m_tasks.running(); }
    QString theme() const;
    void setTheme(const QString &theme);
    bool detailsShown() const;
    void setDetailsShown(bool shown);
    bool changesShown() const { return m_changesShown; }
    void setChangesShown(bool shown);
    bool pullShown() const { return m_pullShown && m_current.hasPull(); }
    void setPullShown(bool shown);
    QStringList editors() const;
    QString dataFolder() const { return m_dataFolder; }
    bool isOpening() const { return m_opening; }
    QString openProblem() const { return m_openProblem; }
    ToastLine *toast() { return &m_toast; }
    bool isInSight() const { return m_inSight; }
    void setInSight(bool inSight);
    bool isWatched() const { return m_watched; }
    void setWatched(bool watched);

    // Repositories
    Q_INVOKABLE void openRepository(const QString &path);
    Q_INVOKABLE void openRepositoryUrl(const QUrl &folder);
    Q_INVOKABLE void forgetRepository(const QString &repository);
    // Tasks
    Q_INVOKABLE void selectTask(const QString &taskId);
    Q_INVOKABLE void selectNeighbour(int step); // 1: the next row, -1: the one before
    Q_INVOKABLE void newTask(const QString &repository); // empty: the current task's
    Q_INVOKABLE void publish(); // of the current task: asks for the plan and opens the dialog
    Q_INVOKABLE void openPullRequest(); // of the current task: asks for the plan and opens the dialog
    Q_INVOKABLE void askDelete();
    Q_INVOKABLE void copyBranch();
    Q_INVOKABLE void askEditor(); // which there are, then the dialog
    Q_INVOKABLE void openCopy(int editor); // row of `editors`
    // Dialogs
    Q_INVOKABLE void showOpenRepository();
    Q_INVOKABLE void showPalette(bool tasksOnly);
    Q_INVOKABLE void showSettings();
    Q_INVOKABLE void showAgents(const QString &agent); // the settings' page; empty: as it was left
    Q_INVOKABLE void showAccounts(); // the settings' page
    Q_INVOKABLE void showSignIn(); // to GitHub
    Q_INVOKABLE void passFirstStart(); // to the repositories at GitHub, without one of this computer
    Q_INVOKABLE void showInspector();
    Q_INVOKABLE void closeDialog();
    Q_INVOKABLE void runPalette(int row);
    // The program
    Q_INVOKABLE void refreshSystem();
    Q_INVOKABLE void watchDemonstration();
    Q_INVOKABLE void closeWindow(); // background where something runs, else quit
    Q_INVOKABLE void requestQuit(); // asks where something runs
    Q_INVOKABLE void stayInBackground();
    Q_INVOKABLE void confirmQuit(); // what runs goes on under its keeper
    Q_INVOKABLE void stopAndQuit(); // as soon as nothing runs any more

    static constexpr qsizetype pathCharacters = 4096;

Q_SIGNALS:
    void phaseChanged();
    void dialogChanged();
    void repositoriesChanged();
    void runningChanged();
    void themeChanged();
    void detailsShownChanged();
    void changesShownChanged();
    void agentsShownChanged();
    void openingChanged();
    void editorsChanged();
    void inSightChanged();
    void watchedChanged();
    // The selected row should be made visible.
    void selectionMoved(const QString &taskId);
    void attentionWanted(const QString &taskId, const QString &title, const QString &why);
    void demonstrationRequested();
    void backgroundRequested();
    void quitConfirmed();

private:
    void receive(const Event &event);
    void takeWorkbench(const Result<AnswerBody> &answer);
    void takeRepository(const RepositorySummary &repository);
    void forget(const RepositoryId &repository);
    void takeTask(const TaskSummary &task);
    void takeSystem(const std::vector<AgentOffer> &agents, const std::vector<SystemCheck> &checks);
    void fail(const Failure &failure);
    void setPhase(Phase phase);
    void settlePhase();
    void showDialog(Dialog dialog);
    void restoreSelection();
    void show(const QString &taskId);
    void markRead();
    void showPull();
    void tellPull(const TaskSummary &before, const TaskSummary &now);
    void tellReview(const PullRequestRow &row);
    void setPreference(const QString &name, const QString &value);
    void connectParts();
    void connectPulls();
    void fillPalette();
    std::vector<PaletteEntry> paletteTasks() const;
    std::vector<PaletteEntry> paletteActions() const;
    void addTaskActions(std::vector<PaletteEntry> &entries) const;
    void run(const PaletteEntry &entry);

    EngineLink *m_link;
    Phase m_phase = Phase::Starting;
    FailureWords m_words;
    struct {
        QString what;
        QString remedy;
    } m_failed;
    std::vector<RepositorySummary> m_repositories;
    QHash<QString, QString> m_preferences;
    QString m_dataFolder;
    std::vector<answer::EditorOffer> m_editors;
    TaskListModel m_tasks;
    TaskDraft m_draft;
    CurrentTask m_current;
    TaskView m_view;
    Terminals m_terminals;
    foundry::Inspector m_inspector; // not the dialog
    foundry::AgentsPage m_agents;
    foundry::AccountsPage m_accounts;
    ForgePage m_forge;
    PullRequestDraft m_pullDraft;
    PullRequestView m_pull;
    PullRequestView m_forgePull;
    bool m_pullShown = false;
    bool m_agentsShown = false;
    bool m_accountsShown = false;
    ChecksModel m_checks;
    PaletteModel m_palette;
    bool m_paletteOfTasks = false;
    Dialog m_dialog = Dialog::None;
    QString m_wanted; // a task to select as soon as it is known
    QString m_shown; // the selected task
    bool m_changesShown = false;
    bool m_opening = false;
    QString m_openProblem;
    ToastLine m_toast;
    bool m_inSight = false;
    bool m_watched = false;
    bool m_quitWhenStopped = false;
};

} // namespace foundry
