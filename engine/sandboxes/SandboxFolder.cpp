#include "SandboxFolder.h"

#include "BeneathFile.h"
#include "BubblewrapProfile.h"
#include "TreeRemover.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>
#include <QUrl>

#include <cerrno>
#include <sys/stat.h>
#include <unistd.h>

namespace foundry::sandboxfolder {

namespace {

constexpr char madeFile[] = "made";

std::unexpected<Failure> prepareFailed(const QString &path)
{
    return fail(codes::Sandbox::prepareFailed, path + u": "_s + qt_error_string(errno));
}

bool isPlainName(const QString &name)
{
    return !name.isEmpty() && name.size() <= 200 && !name.startsWith(u'.') && !name.contains(u'/')
        && !name.contains(QChar(0));
}

Result<> makeFolder(const QString &path, mode_t mode, qint64 owner)
{
    const QByteArray encoded = QFile::encodeName(path);
    if (::mkdir(encoded.constData(), mode) || ::chmod(encoded.constData(), mode)
        || (owner >= 0 && ::lchown(encoded.constData(), uid_t(owner), gid_t(owner))))
        return prepareFailed(path);
    return {};
}

Result<> writeFile(const QString &path, const QByteArray &content)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly | QIODevice::NewOnly) || file.write(content) != content.size() || !file.flush()
        || !file.setPermissions(QFile::Permissions(0x6444))) // rw-r--r--
        return fail(codes::Sandbox::prepareFailed, path + u": "_s + file.errorString());
    return {};
}

// A field of passwd(5): no colon, no line break.
QByteArray accountField(const QString &text)
{
    QByteArray result = text.toUtf8();
    for (char &c : result) {
        if (c == ':' || c == ',' || static_cast<unsigned char>(c) < ' ')
            c = ' ';
    }
    return result;
}

QByteArray gitQuoted(const QString &text)
{
    QByteArray result = "\"";
    for (const char c : text.toUtf8()) {
        if (c == '"' || c == '\\')
            result += '\\';
        result += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    }
    return result + '"';
}

Result<> makeEtc(const SandboxRecord &record)
{
    const QByteArray id = QByteArray::number(record.owner >= 0 ? record.owner : qint64(bubblewrap::uidInside));
    const QByteArray user = bubblewrap::userInside;
    const std::pair<QString, QByteArray> files[] = {
        { u"passwd"_s,
          "root:x:0:0:root:/root:/usr/sbin/nologin\n" + user + ":x:" + id + ':' + id + ':'
              + accountField(record.personName) + ':' + QFile::encodeName(record.home)
              + ":/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n" },
        { u"group"_s, "root:x:0:\n" + user + ":x:" + id + ":\ntty:x:5:\nnogroup:x:65534:\n" },
        { u"hosts"_s, "127.0.0.1 localhost foundry\n" },
        { u"nsswitch.conf"_s, "passwd: files\ngroup: files\nhosts: files dns\nservices: files\nprotocols: files\n" },
        // Nobody answers there: a look-up fails at once and does not wait.
        { u"resolv.conf"_s, "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n" },
        { u"hostname"_s, "foundry\n" },
        { u"empty"_s, "" }, // covers what must not be read
        { u"machine-id"_s, QByteArray(32, '0') + '\n' },
        // The source belongs to another user where Foundry runs as root.
        { u"gitconfig"_s,
          "[safe]\n\tdirectory = *\n[advice]\n\tdetachedHead = false\n[init]\n\tdefaultBranch = main\n" },
    };
    for (const auto &[name, content] : files) {
        if (auto written = writeFile(record.hostEtc() + u'/' + name, content); !written)
            return written;
    }
    return {};
}

QString lastLines(const QByteArray &text)
{
    return QString::fromUtf8(text.last(qMin<qsizetype>(text.size(), 3000))).trimmed();
}

