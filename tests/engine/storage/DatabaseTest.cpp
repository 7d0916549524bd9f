#include <Database.h>
#include <FatalWarnings.h>

#include <QFile>
#include <QTemporaryDir>

using namespace foundry;

namespace {

constexpr Sql makeNote { "makeNote",
                         "CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT NOT NULL, extra BLOB) STRICT" };
constexpr Sql addNote { "addNote", "INSERT INTO note (body, extra) VALUES (?1, ?2)" };
constexpr Sql countNotes { "countNotes", "SELECT count(*) FROM note" };
constexpr Sql listNotes { "listNotes", "SELECT id, body, extra FROM note ORDER BY id" };

} // namespace

class DatabaseTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void valuesComeBackAsTheyWere();
    void whatIsCommittedIsThereAfterReopening();
    void whatIsNotCommittedIsNot();
    void savepointsNest();
    void savepointsEndInReverseOrder();
    void aSavepointLeftOpenRefusesTheCommit();
    void aSecondTransactionIsRefused();
    void aTransactionThatEndedCannotCommit();
    void aSecondOwnerIsRefused();
    void aMissingStoreIsToldApart();
    void aStrangersFileIsCorrupt();
    void aFailureNamesItsStatement();
    void theNumberOfValuesIsChecked();
    void oneTextIsOneStatement();
    void valuesHaveALimit();
    void theStatementCacheHasALimit();
    void aStatementMayRunInsideItself();
    void foreignKeysHold();
    void durableAfterASyncOnAHelper();
    void callbacksKeepTheirOrder();
    void nothingToSyncCallsBackFromTheEventLoop();
    void callbacksHaveALimit();
    void aCallbackMayDestroyTheDatabase();
    void closingCallsBack();
    void destroyingDropsCallbacks();
    void relaxedCommitsStartNoSync();
    void aSyncCoversWhatWasCommittedBeforeItBegan();
    void theWalIsCopiedBack();
    void aBackupIsWhole();

private:
    QString path() const { return m_folder->filePath(u"store.db"_s); }
    std::unique_ptr<Database> opened(SyncService *sync = nullptr);
    qint64 notes(Database &database) { return database.integer(countNotes).value_or(-1); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void DatabaseTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
}

void DatabaseTest::cleanup()
{
    m_folder.reset();
}

std::unique_ptr<Database> DatabaseTest::opened(SyncService *sync)
{
    auto database = Database::open(path(), { .sync = sync });
    if (!database)
        qFatal("%s", qPrintable(database.error().chain()));
    if (!(*database)->integer(countNotes)) {
        if (auto made = (*database)->run(makeNote); !made)
            qFatal("%s", qPrintable(made.error().chain()));
    }
    return std::move(*database);
}

void DatabaseTest::valuesComeBackAsTheyWere()
{
    auto database = Database::open(path());
    QVERIFY(database);
    QVERIFY((*database)->run({ "make", "CREATE TABLE v (a, b, c, d, e, f, g)" }));
    const QByteArray bytes("\0\xff\x01", 3);
    const QString text = u"Zoë \u2026 \U0001F600"_s;
    const Sql insert { "insert", "INSERT INTO v VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)" };
    QCOMPARE(
        *(*database)->run(insert, qint64(1) << 62, 0.1, text, bytes, std::optional<int> {}, QString(), QByteArray()),
        1);
    int seen = 0;
    const auto read = (*database)->each({ "read", "SELECT * FROM v" }, {}, [&](const Row &row) {
        ++seen;
        [&] {
            QCOMPARE(row.columns(), 7);
            QCOMPARE(row.integer(0), qint64(1) << 62);
            QCOMPARE(row.real(1), 0.1);
            QCOMPARE(row.text(2), text);
            QCOMPARE(row.blob(3), bytes);
            QVERIFY(row.isNull(4));
            QVERIFY(row.text(4).isNull());
            QVERIFY(!row.isNull(5)); // a null QString is an empty text
            QCOMPARE(row.text(5), u""_s);
            QVERIFY(!row.isNull(6));
            QCOMPARE(row.value(2), SqlValue(text));
        }();
        return true;
    });
    QVERIFY(read);
    QCOMPARE(seen, 1);
}

