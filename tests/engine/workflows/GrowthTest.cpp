// Nothing past growth: what a step costs does not depend on the history that it does not read; batches; the clean-up
// of finished runs.
#include "ScriptTest.h"

#include <sqlite3.h>

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

} // namespace

namespace foundry {
FOUNDRY_JSON(Other)
}

class GrowthTest final : public ScriptTest {
    Q_OBJECT

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
    void cleanup() { endWorld(); }

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
        QVERIFY(m_world->waitFor([this] { return scripts().empty(); }));
    }
};

FOUNDRY_TEST_MAIN(GrowthTest)
#include "GrowthTest.moc"
