// Database: from committed to durable, checkpoints, copies.
//
// Why a sync on another thread is sound beside SQLite: a request takes the number of the last commit
// before it starts, and fdatasync covers all that was written before it starts. A checkpoint copies frames
// back only after SQLite itself synced the WAL, and the WAL is overwritten from its start only after
// SQLite synced the database file; so a commit is always whole in one of the two.
#include "DatabasePrivate.h"
#include "SqliteFailure.h"
#include "StoreFile.h"

#include <QFile>
#include <QFileInfo>
#include <QScopeGuard>

#include <sqlite3.h>

#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <unistd.h>

namespace foundry {

void Database::Private::startSync()
{
    if (syncing || fault || !handle || wanted <= durable)
        return;
    syncing = true;
    const quint64 upTo = committed;
    sync->request(wal, [self = weak_from_this(), upTo, file = wal](Result<void> result) {
        if (auto d = self.lock())
            d->synced(std::max(upTo, result ? file->synced() : 0), std::move(result));
    });
}

void Database::Private::syncSoon()
{
    sync->post([self = weak_from_this()] {
        if (const auto d = self.lock())
            d->startSync();
    });
}

void Database::Private::synced(quint64 upTo, Result<void> result)
{
    syncing = false;
    if (result)
        durable = std::max(durable, upTo);
    else if (upTo > durable) // else a blocking sync was faster
        fault = std::move(result).error();
    startSync(); // the next one runs while the callbacks do
    deliver();
}

void Database::Private::deliver()
{
    const auto kept = shared_from_this(); // a callback may destroy the database
    while (!waiting.empty() && (fault || waiting.front().commit <= durable)) {
        // What was durable before the fault stays so.
        const bool safe = waiting.front().commit <= durable;
        auto done = std::move(waiting.front().done);
        waiting.pop_front();
        done(safe ? Result<void> {} : Result<void>(std::unexpected(*fault)));
    }
}

Result<void> Database::Private::syncNow()
{
    if (fault)
        return std::unexpected(*fault);
    if (durable < committed) {
        if (auto done = sync->syncNow(*wal); !done) {
            fault = done.error();
            return done;
        }
        durable = committed;
    }
    return {};
}

// What a failed sync dropped is still read from the WAL: written again, it is dirty again, and a sync means what it
// says. In place, so that it needs no space, and a crash in the middle changes nothing.
Result<void> Database::Private::rewriteWal()
{
    sqlite3_file *file = nullptr;
    sqlite3_int64 size = 0;
    int done = sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file);
    const bool isThere = done == SQLITE_OK && file && file->pMethods;
    if (isThere)
        done = file->pMethods->xFileSize(file, &size);
    QByteArray chunk(256 * 1024, Qt::Uninitialized);
    for (sqlite3_int64 at = 0; isThere && done == SQLITE_OK && at < size; at += chunk.size()) {
        const int length = int(std::min<sqlite3_int64>(chunk.size(), size - at));
        done = file->pMethods->xRead(file, chunk.data(), length, at);
        if (done == SQLITE_OK)
            done = file->pMethods->xWrite(file, chunk.constData(), length, at);
    }
    if (done != SQLITE_OK)
        return std::unexpected(sqliteFailure(nullptr, done, u"write %1 again"_s.arg(wal->path())));
    if (auto synced = sync->syncNow(*wal); !synced)
        return synced;
    sync->distrusted().erase(path);
    return {};
}

void Database::Private::checkpointIfDue()
{
    if (walPages < nextCheckpoint || fault)
        return;
    int inWal = 0;
    int copied = 0;
    const int done = sqlite3_wal_checkpoint_v2(handle, "main", SQLITE_CHECKPOINT_PASSIVE, &inWal, &copied);
    if (done == SQLITE_IOERR_FSYNC) {
        fault = sqliteFailure(handle, done, u"checkpoint"_s);
        return;
    }
    // It failed or a reader is in the way: the commits are safe in the WAL, try again when it has grown as much again.
    const bool whole = done == SQLITE_OK && inWal == copied;
    nextCheckpoint = whole ? int(checkpointPages) : walPages + int(checkpointPages);
}

void Database::whenDurable(std::function<void(Result<void>)> done)
{
    const auto kept = d;
    if (!kept->handle || kept->waiting.size() >= size_t(maxWaiting)) {
        auto refused = kept->handle
            ? fail(codes::Storage::tooLarge,
                   u"%1 wait for a sync, the limit is %2"_s.arg(kept->waiting.size()).arg(maxWaiting))
            : fail(codes::Storage::unavailable, u"%1 is closed"_s.arg(kept->path));
        kept->sync->post([done = std::move(done), refused] { done(refused); });
        return;
    }
    kept->waiting.push_back({ kept->committed, std::move(done) });
    kept->wanted = kept->committed;
    kept->startSync();
    if (!kept->syncing && !kept->waiting.empty()) {
        kept->sync->post([self = std::weak_ptr(kept)] {
            if (auto still = self.lock())
                still->deliver();
        });
    }
}

bool Database::isDurable() const
{
    return d->durable == d->committed;
}

std::optional<Failure> Database::fault() const
{
    return d->fault;
}

