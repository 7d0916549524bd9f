// Where messages go: a file in the data folder (two of at most 4 MiB), warnings also to standard error. Never
// holds prompts, tokens or what agents say.
#pragma once

#include <QString>

namespace foundry {

inline constexpr qint64 maxLogFile = 4 * 1024 * 1024; // bytes; then it becomes foundry.log.1

// Any thread may log afterwards. `folder` is made where it is missing.
void startLog(const QString &folder);

} // namespace foundry
