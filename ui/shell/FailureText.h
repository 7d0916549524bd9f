// The one place where a failure becomes sentences for people: what happened, and the way out.
// Pure functions, any thread.
#pragma once

#include <foundry/Failure.h>

namespace foundry {

struct FailureSentences {
    QString what; // one sentence
    QString remedy; // what to do about it, one or two sentences; may be empty
};

// From the outermost code; where that only says that something else went wrong, the cause is told too.
FailureSentences sentencesOf(const Failure &failure);

// Both as one text, and the underlying words behind them where they help (git's, the agent's), cut to
// maxFailureQuote characters.
QString failureText(const Failure &failure);

inline constexpr qsizetype maxFailureQuote = 300;

} // namespace foundry
