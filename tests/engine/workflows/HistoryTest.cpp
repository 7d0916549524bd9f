// Messages, timers, loops and recorded values; what replay compares; a crash before every single commit.
#include "ActorWorld.h"
#include "WorkflowActor.h"
#include "WorkflowLimits.h"

using namespace std::chrono_literals;

namespace foundry {

struct Pay {
    static constexpr auto name = "pay";
    int amount = 0;
};
FOUNDRY_JSON(Pay, amount)
struct Close {
    static constexpr auto name = "close";
};
FOUNDRY_JSON(Close)

struct Account {
    int balance = 0;
    int receipts = 0;
    QStringList log;
};
FOUNDRY_JSON(Account, balance, receipts, log)

struct Teller {
    std::function<Workflow(class AccountActor &, WorkflowContext &)> script;
    QStringList seen;
    int bodies = 0;
    std::map<QString, int> outside; // effects of step bodies by idempotency key: how often each was asked for
};

class AccountActor final : public WorkflowActor {
public:
    explicit AccountActor(Teller &world)
        : WorkflowActor({ u"pay"_s, u"close"_s })
        , teller(world)
    {
    }
    Async<Result<int>> charge(int amount, StepRun &run)
    {
        ++teller.bodies;
        ++teller.outside[run.idempotencyKey()];
        co_return amount * 2;
    }
    using Actor::send;
    using Actor::store;
    using WorkflowActor::workflowView;

    Teller &teller;
    State<Account> account { *this };

protected:
    Workflow run(WorkflowContext &context) override
    {
        teller.seen.clear();
        return teller.script(*this, context);
    }
    Result<QJsonValue> onMessage(const Message &message) override
    {
        if (message.name != u"receipt")
            return WorkflowActor::onMessage(message);
        ++account.edit().receipts;
        return QJsonValue();
    }
};

struct Receipt {
    static constexpr auto name = "receipt";
};
FOUNDRY_JSON(Receipt)

} // namespace foundry

using namespace foundry;
using test::ActorWorld;

namespace {

using Script = std::function<Workflow(AccountActor &, WorkflowContext &)>;

Flow<Result<LoopTurn<int>>> oneTurn(AccountActor &actor, WorkflowContext &context, int total)
{
    auto receiving = context.receive(u"next"_s, { u"pay"_s, u"close"_s });
    auto message = co_await receiving;
    if (!message)
        co_return std::unexpected(message.error());
    if (message->is<Close>())
        co_return LoopTurn<int>::end(total);
    const int amount = message->payload.value(u"amount").toInt();
    auto charging = context.step<int>(
        u"charge"_s, StepOptions {}, [&actor, amount](StepRun &run) { return actor.charge(amount, run); },
        [&actor](int charged) -> Result<void> {
            actor.account.edit().balance += charged;
            return actor.send(ActorRef { u"Account"_s, { u"book"_s }, {} }, Receipt {});
        });
    auto charged = co_await charging;
    if (!charged)
        co_return std::unexpected(charged.error());
    co_return LoopTurn<int>::next(total + *charged);
}

// Payments until close, then a pause, then the end with everything written down.
Workflow bookkeeping(AccountActor &actor, WorkflowContext &context)
{
    const QString number = context.uuid(u"number"_s);
    auto turns = context.loop<int>(
        u"turns"_s, 0, [&actor](WorkflowContext &inner, int total) { return oneTurn(actor, inner, total); });
    auto total = co_await turns;
    if (!total)
        co_return std::unexpected(total.error());
    auto pausing = context.sleep(u"pause"_s, 1h);
    auto paused = co_await pausing;
    if (!paused)
        co_return paused;
    const QString line = u"%1 %2"_s.arg(*total).arg(number.size());
    auto writing = context.commit(u"write"_s, [&actor, line]() -> Result<void> {
        actor.account.edit().log.append(line);
        return {};
    });
    co_return co_await writing;
}

Workflow idle(AccountActor &, WorkflowContext &context)
{
    auto waiting = context.receive(u"never"_s, { u"close"_s });
    auto done = co_await waiting;
    co_return done ? Result<void>() : std::unexpected(done.error());
}

// The names of the entries, one after the other: "step a, sleep b".
Workflow sequence(AccountActor &actor, WorkflowContext &context, QStringList names)
{
    for (const QString &name : names) {
        const QString word = name.section(u' ', 0, 0);
        const QString rest = name.section(u' ', 1);
        if (word == u"step") {
            auto charging
                = context.step<int>(rest, StepOptions {}, [&actor](StepRun &run) { return actor.charge(1, run); });
            auto charged = co_await charging;
            actor.teller.seen.append(charged ? rest : charged.error().name());
        } else if (word == u"wait") {
            auto receiving = context.receive(rest, { u"close"_s }, 10s);
            auto received = co_await receiving;
            actor.teller.seen.append(received ? received->name : received.error().name());
        } else if (word == u"version") {
            actor.teller.seen.append(QString::number(context.version(rest, 2)));
        } else if (word == u"removed") {
            context.removed(rest);
        } else if (word == u"now") {
            actor.teller.seen.append(QString::number(context.now(rest)));
        }
    }
    co_return Result<void>();
}

Script sequenceOf(const QStringList &names)
{
    return [names](AccountActor &actor, WorkflowContext &context) { return sequence(actor, context, names); };
}

} // namespace

