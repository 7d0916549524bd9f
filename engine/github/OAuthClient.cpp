#include "OAuthClient.h"

namespace foundry {

namespace {

constexpr qsizetype maxAnswer = 256 * 1024; // bytes

} // namespace

Async<Result<HttpAnswer>> OAuthClient::post(QUrl url, oauth::Fields fields)
{
    HttpRequest request;
    request.method = "POST";
    request.url = std::move(url);
    request.headers = { { "Accept", "application/json" }, { "Content-Type", "application/x-www-form-urlencoded" } };
    request.body = oauth::form(fields);
    request.maxBody = maxAnswer;
    auto sending = m_http.send(std::move(request));
    auto answer = co_await sending;
    co_return answer;
}

Async<Result<GitHubTokens>> OAuthClient::exchange(GitHubHost host, QByteArray code, QByteArray verifier, QUrl redirect)
{
    auto posting = post(oauth::tokenUrl(host), oauth::exchangeFields(host, code, verifier, redirect));
    auto answer = co_await posting;
    auto tokens = answer ? oauth::readTokens(*answer, m_clock.now(), codes::GitHub::exchangeFailed)
                         : Result<GitHubTokens>(std::unexpected(answer.error()));
    if (tokens)
        co_return std::move(*tokens);
    if (tokens.error().isTransient() || tokens.error().is(codes::GitHub::badAnswer))
        co_return std::unexpected(
            failure(codes::GitHub::exchangeFailed, tokens.error().detail, Retry::onceOnly).because(tokens.error()));
    co_return std::unexpected(tokens.error());
}

Async<Result<DeviceCode>> OAuthClient::askDevice(GitHubHost host)
{
    auto posting = post(oauth::deviceUrl(host), oauth::deviceFields(host));
    auto answer = co_await posting;
    if (!answer)
        co_return std::unexpected(answer.error());
    co_return oauth::readDevice(*answer);
}

Async<Result<oauth::Poll>> OAuthClient::poll(GitHubHost host, QByteArray device)
{
    auto posting = post(oauth::tokenUrl(host), oauth::pollFields(host, device));
    auto answer = co_await posting;
    if (!answer)
        co_return std::unexpected(answer.error());
    co_return oauth::readPoll(*answer, m_clock.now());
}

Async<Result<GitHubTokens>> OAuthClient::renew(GitHubHost host, QByteArray refresh)
{
    auto posting = post(oauth::tokenUrl(host), oauth::renewFields(host, refresh));
    auto answer = co_await posting;
    if (!answer)
        co_return std::unexpected(answer.error());
    auto tokens = oauth::readTokens(*answer, m_clock.now(), codes::GitHub::renewalFailed);
    co_return tokens;
}

Async<Result<GitHubIdentity>> OAuthClient::identify(GitHubHost host, QByteArray token)
{
    HttpRequest request;
    request.url = host.api;
    request.url.setPath(host.api.path() + u"/user"_s);
    request.headers = { { "Accept", "application/vnd.github+json" },
                        { "X-GitHub-Api-Version", "2022-11-28" },
                        { "Authorization", "Bearer " + token } };
    request.maxBody = maxAnswer;
    auto sending = m_http.send(std::move(request));
    auto answer = co_await sending;
    if (!answer)
        co_return std::unexpected(answer.error());
    co_return oauth::readIdentity(*answer);
}

} // namespace foundry
