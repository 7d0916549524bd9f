#include "BranchNames.h"

#include <foundry/Values.h>

#include <QHash>
#include <QRegularExpression>
#include <QStringList>
#include <QTextBoundaryFinder>

#include <algorithm>

namespace foundry {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype maxTitle = 72; // characters
constexpr qsizetype maxBranch = 60;
constexpr qsizetype maxWord = 40;
constexpr qsizetype scannedPrompt = 20'000; // a title is never found further down
constexpr qsizetype maxComponentBytes = 240; // a file's name, with room for ".lock"

// What a task's first word says about its kind → the branch's first part.
const QHash<QString, QString> &kinds()
{
    static const QHash<QString, QString> known {
        { u"fix"_s, u"fix"_s },          { u"fixes"_s, u"fix"_s },         { u"repair"_s, u"fix"_s },
        { u"correct"_s, u"fix"_s },      { u"resolve"_s, u"fix"_s },       { u"solve"_s, u"fix"_s },
        { u"debug"_s, u"fix"_s },        { u"add"_s, u"add"_s },           { u"implement"_s, u"add"_s },
        { u"create"_s, u"add"_s },       { u"introduce"_s, u"add"_s },     { u"build"_s, u"add"_s },
        { u"write"_s, u"add"_s },        { u"support"_s, u"add"_s },       { u"remove"_s, u"remove"_s },
        { u"delete"_s, u"remove"_s },    { u"drop"_s, u"remove"_s },       { u"refactor"_s, u"refactor"_s },
        { u"rewrite"_s, u"refactor"_s }, { u"simplify"_s, u"refactor"_s }, { u"update"_s, u"update"_s },
        { u"upgrade"_s, u"update"_s },   { u"bump"_s, u"update"_s },       { u"change"_s, u"update"_s },
        { u"rename"_s, u"rename"_s },    { u"test"_s, u"test"_s },         { u"document"_s, u"docs"_s },
        { u"improve"_s, u"improve"_s },  { u"optimize"_s, u"improve"_s },  { u"optimise"_s, u"improve"_s },
    };
    return known;
}

// A commit's type at the beginning of a line → the verb that says the same.
const QHash<QString, QString> &verbsOfTypes()
{
    static const QHash<QString, QString> verbs {
        { u"fix"_s, u"Fix"_s },
        { u"bugfix"_s, u"Fix"_s },
        { u"bug"_s, u"Fix"_s },
        { u"feat"_s, u"Add"_s },
        { u"feature"_s, u"Add"_s },
        { u"docs"_s, u"Document"_s },
        { u"test"_s, u"Test"_s },
        { u"tests"_s, u"Test"_s },
        { u"refactor"_s, u"Refactor"_s },
        { u"perf"_s, u"Improve"_s },
        { u"chore"_s, {} },
        { u"build"_s, {} },
        { u"ci"_s, {} },
        { u"style"_s, {} },
        { u"todo"_s, {} },
        { u"task"_s, {} },
    };
    return verbs;
}

// Letters that do not decompose into ASCII.
QString asciiOf(QChar letter)
{
    static const QHash<QChar, QString> table = [] {
        QHash<QChar, QString> all {
            { u'ß', u"ss"_s }, { u'æ', u"ae"_s }, { u'ø', u"o"_s },  { u'œ', u"oe"_s }, { u'ł', u"l"_s },
            { u'đ', u"d"_s },  { u'ð', u"d"_s },  { u'þ', u"th"_s }, { u'ı', u"i"_s },
        };
        const QString cyrillic = u"абвгдежзиклмнопрстуфхцчшщъыьэюяіґє"_s;
        const QStringList latin
            = u"a b v g d e zh z i k l m n o p r s t u f kh ts ch sh shch - y - e yu ya i g ie"_s.split(u' ');
        for (qsizetype i = 0; i < cyrillic.size(); ++i)
            all.insert(cyrillic.at(i), latin.at(i) == u"-"_s ? u""_s : latin.at(i));
        const QString greek = u"αβγδεζηθικλμνξοπρσςτυφχψω"_s;
        const QStringList greekLatin = u"a v g d e z i th i k l m n x o p r s s t y f ch ps o"_s.split(u' ');
        for (qsizetype i = 0; i < greek.size(); ++i)
            all.insert(greek.at(i), greekLatin.at(i));
        return all;
    }();
    return table.value(letter);
}

QStringList asciiWords(QStringView text)
{
    QStringList words { QString() };
    for (const QChar c : text.toString().toLower().normalized(QString::NormalizationForm_KD)) {
        const bool plain = (c >= u'a' && c <= u'z') || (c >= u'0' && c <= u'9');
        const QString other = plain ? QString(c) : asciiOf(c);
        if (!other.isEmpty())
            words.last() += other;
        else if (!c.isMark() && c != u'\'' && c != u'’' && !c.isLetter() && !words.last().isEmpty())
            words << QString();
    }
    words.removeAll(QString());
    return words;
}

bool isVisible(QStringView text)
{
    return std::ranges::any_of(text, [](QChar c) {
        return !c.isSpace() && c.category() != QChar::Other_Control && c.category() != QChar::Other_Format
            && !c.isMark();
    });
}

QString withoutMarkdown(QString line)
{
    static const QRegularExpression front(u"^(?:\\s|#{1,6}\\s|>|[-*+]\\s(?:\\[[ xX]\\]\\s)?|\\d{1,3}[.)]\\s)+"_s);
    static const QRegularExpression link(u"!?\\[([^\\[\\]]*)\\]\\([^()\\s]*\\)"_s);
    static const QRegularExpression comment(u"<!--.*?(?:-->|$)"_s);
    static const QRegularExpression emphasis(u"(\\*\\*|__|~~|\\*|`+)(?=\\S)(.+?)(?<=\\S)\\1"_s);
    static const QRegularExpression closing(u"\\s+#+\\s*$"_s);
    line.remove(comment);
    line.remove(front);
    line.replace(link, u"\\1"_s);
    line.replace(emphasis, u"\\2"_s);
    line.remove(closing);
    line.removeIf([](QChar c) {
        const bool joins = c == QChar(0x200d) || c == QChar(0x200c);
        return !joins
            && (c.category() == QChar::Other_Format || (c.category() == QChar::Other_Control && !c.isSpace()));
    });
    return line.simplified();
}

// "fix(login): loop" → "Fix loop"; "Please, can you add …?" → "add …"
QString withoutNoise(QString line)
{
    static const QRegularExpression type(u"^([A-Za-z]+)(?:\\([^)]*\\))?!?:\\s+(?=\\S)"_s);
    static const QRegularExpression polite(
        u"^(?:please|pls|can you|could you|would you|i want you to|i'd like you to)\\b[,\\s]*(?=\\S)"_s,
        QRegularExpression::CaseInsensitiveOption);
    const QRegularExpressionMatch match = type.match(line);
    if (match.hasMatch() && verbsOfTypes().contains(match.captured(1).toLower())) {
        line = line.mid(match.capturedEnd());
        const QString verb = verbsOfTypes().value(match.captured(1).toLower());
        const bool saysIt = kinds().contains(line.section(u' ', 0, 0).toLower());
        if (!verb.isEmpty() && !saysIt)
            line = verb + u' ' + line;
    }
    for (int i = 0; i < 3 && polite.match(line).hasMatch(); ++i)
        line.remove(polite);
    while (line.size() > 1 && u".,:;"_s.contains(line.back()))
        line.chop(1);
    const QString first = line.section(u' ', 0, 0);
    if (std::ranges::all_of(first, [](QChar c) { return c.isLetter() && c.isLower(); }) && !first.isEmpty())
        line[0] = line.at(0).toUpper();
    return line;
}

// At most `limit` characters, between words where there are some, never inside of what reads as one character.
QString cutNicely(const QString &text, qsizetype limit)
{
    if (text.size() <= limit)
        return text;
    QTextBoundaryFinder graphemes(QTextBoundaryFinder::Grapheme, text);
    graphemes.setPosition(limit - 1);
    const qsizetype end = graphemes.isAtBoundary() ? limit - 1 : std::max<qsizetype>(graphemes.toPreviousBoundary(), 0);
    const qsizetype space = text.at(end) == u' ' ? end : text.lastIndexOf(u' ', end);
    QString cut = text.left(space > limit / 3 ? space : end);
    while (!cut.isEmpty() && (cut.back().isSpace() || u".,:;-"_s.contains(cut.back())))
        cut.chop(1);
    return cut + u'…';
}

QString joined(const QString &front, const QStringList &words)
{
    QString branch = front;
    for (const QString &word : words) {
        const QString part = word.left(maxWord);
        const bool first = branch.endsWith(u'/');
        if (branch.size() + part.size() + (first ? 0 : 1) > maxBranch)
            break;
        branch += first ? part : u'-' + part;
    }
    return branch;
}

bool isValidComponent(QStringView part)
{
    return !part.isEmpty() && !part.startsWith(u'.') && !part.endsWith(u".lock"_s, Qt::CaseInsensitive)
        && part.toUtf8().size() <= maxComponentBytes;
}

bool hasValidParts(QStringView name)
{
    static const QString forbidden = u" ~^:?*[\\"_s;
    if (name.contains(u".."_s) || name.contains(u"@{"_s) || name.endsWith(u'.') || !name.isValidUtf16())
        return false;
    if (std::ranges::any_of(name,
                            [](QChar c) { return c.unicode() < 0x20 || c.unicode() == 0x7f || forbidden.contains(c); }))
        return false;
    const auto parts = name.split(u'/');
    return std::ranges::all_of(parts, isValidComponent);
}

} // namespace

