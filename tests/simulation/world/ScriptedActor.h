// A workflow that does what its program says, and tells the model what it sees.
#pragma once

#include "Actors.h"
#include "Superseded.h"

#include <WorkflowActor.h>

namespace foundry::simulation {

class ScriptedActor final : public Marked<WorkflowActor> {
public:
    explicit ScriptedActor(World &around)
        : Marked(around, QStringList { u"go"_s })
    {
    }
    ~ScriptedActor() override;

    // What a person would do when it does not move. Answers what was done, for the trace; empty: nothing to do.
    QString nudge();
    bool isOver() const;
    QString waitText() const;

protected:
    Workflow run(WorkflowContext &context) override;
    Result<void> onCreate(const QJsonObject &) override;
    QJsonValue workflowResult() const override;
    void onWorkflowChanged(const WorkflowView &view, bool durable) override;
    Result<QJsonValue> onMessage(const Message &message) override;

private:
    using Text = Result<QString>;
    struct Place { // in the program
        QString scope;
        QString seen; // a digest of all that the workflow saw on its way here
    };
    Flow<Text> block(WorkflowContext &context, const Block &block, Place place);
    Flow<Text> perform(WorkflowContext &context, const Op &op, Place place);
    Flow<Text> step(WorkflowContext &context, const Op &op, Place place);
    Flow<Text> wait(WorkflowContext &context, const Op &op, Place place);
    Flow<Text> join(WorkflowContext &context, const Op &op, Place place);
    Flow<Text> race(WorkflowContext &context, const Op &op, Place place);
    Flow<Text> loop(WorkflowContext &context, const Op &op, Place place);
    Flow<Text> child(WorkflowContext &context, const Op &op, Place place);
    Flow<Result<LoopTurn<QStringList>>> turn(WorkflowContext &context, const Op &op, QString scope, QStringList state);
    std::vector<Branch<QString>> branches(const Op &op, const Place &place);
    Async<Result<int>> body(const Op &op, QString key, QString seen, StepRun &run);
    Async<Result<int>> end(Ending ending, QString key, StepRun &run);
    Async<Result<void>> undo(QString mark, StepRun &run);
    Result<void> completed(const Op &op, const QString &key, int value);
    // Inside a turn, right after the entry was awaited.
    void observe(const QString &entry, const QString &outcome);
    void observeVersion(const QString &key, int version);
    void registerUndo(WorkflowContext &context, const Place &place, const QString &name);
    Result<void> rewind(int any);
    void over(RunStatus status);
    // `also`: another entry of the same operation.
    QString entryKey(const QString &scope, const QString &name, const QString &also = {}) const;
    QString pathOf(const QString &scope, const QString &name) const;
    const Block &program() const;

    Superseded m_superseded; // as it was when the run was last read from its beginning
    QString m_result;
};

} // namespace foundry::simulation