void DatabaseTest::whatIsCommittedIsThereAfterReopening()
{
    {
        auto database = opened();
        auto transaction = database->begin();
        QVERIFY(transaction);
        QVERIFY(database->run(addNote, u"one"_s, nullptr));
        QVERIFY(transaction->commit());
        QVERIFY(!database->inTransaction());
        QVERIFY(database->close());
        QVERIFY(!database->isOpen());
        QVERIFY(database->run(addNote, u"two"_s, nullptr).error().is(codes::Storage::unavailable));
    }
    QCOMPARE(notes(*opened()), 1);
}

void DatabaseTest::whatIsNotCommittedIsNot()
{
    auto database = opened();
    {
        auto transaction = database->begin();
        QVERIFY(database->run(addNote, u"one"_s, nullptr));
    }
    QVERIFY(!database->inTransaction());
    QCOMPARE(notes(*database), 0);
    {
        auto transaction = database->begin();
        QVERIFY(database->run(addNote, u"two"_s, nullptr));
        QVERIFY(database->close()); // under the open transaction
    }
    QCOMPARE(notes(*opened()), 0);
}

void DatabaseTest::savepointsNest()
{
    auto database = opened();
    auto transaction = database->begin();
    QVERIFY(database->run(addNote, u"kept"_s, nullptr));
    {
        auto outer = transaction->savepoint();
        QVERIFY(outer);
        QVERIFY(database->run(addNote, u"kept too"_s, nullptr));
        {
            auto inner = transaction->savepoint();
            QVERIFY(database->run(addNote, u"undone"_s, nullptr));
            QCOMPARE(notes(*database), 3);
        }
        QCOMPARE(notes(*database), 2);
        QVERIFY(outer->release());
    }
    {
        auto outer = transaction->savepoint();
        auto inner = transaction->savepoint();
        QVERIFY(database->run(addNote, u"undone"_s, nullptr));
        QVERIFY(inner->release());
        outer->rollback(); // takes with it what the inner one kept
    }
    QVERIFY(transaction->commit());
    QCOMPARE(notes(*database), 2);
}

void DatabaseTest::savepointsEndInReverseOrder()
{
    auto database = opened();
    auto transaction = database->begin();
    auto outer = transaction->savepoint();
    QVERIFY(database->run(addNote, u"one"_s, nullptr));
    auto inner = transaction->savepoint();
    QVERIFY(outer->release().error().is(codes::Storage::query));
    outer->rollback();
    QCOMPARE(notes(*database), 0);
    QVERIFY(inner->release().error().is(codes::Storage::query)); // went with the outer one
    QVERIFY(transaction->commit());
}

void DatabaseTest::aSavepointLeftOpenRefusesTheCommit()
{
    auto database = opened();
    auto transaction = database->begin();
    QVERIFY(database->run(addNote, u"one"_s, nullptr));
    auto savepoint = transaction->savepoint();
    QVERIFY(transaction->commit().error().is(codes::Storage::query));
    QVERIFY(!database->inTransaction());
    QCOMPARE(notes(*database), 0);
}

void DatabaseTest::aSecondTransactionIsRefused()
{
    auto database = opened();
    auto transaction = database->begin();
    QVERIFY(database->begin().error().is(codes::Storage::query));
    transaction->rollback();
    QVERIFY(database->begin());
}

void DatabaseTest::aTransactionThatEndedCannotCommit()
{
    auto database = opened();
    auto transaction = database->begin();
    transaction->rollback();
    QVERIFY(transaction->commit().error().is(codes::Storage::query));
    QVERIFY(transaction->savepoint().error().is(codes::Storage::query));
}

