// ActorCell: the serial loop, durable messages in and out.
#include "ActorSystemPrivate.h"

#include <QLoggingCategory>

namespace foundry {

Q_LOGGING_CATEGORY(actorLog, "foundry.actors")

bool ActorCell::takes(const QString &name) const
{
    return m_actor->m_extension && m_actor->m_extension->takes(name);
}

void ActorCell::Work::refuse(const Failure &failure) const
{
    if (answer)
        answer->finish(std::unexpected(failure));
    else if (refused)
        refused(failure);
}

bool ActorCell::push(Work work)
{
    if (m_dying || m_work.size() >= size_t(limits::ephemeralQueue + limits::queueLength))
        return false;
    m_idleSince.reset();
    m_work.push_back(std::move(work));
    if (m_phase == Phase::awake)
        m_system.makeReady(shared_from_this());
    return true;
}

bool ActorCell::pushMessage(Message message, std::shared_ptr<LaterAnswer::Shared> answer)
{
    return push({ {}, {}, std::move(message), std::move(answer) });
}

void ActorCell::addWorkTokens(qint64 count)
{
    if (count == 0)
        return;
    m_idleSince.reset();
    for (qint64 i = 0; i < count; ++i)
        m_work.push_back({ [this] { handleNextDurable(); }, {} });
    if (m_phase == Phase::awake)
        m_system.makeReady(shared_from_this());
}

void ActorCell::runOne()
{
    const auto self = shared_from_this();
    Work work = std::move(m_work.front());
    m_work.pop_front();
    if (work.answer)
        handleEphemeral(work.message, std::move(work.answer));
    else
        work.run();
    considerSleep();
}

void ActorCell::handleEphemeral(const Message &message, std::shared_ptr<LaterAnswer::Shared> answer)
{
    answer->cell = weak_from_this();
    m_answer = answer;
    m_answersLater = false;
    QJsonValue value;
    auto done = transact([&]() -> Result<void> {
        auto answered = m_actor->onMessage(message);
        if (!answered)
            return std::unexpected(std::move(answered).error());
        value = std::move(*answered);
        return {};
    });
    m_answer.reset();
    if (done && m_answersLater)
        return;
    Result<QJsonValue> outcome = std::move(value);
    if (!done) {
        Failure failure = std::move(done).error();
        if (failure.correlation.isEmpty())
            failure.correlation = ref().text() + u' ' + message.name;
        outcome = std::unexpected(std::move(failure));
        if (m_phase != Phase::awake) {
            answer->finish(std::move(outcome));
            return;
        }
    }
    if (isDurable()) // what it was based on is on disk, and so is all that was told before
        answer->finish(std::move(outcome));
    else
        afterDurable([answer = std::move(answer), outcome = std::move(outcome)] { answer->finish(outcome); });
}

void ActorCell::handleNextDurable()
{
    auto waiting = m_queue->next();
    if (!waiting) {
        storageFailed(waiting.error());
        addWorkTokens(1);
        return;
    }
    if (!*waiting)
        return;
    const Message &message = (*waiting)->message;
    m_answer = std::make_shared<LaterAnswer::Shared>();
    m_answersLater = false;
    const HandlingMark::Scope handling(*m_system.handling, ref().id, message.sequence);
    auto done = transact([&]() -> Result<void> {
        if (auto removed = m_queue->remove(message.sequence); !removed)
            return removed;
        auto answered = m_actor->onMessage(message);
        if (!answered)
            return std::unexpected(std::move(answered).error());
        return {};
    });
    m_answer.reset();
    if (!done)
        durableFailed(**waiting, done.error(), m_threw);
}

// The last process died while it handled this message: that was a delivery.
Result<void> ActorCell::countDeath(qint64 sequence)
{
    auto waiting = m_queue->bySequence(sequence);
    if (!waiting)
        return std::unexpected(waiting.error());
    if (!*waiting) // it was committed just before
        return {};
    if ((*waiting)->deliveries + 1 < limits::deliveries)
        return m_queue->countDelivery(sequence);
    DeadLetter letter;
    letter.message = (*waiting)->message;
    letter.failure = failure(codes::Actor::poisoned, u"the program ended while it was handled"_s);
    letter.deliveries = (*waiting)->deliveries + 1;
    letter.at = m_system.now();
    if (auto buried = m_queue->bury(letter); !buried)
        return buried;
    return m_queue->remove(sequence);
}

void ActorCell::durableFailed(const ActorQueue::Waiting &waiting, const Failure &failure, bool threw)
{
    if (m_phase != Phase::awake) { // the disk's fault, not the message's: it stays
        if (m_phase == Phase::stalled)
            addWorkTokens(1);
        return;
    }
    const int deliveries = waiting.deliveries + 1;
    const bool again = threw && deliveries < limits::deliveries;
    const auto noted = transact([&]() -> Result<void> {
        if (again)
            return m_queue->countDelivery(waiting.message.sequence);
        DeadLetter letter;
        letter.message = waiting.message;
        letter.failure = failure;
        letter.deliveries = deliveries;
        letter.at = m_system.now();
        if (auto buried = m_queue->bury(letter); !buried)
            return buried;
        return m_queue->remove(waiting.message.sequence);
    });
    qCInfo(actorLog).noquote() << ref().text() << waiting.message.name << failure.chain();
    if (again || !noted)
        m_work.push_front({ [this] { handleNextDurable(); }, [](const Failure &) {} });
    if (m_phase == Phase::awake && hasWork())
        m_system.makeReady(shared_from_this());
}

// ---- into the queue ----

namespace {

// Who hands something over hears of it once: also when this incarnation ends before its disk has it.
struct Receipt {
    Receipt(ActorSystem::Private &inSystem, ActorCell::Then call)
        : system(inSystem)
        , alive(inSystem.alive)
        , done(std::move(call))
    {
    }
    ~Receipt()
    {
        if (done && !alive.expired())
            system.post([call = std::move(done)] { call(fail(codes::Actor::stopped, {}, Retry::transient)); });
    }
    Q_DISABLE_COPY_MOVE(Receipt)
    void give() { std::exchange(done, {})({}); }
    ActorSystem::Private &system;
    std::weak_ptr<void> alive;
    ActorCell::Then done;
};

} // namespace

void ActorCell::receive(std::vector<OutboxEntry> batch, const QString &sender, Then done)
{
    auto accepted = transact([&]() -> Result<void> {
        for (OutboxEntry &entry : batch) {
            entry.message.sender = sender;
            const bool kept = takes(entry.message.name);
            const auto added = m_queue->add(entry.message, entry.sequence, kept);
            if (!added)
                return std::unexpected(added.error());
            if (*added == ActorQueue::Arrival::added)
                kept ? void(m_effects.poke = true) : void(++m_effects.queued);
        }
        return {};
    });
    if (accepted)
        afterDurable([receipt = std::make_shared<Receipt>(m_system, std::move(done))] { receipt->give(); });
    else
        m_system.post([done = std::move(done), failure = accepted.error()] { done(std::unexpected(failure)); });
}

void ActorCell::receive(Message message, Then done)
{
    OutboxEntry entry; // sequence 0: not from an outbox
    entry.message = std::move(message);
    entry.message.durable = true;
    std::vector<OutboxEntry> batch;
    batch.push_back(std::move(entry));
    receive(std::move(batch), {}, std::move(done));
}

// ---- out of the outbox ----

void ActorCell::outboxDurable(qint64 upTo)
{
    if (m_outbox)
        m_outbox->durable(upTo);
    pumpOutbox();
}

void ActorCell::pumpOutbox()
{
    if (m_phase != Phase::awake || !m_outbox)
        return;
    for (const QString &destination : m_outbox->idle())
        handOver(destination);
}

void ActorCell::handOver(const QString &destination)
{
    auto batch = std::make_shared<const std::vector<OutboxEntry>>(m_outbox->take(destination));
    const OutboxEntry &first = batch->front();
    Then done = [weak = weak_from_this(), destination, batch](Result<void> result) {
        if (const auto self = weak.lock(); self && self->m_phase != Phase::closed)
            self->handedOver(destination, *batch, result);
    };
    if (first.action == OutboxEntry::Action::send) {
        m_system.withCell(
            first.to,
            [batch, sender = ref().id, done](Result<std::shared_ptr<ActorCell>> cell) {
                if (cell)
                    (*cell)->receive(*batch, sender, done);
                else
                    done(std::unexpected(cell.error()));
            },
            true);
        return;
    }
    // Made or dismissed again after a crash it might hit the next incarnation of that key: what came before in this
    // lane is off the outbox for good now, and what comes after waits until this is.
    afterDurable([this, batch, done] { makeOrDismiss(batch->front(), done); });
}

void ActorCell::makeOrDismiss(const OutboxEntry &entry, const Then &done)
{
    if (entry.action == OutboxEntry::Action::dismiss) {
        m_system.destroy(entry.to, done);
        return;
    }
    const auto made = m_system.system.getOrCreate(entry.to.kind, entry.to.key, entry.message.payload);
    if (made)
        m_system.system.whenDurable(done);
    else
        m_system.post([done, failure = made.error()] { done(std::unexpected(failure)); });
}

void ActorCell::handedOver(const QString &destination, const std::vector<OutboxEntry> &batch,
                           const Result<void> &result)
{
    const bool missing = !result && result.error().is(codes::Actor::missing);
    const bool isDismiss = batch.front().action == OutboxEntry::Action::dismiss;
    const bool isSend = batch.front().action == OutboxEntry::Action::send;
    Result<void> settled = result;
    if (result || missing) {
        settled = transact(
            [&]() -> Result<void> {
                for (const OutboxEntry &entry : batch) {
                    if (!missing || isDismiss)
                        continue;
                    if (auto told = undeliverable(entry, result.error()); !told)
                        return told;
                }
                return m_outbox->remove(batch);
            },
            isSend ? Durability::relaxed : Durability::full);
        if (settled && isSend) {
            delivered(destination, batch.size());
            return;
        }
        if (settled) {
            afterDurable([this, destination] { delivered(destination, 1); });
            return;
        }
    }
    const Millis delay = restartDelay(m_outbox->failed(destination));
    qCInfo(actorLog).noquote() << ref().text() << "to" << destination << settled.error().chain();
    m_outbox->waits(destination, m_system.options.clock.after(std::chrono::milliseconds(delay), [this, destination] {
        m_outbox->retry(destination);
        pumpOutbox();
    }));
}

void ActorCell::delivered(const QString &destination, size_t count)
{
    m_outbox->delivered(destination, count);
    pumpOutbox();
    dieWhenDelivered();
    considerSleep();
}

Result<void> ActorCell::undeliverable(const OutboxEntry &entry, const Failure &failure)
{
    if (m_actor->m_extension) {
        const auto taken = m_actor->m_extension->undeliverable(entry);
        if (!taken)
            return std::unexpected(taken.error());
        if (*taken) {
            m_effects.poke = true;
            return {};
        }
    }
    DeadLetter letter;
    letter.outgoing = true;
    letter.to = entry.to;
    letter.message = entry.message;
    letter.failure = failure;
    letter.deliveries = 1;
    letter.at = m_system.now();
    return m_queue->bury(letter);
}

// An incoming one goes to the end of its queue again, an outgoing one to the outbox.
Result<void> ActorCell::retryDeadLetter(qint64 number)
{
    return transact([&]() -> Result<void> {
        auto letter = m_queue->deadLetter(number);
        if (!letter)
            return std::unexpected(letter.error());
        if (!*letter)
            return fail(codes::Actor::missing, u"dead letter %1"_s.arg(number));
        Message message = (*letter)->message;
        message.idempotencyKey.clear(); // it has been seen: it would be dropped
        if ((*letter)->outgoing) {
            OutboxEntry entry;
            entry.to = (*letter)->to;
            entry.message = message;
            if (auto sent = send(std::move(entry)); !sent)
                return sent;
        } else {
            const bool kept = takes(message.name);
            if (auto added = m_queue->add(message, 0, kept); !added)
                return std::unexpected(added.error());
            kept ? void(m_effects.poke = true) : void(++m_effects.queued);
        }
        return m_queue->dropDeadLetter(number);
    });
}

} // namespace foundry
