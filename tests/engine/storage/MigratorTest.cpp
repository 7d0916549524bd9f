#include <FatalWarnings.h>
#include <Migrator.h>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>

using namespace foundry;

namespace {

const Migration makeNote { 1, u"makeNote"_s,
                           u"CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT"_s };
const Migration addKind { 2, u"addKind"_s, u"ALTER TABLE note ADD COLUMN kind TEXT NOT NULL DEFAULT 'plain'"_s };
const Migration addIndex { 3, u"addIndex"_s, u"CREATE INDEX noteByKind ON note (kind)"_s };
const Migration addTag { 4, u"addTag"_s,
                         u"CREATE TABLE tag (name TEXT PRIMARY KEY, note INTEGER REFERENCES note (id)) STRICT"_s };
// What 1 to 3 make, as somebody writes it afresh.
const Migration squashed {
    3, u"baseline"_s,
    u"-- the notes\nCREATE TABLE \"note\" (\n  id INTEGER PRIMARY KEY,\n  body text NOT NULL,\n"
    u"  kind TEXT NOT NULL DEFAULT 'plain'\n) STRICT;\nCREATE INDEX noteByKind ON note(kind);\n"_s
};

Migrations notes(std::vector<Migration> steps)
{
    return { u"Notes"_s, std::move(steps) };
}

} // namespace

class MigratorTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void anEmptyStoreGetsEveryStep();
    void anEmptyStoreIsCopiedFromOneThatWasMigrated();
    void oneThatKnowsAGoodStoreStillComparesTheOthers();
    void whatIsMissingIsAdded();
    void theSecondTimeNothingIsWritten();
    void reindentingIsNoEdit();
    void anEditedStepIsRefusedByName();
    void reorderedStepsAreRefusedByName();
    void aStepThatIsNotKnownIsRefusedByName();
    void aStepThatWasSkippedIsRefusedByName();
    void aGapInTheProgramIsRefused();
    void aNewerStoreIsRefusedUntouched();
    void aFailingStepLeavesTheOldSchema();
    void aDanglingReferenceLeavesTheOldSchema();
    void aStepMayRebuildATableThatOthersReferTo();
    void aBackupLiesBesideTheStore();
    void aStepWrittenInAnotherWayIsKnownByItsChecksum();
    void listsGrowByThemselvesInOneTransaction();
    void aNewerListIsRefusedUntouched();
    void aBaselineIsAdoptedBesideAnotherList();
    void L01_squashedBaselineIsAdopted();
    void L01_aStoreWithoutAJournalIsAdopted();
    void L01_aStoreBeyondTheBaselineIsAdopted();
    void L01_differencesAreRefused_data();
    void L01_differencesAreRefused();
    void L01_tablesWithoutAJournalAreNotTrusted();
    void L08_aStoreHasOneOwner();

private:
    QString path() const { return m_folder->filePath(u"notes.db"_s); }
    // Migrates and closes.
    Result<void> migrate(const Migrations &migrations);
    void script(const QString &sql);
    QByteArray bytes() const;
    qint64 number(const char *sql);

    std::unique_ptr<QTemporaryDir> m_folder;
};

void MigratorTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
}

void MigratorTest::cleanup()
{
    m_folder.reset();
}

Result<void> MigratorTest::migrate(const Migrations &migrations)
{
    auto database = Database::open(path());
    if (!database)
        return std::unexpected(database.error());
    return Migrator(migrations).migrate(**database);
}

void MigratorTest::script(const QString &sql)
{
    auto database = Database::open(path());
    QVERIFY(database);
    const auto ran = (*database)->script(sql);
    QVERIFY2(ran, qPrintable(ran ? QString() : ran.error().chain()));
    QVERIFY((*database)->checkpoint());
}

QByteArray MigratorTest::bytes() const
{
    QByteArray all;
    for (const QString &name : QDir(m_folder->path()).entryList(QDir::Files, QDir::Name)) {
        QFile file(m_folder->filePath(name));
        if (!file.open(QIODevice::ReadOnly))
            return {};
        all += name.toUtf8() + file.readAll();
    }
    return all;
}

qint64 MigratorTest::number(const char *sql)
{
    auto database = Database::open(path());
    return database ? (*database)->integer({ "number", sql }).value_or(-1) : -1;
}

