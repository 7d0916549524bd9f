#include "MarkdownBlocks.h"

#include <QClipboard>
#include <QDesktopServices>
#include <QGuiApplication>
#include <QUrl>

#include <algorithm>

namespace foundry {

MarkdownBlocks::MarkdownBlocks(QObject *parent)
    : QAbstractListModel(parent)
{
}

void MarkdownBlocks::setText(const QString &text)
{
    if (text == m_text)
        return;
    const bool appended = !m_text.isEmpty() && text.size() > m_text.size() && text.startsWith(m_text);
    m_text = text;
    if (appended)
        parseFrom(m_lastStart, m_blocks.size() - m_lastBlocks);
    else
        parseAll();
    Q_EMIT textChanged();
}

void MarkdownBlocks::setOpen(bool open)
{
    if (m_open == open)
        return;
    m_open = open;
    if (!open && m_partial)
        parseAll();
    Q_EMIT openChanged();
}

void MarkdownBlocks::setKeepBreaks(bool keep)
{
    if (m_keepBreaks == keep)
        return;
    m_keepBreaks = keep;
    parseAll();
    Q_EMIT keepBreaksChanged();
}

void MarkdownBlocks::setMaximumBlocks(int blocks)
{
    if (m_maximum == blocks)
        return;
    beginResetModel();
    m_maximum = blocks;
    endResetModel();
    Q_EMIT maximumBlocksChanged();
    Q_EMIT hiddenBlocksChanged();
}

void MarkdownBlocks::parseAll()
{
    parseFrom(0, 0);
    m_partial = false;
}

void MarkdownBlocks::parseFrom(qsizetype stable, qsizetype keptBlocks)
{
    const MarkdownPart part = parseMarkdown(QStringView(m_text).mid(stable), m_keepBreaks);
    m_lastStart = stable + part.lastStart;
    m_lastBlocks = part.lastBlocks;
    m_partial = m_partial || stable > 0;
    replaceFrom(keptBlocks, part.blocks);
}

// Rows that are the same stay untouched, so that only what is new is laid out.
void MarkdownBlocks::replaceFrom(qsizetype first, const QList<MarkdownBlock> &blocks)
{
    const int hiddenBefore = hiddenBlocks();
    const int oldRows = rowCount();
    const qsizetype shared = std::min(m_blocks.size() - first, blocks.size());
    for (qsizetype i = 0; i < shared; ++i) {
        if (m_blocks[first + i] == blocks[i])
            continue;
        m_blocks[first + i] = blocks[i];
        if (first + i < oldRows)
            Q_EMIT dataChanged(index(int(first + i)), index(int(first + i)));
    }
    const int newSize = int(first + blocks.size());
    const int newRows = m_maximum > 0 ? std::min(newSize, m_maximum) : newSize;
    if (newRows < oldRows) {
        beginRemoveRows({}, newRows, oldRows - 1);
        m_blocks.resize(newSize);
        endRemoveRows();
    } else if (newRows > oldRows) {
        beginInsertRows({}, oldRows, newRows - 1);
        m_blocks.resize(first + shared);
        m_blocks += blocks.mid(shared);
        endInsertRows();
    } else {
        m_blocks.resize(first + shared);
        m_blocks += blocks.mid(shared);
    }
    if (hiddenBefore != hiddenBlocks())
        Q_EMIT hiddenBlocksChanged();
}

bool MarkdownBlocks::openLink(const QString &address) const
{
    return isOpenableLink(address) && QDesktopServices::openUrl(QUrl(address, QUrl::StrictMode));
}

void MarkdownBlocks::copy(const QString &text) const
{
    QGuiApplication::clipboard()->setText(text);
}

int MarkdownBlocks::rowCount(const QModelIndex &parent) const
{
    if (parent.isValid())
        return 0;
    return m_maximum > 0 ? std::min(int(m_blocks.size()), m_maximum) : int(m_blocks.size());
}

QVariant MarkdownBlocks::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const MarkdownBlock &block = m_blocks[index.row()];
    switch (role) {
    case TypeRole:
        return int(block.type);
    case LevelRole:
        return block.level;
    case IndentRole:
        return block.indent;
    case QuoteRole:
        return block.quote;
    case MarkerRole:
        return block.marker;
    case CheckRole:
        return block.check;
    case RichRole:
        return block.rich;
    case Qt::DisplayRole:
    case TextRole:
        return block.text;
    case LanguageRole:
        return block.language;
    case CellsRole:
        return block.cells;
    case ColumnsRole:
        return block.columns;
    default:
        return {};
    }
}

QHash<int, QByteArray> MarkdownBlocks::roleNames() const
{
    return { { TypeRole, "type" },         { LevelRole, "level" }, { IndentRole, "indent" },  { QuoteRole, "quote" },
             { MarkerRole, "marker" },     { CheckRole, "check" }, { RichRole, "rich" },      { TextRole, "text" },
             { LanguageRole, "language" }, { CellsRole, "cells" }, { ColumnsRole, "columns" } };
}

} // namespace foundry
