// Where finished work goes: the person's remote, with the person's own transport, or the person's clone. And what
// others brought to that remote meanwhile.
#pragma once

#include "GitRunner.h"
#include "PersonSettings.h"

#include <map>

namespace foundry {

class Publisher {
public:
    explicit Publisher(GitRunner &git);

    // Makes refs/heads/`branch` of the remote be `commit`: a new branch or a fast-forward, never by force. The same
    // commit already there is success, so it may be repeated after a crash. Failures: Git::noRemote;
    // Git::branchExists (the branch is there with other content); Git::refused (hook or protection; detail:
    // the remote's lines); Git::authentication, noKeyInAgent, unknownHost, hostChanged; Git::unreachable
    // (transient); Repository::unsupported.
    Async<Result<>> push(QString barePath, QString commit, QString branch, PersonSettings settings,
                         GitProgress progress = {});

    // Takes the newest commit of the remote's `branch`, with its history, into `intoRef`. Failures: as push;
    // Git::noCommits (the remote has no such branch), Storage::full.
    Async<Result<>> fetch(QString barePath, QString branch, QString intoRef, PersonSettings settings,
                          GitProgress progress = {});

    // Branch → commit. At most 64 MiB of names.
    Async<Result<std::map<QString, QString>>> remoteBranches(QString barePath, PersonSettings settings);
    // Its commit; empty: there is none.
    Async<Result<QString>> remoteBranch(QString barePath, QString branch, PersonSettings settings);

    // The only write to the person's clone: creates or fast-forwards `branch` there from Foundry's `ref`.
    // Failures: Git::checkedOut, Git::branchExists (other content, or a name in conflict), Git::invalidBranch.
    Async<Result<>> bringIntoClone(QString clonePath, QString barePath, QString ref, QString branch,
                                   bool acceptedOwner = false);

private:
    GitCall remoteCall(const QString &barePath, const PersonSettings &settings, const QString &url,
                       const QStringList &arguments) const;

    Async<Failure> explain(Failure why, QString url);

    GitRunner &m_git;
};

// The transport git takes for an address: "file", "ssh", "https", "http", "git"; empty: one that Foundry
// does not use (ext:: and other helpers).
QString transportOf(const QString &url);

} // namespace foundry
