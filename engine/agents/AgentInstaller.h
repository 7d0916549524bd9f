// Agents from npm in Foundry's own folder: PACKAGES/<agent>/<version>/node_modules. npm is the person's, with the
// person's configuration (registry, proxy, certificates); no script of any package is run. Engine thread only.
#pragma once

#include "AgentCatalogue.h"
#include "Process.h"

namespace foundry {

// The newest pin that this Node can run; `node`: "20.20.2", empty: there is none.
const AgentPin *choosePin(const std::vector<AgentPin> &pins, const QString &node);
// Why nothing can be installed, and what to do, as a sentence; empty: nothing stands in the way.
QString installObstacle(const std::vector<AgentPin> &pins, const PersonShell &shell);

class AgentInstaller {
public:
    static constexpr std::chrono::minutes timeOut { 20 };
    static constexpr int lastLines = 12; // of npm, in a failure

    AgentInstaller(ProcessRunner &processes, QString packages);

    // Destroying it before its end stops npm and leaves what was there as it was. `progress`: what npm says.
    // Failures: Agent::installFailed with npm's last lines.
    Async<Result<>> install(QString agent, AgentPin pin, QString npm, QMap<QString, QString> environment,
                            std::function<void(const QString &)> progress);
    // Versions that an agent at work still needs stay until the next time. Answers whether all are gone.
    Result<bool> remove(const QString &agent, const QString &except = {});
    // What an install that was broken off left.
    void tidy();

private:
    ProcessRunner &m_processes;
    QString m_packages;
};

} // namespace foundry
