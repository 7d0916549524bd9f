#include "DataFolderLock.h"

#include <QDir>
#include <QFile>

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace foundry {

namespace {

std::unexpected<Failure> folderFailure(const QString &path)
{
    return fail(codes::Program::dataFolder, u"%1: %2"_s.arg(path, QString::fromLocal8Bit(std::strerror(errno))));
}

QString holder(int descriptor)
{
    char text[32] = {};
    const ssize_t length = ::pread(descriptor, text, sizeof text - 1, 0);
    const QString pid = QString::fromLatin1(text, length < 0 ? 0 : length).trimmed();
    return pid.isEmpty() ? u"another process"_s : u"process %1"_s.arg(pid);
}

} // namespace

Result<std::unique_ptr<DataFolderLock>> DataFolderLock::take(const QString &folder)
{
    if (!QDir(folder).exists()) {
        if (!QDir().mkpath(folder))
            return folderFailure(folder);
        ::chmod(QFile::encodeName(folder).constData(), 0700);
    }
    const QString path = QDir(folder).filePath(QString::fromLatin1(fileName));
    const int descriptor = ::open(QFile::encodeName(path).constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return folderFailure(path);
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        const int error = errno;
        const QString who = holder(descriptor);
        ::close(descriptor);
        if (error == EWOULDBLOCK)
            return fail(codes::Program::alreadyRunning, u"%1 is held by %2"_s.arg(folder, who));
        errno = error;
        return folderFailure(path);
    }
    // The file is never removed: a lock on a removed file would exclude nobody.
    const QByteArray pid = QByteArray::number(qint64(::getpid())) + '\n';
    if (::ftruncate(descriptor, 0) != 0 || ::pwrite(descriptor, pid.constData(), size_t(pid.size()), 0) != pid.size()) {
        // Only the message would be poorer; a full disk must not keep the program from starting.
    }
    return std::unique_ptr<DataFolderLock>(new DataFolderLock(descriptor));
}

DataFolderLock::~DataFolderLock()
{
    ::close(m_descriptor);
}

} // namespace foundry
