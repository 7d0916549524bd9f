// Text out of a terminal: what is selected, what is found, words and links at a place. Pure. GUI thread.
#pragma once

#include "TerminalEmulator.h"

#include <QUrl>

#include <optional>

namespace foundry::terminaltext {

inline constexpr qsizetype maxCopied = 32 * 1024 * 1024; // characters

// With line breaks; a line that fills the whole width goes on in the next one without a break.
QString ofRange(const TerminalEmulator &emulator, TerminalRange range);
// What can be seen, for a screen reader.
QString ofScreen(const TerminalEmulator &emulator, qint64 firstLine);

TerminalRange wordAt(const TerminalEmulator &emulator, TerminalPlace place);
TerminalRange lineAt(const TerminalEmulator &emulator, qint64 line);
// A web address (http, https) in the line at this place; empty: none.
QUrl linkAt(const TerminalEmulator &emulator, TerminalPlace place);

// The next (or previous) one from `from`, once round; within a line; letters' case does not matter.
std::optional<TerminalRange> find(const TerminalEmulator &emulator, const QString &what, TerminalPlace from,
                                  bool backwards);

} // namespace foundry::terminaltext
