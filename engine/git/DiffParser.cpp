#include "DiffParser.h"

#include <QHash>

#include <optional>

namespace foundry {

namespace {

FileState stateOf(char letter)
{
    switch (letter) {
    case 'A':
    case 'C':
        return FileState::added;
    case 'D':
        return FileState::deleted;
    case 'R':
        return FileState::renamed;
    case 'T':
        return FileState::typeChanged;
    default:
        return FileState::modified;
    }
}

// Hands out NUL-ended pieces one after the other.
class Pieces {
public:
    explicit Pieces(const QByteArray &bytes)
        : m_bytes(bytes)
    {
    }
    bool atEnd() const { return m_at >= m_bytes.size(); }
    char first() const { return atEnd() ? '\0' : m_bytes.at(m_at); }
    QByteArray next()
    {
        if (atEnd())
            return {};
        qsizetype end = m_bytes.indexOf('\0', m_at);
        if (end < 0)
            end = m_bytes.size();
        QByteArray piece = m_bytes.mid(m_at, end - m_at);
        m_at = end + 1;
        return piece;
    }

private:
    const QByteArray &m_bytes;
    qsizetype m_at = 0;
};

// ":100644 100755 <id> <id> R086" NUL path NUL [new path NUL]
ChangedFile rawEntry(const QByteArray &header, Pieces &pieces)
{
    ChangedFile file;
    const char letter = header.mid(header.lastIndexOf(' ') + 1).append('M').at(0);
    file.state = stateOf(letter);
    file.path = QString::fromUtf8(pieces.next());
    if (letter == 'R' || letter == 'C') {
        if (letter == 'R')
            file.oldPath = file.path;
        file.path = QString::fromUtf8(pieces.next());
    }
    return file;
}

struct Count {
    QString path;
    int added = 0;
    int removed = 0;
    bool binary = false;
};

// "12 TAB 3 TAB path" NUL, or "12 TAB 3 TAB" NUL old NUL new NUL; "-" for binary
Count countEntry(const QByteArray &piece, Pieces &pieces)
{
    Count count;
    const qsizetype first = piece.indexOf('\t');
    const qsizetype second = piece.indexOf('\t', first + 1);
    if (first < 0 || second < 0)
        return count;
    count.binary = piece.startsWith('-');
    count.added = piece.left(first).toInt();
    count.removed = piece.mid(first + 1, second - first - 1).toInt();
    QByteArray path = piece.mid(second + 1);
    if (path.isEmpty()) {
        pieces.next();
        path = pieces.next();
    }
    count.path = QString::fromUtf8(path);
    return count;
}

struct HunkStart {
    int oldNumber = 0;
    int newNumber = 0;
    int oldLength = 0;
    int newLength = 0;
    QString header;
};

// "-12,3", "+14"
bool readRange(const QByteArray &text, char sign, int &start, int &length)
{
    const qsizetype comma = text.indexOf(',');
    bool startOk = false;
    bool lengthOk = true;
    start = text.mid(1, comma < 0 ? -1 : comma - 1).toInt(&startOk);
    length = comma < 0 ? 1 : text.mid(comma + 1).toInt(&lengthOk);
    return text.startsWith(sign) && startOk && lengthOk && start >= 0 && length >= 0;
}

// "@@ -12,3 +14,4 @@ header"
std::optional<HunkStart> hunkStart(const QByteArray &line)
{
    const qsizetype end = line.indexOf(" @@", 3);
    if (!line.startsWith("@@ -") || end < 0)
        return std::nullopt;
    const QList<QByteArray> ranges = line.mid(3, end - 3).split(' ');
    HunkStart found;
    if (ranges.size() != 2 || !readRange(ranges.at(0), '-', found.oldNumber, found.oldLength)
        || !readRange(ranges.at(1), '+', found.newNumber, found.newLength))
        return std::nullopt;
    found.header = QString::fromUtf8(line.mid(end + 3)).trimmed();
    return found;
}

QString lineText(const QByteArray &line)
{
    QString text = QString::fromUtf8(line.mid(1));
    if (text.size() > maxLineCharacters) {
        text.truncate(maxLineCharacters - 2);
        text += u" \u2026"_s;
    }
    return text;
}

// One run over a patch. Lines are counted by the hunk's header, so that content which looks like a header
// ("--- a", "@@ …") stays content.
class PatchReader {
public:
    explicit PatchReader(FileDiff &diff)
        : m_diff(diff)
    {
    }

