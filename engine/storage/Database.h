// One SQLite file, owned by one actor instance. No second connection can open it while this one lives
// (locking_mode=EXCLUSIVE), so two owners of one store are a failure, not a race.
//
// Through SQLite's own C interface and not Qt SQL: savepoints, the file system shim, the WAL's pointer,
// the backup API and extended error codes need the native handle anyway, and Qt SQL costs a QVariant
// for each value and about half of the bulk speed.
//
// Durability: a commit goes to the WAL without a sync (synchronous=NORMAL) and survives the death of
// the process at once. It survives power loss when `whenDurable` calls back. Nothing that depends on a
// commit is told to anybody, and no outside effect begins, before that.
//
// Everything runs on the thread that opened it, the engine's.
#pragma once

#include "SqlValue.h"
#include "SyncService.h"

#include <foundry/Failure.h>

#include <array>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <vector>

struct sqlite3;

namespace foundry {

class Transaction;

enum class Durability {
    full, // starts a sync at once; `whenDurable` tells when it is done
    relaxed, // can be had again: goes along with the next sync
};

struct OpenOptions {
    bool create = true; // false: a missing file is Storage::unavailable
    SyncService *sync = nullptr; // must outlive the database; null: ImmediateSync
    QByteArray vfs; // empty: SQLite's default
};

class Database {
public:
    static constexpr qsizetype maxValueSize = 16 * 1024 * 1024; // bytes of one bound text or blob
    static constexpr int maxCachedStatements = 96;
    static constexpr int maxWaiting = 100'000; // callbacks of whenDurable
    static constexpr qint64 checkpointPages = 2'000; // of 4 KiB, in the WAL before it is copied back

    // Opens or creates; ":memory:" is a database for a moment, never durable. A new file is itself on disk (with its
    // folder entry) when this returns. Fails: Storage::unavailable, locked (another owner), corrupt, readOnly, full.
    // What a killed process committed and did not sync is readable at once; its sync is started here, so
    // `whenDurable` covers it too.
    static Result<std::unique_ptr<Database>> open(const QString &path, OpenOptions options = {});
    // As close(), ignoring its failure, and drops callbacks that were not called yet.
    ~Database();
    Q_DISABLE_COPY_MOVE(Database)

    QString path() const;
    bool isOpen() const;
    // Rolls back an open transaction, syncs what is not on disk yet, calls every waiting `whenDurable`
    // and closes. The WAL stays as a file (closing must not wait for a checkpoint).
    Result<void> close();

    // Statements. `Storage::tooLarge` names the limit, before anything ran; every other failure carries
    // the statement's name and SQLite's text. Failures: full, readOnly, corrupt, locked, unavailable, query.
    //
    // run: returns the number of rows changed.
    template <class... Args> Result<qint64> run(const Sql &sql, const Args &...args)
    {
        const std::array<SqlValue, sizeof...(Args)> values { SqlValue(args)... };
        return runValues(sql, values);
    }
    Result<qint64> runValues(const Sql &sql, std::span<const SqlValue> values);
    // Calls `each` for every row; it answers false to stop.
    using EachRow = std::function<bool(const Row &)>;
    Result<void> each(const Sql &sql, std::span<const SqlValue> values, const EachRow &onRow);
    // all: a vector of what `read(const Row &)` makes of each row.
    template <class Read, class... Args>
    auto all(const Sql &sql, Read read, const Args &...args)
        -> Result<std::vector<std::invoke_result_t<Read, const Row &>>>
    {
        const std::array<SqlValue, sizeof...(Args)> values { SqlValue(args)... };
        std::vector<std::invoke_result_t<Read, const Row &>> rows;
        auto done = each(sql, values, [&](const Row &row) {
            rows.push_back(read(row));
            return true;
        });
        if (!done)
            return std::unexpected(std::move(done).error());
        return rows;
    }
    // one: the first row, or nothing.
    template <class Read, class... Args>
    auto one(const Sql &sql, Read read, const Args &...args)
        -> Result<std::optional<std::invoke_result_t<Read, const Row &>>>
    {
        const std::array<SqlValue, sizeof...(Args)> values { SqlValue(args)... };
        std::optional<std::invoke_result_t<Read, const Row &>> found;
        auto done = each(sql, values, [&](const Row &row) {
            found.emplace(read(row));
            return false;
        });
        if (!done)
            return std::unexpected(std::move(done).error());
        return found;
    }
    // The first column of the first row; no row: 0.
    template <class... Args> Result<qint64> integer(const Sql &sql, const Args &...args)
    {
        auto found = one(sql, [](const Row &row) { return row.integer(0); }, args...);
        if (!found)
            return std::unexpected(std::move(found).error());
        return found->value_or(0);
    }
    // Several statements without values: schema and migrations.
    Result<void> script(const QString &sql);
    qint64 lastInsertId() const;

