// The rows of a task: prompts that wait or were sent, and the lines of its timeline. Every write is part of
// the caller's transaction. Engine thread.
#pragma once

#include "Database.h"
#include "Migrator.h"

#include <foundry/Values.h>

namespace foundry {

class TaskStore {
public:
    static std::vector<Migration> migrations();

    explicit TaskStore(Database &database)
        : m_database(database)
    {
    }

    // Behind the others, or before all of them. Fails: Actor::queueFull past limits::queuedPrompts.
    Result<void> addPrompt(const QString &id, const QString &text, bool first = false);
    // Waiting ones only; empty text drops it. Fails: Task::missing.
    Result<void> editPrompt(const QString &id, const QString &text);
    Result<void> markSent(const QString &id);
    Result<std::vector<QueuedPrompt>> waiting() const; // in order
    Result<QString> promptText(const QString &id) const; // Fails: Task::missing
    Result<QString> firstPrompt() const; // of the task's life

    // One line for each name and subject; a later one replaces it where it stands.
    Result<void> putLine(const TimelineEntry &line);
    // It went well, at `at`; no effect where there is no such line, or it is done.
    Result<void> finishLine(const QString &name, const QString &subject, Millis at);
    // Whatever still runs has failed, at `at`.
    Result<void> failLine(const Failure &failure, Millis at);
    // The one of this name that has failed was skipped.
    Result<void> skipLine(const QString &name, Millis at);
    Result<std::vector<TimelineEntry>> lines() const;
    Result<void> putLog(const QString &name, const QString &text); // the last one of that step
    Result<QString> log(const QString &name) const;

private:
    Database &m_database;
};

} // namespace foundry
