// Identity, waking and sleeping, state, messages between actors, schedules, dead letters.
#include "ActorWorld.h"

#include <QFile>

#include <stdexcept>

using namespace std::chrono_literals;

namespace foundry {

struct Add {
    static constexpr auto name = "add";
    int value = 0;
};
FOUNDRY_JSON(Add, value)
struct Total {
    static constexpr auto name = "total";
};
FOUNDRY_JSON(Total)
struct Refuse {
    static constexpr auto name = "refuse";
};
FOUNDRY_JSON(Refuse)
struct Throw {
    static constexpr auto name = "throwIt";
};
FOUNDRY_JSON(Throw)
struct Tick {
    static constexpr auto name = "tick";
    static constexpr bool coalesces = true;
};
FOUNDRY_JSON(Tick)
struct Forward {
    static constexpr auto name = "forward";
    QString to; // key
    int value = 0;
    int times = 1;
    bool failAfterwards = false;
};
FOUNDRY_JSON(Forward, to, value, times, failAfterwards)
struct Fill {
    static constexpr auto name = "fill";
    int bytes = 0;
};
FOUNDRY_JSON(Fill, bytes)
struct Plan {
    static constexpr auto name = "plan";
    qint64 first = 0;
    qint64 period = 0;
};
FOUNDRY_JSON(Plan, first, period)
struct Later {
    static constexpr auto name = "later";
};
FOUNDRY_JSON(Later)
struct Finish {
    static constexpr auto name = "finish";
};
FOUNDRY_JSON(Finish)
struct Spawn {
    static constexpr auto name = "spawn";
    QString key;
};
FOUNDRY_JSON(Spawn, key)
struct Tell {
    static constexpr auto name = "tell";
    bool failAfterwards = false;
};
FOUNDRY_JSON(Tell, failAfterwards)

struct Sum {
    int total = 0;
    int created = 0;
    int ticks = 0;
    QString filler;
};
FOUNDRY_JSON(Sum, total, created, ticks, filler)

using CounterMessage = std::variant<Add, Total, Refuse, Throw, Tick, Forward, Fill, Plan, Later, Finish, Spawn, Tell>;

struct Lives {
    int made = 0;
    int woken = 0;
    int slept = 0;
    int destroyed = 0;
    int thrown = 0;
    bool refuseToWake = false;
    QString heir; // of what is destroyed
};

class CounterActor final : public Actor {
public:
    explicit CounterActor(Lives &lives)
        : m_lives(lives)
    {
        ++m_lives.made;
    }

protected:
    Result<void> onCreate(const QJsonObject &input) override
    {
        ++m_sum.edit().created;
        m_sum.edit().total = input.value(u"start"_s).toInt();
        return {};
    }
    Result<void> onWake() override
    {
        ++m_lives.woken;
        if (m_lives.refuseToWake)
            return fail(codes::Program::configuration, u"not now"_s);
        return {};
    }
    void onSleep() override { ++m_lives.slept; }
    Result<void> onDestroy() override
    {
        ++m_lives.destroyed;
        if (!m_lives.heir.isEmpty())
            return send(ActorRef { u"Counter"_s, { m_lives.heir }, {} }, Add { m_sum->total });
        return {};
    }
    Result<QJsonValue> onMessage(const Message &message) override
    {
        return dispatch<CounterMessage>(message, [this](const auto &typed) { return handle(typed); });
    }

private:
    Result<int> handle(const Add &add)
    {
        m_sum.edit().total += add.value;
        return m_sum->total;
    }
    Result<int> handle(const Total &) { return m_sum->total; }
    Result<void> handle(const Refuse &)
    {
        m_sum.edit().total = -1;
        return fail(codes::Program::configuration, u"refused"_s);
    }
    Result<void> handle(const Throw &)
    {
        ++m_lives.thrown;
        m_sum.edit().total = -1;
        throw std::runtime_error("bad day");
    }
    Result<int> handle(const Tick &) { return ++m_sum.edit().ticks; }
    Result<void> handle(const Forward &forward)
    {
        for (int i = 0; i < forward.times; ++i) {
            if (auto sent = send(ActorRef { u"Counter"_s, { forward.to }, {} }, Add { forward.value }); !sent)
                return sent;
        }
        if (forward.failAfterwards)
            return fail(codes::Program::configuration);
        return {};
    }
    Result<void> handle(const Fill &fill)
    {
        m_sum.edit().filler = QString(fill.bytes, u'x');
        return {};
    }
    Result<void> handle(const Plan &plan)
    {
        return every(u"ticks"_s, plan.first, std::chrono::milliseconds(plan.period), Tick {});
    }
    void handle(const Later &) { m_later = answerLater(); }
    Result<void> handle(const Finish &) { return m_later.set(QJsonValue(u"at last"_s)); }
    Result<void> handle(const Spawn &child)
    {
        const ActorRef ref { u"Counter"_s, { child.key }, {} };
        if (auto made = spawn(ref, { { u"start"_s, 10 } }); !made)
            return made;
        return send(ref, Add { 1 });
    }
    Result<void> handle(const Tell &tells)
    {
        tell(event::EngineReady {});
        if (tells.failAfterwards)
            return fail(codes::Program::configuration);
        return {};
    }

