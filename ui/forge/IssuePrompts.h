// What an agent is asked about an issue. Its title, text and comments are others': quoted, and said to be theirs.
#pragma once

#include <foundry/Issues.h>

namespace foundry {

// At most limits::promptCharacters; comments that do not fit are left out and counted, the oldest stay.
QString promptOfIssue(const IssueDetails &issue);

} // namespace foundry
