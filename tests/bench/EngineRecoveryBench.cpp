// After SIGKILL; and on a disk that is slow.
#include "EngineBench.h"

#include <QProcess>

#include <atomic>
#include <cstdio>

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

std::atomic<int> syncDelay = 0; // ms

void beSlow()
{
    if (const int delay = syncDelay.load(std::memory_order_relaxed); delay > 0)
        (void)::poll(nullptr, 0, delay);
}

} // namespace

// Every sync of this program goes through here, SQLite's own too.
extern "C" int fdatasync(int file)
{
    beSlow();
    return int(::syscall(SYS_fdatasync, file));
}
extern "C" int fsync(int file)
{
    beSlow();
    return int(::syscall(SYS_fsync, file));
}

namespace foundry::bench {

namespace {

constexpr int inFlight = 1000;

} // namespace

// Says so when each of its workflows is in a step, and waits to be killed.
int beInFlight(const QString &folder)
{
    World world(folder);
    world.script.steps = 2;
    world.script.hangs = true;
    world.start();
    for (int i = 0; i < inFlight; ++i)
        world.make(u"Steps"_s, QString::number(i));
    World::runUntil([&] { return world.script.hanging == inFlight; });
    std::puts("in flight");
    std::fflush(stdout);
    return QCoreApplication::exec();
}

Round recovery(int)
{
    const QTemporaryDir folder(benchFolderTemplate());
    QProcess victim;
    victim.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    victim.start(QCoreApplication::applicationFilePath(), { u"--be-in-flight"_s, folder.path() });
    check(victim.waitForReadyRead(120'000), "in flight");
    victim.kill();
    check(victim.waitForFinished(), "killed");
    World world(folder.path());
    world.script.steps = 2;
    world.script.hangs = true;
    const double seconds = timed([&] {
        world.start();
        World::runUntil([&] { return world.script.hanging == inFlight; });
    });
    return { seconds, 0 };
}

// Each sync takes 10 ms more, on whatever thread it is made. 50 workflows commit one step after the other; meanwhile an
// actor that has nothing to do with them is asked, 10 ms after its last answer.
Round slowDisk(int)
{
    constexpr int runs = 50;
    constexpr int asks = 300;
    const QTemporaryDir folder(benchFolderTemplate());
    World world(folder.path());
    world.script.steps = 100'000;
    world.script.waitsAt = [](int number) { return number == 0; };
    world.start();
    const ActorRef echo = world.make(u"Plain"_s, u"echo"_s);
    for (int i = 0; i < runs; ++i)
        world.make(u"Steps"_s, QString::number(i));
    World::runUntil([&] { return world.script.gates.size() == runs; });
    check(world.answerOf(echo, toMessage(Ping {})).has_value(), "echo");
    syncDelay = 10;
    world.script.waitsAt = {};
    world.script.openGates();
    std::vector<double> delays;
    for (int i = 0; i < asks; ++i) {
        bool rested = false;
        const Alarm rest = world.clock.after(std::chrono::milliseconds(10), [&rested] { rested = true; });
        World::runUntil([&] { return rested; });
        delays.push_back(timed([&] { check(world.answerOf(echo, toMessage(Ping {})).has_value(), "ping"); }) * 1000);
    }
    syncDelay = 0;
    world.drain();
    std::ranges::sort(delays);
    return { delays.at(delays.size() * 99 / 100), 0 };
}

} // namespace foundry::bench