void MigratorTest::anEmptyStoreGetsEveryStep()
{
    QVERIFY(migrate(notes({ makeNote, addKind, addIndex })));
    QCOMPARE(number("PRAGMA user_version"), 3);
    QCOMPARE(number("SELECT count(*) FROM foundry_migration"), 3);
    QCOMPARE(number("SELECT count(*) FROM pragma_table_info('note')"), 3);
    // The journal keeps a SHA-256.
    QCOMPARE(number("SELECT count(*) FROM foundry_migration WHERE length(checksum) = 64"), 3);
}

void MigratorTest::anEmptyStoreIsCopiedFromOneThatWasMigrated()
{
    const Migrations lists = notes({ makeNote, addKind, addIndex });
    const Sql schema { "schema", "SELECT type || name || coalesce(sql, '') FROM sqlite_schema ORDER BY name" };
    const auto text = [](const Row &row) { return row.text(0); };
    QVERIFY(migrate(lists));
    Migrator migrator(lists);
    std::vector<QString> migrated;
    {
        auto database = Database::open(path());
        QVERIFY(migrator.makeOrMigrate(**database)); // nothing to do
        migrated = *(*database)->all(schema, text);
    }
    for (const QString &name : { u"first"_s, u"second"_s }) {
        auto database = Database::open(m_folder->filePath(name));
        QVERIFY(migrator.makeOrMigrate(**database));
        QCOMPARE(*(*database)->all(schema, text), migrated);
        QCOMPARE(*(*database)->integer({ "version", "PRAGMA user_version" }), 3);
        QCOMPARE(*(*database)->integer({ "steps", "SELECT count(*) FROM foundry_migration" }), 3);
        QVERIFY((*database)->run({ "add", "INSERT INTO note (body) VALUES ('a')" }));
        QVERIFY((*database)->verify());
        QVERIFY((*database)->close());
        database = Database::open(m_folder->filePath(name)); // in WAL mode still
        QVERIFY(database);
        QCOMPARE(*(*database)->integer({ "notes", "SELECT count(*) FROM note" }), 1);
        QCOMPARE(*(*database)->one({ "mode", "PRAGMA journal_mode" }, text), u"wal"_s);
    }
}

void MigratorTest::oneThatKnowsAGoodStoreStillComparesTheOthers()
{
    const auto at = [this](const QString &name, const std::vector<Migration> &steps) {
        auto database = Database::open(m_folder->filePath(name));
        return database && Migrator(notes(steps)).makeOrMigrate(**database);
    };
    QVERIFY(at(u"good"_s, { makeNote, addKind }));
    QVERIFY(at(u"older"_s, { makeNote }));
    QVERIFY(at(u"newer"_s, { makeNote, addKind, addIndex }));
    Migration edited = addKind;
    edited.sql += u" CHECK (kind <> '')"_s;
    QVERIFY(at(u"edited"_s, { makeNote, edited }));
    Migrator migrator(notes({ makeNote, addKind }));
    for (int round = 0; round < 2; ++round) { // the second time it knows what a good one says
        for (const QString &name : { u"good"_s, u"older"_s }) {
            auto database = Database::open(m_folder->filePath(name));
            QVERIFY(migrator.makeOrMigrate(**database));
            QVERIFY((*database)->script(u"INSERT INTO note (body, kind) VALUES ('a', 'b')"_s));
        }
        auto newer = Database::open(m_folder->filePath(u"newer"_s));
        QVERIFY(migrator.makeOrMigrate(**newer).error().is(codes::Storage::newerVersion));
        auto other = Database::open(m_folder->filePath(u"edited"_s));
        QVERIFY(migrator.makeOrMigrate(**other).error().is(codes::Storage::editedMigration));
    }
}

void MigratorTest::whatIsMissingIsAdded()
{
    QVERIFY(migrate(notes({ makeNote })));
    script(u"INSERT INTO note (body) VALUES ('one')"_s);
    QVERIFY(migrate(notes({ makeNote, addKind, addIndex })));
    QCOMPARE(number("SELECT count(*) FROM note WHERE kind = 'plain'"), 1);
}

