#include "FaultyStorage.h"

#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>

namespace foundry::test {

namespace {

constexpr qint64 sector = 512; // bytes a disk writes whole

} // namespace

// What SQLite holds for an open file. Source of both tables: https://www.sqlite.org/c3ref/io_methods.html
struct FaultyFile {
    sqlite3_file base; // first: SQLite sees only this
    FaultyStorage *storage;
    std::shared_ptr<FaultyStorage::File> file;
    std::string deleteAtClose;
    int generation;
    bool owns;

    static FaultyFile &of(sqlite3_file *file) { return *reinterpret_cast<FaultyFile *>(file); }
    bool isDead() const { return generation != storage->m_generation || !storage->m_power; }

    static int close(sqlite3_file *base)
    {
        FaultyFile &self = of(base);
        self.file->owners -= self.owns;
        if (!self.deleteAtClose.empty())
            self.storage->m_files.erase(self.deleteAtClose);
        self.file.~shared_ptr();
        self.deleteAtClose.~basic_string();
        return SQLITE_OK;
    }
    static int read(sqlite3_file *base, void *to, int length, sqlite3_int64 offset)
    {
        FaultyFile &self = of(base);
        if (self.isDead())
            return SQLITE_IOERR_READ;
        const QByteArray &bytes = self.file->now;
        const qint64 there = std::clamp<qint64>(bytes.size() - offset, 0, length);
        if (there > 0)
            std::memcpy(to, bytes.constData() + offset, size_t(there));
        if (there == length)
            return SQLITE_OK;
        std::memset(static_cast<char *>(to) + there, 0, size_t(length - there));
        return SQLITE_IOERR_SHORT_READ;
    }
    static int write(sqlite3_file *base, const void *from, int length, sqlite3_int64 offset)
    {
        FaultyFile &self = of(base);
        if (self.isDead())
            return SQLITE_IOERR_WRITE;
        return self.storage->write(self.file, offset, QByteArray(static_cast<const char *>(from), length));
    }
    static int truncate(sqlite3_file *base, sqlite3_int64 size)
    {
        FaultyFile &self = of(base);
        return self.isDead() ? SQLITE_IOERR_TRUNCATE : self.storage->truncate(*self.file, size);
    }
    static int sync(sqlite3_file *base, int)
    {
        FaultyFile &self = of(base);
        return self.isDead() ? SQLITE_IOERR_FSYNC : self.storage->syncFile(*self.file);
    }
    static int size(sqlite3_file *base, sqlite3_int64 *size)
    {
        *size = of(base).file->now.size();
        return SQLITE_OK;
    }
    // One connection a store: nothing to lock against.
    static int lock(sqlite3_file *, int) { return SQLITE_OK; }
    static int checkLock(sqlite3_file *, int *reserved)
    {
        *reserved = 0;
        return SQLITE_OK;
    }
    static int control(sqlite3_file *, int, void *) { return SQLITE_NOTFOUND; }
    static int sectorSize(sqlite3_file *) { return int(sector); }
    static int characteristics(sqlite3_file *) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

    static const sqlite3_io_methods methods;
};

// Version 1 has no shared memory: the WAL's index lives in the connection (locking_mode=EXCLUSIVE).
const sqlite3_io_methods FaultyFile::methods {
    1,          close,           read,    write,   truncate, sync,    size,    lock,   lock, checkLock, control,
    sectorSize, characteristics, nullptr, nullptr, nullptr,  nullptr, nullptr, nullptr
};

struct FaultyFileSystem {
    static FaultyStorage &of(sqlite3_vfs *vfs) { return *static_cast<FaultyStorage *>(vfs->pAppData); }

