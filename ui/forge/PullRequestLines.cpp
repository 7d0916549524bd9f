#include "PullRequestLines.h"

#include <QSet>

#include <algorithm>

namespace foundry {

PullRequestLines::PullRequestLines(QObject *parent)
    : QAbstractListModel(parent)
{
}

int PullRequestLines::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

QHash<int, QByteArray> PullRequestLines::roleNames() const
{
    return { { PullRole, "pull" },   { NumberRole, "number" },
             { TitleRole, "title" }, { AuthorRole, "author" },
             { StateRole, "state" }, { ToneRole, "tone" },
             { GlyphRole, "glyph" }, { ChecksRole, "checks" },
             { AgeRole, "age" },     { DescriptionRole, "description" } };
}

QVariant PullRequestLines::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const PullRequestRow &row = m_rows[size_t(index.row())];
    const PullRequestLook look = lookOf(row.state);
    switch (role) {
    case PullRole:
        return row.id.value;
    case NumberRole:
        return m_several ? u"%1#%2"_s.arg(row.repository).arg(row.number) : u"#%1"_s.arg(row.number);
    case Qt::DisplayRole:
    case TitleRole:
        return row.title;
    case AuthorRole:
        return row.author.isEmpty() ? u"somebody who is gone"_s : row.author;
    case StateRole:
        return row.task.isEmpty() ? look.state : look.state + u" \u00b7 a task works on it"_s;
    case ToneRole:
        return look.tone;
    case GlyphRole:
        return look.glyph;
    case ChecksRole:
        return textOf(row.checks);
    case AgeRole:
        return agoText(m_now, row.updatedAt);
    case DescriptionRole: {
        QStringList words { u"%1 %2"_s.arg(data(index, NumberRole).toString(), row.title),
                            u"by "_s + data(index, AuthorRole).toString(), look.state };
        if (row.checks != ChecksState::none)
            words.append(textOf(row.checks));
        if (!row.task.isEmpty())
            words.append(u"a task works on it"_s);
        return words.join(u", "_s);
    }
    default:
        return {};
    }
}

bool PullRequestLines::canFetchMore(const QModelIndex &parent) const
{
    return !parent.isValid() && int(m_rows.size()) < m_found;
}

void PullRequestLines::fetchMore(const QModelIndex &parent)
{
    if (canFetchMore(parent))
        Q_EMIT wanted(int(m_rows.size()));
}

void PullRequestLines::clear(bool severalRepositories)
{
    beginResetModel();
    m_rows.clear();
    m_found = 0;
    m_several = severalRepositories;
    endResetModel();
}

void PullRequestLines::setPage(const answer::PullRequests &page, Millis now)
{
    m_now = now;
    m_found = page.found;
    QSet<QString> mine;
    for (const PullRequestRow &row : page.rows)
        mine.insert(row.id.value);
    const auto other = [&mine](const PullRequestRow &row) { return !mine.contains(row.id.value); };
    const size_t from = std::min(size_t(page.from), m_rows.size());
    const size_t beyond = std::min(m_rows.size(), from + size_t(limits::forgePage));
    std::vector<PullRequestRow> rows;
    std::copy_if(m_rows.begin(), m_rows.begin() + qsizetype(from), std::back_inserter(rows), other);
    std::ranges::copy(page.rows, std::back_inserter(rows));
    std::copy_if(m_rows.begin() + qsizetype(beyond), m_rows.end(), std::back_inserter(rows), other);
    if (rows.size() > size_t(m_found))
        rows.resize(size_t(m_found));
    become(std::move(rows));
}

void PullRequestLines::become(std::vector<PullRequestRow> rows)
{
    QHash<QString, int> place;
    for (size_t i = 0; i < rows.size(); ++i)
        place.insert(rows[i].id.value, int(i));
    int moves = 0;
    const auto reset = [this, &rows] {
        beginResetModel();
        m_rows = std::move(rows);
        endResetModel();
    };
    for (int i = int(m_rows.size()) - 1; i >= 0; --i) {
        if (place.contains(m_rows[size_t(i)].id.value))
            continue;
        if (++moves > fewMoves)
            return reset();
        beginRemoveRows({}, i, i);
        m_rows.erase(m_rows.begin() + i);
        endRemoveRows();
    }
    for (size_t i = 0; i < rows.size(); ++i) {
        const int at = int(i);
        if (i < m_rows.size() && m_rows[i].id == rows[i].id)
            continue;
        const auto old = std::ranges::find(m_rows.begin() + std::min(at, int(m_rows.size())), m_rows.end(), rows[i].id,
                                           &PullRequestRow::id);
        if (old == m_rows.end() && i >= m_rows.size()) { // the next page
            beginInsertRows({}, at, int(rows.size()) - 1);
            m_rows.insert(m_rows.end(), rows.begin() + at, rows.end());
            endInsertRows();
            break;
        }
        if (++moves > fewMoves)
            return reset();
        if (old == m_rows.end()) {
            beginInsertRows({}, at, at);
            m_rows.insert(m_rows.begin() + at, rows[i]);
            endInsertRows();
        } else {
            const int was = int(old - m_rows.begin());
            beginMoveRows({}, was, was, {}, at);
            std::rotate(m_rows.begin() + at, old, old + 1);
            endMoveRows();
        }
    }
    m_rows = std::move(rows);
    if (!m_rows.empty()) // ages and states
        Q_EMIT dataChanged(index(0), index(int(m_rows.size()) - 1));
}

const PullRequestRow *PullRequestLines::row(const QString &id) const
{
    const auto found = std::ranges::find(m_rows, id, [](const PullRequestRow &row) { return row.id.value; });
    return found == m_rows.end() ? nullptr : &*found;
}

} // namespace foundry
