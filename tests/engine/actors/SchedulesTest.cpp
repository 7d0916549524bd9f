// Schedules against clocks that jump, computers that sleep and runs that overlap.
#include "LedgerActor.h"

using namespace std::chrono_literals;
using namespace foundry;
using test::ActorWorld;
using test::FaultyStorage;

class SchedulesTest : public QObject {
    Q_OBJECT

    std::unique_ptr<FaultyStorage> m_disk;
    std::unique_ptr<ActorWorld> m_world;
    ActorRef m_ref;

    int rung()
    {
        m_world->settle();
        m_world->advance(1ms); // one that woke for its schedule runs it with its next timer
        int count = -1;
        (void)m_world->visit<LedgerActor>(m_ref, [&](LedgerActor &actor) { count = actor.rung(); });
        return count;
    }
    ScheduleInfo schedule()
    {
        std::optional<Result<ActorDetails>> details;
        m_world->system->open(m_ref, [&](Result<ActorDetails> given) { details = std::move(given); });
        m_world->waitFor([&] { return details.has_value(); });
        return (*details)->schedules.empty() ? ScheduleInfo {} : (*details)->schedules.front();
    }
    Result<QJsonValue> remind(std::chrono::milliseconds in, std::chrono::milliseconds period)
    {
        return m_world->ask(m_ref, Remind { u"bell"_s, m_world->clock.now() + in.count(), period.count() });
    }

private Q_SLOTS:
    void init()
    {
        m_disk = std::make_unique<FaultyStorage>();
        m_world = std::make_unique<ActorWorld>(
            [](ActorSystem &system) { system.registerKind<LedgerActor>(u"Ledger"_s, LedgerActor::migrations()); },
            m_disk.get());
        m_ref = *m_world->system->create(u"Ledger"_s, { u"a"_s });
        m_world->settle();
    }
    void cleanup()
    {
        m_world.reset();
        m_disk.reset();
    }

    void onceIsOnce()
    {
        QVERIFY(remind(1h, 0ms));
        m_world->advance(59min);
        QCOMPARE(rung(), 0);
        m_world->advance(2min);
        QCOMPARE(rung(), 1);
        m_world->advance(48h);
        QCOMPARE(rung(), 1);
        QCOMPARE(schedule().name, QString());
    }

    void settingItAgainReplacesItAndForgettingEndsIt()
    {
        QVERIFY(remind(1min, 0ms));
        QVERIFY(remind(1h, 0ms));
        m_world->advance(5min);
        QCOMPARE(rung(), 0);
        QVERIFY(m_world->ask(m_ref, Forget { u"bell"_s }));
        m_world->advance(2h);
        QCOMPARE(rung(), 0);
    }

    void aPeriodBelowNothingIsRefused()
    {
        const auto refused = remind(1min, -5ms);
        QVERIFY(refused.error().is(codes::Actor::badMessage));
    }

