// The person's accounts at GitHub as a whole: which there are, how one signs in, and the tokens for whoever asks
// GitHub. Engine thread only.
#pragma once

#include "GitHubHosts.h"
#include "TokenSource.h"

#include <foundry/Event.h>

namespace foundry {

class AccountDesk final : public TokenSource {
public:
    using Work = Async<Result<QString>>; // as CommandRouter's

    AccountDesk(GitHubHosts hosts, std::function<void(const Event &)> tell);

    GitHubAccounts accounts() const;

    Work perform(command::StartGitHubSignIn wish);
    Work perform(command::CancelGitHubSignIn wish);
    Work perform(command::AnswerKeychain wish);
    Work perform(command::CheckGitHubAccount wish);
    Work perform(command::SignOutGitHub wish);
    Work perform(command::RefreshGitHub wish);

    std::vector<UsableAccount> usable() const override;
    Async<Result<QByteArray>> token(AccountId account) override;
    void refused(AccountId account, QByteArray token) override;
    void listen(std::function<void(const AccountId &account, bool usable)> heard) override;

private:
    GitHubHosts m_hosts;
    std::function<void(const Event &)> m_tell;
    std::vector<std::function<void(const AccountId &, bool)>> m_heard;
};

} // namespace foundry
