#include "CarriedFolders.h"

#include "BeneathFile.h"
#include "TreeRemover.h"

#include <QFile>
#include <QFileInfo>

#include <cerrno>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace foundry {

namespace {

std::unexpected<Failure> carryFailed(const QString &path, const QString &why)
{
    return fail(codes::Task::carryFailed, path + u": "_s + why);
}

FileDescriptor rootOf(const QString &folder)
{
    return FileDescriptor(::open(QFile::encodeName(folder).constData(), O_PATH | O_DIRECTORY | O_CLOEXEC));
}

bool isThere(const QString &checkout, const QByteArray &path)
{
    const FileDescriptor root = rootOf(checkout);
    const FileDescriptor found = openBeneath(root.get(), path, O_PATH | O_NOFOLLOW);
    return found.isOpen() || errno != ENOENT; // a link on the way is somebody's, too
}

Async<Result<ProcessOutput>> run(ProcessRunner &processes, QString program, QStringList arguments)
{
    ProcessSpec spec;
    spec.program = program;
    spec.arguments = std::move(arguments);
    spec.environment = { { u"PATH"_s, u"/usr/bin:/bin"_s }, { u"LC_ALL"_s, u"C"_s } };
    spec.ownSession = true;
    spec.timeOut = carryFolderTime;
    auto running = processes.runChecked(std::move(spec));
    auto done = co_await running;
    co_return done;
}

} // namespace

bool isFolderOf(const QString &clone, const QString &path)
{
    const FileDescriptor root = rootOf(clone);
    return root.isOpen() && openBeneath(root.get(), path.toUtf8(), O_RDONLY | O_DIRECTORY).isOpen();
}

bool canShareFiles(const QString &from, const QString &to)
{
    const FileDescriptor source(::open(QFile::encodeName(from).constData(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    const QByteArray probe = QFile::encodeName(to + u"/.can-share"_s);
    const FileDescriptor copy(::open(probe.constData(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!copy.isOpen())
        return false;
    ::unlink(probe.constData());
    return source.isOpen() && ::ioctl(copy.get(), FICLONE, source.get()) == 0;
}

Async<Result<CarriedFolders>> carryFolders(Clock &clock, SandboxRecord record, QString clone, QStringList paths)
{
    CarriedFolders carried;
    ProcessRunner processes(clock);
    const QString git = clone + u"/.git"_s;
    const bool shares = canShareFiles(QFileInfo(git).isDir() ? git + u"/HEAD"_s : git, record.folder);
    const QString staging = record.folder + u"/carried"_s; // nobody's but ours until it is whole
    for (const QString &path : std::as_const(paths)) {
        if (isThere(record.hostCheckout(), path.toUtf8())) {
            carried.there << path;
            continue;
        }
        if (!shares) {
            carried.uncopied << path;
            continue;
        }
        auto clearing = removeTree(staging);
        if (auto cleared = co_await clearing; !cleared)
            co_return carryFailed(path, cleared.error().chain());
        const QString from = clone + u'/' + path;
        auto copying
            = run(processes, u"cp"_s,
                  { u"--archive"_s, u"--reflink=always"_s, u"--no-target-directory"_s, u"--"_s, from, staging });
        if (auto copied = co_await copying; !copied)
            co_return carryFailed(path, copied.error().chain());
        if (record.owner >= 0) {
            const QString owner = u"%1:%1"_s.arg(record.owner);
            auto giving
                = run(processes, u"chown"_s, { u"--no-dereference"_s, u"--recursive"_s, u"--"_s, owner, staging });
            if (auto given = co_await giving; !given)
                co_return carryFailed(path, given.error().chain());
        }
        if (auto moved = moveBeneath(staging, record.hostCheckout(), path.toUtf8(), record.owner); !moved)
            co_return carryFailed(path, moved.error().chain());
        carried.taken << path;
    }
    co_return carried;
}

} // namespace foundry
