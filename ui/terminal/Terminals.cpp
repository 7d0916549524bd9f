#include "Terminals.h"

#include <algorithm>

namespace foundry {

Terminals::Terminals(EngineLink *link, Terminal::Sentence sentence, QObject *parent)
    : QAbstractListModel(parent)
    , m_link(link)
    , m_sentence(std::move(sentence))
{
    connect(link, &EngineLink::received, this, &Terminals::receive);
}

Terminals::~Terminals() = default;

Terminals::OfTask *Terminals::here()
{
    return m_tasks.value(m_task.value).get();
}

const Terminals::OfTask *Terminals::here() const
{
    return m_tasks.value(m_task.value).get();
}

void Terminals::setTask(const TaskId &task, const RepositoryId &repository, bool possible)
{
    if (task != m_task) {
        beginResetModel();
        m_task = task;
        m_repository = repository;
        m_proposals.clear();
        if (!task.isEmpty() && !m_tasks.contains(task.value))
            m_tasks.insert(task.value, std::make_shared<OfTask>());
        endResetModel();
        Q_EMIT countChanged();
        Q_EMIT currentChanged();
        Q_EMIT shownChanged();
        Q_EMIT runsChanged();
    }
    if (possible != m_possible) {
        m_possible = possible;
        Q_EMIT possibleChanged();
    }
}

int Terminals::rowCount(const QModelIndex &parent) const
{
    const OfTask *task = here();
    return parent.isValid() || !task ? 0 : int(task->terminals.size());
}

QVariant Terminals::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    Terminal *terminal = here()->terminals[size_t(index.row())].get();
    switch (role) {
    case Qt::DisplayRole:
    case TitleRole:
        return terminal->title();
    case TerminalRole:
        return QVariant::fromValue(terminal);
    case StatusRole:
        return terminal->status();
    case EndedRole:
        return terminal->phase() == Terminal::Phase::Ended;
    case FailedRole:
        return terminal->hasFailed();
    default:
        return {};
    }
}

QHash<int, QByteArray> Terminals::roleNames() const
{
    return { { TerminalRole, "terminal" },
             { TitleRole, "title" },
             { StatusRole, "status" },
             { EndedRole, "ended" },
             { FailedRole, "failed" } };
}

int Terminals::currentRow() const
{
    const OfTask *task = here();
    return task ? task->current : -1;
}

Terminal *Terminals::current() const
{
    const int row = currentRow();
    return row < 0 ? nullptr : here()->terminals[size_t(row)].get();
}

bool Terminals::isShown() const
{
    const OfTask *task = here();
    return task && task->shown;
}

void Terminals::setShown(bool shown)
{
    OfTask *task = here();
    if (!task || task->shown == shown)
        return;
    task->shown = shown;
    Q_EMIT shownChanged();
}

Terminal *Terminals::add(const QString &name, const QString &commandLine)
{
    OfTask *task = here();
    const auto opening = [id = m_task, commandLine](const TerminalId &terminal, TerminalGrid grid) -> CommandBody {
        return command::OpenTerminal { id, terminal, grid, commandLine };
    };
    auto made = std::make_unique<Terminal>(m_link, name, commandLine, opening, m_sentence);
    Terminal *terminal = made.get();
    connect(terminal, &Terminal::changed, this, [this, terminal] { rowChanged(terminal); });
    connect(
        terminal, &Terminal::ended, this,
        [this, terminal] {
            if (terminal->commandLine().isEmpty() && !terminal->hasFailed())
                remove(terminal); // the person said exit
        },
        Qt::QueuedConnection); // it is in the middle of telling
    const int row = int(task->terminals.size());
    beginInsertRows({}, row, row);
    task->terminals.push_back(std::move(made));
    endInsertRows();
    Q_EMIT countChanged();
    return terminal;
}

void Terminals::open()
{
    OfTask *task = here();
    if (!task || !m_possible)
        return;
    if (task->terminals.size() >= perTask) {
        Q_EMIT refused(tr("A task has at most %1 terminals. Close one first.").arg(perTask));
        return;
    }
    add(tr("Terminal %1").arg(++task->made), {});
    select(count() - 1);
    setShown(true);
}

// ---- the project's own command -------------------------------------------------------------------

void Terminals::setRemembered(const RepositoryId &repository, const QString &commandLine)
{
    m_remembered.insert(repository.value, commandLine);
    Q_EMIT runsChanged();
}

