// All actors of the program: who exists (registry.sqlite), who is awake, and what moves between them.
// Engine thread only. Each actor's store is <folder>/actors/<first two of id>/<id>.sqlite.
//
// A created actor is a row in the registry with its input; its store appears at its first wake. What is
// registered is told and acted on only after the registry is synced (see Actor.h for the rest).
#pragma once

#include "Actor.h"
#include "ActorInspection.h"
#include "Migrator.h"

#include <QList>

namespace foundry {

struct ActorKind {
    QString name; // "Task": stable, kept on disk
    std::function<std::unique_ptr<Actor>()> make;
    std::vector<Migration> migrations; // of its own tables, numbered from 1
};

struct DeadLetter {
    qint64 number = 0;
    Message message;
    Failure failure;
    int deliveries = 0;
    Millis at = 0;
    bool outgoing = false; // it could not be delivered; otherwise it could not be handled
    ActorRef to; // with outgoing
};

struct ActorSystemOptions {
    QString folder; // exists
    Clock &clock;
    SyncService &sync;
    Randomness &randomness;
    std::function<void(Event)> sink; // where tell and tellNow lead
    std::chrono::milliseconds idleTime = limits::idleTime;
    int awakeActors = limits::awakeActors;
    int backups = limits::backups; // of each store; 0: none are made
    // For tests: called before each commit to an actor's store; false makes it and all later ones fail,
    // as if the process had died just before.
    std::function<bool(const ActorRef &)> mayCommit = {};
    // Where calls wait for their turn, first in first out; nothing: this thread's event loop.
    std::function<void(std::function<void()>)> executor = {};
    QByteArray vfs = {}; // of the stores, see OpenOptions::vfs
};

class ActorSystem {
public:
    explicit ActorSystem(ActorSystemOptions options);
    // Without drain this is what a crash leaves.
    ~ActorSystem();
    Q_DISABLE_COPY_MOVE(ActorSystem)

    // Before start.
    void registerKind(ActorKind kind);
    template <class A> void registerKind(const QString &name, std::vector<Migration> migrations = {})
    {
        registerKind(ActorKind { name, [] { return std::make_unique<A>(); }, std::move(migrations) });
    }
    // Opens the registry and wakes, a few at a time and those that are due first, every actor that has
    // something to do. Fails: what the registry's store fails with.
    Result<void> start();
    // Stops taking work, interrupts running steps, lets what is committed become durable and closes every
    // store. `done` may destroy this object.
    void drain(std::function<void()> done);

    // Fails: Actor::exists.
    Result<ActorRef> create(const QString &kind, const ActorKey &key, const QJsonObject &input = {});
    // Fails: Actor::missing.
    Result<ActorRef> get(const QString &kind, const ActorKey &key) const;
    // The stored input wins over a new one.
    Result<ActorRef> getOrCreate(const QString &kind, const ActorKey &key, const QJsonObject &input = {});
    // By id, else by key: what it is now. Fails: Actor::missing.
    Result<ActorRef> resolve(const ActorRef &ref) const;
    // onDestroy, then the store and the row go. `done` is called at its end. Fails: Actor::missing, what onDestroy
    // answers.
    void destroy(const ActorRef &ref, std::function<void(Result<void>)> done);
    // Puts it to sleep (if it is awake) and wakes it, also out of startFailed and damaged.
    void restart(const ActorRef &ref);
    // Everything registered so far survives power loss when this calls back.
    void whenDurable(std::function<void(Result<void>)> done);

    // Durable: `done` when it is in the destination's queue, on disk.
    // Fails: Actor::missing, queueFull, messageTooLarge, startFailed, damaged, stopped.
    template <TypedMessage M>
    void send(const ActorRef &to, const M &message, const QString &idempotencyKey,
              std::function<void(Result<void>)> done)
    {
        sendMessage(to, toMessage(message), idempotencyKey, std::move(done));
    }
    void sendMessage(const ActorRef &to, Message message, const QString &idempotencyKey,
                     std::function<void(Result<void>)> done);
    // Ephemeral, answered once: by the handler (after its effect is durable), or with Actor::deadline, missing,
    // startFailed, damaged, stopped. A message that the workflow takes is answered once it is in the queue.
    template <TypedMessage M>
    void ask(const ActorRef &to, const M &message, std::chrono::milliseconds deadline,
             std::function<void(Result<QJsonValue>)> done)
    {
        askMessage(to, toMessage(message), deadline, std::move(done));
    }
    void askMessage(const ActorRef &to, Message message, std::chrono::milliseconds deadline,
                    std::function<void(Result<QJsonValue>)> done);
    Async<Result<QJsonValue>> asking(ActorRef to, Message message, std::chrono::milliseconds deadline);
    // Wakes it and calls `read` with the living actor, in its turn, outside any transaction: for reading pages
    // without packing them into JSON. A is the kind's class.
    template <class A> void visit(const ActorRef &ref, std::function<void(Result<A *>)> read)
    {
        visitActor(ref, [read = std::move(read)](Result<Actor *> actor) {
            if (actor)
                read(static_cast<A *>(*actor));
            else
                read(std::unexpected(std::move(actor).error()));
        });
    }
    void visitActor(const ActorRef &ref, std::function<void(Result<Actor *>)> read);

    // ---- for the inspector and tests ----
    // Reads of the registry alone: no list waits for an actor.
    std::vector<ActorInfo> list() const;
    Result<std::vector<ActorInfo>> search(const ActorSearch &search) const;
    Result<ActorInfo> info(const ActorRef &ref) const;
    // All that is known of it; wakes it if it can be woken. Fails: Actor::missing.
    void open(const ActorRef &ref, std::function<void(Result<ActorDetails>)> done);
    Result<std::vector<BackupInfo>> backups(const ActorRef &ref) const;
    // Stops it, puts the backup in its store's place and starts it again. The store that was there is kept beside it
    // as "<store>.replaced-<time>". Messages that it received since the backup are gone.
    // Fails, changing nothing: Actor::missing, Storage::unavailable (no such backup), corrupt (the backup), full.
    void restore(const ActorRef &ref, const QString &backup, std::function<void(Result<void>)> done);
    // What persons did to actors, newest first, at most limits::inspectorPage.
    Result<std::vector<ActorAuditEntry>> audit(int atMost) const;
    // Of an actor, newest first; wakes it.
    void deadLetters(const ActorRef &ref, std::function<void(Result<std::vector<DeadLetter>>)> done);
    void retryDeadLetter(const ActorRef &ref, qint64 number, std::function<void(Result<void>)> done);
    void dropDeadLetter(const ActorRef &ref, qint64 number, std::function<void(Result<void>)> done);
    int awake() const; // actors with an open store
    bool isQuiet() const; // nothing runs and nothing is ready to run; timers may be set

    Clock &clock() const;
    Randomness &randomness() const;

    class Private;

private:
    friend class ActorCell;
    std::unique_ptr<Private> d;
};

} // namespace foundry
