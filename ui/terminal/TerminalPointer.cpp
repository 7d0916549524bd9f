// TerminalView's mouse, selection, clipboard and search.
#include "TerminalText.h"
#include "TerminalView.h"

#include <QClipboard>
#include <QDesktopServices>
#include <QGuiApplication>

#include <algorithm>

namespace foundry {

QPoint TerminalView::cellAt(QPointF at) const
{
    const TerminalEmulator &emulator = m_terminal->emulator();
    const QSize cell = m_painter.cell();
    return { std::clamp((int(at.x()) - padding) / cell.width(), 0, emulator.columns() - 1),
             std::clamp((int(at.y()) - padding / 2) / cell.height(), 0, emulator.rows() - 1) };
}

TerminalPlace TerminalView::placeAt(QPointF at) const
{
    const TerminalEmulator &emulator = m_terminal->emulator();
    const QSize cell = m_painter.cell();
    const int column = std::clamp(qRound((at.x() - padding) / cell.width()), 0, emulator.columns());
    return { topLine() + cellAt(at).y(), column };
}

bool TerminalView::reportsMouse(Qt::KeyboardModifiers modifiers) const
{
    return m_terminal && m_terminal->emulator().mouse() != TerminalEmulator::Mouse::none && !m_top
        && !(modifiers & Qt::ShiftModifier);
}

void TerminalView::select(TerminalRange range)
{
    if (range == m_selected)
        return;
    const TerminalRange before = std::exchange(m_selected, range);
    if (before.isEmpty() && range.isEmpty())
        return;
    update();
    Q_EMIT selectionChanged();
}

void TerminalView::extendTo(TerminalPlace place)
{
    select({ std::min(m_anchor.begin, place), std::max(m_anchor.end, place) });
}

void TerminalView::mousePressEvent(QMouseEvent *event)
{
    forceActiveFocus(Qt::MouseFocusReason);
    if (!m_terminal)
        return;
    if (event->button() == Qt::LeftButton && event->modifiers() & Qt::ControlModifier) {
        const QUrl link = terminaltext::linkAt(
            m_terminal->emulator(), { topLine() + cellAt(event->position()).y(), cellAt(event->position()).x() });
        if (link.isValid()) {
            QDesktopServices::openUrl(link);
            return;
        }
    }
    if (reportsMouse(event->modifiers())) {
        const int button = event->button() == Qt::LeftButton ? 1 : event->button() == Qt::MiddleButton ? 2 : 3;
        send(m_terminal->emulator().mouseButton(cellAt(event->position()), button, true, event->modifiers()));
        return;
    }
    if (event->button() == Qt::MiddleButton) {
        const QClipboard *clipboard = QGuiApplication::clipboard();
        if (clipboard->supportsSelection())
            m_terminal->paste(clipboard->text(QClipboard::Selection));
        return;
    }
    if (event->button() != Qt::LeftButton)
        return;
    const TerminalPlace place = placeAt(event->position());
    m_selecting = true;
    if (event->modifiers() & Qt::ShiftModifier && hasSelection()) {
        m_anchor = { m_selected.begin, m_selected.begin };
        extendTo(place);
        return;
    }
    m_anchor = { place, place };
    select({});
}

void TerminalView::mouseDoubleClickEvent(QMouseEvent *event)
{
    if (!m_terminal || reportsMouse(event->modifiers()) || event->button() != Qt::LeftButton)
        return;
    const QPoint cell = cellAt(event->position());
    m_anchor = terminaltext::wordAt(m_terminal->emulator(), { topLine() + cell.y(), cell.x() });
    m_selecting = true;
    select(m_anchor);
}

void TerminalView::mouseMoveEvent(QMouseEvent *event)
{
    if (!m_terminal)
        return;
    if (!m_selecting) {
        if (reportsMouse(event->modifiers()))
            send(m_terminal->emulator().mouseMove(cellAt(event->position()), event->modifiers()));
        return;
    }
    if (event->position().y() < 0)
        scrollLines(-1);
    else if (event->position().y() > height())
        scrollLines(1);
    extendTo(placeAt(event->position()));
}

void TerminalView::mouseReleaseEvent(QMouseEvent *event)
{
    if (!m_terminal)
        return;
    if (std::exchange(m_selecting, false)) {
        QClipboard *clipboard = QGuiApplication::clipboard();
        if (hasSelection() && clipboard->supportsSelection())
            clipboard->setText(terminaltext::ofRange(m_terminal->emulator(), m_selected), QClipboard::Selection);
        return;
    }
    if (reportsMouse(event->modifiers())) {
        const int button = event->button() == Qt::LeftButton ? 1 : event->button() == Qt::MiddleButton ? 2 : 3;
        send(m_terminal->emulator().mouseButton(cellAt(event->position()), button, false, event->modifiers()));
    }
}

void TerminalView::copy()
{
    if (m_terminal && hasSelection())
        QGuiApplication::clipboard()->setText(terminaltext::ofRange(m_terminal->emulator(), m_selected));
}

void TerminalView::paste()
{
    if (!m_terminal)
        return;
    setTop({});
    m_terminal->paste(QGuiApplication::clipboard()->text());
}

void TerminalView::selectAll()
{
    if (m_terminal)
        select({ { m_terminal->emulator().firstLine(), 0 }, { m_terminal->emulator().endLine(), 0 } });
}

bool TerminalView::find(const QString &what, bool backwards)
{
    if (!m_terminal)
        return false;
    const TerminalEmulator &emulator = m_terminal->emulator();
    const TerminalPlace end { emulator.endLine() - 1, emulator.columns() };
    const TerminalPlace from = hasSelection() ? (backwards ? m_selected.begin : m_selected.end)
        : backwards                           ? end
                                              : TerminalPlace { topLine(), 0 };
    const auto found = terminaltext::find(emulator, what, from, backwards);
    if (!found)
        return false;
    select(*found);
    if (found->begin.line < topLine() || found->begin.line >= topLine() + emulator.rows())
        setTop(found->begin.line - emulator.rows() / 2);
    return true;
}

} // namespace foundry
