// AccountDesk: which accounts there are and the ways to sign in; AccountSignIn.cpp signs in, AccountTokens.cpp has the
// tokens.
#include "AccountDesk.h"

#include <algorithm>

namespace foundry {

AccountDesk::AccountDesk(Needs needs, std::function<void(const Event &)> tell)
    : m_needs(std::move(needs))
    , m_tell(std::move(tell))
    , m_gh(m_needs.processes, m_needs.environment)
    , m_client(m_needs.http, m_needs.clock)
{
}

AccountDesk::~AccountDesk() = default;

// As GitHub makes it; the number is what keeps it the person's after another one takes the login.
static QString noreplyOf(const AccountSummary &account, const GitHubHost &host)
{
    const QString number = account.id.value.section(u'-', -1); // see idOf
    return u"%1+%2@users.noreply.%3"_s.arg(number, account.login, host.web.host());
}

AccountId AccountDesk::idOf(const QString &host, qint64 person)
{
    return { QString(host).replace(u':', u'-') + u'-' + QString::number(person) };
}

void AccountDesk::start()
{
    for (const Failure &trouble : m_needs.hosts.troubles)
        m_tell(event::Trouble { trouble });
    inBackground(readKept());
    look();
}

void AccountDesk::stop()
{
    m_stopped = true;
    m_signing.reset();
    m_attempt.reset();
    m_background.clear();
    for (auto &[id, account] : m_accounts)
        account.getting.reset();
}

void AccountDesk::inBackground(Async<bool> doing)
{
    const auto place = m_background.insert(m_background.end(), std::move(doing));
    place->start([this, place](bool) {
        const Async<bool> over = std::move(*place);
        m_background.erase(place);
    });
}

Async<bool> AccountDesk::readKept()
{
    auto reading = m_needs.store.read();
    auto kept = co_await reading;
    if (!kept) {
        m_tell(event::Trouble { kept.error() });
        co_return false;
    }
    std::vector<AccountId> usable;
    for (AccountSummary &account : *kept) {
        if (account.state == AccountState::thisRunOnly) {
            account.state = AccountState::signedOut;
            account.failure = failure(codes::GitHub::forThisRunOnly);
        }
        if (!hostOf(account)) {
            account.state = AccountState::signedOut;
            account.failure = failure(codes::GitHub::unknownHost, account.host);
        }
        if (account.state != AccountState::signedOut)
            usable.push_back(account.id);
        m_accounts[account.id.value].summary = account;
    }
    tellAccounts();
    for (const AccountId &id : usable)
        tellHeard(id, true);
    co_return true;
}

// ---- what is told ----------------------------------------------------------------------------------

std::vector<SignInOffer> AccountDesk::offers(const GitHubHost &host) const
{
    std::optional<Failure> unconfigured;
    if (host.clientId.isEmpty())
        unconfigured = failure(codes::GitHub::notConfigured, host.host);
    SignInOffer gh { SignInWay::ghProgram, {}, failure(codes::GitHub::ghMissing) };
    if (const auto found = m_ghLogins.find(host.host); found != m_ghLogins.end()) {
        gh.obstacle.reset();
        if (found->second)
            gh.as = *found->second;
        else
            gh.obstacle = found->second.error();
    }
    const SignInOffer browser { SignInWay::browser, {}, unconfigured };
    const SignInOffer device { SignInWay::device, {}, unconfigured };
    std::vector<SignInOffer> offers { browser, device, gh, { SignInWay::token, {}, {} } };
    if (host.clientSecret.isEmpty()) // GitHub's documentation wants one for the browser's way
        std::swap(offers[0], offers[1]);
    std::stable_partition(offers.begin(), offers.end(), [](const SignInOffer &offer) { return !offer.obstacle; });
    return offers;
}

GitHubAccounts AccountDesk::accounts() const
{
    GitHubAccounts all;
    for (const auto &[id, account] : m_accounts)
        all.accounts.push_back(account.summary);
    std::sort(all.accounts.begin(), all.accounts.end(), [](const AccountSummary &a, const AccountSummary &b) {
        return std::tie(a.host, a.login) < std::tie(b.host, b.login);
    });
    for (const GitHubHost &host : m_needs.hosts.hosts)
        all.setup.hosts.push_back({ host.host, offers(host) });
    all.setup.looking = m_looking;
    all.signIn = m_signIn;
    return all;
}

void AccountDesk::tellAccounts()
{
    if (m_stopped)
        return;
    GitHubAccounts all = accounts();
    m_tell(event::AccountsChanged { std::move(all.accounts), std::move(all.setup) });
}

void AccountDesk::tellHeard(const AccountId &account, bool usable)
{
    for (const auto &heard : m_heard)
        heard(account, usable);
}

void AccountDesk::listen(std::function<void(const AccountId &account, bool usable)> heard)
{
    m_heard.push_back(std::move(heard));
}

std::vector<UsableAccount> AccountDesk::usable() const
{
    std::vector<UsableAccount> usable;
    for (const auto &[id, account] : m_accounts) {
        const GitHubHost *host = hostOf(account.summary);
        if (host && account.summary.state != AccountState::signedOut)
            usable.push_back({ account.summary.id, host->host, account.summary.login, host->web, host->api,
                               host->graphql, account.summary.name, noreplyOf(account.summary, *host) });
    }
    return usable;
}

AccountDesk::Account *AccountDesk::find(const AccountId &id)
{
    const auto found = m_accounts.find(id.value);
    return found == m_accounts.end() ? nullptr : &found->second;
}

// ---- the gh program --------------------------------------------------------------------------------

void AccountDesk::look()
{
    if (std::exchange(m_looking, true))
        return;
    inBackground(lookForGh());
}

Async<bool> AccountDesk::lookForGh()
{
    for (const GitHubHost &host : m_needs.hosts.hosts) {
        auto asking = m_gh.login(host.host);
        auto login = co_await asking;
        m_ghLogins.insert_or_assign(host.host, std::move(login));
    }
    m_looking = false;
    tellAccounts();
    co_return true;
}

AccountDesk::Work AccountDesk::perform(command::RefreshGitHub)
{
    look();
    tellAccounts();
    co_return QString();
}

} // namespace foundry
