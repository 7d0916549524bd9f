// Foundry's bare repository of one source, and the only writer of it. Git takes time, so every message is
// answered later; they run one at a time, in order, and pushes in a row of their own: a remote that does not answer
// holds up no snapshot. It reads the person's settings anew for each task, and
// keeps nothing of them on disk. Nothing that lists need lives here.
#pragma once

#include "Actor.h"
#include "ChangeReader.h"
#include "CloneInspector.h"
#include "ForgeFetcher.h"
#include "LfsObjects.h"
#include "PersonSettings.h"
#include "ProjectReader.h"
#include "Publisher.h"
#include "RepositoryMessages.h"
#include "SourceStore.h"
#include "Submodules.h"
#include "TokenSource.h"
#include "UncommittedWork.h"

#include <deque>

namespace foundry {

// What the actor works with; all outlive it.
struct RepositoryServices {
    SourceStore &store;
    PersonSettingsReader &settings;
    UncommittedWork &uncommitted;
    Publisher &publisher;
    ChangeReader &changes;
    ProjectReader &projects;
    CloneInspector &clones;
    Submodules &submodules;
    LfsObjects &lfs;
    ForgeFetcher &forge;
    TokenSource &tokens;
    QString folder; // DATA/repositories: the bare ones
};

class RepositoryActor final : public Actor {
public:
    explicit RepositoryActor(RepositoryServices services);

    static constexpr size_t maxWaiting = 1000; // jobs
    static constexpr qsizetype maxLfsWords = 500; // characters of why content could not be had
    static constexpr std::chrono::milliseconds tellInterval { 200 }; // of progress

    static QString barePath(const QString &folder, const RepositoryId &id)
    {
        return folder + u'/' + id.value + u".git"_s;
    }

    // For ActorSystem::visit: what the person has answered for it.
    const repository::Birth &kept() const { return *m_birth; }
    // Of the forge, as far as it was asked since this woke.
    QStringList forgeBranches() const { return m_forgeBranches; }

protected:
    Result<void> onCreate(const QJsonObject &input) override;
    void onSleep() override;
    Result<QJsonValue> onMessage(const Message &message) override;

private:
    using Job = Async<Result<QJsonValue>>;
    Job work(repository::FetchBase message);
    Job work(repository::BringHome message);
    Job work(repository::MeasureChanges message);
    Job work(repository::MakeCommit message);
    Job work(repository::Push message);
    Job work(repository::BringIntoClone message);
    Job work(repository::DropRefs message);
    Job work(repository::FindLfs message);
    Job work(repository::LookAtForge message);
    Job work(repository::FetchNewest message);
    Job work(repository::Contains message);
    Result<void> remember(const repository::Remember &message);

    Job removeLeftovers(Millis before);
    Async<Result<>> readClone(const repository::FetchBase &message, repository::FetchedBase &fetched);
    Async<Result<>> fetchLfs(const repository::FetchBase &message, repository::FetchedBase &fetched,
                             PersonSettings settings);
    Async<Result<>> pushLfs(QString commit, QString base, PersonSettings settings, GitProgress progress);
    Async<Result<>> bringLfs(QString folder, QString ref, QString base);
    Async<Result<QString>> commitModules(const repository::MakeCommit &message, QStringList &made);
    Async<Result<QString>> commitOne(CommitSpec spec, QString head, QString folder, QString ref);
    QString folderOf(const QString &module) const { return m_birth->path + u'/' + module; }

    // RepositoryForge.cpp: a source without a clone.
    struct ForgeAccess {
        UsableAccount account;
        QByteArray token;
        ForgeRemote address;
        PersonSettings settings; // the person's, with the account's name where they have none
    };
    Async<Result<ForgeAccess>> openForge(QString repository, AccountId account = {});
    Async<Result<PersonSettings>> settingsOf(QString folder);
    Failure explained(Failure why, const ForgeAccess &access, bool pushing);
    Job fetchFromForge(repository::FetchBase message);
    Job pushToForge(repository::Push message);
    Async<Result<QString>> fetchNewestFromForge(repository::FetchNewest message);
    Async<Result<QString>> fetchNewestOfParent(repository::FetchNewest message, repository::FetchedBase &fetched);
    Async<Result<>> noteWhatIsNotThere(repository::FetchedBase &fetched);

    struct Waiting {
        QString id; // JobTag's, or empty
        Job job;
        LaterAnswer answer;
    };
    struct Row {
        std::deque<Waiting> jobs; // the first one runs
        bool running = false;
    };
    void cancel(const repository::Cancel &message);
    bool cancelIn(Row &row, const QString &id);
    void startNext(Row &row);
    GitProgress progressFor(const repository::JobTag &tag);
    bool isIdle() const { return m_writing.jobs.empty() && m_pushing.jobs.empty() && m_looking.jobs.empty(); }
    QString bare() const { return barePath(m_services.folder, m_birth->id); }

    RepositoryServices m_services;
    State<repository::Birth> m_birth { *this };
    Row m_writing; // everything that changes the bare repository
    Row m_pushing;
    Row m_looking; // at a forge
    bool m_swept = false; // in this life of the actor
    QStringList m_forgeBranches;
    AwakeToken m_awake;
};

} // namespace foundry
