// What the inspector shows: actors as they are kept on disk, and the workflow of one. For people who want to know why
// something does not move; nothing of the ordinary window depends on it.
#pragma once

#include <foundry/Values.h>

namespace foundry {

// ActorStatus of engine/actors, by name, and what it says of itself without being woken.
struct ActorSummary {
    QString id;
    QString kind;
    QStringList key;
    QString status; // asleep, starting, awake, startFailed, stalled, stopping, damaged
    std::optional<Failure> failure; // of the last start, or why it is damaged
    int failedStarts = 0;
    Millis nextStartAt = 0;
    Millis createdAt = 0;
    Millis wakeAt = 0; // 0: only a message wakes it
    bool operator==(const ActorSummary &) const = default;
};

// A message that was set aside, with the evidence.
struct DeadLetterSummary {
    qint64 number = 0;
    QString message; // its name
    QString content; // JSON, cut
    Failure failure;
    int deliveries = 0;
    Millis at = 0;
    QString to; // of one that could not be delivered; empty: one that could not be handled
    bool operator==(const DeadLetterSummary &) const = default;
};

// A copy of an actor's store, made once a day when it changed, and before each migration.
struct BackupSummary {
    QString name; // what command::RestoreActor takes
    Millis at = 0;
    qint64 bytes = 0;
    bool operator==(const BackupSummary &) const = default;
};

struct RunEntry {
    qint64 number = 0; // what command::ControlRun::rewind takes
    QString kind; // step, sleep, receive, value, loop, version, child, join, race
    QString scope; // "" outermost, "turns#12" in a loop's iteration
    TimelineEntry line;
    bool operator==(const RunEntry &) const = default;
};

// Something that was done to a run by hand.
struct RunAudit {
    Millis at = 0;
    QString action; // pause, resume, retryStep, …
    QString outcome; // "done", or why nothing was
    bool operator==(const RunAudit &) const = default;
};

// The durable workflow of one actor.
struct RunSummary {
    QString status; // none, running, failed, stopped, paused, done, ended, cancelled, diverged, damaged
    QString waitsFor; // why it does not move: "timer", "messages prompt, stop", "retry of push" …; empty: it is over
    Millis waitsUntil = 0;
    std::optional<Failure> failure;
    std::vector<RunEntry> entries; // newest last, at most limits::inspectedEntries
    qint64 entryCount = 0;
    std::vector<RunAudit> audit; // oldest first
    bool operator==(const RunSummary &) const = default;
};

} // namespace foundry
