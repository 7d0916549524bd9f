#include "Migrator.h"

#include "SchemaComparison.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace foundry {

namespace {

constexpr Sql listJournals { "listMigrationJournals",
                             "SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB 'foundry_*migration'" };
constexpr Sql countTables { "countTables", "SELECT count(*) FROM sqlite_schema" };
constexpr Sql readVersion { "readSchemaVersion", "PRAGMA user_version" };
constexpr Sql foreignKeyCheck { "foreignKeyCheck", "SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1" };

struct Applied {
    int number;
    QString name;
    QString checksum;
};

// Indentation may change, nothing else.
QString checksumOf(const Migration &step)
{
    QString text;
    for (const QString &line : step.sql.split(u'\n')) {
        if (const QString kept = line.trimmed(); !kept.isEmpty())
            text += kept + u'\n';
    }
    return QString::fromLatin1(QCryptographicHash::hash(text.toUtf8(), QCryptographicHash::Sha256).toHex());
}

bool isSame(const Migration &step, const Applied &applied)
{
    return step.name == applied.name
        && (checksumOf(step) == applied.checksum || step.formerly.contains(applied.checksum));
}

// One list of steps on one store.
class Run {
public:
    Run(const Migrations &migrations, Database &database, bool isOwners)
        : m_migrations(migrations)
        , m_database(database)
        , m_isOwners(isOwners)
    {
    }
    Result<void> read(const std::vector<QString> &journals);
    Result<void> compareJournal();
    // `others`: what further lists have made in the same store.
    Result<void> compareForAdoption(const Schema &found, const QStringList &others, const QStringList &journals);
    Result<void> applyPending();
    bool isPending() const { return m_applied != newest() || m_adopt; }
    QStringList applied() const;

private:
    int newest() const { return m_migrations.steps.empty() ? 0 : m_migrations.steps.back().number; }
    bool hasBaseline() const
    {
        return !m_migrations.steps.empty() && (m_migrations.baseline || m_migrations.steps.front().number > 1);
    }
    int baseline() const { return hasBaseline() ? m_migrations.steps.front().number : 0; }
    const Migration *stepNumbered(int number) const;
    QString called(int number, const QString &name) const
    {
        return u"%1 step %2 %3"_s.arg(m_migrations.store).arg(number).arg(name);
    }

    Result<void> record(const Migration &step);

