// The values that the scripted engine tells: a few repositories, tasks in every state, a transcript, changes.
#pragma once

#include <foundry/Answer.h>

namespace foundry::test {

inline constexpr Millis worldNow = 1'795'000'000'000;

answer::Workbench emptyWorld(); // first start
answer::Workbench world();
answer::Workbench manyTasks(int count);

TaskDetails detailsOf(const TaskSummary &task);
std::vector<TranscriptEntry> transcriptOf(const TaskSummary &task);
std::vector<ChangedFile> changedFiles();
FileDiff diffOf(const QString &path);

} // namespace foundry::test