    Lives &m_lives;
    State<Sum> m_sum { *this };
    LaterAnswer m_later;
};

} // namespace foundry

using namespace foundry;
using test::ActorWorld;

class ActorLifeTest : public QObject {
    Q_OBJECT

    Lives m_lives;
    std::unique_ptr<ActorWorld> m_world;

    ActorRef create(const QString &key, const QJsonObject &input = {})
    {
        const auto made = m_world->system->create(u"Counter"_s, { key }, input);
        if (!made)
            qFatal("%s", qPrintable(made.error().chain()));
        m_world->settle();
        return *made;
    }
    int total(const ActorRef &ref) { return m_world->ask(ref, Total {}).value_or(QJsonValue(-99)).toInt(); }

private Q_SLOTS:
    void init()
    {
        m_lives = {};
        m_world = std::make_unique<ActorWorld>([this](ActorSystem &system) {
            system.registerKind(
                ActorKind { u"Counter"_s, [this] { return std::make_unique<CounterActor>(m_lives); }, {} });
        });
    }
    void cleanup() { m_world.reset(); }

    void L04_aKeyIsExactlyOneActor()
    {
        auto &system = *m_world->system;
        QVERIFY(system.get(u"Counter"_s, { u"a"_s }).error().is(codes::Actor::missing));
        const auto two = system.create(u"Counter"_s, ActorKey { u"a"_s, u"b"_s });
        const auto one = system.create(u"Counter"_s, ActorKey { u"a,b"_s });
        QVERIFY(two && one);
        QVERIFY(two->id != one->id);
        QVERIFY(system.create(u"Counter"_s, ActorKey { u"a"_s, u"b"_s }).error().is(codes::Actor::exists));
        QCOMPARE(system.getOrCreate(u"Counter"_s, ActorKey { u"a"_s, u"b"_s })->id, two->id);
        m_world->settle();
        m_world->crashAndStart();
        QCOMPARE(m_world->system->get(u"Counter"_s, ActorKey { u"a"_s, u"b"_s })->id, two->id);
    }

    void L16_aHandleOfADestroyedActorIsResolvedByItsKey()
    {
        const ActorRef first = create(u"a"_s);
        QVERIFY(m_world->ask(first, Add { 5 }));
        QVERIFY(m_world->destroy(first));
        QCOMPARE(m_lives.destroyed, 1);
        QVERIFY(m_world->ask(first, Total {}).error().is(codes::Actor::missing));
        const ActorRef second = create(u"a"_s);
        QVERIFY(second.id != first.id);
        QCOMPARE(m_world->system->resolve(first)->id, second.id);
        QCOMPARE(total(first), 0);
    }

    void lastWordsArriveWhateverCrashes()
    {
        for (int death = 1;; ++death) {
            init();
            const ActorRef heir = create(u"heir"_s);
            const ActorRef old = create(u"old"_s, { { u"start"_s, 7 } });
            m_lives.heir = u"heir"_s;
            m_world->crash();
            m_world->dieAtCommit(death);
            m_world->start();
            m_world->settle();
            m_world->system->destroy(old, [](const Result<void> &) { });
            m_world->settle();
            const bool died = m_world->commits >= death;
            m_world->crash();
            m_world->mayCommit = {};
            m_world->start();
            m_world->settle();
            if (m_world->system->resolve(old))
                (void)m_world->destroy(old); // not promised: asked again
            m_world->settle();
            QCOMPARE(total(heir), 7);
            QVERIFY(!m_world->system->resolve(old));
            if (!died)
                break;
            QVERIFY(death < 30);
        }
    }

