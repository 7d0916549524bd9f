// What is said with GitHub while somebody signs in: addresses, forms, answers. Pure functions, any thread.
#pragma once

#include "GitHubHosts.h"
#include "HttpTransport.h"

#include <foundry/Values.h>

namespace foundry {

// The access and what renews it. Never logged, never in a failure.
struct GitHubTokens {
    QByteArray access;
    QByteArray refresh; // empty: it cannot be renewed
    Millis expiresAt = 0; // of the access; 0: not by itself
    bool operator==(const GitHubTokens &) const = default;
};

// For the person's typing, and for our asking.
struct DeviceCode {
    QByteArray device; // ours
    QString user; // theirs
    QString url; // where to type it
    std::chrono::seconds lasts { 0 };
    std::chrono::seconds interval { 0 };
};

struct GitHubIdentity {
    qint64 id = 0; // the same for ever, whatever the login becomes
    QString login;
    QString name;
};

namespace oauth {

constexpr qsizetype maxToken = 4096; // characters
constexpr qsizetype secretBytes = 32; // of chance in a state and in a verifier: 256 bits
constexpr std::chrono::seconds slowerBy { 5 }; // after slow_down

// 43 characters that need no encoding in an address.
QByteArray fromChance(const QByteArray &bytes);
QByteArray challengeOf(const QByteArray &verifier); // S256

QUrl authorizeUrl(const GitHubHost &host, const QUrl &redirect, const QByteArray &state, const QByteArray &challenge);
QUrl tokenUrl(const GitHubHost &host);
QUrl deviceUrl(const GitHubHost &host);

using Fields = std::vector<std::pair<QByteArray, QByteArray>>;
// application/x-www-form-urlencoded
QByteArray form(const Fields &fields);
Fields exchangeFields(const GitHubHost &host, const QByteArray &code, const QByteArray &verifier, const QUrl &redirect);
Fields deviceFields(const GitHubHost &host);
Fields pollFields(const GitHubHost &host, const QByteArray &device);
Fields renewFields(const GitHubHost &host, const QByteArray &refresh);

// Each error code of GitHub's by its own failure; one that is not known: `otherwise`, with its name.
Failure errorOf(const QString &error, const QString &description, codes::GitHub otherwise);

// Failures: as GitHub says; `otherwise` for errors that are not known; badAnswer, serverError and rateLimited
// (transient).
Result<GitHubTokens> readTokens(const HttpAnswer &answer, Millis now, codes::GitHub otherwise);
Result<DeviceCode> readDevice(const HttpAnswer &answer);

struct Poll {
    std::optional<GitHubTokens> tokens; // else go on asking …
    bool slower = false; // … in longer intervals:
    std::chrono::seconds interval { 0 }; // at least these; 0: GitHub does not say
};
Result<Poll> readPoll(const HttpAnswer &answer, Millis now);

// Failures: unauthorized, forbidden, rateLimited, serverError, badAnswer.
Result<GitHubIdentity> readIdentity(const HttpAnswer &answer);

// By its form: 1 … maxToken printable characters without blanks. Failure: badToken.
Result<QByteArray> checkedToken(const QString &typed);

// Takes the same time whatever differs.
bool sameSecret(const QByteArray &a, const QByteArray &b);

} // namespace oauth

} // namespace foundry
