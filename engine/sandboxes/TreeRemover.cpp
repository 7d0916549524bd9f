#include "TreeRemover.h"

#include "BeneathFile.h"

#include <QFile>
#include <QSocketNotifier>
#include <QThreadPool>

#include <atomic>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/stat.h>

namespace foundry {

namespace {

constexpr int maxDepth = 32; // open folders at a time; what lies deeper is moved up first

struct Work {
    QByteArray folder;
    std::atomic<bool> stopped = false;
    FileDescriptor done { eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) };
    Result<> result;
};

class Remover {
public:
    explicit Remover(Work &work)
        : m_work(work)
    {
    }
    Result<> run()
    {
        const auto slash = m_work.folder.lastIndexOf('/');
        const FileDescriptor parent(::open(m_work.folder.first(slash).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!parent.isOpen())
            return errno == ENOENT ? Result<> {} : problem(m_work.folder);
        const QByteArray name = m_work.folder.mid(slash + 1);
        m_top = openFolder(parent.get(), name);
        if (!m_top.isOpen() && errno == ENOENT)
            return {};
        if (m_top.isOpen()) {
            while (empty(m_top.get(), 0) && m_movedUp && !m_work.stopped)
                m_movedUp = false; // once more for what was moved up
        }
        if (m_first)
            return std::unexpected(*m_first);
        if (m_work.stopped)
            return {};
        if (unlinkat(parent.get(), name.constData(), m_top.isOpen() ? AT_REMOVEDIR : 0) && errno != ENOENT)
            return problem(name);
        return {};
    }

private:
    std::unexpected<Failure> problem(const QByteArray &name)
    {
        return fail(codes::Sandbox::releaseFailed, QString::fromUtf8(name) + u": "_s + qt_error_string(errno),
                    Retry::transient);
    }
    // Opens it even where its owner took the permissions away. Closed: not a folder, or gone (errno).
    static FileDescriptor openFolder(int parent, const QByteArray &name)
    {
        FileDescriptor folder = openBeneath(parent, name, O_RDONLY | O_DIRECTORY);
        if (!folder.isOpen() && errno != EACCES)
            return folder;
        struct stat info;
        if (folder.isOpen() && (fstat(folder.get(), &info) || (info.st_mode & 0700) == 0700))
            return folder;
        // chmod by path could be led elsewhere; by descriptor it cannot.
        const FileDescriptor handle = openBeneath(parent, name, O_PATH | O_DIRECTORY);
        const QByteArray path = "/proc/self/fd/" + QByteArray::number(handle.get());
        if (handle.isOpen())
            ::chmod(path.constData(), 0700);
        return openBeneath(parent, name, O_RDONLY | O_DIRECTORY);
    }
    void remember(const QByteArray &name)
    {
        if (!m_first && errno != ENOENT)
            m_first = problem(name).error();
    }
    bool empty(int folder, int depth)
    {
        const int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        DIR *open = copy < 0 ? nullptr : fdopendir(copy);
        if (!open) {
            remember("folder");
            return false;
        }
        while (const dirent *entry = readdir(open)) {
            const QByteArray name(entry->d_name);
            if (m_work.stopped)
                break;
            if (name != "." && name != "..")
                removeOne(folder, name, depth);
        }
        closedir(open);
        return !m_first;
    }
    void removeOne(int folder, const QByteArray &name, int depth)
    {
        if (unlinkat(folder, name.constData(), 0) == 0 || errno == ENOENT)
            return;
        const FileDescriptor child = errno == EISDIR || errno == EPERM ? openFolder(folder, name) : FileDescriptor();
        if (!child.isOpen()) {
            remember(name);
            return;
        }
        if (unlinkat(folder, name.constData(), AT_REMOVEDIR) == 0)
            return;
        if (depth >= maxDepth) {
            const QByteArray fresh = ".foundry-moved-" + QByteArray::number(++m_counter);
            if (renameat(folder, name.constData(), m_top.get(), fresh.constData()) == 0)
                m_movedUp = true;
            else
                remember(name);
            return;
        }
        empty(child.get(), depth + 1);
        if (!m_work.stopped && unlinkat(folder, name.constData(), AT_REMOVEDIR))
            remember(name);
    }

    Work &m_work;
    FileDescriptor m_top;
    bool m_movedUp = false;
    int m_counter = 0;
    std::optional<Failure> m_first;
};

} // namespace

Async<Result<>> removeTree(QString folder)
{
    auto work = std::make_shared<Work>();
    work->folder = QFile::encodeName(folder);
    if (!work->folder.startsWith('/') || work->folder.endsWith('/') || work->folder.contains("/../")
        || !work->done.isOpen())
        co_return fail(codes::Sandbox::releaseFailed, u"not a folder to remove: "_s + folder);
    struct Stop {
        std::shared_ptr<Work> work;
        ~Stop() { work->stopped = true; }
    } stop { work };

    Promise<bool> done;
    QSocketNotifier notifier(work->done.get(), QSocketNotifier::Read);
    QObject::connect(&notifier, &QSocketNotifier::activated, &notifier, [done] { done.set(true); });
    QThreadPool::globalInstance()->start([work] {
        work->result = Remover(*work).run();
        [[maybe_unused]] const int rc = eventfd_write(work->done.get(), 1);
    });
    co_await done;
    notifier.setEnabled(false);
    co_return work->result;
}

} // namespace foundry