    void creatingHappensOnceWithItsInput()
    {
        const ActorRef ref = create(u"a"_s, { { u"start"_s, 7 } });
        QCOMPARE(total(ref), 7);
        QVERIFY(m_world->ask(ref, Add { 1 }));
        m_world->crashAndStart();
        QCOMPARE(total(ref), 8);
    }

    void anIdleActorSleepsAndAMessageWakesIt()
    {
        const ActorRef ref = create(u"a"_s);
        QVERIFY(m_world->ask(ref, Add { 3 }));
        QCOMPARE(m_world->system->awake(), 1);
        m_world->advance(limits::idleTime + 1s);
        QVERIFY(m_world->waitFor([this] { return m_world->system->awake() == 0; }));
        QCOMPARE(m_lives.slept, 1);
        QCOMPARE(total(ref), 3);
        QCOMPARE(m_lives.woken, 2);
    }

    void aMessageDuringTheFallingAsleepIsServed()
    {
        const ActorRef ref = create(u"a"_s);
        m_world->clock.advance(limits::idleTime + 1s); // it is closing now
        QCOMPARE(m_lives.slept, 1);
        QCOMPARE(m_world->ask(ref, Add { 3 })->toInt(), 3);
        QCOMPARE(m_lives.woken, 2);
    }

    void L12_aFailedMessageIsAnsweredAndTheLoopGoesOn()
    {
        const ActorRef ref = create(u"a"_s);
        QVERIFY(m_world->ask(ref, Add { 3 }));
        const auto refused = m_world->ask(ref, Refuse {});
        QVERIFY(refused.error().is(codes::Program::configuration));
        QCOMPARE(refused.error().correlation, u"Counter[\"a\"] refuse"_s);
        QVERIFY(m_world->ask(ref, Throw {}).error().is(codes::Actor::poisoned));
        QCOMPARE(total(ref), 3); // State went back with the transaction
    }

    void L12_aMessageThatKeepsThrowingBecomesADeadLetter()
    {
        const ActorRef ref = create(u"a"_s);
        QVERIFY(m_world->send(ref, Throw {}));
        QVERIFY(m_world->send(ref, Add { 2 }));
        m_world->settle();
        QCOMPARE(m_lives.thrown, limits::deliveries);
        QCOMPARE(total(ref), 2);
        const auto letters = m_world->deadLetters(ref);
        QCOMPARE(letters.size(), size_t(1));
        QCOMPARE(letters.front().message.name, u"throwIt"_s);
        QCOMPARE(letters.front().deliveries, limits::deliveries);
        QVERIFY(letters.front().failure.detail.contains(u"bad day"));

        bool retried = false;
        m_world->system->retryDeadLetter(ref, letters.front().number,
                                         [&](const Result<void> &done) { retried = done.has_value(); });
        m_world->settle();
        QVERIFY(retried);
        QCOMPARE(m_lives.thrown, 2 * limits::deliveries);
        bool dropped = false;
        m_world->system->dropDeadLetter(ref, m_world->deadLetters(ref).front().number,
                                        [&](const Result<void> &done) { dropped = done.has_value(); });
        m_world->settle();
        QVERIFY(dropped);
        QVERIFY(m_world->deadLetters(ref).empty());
    }

    void L12_aMessageThatEndsTheProcessIsSetAside()
    {
        const ActorRef ref = create(u"a"_s);
        m_world->crash();
        m_world->dieAtCommit(3); // waking, into the queue, the handler
        m_world->start();
        QVERIFY(m_world->send(ref, Add { 5 }));
        m_world->settle();
        QCOMPARE(m_world->commits, 3);
        for (int death = 1; death <= limits::deliveries; ++death) {
            m_world->crash();
            m_world->diedIn(ref.id, 1);
            m_world->dieAtCommit(2); // waking, the handler
            m_world->start();
            m_world->settle();
            QCOMPARE(m_world->commits, death < limits::deliveries ? 2 : 1);
        }
        m_world->death = std::numeric_limits<int>::max();
        const auto letters = m_world->deadLetters(ref);
        QCOMPARE(letters.size(), size_t(1));
        QVERIFY(letters.front().failure.is(codes::Actor::poisoned));
        QCOMPARE(letters.front().deliveries, limits::deliveries);
        QCOMPARE(total(ref), 0);
    }

