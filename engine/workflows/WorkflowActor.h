// An actor with one durable workflow. It starts after onCreate and goes on at each wake until it is over.
#pragma once

#include "Actor.h"
#include "WorkflowCleanUp.h"
#include "WorkflowContext.h"
#include "WorkflowView.h"

namespace foundry {

// Operations of a person on the run. Inside a handler they are part of its transaction; outside they make their own.
// On disk before anything happens, applied right afterwards, with an audit entry in the run's history.
// Fail: Workflow::misuse when the run's status does not allow it.
class WorkflowControl {
public:
    Result<void> retryStep(); // failed, stopped or waiting to retry: a new attempt now, with a new budget
    Result<void> skipStep(const QJsonValue &result = {}); // failed, stopped or waiting to retry
    Result<void>
    stopStep(); // a running or retrying step: interrupted, attempt recorded as Workflow::stopped, run stopped
    // What waits now gets Workflow::cancelled; the coroutine may clean up, then the run ends as cancelled.
    Result<void> cancel();
    Result<void> pause(); // nothing new begins; what runs comes to its end
    Result<void> resume();
    // Goes back to just before this entry (WorkflowEntry::number), which is made again; it and all that began later are
    // kept in the audit as a superseded branch. Also for a run that is over or has diverged; a paused one goes on. What
    // superseded receives had taken comes back to the end of the queue. What the entries changed in the actor or
    // outside stays, and their idempotency keys are the same: the other side can tell. Refused inside a join or race
    // that is over (go back to it instead).
    Result<void> rewind(qint64 entry);
    // What was done by hand, those after `after`.
    Result<std::vector<AuditEntry>> audit(qint64 after = 0, int atMost = 100) const;
    // The record as JSON Lines (HistoryLines.h): what importRun takes. Not the actor's state, not its queue.
    Result<QByteArray> exportRun() const;
    RunStatus status() const;

private:
    friend class WorkflowActor;
    friend class WorkflowRunner;
    explicit WorkflowControl(WorkflowRunner &runner)
        : m_runner(runner)
    {
    }
    WorkflowRunner &m_runner;
};

class WorkflowActor : public Actor {
public:
    // For its own handlers, and for the inspector outside of them.
    WorkflowControl &workflow();
    const WorkflowView &workflowView() const;

protected:
    // `messages`: the names that `receive` may ask for. They wait in the queue until received and never reach
    // onMessage.
    explicit WorkflowActor(const QStringList &messages);
    ~WorkflowActor() override;

    virtual Workflow run(WorkflowContext &context) = 0;
    // What a parent's WorkflowContext::child answers; read once, in the transaction that ends a run as done.
    virtual QJsonValue workflowResult() const { return {}; }
    // How long the actor is kept once its run is over; without a limit until somebody destroys it.
    virtual RunRetention retention() const { return {}; }
    // Longest time of the whole run, from its start; 0: none. Then what waits gets Workflow::cancelled, whatever its
    // own limits say, what was registered with ifItFails runs, and the run ends with Workflow::timedOut. While it is
    // paused it is not cut; that comes when it goes on. A rewind gives a run that was cut its time again.
    virtual std::chrono::milliseconds workflowTimeOut() const { return {}; }
    // After each change. `durable`: inside the commit of what changed (store, State, send, tell are part of it);
    // otherwise progress of a running step, at most every limits::progressInterval: tellNow only.
    virtual void onWorkflowChanged(const WorkflowView &view, bool durable);

    // In onCreate: the run goes on from this record instead of beginning. An attempt that was under way when it was
    // exported counts as crashed. Idempotency keys begin with the new actor's id. Fails, changing nothing:
    // Storage::newerVersion, Workflow::badRecord (the line and why), misuse (another kind, or there is a run).
    Result<void> importRun(const QByteArray &lines);

private:
    friend class WorkflowRunner;
    WorkflowRunner *m_runner;
    std::unique_ptr<WorkflowControl> m_control;
};

} // namespace foundry
