// Enum names, JSON codec, Async ownership, processes.
#include "ContractJson.h"
#include "FatalWarnings.h"
#include "Process.h"
#include "SimulatedClock.h"

#include <QSignalSpy>

using namespace foundry;
using namespace std::chrono_literals;

namespace {

struct Counted {
    explicit Counted(int &counter)
        : alive(counter)
    {
        ++alive;
    }
    ~Counted() { --alive; }
    int &alive;
};

Async<int> waits(Promise<int> promise, int &alive)
{
    const Counted counted(alive);
    co_return co_await promise;
}

Async<int> outer(Promise<int> promise, int &alive)
{
    auto inner = waits(promise, alive);
    const int value = co_await inner;
    co_return value + 1;
}

} // namespace

class FoundationTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void enumsHaveTheirNames()
    {
        QCOMPARE(enumName(TaskState::needsYou), u"needsYou"_s);
        QCOMPARE(enumFromName<TaskState>(u"archived"), TaskState::archived);
        QVERIFY(!enumFromName<TaskState>(u"nonsense"));
        QVERIFY(!enumFromName<TaskState>(u""));
    }

    void valuesSurviveJson()
    {
        TaskSummary task;
        task.id.value = u"t1"_s;
        task.title = u"Fix"_s;
        task.state = TaskState::publishing;
        task.overlay = TaskOverlay::failed;
        task.reason = { TaskWhy::stepFailed, u"push"_s, 42 };
        task.failure
            = failure(codes::Git::refused, u"protected"_s, Retry::transient).because(failure(codes::Process::failed));
        task.actions = { TaskAction::retryStep, TaskAction::archive };
        TaskSummary read;
        QVERIFY(json::fromJson(json::toJson(task), read));
        QCOMPARE(read, task);
        QCOMPARE(read.failure->chain(), u"git.refused: protected \u2190 process.failed"_s);
    }

    void aWrongFieldIsRefused()
    {
        RepositorySummary repository;
        QVERIFY(!json::fromJson(QJsonObject { { u"name"_s, 3 } }, repository));
        QVERIFY(json::fromJson(QJsonObject { { u"unknown"_s, 3 } }, repository));
    }

    void destroyingAnAsyncFreesItsFrames()
    {
        int alive = 0;
        Promise<int> promise;
        {
            auto running = outer(promise, alive);
            running.start([](int) { QFAIL("must not complete"); });
            QCOMPARE(alive, 1);
        }
        QCOMPARE(alive, 0);
        promise.set(1);
    }

    void anAsyncCompletes()
    {
        int alive = 0;
        int result = 0;
        Promise<int> promise;
        auto running = outer(promise, alive);
        running.start([&](int value) { result = value; });
        QVERIFY(promise.set(41));
        QVERIFY(!promise.set(42));
        QCOMPARE(result, 42);
        QCOMPARE(alive, 0);
    }

    void processes_data()
    {
        QTest::addColumn<QString>("script");
        QTest::addColumn<QString>("expected");
        QTest::newRow("output") << u"printf hello"_s << u"hello"_s;
        QTest::newRow("environment is not inherited") << u"printf %s \"${HOME-none}\""_s << u"none"_s;
        QTest::newRow("exit") << u"echo why >&2; exit 3"_s << u"process.failed: sh -c ended with 3: why"_s;
        QTest::newRow("killed") << u"kill -9 $$"_s << u"process.crashed: sh: "_s;
        QTest::newRow("flood") << u"yes | head -c 1000000"_s << u"process.tooMuchOutput: sh: more than 100000 bytes"_s;
    }

    void processes()
    {
        QFETCH(QString, script);
        QFETCH(QString, expected);
        SystemClock clock;
        ProcessRunner runner(clock);
        ProcessSpec spec;
        spec.program = u"sh"_s;
        spec.arguments = { u"-c"_s, script };
        spec.environment = { { u"PATH"_s, u"/usr/bin:/bin"_s } };
        spec.maxOutput = 100'000;
        QString seen;
        bool done = false;
        auto running = runner.runChecked(spec);
        running.start([&](Result<ProcessOutput> result) {
            seen = result ? QString::fromUtf8(result->output) : result.error().chain();
            done = true;
        });
        QTRY_VERIFY(done);
        QCOMPARE(seen, expected);
    }

    void aProcessIsEndedAtItsTimeLimit()
    {
        test::SimulatedClock clock;
        ProcessRunner runner(clock);
        ProcessSpec spec;
        spec.program = u"/bin/sh"_s;
        spec.arguments = { u"-c"_s, u"exec tail -f /dev/null"_s };
        spec.timeOut = 10s;
        QString seen;
        auto running = runner.run(spec);
        running.start([&](Result<ProcessOutput> result) { seen = result.error().name(); });
        clock.advance(9s);
        QVERIFY(seen.isEmpty());
        clock.advance(1s);
        QCOMPARE(seen, u"process.timedOut"_s);
    }

    void aMissingProgramIsNamed()
    {
        SystemClock clock;
        ProcessRunner runner(clock);
        QString seen;
        auto running = runner.run({ .program = u"no-such-program"_s });
        running.start([&](Result<ProcessOutput> result) { seen = result.error().chain(); });
        QCOMPARE(seen, u"process.notFound: no-such-program"_s);
    }
};

FOUNDRY_TEST_MAIN(FoundationTest)
#include "FoundationTest.moc"
