#include "PersonAccounts.h"

#include "ActorSystem.h"
#include "Keys.h"
#include "PersonActor.h"

namespace foundry {

Async<Result<std::vector<AccountSummary>>> PersonAccounts::read()
{
    using Accounts = Result<std::vector<AccountSummary>>;
    if (!m_actors)
        co_return fail(codes::Actor::stopped);
    Promise<Accounts> seen;
    m_actors->visit<PersonActor>(keys::localPerson(), [seen](Result<PersonActor *> actor) {
        seen.set(actor ? (*actor)->accounts() : Accounts(std::unexpected(actor.error())));
    });
    auto accounts = co_await seen;
    co_return accounts;
}

Async<Result<>> PersonAccounts::tell(Message message)
{
    if (!m_actors)
        co_return fail(codes::Actor::stopped);
    auto asking = m_actors->asking(keys::localPerson(), std::move(message), deadline);
    auto answer = co_await asking;
    if (!answer)
        co_return std::unexpected(answer.error());
    co_return Result<>();
}

Async<Result<>> PersonAccounts::keep(AccountSummary account)
{
    return tell(toMessage(person::KeepAccount { std::move(account) }));
}

Async<Result<>> PersonAccounts::forget(AccountId account)
{
    return tell(toMessage(person::ForgetAccount { std::move(account) }));
}

} // namespace foundry
