// What Database, Transaction and Savepoint share. Private to the room.
#pragma once

#include "Database.h"
#include "Statements.h"

#include <deque>
#include <memory>

namespace foundry {

class Database::Private : public std::enable_shared_from_this<Database::Private> {
public:
    Private(QString path, OpenOptions options);
    ~Private();

    Result<void> connect(bool isNew);
    Result<void> disconnect();
    Result<void> madeDurable(const QString &opening);
    bool wasNeverMade();
    qint64 walSize() const; // bytes, -1: not known

    static int walGrew(void *self, sqlite3 *, const char *, int pages); // after each commit

    // One statement without values or rows, as "COMMIT".
    Result<void> command(const char *text);
    // May a statement run now? Guards what SQLite would do by itself after it rolled a transaction back.
    Result<void> ready(bool writes) const;

    // ---- making durable
    void startSync();
    void syncSoon(); // or with what is committed before that
    void synced(quint64 upTo, Result<void> result);
    void deliver();
    Result<void> syncNow();
    Result<void> rewriteWal(); // and sync it
    void checkpointIfDue();

    struct Waiting {
        quint64 commit;
        std::function<void(Result<void>)> done;
    };

    const QString path;
    const OpenOptions options;
    ImmediateSync immediateSync;
    SyncService *sync;
    sqlite3 *handle = nullptr;
    std::unique_ptr<Statements> statements;
    std::shared_ptr<WalFile> wal;

    // SQLite is told of a transaction with its first write: one that only reads, or does nothing, costs nothing. This
    // connection is the only one, so what is read before that cannot change in between.
    Result<void> beginWriting();
    quint64 transaction = 0; // serial of the open one, 0: none
    bool writing = false; // SQLite knows of it
    std::vector<quint64> savepoints; // serials, the innermost last
    quint64 lastSerial = 0;

    quint64 committed = 0; // counts commits
    quint64 durable = 0; // the last commit that is on disk
    quint64 wanted = 0; // the last commit that somebody wants on disk
    bool syncing = false;
    std::deque<Waiting> waiting;
    std::optional<Failure> fault; // a sync failed
    int walPages = 0;
    int nextCheckpoint = 0; // walPages
};

} // namespace foundry
