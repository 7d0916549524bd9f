#include "BackupCopy.h"

#include "SqliteFailure.h"
#include "StoreFile.h"

#include <QFile>
#include <QFileInfo>

#include <sqlite3.h>

#include <cerrno>
#include <cstdio>

namespace foundry {

BackupCopy::BackupCopy(QString to, QByteArray vfs)
    : m_to(std::move(to))
    , m_vfs(std::move(vfs))
{
}

BackupCopy::~BackupCopy()
{
    (void)closeTarget();
    if (!m_handedOver)
        (void)storeFile::remove(part(), m_vfs);
}

Result<std::unique_ptr<BackupCopy>> BackupCopy::begin(Database &from, const QString &to, const QByteArray &vfs)
{
    std::unique_ptr<BackupCopy> copy(new BackupCopy(to, vfs));
    if (auto removed = storeFile::remove(copy->part(), vfs); !removed)
        return std::unexpected(removed.error());
    if (auto opened = copy->open(from.handle()); !opened)
        return std::unexpected(opened.error());
    return copy;
}

Result<void> BackupCopy::open(sqlite3 *from)
{
    const QString what = u"backup to %1"_s.arg(m_to);
    const int opened
        = sqlite3_open_v2(part().toUtf8().constData(), &m_target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                          m_vfs.isEmpty() ? nullptr : m_vfs.constData());
    if (opened != SQLITE_OK)
        return std::unexpected(sqliteFailure(m_target, opened, what));
    // A copy that is not whole is thrown away: it needs no journal, and one sync at its end.
    for (const char *pragma : { "PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF" }) {
        if (const int ran = sqlite3_exec(m_target, pragma, nullptr, nullptr, nullptr); ran != SQLITE_OK)
            return std::unexpected(sqliteFailure(m_target, ran, what));
    }
    m_backup = sqlite3_backup_init(m_target, "main", from, "main");
    if (!m_backup)
        return std::unexpected(sqliteFailure(m_target, sqlite3_extended_errcode(m_target), what));
    return {};
}

Result<bool> BackupCopy::step(int pages)
{
    if (!m_backup)
        return m_whole;
    const int stepped = sqlite3_backup_step(m_backup, pages);
    if (stepped == SQLITE_OK)
        return false;
    m_whole = stepped == SQLITE_DONE;
    if (auto closed = closeTarget(); !closed)
        return std::unexpected(closed.error());
    return true;
}

Result<void> BackupCopy::closeTarget()
{
    Result<void> done;
    if (m_backup) {
        if (const int finished = sqlite3_backup_finish(std::exchange(m_backup, nullptr)); finished != SQLITE_OK)
            done = std::unexpected(sqliteFailure(m_target, finished, u"backup to %1"_s.arg(m_to)));
    }
    sqlite3_close(std::exchange(m_target, nullptr));
    return done;
}

void BackupCopy::finish(SyncService &sync, std::function<void(Result<void>)> done)
{
    m_handedOver = true;
    sync.request(std::make_shared<WalFile>(part()),
                 [from = part(), to = m_to, vfs = m_vfs, done = std::move(done)](Result<void> synced) {
                     if (synced && from != to
                         && std::rename(QFile::encodeName(from).constData(), QFile::encodeName(to).constData()) != 0)
                         synced = std::unexpected(fileFailure(errno, u"rename %1"_s.arg(from)));
                     if (synced && vfs.isEmpty())
                         synced = storeFile::syncFolder(QFileInfo(to).path());
                     if (!synced)
                         (void)storeFile::remove(from, vfs);
                     done(std::move(synced));
                 });
}

} // namespace foundry
