#include "RawPeers.h"

#include <QCoreApplication>
#include <QEventLoop>
#include <QThread>

#include <sqlite3.h>

#include <fcntl.h>
#include <unistd.h>

namespace foundry::bench {

using namespace Qt::StringLiterals;

namespace {

constexpr const char *makeTable = "CREATE TABLE row (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT";
constexpr const char *addRow = "INSERT INTO row (body) VALUES (?1)";
const QByteArray body(100, 'x');

class Player final : public QObject {
    Q_OBJECT
Q_SIGNALS:
    void played(int ball);
};

} // namespace

QString benchFolderTemplate()
{
    const QString build = qEnvironmentVariable("FOUNDRY_BUILD_DIR");
    return (build.isEmpty() ? u"."_s : build) + u"/bench-XXXXXX"_s;
}

RawStore::RawStore(const QString &path, Synchronous synchronous)
{
    check(sqlite3_open(path.toUtf8().constData(), &m_handle) == SQLITE_OK, "open");
    const char *durability
        = synchronous == Synchronous::full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL";
    for (const char *sql : { "PRAGMA locking_mode = EXCLUSIVE", "PRAGMA journal_mode = WAL", durability,
                             "PRAGMA wal_autocheckpoint = 2000", "PRAGMA cache_size = -1024", makeTable })
        check(sqlite3_exec(m_handle, sql, nullptr, nullptr, nullptr) == SQLITE_OK, sql);
    check(sqlite3_prepare_v2(m_handle, addRow, -1, &m_add, nullptr) == SQLITE_OK, "prepare");
}

RawStore::~RawStore()
{
    sqlite3_finalize(m_add);
    sqlite3_close(m_handle);
}

void RawStore::add()
{
    sqlite3_bind_text(m_add, 1, body.constData(), int(body.size()), SQLITE_STATIC);
    check(sqlite3_step(m_add) == SQLITE_DONE, "step");
    sqlite3_reset(m_add);
}

double RawStore::commitsPerSecond(int commits)
{
    return commits / timed([&] {
               for (int i = 0; i < commits; ++i)
                   add();
           });
}

double syncsPerSecond(const QString &path, int syncs)
{
    const int file = ::open(path.toUtf8().constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    const QByteArray page(4096, 'x');
    const double seconds = timed([&] {
        for (int i = 0; i < syncs; ++i)
            check(::pwrite(file, page.constData(), size_t(page.size()), off_t(i) * page.size()) == page.size()
                      && ::fdatasync(file) == 0,
                  "sync");
    });
    ::close(file);
    return syncs / seconds;
}

double queuedSignalRoundTripsPerSecond(int roundTrips)
{
    QThread thread;
    Player here;
    Player there;
    there.moveToThread(&thread);
    QEventLoop loop;
    QObject::connect(&here, &Player::played, &there, &Player::played, Qt::QueuedConnection);
    QObject::connect(&there, &Player::played, &here, [&](int ball) {
        if (ball == roundTrips)
            loop.quit();
        else
            Q_EMIT here.played(ball + 1);
    });
    thread.start();
    const double seconds = timed([&] {
        Q_EMIT here.played(1);
        loop.exec();
    });
    thread.quit();
    thread.wait();
    return roundTrips / seconds;
}

} // namespace foundry::bench

#include "RawPeers.moc"
