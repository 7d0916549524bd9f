// foundry-renew AGENT FILE LOCK STALE ADDRESS: renews the login in the person's FILE, once for whoever asks at the same
// time. Once it has asked the service it ends only when what it got is written, whoever started it and whatever became
// of them. STALE: fingerprint of the access that is no longer good; a file that has another one was renewed already.
//
// Exit codes: 0 the file holds a newer access; 1 not now (the service is not reached); 2 sign in again. Standard error
// says why. No token is ever printed.
#include "Clock.h"
#include "LoginForm.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QEventLoop>
#include <QFile>
#include <QFileInfo>
#include <QNetworkAccessManager>
#include <QNetworkProxyFactory>
#include <QNetworkReply>
#include <QSaveFile>

#include <csignal>
#include <cstdio>
#include <optional>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

using namespace foundry;

namespace {

enum Exit { fresh = 0, notNow = 1, signInAgain = 2 };
constexpr int answerMs = 30'000;
constexpr int settleMs = 5'000; // for another program that has used the same token to write down what it got
constexpr int lookMs = 100;
constexpr qint64 maxAnswer = 256 * 1024; // bytes

int say(Exit code, const QString &why)
{
    std::fprintf(stderr, "%s\n", qPrintable(why));
    return code;
}

QByteArray fingerprint(const QByteArray &token)
{
    return QCryptographicHash::hash(token, QCryptographicHash::Sha256).toHex().first(32);
}

QByteArray contents(const QString &file)
{
    QFile opened(file);
    return opened.open(QIODevice::ReadOnly) ? opened.read(login::maxFile) : QByteArray();
}

// The file in one piece, as private as it was; a link stays one.
bool write(const QString &file, const QByteArray &bytes)
{
    const QString real = QFileInfo(file).canonicalFilePath();
    QSaveFile saved(real.isEmpty() ? file : real);
    saved.setDirectWriteFallback(false);
    return saved.open(QIODevice::WriteOnly) && saved.setPermissions(QFile::ReadOwner | QFile::WriteOwner)
        && saved.write(bytes) == bytes.size() && saved.flush() && fsync(saved.handle()) == 0 && saved.commit();
}

struct Reply {
    int status = 0; // 0: not reached
    QByteArray body;
    QString trouble;
};

Reply ask(const QString &address, const QByteArray &body)
{
    QNetworkProxyFactory::setUseSystemConfiguration(true);
    QNetworkAccessManager network;
    QNetworkRequest request { QUrl(address) };
    request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
    request.setRawHeader("Accept", "application/json");
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    request.setTransferTimeout(answerMs);
    QNetworkReply *reply = network.post(request, body);
    QObject::connect(reply, &QNetworkReply::finished, qApp, &QCoreApplication::quit);
    QCoreApplication::exec();
    Reply told;
    told.status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    told.body = reply->read(maxAnswer);
    told.trouble = reply->errorString();
    return told;
}

// Waits for another program's renewal: the file of a person who works with the agent at the same time.
bool becomesAnother(const QString &file, const LoginForm &form, const QByteArray &renewal)
{
    SystemClock clock;
    for (int waited = 0; waited < settleMs; waited += lookMs) {
        const auto tokens = login::read(form, contents(file));
        if (tokens && tokens->renewal != renewal)
            return true;
        QEventLoop rest;
        const Alarm over = clock.after(std::chrono::milliseconds(lookMs), [&rest] { rest.quit(); });
        rest.exec();
    }
    return false;
}

int renew(const LoginForm &form, const QString &file, const QByteArray &stale, const QString &address)
{
    const QByteArray before = contents(file);
    const auto tokens = login::read(form, before);
    if (!tokens)
        return say(signInAgain, tokens.error().detail);
    if (fingerprint(tokens->access) != stale)
        return fresh;
    if (tokens->renewal.isEmpty())
        return say(signInAgain, u"%1 cannot be renewed"_s.arg(file));
    const Reply reply = ask(address, login::request(form, tokens->renewal));
    if (reply.status == 400 || reply.status == 401 || reply.status == 403) {
        if (becomesAnother(file, form, tokens->renewal))
            return fresh;
        return say(signInAgain, u"the service refused the login (%1)"_s.arg(reply.status));
    }
    if (reply.status != 200)
        return say(notNow, reply.status == 0 ? reply.trouble : u"the service answered %1"_s.arg(reply.status));
    // What the file holds now: other programs may have written other parts of it meanwhile.
    const QByteArray now = contents(file);
    const auto held = login::read(form, now);
    if (!held || held->renewal != tokens->renewal)
        return held ? fresh : say(signInAgain, u"%1 is gone: you signed out"_s.arg(file));
    const auto bytes = login::renewed(form, now, reply.body, SystemClock().now());
    if (!bytes)
        return say(notNow, bytes.error().detail);
    if (!write(file, *bytes))
        return say(notNow, u"%1 cannot be written"_s.arg(file));
    return fresh;
}

} // namespace

int main(int argc, char **argv)
{
    for (const int ignored : { SIGPIPE, SIGTERM, SIGINT, SIGHUP })
        std::signal(ignored, SIG_IGN);
    QCoreApplication app(argc, argv);
    const QStringList words = app.arguments();
    const LoginForm *form = words.size() == 6 ? loginForm(words[1]) : nullptr;
    if (!form)
        return say(notNow, u"foundry-renew AGENT FILE LOCK STALE ADDRESS; Foundry starts it"_s);
    const int lock = open(QFile::encodeName(words[3]).constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0 || flock(lock, LOCK_EX) != 0)
        return say(notNow, u"%1 cannot be locked"_s.arg(words[3]));
    return renew(*form, words[2], words[4].toUtf8(), words[5]);
}
