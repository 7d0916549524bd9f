#include "BubblewrapProvider.h"

#include "BubblewrapProcess.h"
#include "BubblewrapProfile.h"
#include "HostResolver.h"
#include "ResourceUse.h"
#include "SandboxFolder.h"
#include "SeccompFilter.h"
#include "Strays.h"
#include "TreeRemover.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>

#include <sys/stat.h>
#include <unistd.h>

namespace foundry {

namespace {

QString findEntry()
{
    const QString folder = QCoreApplication::applicationDirPath();
    for (const QString &place : { u"/foundry-entry"_s, u"/../libexec/foundry/foundry-entry"_s,
                                  u"/../libexec/foundry-entry"_s, u"/../lib/foundry/foundry-entry"_s }) {
        const QFileInfo found(folder + place);
        if (found.isExecutable())
            return found.canonicalFilePath();
    }
    return {};
}

QString firstLine(const char *path)
{
    QFile file(QString::fromLatin1(path));
    return file.open(QIODevice::ReadOnly) ? QString::fromLatin1(file.readLine(64)).trimmed() : QString();
}

// The usual locks, by the names that a person can look up.
QString whatForbids()
{
    QStringList found;
    if (firstLine("/proc/sys/kernel/unprivileged_userns_clone") == u"0"_s)
        found << u"kernel.unprivileged_userns_clone=0"_s;
    if (firstLine("/proc/sys/user/max_user_namespaces") == u"0"_s)
        found << u"user.max_user_namespaces=0"_s;
    if (firstLine("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == u"1"_s)
        found << u"kernel.apparmor_restrict_unprivileged_userns=1"_s;
    return found.join(u", "_s);
}

QByteArray shellQuoted(QByteArray text)
{
    return '\'' + text.replace("'", "'\\''") + '\'';
}

bool isRoot()
{
    return geteuid() == 0;
}

// That a program says yes proves nothing: what runs inside has to be in namespaces of its own (L17).
constexpr const char *provedNamespaces[] = { "pid", "net", "mnt", "ipc", "uts" };

QString namespaceFile(const char *name)
{
    return u"/proc/self/ns/"_s + QLatin1StringView(name);
}

// The first that is not the sandbox's own, by what was read inside; empty: all are.
QString sharedNamespace(const QByteArray &inside)
{
    const QList<QByteArray> lines = inside.split('\n');
    for (size_t i = 0; i < std::size(provedNamespaces); ++i) {
        const QByteArray own = lines.value(qsizetype(i));
        char host[64] = {};
        if (!own.startsWith(QByteArray(provedNamespaces[i]) + ":[")
            || readlink(QFile::encodeName(namespaceFile(provedNamespaces[i])), host, sizeof host - 1) < 0
            || own == host)
            return QString::fromLatin1(provedNamespaces[i]);
    }
    return {};
}

// What bubblewrap said when it could not.
QString wordsOf(const Result<ProcessOutput> &tried)
{
    if (tried)
        return QString::fromUtf8(tried->error).trimmed();
    const Failure &why = tried.error();
    return why.is(codes::Sandbox::launchFailed) && !why.detail.isEmpty() ? why.detail : why.chain();
}

// As an argument of bubblewrap or foundry-entry.
QByteArray markOf(const SandboxRecord &record)
{
    return '\0' + bubblewrap::mark(record) + '\0';
}

Async<Result<int>> endMarked(Clock &clock, const SandboxRecord &record, bool heldToo)
{
    const QByteArray wanted = markOf(record);
    const QByteArray held = '\0' + bubblewrap::holderOption().join('\0') + '\0';
    auto find = [wanted, held, heldToo] {
        return processesWith([&](const QByteArray &folder) {
            return procFileHolds(folder, "cmdline", wanted) && (heldToo || !procFileHolds(folder, "cmdline", held));
        });
    };
    auto killing = killAll(clock, std::move(find));
    auto killed = co_await killing;
    co_return killed;
}

} // namespace

BubblewrapProvider::BubblewrapProvider(Clock &clock, BubblewrapPlaces places, HostResolver *resolver)
    : m_clock(clock)
    , m_places(std::move(places))
    , m_resolver(resolver)
{
    if (m_places.entry.isEmpty())
        m_places.entry = findEntry();
    if (m_places.bubblewrap.isEmpty())
        m_places.bubblewrap = ProcessRunner::find(u"bwrap"_s, m_places.path);
    if (!m_resolver) {
        m_ownResolver = std::make_unique<SystemHostResolver>();
        m_resolver = m_ownResolver.get();
    }
}

BubblewrapProvider::~BubblewrapProvider() = default;

// Through the gate like every sandbox: whoever is killed, or drops this in the middle of it, leaves nothing behind.
Async<Result<ProcessOutput>> BubblewrapProvider::tryProfile(bool ownUser)
{
    SandboxRecord record; // of no task
    record.task = { u"probe"_s };
    record.folder = m_places.entry;
    if (!ownUser)
        record.owner = bubblewrap::ownerForTask(u"probe"_s);
    SandboxCommand command;
    command.program = u"/usr/bin/readlink"_s;
    command.workingDirectory = u"/"_s;
    command.timeOut = std::chrono::seconds(20);
    for (const char *name : provedNamespaces)
        command.arguments << namespaceFile(name);
    auto started = BubblewrapProcess::start(
        m_clock, *m_resolver,
        { m_places.bubblewrap, m_places.entry, record, command, bubblewrap::probeOptions(m_places.entry, ownUser) });
    auto collecting = sandboxfolder::collect(m_clock, std::move(started), std::move(command));
    auto output = co_await collecting;
    co_return output;
}

Async<Result<IsolationReport>> BubblewrapProvider::probe()
{
    if (m_report)
        co_return *m_report;
    if (m_places.bubblewrap.isEmpty() || !QFileInfo(m_places.bubblewrap).isExecutable())
        co_return fail(codes::Sandbox::bubblewrapMissing, u"bwrap is not in %1"_s.arg(m_places.path));
    if (m_places.entry.isEmpty() || !QFileInfo(m_places.entry).isExecutable())
        co_return fail(codes::Sandbox::networkHelper, u"the program foundry-entry is missing"_s);

    ProcessRunner runner(m_clock);
    ProcessSpec asking;
    asking.program = m_places.bubblewrap;
    asking.arguments = { u"--version"_s };
    auto versioning = runner.run(std::move(asking));
    auto version = co_await versioning;
    if (!version)
        co_return std::unexpected(
            failure(codes::Sandbox::bubblewrapMissing, m_places.bubblewrap).because(version.error()));
    if (!version->output.startsWith("bubblewrap "))
        co_return fail(codes::Sandbox::bubblewrapMissing, m_places.bubblewrap + u" is another program"_s);

    // As root without a user namespace first, so that the program gets a real uid of its own.
    m_mapped = !isRoot();
    auto trying = tryProfile(m_mapped);
    auto tried = co_await trying;
    if (isRoot() && !(tried && tried->exitCode == 0)) {
        m_mapped = true;
        auto again = tryProfile(true);
        tried = co_await again;
    }
    if (!tried || tried->exitCode != 0) {
        const QString words = wordsOf(tried);
        const QString lock = whatForbids();
        co_return fail(codes::Sandbox::namespacesForbidden, lock.isEmpty() ? words : words + u" ("_s + lock + u')');
    }
    if (const QString shared = sharedNamespace(tried->output); !shared.isEmpty())
        co_return fail(codes::Sandbox::namespacesForbidden,
                       u"%1 does not isolate: %2"_s.arg(m_places.bubblewrap, shared));
    IsolationReport report;
    report.version = QString::fromUtf8(version->output).trimmed();
    report.isolation = isRoot() ? Isolation::weaker : Isolation::full;
    report.weakness = isRoot() ? u"root"_s : QString();
    m_report = report;
    co_return report;
}

Result<SandboxRecord> BubblewrapProvider::newRecord(const SandboxRequest &request) const
{
    auto record = sandboxfolder::newRecord(request, name());
    if (record && isRoot() && !m_mapped)
        record->owner = bubblewrap::ownerForTask(record->folder);
    if (record)
        record->createdAt = m_clock.now();
    return record;
}

// Where the program runs under another uid it has to be able to read the source's objects.
Result<> BubblewrapProvider::checkSource(const SandboxRecord &record) const
{
    struct stat info;
    const QString objects = record.bareRepository + u"/objects"_s;
    if (::stat(QFile::encodeName(objects).constData(), &info) || !S_ISDIR(info.st_mode))
        return fail(codes::Sandbox::prepareFailed, u"no repository: "_s + record.bareRepository);
    if (record.owner >= 0 && (info.st_mode & 05) != 05)
        return fail(codes::Sandbox::prepareFailed, u"the sandbox's user cannot read "_s + objects);
    return {};
}

Async<Result<>> BubblewrapProvider::create(SandboxRecord record, SandboxProgress progress)
{
    auto creating = sandboxfolder::create(m_clock, *this, std::move(record), std::move(progress));
    auto created = co_await creating;
    co_return created;
}

bool BubblewrapProvider::exists(const SandboxRecord &record) const
{
    return sandboxfolder::isMade(record);
}

Result<> BubblewrapProvider::putFiles(const SandboxRecord &record, const std::vector<HomeFile> &files)
{
    return sandboxfolder::putFiles(record, files);
}

Result<std::unique_ptr<SandboxProcess>> BubblewrapProvider::start(const SandboxRecord &record,
                                                                  const SandboxCommand &command)
{
    if (m_places.bubblewrap.isEmpty())
        return fail(codes::Sandbox::bubblewrapMissing, u"bwrap is not in %1"_s.arg(m_places.path));
    if (m_places.entry.isEmpty())
        return fail(codes::Sandbox::networkHelper, u"the program foundry-entry is missing"_s);
    for (const QString &folder : { record.hostCheckout(), record.hostHome(), record.hostTmp(), record.hostEtc() }) {
        if (!QFileInfo(folder).isDir())
            return fail(codes::Sandbox::notFound, folder);
    }
    if (auto readable = checkSource(record); !readable)
        return std::unexpected(readable.error());
    if (!command.caches.isEmpty()) {
        if (auto made = sandboxfolder::makeCacheLayers(record, command.caches); !made)
            return std::unexpected(made.error());
    }
    return BubblewrapProcess::start(m_clock, *m_resolver, { m_places.bubblewrap, m_places.entry, record, command });
}

Async<Result<ProcessOutput>> BubblewrapProvider::run(SandboxRecord record, SandboxCommand command)
{
    auto started = start(record, command);
    auto collecting = sandboxfolder::collect(m_clock, std::move(started), std::move(command));
    auto output = co_await collecting;
    co_return output;
}

Result<QString> BubblewrapProvider::uploadPackProgram(const SandboxRecord &record)
{
    if (!exists(record))
        return fail(codes::Sandbox::notFound, record.folder);
    if (auto readable = checkSource(record); !readable)
        return std::unexpected(readable.error());
    SandboxCommand command;
    command.program = u"/usr/bin/git"_s;
    command.arguments = { u"upload-pack"_s, record.checkout };
    command.readOnlyCheckout = true;
    auto options = bubblewrap::options(record, command, m_places.entry);
    if (!options)
        return std::unexpected(options.error());
    auto filter = seccompFilter(false);
    if (!filter)
        return std::unexpected(filter.error());
    auto arguments = sandboxfolder::writeRun(record, u"upload-pack.arguments"_s, bubblewrap::joined(*options), false);
    if (!arguments)
        return arguments;
    auto seccomp = sandboxfolder::writeRun(record, u"upload-pack.seccomp"_s, *filter, false);
    if (!seccomp)
        return seccomp;
    QByteArray script = "#!/bin/sh\n# Made by Foundry: git-upload-pack for one task, inside its sandbox.\nexec env -i "
                        "PATH=/usr/bin:/bin";
    QByteArrayList words { QFile::encodeName(m_places.bubblewrap), "--clearenv" };
    words << "--die-with-parent" << bubblewrap::visibleOptions(record) << "--args" << "8" << "--seccomp" << "9" << "--"
          << bubblewrap::entryCommand(record, command, -1);
    for (const QByteArray &word : words)
        script += ' ' + shellQuoted(word);
    script
        += " 8<" + shellQuoted(QFile::encodeName(*arguments)) + " 9<" + shellQuoted(QFile::encodeName(*seccomp)) + '\n';
    return sandboxfolder::writeRun(record, u"upload-pack"_s, script, true);
}

Async<Result<int>> BubblewrapProvider::endStrays(SandboxRecord record)
{
    auto ending = endMarked(m_clock, record, false);
    auto ended = co_await ending;
    co_return ended;
}

Async<qint64> BubblewrapProvider::memoryUse(const SandboxRecord &record)
{
    return foundry::memoryUse(
        [mark = markOf(record)](const QByteArray &folder) { return procFileHolds(folder, "cmdline", mark); });
}

Async<Result<>> BubblewrapProvider::release(SandboxRecord record)
{
    auto ending = endMarked(m_clock, record, true);
    auto ended = co_await ending;
    if (!ended)
        co_return std::unexpected(
            failure(codes::Sandbox::releaseFailed, record.folder, Retry::transient).because(ended.error()));
    auto removing = removeTree(record.folder);
    auto removed = co_await removing;
    co_return removed;
}

} // namespace foundry