    // A transaction, write-locked from its first write; without one it costs nothing. One at a time: a second is
    // Storage::query. Inside, Transaction::savepoint nests.
    Result<Transaction> begin();
    bool inTransaction() const;
    qint64 changes() const; // rows changed since it was opened

    // Calls back once everything committed so far is on disk, or cannot be. From the event loop with
    // ThreadedSync (also when nothing is left to sync), inside the call with ImmediateSync. Callbacks come in the
    // order of their requests; the callback may close or destroy this database.
    // Fails: full, readOnly, unavailable; tooLarge past maxWaiting.
    void whenDurable(std::function<void(Result<void>)> done);
    bool isDurable() const; // nothing committed is waiting for a sync
    // The same, blocking.
    Result<void> syncNow();
    // After a failed sync the kernel may have dropped what it could not write, so the store refuses
    // every further transaction with the same failure until this succeeds: it writes the WAL once more and syncs it.
    // Call it when space may have returned.
    Result<void> resume();
    std::optional<Failure> fault() const;

    // Copies the WAL back into the database file and empties it. Blocks.
    Result<void> checkpoint();
    // A consistent copy of what is committed, at `to`, synced; replaces what was there only when complete.
    Result<void> backup(const QString &to);
    // Makes this empty store equal to `model`, in one commit that is synced soon. Fails as a transaction does.
    Result<void> copyFrom(const Database &model);
    // SQLite's own check of the whole file; Storage::corrupt with its first lines.
    Result<void> verify();

    sqlite3 *handle() const;
    size_t cachedStatements() const; // for tests

private:
    friend class Transaction;
    friend class Savepoint;
    class Private;
    explicit Database(std::shared_ptr<Private> implementation);
    std::shared_ptr<Private> d; // shared with the sync under way
};

// Rolls back at destruction unless released. Savepoints end in the reverse order of their beginning.
class Savepoint {
public:
    Savepoint(Savepoint &&other) noexcept;
    Savepoint &operator=(Savepoint &&) = delete;
    ~Savepoint();
    // Keeps the changes as part of the enclosing savepoint or transaction.
    Result<void> release();
    // Undoes what was done since the savepoint began.
    void rollback();

private:
    friend class Transaction;
    Savepoint(Database *database, quint64 serial);
    Database *m_database;
    quint64 m_serial;
};

// Rolls back at destruction unless committed. Must not outlive the database.
class Transaction {
public:
    Transaction(Transaction &&other) noexcept;
    Transaction &operator=(Transaction &&) = delete;
    ~Transaction();
    Result<Savepoint> savepoint();
    // All or nothing: after a failure everything is rolled back. `full` starts a sync.
    Result<void> commit(Durability durability = Durability::full);
    void rollback();
    bool isOpen() const { return m_database != nullptr; }

private:
    friend class Database;
    Transaction(Database *database, quint64 serial);
    Database *m_database;
    quint64 m_serial;
};

} // namespace foundry
