// What bubblewrap is told: mounts, namespaces, environment. Pure, but for looking which system folders there are.
#pragma once

#include "SandboxCommand.h"
#include "SandboxRecord.h"

#include <foundry/Failure.h>

#include <QByteArrayList>

namespace foundry::bubblewrap {

inline constexpr char entryInside[] = "/foundry/entry";
inline constexpr char sourceInside[] = "/foundry/source.git";
inline constexpr char homeInside[] = "/home/agent";
inline constexpr char userInside[] = "agent";
inline constexpr int uidInside = 1000; // with a user namespace
inline constexpr int maxBinds = 64;
inline constexpr int maxPorts = 32;
inline constexpr int maxToolFolders = 100;

// Tells one task's sandboxes of one data folder from all other processes: the value of markName.
inline constexpr char markName[] = "FOUNDRY_SANDBOX";
QByteArray mark(const SandboxRecord &record);

// Where the proxy listens inside: 3128, or the next port that the policy does not use.
int proxyPort(const SandboxNetwork &network);
// The ports that foundry-entry has to listen on, the proxy's first (if there are hosts).
std::vector<int> listenPorts(const SandboxNetwork &network);

// Where a read-only bind appears inside: at its own path, or below hostInside where the sandbox has something of its
// own at that path (/tmp, the home, the checkout): nothing is mounted where the agent could put a link.
inline constexpr char hostInside[] = "/foundry/host";
QString bindInside(const SandboxRecord &record, const QString &path);

// Where a cache of the record is seen inside, and the folder of its layers on the host (helpers/views.cpp).
inline constexpr char cachesInside[] = "/foundry/caches/";
QString cacheFolder(const SandboxRecord &record, const QString &layers, size_t cache);
// foundry-views' own command line, up to and with bubblewrap's program; empty: no view is wanted.
QByteArrayList viewsCommand(const SandboxRecord &record, const SandboxCommand &command, const QString &views,
                            const QString &bubblewrap);

// For the command line, seen by everybody on this computer: nothing but the mark.
QByteArrayList visibleOptions(const SandboxRecord &record);
// For --args FD: everything else. The environment is here because it may hold a model's key.
// Failures: Sandbox::launchFailed (a bind that cannot be, or is too wide).
Result<QByteArrayList> options(const SandboxRecord &record, const SandboxCommand &command, const QString &entry);
// Joined as --args wants them, each ended by NUL.
QByteArray joined(const QByteArrayList &options);
// foundry-entry's own command line up to and with the program's.
QByteArrayList entryCommand(const SandboxRecord &record, const SandboxCommand &command, int gate);
// Which Foundry holds a sandbox with a terminal: on its command line, so that it is not taken for a stray.
QByteArrayList holderOption();
// A profile without a task, for trying whether it works here at all.
QByteArrayList probeOptions(const QString &entry, bool ownUser);

// Real uid for a task's processes when Foundry runs as root: stable for the folder, far above people's.
qint64 ownerForTask(const QString &folder);

} // namespace foundry::bubblewrap
