// Everything around the engine in a simulated run: the disk, the clock, the calls and syncs that wait for their turn,
// what bodies wait for outside, and the reference model. It outlives every incarnation of the actor system.
#pragma once

#include "Chance.h"
#include "Messages.h"
#include "Model.h"
#include "RunProgram.h"
#include "Trace.h"

#include <ActorSystem.h>
#include <FaultyStorage.h>
#include <SimulatedClock.h>

#include <QTemporaryDir>

#include <deque>

namespace foundry::simulation {

// A rule broken on purpose, to show that the model notices.
enum class Sabotage {
    none,
    earlyAcknowledge, // a client takes its message for stored before it is told so
    sendOutsideTransaction, // a ledger hands money on past its outbox
    effectOutsideCommit, // a step's body has its effect, not its completion
    lyingDisk, // syncs do nothing
    impureWorkflow, // it reads the clock between two entries
    unawareOfRewinds, // what is made again after one is taken for what was there before
    childrenAnswerTwice, // each time they are asked something else
    shortSleeps, // the workflow sleeps half as long as it should
    undoesEndedTurns, // what a loop's turn registered is wanted after its end
};

class World {
public:
    World(quint64 seed, Sabotage breaks);
    ~World();
    Q_DISABLE_COPY_MOVE(World)

    // A process that is being killed, or without power, says nothing that counts.
    bool isAlive() const { return system && disk.hasPower(); }
    void note(const QString &text);
    // A message at which the process died too often is among the dead letters, and its place has a gap.
    bool mayMiss() const;

    // ---- the process
    bool start(); // false: it could not
    enum class Death { kill, power };
    void die(Death death);
    bool stopOrderly();

    // ---- what waits
    bool runPosted(); // the next call; false: none waits
    bool finishSync(); // any of those under way
    bool answerOutside(); // any body that waits
    bool settle(int atMost); // until nothing waits; false: it does not end
    Promise<bool> waitOutside(const QString &key);
    SyncService *immediateSync() { return &disk.sync(); }
    QString storePath(const QString &id) const
    {
        return m_folder.path() + u"/actors/"_s + id.left(2) + u'/' + id + u".sqlite"_s;
    }

    // Counts up with each action, over all incarnations.
    qint64 step = 0;
    // The wall clock goes to and fro: what was due at a time is due once that time has been, and a span of time that
    // began later than it is now begins anew.
    void jump(std::chrono::milliseconds by);
    Millis before() const { return m_latest; } // the latest time that was before the last jump
    Millis latest() const { return std::max(m_latest, clock.now()); }
    // As many periods as may have begun, jumps of the clock included.
    qint64 periods(std::chrono::milliseconds period) const
    {
        return (clock.steady() + m_forward) / period.count() + 1 + m_jumpsBack;
    }
    int incarnation = 0;
    int codeVersion = 1;
    const Sabotage sabotage;
    Chance chance;
    const bool byTheClock; // some wait for a time of the clock's, which must not go back by much
    Trace trace;
    Model model { trace };
    test::SimulatedClock clock;
    test::FaultyStorage disk;
    std::map<QString, Program> programs; // by the run's key
    std::map<QString, int> throws; // how often a message has thrown
    std::map<QString, int> deaths; // of the process while this actor handled something
    std::map<QString, qint64> ticked; // when a tick was last acknowledged, in steps; by actor
    std::map<QString, int> handRetries; // by actor
    Millis lastBeat = 0; // steady
    std::unique_ptr<ActorSystem> system;

private:
    class Sync final : public SyncService {
    public:
        explicit Sync(World &world)
            : m_world(world)
        {
        }
        void request(std::shared_ptr<WalFile> file, Done done) override;
        void post(std::function<void()> call) override { m_world.m_posted.push_back(std::move(call)); }
        Result<void> syncNow(WalFile &file) override;

    private:
        World &m_world;
    };
    struct Syncing {
        std::shared_ptr<WalFile> file;
        SyncService::Done done;
        qint64 mark = 0;
    };
    struct Outside {
        QString key;
        Promise<bool> promise;
    };
    void registerKinds();
    void told(const Event &event);
    QString markFile() const { return m_folder.filePath(u"handling"_s); }

    QTemporaryDir m_folder;
    Millis m_latest = 0;
    Millis m_forward = 0; // all jumps
    int m_jumpsBack = 0;
    Sync m_sync { *this };
    Randomness m_randomness;
    std::deque<std::function<void()>> m_posted;
    std::vector<Syncing> m_syncing;
    std::vector<Outside> m_outside;
    QByteArray m_handling; // the mark at the moment of death
};

} // namespace foundry::simulation