    static int open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *outFlags)
    {
        FaultyStorage &storage = of(vfs);
        base->pMethods = nullptr;
        if (!storage.m_power)
            return SQLITE_CANTOPEN;
        const std::string path = name ? name : "temporary-" + std::to_string(storage.m_random());
        auto found = storage.m_files.find(path);
        if (found == storage.m_files.end()) {
            if (!(flags & SQLITE_OPEN_CREATE) || storage.m_readOnly)
                return SQLITE_CANTOPEN;
            found = storage.m_files.emplace(path, std::make_shared<FaultyStorage::File>()).first;
        }
        auto *self = reinterpret_cast<FaultyFile *>(base);
        self->storage = &storage;
        new (&self->file) std::shared_ptr(found->second);
        new (&self->deleteAtClose) std::string(!name || (flags & SQLITE_OPEN_DELETEONCLOSE) ? path : std::string());
        self->generation = storage.m_generation;
        self->owns = flags & SQLITE_OPEN_MAIN_DB;
        self->file->owners += self->owns;
        if (self->file->owners > 1)
            storage.m_sharedStore = QString::fromStdString(path);
        base->pMethods = &FaultyFile::methods;
        if (outFlags)
            *outFlags = flags;
        return SQLITE_OK;
    }
    static int remove(sqlite3_vfs *vfs, const char *name, int)
    {
        FaultyStorage &storage = of(vfs);
        if (!storage.m_power)
            return SQLITE_IOERR_DELETE;
        return storage.m_files.erase(name) ? SQLITE_OK : SQLITE_IOERR_DELETE_NOENT;
    }
    static int access(sqlite3_vfs *vfs, const char *name, int, int *result)
    {
        *result = of(vfs).m_files.contains(name);
        return SQLITE_OK;
    }
    static int fullPath(sqlite3_vfs *, const char *name, int length, char *out)
    {
        sqlite3_snprintf(length, out, "%s", name);
        return SQLITE_OK;
    }
    static int randomness(sqlite3_vfs *vfs, int length, char *out)
    {
        for (int i = 0; i < length; ++i)
            out[i] = char(of(vfs).m_random());
        return length;
    }
    static int sleep(sqlite3_vfs *, int) { return 0; }
    static int currentTime(sqlite3_vfs *, double *days)
    {
        *days = 2'460'000.5; // always the same day
        return SQLITE_OK;
    }
    static int lastError(sqlite3_vfs *vfs, int, char *) { return of(vfs).m_error; }
};

FaultyStorage::FaultyStorage(quint64 seed)
    : m_random(seed)
    , m_vfs(std::make_unique<sqlite3_vfs>())
{
    m_name = "faulty-" + QByteArray::number(quintptr(this), 16);
    *m_vfs = {};
    m_vfs->iVersion = 1;
    m_vfs->szOsFile = sizeof(FaultyFile);
    m_vfs->mxPathname = 512;
    m_vfs->zName = m_name.constData();
    m_vfs->pAppData = this;
    m_vfs->xOpen = FaultyFileSystem::open;
    m_vfs->xDelete = FaultyFileSystem::remove;
    m_vfs->xAccess = FaultyFileSystem::access;
    m_vfs->xFullPathname = FaultyFileSystem::fullPath;
    m_vfs->xRandomness = FaultyFileSystem::randomness;
    m_vfs->xSleep = FaultyFileSystem::sleep;
    m_vfs->xCurrentTime = FaultyFileSystem::currentTime;
    m_vfs->xGetLastError = FaultyFileSystem::lastError;
    sqlite3_vfs_register(m_vfs.get(), 0);
}

FaultyStorage::~FaultyStorage()
{
    sqlite3_vfs_unregister(m_vfs.get());
}

QByteArray FaultyStorage::vfs() const
{
    return m_name;
}

qint64 FaultyStorage::used() const
{
    qint64 sum = 0;
    for (const auto &[path, file] : m_files)
        sum += file->now.size();
    return sum;
}

bool FaultyStorage::Fault::strikes()
{
    if (times <= 0 || nth <= 0)
        return false;
    if (nth > 1) {
        --nth;
        return false;
    }
    --times; // stays at 1 for as many times as were asked for
    return true;
}

bool FaultyStorage::operation()
{
    if (m_cut > 0 && --m_cut == 0)
        cutPower();
    if (!m_power)
        m_error = EIO;
    return m_power;
}

void FaultyStorage::apply(QByteArray &bytes, const Change &change)
{
    if (change.truncates) {
        bytes.truncate(change.offset);
        return;
    }
    if (bytes.size() < change.offset + change.bytes.size())
        bytes.append(QByteArray(change.offset + change.bytes.size() - bytes.size(), '\0'));
    std::memcpy(bytes.data() + change.offset, change.bytes.constData(), size_t(change.bytes.size()));
}

void FaultyStorage::applyTorn(QByteArray &bytes, const Change &change)
{
    for (qint64 at = 0; at < change.bytes.size(); at += sector) {
        if (m_random() % 2)
            apply(bytes, { change.offset + at, change.bytes.mid(at, sector), false });
    }
}

int FaultyStorage::write(const std::shared_ptr<File> &to, qint64 offset, const QByteArray &bytes)
{
    ++m_writes;
    File &file = *to;
    const Change change { offset, bytes, false };
    if (!operation()) {
        m_interrupted = to;
        m_interruptedChange = change; // perhaps it, or a part of it, reaches the disk
        return SQLITE_IOERR_WRITE;
    }
    if (m_readOnly) {
        m_error = EROFS;
        return SQLITE_READONLY;
    }
    if (m_write.strikes()) {
        m_error = EIO;
        return SQLITE_IOERR_WRITE;
    }
    const qint64 grows = std::max<qint64>(0, offset + bytes.size() - file.now.size());
    if (m_capacity && grows > 0 && used() + grows > *m_capacity) {
        m_error = ENOSPC;
        return SQLITE_FULL;
    }
    apply(file.now, change);
    file.pending.push_back(change);
    return SQLITE_OK;
}

