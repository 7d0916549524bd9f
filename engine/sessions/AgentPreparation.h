// What a session needs of the person's agents: an agent ready to be started in a sandbox. Engine thread only.
#pragma once

#include "AgentCatalogue.h"
#include "Async.h"
#include "SandboxProvider.h"

namespace foundry {

struct PreparedAgent {
    AgentLaunch launch; // with the values of its keys
    std::vector<HomeFile> files; // for the private home; logins as their owner lends them
};

class AgentPreparation {
public:
    virtual ~AgentPreparation() = default;
    // Waits until the person's shell has been read. Failures: as AgentCatalogue::launch; Agent::keychain, loginRenewal.
    virtual Async<Result<PreparedAgent>> prepare(QString agent, command::Freedom freedom, SandboxRecord record) = 0;
    // An agent that an earlier life of the program started is at work: what was lent to it is kept fresh.
    virtual void resumed(const QString &agent, const SandboxRecord &record) = 0;
    // Nothing runs there any more.
    virtual void ended(const SandboxRecord &record) = 0;
};

} // namespace foundry