    void anUnknownMessageIsRefused()
    {
        const ActorRef ref = create(u"a"_s);
        Message message;
        message.name = u"other"_s;
        std::optional<Failure> failure;
        m_world->system->askMessage(ref, message, 1s,
                                    [&](const Result<QJsonValue> &answer) { failure = answer.error(); });
        QVERIFY(m_world->waitFor([&] { return failure.has_value(); }));
        QVERIFY(failure->is(codes::Actor::unknownMessage));
        message.name = u"add"_s;
        message.payload.insert(u"value"_s, u"seven"_s);
        failure.reset();
        m_world->system->askMessage(ref, message, 1s,
                                    [&](const Result<QJsonValue> &answer) { failure = answer.error(); });
        QVERIFY(m_world->waitFor([&] { return failure.has_value(); }));
        QVERIFY(failure->is(codes::Actor::badMessage));
    }

    void L05_anOversizedStateIsRefusedBeforeAnythingChanges()
    {
        const ActorRef ref = create(u"a"_s);
        QVERIFY(m_world->ask(ref, Add { 3 }));
        const auto refused = m_world->ask(ref, Fill { int(limits::stateSize) });
        QVERIFY(refused.error().is(codes::Actor::stateTooLarge));
        QVERIFY(refused.error().detail.contains(QString::number(limits::stateSize)));
        QVERIFY(m_world->ask(ref, Fill { 1000 }));
        QCOMPARE(total(ref), 3);
    }

    void L05_anOversizedMessageIsRefused()
    {
        const ActorRef ref = create(u"a"_s);
        Message message;
        message.name = u"add"_s;
        message.payload.insert(u"x"_s, QString(limits::messageSize, u'x'));
        std::optional<Failure> failure;
        m_world->system->sendMessage(ref, message, {}, [&](const Result<void> &sent) { failure = sent.error(); });
        QVERIFY(m_world->waitFor([&] { return failure.has_value(); }));
        QVERIFY(failure->is(codes::Actor::messageTooLarge));
    }

    void aDurableMessageSurvivesACrash()
    {
        const ActorRef ref = create(u"a"_s);
        QVERIFY(m_world->send(ref, Add { 4 }));
        m_world->crashAndStart();
        m_world->settle();
        QCOMPARE(total(ref), 4);
    }

    void messagesBetweenActorsArriveOnceAndInOrder()
    {
        const ActorRef a = create(u"a"_s);
        const ActorRef b = create(u"b"_s);
        Forward forward;
        forward.to = u"b"_s;
        forward.value = 1;
        forward.times = 200;
        QVERIFY(m_world->ask(a, forward));
        QVERIFY(m_world->waitFor([&] { return total(b) == 200; }));
        forward.failAfterwards = true;
        QVERIFY(!m_world->ask(a, forward)); // what a failed handler sent was never sent
        m_world->settle();
        QCOMPARE(total(b), 200);
    }

    void messagesBetweenActorsArriveOnceWhateverCrashes()
    {
        // The process dies before each commit in turn, until the whole exchange goes through.
        for (int death = 1;; ++death) {
            init();
            const ActorRef a = create(u"a"_s);
            const ActorRef b = create(u"b"_s);
            m_world->crash();
            m_world->dieAtCommit(death);
            m_world->start();
            m_world->settle();
            Forward forward;
            forward.to = u"b"_s;
            forward.value = 1;
            forward.times = 3;
            bool promised = false;
            m_world->system->send(a, forward, u"once"_s,
                                  [&](const Result<void> &sent) { promised = sent.has_value(); });
            m_world->settle();
            const bool died = m_world->commits >= death;
            m_world->crash();
            m_world->mayCommit = {};
            m_world->start();
            // The caller does what a caller must that was not answered: the same again.
            if (!promised)
                QVERIFY(m_world->send(a, forward, u"once"_s));
            m_world->settle();
            QVERIFY2(m_world->waitFor([&] { return total(b) == 3; }),
                     qPrintable(u"death %1: %2"_s.arg(death).arg(total(b))));
            m_world->settle();
            QCOMPARE(total(b), 3);
            if (!died)
                break;
            QVERIFY(death < 50);
        }
    }

