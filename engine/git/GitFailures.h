// What git's standard error means. Pure. git runs with LC_ALL=C; texts as of 2.38 to 2.47.
#pragma once

#include <foundry/Failure.h>

#include <QByteArray>

namespace foundry {

// Git::refused       a hook or rule of the remote said no; detail: the remote's own lines
// Git::rejected      not a fast-forward
// Git::branchExists  the name is taken, or conflicts with a taken one (a against a/b)
// Git::checkedOut    the branch is checked out in a work tree
// Git::authentication, Git::unreachable (transient), Git::unsafeOwner, Git::bare, Git::notARepository,
// Git::corrupt, Git::tooLarge, Git::signing, Git::shallow; Storage::full, Storage::readOnly;
// Repository::unsupported (a transport that is not allowed); else Git::failed with the last lines.
Failure gitFailure(const QString &subCommand, int exitCode, const QByteArray &standardError);

// What the remote said, without "remote: ", colours and control characters; empty if nothing.
QString remoteLines(const QByteArray &standardError);

// Removes user, password and token from an http(s) or ssh address: for show.
QString withoutCredentials(const QString &url);

// As `text`, without terminal control characters, and without credentials in addresses.
QString cleanText(const QByteArray &text);

} // namespace foundry
