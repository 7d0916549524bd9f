#include "Markdown.h"
#include "FatalWarnings.h"
#include "MarkdownBlocks.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace foundry;
using namespace Qt::StringLiterals;

namespace {

QList<MarkdownBlock> blocksOf(const QString &text)
{
    return parseMarkdown(text, false).blocks;
}

} // namespace

class MarkdownTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void kindsOfBlocks();
    void lists();
    void tables();
    void inlines();
    void rawHtmlIsText_data();
    void rawHtmlIsText();
    void onlySafeAddressesAreLinks_data();
    void onlySafeAddressesAreLinks();
    void imagesAreNeverLoaded();
    void deepNestingIsFlat();
    void longBlocksAreCut();
    void brokenInput();
    void streamingTouchesTheLastBlockOnly();
    void streamingEndsAsTheWhole_data();
    void streamingEndsAsTheWhole();
    void aLimitedNumberOfBlocks();
};

void MarkdownTest::kindsOfBlocks()
{
    const auto blocks
        = blocksOf(u"# Title\n\nText with *words*\nover lines.\n\n```cpp title\nint x;\n\n```\n\n> quoted\n\n---\n"_s);
    QCOMPARE(blocks.size(), 5);
    QCOMPARE(blocks[0].type, MarkdownBlock::Heading);
    QCOMPARE(blocks[0].level, 1);
    QCOMPARE(blocks[1].rich, u"Text with <i>words</i> over lines."_s);
    QCOMPARE(blocks[1].text, u"Text with words over lines."_s);
    QCOMPARE(blocks[2].type, MarkdownBlock::Code);
    QCOMPARE(blocks[2].language, u"cpp"_s);
    QCOMPARE(blocks[2].text, u"int x;\n"_s);
    QCOMPARE(blocks[3].quote, 1);
    QCOMPARE(blocks[4].type, MarkdownBlock::Rule);
    QCOMPARE(parseMarkdown(u"one\ntwo", true).blocks[0].rich, u"one<br>two"_s);
}

void MarkdownTest::lists()
{
    const auto blocks = blocksOf(u"3. three\n4. four\n   - inner\n\n     more\n\n- [ ] open\n- [x] done\n"_s);
    QCOMPARE(blocks.size(), 6);
    QCOMPARE(blocks[0].marker, u"3."_s);
    QCOMPARE(blocks[1].marker, u"4."_s);
    QCOMPARE(blocks[2].indent, 2);
    QCOMPARE(blocks[2].marker, u"\u2022"_s);
    QCOMPARE(blocks[3].marker, QString()); // the same item goes on
    QCOMPARE(blocks[3].indent, 2);
    QCOMPARE(blocks[4].check, 1);
    QCOMPARE(blocks[5].check, 2);
    QCOMPARE(blocks[5].text, u"done"_s);
}

void MarkdownTest::tables()
{
    const auto blocks = blocksOf(u"| a | b |\n|---|---|\n| 1 | `x` |\n"_s);
    QCOMPARE(blocks.size(), 1);
    QCOMPARE(blocks[0].type, MarkdownBlock::Table);
    QCOMPARE(blocks[0].columns, 2);
    QCOMPARE(blocks[0].cells, QStringList({ u"a"_s, u"b"_s, u"1"_s, u"<code>x</code>"_s }));
    QString large = u"|a|b|\n|-|-|\n"_s;
    for (int row = 0; row < limits::tableCells; ++row)
        large += u"|1|2|\n"_s;
    QCOMPARE(blocksOf(large).first().type, MarkdownBlock::Code); // its source instead
}

void MarkdownTest::inlines()
{
    QCOMPARE(blocksOf(u"**b** ~~s~~ `a  b` x < y & z"_s).first().rich,
             u"<b>b</b> <s>s</s> <code>a\u00a0\u00a0b</code> x &lt; y &amp; z"_s);
    QCOMPARE(blocksOf(u"see https://example.com/a?b=1&c=2"_s).first().rich,
             u"see <a href=\"https://example.com/a?b=1&amp;c=2\">https://example.com/a?b=1&amp;c=2</a>"_s);
}

