#include "TerminalPainter.h"

#include <QFontMetricsF>
#include <QGlyphRun>
#include <QPainter>

#include <cmath>

using namespace Qt::StringLiterals;

namespace foundry {

namespace {

constexpr double enoughContrast = 4.5;
constexpr qsizetype maxCached = 4096;

double linear(double part)
{
    return part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4);
}

double luminance(const QColor &colour)
{
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF());
}

double contrast(const QColor &a, const QColor &b)
{
    const double one = luminance(a);
    const double other = luminance(b);
    return (std::max(one, other) + 0.05) / (std::min(one, other) + 0.05);
}

// Lines, blocks and the like are drawings and not text.
bool isDrawing(char32_t c)
{
    return (c >= 0x2500 && c <= 0x259f) || (c >= 0xe0a0 && c <= 0xe0d7) || (c >= 0x2800 && c <= 0x28ff);
}

} // namespace

QColor TerminalPainter::readable(QColor ink, QColor ground)
{
    if (contrast(ink, ground) >= enoughContrast)
        return ink;
    const QColor goal = luminance(ground) < 0.18 ? QColor(Qt::white) : QColor(Qt::black);
    for (int step = 1; step < 10; ++step) {
        const auto mix = [&](float a, float b) { return a + (b - a) * float(step) / 10; };
        const QColor mixed = QColor::fromRgbF(mix(ink.redF(), goal.redF()), mix(ink.greenF(), goal.greenF()),
                                              mix(ink.blueF(), goal.blueF()));
        if (contrast(mixed, ground) >= enoughContrast)
            return mixed;
    }
    return goal;
}

void TerminalPainter::setLook(const TerminalLook &look)
{
    m_look = look;
    m_readable.clear();
    const QFontMetricsF metrics(look.font);
    m_cell = { std::max(1, qRound(metrics.horizontalAdvance(u'M'))), std::max(1, qCeil(metrics.height())) };
    m_ascent = qRound(metrics.ascent());
    for (size_t face = 0; face < m_faces.size(); ++face) {
        m_fonts[face] = look.font;
        m_fonts[face].setBold(face & 1);
        m_fonts[face].setItalic(face & 2);
        m_faces[face] = QRawFont::fromFont(m_fonts[face]);
        m_glyphs[face].clear();
    }
}

QColor TerminalPainter::resolved(TerminalColour colour, const QColor &standard) const
{
    if ((colour & colourKind) == colourTrue)
        return QColor::fromRgb(colour | 0xff000000);
    if ((colour & colourKind) != colourIndexed)
        return standard;
    const int index = int(colour & 0xff);
    if (index < 16)
        return m_look.colours[size_t(index)];
    if (index >= 232) {
        const int grey = 8 + (index - 232) * 10;
        return { grey, grey, grey };
    }
    const auto part = [](int step) { return step == 0 ? 0 : 55 + step * 40; };
    return { part((index - 16) / 36), part((index - 16) / 6 % 6), part((index - 16) % 6) };
}

TerminalPainter::Style TerminalPainter::styleOf(const TerminalCell &cell, bool selected)
{
    Style style { resolved(cell.foreground, m_look.ink), resolved(cell.background, m_look.ground), cell.flags };
    if (cell.flags & TerminalCell::reverse)
        std::swap(style.ink, style.ground);
    if (selected)
        style.ground = m_look.selection;
    if (!isDrawing(cell.text)) {
        const quint64 key = quint64(style.ink.rgb()) << 32 | style.ground.rgb();
        auto known = m_readable.constFind(key);
        if (known == m_readable.cend()) {
            if (m_readable.size() >= maxCached)
                m_readable.clear();
            known = m_readable.insert(key, readable(style.ink, style.ground));
        }
        style.ink = *known;
    }
    return style;
}

quint32 TerminalPainter::glyphOf(int face, char32_t c)
{
    auto &known = m_glyphs[size_t(face)];
    const auto found = known.constFind(c);
    if (found != known.cend())
        return *found;
    if (known.size() >= maxCached)
        known.clear();
    const QList<quint32> glyphs = m_faces[size_t(face)].glyphIndexesForString(QString::fromUcs4(&c, 1));
    return *known.insert(c, glyphs.size() == 1 ? glyphs.front() : 0);
}

