#include "DatabasePrivate.h"
#include "SqliteFailure.h"

#include <sqlite3.h>

#include <algorithm>

namespace foundry {

Result<Transaction> Database::begin()
{
    if (d->transaction)
        return fail(codes::Storage::query, u"begin: a transaction is open already"_s);
    if (auto ready = d->ready(true); !ready)
        return std::unexpected(ready.error());
    d->transaction = ++d->lastSerial;
    d->writing = false;
    return Transaction(this, d->transaction);
}

bool Database::inTransaction() const
{
    return d->transaction != 0;
}

Transaction::Transaction(Database *database, quint64 serial)
    : m_database(database)
    , m_serial(serial)
{
}

Transaction::Transaction(Transaction &&other) noexcept
    : m_database(std::exchange(other.m_database, nullptr))
    , m_serial(other.m_serial)
{
}

Transaction::~Transaction()
{
    rollback();
}

void Transaction::rollback()
{
    Database *database = std::exchange(m_database, nullptr);
    if (!database || database->d->transaction != m_serial)
        return;
    database->d->transaction = 0;
    database->d->savepoints.clear();
    // After a full disk SQLite may have rolled back already.
    if (std::exchange(database->d->writing, false) && !sqlite3_get_autocommit(database->d->handle))
        (void)database->d->command("ROLLBACK");
}

Result<void> Transaction::commit(Durability durability)
{
    if (!m_database || m_database->d->transaction != m_serial)
        return fail(codes::Storage::query, u"commit: the transaction has ended"_s);
    Database::Private &d = *m_database->d;
    auto done = d.ready(true);
    if (done && !d.savepoints.empty())
        done = fail(codes::Storage::query, u"commit: a savepoint is open"_s);
    if (done && d.writing)
        done = d.command("COMMIT");
    if (!done) {
        if (sqlite3_extended_errcode(d.handle) == SQLITE_IOERR_FSYNC) // the start of a WAL
            d.fault = done.error();
        rollback();
        return done;
    }
    m_database = nullptr;
    d.transaction = 0;
    d.writing = false;
    if (durability == Durability::full) {
        d.wanted = d.committed;
        d.startSync();
    }
    d.checkpointIfDue();
    return {};
}

Result<Savepoint> Transaction::savepoint()
{
    if (!m_database || m_database->d->transaction != m_serial)
        return fail(codes::Storage::query, u"savepoint: the transaction has ended"_s);
    Database::Private &d = *m_database->d;
    if (auto begun = d.beginWriting(); !begun)
        return std::unexpected(begun.error());
    // All have one name: SQLite means the innermost of that name.
    if (auto begun = d.command("SAVEPOINT inner"); !begun)
        return std::unexpected(begun.error());
    d.savepoints.push_back(++d.lastSerial);
    return Savepoint(m_database, d.lastSerial);
}

Savepoint::Savepoint(Database *database, quint64 serial)
    : m_database(database)
    , m_serial(serial)
{
}

Savepoint::Savepoint(Savepoint &&other) noexcept
    : m_database(std::exchange(other.m_database, nullptr))
    , m_serial(other.m_serial)
{
}

Savepoint::~Savepoint()
{
    rollback();
}

Result<void> Savepoint::release()
{
    Database *database = std::exchange(m_database, nullptr);
    if (!database || database->d->savepoints.empty() || database->d->savepoints.back() != m_serial) {
        m_database = database;
        return fail(codes::Storage::query, u"release: this savepoint is not the innermost"_s);
    }
    auto done = database->d->command("RELEASE inner");
    if (done)
        database->d->savepoints.pop_back();
    else
        m_database = database;
    return done;
}

void Savepoint::rollback()
{
    Database *database = std::exchange(m_database, nullptr);
    if (!database)
        return;
    auto &open = database->d->savepoints;
    if (std::find(open.begin(), open.end(), m_serial) == open.end())
        return; // went with its transaction
    for (bool last = false; !last;) { // those inside it first
        last = open.back() == m_serial;
        open.pop_back();
        if (!sqlite3_get_autocommit(database->d->handle)) {
            (void)database->d->command("ROLLBACK TO inner");
            (void)database->d->command("RELEASE inner");
        }
    }
}

} // namespace foundry