int FaultyStorage::truncate(File &file, qint64 size)
{
    ++m_writes;
    if (!operation())
        return SQLITE_IOERR_TRUNCATE;
    const Change change { size, {}, true };
    apply(file.now, change);
    file.pending.push_back(change);
    return SQLITE_OK;
}

int FaultyStorage::syncFile(File &file, std::optional<qint64> upTo)
{
    ++m_syncs;
    if (!operation())
        return SQLITE_IOERR_FSYNC;
    if (m_lying)
        return SQLITE_OK;
    const auto count = std::clamp<qint64>(upTo.value_or(file.taken + qint64(file.pending.size())) - file.taken, 0,
                                          qint64(file.pending.size()));
    const std::vector<Change> covered(file.pending.begin(), file.pending.begin() + count);
    file.pending.erase(file.pending.begin(), file.pending.begin() + count);
    file.taken += count;
    if (m_syncFault.strikes()) {
        // As Linux does: what could not be written is forgotten, and the next sync says all is well.
        for (const Change &change : covered) {
            if (m_random() % 2)
                apply(file.synced, change);
        }
        file.forgets = true;
        m_error = EIO;
        return SQLITE_IOERR_FSYNC;
    }
    for (const Change &change : covered)
        apply(file.synced, change);
    file.everSynced = true;
    return SQLITE_OK;
}

void FaultyStorage::cutPower()
{
    if (std::exchange(m_power, false) && m_onCut)
        m_onCut();
}

void FaultyStorage::restart()
{
    ++m_generation;
    m_power = true;
    m_cut = 0;
    m_write = {};
    m_syncFault = {};
    m_held.clear();
    m_interrupted.reset();
}

void FaultyStorage::killProcess()
{
    if (m_interrupted && m_random() % 2) {
        apply(m_interrupted->now, m_interruptedChange);
        m_interrupted->pending.push_back(m_interruptedChange);
    }
    for (const auto &[path, file] : m_files) {
        if (std::exchange(file->forgets, false)) {
            file->synced = file->now;
            file->taken += qint64(std::exchange(file->pending, {}).size());
        }
    }
    restart();
}

void FaultyStorage::losePower()
{
    if (m_interrupted)
        m_interrupted->pending.push_back(m_interruptedChange);
    restart();
    for (auto it = m_files.begin(); it != m_files.end();) {
        const auto before = it->second;
        const bool nameLost = !before->everSynced && m_random() % 2;
        if (nameLost) {
            it = m_files.erase(it);
            continue;
        }
        auto after = std::make_shared<File>();
        after->synced = before->synced;
        for (const Change &change : before->pending) {
            switch (m_random() % 3) {
            case 0:
                apply(after->synced, change);
                break;
            case 1:
                applyTorn(after->synced, change);
                break;
            default: // lost
                break;
            }
        }
        after->now = after->synced;
        after->everSynced = true;
        it->second = after;
        ++it;
    }
}

void FaultyStorage::damage(const QString &path, qint64 offset)
{
    File &file = *m_files.at(path.toStdString());
    file.now[offset] = char(file.now[offset] ^ 1);
    file.synced = file.now;
}

void FaultyStorage::Sync::request(std::shared_ptr<WalFile> file, Done done)
{
    if (m_storage.m_hold)
        m_storage.m_held.emplace_back(std::move(file), std::move(done));
    else
        done(syncNow(*file));
}

Result<void> FaultyStorage::Sync::syncNow(WalFile &file)
{
    const auto found = m_storage.m_files.find(file.path().toStdString());
    if (found != m_storage.m_files.end() && m_storage.syncFile(*found->second) == SQLITE_OK)
        return {};
    return fail(codes::Storage::unavailable,
                u"sync %1: %2"_s.arg(file.path(), QString::fromLocal8Bit(std::strerror(m_storage.m_error))),
                Retry::transient);
}

qint64 FaultyStorage::mark(const QString &path) const
{
    const auto found = m_files.find(path.toStdString());
    return found == m_files.end() ? 0 : found->second->taken + qint64(found->second->pending.size());
}

Result<void> FaultyStorage::syncUpTo(const QString &path, qint64 mark)
{
    const auto found = m_files.find(path.toStdString());
    if (found != m_files.end() && syncFile(*found->second, mark) == SQLITE_OK)
        return {};
    return fail(codes::Storage::unavailable, u"sync %1: %2"_s.arg(path, QString::fromLocal8Bit(std::strerror(m_error))),
                Retry::transient);
}

QStringList FaultyStorage::files() const
{
    QStringList paths;
    for (const auto &[path, file] : m_files)
        paths.append(QString::fromStdString(path));
    return paths;
}

void FaultyStorage::finishSyncs()
{
    for (auto &[file, done] : std::exchange(m_held, {}))
        done(m_sync.syncNow(*file));
}

} // namespace foundry::test
