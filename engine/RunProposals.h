// What command a project is likely to be tried with, by its own files. Nothing of it is run here, and it is read
// without following a link: an agent may have written any of it. Pure, but for the reading.
#pragma once

#include "BeneathReader.h"

#include <foundry/Answer.h>

namespace foundry {

// The likeliest first, each once, at most answer::RunProposals::most; of the top folder only.
std::vector<answer::RunProposal> proposedRuns(const BeneathReader &checkout);

inline constexpr qsizetype maxProjectFile = 1024 * 1024; // bytes; a larger one proposes nothing

} // namespace foundry
