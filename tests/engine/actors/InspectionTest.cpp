// What the inspector reads and does: lists that wait for nobody, one actor in full, and every act written down.
#include "ActorRegistry.h"
#include "LedgerActor.h"

using namespace std::chrono_literals;
using namespace foundry;
using test::ActorWorld;
using test::FaultyStorage;

class InspectionTest : public QObject {
    Q_OBJECT

    std::unique_ptr<ActorWorld> m_world;

    ActorRef create(const ActorKey &key)
    {
        const auto made = m_world->system->create(u"Ledger"_s, key);
        if (!made)
            qFatal("%s", qPrintable(made.error().chain()));
        m_world->settle();
        return *made;
    }
    ActorDetails open(const ActorRef &ref)
    {
        std::optional<Result<ActorDetails>> details;
        m_world->system->open(ref, [&](Result<ActorDetails> given) { details = std::move(given); });
        if (!m_world->waitFor([&] { return details.has_value(); }) || !*details)
            qFatal("not opened");
        return **details;
    }
    QStringList actions() const
    {
        QStringList all;
        const auto entries = m_world->system->audit(100);
        for (const ActorAuditEntry &entry : *entries)
            all += entry.action + u' ' + entry.actor.key.parts.join(u'/');
        return all;
    }

private Q_SLOTS:
    void init()
    {
        m_world = std::make_unique<ActorWorld>(
            [](ActorSystem &system) { system.registerKind<LedgerActor>(u"Ledger"_s, LedgerActor::migrations()); });
    }
    void cleanup() { m_world.reset(); }

    void L02_actorsAreListedAndSearched()
    {
        create({ u"shop"_s, u"One"_s });
        create({ u"shop"_s, u"two"_s });
        const ActorRef other = create({ u"mill"_s });
        auto &system = *m_world->system;
        QCOMPARE(system.list().size(), size_t(3));
        QCOMPARE(system.search({ .text = u"SHOP"_s })->size(), size_t(2));
        QCOMPARE(system.search({ .text = u"one"_s })->front().ref.key, (ActorKey { u"shop"_s, u"One"_s }));
        QCOMPARE(system.search({ .text = other.id.left(8) })->front().ref.id, other.id);
        QCOMPARE(system.search({ .kind = u"Other"_s })->size(), size_t(0));
        QCOMPARE(system.search({ .text = u"shop"_s, .from = 1, .count = 5 })->size(), size_t(1));
        QVERIFY(system.search({ .troubledOnly = true })->empty());
        QVERIFY(system.search({ .text = u"100%"_s })->empty()); // a text, not a pattern
    }

    void theInspectorsPagesHaveALimit()
    {
        for (int i = 0; i <= limits::inspectorPage; ++i)
            QVERIFY(m_world->system->create(u"Ledger"_s, { QString::number(i) }));
        QCOMPARE(m_world->system->search({ .count = 1'000'000 })->size(), size_t(limits::inspectorPage));
    }