QString titleFromPrompt(QStringView prompt)
{
    QString code; // of a prompt that is nothing but a block of code
    for (const QStringView line : prompt.left(scannedPrompt).split(u'\n')) {
        const QStringView trimmed = line.trimmed();
        if (trimmed.startsWith(u"```"_s) || trimmed.startsWith(u"~~~"_s))
            continue;
        const QString plain = withoutMarkdown(trimmed.toString());
        const QString title = cutNicely(withoutNoise(plain), maxTitle);
        if (std::ranges::any_of(title, [](QChar c) { return c.isLetterOrNumber() || c.isSurrogate(); }))
            return title;
        if (code.isEmpty() && isVisible(trimmed))
            code = cutNicely(isVisible(title) ? title : trimmed.toString().simplified(), maxTitle);
    }
    return code;
}

QString branchFromTitle(QStringView title)
{
    QStringList words = asciiWords(title);
    for (const QString &article : { u"the"_s, u"a"_s, u"an"_s })
        words.removeAll(article);
    QString front = u"task/"_s;
    if (words.size() > 1 && kinds().contains(words.first()))
        front = kinds().value(words.takeFirst()) + u'/';
    return joined(front, words.isEmpty() ? QStringList { u"new"_s } : words);
}

QString uniqueBranch(const QString &branch, const QSet<QString> &taken)
{
    QSet<QString> names;
    QSet<QString> folders;
    for (const QString &one : taken) {
        const QString lower = one.toLower();
        names.insert(lower);
        for (qsizetype at = lower.indexOf(u'/'); at >= 0; at = lower.indexOf(u'/', at + 1))
            folders.insert(lower.left(at));
    }
    const auto liesBelow = [&](const QString &lower) {
        for (qsizetype at = lower.indexOf(u'/'); at >= 0; at = lower.indexOf(u'/', at + 1)) {
            if (names.contains(lower.left(at)))
                return true;
        }
        return false;
    };
    QString base = branch.left(limits::branchCharacters - 12);
    if (liesBelow(base.toLower())) // no number helps where "fix" is a branch and not a folder
        base.replace(u'/', u'-');
    QString candidate = base;
    // Ends: each name and folder can refuse one candidate.
    for (int number = 2; names.contains(candidate.toLower()) || folders.contains(candidate.toLower()); ++number)
        candidate = u"%1-%2"_s.arg(base).arg(number);
    return candidate;
}

bool isValidBranch(QStringView branch)
{
    return !branch.isEmpty() && branch.size() <= limits::branchCharacters && !branch.startsWith(u'-')
        && branch != u"HEAD"_s && branch != u"@"_s && hasValidParts(branch);
}

bool isValidRef(QStringView ref)
{
    return ref == u"HEAD"_s
        || (ref.startsWith(u"refs/"_s) && ref.size() <= 2 * limits::branchCharacters && hasValidParts(ref));
}

bool isCommitId(const QString &text)
{
    static const QRegularExpression id(u"\\A(?:[0-9a-f]{40}|[0-9a-f]{64})\\z"_s);
    return id.match(text).hasMatch();
}

bool isRevision(const QString &text)
{
    return isCommitId(text) || isValidRef(text);
}

} // namespace foundry
