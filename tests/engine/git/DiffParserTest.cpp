// What git prints about differences, and what it never would.
#include "FatalWarnings.h" // first: moc stumbles over <concepts> before a Qt header

#include "DiffParser.h"
#include "EnumNames.h"

using namespace foundry;

namespace {

QByteArray nul(QByteArray text)
{
    return text.replace('~', '\0');
}

QString shown(const FileDiff &diff)
{
    QStringList lines;
    for (const DiffHunk &hunk : diff.hunks) {
        lines << u"@"_s + hunk.header;
        for (const DiffLine &line : hunk.lines)
            lines << u"%1 %2 %3 %4%5"_s.arg(enumName(line.kind))
                         .arg(line.oldNumber)
                         .arg(line.newNumber)
                         .arg(line.text, line.noNewline ? u"<eof>"_s : QString());
    }
    return lines.join(u'|');
}

} // namespace

class DiffParserTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void files()
    {
        const auto files = parseChangedFiles(
            nul(":100644 100644 a b M~src/a.cpp~:000000 100644 0 b A~new \"quoted\"\nname~:100644 100644 a b "
                "R086~old.txt~näw.txt~"
                ":100644 000000 a 0 D~gone~:100644 120000 a b T~link~:100644 100755 a a M~run.sh~:100644 100644 a b "
                "M~pic.png~"
                "3\t1\tsrc/a.cpp~1\t0\tnew "
                "\"quoted\"\nname~2\t2\t~old.txt~näw.txt~0\t7\tgone~1\t1\tlink~0\t0\trun.sh~-\t-\tpic.png~"));
        QCOMPARE(files.size(), size_t(7));
        QCOMPARE(files[0], (ChangedFile { u"src/a.cpp"_s, {}, FileState::modified, 3, 1, false }));
        QCOMPARE(files[1], (ChangedFile { u"new \"quoted\"\nname"_s, {}, FileState::added, 1, 0, false }));
        QCOMPARE(files[2], (ChangedFile { u"näw.txt"_s, u"old.txt"_s, FileState::renamed, 2, 2, false }));
        QCOMPARE(files[3], (ChangedFile { u"gone"_s, {}, FileState::deleted, 0, 7, false }));
        QCOMPARE(files[4], (ChangedFile { u"link"_s, {}, FileState::typeChanged, 1, 1, false }));
        QCOMPARE(files[5], (ChangedFile { u"run.sh"_s, {}, FileState::modified, 0, 0, false }));
        QCOMPARE(files[6], (ChangedFile { u"pic.png"_s, {}, FileState::modified, 0, 0, true }));
    }

    void moreFilesThanTheLimit()
    {
        QByteArray output;
        for (int i = 0; i <= limits::changedFiles; ++i)
            output += nul(":100644 100644 a b M~f" + QByteArray::number(i) + "~");
        bool cut = false;
        QCOMPARE(parseChangedFiles(output, &cut).size(), size_t(limits::changedFiles));
        QVERIFY(cut);
        QCOMPARE(parseChangedFiles(nul(":100644 100644 a b M~f~"), &cut).size(), size_t(1));
        QVERIFY(!cut);
    }

    void patches_data()
    {
        QTest::addColumn<QByteArray>("patch");
        QTest::addColumn<QString>("expected");
        QTest::newRow("plain")
            << QByteArray("diff --git a/f b/f\nindex 1..2 100644\n--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@ int main()\n "
                          "a\n-b\n+c\n d\n@@ -9 +9,2 @@\n x\n+y\n")
            << u"@int main()|context 1 1 a|removed 2 0 b|added 0 2 c|context 3 3 d|@|context 9 9 x|added 0 10 y"_s;
        QTest::newRow("no line break at the end")
            << QByteArray("@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n")
            << u"@|removed 1 0 a<eof>|added 0 1 b<eof>"_s;
        QTest::newRow("content like headers") << QByteArray("@@ -1,2 +1,2 @@\n--- a/x\n+++ b/x\n @@ -5 +5 @@\n")
                                              << u"@|removed 1 0 -- a/x|added 0 1 ++ b/x|context 2 2 @@ -5 +5 @@"_s;
        QTest::newRow("windows line ends")
            << QByteArray("@@ -1 +1 @@\n-a\r\n+b\r\n") << u"@|removed 1 0 a\r|added 0 1 b\r"_s;
        QTest::newRow("an empty context line without its space")
            << QByteArray("@@ -1,2 +1,1 @@\n\n-b\n") << u"@|context 1 1 |removed 2 0 b"_s;
        QTest::newRow("only a mode") << QByteArray("diff --git a/f b/f\nold mode 100644\nnew mode 100755\n")
                                     << QString();
        QTest::newRow("a new file") << QByteArray("--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+a\n") << u"@|added 0 1 a"_s;
        QTest::newRow("not UTF-8") << QByteArray("@@ -1 +1 @@\n-\xff\n+b\n") << u"@|removed 1 0 \ufffd|added 0 1 b"_s;
        QTest::newRow("cut off") << QByteArray("@@ -1,5 +1,5 @@\n-a") << u"@|removed 1 0 a"_s;
        QTest::newRow("nonsense") << QByteArray("@@ -x +y @@\n@@ -1 @@\n@@\n+a\n@@ -99999999999 +1 @@\n\\\n")
                                  << QString();
        QTest::newRow("empty") << QByteArray() << QString();
    }
    void patches()
    {
        QFETCH(QByteArray, patch);
        QFETCH(QString, expected);
        const FileDiff diff = parsePatch({ .path = u"f"_s }, patch);
        QCOMPARE(shown(diff), expected);
        QCOMPARE(diff.file.path, u"f"_s);
        QVERIFY(!diff.cut);
    }

    void binary()
    {
        QVERIFY(parsePatch({}, "diff --git a/f b/f\nBinary files a/f and b/f differ\n").file.binary);
        QVERIFY(!parsePatch({}, "@@ -0,0 +1 @@\n+Binary files a/f and b/f differ\n").file.binary);
    }

    void moreLinesThanTheLimit()
    {
        const QByteArray count = QByteArray::number(limits::diffLines + 1);
        const FileDiff diff
            = parsePatch({}, "@@ -0,0 +1," + count + " @@\n" + QByteArray("+a\n").repeated(limits::diffLines + 1));
        QVERIFY(diff.cut);
        QCOMPARE(diff.hunks.at(0).lines.size(), size_t(limits::diffLines));
    }

    void aLineLongerThanTheLimit()
    {
        const FileDiff diff = parsePatch({}, "@@ -0,0 +1 @@\n+" + QByteArray(1'000'000, 'x') + "\n");
        QCOMPARE(diff.hunks.at(0).lines.at(0).text.size(), maxLineCharacters);
        QVERIFY(diff.hunks.at(0).lines.at(0).text.endsWith(u" …"_s));
    }
};

FOUNDRY_TEST_MAIN(DiffParserTest)
#include "DiffParserTest.moc"
