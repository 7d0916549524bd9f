// What the inspector sees of an actor, and what is written down when a person acts on one.
#pragma once

#include "ActorKey.h"

#include <foundry/Failure.h>
#include <foundry/Values.h>

#include <QJsonValue>

#include <map>
#include <optional>
#include <vector>

namespace foundry {

enum class ActorStatus {
    asleep,
    starting, // waits for its turn to wake, or wakes
    awake,
    startFailed, // tried again at ActorInfo::nextStartAt
    stalled, // its disk takes nothing; tried again
    stopping,
    damaged, // its store cannot be opened; untouched until a person restarts, restores or destroys it
};

struct ActorInfo {
    ActorRef ref;
    ActorStatus status = ActorStatus::asleep;
    std::optional<Failure> failure; // of the last start, or why it is damaged
    int failedStarts = 0;
    Millis nextStartAt = 0;
    Millis createdAt = 0;
    std::optional<Millis> wakeAt; // asleep: next alarm; nothing: only a message wakes it
};

struct ActorSearch {
    QString kind; // empty: all
    QString text; // somewhere in the key or the id, any case; empty: all
    bool troubledOnly = false; // damaged, stalled or not started
    int from = 0;
    int count = 100; // at most limits::inspectorPage
};

struct ScheduleInfo {
    QString name;
    Millis due = 0;
    Millis period = 0; // 0: once
    QString message;
    qint64 skipped = 0; // runs left out because the one before still waited
};

struct WaitingMessage {
    qint64 sequence = 0;
    QString name;
    qint64 bytes = 0;
    int deliveries = 0; // that ended the process or threw
    bool forWorkflow = false;
};

struct BackupInfo {
    QString name; // of the file, for ActorSystem::restore
    Millis at = 0;
    qint64 bytes = 0;
    bool beforeMigration = false;
};

struct ActorDetails {
    ActorInfo info; // with a failure instead of all below when it cannot be opened
    std::map<QString, QJsonValue> state;
    std::vector<WaitingMessage> waiting; // the first limits::inspectorPage
    qint64 queueLength = 0;
    qint64 outboxLength = 0;
    std::vector<ScheduleInfo> schedules;
    qint64 deadLetters = 0;
    std::vector<BackupInfo> backups; // newest first
};

struct ActorAuditEntry {
    qint64 number = 0;
    Millis at = 0;
    QString action; // "destroy", "restart", "restore", "setAside", "retryDeadLetter", "dropDeadLetter"
    ActorRef actor;
    QString detail;
    std::optional<Failure> failure; // it was refused
};

} // namespace foundry
