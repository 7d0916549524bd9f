// Whose turn it is: starting, running, and what sleeps until when.
#include "ActorSystemPrivate.h"
#include "StoreFile.h"

#include <QLoggingCategory>

namespace foundry {

Q_DECLARE_LOGGING_CATEGORY(actorLog)

Result<std::optional<ActorRow>> ActorSystem::Private::find(const ActorRef &ref) const
{
    if (!ref.id.isEmpty()) {
        auto found = registry->byId(ref.id);
        if (!found || *found)
            return found;
        qCInfo(actorLog).noquote() << ref.text() << "is no longer" << ref.id << "and is looked up by its key";
    }
    return registry->byKey(ref.kind, ref.key);
}

std::shared_ptr<ActorCell> ActorSystem::Private::cellFor(const ActorRow &row)
{
    auto &cell = cells[row.ref.id];
    if (!cell)
        cell = std::make_shared<ActorCell>(*this, kinds.at(row.ref.kind), row);
    return cell;
}

Result<std::shared_ptr<ActorCell>> ActorSystem::Private::cellFor(const ActorRef &ref)
{
    if (draining || dead)
        return fail(codes::Actor::stopped, ref.text(), Retry::transient);
    if (const auto cell = cells.value(ref.id))
        return cell;
    const auto found = find(ref);
    if (!found)
        return std::unexpected(found.error());
    if (!*found)
        return fail(codes::Actor::missing, ref.text());
    if (!kinds.contains((*found)->ref.kind))
        return fail(codes::Actor::missing, u"no kind %1"_s.arg((*found)->ref.kind));
    auto cell = cellFor(**found);
    if (cell->phase() == ActorCell::Phase::waiting)
        makeStarting(cell);
    return cell;
}

ActorCell *ActorSystem::Private::directCell(const ActorRef &ref) const
{
    if (draining || dead)
        return nullptr;
    const auto found = cells.constFind(ref.id);
    if (found == cells.constEnd())
        return nullptr;
    ActorCell &cell = **found;
    const bool isFirst = cell.m_waiting.empty() && !onTheWay.contains(ref.id);
    return isFirst && cell.phase() == ActorCell::Phase::awake && !cell.isDying() ? &cell : nullptr;
}

void ActorSystem::Private::withCell(const ActorRef &ref, WithCell then, bool waits)
{
    const auto cell = cellFor(ref);
    if (!cell) {
        post([then = std::move(then), failure = cell.error()] { then(std::unexpected(failure)); });
        return;
    }
    // From the event loop: callers may be in the middle of a handler of this or another actor.
    const QString id = (*cell)->ref().id;
    ++onTheWay[id];
    post([weak = std::weak_ptr(*cell), id, ref, this, waits, then = std::move(then)] {
        if (const auto calls = onTheWay.find(id); --*calls == 0)
            onTheWay.erase(calls);
        auto found = weak.lock();
        if (!found || found->phase() == ActorCell::Phase::closed) {
            // It went to sleep meanwhile. Its next incarnation is reached here and now: posted again, this would come
            // after what was sent later.
            const auto next = cellFor(ref);
            if (!next) {
                then(std::unexpected(next.error()));
                return;
            }
            found = *next;
        }
        withAwake(found, ref, then, waits);
    });
}

void ActorSystem::Private::withAwake(const std::shared_ptr<ActorCell> &cell, const ActorRef &ref, const WithCell &then,
                                     bool waits)
{
    cell->whenAwake(
        [this, ref, then](Result<void> awake) {
            if (!awake) {
                then(std::unexpected(awake.error()));
                return;
            }
            // The waiting may have passed from one incarnation to the next.
            const auto now = cellFor(ref);
            if (now && !(*now)->isDying())
                then(*now);
            else
                then(now ? fail(codes::Actor::missing, ref.text()) : std::unexpected(now.error()));
        },
        waits);
}

void ActorSystem::Private::destroy(const ActorRef &ref, ActorCell::Then done)
{
    const auto cell = cellFor(ref);
    if (!cell) {
        // Perhaps it is gone since a moment ago: that is not told before it is on disk. Who dismissed it makes the next
        // of its key, and must not find this one again.
        post([this, done = std::move(done), failure = cell.error()] {
            registry->whenDurable([done, failure](const Result<void> &durable) {
                done(std::unexpected(durable ? failure : durable.error()));
            });
        });
        return;
    }
    post([weak = std::weak_ptr(*cell), ref, this, done = std::move(done)] {
        const auto found = weak.lock();
        if (!found || found->phase() == ActorCell::Phase::closed) {
            destroy(ref, done); // it went to sleep meanwhile
        } else if (found->phase() != ActorCell::Phase::closing) {
            found->destroy(done);
        } else {
            // On its way to sleep, or to its end: with the next incarnation, if there is one.
            found->whenAwake([this, ref, done](const Result<void> &) { destroy(ref, done); });
        }
    });
}

// ---- turns ----

void ActorSystem::Private::post(std::function<void()> call)
{
    ++posted;
    turns.add([this, call = std::move(call)] {
        --posted;
        call();
    });
}

void ActorSystem::Private::makeReady(const std::shared_ptr<ActorCell> &cell)
{
    if (cell->m_isReady)
        return;
    cell->m_isReady = true;
    ready.push_back(cell);
    schedulePump();
}

void ActorSystem::Private::makeStarting(const std::shared_ptr<ActorCell> &cell)
{
    if (cell->phase() != ActorCell::Phase::waiting || cell->m_isStarting)
        return;
    cell->m_isStarting = true;
    starting.push_back(cell);
    schedulePump();
}

void ActorSystem::Private::schedulePump()
{
    if (std::exchange(pumpPosted, true))
        return;
    turns.add([this] {
        pumpPosted = false;
        pump();
    });
}

// One actor's turn and one start, then the event loop: nobody waits for a crowd.
void ActorSystem::Private::pump()
{
    if (!ready.empty()) {
        const auto cell = ready.front().lock();
        ready.pop_front();
        if (cell) {
            cell->m_isReady = false;
            for (int i = 0;
                 i < limits::messagesAtATime && cell->hasWork() && cell->phase() == ActorCell::Phase::awake && !dead;
                 ++i)
                cell->runOne();
            if (cell->hasWork() && cell->phase() == ActorCell::Phase::awake && !dead)
                makeReady(cell);
        }
    }
    const bool started = startOne();
    if (!ready.empty() || (started && !starting.empty()))
        schedulePump();
}

int ActorSystem::Private::awake() const
{
    return int(open.size());
}

// Sends idle ones to sleep. False: the next start has to wait for what is under way.
bool ActorSystem::Private::makeRoom()
{
    if (awake() < options.awakeActors)
        return true;
    // Thousands may be at long work, and each start looks here: those are passed by at a glance.
    for (size_t i = 0; i < open.size(); ++i) {
        ActorCell *cell = open[i];
        if (cell->isMoving() || (cell->mayBeIdle() && cell->sleepIfIdle()))
            return false;
    }
    // If all are at long work and nothing moves, the limit gives way: they may be waiting for this one.
    return true;
}

bool ActorSystem::Private::startOne()
{
    while (!starting.empty() && !starting.front().lock())
        starting.pop_front();
    if (starting.empty() || draining || dead || !makeRoom())
        return false;
    const auto cell = starting.front().lock();
    starting.pop_front();
    cell->m_isStarting = false;
    cell->start();
    return true;
}

void ActorSystem::Private::closed(ActorCell &cell)
{
    const auto self = cell.shared_from_this();
    cells.remove(cell.ref().id);
    if (cells.isEmpty())
        deadlines.rest();
    if (draining) {
        post([this] { drainNext(); });
        return;
    }
    auto waiting = std::exchange(cell.m_waiting, {});
    if (cell.m_destroying) {
        for (const auto &then : waiting)
            then(fail(codes::Actor::missing, cell.ref().text()));
    } else if (!waiting.empty() || cell.m_restart) {
        const auto next = cellFor(cell.row());
        for (auto &then : waiting)
            next->whenAwake(std::move(then));
        if (cell.m_restart)
            next->m_retry = options.clock.after(limits::firstRestart,
                                                [this, next = next.get()] { makeStarting(next->shared_from_this()); });
        else
            makeStarting(next);
    } else if (cell.row().wakeAt && *cell.row().wakeAt <= now() && !cell.row().damage) {
        makeStarting(cellFor(cell.row())); // it was closed with something left to do
    }
    armWakeTimer();
    if (!starting.empty())
        schedulePump();
}

void ActorSystem::Private::drainNext()
{
    if (!drained || !cells.isEmpty())
        return;
    const auto done = std::exchange(drained, {});
    registry->whenDurable([done](const Result<void> &) { done(); });
}

void ActorSystem::Private::deleteStore(const QString &id)
{
    const QString path = storePath(id);
    auto deleted = storeFile::remove(path, options.vfs);
    if (deleted)
        deleted = storeFile::removeBackups(path);
    if (deleted)
        deleted = registry->deletedStore(id);
    if (!deleted)
        qCInfo(actorLog).noquote() << "the store of" << id << "stays for now:" << deleted.error().chain();
}

// ---- sleepers ----

void ActorSystem::Private::armWakeTimer()
{
    wakeTimer = {};
    if (draining || dead)
        return;
    // Not what is due by now: the clock may have jumped over it, and whoever closes arms this timer.
    const auto next = registry->nextWake(std::min(sweptTo, now()));
    if (!next)
        sweepAgain = true;
    if (!sweepAgain && !*next)
        return;
    auto delay = sweepAgain ? limits::firstRestart : limits::longestAlarm;
    if (next && *next)
        delay = std::clamp(std::chrono::milliseconds(**next - now()), std::chrono::milliseconds(0), delay);
    // Whoever closes arms this timer: the look at the clock is not put off by that.
    delay = std::clamp(std::chrono::milliseconds(lookBy - options.clock.steady()), std::chrono::milliseconds(0), delay);
    wakeTimer = options.clock.after(delay, [this] {
        wakeTimer = {};
        wakeDue();
    });
}

void ActorSystem::Private::wakeDueAgain()
{
    if (wakeAgain.isSet() || draining || dead)
        return;
    wakeAgain = options.clock.after(limits::longestStall, [this] {
        wakeAgain = {};
        wakeDue();
    });
}

void ActorSystem::Private::wakeDue()
{
    const Millis until = now();
    lookBy = options.clock.steady() + std::chrono::milliseconds(limits::longestAlarm).count();
    if (const auto back = registry->followClock(until); !back)
        wakeDueAgain();
    else if (*back)
        sweptTo = 0;
    const auto due = registry->due(until, limits::recovered);
    if (due)
        sweptTo = until;
    sweepAgain = !due || due->size() >= size_t(limits::recovered); // none is left behind
    if (due) {
        for (const ActorRow &row : *due) {
            if (kinds.contains(row.ref.kind))
                makeStarting(cellFor(row));
        }
    } else {
        wakeDueAgain();
    }
    armWakeTimer();
}

} // namespace foundry