    const Migrations &m_migrations;
    Database &m_database;
    const bool m_isOwners; // the version and what has no record are its
    bool m_hasJournal = false;
    std::vector<Applied> m_journal;
    int m_version = 0;
    bool m_adopt = false; // the baseline's row takes the place of those it replaces
    int m_applied = 0; // number of the last step whose effect is in the store
};

const Migration *Run::stepNumbered(int number) const
{
    for (const Migration &step : m_migrations.steps) {
        if (step.number == number)
            return &step;
    }
    return nullptr;
}

Result<void> Run::read(const std::vector<QString> &journals)
{
    if (m_isOwners) {
        const auto version = m_database.integer(readVersion);
        if (!version)
            return std::unexpected(version.error());
        m_version = int(*version);
    }
    m_hasJournal = std::ranges::find(journals, m_migrations.journal) != journals.end();
    if (m_hasJournal) {
        const QByteArray text
            = u"SELECT number, name, checksum FROM %1 ORDER BY number"_s.arg(m_migrations.journal).toLatin1();
        auto journal = m_database.all(Sql { "readMigrationJournal", text.constData() }, [](const Row &row) {
            return Applied { int(row.integer(0)), row.text(1), row.text(2) };
        });
        if (!journal)
            return std::unexpected(journal.error());
        m_journal = std::move(*journal);
        m_applied = m_journal.empty() ? 0 : m_journal.back().number;
    }
    if (const int has = std::max(m_version, m_applied); has > newest())
        return fail(codes::Storage::newerVersion,
                    u"%1: %2 is of version %3, this program knows %4"_s.arg(m_migrations.store, m_database.path())
                        .arg(has)
                        .arg(newest()));
    return {};
}

Result<void> Run::compareJournal()
{
    const Applied *base = nullptr;
    for (const Applied &applied : m_journal) {
        const Migration *step = stepNumbered(applied.number);
        const bool same = step && isSame(*step, applied);
        if (hasBaseline() && applied.number <= baseline()) {
            if (applied.number == baseline() && same)
                base = &applied;
            continue; // replaced by the baseline: the schema decides
        }
        if (!step)
            return fail(codes::Storage::missingMigration,
                        u"%1 was applied to %2 and is not known"_s.arg(called(applied.number, applied.name),
                                                                       m_database.path()));
        if (step->name != applied.name)
            return fail(codes::Storage::editedMigration,
                        u"%1 was applied to %2, the program has %3 in its place"_s.arg(
                            called(applied.number, applied.name), m_database.path(), step->name));
        if (!same)
            return fail(codes::Storage::editedMigration,
                        u"%1 was changed after it was applied to %2"_s.arg(called(applied.number, applied.name),
                                                                           m_database.path()));
    }
    m_adopt = hasBaseline() && m_applied > 0 && !base;
    for (const Migration &step : m_migrations.steps) {
        const bool recorded
            = std::ranges::any_of(m_journal, [&](const Applied &applied) { return applied.number == step.number; });
        if (step.number > baseline() && step.number < m_applied && !recorded)
            return fail(codes::Storage::missingMigration,
                        u"%1 was never applied to %2, which is at step %3"_s
                            .arg(called(step.number, step.name), m_database.path())
                            .arg(m_applied));
    }
    return {};
}

// L01: tables that exist are compared with those that would be made, never made again and never trusted.
Result<void> Run::compareForAdoption(const Schema &found, const QStringList &others, const QStringList &journals)
{
    const bool unrecorded = m_journal.empty() && !found.isEmpty();
    if (!m_isOwners || (!m_adopt && !unrecorded))
        return {};
    if (!hasBaseline())
        return fail(codes::Storage::divergedSchema,
                    u"%1: %2 has %3 but no record of its steps"_s.arg(m_migrations.store, m_database.path(),
                                                                      found.objects.firstKey()));
    m_applied = std::max(m_applied, baseline());
    const auto expected = schemaMadeBy(applied() + others, journals);
    if (!expected)
        return std::unexpected(expected.error());
    if (const QString differs = difference(found, *expected); !differs.isEmpty()) {
        const Migration &base = m_migrations.steps.front();
        return fail(codes::Storage::divergedSchema,
                    u"%1: %2 cannot be adopted: %3"_s.arg(called(base.number, base.name), m_database.path(), differs));
    }
    m_adopt = true;
    return {};
}

QStringList Run::applied() const
{
    QStringList scripts;
    for (const Migration &step : m_migrations.steps) {
        if (step.number <= m_applied)
            scripts += step.sql;
    }
    return scripts;
}

Result<void> Run::record(const Migration &step)
{
    const QByteArray text
        = u"INSERT INTO %1 (number, name, checksum) VALUES (?1, ?2, ?3)"_s.arg(m_migrations.journal).toLatin1();
    return withoutValue(
        m_database.run(Sql { "recordMigration", text.constData() }, step.number, step.name, checksumOf(step)));
}

Result<void> Run::applyPending()
{
    if (!m_hasJournal) {
        const QString text
            = u"CREATE TABLE %1 (number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL) "
              "STRICT"_s.arg(m_migrations.journal);
        if (auto made = m_database.script(text); !made)
            return made;
    }
    if (m_adopt) {
        const Migration &base = m_migrations.steps.front();
        const QByteArray forget = u"DELETE FROM %1 WHERE number <= ?1"_s.arg(m_migrations.journal).toLatin1();
        if (auto done = m_database.run(Sql { "forgetMigrations", forget.constData() }, base.number); !done)
            return std::unexpected(done.error());
        if (auto done = record(base); !done)
            return done;
    }
    for (const Migration &step : m_migrations.steps) {
        if (step.number <= m_applied)
            continue;
        if (auto done = m_database.script(step.sql); !done) {
            Failure why = failure(std::get<codes::Storage>(done.error().code), called(step.number, step.name),
                                  done.error().retry);
            return std::unexpected(std::move(why).because(done.error()));
        }
        if (auto done = record(step); !done)
            return done;
    }
    const auto broken = m_database.one(foreignKeyCheck, [](const Row &row) { return row.text(0); });
    if (!broken)
        return std::unexpected(broken.error());
    if (*broken)
        return fail(codes::Storage::query,
                    u"%1: the steps leave a dangling reference in table %2"_s.arg(m_migrations.store, **broken));
    return m_isOwners ? m_database.script(u"PRAGMA user_version = %1"_s.arg(newest())) : Result<void>();
}

// ---- all lists of a store ----

Result<void> backUp(Database &database, const QString &version)
{
    const QFileInfo store(database.path());
    const QString to = u"%1.before-%2"_s.arg(database.path(), version);
    if (auto done = database.backup(to); !done)
        return done;
    const QStringList older = store.dir().entryList({ store.fileName() + u".before-*"_s }, QDir::Files);
    for (const QString &name : older) {
        if (name != QFileInfo(to).fileName())
            store.dir().remove(name);
    }
    return {};
}

Result<void> apply(Database &database, std::vector<Run> &runs)
{
    // A step may rebuild a table that others refer to; the check of references stands in for what is off here.
    if (auto off = database.script(u"PRAGMA foreign_keys = OFF"_s); !off)
        return off;
    const auto applied = [&]() -> Result<void> {
        auto transaction = database.begin();
        if (!transaction)
            return std::unexpected(transaction.error());
        for (Run &run : runs) {
            if (auto done = run.isPending() ? run.applyPending() : Result<void>(); !done)
                return done;
        }
        return transaction->commit(Durability::relaxed);
    }();
    auto on = database.script(u"PRAGMA foreign_keys = ON"_s);
    if (!applied)
        return applied;
    if (!on)
        return on;
    return database.syncNow();
}

} // namespace