// The agent's layers, and in the home a link to where each view is seen inside. The home is new: nobody's links are
// there.
Result<> makeCaches(const SandboxRecord &record)
{
    if (auto made = makeCacheLayers(record, agentCaches); !made)
        return made;
    for (size_t i = 0; i < record.caches.size(); ++i) {
        QString place = record.hostHome();
        const QStringList steps = record.caches[i].inside.split(u'/');
        for (const QString &step : steps.first(steps.size() - 1)) {
            place += u'/' + step;
            if (QFileInfo::exists(place))
                continue;
            if (auto made = makeFolder(place, 0755, record.owner); !made)
                return made;
        }
        const QByteArray link = QFile::encodeName(place + u'/' + steps.last());
        const QByteArray target = bubblewrap::cachesInside + QByteArray::number(qulonglong(i));
        if (::symlink(target.constData(), link.constData())
            || (record.owner >= 0 && ::lchown(link.constData(), uid_t(record.owner), gid_t(record.owner))))
            return prepareFailed(QFile::decodeName(link));
    }
    return {};
}

// Maven and Gradle take a proxy from their own settings only.
std::vector<HomeFile> proxySettings(const SandboxRecord &record)
{
    if (!record.network.hasProxy())
        return {};
    const QByteArray port = QByteArray::number(bubblewrap::proxyPort(record.network));
    QByteArray maven = "<settings><proxies>";
    QByteArray gradle;
    for (const QByteArray scheme : { "http", "https" }) {
        maven += "<proxy><id>" + scheme + "</id><active>true</active><protocol>" + scheme
            + "</protocol><host>127.0.0.1</host><port>" + port
            + "</port><nonProxyHosts>localhost|127.0.0.1</nonProxyHosts></proxy>";
        gradle += "systemProp." + scheme + ".proxyHost=127.0.0.1\nsystemProp." + scheme + ".proxyPort=" + port + '\n';
    }
    return { { u".m2/settings.xml"_s, maven + "</proxies></settings>\n", false },
             { u".gradle/gradle.properties"_s, gradle, false } };
}

} // namespace

Result<> makeCacheLayers(const SandboxRecord &record, const QString &layers)
{
    const QString all = record.folder + u'/' + layers;
    if (record.caches.empty()
        || QFileInfo::exists(bubblewrap::cacheFolder(record, layers, record.caches.size() - 1) + u"/view"_s))
        return {};
    QDir(all).removeRecursively(); // of a run that was killed while it made them
    if (auto made = makeFolder(all, 0755, -1); !made)
        return made;
    for (size_t i = 0; i < record.caches.size(); ++i) {
        const QString folder = bubblewrap::cacheFolder(record, layers, i);
        const std::pair<QString, qint64> parts[] = { { folder, -1 },
                                                     { folder + u"/upper"_s, record.owner },
                                                     { folder + u"/work"_s, -1 },
                                                     { folder + u"/lower"_s, -1 },
                                                     { folder + u"/view"_s, record.owner } };
        for (const auto &[path, owner] : parts) {
            if (auto made = makeFolder(path, 0755, owner); !made)
                return made;
        }
    }
    return {};
}

Result<SandboxRecord> newRecord(const SandboxRequest &request, const QString &provider)
{
    const bool sound = isPlainName(request.task.value) && QDir::isAbsolutePath(request.sandboxesFolder)
        && QDir::isAbsolutePath(request.bareRepository) && !request.branch.isEmpty() && !request.base.isEmpty();
    if (!sound)
        return fail(codes::Sandbox::prepareFailed,
                    u"task %1: folder, repository, branch and base must be known"_s.arg(request.task.value));
    SandboxRecord record;
    record.task = request.task;
    record.provider = provider;
    record.folder = QDir::cleanPath(request.sandboxesFolder) + u'/' + request.task.value;
    record.bareRepository = QDir::cleanPath(request.bareRepository);
    record.branch = request.branch;
    record.base = request.base;
    record.personName = request.personName;
    record.personEmail = request.personEmail;
    record.network = request.network;
    record.tools = request.tools;
    record.caches = request.caches;
    record.budget = request.budget;
    record.modules = request.modules;
    record.sparse = request.sparse;
    record.checkout
        = u"/workspace/"_s + (isPlainName(request.repositoryName) ? request.repositoryName : u"repository"_s);
    record.home = QString::fromLatin1(bubblewrap::homeInside);
    record.source = QString::fromLatin1(bubblewrap::sourceInside);
    return record;
}

