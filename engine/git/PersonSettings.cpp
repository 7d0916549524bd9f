#include "PersonSettings.h"

#include "Publisher.h"

#include <QDir>
#include <QMap>

#include <algorithm>
#include <array>

namespace foundry {

namespace {

constexpr qsizetype maxSettings = 4 * 1024 * 1024; // bytes of `git config --list`

// Lower case, as git prints section and variable.
constexpr std::array signingKeys { "user.signingkey",          "gpg.format",      "gpg.program",
                                   "gpg.openpgp.program",      "gpg.ssh.program", "gpg.x509.program",
                                   "gpg.ssh.defaultkeycommand" };
constexpr std::array transportKeys { "core.sshcommand", "core.askpass", "ssh.variant", "core.gitproxy" };
constexpr std::array credentialNames { "helper", "username", "usehttppath" };
constexpr std::array httpNames {
    "proxy",
    "proxyauthmethod",
    "proxysslcert",
    "proxysslkey",
    "proxysslcertpasswordprotected",
    "proxysslcainfo",
    "sslcainfo",
    "sslcapath",
    "sslcert",
    "sslkey",
    "sslcertpasswordprotected",
    "sslverify",
    "sslversion",
    "sslbackend",
    "schannelusesslcainfo",
    "schannelcheckrevoke",
    "extraheader",
    "cookiefile",
    "emptyauth",
    "delegation",
    "version",
    "postbuffer",
    "lowspeedlimit",
    "lowspeedtime",
    "useragent",
    "followredirects",
    "pinnedpubkey",
    "curloptresolve",
    "noepsv",
    "savecookies",
};

// How git-lfs transfers; programs of its own (lfs.customTransfer) are not among them.
constexpr std::array lfsNames { "access",     "concurrenttransfers", "basictransfersonly", "dialtimeout",
                                "tlstimeout", "activitytimeout",     "keepalive" };

template <size_t n> bool isOneOf(const std::array<const char *, n> &names, const QString &name)
{
    return std::ranges::any_of(names, [&](const char *one) { return name == QLatin1StringView(one); });
}

bool isLocal(const ScopedSetting &one)
{
    return one.scope == u"local"_s || one.scope == u"worktree"_s;
}

// The last value of a key that has one value.
QString valueOf(const std::vector<ScopedSetting> &settings, QLatin1StringView key)
{
    QString value;
    for (const ScopedSetting &one : settings) {
        if (one.setting.key == key)
            value = one.setting.value;
    }
    return value;
}

bool isTrue(const QString &value)
{
    const QString word = value.toLower();
    return word == u"true"_s || word == u"yes"_s || word == u"on"_s || word.toInt() != 0;
}

QString firstOf(std::initializer_list<QString> values)
{
    for (const QString &value : values) {
        if (!value.trimmed().isEmpty())
            return value.trimmed();
    }
    return {};
}

Identity identityOf(const QString &role, const std::vector<ScopedSetting> &settings, const Environment &host)
{
    // git's own order: environment, author.* or committer.*, user.*, EMAIL; never made up from the host's name.
    const QString variable = u"GIT_"_s + role.toUpper();
    const auto setting = [&](const QString &key) { return valueOf(settings, QLatin1StringView(key.toLatin1())); };
    return { firstOf({ host.value(variable + u"_NAME"_s), setting(role + u".name"_s), setting(u"user.name"_s) }),
             firstOf({ host.value(variable + u"_EMAIL"_s), setting(role + u".email"_s), setting(u"user.email"_s),
                       host.value(u"EMAIL"_s) }) };
}

// "section.some.sub.name" → section and name.
std::pair<QString, QString> endsOf(const QString &key)
{
    const qsizetype first = key.indexOf(u'.');
    return { key.left(first).toLower(), key.mid(key.lastIndexOf(u'.') + 1).toLower() };
}

PersonSettings fromSettings(const std::vector<ScopedSetting> &settings, const Environment &host)
{
    PersonSettings found;
    found.author = identityOf(u"author"_s, settings, host);
    found.committer = identityOf(u"committer"_s, settings, host);
    found.signsCommits = isTrue(valueOf(settings, QLatin1StringView("commit.gpgsign")));
    for (const ScopedSetting &one : settings) {
        if (one.scope == u"command"_s)
            continue; // the runner's own
        if (PersonSettingsReader::isSigningKey(one.setting.key))
            found.signing.push_back(one.setting);
        else if (PersonSettingsReader::isTransportKey(one.setting.key))
            found.transport.push_back(one.setting);
        else if (one.setting.key == u"safe.directory"_s && (one.scope == u"global"_s || one.scope == u"system"_s))
            found.safeDirectories << one.setting.value;
    }
    found.remote = chooseRemote(settings);
    const auto ofRemote = [&](const QString &name) {
        return valueOf(settings, QLatin1StringView(u"remote.%1.%2"_s.arg(found.remote, name).toUtf8()));
    };
    found.lfsUrl = firstOf({ valueOf(settings, QLatin1StringView("lfs.url")), ofRemote(u"lfsurl"_s) });
    found.lfsPushUrl = firstOf({ valueOf(settings, QLatin1StringView("lfs.pushurl")), ofRemote(u"lfspushurl"_s) });
    return found;
}

} // namespace

std::vector<ScopedSetting> parseSettings(const QByteArray &output)
{
    std::vector<ScopedSetting> settings;
    const QList<QByteArray> parts = output.split('\0'); // scope NUL key LF value NUL
    for (qsizetype i = 0; i + 1 < parts.size(); i += 2) {
        const QByteArray &entry = parts.at(i + 1);
        const qsizetype end = entry.indexOf('\n');
        // Without a line break the key stands alone, which means true.
        const QString key = QString::fromUtf8(end < 0 ? entry : entry.left(end));
        const QString value = end < 0 ? u"true"_s : QString::fromUtf8(entry.mid(end + 1));
        settings.push_back({ QString::fromUtf8(parts.at(i)), { key, value } });
    }
    return settings;
}

Async<Result<std::vector<ScopedSetting>>> readSettings(GitRunner &git, QString folder)
{
    GitCall call;
    call.folder = folder;
    call.config = GitConfig::persons;
    call.arguments = { u"config"_s, u"--list"_s, u"-z"_s, u"--show-scope"_s, u"--includes"_s };
    call.maxOutput = maxSettings;
    auto running = git.run(std::move(call));
    auto output = co_await running;
    if (!output)
        co_return std::unexpected(std::move(output.error()));
    co_return parseSettings(output->output);
}

QString chooseRemote(const std::vector<ScopedSetting> &settings)
{
    QStringList remotes;
    for (const ScopedSetting &one : settings) {
        const QString &key = one.setting.key;
        if (key.startsWith(u"remote."_s) && (key.endsWith(u".url"_s) || key.endsWith(u".pushurl"_s)))
            remotes << key.mid(7, key.lastIndexOf(u'.') - 7);
    }
    for (const QString &wished : { valueOf(settings, QLatin1StringView("remote.pushdefault")), u"origin"_s }) {
        if (remotes.contains(wished))
            return wished;
    }
    return remotes.value(0);
}

PersonSettingsReader::PersonSettingsReader(GitRunner &git)
    : m_git(git)
{
}

bool PersonSettingsReader::isSigningKey(const QString &key)
{
    return isOneOf(signingKeys, key.toLower());
}

bool PersonSettingsReader::isTransportKey(const QString &key)
{
    const auto [section, name] = endsOf(key);
    if (section == u"credential"_s)
        return isOneOf(credentialNames, name);
    if (section == u"http"_s)
        return isOneOf(httpNames, name);
    if (section == u"lfs"_s)
        return isOneOf(lfsNames, name);
    return isOneOf(transportKeys, key.toLower());
}

Async<Result<PersonSettings>> PersonSettingsReader::read(QString clonePath)
{
    GitCall where; // also the place where a foreign owner or a missing repository is noticed
    where.folder = clonePath;
    where.config = GitConfig::persons;
    where.arguments = { u"rev-parse"_s, u"--show-toplevel"_s };
    if (!QDir(clonePath).exists())
        co_return fail(codes::Repository::moved, clonePath);
    auto asking = m_git.line(std::move(where));
    auto root = co_await asking;
    if (!root)
        co_return std::unexpected(std::move(root.error()));
    auto reading = readSettings(m_git, *root);
    auto settings = co_await reading;
    if (!settings)
        co_return std::unexpected(std::move(settings.error()));
    PersonSettings found = fromSettings(*settings, m_git.hostEnvironment());
    if (found.remote.isEmpty())
        co_return found;

    auto fetching = address(*root, found.remote, false);
    auto fetchUrl = co_await fetching;
    if (!fetchUrl)
        co_return std::unexpected(std::move(fetchUrl.error()));
    auto pushing = address(*root, found.remote, true);
    auto pushUrl = co_await pushing;
    if (!pushUrl)
        co_return std::unexpected(std::move(pushUrl.error()));
    found.fetchUrl = *fetchUrl;
    found.pushUrl = *pushUrl;
    co_return found;
}

Async<Result<PersonSettings>> PersonSettingsReader::readEverywhere(QString anyFolder)
{
    auto reading = readSettings(m_git, anyFolder);
    auto settings = co_await reading;
    if (!settings)
        co_return std::unexpected(std::move(settings.error()));
    std::erase_if(*settings, isLocal); // of a repository that the folder happens to be in
    co_return fromSettings(*settings, m_git.hostEnvironment());
}

std::vector<GitSetting> withoutLocalFilters(const std::vector<ScopedSetting> &settings)
{
    QMap<QString, QString> values;
    for (const bool local : { true, false }) {
        for (const ScopedSetting &one : settings) {
            const QString &key = one.setting.key;
            if (!key.startsWith(u"filter."_s) || one.scope == u"command"_s || isLocal(one) != local)
                continue;
            const bool required = key.endsWith(u".required"_s);
            if (local)
                values.insert(key, required ? u"false"_s : QString());
            else if (values.contains(key))
                values.insert(key, one.setting.value);
        }
    }
    std::vector<GitSetting> undone;
    for (auto it = values.cbegin(); it != values.cend(); ++it)
        undone.push_back({ it.key(), it.value() });
    return undone;
}

// As git would use it: insteadOf is applied by git itself.
Async<Result<QString>> PersonSettingsReader::address(QString root, QString remote, bool push)
{
    GitCall call;
    call.folder = root;
    call.config = GitConfig::persons;
    call.arguments = { u"remote"_s, u"get-url"_s };
    if (push)
        call.arguments << u"--push"_s;
    call.arguments << u"--"_s << remote;
    auto running = m_git.line(std::move(call));
    auto url = co_await running;
    if (!url)
        co_return url;
    const bool relative = transportOf(*url) == u"file"_s && !url->contains(u"://"_s) && !url->startsWith(u'/');
    co_return relative ? QDir::cleanPath(root + u'/' + *url) : *url;
}

} // namespace foundry
