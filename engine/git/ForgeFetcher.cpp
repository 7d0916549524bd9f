#include "ForgeFetcher.h"

#include "BranchNames.h"
#include "GitFailures.h"
#include "Publisher.h"

#include <QCryptographicHash>
#include <QFileInfo>
#include <QUrl>

#include <algorithm>
#include <array>

namespace foundry {

namespace {

using namespace std::chrono_literals;

constexpr auto sliceTime = 12h; // many gigabytes over a slow line; a stall ends it sooner, and Stop at any time
constexpr auto listTime = 60s;
constexpr qsizetype maxListing = 64 * 1024 * 1024; // bytes
constexpr std::array slices { 100, 1'000, 10'000, 100'000 }; // commits that each one adds; then all that is left

// Of http.*: how a forge is reached. Headers and cookies are credentials of somebody else's.
constexpr std::array reachingKeys { "http.proxy",       "http.proxyauthmethod", "http.proxysslcert",
                                    "http.proxysslkey", "http.proxysslcainfo",  "http.sslcainfo",
                                    "http.sslcapath",   "http.sslcert",         "http.sslkey",
                                    "http.sslversion",  "http.sslbackend",      "http.version" };

// What would be sent where it does not belong, before git is even started.
bool belongs(const ForgeRemote &address)
{
    const QUrl url(address.url, QUrl::StrictMode);
    const QString transport = transportOf(address.url);
    return url.isValid() && url.userInfo().isEmpty() && (transport == u"https"_s || transport == u"http"_s)
        && transport == address.credential.protocol && url.authority() == address.credential.host;
}

// A forge answers "not found" to whoever may not see it, too.
Failure explained(Failure why)
{
    if (why.is(codes::Git::unreachable) && why.retry == Retry::terminal)
        why.code = codes::Repository::forgeGone;
    return why;
}

GitCall callTo(const QString &barePath, const ForgeRemote &address, QStringList arguments)
{
    GitCall call;
    call.gitDir = barePath;
    call.arguments = std::move(arguments);
    call.settings = address.transport;
    call.settings.push_back({ u"remote.foundry.url"_s, address.url });
    call.settings.push_back({ u"http.lowSpeedLimit"_s, u"1"_s }); // bytes a second
    call.settings.push_back({ u"http.lowSpeedTime"_s, u"180"_s }); // seconds
    call.protocols = { transportOf(address.url) };
    call.credential = address.credential;
    return call;
}

QString fullName(const QString &from)
{
    return from.startsWith(u"refs/"_s) ? from : u"refs/heads/"_s + from;
}

GitProgress partOf(const GitProgress &progress, int part)
{
    if (!progress || part == 0)
        return progress;
    return [progress, part](const QString &subStep, double fraction) {
        progress(u"%1 (part %2)"_s.arg(subStep).arg(part), fraction);
    };
}

} // namespace

ForgeFetcher::ForgeFetcher(GitRunner &git, SourceStore &store)
    : m_git(git)
    , m_store(store)
{
}

QString ForgeFetcher::keptRef(const QString &from)
{
    // Not by name: a branch "a" that went and a branch "a/b" that came later cannot both be refs.
    const QByteArray sum = QCryptographicHash::hash(fullName(from).toUtf8(), QCryptographicHash::Sha256).toHex();
    return u"refs/foundry/source/"_s + QString::fromLatin1(sum.left(32));
}

std::vector<GitSetting> ForgeFetcher::transportOf(const std::vector<GitSetting> &settings)
{
    std::vector<GitSetting> kept;
    for (const GitSetting &one : settings) {
        const QString key = one.key.toLower();
        const QString name = key.left(key.indexOf(u'.') + 1) + key.mid(key.lastIndexOf(u'.') + 1); // "http.URL.proxy"
        if (std::ranges::any_of(reachingKeys, [&](const char *known) { return name == QLatin1StringView(known); }))
            kept.push_back(one);
    }
    return kept;
}

Async<Result<>> ForgeFetcher::run(QString barePath, ForgeRemote address, QStringList depth, QStringList refs,
                                  GitProgress progress)
{
    QStringList arguments { u"fetch"_s,
                            u"--no-tags"_s,
                            u"--no-write-fetch-head"_s,
                            u"--no-auto-maintenance"_s,
                            u"--no-recurse-submodules"_s,
                            u"--refmap="_s,
                            progress ? u"--progress"_s : u"--no-progress"_s };
    arguments << depth << u"foundry"_s << refs;
    GitCall call = callTo(barePath, address, std::move(arguments));
    call.timeOut = sliceTime;
    call.progress = std::move(progress);
    auto running = m_git.run(std::move(call));
    auto done = co_await running;
    if (!done)
        co_return std::unexpected(explained(std::move(done.error())).in(address.url));
    co_return Result<>();
}

Async<Result<QString>> ForgeFetcher::fetch(QString barePath, ForgeRemote address, QString from, QString intoRef,
                                           qint64 kibibytes, GitProgress progress)
{
    const QString source = fullName(from);
    if (!isValidRef(source) || !isValidRef(intoRef))
        co_return fail(codes::Git::noCommits, from.left(200));
    if (!belongs(address))
        co_return fail(codes::Repository::unsupported, withoutCredentials(address.url));
    const QStringList refs { u"+%1:%2"_s.arg(source, keptRef(from)), u"+%1:%2"_s.arg(source, intoRef) };
    const auto isCut = [barePath] { return QFileInfo::exists(barePath + u"/shallow"_s); };
    auto listing = m_store.refs(barePath, u"refs/foundry/source/"_s);
    auto kept = co_await listing;
    if (!kept)
        co_return std::unexpected(kept.error());

    int part = 0;
    QStringList depth; // of the first run
    if (isCut())
        depth = { u"--deepen=%1"_s.arg(slices.front()) };
    else if (kept->isEmpty() && kibibytes > slicedAbove)
        depth = { u"--depth=1"_s };
    const bool sliced = !depth.isEmpty();
    for (size_t next = isCut() ? 1 : 0;; ++next) {
        auto fetching = run(barePath, address, depth, refs, partOf(progress, sliced ? ++part : 0));
        if (auto fetched = co_await fetching; !fetched)
            co_return std::unexpected(std::move(fetched.error()));
        if (!isCut() || depth.contains(u"--unshallow"_s)) // still cut: another branch is, whose fetch goes on later
            break;
        depth = { next < slices.size() ? u"--deepen=%1"_s.arg(slices[next]) : u"--unshallow"_s };
    }
    auto resolving = m_store.resolve(barePath, intoRef);
    auto commit = co_await resolving;
    if (commit && commit->isEmpty())
        co_return fail(codes::Git::noCommits, from.left(200));
    co_return commit;
}

Async<Result<ForgeBranches>> ForgeFetcher::branches(ForgeRemote address)
{
    if (!belongs(address))
        co_return fail(codes::Repository::unsupported, withoutCredentials(address.url));
    GitCall call = callTo({}, address,
                          { u"ls-remote"_s, u"--quiet"_s, u"--symref"_s, u"foundry"_s, u"HEAD"_s, u"refs/heads/*"_s });
    call.timeOut = listTime;
    call.maxOutput = maxListing;
    auto running = m_git.run(std::move(call));
    auto output = co_await running;
    if (!output)
        co_return std::unexpected(explained(std::move(output.error())).in(address.url));
    ForgeBranches found;
    for (const QByteArray &line : output->output.split('\n')) {
        const qsizetype tab = line.indexOf('\t');
        const QString ref = QString::fromUtf8(line.mid(tab + 1));
        if (line.startsWith("ref: refs/heads/") && ref == u"HEAD"_s)
            found.defaultBranch = QString::fromUtf8(line.mid(16, tab - 16));
        else if (tab > 0 && ref.startsWith(u"refs/heads/"_s) && found.names.size() < maxBranches)
            found.names << ref.mid(11);
    }
    if (found.names.removeOne(found.defaultBranch))
        found.names.prepend(found.defaultBranch);
    else
        found.defaultBranch.clear(); // it names one that is not there yet
    co_return found;
}

} // namespace foundry
