// One cell of a terminal's screen or scroll-back, small because there are millions.
#pragma once

#include <QtGlobal>

#include <vector>

namespace foundry {

// 0: the default; 0x01000000 + n: colour n of 256; 0x02rrggbb: as it is.
using TerminalColour = quint32;
inline constexpr TerminalColour colourIndexed = 0x01000000;
inline constexpr TerminalColour colourTrue = 0x02000000;
inline constexpr TerminalColour colourKind = 0xff000000;

struct TerminalCell {
    enum Flag : quint16 {
        bold = 1,
        italic = 2,
        underline = 4,
        strike = 8,
        reverse = 16,
        composed = 32, // `text` is a number of TerminalEmulator's table of sequences
    };
    char32_t text = 0; // 0: empty, or the right half of a wide character
    TerminalColour foreground = 0;
    TerminalColour background = 0;
    quint16 flags = 0;
    quint8 width = 1;

    bool isBlank() const { return (text == 0 || text == U' ') && background == 0 && flags == 0; }
    bool operator==(const TerminalCell &) const = default;
};

using TerminalLine = std::vector<TerminalCell>;

// A place in all that can be seen: lines are counted from the first that ever was, so that a place stays where it is
// when lines scroll away.
struct TerminalPlace {
    qint64 line = 0;
    int column = 0;
    auto operator<=>(const TerminalPlace &) const = default;
};

// From `begin` up to and without `end`.
struct TerminalRange {
    TerminalPlace begin, end;
    bool isEmpty() const { return !(begin < end); }
    bool operator==(const TerminalRange &) const = default;
};

} // namespace foundry
