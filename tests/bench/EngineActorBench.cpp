// Messages, creating, waking, sleeping.
#include "ActorRegistry.h"
#include "EngineBench.h"

#include <malloc.h>

namespace foundry::bench {

namespace {

// Bytes of the heap in use, everything in it.
double heapInUse()
{
    const auto info = mallinfo2();
    return double(info.uordblks) + double(info.hblkhd);
}

template <class Measure> Round besideCommits(Measure &&measure)
{
    constexpr int half = 200;
    const QTemporaryDir folder(benchFolderTemplate());
    RawStore raw(folder.filePath(u"raw"_s));
    const double before = 1 / raw.commitsPerSecond(half);
    const double value = measure();
    const double after = 1 / raw.commitsPerSecond(half);
    return { value, 2 / (before + after) };
}

// Calls `measure` in a world with the actors "echo", "player", "sender" and "ledger", awake.
template <class Measure> double withActors(Measure &&measure)
{
    const QTemporaryDir folder(benchFolderTemplate());
    World world(folder.path());
    world.start();
    std::map<QString, ActorRef> all;
    for (const QString &key : { u"echo"_s, u"player"_s, u"sender"_s, u"ledger"_s }) {
        all[key] = world.make(u"Plain"_s, key);
        check(world.answerOf(all[key], toMessage(Ping { 1 })).has_value(), "ping");
    }
    world.settle();
    const double value = measure(world, all);
    world.drain();
    return value;
}

} // namespace

Round ephemeralRoundTrips(int)
{
    constexpr int rounds = 20'000;
    constexpr int half = 5'000;
    const double before = 1 / queuedSignalRoundTripsPerSecond(half);
    const double value = withActors([&](World &world, std::map<QString, ActorRef> &all) {
        const auto play = [&](int count) {
            const auto done = world.answerOf(all[u"player"_s], toMessage(Play { count }));
            check(done && done->toBool(), "play");
        };
        play(100);
        return rounds / timed([&] { play(rounds); });
    });
    const double after = 1 / queuedSignalRoundTripsPerSecond(half);
    return { value, 2 / (before + after) };
}

// The next is sent when the effect of the one before is on disk.
Round durableMessages(int)
{
    return besideCommits([] {
        return withActors([](World &world, std::map<QString, ActorRef> &all) {
            constexpr int messages = 200;
            return messages / timed([&] {
                       for (int i = 1; i <= messages; ++i) {
                           world.actors.ask(all[u"sender"_s], Send { i }, std::chrono::minutes(1),
                                            [](const Result<QJsonValue> &sent) { check(sent.has_value(), "send"); });
                           World::runUntil([&] { return world.booked == i; });
                       }
                   });
        });
    });
}

// Each sent in a transaction of its own, as fast as the sender takes them, until all effects are on disk.
Round manyDurableMessages(int)
{
    return besideCommits([] {
        return withActors([](World &world, std::map<QString, ActorRef> &all) {
            constexpr int messages = 2000;
            return messages / timed([&] {
                       for (int i = 1; i <= messages; ++i)
                           world.actors.ask(all[u"sender"_s], Send { i }, std::chrono::minutes(1),
                                            [](const Result<QJsonValue> &sent) { check(sent.has_value(), "send"); });
                       World::runUntil([&] { return world.booked == messages; });
                   });
        });
    });
}

// Told as made: the row and its input are on disk. The store comes with the first wake.
Round actorsCreated(int)
{
    constexpr int actors = 2000;
    const QTemporaryDir folder(benchFolderTemplate());
    World world(folder.path());
    world.start();
    world.settle();
    const double seconds = timed([&] {
        bool told = false;
        for (int i = 0; i < actors; ++i)
            world.make(u"Plain"_s, QString::number(i));
        world.actors.whenDurable([&told](const Result<void> &durable) { told = durable.has_value(); });
        World::runUntil([&] { return told; });
    });
    return { actors / seconds, 0 };
}

Round actorsCreatedOneByOne(int)
{
    return besideCommits([] {
        constexpr int actors = 200;
        const QTemporaryDir folder(benchFolderTemplate());
        World world(folder.path());
        world.start();
        world.settle();
        double seconds = 0;
        for (int i = 0; i < actors; ++i) {
            seconds += timed([&] {
                bool told = false;
                world.make(u"Plain"_s, QString::number(i));
                world.actors.whenDurable([&told](const Result<void> &durable) { told = durable.has_value(); });
                World::runUntil([&] { return told; });
            });
        }
        return actors / seconds;
    });
}

Round actorsCreatedAndWoken(int)
{
    constexpr int actors = 200;
    const QTemporaryDir folder(benchFolderTemplate());
    const double before = syncsPerSecond(folder.filePath(u"syncs"_s), actors);
    World world(folder.path());
    world.start();
    world.settle();
    const double seconds = timed([&] {
        int answered = 0;
        for (int i = 0; i < actors; ++i)
            world.actors.ask(world.make(u"Plain"_s, QString::number(i)), Ping { i }, std::chrono::minutes(1),
                             [&](const Result<QJsonValue> &answer) { answered += answer.has_value(); });
        World::runUntil([&] { return answered == actors; });
    });
    world.drain();
    return { actors / seconds, before };
}

// From the message to the answer, of an actor that has a store and a state and is asleep.
Round coldWake(int)
{
    constexpr int actors = 50;
    const QTemporaryDir folder(benchFolderTemplate());
    std::vector<ActorRef> refs;
    {
        World world(folder.path());
        world.start();
        for (int i = 0; i < actors; ++i) {
            refs.push_back(world.make(u"Plain"_s, QString::number(i)));
            check(world.answerOf(refs.back(), toMessage(Book { i })).has_value(), "book");
        }
        world.drain();
    }
    World world(folder.path());
    world.start();
    world.settle();
    std::vector<double> all;
    for (const ActorRef &ref : refs) {
        all.push_back(timed([&] { check(world.answerOf(ref, toMessage(Ping {})).has_value(), "ping"); }) * 1000);
        world.settle();
    }
    world.drain();
    return { median(all), 0 };
}

// What is still held for actors that were made, woken and went to sleep again. The first ones fill the caches.
Round sleepingActor(int)
{
    constexpr int actors = 500;
    const QTemporaryDir folder(benchFolderTemplate());
    NoSync noSync;
    World world(folder.path(), { .sync = &noSync, .idleTime = std::chrono::milliseconds(0) });
    world.start();
    double before = 0;
    for (int i = 0; i < 3 * actors; ++i) {
        if (i == actors)
            before = heapInUse();
        check(world.answerOf(world.make(u"Plain"_s, QString::number(i)), toMessage(Book { i })).has_value(), "book");
        World::runUntil([&] { return world.actors.awake() == 0; });
    }
    return { std::max(0.0, heapInUse() - before) / (2 * actors), 0 };
}

// As a restart finds them: all that keeps a sleeping actor is its row.
Round manySleepingActors(int)
{
    constexpr int actors = 100'000;
    const QTemporaryDir folder(benchFolderTemplate());
    NoSync noSync;
    {
        auto registry = ActorRegistry::open(folder.path(), noSync);
        check(registry.has_value(), "registry");
        Randomness randomness(2);
        for (int i = 0; i < actors; ++i) {
            ActorRow row;
            row.ref = { u"Plain"_s, { QString::number(i) }, randomness.id() };
            check((*registry)->add(row).has_value(), "row");
        }
    }
    malloc_trim(0);
    const double before = heapInUse();
    World world(folder.path());
    world.start();
    world.settle();
    const auto middle = world.actors.get(u"Plain"_s, { QString::number(actors / 2) });
    check(middle && world.answerOf(*middle, toMessage(Ping {})).has_value(), "one of them");
    const double after = heapInUse();
    world.drain();
    return { (after - before) / (1024 * 1024), 0 };
}

} // namespace foundry::bench
