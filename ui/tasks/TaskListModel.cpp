#include "TaskListModel.h"

#include <algorithm>

namespace foundry {

TaskListModel::TaskListModel(FailureWords words, std::function<Millis()> now, QObject *parent)
    : QAbstractListModel(parent)
    , m_words(std::move(words))
    , m_now(std::move(now))
{
    m_ages.setSingleShot(true);
    m_ages.setTimerType(Qt::VeryCoarseTimer);
    connect(&m_ages, &QTimer::timeout, this, [this] {
        renewAges();
        scheduleAges();
    });
}

int TaskListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

QHash<int, QByteArray> TaskListModel::roleNames() const
{
    return {
        { KindRole, "kind" },       { IdRole, "rowId" },      { RepositoryRole, "repository" },
        { TitleRole, "title" },     { DetailRole, "detail" }, { DetailToneRole, "detailTone" },
        { GlyphRole, "glyph" },     { ToneRole, "tone" },     { AddedRole, "added" },
        { RemovedRole, "removed" }, { AgeRole, "age" },       { StrongRole, "strong" },
        { CountRole, "count" },     { FoldedRole, "folded" }, { DescriptionRole, "description" },
    };
}

QVariant TaskListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Row &row = m_rows[size_t(index.row())];
    if (role == KindRole)
        return QVariant::fromValue(row.kind);
    if (role == IdRole)
        return row.id;
    if (row.kind == RowKind::Section)
        return sectionData(row, role);
    const auto task = m_tasks.constFind(row.id);
    return task == m_tasks.cend() ? QVariant() : taskData(*task, role);
}

QVariant TaskListModel::sectionData(const Row &row, int role) const
{
    switch (role) {
    case RepositoryRole:
        return row.id.startsWith(repositoryPrefix) ? row.id.mid(repositoryPrefix.size()) : QString();
    case Qt::DisplayRole:
    case TitleRole:
        return m_titles.value(row.id);
    case CountRole:
        return m_counts.value(row.id);
    case FoldedRole:
        return isFolded(row.id);
    case ToneRole:
        return QVariant(u"neutral"_s);
    case DescriptionRole:
        return u"%1, %2 %3"_s.arg(m_titles.value(row.id))
            .arg(m_counts.value(row.id))
            .arg(m_troubles.value(row.id))
            .trimmed();
    case AddedRole:
    case RemovedRole:
        return 0;
    case StrongRole:
        return false;
    case DetailRole:
        return m_troubles.value(row.id);
    case DetailToneRole:
    case GlyphRole:
    case AgeRole:
        return QString();
    default:
        return {};
    }
}

QString TaskListModel::detail(const TaskSummary &task, const StateLook &look) const
{
    if (look.needsPerson || isPutAway(task)) {
        const QString why = look.why.isEmpty() ? look.word.toLower() : look.why;
        return repositoryName(task.repository) + u" \u00b7 "_s
            + (task.overlay == TaskOverlay::failed ? u"failed: "_s + why : why);
    }
    if (task.state == TaskState::ready && task.overlay == TaskOverlay::none)
        return task.unread ? u"finished"_s : u"ready"_s;
    if (task.state == TaskState::working && !look.why.isEmpty())
        return look.why;
    if (task.state == TaskState::preparing && !look.why.isEmpty())
        return look.why;
    return look.word.toLower();
}

QVariant TaskListModel::taskData(const TaskSummary &task, int role) const
{
    const StateLook look = lookOf(task, m_words);
    const bool finishedUnread = task.unread && !look.needsPerson && !isRunning(task);
    switch (role) {
    case RepositoryRole:
        return task.repository.value;
    case Qt::DisplayRole:
    case TitleRole:
        return task.title;
    case DetailRole:
        return detail(task, look);
    case DetailToneRole:
        return look.tone == u"negative"_s ? look.tone : u"neutral"_s;
    case GlyphRole:
        return finishedUnread ? u"dot"_s : look.glyph;
    case ToneRole:
        return finishedUnread ? u"accent"_s : look.tone;
    case AddedRole:
        return look.needsPerson ? 0 : task.changes.added;
    case RemovedRole:
        return look.needsPerson ? 0 : task.changes.removed;
    case AgeRole:
        return ageText(m_now(), task.activeAt);
    case StrongRole:
        return look.needsPerson || task.unread;
    case CountRole:
        return 0;
    case FoldedRole:
        return false;
    case DescriptionRole:
        return u"%1, %2, %3, %4"_s.arg(task.title, look.chip(), repositoryName(task.repository),
                                       ageText(m_now(), task.activeAt));
    default:
        return {};
    }
}

void TaskListModel::setFilter(const QString &filter)
{
    if (m_filter == filter)
        return;
    m_filter = filter;
    Q_EMIT filterChanged();
    refresh();
}

void TaskListModel::setAll(const std::vector<RepositorySummary> &repositories, const std::vector<TaskSummary> &tasks)
{
    beginResetModel();
    m_repositories.clear();
    m_tasks.clear();
    for (const RepositorySummary &repository : repositories)
        m_repositories.insert(repository.id, repository);
    for (const TaskSummary &task : tasks)
        m_tasks.insert(task.id.value, task);
    const auto all = sections();
    m_rows = wantedRows(all);
    m_counts.clear();
    m_titles.clear();
    for (const Section &section : all) {
        m_counts.insert(section.id, int(section.tasks.size()));
        m_titles.insert(section.id, section.title);
    }
    endResetModel();
    touchSections();
    recount();
}

