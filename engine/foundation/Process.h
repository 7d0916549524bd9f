// Runs one program to its end. The environment is exactly what is given, nothing is inherited; limits on
// time and output are always in force. Destroying the Async before its end kills the program, and with `ownSession`
// what it started as well (whole trees are the sandbox's affair). Engine thread only.
#pragma once

#include "Async.h"
#include "Clock.h"

#include <foundry/Failure.h>

#include <QMap>
#include <QString>
#include <QStringList>

#include <chrono>
#include <functional>

namespace foundry {

struct ProcessSpec {
    QString program; // absolute, or looked up in the PATH of `environment`
    QStringList arguments;
    QMap<QString, QString> environment;
    QString workingDirectory; // empty: "/"
    QByteArray input;
    bool ownSession = false; // a session and process group of its own, without a terminal
    std::chrono::milliseconds timeOut = std::chrono::minutes(2);
    qsizetype maxOutput = 16 * 1024 * 1024; // bytes of standard output; of standard error the last 64 KiB are kept
    // In a session of its own, which is ended as by a terminal that closes: SIGHUP, and never SIGKILL, because what the
    // person's set-up runs there may hold a lock of theirs.
    bool hangUp = false;
    bool outlives = false; // nothing kills it, neither the limit nor an end of Foundry: it ends by itself
    bool endsWithUs = false; // it gets SIGTERM when Foundry dies, however that is; what it started has to notice
    // This file descriptor of ours is `handedOnAs` inside, and nothing else of ours is there; -1: none.
    int handedOn = -1;
    static constexpr int handedOnAs = 9; // the highest that every shell can name
    std::function<void(const QByteArray &)> onError; // standard error as it arrives, for progress
    // Called on each sign of life of the program (any output).
    std::function<void()> onProgress;
};

struct ProcessOutput {
    int exitCode = 0;
    QByteArray output;
    QByteArray error; // its last 64 KiB
};

class ProcessRunner {
public:
    explicit ProcessRunner(Clock &clock);

    // Failures: Process::notFound, notStarted, crashed, timedOut, tooMuchOutput. A non-zero exit code is
    // not a failure here; `runChecked` makes it Process::failed with the last lines of standard error.
    Async<Result<ProcessOutput>> run(ProcessSpec spec);
    Async<Result<ProcessOutput>> runChecked(ProcessSpec spec);

    // The program's absolute path in `path` (PATH syntax), empty if it is not there.
    static QString find(const QString &program, const QString &path);

private:
    Clock &m_clock;
};

// The soft limit of open files that the program had when it started; children get it back after
// EngineThread raised ours.
void rememberFileLimit();
void restoreFileLimit(); // async-signal-safe: called in the child between fork and exec

} // namespace foundry
