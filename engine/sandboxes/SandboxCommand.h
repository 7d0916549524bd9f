// One program to run in a sandbox. Values only.
#pragma once

#include <QByteArray>
#include <QMap>
#include <QString>
#include <QStringList>

#include <chrono>
#include <optional>

namespace foundry {

struct SandboxLimits {
    int processes = 4096; // and threads, of this sandbox together
    qint64 fileBytes = 32LL * 1024 * 1024 * 1024; // of one file
    qsizetype unsentInput = 64 * 1024 * 1024; // bytes that wait for a program that does not read
    qsizetype errorTail = 64 * 1024; // bytes of standard error that are kept
};

// Of a terminal, in cells; 1 to 1000 each.
struct TerminalSize {
    int columns = 80;
    int rows = 24;
    bool operator==(const TerminalSize &) const = default;
};

// The layers of the agent and of what prepares its place.
inline const QString agentCaches = QStringLiteral("caches");

struct SandboxCommand {
    QString program; // absolute inside, or looked up in PATH inside
    QStringList arguments;
    QMap<QString, QString> environment; // added to the sandbox's own and wins over it; never a secret of Foundry's
    QString workingDirectory; // inside; empty: the checkout
    // Absolute files and folders outside /usr that the program needs; same path inside, read-only. Below /tmp, where
    // the sandbox has its own, they appear below /foundry/host, and `program` and `arguments` that begin with one are
    // changed to that. Refused: the home itself, what lies above it or above Foundry's data, and the system's own
    // folders.
    QStringList readOnlyBinds;
    bool network = false; // the record's network policy is in force; false: no network at all
    // The record's caches are there as views of the person's own, and what is written stays in the layers of this name
    // (of letters, digits and "-"), which only one program of a task at a time may have. Empty: the caches are there
    // as empty folders of the task's.
    QString caches;
    bool readOnlyCheckout = false;
    // The agent may make sandboxes of its own inside (Codex' and Chromium's own): user namespaces and mounting are
    // then possible inside, which shows it more of the kernel. As root an inner one cannot have a /proc of its own.
    bool nesting = false;
    SandboxLimits limits;
    // The program gets a controlling terminal of the sandbox's own /dev/pts as its input, output and error; what is
    // written and put out is then the terminal's. It is not taken for a stray while the program that started it lives.
    std::optional<TerminalSize> terminal;
    // For `run` only.
    QByteArray input;
    std::chrono::milliseconds timeOut = std::chrono::minutes(2);
    qsizetype maxOutput = 16 * 1024 * 1024; // bytes
};

} // namespace foundry
