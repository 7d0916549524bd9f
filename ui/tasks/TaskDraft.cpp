#include "TaskDraft.h"

#include <QLocale>
#include <QRegularExpression>

#include <algorithm>

namespace foundry {

namespace {

QStringList listed(const QString &text)
{
    static const QRegularExpression separators(u"[,;\\s]+"_s);
    return text.split(separators, Qt::SkipEmptyParts);
}

bool isHost(const QString &host)
{
    static const QRegularExpression name(
        u"^(\\*\\.)?[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*(:\\d{1,5})?$"_s);
    return host.size() <= 253 && name.match(host).hasMatch();
}

bool isPort(const QString &port)
{
    bool number = false;
    const int value = port.toInt(&number);
    return number && value > 0 && value <= 65535;
}

} // namespace

TaskDraft::TaskDraft(EngineLink *link, FailureWords words, QObject *parent)
    : QObject(parent)
    , m_link(link)
    , m_words(std::move(words))
    , m_project(link, m_words)
{
    m_names.setSingleShot(true);
    m_names.setInterval(namesDelay);
    connect(&m_names, &QTimer::timeout, this, &TaskDraft::askNames);
    connect(&m_budget, &BudgetDraft::changed, this, &TaskDraft::canSubmitChanged);
    connect(&m_project, &ProjectOffer::changed, this, &TaskDraft::networkChanged);
    m_save.setSingleShot(true);
    m_save.setInterval(draftDelay);
    connect(&m_save, &QTimer::timeout, this, &TaskDraft::keep);
    for (auto changed :
         { &TaskDraft::repositoryChanged, &TaskDraft::stateChanged, &TaskDraft::promptChanged, &TaskDraft::agentChanged,
           &TaskDraft::networkChanged, &TaskDraft::isolationChanged, &TaskDraft::busyChanged })
        connect(this, changed, this, &TaskDraft::canSubmitChanged);
}

const RepositorySummary *TaskDraft::repository() const
{
    return m_repository >= 0 && m_repository < int(m_repositories.size()) ? &m_repositories[size_t(m_repository)]
                                                                          : nullptr;
}

QString TaskDraft::scope() const
{
    const RepositorySummary *chosen = repository();
    if (m_issue) // whichever repository the work is in
        return u"issue:"_s + m_issue->id.value;
    return chosen ? u"newTask:"_s + chosen->id.value : QString();
}

QString TaskDraft::namesFrom() const
{
    return m_issue ? m_issue->title : m_prompt;
}

QStringList TaskDraft::repositoryNames() const
{
    QStringList names;
    for (const RepositorySummary &repository : m_repositories)
        names.append(repository.name);
    return names;
}

void TaskDraft::setRepositories(const std::vector<RepositorySummary> &repositories)
{
    const RepositorySummary *before = repository();
    const RepositoryId chosen = before ? before->id : RepositoryId {};
    m_repositories = repositories;
    std::ranges::sort(m_repositories, {}, &RepositorySummary::name);
    const auto found = std::ranges::find(m_repositories, chosen, &RepositorySummary::id);
    m_repository = found == m_repositories.end() ? -1 : int(found - m_repositories.begin());
    Q_EMIT repositoriesChanged();
    Q_EMIT repositoryChanged();
    if (!m_wanted.isEmpty())
        begin(std::exchange(m_wanted, {}));
}

void TaskDraft::setDrafts(const QHash<QString, QString> &drafts)
{
    m_drafts = drafts;
}

void TaskDraft::setSystem(const std::vector<AgentOffer> &agents, const std::vector<SystemCheck> &checks)
{
    const AgentOffer *before = m_agents.at(m_agent);
    const QString chosen = before ? before->name : m_preferredAgent;
    m_agents.setAgents(agents);
    m_agent = m_agents.rowOf(chosen);
    if (m_agent < 0 && m_agents.rowCount() > 0)
        m_agent = 0;
    Q_EMIT agentChanged();
    Q_EMIT networkChanged();

    m_isolationProblem.clear();
    const auto isolation = std::ranges::find(checks, u"isolation"_s, &SystemCheck::subject);
    if (isolation != checks.end() && isolation->status == CheckStatus::bad)
        m_isolationProblem
            = isolation->failure ? m_words(*isolation->failure) : u"Agents cannot be isolated on this computer."_s;
    Q_EMIT isolationChanged();
}

void TaskDraft::preferAgent(const QString &name)
{
    m_preferredAgent = name;
    const int row = m_agents.rowOf(name);
    if (row < 0 || row == m_agent)
        return;
    m_agent = row;
    Q_EMIT agentChanged();
    Q_EMIT networkChanged();
}

void TaskDraft::begin(const RepositoryId &wanted, const PullRequestRow &pull)
{
    begin(wanted);
    m_pull = pull;
    Q_EMIT stateChanged();
}

void TaskDraft::begin(const RepositoryId &wanted, const TaskIssue &issue, const QString &prompt)
{
    begin(wanted);
    keep();
    m_issue = issue;
    m_issuePrompt = prompt;
    const QString typed = m_drafts.value(scope());
    setPrompt(typed.isEmpty() ? prompt : typed);
    m_ownTitle = m_ownBranch = false;
    askNames();
    Q_EMIT stateChanged();
}

// What was typed for the issue stays its draft; the dialog goes back to the repository's.
void TaskDraft::leaveIssue()
{
    if (!m_issue)
        return;
    keep();
    m_issue.reset();
    setPrompt(m_drafts.value(scope()));
    m_ownTitle = m_ownBranch = false;
}

void TaskDraft::begin(const RepositoryId &wanted)
{
    setProblem({});
    leaveIssue();
    m_pull.reset();
    Q_EMIT stateChanged();
    const auto found = std::ranges::find(m_repositories, wanted, &RepositorySummary::id);
    if (found != m_repositories.end())
        setRepositoryIndex(int(found - m_repositories.begin()));
    else if (!wanted.isEmpty())
        m_wanted = wanted;
    else if (m_repository < 0 && !m_repositories.empty())
        setRepositoryIndex(0);
    askState();
}

void TaskDraft::setRepositoryIndex(int index)
{
    if (index == m_repository || index < 0 || index >= int(m_repositories.size()))
        return;
    keep();
    m_pull.reset(); // it is another repository's
    const bool untouched = !m_issue && (m_prompt.isEmpty() || m_prompt == m_drafts.value(scope()));
    m_repository = index;
    m_branches.clear();
    m_branchIndex = -1;
    m_uncommitted = 0;
    m_takeUncommitted = false;
    m_fetched = false;
    m_sourceProblem.clear();
    // A forge is asked over the network: its default branch is known before it answers.
    if (const RepositorySummary *chosen = repository(); chosen->forge && !chosen->defaultBranch.isEmpty()) {
        m_branches = { chosen->defaultBranch };
        m_branchIndex = 0;
    }
    Q_EMIT repositoryChanged();
    Q_EMIT stateChanged();
    if (untouched)
        setPrompt(m_drafts.value(scope()));
    askState();
    m_names.start();
}

void TaskDraft::askState()
{
    const RepositorySummary *chosen = repository();
    if (!chosen)
        return;
    const RepositoryId id = chosen->id;
    m_link->ask(query::RepositoryState { id }, this,
                [this, id](const Result<AnswerBody> &answer) { takeState(answer, id); });
}

void TaskDraft::askProject()
{
    const RepositorySummary *chosen = repository();
    m_project.look(chosen ? chosen->id : RepositoryId {}, m_branches.value(m_branchIndex));
}

void TaskDraft::takeState(const Result<AnswerBody> &answer, const RepositoryId &asked)
{
    const RepositorySummary *chosen = repository();
    if (!chosen || chosen->id != asked)
        return;
    m_repositoryProblem.clear();
    m_sourceProblem.clear();
    const auto *state = answer ? std::get_if<answer::RepositoryState>(&*answer) : nullptr;
    if (state) {
        const QString before = m_branches.value(m_branchIndex);
        m_branches = state->branches;
        m_current = state->current;
        m_uncommitted = state->uncommitted;
        m_fetched = state->fetched;
        m_sourceProblem = state->trouble ? m_words(*state->trouble) : QString();
        m_branchIndex = qMax(0, int(m_branches.indexOf(before.isEmpty() ? chosen->defaultBranch : before)));
        askProject();
    } else if (!answer) {
        m_repositoryProblem = m_words(answer.error());
    }
    Q_EMIT stateChanged();
}

void TaskDraft::setBranchIndex(int index)
{
    if (index == m_branchIndex || index < 0 || index >= m_branches.size())
        return;
    m_branchIndex = index;
    askProject();
    Q_EMIT stateChanged();
}

QString TaskDraft::sourceText() const
{
    const RepositorySummary *chosen = repository();
    if (!chosen || !chosen->forge)
        return {};
    if (m_fetched)
        return u"From GitHub, without a clone of yours: what is new is fetched."_s;
    return u"From GitHub, without a clone of yours: about %1 are fetched once, for all tasks."_s.arg(
        QLocale::c().formattedDataSize(chosen->forge->kibibytes * 1024, 1, QLocale::DataSizeSIFormat));
}

QString TaskDraft::pullText() const
{
    if (!m_pull)
        return {};
    return u"On pull request #%1, \u201c%2\u201d: branch %3 of %4"_s.arg(
        QString::number(m_pull->number), m_pull->title, m_pull->headBranch,
        m_pull->headRepository.isEmpty() ? u"a repository that is gone"_s : m_pull->headRepository);
}

QString TaskDraft::pullProblem() const
{
    if (!m_pull || m_pull->mayPush)
        return {};
    return u"You may not push to its branch, so what is done there cannot be published. Its author can allow that."_s;
}

QString TaskDraft::issueText() const
{
    if (!m_issue)
        return {};
    return u"From issue #%1 of %2, \u201c%3\u201d. What others wrote there is quoted: change it as you like."_s.arg(
        QString::number(m_issue->number), m_issue->repository, m_issue->title);
}

bool TaskDraft::canTakeUncommitted() const
{
    return m_uncommitted > 0 && !m_current.isEmpty() && m_current == m_branches.value(m_branchIndex);
}

void TaskDraft::setTakeUncommitted(bool take)
{
    if (take == m_takeUncommitted)
        return;
    m_takeUncommitted = take;
    Q_EMIT stateChanged();
}

void TaskDraft::setPrompt(const QString &prompt)
{
    if (prompt == m_prompt)
        return;
    m_prompt = prompt;
    setProblem({});
    Q_EMIT promptChanged();
    m_names.start();
    m_save.start();
}

void TaskDraft::askNames()
{
    const RepositorySummary *chosen = repository();
    if (!chosen || (m_ownTitle && m_ownBranch))
        return;
    const QString prompt = namesFrom().left(limits::promptCharacters);
    if (prompt.trimmed().isEmpty()) {
        takeNames(AnswerBody(answer::TaskNames {}), namesFrom());
        return;
    }
    m_link->ask(query::TaskNames { chosen->id, prompt }, this,
                [this, asked = namesFrom()](const Result<AnswerBody> &answer) { takeNames(answer, asked); });
}

void TaskDraft::takeNames(const Result<AnswerBody> &answer, const QString &prompt)
{
    const auto *names = answer ? std::get_if<answer::TaskNames>(&*answer) : nullptr;
    if (!names || prompt != namesFrom())
        return;
    if (!m_ownTitle)
        m_title = names->title;
    if (!m_ownBranch)
        m_branch = names->branch;
    Q_EMIT namesChanged();
}

void TaskDraft::setTitle(const QString &title)
{
    if (title == m_title)
        return;
    m_title = title.left(limits::titleCharacters);
    m_ownTitle = !title.isEmpty();
    Q_EMIT namesChanged();
    if (!m_ownTitle)
        m_names.start();
}

void TaskDraft::setBranch(const QString &branch)
{
    if (branch == m_branch)
        return;
    m_branch = branch.left(limits::branchCharacters);
    m_ownBranch = !branch.isEmpty();
    setProblem({});
    Q_EMIT namesChanged();
    if (!m_ownBranch)
        m_names.start();
}

void TaskDraft::setAgentIndex(int index)
{
    const AgentOffer *agent = m_agents.at(index);
    if (index == m_agent || !agent)
        return;
    m_agent = index;
    Q_EMIT agentChanged();
    Q_EMIT networkChanged();
    Q_EMIT agentChosen(agent->name);
}

QString TaskDraft::agentProblem() const
{
    const AgentOffer *agent = m_agents.at(m_agent);
    if (!agent)
        return u"No agent is known yet."_s;
    if (agent->readiness == AgentReadiness::ready)
        return {};
    const QString why = agent->title + u": "_s + AgentListModel::detail(*agent) + u'.';
    return agent->remedy.isEmpty() ? why : why + u' ' + agent->remedy;
}

QString TaskDraft::modelHosts() const
{
    const AgentOffer *agent = m_agents.at(m_agent);
    return agent ? agent->hosts.join(u", "_s) : QString();
}

QString TaskDraft::networkText() const
{
    QStringList parts;
    if (!modelHosts().isEmpty())
        parts.append(u"model"_s);
    parts.append(m_project.chosenTitles());
    parts.append(listed(m_hosts));
    const QStringList ports = listed(m_ports);
    for (const QString &port : ports)
        parts.append(u"localhost:"_s + port);
    if (parts.isEmpty())
        return u"off"_s;
    return parts == QStringList { u"model"_s } ? u"model only"_s : parts.join(u", "_s);
}

void TaskDraft::setAskFirst(bool askFirst)
{
    if (askFirst == m_askFirst)
        return;
    m_askFirst = askFirst;
    Q_EMIT freedomChanged();
}

void TaskDraft::setHosts(const QString &hosts)
{
    if (hosts == m_hosts)
        return;
    m_hosts = hosts;
    Q_EMIT networkChanged();
}

QString TaskDraft::hostsProblem() const
{
    const QStringList hosts = listed(m_hosts);
    const auto wrong = std::ranges::find_if_not(hosts, isHost);
    return wrong == hosts.end() ? QString() : u"\u201c%1\u201d is not the name of a host."_s.arg(wrong->left(60));
}

void TaskDraft::setPorts(const QString &ports)
{
    if (ports == m_ports)
        return;
    m_ports = ports;
    Q_EMIT networkChanged();
}

QString TaskDraft::portsProblem() const
{
    const QStringList ports = listed(m_ports);
    const auto wrong = std::ranges::find_if_not(ports, isPort);
    return wrong == ports.end() ? QString() : u"\u201c%1\u201d is not a port: use 1 to 65535."_s.arg(wrong->left(20));
}

void TaskDraft::setAcceptNoIsolation(bool accept)
{
    if (accept == m_acceptNoIsolation)
        return;
    m_acceptNoIsolation = accept;
    Q_EMIT isolationChanged();
}

bool TaskDraft::canSubmit() const
{
    const AgentOffer *agent = m_agents.at(m_agent);
    return !m_busy && repository() && m_repositoryProblem.isEmpty() && !m_prompt.trimmed().isEmpty() && agent
        && agent->readiness == AgentReadiness::ready && hostsProblem().isEmpty() && portsProblem().isEmpty()
        && m_budget.problem().isEmpty() && (m_isolationProblem.isEmpty() || m_acceptNoIsolation);
}

command::CreateTask TaskDraft::task() const
{
    command::CreateTask task;
    task.repository = repository()->id;
    task.prompt = m_prompt;
    task.title = m_title.trimmed();
    task.branch = m_branch.trimmed();
    task.branchFixed = m_ownBranch;
    task.baseBranch = m_branches.value(m_branchIndex);
    task.agent = m_agents.at(m_agent)->name;
    task.freedom = m_askFirst ? command::Freedom::askFirst : command::Freedom::freeInSandbox;
    task.allowedHosts = listed(m_hosts);
    for (const QString &port : listed(m_ports))
        task.allowedPorts.push_back(port.toInt());
    task.takeUncommitted = takeUncommitted() && !m_pull;
    if (m_pull) {
        task.pullRequest = m_pull->id;
        task.branch.clear();
        task.branchFixed = false;
        task.baseBranch.clear();
    }
    task.issue = m_issue;
    m_project.take(task);
    task.budget = m_budget.budget();
    task.acceptNoIsolation = !m_isolationProblem.isEmpty() && m_acceptNoIsolation;
    return task;
}

void TaskDraft::submit()
{
    if (!canSubmit())
        return;
    if (m_prompt.size() > limits::promptCharacters) {
        setProblem(m_words(failure(codes::Task::promptTooLarge)));
        return;
    }
    setBusy(true);
    setProblem({});
    m_link->submit(task(), this, [this](const event::CommandFinished &done) { finished(done); });
}

void TaskDraft::finished(const event::CommandFinished &finished)
{
    setBusy(false);
    if (finished.failure) {
        setProblem(m_words(*finished.failure));
        return;
    }
    m_prompt.clear();
    m_title.clear();
    m_branch.clear();
    m_ownTitle = m_ownBranch = false;
    m_acceptNoIsolation = m_takeUncommitted = false;
    m_pull.reset();
    keep();
    if (std::exchange(m_issue, {})) // the repository's own draft is still there
        m_prompt = m_drafts.value(scope());
    Q_EMIT promptChanged();
    Q_EMIT namesChanged();
    Q_EMIT isolationChanged();
    Q_EMIT created(finished.created);
}

void TaskDraft::keep()
{
    m_save.stop();
    const QString where = scope();
    const QString typed = m_issue && m_prompt == m_issuePrompt ? QString() : m_prompt;
    if (where.isEmpty() || m_drafts.value(where) == typed || typed.size() > limits::draftCharacters)
        return;
    m_drafts.insert(where, typed);
    m_link->submit(command::SaveDraft { where, typed });
}

void TaskDraft::setProblem(const QString &problem)
{
    if (problem == m_problem)
        return;
    m_problem = problem;
    Q_EMIT problemChanged();
}

void TaskDraft::setBusy(bool busy)
{
    if (busy == m_busy)
        return;
    m_busy = busy;
    Q_EMIT busyChanged();
}

} // namespace foundry
