// What the Person actor takes.
#pragma once

#include "ContractJson.h"
#include "Message.h"

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

using Message = std::variant<SaveDraft, SavePreference>;

} // namespace person

FOUNDRY_JSON(person::SaveDraft, scope, text)
FOUNDRY_JSON(person::SavePreference, preference, value)

} // namespace foundry
