#include "BubblewrapProfile.h"

#include "PersonTools.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <unistd.h>

namespace foundry::bubblewrap {

namespace {

constexpr qint64 firstOwner = 1'000'000'000; // above people, services and the usual ranges of sub-uids
constexpr qint64 owners = 100'000'000;
constexpr int firstProxyPort = 3128;

// Of the host's /etc: what programs need to start, to find certificates and the time. No accounts, no keys.
constexpr const char *sharedEtc[] = {
    "ssl/certs",
    "ssl/openssl.cnf",
    "ca-certificates",
    "ca-certificates.conf",
    "pki/tls/certs",
    "pki/ca-trust/extracted",
    "alternatives",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "localtime",
    "timezone",
    "os-release",
    "debian_version",
    "mime.types",
    "fonts",
    "services",
    "protocols",
    "inputrc",
    "bash.bashrc",
    "profile",
    "terminfo",
    "magic",
    "gai.conf",
    "python3",
    "perl",
    "java",
    "java-11-openjdk",
    "java-17-openjdk",
    "java-21-openjdk",
    "maven/m2.conf",
    "maven/logging",
    "nodejs",
    "php",
    "ruby",
    "ghc",
    "xml",
    "sgml",
    "locale.alias",
    "locale.gen",
    "environment.d",
};
constexpr const char *ownEtc[]
    = { "passwd", "group", "hosts", "nsswitch.conf", "resolv.conf", "hostname", "gitconfig", "machine-id" };

// bubblewrap makes what is missing on the way for its owner only, who is not always the one that runs inside.
void addFoldersAbove(QByteArrayList &options, const QByteArray &path)
{
    for (qsizetype slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
        const QByteArrayList folder { "--perms", "0755", "--dir", path.first(slash) };
        if (!options.contains(folder.last()))
            options << folder;
    }
}

void addMount(QByteArrayList &options, const QByteArray &kind, const QByteArray &outside, const QByteArray &inside)
{
    addFoldersAbove(options, inside);
    options << kind << outside << inside;
}

void addSystem(QByteArrayList &options)
{
    options << "--ro-bind" << "/usr" << "/usr";
    for (const char *name : { "bin", "sbin", "lib", "lib32", "lib64", "libx32" }) {
        const QByteArray path = QByteArray("/") + name;
        const QFileInfo info(QString::fromLatin1(path));
        if (info.isSymLink())
            options << "--symlink" << QByteArray("usr/") + name << path;
        else if (info.isDir())
            options << "--ro-bind" << path << path;
    }
}

// `coverSettings`: where the program's uid is really root's, /proc/sys would be writable without any capability.
// Covered it is for the others as well, unless they nest: a proc of its own can be mounted below a whole one only.
void addKernel(QByteArrayList &options, bool coverSettings)
{
    options << "--proc" << "/proc";
    if (coverSettings)
        options << "--ro-bind" << "/proc/sys" << "/proc/sys";
    options << "--dev" << "/dev" << "--perms" << "1777" << "--tmpfs" << "/dev/shm" << "--remount-ro" << "/dev";
    for (const char *folder : { "/run", "/var" })
        options << "--perms" << "0755" << "--dir" << folder;
    options << "--symlink" << "../tmp" << "/var/tmp" << "--symlink" << "../run" << "/var/run";
}

void addNamespaces(QByteArrayList &options, bool ownUser)
{
    options << "--unshare-pid" << "--unshare-net" << "--unshare-ipc" << "--unshare-uts" << "--unshare-cgroup-try"
            << "--as-pid-1" << "--new-session" << "--hostname" << "foundry" << "--cap-drop" << "ALL";
    if (ownUser) {
        const QByteArray id = QByteArray::number(uidInside);
        options << "--unshare-user" << "--uid" << id << "--gid" << id;
    } else { // for foundry-entry only, which gives them up before the program
        for (const char *capability : { "CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP" })
            options << "--cap-add" << capability;
    }
}

void addEtc(QByteArrayList &options, const SandboxRecord &record)
{
    for (const char *name : sharedEtc) {
        const QByteArray path = QByteArray("/etc/") + name;
        if (QFileInfo::exists(QString::fromLatin1(path)))
            addMount(options, "--ro-bind", path, path);
    }
    for (const char *name : ownEtc)
        addMount(options, "--ro-bind", QFile::encodeName(record.hostEtc() + u'/') + name, QByteArray("/etc/") + name);
}

// The source's own folder is for Foundry alone (0700): for another uid its parts are shown in a folder of ours.
void addSource(QByteArrayList &options, const SandboxRecord &record)
{
    const QByteArray outside = QFile::encodeName(record.bareRepository);
    const QByteArray inside = QFile::encodeName(record.source);
    if (record.owner < 0) {
        addMount(options, "--ro-bind", outside, inside);
        return;
    }
    for (const char *part : { "/HEAD", "/config", "/objects", "/refs", "/packed-refs", "/info", "/shallow", "/lfs" })
        addMount(options, "--ro-bind-try", outside + part, inside + part);
}

void addTask(QByteArrayList &options, const SandboxRecord &record, const SandboxCommand &command)
{
    addMount(options, "--bind", QFile::encodeName(record.hostTmp()), "/tmp");
    addMount(options, "--bind", QFile::encodeName(record.hostHome()), QFile::encodeName(record.home));
    addSource(options, record);
    addMount(options, command.readOnlyCheckout ? "--ro-bind" : "--bind", QFile::encodeName(record.hostCheckout()),
             QFile::encodeName(record.checkout));
    // A source that borrows objects itself needs them at the same place.
    QFile alternates(record.bareRepository + u"/objects/info/alternates"_s);
    if (alternates.open(QIODevice::ReadOnly)) {
        for (const QByteArray &line : alternates.read(64 * 1024).split('\n')) {
            if (line.startsWith('/'))
                addMount(options, "--ro-bind-try", line, line);
        }
    }
}

// The person's home, what lies above it, Foundry's own data and the system's folders: never as a whole.
bool isTooWide(const QString &path, const SandboxRecord &record)
{
    const auto holds
        = [&path](const QString &other) { return path == u"/"_s || other == path || other.startsWith(path + u'/'); };
    if (holds(QDir::homePath()) || holds(record.folder) || holds(record.bareRepository))
        return true;
    for (const QString &folder :
         { u"/etc"_s, u"/proc"_s, u"/sys"_s, u"/dev"_s, u"/run"_s, u"/var"_s, u"/boot"_s, u"/tmp"_s, u"/root"_s }) {
        if (holds(folder))
            return true;
    }
    return path.startsWith(u"/proc/"_s) || path.startsWith(u"/sys/"_s) || path.startsWith(u"/dev/"_s)
        || path.startsWith(record.folder + u'/');
}

Result<> addBinds(QByteArrayList &options, const SandboxRecord &record, const SandboxCommand &command)
{
    if (command.readOnlyBinds.size() > maxBinds)
        return fail(codes::Sandbox::launchFailed, u"more than %1 folders to show inside"_s.arg(maxBinds));
    for (const QString &bind : command.readOnlyBinds) {
        const QFileInfo info(bind);
        if (!info.isAbsolute() || !info.exists())
            return fail(codes::Sandbox::launchFailed, u"not there: "_s + bind);
        const QString clean = QDir::cleanPath(bind);
        if (isTooWide(clean, record) || isTooWide(info.canonicalFilePath(), record))
            return fail(codes::Sandbox::launchFailed, u"too much to show inside: "_s + bind);
        if (!clean.startsWith(u"/usr/"_s))
            addMount(options, "--ro-bind", QFile::encodeName(clean), QFile::encodeName(bindInside(record, clean)));
    }
    return {};
}

// Toolchains of the person's, at their own places. One that has gone since, or that would show too much, is left out.
void addTools(QByteArrayList &options, const SandboxRecord &record)
{
    int count = 0;
    for (const SandboxTool &tool : record.tools) {
        for (const QString &folder : tool.scratch) { // for whoever runs inside
            const QByteArray inside = QFile::encodeName(bindInside(record, folder));
            addFoldersAbove(options, inside);
            options << "--perms" << "0777" << "--tmpfs" << inside;
        }
        for (const QString &folder : tool.folders) {
            const QFileInfo info(folder);
            if (!info.isAbsolute() || !info.exists() || isTooWide(QDir::cleanPath(folder), record)
                || isTooWide(info.canonicalFilePath(), record) || ++count > maxToolFolders)
                continue;
            addMount(options, "--ro-bind", QFile::encodeName(folder), QFile::encodeName(bindInside(record, folder)));
            for (const QString &secret : persontools::coveredBeneath(folder))
                options << "--ro-bind" << QFile::encodeName(record.hostEtc() + u"/empty"_s)
                        << QFile::encodeName(bindInside(record, secret));
        }
    }
}

// At places of ours: in the home the agent could have put a link where something is to be mounted.
void addCaches(QByteArrayList &options, const SandboxRecord &record, const QString &layers)
{
    for (size_t i = 0; i < record.caches.size(); ++i)
        addMount(options, "--bind-try",
                 QFile::encodeName(cacheFolder(record, layers.isEmpty() ? agentCaches : layers, i) + u"/view"_s),
                 cachesInside + QByteArray::number(qulonglong(i)));
}

bool isBelow(const QString &path, const QString &folder)
{
    return path == folder || path.startsWith(folder + u'/');
}

// A program or an argument that names something of a bind: as it is named inside.
QString asInside(const SandboxRecord &record, const SandboxCommand &command, const QString &word)
{
    for (const QString &bind : command.readOnlyBinds) {
        const QString clean = QDir::cleanPath(bind);
        if (isBelow(word, clean))
            return bindInside(record, clean) + word.mid(clean.size());
    }
    return word;
}

bool isMappedRoot(const SandboxRecord &record)
{
    return record.owner < 0 && geteuid() == 0;
}

// "a:b:", or nothing.
QString toolPath(const SandboxRecord &record)
{
    QString path;
    for (const SandboxTool &tool : record.tools) {
        for (const QString &entry : tool.path)
            path += bindInside(record, entry) + u':';
    }
    return path;
}

QMap<QString, QString> environment(const SandboxRecord &record, const SandboxCommand &command)
{
    QMap<QString, QString> result {
        { u"HOME"_s, record.home },
        { u"USER"_s, QString::fromLatin1(userInside) },
        { u"LOGNAME"_s, QString::fromLatin1(userInside) },
        { u"PATH"_s,
          record.home + u"/.local/bin:"_s + toolPath(record)
              + u"/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"_s },
        { u"SHELL"_s, QFileInfo::exists(u"/bin/bash"_s) ? u"/bin/bash"_s : u"/bin/sh"_s },
        { u"LANG"_s, u"C.UTF-8"_s },
        { u"TERM"_s, u"xterm-256color"_s },
        { u"TMPDIR"_s, u"/tmp"_s },
        { u"GIT_TERMINAL_PROMPT"_s, u"0"_s },
    };
    for (const SandboxTool &tool : record.tools) {
        for (const QString &one : tool.environment)
            result.insert(one.section(u'=', 0, 0), bindInside(record, one.section(u'=', 1)));
    }
    if (command.network && record.network.hasProxy()) {
        const QString proxy = u"http://127.0.0.1:%1"_s.arg(proxyPort(record.network));
        for (const QString &name : { u"HTTPS_PROXY"_s, u"HTTP_PROXY"_s, u"ALL_PROXY"_s }) {
            result.insert(name, proxy);
            result.insert(name.toLower(), proxy);
        }
        result.insert(u"NO_PROXY"_s, u"localhost,127.0.0.1"_s);
        result.insert(u"no_proxy"_s, u"localhost,127.0.0.1"_s);
        result.insert(u"NODE_USE_ENV_PROXY"_s, u"1"_s); // from Node 24 on; npm, yarn and pnpm look at the others
        // Java looks at none of these. Maven and Gradle have settings of their own in the home (SandboxFolder).
        const QString java = u"-D%1.proxyHost=127.0.0.1 -D%1.proxyPort=%2"_s;
        const int port = proxyPort(record.network);
        result.insert(u"JAVA_TOOL_OPTIONS"_s,
                      java.arg(u"http"_s).arg(port) + u' ' + java.arg(u"https"_s).arg(port)
                          + u" -Dhttp.nonProxyHosts=localhost|127.0.0.1"_s);
    }
    for (auto it = command.environment.cbegin(); it != command.environment.cend(); ++it)
        result.insert(it.key(), it.value());
    return result;
}

} // namespace

QByteArray mark(const SandboxRecord &record)
{
    const QByteArray folder
        = QCryptographicHash::hash(QFile::encodeName(record.folder), QCryptographicHash::Sha256).toHex();
    return record.task.value.toUtf8() + '.' + folder.first(16);
}

QString bindInside(const SandboxRecord &record, const QString &path)
{
    for (const QString &own : { u"/tmp"_s, u"/var/tmp"_s, u"/workspace"_s, record.home, record.checkout }) {
        if (isBelow(path, own))
            return QString::fromLatin1(hostInside) + path;
    }
    return path;
}

int proxyPort(const SandboxNetwork &network)
{
    int port = firstProxyPort;
    while (std::find(network.ports.begin(), network.ports.end(), port) != network.ports.end())
        ++port;
    return port;
}

std::vector<int> listenPorts(const SandboxNetwork &network)
{
    std::vector<int> ports;
    if (network.hasProxy())
        ports.push_back(proxyPort(network));
    ports.insert(ports.end(), network.ports.begin(), network.ports.end());
    return ports;
}

QString cacheFolder(const SandboxRecord &record, const QString &layers, size_t cache)
{
    return record.folder + u'/' + layers + u'/' + QString::number(cache);
}

QByteArrayList viewsCommand(const SandboxRecord &record, const SandboxCommand &command, const QString &views,
                            const QString &bubblewrap)
{
    if (command.caches.isEmpty() || record.caches.empty() || !QFileInfo(views).isExecutable())
        return {};
    QByteArrayList words { QFile::encodeName(views) };
    if (record.owner >= 0)
        words << "--map" << QByteArray::number(record.owner);
    for (size_t i = 0; i < record.caches.size(); ++i) {
        const QFileInfo host(record.caches[i].host);
        if (host.isDir() && !isTooWide(host.canonicalFilePath(), record))
            words << "--view" << QFile::encodeName(host.canonicalFilePath())
                  << QFile::encodeName(cacheFolder(record, command.caches, i));
    }
    return words << "--" << QFile::encodeName(bubblewrap);
}

QByteArrayList visibleOptions(const SandboxRecord &record)
{
    return { "--setenv", markName, mark(record) };
}

Result<QByteArrayList> options(const SandboxRecord &record, const SandboxCommand &command, const QString &entry)
{
    QByteArrayList result;
    addNamespaces(result, record.owner < 0);
    addSystem(result);
    addKernel(result, !command.nesting || isMappedRoot(record));
    addEtc(result, record);
    if (auto added = addBinds(result, record, command); !added)
        return std::unexpected(added.error());
    addTools(result, record);
    addTask(result, record, command);
    addCaches(result, record, command.caches);
    addMount(result, "--ro-bind", QFile::encodeName(entry), entryInside);
    result << "--remount-ro" << "/" << "--chdir" << "/";
    const auto variables = environment(record, command);
    for (auto it = variables.cbegin(); it != variables.cend(); ++it) {
        if (it.key().isEmpty() || it.key().contains(u'=') || it.key().contains(QChar(0))
            || it.value().contains(QChar(0)))
            return fail(codes::Sandbox::launchFailed, u"not a name for the environment: "_s + it.key());
        result << "--setenv" << it.key().toUtf8() << it.value().toUtf8();
    }
    return result;
}

QByteArray joined(const QByteArrayList &options)
{
    QByteArray result;
    for (const QByteArray &option : options)
        result += option + '\0';
    return result;
}

QByteArrayList holderOption()
{
    return { "--holder", QByteArray::number(getpid()) };
}

QByteArrayList entryCommand(const SandboxRecord &record, const SandboxCommand &command, int gate)
{
    QByteArrayList result { entryInside, "--mark", mark(record) };
    if (gate >= 0)
        result << "--gate" << QByteArray::number(gate);
    if (command.network && gate >= 0) {
        for (const int port : listenPorts(record.network))
            result << "--listen" << QByteArray::number(port);
    }
    if (record.owner >= 0)
        result << "--uid" << QByteArray::number(record.owner);
    if (command.terminal && gate >= 0)
        result << holderOption() << "--columns" << QByteArray::number(command.terminal->columns) << "--rows"
               << QByteArray::number(command.terminal->rows);
    const TaskBudget &budget = record.budget;
    if (budget.memory > 0)
        result << "--memory" << QByteArray::number(budget.memory);
    if (budget.processors > 0)
        result << "--processors" << QByteArray::number((budget.processors + 99) / 100);
    const int processes
        = budget.processes > 0 ? qMin(budget.processes, command.limits.processes) : command.limits.processes;
    result << "--processes" << QByteArray::number(processes) << "--file-bytes"
           << QByteArray::number(command.limits.fileBytes) << "--directory"
           << QFile::encodeName(command.workingDirectory.isEmpty() ? record.checkout : command.workingDirectory) << "--"
           << QFile::encodeName(asInside(record, command, command.program));
    for (const QString &argument : command.arguments)
        result << asInside(record, command, argument).toUtf8();
    return result;
}

QByteArrayList probeOptions(const QString &entry, bool ownUser)
{
    QByteArrayList result;
    addNamespaces(result, ownUser);
    addSystem(result);
    addKernel(result, true);
    addMount(result, "--ro-bind", QFile::encodeName(entry), entryInside);
    result << "--remount-ro" << "/" << "--chdir" << "/";
    return result;
}

qint64 ownerForTask(const QString &folder)
{
    const QByteArray hash = QCryptographicHash::hash(QFile::encodeName(folder), QCryptographicHash::Sha256);
    qint64 value = 0;
    for (int i = 0; i < 6; ++i)
        value = value * 256 + static_cast<unsigned char>(hash[i]);
    return firstOwner + value % owners;
}

} // namespace foundry::bubblewrap
