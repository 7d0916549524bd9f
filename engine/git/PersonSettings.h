// What the person configured for git in one clone, as git resolves it there (includeIf, global, system), cut
// to a list of allowed settings. Read once, then handed explicitly to each run that acts for the person.
// Can hold secrets (credential settings, addresses with tokens): keep it in memory, never in a store or log.
#pragma once

#include "GitRunner.h"

namespace foundry {

struct Identity {
    QString name;
    QString email;
    bool isMissing() const { return name.isEmpty() || email.isEmpty(); }
    QString shown() const { return u"%1 <%2>"_s.arg(name, email); }
    bool operator==(const Identity &) const = default;
};

struct PersonSettings {
    Identity author; // missing: Foundry never invents one (Git::identityMissing where it is needed)
    Identity committer;
    bool signsCommits = false; // commit.gpgSign
    std::vector<GitSetting> signing; // gpg.*, user.signingKey
    std::vector<GitSetting> transport; // core.sshCommand, credential.*, http.*, ssh.*, lfs.*
    QStringList safeDirectories; // folders of other users that the person accepted
    QString remote; // "origin"; empty: there is none
    QString fetchUrl; // insteadOf applied, relative paths made absolute; may hold credentials
    QString pushUrl; // pushInsteadOf too
    QString lfsUrl; // where Git LFS keeps what is big; empty: beside the repository
    QString lfsPushUrl;
    std::optional<GitCredential> credential; // of a forge: used in place of all that the person has for it
    bool operator==(const PersonSettings &) const = default;
};

class PersonSettingsReader {
public:
    explicit PersonSettingsReader(GitRunner &git);

    // Failures: as CloneInspector::inspect.
    Async<Result<PersonSettings>> read(QString clonePath);
    // Where there is no clone: what the person set for all of them. No remote.
    Async<Result<PersonSettings>> readEverywhere(QString anyFolder);

    // Is `key` on the list? For signing and transport.
    static bool isSigningKey(const QString &key);
    static bool isTransportKey(const QString &key);

private:
    Async<Result<QString>> address(QString root, QString remote, bool push);

    GitRunner &m_git;
};

// One entry of `git config --list -z --show-scope`.
struct ScopedSetting {
    QString scope; // system, global, local, worktree, command
    GitSetting setting;
    bool operator==(const ScopedSetting &) const = default;
};
std::vector<ScopedSetting> parseSettings(const QByteArray &output);
// All of them, as git resolves them in `folder` with the person's own configuration.
Async<Result<std::vector<ScopedSetting>>> readSettings(GitRunner &git, QString folder);
// Settings that undo each filter which the repository itself defines, so that reading its tree runs none of them;
// the person's own (Git LFS, say) stay.
std::vector<GitSetting> withoutLocalFilters(const std::vector<ScopedSetting> &settings);
// The remote that is published to: remote.pushDefault, origin, or the first one. Empty: there is none.
QString chooseRemote(const std::vector<ScopedSetting> &settings);

} // namespace foundry
