// Shows one terminal and gives it the keyboard and the mouse. Paints only lines that changed, and nothing while nothing
// does: the cursor stops blinking after ten seconds. Its text is there for a screen reader.
//
// Keys of its own: Ctrl+Shift+C copies, Ctrl+Shift+V and Shift+Insert paste, Shift with PageUp, PageDown, Home and End
// scroll, Ctrl+Shift+F, T, W, PageUp and PageDown are told as signals, Ctrl+` goes to the window, which leaves the
// terminal. Everything else, Tab too, is the program's.
#pragma once

#include "Terminal.h"
#include "TerminalPainter.h"

#include <QPointer>
#include <QQuickPaintedItem>
#include <QTimer>

#include <optional>

namespace foundry {

class TerminalView : public QQuickPaintedItem {
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(foundry::Terminal *terminal READ terminal WRITE setTerminal NOTIFY terminalChanged FINAL)
    // What can be seen, for a screen reader.
    // Written: what is new in it is typed.
    Q_PROPERTY(QString text READ text WRITE setText NOTIFY textChanged FINAL)
    Q_PROPERTY(bool hasSelection READ hasSelection NOTIFY selectionChanged FINAL)
    // Of all lines, between 0 and 1: for a scroll bar.
    Q_PROPERTY(qreal position READ position NOTIFY scrolled FINAL)
    Q_PROPERTY(qreal pageSize READ pageSize NOTIFY scrolled FINAL)
    Q_PROPERTY(bool atEnd READ isAtEnd NOTIFY scrolled FINAL)
    // The look, all at once: 16 colours, ground, ink, cursor, its text, selection.
    Q_PROPERTY(QVariantList colours READ colours WRITE setColours NOTIFY lookChanged FINAL)
    Q_PROPERTY(QFont font READ font WRITE setFont NOTIFY lookChanged FINAL)

public:
    explicit TerminalView(QQuickItem *parent = nullptr);

    Terminal *terminal() const { return m_terminal; }
    void setTerminal(Terminal *terminal);
    QString text() const;
    void setText(const QString &text);
    bool hasSelection() const { return !m_selected.isEmpty(); }
    qreal position() const;
    qreal pageSize() const;
    bool isAtEnd() const { return !m_top; }
    QVariantList colours() const { return m_colours; }
    void setColours(const QVariantList &colours);
    QFont font() const { return m_painter.look().font; }
    void setFont(const QFont &font);
    bool isCursorShown() const { return m_blinkShown; }
    bool isBlinking() const { return m_blink.isActive(); }

    Q_INVOKABLE void copy();
    Q_INVOKABLE void paste();
    Q_INVOKABLE void selectAll();
    // Selects the next one and brings it into sight. False: there is none.
    Q_INVOKABLE bool find(const QString &what, bool backwards);
    Q_INVOKABLE void scrollLines(int lines); // down where positive
    Q_INVOKABLE void scrollToPosition(qreal position);
    // As if typed: for what is pressed from outside.
    Q_INVOKABLE void type(const QString &text);

    void paint(QPainter *painter) override;
    QVariant inputMethodQuery(Qt::InputMethodQuery query) const override;

    static constexpr int padding = 8; // pixels
    static constexpr int blinkMs = 500;
    static constexpr int blinks = 20; // then it stays
    static constexpr int wheelLines = 3;

Q_SIGNALS:
    void terminalChanged();
    void textChanged();
    void selectionChanged();
    void scrolled();
    void lookChanged();
    void bell();
    void findAsked();
    void newAsked();
    void closeAsked();
    void neighbourAsked(int step);

protected:
    bool event(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void inputMethodEvent(QInputMethodEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void geometryChange(const QRectF &now, const QRectF &before) override;
    void itemChange(ItemChange change, const ItemChangeData &data) override;

private:
    void takeOutput();
    void fit(); // the grid to the size
    bool ownKey(const QKeyEvent *event);
    bool scrollKey(int key);
    void send(const QByteArray &bytes);
    void setTop(std::optional<qint64> top);
    qint64 topLine() const;
    TerminalPlace placeAt(QPointF at) const;
    QPoint cellAt(QPointF at) const;
    void select(TerminalRange range);
    void extendTo(TerminalPlace place);
    bool reportsMouse(Qt::KeyboardModifiers modifiers) const;
    void redraw();
    void updateLine(qint64 line);
    void wakeCursor();
    void tellText();

    QPointer<Terminal> m_terminal;
    TerminalPainter m_painter;
    QVariantList m_colours;
    std::optional<qint64> m_top; // nothing: it follows the end
    TerminalRange m_selected;
    TerminalRange m_anchor; // what the mouse was pressed on: a place, a word, a line
    bool m_selecting = false;
    QTimer m_blink;
    int m_blinked = 0;
    bool m_blinkShown = true;
    int m_wheel = 0; // eighths of a degree that made no line yet
};

} // namespace foundry