    // The computer slept: no timer ran, the wall clock went on. One run, not one for each that was missed.
    void aComputersSleepCausesOneLateRun()
    {
        QVERIFY(remind(1min, 1min));
        AwakeToken token;
        (void)m_world->visit<LedgerActor>(m_ref, [&](LedgerActor &actor) { token = actor.hold(); });
        const Millis first = schedule().due;
        m_world->advance(1min);
        QCOMPARE(rung(), 1);
        m_world->clock.jumpWall(8h);
        m_world->advance(limits::longestAlarm); // the clock is read again by then
        const int after = rung();
        QVERIFY2(after >= 2 && after <= 2 + 10, qPrintable(QString::number(after)));
        QCOMPARE((schedule().due - first) % 60'000, 0); // still on its grid
        QVERIFY(schedule().due > m_world->clock.now());
        const int before = rung();
        for (int i = 0; i < 3; ++i)
            m_world->advance(1min);
        QCOMPARE(rung(), before + 3);
    }

    void aClockThatIsSetBackRunsNothingTwice()
    {
        QVERIFY(remind(1h, 1h));
        m_world->advance(61min);
        QCOMPARE(rung(), 1);
        m_world->clock.jumpWall(-30min);
        m_world->advance(1min);
        QCOMPARE(rung(), 1);
        for (int i = 0; i < 6; ++i) {
            m_world->advance(30min);
            (void)rung();
        }
        QVERIFY2(rung() >= 3 && rung() <= 4, qPrintable(QString::number(rung())));
    }

    void aFirstRunTooFarAheadIsRefused()
    {
        QVERIFY(remind(1min, 1min));
        const auto refused = remind(2min, 1min);
        QVERIFY(refused.error().is(codes::Actor::badMessage));
        QVERIFY2(refused.error().detail.contains(u"120000"_s), qPrintable(refused.error().chain()));
    }

    void aClockThatIsSetBackHoldsNothingUp_data()
    {
        QTest::addColumn<bool>("once");
        QTest::addColumn<QString>("meanwhile");
        for (const bool once : { false, true }) {
            for (const char *meanwhile : { "awake", "asleep", "off" })
                QTest::addRow("%s, %s", once ? "once" : "every", meanwhile) << once << QString::fromLatin1(meanwhile);
        }
    }
    void aClockThatIsSetBackHoldsNothingUp()
    {
        QFETCH(bool, once);
        QFETCH(QString, meanwhile);
        const Remind bell { u"bell"_s, m_world->clock.now() + 3'600'000, 3'600'000, once ? 3'600'000 : 0 };
        QVERIFY(m_world->ask(m_ref, bell));
        const Millis first = schedule().due;
        QCOMPARE(schedule().period, once ? 0 : 3'600'000);
        AwakeToken token;
        if (meanwhile == u"awake"_s)
            (void)m_world->visit<LedgerActor>(m_ref, [&](LedgerActor &actor) { token = actor.hold(); });
        m_world->advance(40min);
        QVERIFY(m_world->waitFor([&] { return m_world->system->awake() == (meanwhile == u"awake"_s ? 1 : 0); }));
        if (meanwhile == u"off"_s)
            m_world->crash();
        m_world->clock.jumpWall(-24h * 400);
        if (meanwhile == u"off"_s)
            m_world->start();
        m_world->settle();
        for (auto left = 1h + limits::longestAlarm + 1min; left.count() > 0; left -= 1min)
            m_world->advance(1min);
        QCOMPARE(rung(), 1); // at most twice as long as it was to be
        for (int i = 0; i < 3 * 60; ++i)
            m_world->advance(1min);
        QCOMPARE(rung(), once ? 1 : 4);
        if (!once)
            QCOMPARE((schedule().due - first) % 3'600'000, 0); // still on its grid
    }

    // Once at a time is at that time, whatever the clock is set to.
    void aTimeOfTheClockIsKept()
    {
        QVERIFY(remind(1h, 0ms));
        m_world->advance(30min);
        m_world->clock.jumpWall(-2h);
        for (int i = 0; i < 2 * 60; ++i)
            m_world->advance(1min);
        QCOMPARE(rung(), 0);
        for (int i = 0; i < 45; ++i)
            m_world->advance(1min);
        QCOMPARE(rung(), 1);
    }

    void aSleepingActorsScheduleSeesAJumpToo()
    {
        QVERIFY(remind(24h, 0ms));
        m_world->advance(limits::idleTime + 1s);
        QVERIFY(m_world->waitFor([this] { return m_world->system->awake() == 0; }));
        m_world->clock.jumpWall(25h);
        m_world->advance(limits::longestAlarm + 1s);
        m_world->settle();
        m_world->advance(1s);
        QCOMPARE(rung(), 1);
    }

    // Who falls asleep sets the timer for all sleepers: what the jump made due is not passed over.
    void aSleeperIsNotForgottenWhenAnotherFallsAsleepAfterAJump()
    {
        const ActorRef other = *m_world->system->create(u"Ledger"_s, { u"b"_s });
        AwakeToken token;
        (void)m_world->visit<LedgerActor>(other, [&](LedgerActor &actor) { token = actor.hold(); });
        QVERIFY(remind(24h, 0ms));
        m_world->advance(limits::idleTime + 1s);
        QVERIFY(m_world->waitFor([this] { return m_world->system->awake() == 1; }));
        m_world->clock.jumpWall(25h);
        m_world->system->restart(other); // its closing, at once
        token = {};
        m_world->settle();
        m_world->advance(limits::longestAlarm + 1s);
        for (int i = 0; i < 3; ++i) // to ring, and to fall asleep
            m_world->advance(limits::idleTime + 1s);
        QVERIFY(m_world->waitFor([this] { return m_world->system->awake() == 0; }));
        QVERIFY(!m_world->system->info(m_ref)->wakeAt); // it has rung, and nothing is left to wake for
        QCOMPARE(rung(), 1);
    }

    void monthsAreFine()
    {
        QVERIFY(remind(24h * 75, 0ms));
        m_world->advance(24h * 74);
        QCOMPARE(rung(), 0);
        m_world->advance(25h);
        QCOMPARE(rung(), 1);
    }

    // While nobody could run it, one is waiting; those that fall due meanwhile are skipped and counted.
    void anOverlapIsSkippedAndCounted()
    {
        QVERIFY(remind(1min, 1min));
        (void)m_world->visit<LedgerActor>(m_ref, [](LedgerActor &actor) {
            // As if the first run still waited.
            QVERIFY(actor.rows().run(Sql { "test.wait",
                                           "INSERT INTO actor_queue (kept, name, payload, sender, "
                                           "idempotency_key) VALUES (1, 'bell', x'7B7D', '', '')" }));
        });
        for (int i = 0; i < 3; ++i)
            m_world->advance(1min);
        QCOMPARE(rung(), 0);
        QCOMPARE(schedule().skipped, 3);
        (void)m_world->visit<LedgerActor>(m_ref, [](LedgerActor &actor) {
            QVERIFY(actor.rows().run(Sql { "test.done", "DELETE FROM actor_queue" }));
        });
        m_world->advance(1min);
        QCOMPARE(rung(), 1);
        QCOMPARE(schedule().skipped, 3);
    }

    void aScheduleSurvivesADeathBeforeAndAfterItsTime()
    {
        QVERIFY(remind(1h, 0ms));
        m_world->crash();
        m_disk->losePower();
        m_world->clock.advance(2h);
        m_world->start();
        m_world->settle();
        m_world->advance(1s);
        QCOMPARE(rung(), 1);
        m_world->crash();
        m_disk->losePower();
        m_world->start();
        m_world->settle();
        m_world->advance(1h);
        QCOMPARE(rung(), 1);
    }
};

FOUNDRY_TEST_MAIN(SchedulesTest)
#include "SchedulesTest.moc"
