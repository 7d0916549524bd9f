#include "TaskListModel.h"

#include <algorithm>

namespace foundry {

namespace {

const QString needsYouSection = u"needsYou"_s;
const QString archivedSection = u"archived"_s;
const QString repositoryPrefix = u"repository:"_s;

bool isPutAway(const TaskSummary &task)
{
    return task.state == TaskState::archived || task.state == TaskState::deleted;
}

// To the minute, so that tasks that work side by side do not change places all the time.
bool newer(const TaskSummary *a, const TaskSummary *b)
{
    const auto key
        = [](const TaskSummary *task) { return std::tuple(task->activeAt / 60'000, task->createdAt, task->id.value); };
    return key(a) > key(b);
}

} // namespace

TaskListModel::TaskListModel(FailureWords words, std::function<Millis()> now, QObject *parent)
    : QAbstractListModel(parent)
    , m_words(std::move(words))
    , m_now(std::move(now))
{
    m_ages.setSingleShot(true);
    m_ages.setTimerType(Qt::VeryCoarseTimer);
    connect(&m_ages, &QTimer::timeout, this, [this] {
        if (!m_rows.empty())
            Q_EMIT dataChanged(index(0), index(int(m_rows.size()) - 1), { AgeRole, DescriptionRole });
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

bool TaskListModel::matches(const TaskSummary &task) const
{
    const auto words = QStringView(m_filter).split(u' ', Qt::SkipEmptyParts);
    return std::ranges::all_of(words, [&task](QStringView word) {
        return task.title.contains(word, Qt::CaseInsensitive) || task.branch.contains(word, Qt::CaseInsensitive);
    });
}

std::vector<TaskListModel::Section> TaskListModel::sections() const
{
    Section needs { needsYouSection, u"Needs you"_s, {}, {} };
    Section archived { archivedSection, u"Archived"_s, {}, {} };
    QHash<RepositoryId, Section> byRepository;
    for (const RepositorySummary &repository : m_repositories)
        byRepository.insert(repository.id,
                            Section { repositoryPrefix + repository.id.value, repository.name, repository.id, {} });
    for (const TaskSummary &task : m_tasks) {
        if (!matches(task))
            continue;
        if (isPutAway(task))
            archived.tasks.push_back(&task);
        else if (lookOf(task, m_words).needsPerson || !byRepository.contains(task.repository))
            needs.tasks.push_back(&task);
        else
            byRepository[task.repository].tasks.push_back(&task);
    }
    std::vector<Section> all;
    if (!needs.tasks.empty())
        all.push_back(std::move(needs));
    std::vector<Section> repositories(byRepository.cbegin(), byRepository.cend());
    std::ranges::sort(repositories, [](const Section &a, const Section &b) {
        const int order = a.title.localeAwareCompare(b.title);
        return order != 0 ? order < 0 : a.id < b.id;
    });
    for (Section &section : repositories) {
        if (m_filter.isEmpty() || !section.tasks.empty())
            all.push_back(std::move(section));
    }
    if (!archived.tasks.empty())
        all.push_back(std::move(archived));
    for (Section &section : all)
        std::ranges::sort(section.tasks, newer);
    return all;
}

std::vector<TaskListModel::Row> TaskListModel::wantedRows(const std::vector<Section> &sections) const
{
    std::vector<Row> rows;
    for (const Section &section : sections) {
        rows.push_back({ RowKind::Section, section.id });
        if (isFolded(section.id))
            continue;
        for (const TaskSummary *task : section.tasks)
            rows.push_back({ RowKind::Task, task->id.value });
    }
    return rows;
}

void TaskListModel::refresh()
{
    const auto all = sections();
    const auto wanted = wantedRows(all);
    if (wanted != m_rows) {
        removeGone(wanted);
        arrange(wanted);
    }
    QHash<QString, int> counts;
    QHash<QString, QString> titles;
    for (const Section &section : all) {
        counts.insert(section.id, int(section.tasks.size()));
        titles.insert(section.id, section.title);
    }
    m_counts = counts;
    m_titles = titles;
    touchSections();
    recount();
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

void TaskListModel::removeGone(const std::vector<Row> &wanted)
{
    QSet<QString> kept;
    for (const Row &row : wanted)
        kept.insert(row.id);
    for (int last = int(m_rows.size()) - 1; last >= 0; --last) {
        if (kept.contains(m_rows[size_t(last)].id))
            continue;
        int first = last;
        while (first > 0 && !kept.contains(m_rows[size_t(first - 1)].id))
            --first;
        beginRemoveRows({}, first, last);
        m_rows.erase(m_rows.begin() + first, m_rows.begin() + last + 1);
        endRemoveRows();
        last = first;
    }
}

// Every row that is there is wanted now; the rest is put in, and what stands elsewhere moves: one move for a
// row that changed its place, whichever way it went.
void TaskListModel::arrange(const std::vector<Row> &wanted)
{
    QSet<QString> there;
    for (const Row &row : m_rows)
        there.insert(row.id);
    for (int i = 0; i < int(wanted.size()); ++i) {
        const auto at = [this](int row) { return row < int(m_rows.size()) ? m_rows[size_t(row)] : Row {}; };
        if (at(i) == wanted[size_t(i)])
            continue;
        if (!there.contains(wanted[size_t(i)].id)) {
            int last = i;
            while (last + 1 < int(wanted.size()) && !there.contains(wanted[size_t(last + 1)].id))
                ++last;
            beginInsertRows({}, i, last);
            m_rows.insert(m_rows.begin() + i, wanted.begin() + i, wanted.begin() + last + 1);
            endInsertRows();
            i = last;
        } else if (at(i + 1) == wanted[size_t(i)]) {
            // The one here went down: to where its next neighbours are, as far as they are there already.
            const auto target = std::ranges::find(wanted, at(i));
            const auto missing = std::count_if(wanted.begin() + i, target,
                                               [&there](const Row &row) { return !there.contains(row.id); });
            moveRow(i, int(target - wanted.begin()) - int(missing));
            --i;
        } else {
            const auto found = std::find(m_rows.begin() + i, m_rows.end(), wanted[size_t(i)]);
            moveRow(int(found - m_rows.begin()), i);
        }
    }
}

// `to` is the row's place afterwards.
void TaskListModel::moveRow(int from, int to)
{
    to = qBound(0, to, int(m_rows.size()) - 1);
    if (from == to || !beginMoveRows({}, from, from, {}, to > from ? to + 1 : to))
        return;
    const Row row = m_rows[size_t(from)];
    m_rows.erase(m_rows.begin() + from);
    m_rows.insert(m_rows.begin() + to, row);
    endMoveRows();
}

void TaskListModel::setWatched(bool watched)
{
    if (m_watched == watched)
        return;
    m_watched = watched;
    if (watched && !m_rows.empty())
        Q_EMIT dataChanged(index(0), index(int(m_rows.size()) - 1), { AgeRole, DescriptionRole });
    scheduleAges();
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