class HistoryTest : public QObject {
    Q_OBJECT

    std::unique_ptr<Teller> m_teller;
    std::unique_ptr<ActorWorld> m_world;
    ActorRef m_ref;

    void makeWorld()
    {
        m_world.reset();
        m_teller = std::make_unique<Teller>();
        m_world = std::make_unique<ActorWorld>([this](ActorSystem &system) {
            system.registerKind(
                ActorKind { u"Account"_s, [this] { return std::make_unique<AccountActor>(*m_teller); }, {} });
        });
    }
    void begin(Script script)
    {
        m_teller->script = std::move(script);
        m_ref = *m_world->system->getOrCreate(u"Account"_s, { u"main"_s });
        m_world->settle();
    }
    void restart()
    {
        m_world->crashAndStart();
        m_world->settle();
        m_world->advance(0ms);
    }
    template <class Read> auto read(Read look)
    {
        std::optional<decltype(look(std::declval<AccountActor &>()))> seen;
        m_world->visit<AccountActor>(m_ref, [&](AccountActor &actor) { seen = look(actor); });
        if (!seen)
            qFatal("%s", qPrintable(m_world->visitFailure));
        return *seen;
    }
    RunStatus status()
    {
        return read([](AccountActor &actor) { return actor.workflowView().status(); });
    }
    QString runFailure()
    {
        return read([](AccountActor &actor) {
            const auto failure = actor.workflowView().failure();
            return failure ? failure->chain() : QString();
        });
    }
    qint64 rows(const char *table)
    {
        const Sql sql { table, table };
        return read([&](AccountActor &actor) { return actor.store().integer(sql).value_or(-1); });
    }
    void pay(int amount) { QVERIFY(m_world->send(m_ref, Pay { amount })); }

private Q_SLOTS:
    void init() { makeWorld(); }
    void cleanup() { m_world.reset(); }

    void aTimedOutWaitStaysTimedOut()
    {
        begin(sequenceOf({ u"wait a"_s, u"wait b"_s }));
        m_world->advance(10s);
        restart();
        QVERIFY(m_world->send(m_ref, Close {})); // too late for a, in time for b
        m_world->settle();
        QCOMPARE(m_teller->seen, QStringList({ u"workflow.timedOut"_s, u"close"_s }));
        QCOMPARE(status(), RunStatus::done);
    }

    void aMessageThatCameBeforeTheWaitIsReceived()
    {
        begin(sequenceOf({ u"step a"_s, u"wait b"_s }));
        QVERIFY(m_world->send(m_ref, Close {}));
        m_world->settle();
        QCOMPARE(m_teller->seen, QStringList({ u"a"_s, u"close"_s }));
    }

    void timeIsRecorded()
    {
        begin(sequenceOf({ u"now a"_s, u"wait b"_s }));
        const QStringList before = m_teller->seen;
        m_world->clock.advance(5s);
        restart();
        QCOMPARE(m_teller->seen, before);
    }

