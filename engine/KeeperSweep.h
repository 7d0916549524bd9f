// At the engine's start: which agents were left at work? Those of sessions that are still there are taken up (a turn's
// by its own step); the others are ended by their mark. Engine thread.
#pragma once

#include "ActorSystem.h"
#include "SandboxProvider.h"

#include <list>

namespace foundry {

class KeeperSweep {
public:
    static constexpr std::chrono::seconds patience { 5 }; // of an orderly stop

    KeeperSweep(ActorSystem &actors, SandboxProvider &provider, QString sandboxesFolder);

    void look();
    // Who is taken up can be ended in order; a stop that comes before that would leave agents at rest for a day. `done`
    // when all have answered, or after `patience`.
    void whenDone(std::function<void()> done);

private:
    void answered();
    void end(const TaskId &task, const QString &folder);

    ActorSystem &m_actors;
    SandboxProvider &m_provider;
    QString m_sandboxesFolder;
    int m_open = 0; // not answered yet
    std::function<void()> m_done;
    Alarm m_limit;
    std::list<Async<Result<int>>> m_ending;
    std::shared_ptr<int> m_alive = std::make_shared<int>(0);
};

} // namespace foundry
