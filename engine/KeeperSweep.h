// At the engine's start: which agents were left at work? Those of sessions that are still there are taken up (a turn's
// by its own step); the others are ended by their mark. Engine thread.
#pragma once

#include "ActorSystem.h"
#include "SandboxProvider.h"

#include <list>

namespace foundry {

class KeeperSweep {
public:
    KeeperSweep(ActorSystem &actors, SandboxProvider &provider, QString sandboxesFolder);

    void look();

private:
    void end(const TaskId &task, const QString &folder);

    ActorSystem &m_actors;
    SandboxProvider &m_provider;
    QString m_sandboxesFolder;
    std::list<Async<Result<int>>> m_ending;
    std::shared_ptr<int> m_alive = std::make_shared<int>(0);
};

} // namespace foundry