Migrator::Migrator(Migrations migrations)
    : Migrator(std::vector<Migrations> { std::move(migrations) })
{
}

Migrator::Migrator(std::vector<Migrations> lists)
    : m_lists(std::move(lists))
{
    m_readRecords = "SELECT 'version', user_version, '' FROM pragma_user_version UNION ALL "
                    "SELECT name, 0, '' FROM sqlite_schema WHERE type = 'table' AND name GLOB 'foundry_*migration'";
    for (const Migrations &list : m_lists) {
        if (!list.steps.empty())
            m_readRecords += " UNION ALL SELECT name, number, checksum FROM " + list.journal.toLatin1();
    }
}

int Migrator::newest() const
{
    return m_lists.front().steps.empty() ? 0 : m_lists.front().steps.back().number;
}

Result<void> Migrator::migrate(Database &database) const
{
    const auto journals = database.all(listJournals, [](const Row &row) { return row.text(0); });
    if (!journals)
        return std::unexpected(journals.error());
    std::vector<Run> runs;
    QStringList names;
    QStringList others;
    QString version;
    bool pending = false;
    for (const Migrations &list : m_lists) {
        for (size_t i = 1; i < list.steps.size(); ++i) {
            if (list.steps[i].number != list.steps[i - 1].number + 1)
                return fail(codes::Storage::missingMigration,
                            u"%1: no step %2 before %3"_s.arg(list.store)
                                .arg(list.steps[i - 1].number + 1)
                                .arg(list.steps[i].name));
        }
        Run &run = runs.emplace_back(list, database, runs.empty());
        if (auto done = run.read(*journals); !done)
            return done;
        if (auto same = run.compareJournal(); !same)
            return same;
        pending = pending || run.isPending();
        names += list.journal;
        if (runs.size() > 1)
            others += run.applied();
        version += (version.isEmpty() ? u""_s : u"."_s)
            + QString::number(list.steps.empty() ? 0 : list.steps.back().number);
    }
    if (!pending)
        return {};
    const auto found = readSchema(database, names);
    if (!found)
        return std::unexpected(found.error());
    for (Run &run : runs) {
        if (auto same = run.compareForAdoption(*found, others, names); !same)
            return same;
    }
    if (!found->isEmpty()) {
        if (auto done = backUp(database, version); !done)
            return done;
    }
    return apply(database, runs);
}

// What the store says was applied to it, in one statement; a failure where a journal is missing.
Result<QByteArray> Migrator::recordsOf(Database &database) const
{
    QByteArray records;
    auto done = database.each(Sql { "readMigrationRecords", m_readRecords.constData() }, {}, [&](const Row &row) {
        records += row.text(0).toUtf8() + ' ' + QByteArray::number(row.integer(1)) + ' ' + row.text(2).toUtf8() + '\n';
        return true;
    });
    return done ? Result<QByteArray>(records) : std::unexpected(done.error());
}

Result<void> Migrator::makeOrMigrate(Database &database)
{
    if (!m_current.isEmpty() && recordsOf(database) == m_current)
        return {};
    const auto tables = database.integer(countTables);
    if (!tables)
        return std::unexpected(tables.error());
    if (*tables > 0) {
        if (auto migrated = migrate(database); !migrated)
            return migrated;
        m_current = recordsOf(database).value_or(QByteArray());
        return {};
    }
    if (!m_model) {
        auto model = Database::open(u":memory:"_s);
        if (!model)
            return std::unexpected(std::move(model).error());
        if (auto made = migrate(**model); !made)
            return made;
        m_model = std::move(*model);
    }
    return database.copyFrom(*m_model);
}

} // namespace foundry