QString Terminals::runLine() const
{
    const QString line = m_remembered.value(m_repository.value);
    return line.isEmpty() ? m_proposals.value(0) : line;
}

void Terminals::askRuns()
{
    if (m_task.isEmpty())
        return;
    m_link->ask(query::RunProposals { m_task }, this, [this](const Result<AnswerBody> &result) {
        const auto *answer = result ? std::get_if<answer::RunProposals>(&*result) : nullptr;
        if (!answer || answer->task != m_task)
            return;
        m_proposals.clear();
        for (const answer::RunProposal &proposal : answer->proposals)
            m_proposals.append(proposal.commandLine);
        Q_EMIT runsChanged();
    });
}

void Terminals::run(const QString &commandLine)
{
    const QString line = commandLine.trimmed();
    OfTask *task = here();
    if (!task || !m_possible || line.isEmpty())
        return;
    if (line.size() > limits::terminalCommand) {
        Q_EMIT refused(tr("That is too long for a command line."));
        return;
    }
    if (m_remembered.value(m_repository.value) != line) {
        setRemembered(m_repository, line);
        Q_EMIT remembered(m_repository, line);
    }
    for (int row = 0; row < count(); ++row) {
        Terminal *before = task->terminals[size_t(row)].get();
        if (before->commandLine() != line)
            continue;
        if (before->phase() != Terminal::Phase::Ended) {
            select(row);
            setShown(true);
            return;
        }
        remove(before);
        break;
    }
    if (task->terminals.size() >= perTask) {
        Q_EMIT refused(tr("A task has at most %1 terminals. Close one first.").arg(perTask));
        return;
    }
    add({}, line);
    select(count() - 1);
    setShown(true);
}

void Terminals::select(int row)
{
    OfTask *task = here();
    if (!task || row < 0 || row >= count() || task->current == row)
        return;
    task->current = row;
    Q_EMIT currentChanged();
}

void Terminals::selectNeighbour(int step)
{
    if (count() > 0)
        select((currentRow() + step + count()) % count());
}

void Terminals::close(int row)
{
    if (row >= 0 && row < count())
        remove(here()->terminals[size_t(row)].get());
}

void Terminals::toggle()
{
    if (isShown()) {
        setShown(false);
        return;
    }
    if (count() == 0)
        open();
    else
        setShown(true);
}

void Terminals::remove(Terminal *terminal)
{
    for (const auto &task : std::as_const(m_tasks)) {
        auto &all = task->terminals;
        const auto found = std::find_if(all.begin(), all.end(), [&](const auto &one) { return one.get() == terminal; });
        if (found == all.end())
            continue;
        const int row = int(found - all.begin());
        const bool inSight = task.get() == here();
        if (inSight)
            beginRemoveRows({}, row, row);
        std::unique_ptr<Terminal> gone = std::move(*found);
        all.erase(found);
        if (task->current > row || task->current >= int(all.size()))
            --task->current;
        if (all.empty())
            task->shown = false;
        if (inSight) {
            endRemoveRows();
            Q_EMIT countChanged();
            Q_EMIT currentChanged();
            Q_EMIT shownChanged();
        }
        gone.release()->deleteLater(); // a view may be showing it in this very moment
        terminal->close();
        return;
    }
}

Terminal *Terminals::find(const TerminalId &id) const
{
    for (const auto &task : m_tasks) {
        for (const auto &terminal : task->terminals) {
            if (terminal->id() == id)
                return terminal.get();
        }
    }
    return nullptr;
}

void Terminals::receive(const Event &event)
{
    if (const auto *output = std::get_if<event::TerminalOutput>(&event)) {
        if (Terminal *terminal = find(output->terminal))
            terminal->takeOutput(output->bytes);
    } else if (const auto *ended = std::get_if<event::TerminalEnded>(&event)) {
        if (Terminal *terminal = find(ended->terminal))
            terminal->takeEnd(*ended);
    } else if (const auto *removed = std::get_if<event::TaskRemoved>(&event)) {
        if (removed->task != m_task)
            m_tasks.remove(removed->task.value);
    }
}

void Terminals::rowChanged(const Terminal *terminal)
{
    const OfTask *task = here();
    if (!task)
        return;
    for (int row = 0; row < count(); ++row) {
        if (task->terminals[size_t(row)].get() == terminal)
            Q_EMIT dataChanged(index(row), index(row),
                               { TitleRole, Qt::DisplayRole, StatusRole, EndedRole, FailedRole });
    }
}

} // namespace foundry
