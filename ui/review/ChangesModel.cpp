#include "ChangesModel.h"

#include <algorithm>

namespace foundry {

namespace {

QString stateName(FileState state)
{
    switch (state) {
    case FileState::added:
        return u"added"_s;
    case FileState::modified:
        return u"modified"_s;
    case FileState::deleted:
        return u"deleted"_s;
    case FileState::renamed:
        return u"renamed"_s;
    case FileState::typeChanged:
        return u"typeChanged"_s;
    }
    return {};
}

} // namespace

ChangesModel::ChangesModel(QObject *parent)
    : QAbstractListModel(parent)
{
}

// Both lists are sorted, so one walk tells what left, what came and what only changed.
void ChangesModel::setFiles(std::vector<ChangedFile> files, ChangeTotals totals)
{
    std::sort(files.begin(), files.end(), [](const ChangedFile &a, const ChangedFile &b) { return a.path < b.path; });
    size_t row = 0;
    for (ChangedFile &file : files) {
        while (row < m_files.size() && m_files[row].path < file.path) {
            beginRemoveRows({}, int(row), int(row));
            m_viewed.remove(m_files[row].path);
            m_files.erase(m_files.begin() + qsizetype(row));
            endRemoveRows();
        }
        if (row == m_files.size() || m_files[row].path != file.path) {
            beginInsertRows({}, int(row), int(row));
            m_files.insert(m_files.begin() + qsizetype(row), std::move(file));
            endInsertRows();
        } else if (m_files[row] != file) {
            m_viewed.remove(file.path);
            m_files[row] = std::move(file);
            Q_EMIT dataChanged(index(int(row)), index(int(row)));
        }
        ++row;
    }
    if (row < m_files.size()) {
        beginRemoveRows({}, int(row), int(m_files.size()) - 1);
        for (size_t i = row; i < m_files.size(); ++i)
            m_viewed.remove(m_files[i].path);
        m_files.resize(row);
        endRemoveRows();
    }
    m_totals = totals;
    Q_EMIT totalsChanged();
}

void ChangesModel::clear()
{
    beginResetModel();
    m_files.clear();
    m_viewed.clear();
    m_totals = {};
    endResetModel();
    Q_EMIT totalsChanged();
}

int ChangesModel::rowOf(const QString &path) const
{
    const auto found = std::lower_bound(m_files.begin(), m_files.end(), path,
                                        [](const ChangedFile &file, const QString &p) { return file.path < p; });
    return found != m_files.end() && found->path == path ? int(found - m_files.begin()) : -1;
}

QString ChangesModel::pathAt(int row) const
{
    return row < 0 || row >= count() ? QString() : m_files[size_t(row)].path;
}

const ChangedFile *ChangesModel::file(const QString &path) const
{
    const int row = rowOf(path);
    return row < 0 ? nullptr : &m_files[size_t(row)];
}

void ChangesModel::setViewed(const QString &path, bool viewed)
{
    const int row = rowOf(path);
    if (row < 0 || m_viewed.contains(path) == viewed)
        return;
    if (viewed)
        m_viewed.insert(path);
    else
        m_viewed.remove(path);
    Q_EMIT dataChanged(index(row), index(row), { ViewedRole });
    Q_EMIT totalsChanged();
}

int ChangesModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant ChangesModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const ChangedFile &file = m_files[size_t(index.row())];
    const qsizetype slash = file.path.lastIndexOf(u'/');
    switch (role) {
    case Qt::DisplayRole:
    case PathRole:
        return file.path;
    case NameRole:
        return file.path.mid(slash + 1);
    case FolderRole:
        return file.path.left(slash + 1);
    case OldPathRole:
        return file.oldPath;
    case StateRole:
        return stateName(file.state);
    case AddedRole:
        return file.added;
    case RemovedRole:
        return file.removed;
    case BinaryRole:
        return file.binary;
    case ViewedRole:
        return m_viewed.contains(file.path);
    default:
        return {};
    }
}

QHash<int, QByteArray> ChangesModel::roleNames() const
{
    return { { PathRole, "path" },       { NameRole, "name" },       { FolderRole, "folder" },
             { OldPathRole, "oldPath" }, { StateRole, "fileState" }, { AddedRole, "added" },
             { RemovedRole, "removed" }, { BinaryRole, "binary" },   { ViewedRole, "viewed" } };
}

} // namespace foundry
