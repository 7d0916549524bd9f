// Copies of stores: before a migration, once a day when something changed, never when nothing did; and back again.
#include "LedgerActor.h"

#include <QDir>

using namespace std::chrono_literals;
using namespace foundry;
using test::ActorWorld;

class BackupTest : public QObject {
    Q_OBJECT

    std::unique_ptr<ActorWorld> m_world;
    std::vector<Migration> m_migrations;

    ActorRef create(const QString &key)
    {
        const auto made = m_world->system->create(u"Ledger"_s, { key });
        if (!made)
            qFatal("%s", qPrintable(made.error().chain()));
        m_world->settle();
        return *made;
    }
    int balance(const ActorRef &ref) { return m_world->ask(ref, Balance {}).value_or(QJsonValue(-99)).toInt(); }
    std::vector<BackupInfo> backups(const ActorRef &ref)
    {
        m_world->settle();
        return *m_world->system->backups(ref);
    }
    void sleep()
    {
        m_world->settle(); // it falls asleep a while after the last thing it does, a backup too
        m_world->advance(limits::idleTime + 1s);
        QVERIFY(m_world->waitFor([this] { return m_world->system->awake() == 0; }));
    }
    Result<void> restore(const ActorRef &ref, const QString &name)
    {
        std::optional<Result<void>> done;
        m_world->system->restore(ref, name, [&](Result<void> given) { done = std::move(given); });
        if (!m_world->waitFor([&] { return done.has_value(); }))
            return fail(codes::Program::internal, u"not restored"_s);
        m_world->settle();
        return *done;
    }

private Q_SLOTS:
    void init()
    {
        m_migrations = LedgerActor::migrations();
        m_world = std::make_unique<ActorWorld>(
            [this](ActorSystem &system) { system.registerKind<LedgerActor>(u"Ledger"_s, m_migrations); });
    }
    void cleanup() { m_world.reset(); }

    void aChangedStoreIsBackedUpOnceADay()
    {
        const ActorRef ref = create(u"a"_s);
        QVERIFY(m_world->ask(ref, Enter { 1 }));
        sleep();
        m_world->clock.advance(23h);
        QCOMPARE(balance(ref), 1);
        QVERIFY(backups(ref).empty());
        sleep();
        m_world->clock.advance(2h);
        QCOMPARE(balance(ref), 1); // it wakes, and the time has come
        QCOMPARE(backups(ref).size(), size_t(1));
        QVERIFY(!backups(ref).front().beforeMigration);
        QVERIFY(backups(ref).front().bytes > 0);
        // The same day no other, however much is written.
        for (int i = 0; i < 5; ++i)
            QVERIFY(m_world->ask(ref, Enter { 1 }));
        QCOMPARE(backups(ref).size(), size_t(1));
    }

    void oneThatNeverSleepsIsBackedUpWhenItWrites()
    {
        const ActorRef ref = create(u"a"_s);
        AwakeToken token;
        QVERIFY(m_world->visit<LedgerActor>(ref, [&](LedgerActor &actor) { token = actor.hold(); }));
        m_world->advance(25h);
        QCOMPARE(m_world->system->awake(), 1);
        QVERIFY(backups(ref).empty()); // no timer looks
        QVERIFY(m_world->ask(ref, Enter { 1 }));
        QCOMPARE(backups(ref).size(), size_t(1));
        QVERIFY(m_world->waitFor([&] { return m_world->system->isQuiet(); }));
    }

    void whatDoesNotChangeIsNotCopiedAgain()
    {
        const ActorRef ref = create(u"a"_s);
        QVERIFY(m_world->ask(ref, Enter { 1 }));
        for (int day = 0; day < 5; ++day) {
            sleep();
            m_world->clock.advance(25h);
            QCOMPARE(balance(ref), 1);
        }
        QCOMPARE(backups(ref).size(), size_t(1));
        sleep();
        QCOMPARE(m_world->clock.pending(), size_t(0)); // nothing waits for the next day either
    }

    void aBoundedNumberIsKept()
    {
        const ActorRef ref = create(u"a"_s);
        for (int day = 0; day < limits::backups + 2; ++day) {
            QVERIFY(m_world->ask(ref, Enter { 1 }));
            sleep();
            m_world->clock.advance(25h);
            QCOMPARE(balance(ref), day + 1);
            m_world->settle();
        }
        const auto all = backups(ref);
        QCOMPARE(all.size(), size_t(limits::backups));
        QVERIFY(all.front().at > all.back().at); // the newest ones
        QVERIFY(m_world->clock.now() - all.front().at < 3'600'000);
    }

