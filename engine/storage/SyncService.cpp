#include "SyncService.h"

#include "SqliteFailure.h"

#include <QCoreApplication>
#include <QEvent>
#include <QFile>
#include <QObject>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace foundry {

WalFile::WalFile(QString path)
    : m_path(std::move(path))
{
}

WalFile::~WalFile()
{
    if (const int descriptor = m_descriptor.load(); descriptor >= 0)
        ::close(descriptor);
}

Result<void> WalFile::sync()
{
    int descriptor = m_descriptor.load();
    if (descriptor < 0) {
        // Write access: some file systems refuse to sync what was opened for reading.
        const int opened = ::open(QFile::encodeName(m_path).constData(), O_RDWR | O_CLOEXEC);
        if (opened < 0)
            return std::unexpected(fileFailure(errno, u"open %1"_s.arg(m_path)));
        if (m_descriptor.compare_exchange_strong(descriptor, opened))
            descriptor = opened;
        else // another thread was first; `descriptor` is now its
            ::close(opened);
    }
    int failed;
    do
        failed = ::fdatasync(descriptor);
    while (failed && errno == EINTR);
    if (failed)
        return std::unexpected(fileFailure(errno, u"sync %1"_s.arg(m_path)));
    return {};
}

// The queue holds one request a store at most (the Database sees to it), so open stores bound it.
class ThreadedSync::Pool final : public QObject {
public:
    explicit Pool(int helpers)
    {
        for (int i = 0; i < helpers; ++i)
            m_helpers.emplace_back([this] { help(); });
    }

    ~Pool() override
    {
        {
            std::lock_guard lock(m_mutex);
            m_stopping = true;
        }
        m_wake.notify_all();
        for (std::thread& helper : m_helpers)
            helper.join();
    }

    void request(std::shared_ptr<WalFile> file, SyncService::Done done)
    {
        {
            std::lock_guard lock(m_mutex);
            m_requests.push_back({ std::move(file), std::move(done) });
        }
        m_wake.notify_one();
    }

    // Any thread. One event serves all that finished until it is handled.
    void deliver(std::function<void()> call)
    {
        bool first;
        {
            std::lock_guard lock(m_mutex);
            first = m_finished.empty();
            m_finished.push_back(std::move(call));
        }
        if (first)
            QCoreApplication::postEvent(this, new QEvent(QEvent::User));
    }

    bool event(QEvent* event) override
    {
        if (event->type() != QEvent::User)
            return QObject::event(event);
        std::vector<std::function<void()>> finished;
        {
            std::lock_guard lock(m_mutex);
            finished.swap(m_finished);
        }
        for (auto& call : finished)
            call();
        return true;
    }

private:
    struct Request {
        std::shared_ptr<WalFile> file;
        SyncService::Done done;
    };

    void help()
    {
        std::unique_lock lock(m_mutex);
        for (;;) {
            m_wake.wait(lock, [this] { return m_stopping || !m_requests.empty(); });
            if (m_requests.empty())
                return;
            Request request = std::move(m_requests.front());
            m_requests.pop_front();
            lock.unlock();
            Result<void> result = request.file->sync();
            request.file.reset();
            deliver(
                [done = std::move(request.done), result = std::move(result)]() mutable { done(std::move(result)); });
            lock.lock();
        }
    }

    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<Request> m_requests;
    std::vector<std::function<void()>> m_finished;
    bool m_stopping = false;
    std::vector<std::thread> m_helpers;
};

ThreadedSync::ThreadedSync(int helpers)
    : m_pool(std::make_unique<Pool>(std::clamp(helpers, 1, maxHelpers)))
{
}

ThreadedSync::~ThreadedSync() = default;

void ThreadedSync::request(std::shared_ptr<WalFile> file, Done done)
{
    m_pool->request(std::move(file), std::move(done));
}

void ThreadedSync::post(std::function<void()> call)
{
    m_pool->deliver(std::move(call));
}

} // namespace foundry
