#include "ForgeText.h"

#include <QDateTime>
#include <QDesktopServices>
#include <QLocale>
#include <QUrl>

#include <algorithm>

namespace foundry {

PullRequestLook lookOf(PullRequestState state)
{
    switch (state) {
    case PullRequestState::open:
        return { u"ready"_s, u"positive"_s, u"branch"_s };
    case PullRequestState::draft:
        return { u"draft"_s, u"neutral"_s, u"branch"_s };
    case PullRequestState::merged:
        return { u"merged"_s, u"accent"_s, u"merged"_s };
    case PullRequestState::closed:
        return { u"closed"_s, u"negative"_s, u"cross"_s };
    }
    return {};
}

QString textOf(ChecksState state)
{
    switch (state) {
    case ChecksState::none:
        return {};
    case ChecksState::pending:
        return u"checks run"_s;
    case ChecksState::passed:
        return u"checks passed"_s;
    case ChecksState::failed:
        return u"checks failed"_s;
    }
    return {};
}

QString textOf(ReviewDecision decision)
{
    switch (decision) {
    case ReviewDecision::none:
        return {};
    case ReviewDecision::required:
        return u"a review is required"_s;
    case ReviewDecision::approved:
        return u"approved"_s;
    case ReviewDecision::changesRequested:
        return u"changes are requested"_s;
    }
    return {};
}

QString textOf(Mergeability mergeable)
{
    switch (mergeable) {
    case Mergeability::unknown:
        return {};
    case Mergeability::mergeable:
        return u"no conflicts with the base"_s;
    case Mergeability::conflicting:
        return u"conflicts with the base"_s;
    }
    return {};
}

void openPage(const QString &url)
{
    const QUrl page(url, QUrl::StrictMode);
    // A host of one's own may have no other than http.
    if (page.isValid() && (page.scheme() == u"https" || page.scheme() == u"http"))
        QDesktopServices::openUrl(page);
}

QString agoText(Millis now, Millis at)
{
    constexpr Millis minute = 60'000;
    if (at <= 0)
        return {};
    const Millis minutes = std::max<Millis>(0, now - at) / minute;
    if (minutes == 0)
        return u"just now"_s;
    if (minutes < 60)
        return u"%1 min ago"_s.arg(minutes);
    if (minutes < 24 * 60)
        return u"%1 h ago"_s.arg(minutes / 60);
    const Millis days = minutes / (24 * 60);
    if (days < 60)
        return u"%1 d ago"_s.arg(days);
    if (days < 730)
        return u"%1 months ago"_s.arg(days / 30);
    return u"%1 years ago"_s.arg(days / 365);
}

QString syncLine(const AccountSync &sync, Millis now)
{
    if (!sync.subject.isEmpty())
        return u"Synchronising %1\u2026"_s.arg(sync.subject);
    if (sync.running) {
        for (const SyncProgress &each : sync.phases) {
            if (each.finished || each.expected <= 0)
                continue;
            if (each.phase == SyncPhase::repositories)
                return u"Synchronising %1 of %2 repositories"_s.arg(each.done).arg(each.expected);
            if (each.phase == SyncPhase::members)
                return u"Synchronising the members of %1 of %2 organisations"_s.arg(each.done).arg(each.expected);
            if (each.phase == SyncPhase::pullRequests)
                return u"Synchronising %1 of %2 pull requests"_s.arg(each.done).arg(each.expected);
        }
        return u"Synchronising\u2026"_s;
    }
    const QString ago = agoText(now, std::max(sync.checkedAt, sync.finishedAt));
    return ago.isEmpty() ? u"Not synchronised yet"_s : u"Last synchronised %1"_s.arg(ago);
}

QString syncProblem(const AccountSync &sync, const ForgeSentence &sentence)
{
    const auto until = [&sync] {
        const QDateTime at = QDateTime::fromMSecsSinceEpoch(sync.pausedUntil);
        return sync.pausedUntil > 0
            ? u" It goes on by itself at %1."_s.arg(QLocale().toString(at.time(), QLocale::ShortFormat))
            : u" It goes on by itself."_s;
    };
    switch (sync.pause) {
    case SyncPause::quota:
        return u"GitHub's quota for this hour is used up."_s + until();
    case SyncPause::slowDown:
        return u"GitHub asked to slow down."_s + until();
    case SyncPause::offline:
        return u"GitHub is not reached: this is what was known last. It is tried again by itself."_s;
    case SyncPause::signedOut:
        return u"GitHub does not accept this sign-in any more. Sign in again; what is here stays."_s;
    case SyncPause::none:
        break;
    }
    return sync.failure ? sentence(*sync.failure) : QString();
}

} // namespace foundry
