// What a layer above adds to an actor: engine/workflows drives the actor's workflow through this.
#pragma once

#include "Actor.h"
#include "ActorOutbox.h"
#include "Migrator.h"

#include <QStringList>

namespace foundry {

class ActorExtension {
public:
    virtual ~ActorExtension() = default;

    // Tables it keeps in the actor's store, made before the kind's own migrations; never edited.
    virtual QString schema() const = 0;
    // What changed in them since: numbered from 1, with a journal of its own.
    virtual std::vector<Migration> schemaUpdates() const { return {}; }
    // These messages stay in the queue for it; the others go to onMessage.
    virtual bool takes(const QString &messageName) const = 0;
    // After onWake's transaction, outside any.
    virtual void started() = 0;
    // Messages it takes were committed to the queue, or its own controls were.
    virtual void poke() = 0;
    // In a transaction: this found nobody. False: it is for the dead letters.
    virtual Result<bool> undeliverable(const OutboxEntry &entry) = 0;
    // In the transaction in which its actor agrees to go.
    virtual Result<void> dismissed() = 0;
    // It works right now: no sleep.
    virtual bool isBusy() const = 0;
    // When it must be awake again.
    virtual std::optional<Millis> wakeAt() const = 0;
    virtual void due() = 0;
    // It waits since a time that is still to come: the clock was set back.
    virtual bool isAhead(Millis now) const = 0;
    // Frees every frame; nothing of it runs afterwards. `orderly`: recorded as an interruption, not as a crash.
    virtual void stop(bool orderly) = 0;

protected:
    static ActorCell *cellOf(const Actor &actor) { return actor.m_cell; }
};

} // namespace foundry
