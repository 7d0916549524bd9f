#include "SignInAttempt.h"

#include <algorithm>

namespace foundry {

SignInAttempt::SignInAttempt(Needs needs, GitHubHost host, SignInWay way, QString typed,
                             std::function<void(const SignInProgress &)> told)
    : m_needs(std::move(needs))
    , m_client(m_needs.http, m_needs.clock)
    , m_host(std::move(host))
    , m_typed(std::move(typed))
    , m_told(std::move(told))
{
    m_progress.way = way;
    m_progress.host = m_host.host;
}

void SignInAttempt::tell(SignInPhase phase)
{
    m_progress.phase = phase;
    if (phase != SignInPhase::waiting) {
        m_progress.url.clear();
        m_progress.userCode.clear();
        m_progress.until = 0;
        m_progress.browser.reset();
    }
    m_told(m_progress);
}

Async<Result<SignedIn>> SignInAttempt::run()
{
    tell(SignInPhase::starting);
    Result<GitHubTokens> tokens;
    switch (m_progress.way) {
    case SignInWay::browser: {
        auto signing = byBrowser();
        tokens = co_await signing;
        break;
    }
    case SignInWay::device: {
        auto signing = byDevice();
        tokens = co_await signing;
        break;
    }
    case SignInWay::token: {
        auto typed = oauth::checkedToken(std::exchange(m_typed, {}));
        if (!typed)
            co_return std::unexpected(typed.error());
        tokens = GitHubTokens { *typed, {}, 0 };
        break;
    }
    case SignInWay::ghProgram: {
        auto asking = m_needs.gh.token(m_host.host);
        auto token = co_await asking;
        if (!token)
            co_return std::unexpected(token.error());
        auto identifying = identified(std::nullopt, std::move(*token));
        auto known = co_await identifying;
        co_return known;
    }
    }
    if (!tokens)
        co_return std::unexpected(tokens.error());
    auto identifying = identified(*tokens, tokens->access);
    auto known = co_await identifying;
    co_return known;
}

Async<Result<GitHubTokens>> SignInAttempt::byBrowser()
{
    if (m_host.clientId.isEmpty())
        co_return fail(codes::GitHub::notConfigured, m_host.host);
    const QByteArray verifier = oauth::fromChance(m_needs.chance(oauth::secretBytes));
    const QByteArray state = oauth::fromChance(m_needs.chance(oauth::secretBytes));
    m_listener = std::make_unique<LoopbackListener>(m_needs.clock, state);
    if (auto listening = m_listener->listen(); !listening)
        co_return std::unexpected(listening.error());
    const QUrl redirect = m_listener->redirect();
    const QUrl address = oauth::authorizeUrl(m_host, redirect, state, oauth::challengeOf(verifier));
    m_progress.url = QString::fromLatin1(address.toEncoded());
    m_progress.until = m_needs.clock.now() + std::chrono::milliseconds(browserTime).count();
    tell(SignInPhase::waiting);
    m_opening = m_needs.browser.open(address);
    m_opening.start([this](const Result<> &opened) {
        if (opened || m_progress.phase != SignInPhase::waiting)
            return;
        m_progress.browser = opened.error();
        tell(SignInPhase::waiting);
    });
    const Alarm limit
        = m_needs.clock.after(browserTime, [this] { m_listener->end(failure(codes::GitHub::signInTimedOut)); });
    auto listening = m_listener->callback();
    auto callback = co_await listening;
    if (!callback)
        co_return std::unexpected(callback.error());
    if (!callback->error.isEmpty())
        co_return std::unexpected(
            oauth::errorOf(callback->error, callback->description, codes::GitHub::redirectFailed));
    tell(SignInPhase::exchanging); // the state is used up by now (L30); the code is used next, once (L25)
    auto exchanging = m_client.exchange(m_host, callback->code, verifier, redirect);
    auto tokens = co_await exchanging;
    co_return tokens;
}

Async<Result<GitHubTokens>> SignInAttempt::byDevice()
{
    if (m_host.clientId.isEmpty())
        co_return fail(codes::GitHub::notConfigured, m_host.host);
    auto asking = m_client.askDevice(m_host);
    auto code = co_await asking;
    if (!code)
        co_return std::unexpected(code.error());
    const Millis end = m_needs.clock.steady() + std::chrono::milliseconds(code->lasts).count();
    m_progress.url = code->url;
    m_progress.userCode = code->user;
    m_progress.until = m_needs.clock.now() + std::chrono::milliseconds(code->lasts).count();
    tell(SignInPhase::waiting);
    std::chrono::seconds interval = code->interval;
    std::chrono::seconds pause = interval;
    while (true) {
        auto sleeping = m_needs.clock.sleep(pause);
        co_await sleeping;
        if (m_needs.clock.steady() >= end)
            co_return fail(codes::GitHub::codeExpired);
        auto polling = m_client.poll(m_host, code->device);
        auto poll = co_await polling;
        if (!poll) {
            if (!poll.error().isTransient())
                co_return std::unexpected(poll.error());
            pause = std::min(pause * 2, std::max(longestPause, interval)); // the code lives on meanwhile
            continue;
        }
        if (poll->tokens)
            co_return std::move(*poll->tokens);
        if (poll->slower)
            interval = std::max(interval + oauth::slowerBy, poll->interval);
        pause = interval;
    }
}

Async<Result<SignedIn>> SignInAttempt::identified(std::optional<GitHubTokens> tokens, QByteArray access)
{
    tell(SignInPhase::identifying);
    auto identifying = m_client.identify(m_host, access);
    auto who = co_await identifying;
    if (!who)
        co_return std::unexpected(who.error());
    co_return SignedIn { std::move(*who), std::move(tokens) };
}

} // namespace foundry