void TaskListModel::setRepository(const RepositorySummary &repository)
{
    m_repositories.insert(repository.id, repository);
    refresh();
}

void TaskListModel::removeRepository(const RepositoryId &repository)
{
    m_repositories.remove(repository);
    refresh();
}

void TaskListModel::setTask(const TaskSummary &task)
{
    m_tasks.insert(task.id.value, task);
    refresh();
    const int row = rowOf(task.id.value);
    if (row >= 0)
        Q_EMIT dataChanged(index(row), index(row));
    // Without the keyboard no timer runs; what changes anyway brings the other ages along.
    if (!m_watched && m_now() - m_agesAt >= coarseTick)
        renewAges();
}

void TaskListModel::removeTask(const TaskId &task)
{
    // The row goes first: it must not be asked for a task that is gone.
    const int row = rowOf(task.value);
    if (row >= 0) {
        beginRemoveRows({}, row, row);
        m_rows.erase(m_rows.begin() + row);
        endRemoveRows();
    }
    m_tasks.remove(task.value);
    refresh();
}

void TaskListModel::setFolded(const QStringList &sections)
{
    m_toggled = QSet<QString>(sections.begin(), sections.end());
    refresh();
}

QStringList TaskListModel::folded() const
{
    QStringList sections(m_toggled.begin(), m_toggled.end());
    sections.sort();
    return sections;
}

bool TaskListModel::isFolded(const QString &section) const
{
    // While a filter is set nothing that it finds is hidden.
    if (!m_filter.isEmpty())
        return false;
    return (section == archivedSection) != m_toggled.contains(section);
}

void TaskListModel::toggleSection(const QString &section)
{
    if (!m_toggled.remove(section))
        m_toggled.insert(section);
    refresh();
    Q_EMIT foldedChanged();
}

const TaskSummary *TaskListModel::task(const QString &id) const
{
    const auto found = m_tasks.constFind(id);
    return found == m_tasks.cend() ? nullptr : &*found;
}

bool TaskListModel::hasTasks(const RepositoryId &repository) const
{
    return std::ranges::any_of(m_tasks,
                               [&repository](const TaskSummary &task) { return task.repository == repository; });
}

QString TaskListModel::repositoryName(const RepositoryId &id) const
{
    return m_repositories.value(id).name;
}

std::vector<const TaskSummary *> TaskListModel::newestFirst() const
{
    std::vector<const TaskSummary *> all;
    all.reserve(size_t(m_tasks.size()));
    for (const TaskSummary &task : m_tasks)
        all.push_back(&task);
    std::ranges::sort(all, newer);
    return all;
}

int TaskListModel::rowOf(const QString &taskId) const
{
    const auto found = std::ranges::find(m_rows, Row { RowKind::Task, taskId });
    return found == m_rows.end() ? -1 : int(found - m_rows.begin());
}

int TaskListModel::nextTaskRow(int row, int step) const
{
    for (int i = row + step; i >= 0 && i < int(m_rows.size()); i += step) {
        if (m_rows[size_t(i)].kind == RowKind::Task)
            return i;
    }
    return -1;
}

QString TaskListModel::idAt(int row) const
{
    return row >= 0 && row < int(m_rows.size()) ? m_rows[size_t(row)].id : QString();
}

std::vector<TaskId> TaskListModel::runningTasks() const
{
    std::vector<TaskId> found;
    for (const TaskSummary &task : m_tasks) {
        if (isRunning(task))
            found.push_back(task.id);
    }
    return found;
}

void TaskListModel::recount()
{
    int needs = 0;
    int runs = 0;
    for (const TaskSummary &task : std::as_const(m_tasks)) {
        needs += lookOf(task, m_words).needsPerson && !isPutAway(task);
        runs += isRunning(task);
    }
    m_needsYou = needs;
    m_running = runs;
    Q_EMIT countsChanged();
    scheduleAges();
}

void TaskListModel::touchSections()
{
    m_troubles.clear();
    for (const RepositorySummary &repository : std::as_const(m_repositories)) {
        if (repository.trouble)
            m_troubles.insert(repositoryPrefix + repository.id.value, m_words(*repository.trouble));
    }
    for (int row = 0; row < int(m_rows.size()); ++row) {
        if (m_rows[size_t(row)].kind == RowKind::Section)
            Q_EMIT dataChanged(index(row), index(row),
                               { TitleRole, DetailRole, CountRole, FoldedRole, DescriptionRole });
    }
}

void TaskListModel::setWatched(bool watched)
{
    if (m_watched == watched)
        return;
    m_watched = watched;
    if (watched)
        renewAges();
    scheduleAges();
}

void TaskListModel::renewAges()
{
    m_agesAt = m_now();
    if (!m_rows.empty())
        Q_EMIT dataChanged(index(0), index(int(m_rows.size()) - 1), { AgeRole, DescriptionRole });
}

void TaskListModel::scheduleAges()
{
    if (!m_watched || m_tasks.isEmpty()) {
        m_ages.stop();
        return;
    }
    const Millis now = m_now();
    Millis next = 24 * 60 * 60'000;
    for (const TaskSummary &task : std::as_const(m_tasks))
        next = qMin(next, ageChangesIn(now, task.activeAt));
    m_ages.start(std::chrono::milliseconds(qMax(finestTick, next)));
}

} // namespace foundry