    void L02_oneActorIsOpenedInFull()
    {
        const ActorRef ref = create({ u"a"_s });
        QVERIFY(m_world->ask(ref, Enter { 7 }));
        QVERIFY(m_world->ask(ref, Remind { u"bell"_s, m_world->clock.now() + 60'000, 60'000 }));
        QVERIFY(m_world->ask(ref, Pass { u"nobody"_s, 1, 1 }));
        m_world->settle();
        m_world->advance(limits::idleTime + 1s);
        const ActorDetails details = open(ref);
        QCOMPARE(details.info.ref, ref);
        QCOMPARE(details.state.at(u"state"_s)[u"total"_s].toInt(), 7);
        QCOMPARE(details.schedules.size(), size_t(1));
        QCOMPARE(details.schedules.front().name, u"bell"_s);
        QCOMPARE(details.schedules.front().period, 60'000);
        QCOMPARE(details.queueLength, 0);
        QCOMPARE(details.outboxLength, 0);
        QCOMPARE(details.deadLetters, 1);
        std::optional<Result<ActorDetails>> missing;
        m_world->system->open(LedgerActor::named(u"x"_s), [&](Result<ActorDetails> given) { missing = given; });
        QVERIFY(m_world->waitFor([&] { return missing.has_value(); }));
        QVERIFY(missing->error().is(codes::Actor::missing));
    }

    void L02_whatAPersonDoesIsWrittenDown()
    {
        const ActorRef ref = create({ u"a"_s });
        QVERIFY(m_world->ask(ref, Pass { u"nobody"_s, 1, 1 }));
        m_world->settle();
        const auto letters = m_world->deadLetters(ref);
        QCOMPARE(letters.size(), size_t(1));
        std::optional<Result<void>> dropped;
        m_world->system->dropDeadLetter(ref, letters.front().number, [&](Result<void> done) { dropped = done; });
        QVERIFY(m_world->waitFor([&] { return dropped.has_value(); }));
        m_world->system->restart(ref);
        m_world->settle();
        QVERIFY(m_world->destroy(ref));
        QCOMPARE(actions(), (QStringList { u"destroy a"_s, u"restart a"_s, u"dropDeadLetter a"_s }));
        m_world->crashAndStart(); // it outlives the actor and the process
        QCOMPARE(actions().size(), 3);
        QCOMPARE(m_world->system->audit(1)->front().actor.id, ref.id);
        QVERIFY(!m_world->system->audit(1)->front().failure);
    }

    // Its mark says that it is awake: what a death interrupts is found again.
    void aRestartedActorIsMarkedAwake()
    {
        const ActorRef ref = create({ u"a"_s });
        m_world->settle();
        m_world->system->restart(ref);
        m_world->settle();
        QCOMPARE(m_world->system->info(ref)->status, ActorStatus::awake);
        m_world->crash();
        const auto registry = ActorRegistry::open(m_world->folder.path(), m_world->sync);
        QVERIFY(registry);
        const auto row = (*registry)->byId(ref.id);
        QVERIFY(row && *row);
        QCOMPARE((*row)->wakeAt, std::optional<Millis>(0));
    }

    // What was on its way to the incarnation that ended comes before what was sent to the next.
    void whatIsSentAroundARestartKeepsItsOrder()
    {
        FaultyStorage disk; // its syncs end inside the call, and so does a closing
        ActorWorld world(
            [](ActorSystem &system) { system.registerKind<LedgerActor>(u"Ledger"_s, LedgerActor::migrations()); },
            &disk);
        const ActorRef ref = *world.system->create(u"Ledger"_s, { u"a"_s });
        world.settle();
        int sent = 0;
        const auto send = [&](int value) {
            world.system->send(ref, Enter { value }, {}, [&](const Result<void> &done) { sent += done.has_value(); });
        };
        send(1);
        world.system->restart(ref);
        send(2);
        QVERIFY(world.waitFor([&] { return sent == 2; }));
        world.settle();
        std::vector<qint64> values;
        QVERIFY(world.visit<LedgerActor>(ref, [&](LedgerActor &actor) {
            const Sql inOrder { "test.values", "SELECT value FROM entry ORDER BY number" };
            values = *actor.rows().all(inOrder, [](const Row &row) { return row.integer(0); });
        }));
        QCOMPARE(values, (std::vector<qint64> { 1, 2 }));
    }

    void L18_noListWaitsForAnActor()
    {
        const ActorRef bad = create({ u"bad"_s });
        create({ u"good"_s });
        QVERIFY(m_world->drain());
        m_world->crash();
        const QString path = m_world->storePath(bad);
        for (const QString &name : { path, path + u"-wal"_s }) {
            QFile file(name);
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(QByteArray(20'000, 'x'));
        }
        m_world->start();
        QVERIFY(!m_world->ask(bad, Balance {}));
        // Inside the call, without a turn of the event loop: the damaged row says so, the others are there.
        const auto infos = m_world->system->list();
        QCOMPARE(infos.size(), size_t(2));
        QCOMPARE(infos.front().ref, bad);
        QCOMPARE(infos.front().status, ActorStatus::damaged);
        QVERIFY(infos.front().failure->is(codes::Actor::damaged));
        QCOMPARE(m_world->system->search({ .troubledOnly = true })->size(), size_t(1));
        const ActorDetails details = open(bad);
        QCOMPARE(details.info.status, ActorStatus::damaged);
        QVERIFY(details.info.failure);
    }

    void whatIsGoneIsNotDestroyedAgain()
    {
        const ActorRef ref = create({ u"a"_s });
        QVERIFY(m_world->destroy(ref));
        QVERIFY(m_world->destroy(ref).error().is(codes::Actor::missing));
        QCOMPARE(actions(), QStringList { u"destroy a"_s });
    }
};

FOUNDRY_TEST_MAIN(InspectionTest)
#include "InspectionTest.moc"
