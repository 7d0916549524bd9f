#include "CurrentTask.h"

#include <QDesktopServices>
#include <QUrl>

#include <algorithm>

namespace foundry {

CurrentTask::CurrentTask(EngineLink *link, FailureWords words, QObject *parent)
    : QObject(parent)
    , m_link(link)
    , m_words(words)
    , m_publish(link, words)
{
}

void CurrentTask::show(const TaskSummary *task, const QString &repositoryName)
{
    const TaskSummary shown = task ? *task : TaskSummary {};
    if (shown == m_task && repositoryName == m_repository)
        return;
    m_task = shown;
    m_repository = repositoryName;
    Q_EMIT changed();
}

QString CurrentTask::chip() const
{
    return exists() ? lookOf(m_task, m_words).chip() : QString();
}

QString CurrentTask::tone() const
{
    return exists() ? lookOf(m_task, m_words).tone : u"neutral"_s;
}

bool CurrentTask::wantsSignIn() const
{
    if (m_task.overlay != TaskOverlay::failed || !m_task.failure)
        return false;
    const Failure &why = *m_task.failure;
    return why.is(codes::GitHub::unauthorized) || why.is(codes::GitHub::unknownAccount)
        || why.is(codes::GitHub::badRefreshToken) || why.is(codes::GitHub::forThisRunOnly)
        || why.is(codes::Repository::accountGone);
}

QString CurrentTask::trouble() const
{
    return m_task.failure && m_task.overlay != TaskOverlay::none ? m_words(*m_task.failure) : QString();
}

QString CurrentTask::next() const
{
    if (canContinue())
        return u"continue"_s;
    if (canRetry())
        return u"retry"_s;
    if (canRestore())
        return u"restore"_s;
    if (canUnarchive())
        return u"unarchive"_s;
    const bool settled = m_task.state == TaskState::ready && m_task.overlay == TaskOverlay::none;
    return settled && (canPublish() || canBring()) && m_task.changes.files > 0 ? u"publish"_s : QString();
}

bool CurrentTask::can(TaskAction action) const
{
    return std::ranges::find(m_task.actions, action) != m_task.actions.end();
}

void CurrentTask::submit(TaskAction action, CommandBody body, std::function<void()> done)
{
    if (can(action))
        send(std::move(body), std::move(done));
}

void CurrentTask::send(CommandBody body, std::function<void()> done)
{
    m_link->submit(std::move(body), this, [this, done = std::move(done)](const event::CommandFinished &finished) {
        if (finished.failure)
            Q_EMIT refused(m_words(*finished.failure));
        else if (done)
            done();
    });
}

void CurrentTask::stop()
{
    submit(TaskAction::stop, command::StopTask { m_task.id });
}

void CurrentTask::retryStep()
{
    submit(TaskAction::retryStep, command::RetryStep { m_task.id });
}

void CurrentTask::skipStep()
{
    submit(TaskAction::skipStep, command::SkipStep { m_task.id });
}

void CurrentTask::goOn()
{
    submit(TaskAction::continueTurn, command::ResumeTurn { m_task.id, command::Resume::goOn });
}

void CurrentTask::sendAgain()
{
    submit(TaskAction::sendAgain, command::ResumeTurn { m_task.id, command::Resume::sendAgain });
}

void CurrentTask::unarchive()
{
    submit(TaskAction::unarchive, command::UnarchiveTask { m_task.id });
}

void CurrentTask::remove()
{
    submit(TaskAction::remove, command::DeleteTask { m_task.id },
           [this, id = m_task.id.value, title = m_task.title] { Q_EMIT removed(id, title); });
}

void CurrentTask::restore()
{
    submit(TaskAction::restore, command::RestoreTask { m_task.id });
}

QString CurrentTask::issueTitle() const
{
    if (!m_task.issue)
        return {};
    return u"Issue #%1 of %2: %3"_s.arg(QString::number(m_task.issue->number), m_task.issue->repository,
                                        m_task.issue->title);
}

void CurrentTask::openIssue()
{
    const QUrl page(m_task.issue ? m_task.issue->url : QString(), QUrl::StrictMode);
    if (page.isValid() && (page.scheme() == u"https"_s || page.scheme() == u"http"_s))
        QDesktopServices::openUrl(page);
}

void CurrentTask::rename(const QString &title)
{
    const QString words = title.simplified().left(limits::titleCharacters);
    if (exists() && !words.isEmpty() && words != m_task.title)
        send(command::RenameTask { m_task.id, words }, {});
}

void CurrentTask::markUnread()
{
    if (exists())
        send(command::MarkTask { m_task.id, true }, {});
}

void CurrentTask::archive(bool evenUnpublished)
{
    if (!can(TaskAction::archive))
        return;
    m_link->submit(command::ArchiveTask { m_task.id, evenUnpublished }, this,
                   [this, id = m_task.id.value, title = m_task.title](const event::CommandFinished &finished) {
                       if (!finished.failure)
                           Q_EMIT archived(id, title);
                       else if (finished.failure->is(codes::Task::unpublishedWork))
                           Q_EMIT unpublishedWork();
                       else
                           Q_EMIT refused(m_words(*finished.failure));
                   });
}

} // namespace foundry
