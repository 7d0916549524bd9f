// The login of GitHub's own command line program, where it is there. Its token is asked for each time and kept nowhere.
// Engine thread only.
#pragma once

#include "Process.h"

namespace foundry {

class GhProgram {
public:
    static constexpr std::chrono::seconds timeOut { 15 };

    GhProgram(ProcessRunner &processes, QMap<QString, QString> environment);

    // Failures: GitHub::ghMissing, ghNotSignedIn, ghFailed.
    Async<Result<QByteArray>> token(QString host);
    // As gh has written it down, without asking GitHub; may be empty. Failures: the same.
    Async<Result<QString>> login(QString host);

private:
    Async<Result<QByteArray>> ask(QStringList arguments);

    ProcessRunner &m_processes;
    QMap<QString, QString> m_environment;
};

} // namespace foundry
