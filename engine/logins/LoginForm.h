// The files in which agents keep logins that renew themselves, and what renews them. The renewal token is single-use:
// who uses it signs out every other holder. Pure functions, any thread.
#pragma once

#include <foundry/Failure.h>
#include <foundry/Values.h>

#include <QByteArray>

namespace foundry {

struct LoginForm {
    QString agent; // AgentOffer::name
    QString file; // as AgentFile::target
    QString address; // where it is renewed
    QString client; // its public name there
    QString addressVariable; // by which the agent itself is told another address; empty: it takes none
};

// Null: this agent has no such login.
const LoginForm *loginForm(const QString &agent);

struct LoginTokens {
    QByteArray access;
    QByteArray renewal; // empty: it cannot be renewed
    Millis expiresAt = 0; // of the access; 0: it does not say
};

namespace login {

constexpr qsizetype maxFile = 1024 * 1024; // bytes

// Failures: Agent::loginRenewal (no login of this agent; one that says nothing of tokens, as with a key).
Result<LoginTokens> read(const LoginForm &form, const QByteArray &file);
// For a sandbox: with `ticket` where the renewal token is.
Result<QByteArray> lent(const LoginForm &form, const QByteArray &file, const QByteArray &ticket);
// The body of the request, JSON.
QByteArray request(const LoginForm &form, const QByteArray &renewal);
// The person's file with what the answer brought; all else as it was. Failure: Agent::loginRenewal (no tokens in it).
Result<QByteArray> renewed(const LoginForm &form, const QByteArray &file, const QByteArray &answer, Millis now);

} // namespace login

} // namespace foundry
