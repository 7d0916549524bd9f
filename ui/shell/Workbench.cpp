#include "Workbench.h"

#include "FailureText.h"

#include <QDateTime>
#include <QDir>

#include <algorithm>

namespace foundry {

namespace {

const QString selectedTask = u"selectedTask"_s;
const QString firstStartPassed = u"firstStartPassed"_s; // without a repository of this computer
const QString foldedSections = u"foldedSections"_s;
const QString themeChoice = u"theme"_s;
const QString detailsHidden = u"detailsHidden"_s;
const QString runPrefix = u"run:"_s; // a repository's own command
const QString lastAgent = u"lastAgent"_s;
const QString undoing = u"Undo"_s; // the word of a toast

std::function<Millis()> orSystem(std::function<Millis()> now)
{
    return now ? std::move(now) : std::function<Millis()>([] { return QDateTime::currentMSecsSinceEpoch(); });
}

template <class... Calls> struct Visitor : Calls... {
    using Calls::operator()...;
};

} // namespace

Workbench::Workbench(EngineLink *link, std::function<Millis()> now, QObject *parent)
    : QObject(parent)
    , m_link(link)
    , m_words(failureText)
    , m_tasks(m_words, orSystem(now))
    , m_draft(link, m_words)
    , m_current(link, m_words)
    , m_view(link, TaskViewNeeds { m_words, orSystem(now) })
    , m_terminals(link, m_words)
    , m_inspector(link, m_words)
    , m_agents(link, m_words)
    , m_accounts(link, m_words)
    , m_forge(link, m_words, orSystem(now))
    , m_pullDraft(link, m_words)
    , m_pull(link, m_words, orSystem(now))
    , m_forgePull(link, m_words, orSystem(now))
{
    connectParts();
    connectPulls();
}

Workbench::~Workbench() = default;

void Workbench::connectParts()
{
    connect(m_link, &EngineLink::received, this, &Workbench::receive);
    connect(this, &Workbench::repositoriesChanged, this, [this] {
        if (m_dialog == Dialog::Palette)
            fillPalette();
    });
    connect(&m_tasks, &TaskListModel::countsChanged, this, &Workbench::runningChanged);
    connect(
        this, &Workbench::runningChanged, this,
        [this] {
            if (runningTurns() == 0 && std::exchange(m_quitWhenStopped, false))
                Q_EMIT quitConfirmed();
        },
        Qt::QueuedConnection);
    connect(&m_tasks, &TaskListModel::foldedChanged, this,
            [this] { setPreference(foldedSections, m_tasks.folded().join(u'\n')); });
    connect(&m_draft, &TaskDraft::agentChosen, this, [this](const QString &name) { setPreference(lastAgent, name); });
    connect(&m_draft, &TaskDraft::created, this, [this](const QString &task) {
        closeDialog();
        m_wanted = task;
        selectTask(task);
    });
    connect(&m_current, &CurrentTask::refused, this, [this](const QString &why) { m_toast.warn(why); });
    connect(&m_current, &CurrentTask::unpublishedWork, this, [this] { showDialog(Dialog::ArchiveUnpublished); });
    connect(&m_current, &CurrentTask::archived, this, [this](const QString &task, const QString &title) {
        closeDialog();
        m_toast.offer(u"\u201c%1\u201d is archived."_s.arg(title), undoing,
                      [this, task] { m_link->submit(command::UnarchiveTask { TaskId { task } }); });
    });
    connect(&m_current, &CurrentTask::removed, this, [this](const QString &task, const QString &title) {
        closeDialog();
        m_toast.offer(u"\u201c%1\u201d is deleted. It can be restored for 30 days."_s.arg(title), undoing,
                      [this, task] { m_link->submit(command::RestoreTask { TaskId { task } }); });
    });
    connect(&m_terminals, &Terminals::remembered, this, [this](const RepositoryId &repository, const QString &line) {
        setPreference(runPrefix + repository.value, line);
    });
    connect(&m_accounts, &AccountsPage::said, this, [this](const QString &text) { m_toast.say(text); });
    connect(&m_forge, &ForgePage::taskWanted, this, &Workbench::newTask);
    connect(&m_forge, &ForgePage::taskOpened, this, &Workbench::selectTask);
    connect(&m_forge, &ForgePage::pullWanted, this, [this](const QString &repository, const PullRequestRow &pull) {
        m_draft.begin(RepositoryId { repository }, pull);
        showDialog(Dialog::NewTask);
    });
    connect(m_forge.issues(), &IssuePage::taskWanted, this,
            [this](const QString &repository, const TaskIssue &issue, const QString &prompt) {
                m_draft.begin(RepositoryId { repository }, issue, prompt);
                showDialog(Dialog::NewTask);
            });
    connect(&m_forge, &ForgePage::refused, this, [this](const QString &why) { m_toast.warn(why); });
    connect(&m_terminals, &Terminals::refused, this, [this](const QString &why) { m_toast.warn(why); });
    connect(m_current.publish(), &PublishDraft::accepted, this, &Workbench::closeDialog);
}

void Workbench::receive(const Event &event)
{
    std::visit(Visitor {
                   [this](const event::EngineReady &) {
                       m_link->ask(query::Workbench {}, this,
                                   [this](const Result<AnswerBody> &answer) { takeWorkbench(answer); });
                   },
                   [this](const event::EngineFailed &failed) { fail(failed.failure); },
                   [](const event::CommandFinished &) {},
                   [](const event::AgentSettingsChanged &) {}, // AgentsPage listens itself
                   [](const event::AccountsChanged &) {}, // Accounts listens itself
                   [](const event::SignInChanged &) {},
                   [](const event::SyncChanged &) {}, // ForgePage listens itself
                   [](const event::PullRequestsChanged &) {},
                   [](const event::ForgeRepositoriesChanged &) {},
                   [this](const event::ReviewAsked &asked) { tellReview(asked.row); },
                   [](const event::IssuesChanged &) {},
                   [this](const event::RepositoryChanged &changed) { takeRepository(changed.repository); },
                   [this](const event::RepositoryRemoved &removed) { forget(removed.repository); },
                   [this](const event::TaskChanged &changed) { takeTask(changed.task); },
                   [this](const event::TaskRemoved &removed) {
                       m_tasks.removeTask(removed.task);
                       if (m_shown == removed.task.value)
                           show({});
                   },
                   [](const event::TaskDetailsChanged &) {},
                   [](const event::TranscriptChanged &) {},
                   [](const event::TerminalOutput &) {},
                   [](const event::TerminalEnded &) {},
                   [this](const event::SystemChanged &changed) { takeSystem(changed.agents, changed.checks); },
                   [this](const event::Trouble &trouble) { m_toast.warn(m_words(trouble.failure)); },
                   [this](const event::DiskFull &disk) {
                       m_toast.setStanding(disk.full ? m_words(failure(codes::Storage::full)) : QString());
                   },
               },
               event);
}

void Workbench::takeWorkbench(const Result<AnswerBody> &answer)
{
    if (!answer) {
        fail(answer.error());
        return;
    }
    const auto *all = std::get_if<answer::Workbench>(&*answer);
    if (!all)
        return;
    m_repositories = all->repositories;
    m_preferences = all->preferences;
    m_dataFolder = all->dataFolder;
    for (const RepositorySummary &repository : m_repositories)
        m_terminals.setRemembered(repository.id, m_preferences.value(runPrefix + repository.id.value));
    m_tasks.setFolded(m_preferences.value(foldedSections).split(u'\n', Qt::SkipEmptyParts));
    m_tasks.setAll(all->repositories, all->tasks);
    m_draft.setRepositories(all->repositories);
    m_draft.setDrafts(all->drafts);
    m_draft.preferAgent(m_preferences.value(lastAgent));
    m_view.setDrafts(all->drafts);
    takeSystem(all->agents, all->checks);
    settlePhase();
    restoreSelection();
    Q_EMIT repositoriesChanged();
    Q_EMIT themeChanged();
    Q_EMIT detailsShownChanged();
}

void Workbench::takeSystem(const std::vector<AgentOffer> &agents, const std::vector<SystemCheck> &checks)
{
    m_draft.setSystem(agents, checks);
    m_checks.setSystem(agents, checks);
    m_view.setAgents(agents);
}

void Workbench::takeRepository(const RepositorySummary &repository)
{
    const auto known = std::ranges::find(m_repositories, repository.id, &RepositorySummary::id);
    if (known == m_repositories.end())
        m_repositories.push_back(repository);
    else
        *known = repository;
    m_tasks.setRepository(repository);
    m_draft.setRepositories(m_repositories);
    settlePhase();
    Q_EMIT repositoriesChanged();
}

void Workbench::forget(const RepositoryId &repository)
{
    std::erase_if(m_repositories, [&repository](const RepositorySummary &known) { return known.id == repository; });
    m_tasks.removeRepository(repository);
    m_draft.setRepositories(m_repositories);
    settlePhase();
    Q_EMIT repositoriesChanged();
}

void Workbench::takeTask(const TaskSummary &task)
{
    const TaskSummary *known = m_tasks.task(task.id.value);
    const std::optional<TaskSummary> before = known ? std::optional(*known) : std::nullopt;
    const bool needed = before && lookOf(*before, m_words).needsPerson;
    m_tasks.setTask(task);
    if (task.id.value == m_wanted)
        selectTask(task.id.value);
    else if (task.id.value == m_shown)
        show(m_shown);
    const StateLook look = lookOf(task, m_words);
    if (look.needsPerson && !needed)
        Q_EMIT attentionWanted(task.id.value, task.title, look.chip());
    if (before)
        tellPull(*before, task);
    settlePhase();
}

void Workbench::fail(const Failure &failure)
{
    const FailureSentences sentences = sentencesOf(failure);
    m_failed = { sentences.what, sentences.remedy };
    setPhase(Phase::Failed);
}

void Workbench::setPhase(Phase phase)
{
    if (phase == m_phase && phase != Phase::Failed)
        return;
    m_phase = phase;
    Q_EMIT phaseChanged();
}

void Workbench::settlePhase()
{
    if (m_phase == Phase::Failed)
        return;
    const bool nothing
        = m_repositories.empty() && m_tasks.taskCount() == 0 && m_preferences.value(firstStartPassed).isEmpty();
    setPhase(nothing ? Phase::FirstStart : Phase::Ready);
}

// ---- selection ----------------------------------------------------------------------------------

void Workbench::passFirstStart()
{
    setPreference(firstStartPassed, u"yes"_s);
    settlePhase();
}

void Workbench::restoreSelection()
{
    const QString kept = m_wanted.isEmpty() ? m_preferences.value(selectedTask) : m_wanted;
    if (m_tasks.task(kept)) {
        show(kept);
        return;
    }
    const int first = m_tasks.nextTaskRow(-1, 1);
    show(first < 0 ? QString() : m_tasks.idAt(first));
}

void Workbench::selectTask(const QString &taskId)
{
    if (!m_tasks.task(taskId)) {
        m_wanted = taskId;
        return;
    }
    m_wanted.clear();
    m_forge.close();
    const bool moved = taskId != m_shown;
    show(taskId);
    if (moved)
        setPreference(selectedTask, taskId);
    Q_EMIT selectionMoved(taskId);
}

void Workbench::show(const QString &taskId)
{
    const TaskSummary *task = m_tasks.task(taskId);
    m_shown = task ? taskId : QString();
    m_current.show(task, task ? m_tasks.repositoryName(task->repository) : QString());
    const auto source
        = task ? std::ranges::find(m_repositories, task->repository, &RepositorySummary::id) : m_repositories.end();
    m_view.review()->setHasClone(source == m_repositories.end() || !source->forge);
    if (task)
        m_view.setTask(*task);
    else
        m_view.clear();
    const bool placed = task && task->state != TaskState::archived && task->state != TaskState::deleted;
    showPull();
    m_terminals.setTask(task ? task->id : TaskId {}, task ? task->repository : RepositoryId {}, placed);
    markRead();
}

void Workbench::markRead()
{
    const TaskSummary *task = m_tasks.task(m_shown);
    if (task && task->unread && m_watched)
        m_link->submit(command::MarkTask { task->id, false });
}

void Workbench::selectNeighbour(int step)
{
    const int row = m_tasks.nextTaskRow(m_tasks.rowOf(m_shown), step);
    if (row >= 0)
        selectTask(m_tasks.idAt(row));
}

void Workbench::setInSight(bool inSight)
{
    if (m_inSight == inSight)
        return;
    m_inSight = inSight;
    m_view.setWatched(inSight);
    m_forge.setWatched(inSight);
    m_pull.setInSight(inSight);
    m_forgePull.setInSight(inSight);
    Q_EMIT inSightChanged();
}

void Workbench::setWatched(bool watched)
{
    if (m_watched == watched)
        return;
    m_watched = watched;
    m_tasks.setWatched(watched);
    if (watched)
        markRead();
    Q_EMIT watchedChanged();
}

// ---- repositories -------------------------------------------------------------------------------

void Workbench::openRepository(const QString &path)
{
    QString wanted = path.trimmed();
    if (wanted.isEmpty() || wanted.size() > pathCharacters || m_opening)
        return;
    if (wanted == u"~"_s || wanted.startsWith(u"~/"_s))
        wanted = QDir::homePath() + wanted.mid(1);
    m_opening = true;
    m_openProblem.clear();
    Q_EMIT openingChanged();
    m_link->submit(command::OpenRepository { wanted }, this, [this](const event::CommandFinished &finished) {
        m_opening = false;
        const bool form = m_dialog == Dialog::OpenRepository || m_phase == Phase::FirstStart;
        if (finished.failure) {
            m_openProblem = m_words(*finished.failure);
            if (!form) // asked for on the command line
                m_toast.warn(m_openProblem);
        } else if (form || m_tasks.taskCount() == 0) {
            newTask(finished.created);
        }
        Q_EMIT openingChanged();
    });
}

void Workbench::openRepositoryUrl(const QUrl &folder)
{
    openRepository(folder.toLocalFile());
}

void Workbench::forgetRepository(const QString &repository)
{
    m_link->submit(command::CloseRepository { RepositoryId { repository } }, this,
                   [this](const event::CommandFinished &finished) {
                       if (finished.failure)
                           m_toast.warn(m_words(*finished.failure));
                   });
}

// ---- preferences --------------------------------------------------------------------------------

void Workbench::setPreference(const QString &name, const QString &value)
{
    if (m_preferences.value(name) == value)
        return;
    m_preferences.insert(name, value);
    m_link->submit(command::SavePreference { name, value });
}

QString Workbench::theme() const
{
    const QString choice = m_preferences.value(themeChoice);
    return choice.isEmpty() ? u"system"_s : choice;
}

void Workbench::setTheme(const QString &theme)
{
    if (theme == this->theme())
        return;
    setPreference(themeChoice, theme);
    Q_EMIT themeChanged();
}

bool Workbench::detailsShown() const
{
    return m_preferences.value(detailsHidden).isEmpty();
}

void Workbench::setDetailsShown(bool shown)
{
    if (shown == detailsShown())
        return;
    setPreference(detailsHidden, shown ? QString() : u"yes"_s);
    Q_EMIT detailsShownChanged();
}

void Workbench::setChangesShown(bool shown)
{
    if (shown == m_changesShown)
        return;
    m_changesShown = shown;
    m_pullShown = m_pullShown && !shown;
    Q_EMIT changesShownChanged();
}

// ---- the program --------------------------------------------------------------------------------

void Workbench::refreshSystem()
{
    m_link->submit(command::RefreshSystem {});
}

void Workbench::watchDemonstration()
{
    Q_EMIT demonstrationRequested();
}

void Workbench::closeWindow()
{
    m_draft.keep();
    if (runningTurns() > 0)
        Q_EMIT backgroundRequested();
    else
        Q_EMIT quitConfirmed();
}

void Workbench::requestQuit()
{
    m_draft.keep();
    if (runningTurns() > 0)
        showDialog(Dialog::Quit);
    else
        Q_EMIT quitConfirmed();
}

void Workbench::stayInBackground()
{
    closeDialog();
    Q_EMIT backgroundRequested();
}

void Workbench::stopAndQuit()
{
    closeDialog();
    m_quitWhenStopped = true;
    for (const TaskId &task : m_tasks.runningTasks())
        m_link->submit(command::StopTask { task });
    Q_EMIT runningChanged(); // they may have ended while the person was asked
}

void Workbench::confirmQuit()
{
    closeDialog();
    Q_EMIT quitConfirmed();
}

} // namespace foundry
