#include "FrameFile.h"

#include <QFile>

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace foundry::keeper {

Result<> FrameFile::open(const QString &path)
{
    m_file = FileDescriptor(
        ::open(QFile::encodeName(path).constData(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!m_file.isOpen())
        return fail(codes::Sandbox::launchFailed, path + u": "_s + qt_error_string(errno), Retry::transient);
    return {};
}

quint64 FrameFile::add(Kind kind, const QByteArray &payload)
{
    append(m_unwritten, kind, m_next, payload);
    return m_next++;
}

bool FrameFile::flush()
{
    qsizetype written = 0;
    while (written < m_unwritten.size()) {
        const ssize_t wrote
            = ::pwrite(m_file.get(), m_unwritten.constData() + written, size_t(m_unwritten.size() - written), m_size);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            break;
        written += wrote;
        m_size += wrote;
    }
    m_unwritten.remove(0, written);
    return m_unwritten.isEmpty();
}

qint64 FrameFile::offsetAfter(quint64 sequence) const
{
    constexpr qsizetype step = 1024 * 1024;
    QByteArray window;
    qint64 windowAt = 0;
    for (qint64 at = 0; at + headerSize <= m_size;) {
        if (at < windowAt || at + headerSize > windowAt + window.size()) {
            window = read(at, step);
            windowAt = at;
            if (window.size() < headerSize)
                return at;
        }
        const Header header = readHeader(window.constData() + (at - windowAt));
        if (header.sequence > sequence)
            return at;
        at += headerSize + header.size;
    }
    return m_size;
}

QByteArray FrameFile::read(qint64 offset, qsizetype size) const
{
    QByteArray result(qMin<qint64>(size, m_size - offset), Qt::Uninitialized);
    const ssize_t got = ::pread(m_file.get(), result.data(), size_t(result.size()), offset);
    result.truncate(qMax<ssize_t>(0, got));
    return result;
}

void FrameFile::empty()
{
    if (!m_unwritten.isEmpty() || ::ftruncate(m_file.get(), 0))
        return;
    m_size = 0;
    m_first = m_next;
}

} // namespace foundry::keeper
