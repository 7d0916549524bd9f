#include "DiskUse.h"

#include "FileDescriptor.h"

#include <QFile>
#include <QSocketNotifier>
#include <QThreadPool>

#include <atomic>
#include <filesystem>
#include <memory>
#include <sys/eventfd.h>
#include <sys/stat.h>

namespace foundry {

namespace {

constexpr qint64 block = 512; // bytes of stat's st_blocks

struct Count {
    QByteArray folder;
    FileDescriptor done { eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) };
    std::atomic<bool> stopped = false;
    qint64 bytes = 0;
};

void count(Count &work)
{
    namespace fs = std::filesystem;
    std::error_code error;
    fs::recursive_directory_iterator at(work.folder.toStdString(), fs::directory_options::skip_permission_denied,
                                        error);
    while (!error && at != fs::recursive_directory_iterator() && !work.stopped) {
        struct stat info {};
        if (::lstat(at->path().c_str(), &info) == 0)
            work.bytes += qint64(info.st_blocks) * block;
        at.increment(error);
    }
}

} // namespace

Async<qint64> diskUse(QString folder)
{
    auto work = std::make_shared<Count>();
    work->folder = QFile::encodeName(folder);
    if (!work->done.isOpen())
        co_return 0;
    struct Stop {
        std::shared_ptr<Count> work;
        ~Stop() { work->stopped = true; }
    } stop { work };

    Promise<bool> done;
    QSocketNotifier notifier(work->done.get(), QSocketNotifier::Read);
    QObject::connect(&notifier, &QSocketNotifier::activated, &notifier, [done] { done.set(true); });
    QThreadPool::globalInstance()->start([work] {
        count(*work);
        [[maybe_unused]] const int rc = eventfd_write(work->done.get(), 1);
    });
    co_await done;
    notifier.setEnabled(false);
    co_return work->bytes;
}

} // namespace foundry
