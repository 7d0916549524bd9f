// Names made from a person's words. Pure.
#pragma once

#include <QSet>
#include <QString>
#include <QStringList>

namespace foundry {

// The title of a task: the first line of the prompt that has words, without Markdown and "fix:" noise, at
// most 72 characters, cut between words. Empty only for a prompt without visible characters.
QString titleFromPrompt(QStringView prompt);

// A valid branch, kebab case, at most 60 characters: "fix/login-redirect-loop" from "Fix the login redirect
// loop", "task/…" without a known verb; written in ASCII, "task/new" if nothing is left.
QString branchFromTitle(QStringView title);

// `branch`, or with -2, -3 … such that it neither equals nor lies above or below a taken one (a, a/b).
// Compared without case: some remotes live on such disks.
QString uniqueBranch(const QString &branch, const QSet<QString> &taken);

// As git check-ref-format --branch, and no longer than limits::branchCharacters.
bool isValidBranch(QStringView branch);
// A full ref name below refs/, or HEAD.
bool isValidRef(QStringView ref);
// A full object id, lower case.
bool isCommitId(const QString &text);
// An id or a full ref name: what may stand on git's command line.
bool isRevision(const QString &text);

} // namespace foundry
