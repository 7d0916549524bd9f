#include "DatabasePrivate.h"
#include "SqliteFailure.h"
#include "StoreFile.h"

#include <QFileInfo>

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <mutex>

namespace foundry {

namespace {

constexpr int busyWait = 200; // ms; only a tool of the person can hold the lock for a moment

bool exists(const QString &path, const QByteArray &vfs)
{
    sqlite3_vfs *files = sqlite3_vfs_find(vfs.isEmpty() ? nullptr : vfs.constData());
    int there = 0;
    return files && files->xAccess(files, path.toUtf8().constData(), SQLITE_ACCESS_EXISTS, &there) == SQLITE_OK
        && there;
}

// Before SQLite's first use, for all stores: there are thousands, and most hold little. Otherwise each connection fills
// a quarter of a megabyte with free lists before its first statement. Where somebody used SQLite before, it stays as it
// was.
void prepareSqlite()
{
    static std::once_flag once;
    std::call_once(once, [] {
        (void)sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 256, 32);
        (void)sqlite3_config(SQLITE_CONFIG_PAGECACHE, nullptr, 0, 0); // pages one by one
        (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); // a lock around every allocation, for figures nobody reads
    });
}

// Without a descriptor of our own: closing one would release SQLite's locks. What is not there has none.
sqlite3_int64 sizeOfWal(const QString &path, const QByteArray &vfs)
{
    if (!exists(path, vfs))
        return 0;
    sqlite3_vfs *files = sqlite3_vfs_find(vfs.isEmpty() ? nullptr : vfs.constData());
    const auto memory = std::make_unique<std::byte[]>(size_t(files->szOsFile));
    auto *file = reinterpret_cast<sqlite3_file *>(memory.get());
    sqlite3_int64 size = -1;
    if (files->xOpen(files, path.toUtf8().constData(), file, SQLITE_OPEN_WAL | SQLITE_OPEN_READWRITE, nullptr)
            == SQLITE_OK
        && file->pMethods->xFileSize(file, &size) != SQLITE_OK)
        size = -1;
    if (file->pMethods)
        file->pMethods->xClose(file);
    return size;
}

Result<void> executed(sqlite3 *handle, const char *sql, const QString &doing)
{
    if (const int ran = sqlite3_exec(handle, sql, nullptr, nullptr, nullptr); ran != SQLITE_OK)
        return std::unexpected(sqliteFailure(handle, ran, doing));
    return {};
}

} // namespace

Database::Private::Private(QString storePath, OpenOptions openOptions)
    : path(std::move(storePath))
    , options(std::move(openOptions))
    , sync(options.sync ? options.sync : &immediateSync)
    , nextCheckpoint(int(checkpointPages))
{
}

Database::Private::~Private()
{
    (void)disconnect();
}

Result<void> Database::Private::connect(bool isNew)
{
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (options.create ? SQLITE_OPEN_CREATE : 0);
    const char *vfs = options.vfs.isEmpty() ? nullptr : options.vfs.constData();
    const QString opening = u"open %1"_s.arg(path);
    if (const int opened = sqlite3_open_v2(path.toUtf8().constData(), &handle, flags, vfs); opened != SQLITE_OK)
        return std::unexpected(sqliteFailure(handle, opened, opening));
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, busyWait);
    // Closing must not wait for a disk: the WAL is as durable as the database file.
    sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_FKEY, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    // The lock is taken with the first read below; in this mode the WAL's index lives in our memory. A new file holds
    // nothing that a journal could save: it is on disk with one sync at the end.
    for (const char *pragma :
         { "PRAGMA locking_mode = EXCLUSIVE", isNew ? "PRAGMA synchronous = OFF" : "PRAGMA synchronous = NORMAL",
           "PRAGMA journal_mode = WAL", "PRAGMA temp_store = MEMORY", "PRAGMA cache_size = -1024",
           "SELECT count(*) FROM sqlite_schema" }) {
        if (auto ran = executed(handle, pragma, opening); !ran)
            return ran;
    }
    // A store that cannot be written is told now, not by its first message.
    if (sqlite3_db_readonly(handle, "main") == 1)
        return fail(codes::Storage::readOnly, opening);
    sqlite3_wal_hook(handle, &Private::walGrew, this);
    statements = std::make_unique<Statements>(handle, maxCachedStatements);
    wal = std::make_shared<WalFile>(path + u"-wal"_s);
    // Who made it may have died, or been refused by the disk, before it was on disk: then nothing was ever committed.
    return isNew || walSize() == 0 ? madeDurable(opening) : Result<void>();
}