Result<void> Database::syncNow()
{
    auto done = d->syncNow();
    d->sync->post([self = std::weak_ptr(d)] {
        if (auto still = self.lock())
            still->deliver();
    });
    return done;
}

Result<void> Database::checkpoint()
{
    if (auto ready = d->ready(false); !ready)
        return ready;
    if (d->transaction)
        return fail(codes::Storage::query, u"checkpoint: a transaction is open"_s);
    const int done = sqlite3_wal_checkpoint_v2(d->handle, "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    if (done != SQLITE_OK)
        return std::unexpected(sqliteFailure(d->handle, done, u"checkpoint"_s));
    d->durable = d->committed; // SQLite synced the database file
    d->walPages = 0;
    d->nextCheckpoint = int(checkpointPages);
    return {};
}

Result<void> Database::resume()
{
    if (!d->fault)
        return {};
    if (auto ready = d->ready(false); !ready)
        return ready;
    if (auto done = d->rewriteWal(); !done)
        return done;
    d->durable = d->committed;
    d->fault.reset();
    return {};
}

namespace {

// Pages copied in one go hold no lock against anybody: the store has one connection, this thread's.
Result<void> copyInto(sqlite3 *from, const QString &to, const char *vfs)
{
    sqlite3 *target = nullptr;
    const int opened
        = sqlite3_open_v2(to.toUtf8().constData(), &target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs);
    if (opened != SQLITE_OK) {
        auto failed = std::unexpected(sqliteFailure(target, opened, u"backup to %1"_s.arg(to)));
        sqlite3_close(target);
        return failed;
    }
    int result = SQLITE_ERROR;
    if (sqlite3_backup *backup = sqlite3_backup_init(target, "main", from, "main")) {
        sqlite3_backup_step(backup, -1);
        result = sqlite3_backup_finish(backup);
    } else {
        result = sqlite3_extended_errcode(target);
    }
    Result<void> done;
    if (result != SQLITE_OK)
        done = std::unexpected(sqliteFailure(target, result, u"backup to %1"_s.arg(to)));
    sqlite3_close(target);
    return done;
}

} // namespace

Result<void> Database::backup(const QString &to)
{
    if (auto ready = d->ready(false); !ready)
        return ready;
    if (d->transaction)
        return fail(codes::Storage::query, u"backup: a transaction is open"_s);
    if (!d->options.vfs.isEmpty()) { // its files have no names that we could change
        sqlite3_vfs *files = sqlite3_vfs_find(d->options.vfs.constData());
        for (const char *companion : { "", "-journal", "-wal" })
            (void)files->xDelete(files, (to.toUtf8() + companion).constData(), 1);
        return copyInto(d->handle, to, d->options.vfs.constData());
    }
    const QString part = to + u".part"_s;
    auto done = storeFile::remove(part);
    if (done)
        done = copyInto(d->handle, part, nullptr);
    if (done && std::rename(QFile::encodeName(part).constData(), QFile::encodeName(to).constData()) != 0)
        done = std::unexpected(fileFailure(errno, u"rename %1"_s.arg(part)));
    if (!done) {
        (void)storeFile::remove(part);
        return done;
    }
    return storeFile::syncFolder(QFileInfo(to).path());
}

Result<void> Database::copyFrom(const Database &model)
{
    if (auto ready = d->ready(true); !ready)
        return ready;
    if (d->transaction)
        return fail(codes::Storage::query, u"copy: a transaction is open"_s);
    // SQLite would sync the WAL's start at once. The WAL begins with this commit, whose sync covers it.
    sqlite3_exec(d->handle, "PRAGMA synchronous = OFF", nullptr, nullptr, nullptr);
    const auto synchronous
        = qScopeGuard([this] { sqlite3_exec(d->handle, "PRAGMA synchronous = NORMAL", nullptr, nullptr, nullptr); });
    int result = SQLITE_ERROR;
    if (sqlite3_backup *copy = sqlite3_backup_init(d->handle, "main", model.handle(), "main")) {
        sqlite3_backup_step(copy, -1);
        result = sqlite3_backup_finish(copy);
    } else {
        result = sqlite3_extended_errcode(d->handle);
    }
    if (result != SQLITE_OK) {
        auto failed = sqliteFailure(d->handle, result, u"copy into %1"_s.arg(d->path));
        if (result == SQLITE_IOERR_FSYNC) // the start of a WAL
            d->fault = failed;
        return std::unexpected(std::move(failed));
    }
    // SQLite would tell its hook of this commit with the next statement.
    const quint64 before = d->committed;
    sqlite3_exec(d->handle, "SELECT 1", nullptr, nullptr, nullptr);
    d->committed = d->wanted = before + 1;
    d->syncSoon();
    return {};
}

Result<void> Database::verify()
{
    QStringList lines;
    const Sql check { "integrityCheck", "PRAGMA integrity_check(10)" };
    auto ran = each(check, {}, [&](const Row &row) {
        lines += row.text(0);
        return true;
    });
    if (!ran)
        return ran;
    if (lines != QStringList { u"ok"_s })
        return fail(codes::Storage::corrupt, u"%1: %2"_s.arg(d->path, lines.join(u"; "_s)));
    return {};
}

} // namespace foundry
