// Who exists. One row an actor in registry.sqlite; reads are by primary key or index.
//
// `wakeAt` is what recovery goes by. It is 0 from before an actor's store is opened until after it is
// closed with nothing left to do, so whatever a crash interrupts is found again.
#pragma once

#include "ActorInspection.h"
#include "Database.h"

#include <foundry/Values.h>

namespace foundry {

struct ActorRow {
    ActorRef ref;
    QJsonObject input;
    Millis createdAt = 0;
    std::optional<Millis> wakeAt; // 0: at once
    std::optional<Failure> damage;
};

class ActorRegistry {
public:
    static Result<std::unique_ptr<ActorRegistry>> open(const QString &folder, SyncService &sync,
                                                       const QByteArray &vfs = {});

    Result<std::optional<ActorRow>> byKey(const QString &kind, const ActorKey &key) const;
    Result<std::optional<ActorRow>> byId(const QString &id) const;
    Result<std::vector<ActorRow>> all() const;
    // The earliest first; damaged ones are left out.
    Result<std::vector<ActorRow>> due(Millis until, int atMost) const;
    // The earliest wakeAt after `after`.
    Result<std::optional<Millis>> nextWake(Millis after) const;

    Result<void> add(const ActorRow &row);
    // `now`: when it was found out that this is its time.
    Result<void> setWakeAt(const QString &id, std::optional<Millis> at, Millis now);
    // The clock was set back since a sleeper's time was set: all who wait for one wake, and see for themselves.
    // Answers whether it was.
    Result<bool> followClock(Millis now);
    Result<void> setDamage(const QString &id, const std::optional<Failure> &damage);
    // With the reason, in one transaction, in which its store comes onto the list of those to be deleted: nobody ever
    // makes the actor anew from a row whose store is gone.
    Result<void> remove(const QString &id, const ActorAuditEntry &why);
    Result<void> note(const ActorAuditEntry &entry);
    Result<std::vector<ActorAuditEntry>> audit(int atMost) const; // newest first
    Result<std::vector<ActorRow>> search(const QString &kind, const QString &text) const;
    Result<QStringList> leftStores() const; // ids
    Result<void> deletedStore(const QString &id);
    void whenDurable(std::function<void(Result<void>)> done)
    {
        (void)m_database->resume(); // a sync may have failed on a full disk: it is made good, or fails again
        m_database->whenDurable(std::move(done));
    }

private:
    explicit ActorRegistry(std::unique_ptr<Database> database)
        : m_database(std::move(database))
    {
    }
    Result<void> changing(const std::function<Result<void>()> &body);
    Result<void> insert(const ActorAuditEntry &entry);
    template <class... Args> Result<void> change(const Sql &sql, const Args &...args);
    std::unique_ptr<Database> m_database;
    Millis m_latest = 0; // by the clock, when a sleeper's time was last set
};

} // namespace foundry
