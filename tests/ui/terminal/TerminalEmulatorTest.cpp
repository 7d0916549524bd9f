#include "FatalWarnings.h"
#include "TerminalPainter.h"
#include "TerminalText.h"

#include <QTest>

using namespace foundry;
using namespace Qt::StringLiterals;

class TerminalEmulatorTest : public QObject {
    Q_OBJECT

    static QString screen(const TerminalEmulator &emulator)
    {
        return terminaltext::ofScreen(emulator, emulator.screenLine());
    }
    static QByteArray numbers(int from, int to)
    {
        QByteArray all;
        for (int i = from; i <= to; ++i)
            all += QByteArray::number(i) + "\r\n";
        return all;
    }

private Q_SLOTS:
    void linesAreKeptInBounds()
    {
        TerminalEmulator emulator(80, 24);
        emulator.feed(numbers(1, 30'000));
        QCOMPARE(emulator.screenLine() - emulator.firstLine(), TerminalEmulator::historyLines);
        QCOMPARE(emulator.endLine(), 30'001);
        QCOMPARE(emulator.lineText(emulator.endLine() - 2), u"30000"_s);
        QCOMPARE(emulator.lineText(emulator.firstLine()), QString::number(emulator.firstLine() + 1));
        QCOMPARE(emulator.lineText(emulator.firstLine() - 1), QString());
    }

    void bytesAreKeptInBounds()
    {
        TerminalEmulator emulator(1000, 24);
        const QByteArray wide = QByteArray(999, 'x') + "\r\n";
        for (int i = 0; i < 3000; ++i)
            emulator.feed(wide);
        QVERIFY(emulator.historySize() <= TerminalEmulator::historyBytes);
        QVERIFY(emulator.screenLine() - emulator.firstLine() < 2000);
        QVERIFY(emulator.screenLine() - emulator.firstLine() > 500);
    }

    void lettersMayBeCutAnywhere()
    {
        const QByteArray text = "Grüße, 世界 👋 e\u0301 \x1b[31mred\x1b[0m";
        TerminalEmulator whole(80, 24), cut(80, 24);
        whole.feed(text);
        for (const char byte : text)
            cut.feed(QByteArrayView(&byte, 1));
        QCOMPARE(screen(cut), screen(whole));
        QCOMPARE(screen(whole), u"Grüße, 世界 👋 e\u0301 red"_s);
    }

    void wideLettersTakeTwoCells()
    {
        TerminalEmulator emulator(80, 24);
        emulator.feed("a世b");
        const TerminalLine line = emulator.line(0);
        QCOMPARE(line.size(), 4U);
        QCOMPARE(int(line[1].width), 2);
        QCOMPARE(int(line[2].width), 0);
        QCOMPARE(emulator.cursor().column, 4);
        QList<int> columns;
        emulator.lineText(0, &columns);
        QCOMPARE(columns, (QList<int> { 0, 1, 3 }));
    }

    void coloursAreTold()
    {
        TerminalEmulator emulator(80, 24);
        emulator.feed("\x1b[31ma\x1b[38;5;208mb\x1b[48;2;1;2;3mc\x1b[0;7md\x1b[0;1;3;4;9me");
        const TerminalLine line = emulator.line(0);
        QCOMPARE(line[0].foreground, colourIndexed | 1);
        QCOMPARE(line[1].foreground, colourIndexed | 208);
        QCOMPARE(line[2].background, colourTrue | 0x010203);
        QCOMPARE(line[3].flags, quint16(TerminalCell::reverse));
        QCOMPARE(line[4].flags,
                 quint16(TerminalCell::bold | TerminalCell::italic | TerminalCell::underline | TerminalCell::strike));
    }

    void everyColourCanBeRead()
    {
        for (const QColor &ground : { QColor(u"#1f1f1e"_s), QColor(u"#ffffff"_s), QColor(u"#0000ff"_s) }) {
            for (const QColor &ink : { QColor(Qt::black), QColor(Qt::white), QColor(Qt::blue), QColor(Qt::yellow) }) {
                const QColor shown = TerminalPainter::readable(ink, ground);
                const auto light = [](const QColor &c) {
                    const auto part
                        = [](double p) { return p <= 0.04045 ? p / 12.92 : std::pow((p + 0.055) / 1.055, 2.4); };
                    return 0.2126 * part(c.redF()) + 0.7152 * part(c.greenF()) + 0.0722 * part(c.blueF());
                };
                const double a = std::max(light(shown), light(ground)) + 0.05;
                const double b = std::min(light(shown), light(ground)) + 0.05;
                QVERIFY2(a / b >= 4.49, qPrintable(ink.name() + u" on "_s + ground.name()));
            }
        }
    }

    void theOtherScreenLeavesTheFirstAlone()
    {
        TerminalEmulator emulator(80, 24);
        emulator.feed("before\r\n\x1b[?1049h\x1b[2J\x1b[Hfull screen");
        QVERIFY(emulator.isAlternate());
        QCOMPARE(screen(emulator), u"full screen"_s);
        emulator.feed(numbers(1, 100));
        QCOMPARE(emulator.firstLine(), emulator.screenLine()); // it has no scroll-back
        emulator.feed("\x1b[?1049l");
        QVERIFY(!emulator.isAlternate());
        QCOMPARE(screen(emulator), u"before"_s);
    }

    void resizeKeepsWhatWasThere()
    {
        TerminalEmulator emulator(80, 10);
        emulator.feed(numbers(1, 20));
        emulator.resize(80, 5);
        QCOMPARE(emulator.lineText(emulator.endLine() - 2), u"20"_s);
        emulator.resize(80, 24);
        QCOMPARE(emulator.rows(), 24);
        QVERIFY(screen(emulator).contains(u"1\n2\n3"_s));
        emulator.resize(100000, 100000);
        QCOMPARE(emulator.columns(), TerminalEmulator::maxSide);
        emulator.resize(-1, 0);
        QCOMPARE(emulator.rows(), 1);
    }

    void cursorIsTold()
    {
        TerminalEmulator emulator(80, 24);
        emulator.feed("\x1b[5;7H\x1b[6 q");
        QCOMPARE(emulator.cursor().row, 4);
        QCOMPARE(emulator.cursor().column, 6);
        QCOMPARE(emulator.cursor().shape, TerminalEmulator::CursorShape::bar);
        emulator.feed("\x1b[?25l\x1b[3 q");
        QVERIFY(!emulator.cursor().visible);
        QCOMPARE(emulator.cursor().shape, TerminalEmulator::CursorShape::underline);
    }

    void onlyChangedLinesAreToldAgain()
    {
        TerminalEmulator emulator(80, 24);
        emulator.takeChanges();
        emulator.feed("\x1b[10;1Hx");
        const auto changes = emulator.takeChanges();
        QVERIFY(changes.rows.testBit(9));
        QVERIFY(changes.rows.count(true) <= 2); // and where the cursor was
        QCOMPARE(emulator.takeChanges().rows.count(true), 0);
    }

    void keysAreSentAsProgramsKnowThem()
    {
        TerminalEmulator emulator(80, 24);
        QCOMPARE(emulator.key(Qt::Key_A, {}, u"a"_s), "a");
        QCOMPARE(emulator.key(Qt::Key_C, Qt::ControlModifier, u"\x03"_s), "\x03");
        QCOMPARE(emulator.key(Qt::Key_I, Qt::ControlModifier, u"\t"_s), "\t");
        QCOMPARE(emulator.key(Qt::Key_Space, Qt::ControlModifier, u" "_s), QByteArray(1, '\0'));
        QCOMPARE(emulator.key(Qt::Key_B, Qt::AltModifier, u"b"_s),
                 "\x1b"
                 "b");
        QCOMPARE(emulator.key(Qt::Key_Up, {}, {}), "\x1b[A");
        QCOMPARE(emulator.key(Qt::Key_Right, Qt::ControlModifier, {}), "\x1b[1;5C");
        QCOMPARE(emulator.key(Qt::Key_F1, {}, {}), "\x1bOP");
        QCOMPARE(emulator.key(Qt::Key_F12, {}, {}), "\x1b[24~");
        QCOMPARE(emulator.key(Qt::Key_Delete, {}, {}), "\x1b[3~");
        QCOMPARE(emulator.key(Qt::Key_Backspace, {}, u"\b"_s), "\x7f");
        QCOMPARE(emulator.key(Qt::Key_Return, Qt::ShiftModifier, u"\r"_s), "\r");
        QCOMPARE(emulator.key(Qt::Key_Backtab, Qt::ShiftModifier, {}), "\x1b[Z");
        QCOMPARE(emulator.key(Qt::Key_Udiaeresis, {}, u"ü"_s), "ü");
        QCOMPARE(emulator.key(Qt::Key_Shift, Qt::ShiftModifier, {}), QByteArray());
        emulator.feed("\x1b[?1h"); // cursor keys of an application
        QCOMPARE(emulator.key(Qt::Key_Up, {}, {}), "\x1bOA");
    }

    void pasteCannotEscape()
    {
        TerminalEmulator emulator(80, 24);
        QVERIFY(!emulator.isPasteBracketed());
        QCOMPARE(emulator.paste(u"a\r\nb\tc"_s), "a\rb\tc");
        emulator.feed("\x1b[?2004h");
        QVERIFY(emulator.isPasteBracketed());
        QCOMPARE(emulator.paste(u"x\x1b[201~; rm -rf .\x03\u009b1\x7f"_s), "\x1b[200~x[201~; rm -rf .1\x1b[201~");
    }

    void mouseIsReportedOnRequest()
    {
        TerminalEmulator emulator(80, 24);
        QCOMPARE(emulator.mouse(), TerminalEmulator::Mouse::none);
        QCOMPARE(emulator.mouseButton({ 4, 2 }, 1, true, {}), QByteArray());
        emulator.feed("\x1b[?1000h\x1b[?1006h");
        QCOMPARE(emulator.mouse(), TerminalEmulator::Mouse::click);
        QCOMPARE(emulator.mouseButton({ 4, 2 }, 1, true, {}), "\x1b[<0;5;3M");
        QCOMPARE(emulator.mouseButton({ 4, 2 }, 1, false, {}), "\x1b[<0;5;3m");
    }

    // ---- attacks by output ---------------------------------------------------------------------------

    void questionsAreAnswered()
    {
        TerminalEmulator emulator(80, 24);
        QVERIFY(emulator.feed("\x1b[c").startsWith("\x1b[?"));
        QCOMPARE(emulator.feed("\x1b[3;4H\x1b[6n"), "\x1b[3;4R");
        QCOMPARE(emulator.feed("\x1b[5n"), "\x1b[0n");
    }

    void answersHoldNothingOfTheQuestion()
    {
        TerminalEmulator emulator(80, 24);
        emulator.feed("\x1b]2;echo pwned\x07");
        for (const QByteArray &attack :
             { QByteArray("\x1bP$qid\r\x1b\\"), QByteArray("\x1bP$q\nls\n\x1b\\"), QByteArray("\x1b[21t"),
               QByteArray("\x1b[20t"), QByteArray("\x1bP+q6964\x1b\\"), QByteArray("\x1b]52;c;?\x07"),
               QByteArray("\x1b]4;1;?\x07"), QByteArray("\x1b]50;?\x07"), QByteArray("\x05"),
               QByteArray("\x1bP$q\"pid\r\x1b\\") }) {
            const QByteArray answer = emulator.feed(attack);
            for (const QByteArray &word : { QByteArray("id"), QByteArray("ls"), QByteArray("pwned"), QByteArray("\r"),
                                            QByteArray("\n"), QByteArray("q") })
                QVERIFY2(!answer.contains(word), answer.toPercentEncoding());
        }
        QCOMPARE(checkedReplies("\x1bP0$rid\r\x1b\\\x1b[0n"), "\x1b[0n");
        QCOMPARE(checkedReplies("rm -rf /\r"), QByteArray());
    }

    void answersAreBounded()
    {
        TerminalEmulator emulator(80, 24);
        QVERIFY(emulator.feed(QByteArray("\x1b[c").repeated(100'000)).size() <= TerminalEmulator::maxReplies);
    }

    void titlesAreCleaned()
    {
        TerminalEmulator emulator(80, 24);
        emulator.feed("\x1b]2;Fix \u202eevil\u0085 \t it\x07");
        QCOMPARE(emulator.title(), u"Fix evil it"_s);
        emulator.feed("\x1b]2;" + QByteArray(5000, 'x') + "\x07still here");
        QVERIFY(emulator.title().size() <= TerminalEmulator::titleCharacters);
        QVERIFY(emulator.takeChanges().title);
    }

    void nonsenseDoesNoHarm()
    {
        TerminalEmulator emulator(80, 24);
        QByteArray noise;
        quint32 state = 12345;
        for (int i = 0; i < 2'000'000; ++i) {
            state = state * 1664525 + 1013904223;
            const auto byte = char(state >> 24);
            noise += i % 7 == 0 ? '\x1b' : i % 11 == 0 ? '[' : byte;
        }
        for (qsizetype at = 0; at < noise.size(); at += 4096) {
            emulator.feed(QByteArrayView(noise).sliced(at, std::min<qsizetype>(4096, noise.size() - at)));
            if (at % (4096 * 64) == 0)
                emulator.resize(20 + int(at / 4096 % 100), 5 + int(at / 4096 % 40));
        }
        QVERIFY(emulator.historySize() <= TerminalEmulator::historyBytes);
        QVERIFY(!screen(emulator).isNull());
    }

    // ---- text -----------------------------------------------------------------------------------------

    void selectedTextIsWholeLines()
    {
        TerminalEmulator emulator(10, 5);
        emulator.feed("one\r\n0123456789abc\r\nend");
        QCOMPARE(terminaltext::ofRange(emulator, { { 0, 1 }, { 3, 3 } }), u"ne\n0123456789abc\nend"_s);
        QCOMPARE(terminaltext::ofRange(emulator, { { 0, 1 }, { 0, 1 } }), QString());
    }

    void wordsAndLinksAreFound()
    {
        TerminalEmulator emulator(80, 5);
        emulator.feed("see (https://example.org/a?b=1), src/main.cpp:12 file:///etc/passwd");
        QCOMPARE(terminaltext::linkAt(emulator, { 0, 10 }), QUrl(u"https://example.org/a?b=1"_s));
        QCOMPARE(terminaltext::linkAt(emulator, { 0, 1 }), QUrl());
        QCOMPARE(terminaltext::linkAt(emulator, { 0, 55 }), QUrl());
        const TerminalRange word = terminaltext::wordAt(emulator, { 0, 38 });
        QCOMPARE(terminaltext::ofRange(emulator, word), u"src/main.cpp:12"_s);
    }

    void searchGoesRound()
    {
        TerminalEmulator emulator(80, 5);
        emulator.feed(numbers(1, 50) + "Needle one needle\r\n" + numbers(1, 20));
        auto found = terminaltext::find(emulator, u"needle"_s, { emulator.endLine() - 1, 80 }, true);
        QVERIFY(found);
        QCOMPARE(found->begin, (TerminalPlace { 50, 11 }));
        found = terminaltext::find(emulator, u"needle"_s, found->begin, true);
        QCOMPARE(found->begin, (TerminalPlace { 50, 0 }));
        found = terminaltext::find(emulator, u"needle"_s, found->begin, true);
        QCOMPARE(found->begin, (TerminalPlace { 50, 11 })); // once round
        found = terminaltext::find(emulator, u"needle"_s, { 0, 0 }, false);
        QCOMPARE(found->begin, (TerminalPlace { 50, 0 }));
        QVERIFY(!terminaltext::find(emulator, u"not there"_s, { 0, 0 }, false));
    }
};

FOUNDRY_TEST_MAIN(TerminalEmulatorTest)
#include "TerminalEmulatorTest.moc"
