// The durable engine beside the raw limits of the machine: `./dev bench engine [--json FILE]`. Each figure is measured
// in rounds, each round right beside its peer, and a ratio is the median of the rounds' ratios: the machines this runs
// on are shared, and what a sync costs changes from second to second.
#include "EngineBench.h"

#include <cstring>

namespace foundry::bench {

namespace {

constexpr Goal atLeast(double value)
{
    return { Goal::Sense::atLeast, value };
}
constexpr Goal atMost(double value)
{
    return { Goal::Sense::atMost, value };
}

struct Row {
    const char *key;
    int rounds;
    Round (*measure)(int);
    const char *name;
    const char *unit;
    const char *peer;
    std::optional<Goal> goal; // of the ratio if there is a peer, else of the value
};

const Row rows[] = {
    { "oneWorkflow", 9, oneWorkflow, "durable steps, 1 workflow × 1,000", "1/s", "raw FULL commits", atLeast(0.8) },
    { "manyWorkflows", 9, manyWorkflows, "durable steps, 100 workflows in parallel", "1/s", "raw FULL commits",
      atLeast(1) },
    { "thousandWorkflows",
      3,
      thousandWorkflows,
      "durable steps, 1,000 workflows × 10, made too",
      "1/s",
      "raw FULL commits",
      {} },
    { "growth", 3, growth, "durable steps at history 10,000", "1/s", "at history 100", atLeast(0.9) },
    { "replay", 3, replay, "wake and replay 10,000 recorded steps", "ms", nullptr, atMost(100) },
    { "recovery", 3, recovery, "1,000 workflows in flight killed, all running", "s", nullptr, atMost(1) },
    { "ephemeral", 9, ephemeralRoundTrips, "ephemeral round trips in the engine", "1/s", "queued signal there and back",
      atLeast(4) },
    { "durableMessages", 7, durableMessages, "durable messages, one by one", "1/s", "raw FULL commits", {} },
    { "manyDurableMessages", 7, manyDurableMessages, "durable messages, a stream", "1/s", "raw FULL commits", {} },
    { "create", 7, actorsCreated, "actors created and durable, many at a time", "1/s", nullptr, atLeast(2000) },
    { "createOneByOne",
      7,
      actorsCreatedOneByOne,
      "actors created and durable, one by one",
      "1/s",
      "raw FULL commits",
      {} },
    { "createAndWake", 5, actorsCreatedAndWoken, "actors created and woken, store made", "1/s", "fdatasync loop", {} },
    { "coldWake", 7, coldWake, "cold wake with a store, p50", "ms", nullptr, atMost(2) },
    { "sleeping", 1, sleepingActor, "a sleeping actor in memory", "bytes", nullptr, atMost(1024) },
    { "manySleeping", 1, manySleepingActors, "100,000 sleeping actors in memory", "MiB", nullptr, atMost(100) },
    { "slowDisk", 3, slowDisk, "10 ms a sync, 50 workflows: an ephemeral message, p99", "ms", nullptr, atMost(50) },
};

std::vector<Figure> figuresOf(const QMap<QString, Measured> &measured)
{
    std::vector<Figure> figures;
    for (const Row &row : rows) {
        const auto found = measured.find(QString::fromLatin1(row.key));
        if (found == measured.end()) // filtered out
            continue;
        const QString name = QString::fromUtf8(row.name);
        const bool compared = row.peer != nullptr;
        figures.push_back({ name, found->value, QString::fromUtf8(row.unit), compared ? std::nullopt : row.goal,
                            compared ? QString::fromUtf8(row.peer) : QString(), found->peer });
        if (compared && row.goal)
            figures.push_back({ name + u" ÷ peer"_s, found->ratio, u"×"_s, row.goal });
    }
    return figures;
}

} // namespace

} // namespace foundry::bench

int main(int argc, char **argv)
{
    using namespace foundry::bench;
    const QCoreApplication app(argc, argv);
    if (argc == 3 && std::strcmp(argv[1], "--be-in-flight") == 0)
        return beInFlight(QString::fromLocal8Bit(argv[2]));
    for (const Row &row : rows)
        addRounds(row.key, row.rounds, row.measure);
    const auto measured = run(argc, argv, 1);
    return report(figuresOf(measured), argc, argv);
}
