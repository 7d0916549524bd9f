#include "PullRequestView.h"

#include "PullRequestPrompts.h"

#include <QDesktopServices>
#include <QUrl>

#include <algorithm>

namespace foundry {

namespace {

struct CheckLook {
    QString word, tone, glyph;
};

CheckLook lookOfCheck(CheckResult result)
{
    switch (result) {
    case CheckResult::waiting:
        return { u"waits"_s, u"neutral"_s, u"queued"_s };
    case CheckResult::running:
        return { u"runs"_s, u"accent"_s, u"working"_s };
    case CheckResult::passed:
        return { u"passed"_s, u"positive"_s, u"check"_s };
    case CheckResult::failed:
        return { u"failed"_s, u"negative"_s, u"cross"_s };
    case CheckResult::cancelled:
        return { u"cancelled"_s, u"neutral"_s, u"cross"_s };
    case CheckResult::neutral:
        return { u"says nothing"_s, u"neutral"_s, u"circle"_s };
    case CheckResult::skipped:
        return { u"skipped"_s, u"neutral"_s, u"circle"_s };
    }
    return {};
}

QString textOf(ReviewVerdict verdict)
{
    switch (verdict) {
    case ReviewVerdict::commented:
        return u"commented"_s;
    case ReviewVerdict::approved:
        return u"approved"_s;
    case ReviewVerdict::changesRequested:
        return u"asks for changes"_s;
    case ReviewVerdict::dismissed:
        return u"dismissed"_s;
    }
    return {};
}

QString textOf(MergeMethod method)
{
    switch (method) {
    case MergeMethod::merge:
        return u"Merge commit"_s;
    case MergeMethod::squash:
        return u"Squash"_s;
    case MergeMethod::rebase:
        return u"Rebase"_s;
    }
    return {};
}

QString shortened(const QString &text)
{
    constexpr qsizetype most = 600; // characters of one remark on the screen; the agent gets all
    return text.size() > most ? text.left(most) + u" \u2026"_s : text;
}

} // namespace

PullRequestView::PullRequestView(EngineLink *link, ForgeSentence sentence, std::function<Millis()> now, QObject *parent)
    : QObject(parent)
    , m_link(link)
    , m_sentence(std::move(sentence))
    , m_now(std::move(now))
{
    connect(m_link, &EngineLink::received, this, &PullRequestView::receive);
}

void PullRequestView::setPull(const PullRequestId &pull, const TaskId &task, const TaskPullRequest *known, bool archive)
{
    const auto before = std::exchange(m_known, known ? std::optional(*known) : std::nullopt);
    if (pull != m_pull || task != m_task) {
        m_pull = pull;
        m_task = task;
        m_details = {};
        m_problem.clear();
        m_logName.clear();
        m_logText.clear();
        m_method = 0;
        m_archiveTask = archive;
        m_loading = m_again = m_busy = false;
        look();
    } else if (before != m_known) {
        look(); // the forge has something new, or the task has done something
    }
    Q_EMIT changed();
}

void PullRequestView::receive(const Event &event)
{
    const auto *rows = std::get_if<event::PullRequestsChanged>(&event);
    if (!rows || m_pull.isEmpty())
        return;
    const auto mine = [this](const PullRequestRow &row) { return row.id == m_pull; };
    if (std::ranges::any_of(rows->changed, mine))
        look();
}

void PullRequestView::setShown(bool shown)
{
    if (shown == m_shown)
        return;
    m_shown = shown;
    look();
    Q_EMIT changed();
}

void PullRequestView::setInSight(bool inSight)
{
    const bool came = inSight && !m_inSight;
    m_inSight = inSight;
    if (came)
        look();
}

void PullRequestView::reload()
{
    look();
    const PullRequestRow &row = m_details.row;
    if (isKnown())
        m_link->submit(command::Synchronise { row.account, row.repository, row.number }); // its row and its task too
}

void PullRequestView::look()
{
    if (m_pull.isEmpty() || !m_shown || !m_inSight)
        return;
    if (m_loading) {
        m_again = true;
        return;
    }
    m_loading = true;
    m_link->ask(query::PullRequestDetails { m_pull }, this, [this, pull = m_pull](const Result<AnswerBody> &answer) {
        if (pull != m_pull)
            return;
        m_loading = false;
        if (const auto *details = answer ? std::get_if<PullRequestDetails>(&*answer) : nullptr) {
            m_details = *details;
            m_problem.clear();
        } else if (!answer) {
            m_problem = m_sentence(answer.error());
        }
        Q_EMIT changed();
        if (std::exchange(m_again, false))
            look();
    });
    Q_EMIT changed();
}

// ---- words -----------------------------------------------------------------------------------------

PullRequestState PullRequestView::now() const
{
    if (m_known && (!isKnown() || !m_known->isOpen()))
        return m_known->state; // what the task has done counts before the next look
    return m_details.row.state;
}

bool PullRequestView::isOpen() const
{
    return now() == PullRequestState::open || now() == PullRequestState::draft;
}

QString PullRequestView::title() const
{
    if (isKnown())
        return u"#%1 %2"_s.arg(m_details.row.number).arg(m_details.row.title);
    return m_known ? u"#%1"_s.arg(m_known->number) : QString();
}

QString PullRequestView::problem() const
{
    if (!m_problem.isEmpty() || !m_known)
        return m_problem;
    if (m_known->trouble)
        return m_sentence(*m_known->trouble);
    return m_known->refused.isEmpty() ? QString()
                                      : u"GitHub did not take all of it. "_s + m_known->refused.join(u". "_s);
}

QStringList PullRequestView::facts() const
{
    if (!isKnown())
        return {};
    const PullRequestRow &row = m_details.row;
    QStringList facts { u"From %1 into %2 of %3"_s.arg(row.headBranch, row.baseBranch, row.repository) };
    if (row.review != ReviewDecision::none)
        facts << foundry::textOf(row.review);
    if (!m_details.reviewers.isEmpty())
        facts << u"asked for a review: %1"_s.arg(m_details.reviewers.join(u", "_s));
    if (isOpen() && row.mergeable != Mergeability::unknown)
        facts << foundry::textOf(row.mergeable);
    if (isOpen() && m_details.automaticOn)
        facts << u"merges by itself as soon as it may"_s;
    if (m_details.cut)
        facts << u"there is more at GitHub than is shown here"_s;
    for (QString &fact : facts)
        fact = fact.left(1).toUpper() + fact.mid(1);
    return facts;
}

QVariantList PullRequestView::checks() const
{
    QVariantList list;
    for (const PullRequestCheck &check : m_details.checks) {
        const CheckLook look = lookOfCheck(check.result);
        list.append(QVariantMap { { u"name"_s, check.name },
                                  { u"result"_s, check.required ? look.word + u", required"_s : look.word },
                                  { u"tone"_s, look.tone },
                                  { u"glyph"_s, look.glyph },
                                  { u"summary"_s, check.summary.left(200) },
                                  { u"failed"_s, check.result == CheckResult::failed },
                                  { u"log"_s, check.result == CheckResult::failed && check.job > 0 } });
    }
    return list;
}

QVariantList PullRequestView::remarks() const
{
    QVariantList list;
    const auto add = [&list](const QString &author, const QString &what, const QString &text, bool settled) {
        list.append(QVariantMap { { u"author"_s, author.isEmpty() ? u"somebody who is gone"_s : author },
                                  { u"what"_s, what },
                                  { u"text"_s, shortened(text) },
                                  { u"settled"_s, settled } });
    };
    for (const PullRequestReview &review : m_details.reviews)
        add(review.author, textOf(review.verdict), review.text, review.verdict == ReviewVerdict::dismissed);
    for (const PullRequestComment &comment : m_details.comments) {
        const QString place = comment.line > 0 ? u"%1:%2"_s.arg(comment.path).arg(comment.line) : comment.path;
        add(comment.author, comment.settled ? place + u" \u00b7 resolved"_s : place, comment.text, comment.settled);
    }
    return list;
}

QStringList PullRequestView::methods() const
{
    QStringList names;
    for (const MergeMethod method : m_details.methods)
        names << textOf(method);
    return names;
}

QString PullRequestView::mergeHint() const
{
    if (!isKnown() || !isOpen())
        return {};
    if (now() == PullRequestState::draft)
        return u"A draft is not merged: mark it as ready first."_s;
    if (!m_details.mayMerge)
        return u"Your account may not merge here."_s;
    switch (m_details.standing) {
    case MergeStanding::blocked:
        return u"GitHub does not allow it yet: a check or a review that is required is missing."_s;
    case MergeStanding::behind:
        return u"The branch is behind its base, and the repository wants it up to date."_s;
    case MergeStanding::conflicting:
        return u"It conflicts with its base."_s;
    case MergeStanding::unstable:
        return u"Not all checks have passed."_s;
    case MergeStanding::unknown:
    case MergeStanding::clean:
    case MergeStanding::draft:
        break;
    }
    return {};
}

// ---- what is possible ------------------------------------------------------------------------------

bool PullRequestView::isConflicting() const
{
    return isKnown() && isOpen() && m_details.row.mergeable == Mergeability::conflicting;
}

bool PullRequestView::canBringBase() const
{
    const bool behind = m_details.standing == MergeStanding::behind;
    return hasTask() && isKnown() && isOpen() && !m_busy && (isConflicting() || behind);
}

bool PullRequestView::canSendRemarks() const
{
    const bool said = std::ranges::any_of(m_details.comments, [](const auto &each) { return !each.settled; })
        || std::ranges::any_of(m_details.reviews, [](const auto &each) { return !each.text.isEmpty(); });
    return hasTask() && isOpen() && said;
}

bool PullRequestView::canMakeReady() const
{
    return isKnown() && !m_busy && now() == PullRequestState::draft;
}

bool PullRequestView::canMerge() const
{
    return isKnown() && !m_busy && now() == PullRequestState::open && m_details.mayMerge && !m_details.methods.empty()
        && !isConflicting();
}

bool PullRequestView::canMergeLater() const
{
    return canMerge() && m_details.automatic && !m_details.automaticOn;
}

bool PullRequestView::canDeleteBranch() const
{
    return isKnown() && m_details.sameRepository && !m_details.deletesBranch;
}

void PullRequestView::setMethod(int method)
{
    if (method == m_method || method < 0)
        return;
    m_method = method;
    Q_EMIT changed();
}

// ---- what is asked for -----------------------------------------------------------------------------

void PullRequestView::submit(CommandBody body, const QString &done)
{
    m_busy = true;
    m_problem.clear();
    Q_EMIT changed();
    m_link->submit(std::move(body), this, [this, done, pull = m_pull](const event::CommandFinished &finished) {
        if (pull == m_pull)
            m_busy = false;
        if (finished.failure && pull == m_pull)
            m_problem = m_sentence(*finished.failure);
        else if (finished.failure)
            Q_EMIT refused(m_sentence(*finished.failure));
        else if (!done.isEmpty())
            Q_EMIT said(done);
        Q_EMIT changed();
        if (!finished.failure)
            look();
    });
}

void PullRequestView::withLog(int check, std::function<void(const QString &)> use)
{
    if (check < 0 || size_t(check) >= m_details.checks.size())
        return;
    const qint64 job = m_details.checks[size_t(check)].job;
    if (job <= 0) {
        use({});
        return;
    }
    m_link->ask(query::CheckLog { m_pull, job }, this,
                [this, use = std::move(use), pull = m_pull](const Result<AnswerBody> &answer) {
                    if (pull != m_pull)
                        return;
                    const auto *log = answer ? std::get_if<answer::CheckLog>(&*answer) : nullptr;
                    if (!answer)
                        m_problem = m_sentence(answer.error());
                    use(log ? log->text : QString());
                });
}

void PullRequestView::readLog(int check)
{
    if (check < 0 || size_t(check) >= m_details.checks.size())
        return;
    const QString name = m_details.checks[size_t(check)].name;
    if (m_logName == name) { // shown: hidden
        m_logName.clear();
        m_logText.clear();
        Q_EMIT changed();
        return;
    }
    withLog(check, [this, name](const QString &text) {
        m_logName = text.isEmpty() ? QString() : name;
        m_logText = text;
        Q_EMIT changed();
    });
}

void PullRequestView::sendPrompt(const QString &text, const QString &done)
{
    m_link->submit(command::SendPrompt { m_task, text }, this, [this, done](const event::CommandFinished &finished) {
        if (finished.failure)
            Q_EMIT refused(m_sentence(*finished.failure));
        else
            Q_EMIT said(done);
    });
}

// Without its log too: the agent has the check's name and its words.
void PullRequestView::sendFailure(int check)
{
    if (!hasTask())
        return;
    withLog(check, [this, check](const QString &log) {
        if (size_t(check) < m_details.checks.size())
            sendPrompt(promptOfFailure(m_details, m_details.checks[size_t(check)], log),
                       u"The agent has the failure."_s);
    });
}

void PullRequestView::sendRemarks()
{
    if (canSendRemarks())
        sendPrompt(promptOfComments(m_details), u"The agent has the comments."_s);
}

void PullRequestView::askToResolve()
{
    if (!canBringBase())
        return;
    command::BringBase wish { m_task, m_details.row.baseBranch, promptOfConflict(m_details) };
    submit(std::move(wish), u"The newest base is fetched; then the agent is asked to bring it in."_s);
}

void PullRequestView::makeReady()
{
    if (canMakeReady())
        submit(command::ReadyPullRequest { m_pull }, {});
}

void PullRequestView::merge()
{
    if (canMerge())
        submitMerge(false);
}

void PullRequestView::mergeLater()
{
    if (canMergeLater())
        submitMerge(true);
}

// With the head that the person saw.
void PullRequestView::submitMerge(bool automatic)
{
    command::MergePullRequest wish;
    wish.pullRequest = m_pull;
    wish.task = m_task;
    wish.method = m_details.methods[std::min(size_t(m_method), m_details.methods.size() - 1)];
    wish.headCommit = m_details.row.headCommit;
    wish.automatic = automatic;
    wish.deleteBranch = m_deleteBranch && canDeleteBranch();
    wish.archiveTask = m_archiveTask && hasTask();
    if (hasTask())
        Q_EMIT archiveChosen(m_archiveTask);
    submit(std::move(wish), {});
}

void PullRequestView::openAtGitHub()
{
    const QUrl url(isKnown() ? m_details.row.url : m_known ? m_known->url : QString(), QUrl::StrictMode);
    if (url.isValid() && (url.scheme() == u"https" || url.scheme() == u"http"))
        QDesktopServices::openUrl(url);
}

} // namespace foundry
