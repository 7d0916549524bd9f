#include "PersonTools.h"

#include <QCollator>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>

namespace foundry::persontools {

namespace {

// Of one toolchain: relative to the home unless absolute. `path` with "*": the newest folder of those; with "@FILE|":
// the one that FILE names, else the newest.
struct Known {
    const char *name;
    const char *folders; // separated by spaces
    const char *path;
    const char *environment; // NAME=folder, made absolute
    const char *scratch = ""; // the tool wants to write beside its folders
};

constexpr Known known[] = {
    { "Rust", ".cargo/bin .rustup/toolchains .rustup/settings.toml", ".cargo/bin", "RUSTUP_HOME=.rustup", ".rustup" },
    { "nvm", ".nvm/versions .nvm/alias", "@.nvm/alias/default|.nvm/versions/node/*/bin", "" },
    { "fnm", ".local/share/fnm/node-versions .local/share/fnm/aliases", ".local/share/fnm/aliases/default/bin", "" },
    { "Volta", ".volta/tools", ".volta/tools/image/node/*/bin", "" },
    { "mise", ".local/share/mise/installs", ".local/share/mise/installs/!/latest/bin", "" },
    { "asdf", ".asdf/installs", ".asdf/installs/!/*/bin", "" },
    { "pyenv",
      ".pyenv/versions .pyenv/version .pyenv/shims .pyenv/bin .pyenv/libexec .pyenv/pyenv.d .pyenv/plugins "
      ".pyenv/completions",
      ".pyenv/shims .pyenv/bin", "PYENV_ROOT=.pyenv" },
    { "rbenv", ".rbenv/versions .rbenv/version .rbenv/shims .rbenv/bin .rbenv/libexec .rbenv/plugins",
      ".rbenv/shims .rbenv/bin", "RBENV_ROOT=.rbenv" },
    { "SDKMAN", ".sdkman/candidates", ".sdkman/candidates/!/current/bin", "JAVA_HOME=.sdkman/candidates/java/current" },
    { "Go", "go/bin sdk", "go/bin sdk/*/bin", "" },
    { "Bun", ".bun/bin", ".bun/bin", "" },
    { "Deno", ".deno/bin", ".deno/bin", "" },
    { "pnpm", ".local/share/pnpm", ".local/share/pnpm", "" },
    { "pipx", ".local/share/pipx/venvs .local/pipx/venvs", "", "" },
    { "uv", ".local/share/uv/python .local/share/uv/tools", "", "" },
    { ".NET", ".dotnet/sdk .dotnet/shared .dotnet/host .dotnet/packs .dotnet/dotnet .dotnet/tools", ".dotnet",
      "DOTNET_ROOT=.dotnet" },
    { "GHCup", ".ghcup/bin .ghcup/ghc", ".ghcup/bin", "" },
    // Not ~/bin: scripts that people write for themselves may hold their passwords.
    { "Own programs", ".local/bin", ".local/bin", "" },
    { "/opt", "/opt", "", "" },
    { "Go", "/usr/local/go", "/usr/local/go/bin", "" },
    { "Homebrew", "/home/linuxbrew/.linuxbrew", "/home/linuxbrew/.linuxbrew/bin", "" },
    { "Nix", "/nix/store .nix-profile", ".nix-profile/bin", "" },
};

struct KnownCache {
    const char *name;
    const char *variable; // of the person's environment that moves it; may be empty
    const char *host; // relative to the home
    const char *inside;
};

constexpr KnownCache knownCaches[] = {
    { "Cargo", "", ".cargo/registry", ".cargo/registry" },
    { "Cargo git", "", ".cargo/git", ".cargo/git" },
    { "npm", "npm_config_cache", ".npm", ".npm" },
    { "Yarn", "YARN_CACHE_FOLDER", ".cache/yarn", ".cache/yarn" },
    { "pnpm", "", ".local/share/pnpm/store", ".local/share/pnpm/store" },
    { "pip", "PIP_CACHE_DIR", ".cache/pip", ".cache/pip" },
    { "uv", "UV_CACHE_DIR", ".cache/uv", ".cache/uv" },
    { "Poetry", "", ".cache/pypoetry", ".cache/pypoetry" },
    { "Go modules", "GOMODCACHE", "go/pkg/mod", "go/pkg/mod" },
    { "Go build", "GOCACHE", ".cache/go-build", ".cache/go-build" },
    { "Maven", "", ".m2/repository", ".m2/repository" },
    { "Gradle", "", ".gradle/caches", ".gradle/caches" },
    { "Gradle wrapper", "", ".gradle/wrapper", ".gradle/wrapper" },
    { "ccache", "CCACHE_DIR", ".cache/ccache", ".cache/ccache" },
    { "NuGet", "NUGET_PACKAGES", ".nuget/packages", ".nuget/packages" },
};

QString absolute(const QString &home, const QString &place)
{
    return place.startsWith(u'/') ? place : home + u'/' + place;
}

// Newest first: "v20.1.0" before "v9.2.0".
QStringList byVersion(const QString &folder)
{
    QStringList names = QDir(folder).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    QCollator order(QLocale::c());
    order.setNumericMode(true);
    std::ranges::sort(names, [&](const QString &a, const QString &b) { return order.compare(a, b) > 0; });
    return names;
}

QString firstLine(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readLine(200)).trimmed() : QString();
}

// "*": the version that is wanted, or the newest; "!": each.
QStringList expanded(const QString &pattern, const QString &wanted)
{
    const QStringList parts = pattern.split(u'/');
    QStringList found { QString() };
    for (const QString &part : parts) {
        QStringList next;
        for (const QString &folder : found) {
            if (part != u"*" && part != u"!") {
                next << (folder.isEmpty() && part.isEmpty() ? u"/"_s
                             : folder.endsWith(u'/')        ? folder + part
                                                            : folder + u'/' + part);
                continue;
            }
            QStringList names = byVersion(folder);
            if (part == u"*") {
                const auto chosen = std::ranges::find_if(names, [&](const QString &name) {
                    return !wanted.isEmpty()
                        && (name == wanted || name.startsWith(wanted + u'.') || name.startsWith(u'v' + wanted + u'.')
                            || name == u'v' + wanted);
                });
                names
                    = names.isEmpty() ? QStringList() : QStringList { chosen == names.end() ? names.first() : *chosen };
            }
            for (const QString &name : names)
                next << folder + u'/' + name;
        }
        found = next;
    }
    found.removeIf([](const QString &folder) { return !QFileInfo(folder).isDir(); });
    return found;
}

QStringList pathOf(const QString &home, const QString &words)
{
    QStringList path;
    for (QString word : words.split(u' ', Qt::SkipEmptyParts)) {
        QString wanted;
        if (word.startsWith(u'@')) {
            wanted = firstLine(absolute(home, word.mid(1).section(u'|', 0, 0)));
            word = word.section(u'|', 1);
        }
        path << expanded(absolute(home, word), wanted);
    }
    return path;
}

bool isBelow(const QString &path, const QString &folder)
{
    return path == folder || path.startsWith(folder + u'/');
}

std::optional<SandboxTool> find(const Known &one, const PersonPlaces &places)
{
    SandboxTool tool;
    tool.name = QString::fromLatin1(one.name);
    for (const QString &folder : QString::fromLatin1(one.folders).split(u' ', Qt::SkipEmptyParts)) {
        const QFileInfo info(absolute(places.home, folder));
        const bool empty = info.isDir() && QDir(info.filePath()).isEmpty();
        if (info.exists() && info.isReadable() && !empty)
            tool.folders << info.filePath();
    }
    if (tool.folders.isEmpty())
        return std::nullopt;
    // The person's own PATH says which of several versions is meant.
    const QStringList own = places.path.split(u':', Qt::SkipEmptyParts);
    const auto shown = [&tool](const QString &entry) {
        return std::ranges::any_of(tool.folders, [&](const QString &folder) { return isBelow(entry, folder); });
    };
    std::ranges::copy_if(own, std::back_inserter(tool.path), shown);
    if (tool.path.isEmpty())
        tool.path = pathOf(places.home, QString::fromLatin1(one.path));
    const QString variable = QString::fromLatin1(one.environment);
    const QString value = absolute(places.home, variable.section(u'=', 1));
    if (!variable.isEmpty() && QFileInfo::exists(value))
        tool.environment << variable.section(u'=', 0, 0) + u'=' + value;
    if (*one.scratch)
        tool.scratch << absolute(places.home, QString::fromLatin1(one.scratch));
    return tool;
}

} // namespace

