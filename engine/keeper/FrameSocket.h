// One end of the stream between Foundry and a keeper: whole frames in both directions, bounded, without blocking.
// Both programs use it. One thread.
#pragma once

#include "FileDescriptor.h"
#include "KeeperProtocol.h"

#include <QSocketNotifier>

#include <expected>
#include <functional>
#include <memory>

namespace foundry::keeper {

class FrameSocket {
public:
    explicit FrameSocket(FileDescriptor socket);
    ~FrameSocket();

    std::function<void(Frame)> received; // may destroy this object
    // The other end has gone, or sent what is no frame; after the last frame that was whole. May destroy this object.
    std::function<void()> closed;
    std::function<void()> sent; // nothing waits any more

    void send(Kind kind, quint64 sequence = 0, const QByteArray &payload = {});
    void sendEncoded(const QByteArray &frames);
    qint64 unsent() const { return m_out.size() - m_outSent; } // bytes
    // Frames that have come already are still told.
    void pause();
    void resume();
    bool peerIsOurs() const; // the same uid, as the kernel says

private:
    void readSome();
    bool tellFrames(); // false: this object is gone
    void writeSome();
    void end();

    FileDescriptor m_socket;
    QSocketNotifier m_in, m_outNotifier;
    QByteArray m_read, m_out;
    qsizetype m_outSent = 0;
    bool m_over = false;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

// The socket in `folder`, whatever the length of its path. Fails with an errno: ECONNREFUSED and ENOENT say that nobody
// is there.
std::expected<FileDescriptor, int> connectTo(const QString &folder);
FileDescriptor listenIn(const QString &folder);
FileDescriptor acceptFrom(const FileDescriptor &listener);

} // namespace foundry::keeper
