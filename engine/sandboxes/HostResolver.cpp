#include "HostResolver.h"

#include <QHostInfo>

namespace foundry {

namespace {

struct Range {
    const char *subnet;
    AddressKind kind;
};

// IANA special-purpose registries (RFC 6890 and successors).
constexpr Range ranges4[] = {
    { "0.0.0.0/8", AddressKind::forbidden },           { "10.0.0.0/8", AddressKind::privateNetwork },
    { "100.64.0.0/10", AddressKind::privateNetwork },  { "127.0.0.0/8", AddressKind::forbidden },
    { "169.254.0.0/16", AddressKind::forbidden },      { "172.16.0.0/12", AddressKind::privateNetwork },
    { "192.168.0.0/16", AddressKind::privateNetwork }, { "224.0.0.0/4", AddressKind::forbidden },
    { "240.0.0.0/4", AddressKind::forbidden },
};
constexpr Range ranges6[] = {
    { "fc00::/7", AddressKind::privateNetwork }, { "fe80::/10", AddressKind::forbidden },
    { "fec0::/10", AddressKind::forbidden },     { "ff00::/8", AddressKind::forbidden },
    { "100::/64", AddressKind::forbidden },
};

template <size_t n> AddressKind kindIn(const Range (&ranges)[n], const QHostAddress &address)
{
    for (const Range &range : ranges) {
        if (address.isInSubnet(QHostAddress::parseSubnet(QString::fromLatin1(range.subnet))))
            return range.kind;
    }
    return AddressKind::open;
}

quint32 wordAt(const Q_IPV6ADDR &bytes, int offset)
{
    return quint32(bytes[offset]) << 24 | quint32(bytes[offset + 1]) << 16 | quint32(bytes[offset + 2]) << 8
        | bytes[offset + 3];
}

} // namespace

AddressKind addressKind(const QHostAddress &address)
{
    if (address.protocol() == QAbstractSocket::IPv4Protocol)
        return kindIn(ranges4, address);
    if (address.protocol() != QAbstractSocket::IPv6Protocol)
        return AddressKind::forbidden;
    const Q_IPV6ADDR bytes = address.toIPv6Address();
    const auto subnet = [&address](const char *text) {
        return address.isInSubnet(QHostAddress::parseSubnet(QString::fromLatin1(text)));
    };
    if (subnet("::/96") || subnet("::ffff:0:0/96") || subnet("64:ff9b::/96"))
        return addressKind(QHostAddress(wordAt(bytes, 12))); // ::1 becomes 0.0.0.1: forbidden
    if (subnet("2002::/16"))
        return addressKind(QHostAddress(wordAt(bytes, 2)));
    return kindIn(ranges6, address);
}

Async<QList<QHostAddress>> SystemHostResolver::lookup(QString host)
{
    // Dropped with the frame: an answer that comes later finds nobody.
    struct Receiver : QObject {
    } receiver;
    Promise<QList<QHostAddress>> found;
    const int id
        = QHostInfo::lookupHost(host, &receiver, [found](const QHostInfo &info) { found.set(info.addresses()); });
    struct Abort {
        int id;
        ~Abort() { QHostInfo::abortHostLookup(id); }
    } abort { id };
    auto addresses = co_await found;
    co_return addresses;
}

} // namespace foundry
