#include "StoreFile.h"

#include "SqliteFailure.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <sqlite3.h>

#include <cerrno>
#include <cstdio>
#include <memory>

#include <fcntl.h>
#include <unistd.h>

namespace foundry::storeFile {

namespace {

// All that SQLite keeps beside a database.
const QStringList companions { u"-wal"_s, u"-shm"_s, u"-journal"_s };

Result<void> renamed(const QString &from, const QString &to)
{
    if (std::rename(QFile::encodeName(from).constData(), QFile::encodeName(to).constData()) != 0)
        return std::unexpected(fileFailure(errno, u"rename %1"_s.arg(from)));
    return {};
}

Result<void> removed(const QString &path, const QByteArray &vfs = {})
{
    if (!vfs.isEmpty()) {
        sqlite3_vfs *files = sqlite3_vfs_find(vfs.constData());
        const int gone = files ? files->xDelete(files, path.toUtf8().constData(), 0) : SQLITE_CANTOPEN;
        if (gone != SQLITE_OK && gone != SQLITE_IOERR_DELETE_NOENT)
            return std::unexpected(sqliteFailure(nullptr, gone, u"remove %1"_s.arg(path)));
        return {};
    }
    if (::unlink(QFile::encodeName(path).constData()) != 0 && errno != ENOENT)
        return std::unexpected(fileFailure(errno, u"remove %1"_s.arg(path)));
    return {};
}

Result<void> syncPath(const QString &path, int flags)
{
    const int descriptor = ::open(QFile::encodeName(path).constData(), flags | O_CLOEXEC);
    if (descriptor < 0)
        return std::unexpected(fileFailure(errno, u"open %1"_s.arg(path)));
    const int failed = ::fsync(descriptor);
    const int error = errno;
    ::close(descriptor);
    if (failed)
        return std::unexpected(fileFailure(error, u"sync %1"_s.arg(path)));
    return {};
}

Result<void> checkIntegrity(const QString &path)
{
    sqlite3 *raw = nullptr;
    const int opened = sqlite3_open_v2(QFile::encodeName(path).constData(), &raw, SQLITE_OPEN_READWRITE, nullptr);
    const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> database(raw, &sqlite3_close);
    if (opened != SQLITE_OK)
        return std::unexpected(sqliteFailure(raw, opened, u"open %1"_s.arg(path)));
    QString first;
    const auto collect = [](void *to, int, char **texts, char **) {
        *static_cast<QString *>(to) += QString::fromUtf8(texts[0]) + u'\n';
        return 0;
    };
    const int ran = sqlite3_exec(raw, "PRAGMA quick_check(5)", collect, &first, nullptr);
    if (ran != SQLITE_OK)
        return std::unexpected(sqliteFailure(raw, ran, u"check %1"_s.arg(path)));
    if (first != u"ok\n"_s)
        return fail(codes::Storage::corrupt, u"%1: %2"_s.arg(path, first.trimmed()));
    return {};
}

} // namespace

Result<void> syncFolder(const QString &folder)
{
    return syncPath(folder.isEmpty() ? u"."_s : folder, O_RDONLY | O_DIRECTORY);
}

// Under a name that nothing has yet; returns it.
static Result<QString> movedAway(const QString &path, const QString &why, Millis now)
{
    const QString stamp = QDateTime::fromMSecsSinceEpoch(now, Qt::UTC).toString(u"yyyyMMdd'T'HHmmss'Z'"_s);
    const QString base = u"%1.%2-%3"_s.arg(path, why, stamp);
    QString away = base;
    for (int n = 2; QFile::exists(away); ++n)
        away = u"%1-%2"_s.arg(base).arg(n);
    // The WAL goes first: a database that is left without its name must not find a stranger's WAL.
    for (const QString &companion : companions) {
        if (!QFile::exists(path + companion))
            continue;
        if (auto done = renamed(path + companion, away + companion); !done)
            return std::unexpected(done.error());
    }
    if (auto done = renamed(path, away); !done)
        return std::unexpected(done.error());
    return away;
}

Result<QString> setAside(const QString &path, Millis now)
{
    auto aside = movedAway(path, u"damaged"_s, now);
    if (!aside)
        return aside;
    if (auto done = syncFolder(QFileInfo(path).path()); !done)
        return std::unexpected(done.error());
    return aside;
}

Result<bool> putBack(const QString &path)
{
    const QFileInfo store(path);
    QStringList aside = store.dir().entryList({ store.fileName() + u".damaged-*"_s }, QDir::Files, QDir::Name);
    for (const QString &companion : companions)
        aside.removeIf([&](const QString &name) { return name.endsWith(companion); });
    if (store.exists() || aside.isEmpty())
        return false;
    const QString last = store.dir().filePath(aside.last());
    for (const QString &companion : companions) {
        if (!QFile::exists(last + companion))
            continue;
        if (auto done = renamed(last + companion, path + companion); !done)
            return std::unexpected(done.error());
    }
    if (auto done = renamed(last, path); !done)
        return std::unexpected(done.error());
    if (auto done = syncFolder(store.path()); !done)
        return std::unexpected(done.error());
    return true;
}

static Result<void> copyChecked(const QString &backup, const QString &part,
                                const std::function<Result<void>(const QString &)> &prepare)
{
    if (!QFile::exists(backup))
        return fail(codes::Storage::unavailable, u"no backup at %1"_s.arg(backup));
    if (auto done = remove(part); !done)
        return done;
    if (!QFile::copy(backup, part)) // tells no errno: a full disk is its usual cause
        return fail(codes::Storage::full, u"copy %1"_s.arg(backup), Retry::transient);
    QFile::setPermissions(part, QFile::ReadOwner | QFile::WriteOwner);
    auto done = checkIntegrity(part);
    if (done && prepare)
        done = prepare(part);
    for (const QString &companion : companions) {
        if (done)
            done = removed(part + companion);
    }
    return done ? syncPath(part, O_RDWR) : done;
}

Result<QString> restore(const QString &backup, const QString &path, Millis now,
                        const std::function<Result<void>(const QString &)> &prepare)
{
    const QString part = path + u".restoring"_s;
    if (auto copied = copyChecked(backup, part, prepare); !copied) {
        (void)remove(part);
        return std::unexpected(copied.error());
    }
    Result<QString> replaced = QString();
    if (QFile::exists(path))
        replaced = movedAway(path, u"replaced"_s, now);
    if (!replaced)
        return replaced;
    for (const QString &companion : companions) {
        if (auto done = removed(path + companion); !done)
            return std::unexpected(done.error());
    }
    if (auto done = renamed(part, path); !done)
        return std::unexpected(done.error());
    if (auto done = syncFolder(QFileInfo(path).path()); !done)
        return std::unexpected(done.error());
    return replaced;
}

Result<void> removeBackups(const QString &path)
{
    const QFileInfo store(path);
    const QStringList names
        = store.dir().entryList({ store.fileName() + u".backup-*"_s, store.fileName() + u".before-*"_s }, QDir::Files);
    for (const QString &name : names) {
        if (auto done = removed(store.dir().filePath(name)); !done)
            return done;
    }
    return {};
}

Result<void> remove(const QString &path, const QByteArray &vfs)
{
    for (const QString &companion : companions) {
        if (auto done = removed(path + companion, vfs); !done)
            return done;
    }
    return removed(path, vfs);
}

} // namespace foundry::storeFile