void MigratorTest::theSecondTimeNothingIsWritten()
{
    QVERIFY(migrate(notes({ makeNote, addKind })));
    const QByteArray before = bytes();
    QVERIFY(migrate(notes({ makeNote, addKind })));
    QCOMPARE(bytes(), before);
}

void MigratorTest::reindentingIsNoEdit()
{
    QVERIFY(migrate(notes({ { 1, u"make"_s, u"CREATE TABLE a (\n  b INTEGER\n);"_s } })));
    QVERIFY(migrate(notes({ { 1, u"make"_s, u"\n    CREATE TABLE a (\n        b INTEGER\n    );\n"_s } })));
}

void MigratorTest::anEditedStepIsRefusedByName()
{
    QVERIFY(migrate(notes({ makeNote, addKind })));
    const QByteArray before = bytes();
    Migration edited = addKind;
    edited.sql.replace(u"plain"_s, u"other"_s);
    const auto refused = migrate(notes({ makeNote, edited, addIndex }));
    QVERIFY(!refused);
    QVERIFY2(refused.error().is(codes::Storage::editedMigration), qPrintable(refused.error().chain()));
    QVERIFY2(refused.error().detail.contains(u"Notes step 2 addKind"_s), qPrintable(refused.error().detail));
    QCOMPARE(bytes(), before);
}

void MigratorTest::reorderedStepsAreRefusedByName()
{
    QVERIFY(migrate(notes({ makeNote, addKind, addIndex })));
    Migration second = addIndex;
    second.number = 2;
    Migration third = addKind;
    third.number = 3;
    const auto refused = migrate(notes({ makeNote, second, third }));
    QVERIFY(!refused);
    QVERIFY(refused.error().is(codes::Storage::editedMigration));
    QVERIFY(refused.error().detail.contains(u"addKind"_s) && refused.error().detail.contains(u"addIndex"_s));
}

void MigratorTest::aStepThatIsNotKnownIsRefusedByName()
{
    // A journal that says more than any list of steps in the program.
    QVERIFY(migrate(notes({ makeNote, addKind })));
    script(u"UPDATE foundry_migration SET number = -7 WHERE number = 2"_s);
    const auto refused = migrate(notes({ makeNote, addKind }));
    QVERIFY(!refused);
    QVERIFY2(refused.error().is(codes::Storage::missingMigration), qPrintable(refused.error().chain()));
    QVERIFY(refused.error().detail.contains(u"addKind"_s));
}

void MigratorTest::aStepThatWasSkippedIsRefusedByName()
{
    QVERIFY(migrate(notes({ makeNote, addKind, addIndex })));
    script(u"DELETE FROM foundry_migration WHERE number = 2"_s);
    const auto refused = migrate(notes({ makeNote, addKind, addIndex, addTag }));
    QVERIFY(!refused);
    QVERIFY(refused.error().is(codes::Storage::missingMigration));
    QVERIFY(refused.error().detail.contains(u"step 2 addKind"_s));
}

void MigratorTest::aGapInTheProgramIsRefused()
{
    const auto refused = migrate(notes({ makeNote, addIndex }));
    QVERIFY(!refused);
    QVERIFY(refused.error().is(codes::Storage::missingMigration));
    QVERIFY(refused.error().detail.contains(u"step 2"_s));
}

void MigratorTest::aNewerStoreIsRefusedUntouched()
{
    QVERIFY(migrate(notes({ makeNote, addKind, addIndex })));
    const QByteArray before = bytes();
    const auto refused = migrate(notes({ makeNote, addKind }));
    QVERIFY(!refused);
    QVERIFY(refused.error().is(codes::Storage::newerVersion));
    QVERIFY2(refused.error().detail.contains(u"version 3"_s) && refused.error().detail.contains(u"knows 2"_s),
             qPrintable(refused.error().detail));
    QCOMPARE(bytes(), before);
}

