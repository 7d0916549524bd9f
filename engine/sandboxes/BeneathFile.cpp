#include "BeneathFile.h"

#include <QFile>
#include <QRandomGenerator>

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

namespace foundry {

namespace {

std::unexpected<Failure> failed(const QByteArray &path)
{
    const QString text = QString::fromUtf8(path) + u": "_s + qt_error_string(errno);
    if (errno == ELOOP || errno == EXDEV || errno == ENOTDIR || errno == EISDIR)
        return fail(codes::Sandbox::unsafePath, text);
    return fail(codes::Sandbox::prepareFailed, text);
}

void giveTo(int fd, qint64 owner)
{
    if (owner >= 0) [[maybe_unused]]
        const int rc = fchown(fd, uid_t(owner), gid_t(owner));
}

FileDescriptor folderBeneath(int root, const QByteArray &path, qint64 owner)
{
    FileDescriptor folder = openBeneath(root, ".", O_RDONLY | O_DIRECTORY);
    for (const QByteArray &name : path.split('/')) {
        if (!folder.isOpen() || name.isEmpty())
            continue;
        const bool made = mkdirat(folder.get(), name.constData(), 0700) == 0;
        FileDescriptor next = openBeneath(folder.get(), name, O_RDONLY | O_DIRECTORY);
        if (next.isOpen() && made)
            giveTo(next.get(), owner);
        folder = std::move(next);
    }
    return folder;
}

} // namespace

FileDescriptor openBeneath(int root, const QByteArray &path, int flags, unsigned mode)
{
    open_how how {};
    // openat2 is strict: with O_PATH the others are an error
    how.flags = unsigned(flags | O_CLOEXEC | ((flags & O_PATH) ? 0 : O_NOCTTY | O_NONBLOCK));
    how.mode = mode;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    long fd = -1;
    do {
        fd = syscall(SYS_openat2, root, path.isEmpty() ? "." : path.constData(), &how, sizeof how);
    } while (fd < 0 && (errno == EINTR || errno == EAGAIN)); // EAGAIN: something was renamed meanwhile
    return FileDescriptor(int(fd));
}

Result<> writeBeneath(const QString &root, const QByteArray &path, const QByteArray &content, bool replace,
                      qint64 owner)
{
    const FileDescriptor top(::open(QFile::encodeName(root).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!top.isOpen())
        return failed(QFile::encodeName(root));
    const auto slash = path.lastIndexOf('/');
    const QByteArray name = path.mid(slash + 1);
    if (name.isEmpty() || name == "." || name == "..") {
        errno = EISDIR;
        return failed(path);
    }
    const FileDescriptor folder = folderBeneath(top.get(), path.first(qMax<qsizetype>(slash, 0)), owner);
    if (!folder.isOpen())
        return failed(path);
    if (struct stat known; !replace && fstatat(folder.get(), name.constData(), &known, AT_SYMLINK_NOFOLLOW) == 0)
        return {};

    const QByteArray temporary = ".foundry-" + QByteArray::number(QRandomGenerator::system()->generate64(), 16);
    const FileDescriptor fd = openBeneath(folder.get(), temporary, O_WRONLY | O_CREAT | O_EXCL, 0600);
    QFile file;
    bool good = fd.isOpen() && file.open(fd.get(), QIODevice::WriteOnly | QIODevice::Unbuffered)
        && file.write(content) == content.size();
    if (good)
        giveTo(fd.get(), owner);
    // rename replaces a link itself, never what it points to
    good = good && renameat(folder.get(), temporary.constData(), folder.get(), name.constData()) == 0;
    if (!good) {
        const auto problem = failed(path);
        unlinkat(folder.get(), temporary.constData(), 0);
        return problem;
    }
    return {};
}

Result<> moveBeneath(const QString &from, const QString &root, const QByteArray &path, qint64 owner)
{
    const FileDescriptor top(::open(QFile::encodeName(root).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!top.isOpen())
        return failed(QFile::encodeName(root));
    const auto slash = path.lastIndexOf('/');
    const FileDescriptor folder = folderBeneath(top.get(), path.first(qMax<qsizetype>(slash, 0)), owner);
    if (!folder.isOpen()
        || renameat2(AT_FDCWD, QFile::encodeName(from).constData(), folder.get(), path.mid(slash + 1).constData(),
                     RENAME_NOREPLACE))
        return failed(path);
    return {};
}

} // namespace foundry
