// Which lines and words differ between two texts. Pure; any thread.
#pragma once

#include <foundry/Values.h>

#include <QList>
#include <QString>

namespace foundry {

// A stretch of a line in UTF-16 units.
struct Span {
    qsizetype start = 0;
    qsizetype length = 0;
    bool operator==(const Span &) const = default;
};

struct WordMarks {
    QList<Span> removed; // in the old line
    QList<Span> added; // in the new line
};

// The words that differ between two versions of one line. Nothing is marked when the lines have so
// little in common that marks would only be noise, or when one is longer than maxMarkedLine.
inline constexpr qsizetype maxMarkedLine = 1000; // UTF-16 units
WordMarks wordMarks(QStringView before, QStringView after);

// The hunks between two texts with `context` unchanged lines around each change; numbers are 1-based.
// Past maxDiffedLines on either side the texts are shown as removed and added in one piece.
inline constexpr qsizetype maxDiffedLines = 20'000;
std::vector<DiffHunk> diffTexts(const QString &before, const QString &after, int context = 3);

} // namespace foundry
