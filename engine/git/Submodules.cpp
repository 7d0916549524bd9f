#include "Submodules.h"

#include "BranchNames.h"

#include <QDir>
#include <QFileInfo>
#include <QTemporaryDir>

#include <algorithm>

namespace foundry {

namespace {

constexpr qsizetype maxListing = 256 * 1024 * 1024; // bytes

GitCall in(const QString &barePath, QStringList arguments)
{
    GitCall call;
    call.gitDir = barePath;
    call.arguments = std::move(arguments);
    return call;
}

// The clone's repository of a submodule: never outside `modules`, whatever links are there.
QString moduleFolder(const QStringList &places, const QString &name)
{
    for (const QString &place : places) {
        const QString modules = QFileInfo(place + u"/modules"_s).canonicalFilePath();
        const QString found = QFileInfo(place + u"/modules/"_s + name).canonicalFilePath();
        if (!modules.isEmpty() && found.startsWith(modules + u'/') && QFileInfo(found + u"/objects"_s).isDir())
            return found;
    }
    return {};
}

// As git made them before 1.7.8, and as people do by hand: the repository stands in the work tree.
QString embeddedFolder(const QString &root, const QString &path)
{
    const QString wanted = root + u'/' + path + u"/.git"_s;
    const bool inside
        = QFileInfo(wanted).canonicalFilePath() == QFileInfo(root).canonicalFilePath() + u'/' + path + u"/.git"_s;
    return inside && QFileInfo(wanted + u"/objects"_s).isDir() ? wanted : QString();
}

} // namespace

struct Submodules::Level {
    QString commit; // whose submodules
    QString parent; // its path; empty: the repository itself
    QStringList places; // git directories of the clone in which its submodules' repositories are
    int depth = 0;
};

Submodules::Submodules(GitRunner &git, SourceStore &store)
    : m_git(git)
    , m_store(store)
{
}

bool Submodules::isSafePath(const QString &path)
{
    if (path.isEmpty() || path.size() > maxPath || path.startsWith(u'/') || path.startsWith(u'-')
        || path.endsWith(u'/'))
        return false;
    const bool printable = std::ranges::none_of(path, [](QChar c) {
        return c.category() == QChar::Other_Control || c.category() == QChar::Other_Format || c == u'\\' || c == u'"';
    });
    const QStringList parts = path.split(u'/');
    return printable && std::ranges::none_of(parts, [](const QString &part) {
               const QString plain = part.toLower();
               return part.isEmpty() || part == u"."_s || part == u".."_s || part.endsWith(u' ') || part.endsWith(u'.')
                   || plain == u".git"_s || plain.startsWith(u"git~"_s);
           });
}

Async<Result<SubmoduleSources>> Submodules::take(QString barePath, CloneFolders clone, QString commit, QString prefix,
                                                 GitProgress progress)
{
    SubmoduleSources sources;
    Level first { commit, {}, { clone.gitDir }, 0 };
    if (clone.commonDir != clone.gitDir) // a linked worktree has its own
        first.places << clone.commonDir;
    auto taking = takeLevel(barePath, clone, std::move(first), prefix, std::move(progress), sources);
    if (auto taken = co_await taking; !taken)
        co_return std::unexpected(std::move(taken.error()));
    co_return sources;
}

// Names the paths of `commit` that are commits of other repositories; no content of trees is entered twice.
Async<Result<std::vector<Submodule>>> Submodules::linksOf(QString barePath, QString commit)
{
    GitCall call = in(barePath, { u"ls-tree"_s, u"-r"_s, u"-z"_s, u"--full-tree"_s, commit });
    call.maxOutput = maxListing;
    auto running = m_git.run(std::move(call));
    auto output = co_await running;
    if (!output)
        co_return std::unexpected(std::move(output.error()));
    std::vector<Submodule> links;
    for (qsizetype at = 0, end = 0; at < output->output.size(); at = end + 1) {
        end = output->output.indexOf('\0', at);
        if (end < 0)
            end = output->output.size();
        const auto entry = QByteArrayView(output->output).sliced(at, end - at);
        const qsizetype tab = entry.indexOf('\t');
        if (!entry.startsWith("160000 commit ") || tab < 0)
            continue;
        Submodule link;
        link.path = QString::fromUtf8(entry.sliced(tab + 1));
        link.commit = QString::fromLatin1(entry.sliced(14, tab - 14));
        links.push_back(std::move(link));
    }
    co_return links;
}

// Path → name, as .gitmodules of the commit says.
Async<Result<QMap<QString, QString>>> Submodules::namesOf(QString barePath, QString commit)
{
    QMap<QString, QString> names;
    auto sizing = m_git.line(in(barePath, { u"cat-file"_s, u"-s"_s, commit + u":.gitmodules"_s }));
    auto size = co_await sizing;
    if (!size || size->toLongLong() > maxDescription) // not there, or none that a person wrote
        co_return names;
    GitCall call = in(barePath,
                      { u"config"_s, u"--no-includes"_s, u"--blob"_s, commit + u":.gitmodules"_s, u"-z"_s,
                        u"--get-regexp"_s, u"^submodule\\..*\\.path$"_s });
    call.goodExits = { 0, 1, 128 }; // none, or not readable: then nothing is followed
    auto running = m_git.run(std::move(call));
    auto output = co_await running;
    if (!output)
        co_return std::unexpected(std::move(output.error()));
    for (const QByteArray &entry : output->output.split('\0')) {
        const qsizetype end = entry.indexOf('\n');
        const QString key = QString::fromUtf8(entry.left(end));
        if (end > 0 && key.size() > 15) // "submodule.<name>.path"
            names.insert(QString::fromUtf8(entry.mid(end + 1)), key.mid(10, key.size() - 15));
    }
    co_return names;
}

Async<Result<bool>> Submodules::takeOne(QString barePath, QString repository, QString commit, QString ref,
                                        bool acceptedOwner, GitProgress progress)
{
    auto fetching = m_store.fetchBase(barePath, repository, commit, ref, acceptedOwner, std::move(progress));
    auto fetched = co_await fetching;
    if (fetched)
        co_return true;
    // The clone is not at that commit, or its repository is of a kind that cannot be read: that one is left out.
    for (const FailureCode code : { FailureCode(codes::Git::noCommits), FailureCode(codes::Git::corrupt),
                                    FailureCode(codes::Git::notARepository), FailureCode(codes::Git::failed),
                                    FailureCode(codes::Repository::unsupported) }) {
        if (fetched.error().code == code)
            co_return false;
    }
    co_return std::unexpected(std::move(fetched.error()));
}

Async<Result<>> Submodules::takeLevel(QString barePath, CloneFolders clone, Level level, QString prefix,
                                      GitProgress progress, SubmoduleSources &into)
{
    auto naming = namesOf(barePath, level.commit);
    auto names = co_await naming;
    if (!names)
        co_return std::unexpected(std::move(names.error()));
    if (names->isEmpty())
        co_return Result<>();
    auto listing = linksOf(barePath, level.commit);
    auto links = co_await listing;
    if (!links)
        co_return std::unexpected(std::move(links.error()));
    for (Submodule &link : *links) {
        if (int(into.notes.size()) > maxCount) // more words help nobody
            break;
        const QString inside = link.path;
        link.parent = level.parent;
        link.path = level.parent.isEmpty() ? inside : level.parent + u'/' + inside;
        link.name = names->value(inside);
        const QString shown = link.path.left(200);
        if (!isSafePath(inside) || !isSafePath(link.name)) {
            into.notes.push_back({ SourceNoteKind::submoduleUnsafe, shown });
            continue;
        }
        if (level.depth >= maxDepth || int(into.found.size()) >= maxCount) {
            into.notes.push_back({ SourceNoteKind::submoduleTooDeep, shown });
            continue;
        }
        QString repository = moduleFolder(level.places, link.name);
        if (repository.isEmpty())
            repository = embeddedFolder(clone.root, link.path);
        bool there = !repository.isEmpty();
        if (there) {
            const QString ref = prefix + QString::number(into.found.size()) + u"/base"_s;
            auto taking = takeOne(barePath, repository, link.commit, ref, clone.acceptedOwner, progress);
            auto taken = co_await taking;
            if (!taken)
                co_return std::unexpected(std::move(taken.error()));
            there = *taken;
        }
        into.notes.push_back({ there ? SourceNoteKind::submodule : SourceNoteKind::submoduleEmpty, shown });
        if (!there)
            continue;
        into.found.push_back(link);
        Level next { link.commit, link.path, { repository }, level.depth + 1 };
        auto descending = takeLevel(barePath, clone, std::move(next), prefix, progress, into);
        if (auto descended = co_await descending; !descended)
            co_return descended;
    }
    co_return Result<>();
}

Async<Result<QString>> Submodules::withCommits(QString barePath, QString tree, std::vector<Submodule> commits)
{
    if (commits.empty())
        co_return tree;
    const QTemporaryDir place(barePath + u"/foundry-index-XXXXXX"_s);
    if (!place.isValid())
        co_return fail(codes::Storage::unavailable, place.errorString());
    QByteArray entries;
    for (const Submodule &one : commits) {
        if (!isSafePath(one.path) || !isRevision(one.commit))
            co_return fail(codes::Git::failed, one.path.left(200));
        entries += "160000 " + one.commit.toLatin1() + '\t' + one.path.toUtf8() + '\0';
    }
    QString made;
    for (const QStringList &arguments :
         { QStringList { u"read-tree"_s, tree }, QStringList { u"update-index"_s, u"-z"_s, u"--index-info"_s },
           QStringList { u"write-tree"_s } }) {
        GitCall call = in(barePath, arguments);
        call.environment = { { u"GIT_INDEX_FILE"_s, place.filePath(u"index"_s) } };
        if (arguments.at(0) == u"update-index")
            call.input = entries;
        auto running = m_git.line(std::move(call));
        auto output = co_await running;
        if (!output)
            co_return output;
        made = *output;
    }
    co_return made;
}

} // namespace foundry