void TerminalPainter::paintRun(QPainter &painter, const TerminalEmulator &emulator, const TerminalLine &line, int begin,
                               int end, QPoint at, const Style &style)
{
    const int face = (style.flags & TerminalCell::bold ? 1 : 0) | (style.flags & TerminalCell::italic ? 2 : 0);
    const QRect box(at.x() + begin * m_cell.width(), at.y(), (end - begin) * m_cell.width(), m_cell.height());
    if (style.ground != m_look.ground)
        painter.fillRect(box, style.ground);
    painter.setPen(style.ink);
    QList<quint32> glyphs;
    QList<QPointF> places;
    for (int column = begin; column < end; ++column) {
        const TerminalCell &cell = line[size_t(column)];
        if (cell.width == 0 || cell.text == 0 || cell.text == U' ')
            continue;
        const QPointF place(at.x() + column * m_cell.width(), at.y() + m_ascent);
        const quint32 glyph = cell.flags & TerminalCell::composed || cell.width > 1 ? 0 : glyphOf(face, cell.text);
        if (glyph != 0) {
            glyphs.append(glyph);
            places.append(place);
        } else { // another font has it
            painter.setFont(m_fonts[size_t(face)]);
            painter.drawText(place, emulator.textOf(cell));
        }
    }
    if (!glyphs.isEmpty()) {
        QGlyphRun run;
        run.setRawFont(m_faces[size_t(face)]);
        run.setGlyphIndexes(glyphs);
        run.setPositions(places);
        painter.drawGlyphRun({}, run);
    }
    if (style.flags & TerminalCell::underline)
        painter.fillRect(box.x(), at.y() + m_ascent + 2, box.width(), 1, style.ink);
    if (style.flags & TerminalCell::strike)
        painter.fillRect(box.x(), at.y() + m_ascent - m_cell.height() / 4, box.width(), 1, style.ink);
}

void TerminalPainter::paintLine(QPainter &painter, const TerminalEmulator &emulator, qint64 number, QPoint at,
                                int columns, TerminalRange selected)
{
    TerminalLine line = emulator.line(number);
    const bool anySelected = selected.begin.line <= number && number <= selected.end.line && !selected.isEmpty();
    if (anySelected) // its ground goes on behind the text of lines in the middle
        line.resize(size_t(std::max<int>(int(line.size()), number < selected.end.line ? columns : 0)));
    const int end = std::min(columns, int(line.size()));
    const auto styleAt = [&](int column) {
        const TerminalPlace place { number, column };
        return styleOf(line[size_t(column)], anySelected && selected.begin <= place && place < selected.end);
    };
    for (int begin = 0; begin < end;) {
        const Style style = styleAt(begin);
        int next = begin + 1;
        while (next < end && (line[size_t(next)].width == 0 || styleAt(next) == style))
            ++next;
        paintRun(painter, emulator, line, begin, next, at, style);
        begin = next;
    }
}

void TerminalPainter::paintCursor(QPainter &painter, const TerminalEmulator &emulator, QPoint at, bool focused)
{
    const TerminalEmulator::Cursor cursor = emulator.cursor();
    const TerminalLine line = emulator.line(emulator.screenLine() + cursor.row);
    const TerminalCell cell = cursor.column < int(line.size()) ? line[size_t(cursor.column)] : TerminalCell {};
    const QPoint place = at + QPoint(cursor.column * m_cell.width(), 0);
    const QRect box(place, QSize(m_cell.width() * std::max<int>(1, cell.width), m_cell.height()));
    if (!focused) {
        painter.setPen(m_look.cursor);
        painter.drawRect(box.adjusted(0, 0, -1, -1));
        return;
    }
    switch (cursor.shape) {
    case TerminalEmulator::CursorShape::underline:
        painter.fillRect(box.x(), box.bottom() - 1, box.width(), 2, m_look.cursor);
        return;
    case TerminalEmulator::CursorShape::bar:
        painter.fillRect(box.x(), box.y(), 2, box.height(), m_look.cursor);
        return;
    case TerminalEmulator::CursorShape::block:
        break;
    }
    painter.fillRect(box, m_look.cursor);
    painter.setPen(m_look.cursorText);
    painter.setFont(m_fonts[cell.flags & TerminalCell::bold ? 1 : 0]);
    painter.drawText(place + QPoint(0, m_ascent), emulator.textOf(cell));
}

} // namespace foundry
