// RepositoryActor: a source without a clone of the person's. Foundry fetches and pushes itself, with the account's
// token for each run of git.
#include "RepositoryActor.h"

#include <QStorageInfo>

#include <algorithm>

namespace foundry {

namespace {

constexpr size_t maxNotes = 64; // submodules that are told of
constexpr qint64 spare = 256; // MiB beside what is fetched

qint64 freeKibibytes(const QString &folder)
{
    const QStorageInfo disk(folder);
    return disk.isValid() ? disk.bytesAvailable() / 1024 : std::numeric_limits<qint64>::max();
}

// As if it were the remote of a clone.
PersonSettings remoteOf(const ForgeRemote &address, const QString &repository)
{
    PersonSettings settings;
    settings.remote = repository;
    settings.fetchUrl = settings.pushUrl = address.url;
    settings.transport = address.transport;
    settings.credential = address.credential;
    return settings;
}

QString authority(const QUrl &url)
{
    return url.authority(QUrl::FullyEncoded);
}

} // namespace

// `repository`: "acme/shop", of the same forge as the source; where the source is a clone, of `account`'s.
Async<Result<RepositoryActor::ForgeAccess>> RepositoryActor::openForge(QString repository, AccountId account)
{
    const ForgeSource source = m_birth->forge.value_or(ForgeSource {});
    QUrl url(source.url, QUrl::StrictMode);
    if (!m_birth->forge) {
        for (const UsableAccount &each : m_services.tokens.usable()) {
            if (each.id == account)
                url = each.web;
        }
    }
    if (repository != source.repository)
        url.setPath(u'/' + repository + u".git"_s);
    if (url.host().isEmpty())
        co_return fail(codes::Repository::accountGone, repository);
    ForgeAccess access;
    // The account it was opened with, or another one of the same forge: people sign out and in again.
    for (const UsableAccount &each : m_services.tokens.usable()) {
        const bool same = each.web.scheme() == url.scheme() && authority(each.web) == authority(url);
        const AccountId &wanted = m_birth->forge ? source.account : account;
        if (same && (access.account.id.isEmpty() || each.id == wanted))
            access.account = each;
    }
    if (access.account.id.isEmpty())
        co_return fail(codes::Repository::accountGone, authority(url));
    auto asking = m_services.tokens.token(access.account.id);
    auto token = co_await asking;
    if (!token)
        co_return std::unexpected(token.error());
    access.token = *token;
    auto reading = m_services.settings.readEverywhere(m_services.folder);
    auto settings = co_await reading;
    if (!settings)
        co_return std::unexpected(settings.error());
    access.settings = std::move(*settings);
    for (Identity *one : { &access.settings.author, &access.settings.committer }) {
        if (one->isMissing())
            *one = { access.account.name.isEmpty() ? access.account.login : access.account.name,
                     access.account.noreply };
    }
    access.address = { url.toString(QUrl::FullyEncoded),
                       { url.scheme(), authority(url), u"x-access-token"_s, access.token },
                       ForgeFetcher::transportOf(access.settings.transport) };
    co_return access;
}

// What git does for the person in this folder of the clone; without a clone what they set everywhere.
Async<Result<PersonSettings>> RepositoryActor::settingsOf(QString folder)
{
    if (!m_birth->forge) {
        auto reading = m_services.settings.read(folder);
        auto settings = co_await reading;
        co_return settings;
    }
    auto reading = m_services.settings.readEverywhere(m_services.folder);
    auto settings = co_await reading;
    if (!settings)
        co_return settings;
    for (const UsableAccount &each : m_services.tokens.usable()) {
        if (each.id != m_birth->forge->account)
            continue;
        for (Identity *one : { &settings->author, &settings->committer }) {
            if (one->isMissing())
                *one = { each.name.isEmpty() ? each.login : each.name, each.noreply };
        }
    }
    co_return settings;
}

// git knows of remotes and credentials; the person of GitHub and an account.
Failure RepositoryActor::explained(Failure why, const ForgeAccess &access, bool pushing)
{
    if (why.is(codes::Git::authentication)) {
        const bool forbidden = why.detail.contains(u"error: 403"_s);
        if (!forbidden)
            m_services.tokens.refused(access.account.id, access.token);
        why.code = !forbidden ? FailureCode(codes::GitHub::unauthorized)
            : pushing         ? FailureCode(codes::Repository::mayNotPush)
                              : FailureCode(codes::GitHub::forbidden);
    } else if (why.is(codes::Git::unreachable)) {
        why.code = why.retry == Retry::transient ? FailureCode(codes::GitHub::offline)
                                                 : FailureCode(codes::Repository::forgeGone);
    }
    return why;
}

RepositoryActor::Job RepositoryActor::fetchFromForge(repository::FetchBase message)
{
    const ForgeSource source = *m_birth->forge;
    auto listing = m_services.store.refs(bare(), u"refs/foundry/source/"_s);
    auto kept = co_await listing;
    if (!kept)
        co_return std::unexpected(kept.error());
    const qint64 room = freeKibibytes(bare()) - spare * 1024;
    if (kept->isEmpty() && source.kibibytes > room)
        co_return fail(codes::Storage::full,
                       u"%1 MB are to be fetched, %2 MB are free"_s.arg(source.kibibytes / 1000)
                           .arg(std::max<qint64>(0, room) / 1000));
    auto opening = openForge(source.repository);
    auto access = co_await opening;
    if (!access)
        co_return std::unexpected(access.error());
    auto fetching = m_services.forge.fetch(bare(), access->address, message.from, message.ref, source.kibibytes,
                                           progressFor(message.job));
    auto commit = co_await fetching;
    if (!commit)
        co_return std::unexpected(explained(std::move(commit.error()), *access, false));
    repository::FetchedBase fetched;
    fetched.commit = *commit;
    fetched.barePath = bare();
    fetched.authorName = access->settings.author.name;
    fetched.authorEmail = access->settings.author.email;
    auto reading = m_services.projects.read({ bare(), {} }, *commit);
    auto project = co_await reading;
    if (!project)
        co_return std::unexpected(project.error());
    fetched.project = json::toJson(*project).toObject();
    fetched.projectAgreed = m_birth->agreedProjects.contains(project->config.hash);
    fetched.repositoryHosts = m_birth->repositoryHosts;
    auto noting = noteWhatIsNotThere(fetched);
    if (auto noted = co_await noting; !noted)
        co_return std::unexpected(noted.error());
    co_return json::toJson(fetched);
}

Async<Result<QString>> RepositoryActor::fetchNewestFromForge(repository::FetchNewest message)
{
    const ForgeSource source = *m_birth->forge;
    auto opening = openForge(message.forgeRepository.isEmpty() ? source.repository : message.forgeRepository);
    auto access = co_await opening;
    if (!access)
        co_return std::unexpected(access.error());
    auto fetching = m_services.forge.fetch(bare(), access->address, message.branch, message.ref, source.kibibytes,
                                           progressFor(message.job));
    auto commit = co_await fetching;
    if (!commit)
        co_return std::unexpected(explained(std::move(commit.error()), *access, false));
    co_return commit;
}

// For a clone whose pull request goes to another repository than its remote.
Async<Result<QString>> RepositoryActor::fetchNewestOfParent(repository::FetchNewest message,
                                                            repository::FetchedBase &fetched)
{
    auto opening = openForge(message.forgeRepository, message.account);
    auto access = co_await opening;
    if (!access)
        co_return std::unexpected(access.error());
    const PersonSettings parent = remoteOf(access->address, message.forgeRepository);
    auto fetching = m_services.publisher.fetch(bare(), message.branch, message.ref, parent, progressFor(message.job));
    if (auto done = co_await fetching; !done)
        co_return std::unexpected(explained(std::move(done.error()), *access, false));
    auto resolving = m_services.store.resolve(bare(), message.ref);
    auto commit = co_await resolving;
    if (!commit)
        co_return commit;
    fetched.commit = *commit;
    repository::FetchBase asked;
    asked.job = message.job;
    auto getting = fetchLfs(asked, fetched, parent);
    if (auto got = co_await getting; !got)
        co_return std::unexpected(got.error());
    co_return commit;
}

// Submodules and what Git LFS keeps come from a clone; here they stay as git alone leaves them, and that is said.
Async<Result<>> RepositoryActor::noteWhatIsNotThere(repository::FetchedBase &fetched)
{
    auto listing = m_services.submodules.linksOf(bare(), fetched.commit);
    auto links = co_await listing;
    if (!links)
        co_return std::unexpected(links.error());
    for (const Submodule &one : *links) {
        if (fetched.notes.size() < maxNotes)
            fetched.notes.push_back({ SourceNoteKind::submoduleNotFetched, one.path });
    }
    auto asking = m_services.lfs.uses(bare(), fetched.commit);
    auto uses = co_await asking;
    if (!uses)
        co_return std::unexpected(uses.error());
    if (*uses)
        fetched.notes.push_back({ SourceNoteKind::lfsPointers, u"noClone"_s });
    co_return Result<>();
}

RepositoryActor::Job RepositoryActor::pushToForge(repository::Push message)
{
    const QString repository = message.forgeRepository.isEmpty() ? m_birth->forge->repository : message.forgeRepository;
    auto asking = m_services.lfs.uses(bare(), message.commit);
    auto uses = co_await asking;
    if (!uses)
        co_return std::unexpected(uses.error());
    if (*uses) { // a pointer that the forge has no content for breaks the branch for everybody
        auto looking = m_services.lfs.pointers(bare(), { message.commit, u'^' + message.base });
        auto pointers = co_await looking;
        if (!pointers)
            co_return std::unexpected(pointers.error());
        if (!pointers->empty())
            co_return fail(codes::Repository::unsupported,
                           u"Git LFS files cannot be published without a clone of yours"_s);
    }
    auto opening = openForge(repository);
    auto access = co_await opening;
    if (!access)
        co_return std::unexpected(access.error());
    auto pushing = m_services.publisher.push(bare(), message.commit, message.branch,
                                             remoteOf(access->address, repository), progressFor(message.job));
    if (auto pushed = co_await pushing; !pushed)
        co_return std::unexpected(explained(std::move(pushed.error()), *access, true));
    co_return QJsonValue(repository);
}

RepositoryActor::Job RepositoryActor::work(repository::LookAtForge)
{
    if (!m_birth->forge)
        co_return fail(codes::Repository::unsupported);
    repository::ForgeState state;
    auto listing = m_services.store.refs(bare(), u"refs/foundry/source/"_s);
    auto kept = co_await listing; // it fails where nothing was fetched yet
    state.fetched = kept && !kept->isEmpty();
    auto opening = openForge(m_birth->forge->repository);
    auto access = co_await opening;
    if (!access) {
        state.trouble = access.error();
        state.branches = m_forgeBranches;
        co_return json::toJson(state);
    }
    auto asking = m_services.forge.branches(access->address);
    auto branches = co_await asking;
    if (branches)
        m_forgeBranches = branches->names;
    else
        state.trouble = explained(std::move(branches.error()), *access, false);
    state.branches = m_forgeBranches;
    co_return json::toJson(state);
}

} // namespace foundry
