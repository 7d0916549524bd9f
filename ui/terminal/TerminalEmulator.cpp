#include "TerminalEmulator.h"

#include <QRegularExpression>

#include <vterm.h>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace foundry {

namespace {

TerminalColour colourOf(const VTermColor &colour)
{
    if (VTERM_COLOR_IS_DEFAULT_FG(&colour) || VTERM_COLOR_IS_DEFAULT_BG(&colour))
        return 0;
    if (VTERM_COLOR_IS_INDEXED(&colour))
        return colourIndexed | colour.indexed.idx;
    return colourTrue | TerminalColour(colour.rgb.red) << 16 | TerminalColour(colour.rgb.green) << 8 | colour.rgb.blue;
}

VTermColor colourFrom(TerminalColour colour, VTermColor standard)
{
    VTermColor result = standard;
    if ((colour & colourKind) == colourIndexed)
        vterm_color_indexed(&result, static_cast<uint8_t>(colour));
    else if ((colour & colourKind) == colourTrue)
        vterm_color_rgb(&result, static_cast<uint8_t>(colour >> 16), static_cast<uint8_t>(colour >> 8),
                        static_cast<uint8_t>(colour));
    return result;
}

// For a line of text in the window: no control characters, no change of direction, no line breaks.
QString cleanTitle(const char *bytes)
{
    QString clean;
    const QString told = QString::fromUtf8(bytes);
    for (const QChar c : told) {
        if (c.isPrint() || c.isSurrogate())
            clean += c;
    }
    return clean.simplified().left(TerminalEmulator::titleCharacters);
}

VTermModifier modifier(Qt::KeyboardModifiers modifiers)
{
    int result = VTERM_MOD_NONE;
    if (modifiers & Qt::ShiftModifier)
        result |= VTERM_MOD_SHIFT;
    if (modifiers & Qt::AltModifier)
        result |= VTERM_MOD_ALT;
    if (modifiers & Qt::ControlModifier)
        result |= VTERM_MOD_CTRL;
    return VTermModifier(result);
}

VTermKey specialKey(int key)
{
    switch (key) {
    case Qt::Key_Up:
        return VTERM_KEY_UP;
    case Qt::Key_Down:
        return VTERM_KEY_DOWN;
    case Qt::Key_Left:
        return VTERM_KEY_LEFT;
    case Qt::Key_Right:
        return VTERM_KEY_RIGHT;
    case Qt::Key_Home:
        return VTERM_KEY_HOME;
    case Qt::Key_End:
        return VTERM_KEY_END;
    case Qt::Key_PageUp:
        return VTERM_KEY_PAGEUP;
    case Qt::Key_PageDown:
        return VTERM_KEY_PAGEDOWN;
    case Qt::Key_Insert:
        return VTERM_KEY_INS;
    case Qt::Key_Delete:
        return VTERM_KEY_DEL;
    default:
        break;
    }
    return key >= Qt::Key_F1 && key <= Qt::Key_F12 ? VTermKey(VTERM_KEY_FUNCTION(key - Qt::Key_F1 + 1))
                                                   : VTERM_KEY_NONE;
}

// Keys of one byte: libvterm would write some of them in a newer way that few programs know.
QByteArray plainKey(int key, Qt::KeyboardModifiers modifiers)
{
    const bool control = modifiers & Qt::ControlModifier;
    switch (key) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
        return "\r";
    case Qt::Key_Tab:
        return "\t";
    case Qt::Key_Backspace:
        return control ? "\b" : "\x7f";
    case Qt::Key_Escape:
        return "\x1b";
    default:
        break;
    }
    if (!control)
        return {};
    if (key >= Qt::Key_A && key <= Qt::Key_Z)
        return QByteArray(1, char(key - Qt::Key_A + 1));
    switch (key) {
    case Qt::Key_Space:
    case Qt::Key_At:
    case Qt::Key_2:
        return QByteArray(1, '\0');
    case Qt::Key_BracketLeft:
        return "\x1b";
    case Qt::Key_Backslash:
        return "\x1c";
    case Qt::Key_BracketRight:
        return "\x1d";
    case Qt::Key_AsciiCircum:
    case Qt::Key_6:
        return "\x1e";
    case Qt::Key_Underscore:
    case Qt::Key_Minus:
    case Qt::Key_Slash:
        return "\x1f";
    default:
        return {};
    }
}

} // namespace

