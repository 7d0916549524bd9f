// Spans and times as people read them. Pure; any thread.
#pragma once

#include <foundry/Values.h>

namespace foundry {

// "0.3 s", "12 s", "1 m 12 s", "2 h 5 m", "3 d 4 h"
QString spanText(Millis span);
// "10:42", local time as the system writes it; empty for 0
QString clockText(Millis at);
// With seconds: "10:43:50"
QString exactClockText(Millis at);
// "41 k", "1.2 M"
QString countText(qint64 count);
// Text of a program for a person: control sequences gone, of each line only what was left standing
QString plainOutput(const QString &output);

} // namespace foundry