void DatabaseTest::aSecondOwnerIsRefused()
{
    auto database = opened();
    const auto second = Database::open(path());
    QVERIFY(!second);
    QVERIFY2(second.error().is(codes::Storage::locked), qPrintable(second.error().chain()));
    QVERIFY(database->close());
    QVERIFY(Database::open(path()));
}

void DatabaseTest::aMissingStoreIsToldApart()
{
    const auto missing = Database::open(path(), { .create = false });
    QVERIFY(!missing);
    QVERIFY(missing.error().is(codes::Storage::unavailable));
    QVERIFY(!QFile::exists(path()));
}

void DatabaseTest::aStrangersFileIsCorrupt()
{
    QFile file(path());
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray(8192, 'x'));
    file.close();
    const auto stranger = Database::open(path());
    QVERIFY(!stranger);
    QVERIFY2(stranger.error().is(codes::Storage::corrupt), qPrintable(stranger.error().chain()));
}

void DatabaseTest::aFailureNamesItsStatement()
{
    auto database = opened();
    const auto refused = database->run({ "addNothing", "INSERT INTO note (body) VALUES (?1)" }, nullptr);
    QVERIFY(!refused);
    QVERIFY(refused.error().is(codes::Storage::query));
    QVERIFY2(refused.error().detail.startsWith(u"addNothing: NOT NULL constraint failed: note.body"_s),
             qPrintable(refused.error().detail));
    QVERIFY(database->run({ "bad", "SELEKT" }).error().detail.startsWith(u"bad: "_s));
}

void DatabaseTest::theNumberOfValuesIsChecked()
{
    auto database = opened();
    QVERIFY(database->run(addNote, u"one"_s).error().is(codes::Storage::query));
    QCOMPARE(notes(*database), 0);
}

void DatabaseTest::oneTextIsOneStatement()
{
    auto database = opened();
    QVERIFY(database->run({ "two", "DELETE FROM note; DELETE FROM note" }).error().is(codes::Storage::query));
    QVERIFY(database->run({ "none", " " }).error().is(codes::Storage::query));
}

void DatabaseTest::valuesHaveALimit()
{
    auto database = opened();
    const QByteArray largest(Database::maxValueSize, 'x');
    QVERIFY(database->run(addNote, u"fits"_s, largest));
    const auto refused = database->run(addNote, u"does not"_s, QByteArray(largest + 'x'));
    QVERIFY(!refused);
    QVERIFY(refused.error().is(codes::Storage::tooLarge));
    QVERIFY(refused.error().detail.contains(QString::number(Database::maxValueSize)));
    // Counted in the bytes that are kept, not in characters.
    QVERIFY(database->run(addNote, QString(Database::maxValueSize / 2, u'\u2026'), nullptr)
                .error()
                .is(codes::Storage::tooLarge));
    QCOMPARE(notes(*database), 1);
}

void DatabaseTest::theStatementCacheHasALimit()
{
    auto database = opened();
    for (int i = 0; i < Database::maxCachedStatements * 2; ++i) {
        const QByteArray text = "SELECT " + QByteArray::number(i);
        QCOMPARE(*database->integer({ "number", text.constData() }), i);
        QVERIFY(database->cachedStatements() <= size_t(Database::maxCachedStatements));
    }
    QCOMPARE(database->cachedStatements(), size_t(Database::maxCachedStatements));
}

void DatabaseTest::aStatementMayRunInsideItself()
{
    auto database = opened();
    QVERIFY(database->run(addNote, u"a"_s, nullptr));
    QVERIFY(database->run(addNote, u"b"_s, nullptr));
    int inner = 0;
    QVERIFY(database->each(listNotes, {}, [&](const Row &) {
        const auto nested = database->each(listNotes, {}, [&](const Row &) {
            ++inner;
            return true;
        });
        return nested.has_value();
    }));
    QCOMPARE(inner, 4);
}

void DatabaseTest::foreignKeysHold()
{
    auto database = opened();
    QVERIFY(database->script(u"CREATE TABLE link (note INTEGER NOT NULL REFERENCES note (id)) STRICT"_s));
    QVERIFY(database->run({ "link", "INSERT INTO link (note) VALUES (7)" }).error().detail.contains(u"FOREIGN KEY"_s));
}

