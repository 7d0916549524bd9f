// What the Person actor takes.
#pragma once

#include "ContractJson.h"
#include "Message.h"

#include <foundry/Accounts.h>

namespace foundry {

namespace person {

struct SaveDraft {
    static constexpr auto name = "saveDraft";
    QString scope;
    QString text;
};
struct SavePreference {
    static constexpr auto name = "savePreference";
    QString preference;
    QString value;
};

// Of GitHub; never its token.
struct KeepAccount {
    static constexpr auto name = "keepAccount";
    AccountSummary account;
};
struct ForgetAccount {
    static constexpr auto name = "forgetAccount";
    AccountId account;
};

using Message = std::variant<SaveDraft, SavePreference, KeepAccount, ForgetAccount>;

} // namespace person

FOUNDRY_JSON(AccountSummary, id, host, login, name, way, state, failure, expiresAt, signedInAt)
FOUNDRY_JSON(person::KeepAccount, account)
FOUNDRY_JSON(person::ForgetAccount, account)
FOUNDRY_JSON(person::SaveDraft, scope, text)
FOUNDRY_JSON(person::SavePreference, preference, value)

} // namespace foundry
