#pragma once

#include "ActorCell.h"
#include "Deadlines.h"
#include "HandlingMark.h"
#include "TurnQueue.h"

#include <vector>

namespace foundry {

class ActorSystem::Private {
public:
    Private(ActorSystem &owner, ActorSystemOptions given)
        : system(owner)
        , options(std::move(given))
        , deadlines(options.clock)
        , turns(options.clock, options.executor)
    {
    }

    ActorSystem &system;
    ActorSystemOptions options;
    std::map<QString, ActorKind> kinds;
    std::map<QString, Migrator> migrators; // by kind, made when first needed
    std::unique_ptr<ActorRegistry> registry;
    std::unique_ptr<HandlingMark> handling;
    QHash<QString, std::shared_ptr<ActorCell>> cells;
    QHash<QString, int> onTheWay; // calls that look for a cell and have not arrived, by actor
    std::deque<std::weak_ptr<ActorCell>> starting;
    std::deque<std::weak_ptr<ActorCell>> ready;
    std::vector<ActorCell *> open; // with a store, or about to have one; the longest open first
    bool pumpPosted = false;
    bool sweepAgain = false; // the registry could not be read, or held more than one sweep takes
    Millis sweptTo = 0; // who had to wake by then has a cell
    Millis lookBy = 0; // steady: by then the wall clock is read again
    bool draining = false;
    bool dead = false; // mayCommit said no
    int posted = 0;
    Alarm wakeTimer;
    Alarm wakeAgain;
    std::function<void()> drained;
    Deadlines deadlines;
    std::shared_ptr<void> alive = std::make_shared<int>(0);
    TurnQueue turns; // last: what waits in it ends with it, first

    using WithCell = std::function<void(Result<std::shared_ptr<ActorCell>>)>;
    Result<std::optional<ActorRow>> find(const ActorRef &ref) const;
    Result<std::shared_ptr<ActorCell>> cellFor(const ActorRef &ref);
    std::shared_ptr<ActorCell> cellFor(const ActorRow &row);
    // The living one that can be handed something at once: nothing that came before it is still on its way.
    ActorCell *directCell(const ActorRef &ref) const;
    // With the cell awake, or why it cannot be.
    // `waits`: also for a disk that takes nothing (see ActorCell::whenAwake).
    void withCell(const ActorRef &ref, WithCell then, bool waits = false);
    void withAwake(const std::shared_ptr<ActorCell> &cell, const ActorRef &ref, const WithCell &then, bool waits);
    void destroy(const ActorRef &ref, ActorCell::Then done);

    void post(std::function<void()> call);
    void makeReady(const std::shared_ptr<ActorCell> &cell);
    void makeStarting(const std::shared_ptr<ActorCell> &cell);
    void schedulePump();
    void pump();
    bool startOne();
    bool makeRoom();
    int awake() const;
    void closed(ActorCell &cell); // it may go
    void armWakeTimer();
    void wakeDue();
    void wakeDueAgain(); // the registry could not be written: what it says is asked again soon
    void drainNext();
    void deleteStore(const QString &id); // of an actor that is no longer; what fails is done at the next start
    void replaceStore(const ActorRow &row, const QString &backup, const ActorCell::Then &done);
    Result<void> numberAnewIn(const QString &path) const;
    ActorAuditEntry auditEntry(const QString &action, const ActorRef &ref, const QString &detail,
                               const Result<void> &done = {}) const;
    Result<void> note(const QString &action, const ActorRef &ref, const QString &detail, const Result<void> &done = {});

    QString storePath(const QString &id) const
    {
        return options.folder + u"/actors/"_s + id.left(2) + u'/' + id + u".sqlite"_s;
    }
    Millis now() const { return options.clock.now(); }
};

} // namespace foundry
