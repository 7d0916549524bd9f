// The line of a pull request's text with which GitHub closes an issue when it is merged.
// https://docs.github.com/issues/tracking-your-work-with-issues/using-issues/linking-a-pull-request-to-an-issue
// Pure; any thread.
#pragma once

#include <foundry/TaskIssue.h>

namespace foundry {

// "#12", or "acme/shop#12" where the pull request is in another `repository`.
QString issueReference(const TaskIssue &issue, const QString &repository);

// `text` with "Closes #12" before it; as it is where it closes that issue already, in any of GitHub's words.
QString withClosingWords(const QString &text, const TaskIssue &issue, const QString &repository);

} // namespace foundry
