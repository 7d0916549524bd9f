// A run's record as JSON Lines, for export, import and the superseded branches of a rewind. The first line is the
// header with the format's version, then one line for each entry in order of beginning, and a last line with their
// number, so that a cut file is noticed.
#pragma once

#include "WorkflowHistory.h"

namespace foundry {

struct RunHeader {
    static constexpr int newest = 1;
    int foundryWorkflow = newest; // the format's version
    QString program; // version that wrote it
    QString kind; // of the actor
    QStringList key;
    RunStatus status = RunStatus::none;
    bool cancelled = false;
    std::optional<Failure> failure;
    Millis startedAt = 0;
    Millis endedAt = 0;
};

namespace historyLines {

// With attempts and their logs.
QJsonObject lineOf(const WorkflowHistory &history, const HistoryEntry &entry);

// Everything that is loaded; `header` gets the run's fields.
QByteArray write(const WorkflowHistory &history, RunHeader header);
// Into an empty record, inside a transaction; `history` is loaded anew afterwards. Fails, before anything is written:
// Storage::newerVersion (both versions), Workflow::badRecord (the line and why), Workflow::misuse (there is a run).
Result<RunHeader> read(WorkflowHistory &history, const QByteArray &lines);

} // namespace historyLines

} // namespace foundry