    void L21_aDivergenceSaysWhereAndWhatAndChangesNothing_data()
    {
        QTest::addColumn<QStringList>("now");
        QTest::addColumn<QString>("expected");
        QTest::newRow("renamed") << QStringList {
            u"step a"_s, u"step x"_s, u"wait c"_s
        } << u"workflow.diverged: Account[\"main\"] entry 2: the code has step 'x', the record has step 'b'"_s;
        QTest::newRow("other kind") << QStringList {
            u"step a"_s, u"wait b"_s
        } << u"workflow.diverged: Account[\"main\"] entry 2: the code has receive 'b', the record has step 'b'"_s;
        QTest::newRow("reordered") << QStringList {
            u"step b"_s, u"step a"_s, u"wait c"_s
        } << u"workflow.diverged: Account[\"main\"] entry 1: the code has step 'b', the record has step 'a'"_s;
        QTest::newRow("lost") << QStringList {
            u"step a"_s
        } << u"workflow.diverged: Account[\"main\"] entry 2: the code ends, the record has step 'b'"_s;
    }

    void L21_aDivergenceSaysWhereAndWhatAndChangesNothing()
    {
        QFETCH(QStringList, now);
        QFETCH(QString, expected);
        begin(sequenceOf({ u"step a"_s, u"step b"_s, u"wait c"_s }));
        QCOMPARE(m_teller->bodies, 2);
        m_teller->script = sequenceOf(now);
        restart();
        QCOMPARE(status(), RunStatus::diverged);
        QVERIFY2(runFailure().startsWith(expected), qPrintable(runFailure()));
        QVERIFY(runFailure().contains(QStringLiteral(FOUNDRY_VERSION)));
        QCOMPARE(m_teller->bodies, 2);
        QCOMPARE(rows("SELECT count(*) FROM workflow_entry"), 3);
        // The right code goes on where it was.
        m_teller->script = sequenceOf({ u"step a"_s, u"step b"_s, u"wait c"_s });
        restart();
        QCOMPARE(status(), RunStatus::running);
        QCOMPARE(m_teller->bodies, 2);
    }

    void L21_removedAndVersionedStepsLetOldRunsFinish()
    {
        begin(sequenceOf({ u"step a"_s, u"step b"_s, u"wait c"_s }));
        m_teller->script = sequenceOf({ u"version v"_s, u"removed a"_s, u"removed never"_s, u"step b"_s, u"wait c"_s });
        restart();
        QCOMPARE(status(), RunStatus::running);
        QCOMPARE(m_teller->seen, QStringList({ u"1"_s, u"b"_s })); // the old path
        QVERIFY(m_world->send(m_ref, Close {}));
        m_world->settle();
        QCOMPARE(status(), RunStatus::done);

        QVERIFY(m_world->destroy(m_ref));
        begin(m_teller->script);
        QCOMPARE(m_teller->seen, QStringList({ u"2"_s, u"b"_s })); // a new run
        restart();
        QCOMPARE(m_teller->seen, QStringList({ u"2"_s, u"b"_s }));
    }

    void aNameIsUsedOnceInAScope()
    {
        begin(sequenceOf({ u"step a"_s, u"step a"_s }));
        QCOMPARE(status(), RunStatus::damaged);
        QVERIFY2(runFailure().startsWith(u"workflow.misuse: Account[\"main\"] entry 2: step 'a': the name is taken"),
                 qPrintable(runFailure()));
    }

    void L05_aQueueIsFullAtItsLimitAndTheRestIsKept()
    {
        begin(idle);
        int sent = 0;
        std::optional<Failure> refused;
        const Message message = toMessage(Pay { 1 });
        for (int i = 0; i <= limits::queueLength; ++i) {
            m_world->system->sendMessage(m_ref, message, {}, [&](const Result<void> &done) {
                sent += done.has_value();
                if (!done)
                    refused = done.error();
            });
        }
        QVERIFY(m_world->waitFor([&] { return sent == limits::queueLength && refused; }));
        QVERIFY(refused->is(codes::Actor::queueFull));
        QVERIFY(refused->isTransient());
        QCOMPARE(rows("SELECT count(*) FROM actor_queue"), qint64(limits::queueLength));
        QCOMPARE(status(), RunStatus::running);
    }

