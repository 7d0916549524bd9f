// What a program's output makes of a screen: libvterm, a bounded scroll-back, and nothing that reaches out. A program
// can not read or set the clipboard, cannot have text of its own typed back (answers to its questions are checked word
// by word), cannot open links; its title is cleaned. GUI thread; knows no Qt Quick.
#pragma once

#include "TerminalCell.h"

#include <QBitArray>
#include <QByteArray>
#include <QHash>
#include <QPoint>
#include <QStringList>

#include <deque>
#include <memory>

struct VTerm;

namespace foundry {

class TerminalEmulator {
public:
    enum class CursorShape { block, underline, bar };
    enum class Mouse { none, click, drag, move };
    struct Cursor {
        int row = 0;
        int column = 0;
        bool visible = true;
        bool blinks = true;
        CursorShape shape = CursorShape::block;
        bool operator==(const Cursor &) const = default;
    };
    // What is to be painted again since it was taken last.
    struct Changes {
        QBitArray rows; // of the screen
        qint64 scrolled = 0; // lines that went to the scroll-back
        bool bell = false;
        bool title = false;
    };

    static constexpr int historyLines = 10'000;
    static constexpr qsizetype historyBytes = 16 * 1024 * 1024; // of cells, whichever limit comes first
    static constexpr int titleCharacters = 80;
    static constexpr int maxSequences = 4096; // different sequences of combining characters; then the base alone
    static constexpr qsizetype maxReplies = 4096; // bytes of answers to one piece of output; the rest is not given
    static constexpr int maxSide = 1000;

    TerminalEmulator(int columns, int rows);
    ~TerminalEmulator();
    Q_DISABLE_COPY_MOVE(TerminalEmulator)

    // Output of the program, cut anywhere. Answers what the terminal says back to it.
    QByteArray feed(QByteArrayView bytes);
    void resize(int columns, int rows);
    Changes takeChanges();

    int columns() const { return m_columns; }
    int rows() const { return m_rows; }
    Cursor cursor() const { return m_cursor; }
    QString title() const { return m_title; }
    bool isAlternate() const { return m_alternate; }
    Mouse mouse() const { return m_mouse; }

    // Lines that can be seen: [firstLine, endLine); the screen is the last rows() of them.
    qint64 firstLine() const { return m_dropped; }
    qint64 screenLine() const { return m_dropped + qint64(m_history.size()); }
    qint64 endLine() const { return screenLine() + m_rows; }
    TerminalLine line(qint64 number) const; // without empty cells at its end; nothing outside of the range
    QString textOf(const TerminalCell &cell) const; // empty for a right half
    QString lineText(qint64 number, QList<int> *columns = nullptr) const; // `columns`: of each UTF-16 unit
    qsizetype historySize() const { return m_historyBytes; }

    // What a key sends, in the mode that the program asked for. `key`: Qt::Key, `text`: what it writes.
    QByteArray key(int key, Qt::KeyboardModifiers modifiers, const QString &text);
    // Text as if pasted: control characters are taken out; between brackets if the program asked for them.
    QByteArray paste(const QString &text);
    bool isPasteBracketed() const;
    // Row and column of the screen from 0. Buttons: 1 left, 2 middle, 3 right, 4 and 5 the wheel.
    QByteArray mouseMove(QPoint cell, Qt::KeyboardModifiers modifiers);
    QByteArray mouseButton(QPoint cell, int button, bool pressed, Qt::KeyboardModifiers modifiers);

private:
    struct Hooks; // libvterm's callbacks
    struct Free {
        void operator()(VTerm *terminal) const;
    };
    void push(TerminalLine line);
    void damage(int first, int end);
    QByteArray typed(auto send);

    std::unique_ptr<VTerm, Free> m_terminal;
    int m_columns, m_rows;
    Cursor m_cursor;
    QString m_title;
    bool m_alternate = false;
    Mouse m_mouse = Mouse::none;
    Changes m_changes;
    std::deque<TerminalLine> m_history;
    qsizetype m_historyBytes = 0;
    qint64 m_dropped = 0; // lines that the limits took
    mutable QHash<QString, quint32> m_sequenceNumbers;
    mutable QStringList m_sequences;
    QByteArray m_out;
};

// Of what a terminal would say to its program in answer to output: only complete answers of known kinds, in which
// nothing can stand that the output chose.
QByteArray checkedReplies(const QByteArray &replies);

} // namespace foundry
