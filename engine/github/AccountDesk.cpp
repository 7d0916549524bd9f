#include "AccountDesk.h"

namespace foundry {

AccountDesk::AccountDesk(GitHubHosts hosts, std::function<void(const Event &)> tell)
    : m_hosts(std::move(hosts))
    , m_tell(std::move(tell))
{
}

GitHubAccounts AccountDesk::accounts() const
{
    GitHubAccounts accounts;
    for (const GitHubHost &host : m_hosts.hosts)
        accounts.setup.hosts.push_back({ host.host, {} });
    return accounts;
}

AccountDesk::Work AccountDesk::perform(command::StartGitHubSignIn wish)
{
    const GitHubHost *host = m_hosts.find(wish.host);
    if (!host)
        co_return fail(codes::GitHub::unknownHost, wish.host);
    co_return fail(codes::GitHub::notConfigured, host->host);
}

AccountDesk::Work AccountDesk::perform(command::CancelGitHubSignIn)
{
    co_return QString();
}

AccountDesk::Work AccountDesk::perform(command::AnswerKeychain)
{
    co_return QString();
}

AccountDesk::Work AccountDesk::perform(command::CheckGitHubAccount wish)
{
    co_return fail(codes::GitHub::unknownAccount, wish.account.value);
}

AccountDesk::Work AccountDesk::perform(command::SignOutGitHub wish)
{
    co_return fail(codes::GitHub::unknownAccount, wish.account.value);
}

AccountDesk::Work AccountDesk::perform(command::RefreshGitHub)
{
    m_tell(event::AccountsChanged { accounts().accounts, accounts().setup });
    co_return QString();
}

std::vector<UsableAccount> AccountDesk::usable() const
{
    return {};
}

Async<Result<QByteArray>> AccountDesk::token(AccountId account)
{
    co_return fail(codes::GitHub::unknownAccount, account.value);
}

void AccountDesk::refused(AccountId, QByteArray) { }

void AccountDesk::listen(std::function<void(const AccountId &account, bool usable)> heard)
{
    m_heard.push_back(std::move(heard));
}

} // namespace foundry
