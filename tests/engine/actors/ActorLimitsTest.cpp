// Every limit of actors, reached: refused before anything changes, told with limit and value.
#include "LedgerActor.h"
#include "Sizes.h"

#include <malloc.h>

using namespace std::chrono_literals;

namespace foundry {

struct Flood { // this many durable messages in one transaction
    static constexpr auto name = "flood";
    QString to; // empty: itself
    int times = 0;
};
FOUNDRY_JSON(Flood, to, times)
struct Alarms {
    static constexpr auto name = "alarms";
    int count = 0;
};
FOUNDRY_JSON(Alarms, count)
struct Wave {
    static constexpr auto name = "wave";
    int number = 0;
};
FOUNDRY_JSON(Wave, number)
struct Fail {
    static constexpr auto name = "fail";
};
FOUNDRY_JSON(Fail)

using FloodMessage = std::variant<Flood, Alarms, Wave, Fail>;

class FloodActor final : public Actor {
public:
    std::vector<int> seen;
    Database &rows() const { return store(); }

protected:
    Result<QJsonValue> onMessage(const Message &message) override
    {
        return dispatch<FloodMessage>(message, [this](const auto &typed) { return handle(typed); });
    }

private:
    Result<void> handle(const Flood &flood)
    {
        const ActorRef to = flood.to.isEmpty() ? self() : ActorRef { u"Flood"_s, { flood.to }, {} };
        for (int i = 0; i < flood.times; ++i) {
            if (auto sent = send(to, Wave { i }); !sent)
                return sent;
        }
        return {};
    }
    Result<void> handle(const Alarms &alarms)
    {
        for (int i = 0; i < alarms.count; ++i) {
            if (auto set = schedule(QString::number(i), clock().now() + 1'000'000, Wave { i }); !set)
                return set;
        }
        return {};
    }
    void handle(const Wave &wave) { seen.push_back(wave.number); }
    Result<void> handle(const Fail &) { return fail(codes::Program::configuration); }
};

} // namespace foundry

using namespace foundry;
using test::ActorWorld;
using test::FaultyStorage;

class ActorLimitsTest : public QObject {
    Q_OBJECT

    std::unique_ptr<FaultyStorage> m_disk; // quick, and nothing here is about files
    std::unique_ptr<ActorWorld> m_world;

    ActorRef create(const QString &key)
    {
        const auto made = m_world->system->create(u"Flood"_s, { key });
        if (!made)
            qFatal("%s", qPrintable(made.error().chain()));
        m_world->settle();
        return *made;
    }
    qint64 number(const ActorRef &ref, const char *sql)
    {
        qint64 found = -1;
        (void)m_world->visit<FloodActor>(
            ref, [&](FloodActor &actor) { found = actor.rows().integer(Sql { "number", sql }).value_or(-1); });
        return found;
    }
    // However long it takes, as long as it gets on.
    bool goesOn(const std::function<bool()> &done, const std::function<qint64()> &progress)
    {
        for (;;) {
            const qint64 before = progress();
            if (m_world->waitFor(done))
                return true;
            if (progress() == before)
                return false;
        }
    }
    static qint64 heapInUse() { return qint64(mallinfo2().uordblks); } // 0 under a sanitizer
    static bool tells(const Failure &failure, qint64 limit) { return failure.detail.contains(QString::number(limit)); }

private Q_SLOTS:
    void init()
    {
        m_disk = std::make_unique<FaultyStorage>();
        m_world = std::make_unique<ActorWorld>(
            [](ActorSystem &system) {
                system.registerKind<FloodActor>(u"Flood"_s);
                system.registerKind<LedgerActor>(u"Ledger"_s, LedgerActor::migrations());
            },
            m_disk.get());
    }
    void cleanup()
    {
        m_world.reset();
        m_disk.reset();
    }

