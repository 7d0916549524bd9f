#include "LoginForm.h"

#include <QDateTime>
#include <QJsonDocument>
#include <QJsonObject>

namespace foundry {

namespace {

// Codex: auth.json of its public sources (login/src/auth). Claude: .credentials.json.
const LoginForm forms[] = {
    { u"codex"_s, u".codex/auth.json"_s, u"https://auth.openai.com/oauth/token"_s, u"app_EMoamEEZ73f0CkXaXp7hrann"_s,
      u"CODEX_REFRESH_TOKEN_URL_OVERRIDE"_s },
    { u"claude"_s,
      u".claude/.credentials.json"_s,
      u"https://platform.claude.com/v1/oauth/token"_s,
      u"9d1c250a-e61b-44d9-88ed-5944d1962f5e"_s,
      {} },
};

struct Names {
    QString object, access, renewal;
};

Names namesOf(const LoginForm &form)
{
    if (form.agent == u"codex")
        return { u"tokens"_s, u"access_token"_s, u"refresh_token"_s };
    return { u"claudeAiOauth"_s, u"accessToken"_s, u"refreshToken"_s };
}

// What a token of the form header.claims.signature says of its end; it is not checked, the service does that.
Millis endOf(const QByteArray &token)
{
    const QByteArray claims = QByteArray::fromBase64(token.split('.').value(1),
                                                     QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
    return Millis(QJsonDocument::fromJson(claims).object()[u"exp"].toDouble()) * 1000;
}

bool isToken(const QJsonValue &value)
{
    const QString text = value.toString();
    return !text.isEmpty() && text.size() < 32 * 1024
        && std::none_of(text.begin(), text.end(), [](QChar c) { return c.unicode() < 0x21 || c.unicode() > 0x7e; });
}

Result<QJsonObject> objectOf(const LoginForm &form, const QByteArray &file)
{
    const QJsonDocument document = QJsonDocument::fromJson(file);
    if (file.size() > login::maxFile || !document.isObject())
        return fail(codes::Agent::loginRenewal, u"%1 is no login"_s.arg(form.file));
    return document.object();
}

} // namespace

const LoginForm *loginForm(const QString &agent)
{
    const auto found = std::find_if(std::begin(forms), std::end(forms),
                                    [&agent](const LoginForm &form) { return form.agent == agent; });
    return found == std::end(forms) ? nullptr : found;
}

namespace login {

Result<LoginTokens> read(const LoginForm &form, const QByteArray &file)
{
    const auto whole = objectOf(form, file);
    if (!whole)
        return std::unexpected(whole.error());
    const Names names = namesOf(form);
    const QJsonObject held = (*whole)[names.object].toObject();
    LoginTokens tokens;
    if (!isToken(held[names.access]))
        return fail(codes::Agent::loginRenewal, u"%1 has no tokens"_s.arg(form.file));
    tokens.access = held[names.access].toString().toUtf8();
    tokens.renewal = held[names.renewal].toString().toUtf8();
    tokens.expiresAt = held.contains(u"expiresAt") ? Millis(held[u"expiresAt"].toDouble()) : endOf(tokens.access);
    return tokens;
}

Result<QByteArray> lent(const LoginForm &form, const QByteArray &file, const QByteArray &ticket)
{
    auto whole = objectOf(form, file);
    if (!whole)
        return std::unexpected(whole.error());
    const Names names = namesOf(form);
    QJsonObject held = (*whole)[names.object].toObject();
    if (held.contains(names.renewal))
        held[names.renewal] = QString::fromUtf8(ticket);
    // What else the file holds is not passed on, but for what says which account this is.
    QJsonObject out;
    for (const auto kept : { u"auth_mode", u"OPENAI_API_KEY", u"last_refresh" }) {
        if (whole->contains(QStringView(kept)))
            out[QStringView(kept)] = (*whole)[QStringView(kept)];
    }
    if (!held.isEmpty())
        out[names.object] = held;
    return QJsonDocument(out).toJson();
}

QByteArray request(const LoginForm &form, const QByteArray &renewal)
{
    return QJsonDocument(QJsonObject { { u"client_id"_s, form.client },
                                       { u"grant_type"_s, u"refresh_token"_s },
                                       { u"refresh_token"_s, QString::fromUtf8(renewal) } })
        .toJson(QJsonDocument::Compact);
}

Result<QByteArray> renewed(const LoginForm &form, const QByteArray &file, const QByteArray &answer, Millis now)
{
    auto whole = objectOf(form, file);
    if (!whole)
        return std::unexpected(whole.error());
    const QJsonObject told = QJsonDocument::fromJson(answer).object();
    if (!isToken(told[u"access_token"]))
        return fail(codes::Agent::loginRenewal, u"the answer has no token"_s);
    for (const auto name : { u"refresh_token", u"id_token" }) {
        if (told.contains(QStringView(name)) && !isToken(told[QStringView(name)]))
            return fail(codes::Agent::loginRenewal, u"the answer has a token that is none"_s);
    }
    const Names names = namesOf(form);
    QJsonObject held = (*whole)[names.object].toObject();
    held[names.access] = told[u"access_token"];
    if (told.contains(u"refresh_token"))
        held[names.renewal] = told[u"refresh_token"];
    if (form.agent == u"codex") {
        if (told.contains(u"id_token"))
            held[u"id_token"] = told[u"id_token"];
        (*whole)[u"last_refresh"] = QDateTime::fromMSecsSinceEpoch(now, Qt::UTC).toString(Qt::ISODateWithMs);
    } else {
        held[u"expiresAt"] = double(now + Millis(told[u"expires_in"].toDouble(3600)) * 1000);
    }
    (*whole)[names.object] = held;
    return QJsonDocument(*whole).toJson();
}

} // namespace login

} // namespace foundry
