// The person's accounts at GitHub as a whole: which there are, how one signs in, and the tokens for whoever asks
// GitHub. Tokens are in the keychain and in memory; what is stored of an account is no secret. Engine thread only.
#pragma once

#include "AccountStore.h"
#include "SecretStore.h"
#include "SignInAttempt.h"
#include "TokenSource.h"

#include <foundry/Event.h>

#include <list>
#include <map>

namespace foundry {

class AccountDesk final : public TokenSource {
public:
    using Work = Async<Result<QString>>; // as CommandRouter's
    static constexpr std::chrono::minutes margin { 10 }; // an access that ends sooner is renewed before it is given
    static constexpr size_t maxAccounts = 50;

    struct Needs {
        Clock &clock;
        ProcessRunner &processes;
        HttpTransport &http;
        SecretStore &secrets;
        Browser &browser;
        AccountStore &store;
        std::function<QByteArray(qsizetype)> chance; // so many bytes that nobody can guess
        GitHubHosts hosts;
        QMap<QString, QString> environment; // the person's
    };

    AccountDesk(Needs needs, std::function<void(const Event &)> tell);
    ~AccountDesk() override;

    void start(); // reads what is kept, looks for gh; returns at once
    void stop(); // ends what is under way; nothing is told any more

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

    static AccountId idOf(const QString &host, qint64 person);

private:
    struct Account {
        AccountSummary summary;
        std::optional<GitHubTokens> tokens; // as far as this run has had them
        bool unsaved = false; // renewed, and the keychain did not take it
        Async<Result<QByteArray>> getting;
        std::vector<Promise<Result<QByteArray>>> waiting; // for `getting`
        bool checking = false; // a token that was refused
    };
    using Keeping = Result<bool>; // true: in the keychain, false: for this run only

    Async<bool> readKept();
    Async<bool> lookForGh();
    void look();
    void inBackground(Async<bool> doing);
    Account *find(const AccountId &id);
    const GitHubHost *hostOf(const AccountSummary &account) const { return m_needs.hosts.find(account.host); }
    std::vector<SignInOffer> offers(const GitHubHost &host) const;

    // Signing in.
    Async<bool> signIn(GitHubHost host, SignInWay way);
    Async<Result<AccountId>> adopt(GitHubHost host, SignInWay way, SignedIn signedIn);
    Async<Keeping> keepSecret(AccountId id, GitHubTokens tokens);
    Async<command::KeychainAnswer> asked(Failure why, bool shut);
    void tellSignIn(SignInPhase phase, std::optional<Failure> failure = {});

    // Tokens.
    Async<Result<QByteArray>> get(AccountId id);
    void beginGetting(const AccountId &id);
    bool endsSoon(const GitHubTokens &tokens) const;
    Async<Result<GitHubTokens>> fromKeychain(AccountId id);
    Async<Result<>> openKeychain(AccountId id);
    void notGiven(Account &account, const Failure &why);
    Async<Result<GitHubTokens>> renewed(AccountId id, GitHubTokens tokens);
    Async<Result<>> writeSecret(AccountId id, GitHubTokens tokens);
    Async<bool> saveAgain(AccountId id);
    Async<bool> checkRefused(AccountId id, QByteArray token);
    Async<bool> signedOut(AccountId id, Failure why);

    void tellAccounts();
    void tellHeard(const AccountId &account, bool usable);
    static QString entry(const AccountId &id) { return u"github/"_s + id.value; }

    Needs m_needs;
    std::function<void(const Event &)> m_tell;
    GhProgram m_gh;
    OAuthClient m_client;
    std::map<QString, Account> m_accounts; // by id
    std::map<QString, Result<QString>> m_ghLogins; // by host
    bool m_looking = false;
    bool m_stopped = false;
    SignInProgress m_signIn;
    std::unique_ptr<SignInAttempt> m_attempt;
    Alarm m_politeness;
    Async<bool> m_signing;
    std::optional<Promise<command::KeychainAnswer>> m_asking;
    bool m_givenUp = false; // while the keychain writes
    bool m_shut = false; // the person was asked to open the keychain, and it is not: they are not asked again by itself
    std::list<Async<bool>> m_background;
    std::vector<std::function<void(const AccountId &, bool)>> m_heard;
};

} // namespace foundry
