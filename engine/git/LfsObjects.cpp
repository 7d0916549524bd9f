#include "LfsObjects.h"

#include "BranchNames.h"
#include "Publisher.h"

#include <QFileInfo>
#include <QRegularExpression>
#include <QSet>
#include <QUrl>

#include <algorithm>

namespace foundry {

namespace {

using namespace std::chrono_literals;

constexpr auto transferTime = 30min;
constexpr auto lookTime = 10min;
constexpr qsizetype maxListing = 256 * 1024 * 1024; // bytes of names and small files

GitCall in(const QString &barePath, QStringList arguments)
{
    GitCall call;
    call.gitDir = barePath;
    call.arguments = std::move(arguments);
    call.timeOut = lookTime;
    call.maxOutput = maxListing;
    return call;
}

QString fileAddress(const QString &path)
{
    return QUrl::fromLocalFile(path).toString(QUrl::FullyEncoded);
}

// `git cat-file --batch`: "<id> blob <size> LF <content> LF", or "<id> missing LF".
std::vector<LfsPointer> pointersIn(const QByteArray &batch)
{
    std::vector<LfsPointer> found;
    QSet<QString> known;
    for (qsizetype at = 0; at < batch.size();) {
        const qsizetype end = batch.indexOf('\n', at);
        if (end < 0)
            break;
        const QList<QByteArray> words = batch.mid(at, end - at).split(' ');
        at = end + 1;
        if (words.size() < 3)
            continue;
        const qsizetype size = words.at(2).toLongLong();
        const auto pointer = LfsObjects::parse(batch.mid(at, size));
        at += size + 1;
        if (pointer && !known.contains(pointer->oid)) {
            known.insert(pointer->oid);
            found.push_back(*pointer);
        }
    }
    return found;
}

bool isUsable(const QString &address)
{
    const QString transport = transportOf(address);
    return transport == u"https"_s || transport == u"http"_s || transport == u"ssh"_s || transport == u"file"_s;
}

} // namespace

LfsObjects::LfsObjects(GitRunner &git)
    : m_git(git)
{
}

std::optional<LfsPointer> LfsObjects::parse(const QByteArray &text)
{
    if (text.size() > maxPointer || !text.startsWith("version https://git-lfs.github.com/spec/v1\n"))
        return std::nullopt;
    static const QRegularExpression words(u"\\noid sha256:([0-9a-f]{64})\\nsize ([0-9]{1,18})\\n?$"_s);
    const auto match = words.match(QString::fromUtf8(text));
    if (!match.hasMatch())
        return std::nullopt;
    return LfsPointer { match.captured(1), match.captured(2).toLongLong() };
}

QString LfsObjects::pathOf(const QString &barePath, const QString &oid)
{
    return u"%1/lfs/objects/%2/%3/%4"_s.arg(barePath, oid.left(2), oid.mid(2, 2), oid);
}

std::vector<LfsPointer> LfsObjects::missingOf(const QString &barePath, const std::vector<LfsPointer> &pointers)
{
    std::vector<LfsPointer> missing;
    for (const LfsPointer &one : pointers) {
        if (const QFileInfo file(pathOf(barePath, one.oid));
            one.size > 0 && (!file.isFile() || file.size() != one.size))
            missing.push_back(one);
    }
    return missing;
}

bool LfsObjects::isInstalled() const
{
    // Sandboxes have the system's programs only.
    return !ProcessRunner::find(u"git-lfs"_s, m_git.hostEnvironment().value(u"PATH"_s)).isEmpty()
        && !ProcessRunner::find(u"git-lfs"_s, u"/usr/local/bin:/usr/bin:/bin"_s).isEmpty();
}

Async<Result<bool>> LfsObjects::uses(QString barePath, QString commit)
{
    if (!isRevision(commit))
        co_return fail(codes::Git::noCommits, commit.left(200));
    GitCall call = in(barePath,
                      { u"grep"_s, u"--quiet"_s, u"--fixed-strings"_s, u"-e"_s, u"filter=lfs"_s, commit, u"--"_s,
                        u":(glob)**/.gitattributes"_s });
    call.environment = { { u"GIT_LITERAL_PATHSPECS"_s, u"0"_s } };
    call.goodExits = { 0, 1 };
    auto running = m_git.run(std::move(call));
    auto output = co_await running;
    if (!output)
        co_return std::unexpected(std::move(output.error()));
    co_return output->exitCode == 0;
}

Async<Result<std::vector<LfsPointer>>> LfsObjects::pointers(QString barePath, QStringList revisions)
{
    const auto sound = [](const QString &one) {
        QString name = one.startsWith(u'^') ? one.mid(1) : one;
        name.remove(u"^{tree}"_s);
        return isCommitId(name);
    };
    if (!std::ranges::all_of(revisions, sound))
        co_return fail(codes::Git::noCommits, revisions.join(u' ').left(200));
    GitCall listing = in(barePath,
                         { u"rev-list"_s, u"--objects"_s, u"--no-object-names"_s,
                           u"--filter=blob:limit=%1"_s.arg(maxPointer + 1), u"--stdin"_s });
    listing.input = revisions.join(u'\n').toUtf8() + '\n';
    auto listed = m_git.run(std::move(listing));
    auto ids = co_await listed;
    if (!ids)
        co_return std::unexpected(std::move(ids.error()));
    GitCall sizing = in(barePath, { u"cat-file"_s, u"--batch-check=%(objecttype) %(objectsize) %(objectname)"_s });
    sizing.input = ids->output;
    auto sized = m_git.run(std::move(sizing));
    auto sizes = co_await sized;
    if (!sizes)
        co_return std::unexpected(std::move(sizes.error()));
    GitCall reading = in(barePath, { u"cat-file"_s, u"--batch"_s });
    for (const QByteArray &line : sizes->output.split('\n')) {
        const QList<QByteArray> words = line.split(' ');
        if (words.size() == 3 && words.at(0) == "blob" && words.at(1).toLongLong() >= 100)
            reading.input += words.at(2) + '\n';
    }
    if (reading.input.isEmpty())
        co_return std::vector<LfsPointer>();
    auto read = m_git.run(std::move(reading));
    auto contents = co_await read;
    if (!contents)
        co_return std::unexpected(std::move(contents.error()));
    auto found = pointersIn(contents->output);
    if (std::ssize(found) > maxPointers)
        co_return fail(codes::Git::tooLarge,
                       u"%1 files in Git LFS, the limit is %2"_s.arg(found.size()).arg(maxPointers));
    co_return found;
}

// What the repository itself says in .lfsconfig about where its content is, as `commit` has it.
Async<Result<QString>> LfsObjects::configured(QString barePath, QString commit)
{
    GitCall reading = in(barePath, { u"cat-file"_s, u"blob"_s, commit + u":.lfsconfig"_s });
    reading.goodExits = { 0, 128 };
    reading.cutOutput = 64 * 1024;
    auto read = m_git.run(std::move(reading));
    auto text = co_await read;
    if (!text || text->exitCode != 0)
        co_return QString();
    GitCall asking = in(barePath, { u"config"_s, u"--file"_s, u"-"_s, u"--get"_s, u"lfs.url"_s });
    asking.input = text->output;
    asking.goodExits = { 0, 1, 128 };
    auto asked = m_git.line(std::move(asking));
    auto address = co_await asked;
    co_return address &&isUsable(*address) ? *address : QString();
}

// `from`: the address of Git LFS itself; empty: git-lfs makes it from the remote's.
Async<Result<>> LfsObjects::runLfs(GitCall call, QString from, GitProgress progress)
{
    if (!isInstalled())
        co_return fail(codes::Repository::unsupported, u"Git LFS, because git-lfs is not installed"_s);
    call.settings.push_back({ u"lfs.locksverify"_s, u"false"_s });
    call.settings.push_back({ u"lfs.fetchexclude"_s, QString() });
    if (!from.isEmpty())
        call.settings.push_back({ u"lfs.url"_s, from });
    call.environment.insert(u"GIT_LFS_FORCE_PROGRESS"_s, u"1"_s);
    call.outputIsProgress = true;
    call.progress = std::move(progress);
    call.timeOut = transferTime;
    auto running = m_git.run(std::move(call));
    auto done = co_await running;
    if (!done)
        co_return std::unexpected(std::move(done.error()));
    co_return Result<>();
}

Async<Result<>> LfsObjects::fetch(QString barePath, QString clonePath, QString commit, PersonSettings settings,
                                  GitProgress progress)
{
    if (!isInstalled())
        co_return fail(codes::Repository::unsupported, u"Git LFS, because git-lfs is not installed"_s);
    auto looking = pointers(barePath, { commit + u"^{tree}"_s });
    auto wanted = co_await looking;
    if (!wanted)
        co_return std::unexpected(std::move(wanted.error()));
    auto missing = missingOf(barePath, *wanted);
    qint64 together = 0;
    for (const LfsPointer &one : missing)
        together += one.size;
    if (together > maxTogether)
        co_return fail(codes::Git::tooLarge, u"%1 bytes in Git LFS, the limit is %2"_s.arg(together).arg(maxTogether));
    if (missing.empty())
        co_return Result<>();

    GitCall near = in(barePath, { u"lfs"_s, u"fetch"_s, u"foundry"_s, commit });
    near.settings = { { u"remote.foundry.url"_s, fileAddress(clonePath) } };
    near.protocols = { u"file"_s };
    auto fetching = runLfs(std::move(near), fileAddress(clonePath), progress);
    auto fetched = co_await fetching;
    missing = missingOf(barePath, missing);
    if (missing.empty())
        co_return Result<>();
    if (settings.remote.isEmpty() || !isUsable(settings.fetchUrl))
        co_return fetched ? fail(codes::Git::noRemote, u"%1 files are not in the clone"_s.arg(missing.size()))
                          : fetched;

    auto asking = configured(barePath, commit);
    auto said = co_await asking;
    GitCall far = in(barePath, { u"lfs"_s, u"fetch"_s, u"foundry"_s, commit });
    far.settings = settings.transport;
    far.settings.push_back({ u"remote.foundry.url"_s, settings.fetchUrl });
    far.protocols = { transportOf(settings.fetchUrl) };
    far.asPerson = true;
    auto getting = runLfs(std::move(far), settings.lfsUrl.isEmpty() ? *said : settings.lfsUrl, progress);
    auto got = co_await getting;
    missing = missingOf(barePath, missing);
    if (got && !missing.empty())
        co_return fail(codes::Git::failed, u"%1 files of Git LFS could not be had"_s.arg(missing.size()));
    co_return got;
}

Async<Result<>> LfsObjects::push(QString barePath, std::vector<LfsPointer> pointers, QString base,
                                 PersonSettings settings, GitProgress progress)
{
    QStringList ids;
    const auto missing = missingOf(barePath, pointers);
    for (const LfsPointer &one : pointers) {
        if (one.size > 0 && std::ranges::find(missing, one) == missing.end())
            ids << one.oid;
    }
    if (ids.isEmpty())
        co_return Result<>();
    if (settings.remote.isEmpty() || !isUsable(settings.pushUrl))
        co_return fail(codes::Git::noRemote);
    QString address = settings.lfsPushUrl.isEmpty() ? settings.lfsUrl : settings.lfsPushUrl;
    if (address.isEmpty()) {
        auto asking = configured(barePath, base);
        address = (co_await asking).value_or(QString());
    }
    for (qsizetype at = 0; at < ids.size(); at += portion) {
        GitCall call
            = in(barePath, QStringList { u"lfs"_s, u"push"_s, u"--object-id"_s, u"foundry"_s } + ids.mid(at, portion));
        call.settings = settings.transport;
        call.settings.push_back({ u"remote.foundry.url"_s, settings.pushUrl });
        call.protocols = { transportOf(settings.pushUrl) };
        call.asPerson = true;
        auto pushing = runLfs(std::move(call), address, progress);
        if (auto pushed = co_await pushing; !pushed)
            co_return pushed;
    }
    co_return Result<>();
}

Async<Result<>> LfsObjects::bringIntoClone(QString clonePath, QString barePath, QStringList commits, bool acceptedOwner)
{
    if (commits.isEmpty())
        co_return Result<>();
    GitCall call;
    call.folder = clonePath;
    call.arguments = QStringList { u"lfs"_s, u"fetch"_s, u"foundry"_s } + commits;
    if (acceptedOwner)
        call.settings.push_back({ u"safe.directory"_s, u"*"_s });
    call.settings.push_back({ u"remote.foundry.url"_s, fileAddress(barePath) });
    call.protocols = { u"file"_s };
    auto fetching = runLfs(std::move(call), fileAddress(barePath), {});
    auto fetched = co_await fetching;
    co_return fetched;
}

} // namespace foundry
