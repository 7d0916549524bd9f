// The terminals' drawer as a person meets it: keys, mouse, clipboard, search, screen reader.
#include "TerminalView.h"
#include "FatalWarnings.h"
#include "Terminals.h"

#include <QAccessible>
#include <QClipboard>
#include <QGuiApplication>
#include <QQmlEngine>
#include <QQuickView>
#include <QShortcut>
#include <QSignalSpy>
#include <QTest>

#include <deque>

using namespace foundry;
using namespace Qt::StringLiterals;

class TerminalViewTest : public QObject {
    Q_OBJECT

    std::unique_ptr<EngineLink> m_link;
    std::deque<Command> m_sent;
    std::unique_ptr<Terminals> m_terminals;
    std::unique_ptr<QQuickView> m_window;

    TerminalView *view() { return m_window->rootObject()->findChild<TerminalView *>(); }
    Terminal *terminal() { return m_terminals->current(); }
    void put(const QByteArray &bytes) { m_link->deliver(event::TerminalOutput { terminal()->id(), bytes }); }
    QByteArray typed()
    {
        QByteArray all;
        for (const Command &command : m_sent) {
            if (const auto *write = std::get_if<command::WriteTerminal>(&command.body))
                all += write->bytes;
        }
        m_sent.clear();
        return all;
    }
    QPoint cell(int column, int row)
    {
        const int height = int(view()->height() - TerminalView::padding) / terminal()->emulator().rows();
        const QPointF at = view()->mapToScene(QPointF(TerminalView::padding + column * 8, 4 + row * height + 5));
        return at.toPoint();
    }

private Q_SLOTS:
    void init()
    {
        m_link = std::make_unique<EngineLink>();
        connect(m_link.get(), &EngineLink::submitted, this, [this](const Command &command) {
            m_sent.push_back(command);
            if (std::holds_alternative<command::OpenTerminal>(command.body))
                m_link->deliver(event::CommandFinished { command.id, {}, {} });
        });
        m_terminals = std::make_unique<Terminals>(m_link.get(), Terminal::Sentence());
        m_terminals->setTask(TaskId { u"one"_s }, RepositoryId { u"r"_s }, true);
        m_window = std::make_unique<QQuickView>();
        m_window->engine()->addImportPath(u"qrc:/qt/qml"_s);
        m_window->setResizeMode(QQuickView::SizeRootObjectToView);
        m_window->resize(800, 320);
        m_window->setInitialProperties(
            { { u"terminals"_s, QVariant::fromValue(m_terminals.get()) }, { u"wanted"_s, 320 }, { u"focus"_s, true } });
        m_window->setSource(QUrl(u"qrc:/qt/qml/Foundry/Terminal/TerminalDrawer.qml"_s));
        QCOMPARE(m_window->status(), QQuickView::Ready);
        m_window->show();
        m_window->requestActivate();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        QMetaObject::invokeMethod(m_window->rootObject(), "toggle");
        QVERIFY(terminal());
        QTRY_VERIFY(view()->hasActiveFocus());
        QTRY_COMPARE(terminal()->phase(), Terminal::Phase::Running);
        m_sent.clear();
    }
    void cleanup()
    {
        m_window.reset();
        m_terminals.reset();
        m_link.reset();
    }

    void fitsItsPlace()
    {
        const int columns = terminal()->emulator().columns();
        QVERIFY(columns > 80 && columns < 110);
        m_window->resize(600, 320);
        QTRY_VERIFY(terminal()->emulator().columns() < columns);
        const auto *resize = std::get_if<command::ResizeTerminal>(&m_sent.back().body);
        QVERIFY(resize);
        QCOMPARE(resize->grid.columns, terminal()->emulator().columns());
    }

    void keysGoToTheProgram()
    {
        QSignalSpy shortcut(m_window.get(), &QWindow::visibilityChanged);
        QTest::keyClick(m_window.get(), Qt::Key_L);
        QTest::keyClick(m_window.get(), Qt::Key_Tab);
        QTest::keyClick(m_window.get(), Qt::Key_C, Qt::ControlModifier);
        QTest::keyClick(m_window.get(), Qt::Key_Up);
        QTest::keyClick(m_window.get(), Qt::Key_Return);
        QTest::keyClick(m_window.get(), Qt::Key_X, Qt::AltModifier);
        QTest::keyClick(m_window.get(), Qt::Key_Escape);
        QCOMPARE(typed(), "l\t\x03\x1b[A\r\x1bx\x1b");
        QVERIFY(view()->hasActiveFocus()); // Tab is the program's
    }

    void theWindowsKeysAreTheProgramsButForOne()
    {
        const auto taken = [this](int key, Qt::KeyboardModifiers modifiers) {
            QKeyEvent event(QEvent::ShortcutOverride, key, modifiers);
            event.ignore();
            QCoreApplication::sendEvent(view(), &event);
            return event.isAccepted();
        };
        QVERIFY(taken(Qt::Key_K, Qt::ControlModifier));
        QVERIFY(taken(Qt::Key_Escape, {}));
        QVERIFY(!taken(Qt::Key_QuoteLeft, Qt::ControlModifier));
        QVERIFY(!taken(Qt::Key_I, Qt::ControlModifier | Qt::ShiftModifier));
    }

