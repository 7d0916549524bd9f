// Markdown of agents and people as a flat list of blocks that QML draws natively. What an agent writes is
// hostile until shown otherwise: raw HTML is escaped, nothing is loaded, and only http, https and mailto
// addresses become links. Pure; any thread.
#pragma once

#include <QList>
#include <QString>
#include <QStringList>

namespace foundry {

struct MarkdownBlock {
    enum Type { Paragraph, Heading, Code, Table, Rule };
    Type type = Paragraph;
    int level = 0; // of a heading, 1 to 6
    int indent = 0; // depth of the list it is in, 0: none
    int quote = 0; // depth of block quotes
    QString marker; // "•", "3." on the first block of a list item
    int check = 0; // of a task list item: 0 none, 1 open, 2 done
    QString rich; // Paragraph, Heading: rich text, safe to draw
    QString text; // the same without marks, code as it is
    QString language; // of a code block, as written behind the fence
    QStringList cells; // Table: rich text, row by row, the first row is the head
    int columns = 0; // Table
    bool operator==(const MarkdownBlock &) const = default;
};

struct MarkdownPart {
    QList<MarkdownBlock> blocks;
    // Where the last block at the top level begins: what stands before it never changes while text is
    // appended, except by link definitions that come later.
    qsizetype lastStart = 0; // UTF-16 units
    qsizetype lastBlocks = 0; // how many of `blocks` belong to what begins there
};

// `keepBreaks`: a single line break is shown as one, as people expect of what they typed.
MarkdownPart parseMarkdown(QStringView text, bool keepBreaks);

// May a click open it? http, https and mailto with something behind, and nothing else.
bool isOpenableLink(const QString &address);

namespace limits {
inline constexpr qsizetype markdownBlock = 32 * 1024; // characters; a longer block is cut into several
inline constexpr int markdownDepth = 8; // lists and quotes inside each other, deeper is drawn at this depth
inline constexpr int tableCells = 2000; // a larger table is shown as its source
} // namespace limits

} // namespace foundry