    // false: no more is wanted
    bool take(const QByteArray &line)
    {
        if (line.startsWith('\\')) { // "\ No newline at end of file"
            if (!m_diff.hunks.empty() && !m_diff.hunks.back().lines.empty())
                m_diff.hunks.back().lines.back().noNewline = true;
            return true;
        }
        if (m_oldLeft > 0 || m_newLeft > 0)
            return takeContent(line);
        if (const auto start = hunkStart(line)) {
            m_old = start->oldNumber;
            m_new = start->newNumber;
            m_oldLeft = start->oldLength;
            m_newLeft = start->newLength;
            m_diff.hunks.push_back({ start->header, {} });
        } else if (m_diff.hunks.empty() && (line.startsWith("Binary files ") || line.startsWith("GIT binary patch"))) {
            m_diff.file.binary = true;
        }
        return true;
    }

private:
    bool takeContent(const QByteArray &line)
    {
        if (++m_lines > limits::diffLines) {
            m_diff.cut = true;
            return false;
        }
        DiffLine found;
        const char kind = line.isEmpty() ? ' ' : line.at(0);
        found.kind = kind == '+' ? LineKind::added : kind == '-' ? LineKind::removed : LineKind::context;
        found.text = lineText(line);
        if (kind != '+') {
            found.oldNumber = m_old++;
            --m_oldLeft;
        }
        if (kind != '-') {
            found.newNumber = m_new++;
            --m_newLeft;
        }
        m_diff.hunks.back().lines.push_back(std::move(found));
        return true;
    }

    FileDiff &m_diff;
    int m_old = 0;
    int m_new = 0;
    int m_oldLeft = 0;
    int m_newLeft = 0;
    int m_lines = 0;
};

} // namespace

std::vector<ChangedFile> parseChangedFiles(const QByteArray &output, bool *cut)
{
    std::vector<ChangedFile> files;
    QHash<QString, qsizetype> places;
    bool tooMany = false;
    Pieces pieces(output);
    while (!pieces.atEnd()) {
        if (pieces.first() == ':') {
            const QByteArray header = pieces.next();
            ChangedFile file = rawEntry(header, pieces);
            tooMany = tooMany || files.size() >= size_t(limits::changedFiles);
            if (file.path.isEmpty() || tooMany)
                continue;
            places.insert(file.path, qsizetype(files.size()));
            files.push_back(std::move(file));
            continue;
        }
        const QByteArray piece = pieces.next();
        const Count count = countEntry(piece, pieces);
        const auto place = places.constFind(count.path);
        if (place == places.cend())
            continue;
        ChangedFile &file = files[size_t(*place)];
        file.added = count.added;
        file.removed = count.removed;
        file.binary = count.binary;
    }
    if (cut)
        *cut = tooMany;
    return files;
}

// ":160000 160000 <id> <id> M" NUL path NUL
std::vector<ChangedLink> parseChangedLinks(const QByteArray &output)
{
    std::vector<ChangedLink> links;
    Pieces pieces(output);
    while (!pieces.atEnd() && int(links.size()) < limits::changedFiles) {
        const QByteArray header = pieces.next();
        if (!header.startsWith(":160000 160000 "))
            continue;
        const QList<QByteArray> words = header.split(' ');
        if (words.size() != 5 || words.at(4) != "M")
            continue;
        links.push_back(
            { QString::fromUtf8(pieces.next()), QString::fromLatin1(words.at(2)), QString::fromLatin1(words.at(3)) });
    }
    return links;
}

FileDiff parsePatch(ChangedFile file, const QByteArray &patch)
{
    FileDiff diff { std::move(file), {}, false };
    PatchReader reader(diff);
    for (qsizetype at = 0; at < patch.size();) {
        qsizetype end = patch.indexOf('\n', at);
        if (end < 0)
            end = patch.size();
        if (!reader.take(patch.mid(at, end - at)))
            break;
        at = end + 1;
    }
    return diff;
}

} // namespace foundry
