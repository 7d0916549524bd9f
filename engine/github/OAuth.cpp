#include "OAuth.h"

#include <QCryptographicHash>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace foundry::oauth {

namespace {

constexpr qsizetype maxDescription = 200; // characters of GitHub's own words
constexpr std::chrono::seconds shortestInterval { 1 };
constexpr std::chrono::seconds longestInterval { 60 };
constexpr std::chrono::seconds usualInterval { 5 };
constexpr std::chrono::seconds longestCode { 3600 };
constexpr qint64 longestToken = 400ll * 24 * 3600; // seconds
const QByteArray scopes = "repo read:org workflow"; // of an OAuth app; a GitHub App has its own permissions

QUrl below(const QUrl &base, const QString &path)
{
    QUrl url = base;
    url.setPath(base.path() + path);
    return url;
}

bool isToken(const QByteArray &token)
{
    return !token.isEmpty() && token.size() <= maxToken
        && std::all_of(token.begin(), token.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

QString ownWords(const QString &text)
{
    return text.simplified().left(maxDescription);
}

std::optional<Failure> troubleOf(const HttpAnswer &answer)
{
    if (answer.status >= 500)
        return failure(codes::GitHub::serverError, u"HTTP %1"_s.arg(answer.status), Retry::transient);
    if (answer.status == 429)
        return failure(codes::GitHub::rateLimited, u"HTTP 429"_s, Retry::transient);
    if (answer.status >= 300 && answer.status < 400)
        return failure(codes::GitHub::badAnswer, u"HTTP %1: it is somewhere else"_s.arg(answer.status));
    return std::nullopt;
}

Result<GitHubTokens> tokensIn(const QJsonObject &json, Millis now)
{
    GitHubTokens tokens { json[u"access_token"].toString().toUtf8(), json[u"refresh_token"].toString().toUtf8(), 0 };
    if (!isToken(tokens.access) || (!tokens.refresh.isEmpty() && !isToken(tokens.refresh)))
        return fail(codes::GitHub::badAnswer, u"no token in it"_s);
    const qint64 lasts = std::clamp<qint64>(json[u"expires_in"].toInteger(), 0, longestToken);
    if (lasts > 0)
        tokens.expiresAt = now + lasts * 1000;
    return tokens;
}

} // namespace

QByteArray fromChance(const QByteArray &bytes)
{
    return bytes.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
}

QByteArray challengeOf(const QByteArray &verifier)
{
    return fromChance(QCryptographicHash::hash(verifier, QCryptographicHash::Sha256));
}

QByteArray form(const Fields &fields)
{
    QByteArray text;
    for (const auto &[name, value] : fields)
        text += (text.isEmpty() ? "" : "&") + name + '=' + value.toPercentEncoding();
    return text;
}

QUrl authorizeUrl(const GitHubHost &host, const QUrl &redirect, const QByteArray &state, const QByteArray &challenge)
{
    QUrl url = below(host.web, u"/login/oauth/authorize"_s);
    url.setQuery(QString::fromLatin1(form({ { "client_id", host.clientId.toUtf8() },
                                            { "redirect_uri", redirect.toEncoded() },
                                            { "state", state },
                                            { "scope", scopes },
                                            { "code_challenge", challenge },
                                            { "code_challenge_method", "S256" } })),
                 QUrl::StrictMode);
    return url;
}

QUrl tokenUrl(const GitHubHost &host)
{
    return below(host.web, u"/login/oauth/access_token"_s);
}

QUrl deviceUrl(const GitHubHost &host)
{
    return below(host.web, u"/login/device/code"_s);
}

namespace {

Fields withClient(const GitHubHost &host, Fields fields, bool secret)
{
    fields.insert(fields.begin(), { "client_id", host.clientId.toUtf8() });
    if (secret && !host.clientSecret.isEmpty())
        fields.insert(fields.begin() + 1, { "client_secret", host.clientSecret });
    return fields;
}

} // namespace

Fields exchangeFields(const GitHubHost &host, const QByteArray &code, const QByteArray &verifier, const QUrl &redirect)
{
    return withClient(
        host, { { "code", code }, { "code_verifier", verifier }, { "redirect_uri", redirect.toEncoded() } }, true);
}

Fields deviceFields(const GitHubHost &host)
{
    return withClient(host, { { "scope", scopes } }, false);
}

Fields pollFields(const GitHubHost &host, const QByteArray &device)
{
    return withClient(
        host, { { "device_code", device }, { "grant_type", "urn:ietf:params:oauth:grant-type:device_code" } }, false);
}

Fields renewFields(const GitHubHost &host, const QByteArray &refresh)
{
    return withClient(host, { { "grant_type", "refresh_token" }, { "refresh_token", refresh } }, true);
}

Failure errorOf(const QString &error, const QString &description, codes::GitHub otherwise)
{
    using enum codes::GitHub;
    struct Known {
        QLatin1StringView name;
        codes::GitHub code;
    };
    static constexpr Known known[] {
        { QLatin1StringView("access_denied"), accessDenied },
        { QLatin1StringView("application_suspended"), applicationSuspended },
        { QLatin1StringView("redirect_uri_mismatch"), redirectMismatch },
        { QLatin1StringView("bad_verification_code"), badVerificationCode },
        { QLatin1StringView("incorrect_client_credentials"), incorrectClientCredentials },
        { QLatin1StringView("unverified_user_email"), unverifiedEmail },
        { QLatin1StringView("expired_token"), codeExpired },
        { QLatin1StringView("token_expired"), codeExpired },
        { QLatin1StringView("incorrect_device_code"), incorrectDeviceCode },
        { QLatin1StringView("device_flow_disabled"), deviceFlowDisabled },
        { QLatin1StringView("unsupported_grant_type"), unsupportedGrantType },
        { QLatin1StringView("bad_refresh_token"), badRefreshToken },
    };
    const auto *found
        = std::find_if(std::begin(known), std::end(known), [&error](const Known &each) { return each.name == error; });
    if (found != std::end(known))
        return failure(found->code, ownWords(description));
    const QString words = ownWords(description);
    return failure(otherwise, words.isEmpty() ? ownWords(error) : ownWords(error) + u": "_s + words);
}

Result<GitHubTokens> readTokens(const HttpAnswer &answer, Millis now, codes::GitHub otherwise)
{
    if (auto trouble = troubleOf(answer))
        return std::unexpected(std::move(*trouble));
    const QJsonObject json = QJsonDocument::fromJson(answer.body).object();
    if (const QString error = json[u"error"].toString(); !error.isEmpty() && answer.status != 404)
        return std::unexpected(errorOf(error, json[u"error_description"].toString(), otherwise));
    if (answer.status == 404) // so a client id that is not known is answered
        return fail(codes::GitHub::incorrectClientCredentials, u"HTTP 404"_s);
    if (answer.status != 200)
        return fail(codes::GitHub::badAnswer, u"HTTP %1"_s.arg(answer.status));
    return tokensIn(json, now);
}

Result<DeviceCode> readDevice(const HttpAnswer &answer)
{
    if (auto trouble = troubleOf(answer))
        return std::unexpected(std::move(*trouble));
    if (answer.status == 404)
        return fail(codes::GitHub::incorrectClientCredentials, u"HTTP 404"_s);
    const QJsonObject json = QJsonDocument::fromJson(answer.body).object();
    if (const QString error = json[u"error"].toString(); !error.isEmpty())
        return std::unexpected(errorOf(error, json[u"error_description"].toString(), codes::GitHub::badAnswer));
    DeviceCode code;
    code.device = json[u"device_code"].toString().toUtf8();
    code.user = json[u"user_code"].toString();
    code.url = json[u"verification_uri"].toString();
    code.lasts
        = std::clamp(std::chrono::seconds(json[u"expires_in"].toInteger()), std::chrono::seconds(0), longestCode);
    code.interval = std::clamp(std::chrono::seconds(json[u"interval"].toInteger(usualInterval.count())),
                               shortestInterval, longestInterval);
    const bool typed = !code.user.isEmpty() && code.user.size() <= 40
        && std::all_of(code.user.begin(), code.user.end(),
                       [](QChar c) { return c.unicode() < 128 && (c.isLetterOrNumber() || c == u'-'); });
    if (answer.status != 200 || !isToken(code.device) || !typed || code.lasts.count() == 0
        || !isSafeForTokens(QUrl(code.url, QUrl::StrictMode)))
        return fail(codes::GitHub::badAnswer, u"no device code in it"_s);
    return code;
}

Result<Poll> readPoll(const HttpAnswer &answer, Millis now)
{
    const QJsonObject json = QJsonDocument::fromJson(answer.body).object();
    const QString error = json[u"error"].toString();
    if (error == u"authorization_pending")
        return Poll {};
    if (error == u"slow_down")
        return Poll { {}, true, std::chrono::seconds(std::clamp<qint64>(json[u"interval"].toInteger(), 0, 300)) };
    auto tokens = readTokens(answer, now, codes::GitHub::exchangeFailed);
    if (!tokens)
        return std::unexpected(tokens.error());
    return Poll { std::move(*tokens), false, {} };
}

Result<GitHubIdentity> readIdentity(const HttpAnswer &answer)
{
    if (auto trouble = troubleOf(answer))
        return std::unexpected(std::move(*trouble));
    const QJsonObject json = QJsonDocument::fromJson(answer.body).object();
    const QString words = ownWords(json[u"message"].toString());
    if (answer.status == 401)
        return fail(codes::GitHub::unauthorized, words);
    if (answer.status == 403 && answer.header("x-ratelimit-remaining") == "0")
        return fail(codes::GitHub::rateLimited, words, Retry::transient);
    if (answer.status == 403)
        return fail(codes::GitHub::forbidden, words);
    const GitHubIdentity who { json[u"id"].toInteger(), json[u"login"].toString().left(100),
                               json[u"name"].toString().simplified().left(200) };
    if (answer.status != 200 || who.id <= 0 || who.login.isEmpty())
        return fail(codes::GitHub::badAnswer, u"nobody in it (HTTP %1)"_s.arg(answer.status));
    return who;
}

Result<QByteArray> checkedToken(const QString &typed)
{
    const QByteArray token = typed.trimmed().toUtf8();
    if (!isToken(token))
        return fail(codes::GitHub::badToken, u"%1 characters"_s.arg(typed.trimmed().size()));
    return token;
}

bool sameSecret(const QByteArray &a, const QByteArray &b)
{
    const QByteArray left = QCryptographicHash::hash(a, QCryptographicHash::Sha256);
    const QByteArray right = QCryptographicHash::hash(b, QCryptographicHash::Sha256);
    int different = a.size() == b.size() ? 0 : 1;
    for (qsizetype i = 0; i < left.size(); ++i)
        different |= left[i] ^ right[i];
    return different == 0;
}

} // namespace foundry::oauth
