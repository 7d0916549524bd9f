#include "TerminalView.h"

#include "TerminalText.h"

#include <QAccessible>
#include <QClipboard>
#include <QDesktopServices>
#include <QGuiApplication>
#include <QPainter>
#include <QQuickWindow>
#include <QStyleHints>

#include <algorithm>

namespace foundry {

TerminalView::TerminalView(QQuickItem *parent)
    : QQuickPaintedItem(parent)
{
    setAcceptedMouseButtons(Qt::LeftButton | Qt::MiddleButton | Qt::RightButton);
    setFlag(ItemAcceptsInputMethod);
    setFlag(ItemIsFocusScope, false);
    setActiveFocusOnTab(true);
    setOpaquePainting(true);
    m_blink.setSingleShot(true);
    m_blink.setInterval(blinkMs);
    connect(&m_blink, &QTimer::timeout, this, [this] {
        m_blinkShown = ++m_blinked >= blinks || !m_blinkShown;
        if (m_terminal)
            updateLine(m_terminal->emulator().screenLine() + m_terminal->emulator().cursor().row);
        if (m_blinked < blinks)
            m_blink.start();
    });
}

void TerminalView::setTerminal(Terminal *terminal)
{
    if (terminal == m_terminal)
        return;
    if (m_terminal)
        m_terminal->disconnect(this);
    m_terminal = terminal;
    m_top.reset();
    m_selected = {};
    m_selecting = false;
    if (terminal) {
        connect(terminal, &Terminal::output, this, &TerminalView::takeOutput);
        connect(terminal, &Terminal::changed, this, [this] { redraw(); });
        fit();
    }
    wakeCursor();
    redraw();
    Q_EMIT terminalChanged();
    Q_EMIT selectionChanged();
    Q_EMIT scrolled();
    tellText();
}

// ---- look ----------------------------------------------------------------------------------------

void TerminalView::setColours(const QVariantList &colours)
{
    if (colours == m_colours || colours.size() < 21)
        return;
    m_colours = colours;
    TerminalLook look = m_painter.look();
    for (size_t i = 0; i < look.colours.size(); ++i)
        look.colours[i] = colours[qsizetype(i)].value<QColor>();
    look.ground = colours[16].value<QColor>();
    look.ink = colours[17].value<QColor>();
    look.cursor = colours[18].value<QColor>();
    look.cursorText = colours[19].value<QColor>();
    look.selection = colours[20].value<QColor>();
    m_painter.setLook(look);
    setFillColor(look.ground);
    redraw();
    Q_EMIT lookChanged();
}

void TerminalView::setFont(const QFont &font)
{
    TerminalLook look = m_painter.look();
    look.font = font;
    look.font.setFixedPitch(true);
    m_painter.setLook(look);
    fit();
    redraw();
    Q_EMIT lookChanged();
}

void TerminalView::fit()
{
    if (!m_terminal || width() < 4 * padding || height() < 4 * padding)
        return;
    const QSize cell = m_painter.cell();
    const int columns = std::clamp((int(width()) - 2 * padding) / cell.width(), 2, TerminalEmulator::maxSide);
    const int rows = std::clamp((int(height()) - padding) / cell.height(), 1, TerminalEmulator::maxSide);
    m_terminal->open({ columns, rows });
    m_terminal->resize(columns, rows);
    Q_EMIT scrolled();
}

void TerminalView::geometryChange(const QRectF &now, const QRectF &before)
{
    QQuickPaintedItem::geometryChange(now, before);
    if (now.size() == before.size())
        return;
    redraw();
    if (isVisible())
        fit();
}

void TerminalView::itemChange(ItemChange change, const ItemChangeData &data)
{
    QQuickPaintedItem::itemChange(change, data);
    if (change == ItemVisibleHasChanged && data.boolValue)
        fit();
}

void TerminalView::paint(QPainter *painter)
{
    const TerminalLook &look = m_painter.look();
    const QRectF clip = painter->hasClipping() ? painter->clipBoundingRect() : boundingRect();
    painter->fillRect(clip, look.ground);
    if (!m_terminal)
        return;
    const TerminalEmulator &emulator = m_terminal->emulator();
    const int height = m_painter.cell().height();
    const int first = std::max(0, int(clip.top() - padding / 2) / height);
    const int last = std::min(emulator.rows() - 1, int(clip.bottom() - padding / 2) / height);
    const TerminalEmulator::Cursor cursor = emulator.cursor();
    for (int row = first; row <= last; ++row) {
        const QPoint at(padding, padding / 2 + row * height);
        const qint64 number = topLine() + row;
        m_painter.paintLine(*painter, emulator, number, at, emulator.columns(), m_selected);
        const bool here = number == emulator.screenLine() + cursor.row && cursor.visible;
        if (here && m_terminal->phase() != Terminal::Phase::Ended && (m_blinkShown || !hasActiveFocus()))
            m_painter.paintCursor(*painter, emulator, at, hasActiveFocus());
    }
}

// All of it by its rectangle: Qt forgets an update without one as soon as a line's follows in the same frame.
void TerminalView::redraw()
{
    update(boundingRect().toAlignedRect());
}

void TerminalView::updateLine(qint64 line)
{
    const int height = m_painter.cell().height();
    const qint64 row = line - topLine();
    if (row >= 0 && row <= int(this->height()) / height)
        update(QRect(0, padding / 2 + int(row) * height, int(width()), height));
}

void TerminalView::wakeCursor()
{
    m_blinked = 0;
    m_blinkShown = true;
    const bool wanted = m_terminal && hasActiveFocus() && m_terminal->phase() != Terminal::Phase::Ended
        && m_terminal->emulator().cursor().blinks && QGuiApplication::styleHints()->cursorFlashTime() > 0;
    if (wanted)
        m_blink.start();
    else
        m_blink.stop();
    if (m_terminal)
        updateLine(m_terminal->emulator().screenLine() + m_terminal->emulator().cursor().row);
}

void TerminalView::takeOutput()
{
    TerminalEmulator &emulator = m_terminal->emulator();
    const TerminalEmulator::Changes changes = emulator.takeChanges();
    if (m_top && *m_top < emulator.firstLine())
        setTop(emulator.firstLine());
    if (m_selected.end.line < emulator.firstLine() && hasSelection())
        select({});
    if (changes.bell)
        Q_EMIT bell();
    if (changes.scrolled > 0 || changes.rows.count(true) == changes.rows.size()) {
        redraw();
        Q_EMIT scrolled();
    } else {
        for (int row = 0; row < changes.rows.size(); ++row) {
            if (changes.rows.testBit(row))
                updateLine(emulator.screenLine() + row);
        }
    }
    wakeCursor();
    tellText();
}

// ---- for a screen reader ---------------------------------------------------------------------------

QString TerminalView::text() const
{
    return m_terminal ? terminaltext::ofScreen(m_terminal->emulator(), topLine()) : QString();
}

// Assistive technology writes a text as a whole, or its insertion into what is there.
void TerminalView::setText(const QString &text)
{
    const QString before = this->text();
    qsizetype same = 0;
    while (same < before.size() && same < text.size() && before[same] == text[same])
        ++same;
    const bool inserted = text.size() > before.size() && text.endsWith(QStringView(before).sliced(same));
    type(inserted && !before.isEmpty() ? text.sliced(same, text.size() - before.size()) : text);
}

void TerminalView::tellText()
{
    if (QAccessible::isActive())
        Q_EMIT textChanged();
}

// ---- scrolling -------------------------------------------------------------------------------------

qint64 TerminalView::topLine() const
{
    return m_top ? *m_top : m_terminal->emulator().screenLine();
}

void TerminalView::setTop(std::optional<qint64> top)
{
    const TerminalEmulator &emulator = m_terminal->emulator();
    if (top)
        top = std::max(*top, emulator.firstLine());
    if (top && *top >= emulator.screenLine())
        top.reset();
    if (top == m_top)
        return;
    m_top = top;
    redraw();
    Q_EMIT scrolled();
    tellText();
}

void TerminalView::scrollLines(int lines)
{
    if (m_terminal)
        setTop(topLine() + lines);
}

qreal TerminalView::position() const
{
    if (!m_terminal)
        return 0;
    const TerminalEmulator &emulator = m_terminal->emulator();
    return qreal(topLine() - emulator.firstLine()) / qreal(emulator.endLine() - emulator.firstLine());
}

qreal TerminalView::pageSize() const
{
    if (!m_terminal)
        return 1;
    const TerminalEmulator &emulator = m_terminal->emulator();
    return qreal(emulator.rows()) / qreal(emulator.endLine() - emulator.firstLine());
}

void TerminalView::scrollToPosition(qreal position)
{
    if (!m_terminal)
        return;
    const TerminalEmulator &emulator = m_terminal->emulator();
    setTop(emulator.firstLine() + qRound64(position * qreal(emulator.endLine() - emulator.firstLine())));
}

bool TerminalView::scrollKey(int key)
{
    const int page = m_terminal->emulator().rows() - 1;
    switch (key) {
    case Qt::Key_PageUp:
        scrollLines(-page);
        return true;
    case Qt::Key_PageDown:
        scrollLines(page);
        return true;
    case Qt::Key_Home:
        setTop(m_terminal->emulator().firstLine());
        return true;
    case Qt::Key_End:
        setTop({});
        return true;
    default:
        return false;
    }
}

void TerminalView::wheelEvent(QWheelEvent *event)
{
    event->accept();
    if (!m_terminal)
        return;
    m_wheel += event->angleDelta().y();
    const int lines = m_wheel / (120 / wheelLines);
    m_wheel -= lines * (120 / wheelLines);
    TerminalEmulator &emulator = m_terminal->emulator();
    if (reportsMouse(event->modifiers())) {
        for (int i = 0; i < std::abs(lines) / wheelLines; ++i)
            send(emulator.mouseButton(cellAt(event->position()), lines > 0 ? 4 : 5, true, event->modifiers()));
    } else if (emulator.isAlternate()) { // a program that fills the screen: as if by the arrow keys
        for (int i = 0; i < std::abs(lines); ++i)
            send(emulator.key(lines > 0 ? Qt::Key_Up : Qt::Key_Down, {}, {}));
    } else {
        scrollLines(-lines);
    }
}

// ---- keyboard --------------------------------------------------------------------------------------

void TerminalView::send(const QByteArray &bytes)
{
    if (!bytes.isEmpty() && m_terminal)
        m_terminal->send(bytes);
}

void TerminalView::type(const QString &text)
{
    QString typed = text;
    send(typed.replace(u'\n', u'\r').toUtf8());
}

bool TerminalView::event(QEvent *event)
{
    // The window's own keys are the program's here, but for the one that leaves and those with Ctrl and Shift.
    if (event->type() == QEvent::ShortcutOverride && m_terminal) {
        const auto *key = static_cast<QKeyEvent *>(event);
        const auto both = Qt::ControlModifier | Qt::ShiftModifier;
        const bool windows = (key->modifiers() & both) == both
            || (key->key() == Qt::Key_QuoteLeft && key->modifiers() & Qt::ControlModifier);
        event->setAccepted(!windows);
        return true;
    }
    return QQuickPaintedItem::event(event);
}

bool TerminalView::ownKey(const QKeyEvent *event)
{
    const auto modifiers = event->modifiers() & ~Qt::KeypadModifier;
    if (modifiers == Qt::ShiftModifier && event->key() == Qt::Key_Insert) {
        paste();
        return true;
    }
    if (modifiers == Qt::ShiftModifier && !m_terminal->emulator().isAlternate())
        return scrollKey(event->key());
    if (modifiers != (Qt::ControlModifier | Qt::ShiftModifier))
        return false;
    switch (event->key()) {
    case Qt::Key_C:
        copy();
        return true;
    case Qt::Key_V:
        paste();
        return true;
    case Qt::Key_F:
        Q_EMIT findAsked();
        return true;
    case Qt::Key_T:
        Q_EMIT newAsked();
        return true;
    case Qt::Key_W:
        Q_EMIT closeAsked();
        return true;
    case Qt::Key_PageUp:
        Q_EMIT neighbourAsked(-1);
        return true;
    case Qt::Key_PageDown:
        Q_EMIT neighbourAsked(1);
        return true;
    default:
        return false;
    }
}

void TerminalView::keyPressEvent(QKeyEvent *event)
{
    if (!m_terminal || ownKey(event)) {
        event->setAccepted(m_terminal);
        return;
    }
    const QByteArray bytes = m_terminal->emulator().key(event->key(), event->modifiers(), event->text());
    if (bytes.isEmpty()) {
        event->ignore();
        return;
    }
    event->accept();
    setTop({});
    if (hasSelection())
        select({});
    wakeCursor();
    send(bytes);
}

void TerminalView::inputMethodEvent(QInputMethodEvent *event)
{
    if (m_terminal && !event->commitString().isEmpty()) {
        setTop({});
        send(event->commitString().toUtf8());
    }
    event->accept();
}

QVariant TerminalView::inputMethodQuery(Qt::InputMethodQuery query) const
{
    if (query == Qt::ImEnabled)
        return true;
    if (query == Qt::ImHints)
        return int(Qt::ImhNoPredictiveText | Qt::ImhNoAutoUppercase | Qt::ImhMultiLine);
    if (query == Qt::ImCursorRectangle && m_terminal) {
        const TerminalEmulator::Cursor cursor = m_terminal->emulator().cursor();
        const QSize cell = m_painter.cell();
        return QRectF(padding + cursor.column * cell.width(), padding / 2 + cursor.row * cell.height(), cell.width(),
                      cell.height());
    }
    return QQuickPaintedItem::inputMethodQuery(query);
}

void TerminalView::focusInEvent(QFocusEvent *event)
{
    QQuickPaintedItem::focusInEvent(event);
    wakeCursor();
}

void TerminalView::focusOutEvent(QFocusEvent *event)
{
    QQuickPaintedItem::focusOutEvent(event);
    wakeCursor();
}

} // namespace foundry
