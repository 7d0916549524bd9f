// Where accounts are known from one run to the next; never their secrets. Engine thread only.
#pragma once

#include "Async.h"

#include <foundry/Accounts.h>

namespace foundry {

class AccountStore {
public:
    virtual ~AccountStore() = default;
    virtual Async<Result<std::vector<AccountSummary>>> read() = 0;
    virtual Async<Result<>> keep(AccountSummary account) = 0; // by its id
    virtual Async<Result<>> forget(AccountId account) = 0; // gone already is success
};

} // namespace foundry
