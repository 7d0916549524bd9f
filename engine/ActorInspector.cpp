#include "ActorInspector.h"

#include "ActorSystem.h"
#include "EnumNames.h"
#include "WorkflowActor.h"

#include <QJsonDocument>

#include <algorithm>

namespace foundry {

namespace {

constexpr qsizetype maxContent = 4000; // characters of a dead letter

ActorSummary summaryOf(const ActorInfo &info)
{
    ActorSummary summary;
    summary.id = info.ref.id;
    summary.kind = info.ref.kind;
    summary.key = info.ref.key.parts;
    summary.status = enumName(info.status);
    summary.failure = info.failure;
    summary.failedStarts = info.failedStarts;
    summary.nextStartAt = info.nextStartAt;
    summary.createdAt = info.createdAt;
    summary.wakeAt = info.wakeAt.value_or(0);
    return summary;
}

DeadLetterSummary summaryOf(const DeadLetter &letter)
{
    DeadLetterSummary summary;
    summary.number = letter.number;
    summary.message = letter.message.name;
    summary.content = QString::fromUtf8(QJsonDocument(letter.message.payload).toJson(QJsonDocument::Compact));
    summary.content.truncate(maxContent);
    summary.failure = letter.failure;
    summary.deliveries = letter.deliveries;
    summary.at = letter.at;
    summary.to = letter.outgoing ? letter.to.text() : QString();
    return summary;
}

QString wordsOf(const WorkflowWait &wait)
{
    switch (wait.cause) {
    case WaitCause::nothing:
        return {};
    case WaitCause::step:
        return u"step "_s + wait.step;
    case WaitCause::retry:
        return u"retry %1 of %2"_s.arg(wait.attempt).arg(wait.step);
    case WaitCause::timer:
        return u"timer"_s;
    case WaitCause::messages:
        return u"messages "_s + wait.names.join(u", "_s);
    case WaitCause::child:
        return u"child "_s + wait.step;
    case WaitCause::stranded:
        return u"nothing that will come"_s;
    case WaitCause::branches:
        return u"its branches"_s;
    case WaitCause::hand:
        return wait.step.isEmpty() ? u"a person"_s : u"a person, at "_s + wait.step;
    }
    return {};
}

RunSummary summaryOf(WorkflowActor &actor)
{
    const WorkflowView &view = actor.workflowView();
    RunSummary run;
    run.status = enumName(view.status());
    const WorkflowWait wait = view.wait();
    run.waitsFor = wordsOf(wait);
    run.waitsUntil = wait.until;
    run.failure = view.failure();
    run.entryCount = qint64(view.size());
    const size_t from = view.size() > size_t(limits::inspectedEntries) ? view.size() - limits::inspectedEntries : 0;
    for (const WorkflowEntry &entry : view.entries(from))
        run.entries.push_back({ entry.number, enumName(entry.kind), entry.scope, entry.line });
    if (const auto audit = actor.workflow().audit()) {
        for (const AuditEntry &line : *audit)
            run.audit.push_back({ line.at, line.action, line.outcome });
    }
    return run;
}

Result<void> apply(WorkflowControl &run, const command::ControlRun &command)
{
    switch (command.control) {
    case command::RunControl::pause:
        return run.pause();
    case command::RunControl::resume:
        return run.resume();
    case command::RunControl::retryStep:
        return run.retryStep();
    case command::RunControl::skipStep:
        return run.skipStep();
    case command::RunControl::stopStep:
        return run.stopStep();
    case command::RunControl::cancel:
        return run.cancel();
    case command::RunControl::rewind:
        return run.rewind(command.entry);
    }
    return {};
}

} // namespace

answer::Actors ActorInspector::read(const query::Actors &query) const
{
    answer::Actors answer;
    std::vector<ActorInfo> found = m_actors.list();
    answer.all = int(found.size());
    answer.awake = m_actors.awake();
    if (!query.find.isEmpty()) {
        std::erase_if(found, [&query](const ActorInfo &info) {
            return !info.ref.text().contains(query.find, Qt::CaseInsensitive);
        });
    }
    answer.found = int(found.size());
    std::sort(found.begin(), found.end(), [](const ActorInfo &left, const ActorInfo &right) {
        return std::pair(left.ref.kind, left.ref.key.parts) < std::pair(right.ref.kind, right.ref.key.parts);
    });
    const size_t from = std::min(size_t(std::max(0, query.from)), found.size());
    const size_t end = std::min(from + limits::inspectedActors, found.size());
    for (size_t i = from; i < end; ++i)
        answer.actors.push_back(summaryOf(found[i]));
    return answer;
}

Result<ActorRef> ActorInspector::find(const QString &id) const
{
    for (const ActorInfo &info : m_actors.list()) {
        if (info.ref.id == id)
            return info.ref;
    }
    return fail(codes::Actor::missing, id);
}

Async<Result<answer::ActorDetails>> ActorInspector::read(query::ActorDetails query)
{
    auto ref = find(query.actor);
    if (!ref)
        co_return std::unexpected(ref.error());
    answer::ActorDetails details;
    auto info = m_actors.info(*ref);
    if (!info)
        co_return std::unexpected(info.error());
    details.actor = summaryOf(*info);
    if (const auto backups = m_actors.backups(*ref)) {
        for (const BackupInfo &backup : *backups)
            details.backups.push_back({ backup.name, backup.at, backup.bytes });
    }
    if (info->status == ActorStatus::damaged || info->status == ActorStatus::startFailed)
        co_return details; // it says why; the rest cannot be had
    Promise<Result<ActorDetails>> opened;
    m_actors.open(*ref, [opened](Result<ActorDetails> open) { opened.set(std::move(open)); });
    auto open = co_await opened;
    if (!open)
        co_return std::unexpected(open.error());
    details.waiting = open->queueLength;
    details.outgoing = open->outboxLength;
    Promise<Result<std::optional<RunSummary>>> seen;
    m_actors.visitActor(*ref, [seen](Result<Actor *> actor) {
        if (!actor) {
            seen.set(std::unexpected(actor.error()));
            return;
        }
        auto *running = dynamic_cast<WorkflowActor *>(*actor);
        seen.set(running ? std::optional(summaryOf(*running)) : std::nullopt);
    });
    auto run = co_await seen;
    if (!run)
        co_return std::unexpected(run.error());
    details.run = std::move(*run);
    Promise<Result<std::vector<DeadLetter>>> read;
    m_actors.deadLetters(*ref, [read](Result<std::vector<DeadLetter>> letters) { read.set(std::move(letters)); });
    auto letters = co_await read;
    if (!letters)
        co_return std::unexpected(letters.error());
    for (const DeadLetter &letter : *letters)
        details.deadLetters.push_back(summaryOf(letter));
    co_return details;
}

Async<Result<QString>> ActorInspector::finished(std::function<void(std::function<void(Result<void>)>)> begin)
{
    Promise<Result<void>> ended;
    begin([ended](Result<void> result) { ended.set(std::move(result)); });
    auto result = co_await ended;
    if (!result)
        co_return std::unexpected(result.error());
    co_return QString();
}

Async<Result<QString>> ActorInspector::perform(command::RestartActor command)
{
    auto ref = find(command.actor);
    if (!ref)
        co_return std::unexpected(ref.error());
    m_actors.restart(*ref);
    co_return QString();
}

Async<Result<QString>> ActorInspector::perform(command::DestroyActor command)
{
    auto ref = find(command.actor);
    if (!ref)
        co_return std::unexpected(ref.error());
    auto destroying = finished([this, ref = *ref](auto done) { m_actors.destroy(ref, std::move(done)); });
    auto result = co_await destroying;
    co_return result;
}

Async<Result<QString>> ActorInspector::perform(command::RestoreActor command)
{
    auto ref = find(command.actor);
    if (!ref)
        co_return std::unexpected(ref.error());
    auto restoring = finished(
        [this, ref = *ref, backup = command.backup](auto done) { m_actors.restore(ref, backup, std::move(done)); });
    auto result = co_await restoring;
    co_return result;
}

Async<Result<QString>> ActorInspector::perform(command::SettleDeadLetter command)
{
    auto ref = find(command.actor);
    if (!ref)
        co_return std::unexpected(ref.error());
    auto settling = finished([this, ref = *ref, command](auto done) {
        if (command.retry)
            m_actors.retryDeadLetter(ref, command.number, std::move(done));
        else
            m_actors.dropDeadLetter(ref, command.number, std::move(done));
    });
    auto result = co_await settling;
    co_return result;
}

Async<Result<QString>> ActorInspector::perform(command::ControlRun command)
{
    auto ref = find(command.actor);
    if (!ref)
        co_return std::unexpected(ref.error());
    auto controlling = finished([this, ref = *ref, command](auto done) {
        m_actors.visitActor(ref, [command, done = std::move(done)](Result<Actor *> actor) {
            if (!actor)
                done(std::unexpected(actor.error()));
            else if (auto *running = dynamic_cast<WorkflowActor *>(*actor))
                done(apply(running->workflow(), command));
            else
                done(fail(codes::Workflow::misuse, u"this actor has no workflow"_s));
        });
    });
    auto result = co_await controlling;
    co_return result;
}

} // namespace foundry
