#include "PullRequestDraft.h"

#include <QRegularExpression>

#include <algorithm>

namespace foundry {

PullRequestDraft::PullRequestDraft(EngineLink *link, ForgeSentence sentence, QObject *parent)
    : QObject(parent)
    , m_link(link)
    , m_sentence(std::move(sentence))
{
}

void PullRequestDraft::begin(const TaskId &task, bool archiveMerged)
{
    m_task = task;
    m_plan = {};
    m_known = {};
    m_title.clear();
    m_text.clear();
    m_base.clear();
    m_reviewers.clear();
    m_labels.clear();
    m_target = 0;
    m_draft = false;
    m_archiveMerged = archiveMerged;
    m_problem.clear();
    m_loading = true;
    m_busy = false;
    Q_EMIT changed();
    Q_EMIT edited();
    m_link->ask(query::PullRequestPlan { task }, this, [this, task](const Result<AnswerBody> &answer) {
        if (task != m_task)
            return;
        m_loading = false;
        if (!answer) {
            m_problem = m_sentence(answer.error());
        } else if (const auto *plan = std::get_if<answer::PullRequestPlan>(&*answer)) {
            m_plan = *plan;
            m_title = plan->title;
            m_text = plan->text;
            setTarget(0);
        }
        Q_EMIT changed();
        Q_EMIT edited();
    });
}

QStringList PullRequestDraft::targets() const
{
    return m_plan.parent.isEmpty() ? QStringList() : QStringList { m_plan.parent, m_plan.repository };
}

QString PullRequestDraft::targetRepository() const
{
    return targets().value(m_target, m_plan.repository);
}

void PullRequestDraft::setTarget(int row)
{
    m_target = std::clamp(row, 0, std::max(0, int(targets().size()) - 1));
    const bool toParent = targetRepository() == m_plan.parent;
    m_base = toParent && !m_plan.parentBase.isEmpty() ? m_plan.parentBase : m_plan.base;
    m_known = {};
    askWhoThereIs();
    Q_EMIT changed();
    Q_EMIT edited();
}

void PullRequestDraft::askWhoThereIs()
{
    if (!isPossible())
        return;
    const query::ReviewSuggestions wish { m_plan.account, targetRepository() };
    m_link->ask(wish, this, [this, task = m_task, target = m_target](const Result<AnswerBody> &answer) {
        const auto *known = answer ? std::get_if<answer::ReviewSuggestions>(&*answer) : nullptr;
        if (!known || task != m_task || target != m_target)
            return;
        m_known = *known;
        Q_EMIT edited(); // what is offered is another list
    });
}

// The word at the end of what is written so far.
static QString lastWord(const QString &text, bool spacesDivide)
{
    const auto divides
        = [spacesDivide](QChar c) { return c == u',' || c == u';' || c == u'\n' || (spacesDivide && c.isSpace()); };
    const auto last = std::find_if(text.crbegin(), text.crend(), divides);
    auto first = last.base();
    while (first != text.cend() && first->isSpace())
        ++first;
    return text.mid(first - text.cbegin());
}

QStringList PullRequestDraft::offered(const QStringList &known, const QString &text, bool spacesDivide)
{
    QString word = lastWord(text, spacesDivide).trimmed();
    if (spacesDivide && word.startsWith(u'@'))
        word.remove(0, 1);
    if (word.isEmpty())
        return {};
    const QStringList written = namesIn(text, spacesDivide);
    QStringList first, then; // those that begin so, then those that hold it
    for (const QString &name : known) {
        if (written.contains(name))
            continue;
        if (name.startsWith(word, Qt::CaseInsensitive))
            first << name;
        else if (name.contains(word, Qt::CaseInsensitive))
            then << name;
    }
    return (first + then).mid(0, mostOffered);
}

void PullRequestDraft::take(QString &text, const QString &name, bool spacesDivide)
{
    const QString before = text.chopped(lastWord(text, spacesDivide).size());
    text = before + name + u", "_s;
    Q_EMIT edited();
}

QString PullRequestDraft::problem() const
{
    if (!m_problem.isEmpty() || m_loading || isPossible())
        return m_problem;
    if (m_plan.repository.isEmpty())
        return u"This repository's remote is none of GitHub. Push the branch, or bring it into your clone."_s;
    return u"Nobody is signed in at %1, where %2 is. Sign in to GitHub, then open the pull request."_s.arg(
        m_plan.host, m_plan.repository);
}

QString PullRequestDraft::where() const
{
    return isPossible() ? u"%1 at %2 as %3"_s.arg(targetRepository(), m_plan.host, m_plan.login) : QString();
}

bool PullRequestDraft::canOpen() const
{
    return !m_loading && !m_busy && isPossible() && !m_title.simplified().isEmpty() && !m_base.trimmed().isEmpty();
}

QStringList PullRequestDraft::namesIn(const QString &text, bool spacesDivide)
{
    static const QRegularExpression commas(u"[,;\\n]"_s), all(u"[,;\\s]"_s);
    QStringList names;
    for (const QString &part : text.split(spacesDivide ? all : commas, Qt::SkipEmptyParts)) {
        QString name = part.simplified();
        if (spacesDivide && name.startsWith(u'@'))
            name.remove(0, 1);
        if (!name.isEmpty() && !names.contains(name))
            names << name;
    }
    return names;
}

void PullRequestDraft::open()
{
    if (!canOpen())
        return;
    m_busy = true;
    m_problem.clear();
    command::OpenPullRequest wish;
    wish.task = m_task;
    wish.account = m_plan.account;
    wish.repository = targetRepository();
    if (wish.repository != m_plan.repository)
        wish.headRepository = m_plan.repository;
    wish.base = m_base.trimmed();
    wish.title = m_title.simplified();
    wish.text = m_text;
    wish.draft = m_draft;
    wish.reviewers = namesIn(m_reviewers, true);
    wish.labels = namesIn(m_labels, false);
    wish.message = m_plan.message;
    wish.archiveMerged = m_archiveMerged;
    Q_EMIT changed();
    Q_EMIT edited();
    m_link->submit(std::move(wish), this, [this](const event::CommandFinished &finished) {
        m_busy = false;
        if (finished.failure)
            m_problem = m_sentence(*finished.failure);
        Q_EMIT changed();
        Q_EMIT edited();
        if (!finished.failure)
            Q_EMIT accepted();
    });
}

} // namespace foundry