void MigratorTest::aFailingStepLeavesTheOldSchema()
{
    QVERIFY(migrate(notes({ makeNote })));
    const Migration broken { 3, u"broken"_s, u"CREATE TABLE fine (a INTEGER); CREATE TABLE note (a INTEGER)"_s };
    const auto refused = migrate(notes({ makeNote, addKind, broken }));
    QVERIFY(!refused);
    QVERIFY(refused.error().is(codes::Storage::query));
    QVERIFY2(refused.error().chain().contains(u"Notes step 3 broken"_s), qPrintable(refused.error().chain()));
    QCOMPARE(number("PRAGMA user_version"), 1);
    QCOMPARE(number("SELECT count(*) FROM pragma_table_info('note')"), 2);
    QCOMPARE(number("SELECT count(*) FROM sqlite_schema WHERE name = 'fine'"), 0);
    QVERIFY(migrate(notes({ makeNote, addKind })));
}

void MigratorTest::aDanglingReferenceLeavesTheOldSchema()
{
    QVERIFY(migrate(notes({ makeNote, addKind, addIndex, addTag })));
    script(u"INSERT INTO note (id, body) VALUES (1, 'x'); INSERT INTO tag VALUES ('t', 1)"_s);
    const auto refused
        = migrate(notes({ makeNote, addKind, addIndex, addTag, { 5, u"clean"_s, u"DELETE FROM note"_s } }));
    QVERIFY(!refused);
    QVERIFY2(refused.error().detail.contains(u"table tag"_s), qPrintable(refused.error().detail));
    QCOMPARE(number("SELECT count(*) FROM note"), 1);
}

void MigratorTest::aStepMayRebuildATableThatOthersReferTo()
{
    QVERIFY(migrate(notes({ makeNote, addKind, addIndex, addTag })));
    script(u"INSERT INTO note (id, body) VALUES (1, 'x'); INSERT INTO tag VALUES ('t', 1)"_s);
    const Migration rebuild {
        5, u"rebuild"_s,
        u"CREATE TABLE fresh (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;"
        u"INSERT INTO fresh SELECT id, body FROM note; DROP TABLE note; ALTER TABLE fresh RENAME TO note"_s
    };
    const auto done = migrate(notes({ makeNote, addKind, addIndex, addTag, rebuild }));
    QVERIFY2(done, qPrintable(done ? QString() : done.error().chain()));
    QCOMPARE(number("SELECT count(*) FROM tag JOIN note ON note.id = tag.note"), 1);
    auto database = Database::open(path());
    QVERIFY(Migrator(notes({ makeNote, addKind, addIndex, addTag, rebuild })).migrate(**database));
    QCOMPARE(*(*database)->integer({ "keys", "PRAGMA foreign_keys" }), 1); // on again
}

void MigratorTest::aBackupLiesBesideTheStore()
{
    QVERIFY(migrate(notes({ makeNote })));
    QVERIFY(!QFile::exists(path() + u".before-1"_s)); // there was nothing to save
    script(u"INSERT INTO note (body) VALUES ('one')"_s);
    QVERIFY(migrate(notes({ makeNote, addKind })));
    QVERIFY(QFile::exists(path() + u".before-2"_s));
    QVERIFY(migrate(notes({ makeNote, addKind, addIndex })));
    QVERIFY(!QFile::exists(path() + u".before-2"_s)); // the latest one is kept
    auto backup = Database::open(path() + u".before-3"_s);
    QVERIFY(backup);
    QCOMPARE(*(*backup)->integer({ "version", "PRAGMA user_version" }), 2);
    QCOMPARE(*(*backup)->integer({ "notes", "SELECT count(*) FROM note" }), 1);
}

void MigratorTest::aStepWrittenInAnotherWayIsKnownByItsChecksum()
{
    QVERIFY(migrate(notes({ makeNote })));
    Migration again = makeNote;
    again.sql.replace(u", "_s, u",\n"_s);
    QVERIFY(migrate(notes({ again })).error().is(codes::Storage::editedMigration));
    auto database = Database::open(path());
    const auto checksum = (*database)->one(Sql { "checksum", "SELECT checksum FROM foundry_migration" },
                                           [](const Row &row) { return row.text(0); });
    database->reset();
    again.formerly = { u"of another time"_s, **checksum };
    const QByteArray before = bytes();
    QVERIFY(migrate(notes({ again })));
    QCOMPARE(bytes(), before);
}