void MarkdownTest::rawHtmlIsText_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("inline image") << u"a <img src=\"http://evil.example/x.png\"> b"_s;
    QTest::newRow("script") << u"<script>alert(1)</script>"_s;
    QTest::newRow("style") << u"x <style>body{background:url(http://evil.example)}</style>"_s;
    QTest::newRow("link") << u"<a href='file:///etc/passwd'>x</a>"_s;
    QTest::newRow("in code") << u"`<img src=x>`"_s;
    QTest::newRow("in a heading") << u"# <img src=x>"_s;
    QTest::newRow("in a cell") << u"|a|\n|-|\n|<img src=x>|"_s;
    QTest::newRow("in a link's words") << u"[<img src=x>](https://example.com)"_s;
    QTest::newRow("entities") << u"&lt;img src=x&gt; &#60;img src=y&#62;"_s;
    QTest::newRow("address that ends the tag") << u"[x](https://example.com/\"><img src=x>)"_s;
    QTest::newRow("table head") << u"|<img src=x>|\n|-|\n|a|"_s;
}

void MarkdownTest::rawHtmlIsText()
{
    QFETCH(QString, text);
    for (const MarkdownBlock &block : blocksOf(text)) {
        const QString rich = block.rich + block.cells.join(QString());
        for (const QString &tag : { u"<img"_s, u"<script"_s, u"<style"_s, u"file:"_s })
            QVERIFY2(!rich.contains(tag + u" "_s) && (!rich.contains(tag) || tag == u"file:"_s), qPrintable(rich));
        QVERIFY2(!rich.contains(u"href=\"file"), qPrintable(rich));
        QVERIFY2(!rich.contains(u"<a href='"), qPrintable(rich));
    }
}

void MarkdownTest::onlySafeAddressesAreLinks_data()
{
    QTest::addColumn<QString>("address");
    QTest::addColumn<bool>("opens");
    QTest::newRow("https") << u"https://example.com/a"_s << true;
    QTest::newRow("http") << u"http://example.com"_s << true;
    QTest::newRow("mail") << u"mailto:mona@example.com"_s << true;
    QTest::newRow("empty mail") << u"mailto:"_s << false;
    QTest::newRow("upper case") << u"HTTPS://example.com"_s << true;
    QTest::newRow("file") << u"file:///etc/passwd"_s << false;
    QTest::newRow("script") << u"javascript:alert(1)"_s << false;
    QTest::newRow("data") << u"data:text/html,x"_s << false;
    QTest::newRow("relative") << u"src/a.cpp"_s << false;
    QTest::newRow("no host") << u"https:///etc"_s << false;
    QTest::newRow("handler") << u"vscode://open?file=x"_s << false;
    QTest::newRow("smb") << u"smb://host/share"_s << false;
    QTest::newRow("blank before") << u" https://example.com"_s << false;
}

void MarkdownTest::onlySafeAddressesAreLinks()
{
    QFETCH(QString, address);
    QFETCH(bool, opens);
    QCOMPARE(isOpenableLink(address), opens);
    if (address.startsWith(u' '))
        return;
    const QString rich = blocksOf(u"[words](<%1>)"_s.arg(address)).first().rich;
    QCOMPARE(rich.contains(u"<a "), opens);
    QVERIFY(rich.contains(u"words"));
    if (!opens)
        QVERIFY(!MarkdownBlocks().openLink(address));
}

void MarkdownTest::imagesAreNeverLoaded()
{
    const QString rich = blocksOf(u"![a picture](https://example.com/x.png) ![](x.png)"_s).first().rich;
    QVERIFY(!rich.contains(u"<img"));
    QVERIFY(rich.contains(u"a picture"));
}

