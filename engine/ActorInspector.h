// The inspector's way to the actors: lists, details, and what a person may do to them by hand (L02). Everything done by
// hand is in the run's audit, or in the registry's (ActorSystem::audit). Engine thread.
#pragma once

#include "Async.h"

#include <foundry/Answer.h>
#include <foundry/Command.h>
#include <foundry/Query.h>

#include <functional>

namespace foundry {

class Actor;
class ActorSystem;
struct ActorRef;

class ActorInspector {
public:
    explicit ActorInspector(ActorSystem &actors)
        : m_actors(actors)
    {
    }

    // A local read of the registry: nothing is woken.
    answer::Actors read(const query::Actors &query) const;
    // Fails: Actor::missing.
    Async<Result<answer::ActorDetails>> read(query::ActorDetails query);

    // Fail: Actor::missing; what the operation fails with. The answer is empty.
    Async<Result<QString>> perform(command::RestartActor command);
    Async<Result<QString>> perform(command::DestroyActor command);
    Async<Result<QString>> perform(command::RestoreActor command);
    Async<Result<QString>> perform(command::SettleDeadLetter command);
    Async<Result<QString>> perform(command::ControlRun command);

private:
    Result<ActorRef> find(const QString &id) const;
    Async<Result<QString>> finished(std::function<void(std::function<void(Result<void>)>)> begin);

    ActorSystem &m_actors;
};

} // namespace foundry
