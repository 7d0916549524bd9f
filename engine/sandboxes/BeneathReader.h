// Reads a folder that an agent can write to, without leaving it: every path is resolved by openat2(2) with
// RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS. Only regular files and folders are opened. Any thread.
#pragma once

#include <foundry/Failure.h>

#include <QByteArray>
#include <QStringList>

#include <vector>

namespace foundry {

struct BeneathEntry {
    QByteArray name; // as on disk, any bytes
    bool folder = false;
    bool regular = false; // neither: a link, socket, pipe, device
    qint64 size = 0;
};

class BeneathReader {
public:
    explicit BeneathReader(QString root);

    // Failures: Sandbox::notFound; Sandbox::unsafePath (a link on the way, "..", not a regular file);
    // Sandbox::tooLarge; Sandbox::unreadable.
    Result<QByteArray> read(const QByteArray &path, qsizetype maxBytes) const;
    // At most `maxEntries`, sorted by name; more: Sandbox::tooLarge. "": the root itself.
    Result<std::vector<BeneathEntry>> list(const QByteArray &path, int maxEntries) const;

private:
    QString m_root;
};

} // namespace foundry
