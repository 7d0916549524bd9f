// The person's accounts at GitHub: who is signed in where and how, what a sign-in is doing, and which ways there are.
// Values only; no token, code or verifier is ever in them.
#pragma once

#include <foundry/Values.h>

namespace foundry {

enum class SignInWay {
    browser, // the system's browser, with a redirect to this computer
    device, // a code that is typed in at GitHub, with any browser
    ghProgram, // the login of the gh program, asked for each time and never kept
    token, // a personal access token
};

enum class AccountState {
    ready,
    thisRunOnly, // in memory until Foundry ends
    keychain, // the keychain does not give the token now; `failure` says why
    signedOut, // GitHub takes it no longer, or it was kept for a run that is over: sign in again
};

struct AccountSummary {
    AccountId id;
    QString host; // "github.com"
    QString login; // "mona"
    QString name; // "Mona Lisa"; may be empty
    SignInWay way = SignInWay::browser;
    AccountState state = AccountState::ready;
    std::optional<Failure> failure; // why it does not work now; of one that is ready: of the last renewal
    Millis expiresAt = 0; // of the access, which Foundry renews; 0: it does not end by itself
    Millis signedInAt = 0;
    bool operator==(const AccountSummary &) const = default;
};

struct SignInOffer {
    SignInWay way = SignInWay::browser;
    QString as; // the login that gh has; else empty
    std::optional<Failure> obstacle; // why it is not possible now
    bool operator==(const SignInOffer &) const = default;
};

struct GitHubHostSetup {
    QString host;
    std::vector<SignInOffer> offers; // each way once, the one to propose first
    bool operator==(const GitHubHostSetup &) const = default;
};

struct GitHubSetup {
    std::vector<GitHubHostSetup> hosts; // the one to propose first
    bool looking = false; // gh is being asked
    bool operator==(const GitHubSetup &) const = default;
};

enum class SignInPhase {
    none, // nobody signs in
    starting, // a listener is made, a code is asked for
    waiting, // for the person, in the browser: `url`, and `userCode` where one has to be typed in there
    exchanging, // the code for a token
    identifying, // whose token it is
    keeping, // in the keychain, which may ask the person to unlock it
    keychainAsks, // it was not kept; `failure` says why: AnswerKeychain
    failed, // until the next one begins or it is cancelled
    done,
};

struct SignInProgress {
    SignInPhase phase = SignInPhase::none;
    SignInWay way = SignInWay::browser;
    QString host;
    QString url; // to open; it holds no secret
    QString userCode; // "WDJB-MJHT"
    Millis until = 0; // when it ends by itself
    std::optional<Failure> failure;
    std::optional<Failure> browser; // the browser could not be opened: `url` can be opened by hand
    AccountId account; // of one that is done
    bool operator==(const SignInProgress &) const = default;
};

struct GitHubAccounts {
    std::vector<AccountSummary> accounts; // by host and login
    GitHubSetup setup;
    SignInProgress signIn;
    bool operator==(const GitHubAccounts &) const = default;
};

namespace command {

// One at a time; a new one takes the place of the one under way. Finishes when it has begun, or has failed to; how it
// goes on is told with SignInChanged. Failures: GitHub::notConfigured, unknownHost, badToken.
struct StartGitHubSignIn {
    QString host; // empty: the first
    SignInWay way = SignInWay::browser;
    QString token; // SignInWay::token only
};
// Also puts away how the last one ended.
struct CancelGitHubSignIn { };

enum class KeychainAnswer { retry, thisRunOnly, cancel };
// To SignInPhase::keychainAsks; else it changes nothing.
struct AnswerKeychain {
    KeychainAnswer answer = KeychainAnswer::cancel;
};
// Asks the keychain and GitHub again for an account that does not work.
struct CheckGitHubAccount {
    AccountId account;
};
// Its secret goes out of the keychain, and what is known of it here. Work and repositories stay. Failures:
// Agent::keychain (the secret is still there: nothing was changed), GitHub::unknownAccount.
struct SignOutGitHub {
    AccountId account;
};
// Look again which ways there are.
struct RefreshGitHub { };

} // namespace command

namespace query {
struct Accounts { };
} // namespace query

namespace event {
struct AccountsChanged {
    std::vector<AccountSummary> accounts;
    GitHubSetup setup;
};
struct SignInChanged {
    SignInProgress signIn;
};
} // namespace event

} // namespace foundry