    void anIdempotencyKeyIsDeliveredOnce()
    {
        const ActorRef ref = create(u"a"_s);
        QVERIFY(m_world->send(ref, Add { 4 }, u"k"_s));
        QVERIFY(m_world->send(ref, Add { 4 }, u"k"_s));
        QVERIFY(m_world->send(ref, Add { 4 }, u"l"_s));
        m_world->crashAndStart();
        QVERIFY(m_world->send(ref, Add { 4 }, u"k"_s));
        m_world->settle();
        QCOMPARE(total(ref), 8);
    }

    void aMessageToNobodyIsADeadLetterOfItsSender()
    {
        const ActorRef a = create(u"a"_s);
        Forward forward;
        forward.to = u"nobody"_s;
        QVERIFY(m_world->ask(a, forward));
        m_world->settle();
        const auto letters = m_world->deadLetters(a);
        QCOMPARE(letters.size(), size_t(1));
        QVERIFY(letters.front().outgoing);
        QVERIFY(letters.front().failure.is(codes::Actor::missing));
        QCOMPARE(letters.front().to.key, ActorKey { u"nobody"_s });
    }

    void aSpawnedChildGetsWhatIsSentAfterwards()
    {
        const ActorRef a = create(u"a"_s);
        QVERIFY(m_world->ask(a, Spawn { u"child"_s }));
        m_world->settle();
        const auto child = m_world->system->get(u"Counter"_s, { u"child"_s });
        QVERIFY(child);
        QVERIFY(m_world->waitFor([&] { return total(*child) == 11; }));
    }

    void L11_onlyTicksCoalesceAndOrderIsKept()
    {
        const ActorRef ref = create(u"a"_s);
        int sent = 0;
        const auto count = [&](const Result<void> &done) { sent += done.has_value(); };
        // All four reach the queue before the loop has its turn.
        m_world->system->send(ref, Tick {}, {}, count);
        m_world->system->send(ref, Add { 1 }, {}, count);
        m_world->system->send(ref, Tick {}, {}, count);
        m_world->system->send(ref, Add { 1 }, {}, count);
        QVERIFY(m_world->waitFor([&] { return sent == 4; }));
        m_world->settle();
        QCOMPARE(total(ref), 2);
        QCOMPARE(m_world->ask(ref, Tick {})->toInt(), 2); // one of the two, and this one
    }

    void schedulesKeepToTheirGrid()
    {
        const ActorRef ref = create(u"a"_s);
        const Millis start = m_world->clock.now();
        QVERIFY(m_world->ask(ref, Plan { start + 60'000, 60'000 }));
        m_world->settle();
        for (int minute = 1; minute <= 3; ++minute) {
            m_world->advance(60s);
            QVERIFY(m_world->waitFor([&] { return m_world->system->isQuiet(); }));
        }
        const int ticks = m_world->ask(ref, Tick {})->toInt() - 1;
        QCOMPARE(ticks, 3);
        // Ten minutes without a process are one late run, then the grid goes on.
        m_world->crash();
        m_world->clock.advance(10min);
        m_world->start();
        m_world->settle();
        m_world->advance(0ms);
        QCOMPARE(m_world->ask(ref, Tick {})->toInt(), 6);
        m_world->advance(60s);
        QCOMPARE(m_world->ask(ref, Tick {})->toInt(), 8);
    }

    void aSleepingActorWakesForItsSchedule()
    {
        const ActorRef ref = create(u"a"_s);
        QVERIFY(m_world->ask(ref, Plan { m_world->clock.now() + 30LL * 24 * 3600 * 1000, 1000LL * 24 * 3600 * 1000 }));
        m_world->advance(limits::idleTime + 1s);
        QVERIFY(m_world->waitFor([this] { return m_world->system->awake() == 0; }));
        m_world->advance(30h * 24);
        QVERIFY(m_world->waitFor([this] { return m_lives.woken == 2; }));
        m_world->settle();
        m_world->advance(0ms);
        QCOMPARE(m_world->ask(ref, Tick {})->toInt(), 2);
    }

    void anAnswerMayComeLaterButOnlyOnce()
    {
        const ActorRef ref = create(u"a"_s);
        std::optional<Result<QJsonValue>> answer;
        m_world->system->ask(ref, Later {}, 1h, [&](Result<QJsonValue> given) { answer = std::move(given); });
        m_world->settle();
        QVERIFY(!answer);
        QVERIFY(m_world->ask(ref, Finish {}));
        QVERIFY(answer && *answer);
        QCOMPARE((*answer)->toString(), u"at last"_s);
        QVERIFY(m_world->ask(ref, Finish {}).error().is(codes::Actor::answeredTwice));
    }

