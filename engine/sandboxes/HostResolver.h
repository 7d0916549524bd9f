// Names to addresses, and which of those a sandbox may be led to. Engine thread only.
#pragma once

#include "Async.h"

#include <QHostAddress>
#include <QString>

#include <memory>

namespace foundry {

enum class AddressKind {
    open, // of the public network
    privateNetwork, // RFC 1918, RFC 4193, RFC 6598
    forbidden, // this computer, link-local (cloud metadata), multicast, unspecified, reserved
};
// IPv4 in IPv6 (mapped, compatible, NAT64, 6to4) counts as the IPv4 address in it.
AddressKind addressKind(const QHostAddress &address);

class HostResolver {
public:
    virtual ~HostResolver() = default;
    virtual Async<QList<QHostAddress>> lookup(QString host) = 0; // empty: unknown
    // A test that has no other network than its own loopback answers differently.
    virtual AddressKind kind(const QHostAddress &address) const { return addressKind(address); }
};

class SystemHostResolver final : public HostResolver {
public:
    Async<QList<QHostAddress>> lookup(QString host) override;
};

} // namespace foundry
