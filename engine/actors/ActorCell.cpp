// ActorCell: waking.
#include "ActorSystemPrivate.h"
#include "ActorTables.h"
#include "StoreFile.h"

#include <QDir>
#include <QFileInfo>
#include <QLoggingCategory>

namespace foundry {

Q_DECLARE_LOGGING_CATEGORY(actorLog)

namespace {

// A person has to look at it; trying again would change nothing.
bool isDamage(const Failure &failure)
{
    using enum codes::Storage;
    return failure.is(corrupt) || failure.is(newerVersion) || failure.is(divergedSchema) || failure.is(editedMigration)
        || failure.is(missingMigration);
}

} // namespace

bool isOfTheDisk(const Failure &failure)
{
    using enum codes::Storage;
    return failure.is(full) || failure.is(readOnly) || failure.is(corrupt) || failure.is(locked)
        || failure.is(unavailable);
}

Millis diskDelay(int failures)
{
    return std::min(restartDelay(failures), Millis(limits::longestStall.count()));
}

Millis restartDelay(int failures)
{
    Millis delay = limits::firstRestart.count();
    for (int i = 1; i < failures && delay < limits::lastRestart.count(); ++i)
        delay *= 2;
    return std::min<Millis>(delay, limits::lastRestart.count());
}

ActorCell::ActorCell(ActorSystem::Private &system, const ActorKind &kind, ActorRow row)
    : m_system(system)
    , m_kind(kind)
    , m_row(std::move(row))
{
    if (m_row.damage) {
        m_phase = Phase::damaged;
        m_failure = m_row.damage;
    }
}

ActorCell::~ActorCell()
{
    abandon();
}

ActorInfo ActorCell::info() const
{
    ActorInfo info;
    info.ref = m_row.ref;
    info.createdAt = m_row.createdAt;
    info.failure = m_failure;
    info.failedStarts = m_failedStarts;
    info.nextStartAt = m_nextStart;
    switch (m_phase) {
    case Phase::waiting:
    case Phase::marking:
        info.status = ActorStatus::starting;
        break;
    case Phase::awake:
        info.status = ActorStatus::awake;
        break;
    case Phase::startFailed:
        info.status = ActorStatus::startFailed;
        break;
    case Phase::stalled:
        info.status = ActorStatus::stalled;
        break;
    case Phase::closing:
        info.status = ActorStatus::stopping;
        break;
    case Phase::damaged:
        info.status = ActorStatus::damaged;
        break;
    case Phase::closed:
        info.status = ActorStatus::asleep;
        break;
    }
    return info;
}

void ActorCell::post(std::function<void()> call)
{
    m_system.post([weak = weak_from_this(), call = std::move(call)] {
        const auto self = weak.lock();
        if (!self || self->m_phase == Phase::closed)
            return;
        call();
        self->considerSleep();
    });
}

// ---- waking ----

// First the mark that it is awake, on disk; then the store. What a crash interrupts is so found again.
void ActorCell::start()
{
    m_phase = Phase::marking;
    m_system.open.push_back(this);
    m_retry = {};
    if (m_row.wakeAt != 0) {
        if (auto set = m_system.registry->setWakeAt(m_row.ref.id, 0, m_system.now()); !set) {
            startFailed(set.error());
            return;
        }
        m_row.wakeAt = 0;
    }
    // A crowd shares one sync; each opens its store in a turn of its own, so that nobody waits for the crowd.
    m_system.registry->whenDurable([weak = weak_from_this()](const Result<void> &durable) {
        const auto marking = weak.lock();
        if (!marking || marking->m_phase != Phase::marking)
            return;
        marking->m_system.post([weak, durable] {
            if (const auto self = weak.lock(); self && self->m_phase == Phase::marking)
                self->marked(durable);
        });
    });
}

void ActorCell::marked(Result<void> durable)
{
    const auto self = shared_from_this();
    auto opened = durable ? open() : durable;
    if (!opened) {
        startFailed(opened.error());
        return;
    }
    m_phase = Phase::awake;
    m_lookedAt = m_system.options.clock.steady();
    m_failure.reset();
    m_failedStarts = 0;
    m_row.wakeAt = 0;
    if (m_dying) { // a crash interrupted it
        answerWaiting(fail(codes::Actor::missing, ref().text()));
        loadedOutbox();
        dieWhenDelivered();
        return;
    }
    if (m_actor->m_extension)
        m_actor->m_extension->started();
    if (m_phase != Phase::awake)
        return;
    alarmsChanged();
    lookAtClock();
    loadedOutbox();
    answerWaiting({});
    if (hasWork())
        m_system.makeReady(self);
    considerBackup();
    considerSleep();
}

Result<void> ActorCell::open()
{
    const QString path = m_system.storePath(m_row.ref.id);
    if (!QDir().mkpath(QFileInfo(path).path()))
        return fail(codes::Storage::unavailable, path, Retry::transient);
    m_actor = m_kind.make();
    m_actor->m_cell = this;
    OpenOptions options;
    options.sync = &m_system.options.sync;
    options.vfs = m_system.options.vfs;
    auto database = Database::open(path, options);
    if (!database)
        return std::unexpected(std::move(database).error());
    m_database = std::move(*database);

    if (auto migrated = migrator().makeOrMigrate(*m_database); !migrated)
        return migrated;
    m_queue = std::make_unique<ActorQueue>(*m_database);
    m_outbox = std::make_unique<ActorOutbox>(*m_database);
    return bringUp();
}

// Three lists, because three owners add to a store and neither knows the others' numbers. The same for all of a kind.
Migrator &ActorCell::migrator()
{
    if (const auto known = m_system.migrators.find(m_kind.name); known != m_system.migrators.end())
        return known->second;
    const ActorExtension *extension = m_actor->m_extension.get();
    const QString base = QString::fromLatin1(tables::schema) + (extension ? extension->schema() : QString());
    std::vector<Migrations> lists(1);
    lists.front().store = m_kind.name;
    lists.front().steps.push_back(Migration { 1, u"engine"_s, base, tables::formerly });
    for (Migration step : m_kind.migrations) {
        ++step.number; // the engine's is the first
        lists.front().steps.push_back(std::move(step));
    }
    lists.push_back({ m_kind.name + u" engine"_s, tables::updates(), false, u"foundry_engine_migration"_s });
    if (extension)
        lists.push_back(
            { m_kind.name + u" workflow"_s, extension->schemaUpdates(), false, u"foundry_workflow_migration"_s });
    return m_system.migrators.emplace(m_kind.name, Migrator(std::move(lists))).first->second;
}

Result<void> ActorCell::bringUp()
{
    auto saved = m_database->all(tables::states, [](const Row &row) { return std::pair(row.text(0), row.blob(1)); });
    if (!saved)
        return std::unexpected(saved.error());
    for (StateBase *state : m_actor->m_states) {
        for (const auto &[name, json] : *saved) {
            if (name != state->m_name)
                continue;
            state->m_saved = json;
            if (!state->load(QJsonDocument::fromJson(json).array().first()))
                return fail(codes::Actor::startFailed, u"state %1 cannot be read"_s.arg(name));
        }
    }
    bool created = false;
    const auto life = m_database->one(tables::life, [&](const Row &row) {
        created = row.boolean(0);
        m_dying = row.boolean(1);
        loadBackup(row.integer(2), row.boolean(3));
        return true;
    });
    if (!life)
        return std::unexpected(life.error());
    if (m_dying)
        return loadOutbox();
    qint64 waiting = 0;
    m_wokeOnce = true;
    const auto death = m_system.handling->takeDeath(m_row.ref.id);
    m_workflowDied = death && death->sequence == HandlingMark::workflow;
    auto up = transact([&]() -> Result<void> {
        if (!created) {
            if (auto made = m_actor->onCreate(m_row.input); !made)
                return made;
            if (auto set = m_database->run(tables::setCreated); !set)
                return std::unexpected(set.error());
        }
        if (death && death->sequence > 0) {
            if (auto counted = countDeath(death->sequence); !counted)
                return counted;
        }
        const auto count = m_queue->sortAgain([this](const QString &name) { return takes(name); });
        if (!count)
            return std::unexpected(count.error());
        waiting = *count;
        return m_actor->onWake();
    });
    if (!up)
        return up;
    if (auto loaded = loadOutbox(); !loaded)
        return loaded;
    addWorkTokens(waiting);
    return {};
}

Result<void> ActorCell::loadOutbox()
{
    auto entries = m_outbox->load();
    if (!entries)
        return std::unexpected(entries.error());
    m_outbox = std::make_unique<ActorOutbox>(*m_database); // what onCreate and onWake sent is on disk by now
    for (OutboxEntry &entry : *entries)
        m_outbox->committed(std::move(entry));
    return {};
}

// What a killed process left may be readable and not on disk yet.
void ActorCell::loadedOutbox()
{
    if (!m_outbox->isEmpty())
        afterDurable([this, upTo = m_outbox->last()] { outboxDurable(upTo); });
}

void ActorCell::startFailed(Failure failure)
{
    const bool damaged = isDamage(failure);
    m_work.clear();
    dropBackup();
    if (m_actor && m_actor->m_extension)
        m_actor->m_extension->stop(false);
    m_actor.reset();
    m_queue.reset();
    m_outbox.reset();
    m_database.reset();
    std::erase(m_system.open, this);
    qCInfo(actorLog).noquote() << ref().text() << "did not start:" << failure.chain();
    if (damaged) {
        damage(failure);
        return;
    }
    m_phase = Phase::startFailed;
    if (++m_failedStarts == 1)
        tellTrouble(failure);
    // Space returns without a word: it is looked for more often than after a failure of the actor's own.
    const Millis delay = isOfTheDisk(failure) ? diskDelay(m_failedStarts) : restartDelay(m_failedStarts);
    m_nextStart = m_system.now() + delay;
    m_failure = foundry::failure(codes::Actor::startFailed, ref().text(), Retry::transient).because(std::move(failure));
    answerWaiting(std::unexpected(*m_failure));
    m_retry = m_system.options.clock.after(std::chrono::milliseconds(delay), [this] {
        m_retry = {};
        m_phase = Phase::waiting;
        m_system.makeStarting(shared_from_this());
    });
}

// Nobody opens its store any more until a person acts; the rest of the program goes on. The caller may be the
// actor itself, so it is taken down later.
void ActorCell::damage(const Failure &failure)
{
    m_failure = foundry::failure(codes::Actor::damaged, ref().text()).because(failure);
    m_phase = Phase::damaged;
    m_alarm = {};
    m_idle = {};
    m_retry = {};
    m_relaxedEnd = {};
    m_row.damage = m_failure;
    if (auto set = m_system.registry->setDamage(m_row.ref.id, m_failure); !set)
        qCInfo(actorLog).noquote() << ref().text() << set.error().chain();
    giveUpWork();
    tellTrouble(*m_failure);
    m_system.post([self = shared_from_this(), aside = failure.is(codes::Storage::corrupt)] { self->layDown(aside); });
    answerWaiting(std::unexpected(*m_failure));
}

void ActorCell::layDown(bool aside)
{
    if (m_phase != Phase::damaged)
        return;
    if (m_actor && m_actor->m_extension)
        m_actor->m_extension->stop(false);
    if (m_actor && m_wokeOnce)
        m_actor->onSleep();
    dropBackup();
    m_actor.reset();
    m_queue.reset();
    m_outbox.reset();
    m_relaxed.clear();
    m_stalledDurables.clear(); // who waits for them is answered
    m_database.reset();
    std::erase(m_system.open, this);
    // The record comes first: a store that is not at its place must never be taken for a new one.
    if (aside && m_system.options.vfs.isEmpty()) // others have no names that could change
        m_system.registry->whenDurable([weak = weak_from_this()](const Result<void> &durable) {
            if (const auto self = weak.lock(); self && durable && self->m_phase == Phase::damaged)
                self->setAside();
        });
}

// Kept for whoever can read something out of it; never deleted by us.
void ActorCell::setAside()
{
    const auto aside = storeFile::setAside(m_system.storePath(m_row.ref.id), m_system.now());
    if (!aside) {
        qCInfo(actorLog).noquote() << ref().text() << "is not set aside:" << aside.error().chain();
        return;
    }
    m_failure->detail = u"%1: its store is kept as %2"_s.arg(ref().text(), *aside);
    m_row.damage = m_failure;
    if (auto set = m_system.registry->setDamage(m_row.ref.id, m_failure); !set)
        qCInfo(actorLog).noquote() << ref().text() << set.error().chain();
    (void)m_system.note(u"setAside"_s, ref(), *aside);
}

void ActorCell::whenAwake(Then then, bool waits)
{
    const bool cannot
        = m_phase == Phase::damaged || m_phase == Phase::startFailed || (m_phase == Phase::stalled && !waits);
    if (m_phase == Phase::awake)
        then({});
    else if (cannot)
        m_system.post([then = std::move(then), failure = *m_failure] { then(std::unexpected(failure)); });
    else if (m_waiting.size() >= size_t(limits::ephemeralQueue + limits::queueLength))
        m_system.post([then = std::move(then), failure = overfull()] { then(std::unexpected(failure)); });
    else
        m_waiting.push_back(std::move(then));
}

Failure ActorCell::overfull() const
{
    return failure(codes::Actor::queueFull,
                   u"%1: %2 wait, at most %3"_s.arg(ref().text())
                       .arg(std::max(m_waiting.size(), m_work.size()))
                       .arg(limits::ephemeralQueue + limits::queueLength),
                   Retry::transient);
}

void ActorCell::answerWaiting(const Result<void> &awake)
{
    for (const Then &then : std::exchange(m_waiting, {}))
        then(awake);
}

void ActorCell::giveUpWork()
{
    const Failure stopped = m_failure.value_or(failure(codes::Actor::stopped, ref().text(), Retry::transient));
    for (const Work &work : std::exchange(m_work, {}))
        work.refuse(stopped);
}

} // namespace foundry
