#include "Model.h"

#include <QSet>

namespace foundry::simulation {

void Model::violate(const QString &what)
{
    m_trace.add(u"VIOLATION: "_s + what);
    if (m_violation.isEmpty())
        m_violation = what;
}

// ---- effects

void Model::expect(const QString &place, const QString &key)
{
    m_effects[place][key].expected = true;
}

void Model::excuse(const QString &place, const QString &key)
{
    m_effects[place][key].excused = true;
}

void Model::durable(const QString &place, const QString &key)
{
    m_effects[place][key].durable = true;
}

void Model::look(const QString &place, const QStringList &marks, bool atEnd, bool mayMiss)
{
    QSet<QString> there;
    for (const QString &mark : marks) {
        if (there.contains(mark))
            violate(u"delivered twice in effect: %1 at %2"_s.arg(mark, place));
        there.insert(mark);
    }
    for (const auto &[key, effect] : m_effects[place]) {
        const bool isThere = there.contains(key);
        if (effect.durable && !isThere)
            violate(u"what was on disk is gone: %1 at %2"_s.arg(key, place));
        if (atEnd && effect.expected && !effect.excused && !isThere)
            violate(u"acknowledged and lost: %1 at %2"_s.arg(key, place));
        if (effect.forbidden && isThere)
            violate(u"never to happen, and there: %1 at %2"_s.arg(key, place));
        if (effect.excused && isThere)
            violate(u"done and among the dead letters: %1 at %2"_s.arg(key, place));
    }
    checkOrder(place, marks, mayMiss);
}

// Marks "queue:number" of one queue come in the order of their numbers; those of "queue=number" without a gap, too.
void Model::checkOrder(const QString &place, const QStringList &marks, bool mayMiss)
{
    std::map<QString, int> last;
    for (const QString &mark : marks) {
        if (mark.startsWith(u"pass "))
            std::erase_if(last, [](const auto &queue) { return queue.first.startsWith(u"undo"); });
        const bool gapless = mark.contains(u'=');
        const qsizetype at = gapless ? mark.lastIndexOf(u'=') : mark.lastIndexOf(u':');
        if (at < 0)
            continue;
        const QString queue = mark.left(at);
        const int number = mark.mid(at + 1).toInt();
        int &before = last[queue];
        if (number <= before)
            violate(u"out of order: %1 after %2 at %3"_s.arg(mark).arg(before).arg(place));
        if (gapless && !mayMiss && number != before + 1)
            violate(u"a gap: %1 after %2 at %3"_s.arg(mark).arg(before).arg(place));
        before = number;
    }
}

// ---- writers

void Model::born(const QString &actor)
{
    if (++m_writers[actor] > 1)
        violate(u"two writers of %1"_s.arg(actor));
}

void Model::gone(const QString &actor)
{
    --m_writers[actor];
}

// ---- steps

void Model::bodyBegins(const Begin &begin)
{
    Body &body = m_bodies[begin.key];
    if (m_values.contains(begin.key))
        violate(u"a step with a committed result runs again: %1"_s.arg(begin.key));
    if (begin.attempt <= body.lastAttempt)
        violate(u"attempt %1 after attempt %2: %3"_s.arg(begin.attempt).arg(body.lastAttempt).arg(begin.key));
    if (begin.onceOnly && body.runs > 0)
        violate(u"once only, and run twice: %1"_s.arg(begin.key));
    if (body.runs > 0 && body.seen != begin.seen)
        violate(u"the workflow saw something else than before: %1"_s.arg(begin.key));
    if (++m_alive[begin.key] > 1)
        violate(u"two bodies of one step: %1"_s.arg(begin.key));
    ++body.runs;
    body.lastAttempt = begin.attempt;
    body.seen = begin.seen;
}

void Model::bodyEnds(const QString &key)
{
    --m_alive[key];
}

int Model::bodyRuns(const QString &key) const
{
    const auto found = m_bodies.find(key);
    return found == m_bodies.end() ? 0 : found->second.runs;
}

void Model::stepDurable(const QString &key, int value)
{
    m_values[key] = value;
}

void Model::noneAlive(const QString &prefix, const QString &why)
{
    for (auto alive = m_alive.lower_bound(prefix); alive != m_alive.end() && alive->first.startsWith(prefix); ++alive) {
        if (alive->second > 0)
            violate(u"%1, but its body runs: %2"_s.arg(why, alive->first));
    }
}

// ---- what a workflow sees

void Model::observed(const QString &entry, const QString &outcome)
{
    if (const auto was = m_firm.find(entry); was != m_firm.end() && was->second != outcome)
        violate(u"%1 was %2 and is now %3"_s.arg(entry, was->second, outcome));
    const auto value = m_values.find(entry);
    if (value != m_values.end() && outcome != u"ok %1"_s.arg(value->second))
        violate(u"%1 has the result %2 on disk, the workflow saw %3"_s.arg(entry).arg(value->second).arg(outcome));
}

void Model::firm(const QString &entry, const QString &outcome)
{
    m_firm.insert_or_assign(entry, outcome);
}

// ---- children, time

void Model::isTold(const QString &entry, const QString &answer)
{
    if (!m_answers.contains(answer))
        violate(u"%1 was told what no child answered: %2"_s.arg(entry, answer));
}

void Model::waitBegins(const QString &entry, Millis now)
{
    const auto [begun, isNew] = m_begun.emplace(entry, now);
    if (!isNew)
        begun->second = std::min(begun->second, now);
}

// What began later than that begins anew.
void Model::clockJumped(Millis now)
{
    for (auto &[entry, begun] : m_begun)
        begun = std::min(begun, now);
}

void Model::waitEnds(const QString &entry, std::chrono::milliseconds span, Millis latest)
{
    if (latest < m_begun.at(entry) + span.count())
        violate(u"it waited %1 of %2 ms: %3"_s.arg(latest - m_begun.at(entry)).arg(span.count()).arg(entry));
}

// ---- compensation

void Model::runBegins(const QString &run, const QString &place, int record)
{
    m_registered[{ run, record }] = {};
    if (!m_over.erase(run))
        return;
    // It was over, and went back to an entry: what must not be undone is decided anew.
    for (auto &[key, effect] : m_effects[place])
        effect.forbidden = false;
}

QString Model::undoName(const QString &run, int record, const QString &inside)
{
    return inside.isEmpty() ? u"undo:%1"_s.arg(999 - m_registered[{ run, record }].inOrder++)
                            : u"undone %1"_s.arg(inside);
}

void Model::registered(const QString &run, int record, const QString &mark, const QString &scope)
{
    m_registered[{ run, record }].marks.insert_or_assign(mark, scope);
}

void Model::turnEnds(const QString &run, int record, const QString &scope)
{
    std::erase_if(m_registered[{ run, record }].marks,
                  [&](const auto &one) { return one.second == scope || one.second.startsWith(scope + u'/'); });
}

void Model::runEnds(const QString &run, const QString &place, int record, bool well)
{
    if (!m_over.insert(run).second)
        return;
    noneAlive(run + u'/', u"the run is over"_s);
    for (const auto &[mark, scope] : m_registered[{ run, record }].marks)
        (well ? m_effects[place][mark].forbidden : m_effects[place][mark].expected) = true;
}

} // namespace foundry::simulation
