// Writes the files of a commit of Foundry's bare repository into a folder, for looking at them. No filter runs, links
// are written as plain files with their goal in them, so that nothing leads out of the folder.
#pragma once

#include "GitRunner.h"

namespace foundry {

// `folder` must be empty and nobody else's; it gets no .git. Failures: those of GitRunner, Storage::unavailable.
Async<Result<>> exportTree(GitRunner &git, QString barePath, QString commit, QString folder);

} // namespace foundry
