// Everything that lists need: the catalogue of repositories and the index of tasks. The coordinator of
// repositories and tasks: it alone makes and removes them. It waits for messages only; tasks push what
// changed. Its rows are told as events when they are on disk.
#pragma once

#include "Actor.h"
#include "Migrator.h"
#include "OrganizationMessages.h"

namespace foundry {

class OrganizationActor final : public Actor {
public:
    static std::vector<Migration> migrations();

    // For ActorSystem::visit: one local read each, no fan-out.
    Result<std::vector<RepositorySummary>> repositories() const;
    Result<std::vector<TaskSummary>> tasks() const;
    Result<std::optional<RepositorySummary>> repository(const RepositoryId &id) const;
    Result<std::optional<TaskSummary>> task(const TaskId &id) const;
    // Branches that tasks of this repository have, archived ones too.
    Result<QStringList> branches(const RepositoryId &id) const;
    // What a new task would be called. Empty title: made from the prompt.
    Result<std::pair<QString, QString>> names(const RepositoryId &id, const QString &prompt,
                                              const QStringList &taken) const;

protected:
    Result<QJsonValue> onMessage(const Message &message) override;

private:
    Result<QString> handle(const organization::AddRepository &message);
    Result<void> handle(const organization::CloseRepository &message);
    Result<QString> handle(const organization::CreateTask &message);
    Result<void> handle(const organization::TaskSummarised &message);
    Result<void> handle(const organization::TaskGone &message);

    Result<std::optional<QString>> doneBefore(const QString &commandId) const;
    Result<void> remember(const QString &commandId, const QString &created);
    Result<TaskSummary> newTask(const organization::CreateTask &message, const RepositorySummary &repository);
    Result<void> put(const RepositorySummary &repository);
    Result<void> put(const TaskSummary &task);
};

} // namespace foundry
