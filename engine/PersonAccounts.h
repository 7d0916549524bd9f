// The accounts that the Person actor keeps, for the AccountDesk. Engine thread.
#pragma once

#include "AccountStore.h"

namespace foundry {

class ActorSystem;
struct Message;

class PersonAccounts final : public AccountStore {
public:
    static constexpr auto deadline = std::chrono::seconds(60); // of the actor's answer

    // Until `close` the actors are asked; before and after it answers Actor::stopped.
    void open(ActorSystem &actors) { m_actors = &actors; }
    void close() { m_actors = nullptr; }

    Async<Result<std::vector<AccountSummary>>> read() override;
    Async<Result<>> keep(AccountSummary account) override;
    Async<Result<>> forget(AccountId account) override;

private:
    Async<Result<>> tell(Message message);

    ActorSystem *m_actors = nullptr;
};

} // namespace foundry
