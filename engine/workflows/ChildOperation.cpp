#include "ChildOperation.h"

#include "ActorSystemPrivate.h"
#include "WorkflowRunner.h"

namespace foundry {

namespace {

// What is kept in the entry's detail.
struct ChildRecord {
    QString kind;
    QStringList key;
    bool cancelled = false; // it was told
};

} // namespace

FOUNDRY_JSON(ChildRecord, kind, key, cancelled)

namespace {

OutboxEntry letter(const ActorRef &to, Message message)
{
    OutboxEntry entry;
    entry.to = to;
    entry.message = std::move(message);
    return entry;
}

ChildRecord recordOf(const HistoryEntry &entry)
{
    ChildRecord record;
    json::fromJson(entry.detail, record);
    return record;
}

} // namespace

ActorRef ChildOperation::childOf(const HistoryEntry &entry)
{
    const ChildRecord record = recordOf(entry);
    return { record.kind, ActorKey(record.key), {} };
}

Result<void> ChildOperation::tellCancelled(ActorCell &cell, const HistoryEntry &entry)
{
    return cell.send(letter(childOf(entry), toMessage(CancelWorkflow {})));
}

bool ChildOperation::begin()
{
    const auto visit = m_runner.visit(m_context, WorkflowEntryKind::child, m_name);
    if (!visit.entry)
        return false;
    m_entry = visit.entry;
    if (!visit.fresh) {
        if (answerFromRecord())
            return true;
        m_runner.activate(*this);
        return false;
    }
    ActorCell &cell = m_runner.cell();
    m_entry->startedAt = m_runner.now();
    if (!cell.system().kinds.contains(m_kind)) {
        giveBack(failure(codes::Actor::missing, u"%1: no kind %2"_s.arg(m_name, m_kind)));
        return true;
    }
    const QString path = m_entry->scope.isEmpty() ? m_name : m_entry->scope + u'/' + m_name;
    ChildRecord record;
    record.kind = m_kind;
    record.key = cell.ref().key.with({ u"child"_s, path, QString::number(m_entry->number) }).parts;
    m_entry->detail = json::toJson(record);
    m_entry->status = StepStatus::running;
    m_runner.save(*m_entry);
    const ActorRef child = childOf(*m_entry);
    OutboxEntry spawning = letter(child, {});
    spawning.action = OutboxEntry::Action::spawn;
    spawning.message.payload = m_input;
    m_runner.keep(cell.send(std::move(spawning)));
    const WatchWorkflow watch { cell.ref().kind, cell.ref().key.parts, m_entry->number };
    m_runner.keep(cell.send(letter(child, toMessage(watch))));
    m_runner.activate(*this);
    return false;
}

void ChildOperation::ended(const WorkflowEnded &end)
{
    if (end.status == RunStatus::done) {
        settle(StepStatus::done, end.result);
    } else {
        Failure why = end.status == RunStatus::cancelled
            ? failure(codes::Workflow::cancelled, m_name)
            : end.failure.value_or(failure(codes::Workflow::badRecord, u"%1 ended without a reason"_s.arg(m_name)));
        if (why.correlation.isEmpty())
            why.correlation = childOf(*m_entry).text();
        giveBack(std::move(why));
    }
    m_runner.resume(*this);
}

// It is told, and waited for: a second cancelling does not wait.
void ChildOperation::cancel()
{
    ChildRecord record = recordOf(*m_entry);
    if (m_ifCancelled == IfCancelled::leaveChild || record.cancelled) {
        RunningOperation::abandon();
        m_runner.resume(*this);
        return;
    }
    record.cancelled = true;
    m_entry->detail = json::toJson(record);
    m_runner.save(*m_entry);
    m_runner.keep(tellCancelled(m_runner.cell(), *m_entry));
}

void ChildOperation::abandon()
{
    if (m_ifCancelled == IfCancelled::cancelChild && !recordOf(*m_entry).cancelled)
        m_runner.keep(tellCancelled(m_runner.cell(), *m_entry));
    RunningOperation::abandon();
}

} // namespace foundry
