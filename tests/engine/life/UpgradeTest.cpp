// Stores that earlier versions wrote (tests/engine/storage/stores) open, migrate and are read by the program of today.
#include "Database.h"
#include "EngineDesk.h"

using namespace foundry;
using foundry::test::EngineDesk;

class UpgradeTest : public QObject {
    Q_OBJECT

    // The stores of that folder as files; returns their number.
    static int put(const EngineDesk &desk, const QString &version)
    {
        const QDir folder(QStringLiteral(FOUNDRY_OLD_STORES) + u'/' + version);
        const QStringList names = folder.entryList({ u"*.sql"_s }, QDir::Files);
        for (const QString &name : names) {
            QFile dump(folder.filePath(name));
            const QString path = desk.store(name.chopped(4));
            if (!dump.open(QIODevice::ReadOnly) || !QDir().mkpath(QFileInfo(path).path()))
                qFatal("%s", qPrintable(name));
            auto store = Database::open(path);
            const auto made = store ? (*store)->script(QString::fromUtf8(dump.readAll())) : Result<void>();
            const auto whole = made ? (*store)->checkpoint() : made;
            if (!store || !whole)
                qFatal("%s: %s", qPrintable(name), qPrintable(whole.error().chain()));
        }
        return int(names.size());
    }

    static QByteArray bytes(const QString &path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

private Q_SLOTS:
    void whatAnEarlierVersionWroteIsRead_data()
    {
        QTest::addColumn<bool>("published");
        QTest::newRow("first") << true;
        QTest::newRow("interrupted") << false;
        QTest::newRow("second") << true;
    }

    void whatAnEarlierVersionWroteIsRead()
    {
        QFETCH(bool, published);
        EngineDesk desk;
        QCOMPARE(put(desk, QString::fromLatin1(QTest::currentDataTag())), 6);
        desk.start();
        const auto workbench = desk.ask(query::Workbench {});
        QVERIFY(workbench);
        const auto &bench = std::get<answer::Workbench>(*workbench);
        QCOMPARE(bench.repositories.size(), size_t(1));
        QCOMPARE(bench.repositories.front().name, u"shop"_s);
        QCOMPARE(bench.tasks.size(), size_t(1));
        const TaskSummary &task = bench.tasks.front();
        QVERIFY(task.title.startsWith(u"Round prices with tax"));
        // The workflow's history is replayed: what it did stays done, what it was in is told as interrupted.
        if (published)
            QCOMPARE(task.state, TaskState::published);
        else
            QVERIFY(desk.untilState(task.id, TaskState::needsYou));
        const auto transcript = desk.transcript(task.id);
        QVERIFY2(transcript.size() >= 2, qPrintable(QString::number(transcript.size())));
        QVERIFY(desk.details(task.id).timeline.size() >= 6);
        const TaskSummary now = desk.task(task.id);
        const QString failure = now.failure ? now.failure->chain() : QString();
        QVERIFY2(!failure.contains(u"storage.") && !failure.contains(u"diverged"), qPrintable(failure));
        desk.stop();
        desk.start(); // what was migrated opens again
        QCOMPARE(desk.transcript(task.id).size(), transcript.size());
        desk.stop();
    }

    // A program of yesterday that meets the store of tomorrow: it says both versions and leaves it alone.
    void aStoreOfALaterVersionIsLeftUntouched()
    {
        EngineDesk desk;
        put(desk, u"second"_s);
        const QString registry = desk.store(u"registry"_s);
        {
            auto store = Database::open(registry);
            QVERIFY((*store)->script(u"INSERT INTO foundry_migration VALUES (99, 'tomorrow', 'x');"
                                     "PRAGMA user_version = 99"_s));
            QVERIFY((*store)->checkpoint());
        }
        const QByteArray before = bytes(registry);
        QVERIFY(!desk.launch());
        QVERIFY(desk.engineFailure());
        QVERIFY2(desk.engineFailure()->chain().contains(u"version 99"), qPrintable(desk.engineFailure()->chain()));
        desk.crash();
        QCOMPARE(bytes(registry), before);
    }

    void anActorOfALaterVersionIsLeftUntouchedAndTheRestGoesOn()
    {
        EngineDesk desk;
        put(desk, u"second"_s);
        QString session;
        {
            auto store = Database::open(desk.store(u"registry"_s));
            session = *(*store)
                           ->one(Sql { "session", "SELECT id FROM actor WHERE kind = 'Session'" },
                                 [](const Row &row) { return row.text(0); })
                           .value();
        }
        const QString path = desk.store(session);
        {
            auto store = Database::open(path);
            QVERIFY((*store)->script(u"INSERT INTO foundry_migration VALUES (99, 'tomorrow', 'x');"
                                     "PRAGMA user_version = 99"_s));
            QVERIFY((*store)->checkpoint());
        }
        const QByteArray before = bytes(path);
        desk.start();
        const auto workbench = desk.ask(query::Workbench {});
        QVERIFY(workbench);
        const TaskSummary task = std::get<answer::Workbench>(*workbench).tasks.front();
        const auto page = desk.ask(query::TranscriptPage { task.id, task.session });
        QVERIFY(!page);
        QVERIFY2(page.error().chain().contains(u"storage.newerVersion"), qPrintable(page.error().chain()));
        QVERIFY(desk.details(task.id).timeline.size() >= 6);
        desk.stop();
        QCOMPARE(bytes(path), before);
    }
};

FOUNDRY_TEST_MAIN(UpgradeTest)
#include "UpgradeTest.moc"
