#include "FrameSocket.h"

#include <QFile>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

namespace foundry::keeper {

namespace {

constexpr size_t chunk = 64 * 1024;
constexpr const char *socketName = "socket";
constexpr int backlog = 8;

FileDescriptor openFolder(const QString &folder)
{
    return FileDescriptor(::open(QFile::encodeName(folder).constData(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

// sun_path holds 107 bytes, a data folder may be longer: the way leads through the folder's descriptor.
sockaddr_un addressIn(const FileDescriptor &folder)
{
    sockaddr_un address {};
    address.sun_family = AF_UNIX;
    std::snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s", folder.get(), socketName);
    return address;
}

FileDescriptor newSocket()
{
    return FileDescriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

} // namespace

FrameSocket::FrameSocket(FileDescriptor socket)
    : m_socket(std::move(socket))
    , m_in(m_socket.get(), QSocketNotifier::Read)
    , m_outNotifier(m_socket.get(), QSocketNotifier::Write)
{
    m_outNotifier.setEnabled(false);
    QObject::connect(&m_in, &QSocketNotifier::activated, &m_in, [this] { readSome(); });
    QObject::connect(&m_outNotifier, &QSocketNotifier::activated, &m_outNotifier, [this] { writeSome(); });
}

FrameSocket::~FrameSocket()
{
    *m_alive = false;
}

void FrameSocket::pause()
{
    m_in.setEnabled(false);
}

void FrameSocket::resume()
{
    m_in.setEnabled(!m_over);
}

void FrameSocket::readSome()
{
    const qsizetype before = m_read.size();
    m_read.resize(before + qsizetype(chunk));
    const ssize_t got = ::recv(m_socket.get(), m_read.data() + before, chunk, 0);
    const int error = errno;
    m_read.truncate(before + qMax<ssize_t>(0, got));
    if (got < 0 && (error == EAGAIN || error == EINTR))
        return;
    if (got <= 0)
        end();
    else
        tellFrames();
}

bool FrameSocket::tellFrames()
{
    const auto alive = m_alive;
    qsizetype at = 0;
    while (m_read.size() - at >= headerSize) {
        const Header header = readHeader(m_read.constData() + at);
        if (header.size > maxPayload) {
            m_read.clear();
            end();
            return *alive;
        }
        if (m_read.size() - at < headerSize + header.size)
            break;
        Frame frame { header.kind, header.sequence, m_read.mid(at + headerSize, header.size) };
        at += headerSize + header.size;
        if (received)
            received(std::move(frame));
        if (!*alive)
            return false;
    }
    m_read.remove(0, at);
    return true;
}

void FrameSocket::end()
{
    if (m_over)
        return;
    m_over = true;
    m_in.setEnabled(false);
    m_outNotifier.setEnabled(false);
    m_out.clear();
    m_outSent = 0;
    const auto tell = closed;
    if (tell)
        tell();
}

void FrameSocket::send(Kind kind, quint64 sequence, const QByteArray &payload)
{
    sendEncoded(encoded(kind, sequence, payload));
}

void FrameSocket::sendEncoded(const QByteArray &frames)
{
    if (m_over)
        return;
    const bool idle = unsent() == 0;
    m_out += frames;
    if (idle)
        writeSome();
}

void FrameSocket::writeSome()
{
    while (unsent() > 0) {
        const ssize_t wrote
            = ::send(m_socket.get(), m_out.constData() + m_outSent, size_t(m_out.size() - m_outSent), MSG_NOSIGNAL);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0 && errno == EAGAIN)
            break;
        if (wrote < 0) { // it has gone: what it said before is still read, and then its end
            m_out.clear();
            m_outSent = 0;
            m_outNotifier.setEnabled(false);
            return;
        }
        m_outSent += wrote;
    }
    if (m_outSent == m_out.size() || m_outSent > maxPayload) {
        m_out.remove(0, m_outSent);
        m_outSent = 0;
    }
    const bool waits = unsent() > 0;
    const bool waited = m_outNotifier.isEnabled();
    m_outNotifier.setEnabled(waits);
    if (waited && !waits && sent)
        sent();
}

bool FrameSocket::peerIsOurs() const
{
    ucred peer {};
    socklen_t size = sizeof peer;
    return getsockopt(m_socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == geteuid();
}

std::expected<FileDescriptor, int> connectTo(const QString &folder)
{
    const FileDescriptor at = openFolder(folder);
    if (!at.isOpen())
        return std::unexpected(errno);
    FileDescriptor socket = newSocket();
    if (!socket.isOpen())
        return std::unexpected(errno);
    const sockaddr_un address = addressIn(at);
    int done = -1;
    do {
        done = ::connect(socket.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address);
    } while (done < 0 && errno == EINTR);
    if (done != 0)
        return std::unexpected(errno);
    return socket;
}

FileDescriptor listenIn(const QString &folder)
{
    const FileDescriptor at = openFolder(folder);
    FileDescriptor socket = newSocket();
    if (!at.isOpen() || !socket.isOpen())
        return {};
    ::unlinkat(at.get(), socketName, 0); // of one that has gone
    const sockaddr_un address = addressIn(at);
    if (::bind(socket.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address)
        || ::listen(socket.get(), backlog))
        return {};
    return socket;
}

FileDescriptor acceptFrom(const FileDescriptor &listener)
{
    return FileDescriptor(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
}

} // namespace foundry::keeper
