#include <Database.h>
#include <FatalWarnings.h>

#include <QFile>
#include <QTemporaryDir>
#include <QThread>

#include <random>

using namespace foundry;

class SyncServiceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void oneRequestAfterTheOther();
    void manyStoresAtOnce();
    void theNumberOfHelpersHasBounds_data();
    void theNumberOfHelpersHasBounds();
    void postedCallsKeepTheirOrder();
    void aMissingFileIsToldApart();
    void whatIsUnderWayAtTheEndIsDropped();

private:
    static std::shared_ptr<WalFile> fileIn(const QTemporaryDir &folder, const QString &name);
};

std::shared_ptr<WalFile> SyncServiceTest::fileIn(const QTemporaryDir &folder, const QString &name)
{
    QFile file(folder.filePath(name));
    if (!file.open(QIODevice::WriteOnly) || file.write("x") != 1)
        return nullptr;
    return std::make_shared<WalFile>(file.fileName());
}

// Alone on a quick disk it stays on this thread, else it goes to a helper: the caller sees no difference.
void SyncServiceTest::oneRequestAfterTheOther()
{
    QTemporaryDir folder;
    ThreadedSync sync;
    const auto file = fileIn(folder, u"file"_s);
    for (int i = 0; i < 50; ++i) {
        int told = 0;
        sync.request(file, [&](Result<void> result) {
            QVERIFY(result);
            QCOMPARE(QThread::currentThread(), thread());
            ++told;
        });
        QCOMPARE(told, 0); // never inside the call
        QTRY_COMPARE(told, 1);
    }
}

void SyncServiceTest::manyStoresAtOnce()
{
    constexpr int stores = 20;
    constexpr int commits = 30;
    QTemporaryDir folder;
    ThreadedSync sync;
    std::mt19937 random(3);
    std::vector<std::unique_ptr<Database>> all;
    std::vector<int> told(stores);
    for (int i = 0; i < stores; ++i) {
        auto opened = Database::open(folder.filePath(QString::number(i)), { .sync = &sync });
        QVERIFY(opened);
        QVERIFY((*opened)->run({ "make", "CREATE TABLE note (id INTEGER PRIMARY KEY) STRICT" }));
        all.push_back(std::move(*opened));
    }
    for (int commit = 1; commit <= commits; ++commit) {
        for (int i = 0; i < stores; ++i) {
            if (random() % 3 == 0)
                QCoreApplication::processEvents();
            QVERIFY(all[size_t(i)]->run({ "add", "INSERT INTO note DEFAULT VALUES" }));
            all[size_t(i)]->whenDurable([&told, i, commit](Result<void> result) {
                QVERIFY(result);
                QCOMPARE(++told[size_t(i)], commit);
            });
        }
    }
    for (int i = 0; i < stores; ++i) {
        QTRY_COMPARE(told[size_t(i)], commits);
        QVERIFY(all[size_t(i)]->isDurable());
    }
}

void SyncServiceTest::theNumberOfHelpersHasBounds_data()
{
    QTest::addColumn<int>("helpers");
    QTest::newRow("none") << 0;
    QTest::newRow("too many") << ThreadedSync::maxHelpers + 100;
}

void SyncServiceTest::theNumberOfHelpersHasBounds()
{
    QFETCH(const int, helpers);
    const auto threads = [] {
        QFile status(u"/proc/self/status"_s);
        if (!status.open(QIODevice::ReadOnly))
            return -1;
        for (const QByteArray &line : status.readAll().split('\n')) {
            if (line.startsWith("Threads:"))
                return line.mid(8).trimmed().toInt();
        }
        return -1;
    };
    const int before = threads();
    QTemporaryDir folder;
    ThreadedSync sync(helpers);
    QTRY_COMPARE(threads() - before, 1); // the others come when there is something to do
    constexpr int requests = 200;
    int told = 0;
    for (int i = 0; i < requests; ++i)
        sync.request(fileIn(folder, QString::number(i)), [&told](Result<void>) { ++told; });
    QTRY_COMPARE(told, requests);
    QVERIFY(threads() - before >= 1);
    QVERIFY(threads() - before <= std::clamp(helpers, 1, ThreadedSync::maxHelpers));
}

void SyncServiceTest::postedCallsKeepTheirOrder()
{
    ThreadedSync sync;
    std::vector<int> order;
    for (int i = 0; i < 100; ++i)
        sync.post([&order, i] { order.push_back(i); });
    QVERIFY(order.empty());
    QTRY_COMPARE(order.size(), 100u);
    QVERIFY(std::ranges::is_sorted(order));
}

void SyncServiceTest::aMissingFileIsToldApart()
{
    QTemporaryDir folder;
    WalFile missing(folder.filePath(u"none"_s));
    const auto refused = missing.sync();
    QVERIFY(!refused);
    QVERIFY(refused.error().is(codes::Storage::unavailable));
    QVERIFY(!QFile::exists(missing.path()));
}

void SyncServiceTest::whatIsUnderWayAtTheEndIsDropped()
{
    QTemporaryDir folder;
    bool told = false;
    for (int requests = 1; requests <= 3; ++requests) {
        ThreadedSync sync;
        for (int i = 0; i < requests; ++i)
            sync.request(fileIn(folder, QString::number(i)), [&](Result<void>) { told = true; });
    }
    QCoreApplication::processEvents();
    QVERIFY(!told);
}

FOUNDRY_TEST_MAIN(SyncServiceTest)
#include "SyncServiceTest.moc"
