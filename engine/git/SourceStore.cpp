#include "SourceStore.h"

#include "BranchNames.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QDir>
#include <QDirIterator>
#include <QFileInfo>

#include <algorithm>

namespace foundry {

namespace {

using namespace std::chrono_literals;

constexpr auto fetchTime = 60min; // many gigabytes from a slow disk; Stop ends it at any time
constexpr auto gcTime = 60min;
constexpr qsizetype maxCommitMessage = 1024 * 1024; // bytes

GitCall in(const QString &barePath, QStringList arguments)
{
    GitCall call;
    call.gitDir = barePath;
    call.arguments = std::move(arguments);
    return call;
}

std::unexpected<Failure> notHere(const QString &revision)
{
    return fail(codes::Git::noCommits, u"no such commit: %1"_s.arg(revision.left(200)));
}

// The same for all fetches: nothing but the named refs, nothing started behind our back.
QStringList fetchArguments(bool progress)
{
    return { u"fetch"_s,
             u"--no-tags"_s,
             u"--no-write-fetch-head"_s,
             u"--no-auto-maintenance"_s,
             u"--no-recurse-submodules"_s,
             u"--refmap="_s,
             progress ? u"--progress"_s : u"--no-progress"_s };
}

// The kernel ends git at its file limit without a word; what stays behind is exactly that long, and goes.
bool removeUnfinishedPacks(const QString &barePath, qint64 size)
{
    bool found = false;
    const QDir packs(barePath + u"/objects/pack"_s);
    for (const QFileInfo &file : packs.entryInfoList({ u"tmp_*"_s }, QDir::Files)) {
        if (file.size() == size)
            found = QFile::remove(file.filePath()) || found;
    }
    return found;
}

QByteArray withLineBreak(const QString &message)
{
    QByteArray bytes = message.toUtf8();
    bytes.replace('\0', "");
    if (!bytes.endsWith('\n'))
        bytes += '\n';
    return bytes;
}

} // namespace

SourceStore::SourceStore(GitRunner &git)
    : m_git(git)
{
}

Async<Result<>> SourceStore::ensure(QString barePath, QString objectFormat)
{
    if (!QDir().mkpath(barePath))
        co_return fail(codes::Storage::unavailable, barePath);
    QFile::setPermissions(barePath, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    // Also completes one that a crash left half made.
    GitCall call;
    call.arguments = { u"init"_s,
                       u"--quiet"_s,
                       u"--bare"_s,
                       u"--template="_s,
                       u"--initial-branch=main"_s,
                       u"--object-format=%1"_s.arg(objectFormat),
                       barePath };
    auto running = m_git.run(std::move(call));
    auto done = co_await running;
    if (!done)
        co_return std::unexpected(std::move(done.error()));
    co_return Result<>();
}

Async<Result<QString>> SourceStore::fetchBase(QString barePath, QString clonePath, QString from, QString intoRef,
                                              bool acceptedOwner, GitProgress progress)
{
    const bool exact = isCommitId(from) || from == u"HEAD"_s || from.startsWith(u"refs/"_s);
    const QString source = exact ? from : u"refs/heads/"_s + from;
    if (!isRevision(source) || !isValidRef(intoRef))
        co_return notHere(from);
    if (!QFileInfo(clonePath).isDir() || !clonePath.startsWith(u'/'))
        co_return fail(codes::Repository::moved, clonePath);
    const QStringList accepted = acceptedOwner ? QStringList { u"*"_s } : QStringList();
    GitCall call = in(barePath, fetchArguments(bool(progress)));
    call.arguments << u"--update-shallow"_s << u"--upload-pack=%1"_s.arg(m_git.localService(u"upload-pack"_s, accepted))
                   << u"--"_s << clonePath << u"+%1:%2"_s.arg(source, intoRef);
    call.protocols = { u"file"_s };
    call.timeOut = fetchTime;
    call.progress = std::move(progress);
    auto fetching = m_git.run(std::move(call));
    auto fetched = co_await fetching;
    if (!fetched) {
        auto explaining = explainFetch(clonePath, acceptedOwner, std::move(fetched.error()));
        auto why = co_await explaining;
        co_return std::unexpected(std::move(why).in(clonePath));
    }
    auto resolving = resolve(barePath, intoRef);
    auto commit = co_await resolving;
    if (commit && commit->isEmpty())
        co_return notHere(from);
    co_return commit;
}

// git says "missing blob" of a clone that was made with --filter; what is wrong is the clone's kind.
Async<Failure> SourceStore::explainFetch(QString clonePath, bool acceptedOwner, Failure why)
{
    GitCall call;
    call.folder = clonePath;
    if (acceptedOwner)
        call.settings.push_back({ u"safe.directory"_s, u"*"_s });
    call.arguments = { u"config"_s, u"--get-regexp"_s, u"^(extensions\\.partialclone|remote\\..*\\.promisor)$"_s };
    auto asking = m_git.run(std::move(call));
    auto partial = co_await asking;
    if (partial && why.is(codes::Git::corrupt))
        co_return failure(codes::Repository::unsupported, u"a partial clone"_s).because(std::move(why));
    co_return why;
}

Async<Result<QStringList>> SourceStore::fetchHome(QString barePath, QString uploadPack, std::vector<RefPair> refs,
                                                  GitProgress progress)
{
    // Through refs of our own first: nothing is visible at its destination before all of it was looked at.
    QCryptographicHash name(QCryptographicHash::Sha256);
    for (const RefPair &pair : refs) {
        if (!isValidRef(pair.source) || !isValidRef(pair.destination) || pair.destination == u"HEAD"_s)
            co_return notHere(pair.source);
        name.addData(pair.destination.toUtf8() + '\n');
    }
    const QString stage = u"refs/foundry/incoming/%1/"_s.arg(QString::fromLatin1(name.result().toHex().left(24)));
    GitCall call = in(barePath, fetchArguments(bool(progress)));
    call.arguments << u"--atomic"_s << u"--upload-pack=%1"_s.arg(shellQuoted(uploadPack)) << u"--"_s
                   << u"file:///sandbox"_s;
    std::vector<RefPair> staged;
    for (const RefPair &pair : refs) {
        staged.push_back({ stage + QString::number(staged.size()), pair.destination });
        call.arguments << u"+%1:%2"_s.arg(pair.source, staged.back().source);
    }
    // unpackLimit: always one pack in one file, so that the file limit is the transfer's limit.
    call.settings = { { u"transfer.fsckObjects"_s, u"true"_s },    { u"fetch.fsckObjects"_s, u"true"_s },
                      { u"fetch.unpackLimit"_s, u"1"_s },          { u"core.bigFileThreshold"_s, u"32m"_s },
                      { u"core.packedGitLimit"_s, u"512m"_s },     { u"core.packedGitWindowSize"_s, u"32m"_s },
                      { u"core.deltaBaseCacheLimit"_s, u"96m"_s }, { u"pack.threads"_s, u"1"_s },
                      { u"pack.windowMemory"_s, u"256m"_s } };
    call.protocols = { u"file"_s };
    call.timeOut = homeLimits.time;
    call.maxFile = homeLimits.packBytes;
    call.maxMemory = homeLimits.memoryBytes;
    call.progress = std::move(progress);
    auto fetching = m_git.run(std::move(call));
    auto fetched = co_await fetching;
    if (!fetched) {
        if (removeUnfinishedPacks(barePath, homeLimits.packBytes / 512 * 512))
            co_return std::unexpected(failure(codes::Git::tooLarge, u"more than %1 bytes"_s.arg(homeLimits.packBytes))
                                          .because(std::move(fetched.error())));
        co_return std::unexpected(std::move(fetched.error()));
    }
    auto accepting = acceptHome(barePath, std::move(staged));
    auto accepted = co_await accepting;
    auto clearing = deleteRefs(barePath, stage);
    auto cleared = co_await clearing;
    if (accepted && !cleared)
        co_return std::unexpected(std::move(cleared.error()));
    co_return accepted;
}

// `staged`: our own refs → destinations. All destinations move in one transaction, or none.
Async<Result<QStringList>> SourceStore::acceptHome(QString barePath, std::vector<RefPair> staged)
{
    QStringList commits;
    QByteArray moves;
    for (const RefPair &pair : staged) {
        // A tag, tree or blob where a commit should be is none of ours.
        auto asking = m_git.line(in(barePath, { u"cat-file"_s, u"-t"_s, pair.source }));
        auto type = co_await asking;
        // git leaves out what only a cut of the history would explain, and calls that a success.
        if (!type)
            co_return std::unexpected(
                failure(codes::Git::corrupt, u"the history is cut"_s).because(std::move(type.error())));
        if (*type != u"commit"_s)
            co_return fail(codes::Git::corrupt, u"a %1 where a commit is expected"_s.arg(*type));
        auto resolving = resolve(barePath, pair.source);
        auto commit = co_await resolving;
        if (!commit)
            co_return std::unexpected(std::move(commit.error()));
        commits << *commit;
        moves += "update " + pair.destination.toUtf8() + '\0' + commit->toLatin1() + '\0' + '\0';
    }
    GitCall call = in(barePath, { u"update-ref"_s, u"--no-deref"_s, u"-z"_s, u"--stdin"_s });
    call.input = moves;
    auto moving = m_git.run(std::move(call));
    auto moved = co_await moving;
    if (!moved)
        co_return std::unexpected(std::move(moved.error()));
    co_return commits;
}

Async<Result<>> SourceStore::updateRef(QString barePath, QString ref, QString commit)
{
    if (!isValidRef(ref))
        co_return fail(codes::Git::invalidBranch, ref.left(200));
    auto resolving = resolve(barePath, commit);
    auto id = co_await resolving;
    if (!id)
        co_return std::unexpected(std::move(id.error()));
    if (id->isEmpty())
        co_return notHere(commit);
    auto updating = m_git.run(in(barePath, { u"update-ref"_s, u"--no-deref"_s, ref, *id }));
    auto updated = co_await updating;
    if (!updated)
        co_return std::unexpected(std::move(updated.error()));
    co_return Result<>();
}

Async<Result<>> SourceStore::deleteRef(QString barePath, QString ref)
{
    if (!isValidRef(ref))
        co_return fail(codes::Git::invalidBranch, ref.left(200));
    auto deleting = m_git.run(in(barePath, { u"update-ref"_s, u"--no-deref"_s, u"-d"_s, ref }));
    auto deleted = co_await deleting;
    if (!deleted)
        co_return std::unexpected(std::move(deleted.error()));
    co_return Result<>();
}

Async<Result<QStringList>> SourceStore::refs(QString barePath, QString prefix)
{
    const QString bare = prefix.endsWith(u'/') ? prefix.chopped(1) : prefix;
    if (!isValidRef(bare) && bare != u"refs"_s)
        co_return fail(codes::Git::invalidBranch, prefix.left(200));
    auto listing = m_git.line(in(barePath, { u"for-each-ref"_s, u"--format=%(refname)"_s, prefix }));
    auto listed = co_await listing;
    if (!listed)
        co_return std::unexpected(std::move(listed.error()));
    co_return listed->split(u'\n', Qt::SkipEmptyParts);
}

Async<Result<int>> SourceStore::deleteRefs(QString barePath, QString prefix)
{
    auto listing = refs(barePath, prefix);
    auto listed = co_await listing;
    if (!listed)
        co_return std::unexpected(std::move(listed.error()));
    if (listed->isEmpty())
        co_return 0;
    GitCall call = in(barePath, { u"update-ref"_s, u"--no-deref"_s, u"-z"_s, u"--stdin"_s });
    for (const QString &ref : std::as_const(*listed))
        call.input += "delete " + ref.toUtf8() + '\0' + '\0';
    auto deleting = m_git.run(std::move(call));
    auto deleted = co_await deleting;
    if (!deleted)
        co_return std::unexpected(std::move(deleted.error()));
    co_return int(listed->size());
}

Async<Result<QString>> SourceStore::resolve(QString barePath, QString revision)
{
    if (!isRevision(revision))
        co_return QString();
    GitCall call = in(barePath, { u"rev-parse"_s, u"--quiet"_s, u"--verify"_s, revision + u"^{commit}"_s });
    call.goodExits = { 0, 1 };
    auto running = m_git.line(std::move(call));
    auto id = co_await running;
    if (!id && id.error().is(codes::Git::noCommits)) // an id of which there is no object
        co_return QString();
    co_return id;
}

Async<Result<QString>> SourceStore::treeOf(QString barePath, QString commit)
{
    if (!isRevision(commit))
        co_return notHere(commit);
    auto running = m_git.line(in(barePath, { u"rev-parse"_s, u"--verify"_s, commit + u"^{tree}"_s }));
    auto id = co_await running;
    co_return id;
}

Async<Result<bool>> SourceStore::isAncestor(QString barePath, QString ancestor, QString commit)
{
    if (!isRevision(ancestor) || !isRevision(commit))
        co_return notHere(isRevision(ancestor) ? commit : ancestor);
    GitCall call = in(barePath, { u"merge-base"_s, u"--is-ancestor"_s, ancestor, commit });
    call.goodExits = { 0, 1 };
    auto running = m_git.run(std::move(call));
    auto done = co_await running;
    if (!done)
        co_return std::unexpected(std::move(done.error()));
    co_return done->exitCode == 0;
}

Async<Result<int>> SourceStore::countCommits(QString barePath, QString base, QString head)
{
    if (!isRevision(base) || !isRevision(head))
        co_return notHere(isRevision(base) ? head : base);
    auto running = m_git.line(in(barePath, { u"rev-list"_s, u"--count"_s, head, u"^"_s + base }));
    auto count = co_await running;
    if (!count)
        co_return std::unexpected(std::move(count.error()));
    co_return count->toInt();
}

Async<Result<QStringList>> SourceStore::commitsSince(QString barePath, QString base, QString head, int max)
{
    if (!isRevision(base) || !isRevision(head))
        co_return notHere(isRevision(base) ? head : base);
    auto running = m_git.line(in(barePath, { u"rev-list"_s, u"--max-count=%1"_s.arg(max), head, u"^"_s + base }));
    auto list = co_await running;
    if (!list)
        co_return std::unexpected(std::move(list.error()));
    co_return list->split(u'\n', Qt::SkipEmptyParts);
}

Async<Result<QString>> SourceStore::commitTree(QString barePath, CommitSpec spec)
{
    if (spec.author.isMissing() || spec.committer.isMissing())
        co_return fail(codes::Git::identityMissing, u"user.name and user.email"_s);
    if (!isCommitId(spec.tree) || !std::ranges::all_of(spec.parents, isCommitId))
        co_return notHere(spec.tree);
    GitCall call = in(barePath, { u"commit-tree"_s, spec.tree });
    for (const QString &parent : std::as_const(spec.parents))
        call.arguments << u"-p"_s << parent;
    if (spec.sign) {
        call.arguments << u"-S"_s;
        call.settings = std::move(spec.signing);
        call.asPerson = true; // the agent that holds the key
    } else {
        call.arguments << u"--no-gpg-sign"_s;
    }
    call.arguments << u"-F"_s << u"-"_s;
    call.input = withLineBreak(spec.message);
    if (call.input.size() > maxCommitMessage)
        co_return fail(codes::Git::tooLarge,
                       u"a message of %1 bytes, the limit is %2"_s.arg(call.input.size()).arg(maxCommitMessage));
    const QString date = u"@%1 +0000"_s.arg(spec.at / 1000);
    call.environment = { { u"GIT_AUTHOR_NAME"_s, spec.author.name },
                         { u"GIT_AUTHOR_EMAIL"_s, spec.author.email },
                         { u"GIT_AUTHOR_DATE"_s, date },
                         { u"GIT_COMMITTER_NAME"_s, spec.committer.name },
                         { u"GIT_COMMITTER_EMAIL"_s, spec.committer.email },
                         { u"GIT_COMMITTER_DATE"_s, date } };
    auto running = m_git.line(std::move(call));
    auto commit = co_await running;
    // What a signing program says of its troubles has no fixed words.
    if (!commit && spec.sign && commit.error().is(codes::Git::failed))
        co_return fail(codes::Git::signing, commit.error().detail);
    co_return commit;
}

Async<Result<int>> SourceStore::removeLeftovers(QString barePath, Millis before)
{
    int removed = 0;
    const auto sweep = [&](const QString &folder, const QStringList &names, QDirIterator::IteratorFlags how) {
        QDirIterator files(barePath + folder, names, QDir::Files | QDir::Hidden | QDir::System, how);
        while (files.hasNext()) {
            files.next();
            if (files.fileInfo().lastModified().toMSecsSinceEpoch() < before)
                removed += QFile::remove(files.filePath());
        }
    };
    sweep(u"/objects"_s, { u"tmp_*"_s, u".tmp-*"_s, u"*.lock"_s }, QDirIterator::Subdirectories);
    // A fetch keeps its pack by a file until its refs are there; what no index names is read by nobody.
    sweep(u"/objects/pack"_s, { u"*.keep"_s }, QDirIterator::NoIteratorFlags);
    for (const QFileInfo &pack : QDir(barePath + u"/objects/pack"_s).entryInfoList({ u"pack-*.pack"_s }, QDir::Files)) {
        const QString stem = pack.path() + u'/' + pack.completeBaseName();
        if (!QFileInfo::exists(stem + u".idx"_s) && pack.lastModified().toMSecsSinceEpoch() < before)
            removed += QFile::remove(pack.filePath()) + QFile::remove(stem + u".rev"_s);
    }
    sweep(u"/refs"_s, { u"*.lock"_s }, QDirIterator::Subdirectories);
    sweep({}, { u"*.lock"_s }, QDirIterator::NoIteratorFlags);
    for (const QString &name : QDir(barePath).entryList({ u"foundry-index-*"_s }, QDir::Dirs | QDir::NoDotAndDotDot)) {
        QDir place(barePath + u'/' + name);
        if (QFileInfo(place.path()).lastModified().toMSecsSinceEpoch() < before)
            removed += place.removeRecursively();
    }
    co_return removed;
}

Async<Result<qint64>> SourceStore::diskUse(QString barePath)
{
    auto running = m_git.line(in(barePath, { u"count-objects"_s, u"-v"_s }));
    auto said = co_await running;
    if (!said)
        co_return std::unexpected(std::move(said.error()));
    qint64 bytes = 0;
    for (const QString &line : said->split(u'\n')) {
        if (line.startsWith(u"size: "_s) || line.startsWith(u"size-pack: "_s) || line.startsWith(u"size-garbage: "_s))
            bytes += line.mid(line.indexOf(u' ') + 1).toLongLong() * 1024;
    }
    co_return bytes;
}

Async<Result<>> SourceStore::collectGarbage(QString barePath)
{
    GitCall call = in(barePath, { u"gc"_s, u"--quiet"_s, u"--prune=2.weeks.ago"_s });
    call.timeOut = gcTime;
    auto running = m_git.run(std::move(call));
    auto done = co_await running;
    if (!done)
        co_return std::unexpected(std::move(done.error()));
    co_return Result<>();
}

} // namespace foundry
