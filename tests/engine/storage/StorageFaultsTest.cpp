// What a store does on a disk that fails: see tests/support/storage/FaultyStorage.h.
#include <Database.h>
#include <FatalWarnings.h>
#include <FaultyStorage.h>
#include <Migrator.h>

#include <random>

using namespace foundry;
using foundry::test::FaultyStorage;

namespace {

const QString storePath = u"/store"_s;
constexpr Sql makeNote { "makeNote", "CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT" };
constexpr Sql addNote { "addNote", "INSERT INTO note (id, body) VALUES (?1, ?2)" };
constexpr Sql countNotes { "countNotes", "SELECT count(*) FROM note" };
constexpr Sql lastNote { "lastNote", "SELECT coalesce(max(id), 0) FROM note" };

Result<std::unique_ptr<Database>> openOn(FaultyStorage &disk)
{
    auto database = Database::open(storePath, { .sync = &disk.sync(), .vfs = disk.vfs() });
    if (database && !(*database)->integer(countNotes)) {
        if (auto made = (*database)->run(makeNote); !made)
            return std::unexpected(made.error());
    }
    return database;
}

Result<void> add(Database &database, int id, qsizetype size = 100)
{
    auto transaction = database.begin();
    if (!transaction)
        return std::unexpected(transaction.error());
    if (auto done = database.run(addNote, id, QString(size, u'x')); !done)
        return std::unexpected(done.error());
    return transaction->commit();
}

} // namespace

class StorageFaultsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aFullDiskIsTypedAndPasses();
    void aFullDiskInsideATransactionCommitsNothing();
    void aReadOnlyDiskIsTyped();
    void aFailedWriteLosesNothing();
    void aFailedSyncStopsTheWriterUntilResumed();
    void aFailedSyncIsNotForgottenByTheNext();
    void aFailedSyncIsMadeGoodWithoutSpace();
    void whoWaitedForAHeldSyncIsToldItsFailure();
    void whatAnEarlierProcessLeftIsSyncedToo();
    void damageIsTyped();
    void powerLossKeepsWhatWasAcknowledged();
    void aCrashInAMigrationLeavesTheOldOrTheNew();
    void aCrashWhileAStoreIsMadeLeavesNoneOrAWholeOne();
    void aStoreThatTheDiskRefusedIsMadeAnew();
};

