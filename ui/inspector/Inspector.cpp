#include "Inspector.h"

#include <QDateTime>
#include <QLocale>

namespace foundry {

namespace {

struct Control {
    const char *name;
    command::RunControl control;
    QStringList possible; // statuses of a run
};

const std::vector<Control> &allControls()
{
    using enum command::RunControl;
    static const std::vector<Control> all {
        { "Pause the run", pause, { u"running"_s, u"failed"_s } },
        { "Resume the run", resume, { u"paused"_s } },
        { "Retry the step", retryStep, { u"failed"_s, u"stopped"_s } },
        { "Skip the step", skipStep, { u"failed"_s, u"stopped"_s } },
        { "Stop the step", stopStep, { u"running"_s } },
        { "Cancel the run", cancel, { u"running"_s, u"failed"_s, u"stopped"_s } },
    };
    return all;
}

QString timeText(Millis at)
{
    return at > 0 ? QLocale().toString(QDateTime::fromMSecsSinceEpoch(at), u"yyyy-MM-dd HH:mm:ss"_s) : u"\u2013"_s;
}

QString toneOf(const QString &status)
{
    if (status == u"damaged" || status == u"startFailed" || status == u"diverged" || status == u"failed")
        return u"negative"_s;
    if (status == u"stalled" || status == u"stopped" || status == u"paused" || status == u"retrying")
        return u"warning"_s;
    if (status == u"awake" || status == u"running" || status == u"waiting" || status == u"starting")
        return u"accent"_s;
    return status == u"done" ? u"positive"_s : u"neutral"_s;
}

QString statusText(StepStatus status)
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

InspectorLine lineOf(const RunEntry &entry)
{
    InspectorLine line;
    line.number = entry.number;
    line.title = entry.line.name.isEmpty() ? entry.kind : entry.kind + u' ' + entry.line.name;
    QStringList detail { u"#%1"_s.arg(entry.number) };
    if (!entry.scope.isEmpty())
        detail << entry.scope;
    if (entry.line.startedAt > 0)
        detail << timeText(entry.line.startedAt);
    if (entry.line.attempt > 1)
        detail << u"attempt %1"_s.arg(entry.line.attempt);
    line.detail = detail.join(u" \u00b7 "_s);
    line.state = statusText(entry.line.status);
    line.tone = toneOf(line.state);
    return line;
}

} // namespace

Inspector::Inspector(EngineLink *link, std::function<QString(const Failure &)> sentence, QObject *parent)
    : QObject(parent)
    , m_link(link)
    , m_sentence(std::move(sentence))
{
}

void Inspector::setFind(const QString &find)
{
    const QString wanted = find.left(findCharacters);
    if (m_find == wanted)
        return;
    m_find = wanted;
    Q_EMIT findChanged();
    readList();
}

void Inspector::look()
{
    setTrouble({});
    readList();
    readDetails();
}

void Inspector::readList()
{
    const quint64 read = ++m_listRead;
    m_link->ask(query::Actors { m_find.trimmed(), 0 }, this, [this, read](const Result<AnswerBody> &result) {
        if (read != m_listRead)
            return;
        const auto *answer = result ? std::get_if<answer::Actors>(&*result) : nullptr;
        if (!answer)
            return setTrouble(result ? QString() : m_sentence(result.error()));
        std::vector<InspectorLine> lines;
        for (const ActorSummary &actor : answer->actors)
            lines.push_back({ actor.id, 0, actor.kind, actor.key.join(u" / "_s), actor.status, toneOf(actor.status) });
        m_actors.setLines(std::move(lines));
        m_totals = tr("%1 actors, %2 awake").arg(answer->all).arg(answer->awake);
        if (answer->found > int(answer->actors.size()))
            m_totals += tr("; the first %1 of %2 found").arg(answer->actors.size()).arg(answer->found);
        Q_EMIT listChanged();
    });
}

void Inspector::choose(const QString &actor)
{
    if (m_chosen == actor)
        return;
    m_chosen = actor;
    m_details = {};
    m_entries.setLines({});
    m_letters.setLines({});
    m_backups.setLines({});
    setTrouble({});
    Q_EMIT chosenChanged();
    Q_EMIT detailsChanged();
    readDetails();
}

void Inspector::readDetails()
{
    const quint64 read = ++m_detailsRead;
    if (m_chosen.isEmpty())
        return;
    m_link->ask(query::ActorDetails { m_chosen }, this, [this, read](const Result<AnswerBody> &result) {
        if (read != m_detailsRead)
            return;
        const auto *answer = result ? std::get_if<answer::ActorDetails>(&*result) : nullptr;
        if (!answer)
            return setTrouble(result ? QString() : m_sentence(result.error()));
        m_details = *answer;
        std::vector<InspectorLine> entries, letters;
        if (m_details.run) {
            for (auto entry = m_details.run->entries.rbegin(); entry != m_details.run->entries.rend(); ++entry)
                entries.push_back(lineOf(*entry));
        }
        for (const DeadLetterSummary &letter : m_details.deadLetters)
            letters.push_back({ {},
                                letter.number,
                                letter.to.isEmpty() ? letter.message : letter.message + u" \u2192 "_s + letter.to,
                                m_sentence(letter.failure) + u'\n' + letter.content,
                                tr("%1 deliveries").arg(letter.deliveries),
                                u"warning"_s });
        m_entries.setLines(std::move(entries));
        std::vector<InspectorLine> backups;
        for (const BackupSummary &backup : m_details.backups)
            backups.push_back({ {}, 0, backup.name, QLocale().formattedDataSize(backup.bytes), timeText(backup.at) });
        m_letters.setLines(std::move(letters));
        m_backups.setLines(std::move(backups));
        Q_EMIT detailsChanged();
    });
}

QString Inspector::title() const
{
    return m_details.actor.id.isEmpty() ? QString() : m_details.actor.kind;
}

QString Inspector::state() const
{
    const QString run = m_details.run ? m_details.run->status : QString();
    return run.isEmpty() || run == u"none" ? m_details.actor.status : m_details.actor.status + u", run "_s + run;
}

QString Inspector::tone() const
{
    const QString actor = toneOf(m_details.actor.status);
    const QString run = m_details.run ? toneOf(m_details.run->status) : QString();
    return run == u"negative" || run == u"warning" ? run : actor;
}

QString Inspector::why() const
{
    QStringList lines;
    if (m_details.actor.failure)
        lines << m_sentence(*m_details.actor.failure) << m_details.actor.failure->chain();
    if (m_details.run && m_details.run->failure)
        lines << m_details.run->failure->chain();
    if (m_details.run && !m_details.run->waitsFor.isEmpty()) {
        const Millis until = m_details.run->waitsUntil;
        lines << tr("Waits for %1").arg(m_details.run->waitsFor)
                + (until > 0 ? tr(", at most until %1").arg(timeText(until)) : QString());
    }
    return lines.join(u'\n');
}

QString Inspector::facts() const
{
    const ActorSummary &actor = m_details.actor;
    if (actor.id.isEmpty())
        return {};
    QStringList lines { actor.key.join(u" / "_s), tr("Id %1").arg(actor.id),
                        tr("Created %1").arg(timeText(actor.createdAt)) };
    if (m_details.waiting > 0 || m_details.outgoing > 0)
        lines << tr("%1 messages wait, %2 are on their way to others").arg(m_details.waiting).arg(m_details.outgoing);
    if (actor.wakeAt > 0)
        lines << tr("Wakes by itself at %1").arg(timeText(actor.wakeAt));
    if (actor.failedStarts > 0)
        lines << tr("%1 failed starts, next at %2").arg(actor.failedStarts).arg(timeText(actor.nextStartAt));
    return lines.join(u'\n');
}

QString Inspector::audit() const
{
    QStringList lines;
    if (m_details.run) {
        for (const RunAudit &line : m_details.run->audit)
            lines << timeText(line.at) + u"  "_s + line.action + u": "_s + line.outcome;
    }
    return lines.join(u'\n');
}

QStringList Inspector::controls() const
{
    QStringList names;
    for (const Control &control : allControls()) {
        if (m_details.run && control.possible.contains(m_details.run->status))
            names << tr(control.name);
    }
    return names;
}

void Inspector::submit(CommandBody body)
{
    setTrouble({});
    m_link->submit(std::move(body), this, [this](const event::CommandFinished &done) {
        if (done.failure)
            setTrouble(m_sentence(*done.failure));
        readList();
        readDetails();
    });
}

void Inspector::restart()
{
    submit(command::RestartActor { m_chosen });
}

void Inspector::destroyChosen()
{
    const QString actor = m_chosen;
    choose({});
    submit(command::DestroyActor { actor });
}

void Inspector::restore(const QString &backup)
{
    submit(command::RestoreActor { m_chosen, backup });
}

void Inspector::control(const QString &name)
{
    for (const Control &control : allControls()) {
        if (tr(control.name) == name)
            submit(command::ControlRun { m_chosen, control.control });
    }
}

void Inspector::rewind(qint64 entry)
{
    submit(command::ControlRun { m_chosen, command::RunControl::rewind, entry });
}

void Inspector::settle(qint64 letter, bool retry)
{
    submit(command::SettleDeadLetter { m_chosen, letter, retry });
}

void Inspector::setTrouble(const QString &trouble)
{
    if (m_trouble == trouble)
        return;
    m_trouble = trouble;
    Q_EMIT troubleChanged();
}

} // namespace foundry