    void aLoopKeepsItsHistoryFlat()
    {
        begin(bookkeeping);
        for (int i = 0; i < 500; ++i)
            m_world->system->sendMessage(m_ref, toMessage(Pay { 1 }), {}, [](const Result<void> &) { });
        m_world->settle();
        QVERIFY(m_world->waitFor([this] { return m_teller->bodies == 500; }));
        m_world->settle();
        QCOMPARE(rows("SELECT count(*) FROM workflow_entry"), 3); // number, turns, the waiting of turn 501
        QCOMPARE(rows("SELECT count(*) FROM workflow_attempt"), 0);
        restart();
        QCOMPARE(m_teller->bodies, 500);
        QVERIFY(m_world->send(m_ref, Close {}));
        m_world->settle();
        m_world->advance(1h);
        QCOMPARE(status(), RunStatus::done);
        QCOMPARE(read([](AccountActor &actor) { return *actor.account; }).log, QStringList(u"1000 32"_s));
    }

    void L28_aCrashBeforeAnyCommitLeavesNoWorkHalfDone()
    {
        // The reference: what the same messages lead to without a crash.
        const QList<int> payments { 3, 4, 5 };
        for (int death = 1;; ++death) {
            makeWorld();
            m_teller->script = bookkeeping;
            m_ref = *m_world->system->create(u"Account"_s, { u"main"_s });
            QVERIFY(m_world->system->create(u"Account"_s, { u"book"_s }));
            m_world->settle();
            m_world->crash();
            m_world->dieAtCommit(death);
            m_world->start();
            m_world->settle();

            bool alive = true;
            const auto untilItLives = [&](const std::function<void()> &act) {
                act();
                m_world->settle();
                if (alive && m_world->commits >= death) {
                    alive = false;
                    m_world->crash();
                    m_world->mayCommit = {};
                    m_world->start();
                    m_world->settle();
                    act(); // idempotent: what was not promised is done again
                    m_world->settle();
                    for (int i = 0; i < 8; ++i)
                        m_world->advance(2s); // the back-off after a crash
                }
            };
            for (int i = 0; i < payments.size(); ++i) {
                untilItLives([&] {
                    m_world->system->send(m_ref, Pay { payments[i] }, u"payment %1"_s.arg(i),
                                          [](const Result<void> &) { });
                });
            }
            untilItLives([&] { m_world->system->send(m_ref, Close {}, u"close"_s, [](const Result<void> &) { }); });
            untilItLives([&] {
                m_world->advance(1h);
                m_world->advance(0ms);
            });
            const bool wentThrough = alive && m_world->commits < death;
            m_world->death = std::numeric_limits<int>::max(); // from here on only the test asks

            const Account account = read([](AccountActor &actor) { return *actor.account; });
            const QByteArray where = QByteArray("death before commit ") + QByteArray::number(death);
            QVERIFY2(account.balance == 24, where + ": balance " + QByteArray::number(account.balance));
            QVERIFY2(account.log == QStringList(u"24 32"_s), where + ": " + account.log.join(u'|').toUtf8());
            QVERIFY2(status() == RunStatus::done, where);
            QVERIFY2(rows("SELECT count(*) FROM actor_queue") == 0, where);
            QVERIFY2(m_teller->outside.size() == 3, where);
            const ActorRef main = m_ref;
            m_ref = *m_world->system->get(u"Account"_s, { u"book"_s });
            QVERIFY2(m_world->waitFor(
                         [this] { return read([](AccountActor &actor) { return actor.account->receipts; }) >= 3; }),
                     where);
            m_world->settle();
            QVERIFY2(read([](AccountActor &actor) { return actor.account->receipts; }) == 3, where);
            m_ref = main;
            if (wentThrough)
                break;
            QVERIFY(death < 100);
        }
    }
};

FOUNDRY_TEST_MAIN(HistoryTest)
#include "HistoryTest.moc"
