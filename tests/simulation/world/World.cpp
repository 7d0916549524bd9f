#include "World.h"

#include "Actors.h"
#include "ScriptedActor.h"

#include <QDir>
#include <QFile>

using namespace std::chrono_literals;

namespace foundry::simulation {

World::World(quint64 seed, Sabotage breaks)
    : sabotage(breaks)
    , chance(seed)
    , byTheClock(chance.oneIn(2))
    , disk(chance.next())
    , m_randomness(quint32(chance.next()))
{
    disk.setLying(breaks == Sabotage::lyingDisk);
    disk.onCut([this] {
        QFile file(markFile());
        m_handling = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    });
}

World::~World()
{
    m_posted.clear();
    m_outside.clear();
    system.reset();
    m_syncing.clear();
}

void World::note(const QString &text)
{
    trace.add(u"%1 %2 %3"_s.arg(step).arg(clock.steady()).arg(text));
}

bool World::mayMiss() const
{
    return std::ranges::any_of(deaths, [](const auto &one) { return one.second + 1 >= limits::deliveries; });
}

void World::jump(std::chrono::milliseconds by)
{
    m_latest = latest();
    clock.jumpWall(by);
    m_forward += std::max<Millis>(by.count(), 0);
    m_jumpsBack += by.count() < 0;
    model.clockJumped(clock.now());
    note(u"the clock jumps %1"_s.arg(by.count()));
}

void World::Sync::request(std::shared_ptr<WalFile> file, Done done)
{
    const qint64 mark = m_world.disk.mark(file->path());
    m_world.m_syncing.push_back({ std::move(file), std::move(done), mark });
}

Result<void> World::Sync::syncNow(WalFile &file)
{
    return m_world.disk.syncUpTo(file.path(), m_world.disk.mark(file.path()));
}

// ---- the process

void World::registerKinds()
{
    const auto add
        = [this](const QString &name, auto make) { system->registerKind(ActorKind { name, make, marksSchema() }); };
    add(u"Ledger"_s, [this] { return std::make_unique<LedgerActor>(*this); });
    add(u"Keeper"_s, [this] { return std::make_unique<KeeperActor>(*this); });
    add(u"Parent"_s, [this] { return std::make_unique<ParentActor>(*this); });
    add(u"Child"_s, [this] { return std::make_unique<ChildActor>(*this); });
    for (const QString &kind : { u"Run"_s, u"Kid"_s })
        add(kind, [this] { return std::make_unique<ScriptedActor>(*this); });
}

bool World::start()
{
    ++incarnation;
    m_handling.clear();
    ActorSystemOptions options { m_folder.path(), clock, m_sync, m_randomness,
                                 [this](const Event &event) { told(event); } };
    options.idleTime = 5s;
    options.awakeActors = 6;
    options.executor = [this](std::function<void()> call) { m_posted.push_back(std::move(call)); };
    options.vfs = disk.vfs();
    system = std::make_unique<ActorSystem>(std::move(options));
    registerKinds();
    const auto started = system->start();
    note(u"start %1"_s.arg(started ? u"well"_s : started.error().name()));
    if (!started) {
        m_posted.clear();
        system.reset();
        m_syncing.clear();
    }
    return started.has_value();
}

void World::told(const Event &event)
{
    const auto *trouble = std::get_if<event::Trouble>(&event);
    if (!trouble || !isAlive())
        return;
    note(u"trouble %1"_s.arg(trouble->failure.name()));
    if (trouble->failure.is(codes::Actor::damaged))
        model.violate(trouble->failure.chain());
}

void World::die(Death death)
{
    const bool byPower = death == Death::power;
    note(byPower ? u"power lost"_s : u"killed"_s);
    disk.cutPower(); // closing its stores must not save anything
    m_posted.clear();
    system.reset();
    m_outside.clear();
    m_syncing.clear();
    if (byPower)
        disk.losePower();
    else
        disk.killProcess();
    // The page that the kernel keeps of a killed process.
    QFile file(markFile());
    if (byPower) {
        file.remove();
    } else if (m_handling.size() == 64 && file.open(QIODevice::ReadWrite)) {
        file.write(m_handling);
        qint64 sequence = 0;
        std::memcpy(&sequence, m_handling.constData(), sizeof sequence);
        if (sequence != 0)
            ++deaths[QString::fromLatin1(m_handling.constData() + sizeof sequence)];
    }
    m_handling.clear();
}

bool World::stopOrderly()
{
    bool done = false;
    note(u"orderly stop"_s);
    system->drain([&done] { done = true; });
    for (int i = 0; i < 20'000 && !done && disk.hasPower(); ++i) {
        if (!runPosted() && !finishSync())
            break;
    }
    if (!disk.hasPower())
        return false;
    if (!done)
        model.violate(u"the orderly stop does not end"_s);
    m_posted.clear();
    system.reset();
    m_outside.clear();
    m_syncing.clear();
    return done;
}

// ---- what waits

bool World::runPosted()
{
    if (m_posted.empty())
        return false;
    const auto call = std::move(m_posted.front());
    m_posted.pop_front();
    call();
    return true;
}

bool World::finishSync()
{
    if (m_syncing.empty())
        return false;
    const auto at = m_syncing.begin() + chance.below(int(m_syncing.size()));
    Syncing syncing = std::move(*at);
    m_syncing.erase(at);
    auto result = disk.syncUpTo(syncing.file->path(), syncing.mark);
    m_posted.push_back([done = std::move(syncing.done), result = std::move(result)] { done(result); });
    return true;
}

bool World::answerOutside()
{
    std::erase_if(m_outside, [](const Outside &waiting) { return waiting.promise.isSet(); });
    if (m_outside.empty())
        return false;
    const auto at = m_outside.begin() + chance.below(int(m_outside.size()));
    const Outside waiting = *at;
    m_outside.erase(at);
    note(u"outside %1"_s.arg(waiting.key));
    waiting.promise.set(true);
    return true;
}

Promise<bool> World::waitOutside(const QString &key)
{
    m_outside.push_back({ key, {} });
    return m_outside.back().promise;
}

bool World::settle(int atMost)
{
    for (int i = 0; i < atMost; ++i) {
        if (!disk.hasPower())
            return true;
        if (chance.oneIn(3) && finishSync())
            continue;
        if (!runPosted() && !finishSync() && !answerOutside())
            return true;
    }
    return false;
}

} // namespace foundry::simulation
