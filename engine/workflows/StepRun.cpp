#include "StepRun.h"

#include "StepOperation.h"
#include "WorkflowRunner.h"

namespace foundry {

int StepRun::attempt() const
{
    return m_operation.entry().attempt;
}

Millis StepRun::begunAt() const
{
    return m_operation.entry().startedAt;
}

QString StepRun::idempotencyKey() const
{
    // Names are unique in a scope, and scopes in a run.
    const HistoryEntry &entry = m_operation.entry();
    return m_operation.m_runner.cell().ref().id + u'/' + (entry.scope.isEmpty() ? QString() : entry.scope + u'/')
        + entry.name;
}

void StepRun::progress(const QString &subStep, double fraction)
{
    m_operation.entry().subStep = subStep;
    m_operation.entry().fraction = fraction;
    sign();
}

void StepRun::sign()
{
    m_operation.signOfLife();
    m_operation.m_runner.progressed();
}

void StepRun::log(const QString &line)
{
    m_operation.m_log.append(line.left(maxLogLine));
    if (m_operation.m_log.size() > maxLogLines)
        m_operation.m_log.removeFirst();
    sign();
}

Result<void> StepRun::saveDetail(const QJsonValue &detail)
{
    const qsizetype size = QJsonDocument(QJsonArray { detail }).toJson(QJsonDocument::Compact).size();
    if (size > maxDetail)
        return fail(codes::Storage::tooLarge,
                    u"detail of %1: %2 bytes, at most %3"_s.arg(m_operation.entry().name).arg(size).arg(maxDetail));
    HistoryEntry &entry = m_operation.entry();
    const QJsonValue before = std::exchange(entry.detail, detail);
    auto saved = m_operation.m_runner.cell().transact([&] { return m_operation.m_runner.history().save(entry); },
                                                      Durability::relaxed);
    if (!saved)
        entry.detail = before;
    return saved;
}

QJsonValue StepRun::lastDetail() const
{
    return m_operation.entry().detail;
}

void StepRun::onCommit(std::function<Result<void>()> effect)
{
    m_operation.m_effects.push_back(std::move(effect));
}

} // namespace foundry
