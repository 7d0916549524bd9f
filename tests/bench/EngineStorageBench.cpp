// Durable commits of Database beside SQLite's own with synchronous=FULL, in one run on one disk.
#include "BenchReport.h"
#include "RawPeers.h"

#include <Database.h>
#include <Migrator.h>

#include <QCoreApplication>
#include <QTemporaryDir>

#include <benchmark/benchmark.h>

using namespace foundry;
using bench::check;

namespace {

constexpr int manyStores = 100;
constexpr Sql makeRow { "makeRow",
                        "CREATE TABLE IF NOT EXISTS row (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT" };
constexpr Sql addRow { "addRow", "INSERT INTO row (body) VALUES (?1)" };
constexpr Sql readRow { "readRow", "SELECT max(id) FROM row" };
const QString body(100, u'x');
constexpr int iterations = 200; // for each repetition; the machines this runs on are busy

// ---- the peer: the C interface with the same pragmas, one row a commit
void rawCommits(benchmark::State &state, int stores, bench::RawStore::Synchronous synchronous)
{
    const QTemporaryDir folder(bench::benchFolderTemplate());
    std::vector<std::unique_ptr<bench::RawStore>> all;
    for (int i = 0; i < stores; ++i)
        all.push_back(std::make_unique<bench::RawStore>(folder.filePath(QString::number(i)), synchronous));
    size_t at = 0;
    for ([[maybe_unused]] auto unused : state)
        all[at++ % all.size()]->add();
    state.SetItemsProcessed(state.iterations());
}

void syncLoop(benchmark::State &state)
{
    const QTemporaryDir folder(bench::benchFolderTemplate());
    double rate = 0;
    for ([[maybe_unused]] auto unused : state)
        rate = bench::syncsPerSecond(folder.filePath(u"file"_s), iterations);
    state.counters["items_per_second"] = rate;
}

// ---- ours
std::unique_ptr<Database> openedStore(const QString &path, SyncService &sync)
{
    auto database = Database::open(path, { .sync = &sync });
    check(database && (*database)->run(makeRow), "open");
    return std::move(*database);
}

void commitOne(Database &database, Durability durability)
{
    auto transaction = database.begin();
    check(transaction && database.run(addRow, body) && transaction->commit(durability), "commit");
}

// Each store has one commit under way and makes the next when it is told of the last, as actors do.
void durableCommits(benchmark::State &state, int stores)
{
    const QTemporaryDir folder(bench::benchFolderTemplate());
    ThreadedSync sync;
    std::vector<std::unique_ptr<Database>> all;
    for (int i = 0; i < stores; ++i)
        all.push_back(openedStore(folder.filePath(QString::number(i)), sync));
    std::vector<Database *> idle;
    for (auto &database : all) {
        check(database->syncNow().has_value(), "sync");
        idle.push_back(database.get());
    }
    for ([[maybe_unused]] auto unused : state) {
        while (idle.empty())
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        Database *database = idle.back();
        idle.pop_back();
        commitOne(*database, Durability::full);
        database->whenDurable([&idle, database](Result<void> result) {
            check(result.has_value(), "sync");
            idle.push_back(database);
        });
    }
    while (idle.size() < all.size()) // nothing is counted that was not told
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    state.SetItemsProcessed(state.iterations());
}

void relaxedCommits(benchmark::State &state)
{
    const QTemporaryDir folder(bench::benchFolderTemplate());
    ImmediateSync sync;
    const auto database = openedStore(folder.filePath(u"store"_s), sync);
    for ([[maybe_unused]] auto unused : state)
        commitOne(*database, Durability::relaxed);
    state.SetItemsProcessed(state.iterations());
}

const Migrator &schema()
{
    static const Migrator migrator({ u"Row"_s, { { 1, u"makeRow"_s, QString::fromLatin1(makeRow.text) } } });
    return migrator;
}

void makeStore(benchmark::State &state)
{
    const QTemporaryDir folder(bench::benchFolderTemplate());
    ImmediateSync sync;
    int at = 0;
    for ([[maybe_unused]] auto unused : state) {
        auto database = Database::open(folder.filePath(QString::number(at++)), { .sync = &sync });
        check(database && schema().migrate(**database), "make");
    }
    state.SetItemsProcessed(state.iterations());
}

// Until the first row is read. The sync that opening starts runs beside it, and is awaited untimed.
void coldWake(benchmark::State &state)
{
    constexpr int stores = 50;
    const QTemporaryDir folder(bench::benchFolderTemplate());
    ThreadedSync sync;
    for (int i = 0; i < stores; ++i) {
        auto database = Database::open(folder.filePath(QString::number(i)), { .sync = &sync });
        check(database && schema().migrate(**database) && (*database)->run(addRow, body), "make");
    }
    int at = 0;
    for ([[maybe_unused]] auto unused : state) {
        auto database = Database::open(folder.filePath(QString::number(at++ % stores)), { .sync = &sync });
        check(database && schema().migrate(**database) && *(*database)->integer(readRow) == 1, "wake");
        state.PauseTiming();
        while (!(*database)->isDurable())
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        database->reset();
        state.ResumeTiming();
    }
    state.SetItemsProcessed(state.iterations());
}

constexpr auto full = bench::RawStore::Synchronous::full;
constexpr auto normal = bench::RawStore::Synchronous::normal;

void registerAll()
{
    const auto add = [](const char *name, auto &&function, int times = iterations) {
        benchmark::RegisterBenchmark(name, function)->Iterations(times)->UseRealTime();
    };
    add("syncLoop", syncLoop, 1);
    add("rawFull", [](benchmark::State &state) { rawCommits(state, 1, full); });
    add("durable", [](benchmark::State &state) { durableCommits(state, 1); });
    add("rawFullMany", [](benchmark::State &state) { rawCommits(state, manyStores, full); }, 5 * manyStores);
    add("durableMany", [](benchmark::State &state) { durableCommits(state, manyStores); }, 5 * manyStores);
    add("rawNormal", [](benchmark::State &state) { rawCommits(state, 1, normal); }, 20'000);
    add("relaxed", relaxedCommits, 20'000);
    add("makeStore", makeStore, 50);
    add("coldWake", coldWake, 100);
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication app(argc, argv);
    registerAll();
    auto measured = bench::run(argc, argv, 7);
    const auto atLeast = [](double value) { return bench::Goal { bench::Goal::Sense::atLeast, value }; };
    const auto atMost = [](double value) { return bench::Goal { bench::Goal::Sense::atMost, value }; };
    const double one = measured[u"durable"_s].rate;
    const double rawOne = measured[u"rawFull"_s].rate;
    const double many = measured[u"durableMany"_s].rate;
    const double rawMany = measured[u"rawFullMany"_s].rate;
    const double relaxed = measured[u"relaxed"_s].rate;
    const double rawNormal = measured[u"rawNormal"_s].rate;
    return bench::report(
        {
            { u"durable commits, 1 store"_s, one, u"1/s"_s, {}, u"raw FULL commits"_s, rawOne },
            { u"durable commits ÷ raw FULL, 1 store"_s, one / rawOne, u"×"_s, atLeast(0.8) },
            { u"durable commits, 100 stores"_s, many, u"1/s"_s, {}, u"raw FULL commits"_s, rawMany },
            { u"durable commits ÷ raw FULL, 100 stores"_s, many / rawMany, u"×"_s, atLeast(1.0) },
            { u"relaxed commits, 1 store"_s, relaxed, u"1/s"_s, {}, u"raw NORMAL commits"_s, rawNormal },
            { u"stores made"_s,
              measured[u"makeStore"_s].rate,
              u"1/s"_s,
              {},
              u"fdatasync loop"_s,
              measured[u"syncLoop"_s].rate },
            { u"store opened, checked and read, cold"_s, measured[u"coldWake"_s].time * 1000, u"ms"_s, atMost(2) },
        },
        argc, argv);
}
