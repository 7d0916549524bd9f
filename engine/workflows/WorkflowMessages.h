// What the runs of two actors say to each other. They wait in the queue like the messages that a workflow receives,
// and never reach onMessage.
#pragma once

#include "Message.h"
#include "WorkflowView.h"

namespace foundry {

// From a parent, at once after it made the child: it is answered with WorkflowEnded when the run is over, also if that
// was before. As many as like may watch.
struct WatchWorkflow {
    static constexpr auto name = "watchWorkflow";
    QString kind; // of the watcher
    QStringList key;
    qint64 entry = 0; // of its record
};
struct WorkflowEnded {
    static constexpr auto name = "workflowEnded";
    qint64 entry = 0;
    RunStatus status = RunStatus::none;
    QJsonValue result; // WorkflowActor::workflowResult
    std::optional<Failure> failure;
};
// As WorkflowControl::cancel, no effect on a run that is over.
struct CancelWorkflow {
    static constexpr auto name = "cancelWorkflow";
};

FOUNDRY_JSON(WatchWorkflow, kind, key, entry)
FOUNDRY_JSON(WorkflowEnded, entry, status, result, failure)
FOUNDRY_JSON(CancelWorkflow)

} // namespace foundry