void DatabaseTest::durableAfterASyncOnAHelper()
{
    ThreadedSync sync;
    auto database = opened(&sync);
    auto transaction = database->begin();
    QVERIFY(database->run(addNote, u"one"_s, nullptr));
    QVERIFY(transaction->commit());
    QVERIFY(!database->isDurable());
    int told = 0;
    database->whenDurable([&](Result<void> result) {
        QVERIFY(result);
        QVERIFY(database->isDurable());
        ++told;
    });
    QCOMPARE(told, 0);
    QTRY_COMPARE(told, 1);
}

void DatabaseTest::callbacksKeepTheirOrder()
{
    ThreadedSync sync;
    auto database = opened(&sync);
    std::vector<int> order;
    for (int i = 0; i < 50; ++i) {
        auto transaction = database->begin();
        QVERIFY(database->run(addNote, u"note"_s, nullptr));
        QVERIFY(transaction->commit(i % 2 ? Durability::full : Durability::relaxed));
        database->whenDurable([&, i](Result<void> result) {
            QVERIFY(result);
            order.push_back(i);
        });
    }
    QTRY_COMPARE(order.size(), 50u);
    QVERIFY(std::ranges::is_sorted(order));
    QVERIFY(database->isDurable());
}

void DatabaseTest::nothingToSyncCallsBackFromTheEventLoop()
{
    ThreadedSync sync;
    auto database = opened(&sync);
    QVERIFY(database->syncNow());
    int told = 0;
    database->whenDurable([&](Result<void> result) { told += result.has_value(); });
    QCOMPARE(told, 0);
    QTRY_COMPARE(told, 1);
}

void DatabaseTest::callbacksHaveALimit()
{
    ThreadedSync sync;
    auto database = opened(&sync);
    int told = 0;
    int refused = 0;
    for (int i = 0; i < Database::maxWaiting + 1; ++i) {
        database->whenDurable([&](Result<void> result) {
            told += result.has_value();
            refused += !result && result.error().is(codes::Storage::tooLarge);
        });
    }
    QTRY_COMPARE(refused, 1);
    QTRY_COMPARE(told, Database::maxWaiting);
}

void DatabaseTest::aCallbackMayDestroyTheDatabase()
{
    ThreadedSync sync;
    auto database = opened(&sync);
    QVERIFY(database->run(addNote, u"one"_s, nullptr));
    int told = 0;
    database->whenDurable([&](Result<void>) {
        ++told;
        database.reset();
    });
    database->whenDurable([&](Result<void>) { ++told; });
    QTRY_VERIFY(!database);
    QCoreApplication::processEvents();
    QCOMPARE(told, 1);
}

void DatabaseTest::closingCallsBack()
{
    ThreadedSync sync;
    auto database = opened(&sync);
    QVERIFY(database->run(addNote, u"one"_s, nullptr));
    int told = 0;
    database->whenDurable([&](Result<void> result) { told += result.has_value(); });
    QVERIFY(database->close());
    QCOMPARE(told, 1);
}

void DatabaseTest::destroyingDropsCallbacks()
{
    ThreadedSync sync;
    auto database = opened(&sync);
    QVERIFY(database->run(addNote, u"one"_s, nullptr));
    bool told = false;
    database->whenDurable([&](Result<void>) { told = true; });
    database.reset();
    database = opened(&sync);
    bool later = false;
    database->whenDurable([&](Result<void>) { later = true; });
    QTRY_VERIFY(later);
    QVERIFY(!told);
    QCOMPARE(notes(*database), 1);
}

// Counts what is asked of it and finishes nothing by itself.
class HeldSync final : public SyncService {
public:
    void request(std::shared_ptr<WalFile> file, Done done) override
    {
        held.push_back(std::move(done));
        asked = std::move(file);
    }
    void post(std::function<void()> call) override { call(); }
    std::vector<Done> held;
    std::shared_ptr<WalFile> asked;
};

