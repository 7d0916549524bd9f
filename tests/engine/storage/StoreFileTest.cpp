#include <Database.h>
#include <FatalWarnings.h>
#include <StoreFile.h>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>

using namespace foundry;

namespace {

constexpr Sql countNotes { "countNotes", "SELECT count(*) FROM note" };

} // namespace

class StoreFileTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void aDamagedStoreIsSetAsideWithItsWal();
    void settingAsideNeverOverwrites();
    void aBackupTakesTheStoresPlace();
    void aDamagedBackupIsRefused();
    void aMissingBackupIsRefused();
    void removingLeavesNothing();

private:
    QString path() const { return m_folder->filePath(u"store.db"_s); }
    QStringList files() const { return QDir(m_folder->path()).entryList(QDir::Files, QDir::Name); }
    void write(int notes);
    qint64 notes() const;

    std::unique_ptr<QTemporaryDir> m_folder;
};

void StoreFileTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
}

void StoreFileTest::cleanup()
{
    m_folder.reset();
}

void StoreFileTest::write(int notes)
{
    auto database = Database::open(path());
    QVERIFY(database);
    QVERIFY((*database)->script(u"CREATE TABLE IF NOT EXISTS note (id INTEGER PRIMARY KEY) STRICT"_s));
    for (int i = 0; i < notes; ++i)
        QVERIFY((*database)->run({ "add", "INSERT INTO note DEFAULT VALUES" }));
}

qint64 StoreFileTest::notes() const
{
    auto database = Database::open(path(), { .create = false });
    return database ? (*database)->integer(countNotes).value_or(-1) : -1;
}

void StoreFileTest::aDamagedStoreIsSetAsideWithItsWal()
{
    write(3);
    QVERIFY(files().contains(u"store.db-wal"_s)); // its latest commits are there only
    const auto aside = storeFile::setAside(path(), 1'700'000'000'000);
    QVERIFY(aside);
    QCOMPARE(*aside, path() + u".damaged-20231114T221320Z"_s);
    QCOMPARE(files(),
             (QStringList { u"store.db.damaged-20231114T221320Z"_s, u"store.db.damaged-20231114T221320Z-wal"_s }));
    write(1);
    QCOMPARE(notes(), 1);
    auto old = Database::open(*aside, { .create = false });
    QVERIFY(old);
    QCOMPARE(*(*old)->integer(countNotes), 3);
}

void StoreFileTest::settingAsideNeverOverwrites()
{
    write(1);
    const auto first = storeFile::setAside(path(), 1'700'000'000'000);
    write(2);
    const auto second = storeFile::setAside(path(), 1'700'000'000'000);
    QVERIFY(first && second);
    QVERIFY(*first != *second);
    QVERIFY(QFile::exists(*first) && QFile::exists(*second));
    QVERIFY(!storeFile::setAside(path(), 1'700'000'000'000)); // nothing there
}

void StoreFileTest::aBackupTakesTheStoresPlace()
{
    const QString backup = m_folder->filePath(u"backup.db"_s);
    write(1);
    {
        auto database = Database::open(path());
        QVERIFY((*database)->backup(backup));
    }
    write(5);
    QCOMPARE(notes(), 6);
    const auto replaced = storeFile::restore(backup, path(), 1'700'000'000'000);
    QVERIFY(replaced);
    QCOMPARE(*replaced, path() + u".replaced-20231114T221320Z"_s);
    QVERIFY(!QFile::exists(path() + u"-wal"_s)); // else the newer commits would come back over it
    QCOMPARE(notes(), 1);
    QVERIFY(QFile::exists(backup));
    auto old = Database::open(*replaced, { .create = false });
    QVERIFY(old);
    QCOMPARE(*(*old)->integer(countNotes), 6); // what was there is kept, its WAL with it
}

void StoreFileTest::aDamagedBackupIsRefused()
{
    write(2);
    const QString backup = m_folder->filePath(u"backup.db"_s);
    QFile file(backup);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray(5000, 'x'));
    file.close();
    const auto refused = storeFile::restore(backup, path(), 0);
    QVERIFY(!refused);
    QVERIFY2(refused.error().is(codes::Storage::corrupt), qPrintable(refused.error().chain()));
    QCOMPARE(notes(), 2);
    QVERIFY(!files().contains(u"store.db.restoring"_s));
}

void StoreFileTest::aMissingBackupIsRefused()
{
    write(2);
    QVERIFY(storeFile::restore(m_folder->filePath(u"none"_s), path(), 0).error().is(codes::Storage::unavailable));
    QCOMPARE(notes(), 2);
}

void StoreFileTest::removingLeavesNothing()
{
    write(2);
    QVERIFY(storeFile::remove(path()));
    QVERIFY(files().isEmpty());
    QVERIFY(storeFile::remove(path()));
}

FOUNDRY_TEST_MAIN(StoreFileTest)
#include "StoreFileTest.moc"
