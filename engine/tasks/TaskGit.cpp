// A step that waits for a long git job of the repository: shows how far it is, and ends it when it ends itself.
#include "Keys.h"
#include "RepositoryMessages.h"
#include "StoredObjects.h"
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

void TaskActor::noteSnapshot(const SandboxSnapshot &made)
{
    LifeFacts &facts = m_facts.edit();
    for (size_t i = 0; i < facts.source.modules.size() && i < made.modules.size(); ++i) {
        facts.source.modules[i].snapshot = made.modules[i].commit;
        facts.source.modules[i].head = made.modules[i].head;
    }
    std::erase_if(facts.source.notes,
                  [](const SourceNote &note) { return note.kind == SourceNoteKind::notInSnapshot; });
    if (!made.skipped.isEmpty())
        facts.source.notes.push_back({ SourceNoteKind::notInSnapshot, made.skipped });
}

// Those that have commits of their own by now; what is there already is no harm.
std::vector<repository::ModuleCommit> TaskActor::modulesToPublish() const
{
    std::vector<repository::ModuleCommit> found;
    for (size_t i = 0; i < m_facts->source.modules.size(); ++i) {
        const ModuleFacts &known = m_facts->source.modules[i];
        if (!known.toPublish.isEmpty() && known.toPublish != known.module.commit)
            found.push_back({ known.module.path, known.toPublish, moduleRefs(i, u"published"_s), known.module.commit });
    }
    return found;
}

// What the agent wrote of files that Git LFS keeps: their content comes home beside the commits.
Async<Result<void>> TaskActor::takeLfs(SandboxSnapshot made, StepRun &step)
{
    repository::FindLfs find { { made.commit }, { m_facts->baseCommit } };
    for (size_t i = 0; i < made.modules.size() && i < m_facts->source.modules.size(); ++i) {
        if (made.modules[i].commit.isEmpty())
            continue;
        find.commits << made.modules[i].commit;
        find.bases << m_facts->source.modules[i].module.commit;
    }
    auto asking = askRepository(toMessage(find));
    auto answer = co_await asking;
    auto found = as<std::vector<repository::LfsObject>>(std::move(answer));
    if (!found)
        co_return std::unexpected(found.error());
    if (found->empty())
        co_return Result<void>();
    std::vector<WantedObject> wanted;
    for (const repository::LfsObject &one : *found)
        wanted.push_back({ one.oid, one.size, one.place });
    step.progress(u"Git LFS files"_s);
    auto taking = untilStopped<QStringList>(
        takeObjects(clock(), provider(), *m_facts->sandbox, std::move(wanted),
                    [&step](double fraction) { step.progress(u"Git LFS files"_s, fraction); }));
    auto taken = co_await taking;
    if (!taken)
        co_return std::unexpected(taken.error());
    if (!taken->isEmpty()) // publishing will refuse it
        qInfo("task: %lld Git LFS pointers have no content", qlonglong(taken->size()));
    co_return Result<void>();
}

Result<void> TaskActor::handle(const task::GitTold &message)
{
    if (m_gitJob->step && m_gitJob->id == message.job)
        m_gitJob->step->progress(message.subStep, message.fraction);
    return {};
}

} // namespace foundry
