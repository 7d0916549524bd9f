#include "PaletteModel.h"

#include <algorithm>

namespace foundry {

PaletteModel::PaletteModel(QObject *parent)
    : QAbstractListModel(parent)
{
}

int PaletteModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_found.size());
}

QHash<int, QByteArray> PaletteModel::roleNames() const
{
    return { { TitleRole, "title" }, { DetailRole, "detail" }, { KeysRole, "keys" }, { GlyphRole, "glyph" } };
}

QVariant PaletteModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const PaletteEntry &entry = m_found[size_t(index.row())];
    switch (role) {
    case Qt::DisplayRole:
    case TitleRole:
        return entry.title;
    case DetailRole:
        return entry.detail;
    case KeysRole:
        return entry.keys;
    case GlyphRole:
        return entry.glyph;
    default:
        return {};
    }
}

void PaletteModel::setEntries(std::vector<PaletteEntry> entries)
{
    m_entries = std::move(entries);
    find();
}

const PaletteEntry *PaletteModel::at(int row) const
{
    return row >= 0 && row < int(m_found.size()) ? &m_found[size_t(row)] : nullptr;
}

void PaletteModel::setFilter(const QString &filter)
{
    if (filter == m_filter)
        return;
    m_filter = filter;
    find();
}

void PaletteModel::find()
{
    const auto words = QStringView(m_filter).split(u' ', Qt::SkipEmptyParts);
    beginResetModel();
    m_found.clear();
    for (const PaletteEntry &entry : m_entries) {
        const QString text = entry.title + u' ' + entry.detail;
        const bool all = std::ranges::all_of(
            words, [&text](QStringView word) { return text.contains(word, Qt::CaseInsensitive); });
        if (all && m_found.size() < maxShown)
            m_found.push_back(entry);
    }
    endResetModel();
    Q_EMIT filterChanged();
}

} // namespace foundry