namespace {

Migrations engineList(std::vector<Migration> steps)
{
    return { u"Note engine"_s, std::move(steps), false, u"foundry_engine_migration"_s };
}
const Migration makeMark { 1, u"makeMark"_s, u"CREATE TABLE mark (id INTEGER PRIMARY KEY) STRICT;"_s };
const Migration addColour { 2, u"addColour"_s, u"ALTER TABLE mark ADD COLUMN colour TEXT;"_s };

} // namespace

void MigratorTest::listsGrowByThemselvesInOneTransaction()
{
    const auto both = [this](std::vector<Migration> mine, std::vector<Migration> engine) -> Result<void> {
        auto database = Database::open(path());
        if (!database)
            return std::unexpected(database.error());
        return Migrator({ notes(std::move(mine)), engineList(std::move(engine)) }).migrate(**database);
    };
    QVERIFY(both({ makeNote }, {}));
    QVERIFY(both({ makeNote, addKind }, { makeMark }));
    QCOMPARE(number("PRAGMA user_version"), 2);
    QCOMPARE(number("SELECT max(number) FROM foundry_engine_migration"), 1);
    QVERIFY(both({ makeNote, addKind }, { makeMark, addColour })); // the second alone
    QCOMPARE(number("SELECT count(*) FROM pragma_table_info('mark')"), 2);
    const QByteArray before = bytes();
    QVERIFY(both({ makeNote, addKind }, { makeMark, addColour }));
    QCOMPARE(bytes(), before);
    // What the second list cannot do undoes what the first one did.
    Migration broken { 3, u"broken"_s, u"CREATE TABLE mark (id INTEGER)"_s };
    QVERIFY(!both({ makeNote, addKind, addIndex }, { makeMark, addColour, broken }));
    QCOMPARE(number("PRAGMA user_version"), 2);
    QCOMPARE(number("SELECT count(*) FROM foundry_migration"), 2);
}

void MigratorTest::aNewerListIsRefusedUntouched()
{
    {
        auto database = Database::open(path());
        QVERIFY(Migrator({ notes({ makeNote }), engineList({ makeMark, addColour }) }).migrate(**database));
    }
    const QByteArray before = bytes();
    auto database = Database::open(path());
    const auto refused = Migrator({ notes({ makeNote, addKind }), engineList({ makeMark }) }).migrate(**database);
    database->reset();
    QVERIFY(refused.error().is(codes::Storage::newerVersion));
    QVERIFY2(refused.error().detail.contains(u"Note engine") && refused.error().detail.contains(u"version 2"),
             qPrintable(refused.error().detail));
    QCOMPARE(bytes(), before);
}

void MigratorTest::aBaselineIsAdoptedBesideAnotherList()
{
    auto database = Database::open(path());
    QVERIFY(Migrator({ notes({ makeNote, addKind, addIndex }), engineList({ makeMark }) }).migrate(**database));
    const auto adopted
        = Migrator({ notes({ squashed, addTag }), engineList({ makeMark, addColour }) }).migrate(**database);
    QVERIFY2(adopted, qPrintable(adopted ? QString() : adopted.error().chain()));
    QCOMPARE(*(*database)->integer({ "steps", "SELECT count(*) FROM foundry_migration" }), 2);
}

void MigratorTest::L01_squashedBaselineIsAdopted()
{
    QVERIFY(migrate(notes({ makeNote, addKind, addIndex })));
    script(u"INSERT INTO note (body) VALUES ('kept')"_s);
    const auto adopted = migrate(notes({ squashed, addTag }));
    QVERIFY2(adopted, qPrintable(adopted ? QString() : adopted.error().chain()));
    QCOMPARE(number("SELECT count(*) FROM note WHERE body = 'kept'"), 1);
    QCOMPARE(number("SELECT count(*) FROM foundry_migration"), 2); // the baseline and what came after
    QCOMPARE(number("SELECT count(*) FROM foundry_migration WHERE number = 3 AND name = 'baseline'"), 1);
    QCOMPARE(number("SELECT count(*) FROM sqlite_schema WHERE name = 'tag'"), 1);
    QVERIFY(migrate(notes({ squashed, addTag })));
}

void MigratorTest::L01_aStoreWithoutAJournalIsAdopted()
{
    script(squashed.sql);
    Migration first = squashed;
    first.number = 1;
    Migrations migrations = notes({ first });
    migrations.baseline = true;
    QVERIFY(migrate(migrations));
    QCOMPARE(number("SELECT count(*) FROM foundry_migration"), 1);
    QCOMPARE(number("PRAGMA user_version"), 1);
}

