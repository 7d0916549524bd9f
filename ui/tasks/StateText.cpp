#include "StateText.h"

#include <QDateTime>
#include <QHash>
#include <QLocale>

namespace foundry {

namespace {

constexpr Millis minute = 60'000;
constexpr Millis hour = 60 * minute;
constexpr Millis day = 24 * hour;

QString turnWords(const QString &stopReason)
{
    if (stopReason == u"end_turn"_s || stopReason.isEmpty())
        return u"finished, waits for your look"_s;
    if (stopReason == u"cancelled"_s)
        return u"stopped"_s;
    if (stopReason == u"max_tokens"_s)
        return u"reached its limit of tokens"_s;
    if (stopReason == u"max_turn_requests"_s)
        return u"reached its limit of requests"_s;
    if (stopReason == u"refusal"_s)
        return u"the agent refused"_s;
    return stopReason;
}

QString deletedWords(const QString &until)
{
    const Millis at = until.toLongLong();
    if (at <= 0)
        return u"can be restored for 30 days"_s;
    return u"can be restored until %1"_s.arg(
        QLocale().toString(QDateTime::fromMSecsSinceEpoch(at).date(), QLocale::ShortFormat));
}

// "as #12, checks failed"
QString pullRequestWords(const TaskSummary &task)
{
    QString words = u"as "_s + task.reason.subject;
    if (!task.pullRequest || !task.pullRequest->isOpen())
        return words;
    const TaskPullRequest &pull = *task.pullRequest;
    if (pull.state == PullRequestState::draft)
        words += u", draft"_s;
    if (pull.mergeable == Mergeability::conflicting)
        return words + u", conflicts with its base"_s;
    if (pull.checks == ChecksState::failed)
        return words + u", checks failed"_s;
    if (pull.review == ReviewDecision::changesRequested)
        return words + u", changes are requested"_s;
    if (pull.checks == ChecksState::pending)
        return words + u", checks run"_s;
    if (pull.review == ReviewDecision::approved)
        return words + u", approved"_s;
    return pull.checks == ChecksState::passed ? words + u", checks passed"_s : words;
}

QString whyOf(const TaskSummary &task)
{
    const QString &subject = task.reason.subject;
    switch (task.reason.why) {
    case TaskWhy::none:
        return {};
    case TaskWhy::waitsForTurn:
        return u"waits for its turn"_s;
    case TaskWhy::runsStep:
        return stepDoing(subject);
    case TaskWhy::retriesStep:
        return u"tries again: "_s + stepDoing(subject);
    case TaskWhy::agentWorks:
        return subject;
    case TaskWhy::asksPermission:
        return subject.isEmpty() ? u"asks for permission"_s : u"asks: "_s + subject;
    case TaskWhy::asksHost:
        return subject.isEmpty() ? u"asks for a host"_s : u"wants to reach "_s + subject.section(u':', 0, -2);
    case TaskWhy::asksProject:
        return u"asks about its .foundry/config.toml"_s;
    case TaskWhy::turnFinished:
        return turnWords(subject);
    case TaskWhy::turnInterrupted:
        return task.failure ? QString() : u"interrupted when Foundry ended"_s;
    case TaskWhy::stoppedByPerson:
        return u"by you, the work is kept"_s;
    case TaskWhy::stepFailed:
        return stepDoing(subject);
    case TaskWhy::publishedTo:
        return subject.isEmpty() ? QString() : u"to "_s + subject;
    case TaskWhy::inPullRequest:
        return pullRequestWords(task);
    case TaskWhy::archivedByPerson:
        return {};
    case TaskWhy::releaseRuns:
        return u"its sandbox is being removed"_s;
    case TaskWhy::releaseFailed:
        return u"its sandbox could not be removed yet"_s;
    case TaskWhy::deletedUntil:
        return deletedWords(subject);
    }
    return {};
}

// Does its open pull request wait for somebody?
bool wantsWork(const TaskSummary &task)
{
    if (task.state != TaskState::published || !task.pullRequest || !task.pullRequest->isOpen())
        return false;
    const TaskPullRequest &pull = *task.pullRequest;
    return pull.checks == ChecksState::failed || pull.mergeable == Mergeability::conflicting
        || pull.review == ReviewDecision::changesRequested;
}

StateLook lookOfState(TaskState state)
{
    switch (state) {
    case TaskState::queued:
        return { u"queued"_s, u"neutral"_s, u"Queued"_s, {} };
    case TaskState::preparing:
        return { u"working"_s, u"accent"_s, u"Preparing"_s, {} };
    case TaskState::working:
        return { u"working"_s, u"accent"_s, u"Working"_s, {} };
    case TaskState::needsYou:
        return { u"attention"_s, u"warning"_s, u"Needs you"_s, {}, true };
    case TaskState::ready:
        return { u"circle"_s, u"neutral"_s, u"Ready"_s, {} };
    case TaskState::publishing:
        return { u"working"_s, u"accent"_s, u"Publishing"_s, {} };
    case TaskState::published:
        return { u"published"_s, u"positive"_s, u"Published"_s, {} };
    case TaskState::merged:
        return { u"merged"_s, u"positive"_s, u"Merged"_s, {} };
    case TaskState::closed:
        return { u"cross"_s, u"neutral"_s, u"Closed"_s, {} };
    case TaskState::archived:
        return { u"archive"_s, u"neutral"_s, u"Archived"_s, {} };
    case TaskState::deleted:
        return { u"trash"_s, u"neutral"_s, u"Deleted"_s, {} };
    }
    return {};
}

} // namespace

StateLook lookOf(const TaskSummary &task, const FailureWords &words)
{
    StateLook look = lookOfState(task.state);
    look.why = whyOf(task);
    if (wantsWork(task))
        look.tone = u"warning"_s;
    if (task.reason.why == TaskWhy::turnInterrupted && task.failure)
        look.why = words(*task.failure).section(u". "_s, 0, 0); // what happened; what to do is in the transcript
    switch (task.overlay) {
    case TaskOverlay::none:
        break;
    case TaskOverlay::failed:
    case TaskOverlay::damaged: {
        const bool damaged = task.overlay == TaskOverlay::damaged;
        look.glyph = damaged ? u"warning"_s : u"cross"_s;
        look.tone = u"negative"_s;
        look.word = damaged ? u"Damaged"_s : u"Failed"_s;
        look.needsPerson = task.state != TaskState::archived && task.state != TaskState::deleted;
        if (look.why.isEmpty() && task.failure)
            look.why = words(*task.failure);
        break;
    }
    case TaskOverlay::stopped:
        look.glyph = u"paused"_s;
        look.tone = u"neutral"_s;
        look.word = u"Stopped"_s;
        look.needsPerson = false;
        break;
    }
    return look;
}

QString stepDoing(const QString &step)
{
    static const QHash<QString, QString> known {
        { u"resolveBase"_s, u"reading the repository"_s },
        { u"createSandbox"_s, u"creating the sandbox"_s },
        { u"moveSandbox"_s, u"moving the sandbox"_s },
        { u"carryFiles"_s, u"copying files of your clone"_s },
        { u"setUp"_s, u"running the set-up script"_s },
        { u"checkAgent"_s, u"checking the agent"_s },
        { u"startAgent"_s, u"starting the agent"_s },
        { u"openSession"_s, u"opening a session"_s },
        { u"firstAnswer"_s, u"waiting for the agent's first answer"_s },
        { u"turn"_s, u"working on the prompt"_s },
        { u"snapshot"_s, u"making a snapshot"_s },
        { u"commit"_s, u"committing"_s },
        { u"push"_s, u"pushing"_s },
        { u"bringIntoClone"_s, u"bringing the branch into your clone"_s },
        { u"openPullRequest"_s, u"opening the pull request"_s },
        { u"mergePullRequest"_s, u"merging the pull request"_s },
        { u"bringBase"_s, u"fetching the newest base"_s },
        { u"release"_s, u"removing the sandbox"_s },
        { u"purge"_s, u"removing what was deleted"_s },
    };
    const auto found = known.constFind(step);
    if (found != known.cend())
        return *found;
    QString words;
    for (const QChar c : step) {
        if (c.isUpper() && !words.isEmpty())
            words += u' ';
        words += c.toLower();
    }
    return words;
}

QString ageText(Millis now, Millis at)
{
    if (at <= 0)
        return {};
    const Millis age = now - at;
    if (age < minute)
        return u"now"_s;
    if (age < hour)
        return u"%1 m"_s.arg(age / minute);
    if (age < day)
        return u"%1 h"_s.arg(age / hour);
    return u"%1 d"_s.arg(age / day);
}

Millis ageChangesIn(Millis now, Millis at)
{
    const Millis age = qMax<Millis>(0, now - at);
    const Millis unit = age < hour ? minute : age < day ? hour : day;
    return unit - age % unit;
}

bool isPutAway(const TaskSummary &task)
{
    return task.state == TaskState::archived || task.state == TaskState::deleted;
}

bool isRunning(const TaskSummary &task)
{
    if (task.overlay != TaskOverlay::none)
        return false;
    return task.state == TaskState::preparing || task.state == TaskState::working || task.state == TaskState::publishing
        || (task.state == TaskState::needsYou
            && (task.reason.why == TaskWhy::asksPermission || task.reason.why == TaskWhy::asksHost));
}

} // namespace foundry
