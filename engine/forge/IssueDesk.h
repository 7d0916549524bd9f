// What one issue says in full, asked of the forge when somebody opens it; kept nowhere. Engine thread only.
#pragma once

#include "ActorSystem.h"
#include "GithubClient.h"

#include <foundry/Issues.h>

namespace foundry {

class IssueDesk {
public:
    IssueDesk(ActorSystem &actors, GithubClient &client);

    // Failures: GitHub's; notFound: it is none of the rows, or is not to be seen any more.
    Async<Result<IssueDetails>> read(query::IssueDetails query);

private:
    ActorSystem &m_actors;
    GithubClient &m_client;
};

} // namespace foundry