// Of the file that SQLite has open; 0 where it has none.
qint64 Database::Private::walSize() const
{
    sqlite3_file *file = nullptr;
    sqlite3_int64 size = 0;
    if (sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file) == SQLITE_OK && file->pMethods
        && file->pMethods->xFileSize(file, &size) != SQLITE_OK)
        size = -1;
    return size;
}

// The first page of the database file, and the names of it and of its WAL.
Result<void> Database::Private::madeDurable(const QString &opening)
{
    sqlite3_file *file = nullptr;
    int done = sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (done == SQLITE_OK && !file->pMethods)
        return {}; // in memory
    if (done == SQLITE_OK)
        done = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
    if (done != SQLITE_OK)
        return std::unexpected(sqliteFailure(nullptr, done, opening));
    if (auto set = executed(handle, "PRAGMA synchronous = NORMAL", opening); !set)
        return set;
    return options.vfs.isEmpty() ? storeFile::syncFolder(QFileInfo(path).path()) : Result<void>();
}

// The power went before that: the file has no first page, and nothing was ever committed.
bool Database::Private::wasNeverMade()
{
    constexpr int page = 4096;
    char start[16] = {};
    sqlite3_file *file = nullptr;
    sqlite3_int64 size = 0;
    if (sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || !file->pMethods
        || file->pMethods->xFileSize(file, &size) != SQLITE_OK || size > page)
        return false;
    const int read = file->pMethods->xRead(file, start, sizeof start, 0);
    return (read == SQLITE_OK || read == SQLITE_IOERR_SHORT_READ)
        && std::ranges::all_of(start, [](char c) { return c == 0; }) && sizeOfWal(path + u"-wal"_s, options.vfs) == 0;
}

int Database::Private::walGrew(void *self, sqlite3 *, const char *, int pages)
{
    auto *d = static_cast<Private *>(self);
    d->wal->holds(++d->committed);
    d->walPages = pages;
    return SQLITE_OK;
}

Result<void> Database::Private::disconnect()
{
    statements.reset();
    wal.reset();
    const int closed = sqlite3_close(std::exchange(handle, nullptr));
    if (closed != SQLITE_OK)
        return std::unexpected(sqliteFailure(nullptr, closed, u"close %1"_s.arg(path)));
    return {};
}

Result<void> Database::Private::command(const char *text)
{
    auto use = statements->take({ text, text }, {});
    if (!use)
        return std::unexpected(use.error());
    if (const int ran = use->step(); ran != SQLITE_DONE)
        return std::unexpected(sqliteFailure(handle, ran, QString::fromLatin1(text)));
    return {};
}

// Locked for writing from the first write: a transaction never fails half-way because it has to become a writer.
Result<void> Database::Private::beginWriting()
{
    if (!transaction || writing)
        return {};
    if (auto begun = command("BEGIN IMMEDIATE"); !begun)
        return begun;
    writing = true;
    return {};
}

Result<void> Database::Private::ready(bool writes) const
{
    if (!handle)
        return fail(codes::Storage::unavailable, u"%1 is closed"_s.arg(path));
    if (writes && fault)
        return std::unexpected(*fault);
    // After a full disk SQLite may have rolled back; what follows would then commit one by one.
    if (transaction && writing && sqlite3_get_autocommit(handle))
        return fail(codes::Storage::unavailable, u"the transaction was rolled back by an earlier failure"_s,
                    Retry::transient);
    return {};
}

Database::Database(std::shared_ptr<Private> implementation)
    : d(std::move(implementation))
{
}

Database::~Database()
{
    d->waiting.clear();
    (void)close();
}