void MarkdownTest::deepNestingIsFlat()
{
    QString quotes(20'000, u'>');
    const auto quoted = blocksOf(quotes + u" x"_s);
    QVERIFY(!quoted.isEmpty());
    QVERIFY(quoted.last().quote <= limits::markdownDepth);
    QString list;
    for (int depth = 0; depth < 200; ++depth)
        list += QString(depth * 2, u' ') + u"- x\n"_s;
    for (const MarkdownBlock &block : blocksOf(list))
        QVERIFY(block.indent <= limits::markdownDepth);
    QVERIFY(!blocksOf(QString(u"**"_s).repeated(20'000) + u"x"_s).isEmpty());
    QVERIFY(!blocksOf(QString(u"["_s).repeated(20'000)).isEmpty());
}

void MarkdownTest::longBlocksAreCut()
{
    const auto words = blocksOf(QString(limits::markdownBlock * 3, u'x'));
    QCOMPARE(words.size(), 3);
    QCOMPARE(words[0].text.size(), limits::markdownBlock);
    const QString line = QString(99, u'y') + u"\n"_s;
    const auto code = blocksOf(u"```\n"_s + line.repeated(int(limits::markdownBlock / 50)) + u"```\n"_s);
    QVERIFY(code.size() > 1);
    QString all;
    for (const MarkdownBlock &block : code) {
        QVERIFY(block.text.size() <= limits::markdownBlock + 100);
        all += block.text + u'\n';
    }
    QCOMPARE(all, line.repeated(int(limits::markdownBlock / 50)));
}

void MarkdownTest::brokenInput()
{
    QVERIFY(blocksOf({}).isEmpty());
    QVERIFY(blocksOf(u"\n\n  \n"_s).isEmpty());
    QString broken = u"a "_s;
    broken += QChar(0xd800); // half a surrogate pair, as a cut stream can end
    broken += QChar(0);
    QVERIFY(!blocksOf(broken).isEmpty());
    QVERIFY(!blocksOf(u"```\nnever closed"_s).isEmpty());
}

void MarkdownTest::streamingTouchesTheLastBlockOnly()
{
    MarkdownBlocks model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setOpen(true);
    model.setText(u"First.\n\nSecond.\n\nThi"_s);
    QCOMPARE(model.rowCount(), 3);
    QSignalSpy changed(&model, &MarkdownBlocks::dataChanged);
    QSignalSpy inserted(&model, &MarkdownBlocks::rowsInserted);
    QSignalSpy reset(&model, &MarkdownBlocks::modelReset);
    model.setText(u"First.\n\nSecond.\n\nThird."_s);
    QCOMPARE(changed.count(), 1);
    QCOMPARE(changed.first().at(0).toModelIndex().row(), 2);
    QCOMPARE(inserted.count(), 0);
    model.setText(u"First.\n\nSecond.\n\nThird.\n\n- a"_s);
    QCOMPARE(inserted.count(), 1);
    QCOMPARE(reset.count(), 0);
}

void MarkdownTest::streamingEndsAsTheWhole_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("prose") << u"One.\n\nTwo *words*\nhere.\n\n# Head\n\nThree."_s;
    QTest::newRow("setext") << u"Title\n===\n\ntext\n---\n\nend"_s;
    QTest::newRow("list") << u"1. a\n\n2. b\n   - c\n\n     d\n\nafter\n\n- x"_s;
    QTest::newRow("code") << u"before\n\n```py\nx = 1\n\ny = 2\n```\n\nafter"_s;
    QTest::newRow("table") << u"| a | b |\n|---|---|\n| 1 | 2 |\n\nend"_s;
    QTest::newRow("late definition") << u"See [it][x].\n\nmore\n\n[x]: https://example.com\n"_s;
    QTest::newRow("html") << u"<div>\n\na\n\n</div>\n\nb"_s;
    QTest::newRow("quote") << u"> a\nb\n\n> c\n>\n> d\n\ne"_s;
    QTest::newRow("emoji") << u"a \U0001F600 b\n\nc \U0001F600\U0001F680 d\n\ne"_s;
}

void MarkdownTest::streamingEndsAsTheWhole()
{
    QFETCH(QString, text);
    MarkdownBlocks model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setOpen(true);
    for (qsizetype length = 1; length <= text.size(); ++length)
        model.setText(text.left(length));
    model.setOpen(false);
    const auto whole = blocksOf(text);
    QCOMPARE(model.rowCount(), int(whole.size()));
    for (int row = 0; row < model.rowCount(); ++row) {
        QCOMPARE(model.index(row).data(MarkdownBlocks::RichRole).toString(), whole[row].rich);
        QCOMPARE(model.index(row).data(MarkdownBlocks::TextRole).toString(), whole[row].text);
    }
}

void MarkdownTest::aLimitedNumberOfBlocks()
{
    MarkdownBlocks model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QString text;
    for (int i = 0; i < MarkdownBlocks::shownBlocks + 50; ++i)
        text += u"p\n\n"_s;
    model.setText(text);
    QCOMPARE(model.rowCount(), MarkdownBlocks::shownBlocks);
    QCOMPARE(model.hiddenBlocks(), 50);
    model.setText(text + u"q\n\nr"_s);
    QCOMPARE(model.hiddenBlocks(), 52);
    model.setMaximumBlocks(0);
    QCOMPARE(model.hiddenBlocks(), 0);
    model.setText(u"short"_s);
    QCOMPARE(model.rowCount(), 1);
}

FOUNDRY_TEST_MAIN(MarkdownTest)
#include "MarkdownTest.moc"
