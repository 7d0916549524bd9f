// A disk that does what disks do: fails, fills up, tears a write in two, and forgets at a power cut what
// was not synced. A file system of SQLite's, in memory; one seed, one outcome. One thread.
//
//     FaultyStorage disk(seed);
//     auto database = Database::open(u"/store"_s, { .sync = &disk.sync(), .vfs = disk.vfs() });
#pragma once

#include <SyncService.h>

#include <QByteArray>
#include <QString>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <vector>

struct sqlite3_vfs;

namespace foundry::test {

class FaultyStorage {
public:
    explicit FaultyStorage(quint64 seed = 1);
    // Every database on it must be closed or dropped before.
    ~FaultyStorage();
    Q_DISABLE_COPY_MOVE(FaultyStorage)

    QByteArray vfs() const; // for OpenOptions::vfs
    // Syncs these files, inside the call, or when `finishSyncs` says so.
    SyncService &sync() { return m_sync; }

    // ---- faults. Operations count from now, the next is 1; 0 ends the fault.
    void failWrite(int nth, int times = 1) { m_write = { nth, times }; }
    void failSync(int nth, int times = 1) { m_syncFault = { nth, times }; }
    // The power goes during the n-th write or sync: whatever is asked afterwards fails, until losePower().
    void cutPowerAt(int nth) { m_cut = nth; }
    // Now, until losePower() or killProcess().
    void cutPower();
    bool hasPower() const { return m_power; }
    // As it happens, in the middle of whatever is being written.
    void onCut(std::function<void()> call) { m_onCut = std::move(call); }
    void setCapacity(std::optional<qint64> bytes) { m_capacity = bytes; } // in all files
    void setReadOnly(bool readOnly) { m_readOnly = readOnly; }
    // What was not synced is kept, lost or torn, as the seed says. Open databases can only be closed.
    void losePower();
    // Only the process died: what it wrote is there, synced or not. Open databases can only be closed. What a failed
    // sync dropped is on disk by now: the next process could not know (see SyncService::distrusted).
    void killProcess();
    // Every sync says it is done and does nothing: to show that a test notices.
    void setLying(bool lying) { m_lying = lying; }
    // Flips one bit, synced at once.
    void damage(const QString &path, qint64 offset);

    // ---- held syncs
    void holdSyncs(bool hold) { m_hold = hold; }
    size_t heldSyncs() const { return m_held.size(); }
    void finishSyncs();

    // ---- syncs of a service of the test's own: up to what was written when `mark` was asked for
    qint64 mark(const QString &path) const;
    Result<void> syncUpTo(const QString &path, qint64 mark);

    // ---- what it saw
    // The store that two connections had open at once; empty: none.
    QString sharedStore() const { return m_sharedStore; }
    QStringList files() const;
    qint64 writes() const { return m_writes; }
    qint64 syncs() const { return m_syncs; }
    qint64 used() const;
    bool exists(const QString &path) const { return m_files.contains(path.toStdString()); }

private:
    friend struct FaultyFile;
    friend struct FaultyFileSystem;

    struct Change { // not synced yet
        qint64 offset = 0;
        QByteArray bytes;
        bool truncates = false; // to `offset`
    };
    struct File {
        QByteArray now; // as reading sees it
        QByteArray synced;
        std::vector<Change> pending;
        bool everSynced = false; // its name is on disk
        qint64 taken = 0; // changes that are pending no longer
        bool forgets = false; // a sync of it failed, and what was lost is still read
        int owners = 0;
    };
    struct Fault {
        int nth = 0;
        int times = 0;
        bool strikes();
    };
    class Sync final : public SyncService {
    public:
        explicit Sync(FaultyStorage &storage)
            : m_storage(storage)
        {
        }
        void request(std::shared_ptr<WalFile> file, Done done) override;
        void post(std::function<void()> call) override { call(); }
        Result<void> syncNow(WalFile &file) override;

    private:
        FaultyStorage &m_storage;
    };

    bool operation(); // counts towards the power cut; false: no power
    static void apply(QByteArray &bytes, const Change &change);
    void applyTorn(QByteArray &bytes, const Change &change);
    int write(const std::shared_ptr<File> &file, qint64 offset, const QByteArray &bytes); // SQLite's result codes
    int truncate(File &file, qint64 size);
    int syncFile(File &file, std::optional<qint64> upTo = {});
    void restart();

    Sync m_sync { *this };
    std::mt19937_64 m_random;
    std::unique_ptr<sqlite3_vfs> m_vfs;
    QByteArray m_name;
    std::map<std::string, std::shared_ptr<File>> m_files;
    int m_generation = 0; // power cuts; what was opened before one is dead
    int m_error = 0; // errno of the last failure
    bool m_power = true;
    bool m_readOnly = false;
    int m_cut = 0;
    std::function<void()> m_onCut;
    std::shared_ptr<File> m_interrupted; // with the write that was under way
    Change m_interruptedChange;
    bool m_lying = false;
    QString m_sharedStore;
    Fault m_write;
    Fault m_syncFault;
    std::optional<qint64> m_capacity;
    bool m_hold = false;
    std::vector<std::pair<std::shared_ptr<WalFile>, SyncService::Done>> m_held;
    qint64 m_writes = 0;
    qint64 m_syncs = 0;
};

} // namespace foundry::test
