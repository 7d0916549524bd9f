#include "TaskQuestions.h"

namespace foundry {

TaskQuestions::TaskQuestions(Answered answered, QObject *parent)
    : QObject(parent)
    , m_answered(std::move(answered))
{
}

void TaskQuestions::setQuestions(const std::vector<TaskQuestion> &questions)
{
    if (questions == m_questions)
        return;
    m_questions = questions;
    Q_EMIT changed();
}

QString TaskQuestions::question() const
{
    if (m_questions.empty())
        return {};
    const TaskQuestion &first = m_questions.front();
    if (first.kind == QuestionKind::project)
        return tr("%1 brings a .foundry/config.toml that you have not agreed to. Use it?").arg(first.subject);
    // 443 is what everybody means
    const QString host = first.subject.endsWith(u":443"_s) ? first.subject.chopped(4) : first.subject;
    return tr("Something in the sandbox wanted to reach %1.").arg(host);
}

QString TaskQuestions::explanation() const
{
    if (m_questions.empty())
        return {};
    if (aboutProject())
        return tr("Its script runs in the sandbox, and the files it names are copied from your clone.");
    return count() == 1
        ? tr("It was refused. The next try works once you allow it.")
        : tr("It was refused. The next try works once you allow it. %1 more to answer.").arg(count() - 1);
}

void TaskQuestions::answer(QuestionAnswer answer)
{
    if (!m_questions.empty())
        m_answered(m_questions.front().id, answer);
}

} // namespace foundry