Result<std::unique_ptr<Database>> Database::open(const QString &path, OpenOptions options)
{
    prepareSqlite();
    const bool inMemory = path == u":memory:"_s;
    const bool isNew = !inMemory && !exists(path, options.vfs);
    if (isNew && !options.create)
        return fail(codes::Storage::unavailable, u"no store at %1"_s.arg(path));
    auto implementation = std::make_shared<Private>(path, std::move(options));
    auto connected = implementation->connect(isNew);
    if (!connected && !isNew && connected.error().is(codes::Storage::corrupt) && implementation->wasNeverMade()) {
        (void)implementation->disconnect();
        if (auto removed = storeFile::remove(path, implementation->options.vfs); !removed)
            return std::unexpected(removed.error());
        connected = implementation->connect(true);
    }
    if (!connected && isNew) { // a sync that failed may have dropped its first page, and the next would not say so
        (void)implementation->disconnect();
        (void)storeFile::remove(path, implementation->options.vfs);
    }
    if (!connected)
        return std::unexpected(connected.error());
    if (implementation->sync->distrusted().contains(path)) {
        if (auto done = implementation->rewriteWal(); !done)
            return std::unexpected(done.error());
    }
    if (!isNew && !inMemory && exists(path + u"-wal"_s, implementation->options.vfs)) {
        // A process that was killed may have left commits that are readable and not on disk yet. What their reader
        // commits at once shares their sync.
        implementation->committed = implementation->wanted = 1;
        implementation->syncSoon();
    }
    return std::unique_ptr<Database>(new Database(std::move(implementation)));
}

QString Database::path() const
{
    return d->path;
}

bool Database::isOpen() const
{
    return d->handle != nullptr;
}

sqlite3 *Database::handle() const
{
    return d->handle;
}

qint64 Database::lastInsertId() const
{
    return sqlite3_last_insert_rowid(d->handle);
}

qint64 Database::changes() const
{
    return sqlite3_total_changes64(d->handle);
}

size_t Database::cachedStatements() const
{
    return d->statements ? d->statements->size() : 0;
}

Result<void> Database::close()
{
    const auto kept = d; // a callback may destroy this object
    if (!kept->handle)
        return {};
    if (kept->transaction) {
        kept->transaction = 0;
        kept->writing = false;
        kept->savepoints.clear();
        if (!sqlite3_get_autocommit(kept->handle))
            (void)kept->command("ROLLBACK");
    }
    auto synced = kept->syncNow();
    if (!synced)
        synced = kept->rewriteWal();
    if (!synced)
        kept->sync->distrusted().insert(kept->path);
    const auto closed = kept->disconnect();
    kept->deliver();
    return synced ? closed : synced;
}

Result<qint64> Database::runValues(const Sql &sql, std::span<const SqlValue> values)
{
    const qint64 before = d->handle ? sqlite3_total_changes64(d->handle) : 0;
    if (auto done = each(sql, values, [](const Row &) { return true; }); !done)
        return std::unexpected(std::move(done).error());
    if (!d->transaction)
        d->checkpointIfDue();
    // What changes nothing leaves SQLite's count of the statement before it.
    return sqlite3_total_changes64(d->handle) == before ? 0 : sqlite3_changes64(d->handle);
}

Result<void> Database::each(const Sql &sql, std::span<const SqlValue> values, const EachRow &onRow)
{
    if (auto ready = d->ready(false); !ready)
        return ready;
    auto use = d->statements->take(sql, values);
    if (!use)
        return std::unexpected(std::move(use).error());
    if (!sqlite3_stmt_readonly(use->statement())) {
        if (d->fault)
            return std::unexpected(*d->fault);
        if (auto begun = d->beginWriting(); !begun)
            return begun;
    }
    const Row row(use->statement());
    for (;;) {
        const int stepped = use->step();
        if (stepped == SQLITE_DONE)
            return {};
        if (stepped != SQLITE_ROW)
            return std::unexpected(sqliteFailure(d->handle, stepped, QString::fromLatin1(sql.name)));
        if (!onRow(row))
            return {};
    }
}

Result<void> Database::script(const QString &sql)
{
    if (auto ready = d->ready(true); !ready)
        return ready;
    if (auto begun = d->beginWriting(); !begun)
        return begun;
    const int ran = sqlite3_exec(d->handle, sql.toUtf8().constData(), nullptr, nullptr, nullptr);
    if (ran != SQLITE_OK)
        return std::unexpected(sqliteFailure(d->handle, ran, u"script"_s));
    return {};
}

} // namespace foundry
