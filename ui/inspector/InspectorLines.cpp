#include "InspectorLines.h"

namespace foundry {

InspectorLines::InspectorLines(QObject *parent)
    : QAbstractListModel(parent)
{
}

void InspectorLines::setLines(std::vector<InspectorLine> lines)
{
    if (lines == m_lines)
        return;
    if (lines.size() == m_lines.size() && !lines.empty()) { // the place in the list stays
        m_lines = std::move(lines);
        Q_EMIT dataChanged(index(0), index(count() - 1));
        return;
    }
    beginResetModel();
    m_lines = std::move(lines);
    endResetModel();
    Q_EMIT countChanged();
}

int InspectorLines::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant InspectorLines::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const InspectorLine &line = m_lines[size_t(index.row())];
    switch (role) {
    case IdRole:
        return line.id;
    case NumberRole:
        return line.number;
    case TitleRole:
    case Qt::DisplayRole:
        return line.title;
    case DetailRole:
        return line.detail;
    case StateRole:
        return line.state;
    case ToneRole:
        return line.tone;
    default:
        return {};
    }
}

QHash<int, QByteArray> InspectorLines::roleNames() const
{
    return { { IdRole, "actor" },      { NumberRole, "number" }, { TitleRole, "title" },
             { DetailRole, "detail" }, { StateRole, "state" },   { ToneRole, "tone" } };
}

} // namespace foundry