void DatabaseTest::relaxedCommitsStartNoSync()
{
    HeldSync sync;
    auto database = opened(&sync);
    const auto commit = [&](Durability durability) {
        auto transaction = database->begin();
        QVERIFY(database->run(addNote, u"note"_s, nullptr));
        QVERIFY(transaction->commit(durability));
    };
    commit(Durability::relaxed);
    QCOMPARE(sync.held.size(), 0u);
    commit(Durability::full);
    QCOMPARE(sync.held.size(), 1u);
    // While one is under way, all others join the next.
    int told = 0;
    for (int i = 0; i < 10; ++i) {
        commit(Durability::full);
        database->whenDurable([&](Result<void>) { ++told; });
    }
    QCOMPARE(sync.held.size(), 1u);
    const auto first = sync.held.front();
    first({});
    QCOMPARE(told, 0);
    QCOMPARE(sync.held.size(), 2u);
    const auto second = sync.held.back();
    second({});
    QCOMPARE(told, 10);
    QCOMPARE(sync.held.size(), 2u);
}

// It may begin long after it was asked for; what is committed while it runs waits for the next.
void DatabaseTest::aSyncCoversWhatWasCommittedBeforeItBegan()
{
    HeldSync sync;
    auto database = opened(&sync);
    QStringList told;
    const auto commit = [&](const QString &name) {
        auto transaction = database->begin();
        QVERIFY(database->run(addNote, name, nullptr));
        QVERIFY(transaction->commit());
        database->whenDurable([&told, name](const Result<void> &durable) { told += durable ? name : u"not"_s; });
    };
    commit(u"before it is asked"_s);
    commit(u"before it begins"_s);
    QVERIFY(sync.asked->sync());
    commit(u"while it runs"_s);
    QCOMPARE(sync.held.size(), 1u);
    sync.held.front()({});
    QCOMPARE(told, QStringList({ u"before it is asked"_s, u"before it begins"_s }));
    QCOMPARE(sync.held.size(), 2u);
    sync.held.back()({});
    QCOMPARE(told.size(), 3);
}

void DatabaseTest::theWalIsCopiedBack()
{
    auto database = opened();
    constexpr int rows = 100;
    const QByteArray page(4000, 'x');
    qint64 largest = 0;
    for (int i = 0; i < 3 * Database::checkpointPages / rows; ++i) {
        auto transaction = database->begin();
        for (int row = 0; row < rows; ++row)
            QVERIFY(database->run(addNote, u"note"_s, page));
        QVERIFY(transaction->commit(Durability::relaxed));
        largest = std::max(largest, QFileInfo(path() + u"-wal"_s).size());
    }
    QVERIFY(largest > Database::checkpointPages * 4096);
    QVERIFY(largest < (Database::checkpointPages + 3 * rows) * 4120); // starts again instead of growing
    QVERIFY(database->checkpoint());
    QCOMPARE(QFileInfo(path() + u"-wal"_s).size(), 0);
    QVERIFY(database->isDurable());
    QVERIFY(database->verify());
}

void DatabaseTest::aBackupIsWhole()
{
    auto database = opened();
    QVERIFY(database->run(addNote, u"one"_s, nullptr));
    const QString to = m_folder->filePath(u"backup.db"_s);
    QVERIFY(database->backup(to));
    QVERIFY(database->run(addNote, u"two"_s, nullptr));
    QVERIFY(database->close());
    auto copy = Database::open(to, { .create = false });
    QVERIFY(copy);
    QCOMPARE(notes(**copy), 1);
    QVERIFY((*copy)->verify());
    // A backup that cannot be written leaves the one before it.
    auto again = opened();
    QVERIFY(!again->backup(m_folder->filePath(u"missing/backup.db"_s)));
}

FOUNDRY_TEST_MAIN(DatabaseTest)
#include "DatabaseTest.moc"
