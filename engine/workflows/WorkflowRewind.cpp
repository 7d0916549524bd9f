// WorkflowRunner: the record as a whole: the audit, out and in again, back to an entry.
#include "ChildOperation.h"
#include "HistoryLines.h"
#include "WorkflowLimits.h"
#include "WorkflowRunner.h"

namespace foundry {

Result<std::vector<AuditEntry>> WorkflowRunner::audit(qint64 after, int atMost) const
{
    if (!m_history)
        return fail(codes::Workflow::misuse, u"the run has not started"_s);
    return m_history->audit(after, atMost);
}

Result<QByteArray> WorkflowRunner::exportRun() const
{
    if (!m_history)
        return fail(codes::Workflow::misuse, u"the run has not started"_s);
    if (m_loadFailure && m_history->run.deaths < limits::runDeaths)
        return std::unexpected(*m_loadFailure);
    RunHeader header;
    header.kind = m_cell->ref().kind;
    header.key = m_cell->ref().key.parts;
    return historyLines::write(*m_history, header);
}

Result<void> WorkflowRunner::importRun(const QByteArray &lines)
{
    ActorCell *cell = cellOf(m_actor);
    if (!cell || m_history)
        return fail(codes::Workflow::misuse, u"a run is imported in onCreate"_s);
    WorkflowHistory history(cell->database());
    if (auto loaded = history.load(); !loaded)
        return loaded;
    return cell->transact([&]() -> Result<void> {
        const auto header = historyLines::read(history, lines);
        if (!header)
            return std::unexpected(header.error());
        if (header->kind != cell->ref().kind)
            return fail(codes::Workflow::misuse, u"a run of %1, not of %2"_s.arg(header->kind, cell->ref().kind));
        return {};
    });
}

Result<void> WorkflowRunner::mayRewind(qint64 number) const
{
    const HistoryEntry *target = m_history->byNumber(number);
    if (!target)
        return fail(codes::Workflow::misuse, u"rewind: %1 has no entry %2"_s.arg(m_cell->ref().text()).arg(number));
    for (const auto &[other, entry] : m_history->entries()) {
        const bool splits = entry->kind == WorkflowEntryKind::join || entry->kind == WorkflowEntryKind::race;
        if (other >= number || !splits || !entry->isOver())
            continue;
        const QString inside = (entry->scope.isEmpty() ? entry->name : entry->scope + u'/' + entry->name) + u'/';
        if (target->scope.startsWith(inside))
            return fail(codes::Workflow::misuse,
                        u"rewind: '%1' is inside '%2', which is over: go back to that (entry %3)"_s
                            .arg(target->name, entry->name)
                            .arg(other));
    }
    return {};
}

QString WorkflowRunner::rewind(qint64 number)
{
    if (auto may = mayRewind(number); !may) // it went, since it was asked for
        return may.error().chain();
    std::vector<const HistoryEntry *> branch;
    for (const auto &[other, entry] : m_history->entries()) {
        if (other >= number)
            branch.push_back(entry.get());
    }
    // All of it or nothing: a full queue refuses the rewind.
    const auto kept = m_cell->transact([&]() -> Result<void> {
        for (const HistoryEntry *entry : branch) {
            const QJsonObject line = historyLines::lineOf(*m_history, *entry);
            if (auto noted = m_history->addAudit(now(), u"superseded"_s, line, {}); !noted)
                return noted;
            if (entry->kind == WorkflowEntryKind::child && !entry->isOver()) {
                if (auto told = ChildOperation::tellCancelled(*m_cell, *entry); !told)
                    return told;
            }
            if (entry->kind != WorkflowEntryKind::receive || entry->status != StepStatus::done)
                continue;
            const QJsonValue value = entry->value();
            for (const QJsonValue &one : value.isArray() ? value.toArray() : QJsonArray { value }) {
                Received received;
                json::fromJson(one, received);
                Message message;
                message.name = received.name;
                message.payload = received.payload;
                message.sender = received.sender;
                message.durable = true;
                if (auto back = m_cell->queue().add(message, 0, true); !back)
                    return std::unexpected(back.error());
            }
        }
        return {};
    });
    if (!kept)
        return kept.error().chain();
    const size_t count = branch.size();
    freeFrames(); // they point into the history
    keep(m_history->removeFrom(number));
    RunRecord &run = m_history->run;
    if (isFinal())
        enlist(false);
    if (run.failure && run.failure->is(codes::Workflow::timedOut))
        run.startedAt = now();
    run.status = RunStatus::running;
    run.cancelled = false;
    run.failure.reset();
    run.endedAt = 0;
    keep(m_history->saveRun());
    m_alarmsChanged = true;
    begin();
    return u"done: %1 entries superseded"_s.arg(count);
}

} // namespace foundry
