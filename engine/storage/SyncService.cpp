#include "SyncService.h"

#include "Clock.h"
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
#include <optional>
#include <system_error>
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
    const quint64 held = m_held;
    int failed;
    do
        failed = ::fdatasync(descriptor);
    while (failed && errno == EINTR);
    if (failed)
        return std::unexpected(fileFailure(errno, u"sync %1"_s.arg(m_path)));
    m_synced = held;
    return {};
}

// The queue holds one request a store at most (the Database sees to it), so open stores bound it.
//
// Handing a sync to another thread and back costs as much as a quick disk needs for the sync. So while the
// disk is quick and one request only is there, it is done here at the end of the event loop's turn; a second
// request in that turn sends both to the helpers.
class ThreadedSync::Pool final : public QObject {
public:
    explicit Pool(int helpers)
        : m_maxHelpers(size_t(helpers))
    {
        std::lock_guard lock(m_mutex);
        m_helpers.emplace_back([this] { help(); });
        ++m_resting;
    }

    ~Pool() override
    {
        {
            std::lock_guard lock(m_mutex);
            m_stopping = true;
            handOverAlone();
        }
        m_wake.notify_all();
        for (std::thread &helper : m_helpers)
            helper.join();
    }

    void request(std::shared_ptr<WalFile> file, SyncService::Done done)
    {
        std::unique_lock lock(m_mutex);
        const bool nothingElse = !m_alone && m_requests.empty() && m_underWay == 0;
        if (nothingElse && m_distrust == 0) {
            m_alone.emplace(std::move(file), std::move(done));
            wakeOwner();
            return;
        }
        const bool both = handOverAlone();
        m_requests.emplace_back(std::move(file), std::move(done));
        addHelpers();
        lock.unlock();
        m_wake.notify_one();
        if (both)
            m_wake.notify_one();
    }

    // Any thread. One event serves all that finished until it is handled.
    void deliver(std::function<void()> call)
    {
        std::lock_guard lock(m_mutex);
        m_finished.push_back(std::move(call));
        wakeOwner();
    }

    bool event(QEvent *event) override
    {
        if (event->type() != QEvent::User)
            return QObject::event(event);
        std::vector<std::function<void()>> finished;
        {
            std::lock_guard lock(m_mutex);
            m_ownerWoken = false;
            finished.swap(m_finished);
        }
        for (auto &call : finished)
            call(); // may request more, and so hand over the one that was alone
        syncAlone();
        return true;
    }

private:
    static constexpr int distrustAtFirst = 4; // quick syncs in a row that the helpers have to show
    static constexpr int distrustAfterSlow = 8;
    static constexpr Millis quick = 1; // longer is slow; the clock counts whole milliseconds

    struct Request {
        std::shared_ptr<WalFile> file;
        SyncService::Done done;
    };

    void wakeOwner() // locked
    {
        if (!std::exchange(m_ownerWoken, true))
            QCoreApplication::postEvent(this, new QEvent(QEvent::User));
    }

    bool handOverAlone() // locked
    {
        if (!m_alone)
            return false;
        m_requests.push_back(std::move(*m_alone));
        m_alone.reset();
        return true;
    }

    void addHelpers() // locked
    {
        try {
            for (; m_resting < m_requests.size() && m_helpers.size() < m_maxHelpers; ++m_resting)
                m_helpers.emplace_back([this] { help(); });
        } catch (const std::system_error &) {
            // No more threads to be had: those that are there do it.
        }
    }

    void syncAlone()
    {
        std::optional<Request> request;
        {
            std::lock_guard lock(m_mutex);
            request = std::exchange(m_alone, std::nullopt);
        }
        if (request) {
            Result<void> result = timedSync(*request->file);
            request->done(std::move(result));
        }
    }

    Result<void> timedSync(WalFile &file) // not locked
    {
        const Millis start = m_clock.steady();
        Result<void> result = file.sync();
        const bool slow = m_clock.steady() - start > quick;
        std::lock_guard lock(m_mutex);
        m_distrust = slow ? distrustAfterSlow : std::max(0, m_distrust - 1);
        return result;
    }

    void help()
    {
        std::unique_lock lock(m_mutex);
        for (;;) {
            m_wake.wait(lock, [this] { return m_stopping || !m_requests.empty(); });
            if (m_requests.empty())
                return;
            Request request = std::move(m_requests.front());
            m_requests.pop_front();
            --m_resting;
            ++m_underWay;
            lock.unlock();
            Result<void> result = timedSync(*request.file);
            request.file.reset();
            deliver(
                [done = std::move(request.done), result = std::move(result)]() mutable { done(std::move(result)); });
            lock.lock();
            --m_underWay;
            ++m_resting;
        }
    }

    const SystemClock m_clock; // measures spans only, on every thread
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::optional<Request> m_alone; // waits for the end of this turn
    std::deque<Request> m_requests;
    std::vector<std::function<void()>> m_finished;
    int m_underWay = 0; // at the helpers
    int m_distrust = distrustAtFirst;
    bool m_ownerWoken = false;
    bool m_stopping = false;
    const size_t m_maxHelpers;
    size_t m_resting = 0; // helpers without a request, also before they run
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
