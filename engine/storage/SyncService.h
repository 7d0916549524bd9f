// Getting what was committed onto the disk. Committing (cheap, engine thread) and syncing (slow, anywhere)
// are separate, so that one store's sync does not hold up the others.
#pragma once

#include <foundry/Failure.h>

#include <QString>

#include <atomic>
#include <functional>
#include <memory>
#include <set>

class QObject;

namespace foundry {

// The -wal file of one store. Syncs through a descriptor of its own: SQLite's locks live on the database
// file, so closing this one releases none of them. `sync` may be called from any thread.
class WalFile {
public:
    explicit WalFile(QString path);
    ~WalFile();
    Q_DISABLE_COPY_MOVE(WalFile)
    QString path() const { return m_path; }
    // Blocks until all that was written before the call is on disk.
    // Fails: Storage::full, Storage::readOnly, Storage::unavailable.
    Result<void> sync();
    // How many commits the file holds, told by its writer; and how many of them the last sync() found there, which may
    // have begun long after it was asked for. Any thread.
    void holds(quint64 commits) { m_held = commits; }
    quint64 synced() const { return m_synced; }

private:
    const QString m_path;
    std::atomic<int> m_descriptor = -1;
    std::atomic<quint64> m_held = 0;
    std::atomic<quint64> m_synced = 0;
};

class SyncService {
public:
    using Done = std::function<void(Result<void>)>;
    virtual ~SyncService() = default;
    // Makes what the file holds at the time of the call durable, then calls `done` once on the engine's
    // thread. The Database asks for one sync of a file at a time. Engine thread.
    virtual void request(std::shared_ptr<WalFile> file, Done done) = 0;
    // Calls `call` later on the engine's thread, after what is already on its way there.
    virtual void post(std::function<void()> call) = 0;
    // As request, but blocking and without a callback. Engine thread.
    virtual Result<void> syncNow(WalFile &file) { return file.sync(); }
    // The stores whose last sync failed: the kernel may have dropped what it still shows to readers, and says that the
    // next sync went well. The Database writes their WAL once more when it opens them again. Engine thread.
    std::set<QString> &distrusted() { return m_distrusted; }

private:
    std::set<QString> m_distrusted;
};

// Syncs on helper threads, and on its own while the disk is quick and one store only asks; `done` comes from the event
// loop of the thread that made this object. The destructor finishes the syncs that were requested and drops their
// callbacks.
class ThreadedSync final : public SyncService {
public:
    // One at first, more when they are needed: a journal takes many syncs at once for little more than one.
    static constexpr int maxHelpers = 16;
    explicit ThreadedSync(int helpers = maxHelpers);
    ~ThreadedSync() override;
    void request(std::shared_ptr<WalFile> file, Done done) override;
    void post(std::function<void()> call) override;

private:
    class Pool;
    std::unique_ptr<Pool> m_pool;
};

// Syncs inside `request` and calls back before it returns. For tests and for tools without an event loop.
class ImmediateSync final : public SyncService {
public:
    void request(std::shared_ptr<WalFile> file, Done done) override { done(syncNow(*file)); }
    void post(std::function<void()> call) override { call(); }
};

} // namespace foundry
