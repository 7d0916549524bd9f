// AccountDesk: signing in and out.
#include "AccountDesk.h"

namespace foundry {

AccountDesk::Work AccountDesk::perform(command::StartGitHubSignIn wish)
{
    const GitHubHost *host = m_needs.hosts.find(wish.host);
    if (!host)
        co_return fail(codes::GitHub::unknownHost, wish.host);
    const bool ours = wish.way == SignInWay::browser || wish.way == SignInWay::device;
    if (ours && host->clientId.isEmpty())
        co_return fail(codes::GitHub::notConfigured, host->host);
    if (wish.way == SignInWay::token) {
        if (auto good = oauth::checkedToken(wish.token); !good)
            co_return std::unexpected(good.error());
    }
    if (m_signIn.phase == SignInPhase::keeping) // a keychain cannot be hurried, and what it writes must be known of
        co_return fail(codes::Keychain::silent, {}, Retry::transient);
    m_signing.reset(); // one at a time: what the older one still hears changes nothing
    m_asking.reset();
    m_signIn = {};
    m_signIn.way = wish.way;
    m_signIn.host = host->host;
    m_attempt = std::make_unique<SignInAttempt>(
        SignInAttempt::Needs { m_needs.clock, m_needs.http, m_needs.browser, m_gh, m_needs.chance }, *host, wish.way,
        wish.token, [this](const SignInProgress &progress) {
            m_signIn = progress;
            tellSignIn(progress.phase);
        });
    m_signing = signIn(*host, wish.way);
    m_signing.start([this](bool) {
        const Async<bool> over = std::move(m_signing); // its listener goes on being polite (L30)
        m_politeness = m_needs.clock.after(LoopbackListener::politeTime, [this] {
            if (!m_signing.isValid())
                m_attempt.reset();
        });
    });
    co_return QString();
}

void AccountDesk::tellSignIn(SignInPhase phase, std::optional<Failure> failure)
{
    m_signIn.phase = phase;
    m_signIn.failure = std::move(failure);
    if (phase != SignInPhase::waiting) {
        m_signIn.url.clear();
        m_signIn.userCode.clear();
        m_signIn.until = 0;
        m_signIn.browser.reset();
    }
    m_tell(event::SignInChanged { m_signIn });
}

Async<bool> AccountDesk::signIn(GitHubHost host, SignInWay way)
{
    auto running = m_attempt->run();
    auto signedIn = co_await running;
    if (!signedIn) {
        tellSignIn(SignInPhase::failed, signedIn.error());
        co_return false;
    }
    auto adopting = adopt(host, way, std::move(*signedIn));
    auto account = co_await adopting;
    if (!account) {
        tellSignIn(SignInPhase::failed, account.error());
        co_return false;
    }
    if (account->isEmpty()) { // the person would rather not
        m_signIn = {};
        tellSignIn(SignInPhase::none);
        co_return false;
    }
    m_signIn.account = *account;
    tellSignIn(SignInPhase::done);
    tellHeard(*account, true);
    co_return true;
}

// Who it is, in the store; the token, in the keychain; in this order, so that no secret is ever without its row.
Async<Result<AccountId>> AccountDesk::adopt(GitHubHost host, SignInWay way, SignedIn signedIn)
{
    const AccountId id = idOf(host.host, signedIn.who.id);
    const bool known = find(id) != nullptr;
    if (!known && m_accounts.size() >= maxAccounts)
        co_return fail(codes::GitHub::tooLarge, u"%1 accounts"_s.arg(maxAccounts));
    AccountSummary summary;
    summary.id = id;
    summary.host = host.host;
    summary.login = signedIn.who.login;
    summary.name = signedIn.who.name;
    summary.way = way;
    summary.signedInAt = m_needs.clock.now();
    summary.expiresAt = signedIn.tokens ? signedIn.tokens->expiresAt : 0;
    summary.state = AccountState::thisRunOnly; // until the keychain has it
    if (!known) {
        auto keeping = m_needs.store.keep(summary);
        if (auto kept = co_await keeping; !kept)
            co_return std::unexpected(kept.error());
    }
    summary.state = AccountState::ready;
    if (signedIn.tokens) {
        auto keeping = keepSecret(id, *signedIn.tokens);
        auto kept = co_await keeping;
        if (!kept) {
            if (known)
                co_return AccountId {};
            auto forgetting = m_needs.store.forget(id);
            auto forgotten = co_await forgetting;
            if (!forgotten)
                co_return std::unexpected(forgotten.error());
            co_return AccountId {};
        }
        if (!*kept)
            summary.state = AccountState::thisRunOnly;
    } else if (known) { // gh's from now on: an older secret is nobody's
        auto removing = m_needs.secrets.remove(entry(id));
        if (auto removed = co_await removing; !removed)
            co_return std::unexpected(removed.error());
    }
    auto keeping = m_needs.store.keep(summary);
    if (auto kept = co_await keeping; !kept)
        co_return std::unexpected(kept.error());
    Account &account = m_accounts[id.value];
    account.getting.reset(); // of the older token
    account.summary = summary;
    account.tokens = std::move(signedIn.tokens);
    account.unsaved = false;
    for (const Promise<Result<QByteArray>> &waiting : std::exchange(account.waiting, {})) {
        waiting.set(account.tokens ? Result<QByteArray>(account.tokens->access)
                                   : Result<QByteArray>(
                                         fail(codes::GitHub::renewalFailed, u"signed in anew"_s, Retry::transient)));
    }
    tellAccounts();
    co_return id;
}

// Into the keychain, for as long as the person says Retry. Failure: they gave up.
Async<AccountDesk::Keeping> AccountDesk::keepSecret(AccountId id, GitHubTokens tokens)
{
    while (true) {
        tellSignIn(SignInPhase::keeping);
        auto looking = m_needs.secrets.look();
        auto written = co_await looking;
        const bool shut = !written;
        if (!shut && !m_givenUp) {
            auto writing = writeSecret(id, tokens);
            written = co_await writing;
        }
        if (std::exchange(m_givenUp, false)) {
            if (shut)
                co_return std::unexpected(written.error());
            auto removing = m_needs.secrets.remove(entry(id));
            auto removed = co_await removing;
            co_return std::unexpected(removed ? failure(codes::GitHub::signInTimedOut) : removed.error());
        }
        if (written)
            co_return true;
        auto asking = asked(written.error(), shut);
        const command::KeychainAnswer answer = co_await asking;
        switch (answer) {
        case command::KeychainAnswer::retry:
            break;
        case command::KeychainAnswer::thisRunOnly:
            co_return false;
        case command::KeychainAnswer::cancel:
            co_return std::unexpected(written.error());
        }
    }
}

// What the person wants to be done. Where it is shut, the desktop asks them to open it meanwhile: when they have, it
// goes on by itself, and with any answer of theirs to us that question goes.
Async<command::KeychainAnswer> AccountDesk::asked(Failure why, bool shut)
{
    m_asking.emplace();
    auto asking = *m_asking;
    tellSignIn(SignInPhase::keychainAsks, std::move(why));
    Async<Result<>> opening;
    if (shut) {
        opening = m_needs.secrets.open();
        opening.start([asking](const Result<> &opened) {
            if (opened)
                asking.set(command::KeychainAnswer::retry);
        });
    }
    const command::KeychainAnswer answer = co_await asking;
    m_asking.reset();
    co_return answer;
}

AccountDesk::Work AccountDesk::perform(command::AnswerKeychain wish)
{
    if (m_asking) {
        const auto asking = *m_asking;
        asking.set(wish.answer);
    }
    co_return QString();
}

AccountDesk::Work AccountDesk::perform(command::CancelGitHubSignIn)
{
    if (m_asking) { // by its own way out: a row that was begun goes
        const auto asking = *m_asking;
        asking.set(command::KeychainAnswer::cancel);
        co_return QString();
    }
    if (m_signIn.phase == SignInPhase::keeping) { // what is being written is removed again
        m_givenUp = true;
        co_return QString();
    }
    if (std::exchange(m_signing, {}).isValid())
        m_attempt.reset();
    m_signIn = {};
    tellSignIn(SignInPhase::none);
    co_return QString();
}

AccountDesk::Work AccountDesk::perform(command::SignOutGitHub wish)
{
    Account *account = find(wish.account);
    if (!account)
        co_return fail(codes::GitHub::unknownAccount, wish.account.value);
    // Of a run only: none should be there, and a keychain that is not either is no obstacle.
    const bool may = account->summary.state == AccountState::thisRunOnly
        || (account->summary.failure && account->summary.failure->is(codes::GitHub::forThisRunOnly));
    if (account->summary.way != SignInWay::ghProgram) {
        auto removing = m_needs.secrets.remove(entry(wish.account));
        if (auto removed = co_await removing; !removed && !may)
            co_return std::unexpected(removed.error());
    }
    auto forgetting = m_needs.store.forget(wish.account);
    if (auto forgotten = co_await forgetting; !forgotten)
        co_return std::unexpected(forgotten.error());
    const auto found = m_accounts.find(wish.account.value);
    if (found == m_accounts.end())
        co_return QString();
    for (const Promise<Result<QByteArray>> &waiting : std::exchange(found->second.waiting, {}))
        waiting.set(fail(codes::GitHub::unknownAccount));
    m_accounts.erase(wish.account.value);
    if (m_signIn.account == wish.account)
        m_signIn = {};
    tellAccounts();
    tellHeard(wish.account, false);
    co_return QString();
}

} // namespace foundry
