// What the demonstration agent does when the prompt holds no script: a small, real change.
#pragma once

#include "Script.h"

namespace foundry::demo {

// Looks at the folder and writes the script for it. `prompt` is named in what it says.
std::vector<Step> scenario(const QString &folder, const QString &prompt);

} // namespace foundry::demo
