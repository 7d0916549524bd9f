// Several branches at once: each has its own context (scope "name/branch") and coroutine. Which outcome counts is
// recorded once, with the entry of the join or race.
#pragma once

#include "StepOperation.h"

namespace foundry {

class JoinOperation final : public detail::RunningOperation {
public:
    JoinOperation(WorkflowContext &context, WorkflowRunner &runner, QString name,
                  std::vector<std::pair<QString, detail::BranchBody>> branches, detail::JoinEnd end);
    ~JoinOperation() override;
    bool begin() override;
    void due() override { }
    // Its branches are cancelled each, and it ends with them.
    void cancel() override { }
    void abandon() override;
    bool hasWakeCause() const override { return false; } // its branches' operations have theirs

private:
    struct Running {
        QString name;
        detail::BranchBody body;
        std::unique_ptr<WorkflowContext> context;
        Flow<Result<QJsonValue>> flow;
        std::optional<detail::BranchOutcome> outcome;
    };
    QString scopeOf(const Running &branch) const;
    void readAgain(const std::vector<detail::BranchOutcome> &outcomes);
    void carryLast();
    void ended(Running &branch);
    void completeIfDone();
    void complete(const std::vector<detail::BranchOutcome> &outcomes);
    std::vector<Running> m_branches;
    const detail::JoinEnd m_end;
    bool m_complete = false;
};

} // namespace foundry
