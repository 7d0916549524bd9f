// RepositoryActor: content that Git LFS keeps, beside the commits that name it.
#include "RepositoryActor.h"

#include "BranchNames.h"

namespace foundry {

namespace {

constexpr int maxBrought = 500; // commits whose content goes into the clone

} // namespace

// What the base needs, from the clone and then from where the person's settings say. That it cannot be had is said on
// the task, which goes on with pointers.
Async<Result<>> RepositoryActor::fetchLfs(const repository::FetchBase &message, repository::FetchedBase &fetched,
                                          PersonSettings settings)
{
    struct Source {
        QString folder;
        QString commit;
    };
    std::vector<Source> sources { { m_birth->path,
                                    fetched.uncommitted.isEmpty() ? fetched.commit : fetched.uncommitted } };
    for (const repository::Module &module : fetched.modules)
        sources.push_back({ folderOf(module.path), module.commit });
    QString trouble;
    for (size_t i = 0; i < sources.size() && trouble.isEmpty(); ++i) {
        const Source source = sources[i];
        auto asking = m_services.lfs.uses(bare(), source.commit);
        auto uses = co_await asking;
        if (!uses)
            co_return std::unexpected(uses.error());
        if (!*uses)
            continue;
        if (i > 0) {
            auto reading = m_services.settings.read(source.folder);
            auto its = co_await reading;
            settings = its ? *its : PersonSettings();
        }
        auto getting = m_services.lfs.fetch(bare(), source.folder, source.commit, settings, progressFor(message.job));
        auto got = co_await getting;
        if (!got && got.error().is(codes::Repository::unsupported))
            trouble = u"noProgram"_s;
        else if (!got && got.error().is(codes::Git::tooLarge))
            trouble = u"tooLarge"_s;
        else if (!got)
            trouble = got.error().chain().trimmed().section(u'\n', -1);
    }
    if (!trouble.isEmpty())
        fetched.notes.push_back({ SourceNoteKind::lfsPointers, trouble.left(maxLfsWords) });
    co_return Result<>();
}

RepositoryActor::Job RepositoryActor::work(repository::FindLfs message)
{
    std::vector<repository::LfsObject> found;
    bool any = false;
    for (const QString &commit : std::as_const(message.commits)) {
        auto asking = m_services.lfs.uses(bare(), commit);
        auto uses = co_await asking;
        if (!uses)
            co_return std::unexpected(uses.error());
        any = any || *uses;
    }
    if (!any || !m_services.lfs.isInstalled())
        co_return json::toJson(found);
    QStringList revisions = message.commits;
    for (const QString &base : std::as_const(message.bases))
        revisions << u'^' + base;
    auto looking = m_services.lfs.pointers(bare(), revisions);
    auto pointers = co_await looking;
    if (!pointers)
        co_return std::unexpected(pointers.error());
    for (const LfsPointer &one : LfsObjects::missingOf(bare(), *pointers))
        found.push_back({ one.oid, one.size, LfsObjects::pathOf(bare(), one.oid) });
    co_return json::toJson(found);
}

// Before the commits that name it: a remote never has a pointer without its content.
Async<Result<>> RepositoryActor::pushLfs(QString commit, QString base, PersonSettings settings, GitProgress progress)
{
    auto asking = m_services.lfs.uses(bare(), commit);
    auto uses = co_await asking;
    if (!uses)
        co_return std::unexpected(uses.error());
    if (!*uses)
        co_return Result<>();
    auto looking = m_services.lfs.pointers(bare(), { commit, u'^' + base });
    auto pointers = co_await looking;
    if (!pointers)
        co_return std::unexpected(pointers.error());
    if (pointers->empty())
        co_return Result<>();
    const auto missing = LfsObjects::missingOf(bare(), *pointers);
    if (!missing.empty() && !m_services.lfs.isInstalled())
        co_return fail(codes::Repository::unsupported, u"Git LFS, because git-lfs is not installed"_s);
    if (!missing.empty())
        co_return fail(codes::Git::failed,
                       u"%1 Git LFS pointers have no content here, the first is sha256:%2"_s.arg(missing.size())
                           .arg(missing.front().oid));
    auto pushing = m_services.lfs.push(bare(), *pointers, base, std::move(settings), std::move(progress));
    auto pushed = co_await pushing;
    co_return pushed;
}

Async<Result<>> RepositoryActor::bringLfs(QString folder, QString ref, QString base)
{
    auto resolving = m_services.store.resolve(bare(), ref);
    auto commit = co_await resolving;
    if (!commit)
        co_return std::unexpected(commit.error());
    auto asking = m_services.lfs.uses(bare(), *commit);
    auto uses = co_await asking;
    if (!uses)
        co_return std::unexpected(uses.error());
    if (!*uses || !m_services.lfs.isInstalled())
        co_return Result<>();
    auto looking = m_services.lfs.pointers(bare(), { *commit, u'^' + base });
    auto pointers = co_await looking;
    if (!pointers)
        co_return std::unexpected(pointers.error());
    if (pointers->empty())
        co_return Result<>();
    auto listing = m_services.store.commitsSince(bare(), base, *commit, maxBrought);
    auto commits = co_await listing;
    if (!commits)
        co_return std::unexpected(commits.error());
    auto bringing = m_services.lfs.bringIntoClone(folder, bare(), *commits, m_birth->acceptedOwner);
    auto brought = co_await bringing;
    auto locating = m_services.clones.folders(folder);
    auto folders = co_await locating;
    // Of what was there before the task some may be nowhere; that is none of its affair.
    if (!brought && folders && LfsObjects::missingOf(folders->commonDir, *pointers).empty())
        co_return Result<>();
    co_return brought;
}

} // namespace foundry
