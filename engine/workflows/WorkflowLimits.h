#pragma once

#include <QtGlobal>

#include <chrono>

namespace foundry::limits {

inline constexpr qsizetype stepResult = 1024 * 1024; // bytes of one result's JSON
inline constexpr qsizetype entryName = 100; // characters
inline constexpr int workflowEntries = 100'000; // of one run, without compacted ones
inline constexpr int attemptsKept = 100; // records of one step; of more the oldest go
inline constexpr int receiveBatch = 1'000; // messages of one receiveBatch
inline constexpr qsizetype receiveBytes = 1024 * 1024; // of their payloads together; the first one may be larger
inline constexpr int runDeaths = 3; // a run whose code brought the process down so often is set aside
inline constexpr std::chrono::milliseconds progressInterval = std::chrono::milliseconds(100);

} // namespace foundry::limits
