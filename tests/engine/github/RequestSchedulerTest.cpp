// Which request may go out when: limits, pauses, priorities, on numbers alone.
#include "FatalWarnings.h" // first: moc stumbles over <concepts> before a Qt header

#include "RequestScheduler.h"

using namespace foundry;

class RequestSchedulerTest : public QObject {
    Q_OBJECT

    static constexpr Millis now = 1'800'000'000'000;
    static RequestWish wish(ForgeApi api = ForgeApi::rest, RequestPriority priority = RequestPriority::background)
    {
        return { api, priority, false, 0 };
    }
    static LimitSigns good(int remaining = 4'000)
    {
        return { 200, remaining, 5'000, now + 3'600'000, -1, false, false };
    }
    static LimitSigns refused(Millis retryAfter, bool secondary = false, int remaining = 4'000)
    {
        return { 403, remaining, 5'000, now + 1'800'000, retryAfter, true, secondary };
    }

private Q_SLOTS:
    void soManyAtOnce()
    {
        RequestScheduler scheduler;
        for (int i = 0; i < 20; ++i)
            QVERIFY(scheduler.add(wish()) > 0);
        const auto first = scheduler.start(now);
        QCOMPARE(first.size(), size_t(limits::requestsAtOnce));
        QCOMPARE(scheduler.start(now).size(), 0u);
        QCOMPARE(scheduler.nextLook(now), 0); // an answer comes first
        QCOMPARE(scheduler.answered(first.front(), good(), now), Verdict::done);
        QCOMPARE(scheduler.start(now).size(), 1u);
    }

    void thePersonGoesFirst()
    {
        RequestScheduler scheduler;
        for (int i = 0; i < limits::requestsAtOnce; ++i)
            scheduler.add(wish());
        const auto onScreen = scheduler.add(wish(ForgeApi::rest, RequestPriority::onScreen));
        const auto person = scheduler.add(wish(ForgeApi::graphql, RequestPriority::person));
        const auto started = scheduler.start(now);
        QCOMPARE(started.at(0), person);
        QCOMPARE(started.at(1), onScreen);
    }

    void aMinuteHasItsPoints()
    {
        RequestScheduler scheduler;
        for (int i = 0; i < limits::restPointsAMinute + 10; ++i)
            scheduler.add(wish());
        int sent = 0;
        for (auto started = scheduler.start(now); !started.empty(); started = scheduler.start(now)) {
            for (const auto ticket : started) {
                scheduler.answered(ticket, good(), now);
                ++sent;
            }
        }
        QCOMPARE(sent, limits::restPointsAMinute);
        QCOMPARE(scheduler.nextLook(now), now + 60'000);
        scheduler.add(wish(ForgeApi::graphql)); // has a budget of its own
        QCOMPARE(scheduler.start(now).size(), 1u);
        QVERIFY(!scheduler.start(now + 60'000).empty());
    }

    void writesAreASecondApart()
    {
        RequestScheduler scheduler;
        RequestWish write = wish(ForgeApi::rest, RequestPriority::person);
        write.writes = true;
        scheduler.add(write);
        scheduler.add(write);
        const auto first = scheduler.start(now);
        QCOMPARE(first.size(), 1u);
        QCOMPARE(scheduler.start(now + 5'000).size(), 0u); // one at a time
        scheduler.answered(first.front(), good(), now + 10);
        QCOMPARE(scheduler.start(now + 10).size(), 0u);
        QCOMPARE(scheduler.nextLook(now + 10), now + limits::betweenWrites);
        QCOMPARE(scheduler.start(now + limits::betweenWrites).size(), 1u);
    }

    void retryAfterIsObeyed()
    {
        RequestScheduler scheduler;
        scheduler.add(wish());
        scheduler.add(wish(ForgeApi::graphql));
        const auto started = scheduler.start(now);
        QCOMPARE(scheduler.answered(started.at(0), refused(30'000), now), Verdict::again);
        QCOMPARE(scheduler.pause(now), (Pause { SyncPause::slowDown, now + 30'000 }));
        scheduler.add(wish(ForgeApi::graphql));
        QCOMPARE(scheduler.start(now + 29'999).size(), 0u);
        QCOMPARE(scheduler.nextLook(now), now + 30'000);
        QCOMPARE(scheduler.start(now + 30'000).size(), 2u);
    }

    void aSecondaryLimitWithoutATimeDoubles()
    {
        RequestScheduler scheduler;
        const auto ticket = scheduler.add(wish());
        Millis at = now;
        for (const Millis span : { 60'000, 120'000, 240'000, 480'000, 900'000 }) {
            QCOMPARE(scheduler.start(at).size(), 1u);
            QCOMPARE(scheduler.answered(ticket, refused(-1, true), at), Verdict::again);
            QCOMPARE(scheduler.pause(at).until, at + span);
            at += span;
        }
        QCOMPARE(scheduler.start(at).size(), 1u);
        QCOMPARE(scheduler.answered(ticket, refused(-1, true), at), Verdict::done); // limits::limitedAttempts
        QCOMPARE(scheduler.waiting(), 0u);
    }

    void aUsedUpQuotaWaitsForItsReset()
    {
        RequestScheduler scheduler;
        const auto ticket = scheduler.add(wish());
        scheduler.start(now);
        QCOMPARE(scheduler.answered(ticket, refused(-1, false, 0), now), Verdict::again);
        QCOMPARE(scheduler.pause(now), (Pause { SyncPause::quota, now + 1'800'000 }));
        scheduler.add(wish(ForgeApi::graphql)); // has a quota of its own
        QCOMPARE(scheduler.start(now).size(), 1u);
        QCOMPARE(scheduler.start(now + 1'800'000).size(), 1u);
    }

    void theLastTenthIsForThePerson()
    {
        RequestScheduler scheduler;
        const auto ticket = scheduler.add(wish());
        scheduler.start(now);
        scheduler.answered(ticket, good(500), now);
        scheduler.add(wish());
        QCOMPARE(scheduler.start(now).size(), 0u);
        QCOMPARE(scheduler.pause(now).why, SyncPause::quota);
        scheduler.add(wish(ForgeApi::rest, RequestPriority::person));
        QCOMPARE(scheduler.start(now).size(), 1u);
        QCOMPARE(scheduler.start(now + 3'600'000).size(), 1u);
    }

    void aClockThatLiesPausesForAnHourAtMost()
    {
        RequestScheduler scheduler;
        const auto ticket = scheduler.add(wish());
        scheduler.start(now);
        scheduler.answered(ticket, { 403, 0, 5'000, now + 1'000'000'000, -1, true, false }, now);
        QCOMPARE(scheduler.pause(now).until, now + limits::longestPause);
    }

    void whoWaitsTooLongIsToldSo()
    {
        RequestScheduler scheduler;
        const auto ticket = scheduler.add(wish());
        scheduler.start(now);
        scheduler.answered(ticket, refused(300'000), now);
        RequestWish impatient = wish(ForgeApi::rest, RequestPriority::person);
        impatient.waitsUntil = now + 10'000;
        const auto other = scheduler.add(impatient);
        QCOMPARE(scheduler.nextLook(now), now + 10'000);
        QVERIFY(scheduler.expired(now + 9'999).empty());
        QCOMPARE(scheduler.expired(now + 10'000), std::vector { other });
    }

    void readsAreTriedAgainAndWritesAreNot()
    {
        RequestScheduler scheduler;
        RequestWish write = wish(ForgeApi::rest, RequestPriority::person);
        write.writes = true;
        const auto writing = scheduler.add(write);
        const auto reading = scheduler.add(wish());
        QCOMPARE(scheduler.start(now).size(), 2u);
        QCOMPARE(scheduler.answered(writing, LimitSigns {}, now), Verdict::done);
        QCOMPARE(scheduler.answered(reading, { 502 }, now), Verdict::again);
        QCOMPARE(scheduler.start(now + 999).size(), 0u);
        QCOMPARE(scheduler.start(now + 1'000).size(), 1u);
        QCOMPARE(scheduler.answered(reading, LimitSigns {}, now + 1'000), Verdict::again);
        QCOMPARE(scheduler.start(now + 5'000).size(), 1u);
        QCOMPARE(scheduler.answered(reading, LimitSigns {}, now + 5'000), Verdict::done);
    }

    void cancellingGivesThePlaceBack()
    {
        RequestScheduler scheduler;
        for (int i = 0; i <= limits::requestsAtOnce; ++i)
            scheduler.add(wish());
        const auto started = scheduler.start(now);
        scheduler.cancel(started.front());
        QCOMPARE(scheduler.start(now).size(), 1u);
        QCOMPARE(scheduler.answered(started.front(), good(), now), Verdict::done); // late, and of no account
    }

    void theQueueIsBounded()
    {
        RequestScheduler scheduler;
        for (int i = 0; i < limits::requestsWaiting; ++i)
            QVERIFY(scheduler.add(wish()) > 0);
        QCOMPARE(scheduler.add(wish()), 0u);
    }
};

FOUNDRY_TEST_MAIN(RequestSchedulerTest)
#include "RequestSchedulerTest.moc"