QByteArray checkedReplies(const QByteArray &replies)
{
    // Device attributes and status, cursor position, the state of modes, focus, and DECRQSS with numbers. A setting
    // that is not known is answered by libvterm with the question's own letters: such an answer is left out.
    static const QRegularExpression known(
        u"\x1b\\[[?>]?[0-9;]{0,32}(?:c|n|R|\\$y|t|u|I|O)|\x1b\\[[IO]|\x1bP1\\$r[0-9;]{0,32}(?:m|r|s| q|\"q)\x1b\\\\"_s);
    QByteArray result;
    QRegularExpressionMatchIterator found = known.globalMatch(QString::fromLatin1(replies));
    while (found.hasNext()) {
        const QByteArray reply = found.next().captured().toLatin1();
        if (result.size() + reply.size() > TerminalEmulator::maxReplies)
            break;
        result += reply;
    }
    return result;
}

struct TerminalEmulator::Hooks {
    static TerminalEmulator &of(void *user) { return *static_cast<TerminalEmulator *>(user); }
    static VTermScreen *screen(const TerminalEmulator &emulator)
    {
        return vterm_obtain_screen(emulator.m_terminal.get());
    }

    static TerminalCell cell(const TerminalEmulator &emulator, const VTermScreenCell &from)
    {
        TerminalCell cell;
        if (from.width == 0 || from.chars[0] == uint32_t(-1)) {
            cell.width = 0; // right half
            return cell;
        }
        cell.text = from.chars[0];
        cell.width = quint8(from.width);
        cell.foreground = colourOf(from.fg);
        cell.background = colourOf(from.bg);
        cell.flags = quint16((from.attrs.bold ? TerminalCell::bold : 0) | (from.attrs.italic ? TerminalCell::italic : 0)
                             | (from.attrs.underline ? TerminalCell::underline : 0)
                             | (from.attrs.strike ? TerminalCell::strike : 0)
                             | (from.attrs.reverse ? TerminalCell::reverse : 0));
        if (from.chars[0] != 0 && from.chars[1] != 0) // behind the first 0 libvterm leaves what was there
            compose(emulator, from, cell);
        return cell;
    }
    static void compose(const TerminalEmulator &emulator, const VTermScreenCell &from, TerminalCell &cell)
    {
        qsizetype count = 1;
        while (count < VTERM_MAX_CHARS_PER_CELL && from.chars[count] != 0)
            ++count;
        const QString text = QString::fromUcs4(reinterpret_cast<const char32_t *>(from.chars), count);
        auto known = emulator.m_sequenceNumbers.constFind(text);
        if (known == emulator.m_sequenceNumbers.cend()) {
            if (emulator.m_sequences.size() >= maxSequences)
                return;
            known = emulator.m_sequenceNumbers.insert(text,
                                                      quint32(emulator.m_sequences.size() + 1)); // 0 is an empty cell
            emulator.m_sequences.append(text);
        }
        cell.text = *known;
        cell.flags |= TerminalCell::composed;
    }