    void anAskEndsAtItsDeadline()
    {
        const ActorRef ref = create(u"a"_s);
        std::optional<Failure> failure;
        m_world->system->ask(ref, Later {}, 5s, [&](const Result<QJsonValue> &answer) { failure = answer.error(); });
        m_world->settle();
        m_world->advance(6s);
        QVERIFY(failure);
        QVERIFY(failure->is(codes::Actor::deadline));
    }

    void eventsAreToldAfterTheCommitOrNotAtAll()
    {
        const ActorRef ref = create(u"a"_s);
        QVERIFY(m_world->ask(ref, Tell {}));
        QCOMPARE(m_world->events.size(), size_t(1));
        QVERIFY(!m_world->ask(ref, Tell { true }));
        m_world->settle();
        QCOMPARE(m_world->events.size(), size_t(1));
    }

    void L03_aFailedStartIsRetriedAndItsReasonIsVisible()
    {
        const ActorRef ref = create(u"a"_s);
        m_world->crash();
        m_lives.refuseToWake = true;
        m_world->start();
        m_world->settle();
        auto info = m_world->system->info(ref);
        QCOMPARE(info->status, ActorStatus::startFailed);
        QVERIFY(info->failure->chain().contains(u"not now"));
        QVERIFY(m_world->ask(ref, Total {}).error().is(codes::Actor::startFailed));
        m_world->advance(limits::firstRestart);
        QCOMPARE(m_world->system->info(ref)->failedStarts, 2);
        m_lives.refuseToWake = false;
        m_world->advance(2 * limits::firstRestart);
        QCOMPARE(m_world->system->info(ref)->status, ActorStatus::awake);
        QCOMPARE(total(ref), 0);
    }

    void aCorruptStoreDamagesItsActorOnly()
    {
        const ActorRef bad = create(u"bad"_s);
        const ActorRef good = create(u"good"_s);
        QVERIFY(m_world->drain());
        m_world->crash();
        const QString path = m_world->folder.filePath(u"actors/"_s + bad.id.left(2) + u'/' + bad.id + u".sqlite"_s);
        for (const QString &name : { path, path + u"-wal"_s }) {
            QFile file(name);
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(QByteArray(20'000, 'x'));
        }
        m_world->start();
        QVERIFY(m_world->ask(bad, Total {}).error().is(codes::Actor::damaged));
        QCOMPARE(m_world->system->info(bad)->status, ActorStatus::damaged);
        QCOMPARE(total(good), 0);
        m_world->crashAndStart();
        QVERIFY(m_world->ask(bad, Total {}).error().is(codes::Actor::damaged)); // it stays so until a person acts
        QVERIFY(m_world->destroy(bad));
        create(u"bad"_s);
    }

    void drainingLosesNothing()
    {
        const ActorRef a = create(u"a"_s);
        const ActorRef b = create(u"b"_s);
        Forward forward;
        forward.to = u"b"_s;
        forward.value = 1;
        forward.times = 100;
        bool sent = false;
        m_world->system->send(a, forward, {}, [&](const Result<void> &done) { sent = done.has_value(); });
        QVERIFY(m_world->waitFor([&] { return sent; }));
        QVERIFY(m_world->drain());
        m_world->crashAndStart();
        m_world->settle();
        QVERIFY(m_world->waitFor([&] { return total(b) == 100; }));
    }

    void manySleepersAreWokenWithinTheLimit()
    {
        m_world->crash();
        m_world->awakeActors = 8;
        m_world->start();
        std::vector<ActorRef> refs;
        for (int i = 0; i < 60; ++i)
            refs.push_back(*m_world->system->create(u"Counter"_s, { QString::number(i) }));
        m_world->settle();
        int answered = 0;
        int most = 0;
        for (const ActorRef &ref : refs)
            m_world->system->ask(ref, Add { 1 }, 1h,
                                 [&](const Result<QJsonValue> &answer) { answered += answer.has_value(); });
        QVERIFY(m_world->waitFor([&] {
            most = std::max(most, m_world->system->awake());
            return answered == 60;
        }));
        QVERIFY2(most <= 10, qPrintable(QString::number(most)));
    }
};

FOUNDRY_TEST_MAIN(ActorLifeTest)
#include "ActorLifeTest.moc"
