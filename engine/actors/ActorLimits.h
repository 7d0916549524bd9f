// Named limits of actors and workflows. All are enforced before anything changes.
#pragma once

#include <QtGlobal>

#include <chrono>

namespace foundry::limits {

inline constexpr qsizetype messageSize = 4 * 1024 * 1024; // bytes of one message's JSON
inline constexpr qsizetype stateSize = 256 * 1024; // bytes of one State's JSON
inline constexpr int queueLength = 10'000; // durable messages that wait in one actor
inline constexpr int ephemeralQueue = 10'000; // ephemeral ones
inline constexpr int outboxLength = 100'000; // messages that one actor has not delivered yet
inline constexpr int idempotencyKeys = 10'000; // remembered in each destination
inline constexpr int deadLetters = 1'000; // kept in each actor, the oldest go
inline constexpr int deliveries = 3; // of a message whose handler threw or ended the process
inline constexpr int alarms = 1'000; // schedules of one actor
inline constexpr int backups = 3; // of each store, the oldest go
inline constexpr std::chrono::milliseconds backupAge = std::chrono::hours(24); // then a changed store is copied again
inline constexpr std::chrono::milliseconds backupRetry = std::chrono::hours(1); // after one that failed
inline constexpr int backupPages = 256; // copied in one turn, of 4 KiB
inline constexpr int auditEntries = 10'000; // kept, the oldest go
inline constexpr int inspectorPage = 500; // rows of one answer to the inspector
inline constexpr int awakeActors = 256; // open stores; past it idle actors go to sleep at once
inline constexpr int recovered = 100'000; // actors looked at in one sweep
inline constexpr int messagesAtATime = 32; // of one actor before another one has its turn
inline constexpr std::chrono::milliseconds idleTime = std::chrono::seconds(30); // before an idle actor sleeps
inline constexpr std::chrono::milliseconds relaxedWindow = std::chrono::milliseconds(100); // longest without a sync
inline constexpr std::chrono::milliseconds longestAlarm = std::chrono::minutes(10); // then the wall clock is read again
inline constexpr std::chrono::milliseconds askDeadline = std::chrono::seconds(30); // where none is given
inline constexpr std::chrono::milliseconds firstRestart = std::chrono::seconds(1); // after a failed start
inline constexpr std::chrono::milliseconds lastRestart = std::chrono::minutes(5);
inline constexpr std::chrono::milliseconds longestStall
    = std::chrono::seconds(15); // between two looks whether the disk takes something again

} // namespace foundry::limits