void StorageFaultsTest::aFullDiskIsTypedAndPasses()
{
    FaultyStorage disk;
    auto database = openOn(disk);
    QVERIFY(database);
    QVERIFY(add(**database, 1));
    disk.setCapacity(disk.used() + 1000);
    const auto refused = add(**database, 2, 20'000);
    QVERIFY(!refused);
    QVERIFY2(refused.error().is(codes::Storage::full), qPrintable(refused.error().chain()));
    QVERIFY(refused.error().isTransient());
    QCOMPARE(*(*database)->integer(countNotes), 1);
    disk.setCapacity({});
    QVERIFY(add(**database, 2, 20'000));
    QCOMPARE(*(*database)->integer(countNotes), 2);
    QVERIFY((*database)->verify());
}

void StorageFaultsTest::aFullDiskInsideATransactionCommitsNothing()
{
    FaultyStorage disk;
    auto database = openOn(disk);
    QVERIFY((*database)->checkpoint());
    disk.setCapacity(disk.used() + 8192);
    auto transaction = (*database)->begin();
    QVERIFY(transaction);
    // More than the cache holds, so that it is written before the commit.
    Result<qint64> added = 0;
    int id = 0;
    while (added && id < 10'000)
        added = (*database)->run(addNote, ++id, QString(2000, u'x'));
    QVERIFY(!added);
    QVERIFY2(added.error().is(codes::Storage::full), qPrintable(added.error().chain()));
    // SQLite may have rolled back by itself: the rest must not commit one by one.
    disk.setCapacity({});
    (void)(*database)->run(addNote, 20'000, u"later"_s);
    if (auto committed = transaction->commit(); committed)
        QVERIFY(*(*database)->integer(countNotes) > 0);
    else
        QCOMPARE(*(*database)->integer(countNotes), 0);
    QVERIFY(!(*database)->inTransaction());
    QVERIFY(add(**database, 30'000));
    QVERIFY((*database)->verify());
}

void StorageFaultsTest::aReadOnlyDiskIsTyped()
{
    FaultyStorage disk;
    auto database = openOn(disk);
    QVERIFY(add(**database, 1));
    disk.setReadOnly(true);
    const auto refused = add(**database, 2);
    QVERIFY(!refused);
    QVERIFY2(refused.error().is(codes::Storage::readOnly), qPrintable(refused.error().chain()));
    QCOMPARE(*(*database)->integer(countNotes), 1);
    disk.setReadOnly(false);
    QVERIFY(add(**database, 2));
}

void StorageFaultsTest::aFailedWriteLosesNothing()
{
    // Each write of a commit fails once, in turn.
    for (int nth = 1; nth < 12; ++nth) {
        FaultyStorage disk(quint64(nth) + 1);
        auto database = openOn(disk);
        QVERIFY(add(**database, 1));
        disk.failWrite(nth);
        const auto added = add(**database, 2);
        disk.failWrite(0);
        if (!added)
            QVERIFY2(added.error().is(codes::Storage::unavailable), qPrintable(added.error().chain()));
        QCOMPARE(*(*database)->integer(countNotes), added ? 2 : 1);
        QVERIFY(add(**database, 3));
        QVERIFY((*database)->verify());
        QVERIFY((*database)->close());
        auto again = openOn(disk);
        QVERIFY(again);
        QCOMPARE(*(*again)->integer(countNotes), added ? 3 : 2);
    }
}

void StorageFaultsTest::aFailedSyncStopsTheWriterUntilResumed()
{
    FaultyStorage disk;
    auto database = openOn(disk);
    QVERIFY(add(**database, 1));
    disk.failSync(1);
    QVERIFY(add(**database, 2)); // committed, and its sync fails
    QVERIFY((*database)->fault());
    bool told = false;
    (*database)->whenDurable([&](Result<void> result) { told = !result; });
    QVERIFY(told);
    const auto refused = add(**database, 3);
    QVERIFY(!refused);
    QVERIFY2(refused.error().is(codes::Storage::unavailable), qPrintable(refused.error().chain()));
    QVERIFY(!(*database)->run(addNote, 3, u"outside"_s));
    QCOMPARE(*(*database)->integer(countNotes), 2); // reading goes on
    QVERIFY((*database)->resume());
    QVERIFY(!(*database)->fault());
    QVERIFY(add(**database, 3));
    bool durable = false;
    (*database)->whenDurable([&](Result<void> result) { durable = result.has_value(); });
    QVERIFY(durable);
    disk.losePower();
    auto again = openOn(disk);
    QVERIFY(again);
    QCOMPARE(*(*again)->integer(countNotes), 3);
}

// The kernel reports a failed sync once and forgets the pages: a second sync that succeeds proves nothing.
void StorageFaultsTest::aFailedSyncIsNotForgottenByTheNext()
{
    FaultyStorage disk;
    auto database = openOn(disk);
    QVERIFY(add(**database, 1));
    disk.failSync(1);
    QVERIFY(add(**database, 2));
    QVERIFY(!(*database)->syncNow());
    QVERIFY(!(*database)->syncNow());
    QVERIFY(!(*database)->isDurable());
    disk.failSync(1); // closing tries to make it good
    QVERIFY(!(*database)->close());
    database = openOn(disk); // from here the store does: it knows that it was not
    QVERIFY(database);
    bool durable = false;
    (*database)->whenDurable([&](Result<void> result) { durable = result.has_value(); });
    QVERIFY(durable);
    disk.losePower();
    auto again = openOn(disk);
    QVERIFY(again);
    QCOMPARE(*(*again)->integer(countNotes), 2);
}

// In place: it needs no space, and the power may go in the middle of it.
void StorageFaultsTest::aFailedSyncIsMadeGoodWithoutSpace()
{
    for (int cut = 1; cut < 12; ++cut) {
        FaultyStorage disk(quint64(cut + 1));
        auto database = openOn(disk);
        QVERIFY(add(**database, 1));
        QVERIFY((*database)->syncNow());
        disk.failSync(1);
        QVERIFY(add(**database, 2));
        disk.setCapacity(disk.used());
        disk.cutPowerAt(cut);
        const bool resumed = (*database)->resume().has_value();
        QVERIFY(resumed || !disk.hasPower());
        disk.losePower();
        disk.setCapacity({});
        database = openOn(disk);
        QVERIFY(database);
        QVERIFY((*database)->verify());
        QVERIFY(*(*database)->integer(countNotes) >= (resumed ? 2 : 1));
    }
}

void StorageFaultsTest::whoWaitedForAHeldSyncIsToldItsFailure()
{
    FaultyStorage disk;
    auto database = openOn(disk);
    QVERIFY((*database)->syncNow());
    disk.holdSyncs(true);
    QVERIFY(add(**database, 1));
    int failed = 0;
    (*database)->whenDurable([&](Result<void> result) { failed += !result; });
    QVERIFY(add(**database, 2));
    (*database)->whenDurable([&](Result<void> result) { failed += !result; });
    QCOMPARE(disk.heldSyncs(), 1u);
    disk.failSync(1);
    disk.finishSyncs();
    QCOMPARE(failed, 2);
    QCOMPARE(disk.heldSyncs(), 0u);
}

void StorageFaultsTest::whatAnEarlierProcessLeftIsSyncedToo()
{
    FaultyStorage disk;
    {
        auto database = openOn(disk);
        QVERIFY(add(**database, 1));
    }
    disk.holdSyncs(true);
    auto database = openOn(disk);
    QCOMPARE(*(*database)->integer(countNotes), 1);
    QVERIFY(!(*database)->isDurable());
    bool told = false;
    (*database)->whenDurable([&](Result<void> result) { told = result.has_value(); });
    QVERIFY(!told);
    QCOMPARE(disk.heldSyncs(), 1u);
    disk.finishSyncs();
    QVERIFY(told);
    QVERIFY((*database)->isDurable());
}

void StorageFaultsTest::damageIsTyped()
{
    FaultyStorage disk;
    {
        auto database = openOn(disk);
        for (int id = 1; id <= 200; ++id)
            QVERIFY(add(**database, id, 500));
        QVERIFY((*database)->checkpoint());
        QVERIFY((*database)->close());
    }
    for (int page = 1; page < 8; ++page)
        disk.damage(storePath, page * 4096); // the kind of the page
    auto database = Database::open(storePath, { .sync = &disk.sync(), .vfs = disk.vfs() });
    const auto checked = database ? (*database)->verify() : Result<void>(std::unexpected(database.error()));
    QVERIFY(!checked);
    QVERIFY2(checked.error().is(codes::Storage::corrupt), qPrintable(checked.error().chain()));
}

void StorageFaultsTest::powerLossKeepsWhatWasAcknowledged()
{
    int lostCommits = 0;
    for (quint64 seed = 1; seed <= 150; ++seed) {
        FaultyStorage disk(seed);
        std::mt19937_64 random(seed);
        int acknowledged = 0;
        int attempted = 0;
        for (int life = 0; life < 4; ++life) {
            disk.cutPowerAt(int(random() % 120) + 1);
            auto database = openOn(disk);
            int id = database ? int((*database)->integer(lastNote).value_or(acknowledged)) : 0;
            disk.holdSyncs(random() % 2);
            while (database && disk.hasPower() && id < 1000) {
                if (!add(**database, id + 1, qsizetype(random() % 3000)))
                    break;
                attempted = ++id;
                (*database)->whenDurable([&, id](Result<void> result) {
                    if (result)
                        acknowledged = std::max(acknowledged, id);
                });
                if (random() % 4 == 0)
                    disk.finishSyncs();
                if (random() % 20 == 0)
                    (void)(*database)->checkpoint();
            }
            if (database)
                database->reset();
            disk.losePower();
            auto after = Database::open(storePath, { .sync = &disk.sync(), .vfs = disk.vfs() });
            QVERIFY2(after, qPrintable(u"seed %1: %2"_s.arg(seed).arg(after ? QString() : after.error().chain())));
            const auto sound = (*after)->verify();
            QVERIFY2(sound, qPrintable(u"seed %1: %2"_s.arg(seed).arg(sound ? QString() : sound.error().chain())));
            const auto count = (*after)->integer(countNotes);
            const auto last = (*after)->integer(lastNote);
            if (!count) { // not even the table was there
                QCOMPARE(acknowledged, 0);
                continue;
            }
            QVERIFY2(*last >= acknowledged,
                     qPrintable(u"seed %1: %2 of %3 acknowledged"_s.arg(seed).arg(*last).arg(acknowledged)));
            QCOMPARE(*count, *last); // in order, without a hole
            QVERIFY(*last <= attempted + 1); // the one that failed by the cut may be there
            lostCommits += *last < attempted;
            QVERIFY((*after)->close());
        }
    }
    QVERIFY(lostCommits > 20); // else this disk keeps everything and the test shows nothing
}

void StorageFaultsTest::aCrashInAMigrationLeavesTheOldOrTheNew()
{
    const Migration first { 1, u"makeNote"_s,
                            u"CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT"_s };
    const Migration second {
        2, u"addKind"_s,
        u"ALTER TABLE note ADD COLUMN kind TEXT NOT NULL DEFAULT 'plain'; CREATE INDEX byKind ON note (kind);"
        u"UPDATE note SET kind = 'old'; CREATE TABLE kinds (name TEXT PRIMARY KEY) STRICT"_s
    };
    const Migrator before({ u"Notes"_s, { first } });
    const Migrator after({ u"Notes"_s, { first, second } });
    int old = 0;
    int done = 0;
    for (int cut = 1; cut < 90; ++cut) {
        FaultyStorage disk(quint64(cut) + 1);
        {
            auto database = Database::open(storePath, { .sync = &disk.sync(), .vfs = disk.vfs() });
            QVERIFY(before.migrate(**database));
            for (int id = 1; id <= 20; ++id)
                QVERIFY(add(**database, id, 1000));
            QVERIFY((*database)->close());
        }
        disk.cutPowerAt(cut);
        bool told = false;
        if (auto database = Database::open(storePath, { .sync = &disk.sync(), .vfs = disk.vfs() }))
            told = after.migrate(**database).has_value();
        disk.losePower();
        auto database = Database::open(storePath, { .sync = &disk.sync(), .vfs = disk.vfs() });
        QVERIFY2(database, qPrintable(database ? QString() : database.error().chain()));
        const qint64 version = *(*database)->integer({ "version", "PRAGMA user_version" });
        QVERIFY(version == 2 || (version == 1 && !told));
        const qint64 kinds = *(*database)->integer(
            { "kinds", "SELECT count(*) FROM sqlite_schema WHERE name IN ('byKind', 'kinds')" });
        QCOMPARE(kinds, version == 2 ? 2 : 0);
        ++(version == 2 ? done : old);
        const auto resumed = after.migrate(**database);
        QVERIFY2(resumed, qPrintable(resumed ? QString() : resumed.error().chain()));
        QCOMPARE(*(*database)->integer({ "old", "SELECT count(*) FROM note WHERE kind = 'old'" }), 20);
        QVERIFY((*database)->close());
    }
    QVERIFY(old > 5);
    QVERIFY(done > 5);
}

void StorageFaultsTest::aCrashWhileAStoreIsMadeLeavesNoneOrAWholeOne()
{
    const Migration note { 1, u"makeNote"_s,
                           u"CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT; "
                           u"CREATE INDEX byBody ON note (body)"_s };
    Migrator migrator({ u"Notes"_s, { note } });
    int none = 0;
    int whole = 0;
    for (int round = 0; round < 600; ++round) {
        FaultyStorage disk(quint64(round) + 1);
        disk.cutPowerAt(1 + round % 60);
        bool told = false;
        {
            auto database = Database::open(storePath, { .sync = &disk.sync(), .vfs = disk.vfs() });
            if (database && migrator.makeOrMigrate(**database) && add(**database, 1, 10))
                (*database)->whenDurable([&told](const Result<void> &durable) { told = durable.has_value(); });
        }
        disk.losePower();
        auto database = Database::open(storePath, { .sync = &disk.sync(), .vfs = disk.vfs() });
        QVERIFY2(database, qPrintable(database ? QString() : database.error().chain()));
        const qint64 tables = *(*database)->integer(
            { "tables", "SELECT count(*) FROM sqlite_schema WHERE name IN ('note', 'byBody')" });
        QVERIFY2(tables == 2 || (tables == 0 && !told), qPrintable(QString::number(tables)));
        ++(tables == 0 ? none : whole);
        const auto made = migrator.makeOrMigrate(**database);
        QVERIFY2(made, qPrintable(made ? QString() : made.error().chain()));
        const qint64 rows = *(*database)->integer({ "rows", "SELECT count(*) FROM note" });
        QVERIFY(rows == 1 || !told);
        QVERIFY((*database)->verify());
        QVERIFY((*database)->close());
    }
    QVERIFY(none > 50);
    QVERIFY(whole > 50);
}

// Its first sync failed: what the kernel dropped of it would not be missed by the next.
void StorageFaultsTest::aStoreThatTheDiskRefusedIsMadeAnew()
{
    for (const bool dies : { false, true }) {
        FaultyStorage disk;
        disk.failSync(1);
        const auto refused = Database::open(storePath, { .sync = &disk.sync(), .vfs = disk.vfs() });
        QVERIFY(!refused);
        QVERIFY(!disk.exists(storePath));
        if (dies)
            disk.killProcess();
        auto database = openOn(disk);
        QVERIFY2(database, qPrintable(database ? QString() : database.error().chain()));
        QVERIFY(add(**database, 1));
        database->reset();
        disk.losePower();
        database = openOn(disk);
        QVERIFY2(database, qPrintable(database ? QString() : database.error().chain()));
        QCOMPARE(*(*database)->integer(countNotes), 1);
        QVERIFY((*database)->verify());
    }
}

FOUNDRY_TEST_MAIN(StorageFaultsTest)
#include "StorageFaultsTest.moc"