std::vector<SandboxTool> toolchains(const PersonPlaces &places)
{
    std::vector<SandboxTool> found;
    if (!QDir::isAbsolutePath(places.home))
        return found;
    for (const Known &one : known) {
        if (auto tool = find(one, places))
            found.push_back(std::move(*tool));
    }
    return found;
}

std::vector<SandboxCache> caches(const PersonPlaces &places)
{
    std::vector<SandboxCache> found;
    if (!QDir::isAbsolutePath(places.home))
        return found;
    for (const KnownCache &one : knownCaches) {
        const QString moved = places.environment.value(QString::fromLatin1(one.variable));
        const QString host = QDir::isAbsolutePath(moved) ? QDir::cleanPath(moved)
                                                         : absolute(places.home, QString::fromLatin1(one.host));
        const QFileInfo info(host);
        if (info.isDir() && info.isReadable() && !QDir(host).isEmpty())
            found.push_back({ QString::fromLatin1(one.name), host, QString::fromLatin1(one.inside) });
    }
    return found;
}

QStringList coveredBeneath(const QString &folder)
{
    QStringList found;
    const QFileInfo info(folder);
    const QString name = info.fileName();
    if (name == u"versions"_s || name == u"node-versions"_s || name == u"installs"_s || name == u"tools"_s) {
        for (const QString &pattern : { u"/!/etc/npmrc"_s, u"/node/!/etc/npmrc"_s, u"/!/installation/etc/npmrc"_s,
                                        u"/image/node/!/etc/npmrc"_s, u"/!/pip.conf"_s, u"/!/!/pip.conf"_s }) {
            for (const QString &place : expanded(folder + pattern.section(u'/', 0, -2), {})) {
                const QString file = place + u'/' + pattern.section(u'/', -1);
                if (QFileInfo::exists(file))
                    found << file;
            }
        }
    }
    found.removeDuplicates();
    return found;
}

} // namespace foundry::persontools
