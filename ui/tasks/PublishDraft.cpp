#include "PublishDraft.h"

namespace foundry {

PublishDraft::PublishDraft(EngineLink *link, FailureWords words, QObject *parent)
    : QObject(parent)
    , m_link(link)
    , m_words(std::move(words))
{
}

void PublishDraft::begin(const TaskId &task)
{
    m_task = task;
    m_plan = {};
    m_message.clear();
    m_problem.clear();
    m_loading = true;
    m_busy = false;
    Q_EMIT changed();
    Q_EMIT messageChanged();
    m_link->ask(query::PublishPlan { task }, this, [this, task](const Result<AnswerBody> &answer) {
        if (task != m_task)
            return;
        m_loading = false;
        if (!answer)
            m_problem = m_words(answer.error());
        else if (const auto *plan = std::get_if<answer::PublishPlan>(&*answer)) {
            m_plan = *plan;
            m_message = plan->message;
            if (plan->trouble)
                m_problem = m_words(*plan->trouble);
        }
        Q_EMIT changed();
        Q_EMIT messageChanged();
    });
}

void PublishDraft::setMessage(const QString &message)
{
    if (message == m_message)
        return;
    m_message = message;
    Q_EMIT messageChanged();
    Q_EMIT changed();
}

QString PublishDraft::remote() const
{
    if (m_plan.remote.isEmpty() || m_plan.remoteUrl.isEmpty())
        return m_plan.remote;
    return m_plan.remote + u" \u00b7 "_s + m_plan.remoteUrl;
}

QString PublishDraft::summary() const
{
    const ChangeTotals &totals = m_plan.changes;
    QString text = totals.files == 1 ? u"1 file"_s : u"%1 files"_s.arg(totals.files);
    text += u", +%1 \u2212%2"_s.arg(totals.added).arg(totals.removed);
    const QString agents
        = m_plan.commits == 1 ? u"1 commit of the agent's"_s : u"%1 commits of the agent's"_s.arg(m_plan.commits);
    if (m_plan.uncommitted && m_plan.commits > 0)
        return text + u" in a new commit after "_s + agents;
    if (m_plan.uncommitted)
        return text + u" in one new commit"_s;
    return m_plan.commits > 0 ? text + u" in "_s + agents : text;
}

bool PublishDraft::canPublish() const
{
    return !m_loading && !m_busy && !m_plan.branch.isEmpty() && (!m_plan.uncommitted || !m_message.trimmed().isEmpty());
}

void PublishDraft::toRemote()
{
    publish(command::PublishTo::remote);
}

void PublishDraft::toClone()
{
    publish(command::PublishTo::clone);
}

void PublishDraft::publish(command::PublishTo to)
{
    if (!canPublish())
        return;
    m_busy = true;
    m_problem.clear();
    Q_EMIT changed();
    m_link->submit(command::PublishTask { m_task, to, m_message.trimmed() }, this,
                   [this](const event::CommandFinished &finished) {
                       m_busy = false;
                       if (finished.failure)
                           m_problem = m_words(*finished.failure);
                       Q_EMIT changed();
                       if (!finished.failure)
                           Q_EMIT accepted();
                   });
}

} // namespace foundry
