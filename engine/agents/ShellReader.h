// What the person's interactive shell sets: its PATH and variables, which a program that was started from a menu does
// not have. The shell is run once, in a session of its own, so that it can take no terminal from anybody; it has
// nothing to read, ten seconds, and a megabyte to say. Engine thread only.
#pragma once

#include "Process.h"

namespace foundry {

struct ShellReading {
    QString program; // the shell
    QMap<QString, QString> environment; // the start's own, with what the shell sets over it
    int added = 0; // variables that the start had not
    std::optional<Failure> failure; // then `environment` is the start's own
};

class ShellReader {
public:
    static constexpr std::chrono::seconds timeOut { 10 };
    static constexpr qsizetype maxOutput = 1024 * 1024; // bytes, noise included
    static constexpr int maxVariables = 4000;
    // Set for the shell's set-up files, so that a person can leave out there what takes long.
    static constexpr QLatin1StringView markVariable { "FOUNDRY_READS_SHELL" };

    // `start`: the variables the program was started with; its SHELL is asked.
    ShellReader(ProcessRunner &processes, QMap<QString, QString> start)
        : m_processes(processes)
        , m_start(std::move(start))
    {
    }

    // Never fails: see ShellReading::failure (Process::timedOut, failed, tooMuchOutput, notFound).
    Async<ShellReading> read();

private:
    ProcessRunner &m_processes;
    QMap<QString, QString> m_start;
};

namespace shell {

// The arguments that make this shell interactive, a login shell, and run one line.
QStringList arguments(const QString &program, const QString &line);
// NUL-separated NAME=value between two marks; whatever else the shell's set-up printed is passed over.
Result<QMap<QString, QString>> variablesBetween(const QByteArray &output, const QByteArray &mark);
// `start` with the shell's over it. PATH: the shell's folders, then those of the start that it has not.
QMap<QString, QString> joined(const QMap<QString, QString> &start, const QMap<QString, QString> &shells);

} // namespace shell

} // namespace foundry
