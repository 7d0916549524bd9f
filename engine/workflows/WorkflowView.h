// What a run looks like from outside: status, why it does not move, and its entries in the contract's words.
#pragma once

#include <foundry/Values.h>

#include <QJsonValue>
#include <QStringList>

namespace foundry {

enum class RunStatus {
    none, // not started yet
    running,
    failed, // at a step, resumable: retryStep, skipStep, cancel
    stopped, // at a step, by hand: retryStep, skipStep, cancel
    paused,
    done,
    ended, // its coroutine returned a failure: WorkflowView::failure
    cancelled,
    diverged, // the code no longer fits its history; nothing was changed
    damaged, // its history cannot be read, or it brought the process down too often
};

enum class WaitCause {
    nothing, // the run is over, or about to move
    step, // runs `step` since `since`
    retry, // attempt `attempt` of `step` begins at `until`
    timer, // `until`
    messages, // one of `names`, at most to `until` if that is not 0
    child, // the run of another actor; `step` is its entry, `names` its kind and key
    branches, // several things at once: see the entries
    hand, // failed, stopped or paused: a person must act
    stranded, // nothing on record or in memory will ever move it: a fault of the program, told as event::Trouble
};

struct WorkflowWait {
    WaitCause cause = WaitCause::nothing;
    QString step;
    QStringList names;
    int attempt = 0;
    Millis since = 0;
    Millis until = 0;
};

enum class WorkflowEntryKind { step, sleep, receive, value, loop, version, child, join, race };

struct WorkflowEntry {
    qint64 number = 0; // in order of beginning; what WorkflowControl::rewind takes
    WorkflowEntryKind kind = WorkflowEntryKind::step;
    QString scope; // "" outermost, "turns#12" in a loop's iteration, "both/left" in a branch
    bool givenBack = false; // failed, and the workflow was told
    // The rest in the contract's words. A `receive` or a `sleep` that waits has status waiting.
    TimelineEntry line;
    std::optional<Failure> failure;
};

// One line of what was done to a run by hand, oldest first.
struct AuditEntry {
    qint64 number = 0;
    Millis at = 0;
    QString action; // an operation of WorkflowControl; "superseded": an entry that a rewind took out, in `argument`
    QJsonValue argument;
    QString outcome; // "done", or why nothing was
};

// Valid only during the call it is given to; cheap to make, `entries` costs its length.
class WorkflowView {
public:
    virtual ~WorkflowView() = default;
    virtual RunStatus status() const = 0;
    virtual WorkflowWait wait() const = 0;
    // Of the run (ended, diverged, damaged), or of the step it failed at.
    virtual std::optional<Failure> failure() const = 0;
    // In order of their beginning; those of compacted loop iterations are gone. `from` is an index.
    virtual std::vector<WorkflowEntry> entries(size_t from = 0) const = 0;
    virtual size_t size() const = 0;
    // The entries that are not done: usually one.
    virtual std::vector<WorkflowEntry> current() const = 0;
    // The last lines of the newest attempt of that step, or of its failed attempt.
    virtual QString log(const QString &step, int attempt) const = 0;
};

} // namespace foundry
