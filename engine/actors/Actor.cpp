#include "Actor.h"

#include "ActorSystemPrivate.h"

#include <QLoggingCategory>

namespace foundry {

Q_DECLARE_LOGGING_CATEGORY(actorLog)

Actor::Actor() = default;
Actor::~Actor() = default;

Result<void> Actor::onCreate(const QJsonObject &)
{
    return {};
}
Result<void> Actor::onWake()
{
    return {};
}
void Actor::onSleep() { }
Result<void> Actor::onDestroy()
{
    return {};
}
Result<QJsonValue> Actor::onMessage(const Message &message)
{
    return fail(codes::Actor::unknownMessage, message.name);
}

Database &Actor::store() const
{
    return m_cell->database();
}
const ActorRef &Actor::self() const
{
    return m_cell->ref();
}
ActorSystem &Actor::system() const
{
    return m_cell->system().system;
}
Clock &Actor::clock() const
{
    return m_cell->system().options.clock;
}
Randomness &Actor::randomness() const
{
    return m_cell->system().options.randomness;
}
bool Actor::isInTransaction() const
{
    return m_cell->isInTransaction();
}

Result<void> Actor::transact(const std::function<Result<void>()> &body, Durability durability)
{
    return m_cell->transact(body, durability);
}

Result<void> Actor::sendMessage(const ActorRef &to, Message message, const QString &idempotencyKey)
{
    OutboxEntry entry;
    entry.to = to;
    entry.message = std::move(message);
    entry.message.idempotencyKey = idempotencyKey;
    return m_cell->send(std::move(entry));
}

Result<void> Actor::spawn(const ActorRef &child, const QJsonObject &input)
{
    OutboxEntry entry;
    entry.action = OutboxEntry::Action::spawn;
    entry.to = child;
    entry.message.payload = input;
    return m_cell->send(std::move(entry));
}

Result<void> Actor::dismiss(const ActorRef &child)
{
    OutboxEntry entry;
    entry.action = OutboxEntry::Action::dismiss;
    entry.to = child;
    return m_cell->send(std::move(entry));
}

void Actor::sendEphemeralMessage(const ActorRef &to, Message message)
{
    system().askMessage(to, std::move(message), limits::askDeadline, [](const Result<QJsonValue> &) { });
}

Async<Result<QJsonValue>> Actor::askMessage(ActorRef to, Message message, std::chrono::milliseconds deadline)
{
    const ActorRef me = self();
    if (to.id.isEmpty() ? to.kind == me.kind && to.key == me.key : to.id == me.id)
        co_return fail(codes::Actor::selfWait, message.name);
    message.sender = me.id;
    Promise<Result<QJsonValue>> answered;
    system().askMessage(to, std::move(message), deadline,
                        [answered](Result<QJsonValue> answer) { answered.set(std::move(answer)); });
    co_return co_await answered;
}

LaterAnswer Actor::answerLater()
{
    return m_cell->answerLater();
}
void Actor::tell(Event event)
{
    m_cell->tell(std::move(event));
}

void Actor::tellNow(Event event)
{
    if (const auto &sink = m_cell->system().options.sink)
        sink(std::move(event));
}

void Actor::afterCommit(std::function<void()> then)
{
    m_cell->afterCommit(std::move(then));
}
void Actor::whenDurable(std::function<void()> then)
{
    m_cell->afterDurable(std::move(then));
}

Result<void> Actor::setAlarm(const QString &name, Millis at, std::chrono::milliseconds period, Message message)
{
    if (period.count() < 0)
        return fail(codes::Actor::badMessage, u"%1 is scheduled every %2 ms"_s.arg(name).arg(period.count()));
    if (const Millis ahead = at - clock().now(); period.count() > 0 && ahead > period.count())
        return fail(codes::Actor::badMessage,
                    u"%1 runs first in %2 ms, at most its period of %3"_s.arg(name).arg(ahead).arg(period.count()));
    return m_cell->setAlarm(name, at, period.count(), message);
}

Result<void> Actor::setAlarmIn(const QString &name, std::chrono::milliseconds span, Message message)
{
    const Millis bounded = std::max<Millis>(span.count(), 0);
    return m_cell->setAlarm(name, clock().now() + bounded, -bounded, message);
}

Result<void> Actor::cancelSchedule(const QString &name)
{
    return m_cell->cancelAlarm(name);
}
AwakeToken Actor::stayAwake()
{
    return m_cell->stayAwake();
}

StateBase::StateBase(Actor &actor, QString name)
    : m_actor(actor)
    , m_name(std::move(name))
{
    actor.m_states.push_back(this);
}

StateBase::~StateBase()
{
    std::erase(m_actor.m_states, this);
}

void StateBase::touch()
{
    m_dirty = true;
    if (m_actor.m_cell && !m_actor.m_cell->isInTransaction())
        qCWarning(actorLog).noquote() << m_actor.m_cell->ref().text() << "state" << m_name
                                      << "changed outside a transaction";
}

// ---- answers ----

LaterAnswer::Shared::~Shared()
{
    if (done) // also one that was set and not told yet
        finish(fail(codes::Actor::stopped, u"dropped without an answer"_s, Retry::transient));
}

void LaterAnswer::Shared::finish(Result<QJsonValue> answer)
{
    set = true;
    if (const auto entry = std::exchange(deadline, std::nullopt); entry && !system.expired())
        deadlines->remove(*entry);
    const auto call = std::exchange(done, {});
    if (call && !system.expired())
        call(std::move(answer));
}

bool LaterAnswer::isWaiting() const
{
    return m_shared && !m_shared->set && m_shared->done;
}

Result<void> LaterAnswer::set(Result<QJsonValue> answer) const
{
    if (!m_shared || m_shared->set)
        return fail(codes::Actor::answeredTwice);
    m_shared->set = true;
    if (const auto cell = m_shared->cell.lock(); cell && cell->phase() == ActorCell::Phase::awake)
        cell->afterDurable([shared = m_shared, answer = std::move(answer)] { shared->finish(answer); });
    else
        m_shared->finish(std::move(answer));
    return {};
}

} // namespace foundry
