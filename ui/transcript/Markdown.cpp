#include "Markdown.h"

#include <QUrl>

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <mutex>

namespace foundry {

using namespace Qt::StringLiterals;

namespace {

struct NodeFree {
    void operator()(cmark_node *node) const { cmark_node_free(node); }
};
using Document = std::unique_ptr<cmark_node, NodeFree>;

// The extensions' node types are not in the installed headers; their names are.
bool isExtension(cmark_node *node, const char *type)
{
    return std::strcmp(cmark_node_get_type_string(node), type) == 0;
}

QString literal(cmark_node *node)
{
    return QString::fromUtf8(cmark_node_get_literal(node));
}

Document parse(const QByteArray &utf8)
{
    static std::once_flag registered;
    std::call_once(registered, [] { cmark_gfm_core_extensions_ensure_registered(); });
    cmark_parser *parser = cmark_parser_new(CMARK_OPT_VALIDATE_UTF8);
    for (const char *name : { "table", "strikethrough", "autolink", "tasklist" }) {
        if (cmark_syntax_extension *extension = cmark_find_syntax_extension(name))
            cmark_parser_attach_syntax_extension(parser, extension);
    }
    cmark_parser_feed(parser, utf8.constData(), size_t(utf8.size()));
    Document document(cmark_parser_finish(parser));
    cmark_parser_free(parser);
    return document;
}

// One paragraph's inlines, as rich text and as plain text. Iterative: nesting is up to the author.
class Inlines {
public:
    Inlines(cmark_node *block, bool keepBreaks)
        : m_keepBreaks(keepBreaks)
    {
        cmark_iter *walk = cmark_iter_new(block);
        for (cmark_event_type event = cmark_iter_next(walk); event != CMARK_EVENT_DONE; event = cmark_iter_next(walk)) {
            cmark_node *node = cmark_iter_get_node(walk);
            if (node != block)
                visit(node, event == CMARK_EVENT_ENTER);
        }
        cmark_iter_free(walk);
    }
    QString rich;
    QString text;

private:
    void plain(const QString &piece)
    {
        rich += piece.toHtmlEscaped();
        text += piece;
    }
    void link(cmark_node *node, bool enter)
    {
        const QString address = QString::fromUtf8(cmark_node_get_url(node));
        const bool openable = isOpenableLink(address);
        if (enter && openable)
            rich += u"<a href=\""_s + address.toHtmlEscaped() + u"\">"_s;
        else if (!enter && openable)
            rich += u"</a>"_s;
    }
    void visit(cmark_node *node, bool enter)
    {
        const cmark_node_type type = cmark_node_get_type(node);
        if (type == CMARK_NODE_TEXT) {
            plain(literal(node));
        } else if (type == CMARK_NODE_SOFTBREAK) {
            rich += m_keepBreaks ? u"<br>"_s : u" "_s;
            text += m_keepBreaks ? u'\n' : u' ';
        } else if (type == CMARK_NODE_LINEBREAK) {
            rich += u"<br>"_s;
            text += u'\n';
        } else if (type == CMARK_NODE_CODE) {
            rich += u"<code>"_s + literal(node).toHtmlEscaped().replace(u' ', QChar(0xa0)) + u"</code>"_s;
            text += literal(node);
        } else if (type == CMARK_NODE_HTML_INLINE) {
            plain(literal(node));
        } else if (type == CMARK_NODE_EMPH) {
            rich += enter ? u"<i>"_s : u"</i>"_s;
        } else if (type == CMARK_NODE_STRONG) {
            rich += enter ? u"<b>"_s : u"</b>"_s;
        } else if (isExtension(node, "strikethrough")) {
            rich += enter ? u"<s>"_s : u"</s>"_s;
        } else if (type == CMARK_NODE_LINK) {
            link(node, enter);
        } else if (type == CMARK_NODE_IMAGE) {
            // never loaded: its words stand for it, as a link where its address may be opened
            if (enter && !cmark_node_first_child(node))
                plain(u"image"_s);
        }
    }
    bool m_keepBreaks;
};

class Reader {
public:
    explicit Reader(bool keepBreaks)
        : m_keepBreaks(keepBreaks)
    {
    }
    QList<MarkdownBlock> blocks;

    // Containers are walked with a stack of our own: a document may nest as deep as its author likes.
    void read(cmark_node *top)
    {
        cmark_iter *walk = cmark_iter_new(top);
        for (cmark_event_type event = cmark_iter_next(walk); event != CMARK_EVENT_DONE; event = cmark_iter_next(walk)) {
            cmark_node *node = cmark_iter_get_node(walk);
            const bool enter = event == CMARK_EVENT_ENTER;
            const cmark_node_type type = cmark_node_get_type(node);
            if (type == CMARK_NODE_BLOCK_QUOTE)
                m_quote += enter ? 1 : -1;
            else if (type == CMARK_NODE_LIST)
                m_indent += enter ? 1 : -1;
            else if (type == CMARK_NODE_ITEM)
                item(node, enter);
            else if (enter && leaf(node, type))
                skip(walk, node);
        }
        cmark_iter_free(walk);
    }

private:
    static void skip(cmark_iter *walk, cmark_node *node) { cmark_iter_reset(walk, node, CMARK_EVENT_EXIT); }