    static int damage(VTermRect rect, void *user)
    {
        of(user).damage(rect.start_row, rect.end_row);
        return 1;
    }
    static int moveRect(VTermRect dest, VTermRect src, void *user)
    {
        of(user).damage(std::min(dest.start_row, src.start_row), std::max(dest.end_row, src.end_row));
        return 1;
    }
    static int moveCursor(VTermPos pos, VTermPos, int, void *user)
    {
        TerminalEmulator &self = of(user);
        self.damage(self.m_cursor.row, self.m_cursor.row + 1);
        self.damage(pos.row, pos.row + 1);
        self.m_cursor.row = pos.row;
        self.m_cursor.column = pos.col;
        return 1;
    }
    static int setProperty(VTermProp property, VTermValue *value, void *user)
    {
        TerminalEmulator &self = of(user);
        switch (property) {
        case VTERM_PROP_CURSORVISIBLE:
            self.m_cursor.visible = value->boolean;
            break;
        case VTERM_PROP_CURSORBLINK:
            self.m_cursor.blinks = value->boolean;
            break;
        case VTERM_PROP_CURSORSHAPE:
            self.m_cursor.shape = value->number == VTERM_PROP_CURSORSHAPE_UNDERLINE ? CursorShape::underline
                : value->number == VTERM_PROP_CURSORSHAPE_BAR_LEFT                  ? CursorShape::bar
                                                                                    : CursorShape::block;
            break;
        case VTERM_PROP_ALTSCREEN:
            self.m_alternate = value->boolean;
            self.damage(0, self.m_rows);
            break;
        case VTERM_PROP_TITLE:
            self.m_title = cleanTitle(value->string);
            self.m_changes.title = true;
            break;
        case VTERM_PROP_MOUSE:
            self.m_mouse = Mouse(std::clamp(value->number, 0, 3));
            break;
        case VTERM_PROP_ICONNAME:
        case VTERM_PROP_REVERSE:
        case VTERM_N_PROPS:
            break;
        }
        self.damage(self.m_cursor.row, self.m_cursor.row + 1);
        return 1;
    }
    static int bell(void *user)
    {
        of(user).m_changes.bell = true;
        return 1;
    }
    static int pushLine(int columns, const VTermScreenCell *cells, void *user)
    {
        TerminalEmulator &self = of(user);
        TerminalLine line;
        line.reserve(size_t(columns));
        for (int i = 0; i < columns; i += std::max<int>(1, cells[i].width)) {
            line.push_back(cell(self, cells[i]));
            for (int half = 1; half < cells[i].width; ++half)
                line.push_back({ .width = 0 });
        }
        self.push(std::move(line));
        return 1;
    }
    static int popLine(int columns, VTermScreenCell *cells, void *user)
    {
        TerminalEmulator &self = of(user);
        if (self.m_history.empty())
            return 0;
        const TerminalLine line = std::move(self.m_history.back());
        self.m_history.pop_back();
        self.m_historyBytes -= sizeOf(line);
        const VTermState *state = vterm_obtain_state(self.m_terminal.get());
        VTermColor foreground, background;
        vterm_state_get_default_colors(state, &foreground, &background);
        for (int i = 0; i < columns; ++i) {
            const TerminalCell from = size_t(i) < line.size() ? line[size_t(i)] : TerminalCell {};
            VTermScreenCell &to = cells[i] = {};
            to.width = char(from.width == 0 ? 1 : from.width);
            const QList<uint> chars = self.textOf(from).toUcs4();
            for (qsizetype c = 0; c < std::min<qsizetype>(chars.size(), VTERM_MAX_CHARS_PER_CELL); ++c)
                to.chars[c] = chars[c];
            to.fg = colourFrom(from.foreground, foreground);
            to.bg = colourFrom(from.background, background);
            to.attrs.bold = bool(from.flags & TerminalCell::bold);
            to.attrs.italic = bool(from.flags & TerminalCell::italic);
            to.attrs.underline = from.flags & TerminalCell::underline ? 1 : 0;
            to.attrs.strike = bool(from.flags & TerminalCell::strike);
            to.attrs.reverse = bool(from.flags & TerminalCell::reverse);
        }
        return 1;
    }
    static void write(const char *bytes, size_t size, void *user)
    {
        QByteArray &out = of(user).m_out;
        if (out.size() < 64 * 1024) // of one piece of output; what is too much is dropped by checkedReplies
            out.append(bytes, qsizetype(size));
    }
    static qsizetype sizeOf(const TerminalLine &line)
    {
        return qsizetype(line.capacity() * sizeof(TerminalCell) + sizeof(TerminalLine));
    }
    static const VTermScreenCallbacks &callbacks()
    {
        static const VTermScreenCallbacks made { damage, moveRect, moveCursor, setProperty,
                                                 bell,   nullptr,  pushLine,   popLine };
        return made;
    }
};

