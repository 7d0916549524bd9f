// Which repository of which forge an address of git means. Pure; any thread.
#pragma once

#include <QString>

#include <optional>

namespace foundry {

struct ForgeAddress {
    QString host; // "github.com", "127.0.0.1:4711": lower case, the port where it is not the transport's own
    QString repository; // "acme/shop"
    bool operator==(const ForgeAddress &) const = default;
};

// "https://github.com/acme/shop.git", "git@github.com:acme/shop", "ssh://git@ssh.github.com:443/acme/shop.git". A name
// and a password in it are passed over. Nothing: a path of this computer, or no "owner/name".
std::optional<ForgeAddress> forgeAddressOf(const QString &url);

} // namespace foundry