    void L05_theQueueHasALength()
    {
        const ActorRef ref = create(u"a"_s);
        const auto refused = m_world->ask(ref, Flood { {}, limits::queueLength + 1 });
        QVERIFY(refused.error().is(codes::Actor::queueFull));
        QVERIFY2(tells(refused.error(), limits::queueLength), qPrintable(refused.error().detail));
        QCOMPARE(number(ref, "SELECT count(*) FROM actor_queue"), 0); // nothing of the transaction is left
        QVERIFY(m_world->ask(ref, Flood { {}, limits::queueLength }));
        (void)m_world->visit<FloodActor>(ref, [](FloodActor &) { });
        QVERIFY(m_world->waitFor([&] {
            bool all = false;
            (void)m_world->visit<FloodActor>(
                ref, [&](FloodActor &actor) { all = actor.seen.size() == size_t(limits::queueLength); });
            return all;
        }));
        (void)m_world->visit<FloodActor>(ref, [](FloodActor &actor) { QVERIFY(std::ranges::is_sorted(actor.seen)); });
    }

    void L05_theOutboxHasALength()
    {
        const ActorRef ref = create(u"a"_s);
        const auto refused = m_world->ask(ref, Flood { u"nobody"_s, limits::outboxLength + 1 });
        QVERIFY(refused.error().is(codes::Actor::queueFull));
        QVERIFY2(tells(refused.error(), limits::outboxLength), qPrintable(refused.error().detail));
        QCOMPARE(number(ref, "SELECT count(*) FROM actor_outbox"), 0);
    }

    void L05_schedulesHaveANumber()
    {
        const ActorRef ref = create(u"a"_s);
        QVERIFY(m_world->ask(ref, Alarms { limits::alarms }));
        const auto refused = m_world->ask(ref, Alarms { limits::alarms + 1 });
        QVERIFY(refused.error().is(codes::Actor::queueFull));
        QVERIFY(tells(refused.error(), limits::alarms));
        QVERIFY(m_world->ask(ref, Alarms { limits::alarms })); // setting one again replaces it
        QCOMPARE(number(ref, "SELECT count(*) FROM actor_alarm"), limits::alarms);
    }

    void deadLettersAreKeptUpToTheirNumber()
    {
        const ActorRef ref = create(u"a"_s);
        int sent = 0;
        for (int i = 0; i < limits::deadLetters + 5; ++i)
            m_world->system->send(ref, Fail {}, {}, [&](const Result<void> &done) { sent += done.has_value(); });
        QVERIFY(m_world->waitFor([&] { return sent == limits::deadLetters + 5; }));
        m_world->settle();
        QCOMPARE(number(ref, "SELECT count(*) FROM actor_dead_letter"), limits::deadLetters);
        QCOMPARE(number(ref, "SELECT min(number) FROM actor_dead_letter"), 6); // the oldest went
    }

    void idempotencyKeysAreRememberedUpToTheirNumber()
    {
        const ActorRef ref = create(u"a"_s);
        (void)m_world->visit<FloodActor>(ref, [](FloodActor &actor) {
            auto transaction = actor.rows().begin();
            const Sql add { "test.key", "INSERT INTO actor_idempotency (key) VALUES (?1)" };
            for (int i = 0; i < limits::idempotencyKeys; ++i)
                QVERIFY(actor.rows().run(add, u"key-%1"_s.arg(i)));
            QVERIFY(transaction->commit());
        });
        QVERIFY(m_world->send(ref, Wave { 1 }, u"key-0"_s)); // known
        QCOMPARE(number(ref, "SELECT count(*) FROM actor_idempotency"), limits::idempotencyKeys);
        QVERIFY(m_world->send(ref, Wave { 2 }, u"another"_s));
        QCOMPARE(number(ref, "SELECT count(*) FROM actor_idempotency"), limits::idempotencyKeys);
        QVERIFY(m_world->send(ref, Wave { 3 }, u"key-0"_s)); // forgotten: the window is told in Message.h
        m_world->settle();
        (void)m_world->visit<FloodActor>(ref, [](FloodActor &actor) { QCOMPARE(actor.seen, (std::vector { 2, 3 })); });
    }

