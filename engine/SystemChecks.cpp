#include "SystemChecks.h"

namespace foundry {

SystemChecks::SystemChecks(GitRunner &git, SandboxProvider &sandbox, AgentCatalogue &catalogue,
                           std::function<void(const Event &)> tell)
    : m_git(git)
    , m_sandbox(sandbox)
    , m_catalogue(catalogue)
    , m_tell(std::move(tell))
{
}

void SystemChecks::look()
{
    if (m_look.isValid())
        return;
    m_look = looking();
    m_look.start([this](bool) { const Async<bool> ended = std::move(m_look); });
}

Async<bool> SystemChecks::looking()
{
    std::vector<SystemCheck> checks;
    auto asking = m_git.version();
    auto git = co_await asking;
    SystemCheck gitCheck { u"git"_s, CheckStatus::good, git.value_or(QString()), {} };
    if (!git) {
        gitCheck.status = CheckStatus::bad;
        gitCheck.failure = git.error();
    }
    checks.push_back(gitCheck);

    auto probing = m_sandbox.probe();
    auto isolation = co_await probing;
    SystemCheck sandboxCheck { u"isolation"_s, CheckStatus::good, {}, {} };
    if (!isolation) {
        sandboxCheck.status = CheckStatus::bad;
        sandboxCheck.failure = isolation.error();
    } else {
        sandboxCheck.found
            = isolation->version + (isolation->weakness.isEmpty() ? QString() : u", "_s + isolation->weakness);
        sandboxCheck.status = isolation->isolation == Isolation::full ? CheckStatus::good : CheckStatus::attention;
    }
    checks.push_back(sandboxCheck);

    for (const Failure &trouble : m_catalogue.troubles())
        checks.push_back({ u"configuration"_s, CheckStatus::bad, {}, trouble });
    m_checks = std::move(checks);
    m_tell(event::SystemChanged { m_catalogue.offers(), m_checks });
    co_return true;
}

} // namespace foundry
