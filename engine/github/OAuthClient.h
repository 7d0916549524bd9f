// The requests of signing in, each sent exactly once. Engine thread only.
#pragma once

#include "OAuth.h"

namespace foundry {

class OAuthClient {
public:
    OAuthClient(HttpTransport &http, Clock &clock)
        : m_http(http)
        , m_clock(clock)
    {
    }

    // Single-use on both sides: whatever comes of it, the code is gone (L25). Where no answer came that can be read:
    // exchangeFailed, Retry::onceOnly.
    Async<Result<GitHubTokens>> exchange(GitHubHost host, QByteArray code, QByteArray verifier, QUrl redirect);
    Async<Result<DeviceCode>> askDevice(GitHubHost host);
    Async<Result<oauth::Poll>> poll(GitHubHost host, QByteArray device);
    // Failures: badRefreshToken; renewalFailed and what the network says (transient).
    Async<Result<GitHubTokens>> renew(GitHubHost host, QByteArray refresh);
    Async<Result<GitHubIdentity>> identify(GitHubHost host, QByteArray token);

private:
    Async<Result<HttpAnswer>> post(QUrl url, oauth::Fields fields);

    HttpTransport &m_http;
    Clock &m_clock;
};

} // namespace foundry
