#include "ResourceUse.h"

#include "FileDescriptor.h"
#include "Strays.h"

#include <QFile>
#include <QSet>
#include <QSocketNotifier>
#include <QThreadPool>

#include <atomic>
#include <filesystem>
#include <memory>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace foundry {

namespace {

constexpr qint64 block = 512; // bytes of stat's st_blocks
constexpr qint64 procFile = 8 * 1024; // more of a file of a process is not read

using Stopped = std::atomic<bool>;

struct Count {
    std::function<qint64(const Stopped &)> work;
    FileDescriptor done { eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) };
    Stopped stopped = false;
    qint64 counted = 0;
};

Async<qint64> elsewhere(std::function<qint64(const Stopped &)> work)
{
    auto count = std::make_shared<Count>();
    count->work = std::move(work);
    if (!count->done.isOpen())
        co_return 0;
    struct Stop {
        std::shared_ptr<Count> count;
        ~Stop() { count->stopped = true; }
    } stop { count };

    Promise<bool> done;
    QSocketNotifier notifier(count->done.get(), QSocketNotifier::Read);
    QObject::connect(&notifier, &QSocketNotifier::activated, &notifier, [done] { done.set(true); });
    QThreadPool::globalInstance()->start([count] {
        count->counted = count->work(count->stopped);
        [[maybe_unused]] const int rc = eventfd_write(count->done.get(), 1);
    });
    co_await done;
    notifier.setEnabled(false);
    co_return count->counted;
}

qint64 bytesBelow(const QByteArray &folder, const Stopped &stopped)
{
    namespace fs = std::filesystem;
    qint64 bytes = 0;
    std::error_code error;
    fs::recursive_directory_iterator at(folder.toStdString(), fs::directory_options::skip_permission_denied, error);
    while (!error && at != fs::recursive_directory_iterator() && !stopped) {
        struct stat info {};
        if (::lstat(at->path().c_str(), &info) == 0)
            bytes += qint64(info.st_blocks) * block;
        at.increment(error);
    }
    return bytes;
}

QByteArray read(const QByteArray &folder, const char *name)
{
    QFile file(QFile::decodeName(folder + '/' + name));
    return file.open(QIODevice::ReadOnly) ? file.read(procFile) : QByteArray();
}

// proc(5): the second field is the program's name, which may hold anything.
int parentOf(const QByteArray &folder)
{
    const QByteArray stat = read(folder, "stat");
    return stat.mid(stat.lastIndexOf(')') + 1).simplified().split(' ').value(1).toInt();
}

qint64 memoryOf(const QByteArray &folder)
{
    for (const QByteArray &line : read(folder, "smaps_rollup").split('\n')) {
        if (line.startsWith("Pss:"))
            return line.mid(4).trimmed().split(' ').first().toLongLong() * 1024;
    }
    const QList<QByteArray> pages = read(folder, "statm").split(' ');
    return (pages.value(1).toLongLong() - pages.value(2).toLongLong()) * sysconf(_SC_PAGESIZE);
}

qint64 memoryBelow(const std::function<bool(const QByteArray &)> &isRoot, const Stopped &stopped)
{
    std::vector<std::pair<int, int>> others; // each with its parent
    QSet<int> counted;
    (void)processesWith([&](const QByteArray &folder) {
        const int pid = folder.mid(folder.lastIndexOf('/') + 1).toInt();
        if (isRoot(folder))
            counted.insert(pid);
        else
            others.emplace_back(pid, parentOf(folder));
        return false;
    });
    for (bool more = !counted.isEmpty(); more && !stopped;) {
        const auto below = [&](const auto &one) { return counted.contains(one.second); };
        const auto found = std::stable_partition(others.begin(), others.end(), std::not_fn(below));
        more = found != others.end();
        for (auto at = found; at != others.end(); ++at)
            counted.insert(at->first);
        others.erase(found, others.end());
    }
    qint64 bytes = 0;
    for (const int pid : std::as_const(counted)) {
        if (stopped)
            break;
        bytes += memoryOf("/proc/" + QByteArray::number(pid));
    }
    return bytes;
}

} // namespace

Async<qint64> diskUse(QString folder)
{
    return elsewhere(
        [folder = QFile::encodeName(folder)](const Stopped &stopped) { return bytesBelow(folder, stopped); });
}

Async<qint64> memoryUse(std::function<bool(const QByteArray &)> isRoot)
{
    return elsewhere([isRoot = std::move(isRoot)](const Stopped &stopped) { return memoryBelow(isRoot, stopped); });
}

} // namespace foundry
