// What a task does next, and what it says of itself: pure functions of its facts, so that the life cycle
// can be tested without an engine.
#pragma once

#include "LifeFacts.h"

namespace foundry {

inline constexpr auto undoWindow = std::chrono::seconds(12); // of Archive, before the sandbox goes
inline constexpr auto restoreWindow = std::chrono::hours(24 * 30); // of Delete

// The "step" of a task whose first turn was sent, until something of its session is stored (L45).
inline constexpr char waitsForAgent[] = "firstAnswer";

// The next unit of work. `prompts`: how many wait.
Act nextAct(const LifeFacts &facts, int prompts, Millis now);

// State, overlay, reason and possible actions, from the facts. `asking`: permissions that wait.
TaskSummary summarise(const LifeFacts &facts, const QStringList &asking, const QString &doing, Millis now);

// Does the repository's .foundry/config.toml wait for the person's word? Nothing is prepared before.
bool asksProject(const LifeFacts &facts);
// Did the person's Stop come before the first turn? Nothing more is prepared until they go on.
bool isStoppedEarly(const LifeFacts &facts);
// Has its set-up script still to run?
bool wantsSetUp(const LifeFacts &facts);
// Did a step fail that the task can go on without?
bool canSkip(const LifeFacts &facts);

// Is there work that no publish carried away?
bool hasUnpublished(const LifeFacts &facts);

// Is its pull request merged, with nothing left to publish, and did the person wish it put away then?
bool wantsArchive(const LifeFacts &facts);

// Does the person want to know? Merged, closed, checks that failed, a review, conflicts.
bool isNews(const TaskPullRequest &before, const TaskPullRequest &now);

// The proposed commit message: the title, then the prompt where it says more.
QString proposedMessage(const QString &title, const QString &prompt);
// Of a task that was made from an issue: the name in place of what others wrote there.
QString proposedMessage(const TaskSummary &task, const QString &prompt);

} // namespace foundry
