// Runs as JSON Lines: out, in again, and the recorded ones of histories/, which earlier versions of a workflow left
// and today's program must go on with. A file is called <workflow>.<what comes of it>.jsonl.
#include "ScriptTest.h"

#include <QDir>
#include <QRegularExpression>

using namespace foundry;
using namespace std::chrono_literals;

namespace {

Flow<Result<LoopTurn<int>>> parcel(ScriptActor &actor, WorkflowContext &context, int count)
{
    auto packing = actor.step(context, u"pack"_s, exact(3));
    auto packed = co_await packing;
    if (!packed)
        co_return std::unexpected(packed.error());
    auto receiving = context.receive(u"next"_s, { u"prompt"_s, u"other"_s });
    auto received = co_await receiving;
    if (!received)
        co_return std::unexpected(received.error());
    co_return received->name == u"prompt" ? LoopTurn<int>::next(count + 1) : LoopTurn<int>::end(count + 1);
}

// As it was first written. It is not changed any more: the files were recorded with it.
Workflow firstOrder(ScriptActor &actor, WorkflowContext &context)
{
    const QString number = context.uuid(u"number"_s);
    auto checking = actor.step(context, u"checkStock"_s, exact(3));
    auto checked = co_await checking;
    auto reserving = actor.step(context, u"reserve"_s, exact(3));
    auto reserved = co_await reserving;
    auto packing = context.loop<int>(
        u"parcels"_s, 0, [&actor](WorkflowContext &inner, int count) { return parcel(actor, inner, count); });
    auto parcels = co_await packing;
    actor.note(u"%1 %2 %3"_s.arg(number).arg(parcels.value_or(-1)).arg(checked && reserved));
    co_return parcels ? Result<void>() : std::unexpected(parcels.error());
}

// As it is today: the stock is not checked any more, and new orders are paid before they are packed.
Workflow order(ScriptActor &actor, WorkflowContext &context)
{
    const QString number = context.uuid(u"number"_s);
    context.removed(u"checkStock"_s);
    auto reserving = actor.step(context, u"reserve"_s, exact(3));
    auto reserved = co_await reserving;
    if (context.version(u"payment"_s, 2) >= 2) {
        auto paying = actor.step(context, u"pay"_s, exact(3));
        auto paid = co_await paying;
        if (!paid)
            co_return std::unexpected(paid.error());
    }
    auto packing = context.loop<int>(
        u"parcels"_s, 0, [&actor](WorkflowContext &inner, int count) { return parcel(actor, inner, count); });
    auto parcels = co_await packing;
    actor.note(u"%1 %2 %3"_s.arg(number).arg(parcels.value_or(-1)).arg(reserved.has_value()));
    co_return parcels ? Result<void>() : std::unexpected(parcels.error());
}

struct Other {
    static constexpr auto name = "other";
};

} // namespace

namespace foundry {
FOUNDRY_JSON(Other)
}

class HistoriesTest final : public ScriptTest {
    Q_OBJECT

    static QByteArray read(const QString &file)
    {
        QFile stored(QStringLiteral(HISTORIES) + u'/' + file);
        if (!stored.open(QIODevice::ReadOnly))
            qFatal("%s", qPrintable(stored.fileName()));
        return stored.readAll();
    }
    QByteArray exported()
    {
        QByteArray lines;
        m_world->visit<ScriptActor>(m_ref, [&](ScriptActor &actor) { lines = actor.workflow().exportRun().value(); });
        return lines;
    }
    static QByteArray entriesOf(const QByteArray &lines) { return lines.mid(lines.indexOf('\n')); }
    // Two parcels packed, the third waits for what is next.
    void beginFirstOrder()
    {
        begin(firstOrder);
        for (int i = 0; i < 2; ++i) {
            QVERIFY(m_world->send(m_ref, Prompt { u"more"_s }));
            m_world->settle();
        }
    }
    void goOnFrom(const QByteArray &lines, std::function<Workflow(ScriptActor &, WorkflowContext &)> script)
    {
        endWorld();
        startWorld();
        m_outside->script = std::move(script);
        m_ref = *m_world->system->create(u"Script"_s, { u"again"_s }, { { u"run"_s, QString::fromUtf8(lines) } });
        m_world->settle();
    }
    Result<void> refusal(const QByteArray &lines)
    {
        m_outside->script = order;
        const auto made = m_world->system->create(u"Script"_s, { u"bad"_s, QString::number(++m_tries) },
                                                  { { u"run"_s, QString::fromUtf8(lines) } });
        m_world->settle();
        const auto failure = m_world->system->info(*made)->failure;
        return failure ? std::unexpected(failure->causes.front()) : Result<void>();
    }
    int m_tries = 0;

private Q_SLOTS:
    void init() { startWorld(); }
    void cleanup() { endWorld(); }

    void aRunGoesOnElsewhereFromItsLines()
    {
        m_outside->bodies[u"reserve"_s] = [](StepRun &run, int attempt) {
            run.log(u"the shelf is locked"_s);
            return attempt == 1 ? failing(failure(codes::Git::unreachable, u"no key"_s, Retry::transient)) : value(2);
        };
        begin(firstOrder);
        m_world->advance(1s);
        QVERIFY(m_world->send(m_ref, Prompt { u"more"_s }));
        m_world->settle();
        const QByteArray lines = exported();
        const auto before = entries();
        goOnFrom(lines, firstOrder);
        QVERIFY(m_outside->calls.empty()); // all is on record
        QCOMPARE(entriesOf(exported()), entriesOf(lines)); // but for the key
        const auto after = entries();
        QCOMPARE(after.size(), before.size());
        QCOMPARE(after[2].line.attempts, before[2].line.attempts);
        QCOMPARE(view([](const WorkflowView &v) { return v.log(u"reserve"_s, 1); }), u"the shelf is locked"_s);
        QVERIFY(m_world->send(m_ref, Other {}));
        m_world->settle();
        QCOMPARE(status(), RunStatus::done);
        QVERIFY(m_outside->finally.front().endsWith(u" 2 1"));
    }

