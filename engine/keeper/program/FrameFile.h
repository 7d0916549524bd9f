// What is not acknowledged yet, in one file: frames one behind the other, as they go over the socket. It is emptied
// when all of it is acknowledged. Its content needs no sync: a keeper that is killed takes its agent with it.
#pragma once

#include "FileDescriptor.h"
#include "KeeperProtocol.h"

namespace foundry::keeper {

class FrameFile {
public:
    // Makes it, empty. Fails: Sandbox::launchFailed.
    Result<> open(const QString &path);

    // Adds a frame; answers its sequence. It is in the file after `flush`.
    quint64 add(Kind kind, const QByteArray &payload);
    // False: the disk takes no more; nothing is lost, try again later.
    bool flush();

    quint64 newest() const { return m_next - 1; }
    // False: they are not all there any more, or never were.
    bool has(quint64 after) const { return after + 1 >= m_first && after < m_next; }
    qint64 offsetAfter(quint64 sequence) const; // in the file, of the first frame behind it
    QByteArray read(qint64 offset, qsizetype size) const; // of what is flushed
    qint64 size() const { return m_size; } // bytes that are flushed
    qint64 waiting() const { return m_size + m_unwritten.size(); }
    void empty(); // all is acknowledged

private:
    FileDescriptor m_file;
    QByteArray m_unwritten;
    qint64 m_size = 0;
    quint64 m_first = 1; // of the file
    quint64 m_next = 1;
};

} // namespace foundry::keeper
