// The plan of every statement that actors run: searches by key or index; nothing walks through a table that grows.
#include "LedgerActor.h"

#include <sqlite3.h>

#include <map>
#include <set>

using namespace std::chrono_literals;
using namespace foundry;
using test::ActorWorld;

namespace {

// What was run on which file.
std::map<QString, std::set<QByteArray>> seen;

int onStatement(unsigned, void *connection, void *statement, void *)
{
    const char *file = sqlite3_db_filename(static_cast<sqlite3 *>(connection), "main");
    const char *text = sqlite3_sql(static_cast<sqlite3_stmt *>(statement));
    if (file && *file && text)
        seen[QString::fromUtf8(file)].insert(text);
    return 0;
}

int onOpen(sqlite3 *connection, const char **, const void *)
{
    sqlite3_trace_v2(connection, SQLITE_TRACE_STMT, onStatement, connection);
    return SQLITE_OK;
}

// Tables that a limit keeps short, and statements that a person starts or that run once at a wake.
const QStringList shortTables { u"actor_life"_s, u"actor_backup"_s, u"actor_state"_s, u"foundry_"_s, u"sqlite_"_s };
const std::map<QByteArray, const char *> mayWalk {
    { "SELECT count(*) FROM actor_alarm", "at most limits::alarms rows" },
    { "SELECT count(*) FROM actor_queue", "once after a wake; kept in memory" },
    { "SELECT name, count(*) FROM actor_queue GROUP BY name", "once at a wake" },
    { "SELECT id FROM left_store ORDER BY id", "once at a start; empty but for what a crash left" },
};

} // namespace

class PlansTest : public QObject {
    Q_OBJECT

    static bool isPlanned(const QByteArray &text)
    {
        return text.startsWith("SELECT") || text.startsWith("INSERT") || text.startsWith("UPDATE")
            || text.startsWith("DELETE");
    }
    static bool walks(const QString &step)
    {
        if (!step.startsWith(u"SCAN "))
            return false;
        const QString table = step.section(u' ', 1, 1);
        return !step.contains(u"CONSTANT ROW")
            && std::ranges::none_of(shortTables, [&](const QString &known) { return table.startsWith(known); });
    }

private Q_SLOTS:
    void noStatementOfALoopWalksThroughATableThatGrows()
    {
        sqlite3_auto_extension(reinterpret_cast<void (*)()>(onOpen));
        ActorWorld world(
            [](ActorSystem &system) { system.registerKind<LedgerActor>(u"Ledger"_s, LedgerActor::migrations()); });
        const ActorRef a = *world.system->create(u"Ledger"_s, { u"a"_s });
        const ActorRef b = *world.system->create(u"Ledger"_s, { u"b"_s });
        world.settle();
        QVERIFY(world.ask(a, Enter { 1 }));
        QVERIFY(world.send(a, Enter { 1 }, u"key"_s));
        QVERIFY(world.ask(a, Pass { u"b"_s, 1, 3 }));
        QVERIFY(world.ask(a, Pass { u"nobody"_s, 1, 1 }));
        QVERIFY(world.ask(b, Remind { u"bell"_s, world.clock.now() + 60'000, 60'000 }));
        QVERIFY(world.ask(b, Remind { u"once"_s, world.clock.now() + 60'000, 0 }));
        world.settle();
        world.advance(2min);
        QVERIFY(world.ask(b, Forget { u"bell"_s }));
        world.advance(limits::idleTime + 1s);
        world.clock.advance(25h);
        QVERIFY(world.ask(a, Enter { 1 }));
        world.settle();
        world.crashAndStart();
        QVERIFY(world.ask(b, Enter { 1 }));
        QVERIFY(world.system->get(u"Ledger"_s, { u"a"_s }));
        QVERIFY(world.destroy(b));
        QVERIFY(world.drain());
        world.crash();
        sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(onOpen));

        int planned = 0;
        QStringList faults;
        for (const auto &[path, statements] : seen) {
            if (!QFile::exists(path) || !path.endsWith(u".sqlite"))
                continue;
            auto store = Database::open(path);
            QVERIFY2(store, qPrintable(path));
            for (const QByteArray &text : statements) {
                // Tests' and inspectors' own are not of a loop.
                if (!isPlanned(text) || mayWalk.contains(text) || text.contains(" FROM entry")
                    || text.contains("pragma_") || text.contains("ORDER BY kind, key"))
                    continue;
                const QByteArray explain = "EXPLAIN QUERY PLAN " + text;
                sqlite3_stmt *statement = nullptr;
                if (sqlite3_prepare_v2((*store)->handle(), explain.constData(), -1, &statement, nullptr) != SQLITE_OK)
                    continue; // of a table that is no more
                ++planned;
                while (sqlite3_step(statement) == SQLITE_ROW) {
                    const QString step
                        = QString::fromUtf8(reinterpret_cast<const char *>(sqlite3_column_text(statement, 3)));
                    const bool firstOnly = text.endsWith("LIMIT 1") && step.contains(u"INDEX"); // where it begins
                    const bool all = text.endsWith("FROM actor_outbox ORDER BY sequence"); // once at a wake
                    if (walks(step) && !firstOnly && !all)
                        faults += QString::fromUtf8(text) + u" → "_s + step;
                }
                sqlite3_finalize(statement);
            }
        }
        faults.removeDuplicates();
        QVERIFY2(faults.isEmpty(), qPrintable(faults.join(u'\n')));
        // The scenario reaches the statements. (Those of migrations run on the model of a kind, in no file.)
        QVERIFY2(planned > 36, qPrintable(QString::number(planned)));
    }
};

FOUNDRY_TEST_MAIN(PlansTest)
#include "PlansTest.moc"
