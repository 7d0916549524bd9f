// A process that commits is killed at any moment: what it was told is durable is there afterwards. (The
// death of a process does not lose what was written; power loss is StorageFaultsTest's part.)
#include <Database.h>
#include <FatalWarnings.h>
#include <Migrator.h>

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QProcess>
#include <QTemporaryDir>

#include <cstdio>
#include <limits>
#include <random>

using namespace foundry;

namespace {

const Migrations notes {
    u"Notes"_s,
    { { 1, u"makeNote"_s, u"CREATE TABLE note (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT"_s },
      { 2, u"makeTotal"_s,
        u"CREATE TABLE total (id INTEGER PRIMARY KEY CHECK (id = 1), notes INTEGER NOT NULL) STRICT; INSERT INTO total VALUES (1, 0)"_s } }
};
constexpr Sql lastNote { "lastNote", "SELECT coalesce(max(id), 0) FROM note" };
constexpr Sql countNotes { "countNotes", "SELECT count(*) FROM note" };
constexpr Sql readTotal { "readTotal", "SELECT notes FROM total" };
constexpr Sql addNote { "addNote", "INSERT INTO note (id, body) VALUES (?1, ?2)" };
constexpr Sql addToTotal { "addToTotal", "UPDATE total SET notes = notes + 1" };

Result<void> addOne(Database &database, qint64 id)
{
    auto transaction = database.begin();
    if (!transaction)
        return std::unexpected(transaction.error());
    auto added = database.run(addNote, id, QByteArray(int(id % 7) * 900, 'x'));
    if (added)
        added = database.run(addToTotal);
    if (!added)
        return std::unexpected(added.error());
    return transaction->commit();
}

// The child: commits for ever and prints each number once it is durable.
class Writer : public QObject {
public:
    explicit Writer(const QString &path)
    {
        auto opened = Database::open(path, { .sync = &m_sync });
        if (!opened || !Migrator(notes).migrate(**opened))
            std::_Exit(3);
        m_database = std::move(*opened);
        m_last = *m_database->integer(lastNote);
        std::printf("%lld\n", m_last);
        std::fflush(stdout);
        startTimer(0);
    }

protected:
    void timerEvent(QTimerEvent *) override
    {
        if (m_waiting > 50)
            return;
        const qint64 id = ++m_last;
        if (!addOne(*m_database, id))
            std::_Exit(4);
        ++m_waiting;
        m_database->whenDurable([this, id](Result<void> result) {
            --m_waiting;
            if (!result)
                std::_Exit(5);
            std::printf("%lld\n", id);
            std::fflush(stdout);
        });
    }

private:
    ThreadedSync m_sync;
    std::unique_ptr<Database> m_database;
    qint64 m_last = 0;
    int m_waiting = 0;
};

} // namespace

class StoreKillTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatIsAcknowledgedSurvivesAKill();
};

void StoreKillTest::whatIsAcknowledgedSurvivesAKill()
{
    // ./dev simulate --kills N asks for a number, and new moments each time.
    const int asked = qEnvironmentVariableIntValue("FOUNDRY_KILLS");
    const int maxKills = asked > 0 ? asked : 60;
    const qint64 maxTime = asked > 0 ? std::numeric_limits<qint64>::max() : 15'000; // ms
    QTemporaryDir folder;
    const QString path = folder.filePath(u"store.db"_s);
    const unsigned seed = asked > 0 ? std::random_device()() : 7;
    qInfo("seed %u", seed);
    std::mt19937 random(seed);
    QElapsedTimer running;
    running.start();
    qint64 acknowledged = 0;
    int kills = 0;
    while (kills < maxKills && (kills < 5 || running.elapsed() < maxTime)) {
        QProcess writer;
        writer.start(QCoreApplication::applicationFilePath(), { u"--writer"_s, path });
        QVERIFY(writer.waitForStarted());
        // Now and then before it has opened the store, else after some commits.
        if (kills % 5 != 0)
            QVERIFY(writer.waitForReadyRead());
        (void)writer.waitForFinished(int(random() % 120));
        QVERIFY2(writer.state() == QProcess::Running, qPrintable(u"exit code %1"_s.arg(writer.exitCode())));
        writer.kill();
        QVERIFY(writer.waitForFinished());
        ++kills;
        const QList<QByteArray> lines = writer.readAllStandardOutput().split('\n');
        for (qsizetype i = 0; i + 1 < lines.size(); ++i) // the last one may be cut
            acknowledged = std::max(acknowledged, lines[i].toLongLong());

        auto database = Database::open(path);
        QVERIFY2(database, qPrintable(database ? QString() : database.error().chain()));
        const auto migrated = Migrator(notes).migrate(**database);
        QVERIFY2(migrated, qPrintable(migrated ? QString() : migrated.error().chain()));
        const qint64 last = *(*database)->integer(lastNote);
        QVERIFY2(last >= acknowledged, qPrintable(u"%1 of %2"_s.arg(last).arg(acknowledged)));
        QCOMPARE(*(*database)->integer(countNotes), last);
        QCOMPARE(*(*database)->integer(readTotal), last); // both halves of each transaction
        if (kills % 10 == 0)
            QVERIFY((*database)->verify());
    }
    QVERIFY(acknowledged > kills);
    qInfo("%d kills, %lld commits acknowledged", kills, acknowledged);
}

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = app.arguments();
    if (arguments.value(1) == u"--writer"_s) {
        const Writer writer(arguments.value(2));
        return app.exec();
    }
    foundry::test::installFatalWarnings();
    StoreKillTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "StoreKillTest.moc"
