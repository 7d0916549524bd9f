// The only way git runs on the host. Every run is hardened: no system or global configuration, no hooks,
// no fsmonitor, no prompts, no transport but the one named. Never point it at a tree that an agent can
// write (law 10): such a repository is reached through SourceStore::fetchHome, where git's reading side runs
// inside the sandbox. Engine thread only; the runner must outlive its Asyncs.
#pragma once

#include "CredentialChannel.h"
#include "Process.h"

#include <foundry/Failure.h>

#include <QMap>
#include <QStringList>

#include <chrono>
#include <functional>
#include <optional>
#include <vector>

namespace foundry {

using Environment = QMap<QString, QString>;

// One line of git's configuration. Handed over in the environment and never as an argument, because
// values can be secret (http.extraHeader, a URL with a token) and arguments are public on a host.
struct GitSetting {
    QString key;
    QString value;
    bool operator==(const GitSetting &) const = default;
};

// Where a transfer is and how far: "Receiving objects", 0 to 1 or -1.
using GitProgress = std::function<void(const QString &subStep, double fraction)>;

// Whose configuration a run sees.
enum class GitConfig {
    hardened, // none but the repository's own and the call's settings
    persons, // system, global and the repository's: only for reading in the person's own clone
};

struct GitCall {
    QStringList arguments; // the sub-command first
    QString gitDir; // a bare repository of Foundry's
    QString folder; // or a folder inside the person's clone
    GitConfig config = GitConfig::hardened;
    std::vector<GitSetting> settings;
    Environment environment; // over what the runner gives
    QStringList protocols; // allowed transports: "file", "ssh", "https" …
    bool asPerson = false; // give the person's ssh agent, askpass, proxies and keyring as well
    // For a forge: this name and secret for this one run, and the person's proxies and certificates. No askpass, no
    // credential helper of the person's and no .netrc is asked. The run ends when Foundry dies.
    std::optional<GitCredential> credential;
    QByteArray input;
    std::chrono::milliseconds timeOut = std::chrono::minutes(2);
    qsizetype maxOutput = 16 * 1024 * 1024; // bytes
    qint64 cutOutput = 0; // bytes; more than 0: what follows is dropped instead of failing
    qint64 maxFile = 0; // bytes of any file it writes; 0: no limit
    qint64 maxMemory = 0; // bytes of address space; 0: no limit
    std::vector<int> goodExits { 0 };
    GitProgress progress;
    bool outputIsProgress = false; // standard output goes where standard error goes (git-lfs tells its progress there)
};

class GitRunner {
public:
    // `hostEnvironment`: the person's own, of which only named variables are handed on.
    GitRunner(ProcessRunner &processes, QString gitProgram, Environment hostEnvironment);

    // Failures: those of gitFailure (GitFailures.h); Git::missing without git; Process::timedOut, crashed.
    Async<Result<ProcessOutput>> run(GitCall call);
    // As `run`, standard output as text without the last line break.
    Async<Result<QString>> line(GitCall call);

    // Does the person's ssh-agent hold a key? Also false without an agent; true where that cannot be known.
    Async<bool> agentHoldsKeys();

    // "2.39.5". Failures: Git::missing, Git::tooOld (older than `minimumVersion`).
    Async<Result<QString>> version();

    // The program that serves a repository of this host ("upload-pack", "receive-pack"), for git's --upload-pack
    // and --receive-pack: git does not hand on the settings of the run that calls it. `safeDirectories`: folders
    // of other users that the person accepted.
    QString localService(const QString &service, const QStringList &safeDirectories = {}) const;
    const Environment &hostEnvironment() const { return m_host; }

    static constexpr auto minimumVersion = "2.38"; // safe.bareRepository

private:
    ProcessSpec specFor(const GitCall &call) const;

    ProcessRunner &m_processes;
    QString m_program;
    Environment m_host;
};

// `text` as one word of a POSIX shell.
QString shellQuoted(const QString &text);

} // namespace foundry
