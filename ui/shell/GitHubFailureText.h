// The sentences of codes::GitHub, for FailureText. Pure, any thread.
#pragma once

#include "FailureText.h"

namespace foundry {

FailureSentences say(codes::GitHub code);

} // namespace foundry
