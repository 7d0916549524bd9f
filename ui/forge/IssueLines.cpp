#include "IssueLines.h"

#include "ForgeText.h"

#include <algorithm>

namespace foundry {

namespace {

QStringList labelsOf(const IssueRow &row, size_t most)
{
    QStringList names;
    for (const PullRequestLabel &label : row.labels) {
        if (size_t(names.size()) < most)
            names.append(label.name);
    }
    return names;
}

} // namespace

IssueLines::IssueLines(QObject *parent)
    : QAbstractListModel(parent)
{
}

int IssueLines::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

QHash<int, QByteArray> IssueLines::roleNames() const
{
    return { { IssueRole, "issue" },   { NumberRole, "number" },     { TitleRole, "title" },
             { AuthorRole, "author" }, { LabelsRole, "labels" },     { CommentsRole, "comments" },
             { AgeRole, "age" },       { WorkedOnRole, "workedOn" }, { DescriptionRole, "description" } };
}

QString IssueLines::nameOf(const QString &author)
{
    return author.isEmpty() ? u"somebody who is gone"_s : author;
}

QString IssueLines::textOf(int comments)
{
    return comments == 0 ? QString() : comments == 1 ? u"1 comment"_s : u"%1 comments"_s.arg(comments);
}

QVariant IssueLines::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const IssueRow &row = m_rows[size_t(index.row())];
    switch (role) {
    case IssueRole:
        return row.id.value;
    case NumberRole:
        return u"#%1"_s.arg(row.number);
    case Qt::DisplayRole:
    case TitleRole:
        return row.title;
    case AuthorRole:
        return nameOf(row.author);
    case LabelsRole:
        return labelsOf(row, labelsShown);
    case CommentsRole:
        return textOf(row.comments);
    case AgeRole:
        return agoText(m_now, row.updatedAt);
    case WorkedOnRole:
        return !row.task.isEmpty();
    case DescriptionRole: {
        QStringList words { u"#%1 %2"_s.arg(row.number).arg(row.title), u"by "_s + nameOf(row.author) };
        words += labelsOf(row, row.labels.size());
        if (row.comments > 0)
            words.append(textOf(row.comments));
        if (!row.task.isEmpty())
            words.append(u"a task works on it"_s);
        return words.join(u", "_s);
    }
    default:
        return {};
    }
}

void IssueLines::setPage(const answer::Issues &page, Millis now)
{
    const bool same = std::ranges::equal(page.rows, m_rows, {}, &IssueRow::id, &IssueRow::id);
    if (same) {
        m_rows = page.rows;
        renew(now);
        return;
    }
    beginResetModel();
    m_now = now;
    m_rows = page.rows;
    endResetModel();
}

void IssueLines::renew(Millis now)
{
    m_now = now;
    if (!m_rows.empty())
        Q_EMIT dataChanged(index(0), index(int(m_rows.size()) - 1));
}

const IssueRow *IssueLines::row(const QString &id) const
{
    const auto found = std::ranges::find(m_rows, id, [](const IssueRow &row) { return row.id.value; });
    return found == m_rows.end() ? nullptr : &*found;
}

} // namespace foundry
