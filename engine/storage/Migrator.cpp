#include "Migrator.h"

#include "SchemaComparison.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace foundry {

namespace {

const QString journalTable = u"foundry_migration"_s;
constexpr Sql hasJournal { "hasMigrationJournal",
                           "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'foundry_migration'" };
constexpr Sql makeJournal {
    "makeMigrationJournal",
    "CREATE TABLE foundry_migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL) STRICT"
};
constexpr Sql readJournal { "readMigrationJournal",
                            "SELECT number, name, checksum FROM foundry_migration ORDER BY number" };
constexpr Sql forgetUpTo { "forgetMigrations", "DELETE FROM foundry_migration WHERE number <= ?1" };
constexpr Sql record { "recordMigration",
                       "INSERT INTO foundry_migration (number, name, checksum) VALUES (?1, ?2, ?3)" };
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

// One run of the migrator on one store.
class Run {
public:
    Run(const Migrations &migrations, Database &database)
        : m_migrations(migrations)
        , m_database(database)
    {
    }
    Result<void> all();

private:
    Result<void> read();
    Result<void> compareJournal();
    Result<void> compareForAdoption();
    Result<void> backUp();
    Result<void> apply();
    Result<void> applyPending();

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

    const Migrations &m_migrations;
    Database &m_database;
    Schema m_found;
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

Result<void> Run::read()
{
    const auto version = m_database.integer(readVersion);
    if (!version)
        return std::unexpected(version.error());
    m_version = int(*version);
    const auto journalled = m_database.integer(hasJournal);
    if (!journalled)
        return std::unexpected(journalled.error());
    if (!*journalled)
        return {};
    auto journal = m_database.all(
        readJournal, [](const Row &row) { return Applied { int(row.integer(0)), row.text(1), row.text(2) }; });
    if (!journal)
        return std::unexpected(journal.error());
    m_journal = std::move(*journal);
    m_applied = m_journal.empty() ? 0 : m_journal.back().number;
    return {};
}

Result<void> Run::compareJournal()
{
    const Applied *base = nullptr;
    for (const Applied &applied : m_journal) {
        const Migration *step = stepNumbered(applied.number);
        const bool same = step && step->name == applied.name && checksumOf(*step) == applied.checksum;
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
Result<void> Run::compareForAdoption()
{
    const bool unrecorded = m_journal.empty() && !m_found.isEmpty();
    if (!m_adopt && !unrecorded)
        return {};
    if (!hasBaseline())
        return fail(codes::Storage::divergedSchema,
                    u"%1: %2 has %3 but no record of its steps"_s.arg(m_migrations.store, m_database.path(),
                                                                      m_found.objects.firstKey()));
    m_applied = std::max(m_applied, baseline());
    QStringList scripts;
    for (const Migration &step : m_migrations.steps) {
        if (step.number <= m_applied)
            scripts += step.sql;
    }
    const auto expected = schemaMadeBy(scripts, journalTable);
    if (!expected)
        return std::unexpected(expected.error());
    if (const QString differs = difference(m_found, *expected); !differs.isEmpty()) {
        const Migration &base = m_migrations.steps.front();
        return fail(codes::Storage::divergedSchema,
                    u"%1: %2 cannot be adopted: %3"_s.arg(called(base.number, base.name), m_database.path(), differs));
    }
    m_adopt = true;
    return {};
}

Result<void> Run::backUp()
{
    const QFileInfo store(m_database.path());
    const QString to = u"%1.before-%2"_s.arg(m_database.path()).arg(newest());
    if (auto done = m_database.backup(to); !done)
        return done;
    const QStringList older = store.dir().entryList({ store.fileName() + u".before-*"_s }, QDir::Files);
    for (const QString &name : older) {
        if (name != QFileInfo(to).fileName())
            store.dir().remove(name);
    }
    return {};
}

Result<void> Run::applyPending()
{
    if (m_adopt) {
        const Migration &base = m_migrations.steps.front();
        auto done = m_database.run(forgetUpTo, base.number);
        if (done)
            done = m_database.run(record, base.number, base.name, checksumOf(base));
        if (!done)
            return std::unexpected(done.error());
    }
    for (const Migration &step : m_migrations.steps) {
        if (step.number <= m_applied)
            continue;
        if (auto done = m_database.script(step.sql); !done) {
            Failure why = failure(std::get<codes::Storage>(done.error().code), called(step.number, step.name),
                                  done.error().retry);
            return std::unexpected(std::move(why).because(done.error()));
        }
        if (auto done = m_database.run(record, step.number, step.name, checksumOf(step)); !done)
            return std::unexpected(done.error());
    }
    const auto broken = m_database.one(foreignKeyCheck, [](const Row &row) { return row.text(0); });
    if (!broken)
        return std::unexpected(broken.error());
    if (*broken)
        return fail(codes::Storage::query,
                    u"%1: the steps leave a dangling reference in table %2"_s.arg(m_migrations.store, **broken));
    return m_database.script(u"PRAGMA user_version = %1"_s.arg(newest()));
}

Result<void> Run::apply()
{
    // A step may rebuild a table that others refer to; the check above stands in for what is off here.
    if (auto off = m_database.script(u"PRAGMA foreign_keys = OFF"_s); !off)
        return off;
    const auto applied = [this]() -> Result<void> {
        auto transaction = m_database.begin();
        if (!transaction)
            return std::unexpected(transaction.error());
        const auto journalled = m_database.integer(hasJournal);
        if (!journalled)
            return std::unexpected(journalled.error());
        if (!*journalled) {
            if (auto made = m_database.run(makeJournal); !made)
                return std::unexpected(made.error());
        }
        if (auto done = applyPending(); !done)
            return done;
        return transaction->commit(Durability::relaxed);
    }();
    auto on = m_database.script(u"PRAGMA foreign_keys = ON"_s);
    if (!applied)
        return applied;
    if (!on)
        return on;
    return m_database.syncNow();
}

Result<void> Run::all()
{
    if (auto done = read(); !done)
        return done;
    if (const int has = std::max(m_version, m_applied); has > newest())
        return fail(codes::Storage::newerVersion,
                    u"%1: %2 is of version %3, this program knows %4"_s.arg(m_migrations.store, m_database.path())
                        .arg(has)
                        .arg(newest()));
    if (auto same = compareJournal(); !same)
        return same;
    if (m_applied == newest() && !m_adopt)
        return {};
    auto found = readSchema(m_database, journalTable);
    if (!found)
        return std::unexpected(found.error());
    m_found = std::move(*found);
    if (auto same = compareForAdoption(); !same)
        return same;
    if (!m_found.isEmpty()) {
        if (auto done = backUp(); !done)
            return done;
    }
    return apply();
}

} // namespace

Migrator::Migrator(Migrations migrations)
    : m_migrations(std::move(migrations))
{
}

int Migrator::newest() const
{
    return m_migrations.steps.empty() ? 0 : m_migrations.steps.back().number;
}

Result<void> Migrator::migrate(Database &database) const
{
    for (size_t i = 1; i < m_migrations.steps.size(); ++i) {
        if (m_migrations.steps[i].number != m_migrations.steps[i - 1].number + 1)
            return fail(codes::Storage::missingMigration,
                        u"%1: no step %2 before %3"_s.arg(m_migrations.store)
                            .arg(m_migrations.steps[i - 1].number + 1)
                            .arg(m_migrations.steps[i].name));
    }
    return Run(m_migrations, database).all();
}

} // namespace foundry
