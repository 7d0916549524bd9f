// The window and pull requests: the one of the current task, the one that is read from the rows, and what a person is
// told of them.
#include "Workbench.h"

namespace foundry {

namespace {

const QString archiveMerged = u"archiveMerged"_s; // the preference

// What is new and worth a word; empty: nothing.
QString newsOf(const TaskPullRequest &before, const TaskPullRequest &now)
{
    if (now.state != before.state && now.state == PullRequestState::merged)
        return u"is merged"_s;
    if (now.state != before.state && now.state == PullRequestState::closed)
        return u"was closed"_s;
    if (now.mergeable != before.mergeable && now.mergeable == Mergeability::conflicting)
        return u"conflicts with its base"_s;
    if (now.checks != before.checks && now.checks == ChecksState::failed)
        return u"has checks that failed"_s;
    if (now.review != before.review && now.review == ReviewDecision::changesRequested)
        return u"got a review that asks for changes"_s;
    if (now.review != before.review && now.review == ReviewDecision::approved)
        return u"is approved"_s;
    if (now.checks != before.checks && now.checks == ChecksState::passed)
        return u"has passed all checks"_s;
    return {};
}

} // namespace

void Workbench::connectPulls()
{
    connect(&m_pullDraft, &PullRequestDraft::accepted, this, [this] {
        setPreference(archiveMerged, m_pullDraft.archiveMerged() ? u"yes"_s : QString());
        closeDialog();
    });
    for (PullRequestView *each : { &m_pull, &m_forgePull }) {
        connect(each, &PullRequestView::said, this, [this](const QString &text) { m_toast.say(text); });
        connect(each, &PullRequestView::refused, this, [this](const QString &why) { m_toast.warn(why); });
        connect(each, &PullRequestView::archiveChosen, this,
                [this](bool archive) { setPreference(archiveMerged, archive ? u"yes"_s : QString()); });
    }
    connect(&m_forge, &ForgePage::changed, this, [this] {
        const PullRequestRow &row = m_forge.pullRow();
        m_forgePull.setPull(row.id, row.task, nullptr, !m_preferences.value(archiveMerged).isEmpty());
    });
}

void Workbench::showPull()
{
    const TaskSummary &task = m_current.summary();
    const TaskPullRequest *pull = task.pullRequest ? &*task.pullRequest : nullptr;
    const bool was = m_pull.hasAny();
    m_pull.setPull(pull ? pull->id : PullRequestId {}, task.id, pull, !m_preferences.value(archiveMerged).isEmpty());
    if (was != m_pull.hasAny())
        Q_EMIT changesShownChanged();
}

void Workbench::tellPull(const TaskSummary &before, const TaskSummary &now)
{
    if (!now.pullRequest)
        return;
    if (!before.pullRequest || before.pullRequest->id != now.pullRequest->id) {
        m_toast.say(u"Pull request #%1 carries \u201c%2\u201d."_s.arg(now.pullRequest->number).arg(now.title));
        if (now.id.value == m_shown)
            setPullShown(true);
        return;
    }
    const QString news = newsOf(*before.pullRequest, *now.pullRequest);
    if (news.isEmpty())
        return;
    const QString words = u"Pull request #%1 %2."_s.arg(now.pullRequest->number).arg(news);
    m_toast.say(now.id.value == m_shown ? words : u"\u201c%1\u201d: %2"_s.arg(now.title, words));
    if (!m_watched)
        Q_EMIT attentionWanted(now.id.value, now.title, words);
}

void Workbench::tellReview(const PullRequestRow &row)
{
    const QString words = u"Your review is asked for: %1 #%2, %3"_s.arg(row.repository).arg(row.number).arg(row.title);
    m_toast.offer(words, u"Show"_s, [this, row] {
        closeDialog();
        m_forge.show(row);
    });
    if (!m_watched)
        Q_EMIT attentionWanted({}, u"%1 #%2"_s.arg(row.repository).arg(row.number), words);
}

void Workbench::openPullRequest()
{
    if (!m_current.canOpenPull())
        return;
    m_pullDraft.begin(m_current.summary().id, !m_preferences.value(archiveMerged).isEmpty());
    showDialog(Dialog::PullRequest);
}

void Workbench::setPullShown(bool shown)
{
    if (shown == m_pullShown)
        return;
    m_pullShown = shown;
    m_changesShown = m_changesShown && !shown;
    Q_EMIT changesShownChanged();
}

} // namespace foundry
