#include "CommentsModel.h"

#include <foundry/Failure.h>

namespace foundry {

CommentsModel::CommentsModel(QObject *parent)
    : QAbstractListModel(parent)
{
}

int CommentsModel::rowOf(const QString &path, int line) const
{
    for (size_t i = 0; i < m_comments.size(); ++i) {
        if (m_comments[i].line == line && m_comments[i].path == path)
            return int(i);
    }
    return -1;
}

void CommentsModel::write(const QString &path, int line, const QString &quote, const QString &text)
{
    const int row = rowOf(path, line);
    const QString kept = text.trimmed().left(maxText);
    if (kept.isEmpty()) {
        remove(row);
        return;
    }
    if (row >= 0) {
        m_comments[size_t(row)].text = kept;
        Q_EMIT dataChanged(index(row), index(row), { TextRole });
        return;
    }
    if (count() >= maxComments)
        return;
    beginInsertRows({}, count(), count());
    m_comments.push_back({ path, line, quote.trimmed(), kept });
    endInsertRows();
    Q_EMIT countChanged();
}

void CommentsModel::remove(int row)
{
    if (row < 0 || row >= count())
        return;
    beginRemoveRows({}, row, row);
    m_comments.erase(m_comments.begin() + row);
    endRemoveRows();
    Q_EMIT countChanged();
}

QString CommentsModel::textAt(const QString &path, int line) const
{
    const int row = rowOf(path, line);
    return row < 0 ? QString() : m_comments[size_t(row)].text;
}

void CommentsModel::clear()
{
    if (m_comments.empty())
        return;
    beginResetModel();
    m_comments.clear();
    endResetModel();
    Q_EMIT countChanged();
}

QString CommentsModel::message() const
{
    QString text = count() == 1 ? tr("Please look at this comment on your changes:")
                                : tr("Please look at these comments on your changes:");
    for (const Comment &comment : m_comments) {
        text += u"\n\n`%1:%2`"_s.arg(comment.path).arg(comment.line);
        if (!comment.quote.isEmpty())
            text += u"\n\n    "_s + comment.quote;
        text += u"\n\n"_s + comment.text;
    }
    return text;
}

int CommentsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant CommentsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Comment &comment = m_comments[size_t(index.row())];
    switch (role) {
    case PathRole:
        return comment.path;
    case LineRole:
        return comment.line;
    case QuoteRole:
        return comment.quote;
    case Qt::DisplayRole:
    case TextRole:
        return comment.text;
    default:
        return {};
    }
}

QHash<int, QByteArray> CommentsModel::roleNames() const
{
    return { { PathRole, "path" }, { LineRole, "line" }, { QuoteRole, "quote" }, { TextRole, "text" } };
}

} // namespace foundry
