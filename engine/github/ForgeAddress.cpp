#include "ForgeAddress.h"

#include <QRegularExpression>
#include <QUrl>

namespace foundry {

using namespace Qt::StringLiterals;

namespace {

std::optional<ForgeAddress> made(QString host, QString path)
{
    static const QRegularExpression name(u"^/*([A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+)/*$"_s);
    while (path.endsWith(u'/'))
        path.chop(1);
    if (path.endsWith(u".git"_s))
        path.chop(4);
    const auto match = name.match(path);
    const QString repository = match.captured(1);
    if (host.isEmpty() || !match.hasMatch() || repository.endsWith(u"/."_s) || repository.endsWith(u"/.."_s))
        return std::nullopt;
    host = host.toLower();
    if (host == u"ssh.github.com"_s || host == u"www.github.com"_s) // SSH over the port of https
        host = u"github.com"_s;
    return ForgeAddress { host, repository };
}

} // namespace

std::optional<ForgeAddress> forgeAddressOf(const QString &url)
{
    if (url.contains(u"://"_s)) {
        const QUrl parsed(url, QUrl::StrictMode);
        const QString scheme = parsed.scheme().toLower();
        const bool web = scheme == u"https"_s || scheme == u"http"_s;
        if (!parsed.isValid() || (!web && !scheme.contains(u"ssh"_s) && scheme != u"git"_s))
            return std::nullopt;
        const int port = parsed.port();
        const bool shown = web && port > 0 && port != (scheme == u"https"_s ? 443 : 80); // SSH's says nothing of it
        return made(shown ? u"%1:%2"_s.arg(parsed.host()).arg(port) : parsed.host(), parsed.path());
    }
    // "user@host:path", as ssh has it: a slash before the colon makes it a path of this computer.
    static const QRegularExpression scp(u"^(?:[^@/:]+@)?([^@/:\\[\\]]{2,}):(?!:)(.+)$"_s);
    const auto match = scp.match(url);
    return match.hasMatch() ? made(match.captured(1), match.captured(2)) : std::nullopt;
}

} // namespace foundry
