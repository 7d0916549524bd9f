// The wall clock is set back, by a person, by NTP or by a computer that begins years ago: what waits for a span of time
// begins anew and waits at most twice as long; what waits for a time of the clock's waits for that.
#include "ScriptTest.h"

using namespace foundry;
using namespace std::chrono_literals;

namespace {

Workflow sleepRun(ScriptActor &actor, WorkflowContext &context)
{
    auto sleeping = context.sleep(u"nap"_s, 1h);
    (void)co_await sleeping;
    actor.note(u"over"_s);
    co_return Result<void>();
}

Workflow receiveRun(ScriptActor &actor, WorkflowContext &context)
{
    auto receiving = context.receive(u"next"_s, { u"prompt"_s }, 1h);
    auto received = co_await receiving;
    actor.note(received ? u"received"_s : u"over"_s);
    co_return Result<void>();
}

Workflow retryRun(ScriptActor &actor, WorkflowContext &context)
{
    StepOptions options = exact(2);
    options.retry.firstDelay = 1h;
    options.retry.cap = 1h;
    options.totalTimeOut = 3h;
    auto stepping = actor.step(context, u"work"_s, options);
    auto worked = co_await stepping;
    actor.note(worked ? u"over"_s : worked.error().chain());
    co_return Result<void>();
}

// For ever, but for the limit of the whole run.
Workflow limitRun(ScriptActor &actor, WorkflowContext &context)
{
    auto receiving = context.receive(u"next"_s, { u"prompt"_s });
    auto received = co_await receiving;
    actor.note(received ? u"received"_s : u"over"_s);
    co_return Result<void>();
}

Workflow untilRun(ScriptActor &actor, WorkflowContext &context)
{
    const Millis at = context.now(u"now"_s) + std::chrono::milliseconds(1h).count();
    auto sleeping = context.sleepUntil(u"nap"_s, at);
    (void)co_await sleeping;
    actor.note(u"over"_s);
    co_return Result<void>();
}

using Script = Workflow (*)(ScriptActor &, WorkflowContext &);
enum class Meanwhile { asleep, awake, off };

} // namespace

Q_DECLARE_METATYPE(Script)
Q_DECLARE_METATYPE(Meanwhile)

class ClockTest final : public ScriptTest {
    Q_OBJECT

    bool isOver()
    {
        m_world->settle();
        return m_outside->finally == QStringList(u"over"_s);
    }
    void pass(std::chrono::milliseconds span)
    {
        for (auto left = span; left.count() > 0; left -= 1min)
            m_world->advance(1min);
    }

private Q_SLOTS:
    void init() { startWorld(); }
    void cleanup() { endWorld(); }

    void aSpanOfTimeIsAtMostTwiceAsLong_data()
    {
        QTest::addColumn<Script>("script");
        QTest::addColumn<Meanwhile>("meanwhile");
        const std::vector<std::pair<const char *, Script>> scripts {
            { "sleep", sleepRun }, { "receive", receiveRun }, { "retry", retryRun }, { "the whole", limitRun }
        };
        const std::vector<std::pair<const char *, Meanwhile>> all { { "asleep", Meanwhile::asleep },
                                                                    { "awake", Meanwhile::awake },
                                                                    { "off", Meanwhile::off } };
        for (const auto &[name, script] : scripts) {
            for (const auto &[how, meanwhile] : all)
                QTest::addRow("%s, %s", name, how) << script << meanwhile;
        }
    }
    void aSpanOfTimeIsAtMostTwiceAsLong()
    {
        QFETCH(Script, script);
        QFETCH(Meanwhile, meanwhile);
        if (script == limitRun)
            m_outside->timeOut = 1h;
        m_outside->bodies[u"work"_s] = [](StepRun &, int attempt) {
            return attempt == 1 ? failing(failure(codes::Program::internal, {}, Retry::transient)) : value(1);
        };
        begin(script);
        AwakeToken token;
        if (meanwhile == Meanwhile::awake)
            m_world->visit<ScriptActor>(m_ref, [&](ScriptActor &actor) { token = actor.stayAwake(); });
        pass(40min);
        QCOMPARE(m_world->system->awake(), meanwhile == Meanwhile::awake ? 1 : 0);
        if (meanwhile == Meanwhile::off)
            m_world->crash();
        m_world->clock.jumpWall(-24h * 400);
        if (meanwhile == Meanwhile::off)
            m_world->start();
        pass(15min);
        QVERIFY(!isOver());
        pass(1h - 15min + limits::longestAlarm + 1min);
        QVERIFY(isOver());
        token = {};
        for (const WorkflowEntry &entry : entries()) // what is shown of a wait makes sense
            QVERIFY(script == limitRun
                    || (entry.line.startedAt <= entry.line.endedAt && entry.line.endedAt <= m_world->clock.now()));
    }

    void aTimeOfTheClockStays()
    {
        begin(untilRun);
        pass(40min);
        m_world->clock.jumpWall(-3h);
        pass(3h + 10min);
        QVERIFY(!isOver());
        pass(20min);
        QVERIFY(isOver());
    }

    // Once is enough: the next look does not begin it anew again.
    void aSmallStepBackCostsNoMoreThanItself()
    {
        begin(sleepRun);
        pass(40min);
        m_world->clock.jumpWall(-5min);
        pass(24min);
        QVERIFY(!isOver());
        pass(2min);
        QVERIFY(isOver());
    }
};

FOUNDRY_TEST_MAIN(ClockTest)
#include "ClockTest.moc"
