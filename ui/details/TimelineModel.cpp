#include "TimelineModel.h"

#include "Spans.h"

#include <QCoreApplication>

#include <algorithm>

namespace foundry {

namespace {

struct StepWords {
    const char *name;
    const char *ahead; // pending, running, failed
    const char *done;
};

// The stable names of the task's workflow steps and what they are called on screen.
constexpr StepWords stepWords[] = {
    { "resolveBase", QT_TRANSLATE_NOOP("Steps", "Branch"), QT_TRANSLATE_NOOP("Steps", "Branch") },
    { "createSandbox", QT_TRANSLATE_NOOP("Steps", "Create sandbox"), QT_TRANSLATE_NOOP("Steps", "Sandbox created") },
    { "carryFiles", QT_TRANSLATE_NOOP("Steps", "Copy files of your clone"),
      QT_TRANSLATE_NOOP("Steps", "Files copied") },
    { "setUp", QT_TRANSLATE_NOOP("Steps", "Set-up script"), QT_TRANSLATE_NOOP("Steps", "Set-up script ran") },
    { "checkAgent", QT_TRANSLATE_NOOP("Steps", "Check agent"), QT_TRANSLATE_NOOP("Steps", "Agent checked") },
    { "startAgent", QT_TRANSLATE_NOOP("Steps", "Start agent"), QT_TRANSLATE_NOOP("Steps", "Agent started") },
    { "openSession", QT_TRANSLATE_NOOP("Steps", "Open session"), QT_TRANSLATE_NOOP("Steps", "Session opened") },
    { "turn", QT_TRANSLATE_NOOP("Steps", "Turn"), QT_TRANSLATE_NOOP("Steps", "Turn") },
    { "snapshot", QT_TRANSLATE_NOOP("Steps", "Take snapshot"), QT_TRANSLATE_NOOP("Steps", "Snapshot taken") },
    { "commit", QT_TRANSLATE_NOOP("Steps", "Commit"), QT_TRANSLATE_NOOP("Steps", "Committed") },
    { "push", QT_TRANSLATE_NOOP("Steps", "Push"), QT_TRANSLATE_NOOP("Steps", "Pushed") },
    { "bringIntoClone", QT_TRANSLATE_NOOP("Steps", "Bring into your clone"),
      QT_TRANSLATE_NOOP("Steps", "Brought into your clone") },
    { "archive", QT_TRANSLATE_NOOP("Steps", "Archive"), QT_TRANSLATE_NOOP("Steps", "Archived") },
    { "release", QT_TRANSLATE_NOOP("Steps", "Release sandbox"), QT_TRANSLATE_NOOP("Steps", "Sandbox released") },
    { "purge", QT_TRANSLATE_NOOP("Steps", "Remove what was deleted"), QT_TRANSLATE_NOOP("Steps", "Removed") },
};

// A turn is never tried again: its agent went on in its keeper, and a new start of Foundry took it up.
bool isTakenUp(const TimelineEntry &entry)
{
    return entry.name == u"turn";
}

// "warmUpCaches" of a newer engine reads "Warm up caches".
QString readable(const QString &name)
{
    QString words;
    for (const QChar c : name) {
        if (c.isUpper() && !words.isEmpty())
            words += u' ';
        words += words.isEmpty() ? c.toUpper() : c.toLower();
    }
    return words;
}

QString statusName(StepStatus status)
{
    switch (status) {
    case StepStatus::pending:
        return u"pending"_s;
    case StepStatus::running:
        return u"running"_s;
    case StepStatus::waiting:
        return u"waiting"_s;
    case StepStatus::retrying:
        return u"retrying"_s;
    case StepStatus::done:
        return u"done"_s;
    case StepStatus::failed:
        return u"failed"_s;
    case StepStatus::skipped:
        return u"skipped"_s;
    }
    return {};
}

QString toneOf(StepStatus status)
{
    switch (status) {
    case StepStatus::running:
        return u"accent"_s;
    case StepStatus::waiting:
    case StepStatus::retrying:
        return u"warning"_s;
    case StepStatus::done:
        return u"positive"_s;
    case StepStatus::failed:
        return u"negative"_s;
    case StepStatus::pending:
    case StepStatus::skipped:
        break;
    }
    return u"neutral"_s;
}

bool isMoving(StepStatus status)
{
    return status == StepStatus::running || status == StepStatus::waiting || status == StepStatus::retrying;
}

QString ordinal(int number)
{
    const int ten = number % 100;
    const char *ending = ten >= 11 && ten <= 13 ? "th"
        : number % 10 == 1                      ? "st"
        : number % 10 == 2                      ? "nd"
        : number % 10 == 3                      ? "rd"
                                                : "th";
    return QString::number(number) + QLatin1String(ending);
}

} // namespace

TimelineModel::TimelineModel(std::function<QString(const Failure &)> sentence, QObject *parent)
    : QAbstractListModel(parent)
    , m_sentence(std::move(sentence))
{
}

// A line keeps its row: steps are only appended, and what is still to come changes its status in place.
void TimelineModel::setEntries(const std::vector<TimelineEntry> &entries)
{
    const size_t shared = std::min(entries.size(), m_entries.size());
    for (size_t row = 0; row < shared; ++row) {
        if (m_entries[row] == entries[row])
            continue;
        m_entries[row] = entries[row];
        Q_EMIT dataChanged(index(int(row)), index(int(row)));
    }
    if (entries.size() > m_entries.size()) {
        beginInsertRows({}, int(m_entries.size()), int(entries.size()) - 1);
        m_entries.insert(m_entries.end(), entries.begin() + qsizetype(shared), entries.end());
        endInsertRows();
        Q_EMIT countChanged();
    } else if (entries.size() < m_entries.size()) {
        beginRemoveRows({}, int(entries.size()), int(m_entries.size()) - 1);
        m_entries.resize(entries.size());
        endRemoveRows();
        Q_EMIT countChanged();
    }
}

void TimelineModel::setRetryable(bool retryable)
{
    if (m_retryable == retryable)
        return;
    m_retryable = retryable;
    if (!m_entries.empty())
        Q_EMIT dataChanged(index(0), index(count() - 1), { RetryableRole });
}

void TimelineModel::showLog(const QString &step)
{
    if (m_logStep == step) {
        setLog({}, {});
        return;
    }
    setLog(step, tr("Reading…"));
    Q_EMIT logWanted(step);
}

void TimelineModel::setLog(const QString &step, const QString &text)
{
    if (m_logStep == step && m_logText == text)
        return;
    m_logStep = step;
    m_logText = text;
    Q_EMIT logChanged();
}

bool TimelineModel::hasRunning() const
{
    return std::any_of(m_entries.begin(), m_entries.end(), [](const TimelineEntry &e) { return isMoving(e.status); });
}

void TimelineModel::tick(Millis now)
{
    m_now = now;
    for (int row = 0; row < count(); ++row) {
        if (isMoving(m_entries[size_t(row)].status))
            Q_EMIT dataChanged(index(row), index(row), { SpanRole, DetailRole, SpokenRole });
    }
}

QString TimelineModel::title(const TimelineEntry &entry) const
{
    if (entry.name == u"turn"_s)
        return tr("Turn %1").arg(entry.subject);
    for (const StepWords &words : stepWords) {
        if (entry.name == QLatin1String(words.name)) {
            const bool done = entry.status == StepStatus::done;
            return QCoreApplication::translate("Steps", done ? words.done : words.ahead);
        }
    }
    return readable(entry.name);
}

QString TimelineModel::span(const TimelineEntry &entry) const
{
    switch (entry.status) {
    case StepStatus::pending:
        return {};
    case StepStatus::skipped:
        return tr("skipped");
    case StepStatus::running:
    case StepStatus::waiting:
    case StepStatus::retrying:
        return m_now > entry.startedAt && entry.startedAt > 0 ? spanText(m_now - entry.startedAt) : QString();
    case StepStatus::done:
        if (entry.attempt > 1 && !isTakenUp(entry))
            return tr("%1 try").arg(ordinal(entry.attempt));
        break;
    case StepStatus::failed:
        break;
    }
    return entry.endedAt >= entry.startedAt && entry.startedAt > 0 ? spanText(entry.endedAt - entry.startedAt)
                                                                   : QString();
}

QString TimelineModel::runningDetail(const TimelineEntry &entry) const
{
    QStringList parts;
    if (entry.attempt > 1 && isTakenUp(entry)) {
        parts << tr("went on without Foundry");
    } else if (entry.attempt > 1) {
        parts << (entry.maxAttempts > 0 ? tr("attempt %1 of %2").arg(entry.attempt).arg(entry.maxAttempts)
                                        : tr("attempt %1").arg(entry.attempt));
    }
    if (entry.status == StepStatus::retrying && entry.nextAttemptAt > 0) {
        const Millis left = std::max<Millis>(0, entry.nextAttemptAt - m_now);
        parts << (m_now > 0 ? tr("next try in %1 s").arg((left + 999) / 1000)
                            : tr("next try at %1").arg(exactClockText(entry.nextAttemptAt)));
        return parts.join(u" \u00b7 "_s);
    }
    if (!entry.subStep.isEmpty())
        parts << entry.subStep;
    if (entry.status == StepStatus::waiting && entry.attemptStartedAt > 0 && entry.subStep.isEmpty())
        parts << tr("waits for you");
    if (entry.fraction >= 0)
        parts << tr("%1 %").arg(int(entry.fraction * 100));
    const Millis quiet = m_now - entry.lastSignAt;
    if (entry.status == StepStatus::running && entry.lastSignAt > 0 && m_now > 0 && quiet >= quietAfter)
        parts << tr("last sign %1 ago").arg(spanText(quiet));
    if (entry.status == StepStatus::running && entry.timeOutAt > 0 && m_now > 0 && entry.timeOutAt - m_now < 60'000
        && quiet >= quietAfter)
        parts << tr("gives up in %1").arg(spanText(std::max<Millis>(0, entry.timeOutAt - m_now)));
    return parts.join(u" \u00b7 "_s);
}

QString TimelineModel::detail(const TimelineEntry &entry) const
{
    if (isMoving(entry.status)) {
        const QString running = runningDetail(entry);
        if (entry.status == StepStatus::retrying && !entry.attempts.empty() && entry.attempts.back().failure)
            return m_sentence(*entry.attempts.back().failure) + (running.isEmpty() ? running : u"\n"_s + running);
        return running;
    }
    if (entry.status == StepStatus::failed) {
        QString why = entry.attempts.empty() || !entry.attempts.back().failure
            ? QString()
            : m_sentence(*entry.attempts.back().failure);
        if (entry.attempt > 1)
            why += (why.isEmpty() ? QString() : u"\n"_s) + tr("after %1 attempts").arg(entry.attempt);
        return why;
    }
    if (entry.status == StepStatus::done && entry.attempt > 1 && isTakenUp(entry))
        return tr("went on without Foundry for a while");
    if (entry.status == StepStatus::done && !entry.attempts.empty() && entry.attempts.front().failure)
        return tr("1st: %1").arg(m_sentence(*entry.attempts.front().failure));
    return {};
}

QString TimelineModel::spoken(const TimelineEntry &entry) const
{
    QString word;
    switch (entry.status) {
    case StepStatus::pending:
        word = tr("to come");
        break;
    case StepStatus::running:
        word = tr("running");
        break;
    case StepStatus::waiting:
        word = tr("waiting");
        break;
    case StepStatus::retrying:
        word = tr("will be tried again");
        break;
    case StepStatus::done:
        word = tr("done");
        break;
    case StepStatus::failed:
        word = tr("failed");
        break;
    case StepStatus::skipped:
        word = tr("skipped");
        break;
    }
    QStringList parts { title(entry), word };
    for (const QString &more : { entry.name == u"turn"_s ? QString() : entry.subject, span(entry), detail(entry) }) {
        if (!more.isEmpty() && more != word)
            parts << more;
    }
    return parts.join(u", "_s);
}

int TimelineModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant TimelineModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const TimelineEntry &entry = m_entries[size_t(index.row())];
    switch (role) {
    case NameRole:
        return entry.name;
    case Qt::DisplayRole:
    case TitleRole:
        return title(entry);
    case SubjectRole:
        return entry.name == u"turn"_s ? QString() : entry.subject;
    case StatusRole:
        return statusName(entry.status);
    case ToneRole:
        return toneOf(entry.status);
    case SpanRole:
        return span(entry);
    case DetailRole:
        return detail(entry);
    case FractionRole:
        return isMoving(entry.status) ? entry.fraction : -1.0;
    case CurrentRole:
        return isMoving(entry.status) || entry.status == StepStatus::failed;
    case RetryableRole:
        return m_retryable && entry.status == StepStatus::failed;
    case LogRole:
        return entry.hasLog;
    case LastLinesRole:
        return isMoving(entry.status) ? entry.lastLines : QString();
    case SpokenRole:
        return spoken(entry);
    default:
        return {};
    }
}

QHash<int, QByteArray> TimelineModel::roleNames() const
{
    return { { NameRole, "name" },           { TitleRole, "title" },       { SubjectRole, "subject" },
             { StatusRole, "status" },       { ToneRole, "tone" },         { SpanRole, "span" },
             { DetailRole, "detail" },       { FractionRole, "fraction" }, { CurrentRole, "current" },
             { RetryableRole, "retryable" }, { LogRole, "hasLog" },        { SpokenRole, "spoken" },
             { LastLinesRole, "lastLines" } };
}

} // namespace foundry