Result<> make(const SandboxRecord &record)
{
    if (!QDir().mkpath(QFileInfo(record.folder).path()))
        return prepareFailed(QFileInfo(record.folder).path());
    struct Part {
        QString path;
        mode_t mode;
        qint64 owner;
    };
    const Part parts[] = {
        { record.folder, 0700, -1 },
        { record.hostRun(), 0700, -1 },
        { record.hostEtc(), 0755, -1 },
        { record.hostCheckout(), 0755, record.owner },
        { record.hostHome(), 0700, record.owner },
        { record.hostTmp(), 0700, record.owner },
    };
    for (const Part &part : parts) {
        if (auto made = makeFolder(part.path, part.mode, part.owner); !made)
            return made;
    }
    if (auto made = makeEtc(record); !made)
        return made;
    if (auto made = makeCaches(record); !made)
        return made;
    if (auto put = putFiles(record, proxySettings(record)); !put)
        return put;
    const QByteArray config
        = "[user]\n\tname = " + gitQuoted(record.personName) + "\n\temail = " + gitQuoted(record.personEmail) + '\n';
    return putFiles(record, { { u".gitconfig"_s, config, false } });
}

Result<> markMade(const SandboxRecord &record)
{
    auto written = writeRun(record, QString::fromLatin1(madeFile), {}, false);
    return written ? Result<> {} : std::unexpected(written.error());
}

bool isMade(const SandboxRecord &record)
{
    return QFileInfo::exists(record.hostRun() + u'/' + QString::fromLatin1(madeFile));
}

Result<> putFiles(const SandboxRecord &record, const std::vector<HomeFile> &files)
{
    for (const HomeFile &file : files) {
        if (auto written
            = writeBeneath(record.hostHome(), file.path.toUtf8(), file.content, file.replace, record.owner);
            !written)
            return written;
    }
    return {};
}

Result<QString> writeRun(const SandboxRecord &record, const QString &name, const QByteArray &content, bool executable)
{
    const QString path = record.hostRun() + u'/' + name;
    QSaveFile file(path);
    const auto mode = executable ? QFile::Permissions(0x7700) : QFile::Permissions(0x6600);
    if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size() || !file.setPermissions(mode)
        || !file.commit())
        return fail(codes::Sandbox::prepareFailed, path + u": "_s + file.errorString());
    return path;
}

Async<Result<ProcessOutput>> collect(Clock &clock, Result<std::unique_ptr<SandboxProcess>> started,
                                     SandboxCommand command)
{
    if (!started)
        co_return std::unexpected(started.error());
    SandboxProcess &process = **started;
    ProcessOutput collected;
    Promise<Result<SandboxExit>> ended;
    process.output = [&collected, ended, &command](const QByteArray &bytes) {
        collected.output += bytes;
        if (collected.output.size() > command.maxOutput) {
            collected.output.clear();
            ended.set(fail(codes::Process::tooMuchOutput,
                           u"%1: more than %2 bytes"_s.arg(command.program).arg(command.maxOutput)));
        }
    };
    process.finished = [ended](SandboxExit exit) { ended.set(std::move(exit)); };
    if (!command.input.isEmpty())
        process.write(command.input);
    process.closeInput();
    const QString late = u"%1: longer than %2 s"_s.arg(command.program).arg(double(command.timeOut.count()) / 1000.0);
    const Alarm limit = clock.after(
        command.timeOut, [ended, late] { ended.set(fail(codes::Process::timedOut, late, Retry::transient)); });
    auto exit = co_await ended;
    if (!exit) {
        process.output = {};
        auto killing = process.kill();
        auto killed = co_await killing;
        if (!killed)
            co_return std::unexpected(std::move(exit.error()).because(killed.error()));
        co_return std::unexpected(exit.error());
    }
    if (exit->failure)
        co_return std::unexpected(*exit->failure);
    if (exit->signal != 0)
        co_return fail(codes::Process::crashed,
                       u"%1: signal %2: %3"_s.arg(command.program).arg(exit->signal).arg(lastLines(exit->errorTail)));
    collected.exitCode = exit->exitCode;
    collected.error = exit->errorTail;
    co_return std::move(collected);
}

