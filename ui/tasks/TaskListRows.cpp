// Which rows the list has, in what order, and the fewest insertions, removals and moves from those it had.
#include "TaskListModel.h"

#include <algorithm>

namespace foundry {

// To the minute, so that tasks that work side by side do not change places all the time.
bool TaskListModel::newer(const TaskSummary *a, const TaskSummary *b)
{
    const auto key
        = [](const TaskSummary *task) { return std::tuple(task->activeAt / 60'000, task->createdAt, task->id.value); };
    return key(a) > key(b);
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

} // namespace foundry
