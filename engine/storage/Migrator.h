// Brings a store's schema to what the program expects, or leaves it untouched and says why not.
#pragma once

#include "Database.h"

#include <memory>
#include <vector>

namespace foundry {

// One numbered step. What was applied is never edited: its checksum is in the store's journal.
struct Migration {
    int number; // 1, 2, 3, … without gaps, after the first
    QString name; // "addMessages"
    QString sql; // one or more statements, without BEGIN or COMMIT
    // Checksums that earlier programs recorded for this step when its text was laid out in another way.
    QStringList formerly = {};
};

// A store's history of steps. If the first has a number n above 1, or `baseline` is set, it is a baseline that
// replaces 1..n: a store that was made by those steps (or before there was a journal) is adopted if
// its schema equals the one that the baseline would make.
struct Migrations {
    QString store; // whose schema this is, for failures: "Session"
    std::vector<Migration> steps;
    bool baseline = false;
    QString journal = u"foundry_migration"_s; // the table that records what was applied
};

class Migrator {
public:
    explicit Migrator(Migrations migrations);
    // Several lists over one store, each with its own journal, so that each grows by itself: the owner's first,
    // which alone may be a baseline. What is missing of all of them is applied in this order in one transaction.
    explicit Migrator(std::vector<Migrations> lists);
    // Applies what is missing in one transaction, after a backup beside the store (`<path>.before-<n>`, the latest
    // one kept) if it held anything. Durable when it returns; a crash leaves the old schema or the new.
    // Fails, leaving the store untouched: newerVersion (both versions), editedMigration and missingMigration
    // (its name), divergedSchema (store, step, table or column), and whatever a statement fails with.
    Result<void> migrate(Database &database) const;
    // The same for a store that may be empty: then it is a copy of one that was migrated once, in memory, which costs a
    // twentieth. One commit; unlike after migrate() its sync is still under way.
    Result<void> makeOrMigrate(Database &database);
    int newest() const; // number of the first list's last step

private:
    Result<QByteArray> recordsOf(Database &database) const;

    std::vector<Migrations> m_lists;
    std::unique_ptr<Database> m_model; // made when first needed
    QByteArray m_readRecords; // the statement
    QByteArray m_current; // recordsOf() a store that migrate() found as it should be
};

} // namespace foundry
