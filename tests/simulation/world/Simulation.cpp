#include "Simulation.h"

#include "Actors.h"
#include "Client.h"
#include "Superseded.h"

#include <Database.h>

#include <QJsonDocument>

using namespace std::chrono_literals;

namespace foundry::simulation {

namespace {

class Simulation {
public:
    explicit Simulation(const SimulationOptions &options)
        : m_world(options.seed, options.sabotage)
        , m_client(m_world)
    {
        m_world.trace.echo = options.echo;
        // Each run has a character of its own: what never happens in one happens often in another.
        for (const int usual : { 60, 25, 8, 7, 12, 2, 1, 1, 1, 1 })
            m_weights.push_back(m_world.chance.oneIn(6) ? usual * 3 : usual);
        for (size_t i = size_t(Action::fault); i < m_weights.size(); ++i) {
            if (m_world.chance.oneIn(3))
                m_weights[i] = 0;
        }
    }
    Outcome run()
    {
        start();
        m_client.createAll();
        const int steps = m_world.chance.between(300, 2'500);
        for (int i = 0; i < steps && !m_world.model.isViolated(); ++i)
            act();
        if (!m_world.model.isViolated())
            end();
        Outcome outcome;
        outcome.violation = m_world.model.violation();
        outcome.deaths = m_deaths;
        outcome.runs = m_over;
        outcome.digest = m_world.trace.digest();
        outcome.last = m_world.trace.last();
        outcome.lines = m_world.trace.count();
        return outcome;
    }

private:
    enum class Action { call, sync, outside, time, client, fault, heal, armDeath, die, other };

    void act();
    void start();
    void time();
    void jump();
    void fault();
    void heal();
    void afterwards();
    void die(World::Death death);
    World::Death anyDeath() { return m_world.chance.oneIn(2) ? World::Death::kill : World::Death::power; }

    // ---- the end
    void end();
    bool isAtRest();
    void look();
    void lookAtStore(const ActorRef &ref, Database &store);
    void lookAtLetters(const ActorRef &ref, Database &store);
    void lookAtGoes(const ActorRef &ref, Database &store);
    void lookAtSkipped(const ActorRef &ref, Database &store);

    World m_world;
    Client m_client;
    std::vector<int> m_weights;
    World::Death m_armed = World::Death::kill;
    bool m_faulty = false;
    int m_deaths = 0;
    int m_over = 0;
    std::set<int> m_waitingGoes;
};

void Simulation::act()
{
    ++m_world.step;
    if (!m_world.system) {
        if (m_world.chance.oneIn(3))
            heal();
        m_world.clock.advance(std::chrono::milliseconds(m_world.chance.below(5'000)));
        start();
        return;
    }
    switch (Action(m_world.chance.weighted(m_weights))) {
    case Action::call:
        for (int calls = m_world.chance.between(1, 8); calls > 0 && m_world.disk.hasPower(); --calls)
            m_world.runPosted();
        break;
    case Action::sync:
        m_world.finishSync();
        break;
    case Action::outside:
        m_world.answerOutside();
        break;
    case Action::time:
        time();
        break;
    case Action::client:
        m_client.act();
        break;
    case Action::fault:
        fault();
        break;
    case Action::heal:
        heal();
        break;
    case Action::armDeath:
        m_armed = anyDeath();
        m_world.disk.cutPowerAt(m_world.chance.between(1, 40));
        break;
    case Action::die:
        if (m_world.chance.oneIn(4))
            die(anyDeath());
        break;
    case Action::other:
        if (m_world.chance.oneIn(3))
            jump();
        else if (m_world.chance.oneIn(4))
            m_world.stopOrderly();
        break;
    }
    afterwards();
}

void Simulation::afterwards()
{
    if (!m_world.disk.hasPower())
        die(m_armed);
    if (const QString shared = m_world.disk.sharedStore(); !shared.isEmpty())
        m_world.model.violate(u"two connections to %1"_s.arg(shared));
}

void Simulation::start()
{
    // With a new version of the code now and then.
    if (m_world.chance.oneIn(3))
        ++m_world.codeVersion;
    const bool started = m_world.start();
    if (!started && !m_faulty && m_world.disk.hasPower())
        m_world.model.violate(u"it does not start, and the disk is sound"_s);
    if (started)
        m_client.checkCreated();
    afterwards();
}

void Simulation::time()
{
    Chance &chance = m_world.chance;
    if (chance.oneIn(2))
        m_world.clock.step();
    else
        m_world.clock.advance(std::chrono::milliseconds(chance.oneIn(8) ? chance.below(120'000) : chance.below(400)));
}

// As NTP, a person, the computer's sleep do it; a clock without a battery begins years ago.
void Simulation::jump()
{
    Chance &chance = m_world.chance;
    if (m_world.byTheClock || chance.oneIn(2))
        m_world.jump(std::chrono::milliseconds(chance.between(-1'200'000, 3'600'000)));
    else
        m_world.jump(std::chrono::hours(chance.between(-10'000, 10'000)));
}

void Simulation::fault()
{
    Chance &chance = m_world.chance;
    m_faulty = true;
    const int kind = chance.below(4);
    m_world.note(u"fault %1"_s.arg(kind));
    switch (kind) {
    case 0:
        m_world.disk.failWrite(chance.between(1, 30), chance.between(1, 4));
        break;
    case 1:
        m_world.disk.failSync(chance.between(1, 10), chance.between(1, 3));
        break;
    case 2:
        m_world.disk.setCapacity(m_world.disk.used() + chance.below(100'000));
        break;
    default:
        m_world.disk.setReadOnly(true);
        break;
    }
}

void Simulation::heal()
{
    m_faulty = false;
    m_world.disk.failWrite(0, 0);
    m_world.disk.failSync(0, 0);
    m_world.disk.setCapacity({});
    m_world.disk.setReadOnly(false);
}

void Simulation::die(World::Death death)
{
    ++m_deaths;
    m_world.die(death);
}

// ---- the end

bool Simulation::isAtRest()
{
    for (const auto &[run, ref] : m_client.runs()) {
        if (!m_world.model.isOver(ref.id))
            return false;
    }
    for (const ActorInfo &info : m_world.system->list()) {
        if (info.ref.kind == u"Kid"_s && !m_world.model.isOver(info.ref.id))
            return false;
        if (info.status != ActorStatus::asleep && info.ref.kind != u"Keeper"_s)
            return false;
        if (info.status == ActorStatus::asleep && info.wakeAt && info.ref.kind != u"Keeper"_s)
            return false;
    }
    return true;
}

void Simulation::end()
{
    m_world.note(u"the faults end"_s);
    heal();
    m_world.disk.cutPowerAt(0);
    if (!m_world.system)
        start();
    const Millis begun = m_world.clock.steady();
    constexpr Millis longest = 6 * 3'600'000;
    // The longest reminder, and some beats after it was noticed that the clock was set back.
    constexpr Millis restAtLeast = Millis(std::chrono::milliseconds(limits::longestAlarm).count()) + 200'000;
    for (int round = 0; !m_world.model.isViolated(); ++round) {
        ++m_world.step;
        if (!m_world.settle(20'000)) {
            m_world.model.violate(u"it runs without an end"_s);
            return;
        }
        const Millis passed = m_world.clock.steady() - begun;
        const bool isTime = !m_world.byTheClock || m_world.clock.now() > m_world.before() + restAtLeast;
        if (passed > restAtLeast && isTime && isAtRest())
            break;
        if (passed > longest) {
            for (const ActorInfo &info : m_world.system->list())
                m_world.note(u"%1 status %2 %3 %4"_s.arg(info.ref.text())
                                 .arg(int(info.status))
                                 .arg(info.wakeAt.value_or(-1))
                                 .arg(info.failure ? info.failure->chain() : QString()));
            m_world.model.violate(u"it does not come to rest"_s);
            return;
        }
        if (round % 16 == 0)
            m_client.nudge();
        else
            m_world.clock.advance(std::chrono::milliseconds(
                std::clamp<Millis>(m_world.clock.nextDue(), 1, m_world.chance.between(1, 60'000))));
    }
    if (!m_world.model.isViolated() && m_world.stopOrderly())
        look();
}

constexpr Sql states { "look.state", "SELECT json FROM actor_state WHERE name = ?1" };

template <class T> T stateOf(Database &store, const QString &name)
{
    T state {};
    const auto found = store.one(states, [](const Row &row) { return row.blob(0); }, name);
    if (found && *found)
        json::fromJson(QJsonDocument::fromJson(**found).array().first(), state);
    return state;
}

constexpr Sql queued { "look.queued", "SELECT payload FROM actor_queue" };
constexpr Sql letters { "look.letters", "SELECT name, payload FROM actor_dead_letter" };
constexpr Sql received { "look.received", "SELECT id, count(*) FROM received GROUP BY id" };
constexpr Sql wasCancelled {
    "look.cancelled",
    "SELECT cancelled OR EXISTS (SELECT 1 FROM workflow_audit WHERE action = 'cancel') FROM workflow_run"
};
constexpr Sql skipped { "look.skipped",
                        "SELECT name FROM workflow_entry WHERE name LIKE '%undo%' AND status = 'skipped'" };
constexpr Sql outbox { "look.outbox", "SELECT count(*) FROM actor_outbox" };

void Simulation::look()
{
    if (!m_world.start())
        return;
    const std::vector<ActorInfo> all = m_world.system->list();
    m_world.stopOrderly();
    for (const ActorInfo &info : all) {
        const QString path = m_world.storePath(info.ref.id);
        OpenOptions options;
        options.vfs = m_world.disk.vfs();
        options.create = false;
        options.sync = m_world.immediateSync();
        auto store = Database::open(path, options);
        if (!store) {
            m_world.model.violate(u"%1 cannot be opened: %2"_s.arg(info.ref.text(), store.error().name()));
            return;
        }
        if (auto sound = (*store)->verify(); !sound)
            m_world.model.violate(sound.error().chain());
        lookAtStore(info.ref, **store);
    }
    m_over = int(m_client.runs().size());
}

void Simulation::lookAtStore(const ActorRef &ref, Database &store)
{
    const auto marks = store.all(detail::allMarks, [](const Row &row) { return row.text(0); });
    if (!marks) {
        m_world.model.violate(marks.error().chain());
        return;
    }
    lookAtLetters(ref, store);
    const bool isRun = ref.kind == u"Run"_s || ref.kind == u"Kid"_s;
    if (isRun)
        lookAtSkipped(ref, store);
    const QStringList list(marks->begin(), marks->end());
    m_world.model.look(ref.kind == u"Child"_s ? ref.id : ref.text(), list, true, m_world.mayMiss());
    if (store.integer(outbox).value_or(-1) != 0)
        m_world.model.violate(u"not delivered: outbox of %1"_s.arg(ref.text()));
    if (ref.kind == u"Run"_s)
        lookAtGoes(ref, store);
    if (stateOf<Books>(store, u"books"_s).ticked < m_world.ticked[ref.text()] && !m_world.mayMiss())
        m_world.model.violate(u"acknowledged and lost: a tick of %1"_s.arg(ref.text()));
    if (ref.kind == u"Keeper"_s && m_world.clock.steady() - m_world.lastBeat > 2 * KeeperActor::period.count())
        m_world.model.violate(u"the beat has stopped"_s);
    if (ref.kind == u"Parent"_s) {
        const auto family = stateOf<Family>(store, u"family"_s);
        for (int child = 0; child < Family::children; ++child) {
            const auto index = size_t(child);
            const QString life = u"child %1 life %2="_s.arg(child).arg(family.lives[index]);
            const qsizetype greeted
                = std::ranges::count_if(list, [&](const QString &mark) { return mark.startsWith(life); });
            if (family.alive[index] && greeted != family.hellos[index] && !m_world.mayMiss())
                m_world.model.violate(u"%1%2 greetings of %3"_s.arg(life).arg(greeted).arg(family.hellos[index]));
        }
    }
}

// A message is among them only if it was made to fail, or was at hand when the process died too often.
void Simulation::lookAtLetters(const ActorRef &ref, Database &store)
{
    const auto found = store.all(
        letters, [](const Row &row) { return std::pair(row.text(0), QJsonDocument::fromJson(row.blob(1)).object()); });
    std::set<int> dead;
    for (const auto &[name, payload] : *found) {
        const int id = payload.value(u"id"_s).toInt();
        const QString ending = payload.value(u"ending"_s).toString();
        const bool isDue = name == nameOf<Transfer>() && !ending.isEmpty() && ending != u"throws"_s;
        if (!isDue && m_world.deaths[ref.id] + 1 < limits::deliveries)
            m_world.model.violate(u"dead letter without a reason: %1 %2 at %3"_s.arg(name).arg(id).arg(ref.text()));
        if (name == nameOf<Transfer>()) {
            dead.insert(id);
            m_world.model.excuse(ref.text(), u"transfer:%1"_s.arg(id));
        } else if (name == nameOf<Deposit>()) {
            m_world.model.excuse(ref.text(), payload.value(u"mark"_s).toString());
        } else if (name == nameOf<Remind>() || name == nameOf<Fire>()) {
            if (name == nameOf<Remind>())
                m_world.model.excuse(ref.text(), u"remind:%1"_s.arg(id));
            m_world.model.excuse(ref.text(), u"fire %1"_s.arg(id));
        } else if (name == nameOf<Bye>()) {
            m_world.model.excuse(
                ref.text(),
                u"child %1 bye:%2"_s.arg(payload.value(u"child"_s).toInt()).arg(payload.value(u"life"_s).toInt()));
        }
    }
    for (const Client::Sent &sent : m_client.transfers()) {
        if (sent.acknowledged && sent.to.text() == ref.text()
            && (sent.ending == u"fails"_s || sent.ending == u"throwsOften"_s) && !dead.contains(sent.id))
            m_world.model.violate(u"acknowledged, failed and not among the dead letters: %1"_s.arg(sent.id));
    }
}

// What was acknowledged and not received still waits. The store says what was received: of its last turn a run hears no
// more if the process dies before that is on disk.
void Simulation::lookAtGoes(const ActorRef &ref, Database &store)
{
    const QString run = ref.key.parts.first();
    const auto waiting = store.all(
        queued, [](const Row &row) { return QJsonDocument::fromJson(row.blob(0)).object().value(u"id"_s).toInt(); });
    const auto taken
        = store.all(received, [](const Row &row) { return std::pair(int(row.integer(0)), int(row.integer(1))); });
    const auto cancelled = store.integer(wasCancelled);
    const auto superseded = Superseded::read(store);
    if (!waiting || !taken || !cancelled || !superseded) {
        m_world.model.violate(u"%1 cannot be read"_s.arg(ref.text()));
        return;
    }
    const std::set<int> left(waiting->begin(), waiting->end());
    if (left.size() != waiting->size())
        m_world.model.violate(u"it waits twice: a go to %1"_s.arg(run));
    const std::map<int, int> got(taken->begin(), taken->end());
    for (const auto &[id, to] : m_client.goes()) {
        if (to != run)
            continue;
        const auto found = got.find(id);
        const int times = found == got.end() ? 0 : found->second;
        const int returned = superseded->returned(id);
        if (m_world.model.isFirm(ref.id + u" go ok "_s + QString::number(id)) && times == 0)
            m_world.model.violate(u"seen to be received, and not on record: go %1"_s.arg(id));
        if (times > returned && left.contains(id))
            m_world.model.violate(u"received and still there: go %1"_s.arg(id));
        if (times > returned + 1)
            m_world.model.violate(u"received more often than it was there: go %1"_s.arg(id));
        // A branch that went on after a cancelling, and then lost, is not read to its end.
        if (times <= returned && !left.contains(id) && !(m_world.programs.at(run).loses && *cancelled))
            m_world.model.violate(u"acknowledged and lost: go %1 to %2"_s.arg(id).arg(run));
    }
}

// What a hand skipped is not undone.
void Simulation::lookAtSkipped(const ActorRef &ref, Database &store)
{
    const auto names = store.all(skipped, [](const Row &row) { return row.text(0); });
    const auto superseded = Superseded::read(store);
    if (!names || !superseded)
        return;
    for (const QString &name : *names)
        m_world.model.excuse(ref.text(), Superseded::undoMark(name, superseded->generation({}, name)));
    for (const QString &mark : superseded->skippedUndoings())
        m_world.model.excuse(ref.text(), mark);
}

} // namespace

Outcome simulate(const SimulationOptions &options)
{
    Simulation simulation(options);
    return simulation.run();
}

} // namespace foundry::simulation