    void whatWasUnderWayCountsAsCrashed()
    {
        Promise<int> never;
        m_outside->bodies[u"reserve"_s] = [never](StepRun &, int) { return waiting(never); };
        begin(firstOrder);
        const QByteArray lines = exported();
        goOnFrom(lines, firstOrder);
        QCOMPARE(wait().cause, WaitCause::retry);
        m_world->advance(1s);
        QCOMPARE(m_outside->calls[u"reserve"_s], 1);
        QCOMPARE(entries()[2].line.attempts.front().failure->name(), u"workflow.crashed"_s);
    }

    // What the files hold is what is written today: a change of the form needs a new version of it.
    void theFormIsThatOfTheFiles()
    {
        beginFirstOrder();
        QString today = QString::fromUtf8(exported());
        today.replace(u"\"" FOUNDRY_VERSION "\""_s, u"\"0.1.0\""_s);
        const QRegularExpression id(u"\"[0-9a-f]{32}\""_s);
        today.replace(id, u"\"0123456789abcdef0123456789abcdef\""_s);
        const QString stored = QString::fromUtf8(read(u"order.goesOn.jsonl"_s));
        if (today != stored)
            qInfo("today it is\n%s", qPrintable(today));
        QCOMPARE(today, stored);
    }

    void recordedRunsAreReplayed_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("outcome");
        const QStringList files = QDir(QStringLiteral(HISTORIES)).entryList({ u"*.jsonl"_s }, QDir::Files);
        QVERIFY(files.size() >= 3);
        for (const QString &file : files)
            QTest::newRow(qPrintable(file)) << file << file.section(u'.', 1, 1);
    }

    void recordedRunsAreReplayed()
    {
        QFETCH(QString, file);
        QFETCH(QString, outcome);
        const QByteArray lines = read(file);
        goOnFrom(lines, order);
        if (outcome == u"diverges") {
            QCOMPARE(status(), RunStatus::diverged);
            QVERIFY2(runFailure().contains(u"the code has step 'reserve', the record has step 'audit'"),
                     qPrintable(runFailure()));
            QVERIFY(m_outside->calls.empty());
            QCOMPARE(entriesOf(exported()), entriesOf(lines)); // nothing is written
            return;
        }
        m_world->advance(10s); // a step that was under way is made again
        QCOMPARE(status(), RunStatus::running);
        QVERIFY(!m_outside->calls.contains(u"checkStock"_s));
        QCOMPARE(m_outside->calls[u"pay"_s], outcome == u"paysFirst" ? 1 : 0);
        QVERIFY(m_world->send(m_ref, Other {}));
        m_world->settle();
        QCOMPARE(status(), RunStatus::done);
    }

    void aNewerFormIsRefusedWithBothVersions()
    {
        QByteArray lines = read(u"order.goesOn.jsonl"_s);
        lines.replace("\"foundryWorkflow\":1", "\"foundryWorkflow\":7")
            .replace("\"program\":\"0.1.0\"", "\"program\":\"9.0\"");
        const auto refused = refusal(lines);
        QVERIFY(!refused);
        QCOMPARE(refused.error().chain(),
                 u"storage.newerVersion: the run is of format 7 (written by 9.0), this program knows 1"_s);
    }

    void aDamagedFileIsRefusedWithItsLine_data()
    {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::addColumn<QString>("why");
        QTest::newRow("no header") << QByteArray("foundryWorkflow") << QByteArray("something")
                                   << u"line 1: no workflow's header"_s;
        QTest::newRow("not JSON") << QByteArray("\n{") << QByteArray("\n[") << u"line 2: not a JSON object"_s;
        QTest::newRow("kind unknown") << QByteArray("\"kind\":\"step\"") << QByteArray("\"kind\":\"dance\"")
                                      << u"of the wrong type"_s;
        QTest::newRow("a line is missing")
            << QByteArray("\"place\":1") << QByteArray("\"place\":2") << u"at place 2 of '', expected 1"_s;
        QTest::newRow("the end is missing") << QByteArray("{\"entries\":") << QByteArray("\n") << u"line"_s;
        QTest::newRow("another number") << QByteArray("{\"entries\":6") << QByteArray("{\"entries\":7")
                                        << u"7 entries were expected"_s;
        QTest::newRow("another kind") << QByteArray("\"kind\":\"Script\"") << QByteArray("\"kind\":\"Task\"")
                                      << u"a run of Task, not of Script"_s;
    }

    void aDamagedFileIsRefusedWithItsLine()
    {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        QFETCH(QString, why);
        QByteArray lines = read(u"order.goesOn.jsonl"_s);
        const auto at = lines.indexOf(from);
        QVERIFY(at >= 0);
        lines.replace(at, from.size(), to);
        const auto refused = refusal(lines);
        QVERIFY(!refused);
        QVERIFY2(refused.error().detail.contains(why), qPrintable(refused.error().chain()));
    }
};

FOUNDRY_TEST_MAIN(HistoriesTest)
#include "HistoriesTest.moc"
