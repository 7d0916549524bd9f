// What the engine is measured against, on the same disk in the same run: SQLite's own commits through its C interface,
// an fdatasync loop, a queued signal between two threads. All answer how many a second.
#pragma once

#include <QString>

#include <chrono>
#include <functional>

struct sqlite3;
struct sqlite3_stmt;

namespace foundry::bench {

inline void check(bool done, const char *what)
{
    if (!done)
        qFatal("%s", what);
}

// Seconds that `run` takes.
template <class Run> double timed(Run &&run)
{
    const auto start = std::chrono::steady_clock::now();
    run();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Where measuring takes place: beside the build if the environment says where that is (/tmp may be memory).
QString benchFolderTemplate();

// One table, one row a commit, with the pragmas of the engine's stores.
class RawStore {
public:
    enum class Synchronous { full, normal };
    explicit RawStore(const QString &path, Synchronous synchronous = Synchronous::full);
    ~RawStore();
    Q_DISABLE_COPY_MOVE(RawStore)
    void add();
    double commitsPerSecond(int commits);

private:
    sqlite3 *m_handle = nullptr;
    sqlite3_stmt *m_add = nullptr;
};

// One page more and its fdatasync, again and again.
double syncsPerSecond(const QString &path, int syncs);

// There and back is one.
double queuedSignalRoundTripsPerSecond(int roundTrips);

} // namespace foundry::bench
