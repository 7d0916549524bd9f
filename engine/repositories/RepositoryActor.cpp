#include "RepositoryActor.h"

namespace foundry {

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
    m_jobs.clear();
}

Result<QJsonValue> RepositoryActor::onMessage(const Message &message)
{
    if (m_jobs.size() >= maxWaiting)
        return fail(codes::Actor::queueFull, u"%1 git jobs wait"_s.arg(m_jobs.size()), Retry::transient);
    Job job;
    auto known = dispatch<repository::Message>(message, [&](const auto &m) { job = work(m); });
    if (!known)
        return known;
    m_jobs.push_back({ std::move(job), answerLater() });
    m_awake = stayAwake();
    startNext();
    return QJsonValue();
}

void RepositoryActor::startNext()
{
    if (m_running || m_jobs.empty())
        return;
    m_running = true;
    m_jobs.front().job.start([this](Result<QJsonValue> result) {
        // The job's frame ends with this call: it is moved out first, and freed at the end of this scope.
        const Waiting done = std::move(m_jobs.front());
        m_jobs.pop_front();
        m_running = false;
        if (auto answered = done.answer.set(std::move(result)); !answered)
            qInfo("repository: %s", qPrintable(answered.error().chain()));
        if (m_jobs.empty())
            m_awake.release();
        startNext();
    });
}

RepositoryActor::Job RepositoryActor::work(repository::FetchBase message)
{
    auto ensuring
        = m_services.store.ensure(bare(), m_birth->objectFormat.isEmpty() ? u"sha1"_s : m_birth->objectFormat);
    if (auto there = co_await ensuring; !there)
        co_return std::unexpected(there.error());
    auto reading = m_services.settings.read(m_birth->path);
    auto settings = co_await reading;
    if (!settings)
        co_return std::unexpected(settings.error());
    auto fetching
        = m_services.store.fetchBase(bare(), m_birth->path, message.from, message.ref, m_birth->acceptedOwner);
    auto commit = co_await fetching;
    if (!commit)
        co_return std::unexpected(commit.error());
    repository::FetchedBase fetched { *commit, {}, bare(), settings->author.name, settings->author.email };
    if (!message.uncommittedRef.isEmpty()) {
        auto taking = m_services.uncommitted.take(bare(), m_birth->path, *commit, message.uncommittedRef);
        auto taken = co_await taking;
        if (!taken)
            co_return std::unexpected(taken.error());
        fetched.uncommitted = *taken;
    }
    co_return json::toJson(fetched);
}

RepositoryActor::Job RepositoryActor::work(repository::BringHome message)
{
    std::vector<RefPair> refs;
    for (qsizetype i = 0; i < std::min(message.sources.size(), message.destinations.size()); ++i)
        refs.push_back({ message.sources.at(i), message.destinations.at(i) });
    auto fetching = m_services.store.fetchHome(bare(), message.uploadPack, refs);
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

RepositoryActor::Job RepositoryActor::work(repository::MakeCommit message)
{
    auto reading = m_services.settings.read(m_birth->path);
    auto settings = co_await reading;
    if (!settings)
        co_return std::unexpected(settings.error());
    auto snapshotTree = m_services.store.treeOf(bare(), message.snapshot);
    auto tree = co_await snapshotTree;
    auto headTree = m_services.store.treeOf(bare(), message.head);
    auto before = co_await headTree;
    if (!tree || !before)
        co_return std::unexpected(tree ? before.error() : tree.error());
    QString commit = message.head;
    if (*tree != *before) {
        CommitSpec spec;
        spec.tree = *tree;
        spec.parents = { message.head };
        spec.message = message.message;
        spec.author = settings->author;
        spec.committer = settings->committer;
        spec.at = message.at;
        spec.sign = settings->signsCommits;
        spec.signing = settings->signing;
        auto making = m_services.store.commitTree(bare(), spec);
        auto made = co_await making;
        if (!made)
            co_return std::unexpected(made.error());
        commit = *made;
    }
    auto keeping = m_services.store.updateRef(bare(), message.ref, commit);
    if (auto kept = co_await keeping; !kept)
        co_return std::unexpected(kept.error());
    co_return QJsonValue(commit);
}

RepositoryActor::Job RepositoryActor::work(repository::Push message)
{
    auto reading = m_services.settings.read(m_birth->path);
    auto settings = co_await reading;
    if (!settings)
        co_return std::unexpected(settings.error());
    auto pushing = m_services.publisher.push(bare(), message.commit, message.branch, *settings);
    if (auto pushed = co_await pushing; !pushed)
        co_return std::unexpected(pushed.error());
    co_return QJsonValue(settings->remote);
}

RepositoryActor::Job RepositoryActor::work(repository::BringIntoClone message)
{
    auto bringing = m_services.publisher.bringIntoClone(m_birth->path, bare(), message.ref, message.branch,
                                                        m_birth->acceptedOwner);
    if (auto brought = co_await bringing; !brought)
        co_return std::unexpected(brought.error());
    co_return QJsonValue(m_birth->path);
}

RepositoryActor::Job RepositoryActor::work(repository::DropRefs message)
{
    auto dropping = m_services.store.deleteRefs(bare(), message.prefix);
    if (auto dropped = co_await dropping; !dropped)
        co_return std::unexpected(dropped.error());
    co_return QJsonValue();
}

} // namespace foundry
