#include "RepositoryActor.h"

#include "Keys.h"
#include "TaskMessages.h"

#include <algorithm>
#include <limits>

namespace foundry {

namespace {

constexpr auto oldLeftovers = std::chrono::hours(2); // longer than any git of ours runs

} // namespace

RepositoryActor::RepositoryActor(RepositoryServices services)
    : m_services(std::move(services))
{
}

Result<void> RepositoryActor::onCreate(const QJsonObject &input)
{
    if (!json::fromJson(input, m_birth.edit()))
        return fail(codes::Actor::badMessage, u"repository input"_s);
    return {};
}

void RepositoryActor::onSleep()
{
    m_writing.jobs.clear();
    m_pushing.jobs.clear();
    m_looking.jobs.clear();
}

Result<QJsonValue> RepositoryActor::onMessage(const Message &message)
{
    if (message.name == nameOf<repository::Remember>()) { // no git: done at once
        auto said = fromPayload<repository::Remember>(message.payload);
        auto kept = said ? remember(*said) : std::unexpected(said.error());
        return kept ? Result<QJsonValue>(QJsonValue()) : std::unexpected(kept.error());
    }
    if (message.name == nameOf<repository::Cancel>()) {
        auto wish = fromPayload<repository::Cancel>(message.payload);
        if (!wish)
            return std::unexpected(wish.error());
        cancel(*wish);
        return QJsonValue();
    }
    Row &row = message.name == nameOf<repository::Push>()   ? m_pushing
        : message.name == nameOf<repository::LookAtForge>() ? m_looking
                                                            : m_writing;
    if (row.jobs.size() >= maxWaiting)
        return fail(codes::Actor::queueFull, u"%1 git jobs wait"_s.arg(row.jobs.size()), Retry::transient);
    Waiting waiting;
    auto known = dispatch<repository::Message>(message, [&](const auto &m) {
        if constexpr (requires { m.job.id; })
            waiting.id = m.job.id;
        waiting.job = work(m);
    });
    if (!known)
        return known;
    waiting.answer = answerLater();
    row.jobs.push_back(std::move(waiting));
    m_awake = stayAwake();
    startNext(row);
    return QJsonValue();
}

void RepositoryActor::startNext(Row &row)
{
    if (row.running || row.jobs.empty())
        return;
    row.running = true;
    row.jobs.front().job.start([this, &row](Result<QJsonValue> result) {
        // The job's frame ends with this call: it is moved out first, and freed at the end of this scope.
        const Waiting done = std::move(row.jobs.front());
        row.jobs.pop_front();
        row.running = false;
        if (done.answer.isWaiting())
            (void)done.answer.set(std::move(result));
        else if (!result)
            qInfo("repository: %s", qPrintable(result.error().chain())); // its asker has gone
        if (isIdle())
            m_awake.release();
        startNext(row);
    });
}

void RepositoryActor::cancel(const repository::Cancel &message)
{
    if (message.job.isEmpty() || cancelIn(m_writing, message.job))
        return;
    cancelIn(m_pushing, message.job);
}

bool RepositoryActor::cancelIn(Row &row, const QString &id)
{
    const auto found = std::ranges::find(row.jobs, id, &Waiting::id);
    if (found == row.jobs.end())
        return false;
    Waiting gone = std::move(*found);
    const bool ran = row.running && found == row.jobs.begin();
    row.jobs.erase(found);
    gone.job.reset(); // its git is killed
    if (gone.answer.isWaiting())
        (void)gone.answer.set(fail(codes::Workflow::stopped, u"git"_s));
    if (ran) {
        row.running = false;
        if (&row == &m_writing) // before the next one writes
            row.jobs.push_front({ {}, removeLeftovers(std::numeric_limits<Millis>::max()), {} });
    }
    startNext(row);
    if (isIdle())
        m_awake.release();
    return true;
}

RepositoryActor::Job RepositoryActor::removeLeftovers(Millis before)
{
    auto removing = m_services.store.removeLeftovers(bare(), before);
    auto removed = co_await removing;
    if (removed && *removed > 0)
        qInfo("repository: %d files of an unfinished git removed", *removed);
    co_return QJsonValue();
}

GitProgress RepositoryActor::progressFor(const repository::JobTag &tag)
{
    if (tag.id.isEmpty())
        return {};
    return [this, tag, last = Millis(0), shown = QString()](const QString &subStep, double fraction) mutable {
        const Millis now = clock().steady();
        if (subStep == shown && now - last < tellInterval.count())
            return;
        last = now;
        shown = subStep;
        sendEphemeral(keys::taskOf(tag.task), task::GitTold { tag.id, subStep, fraction });
    };
}

RepositoryActor::Job RepositoryActor::work(repository::FetchBase message)
{
    if (!std::exchange(m_swept, true)) { // what a crash of the computer or of git left
        // What fetches from a forge ends with Foundry: nobody of an earlier life writes there any more.
        const Millis longAgo = m_birth->forge ? std::numeric_limits<Millis>::max()
                                              : clock().now() - std::chrono::milliseconds(oldLeftovers).count();
        auto sweeping = removeLeftovers(longAgo);
        auto swept = co_await sweeping;
        if (!swept)
            co_return swept;
    }
    auto ensuring
        = m_services.store.ensure(bare(), m_birth->objectFormat.isEmpty() ? u"sha1"_s : m_birth->objectFormat);
    if (auto there = co_await ensuring; !there)
        co_return std::unexpected(there.error());
    if (m_birth->forge) {
        auto doing = fetchFromForge(std::move(message));
        auto done = co_await doing;
        co_return done;
    }
    auto reading = m_services.settings.read(m_birth->path);
    auto settings = co_await reading;
    if (!settings)
        co_return std::unexpected(settings.error());
    auto fetching = m_services.store.fetchBase(bare(), m_birth->path, message.from, message.ref, m_birth->acceptedOwner,
                                               progressFor(message.job));
    auto commit = co_await fetching;
    if (!commit)
        co_return std::unexpected(commit.error());
    repository::FetchedBase fetched;
    fetched.commit = *commit;
    fetched.barePath = bare();
    fetched.authorName = settings->author.name;
    fetched.authorEmail = settings->author.email;
    auto readingProject = m_services.projects.read({ bare(), {} }, *commit);
    auto project = co_await readingProject;
    if (!project)
        co_return std::unexpected(project.error());
    fetched.clonePath = m_birth->path;
    fetched.project = json::toJson(*project).toObject();
    fetched.projectAgreed = m_birth->agreedProjects.contains(project->config.hash);
    fetched.repositoryHosts = m_birth->repositoryHosts;
    if (!message.uncommittedRef.isEmpty()) {
        auto taking = m_services.uncommitted.take(bare(), m_birth->path, *commit, message.uncommittedRef);
        auto taken = co_await taking;
        if (!taken)
            co_return std::unexpected(taken.error());
        fetched.uncommitted = *taken;
    }
    auto looking = readClone(message, fetched);
    if (auto looked = co_await looking; !looked)
        co_return std::unexpected(looked.error());
    auto getting = fetchLfs(message, fetched, *settings);
    if (auto got = co_await getting; !got)
        co_return std::unexpected(got.error());
    co_return json::toJson(fetched);
}

RepositoryActor::Job RepositoryActor::work(repository::FetchNewest message)
{
    repository::FetchedBase fetched;
    if (m_birth->forge) {
        auto fetching = fetchNewestFromForge(message);
        auto commit = co_await fetching;
        if (!commit)
            co_return std::unexpected(commit.error());
        fetched.commit = *commit;
        co_return json::toJson(fetched);
    }
    if (!message.forgeRepository.isEmpty()) {
        auto fetching = fetchNewestOfParent(message, fetched);
        if (auto commit = co_await fetching; !commit)
            co_return std::unexpected(commit.error());
        co_return json::toJson(fetched);
    }
    auto reading = m_services.settings.read(m_birth->path);
    auto settings = co_await reading;
    if (!settings)
        co_return std::unexpected(settings.error());
    auto fetching
        = m_services.publisher.fetch(bare(), message.branch, message.ref, *settings, progressFor(message.job));
    if (auto done = co_await fetching; !done)
        co_return std::unexpected(done.error());
    auto resolving = m_services.store.resolve(bare(), message.ref);
    auto commit = co_await resolving;
    if (!commit)
        co_return std::unexpected(commit.error());
    fetched.commit = *commit;
    repository::FetchBase asked;
    asked.job = message.job;
    auto getting = fetchLfs(asked, fetched, *settings);
    if (auto got = co_await getting; !got)
        co_return std::unexpected(got.error());
    co_return json::toJson(fetched);
}

RepositoryActor::Job RepositoryActor::work(repository::Contains message)
{
    auto asking = m_services.store.isAncestor(bare(), message.ancestor, message.commit);
    auto contains = co_await asking;
    if (!contains)
        co_return std::unexpected(contains.error());
    co_return QJsonValue(*contains);
}

// What else of the clone makes the place: its submodules, and what it leaves out.
Async<Result<>> RepositoryActor::readClone(const repository::FetchBase &message, repository::FetchedBase &fetched)
{
    auto locating = m_services.clones.folders(m_birth->path);
    auto folders = co_await locating;
    if (!folders)
        co_return std::unexpected(folders.error());
    auto reading = m_services.clones.sparse(folders->root);
    auto sparse = co_await reading;
    if (!sparse)
        co_return std::unexpected(sparse.error());
    fetched.sparse = { sparse->on, sparse->cone, sparse->patterns };
    if (sparse->on)
        fetched.notes.push_back({ SourceNoteKind::sparse, {} });
    if (message.modules.isEmpty())
        co_return Result<>();
    folders->acceptedOwner = m_birth->acceptedOwner;
    const QString commit = fetched.uncommitted.isEmpty() ? fetched.commit : fetched.uncommitted;
    auto taking = m_services.submodules.take(bare(), *folders, commit, message.modules, progressFor(message.job));
    auto taken = co_await taking;
    if (!taken)
        co_return std::unexpected(taken.error());
    for (const Submodule &one : taken->found)
        fetched.modules.push_back({ one.path, one.parent, one.name, one.commit });
    fetched.notes.insert(fetched.notes.end(), taken->notes.begin(), taken->notes.end());
    co_return Result<>();
}

RepositoryActor::Job RepositoryActor::work(repository::BringHome message)
{
    std::vector<RefPair> refs;
    for (qsizetype i = 0; i < std::min(message.sources.size(), message.destinations.size()); ++i)
        refs.push_back({ message.sources.at(i), message.destinations.at(i) });
    auto fetching = m_services.store.fetchHome(bare(), message.uploadPack, refs, progressFor(message.job));
    auto commits = co_await fetching;
    if (!commits)
        co_return std::unexpected(commits.error());
    co_return json::toJson(*commits);
}

RepositoryActor::Job RepositoryActor::work(repository::MeasureChanges message)
{
    auto reading = m_services.changes.changedFiles(bare(), message.base, message.commit);
    auto files = co_await reading;
    if (!files)
        co_return std::unexpected(files.error());
    co_return json::toJson(ChangeReader::totals(*files));
}

// `spec` without identity: it is the person's, as git resolves it in `folder`. Where `spec.tree` is that of `head`
// there is nothing to commit.
Async<Result<QString>> RepositoryActor::commitOne(CommitSpec spec, QString head, QString folder, QString ref)
{
    auto asking = m_services.store.treeOf(bare(), head);
    auto before = co_await asking;
    if (!before)
        co_return before;
    QString commit = head;
    if (spec.tree != *before) {
        auto reading = settingsOf(folder);
        auto settings = co_await reading;
        if (!settings)
            co_return std::unexpected(settings.error());
        spec.parents = { head };
        spec.author = settings->author;
        spec.committer = settings->committer;
        spec.sign = settings->signsCommits;
        spec.signing = settings->signing;
        auto making = m_services.store.commitTree(bare(), spec);
        auto made = co_await making;
        if (!made)
            co_return made;
        commit = *made;
    }
    auto keeping = m_services.store.updateRef(bare(), ref, commit);
    if (auto kept = co_await keeping; !kept)
        co_return std::unexpected(kept.error());
    co_return commit;
}

// The commits of the submodules, children before parents. Answers the tree of the repository itself.
Async<Result<QString>> RepositoryActor::commitModules(const repository::MakeCommit &message, QStringList &made)
{
    QMap<QString, std::vector<Submodule>> inside; // parent → what now stands in it
    made = QStringList(qsizetype(message.modules.size()), QString());
    for (size_t i = message.modules.size(); i-- > 0;) {
        const repository::ModuleWork &module = message.modules[i];
        auto asking = m_services.store.treeOf(bare(), module.snapshot);
        auto snapshot = co_await asking;
        if (!snapshot)
            co_return snapshot;
        auto placing = m_services.submodules.withCommits(bare(), *snapshot, inside.value(module.path));
        auto tree = co_await placing;
        if (!tree)
            co_return tree;
        CommitSpec spec;
        spec.tree = *tree;
        spec.message = message.message;
        spec.at = message.at;
        auto committing = commitOne(std::move(spec), module.head, folderOf(module.path), module.ref);
        auto commit = co_await committing;
        if (!commit)
            co_return std::unexpected(std::move(commit.error()).in(module.path));
        made[qsizetype(i)] = *commit;
        const QString path = module.parent.isEmpty() ? module.path : module.path.mid(module.parent.size() + 1);
        inside[module.parent].push_back({ path, {}, {}, *commit });
    }
    auto asking = m_services.store.treeOf(bare(), message.snapshot);
    auto snapshot = co_await asking;
    if (!snapshot)
        co_return snapshot;
    auto placing = m_services.submodules.withCommits(bare(), *snapshot, inside.value(QString()));
    auto tree = co_await placing;
    co_return tree;
}

RepositoryActor::Job RepositoryActor::work(repository::MakeCommit message)
{
    repository::MadeCommit made;
    auto preparing = commitModules(message, made.modules);
    auto tree = co_await preparing;
    if (!tree)
        co_return std::unexpected(tree.error());
    made.tree = *tree;
    CommitSpec spec;
    spec.tree = *tree;
    spec.message = message.message;
    spec.at = message.at;
    auto committing = commitOne(std::move(spec), message.head, m_birth->path, message.ref);
    auto commit = co_await committing;
    if (!commit)
        co_return std::unexpected(commit.error());
    made.commit = *commit;
    co_return json::toJson(made);
}

RepositoryActor::Job RepositoryActor::work(repository::Push message)
{
    if (m_birth->forge) {
        auto doing = pushToForge(std::move(message));
        auto done = co_await doing;
        co_return done;
    }
    auto reading = m_services.settings.read(m_birth->path);
    auto settings = co_await reading;
    if (!settings)
        co_return std::unexpected(settings.error());
    if (settings->remote.isEmpty())
        co_return fail(codes::Git::noRemote);
    for (const repository::ModuleCommit &module : message.modules) {
        auto asking = m_services.settings.read(folderOf(module.path));
        auto its = co_await asking;
        if (!its)
            co_return std::unexpected(std::move(its.error()).in(module.path));
        auto filling = pushLfs(module.commit, module.base, *its, progressFor(message.job));
        if (auto filled = co_await filling; !filled)
            co_return std::unexpected(std::move(filled.error()).in(module.path));
        auto pushing = m_services.publisher.push(bare(), module.commit, message.branch, *its, progressFor(message.job));
        if (auto pushed = co_await pushing; !pushed)
            co_return std::unexpected(std::move(pushed.error()).in(module.path));
    }
    auto filling = pushLfs(message.commit, message.base, *settings, progressFor(message.job));
    if (auto filled = co_await filling; !filled)
        co_return std::unexpected(filled.error());
    auto pushing
        = m_services.publisher.push(bare(), message.commit, message.branch, *settings, progressFor(message.job));
    if (auto pushed = co_await pushing; !pushed)
        co_return std::unexpected(pushed.error());
    co_return QJsonValue(settings->remote);
}

RepositoryActor::Job RepositoryActor::work(repository::BringIntoClone message)
{
    if (m_birth->forge)
        co_return fail(codes::Repository::unsupported, u"there is no clone"_s);
    for (const repository::ModuleCommit &module : message.modules) {
        auto bringing = m_services.publisher.bringIntoClone(folderOf(module.path), bare(), module.ref, message.branch,
                                                            m_birth->acceptedOwner);
        if (auto brought = co_await bringing; !brought)
            co_return std::unexpected(std::move(brought.error()).in(module.path));
        auto filling = bringLfs(folderOf(module.path), module.ref, module.base);
        if (auto filled = co_await filling; !filled)
            co_return std::unexpected(std::move(filled.error()).in(module.path));
    }
    auto bringing = m_services.publisher.bringIntoClone(m_birth->path, bare(), message.ref, message.branch,
                                                        m_birth->acceptedOwner);
    if (auto brought = co_await bringing; !brought)
        co_return std::unexpected(brought.error());
    auto filling = bringLfs(m_birth->path, message.ref, message.base);
    if (auto filled = co_await filling; !filled)
        co_return std::unexpected(filled.error());
    co_return QJsonValue(m_birth->path);
}

Result<void> RepositoryActor::remember(const repository::Remember &message)
{
    repository::Birth &kept = m_birth.edit();
    if (!message.host.isEmpty() && !kept.repositoryHosts.contains(message.host)) {
        if (kept.repositoryHosts.size() >= limits::answeredHosts)
            return fail(codes::Actor::stateTooLarge, u"%1 hosts"_s.arg(kept.repositoryHosts.size()));
        kept.repositoryHosts.append(message.host);
    }
    if (!message.project.isEmpty() && !kept.agreedProjects.contains(message.project)) {
        kept.agreedProjects.append(message.project);
        while (kept.agreedProjects.size() > repository::Birth::maxAgreed)
            kept.agreedProjects.removeFirst();
    }
    return {};
}

RepositoryActor::Job RepositoryActor::work(repository::DropRefs message)
{
    auto dropping = m_services.store.deleteRefs(bare(), message.prefix);
    if (auto dropped = co_await dropping; !dropped)
        co_return std::unexpected(dropped.error());
    co_return QJsonValue();
}

} // namespace foundry
