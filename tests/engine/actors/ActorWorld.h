// A data folder with an actor system that can be killed and started again, on simulated time.
#pragma once

#include "ActorSystem.h"
#include "FatalWarnings.h"
#include "FaultyStorage.h"
#include "SimulatedClock.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <limits>

namespace foundry::test {

class ActorWorld {
public:
    static constexpr int patience = 60'000; // ms, on a machine that others use too
    using Kinds = std::function<void(ActorSystem &)>;
    // On `faulty` if given, else on the real disk.
    explicit ActorWorld(Kinds kinds, FaultyStorage *faulty = nullptr)
        : disk(faulty)
        , m_kinds(std::move(kinds))
    {
        start();
    }
    ~ActorWorld() { crash(); }

    void start()
    {
        SyncService &syncs = disk ? disk->sync() : static_cast<SyncService &>(sync);
        ActorSystemOptions options { folder.path(), clock, syncs, randomness,
                                     [this](const Event &event) { events.push_back(event); } };
        options.mayCommit = mayCommit;
        options.awakeActors = awakeActors;
        if (disk)
            options.vfs = disk->vfs();
        system = std::make_unique<ActorSystem>(std::move(options));
        m_kinds(*system);
        const auto started = system->start();
        if (!started)
            qFatal("%s", qPrintable(started.error().chain()));
    }
    // What the death of the process leaves.
    void crash() { system.reset(); }
    void crashAndStart()
    {
        crash();
        start();
    }
    bool drain()
    {
        bool done = false;
        system->drain([&] { done = true; });
        return waitFor([&] { return done; });
    }
    // Until nothing runs that needs no time.
    void settle()
    {
        waitFor([this] { return !system || system->isQuiet(); });
    }
    bool waitFor(const std::function<bool()> &condition)
    {
        QElapsedTimer since;
        since.start();
        while (!condition()) {
            if (since.elapsed() > patience)
                return false;
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents | QEventLoop::AllEvents, 5);
        }
        return true;
    }
    void advance(std::chrono::milliseconds span)
    {
        clock.advance(span);
        settle();
    }
    template <TypedMessage M>
    Result<QJsonValue> ask(const ActorRef &to, const M &message,
                           std::chrono::milliseconds deadline = std::chrono::hours(1))
    {
        std::optional<Result<QJsonValue>> answer;
        system->ask(to, message, deadline, [&](Result<QJsonValue> given) { answer = std::move(given); });
        if (!waitFor([&] { return answer.has_value(); }))
            return fail(codes::Program::internal, u"no answer"_s);
        return *answer;
    }
    template <TypedMessage M>
    Result<void> send(const ActorRef &to, const M &message, const QString &idempotencyKey = {})
    {
        std::optional<Result<void>> sent;
        system->send(to, message, idempotencyKey, [&](Result<void> given) { sent = std::move(given); });
        if (!waitFor([&] { return sent.has_value(); }))
            return fail(codes::Program::internal, u"not sent"_s);
        return *sent;
    }
    Result<void> destroy(const ActorRef &ref)
    {
        std::optional<Result<void>> done;
        system->destroy(ref, [&](Result<void> given) { done = std::move(given); });
        if (!waitFor([&] { return done.has_value(); }))
            return fail(codes::Program::internal, u"not destroyed"_s);
        return *done;
    }
    std::vector<DeadLetter> deadLetters(const ActorRef &ref)
    {
        std::optional<std::vector<DeadLetter>> letters;
        system->deadLetters(
            ref, [&](Result<std::vector<DeadLetter>> found) { letters = found.value_or(std::vector<DeadLetter> {}); });
        waitFor([&] { return letters.has_value(); });
        return letters.value_or(std::vector<DeadLetter> {});
    }
    template <class A> bool visit(const ActorRef &ref, const std::function<void(A &)> &read)
    {
        std::optional<bool> visited;
        system->visit<A>(ref, [&](Result<A *> actor) {
            if (actor)
                read(**actor);
            else
                visitFailure = actor.error().chain();
            visited = actor.has_value();
        });
        waitFor([&] { return visited.has_value(); });
        return visited.value_or(false);
    }
    // What the kernel keeps of a process that died while it handled this message (see HandlingMark).
    void diedIn(const QString &actor, qint64 sequence)
    {
        QFile file(folder.filePath(QStringLiteral("handling")));
        if (!file.open(QIODevice::ReadWrite))
            qFatal("%s", qPrintable(file.errorString()));
        QByteArray page(reinterpret_cast<const char *>(&sequence), sizeof sequence);
        page += actor.toLatin1();
        file.write(page.leftJustified(64, 0));
    }
    // The death of the process just before the commit with this number, counted over all actors.
    void dieAtCommit(int number)
    {
        death = number;
        commits = 0;
        mayCommit = [this](const ActorRef &) { return ++commits < death; };
    }

    QString storePath(const ActorRef &ref) const
    {
        return folder.filePath(u"actors/"_s + ref.id.left(2) + u'/' + ref.id + u".sqlite"_s);
    }

    FaultyStorage *const disk;
    QTemporaryDir folder;
    SimulatedClock clock;
    ThreadedSync sync;
    Randomness randomness { 7 };
    std::vector<Event> events;
    std::function<bool(const ActorRef &)> mayCommit;
    int commits = 0;
    int death = std::numeric_limits<int>::max();
    QString visitFailure;
    int awakeActors = limits::awakeActors;
    std::unique_ptr<ActorSystem> system;

private:
    Kinds m_kinds;
};

} // namespace foundry::test
