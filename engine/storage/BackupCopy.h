// A copy of a store that is made a few pages at a time while the store is in use. What is written to the store
// meanwhile is in the copy too, so it is the store as of the last step. Runs on the store's thread.
#pragma once

#include "Database.h"

struct sqlite3_backup;

namespace foundry {

class BackupCopy {
public:
    // Beside `to`, whose place it takes when it is finished. Fails: full, readOnly, unavailable.
    static Result<std::unique_ptr<BackupCopy>> begin(Database &from, const QString &to, const QByteArray &vfs = {});
    // What is not finished is removed.
    ~BackupCopy();
    Q_DISABLE_COPY_MOVE(BackupCopy)

    // Copies this many pages; true: all are copied. Not inside a transaction of the store.
    Result<bool> step(int pages);
    // Once all are copied: syncs it and puts it in place. This may be destroyed before it is done.
    void finish(SyncService &sync, std::function<void(Result<void>)> done);

private:
    BackupCopy(QString to, QByteArray vfs);
    QString part() const { return m_vfs.isEmpty() ? m_to + QStringLiteral(".part") : m_to; }
    Result<void> open(sqlite3 *from);
    Result<void> closeTarget();

    const QString m_to;
    const QByteArray m_vfs;
    sqlite3 *m_target = nullptr;
    sqlite3_backup *m_backup = nullptr;
    bool m_whole = false;
    bool m_handedOver = false;
};

} // namespace foundry
