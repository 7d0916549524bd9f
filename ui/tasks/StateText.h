// What a task's state looks like and the one sentence of why, made from the summary's evidence. Pure.
#pragma once

#include <foundry/Values.h>

#include <functional>

namespace foundry {

using FailureWords = std::function<QString(const Failure &)>;

struct StateLook {
    QString glyph; // a name of Controls' glyphs
    QString tone; // neutral, accent, positive, warning, negative
    QString word; // "Working"
    QString why; // "asks: Reach registry.example?"; may be empty
    bool needsPerson = false; // belongs to the first group of the sidebar

    // "Working · edits src/a.cpp"
    QString chip() const { return why.isEmpty() ? word : word + u" \u00b7 "_s + why; }
};

StateLook lookOf(const TaskSummary &task, const FailureWords &words);

// "createSandbox" → "creating the sandbox"; an unknown step as its words: "someStep" → "some step".
QString stepDoing(const QString &step);

// "now", "4 m", "2 h", "3 d": never finer than minutes.
QString ageText(Millis now, Millis at);
// Milliseconds until ageText of `at` changes.
Millis ageChangesIn(Millis now, Millis at);

// Does a turn or a step run now, so that quitting would interrupt it?
bool isRunning(const TaskSummary &task);
// Archived or deleted?
bool isPutAway(const TaskSummary &task);

} // namespace foundry
