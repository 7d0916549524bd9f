// ActorCell: sleeping, closing, destroying.
#include "ActorSystemPrivate.h"
#include "ActorTables.h"
#include "StoreFile.h"

#include <QLoggingCategory>

namespace foundry {

Q_DECLARE_LOGGING_CATEGORY(actorLog)

bool ActorCell::isIdle() const
{
    if (m_phase != Phase::awake || m_transaction || !m_work.empty() || !m_outbox->isEmpty() || m_tokens > 0
        || m_unsynced > 0 || !m_relaxed.empty() || !m_waiting.empty() || m_backup.underWay)
        return false;
    if (m_actor->m_extension && m_actor->m_extension->isBusy())
        return false;
    const auto wake = nextWake();
    return !wake || *wake - m_system.now() > m_system.options.idleTime.count();
}

bool ActorCell::isQuiet() const
{
    switch (m_phase) {
    case Phase::waiting:
        return !m_isStarting;
    case Phase::marking:
    case Phase::closing:
        return false;
    case Phase::awake:
        return m_work.empty() && m_unsynced == 0 && !m_backup.underWay;
    case Phase::startFailed:
    case Phase::stalled:
    case Phase::damaged:
    case Phase::closed:
        return true;
    }
    return true;
}

// It comes to rest or to work by itself, soon.
bool ActorCell::isMoving() const
{
    return m_phase == Phase::marking || m_phase == Phase::closing
        || (m_phase == Phase::awake && (!m_work.empty() || m_unsynced > 0 || !m_relaxed.empty()));
}

void ActorCell::considerSleep()
{
    if (!m_system.starting.empty())
        m_system.schedulePump();
    if (!isIdle()) {
        m_idleSince.reset();
        return;
    }
    const Clock &clock = m_system.options.clock;
    if (!m_idleSince)
        m_idleSince = clock.steady();
    if (m_idle.isSet())
        return;
    const Millis left = *m_idleSince + m_system.options.idleTime.count() - clock.steady();
    m_idle = m_system.options.clock.after(std::chrono::milliseconds(std::max<Millis>(left, 0)), [this] {
        m_idle = {};
        if (m_idleSince && m_system.options.clock.steady() - *m_idleSince >= m_system.options.idleTime.count())
            sleepIfIdle();
        else
            considerSleep(); // it has worked since
    });
}

bool ActorCell::sleepIfIdle()
{
    if (!isIdle())
        return false;
    close(true);
    return true;
}

std::optional<Millis> ActorCell::nextWake() const
{
    if (!m_work.empty() || (m_outbox && !m_outbox->isEmpty()))
        return 0;
    std::optional<Millis> at = m_nextAlarm;
    if (m_actor && m_actor->m_extension) {
        if (const auto theirs = m_actor->m_extension->wakeAt(); theirs && (!at || *theirs < *at))
            at = theirs;
    }
    return at;
}

void ActorCell::close(bool orderly, std::function<void()> closed)
{
    const auto self = shared_from_this();
    if (m_phase == Phase::closed) {
        if (closed)
            closed();
        return;
    }
    if (closed)
        m_closed.push_back(std::move(closed));
    if (m_phase == Phase::closing)
        return;
    if (!m_database || !m_actor) { // nothing is open; its mark stays, so it is found again
        m_wakeAfterClose = m_row.wakeAt;
        storeClosed();
        return;
    }
    m_closingAt = m_system.now();
    const bool ahead = m_phase == Phase::awake && isAhead(); // then it looks at the clock when it wakes
    if (m_actor->m_extension)
        m_actor->m_extension->stop(orderly);
    m_wakeAfterClose = m_phase == Phase::awake && !m_restart && !ahead ? nextWake() : std::optional<Millis>(0);
    m_phase = Phase::closing;
    m_idle = {};
    m_alarm = {};
    m_retry = {};
    if (m_wokeOnce)
        m_actor->onSleep();
    dropBackup();
    flushRelaxed();
    giveUpWork();
    m_database->whenDurable([weak = weak_from_this()](const Result<void> &durable) {
        const auto cell = weak.lock();
        if (!cell || cell->m_phase != Phase::closing)
            return;
        if (!durable) // what it did last may not be on disk, and has to be done again
            cell->m_wakeAfterClose = 0;
        cell->storeClosed();
    });
}

void ActorCell::storeClosed()
{
    const auto self = shared_from_this();
    m_phase = Phase::closed;
    m_actor.reset();
    m_queue.reset();
    m_outbox.reset();
    if (m_database)
        (void)m_database->close();
    m_database.reset();
    std::erase(m_system.open, this);
    if (m_destroying) {
        finishDestroy();
    } else if (m_row.wakeAt != m_wakeAfterClose) {
        if (auto set = m_system.registry->setWakeAt(m_row.ref.id, m_wakeAfterClose, m_closingAt); !set) {
            // Its row still says "at once", which loses nothing.
            qCInfo(actorLog).noquote() << ref().text() << set.error().chain();
            m_system.wakeDueAgain();
        } else {
            m_row.wakeAt = m_wakeAfterClose;
        }
    }
    notDestroyed(failure(codes::Actor::stopped, ref().text(), Retry::transient)); // this incarnation will not
    m_system.closed(*this);
    for (const auto &closed : std::exchange(m_closed, {}))
        closed();
}

// The registry's row goes first: a row without its store would be an actor that was never woken, and be made anew.
void ActorCell::finishDestroy()
{
    const Result<void> done = m_system.registry->remove(ref().id, m_system.auditEntry(u"destroy"_s, ref(), {}));
    qCInfo(actorLog).noquote() << ref().text() << "destroyed";
    auto waiting = std::exchange(m_destroyed, {});
    m_system.registry->whenDurable(
        [&system = m_system, id = ref().id, waiting = std::move(waiting), done](const Result<void> &durable) {
            if (done && durable)
                system.deleteStore(id);
            for (const Then &then : waiting)
                then(done ? durable : done);
        });
}

// What it sent is delivered before it goes, its last words among it.
void ActorCell::dieWhenDelivered()
{
    if (!m_dying || m_destroying || m_phase != Phase::awake || !m_outbox->isEmpty())
        return;
    m_destroying = true;
    post([this] { close(true); });
}

void ActorCell::destroy(Then done)
{
    m_destroyed.push_back(std::move(done));
    if (m_destroyed.size() > 1)
        return;
    whenAwake([weak = weak_from_this()](Result<void> awake) {
        const auto self = weak.lock();
        if (!self)
            return;
        if (self->m_dying) // it goes already
            return;
        if (!awake && self->m_phase != Phase::damaged) { // it may be asked another time
            self->notDestroyed(awake.error());
            return;
        }
        if (!awake) { // it cannot be asked: it goes nevertheless
            self->m_destroying = true;
            self->close(true);
            return;
        }
        const bool pushed
            = self->push({ [cell = self.get()] {
                              auto hook = cell->transact([cell]() -> Result<void> {
                                  if (auto agreed = cell->m_actor->onDestroy(); !agreed)
                                      return agreed;
                                  if (const auto &extension = cell->m_actor->m_extension) {
                                      if (auto told = extension->dismissed(); !told)
                                          return told;
                                  }
                                  auto set = cell->m_database->run(tables::setDestroyed);
                                  return set ? Result<void>() : std::unexpected(set.error());
                              });
                              if (!hook) {
                                  (void)cell->m_system.note(u"destroy"_s, cell->ref(), {}, hook);
                                  cell->notDestroyed(hook.error());
                                  return;
                              }
                              cell->m_dying = true;
                              cell->giveUpWork();
                              if (cell->m_actor->m_extension)
                                  cell->m_actor->m_extension->stop(false);
                              cell->dieWhenDelivered();
                          },
                           [cell = self.get()](const Failure &failure) { cell->notDestroyed(failure); } });
        if (!pushed)
            self->notDestroyed(failure(codes::Actor::queueFull, self->ref().text(), Retry::transient));
    });
}

// Who asked for it hears of it, and may ask again.
void ActorCell::notDestroyed(const Failure &failure)
{
    for (const Then &then : std::exchange(m_destroyed, {}))
        then(std::unexpected(failure));
}

void ActorCell::restartAfter(Failure failure)
{
    if (m_phase == Phase::stalled) { // its time comes when the disk takes something again
        m_lostTransaction = std::move(failure);
        return;
    }
    if (m_phase != Phase::awake)
        return;
    qCInfo(actorLog).noquote() << ref().text() << "starts anew:" << failure.chain();
    m_restart = true;
    post([this] { close(false); });
}

void ActorCell::refuse(const Failure &failure)
{
    const auto self = shared_from_this();
    m_failure = failure;
    giveUpWork();
    answerWaiting(std::unexpected(failure));
    abandon();
}

void ActorCell::abandon()
{
    m_phase = Phase::closed;
    m_alarm = {};
    m_idle = {};
    m_retry = {};
    m_relaxedEnd = {};
    if (m_actor && m_actor->m_extension)
        m_actor->m_extension->stop(false);
    m_work.clear();
    m_waiting.clear();
    m_transaction.reset();
    dropBackup();
    m_actor.reset();
    m_queue.reset();
    m_outbox.reset();
    m_database.reset();
    std::erase(m_system.open, this);
}

bool ActorCell::takeWorkflowDeath()
{
    return std::exchange(m_workflowDied, false);
}

AwakeToken ActorCell::stayAwake()
{
    ++m_tokens;
    m_idleSince.reset();
    return AwakeToken(std::shared_ptr<void>(this, [weak = weak_from_this()](void *) {
        if (const auto self = weak.lock(); self && self->m_phase != Phase::closed) {
            --self->m_tokens;
            self->considerSleep();
        }
    }));
}

LaterAnswer ActorCell::answerLater()
{
    m_answersLater = true;
    return LaterAnswer(m_answer ? m_answer : std::make_shared<LaterAnswer::Shared>());
}

} // namespace foundry
