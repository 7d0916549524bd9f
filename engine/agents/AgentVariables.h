// Which of the person's variables an agent may get. Pure functions, any thread.
#pragma once

#include <QString>

namespace foundry::variables {

enum class Refusal {
    none,
    forge, // a forge's token or the way to a key that can push
    sandbox, // set by the sandbox itself: PATH, HOME, proxies …
};

// By name, and by what the value begins with.
Refusal refusal(const QString &name, const QString &value);
// "OPENAI_API_KEY", "MISTRAL_BASE_URL": shown, so that it can be given.
bool looksLikeModelKey(const QString &name);
bool isName(const QString &name); // letters, digits and _, at most 100

} // namespace foundry::variables
