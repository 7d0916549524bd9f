#include "ActorSystem.h"

#include "ActorSystemPrivate.h"

#include <QDir>

namespace foundry {

ActorSystem::ActorSystem(ActorSystemOptions options)
    : d(std::make_unique<Private>(*this, std::move(options)))
{
}

ActorSystem::~ActorSystem()
{
    d->alive.reset(); // no answer goes out any more, and none has a deadline
    for (const auto &cell : std::as_const(d->cells))
        cell->abandon();
    d->cells.clear();
}

void ActorSystem::registerKind(ActorKind kind)
{
    const QString name = kind.name;
    d->kinds.insert_or_assign(name, std::move(kind));
}

Result<void> ActorSystem::start()
{
    if (!QDir().mkpath(d->options.folder + u"/actors"_s))
        return fail(codes::Program::dataFolder, d->options.folder);
    auto registry = ActorRegistry::open(d->options.folder, d->options.sync, d->options.vfs);
    if (!registry)
        return std::unexpected(std::move(registry).error());
    d->registry = std::move(*registry);
    d->handling = std::make_unique<HandlingMark>(d->options.folder);
    for (const QString &id : d->registry->leftStores().value_or(QStringList()))
        d->deleteStore(id);
    d->wakeDue();
    return {};
}

Clock &ActorSystem::clock() const
{
    return d->options.clock;
}
Randomness &ActorSystem::randomness() const
{
    return d->options.randomness;
}
int ActorSystem::awake() const
{
    return d->awake();
}

// ---- registry ----

Result<ActorRef> ActorSystem::create(const QString &kind, const ActorKey &key, const QJsonObject &input)
{
    if (!d->kinds.contains(kind))
        return fail(codes::Actor::missing, u"no kind %1"_s.arg(kind));
    if (d->draining)
        return fail(codes::Actor::stopped, kind, Retry::transient);
    const auto existing = d->registry->byKey(kind, key);
    if (!existing)
        return std::unexpected(existing.error());
    if (*existing)
        return fail(codes::Actor::exists, (*existing)->ref.text());
    Message asMessage;
    asMessage.name = kind;
    asMessage.payload = input;
    if (auto size = checkSize(asMessage); !size)
        return std::unexpected(size.error());
    ActorRow row;
    row.ref = ActorRef { kind, key, d->options.randomness.id() };
    row.input = input;
    row.createdAt = d->now();
    row.wakeAt = 0;
    if (auto added = d->registry->add(row); !added)
        return std::unexpected(added.error());
    d->makeStarting(d->cellFor(row));
    return row.ref;
}

Result<ActorRef> ActorSystem::get(const QString &kind, const ActorKey &key) const
{
    return resolve(ActorRef { kind, key, {} });
}

Result<ActorRef> ActorSystem::getOrCreate(const QString &kind, const ActorKey &key, const QJsonObject &input)
{
    auto existing = d->registry->byKey(kind, key);
    if (!existing)
        return std::unexpected(existing.error());
    if (*existing)
        return (*existing)->ref;
    return create(kind, key, input);
}

Result<ActorRef> ActorSystem::resolve(const ActorRef &ref) const
{
    const auto found = d->find(ref);
    if (!found)
        return std::unexpected(found.error());
    if (!*found)
        return fail(codes::Actor::missing, ref.text());
    return (*found)->ref;
}

void ActorSystem::destroy(const ActorRef &ref, std::function<void(Result<void>)> done)
{
    d->destroy(ref, std::move(done));
}

void ActorSystem::whenDurable(std::function<void(Result<void>)> done)
{
    d->registry->whenDurable(std::move(done));
}

// ---- messages ----

void ActorSystem::sendMessage(const ActorRef &to, Message message, const QString &idempotencyKey,
                              std::function<void(Result<void>)> done)
{
    message.durable = true;
    message.idempotencyKey = idempotencyKey;
    if (auto size = checkSize(message); !size) {
        d->post([done = std::move(done), failure = size.error()] { done(std::unexpected(failure)); });
        return;
    }
    d->withCell(to, [message = std::move(message), done = std::move(done)](Result<std::shared_ptr<ActorCell>> cell) {
        if (cell)
            (*cell)->receive(message, done);
        else
            done(std::unexpected(cell.error()));
    });
}

void ActorSystem::askMessage(const ActorRef &to, Message message, std::chrono::milliseconds deadline,
                             std::function<void(Result<QJsonValue>)> done)
{
    auto answer = std::make_shared<LaterAnswer::Shared>();
    answer->system = d->alive;
    answer->done = std::move(done);
    answer->deadlines = &d->deadlines;
    answer->deadline = d->deadlines.add(*answer, deadline, message.name);
    if (auto size = checkSize(message); !size) {
        d->post([answer, failure = size.error()] { answer->finish(std::unexpected(failure)); });
        return;
    }
    if (ActorCell *cell = d->directCell(to); cell && !cell->takes(message.name)) {
        if (!cell->pushMessage(std::move(message), answer))
            d->post([answer, failure = cell->overfull()] { answer->finish(std::unexpected(failure)); });
        return;
    }
    d->withCell(to, [message = std::move(message), answer](Result<std::shared_ptr<ActorCell>> found) {
        if (!found) {
            answer->finish(std::unexpected(found.error()));
            return;
        }
        const auto cell = *found;
        if (cell->takes(message.name)) {
            cell->receive(message, [answer](const Result<void> &queued) {
                answer->finish(queued ? Result<QJsonValue>(QJsonValue()) : std::unexpected(queued.error()));
            });
            return;
        }
        if (!cell->pushMessage(message, answer))
            answer->finish(std::unexpected(cell->overfull()));
    });
}

Async<Result<QJsonValue>> ActorSystem::asking(ActorRef to, Message message, std::chrono::milliseconds deadline)
{
    Promise<Result<QJsonValue>> answered;
    askMessage(to, std::move(message), deadline,
               [answered](Result<QJsonValue> answer) { answered.set(std::move(answer)); });
    co_return co_await answered;
}

void ActorSystem::visitActor(const ActorRef &ref, std::function<void(Result<Actor *>)> read)
{
    d->withCell(ref, [read = std::move(read)](Result<std::shared_ptr<ActorCell>> cell) {
        if (!cell) {
            read(std::unexpected(cell.error()));
            return;
        }
        const bool pushed = (*cell)->push({ [cell = cell->get(), read] { read(&cell->actor()); },
                                            [read](const Failure &failure) { read(std::unexpected(failure)); } });
        if (!pushed)
            read(std::unexpected((*cell)->overfull()));
    });
}

bool ActorSystem::isQuiet() const
{
    if (d->dead)
        return true;
    if (d->posted > 0 || d->pumpPosted)
        return false;
    for (const auto &cell : std::as_const(d->cells)) {
        if (!cell->isQuiet())
            return false;
    }
    return true;
}

void ActorSystem::drain(std::function<void()> done)
{
    d->draining = true;
    d->wakeTimer = {};
    d->drained = std::move(done);
    const auto cells = d->cells.values();
    for (const auto &cell : cells)
        cell->close(true);
    d->drainNext();
}

} // namespace foundry
