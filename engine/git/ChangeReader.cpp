#include "ChangeReader.h"

#include "BranchNames.h"
#include "DiffParser.h"

#include <algorithm>

namespace foundry {

namespace {

using namespace std::chrono_literals;

constexpr auto diffTime = 2min;
constexpr qsizetype maxListing = 256 * 1024 * 1024; // bytes

// Trees are compared, so a submodule is its commit's id and nothing is entered; leaving those out would hide
// a change that is pushed.
GitCall diffCall(const QString &barePath, const QString &base, const QString &commit, const QStringList &format)
{
    GitCall call;
    call.gitDir = barePath;
    call.arguments = QStringList { u"diff-tree"_s,
                                   u"-r"_s,
                                   u"-M"_s,
                                   u"-l1000"_s,
                                   u"--no-ext-diff"_s,
                                   u"--no-textconv"_s,
                                   u"--submodule=short"_s,
                                   u"--ignore-submodules=none"_s,
                                   u"--no-color"_s,
                                   u"--no-relative"_s,
                                   u"--diff-algorithm=histogram"_s }
        + format + QStringList { u"--end-of-options"_s, base + u"^{commit}"_s, commit + u"^{commit}"_s };
    call.settings = { { u"core.bigFileThreshold"_s, QString::number(ChangeReader::maxText) },
                      { u"core.quotePath"_s, u"false"_s } };
    call.timeOut = diffTime;
    return call;
}

} // namespace

ChangeReader::ChangeReader(GitRunner &git)
    : m_git(git)
{
}

Async<Result<QByteArray>> ChangeReader::listing(QString barePath, QString base, QString commit)
{
    if (!isRevision(base) || !isRevision(commit))
        co_return fail(codes::Git::noCommits, (isRevision(base) ? commit : base).left(200));
    GitCall call = diffCall(barePath, base, commit, { u"-z"_s, u"--raw"_s, u"--numstat"_s });
    call.maxOutput = maxListing;
    auto running = m_git.run(std::move(call));
    auto output = co_await running;
    if (!output)
        co_return std::unexpected(std::move(output.error()));
    co_return std::move(output->output);
}

Async<bool> ChangeReader::hasBoth(QString barePath, QString one, QString other)
{
    if (!isCommitId(one) || !isCommitId(other))
        co_return false;
    GitCall call;
    call.gitDir = barePath;
    call.arguments = { u"cat-file"_s, u"--batch-check=%(objecttype)"_s };
    call.input = one.toLatin1() + '\n' + other.toLatin1() + '\n';
    auto running = m_git.line(std::move(call));
    auto said = co_await running;
    co_return said && *said == u"commit\ncommit"_s;
}

Async<Result<std::vector<ChangedFile>>> ChangeReader::changedFiles(QString barePath, QString base, QString commit)
{
    auto reading = filesAt(barePath, base, commit, 0);
    auto files = co_await reading;
    co_return files;
}

Async<Result<std::vector<ChangedFile>>> ChangeReader::filesAt(QString barePath, QString base, QString commit, int depth)
{
    auto asking = listing(barePath, base, commit);
    auto output = co_await asking;
    if (!output)
        co_return std::unexpected(std::move(output.error()));
    auto files = parseChangedFiles(*output);
    if (depth >= maxDepth)
        co_return files;
    for (const ChangedLink &link : parseChangedLinks(*output)) {
        auto looking = hasBoth(barePath, link.oldCommit, link.newCommit);
        const bool there = co_await looking;
        const auto place = std::ranges::find(files, link.path, &ChangedFile::path);
        if (!there || place == files.end())
            continue;
        const auto after = place - files.begin() + 1;
        auto descending = filesAt(barePath, link.oldCommit, link.newCommit, depth + 1);
        auto inside = co_await descending;
        if (!inside)
            co_return inside;
        for (ChangedFile &file : *inside) {
            file.path.prepend(link.path + u'/');
            if (!file.oldPath.isEmpty())
                file.oldPath.prepend(link.path + u'/');
        }
        files.insert(files.begin() + after, inside->begin(), inside->end());
    }
    if (files.size() > size_t(limits::changedFiles))
        files.resize(size_t(limits::changedFiles));
    co_return files;
}

ChangeTotals ChangeReader::totals(const std::vector<ChangedFile> &files)
{
    ChangeTotals totals;
    for (const ChangedFile &file : files) {
        ++totals.files;
        totals.added += file.added;
        totals.removed += file.removed;
    }
    return totals;
}

Async<Result<FileDiff>> ChangeReader::fileDiff(QString barePath, QString base, QString commit, QString path)
{
    auto reading = diffAt(barePath, base, commit, path, 0);
    auto diff = co_await reading;
    co_return diff;
}

Async<Result<FileDiff>> ChangeReader::diffAt(QString barePath, QString base, QString commit, QString path, int depth)
{
    auto asking = listing(barePath, base, commit);
    auto raw = co_await asking;
    if (!raw)
        co_return std::unexpected(std::move(raw.error()));
    const auto files = parseChangedFiles(*raw);
    const auto found = std::ranges::find(files, path, &ChangedFile::path);
    for (const ChangedLink &link : parseChangedLinks(*raw)) {
        const QString prefix = link.path + u'/';
        if (found != files.end() || depth >= maxDepth || !path.startsWith(prefix))
            continue;
        auto looking = hasBoth(barePath, link.oldCommit, link.newCommit);
        if (const bool there = co_await looking; !there)
            break;
        auto descending = diffAt(barePath, link.oldCommit, link.newCommit, path.mid(prefix.size()), depth + 1);
        auto inside = co_await descending;
        if (inside) {
            inside->file.path.prepend(prefix);
            if (!inside->file.oldPath.isEmpty())
                inside->file.oldPath.prepend(prefix);
        }
        co_return inside;
    }
    if (found == files.end()) {
        FileDiff none;
        none.file.path = path;
        co_return none;
    }
    GitCall call = diffCall(barePath, base, commit, { u"--patch"_s, u"--unified=3"_s });
    call.arguments << u"--"_s << found->path;
    if (!found->oldPath.isEmpty())
        call.arguments << found->oldPath; // else a rename reads as a new file
    call.cutOutput = maxPatch;
    auto running = m_git.run(std::move(call));
    auto output = co_await running;
    if (!output)
        co_return std::unexpected(std::move(output.error()));
    FileDiff diff = parsePatch(*found, output->output);
    diff.cut = diff.cut || output->output.size() >= maxPatch;
    co_return diff;
}

Async<Result<QByteArray>> ChangeReader::readBlob(QString barePath, QString commit, QString path, qint64 limit)
{
    if (!isRevision(commit))
        co_return fail(codes::Git::noCommits, commit.left(200));
    GitCall look;
    look.gitDir = barePath;
    look.arguments = { u"ls-tree"_s, u"-z"_s, u"--long"_s, u"--full-tree"_s, commit + u"^{commit}"_s, u"--"_s, path };
    auto looking = m_git.run(std::move(look));
    auto entry = co_await looking;
    if (!entry)
        co_return std::unexpected(std::move(entry.error()));
    // "100644 blob <id>     123" TAB path NUL
    const QList<QByteArray> words = entry->output.left(entry->output.indexOf('\t')).simplified().split(' ');
    if (words.size() != 4 || words.at(1) != "blob")
        co_return fail(codes::Git::failed, u"no file: %1"_s.arg(path));
    if (words.at(3).toLongLong() > limit)
        co_return fail(codes::Git::tooLarge,
                       u"%1: %2 bytes, the limit is %3"_s.arg(path, QString::fromLatin1(words.at(3))).arg(limit));
    GitCall call;
    call.gitDir = barePath;
    call.arguments = { u"cat-file"_s, u"blob"_s, QString::fromLatin1(words.at(2)) };
    call.maxOutput = limit + 1;
    auto running = m_git.run(std::move(call));
    auto output = co_await running;
    if (!output)
        co_return std::unexpected(std::move(output.error()));
    co_return std::move(output->output);
}

} // namespace foundry
