// Steps a second, growth, replay.
#include "EngineBench.h"

namespace foundry::bench {

namespace {

constexpr int longHistory = 10'000;

// The peer in two halves, before and after, so that what the machine does meanwhile meets both.
template <class Measure> Round besideCommits(int commits, Measure &&measure)
{
    const QTemporaryDir folder(benchFolderTemplate());
    RawStore raw(folder.filePath(u"raw"_s));
    const double before = 1 / raw.commitsPerSecond(commits / 2);
    const double value = measure();
    const double after = 1 / raw.commitsPerSecond(commits / 2);
    return { value, 2 / (before + after) };
}

// New workflows side by side, and single-row commits, in turns of some hundred commits each. A turn of the workflows
// lasts from a gate in a step of each to the next gate, with all that lies between on disk.
Round stepsBesideCommits(int runs, int stepsATurn, int turns, int commitsATurn)
{
    const QTemporaryDir folder(benchFolderTemplate());
    RawStore raw(folder.filePath(u"raw"_s));
    World world(folder.path());
    world.script.steps = stepsATurn * turns + 1;
    world.script.waitsAt = [stepsATurn](int number) { return number % stepsATurn == 0; };
    world.start();
    const auto allAtGate = [&] { World::runUntil([&] { return int(world.script.gates.size()) == runs; }); };
    for (int i = 0; i < runs; ++i)
        world.make(u"Steps"_s, QString::number(i));
    allAtGate();
    world.settle();
    double ours = 0;
    double theirs = 0;
    for (int turn = 0; turn < turns; ++turn) {
        if (turn % 2 == 0)
            theirs += commitsATurn / raw.commitsPerSecond(commitsATurn);
        ours += timed([&] {
            world.script.openGates();
            allAtGate();
        });
        if (turn % 2 == 1)
            theirs += commitsATurn / raw.commitsPerSecond(commitsATurn);
    }
    world.script.openGates();
    World::runUntil([&] { return world.script.finished == runs; });
    world.drain();
    return { runs * stepsATurn * turns / ours, commitsATurn * turns / theirs };
}

// A run with a long history that waits for a message, asleep.
ActorRef prepareLongRun(const QString &folder)
{
    NoSync noSync;
    World world(folder, { .sync = &noSync });
    world.script.steps = longHistory;
    world.script.stays = true;
    world.start();
    const ActorRef run = world.make(u"Steps"_s, u"long"_s);
    World::runUntil([&] { return world.script.finished == 1; });
    world.drain();
    return run;
}

} // namespace

Round oneWorkflow(int)
{
    return stepsBesideCommits(1, 50, 20, 50);
}

Round manyWorkflows(int)
{
    return stepsBesideCommits(100, 5, 10, 100);
}

Round thousandWorkflows(int)
{
    return besideCommits(1000, [] {
        constexpr int runs = 1000;
        constexpr int steps = 10;
        const QTemporaryDir folder(benchFolderTemplate());
        World world(folder.path());
        world.script.steps = steps;
        world.start();
        const double seconds = timed([&] {
            for (int i = 0; i < runs; ++i)
                world.make(u"Steps"_s, QString::number(i));
            World::runUntil([&] { return world.script.finished == runs; });
        });
        world.drain();
        return runs * steps / seconds;
    });
}

// A run at step 10,000 and one at step 100 take turns of 50 steps.
Round growth(int)
{
    constexpr int turn = 50;
    constexpr int turns = 20;
    const QTemporaryDir folder(benchFolderTemplate());
    World world(folder.path());
    {
        NoSync noSync;
        World before(folder.path(), { .sync = &noSync });
        before.script.steps = longHistory + 1;
        before.script.waitsAt = [](int number) { return number == longHistory; };
        before.start();
        before.make(u"Steps"_s, u"long"_s);
        World::runUntil([&] { return !before.script.gates.empty(); });
        before.drain();
    }
    world.script.steps = 2 * longHistory;
    world.script.waitsAt = [](int number) { return number >= 100 && number % turn == 0; };
    world.start();
    const auto atGate = [&](size_t count) { World::runUntil([&] { return world.script.gates.size() == count; }); };
    world.make(u"Steps"_s, u"short"_s);
    atGate(2);
    double seconds[2] = {};
    for (int i = 0; i < 2 * turns; ++i) {
        const bool isLong = i % 2 == (i / 2) % 2; // ABBA
        const auto gate = world.script.gates.extract(ActorKey { isLong ? u"long"_s : u"short"_s }.text());
        seconds[isLong] += timed([&] {
            gate.mapped().set(true);
            atGate(2);
        });
    }
    return { turn * turns / seconds[1], turn * turns / seconds[0] };
}

// From the message that wakes it to the answer: registry, opening, reading, running to where it waits.
Round replay(int)
{
    const QTemporaryDir folder(benchFolderTemplate());
    const ActorRef run = prepareLongRun(folder.path());
    std::vector<double> all;
    for (int i = 0; i < 5; ++i) {
        World world(folder.path());
        world.script.steps = longHistory;
        world.script.stays = true;
        world.start();
        world.settle();
        check(world.actors.awake() == 0, "it sleeps");
        all.push_back(timed([&] { check(world.answerOf(run, toMessage(Ping {})).has_value(), "answer"); }) * 1000);
        world.drain();
    }
    return { median(all), 0 };
}

} // namespace foundry::bench