    void item(cmark_node *node, bool enter)
    {
        if (!enter) {
            m_marker.clear();
            m_check = 0;
            return;
        }
        cmark_node *list = cmark_node_parent(node);
        if (cmark_node_get_list_type(list) == CMARK_ORDERED_LIST) {
            int number = cmark_node_get_list_start(list);
            for (cmark_node *before = cmark_node_previous(node); before; before = cmark_node_previous(before))
                ++number;
            m_marker = u"%1."_s.arg(number);
        } else {
            m_marker = u"\u2022"_s;
        }
        if (isExtension(node, "tasklist"))
            m_check = cmark_gfm_extensions_get_tasklist_item_checked(node) ? 2 : 1;
    }

    MarkdownBlock begin(MarkdownBlock::Type type)
    {
        MarkdownBlock block;
        block.type = type;
        block.indent = std::min(m_indent, limits::markdownDepth);
        block.quote = std::min(m_quote, limits::markdownDepth);
        block.marker = std::exchange(m_marker, {});
        block.check = std::exchange(m_check, 0);
        return block;
    }

    bool leaf(cmark_node *node, cmark_node_type type)
    {
        if (type == CMARK_NODE_PARAGRAPH || type == CMARK_NODE_HEADING)
            words(node, type == CMARK_NODE_HEADING);
        else if (type == CMARK_NODE_CODE_BLOCK)
            code(literal(node), QString::fromUtf8(cmark_node_get_fence_info(node)).section(u' ', 0, 0));
        else if (type == CMARK_NODE_HTML_BLOCK)
            code(literal(node), u"html"_s);
        else if (type == CMARK_NODE_THEMATIC_BREAK)
            blocks.append(begin(MarkdownBlock::Rule));
        else if (isExtension(node, "table"))
            table(node);
        else
            return false;
        return true;
    }

    void words(cmark_node *node, bool heading)
    {
        const Inlines inlines(node, m_keepBreaks);
        MarkdownBlock block = begin(heading ? MarkdownBlock::Heading : MarkdownBlock::Paragraph);
        block.level = heading ? cmark_node_get_heading_level(node) : 0;
        if (inlines.text.size() <= limits::markdownBlock) {
            block.rich = inlines.rich;
            block.text = inlines.text;
            blocks.append(block);
            return;
        }
        // nobody reads a paragraph of this size: cut, and without its marks
        for (qsizetype at = 0; at < inlines.text.size(); at += limits::markdownBlock) {
            block.text = inlines.text.mid(at, limits::markdownBlock);
            block.rich = block.text.toHtmlEscaped();
            blocks.append(block);
            block.marker.clear();
            block.check = 0;
        }
    }

    void code(QString source, const QString &language)
    {
        if (source.endsWith(u'\n'))
            source.chop(1);
        MarkdownBlock block = begin(MarkdownBlock::Code);
        block.language = language;
        for (qsizetype at = 0; at == 0 || at < source.size();) {
            qsizetype end = at + limits::markdownBlock;
            if (end < source.size()) {
                const qsizetype line = source.lastIndexOf(u'\n', end);
                end = line > at ? line + 1 : end;
            }
            block.text = source.mid(at, end - at);
            if (end < source.size() && block.text.endsWith(u'\n'))
                block.text.chop(1);
            blocks.append(block);
            block.marker.clear();
            at = end;
        }
    }

    void table(cmark_node *node)
    {
        MarkdownBlock block = begin(MarkdownBlock::Table);
        for (cmark_node *row = cmark_node_first_child(node); row; row = cmark_node_next(row)) {
            int columns = 0;
            for (cmark_node *cell = cmark_node_first_child(row); cell; cell = cmark_node_next(cell)) {
                const Inlines inlines(cell, false);
                block.cells.append(inlines.rich);
                block.text += (columns++ ? u"\t"_s : QString()) + inlines.text;
            }
            block.text += u'\n';
            block.columns = std::max(block.columns, columns);
            if (block.cells.size() > limits::tableCells) {
                char *source = cmark_render_commonmark(node, CMARK_OPT_DEFAULT, 0);
                code(QString::fromUtf8(source), {});
                cmark_get_default_mem_allocator()->free(source);
                return;
            }
        }
        blocks.append(block);
    }

    bool m_keepBreaks;
    int m_indent = 0;
    int m_quote = 0;
    QString m_marker;
    int m_check = 0;
};

qsizetype startOfLine(QStringView text, int line)
{
    qsizetype at = 0;
    for (int n = 1; n < line; ++n) {
        at = text.indexOf(u'\n', at) + 1;
        if (at == 0)
            return text.size();
    }
    return at;
}

} // namespace

bool isOpenableLink(const QString &address)
{
    const QUrl url(address, QUrl::StrictMode);
    if (!url.isValid())
        return false;
    const QString scheme = url.scheme();
    if (scheme == u"mailto"_s)
        return !url.path().isEmpty();
    return (scheme == u"https"_s || scheme == u"http"_s) && !url.host().isEmpty();
}

MarkdownPart parseMarkdown(QStringView text, bool keepBreaks)
{
    const QByteArray utf8 = text.toUtf8();
    const Document document = parse(utf8);
    MarkdownPart part;
    if (!document)
        return part;
    Reader reader(keepBreaks);
    cmark_node *last = cmark_node_last_child(document.get());
    for (cmark_node *node = cmark_node_first_child(document.get()); node; node = cmark_node_next(node)) {
        if (node == last)
            part.lastBlocks = reader.blocks.size();
        reader.read(node);
    }
    part.lastBlocks = reader.blocks.size() - part.lastBlocks;
    part.lastStart = last ? startOfLine(text, cmark_node_get_start_line(last)) : 0;
    part.blocks = std::move(reader.blocks);
    return part;
}

} // namespace foundry
