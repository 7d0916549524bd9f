// One merge that a person asked for from the rows, without a task: a workflow of one step, so that it survives the
// program. Every attempt looks first whether the pull request is merged already, and names the head that was seen
// (ForgeWorks::merge); a death between the request and its answer doubles nothing. Whoever waits in this life of the
// program is answered; after a restart a refusal is told to the window. Engine thread only.
#pragma once

#include "ContractJson.h"
#include "ForgeWork.h"
#include "Keys.h"
#include "WorkflowActor.h"

#include <vector>

namespace foundry {

namespace keys {

inline constexpr auto merge = "Merge";

// One wish to merge a pull request that no task works on; `wish`: the command's id.
inline ActorRef mergeOf(const PullRequestId &pull, const CommandId &wish)
{
    return { QString::fromLatin1(merge), localGithubData().key.with({ u"merge"_s, pull.value, wish.value }), {} };
}

} // namespace keys

namespace merge {

struct Birth { // the actor's input
    command::MergePullRequest wish;
};
// An ask, answered when it is over: what the forge did not take, a line each. Failures: the forge's.
struct Await {
    static constexpr auto name = "await";
};
struct Outcome {
    bool over = false;
    QString refused;
    std::optional<Failure> failure;
};

} // namespace merge

FOUNDRY_JSON(merge::Birth, wish)
FOUNDRY_JSON(merge::Await)
FOUNDRY_JSON(merge::Outcome, over, refused, failure)

class MergeActor final : public WorkflowActor {
public:
    explicit MergeActor(std::function<Async<Result<ForgeWork>>(command::MergePullRequest wish)> merge);

    static constexpr size_t maxWaiting = 8; // askers
    static constexpr int kept = 100; // finished ones, for the inspector

protected:
    Result<void> onCreate(const QJsonObject &input) override;
    Result<QJsonValue> onMessage(const Message &message) override;
    Workflow run(WorkflowContext &context) override;
    RunRetention retention() const override { return { std::chrono::hours(24 * 7), kept }; }

private:
    Async<Result<void>> perform(StepRun &step);
    Result<void> ended(merge::Outcome how);
    void answer();

    std::function<Async<Result<ForgeWork>>(command::MergePullRequest wish)> m_merge;
    State<merge::Birth> m_birth { *this };
    State<merge::Outcome> m_outcome { *this, QStringLiteral("outcome") };
    std::vector<LaterAnswer> m_waiting; // of this life of the program
};

} // namespace foundry
