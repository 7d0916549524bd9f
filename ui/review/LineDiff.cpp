#include "LineDiff.h"

#include <algorithm>

namespace foundry {

namespace {

enum class Edit { keep, remove, add };

// The greedy algorithm of Myers (An O(ND) Difference Algorithm, 1986), bounded: past `maxCost` the rest is
// taken as replaced, so that hostile input costs memory and time of maxCost² at most.
template <class Same> std::vector<Edit> shortestEdits(qsizetype n, qsizetype m, qsizetype maxCost, Same same)
{
    const qsizetype limit = std::min(n + m, maxCost);
    const qsizetype middle = limit + 1;
    std::vector<qsizetype> furthest(size_t(2 * limit + 3), 0);
    std::vector<std::vector<qsizetype>> trace;
    const auto at = [&](const std::vector<qsizetype> &v, qsizetype k, qsizetype base) { return v[size_t(k + base)]; };
    qsizetype cost = 0;
    bool found = false;
    for (; cost <= limit && !found; ++cost) {
        for (qsizetype k = -cost; k <= cost; k += 2) {
            const bool down = k == -cost || (k != cost && at(furthest, k - 1, middle) < at(furthest, k + 1, middle));
            qsizetype x = down ? at(furthest, k + 1, middle) : at(furthest, k - 1, middle) + 1;
            qsizetype y = x - k;
            while (x < n && y < m && same(x, y)) {
                ++x;
                ++y;
            }
            furthest[size_t(k + middle)] = x;
            if (x >= n && y >= m) {
                found = true;
                break;
            }
        }
        // only the diagonals this round can have touched are needed to walk back
        trace.emplace_back(furthest.begin() + (middle - cost - 1), furthest.begin() + (middle + cost + 2));
    }
    std::vector<Edit> edits;
    if (!found) {
        edits.assign(size_t(n), Edit::remove);
        edits.insert(edits.end(), size_t(m), Edit::add);
        return edits;
    }
    qsizetype x = n;
    qsizetype y = m;
    for (qsizetype d = cost - 1; d > 0; --d) {
        const std::vector<qsizetype> &v = trace[size_t(d - 1)];
        const qsizetype base = d; // v holds the diagonals -d … d
        const qsizetype k = x - y;
        const bool down = k == -d || (k != d && at(v, k - 1, base) < at(v, k + 1, base));
        const qsizetype fromK = down ? k + 1 : k - 1;
        const qsizetype fromX = at(v, fromK, base);
        const qsizetype fromY = fromX - fromK;
        const qsizetype startX = down ? fromX : fromX + 1;
        for (; x > startX; --x, --y)
            edits.push_back(Edit::keep);
        edits.push_back(down ? Edit::add : Edit::remove);
        x = fromX;
        y = fromY;
    }
    for (; x > 0; --x)
        edits.push_back(Edit::keep);
    std::reverse(edits.begin(), edits.end());
    return edits;
}

// Words, runs of blanks, and single other characters.
QList<Span> wordsOf(QStringView line)
{
    QList<Span> words;
    qsizetype i = 0;
    const auto isWord = [](QChar c) { return c.isLetterOrNumber() || c == u'_' || c.isSurrogate(); };
    while (i < line.size()) {
        qsizetype end = i + 1;
        if (isWord(line[i])) {
            while (end < line.size() && isWord(line[end]))
                ++end;
        } else if (line[i].isSpace()) {
            while (end < line.size() && line[end].isSpace())
                ++end;
        }
        words.append({ i, end - i });
        i = end;
    }
    return words;
}

void mark(QList<Span> &marks, Span word)
{
    if (!marks.isEmpty() && marks.last().start + marks.last().length == word.start)
        marks.last().length += word.length;
    else
        marks.append(word);
}

// A blank between two marked words is marked too: one stretch reads better than two.
void closeGaps(QList<Span> &marks, QStringView line)
{
    for (qsizetype i = marks.size() - 1; i > 0; --i) {
        const qsizetype gapStart = marks[i - 1].start + marks[i - 1].length;
        const QStringView gap = line.mid(gapStart, marks[i].start - gapStart);
        if (!gap.trimmed().isEmpty())
            continue;
        marks[i - 1].length = marks[i].start + marks[i].length - marks[i - 1].start;
        marks.removeAt(i);
    }
}

QStringList linesOf(const QString &text, bool *noNewline)
{
    QStringList lines = text.split(u'\n');
    *noNewline = !lines.last().isEmpty();
    if (lines.last().isEmpty())
        lines.removeLast();
    for (QString &line : lines) {
        if (line.endsWith(u'\r'))
            line.chop(1);
    }
    return lines;
}

} // namespace

WordMarks wordMarks(QStringView before, QStringView after)
{
    if (before.size() > maxMarkedLine || after.size() > maxMarkedLine)
        return {};
    const QList<Span> olds = wordsOf(before);
    const QList<Span> news = wordsOf(after);
    const auto word = [](QStringView line, Span s) { return line.mid(s.start, s.length); };
    const std::vector<Edit> edits = shortestEdits(olds.size(), news.size(), 400, [&](qsizetype i, qsizetype j) {
        return word(before, olds[i]) == word(after, news[j]);
    });
    WordMarks marks;
    qsizetype i = 0;
    qsizetype j = 0;
    qsizetype kept = 0;
    for (const Edit edit : edits) {
        if (edit == Edit::keep) {
            if (!word(before, olds[i]).trimmed().isEmpty())
                kept += olds[i].length;
            ++i;
            ++j;
        } else if (edit == Edit::remove) {
            mark(marks.removed, olds[i++]);
        } else {
            mark(marks.added, news[j++]);
        }
    }
    const qsizetype longer = std::max(before.trimmed().size(), after.trimmed().size());
    if (kept * 4 < longer)
        return {};
    closeGaps(marks.removed, before);
    closeGaps(marks.added, after);
    return marks;
}

std::vector<DiffHunk> diffTexts(const QString &before, const QString &after, int context)
{
    bool oldOpen = false;
    bool newOpen = false;
    const QStringList olds = linesOf(before, &oldOpen);
    const QStringList news = linesOf(after, &newOpen);
    const bool tooLong = olds.size() > maxDiffedLines || news.size() > maxDiffedLines;
    const std::vector<Edit> edits = shortestEdits(olds.size(), news.size(), tooLong ? 0 : 2000,
                                                  [&](qsizetype i, qsizetype j) { return olds[i] == news[j]; });

    std::vector<DiffLine> lines;
    lines.reserve(edits.size());
    int i = 0;
    int j = 0;
    for (const Edit edit : edits) {
        if (edit == Edit::keep) {
            lines.push_back({ LineKind::context, i + 1, j + 1, olds[i], false });
            ++i;
            ++j;
        } else if (edit == Edit::remove) {
            lines.push_back({ LineKind::removed, i + 1, 0, olds[i], oldOpen && i == olds.size() - 1 });
            ++i;
        } else {
            lines.push_back({ LineKind::added, 0, j + 1, news[j], newOpen && j == news.size() - 1 });
            ++j;
        }
    }
    std::vector<DiffHunk> hunks;
    size_t shownTo = 0;
    for (size_t at = 0; at < lines.size(); ++at) {
        if (lines[at].kind == LineKind::context)
            continue;
        const size_t from = std::max(shownTo, at > size_t(context) ? at - size_t(context) : 0);
        if (hunks.empty() || from > shownTo)
            hunks.emplace_back();
        const size_t to = std::min(lines.size(), at + 1 + size_t(context));
        for (size_t line = from; line < to; ++line) {
            if (line >= shownTo)
                hunks.back().lines.push_back(lines[line]);
        }
        shownTo = std::max(shownTo, to);
    }
    return hunks;
}

} // namespace foundry
