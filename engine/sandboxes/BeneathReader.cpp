#include "BeneathReader.h"

#include "BeneathFile.h"

#include <QFile>

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>

namespace foundry {

namespace {

std::unexpected<Failure> failed(const QByteArray &path, int error)
{
    const QString text = QString::fromUtf8(path) + u": "_s + qt_error_string(error);
    if (error == ENOENT)
        return fail(codes::Sandbox::notFound, text);
    if (error == ELOOP || error == EXDEV || error == ENOTDIR || error == ENXIO)
        return fail(codes::Sandbox::unsafePath, text);
    return fail(codes::Sandbox::unreadable, text);
}

} // namespace

BeneathReader::BeneathReader(QString root)
    : m_root(std::move(root))
{
}

Result<QByteArray> BeneathReader::read(const QByteArray &path, qsizetype maxBytes) const
{
    const FileDescriptor root(::open(QFile::encodeName(m_root).constData(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!root.isOpen())
        return failed(QFile::encodeName(m_root), errno);
    const FileDescriptor fd = openBeneath(root.get(), path, O_RDONLY);
    if (!fd.isOpen())
        return failed(path, errno);
    struct stat info;
    if (fstat(fd.get(), &info) || !S_ISREG(info.st_mode))
        return fail(codes::Sandbox::unsafePath, QString::fromUtf8(path) + u": not a file"_s);
    QFile file;
    if (!file.open(fd.get(), QIODevice::ReadOnly | QIODevice::Unbuffered))
        return failed(path, errno);
    QByteArray content = file.read(maxBytes + 1); // it may grow while we read
    if (content.size() > maxBytes)
        return fail(codes::Sandbox::tooLarge, u"%1: more than %2 bytes"_s.arg(QString::fromUtf8(path)).arg(maxBytes));
    return content;
}

Result<std::vector<BeneathEntry>> BeneathReader::list(const QByteArray &path, int maxEntries) const
{
    const FileDescriptor root(::open(QFile::encodeName(m_root).constData(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!root.isOpen())
        return failed(QFile::encodeName(m_root), errno);
    FileDescriptor folder = openBeneath(root.get(), path, O_RDONLY | O_DIRECTORY);
    if (!folder.isOpen())
        return failed(path, errno);
    const std::unique_ptr<DIR, int (*)(DIR *)> open(fdopendir(folder.get()), &closedir);
    if (!open)
        return failed(path, errno);
    [[maybe_unused]] const int owned = folder.take();

    std::vector<BeneathEntry> entries;
    while (const dirent *entry = readdir(open.get())) {
        BeneathEntry found { entry->d_name };
        struct stat info;
        if (found.name == "." || found.name == ".."
            || fstatat(dirfd(open.get()), entry->d_name, &info, AT_SYMLINK_NOFOLLOW))
            continue;
        if (entries.size() == size_t(maxEntries))
            return fail(codes::Sandbox::tooLarge,
                        u"%1: more than %2 entries"_s.arg(QString::fromUtf8(path)).arg(maxEntries));
        found.folder = S_ISDIR(info.st_mode);
        found.regular = S_ISREG(info.st_mode);
        found.size = info.st_size;
        entries.push_back(std::move(found));
    }
    std::sort(entries.begin(), entries.end(), [](const auto &a, const auto &b) { return a.name < b.name; });
    return entries;
}

} // namespace foundry
