// What is there on this computer: git, isolation, agents. Looked at once after the start and on request.
// Engine thread.
#pragma once

#include "AgentCatalogue.h"
#include "GitRunner.h"
#include "SandboxProvider.h"

#include <foundry/Event.h>

namespace foundry {

class SystemChecks {
public:
    SystemChecks(GitRunner &git, SandboxProvider &sandbox, AgentCatalogue &catalogue,
                 std::function<void(const Event &)> tell);

    // Tells SystemChanged when done. While one look is under way, another one changes nothing.
    void look();
    const std::vector<SystemCheck> &checks() const { return m_checks; }
    std::vector<AgentOffer> agents() const { return m_catalogue.offers(); }

private:
    Async<bool> looking();

    GitRunner &m_git;
    SandboxProvider &m_sandbox;
    AgentCatalogue &m_catalogue;
    std::function<void(const Event &)> m_tell;
    std::vector<SystemCheck> m_checks;
    Async<bool> m_look;
};

} // namespace foundry
