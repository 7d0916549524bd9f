// Nothing past growth: what a step costs does not depend on the history that it does not read; batches; the clean-up
// of finished runs.
#include "ScriptTest.h"
#include "Sizes.h"

#include <sqlite3.h>

#include <set>

using namespace foundry;
using namespace std::chrono_literals;

namespace {

struct Other {
    static constexpr auto name = "other";
};

// Steps named 0, 1, …; a message before each.
Workflow longRun(ScriptActor &actor, WorkflowContext &context)
{
    for (int i = 0;; ++i) {
        auto receiving = context.receive(u"wait%1"_s.arg(i), { u"prompt"_s });
        auto received = co_await receiving;
        if (!received)
            co_return std::unexpected(received.error());
        const int steps = received->payload.value(u"text").toString().toInt();
        for (int j = 0; j < steps; ++j) {
            auto stepping = actor.step(context, u"step%1.%2"_s.arg(i).arg(j));
            auto stepped = co_await stepping;
            if (!stepped)
                co_return std::unexpected(stepped.error());
        }
    }
}

// Reads in batches until a batch holds "other".
Workflow batches(ScriptActor &actor, WorkflowContext &context, int atMost)
{
    for (int i = 0;; ++i) {
        auto receiving = context.receiveBatch(u"batch%1"_s.arg(i), { u"prompt"_s, u"other"_s }, atMost, 1min);
        auto received = co_await receiving;
        if (!received) {
            actor.note(received.error().name());
            continue;
        }
        QStringList texts;
        for (const Received &one : *received)
            texts.append(one.is<Prompt>() ? one.payload.value(u"text").toString().left(8) : one.name);
        actor.note(texts.join(u'+'));
        if (texts.contains(u"other"))
            co_return Result<void>();
    }
}

// One step a turn; at some turns it waits for a message before.
Flow<Result<LoopTurn<int>>> flatTurn(ScriptActor &actor, WorkflowContext &context, int turn, std::set<int> stops)
{
    if (stops.contains(turn)) {
        ++actor.outside.calls[u"stop"_s];
        auto receiving = context.receive(u"wait"_s, { u"prompt"_s });
        auto received = co_await receiving;
        if (!received)
            co_return std::unexpected(received.error());
    }
    auto stepping = context.step<int>(u"work"_s, exact(1), [&actor](StepRun &) {
        ++actor.outside.calls[u"turn"_s];
        return value(1);
    });
    auto stepped = co_await stepping;
    co_return stepped ? Result<LoopTurn<int>>(LoopTurn<int>::next(turn + 1)) : std::unexpected(stepped.error());
}

} // namespace

namespace foundry {
FOUNDRY_JSON(Other)
}

class GrowthTest final : public ScriptTest {
    Q_OBJECT

    std::unique_ptr<test::FaultyStorage> m_disk;

    void go(const QString &text)
    {
        QVERIFY(m_world->send(m_ref, Prompt { text }));
        m_world->settle();
    }
    void onStore(const std::function<void(sqlite3 *)> &look)
    {
        m_world->visit<ScriptActor>(m_ref, [&](ScriptActor &actor) { look(actor.store().handle()); });
    }
    // What the statements of the store have done since the last call.
    qint64 work()
    {
        qint64 done = 0;
        onStore([&](sqlite3 *store) {
            for (sqlite3_stmt *one = sqlite3_next_stmt(store, nullptr); one; one = sqlite3_next_stmt(store, one))
                done += sqlite3_stmt_status(one, SQLITE_STMTSTATUS_VM_STEP, 1);
        });
        return done;
    }
    std::vector<ActorRef> scripts() const
    {
        std::vector<ActorRef> found;
        for (const ActorInfo &info : m_world->system->list()) {
            if (info.ref.kind == u"Script")
                found.push_back(info.ref);
        }
        return found;
    }
    ActorRef finishOne(const QString &key)
    {
        const ActorRef ref = *m_world->system->create(u"Script"_s, { key });
        m_world->settle();
        return ref;
    }

private Q_SLOTS:
    void init() { startWorld(); }
    void cleanup()
    {
        endWorld();
        m_disk.reset();
    }