    // 20,000 may wait for one actor; the next ones are told so.
    void ephemeralMessagesHaveALimit()
    {
        const ActorRef ref = create(u"a"_s);
        const int limit = limits::ephemeralQueue + limits::queueLength;
        int answered = 0;
        std::optional<Failure> refused;
        for (int i = 0; i < limit + 50; ++i)
            m_world->system->ask(ref, Wave { i }, 1h, [&](const Result<QJsonValue> &answer) {
                ++answered;
                if (!answer)
                    refused = answer.error();
            });
        QVERIFY(m_world->waitFor([&] { return answered == limit + 50; }));
        QVERIFY(refused);
        QVERIFY(refused->is(codes::Actor::queueFull));
        QVERIFY2(tells(*refused, limit), qPrintable(refused->detail));
    }

    // All are served, in the order of asking, and no more than the limit are ever awake.
    void manyThousandSleepersAreServedFairly()
    {
        const int many = test::sizes().sleepers;
        m_world->crash();
        m_world->awakeActors = 64;
        m_world->start();
        std::vector<ActorRef> refs;
        for (int i = 0; i < many; ++i)
            refs.push_back(*m_world->system->create(u"Ledger"_s, { QString::number(i) }));
        QVERIFY(goesOn([&] { return m_world->system->isQuiet(); }, [this] { return m_disk->writes(); }));
        m_world->advance(limits::idleTime + 1s);
        QVERIFY(m_world->waitFor([&] { return m_world->system->awake() == 0; }));
        m_world->crashAndStart(); // and none of them is in memory
        m_world->settle();
        QCOMPARE(m_world->system->awake(), 0);
        int answered = 0;
        int most = 0;
        std::vector<int> order;
        for (int i = 0; i < many; ++i)
            m_world->system->ask(refs[size_t(i)], Enter { 1 }, 10h, [&, i](const Result<QJsonValue> &answer) {
                answered += answer.has_value();
                order.push_back(i);
            });
        const auto all = [&] {
            most = std::max(most, m_world->system->awake());
            return answered == many;
        };
        QVERIFY(goesOn(all, [&] { return answered; }));
        QVERIFY2(most <= 70, qPrintable(QString::number(most)));
        int late = 0;
        for (int at = 0; at < many; ++at)
            late = std::max(late, at - order[size_t(at)]);
        QVERIFY2(late <= 64, qPrintable(QString::number(late))); // nobody is overtaken by more than those awake
    }

    void sleepingOftenAccumulatesNothing()
    {
        const int often = test::sizes().sleeps;
        const ActorRef ref = *m_world->system->create(u"Ledger"_s, { u"a"_s });
        m_world->settle();
        qint64 diskEarly = 0;
        qint64 memoryEarly = 0;
        for (int i = 1; i <= often; ++i) {
            QVERIFY(m_world->ask(ref, Balance {}));
            m_world->advance(limits::idleTime + 1s);
            QVERIFY(m_world->waitFor([this] { return m_world->system->awake() == 0; }));
            if (i == often / 10) { // the registry's WAL has its size
                diskEarly = m_disk->used();
                memoryEarly = heapInUse();
            }
        }
        QCOMPARE(m_world->clock.pending(), size_t(0)); // no timer
        QVERIFY(m_world->system->isQuiet());
        // The registry's WAL goes round within its checkpoint; the disk is in this memory.
        const qint64 disk = m_disk->used() - diskEarly;
        const qint64 memory = heapInUse() - memoryEarly;
        QVERIFY2(disk < 16 * 1024 * 1024, qPrintable(QString::number(disk)));
        QVERIFY2(memory < 40 * 1024 * 1024, qPrintable(QString::number(memory)));
        QCOMPARE(m_world->system->list().size(), size_t(1));
    }
};

FOUNDRY_TEST_MAIN(ActorLimitsTest)
#include "ActorLimitsTest.moc"