    // A store of many turns' work, written to while it is copied.
    void aBackupMadeWhileTheStoreIsWrittenIsWhole()
    {
        const ActorRef ref = create(u"a"_s);
        for (int i = 0; i < 40; ++i)
            QVERIFY(m_world->ask(ref, Enter { 1, 100'000 }));
        sleep();
        m_world->clock.advance(25h);
        int answered = 0;
        for (int i = 0; i < 20; ++i)
            m_world->system->ask(ref, Enter { 1, 100'000 }, 1h,
                                 [&](const Result<QJsonValue> &answer) { answered += answer.has_value(); });
        QVERIFY(m_world->waitFor([&] { return answered == 20; }));
        const auto all = backups(ref);
        QCOMPARE(all.size(), size_t(1));
        auto copy = Database::open(QFileInfo(m_world->storePath(ref)).dir().filePath(all.front().name));
        QVERIFY(copy);
        QVERIFY((*copy)->verify());
        const auto rows = (*copy)->integer(Sql { "rows", "SELECT count(*) FROM entry" });
        QVERIFY2(*rows >= 40 && *rows <= 60, qPrintable(QString::number(*rows)));
    }

    void aStoreIsBackedUpBeforeItIsMigrated()
    {
        const ActorRef ref = create(u"a"_s);
        QVERIFY(m_world->ask(ref, Enter { 7 }));
        QVERIFY(m_world->drain());
        m_world->crash();
        m_migrations.push_back({ 2, u"note"_s, u"ALTER TABLE entry ADD COLUMN note TEXT;"_s });
        m_world->start();
        QCOMPARE(balance(ref), 7);
        const auto all = backups(ref);
        QCOMPARE(all.size(), size_t(1));
        QVERIFY(all.front().beforeMigration);
    }

    void aBackupIsRestoredAndWhatWasThereIsKept()
    {
        const ActorRef ref = create(u"a"_s);
        QVERIFY(m_world->ask(ref, Enter { 1 }));
        sleep();
        m_world->clock.advance(25h);
        QCOMPARE(balance(ref), 1);
        const auto all = backups(ref);
        QCOMPARE(all.size(), size_t(1));
        QVERIFY(m_world->ask(ref, Enter { 10 }));
        QVERIFY(restore(ref, u"../registry.sqlite"_s).error().is(codes::Storage::unavailable));
        const auto restored = restore(ref, all.front().name);
        QVERIFY2(restored, restored ? "" : qPrintable(restored.error().chain()));
        QCOMPARE(balance(ref), 1);
        QCOMPARE(m_world->system->info(ref)->status, ActorStatus::awake);
        const QFileInfo store(m_world->storePath(ref));
        const QStringList kept = store.dir().entryList({ store.fileName() + u".replaced-*"_s }, QDir::Files);
        QVERIFY(!kept.isEmpty());
        auto old = Database::open(store.dir().filePath(kept.front()));
        QCOMPARE(*(*old)->integer(Sql { "sum", "SELECT sum(value) FROM entry" }), 11);
        const auto audit = m_world->system->audit(10);
        QCOMPARE(audit->front().action, u"restore"_s);
        QCOMPARE(audit->front().actor.id, ref.id);
        QVERIFY(audit->front().detail.contains(all.front().name));
        m_world->crashAndStart();
        QCOMPARE(balance(ref), 1);
    }

    void aDamagedActorComesBackFromItsBackup()
    {
        const ActorRef ref = create(u"a"_s);
        QVERIFY(m_world->ask(ref, Enter { 3 }));
        sleep();
        m_world->clock.advance(25h);
        QCOMPARE(balance(ref), 3);
        QCOMPARE(backups(ref).size(), size_t(1));
        QVERIFY(m_world->drain());
        m_world->crash();
        const QString path = m_world->storePath(ref);
        for (const QString &name : { path, path + u"-wal"_s }) {
            QFile file(name);
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(QByteArray(20'000, 'x'));
        }
        m_world->start();
        QVERIFY(m_world->ask(ref, Balance {}).error().is(codes::Actor::damaged));
        QVERIFY(m_world->waitFor([&] { return !QFile::exists(path); }));
        const auto restored = restore(ref, backups(ref).front().name);
        QVERIFY2(restored, restored ? "" : qPrintable(restored.error().chain()));
        QCOMPARE(balance(ref), 3);
        // What was set aside is there still.
        const QFileInfo store(path);
        QVERIFY(!store.dir().entryList({ store.fileName() + u".damaged-*"_s }, QDir::Files).isEmpty());
    }

    void aDamagedBackupChangesNothing()
    {
        const ActorRef ref = create(u"a"_s);
        QVERIFY(m_world->ask(ref, Enter { 3 }));
        sleep();
        m_world->clock.advance(25h);
        QCOMPARE(balance(ref), 3);
        const auto all = backups(ref);
        QFile file(QFileInfo(m_world->storePath(ref)).dir().filePath(all.front().name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray(9000, 'x'));
        file.close();
        QVERIFY(restore(ref, all.front().name).error().is(codes::Storage::corrupt));
        QCOMPARE(balance(ref), 3);
        QVERIFY(m_world->system->audit(1)->front().failure);
    }

    // A restored actor's messages are new ones to whoever has had its old ones.
    void whatARestoredActorSendsArrives()
    {
        const ActorRef from = create(u"from"_s);
        const ActorRef to = create(u"to"_s);
        QVERIFY(m_world->ask(from, Pass { u"to"_s, 1, 1 }));
        m_world->settle();
        sleep();
        m_world->clock.advance(25h);
        QCOMPARE(balance(from), 0);
        const auto all = backups(from);
        QCOMPARE(all.size(), size_t(1));
        QVERIFY(m_world->ask(from, Pass { u"to"_s, 1, 20 }));
        QVERIFY(m_world->waitFor([&] { return balance(to) == 21; }));
        QVERIFY(restore(from, all.front().name));
        QVERIFY(m_world->ask(from, Pass { u"to"_s, 1, 5 }));
        QVERIFY(m_world->waitFor([&] { return balance(to) == 26; }));
    }

    void destroyingTakesTheBackupsAlong()
    {
        const ActorRef ref = create(u"a"_s);
        QVERIFY(m_world->ask(ref, Enter { 3 }));
        sleep();
        m_world->clock.advance(25h);
        QCOMPARE(balance(ref), 3);
        QCOMPARE(backups(ref).size(), size_t(1));
        const QFileInfo store(m_world->storePath(ref));
        QVERIFY(m_world->destroy(ref));
        QVERIFY(store.dir().entryList({ store.fileName() + u"*"_s }, QDir::Files).isEmpty());
    }
};

FOUNDRY_TEST_MAIN(BackupTest)
#include "BackupTest.moc"
