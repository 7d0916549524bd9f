// ActorCell: a handler's transaction and what follows from it.
#include "ActorSystemPrivate.h"
#include "ActorTables.h"

#include <exception>

namespace foundry {

namespace {

constexpr Sql replaceAlarm { "alarms.set",
                             "INSERT INTO actor_alarm (name, due, period, message, payload) VALUES (?1, ?2, ?3, ?4, "
                             "?5) ON CONFLICT (name) DO UPDATE SET due = excluded.due, period = excluded.period, "
                             "message = excluded.message, payload = excluded.payload, skipped = 0" };
constexpr Sql findAlarm { "alarms.find", "SELECT 1 FROM actor_alarm WHERE name = ?1" };
constexpr Sql countAlarms { "alarms.count", "SELECT count(*) FROM actor_alarm" };
constexpr Sql deleteAlarm { "alarms.delete", "DELETE FROM actor_alarm WHERE name = ?1" };

} // namespace

Result<void> ActorCell::runBody(const std::function<Result<void>()> &body)
{
    try {
        return body();
    } catch (const std::exception &thrown) {
        m_threw = true;
        return fail(codes::Actor::poisoned, QString::fromUtf8(thrown.what()));
    } catch (...) {
        m_threw = true;
        return fail(codes::Actor::poisoned, u"something was thrown"_s);
    }
}

Result<void> ActorCell::transact(const std::function<Result<void>()> &body, Durability durability)
{
    if (m_transaction)
        return nested(body);
    if (!m_database || !m_actor || m_phase == Phase::closing || m_system.dead)
        return fail(codes::Actor::stopped, ref().text());
    if (m_phase == Phase::damaged || m_phase == Phase::stalled)
        return std::unexpected(*m_failure);
    const auto self = shared_from_this();
    auto begun = m_database->begin();
    if (!begun) {
        storageFailed(begun.error());
        return std::unexpected(std::move(begun).error());
    }
    m_transaction.emplace(std::move(*begun));
    m_effects = {};
    m_threw = false;
    const qint64 changesBefore = m_database->changes();
    auto done = runBody(body);
    if (done)
        done = saveStates();
    if (done && !m_backup.changed)
        done = noteChange(changesBefore);
    if (done && m_system.options.mayCommit && !m_system.options.mayCommit(ref())) {
        m_system.dead = true;
        done = fail(codes::Actor::stopped, u"as if the process had died"_s);
    }
    if (done)
        done = m_transaction->commit(durability);
    m_transaction.reset(); // rolls back what is not committed
    Effects effects = std::exchange(m_effects, {});
    if (done) {
        for (StateBase *state : m_actor->m_states)
            state->m_dirty = false;
        apply(std::move(effects), durability);
        considerBackup();
        return {};
    }
    restoreStates();
    m_queue->forget();
    if (isOfTheDisk(done.error()))
        storageFailed(done.error());
    return done;
}

Result<void> ActorCell::nested(const std::function<Result<void>()> &body)
{
    auto savepoint = m_transaction->savepoint();
    if (!savepoint)
        return std::unexpected(std::move(savepoint).error());
    std::vector<std::pair<QJsonValue, bool>> states;
    for (const StateBase *state : m_actor->m_states)
        states.emplace_back(state->save(), state->m_dirty);
    Effects outer = m_effects;
    auto done = runBody(body);
    if (done)
        done = savepoint->release();
    if (done)
        return {};
    savepoint->rollback();
    m_effects = std::move(outer);
    m_queue->forget();
    for (size_t i = 0; i < states.size(); ++i) {
        StateBase *state = m_actor->m_states[i];
        if (state->m_dirty) {
            state->load(states[i].first);
            state->m_dirty = states[i].second;
        }
    }
    return done;
}

Result<void> ActorCell::saveStates()
{
    for (StateBase *state : m_actor->m_states) {
        if (!state->m_dirty)
            continue;
        const QByteArray json = QJsonDocument(QJsonArray { state->save() }).toJson(QJsonDocument::Compact);
        if (json.size() > limits::stateSize)
            return fail(codes::Actor::stateTooLarge,
                        u"%1: %2 bytes, at most %3"_s.arg(state->m_name).arg(json.size()).arg(limits::stateSize));
        if (auto saved = m_database->run(tables::saveState, state->m_name, json); !saved)
            return std::unexpected(std::move(saved).error());
        state->m_pending = json;
    }
    return {};
}

void ActorCell::restoreStates()
{
    for (StateBase *state : m_actor->m_states) {
        state->m_pending = {};
        if (!state->m_dirty)
            continue;
        const QJsonArray saved = QJsonDocument::fromJson(state->m_saved).array();
        state->load(saved.isEmpty() ? QJsonValue(QJsonValue::Undefined) : saved.first());
        state->m_dirty = false;
    }
}

void ActorCell::apply(Effects effects, Durability durability)
{
    for (StateBase *state : m_actor->m_states) {
        if (!state->m_pending.isNull())
            state->m_saved = std::exchange(state->m_pending, {});
    }
    const bool sent = !effects.outbox.empty();
    for (OutboxEntry &entry : effects.outbox)
        m_outbox->committed(std::move(entry));
    addWorkTokens(effects.queued);

    // In order: what is told is requested before anything that follows from this commit can commit again.
    std::vector<std::function<void()>> durables = std::move(effects.durables);
    if (sent)
        durables.push_back([this, upTo = m_outbox->last()] { outboxDurable(upTo); });
    if (!durables.empty() && durability == Durability::relaxed) {
        for (auto &call : durables)
            m_relaxed.push_back(std::move(call));
        if (!m_relaxedEnd.isSet()) {
            m_relaxedEnd = m_system.options.clock.after(limits::relaxedWindow, [this] {
                m_relaxedEnd = {};
                flushRelaxed();
            });
        }
    } else if (!durables.empty()) {
        flushRelaxed();
        request(std::move(durables));
    }
    if (effects.alarms)
        alarmsChanged();
    for (const auto &then : effects.commits)
        then();
    if (effects.poke && m_actor && m_actor->m_extension && m_phase == Phase::awake)
        m_actor->m_extension->poke();
}

void ActorCell::flushRelaxed()
{
    m_relaxedEnd = {};
    if (!m_relaxed.empty())
        request(std::exchange(m_relaxed, {}));
}

// Calls them once everything committed so far is on disk.
void ActorCell::request(std::vector<std::function<void()>> calls)
{
    ++m_unsynced;
    m_idleSince.reset();
    m_database->whenDurable([weak = weak_from_this(), calls = std::move(calls)](Result<void> durable) mutable {
        const auto self = weak.lock();
        if (!self || self->m_phase == Phase::closed)
            return;
        --self->m_unsynced;
        if (durable) {
            for (const auto &call : calls)
                call();
        } else {
            for (auto &call : calls)
                self->m_stalledDurables.push_back(std::move(call));
            self->storageFailed(durable.error());
        }
        self->considerSleep();
    });
}

void ActorCell::afterCommit(std::function<void()> then)
{
    if (m_transaction)
        m_effects.commits.push_back(std::move(then));
    else
        then();
}

void ActorCell::afterDurable(std::function<void()> then)
{
    if (m_transaction) {
        m_effects.durables.push_back(std::move(then));
    } else if (m_database) {
        flushRelaxed();
        std::vector<std::function<void()>> calls;
        calls.push_back(std::move(then));
        request(std::move(calls));
    }
}

bool ActorCell::isDurable() const
{
    return m_relaxed.empty() && m_unsynced == 0 && m_database->isDurable();
}

void ActorCell::tell(Event event)
{
    afterDurable([this, event = std::move(event)] {
        if (m_system.options.sink)
            m_system.options.sink(event);
    });
}

Result<void> ActorCell::send(OutboxEntry entry)
{
    if (!m_transaction)
        return fail(codes::Actor::badMessage, u"%1 is sent outside a transaction"_s.arg(entry.message.name));
    entry.message.durable = true;
    const bool toSelf
        = entry.to.id.isEmpty() ? entry.to.kind == ref().kind && entry.to.key == ref().key : entry.to.id == ref().id;
    if (toSelf && entry.action == OutboxEntry::Action::send) {
        entry.message.sender = ref().id;
        const bool kept = takes(entry.message.name);
        const auto added = m_queue->add(entry.message, 0, kept);
        if (!added)
            return std::unexpected(added.error());
        if (*added == ActorQueue::Arrival::added)
            kept ? void(m_effects.poke = true) : void(++m_effects.queued);
        return {};
    }
    auto added = m_outbox->add(std::move(entry), std::ssize(m_effects.outbox));
    if (!added)
        return std::unexpected(std::move(added).error());
    m_effects.outbox.push_back(std::move(*added));
    return {};
}

Result<void> ActorCell::setAlarm(const QString &name, Millis at, Millis period, const Message &message)
{
    if (!m_transaction)
        return fail(codes::Actor::badMessage, u"%1 is scheduled outside a transaction"_s.arg(name));
    const auto payload = packed(message);
    if (!payload)
        return std::unexpected(payload.error());
    const auto known = m_database->integer(findAlarm, name);
    const auto count = m_database->integer(countAlarms); // of at most limits::alarms rows
    if (!known || !count)
        return std::unexpected(known ? count.error() : known.error());
    if (!*known && *count >= limits::alarms)
        return fail(codes::Actor::queueFull, u"%1 schedules, at most %2"_s.arg(*count).arg(limits::alarms));
    if (auto set = m_database->run(replaceAlarm, name, at, period, message.name, *payload); !set)
        return std::unexpected(set.error());
    m_effects.alarms = true;
    return {};
}

Result<void> ActorCell::cancelAlarm(const QString &name)
{
    if (!m_transaction)
        return fail(codes::Actor::badMessage, u"%1 is cancelled outside a transaction"_s.arg(name));
    if (auto removed = m_database->run(deleteAlarm, name); !removed)
        return std::unexpected(removed.error());
    m_effects.alarms = true;
    return {};
}

void ActorCell::pokeAfterCommit()
{
    if (m_transaction)
        m_effects.poke = true;
    else if (m_actor && m_actor->m_extension)
        m_actor->m_extension->poke();
}

void ActorCell::storageFailed(const Failure &failure)
{
    if (m_phase == Phase::awake || m_phase == Phase::stalled) {
        if (failure.is(codes::Storage::corrupt))
            damage(failure);
        else
            stall(failure);
    }
}

// A person hears of it at once: the actor itself cannot store what it would say.
void ActorCell::tellTrouble(Failure failure)
{
    if (failure.correlation.isEmpty())
        failure.correlation = ref().text();
    if (m_system.options.sink)
        m_system.options.sink(event::Trouble { std::move(failure) });
}

// Nothing of this actor runs until its disk takes something again.
void ActorCell::stall(const Failure &failure)
{
    m_phase = Phase::stalled;
    m_failure = failure;
    if (m_retry.isSet())
        return;
    if (++m_failedStarts == 1)
        tellTrouble(failure);
    const Millis delay = diskDelay(m_failedStarts);
    m_nextStart = m_system.now() + delay;
    m_retry = m_system.options.clock.after(std::chrono::milliseconds(delay), [this] {
        m_retry = {};
        tryResume();
    });
}

void ActorCell::tryResume()
{
    const auto self = shared_from_this();
    auto resumed = m_database->resume();
    if (resumed) {
        // The proof that it takes something: a write that changes nothing.
        auto probe = m_database->begin();
        if (!probe)
            resumed = std::unexpected(probe.error());
        else if (auto written = m_database->run(Sql { "actor.probe", "UPDATE actor_life SET created = created" });
                 !written)
            resumed = std::unexpected(written.error());
        else
            resumed = probe->commit();
    }
    if (!resumed) {
        stall(resumed.error());
        return;
    }
    m_phase = Phase::awake;
    m_failure.reset();
    m_failedStarts = 0;
    if (!m_stalledDurables.empty())
        request(std::exchange(m_stalledDurables, {}));
    if (m_lostTransaction) {
        restartAfter(*m_lostTransaction);
        return;
    }
    answerWaiting({});
    if (hasWork())
        m_system.makeReady(self);
    pumpOutbox();
    alarmsChanged();
    lookAtClock();
    dieWhenDelivered();
    considerSleep();
}

} // namespace foundry
