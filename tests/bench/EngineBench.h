// The engine as `./dev bench engine` measures it: a real folder, the real clock, threads that sync. Each measure
// answers one round beside its peer.
#pragma once

#include "ActorSystem.h"
#include "BenchReport.h"
#include "RawPeers.h"
#include "WorkflowActor.h"

#include <QCoreApplication>
#include <QTemporaryDir>

namespace foundry::bench {

// What the workflows of a world do and have done. Outlives every actor.
struct Script {
    int steps = 0; // then the run is done, or with `stays` waits for a message that never comes
    bool stays = false;
    bool hangs = false; // each step's body runs for ever
    std::function<bool(int number)> waitsAt; // the body of this step waits for its gate

    int finished = 0; // runs whose end, or whose staying, is on disk
    int hanging = 0; // bodies that run for ever
    std::map<QString, Promise<bool>> gates; // of the runs that wait, by key
    void openGates();
};

class StepsActor final : public WorkflowActor {
public:
    explicit StepsActor(Script &script)
        : WorkflowActor({ QStringLiteral("never") })
        , m_script(script)
    {
    }

protected:
    Workflow run(WorkflowContext &context) override;
    void onWorkflowChanged(const WorkflowView &view, bool durable) override;
    Result<QJsonValue> onMessage(const Message &) override { return QJsonValue(); }

private:
    Async<Result<int>> body(int number);
    Script &m_script;
    bool m_stays = false;
    bool m_counted = false;
};

struct Ping {
    static constexpr auto name = "ping";
    int number = 0;
};
struct Play { // asks the echo so often, one after the other
    static constexpr auto name = "play";
    int rounds = 0;
};
struct Send { // one durable message to the ledger
    static constexpr auto name = "send";
    int number = 0;
};
struct Book {
    static constexpr auto name = "book";
    int number = 0;
};

struct Balance {
    int sum = 0;
    int count = 0;
};

// Answers pings, plays, sends and books: what an actor of the program does, with nothing of its own around it.
class PlainActor final : public Actor {
public:
    explicit PlainActor(std::function<void()> booked)
        : m_booked(std::move(booked))
    {
    }

protected:
    Result<QJsonValue> onMessage(const Message &message) override;

private:
    Async<bool> play(int rounds);
    const std::function<void()> m_booked;
    State<Balance> m_balance { *this };
    LaterAnswer m_answer;
    Async<bool> m_playing;
};

// Prepares what is measured later: nothing of it survives power loss.
class NoSync final : public SyncService {
public:
    void request(std::shared_ptr<WalFile>, Done done) override { done({}); }
    void post(std::function<void()> call) override { call(); }
    Result<void> syncNow(WalFile &) override { return {}; }
};

class World {
public:
    struct Options {
        SyncService *sync = nullptr; // null: a ThreadedSync
        std::chrono::milliseconds idleTime = limits::idleTime;
    };
    explicit World(const QString &folder);
    World(const QString &folder, const Options &options);
    Q_DISABLE_COPY_MOVE(World)

    void start();
    void drain(); // closes everything in order
    ActorRef make(const QString &kind, const QString &key); // "Steps" or "Plain"
    template <class Until> static void runUntil(Until &&until)
    {
        while (!until())
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
    void settle(); // until everything is at rest and on disk
    Result<QJsonValue> answerOf(const ActorRef &to, Message message);

    SystemClock clock;
    Randomness randomness;
    ThreadedSync sync;
    Script script;
    int booked = 0; // messages whose booking is on disk
    ActorSystem actors;
};

double median(std::vector<double> values);

// ---- EngineWorkflowBench.cpp
Round oneWorkflow(int round);
Round manyWorkflows(int round);
Round thousandWorkflows(int round);
Round growth(int round); // at history 10,000 beside at 100
Round replay(int round); // milliseconds
// ---- EngineRecoveryBench.cpp
Round recovery(int round); // seconds
int beInFlight(const QString &folder); // the program that is killed
Round slowDisk(int round); // p99 in milliseconds
// ---- EngineActorBench.cpp
Round ephemeralRoundTrips(int round);
Round durableMessages(int round);
Round manyDurableMessages(int round);
Round actorsCreated(int round);
Round actorsCreatedOneByOne(int round);
Round actorsCreatedAndWoken(int round);
Round coldWake(int round); // p50 in milliseconds
Round sleepingActor(int round); // bytes
Round manySleepingActors(int round); // MiB

} // namespace foundry::bench

namespace foundry {
FOUNDRY_JSON(bench::Ping, number)
FOUNDRY_JSON(bench::Play, rounds)
FOUNDRY_JSON(bench::Send, number)
FOUNDRY_JSON(bench::Book, number)
FOUNDRY_JSON(bench::Balance, sum, count)
} // namespace foundry
