#include "DiffModel.h"

#include <algorithm>

namespace foundry {

namespace {

// What steers the output instead of being read: control characters, and those that reorder text
// (a line must not look other than it is: CVE-2021-42574).
bool steers(QChar c)
{
    const char16_t u = c.unicode();
    return c.category() == QChar::Other_Control || (u >= 0x202a && u <= 0x202e) || (u >= 0x2066 && u <= 0x2069);
}

QString shown(const QString &line)
{
    QString text;
    text.reserve(line.size());
    for (const QChar c : line) {
        if (c == u'\t')
            text += QString(4 - text.size() % 4, u' ');
        else
            text += steers(c) ? QChar(0xfffd) : c;
        if (text.size() > DiffModel::maxShownLine) {
            text.truncate(DiffModel::maxShownLine);
            text += u'\u2026';
            break;
        }
    }
    return text;
}

QString hunkTitle(const DiffHunk &hunk)
{
    int first = 0;
    for (const DiffLine &line : hunk.lines) {
        first = line.newNumber ? line.newNumber : line.oldNumber;
        if (first)
            break;
    }
    QString title = u"@@ %1"_s.arg(first);
    if (!hunk.header.isEmpty())
        title += u"  "_s + hunk.header;
    return title;
}

QString blanksKept(QStringView text)
{
    return text.toString().toHtmlEscaped().replace(u' ', QChar(0xa0));
}

} // namespace

DiffModel::DiffModel(QObject *parent)
    : QAbstractListModel(parent)
{
}

void DiffModel::setHunks(std::vector<DiffHunk> hunks)
{
    std::vector<Row> rows;
    for (const DiffHunk &hunk : hunks) {
        // a fragment that begins at its first line needs no header
        const bool begins = rows.empty() && !hunk.lines.empty() && hunk.header.isEmpty()
            && std::max(hunk.lines.front().oldNumber, hunk.lines.front().newNumber) == 1;
        if (!begins)
            rows.push_back({ Hunk, 0, 0, hunkTitle(hunk), false, -1 });
        for (const DiffLine &line : hunk.lines) {
            const Kind kind = line.kind == LineKind::added ? Added : line.kind == LineKind::removed ? Removed : Context;
            rows.push_back({ kind, line.oldNumber, line.newNumber, shown(line.text), line.noNewline, -1 });
        }
    }
    setRows(std::move(rows));
}

void DiffModel::clear()
{
    setRows({});
}

void DiffModel::setRows(std::vector<Row> rows)
{
    pairChanges(rows);
    beginResetModel();
    m_rows = std::move(rows);
    m_longest = 0;
    m_added = 0;
    m_removed = 0;
    for (const Row &row : m_rows) {
        m_longest = std::max(m_longest, int(row.text.size()));
        m_added += row.kind == Added;
        m_removed += row.kind == Removed;
    }
    endResetModel();
    Q_EMIT shapeChanged();
}

// In a run of removed lines followed by as many added ones, the n-th belongs to the n-th.
void DiffModel::pairChanges(std::vector<Row> &rows) const
{
    for (size_t i = 0; i < rows.size();) {
        if (rows[i].kind != Removed) {
            ++i;
            continue;
        }
        const size_t removedFrom = i;
        while (i < rows.size() && rows[i].kind == Removed)
            ++i;
        const size_t addedFrom = i;
        while (i < rows.size() && rows[i].kind == Added)
            ++i;
        const size_t pairs = std::min(addedFrom - removedFrom, i - addedFrom);
        for (size_t p = 0; p < pairs; ++p) {
            rows[removedFrom + p].partner = int(addedFrom + p);
            rows[addedFrom + p].partner = int(removedFrom + p);
        }
    }
}

void DiffModel::setBefore(const QString &text)
{
    if (m_before == text)
        return;
    m_before = text;
    diffTextsAgain();
}

void DiffModel::setAfter(const QString &text)
{
    if (m_after == text)
        return;
    m_after = text;
    diffTextsAgain();
}

void DiffModel::diffTextsAgain()
{
    setHunks(diffTexts(m_before, m_after));
    Q_EMIT textsChanged();
}

void DiffModel::setMaximumRows(int rows)
{
    if (m_maximumRows == rows)
        return;
    beginResetModel();
    m_maximumRows = rows;
    endResetModel();
    Q_EMIT maximumRowsChanged();
    Q_EMIT shapeChanged();
}

bool DiffModel::startsChange(int row) const
{
    const auto changed = [this](int r) { return m_rows[size_t(r)].kind == Added || m_rows[size_t(r)].kind == Removed; };
    return changed(row) && (row == 0 || !changed(row - 1));
}

int DiffModel::nextChange(int row) const
{
    for (int r = std::max(row + 1, 0); r < rowCount(); ++r) {
        if (startsChange(r))
            return r;
    }
    return -1;
}

int DiffModel::previousChange(int row) const
{
    for (int r = std::min(row, rowCount()) - 1; r >= 0; --r) {
        if (startsChange(r))
            return r;
    }
    return -1;
}

int DiffModel::lineNumber(int row) const
{
    if (row < 0 || row >= rowCount())
        return 0;
    const Row &line = m_rows[size_t(row)];
    return line.newNumber ? line.newNumber : line.oldNumber;
}

QString DiffModel::lineText(int row) const
{
    return row < 0 || row >= rowCount() ? QString() : m_rows[size_t(row)].text;
}

int DiffModel::rowCount(const QModelIndex &parent) const
{
    if (parent.isValid())
        return 0;
    const int all = int(m_rows.size());
    return m_maximumRows > 0 ? std::min(all, m_maximumRows) : all;
}

QString DiffModel::markup(const Row &row) const
{
    if (row.partner < 0)
        return {};
    const Row &other = m_rows[size_t(row.partner)];
    const bool isNew = row.kind == Added;
    const WordMarks marks = isNew ? wordMarks(other.text, row.text) : wordMarks(row.text, other.text);
    const QList<Span> &mine = isNew ? marks.added : marks.removed;
    if (mine.isEmpty())
        return {};
    QString rich;
    qsizetype at = 0;
    const QStringView text(row.text);
    for (const Span span : mine) {
        rich += blanksKept(text.mid(at, span.start - at)) + u"<span class=\"w\">"_s
            + blanksKept(text.mid(span.start, span.length)) + u"</span>"_s;
        at = span.start + span.length;
    }
    return rich + blanksKept(text.mid(at));
}

QVariant DiffModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Row &row = m_rows[size_t(index.row())];
    switch (role) {
    case KindRole:
        return int(row.kind);
    case OldNumberRole:
        return row.oldNumber;
    case NewNumberRole:
        return row.newNumber;
    case Qt::DisplayRole:
    case TextRole:
        return row.text;
    case MarkupRole:
        return markup(row);
    case NoNewlineRole:
        return row.noNewline;
    default:
        return {};
    }
}

QHash<int, QByteArray> DiffModel::roleNames() const
{
    return { { KindRole, "kind" }, { OldNumberRole, "oldNumber" }, { NewNumberRole, "newNumber" },
             { TextRole, "text" }, { MarkupRole, "markup" },       { NoNewlineRole, "noNewline" } };
}

} // namespace foundry