    void copiesWhatIsSelected()
    {
        put("first line\r\nsecond word here\r\n");
        QTest::mousePress(m_window.get(), Qt::LeftButton, {}, cell(6, 0));
        QTest::mouseMove(m_window.get(), cell(6, 1));
        QTest::mouseRelease(m_window.get(), Qt::LeftButton, {}, cell(6, 1));
        QVERIFY(view()->hasSelection());
        QTest::keyClick(m_window.get(), Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(QGuiApplication::clipboard()->text(), u"line\nsecond"_s);
        QCOMPARE(typed(), QByteArray());
        QTest::keyClick(m_window.get(), Qt::Key_A);
        QVERIFY(!view()->hasSelection());
    }

    void pastesAfterAQuestion()
    {
        QGuiApplication::clipboard()->setText(u"one\ntwo"_s);
        QTest::keyClick(m_window.get(), Qt::Key_V, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(terminal()->askedLines(), 2);
        QCOMPARE(typed(), QByteArray());
        terminal()->answerPaste(true);
        QCOMPARE(typed(), "one\rtwo");
    }

    void scrollsBackAndStaysThere()
    {
        QByteArray lines;
        for (int i = 1; i <= 200; ++i)
            lines += "line " + QByteArray::number(i) + "\r\n";
        put(lines);
        QVERIFY(view()->isAtEnd());
        QTest::keyClick(m_window.get(), Qt::Key_Home, Qt::ShiftModifier);
        QVERIFY(!view()->isAtEnd());
        QVERIFY(view()->text().startsWith(u"line 1\n"_s));
        put("more\r\n");
        QVERIFY(view()->text().startsWith(u"line 1\n"_s));
        QTest::keyClick(m_window.get(), Qt::Key_A); // typing goes to where it is seen
        QVERIFY(view()->isAtEnd());
        QTest::keyClick(m_window.get(), Qt::Key_PageUp, Qt::ShiftModifier);
        QVERIFY(!view()->isAtEnd());
    }

    void findsText()
    {
        QByteArray lines;
        for (int i = 1; i <= 200; ++i)
            lines += "line " + QByteArray::number(i) + "\r\n";
        put(lines);
        QVERIFY(view()->find(u"LINE 42"_s, true));
        QVERIFY(view()->hasSelection());
        QVERIFY(view()->text().contains(u"line 42\n"_s));
        QVERIFY(!view()->find(u"nowhere"_s, true));
    }

    void canBeReadAndWrittenByAScreenReader()
    {
        put("hello there\r\n$ ");
        QAccessibleInterface *interface = QAccessible::queryAccessibleInterface(view());
        QVERIFY(interface);
        QCOMPARE(interface->role(), QAccessible::EditableText);
        QVERIFY(interface->text(QAccessible::Name).startsWith(u"Terminal, "_s));
        QVERIFY(interface->text(QAccessible::Description).contains(u"Ctrl+`"_s)); // how to leave
        QVERIFY(interface->textInterface());
        QCOMPARE(interface->textInterface()->text(0, 11), u"hello there"_s);
        interface->setText(QAccessible::Value, u"pwd\n"_s);
        QCOMPARE(typed(), "pwd\r");
        interface->setText(QAccessible::Value, view()->text() + u"ls"_s); // an insertion at the end
        QCOMPARE(typed(), "ls");
    }

    void theCursorRestsWithoutTheKeyboard()
    {
        QVERIFY(view()->isBlinking());
        view()->setFocus(false);
        QVERIFY(!view()->isBlinking());
        put("x");
        QVERIFY(!view()->isBlinking());
    }

    // A line that changed is painted alone, and nothing is while nothing changes.
    void paintsWhatChanged()
    {
        view()->setFocus(false);
        put("\x1b[1;31mred\x1b[0m \u4e16\u754c \x1b[44mblue ground\x1b[0m\r\n");
        QTRY_VERIFY(m_window->grabWindow().pixelColor(cell(12, 0)) != m_window->grabWindow().pixelColor(cell(60, 5)));
        QSignalSpy frames(m_window.get(), &QQuickWindow::frameSwapped);
        m_window->requestUpdate(); // what is still to be painted is in the next frame
        QTRY_VERIFY(frames.count() > 0);
        QCoreApplication::processEvents();
        frames.clear();
        put({});
        QCoreApplication::processEvents();
        QCOMPARE(frames.count(), 0);
    }
};

int main(int argc, char **argv)
{
    QGuiApplication app(argc, argv);
    foundry::test::installFatalWarnings();
    TerminalViewTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "TerminalViewTest.moc"
