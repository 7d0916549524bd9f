#include "WorkflowActor.h"

#include "WorkflowRunner.h"

namespace foundry {

WorkflowActor::WorkflowActor(const QStringList &messages)
{
    auto runner = std::make_unique<WorkflowRunner>(*this, messages);
    m_runner = runner.get();
    m_control.reset(new WorkflowControl(*m_runner));
    m_extension = std::move(runner);
}

WorkflowActor::~WorkflowActor() = default;

void WorkflowActor::onWorkflowChanged(const WorkflowView &, bool) { }
Result<void> WorkflowActor::importRun(const QByteArray &lines)
{
    return m_runner->importRun(lines);
}
WorkflowControl &WorkflowActor::workflow()
{
    return *m_control;
}
const WorkflowView &WorkflowActor::workflowView() const
{
    return *m_runner;
}

Result<void> WorkflowControl::retryStep()
{
    return m_runner.control(u"retryStep"_s, {});
}
Result<void> WorkflowControl::skipStep(const QJsonValue &result)
{
    return m_runner.control(u"skipStep"_s, result);
}
Result<void> WorkflowControl::stopStep()
{
    return m_runner.control(u"stopStep"_s, {});
}
Result<void> WorkflowControl::cancel()
{
    return m_runner.control(u"cancel"_s, {});
}
Result<void> WorkflowControl::pause()
{
    return m_runner.control(u"pause"_s, {});
}
Result<void> WorkflowControl::resume()
{
    return m_runner.control(u"resume"_s, {});
}
Result<void> WorkflowControl::rewind(qint64 entry)
{
    return m_runner.control(u"rewind"_s, entry);
}
Result<std::vector<AuditEntry>> WorkflowControl::audit(qint64 after, int atMost) const
{
    return m_runner.audit(after, atMost);
}
Result<QByteArray> WorkflowControl::exportRun() const
{
    return m_runner.exportRun();
}
RunStatus WorkflowControl::status() const
{
    return m_runner.status();
}

} // namespace foundry
