// A step that waits for a long git job of the repository: shows how far it is, and ends it when it ends itself.
#include "Keys.h"
#include "RepositoryMessages.h"
#include "TaskStepTools.h"

#include <QScopeGuard>

namespace foundry {

Async<Result<QJsonValue>> TaskActor::followGit(::foundry::Message message, QString job, StepRun &step)
{
    *m_gitJob = { job, &step };
    // Whatever ends the waiting before an answer: Stop, the step's time, the program's end (then this actor is gone).
    const auto over = qScopeGuard([this, job, alive = std::weak_ptr(m_gitJob)] {
        const auto current = alive.lock();
        if (!current || current->id != job)
            return;
        *current = {};
        sendEphemeral(keys::repositoryOf(m_facts->summary.repository), repository::Cancel { job });
    });
    auto asking = askRepository(std::move(message));
    auto answer = co_await asking;
    if (answer)
        *m_gitJob = {};
    co_return answer;
}

Result<void> TaskActor::handle(const task::GitTold &message)
{
    if (m_gitJob->step && m_gitJob->id == message.job)
        m_gitJob->step->progress(message.subStep, message.fraction);
    return {};
}

} // namespace foundry
