// Actors on a disk that is full, read-only or damaged: writers stop with what the disk says and go on when it takes
// something again; what is damaged is kept, and the rest goes on.
#include "LedgerActor.h"

#include <QDir>

#include <utility>

using namespace std::chrono_literals;
using namespace foundry;
using test::ActorWorld;
using test::FaultyStorage;

class DiskFaultsTest : public QObject {
    Q_OBJECT

    std::unique_ptr<FaultyStorage> m_disk;
    std::unique_ptr<ActorWorld> m_world;

    void open(bool onFaulty, quint64 seed = 1)
    {
        m_world.reset();
        m_disk = onFaulty ? std::make_unique<FaultyStorage>(seed) : nullptr;
        m_world = std::make_unique<ActorWorld>(
            [](ActorSystem &system) { system.registerKind<LedgerActor>(u"Ledger"_s, LedgerActor::migrations()); },
            m_disk.get());
    }
    ActorRef create(const QString &key)
    {
        const auto made = m_world->system->create(u"Ledger"_s, { key });
        if (!made)
            qFatal("%s", qPrintable(made.error().chain()));
        m_world->settle();
        return *made;
    }
    int balance(const ActorRef &ref) { return m_world->ask(ref, Balance {}).value_or(QJsonValue(-99)).toInt(); }
    ActorStatus status(const ActorRef &ref) { return m_world->system->info(ref)->status; }
    int troubles() const
    {
        return int(std::ranges::count_if(
            m_world->events, [](const Event &event) { return std::holds_alternative<event::Trouble>(event); }));
    }
    void overwrite(const ActorRef &ref)
    {
        const QString path = m_world->storePath(ref);
        for (const QString &name : { path, path + u"-wal"_s }) {
            QFile file(name);
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(QByteArray(20'000, 'x'));
        }
    }
    QStringList files(const ActorRef &ref) const
    {
        const QFileInfo store(m_world->storePath(ref));
        return store.dir().entryList({ store.fileName() + u"*"_s }, QDir::Files, QDir::Name);
    }

private Q_SLOTS:
    void cleanup()
    {
        m_world.reset();
        m_disk.reset();
    }

    void aFullDiskStopsTheWriterAndSpaceResumesIt()
    {
        open(true);
        const ActorRef writer = create(u"writer"_s);
        QVERIFY(m_world->ask(writer, Enter { 1 }));
        m_disk->setCapacity(m_disk->used() + 2000);
        const auto refused = m_world->ask(writer, Enter { 2, 50'000 });
        QVERIFY2(refused.error().is(codes::Storage::full), qPrintable(refused.error().chain()));
        QVERIFY(refused.error().isTransient());
        QCOMPARE(status(writer), ActorStatus::stalled);
        QVERIFY(m_world->system->info(writer)->failure->is(codes::Storage::full));
        QCOMPARE(troubles(), 1); // the person hears of it once
        // The next one is told at once, it does not hang until its deadline.
        QVERIFY(m_world->ask(writer, Enter { 3 }).error().is(codes::Storage::full));
        QVERIFY(m_world->send(writer, Enter { 3 }).error().is(codes::Storage::full));
        m_world->advance(limits::longestStall);
        QVERIFY(m_world->ask(writer, Enter { 2, 50'000 }).error().is(codes::Storage::full)); // still full for that
        QCOMPARE(status(writer), ActorStatus::stalled);
        m_disk->setCapacity({});
        m_world->advance(limits::longestStall);
        QCOMPARE(status(writer), ActorStatus::awake);
        QCOMPARE(balance(writer), 1);
        QVERIFY(m_world->ask(writer, Enter { 2, 50'000 }));
        QCOMPARE(balance(writer), 3);
    }

    void whatIsSentToAStalledActorArrivesWhenSpaceReturns()
    {
        open(true);
        const ActorRef writer = create(u"writer"_s);
        const ActorRef sender = create(u"sender"_s);
        // Only the writer's next write fails, and all its looks whether the disk is well again.
        m_disk->failWrite(1, 1);
        QVERIFY(!m_world->ask(writer, Enter { 9 }));
        QCOMPARE(status(writer), ActorStatus::stalled);
        QVERIFY(m_world->ask(sender, Pass { u"writer"_s, 5, 3 }));
        m_world->settle();
        m_world->advance(limits::longestStall);
        QVERIFY(m_world->waitFor([&] { return balance(writer) == 15; }));
    }

    void aFailedSyncPromisesNothingUntilItIsMadeGood()
    {
        open(true);
        const ActorRef writer = create(u"writer"_s);
        m_disk->failSync(1, 3);
        std::optional<Result<QJsonValue>> answer;
        m_world->system->ask(writer, Enter { 4 }, 1h, [&](Result<QJsonValue> given) { answer = std::move(given); });
        m_world->settle();
        QVERIFY(!answer); // committed, not on disk: nothing is told
        QCOMPARE(status(writer), ActorStatus::stalled);
        QVERIFY(m_world->ask(writer, Enter { 5 }).error().isTransient());
        for (int i = 0; i < 5 && status(writer) == ActorStatus::stalled; ++i)
            m_world->advance(limits::longestStall);
        QVERIFY(m_world->waitFor([&] { return answer.has_value(); }));
        QCOMPARE((*answer)->toInt(), 4);
        m_world->crash();
        m_disk->losePower();
        m_world->start();
        QCOMPARE(balance(writer), 4);
    }

    void aReadOnlyDiskStopsWritersAndReadersGoOn()
    {
        open(true);
        const ActorRef writer = create(u"writer"_s);
        QVERIFY(m_world->ask(writer, Enter { 1 }));
        m_disk->setReadOnly(true);
        const auto refused = m_world->ask(writer, Enter { 2 });
        QVERIFY2(refused.error().is(codes::Storage::readOnly), qPrintable(refused.error().chain()));
        QCOMPARE(status(writer), ActorStatus::stalled);
        QCOMPARE(m_world->system->list().size(), size_t(1)); // lists do not write
        QVERIFY(!m_world->system->create(u"Ledger"_s, { u"other"_s }));
        m_disk->setReadOnly(false);
        m_world->advance(limits::longestStall);
        QVERIFY(m_world->ask(writer, Enter { 2 }));
        QCOMPARE(balance(writer), 3);
        QVERIFY(m_world->system->create(u"Ledger"_s, { u"other"_s }));
    }

    void anActorThatCannotStartOnAFullDiskStartsWhenSpaceReturns()
    {
        open(true);
        const ActorRef ref = create(u"a"_s);
        QVERIFY(m_world->ask(ref, Enter { 1 }));
        m_disk->setCapacity(m_disk->used());
        const auto late = m_world->system->create(u"Ledger"_s, { u"b"_s });
        m_world->settle();
        if (late) // its row may have found a place
            QCOMPARE(status(*late), ActorStatus::startFailed);
        m_world->advance(20min); // the looks do not grow rarer than the limit says
        m_disk->setCapacity({});
        m_world->advance(limits::longestStall + 1s);
        const auto again = m_world->system->getOrCreate(u"Ledger"_s, { u"b"_s });
        QVERIFY(again);
        QCOMPARE(balance(*again), 0);
        QCOMPARE(balance(ref), 1);
    }

    void theRegistryResumesAfterAFailedSync()
    {
        open(true);
        const ActorRef ref = create(u"a"_s);
        m_disk->failSync(1, 1);
        const auto made = m_world->system->create(u"Ledger"_s, { u"b"_s });
        m_world->settle();
        m_world->advance(limits::longestStall);
        const auto again = m_world->system->getOrCreate(u"Ledger"_s, { u"b"_s });
        QVERIFY2(again, again ? "" : qPrintable(again.error().chain()));
        const auto entered = m_world->ask(*again, Enter { 1 });
        QVERIFY2(entered, entered ? "" : qPrintable(entered.error().chain()));
        QVERIFY(m_world->ask(ref, Enter { 1 }));
        QVERIFY(!made || made->id == again->id);
    }

    // Whoever is told that it is gone makes the next of its key: power loss must not bring it back.
    void whatIsToldToBeGoneStaysGone()
    {
        int told = 0;
        for (int nth = 1; nth <= 60; ++nth) {
            open(true, quint64(nth));
            const ActorRef ref = create(u"a"_s);
            m_disk->failSync(1 + nth % 6, nth % 4 == 0 ? 1 : 100);
            (void)m_world->destroy(ref);
            const auto again = m_world->destroy(ref);
            m_world->crash();
            m_disk->failSync(0, 0);
            m_disk->losePower();
            m_world->start();
            if (again || !again.error().is(codes::Actor::missing))
                continue;
            ++told;
            QVERIFY2(!m_world->system->get(u"Ledger"_s, { u"a"_s }), qPrintable(QString::number(nth)));
        }
        QVERIFY(told > 0);
    }

    void aSleeperThatCouldNotBeNotedWakesForItsSchedule()
    {
        open(true);
        const ActorRef ref = create(u"a"_s);
        QVERIFY(m_world->ask(ref, Remind { u"bell"_s, m_world->clock.now() + 3'600'000, 0 }));
        m_disk->setReadOnly(true);
        m_world->advance(limits::idleTime + 1s);
        m_disk->setReadOnly(false);
        m_world->advance(61min);
        m_world->settle();
        m_world->advance(1s);
        QCOMPARE(m_world->ask(ref, Bell {})->toInt(), 2);
    }

    void aCorruptStoreIsSetAsideAndTheRestGoesOn()
    {
        open(false);
        const ActorRef bad = create(u"bad"_s);
        const ActorRef good = create(u"good"_s);
        QVERIFY(m_world->ask(bad, Enter { 7 }));
        QVERIFY(m_world->drain());
        m_world->crash();
        overwrite(bad);
        m_world->start();
        QVERIFY(m_world->ask(bad, Balance {}).error().is(codes::Actor::damaged));
        QCOMPARE(balance(good), 0);
        QVERIFY(m_world->waitFor([&] { return !QFile::exists(m_world->storePath(bad)); }));
        QCOMPARE(files(bad).size(), 2); // both files are kept, under another name
        QVERIFY(files(bad).front().contains(u".damaged-"));
        const auto info = m_world->system->info(bad);
        QCOMPARE(info->status, ActorStatus::damaged);
        QVERIFY2(info->failure->detail.contains(u".damaged-"), qPrintable(info->failure->chain()));
        // Neither a restart of the program nor one of the actor makes an empty store in its place.
        m_world->crashAndStart();
        QVERIFY(m_world->ask(bad, Balance {}).error().is(codes::Actor::damaged));
        m_world->system->restart(bad);
        m_world->settle();
        QVERIFY(m_world->ask(bad, Balance {}).error().is(codes::Actor::damaged));
        QVERIFY(m_world->waitFor([&] { return !QFile::exists(m_world->storePath(bad)); }));
        QCOMPARE(files(bad).size(), 2);
    }

    // The disk was unwell and is well again: what was set aside is read as before.
    void aStoreThatWasSetAsideCanBePutBack()
    {
        open(false);
        const ActorRef ref = create(u"a"_s);
        QVERIFY(m_world->ask(ref, Enter { 7 }));
        QVERIFY(m_world->drain());
        m_world->crash();
        const QString path = m_world->storePath(ref);
        QVERIFY(QFile::copy(path, path + u".good"_s) && QFile::copy(path + u"-wal"_s, path + u".good-wal"_s));
        overwrite(ref);
        m_world->start();
        QVERIFY(!m_world->ask(ref, Balance {}));
        QVERIFY(m_world->waitFor([&] { return !QFile::exists(path); }));
        m_world->settle();
        for (const QString &name : files(ref)) {
            if (!name.contains(u".damaged-"))
                continue;
            const QString full = QFileInfo(path).dir().filePath(name);
            QVERIFY(QFile::remove(full));
            QVERIFY(QFile::rename(path + (name.endsWith(u"-wal") ? u".good-wal"_s : u".good"_s), full));
        }
        m_world->system->restart(ref);
        m_world->settle();
        QCOMPARE(balance(ref), 7);
    }

    // Damage that shows while the actor itself is in the middle of something.
    void damageInUseEndsThatActorOnly()
    {
        open(true);
        const ActorRef bad = create(u"bad"_s);
        const ActorRef good = create(u"good"_s);
        for (int i = 0; i < 50; ++i)
            QVERIFY(m_world->ask(bad, Enter { 1, 5000 }));
        Result<void> outcome;
        QVERIFY(m_world->visit<LedgerActor>(bad, [&](LedgerActor &actor) {
            QVERIFY(actor.rows().checkpoint());
            const QString path = m_world->storePath(bad);
            for (qint64 page = 1; page < 40; ++page) {
                for (qint64 byte = 0; byte < 8; ++byte)
                    m_disk->damage(path, page * 4096 + byte);
            }
            // Pages that are remembered are read anew.
            (void)actor.rows().run(Sql { "test.shrink", "PRAGMA shrink_memory" });
            outcome = actor.enter(1, 5000, Durability::full);
            if (outcome) {
                const auto sum = actor.rows().integer(Sql { "test.sum", "SELECT sum(length(filler)) FROM entry" });
                outcome = sum ? outcome : std::unexpected(sum.error());
            }
            (void)actor.total(); // it is still there
        }));
        QVERIFY(!outcome);
        QVERIFY2(outcome.error().is(codes::Storage::corrupt), qPrintable(outcome.error().chain()));
        m_world->settle();
        QVERIFY(m_world->ask(good, Enter { 1 }));
        QCOMPARE(balance(good), 1);
    }
};

FOUNDRY_TEST_MAIN(DiskFaultsTest)
#include "DiskFaultsTest.moc"