Async<Result<>> makeCheckout(Clock &clock, SandboxProvider &provider, SandboxRecord record, SandboxProgress progress)
{
    SandboxCommand command;
    command.program = u"/bin/sh"_s;
    // The base is named by a ref, so that nothing inside collects what stands on it.
    command.arguments = { u"-ec"_s,
                          u"source=$1 top=$2 branch=$3 base=$4 sparse=$5 content=$6\n"
                          "shift 6\n"
                          "repository() {\n"
                          "  git clone --shared --no-checkout \"$2\" \"$source\" \"$1\"\n"
                          "  cd \"$1\"\n"
                          // git does not share a shallow source by itself
                          "  if [ -f \"$source/shallow\" ]; then\n"
                          "    printf '%s/objects\\n' \"$source\" > .git/objects/info/alternates\n"
                          "    cp \"$source/shallow\" .git/shallow\n"
                          "  fi\n"
                          "  git update-ref refs/foundry/base \"$3\"\n"
                          // Git LFS finds content in the source, and looks nowhere else
                          "  command -v git-lfs >/dev/null || return 0\n"
                          "  git config filter.lfs.process 'git-lfs filter-process'\n"
                          "  git config filter.lfs.clean 'git-lfs clean -- %f'\n"
                          "  git config filter.lfs.smudge 'git-lfs smudge -- %f'\n"
                          "  git config filter.lfs.required true\n"
                          "  git config lfs.url \"$content\"\n"
                          "  git config lfs.skipDownloadErrors true\n"
                          "  git config lfs.locksVerify false\n"
                          "}\n"
                          "repository \"$top\" --progress \"$base\"\n"
                          "if [ -n \"$sparse\" ]; then\n"
                          "  mkdir -p .git/info\n"
                          "  cat > .git/info/sparse-checkout\n"
                          "  git config core.sparseCheckout true\n"
                          "  git config core.sparseCheckoutCone \"$sparse\"\n"
                          "fi\n"
                          "git checkout --progress --no-track -B \"$branch\" \"$base\"\n"
                          "rm -rf .git/lfs/objects\n" // the source has them
                          // what a sparse checkout leaves out has no folder
                          "while [ $# -gt 0 ]; do\n"
                          "  if [ -d \"$top/$1\" ] && [ -z \"$(ls -A \"$top/$1\")\" ]; then\n"
                          "    repository \"$top/$1\" --quiet \"$3\"\n"
                          "    git checkout --quiet --detach \"$3\"\n"
                          "    rm -rf .git/lfs/objects\n"
                          "    git -C \"$top/$4\" config \"submodule.$2.active\" true\n"
                          "  fi\n"
                          "  shift 4\n"
                          "done\n"_s,
                          u"sh"_s,
                          record.source,
                          record.checkout,
                          record.branch,
                          record.base,
                          !record.sparse.on        ? QString()
                              : record.sparse.cone ? u"true"_s
                                                   : u"false"_s,
                          QUrl::fromLocalFile(record.source).toString(QUrl::FullyEncoded) };
    command.input = record.sparse.patterns.toUtf8();
    for (const SandboxModule &module : record.modules)
        command.arguments << module.path << module.name << module.commit << module.parent;
    command.workingDirectory = record.home;
    command.timeOut = std::chrono::minutes(30);
    auto started = provider.start(record, command);
    if (started && progress) {
        (*started)->errorOutput = [progress](const QByteArray &bytes) {
            // git separates states of one line by CR
            const QByteArray line = bytes.trimmed();
            const auto last = qMax(line.lastIndexOf('\r'), line.lastIndexOf('\n'));
            progress(QString::fromUtf8(line.mid(last + 1)));
        };
    }
    auto collecting = collect(clock, std::move(started), std::move(command));
    auto output = co_await collecting;
    if (!output)
        co_return std::unexpected(
            failure(codes::Sandbox::prepareFailed, u"git clone"_s, output.error().retry).because(output.error()));
    if (output->exitCode != 0)
        co_return fail(codes::Sandbox::prepareFailed,
                       u"git clone ended with %1: %2"_s.arg(output->exitCode).arg(lastLines(output->error)));
    co_return Result<> {};
}

Async<Result<>> create(Clock &clock, SandboxProvider &provider, SandboxRecord record, SandboxProgress progress)
{
    if (isMade(record))
        co_return Result<> {};
    auto releasing = provider.release(record); // what a half-made one left
    auto released = co_await releasing;
    if (!released)
        co_return released;
    auto made = make(record);
    if (!made)
        co_return made;
    auto checking = makeCheckout(clock, provider, record, progress);
    auto checkedOut = co_await checking;
    if (!checkedOut)
        co_return checkedOut;
    co_return markMade(record);
}

} // namespace foundry::sandboxfolder