    // Every statement that ran, at wake and in steps, retries, messages and controls.
    void everyStatementSearchesByAnIndex()
    {
        m_outside->bodies[u"step0.1"_s] = [](StepRun &run, int attempt) {
            (void)run.saveDetail(attempt);
            return attempt == 1 ? failing(failure(codes::Git::unreachable, {}, Retry::transient)) : value(1);
        };
        begin(longRun);
        go(u"5"_s);
        m_world->advance(2s);
        QVERIFY(control(u"pause"_s));
        QVERIFY(control(u"resume"_s));
        // Read as a whole, at wake only: what they read is what is replayed, or a queue that waits.
        const QStringList whole { u"FROM workflow_run"_s,
                                  u"FROM workflow_entry ORDER"_s,
                                  u"FROM workflow_attempt ORDER"_s,
                                  u"FROM workflow_control ORDER"_s,
                                  u"actor_life"_s,
                                  u"FROM actor_backup"_s,
                                  u"sqlite_schema"_s,
                                  u"FROM actor_state"_s,
                                  u"FROM actor_outbox"_s,
                                  u"count(*) FROM actor_queue"_s,
                                  u"DISTINCT name FROM actor_queue"_s,
                                  u"FROM foundry_"_s };
        int searched = 0;
        QStringList scans;
        onStore([&](sqlite3 *store) {
            for (sqlite3_stmt *one = sqlite3_next_stmt(store, nullptr); one; one = sqlite3_next_stmt(store, one)) {
                const QString sql = QString::fromUtf8(sqlite3_sql(one));
                if (sql.startsWith(u"PRAGMA") || std::ranges::any_of(whole, [&](auto &w) { return sql.contains(w); }))
                    continue;
                sqlite3_stmt *plan = nullptr;
                const QByteArray text = "EXPLAIN QUERY PLAN " + sql.toUtf8();
                if (sqlite3_prepare_v2(store, text.constData(), -1, &plan, nullptr) != SQLITE_OK)
                    continue; // BEGIN and its like
                ++searched;
                while (sqlite3_step(plan) == SQLITE_ROW) {
                    const QString line
                        = QString::fromUtf8(reinterpret_cast<const char *>(sqlite3_column_text(plan, 3)));
                    if (line.startsWith(u"SCAN") && !line.contains(u"INDEX") && !line.contains(u"CONSTANT ROW"))
                        scans.append(sql + u": "_s + line);
                }
                sqlite3_finalize(plan);
            }
        });
        QVERIFY2(scans.isEmpty(), qPrintable(scans.join(u'\n')));
        QVERIFY2(searched >= 8, QByteArray::number(searched)); // it looked at something
    }

    void aStepCostsTheSameAfterAThousand()
    {
        begin(longRun);
        go(u"20"_s);
        (void)work();
        go(u"20"_s);
        const qint64 early = work();
        go(u"1000"_s);
        QVERIFY(m_world->waitFor([this] { return ledger().booked == 1040; }));
        m_world->settle();
        (void)work();
        // The test's own ledger grows with the notes of each step: not the engine's to answer for.
        go(u"20"_s);
        const qint64 late = work();
        QVERIFY2(double(late) < double(early) * 1.1,
                 qPrintable(u"%1 virtual machine steps early, %2 late"_s.arg(early).arg(late)));
    }

    void aLoopStaysFlat()
    {
        const int turns = test::sizes().loopTurns;
        const std::set<int> stops { 100, 300, turns - 200, turns };
        endWorld();
        m_disk = std::make_unique<test::FaultyStorage>(); // in memory: so many syncs are not what it is about
        startWorld(m_disk.get());
        begin([stops](ScriptActor &actor, WorkflowContext &context) -> Workflow {
            return [](ScriptActor &a, WorkflowContext &c, std::set<int> at) -> Workflow {
                auto looping = c.loop<int>(
                    u"turns"_s, 1, [&a, at](WorkflowContext &inner, int turn) { return flatTurn(a, inner, turn, at); });
                auto looped = co_await looping;
                co_return looped ? Result<void>() : std::unexpected(looped.error());
            }(actor, context, stops);
        });
        // Nobody receives it: it is still there at the end.
        QVERIFY(m_world->send(m_ref, Other {}));
        const auto reach = [this](int stop) {
            int before = -1;
            while (m_outside->calls[u"stop"_s] < stop && before != m_outside->calls[u"turn"_s]) {
                before = m_outside->calls[u"turn"_s];
                m_world->waitFor([this, stop] { return m_outside->calls[u"stop"_s] >= stop; });
            }
            m_world->settle();
            return m_outside->calls[u"stop"_s] == stop;
        };
        struct Size {
            qint64 work, entries, attempts, pages;
        };
        const auto size = [this] {
            Size now { work(), 0, 0, 0 };
            m_world->visit<ScriptActor>(m_ref, [&](ScriptActor &actor) {
                const auto number = [&](const char *sql) { return *actor.store().integer(Sql { "size", sql }); };
                now.entries = number("SELECT count(*) FROM workflow_entry");
                now.attempts = number("SELECT count(*) FROM workflow_attempt");
                now.pages = number("PRAGMA page_count");
            });
            return now;
        };
        QVERIFY(reach(1));
        (void)size();
        go(u"on"_s);
        QVERIFY(reach(2));
        const Size early = size();
        go(u"on"_s);
        QVERIFY(reach(3));
        (void)size();
        go(u"on"_s);
        QVERIFY(reach(4));
        const Size late = size();
        QCOMPARE(m_outside->calls[u"turn"_s], turns - 1);
        QVERIFY2(double(late.work) < double(early.work) * 1.1,
                 qPrintable(u"%1 virtual machine steps early, %2 late"_s.arg(early.work).arg(late.work)));
        QCOMPARE(late.entries, early.entries);
        QVERIFY(late.entries <= 2); // the loop and its turn's wait
        QVERIFY(late.attempts <= 2);
        QVERIFY2(late.pages <= early.pages + 2, qPrintable(u"%1, %2"_s.arg(early.pages).arg(late.pages)));
        qint64 unread = 0;
        m_world->visit<ScriptActor>(m_ref, [&](ScriptActor &actor) {
            unread = *actor.store().integer(Sql { "unread", "SELECT count(*) FROM actor_queue" });
        });
        QCOMPARE(unread, 1);
    }