void TerminalEmulator::Free::operator()(VTerm *terminal) const
{
    vterm_free(terminal);
}

TerminalEmulator::TerminalEmulator(int columns, int rows)
    : m_terminal(vterm_new(std::clamp(rows, 1, maxSide), std::clamp(columns, 2, maxSide)))
    , m_columns(std::clamp(columns, 2, maxSide))
    , m_rows(std::clamp(rows, 1, maxSide))
{
    m_changes.rows.resize(m_rows);
    vterm_set_utf8(m_terminal.get(), 1);
    vterm_output_set_callback(m_terminal.get(), &Hooks::write, this);
    VTermScreen *screen = Hooks::screen(*this);
    vterm_screen_set_callbacks(screen, &Hooks::callbacks(), this);
    vterm_screen_set_damage_merge(screen, VTERM_DAMAGE_SCROLL);
    vterm_screen_enable_altscreen(screen, 1);
    vterm_screen_reset(screen, 1);
    m_out.clear();
    damage(0, m_rows);
}

TerminalEmulator::~TerminalEmulator() = default;

QByteArray TerminalEmulator::feed(QByteArrayView bytes)
{
    m_out.clear();
    vterm_input_write(m_terminal.get(), bytes.data(), size_t(bytes.size()));
    vterm_screen_flush_damage(Hooks::screen(*this));
    return checkedReplies(std::exchange(m_out, {}));
}

void TerminalEmulator::resize(int columns, int rows)
{
    columns = std::clamp(columns, 2, maxSide);
    rows = std::clamp(rows, 1, maxSide);
    if (columns == m_columns && rows == m_rows)
        return;
    m_columns = columns;
    m_rows = rows;
    m_changes.rows.resize(rows);
    m_out.clear();
    vterm_set_size(m_terminal.get(), rows, columns);
    vterm_screen_flush_damage(Hooks::screen(*this));
    m_out.clear();
    m_cursor.row = std::min(m_cursor.row, rows - 1);
    m_cursor.column = std::min(m_cursor.column, columns - 1);
    damage(0, rows);
}

TerminalEmulator::Changes TerminalEmulator::takeChanges()
{
    Changes changes = std::exchange(m_changes, {});
    m_changes.rows.resize(m_rows);
    return changes;
}

void TerminalEmulator::damage(int first, int end)
{
    for (int row = std::max(0, first); row < std::min(end, int(m_changes.rows.size())); ++row)
        m_changes.rows.setBit(row);
}

void TerminalEmulator::push(TerminalLine line)
{
    while (!line.empty() && line.back().isBlank())
        line.pop_back();
    line.shrink_to_fit();
    m_historyBytes += Hooks::sizeOf(line);
    m_history.push_back(std::move(line));
    ++m_changes.scrolled;
    while (m_history.size() > historyLines || m_historyBytes > historyBytes) {
        m_historyBytes -= Hooks::sizeOf(m_history.front());
        m_history.pop_front();
        ++m_dropped;
    }
}

TerminalLine TerminalEmulator::line(qint64 number) const
{
    if (number >= m_dropped && number < screenLine())
        return m_history[size_t(number - m_dropped)];
    TerminalLine line;
    if (number < screenLine() || number >= endLine())
        return line;
    const VTermScreen *screen = Hooks::screen(*this);
    line.reserve(size_t(m_columns));
    for (VTermPos pos { int(number - screenLine()), 0 }; pos.col < m_columns; ++pos.col) {
        VTermScreenCell cell;
        vterm_screen_get_cell(screen, pos, &cell);
        line.push_back(Hooks::cell(*this, cell));
    }
    while (!line.empty() && line.back().isBlank())
        line.pop_back();
    return line;
}

