// Foundry's bare repository of one source, and the only writer of it. Git takes time, so every message is
// answered later; they run one at a time, in order. It reads the person's settings anew for each task, and
// keeps nothing of them on disk. Nothing that lists need lives here.
#pragma once

#include "Actor.h"
#include "ChangeReader.h"
#include "PersonSettings.h"
#include "Publisher.h"
#include "RepositoryMessages.h"
#include "SourceStore.h"
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
    QString folder; // DATA/repositories: the bare ones
};

class RepositoryActor final : public Actor {
public:
    explicit RepositoryActor(RepositoryServices services);

    static constexpr size_t maxWaiting = 1000; // jobs

    static QString barePath(const QString &folder, const RepositoryId &id)
    {
        return folder + u'/' + id.value + u".git"_s;
    }

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

    void startNext();
    QString bare() const { return barePath(m_services.folder, m_birth->id); }

    struct Waiting {
        Job job;
        LaterAnswer answer;
    };
    RepositoryServices m_services;
    State<repository::Birth> m_birth { *this };
    std::deque<Waiting> m_jobs; // the first one runs
    bool m_running = false;
    AwakeToken m_awake;
};

} // namespace foundry