    void messagesAreReceivedInBatches()
    {
        begin([](ScriptActor &actor, WorkflowContext &context) { return batches(actor, context, 3); });
        m_world->advance(1min);
        QVERIFY(control(u"pause"_s));
        for (const QString &text : { u"a"_s, u"b"_s, u"c"_s, u"d"_s })
            go(text);
        QVERIFY(m_world->send(m_ref, Other {}));
        QVERIFY(control(u"resume"_s));
        m_world->settle();
        const QStringList expected { u"workflow.timedOut"_s, u"a+b+c"_s, u"d+other"_s };
        QCOMPARE(m_outside->finally, expected);
        QCOMPARE(status(), RunStatus::done);
        restart();
        QCOMPARE(status(), RunStatus::done);
    }

    void aBatchIsBoundedInBytesAndIsReplayed()
    {
        begin(
            [](ScriptActor &actor, WorkflowContext &context) { return batches(actor, context, limits::receiveBatch); });
        QVERIFY(control(u"pause"_s));
        for (int i = 0; i < 3; ++i)
            go(u"%1"_s.arg(i, 8) + QString(limits::receiveBytes / 2, u'x'));
        go(u"last"_s);
        QVERIFY(control(u"resume"_s));
        m_world->settle();
        const QStringList expected { u"       0"_s, u"       1"_s, u"       2+last"_s };
        QCOMPARE(m_outside->finally, expected);
        restart(); // from the record: the queue is empty
        QCOMPARE(m_outside->finally, expected);
        const qint64 first = numberOf(u"batch0"_s);
        QVERIFY(control(u"rewind"_s, first)); // they come back, each as it was
        QCOMPARE(m_outside->finally, expected);
    }

    void finishedRunsGoByCount()
    {
        m_outside->retention.count = 2;
        m_outside->script = [](ScriptActor &actor, WorkflowContext &context) { return oneStep(actor, context, {}); };
        for (const QString &key : { u"a"_s, u"b"_s, u"c"_s, u"d"_s })
            finishOne(key);
        QVERIFY(m_world->waitFor([this] { return scripts().size() == 2; }));
        m_world->settle();
        QCOMPARE(scripts()[0].key.parts, QStringList(u"c"_s));
        QCOMPARE(scripts()[1].key.parts, QStringList(u"d"_s));
    }

    void finishedRunsGoByAgeAndThoseThatWorkStay()
    {
        Promise<int> never;
        m_outside->retention.age = 24h;
        m_outside->script = [](ScriptActor &actor, WorkflowContext &context) { return oneStep(actor, context, {}); };
        finishOne(u"old"_s);
        m_world->advance(12h);
        m_ref = finishOne(u"back"_s);
        m_world->advance(10h);
        restart();
        m_outside->bodies[u"work"_s] = [never](StepRun &, int) { return waiting(never); };
        finishOne(u"works"_s);
        QVERIFY(control(u"rewind"_s, numberOf(u"work"_s))); // it works again
        QCOMPARE(scripts().size(), size_t(3));
        m_world->advance(3h);
        m_world->advance(1s); // long alarms are looked at in between
        QVERIFY(m_world->waitFor([this] { return scripts().size() == 2; }));
        m_world->advance(100h);
        m_world->advance(1s);
        QVERIFY(m_world->waitFor([this] { return scripts().size() == 2; }));
        QCOMPARE(scripts()[0].key.parts, QStringList(u"back"_s));
        QCOMPARE(scripts()[1].key.parts, QStringList(u"works"_s));
    }

    void anActorThatTookTheKeyOfAFinishedOneStays()
    {
        m_outside->retention.age = 24h;
        m_outside->script = [](ScriptActor &actor, WorkflowContext &context) { return oneStep(actor, context, {}); };
        const ActorRef first = finishOne(u"a"_s);
        QVERIFY(m_world->destroy(first));
        m_world->advance(20h);
        const ActorRef second = finishOne(u"a"_s);
        m_world->advance(5h);
        QCOMPARE(scripts().size(), size_t(1));
        QCOMPARE(scripts().front().id, second.id);
        m_world->advance(24h);
        m_world->advance(1s); // it may have fallen asleep in between
        QVERIFY(m_world->waitFor([this] { return scripts().empty(); }));
    }
};

FOUNDRY_TEST_MAIN(GrowthTest)
#include "GrowthTest.moc"
