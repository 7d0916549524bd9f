// Paints lines of a terminal: cells on a fixed grid, colours for the ground that they are on. GUI and render thread,
// never at the same time.
#pragma once

#include "TerminalEmulator.h"

#include <QColor>
#include <QFont>
#include <QHash>
#include <QRawFont>
#include <QSizeF>

#include <array>

class QPainter;

namespace foundry {

struct TerminalLook {
    std::array<QColor, 16> colours;
    QColor ground, ink, cursor, cursorText, selection;
    QFont font;
};

class TerminalPainter {
public:
    void setLook(const TerminalLook &look);
    const TerminalLook &look() const { return m_look; }
    QSize cell() const { return m_cell; }

    void paintLine(QPainter &painter, const TerminalEmulator &emulator, qint64 number, QPoint at, int columns,
                   TerminalRange selected);
    void paintCursor(QPainter &painter, const TerminalEmulator &emulator, QPoint at, bool focused);

    // As it is, made lighter or darker until it can be read on its ground (4.5:1).
    static QColor readable(QColor ink, QColor ground);
    QColor resolved(TerminalColour colour, const QColor &standard) const;

private:
    struct Style {
        QColor ink, ground;
        quint16 flags = 0;
        bool operator==(const Style &) const = default;
    };
    Style styleOf(const TerminalCell &cell, bool selected);
    void paintRun(QPainter &painter, const TerminalEmulator &emulator, const TerminalLine &line, int begin, int end,
                  QPoint at, const Style &style);
    quint32 glyphOf(int face, char32_t c);

    TerminalLook m_look;
    QSize m_cell { 8, 17 };
    int m_ascent = 13;
    std::array<QRawFont, 4> m_faces; // + 1: bold, + 2: italic
    std::array<QFont, 4> m_fonts;
    std::array<QHash<char32_t, quint32>, 4> m_glyphs;
    QHash<quint64, QColor> m_readable;
};

} // namespace foundry