void MigratorTest::L01_aStoreBeyondTheBaselineIsAdopted()
{
    QVERIFY(migrate(notes({ makeNote, addKind, addIndex, addTag })));
    const auto adopted = migrate(notes({ squashed, addTag }));
    QVERIFY2(adopted, qPrintable(adopted ? QString() : adopted.error().chain()));
    QCOMPARE(number("SELECT count(*) FROM foundry_migration"), 2);
}

void MigratorTest::L01_differencesAreRefused_data()
{
    QTest::addColumn<QString>("change");
    QTest::addColumn<QString>("named");
    QTest::newRow("a column more") << u"ALTER TABLE note ADD COLUMN mine INTEGER"_s << u"table note, column mine"_s;
    QTest::newRow("a column less")
        << u"DROP INDEX noteByKind; ALTER TABLE note DROP COLUMN kind; CREATE INDEX noteByKind ON note (body)"_s
        << u"table note, column kind"_s;
    QTest::newRow("another type") << u"DROP TABLE note; CREATE TABLE note (id INTEGER PRIMARY KEY, body BLOB NOT NULL, "
                                     u"kind TEXT NOT NULL DEFAULT "
                                     u"'plain') STRICT; CREATE INDEX noteByKind ON note (kind)"_s
                                  << u"table note, column body"_s;
    QTest::newRow("another default") << u"DROP TABLE note; CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT NOT "
                                        u"NULL, kind TEXT NOT NULL DEFAULT "
                                        u"'Plain') STRICT; CREATE INDEX noteByKind ON note (kind)"_s
                                     << u"table note, column kind"_s;
    QTest::newRow("not strict") << u"DROP TABLE note; CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT NOT NULL, "
                                   u"kind TEXT NOT NULL DEFAULT "
                                   u"'plain'); CREATE INDEX noteByKind ON note (kind)"_s
                                << u"table note: found"_s;
    QTest::newRow("a table more") << u"CREATE TABLE mine (a INTEGER)"_s << u"table mine is not known"_s;
    QTest::newRow("an index less") << u"DROP INDEX noteByKind"_s << u"index notebykind is missing"_s;
    QTest::newRow("a trigger") << u"CREATE TRIGGER mine AFTER DELETE ON note BEGIN SELECT 1; END"_s
                               << u"trigger mine is not known"_s;
}

void MigratorTest::L01_differencesAreRefused()
{
    QFETCH(const QString, change);
    QFETCH(const QString, named);
    QVERIFY(migrate(notes({ makeNote, addKind, addIndex })));
    script(change);
    const QByteArray before = bytes();
    const auto refused = migrate(notes({ squashed, addTag }));
    QVERIFY(!refused);
    QVERIFY2(refused.error().is(codes::Storage::divergedSchema), qPrintable(refused.error().chain()));
    QVERIFY2(refused.error().detail.contains(u"Notes step 3 baseline"_s), qPrintable(refused.error().detail));
    QVERIFY2(refused.error().detail.contains(named), qPrintable(refused.error().detail));
    QCOMPARE(bytes(), before);
}

void MigratorTest::L01_tablesWithoutAJournalAreNotTrusted()
{
    script(makeNote.sql);
    const auto refused = migrate(notes({ makeNote }));
    QVERIFY(!refused);
    QVERIFY(refused.error().is(codes::Storage::divergedSchema));
    QVERIFY2(refused.error().detail.contains(u"table note"_s), qPrintable(refused.error().detail));
}

void MigratorTest::L08_aStoreHasOneOwner()
{
    auto owner = Database::open(path());
    QVERIFY(owner);
    QVERIFY(Migrator(notes({ makeNote })).migrate(**owner));
    const auto second = Database::open(path());
    QVERIFY(!second);
    QVERIFY2(second.error().is(codes::Storage::locked), qPrintable(second.error().chain()));
    QVERIFY((*owner)->run({ "add", "INSERT INTO note (body) VALUES ('one')" }));
}

FOUNDRY_TEST_MAIN(MigratorTest)
#include "MigratorTest.moc"
