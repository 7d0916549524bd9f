// One sign-in, from the person's wish to a token whose owner is known. Destroying it ends it: whatever the browser or
// GitHub still says changes nothing. It keeps nothing. Engine thread only.
#pragma once

#include "Browser.h"
#include "GhProgram.h"
#include "LoopbackListener.h"
#include "OAuthClient.h"

#include <foundry/Accounts.h>

namespace foundry {

struct SignedIn {
    GitHubIdentity who;
    std::optional<GitHubTokens> tokens; // none of gh's
};

class SignInAttempt {
public:
    static constexpr std::chrono::minutes browserTime { 10 }; // as long as GitHub's code
    static constexpr std::chrono::seconds longestPause { 60 }; // between two questions while GitHub is not reached

    struct Needs {
        Clock &clock;
        HttpTransport &http;
        Browser &browser;
        GhProgram &gh;
        std::function<QByteArray(qsizetype)> chance; // so many bytes that nobody can guess
    };
    // `typed`: a personal access token, else empty.
    SignInAttempt(Needs needs, GitHubHost host, SignInWay way, QString typed,
                  std::function<void(const SignInProgress &)> told);

    // Failures: as the contract's GitHub says.
    Async<Result<SignedIn>> run();

private:
    Async<Result<GitHubTokens>> byBrowser();
    Async<Result<GitHubTokens>> byDevice();
    Async<Result<SignedIn>> identified(std::optional<GitHubTokens> tokens, QByteArray access);
    void tell(SignInPhase phase);

    Needs m_needs;
    OAuthClient m_client;
    GitHubHost m_host;
    QString m_typed;
    std::function<void(const SignInProgress &)> m_told;
    SignInProgress m_progress;
    std::unique_ptr<LoopbackListener> m_listener;
    Async<Result<>> m_opening;
};

} // namespace foundry
