#include "Strays.h"

#include "ChildProcess.h"
#include "SandboxProcess.h"

#include <QDir>
#include <QFile>

#include <algorithm>
#include <map>
#include <poll.h>
#include <unistd.h>

namespace foundry {

namespace {

constexpr qint64 maxProcFile = 1024 * 1024;
constexpr std::chrono::milliseconds pause { 10 };

bool hasEnded(const FileDescriptor &pidfd)
{
    pollfd waiting { pidfd.get(), POLLIN, 0 };
    return ::poll(&waiting, 1, 0) > 0;
}

} // namespace

std::vector<int> processesWith(const std::function<bool(const QByteArray &)> &marked)
{
    std::vector<int> found;
    const QStringList names = QDir(u"/proc"_s).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    for (const QString &name : names) {
        bool isNumber = false;
        const int pid = name.toInt(&isNumber);
        if (isNumber && pid != getpid() && marked("/proc/" + QByteArray::number(pid)))
            found.push_back(pid);
    }
    return found;
}

bool procFileHolds(const QByteArray &procFolder, const char *file, const QByteArray &bytes)
{
    QFile opened(QFile::decodeName(procFolder + '/' + file));
    return opened.open(QIODevice::ReadOnly) && opened.read(maxProcFile).contains(bytes);
}

Async<Result<int>> killAll(Clock &clock, std::function<std::vector<int>()> find)
{
    std::map<int, FileDescriptor> seen;
    const Millis end = clock.steady() + std::chrono::milliseconds(SandboxProcess::killTime).count();
    for (;;) {
        for (const int pid : find()) {
            if (seen.contains(pid))
                continue;
            FileDescriptor pidfd = openPidfd(pid);
            // Found once more after it was opened: the number is not another process' by now.
            const std::vector<int> again = pidfd.isOpen() ? find() : std::vector<int> {};
            if (std::find(again.begin(), again.end(), pid) == again.end())
                continue;
            killByPidfd(pidfd);
            seen.emplace(pid, std::move(pidfd));
        }
        const auto living
            = std::find_if(seen.begin(), seen.end(), [](const auto &one) { return !hasEnded(one.second); });
        const std::vector<int> left = find();
        if (living == seen.end() && left.empty())
            co_return int(seen.size());
        if (clock.steady() >= end)
            co_return fail(codes::Sandbox::died,
                           u"process %1 of the task does not end"_s.arg(left.empty() ? living->first : left.front()));
        auto resting = clock.sleep(pause);
        co_await resting;
    }
}

} // namespace foundry