QString TerminalEmulator::textOf(const TerminalCell &cell) const
{
    if (cell.flags & TerminalCell::composed)
        return m_sequences.value(qsizetype(cell.text) - 1);
    if (cell.text == 0)
        return {};
    return QString::fromUcs4(&cell.text, 1);
}

QString TerminalEmulator::lineText(qint64 number, QList<int> *columns) const
{
    QString text;
    const TerminalLine cells = line(number);
    for (size_t column = 0; column < cells.size(); ++column) {
        if (cells[column].width == 0)
            continue;
        const QString one = cells[column].text == 0 ? u" "_s : textOf(cells[column]);
        text += one;
        if (columns)
            columns->insert(columns->size(), one.size(), int(column));
    }
    return text;
}

// ---- the way back ---------------------------------------------------------------------------------

QByteArray TerminalEmulator::typed(auto send)
{
    m_out.clear();
    send(m_terminal.get());
    return std::exchange(m_out, {});
}

QByteArray TerminalEmulator::key(int key, Qt::KeyboardModifiers modifiers, const QString &text)
{
    modifiers &= Qt::ShiftModifier | Qt::AltModifier | Qt::ControlModifier;
    const QByteArray escape = modifiers & Qt::AltModifier ? "\x1b" : "";
    if (key == Qt::Key_Backtab)
        return escape + "\x1b[Z";
    if (const VTermKey special = specialKey(key); special != VTERM_KEY_NONE)
        return typed([&](VTerm *terminal) { vterm_keyboard_key(terminal, special, modifier(modifiers)); });
    if (const QByteArray plain = plainKey(key, modifiers); !plain.isEmpty())
        return escape + plain;
    if (modifiers & Qt::ControlModifier)
        return text.size() == 1 && text.front().unicode() < 0x20 ? escape + text.toLatin1() : QByteArray();
    return text.isEmpty() ? QByteArray() : escape + text.toUtf8();
}

QByteArray TerminalEmulator::paste(const QString &text)
{
    QString clean;
    clean.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text[i];
        if (c == u'\n' || c == u'\r') {
            clean += u'\r';
            if (c == u'\r' && i + 1 < text.size() && text[i + 1] == u'\n')
                ++i;
        } else if (c == u'\t' || (c.unicode() >= 0x20 && !(c.unicode() >= 0x7f && c.unicode() < 0xa0))) {
            clean += c; // without escape nothing can end the brackets early
        }
    }
    const QByteArray begin = typed([](VTerm *terminal) { vterm_keyboard_start_paste(terminal); });
    const QByteArray end = typed([](VTerm *terminal) { vterm_keyboard_end_paste(terminal); });
    return begin + clean.toUtf8() + end;
}

bool TerminalEmulator::isPasteBracketed() const
{
    auto *self = const_cast<TerminalEmulator *>(this); // libvterm tells the mode by what it would send
    return !self->typed([](VTerm *terminal) { vterm_keyboard_start_paste(terminal); }).isEmpty();
}

QByteArray TerminalEmulator::mouseMove(QPoint cell, Qt::KeyboardModifiers modifiers)
{
    if (m_mouse == Mouse::none) // libvterm does not look
        return {};
    return typed([&](VTerm *terminal) { vterm_mouse_move(terminal, cell.y(), cell.x(), modifier(modifiers)); });
}

QByteArray TerminalEmulator::mouseButton(QPoint cell, int button, bool pressed, Qt::KeyboardModifiers modifiers)
{
    if (m_mouse == Mouse::none)
        return {};
    return typed([&](VTerm *terminal) {
        vterm_mouse_move(terminal, cell.y(), cell.x(), modifier(modifiers));
        vterm_mouse_button(terminal, button, pressed, modifier(modifiers));
    });
}

} // namespace foundry
