#include "TerminalText.h"

#include <QRegularExpression>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace foundry::terminaltext {

namespace {

bool isOfWord(QChar c)
{
    return c.isLetterOrNumber() || c.isSurrogate() || u"_-./~:@%+#?&=,"_s.contains(c);
}

TerminalRange rangeOf(qint64 line, const QList<int> &columns, qsizetype begin, qsizetype end)
{
    return { { line, columns.value(begin) },
             { line,
               end < columns.size()    ? columns[end]
                   : columns.isEmpty() ? 0
                                       : columns.constLast() + 1 } };
}

} // namespace

QString ofRange(const TerminalEmulator &emulator, TerminalRange range)
{
    QString text;
    if (range.isEmpty())
        return text;
    const qint64 first = std::max(range.begin.line, emulator.firstLine());
    const qint64 last = std::min(range.end.line, emulator.endLine() - 1);
    for (qint64 number = first; number <= last && text.size() < maxCopied; ++number) {
        const TerminalLine cells = emulator.line(number);
        const int begin = number == range.begin.line ? range.begin.column : 0;
        const int end = number == range.end.line ? std::min(range.end.column, int(cells.size())) : int(cells.size());
        for (int column = begin; column < end; ++column) {
            const TerminalCell &cell = cells[size_t(column)];
            if (cell.width > 0)
                text += cell.text == 0 ? u" "_s : emulator.textOf(cell);
        }
        const bool goesOn = int(cells.size()) >= emulator.columns();
        if (number < last && !goesOn) {
            while (text.endsWith(u' '))
                text.chop(1);
            text += u'\n';
        }
    }
    return text;
}

QString ofScreen(const TerminalEmulator &emulator, qint64 firstLine)
{
    QStringList lines;
    for (int row = 0; row < emulator.rows(); ++row)
        lines.append(emulator.lineText(firstLine + row));
    while (!lines.isEmpty() && lines.constLast().isEmpty())
        lines.removeLast();
    return lines.join(u'\n');
}

TerminalRange wordAt(const TerminalEmulator &emulator, TerminalPlace place)
{
    QList<int> columns;
    const QString text = emulator.lineText(place.line, &columns);
    const qsizetype at = std::lower_bound(columns.begin(), columns.end(), place.column) - columns.begin();
    if (at >= text.size() || !isOfWord(text[at]))
        return { place, { place.line, place.column + 1 } };
    qsizetype begin = at;
    qsizetype end = at + 1;
    while (begin > 0 && isOfWord(text[begin - 1]))
        --begin;
    while (end < text.size() && isOfWord(text[end]))
        ++end;
    return rangeOf(place.line, columns, begin, end);
}

TerminalRange lineAt(const TerminalEmulator &, qint64 line)
{
    return { { line, 0 }, { line + 1, 0 } };
}

QUrl linkAt(const TerminalEmulator &emulator, TerminalPlace place)
{
    static const QRegularExpression address(uR"(https?://[^\s<>"'`]+)"_s);
    QList<int> columns;
    const QString text = emulator.lineText(place.line, &columns);
    for (QRegularExpressionMatchIterator found = address.globalMatch(text); found.hasNext();) {
        const QRegularExpressionMatch match = found.next();
        QString shown = match.captured();
        while (!shown.isEmpty() && u".,;:!?)]}"_s.contains(shown.back()))
            shown.chop(1);
        const TerminalRange range
            = rangeOf(place.line, columns, match.capturedStart(), match.capturedStart() + shown.size());
        if (range.begin <= place && place < range.end)
            return QUrl(shown, QUrl::StrictMode);
    }
    return {};
}

std::optional<TerminalRange> find(const TerminalEmulator &emulator, const QString &what, TerminalPlace from,
                                  bool backwards)
{
    const qint64 lines = emulator.endLine() - emulator.firstLine();
    if (what.isEmpty() || lines <= 0)
        return {};
    from.line = std::clamp(from.line, emulator.firstLine(), emulator.endLine() - 1);
    for (qint64 step = 0; step <= lines; ++step) {
        const qint64 offset = from.line - emulator.firstLine() + (backwards ? -step : step);
        const qint64 number = emulator.firstLine() + (offset % lines + lines) % lines;
        QList<int> columns;
        const QString text = emulator.lineText(number, &columns);
        qsizetype at
            = backwards ? text.lastIndexOf(what, -1, Qt::CaseInsensitive) : text.indexOf(what, 0, Qt::CaseInsensitive);
        while (at >= 0 && step == 0 && (backwards ? columns.value(at) >= from.column : columns.value(at) < from.column))
            at = backwards ? (at == 0 ? -1 : text.lastIndexOf(what, at - 1, Qt::CaseInsensitive))
                           : text.indexOf(what, at + 1, Qt::CaseInsensitive);
        if (at >= 0)
            return rangeOf(number, columns, at, at + what.size());
    }
    return {};
}

} // namespace foundry::terminaltext
