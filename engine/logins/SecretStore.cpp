#include "SecretStore.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>
#include <qt6keychain/keychain.h>

namespace foundry {

namespace {

const QString ourName = u"foundry"_s;
constexpr std::chrono::milliseconds lookTime { 5000 };

// Where it is locked reading says "no such entry", and where none runs everything says "other error": only its own
// service knows which it is.
enum class Service { absent, locked, open };

Async<Service> lookAtService()
{
    const QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected())
        co_return Service::absent;
    auto question
        = QDBusMessage::createMethodCall(u"org.freedesktop.secrets"_s, u"/org/freedesktop/secrets/aliases/default"_s,
                                         u"org.freedesktop.DBus.Properties"_s, u"Get"_s);
    question << u"org.freedesktop.Secret.Collection"_s << u"Locked"_s;
    Promise<Service> known;
    QDBusPendingCallWatcher watcher(bus.asyncCall(question, int(lookTime.count())));
    QObject::connect(&watcher, &QDBusPendingCallWatcher::finished, &watcher, [known](QDBusPendingCallWatcher *call) {
        const QDBusPendingReply<QDBusVariant> reply = *call;
        if (reply.isError())
            known.set(reply.error().type() == QDBusError::ServiceUnknown ? Service::absent : Service::open);
        else
            known.set(reply.value().variant().toBool() ? Service::locked : Service::open);
    });
    const Service service = co_await known;
    co_return service;
}

Failure sentence(QKeychain::Error error, const QString &words, Service service)
{
    using enum QKeychain::Error;
    using codes::Keychain;
    Keychain code = Keychain::refused;
    QString detail;
    switch (error) {
    case NoError:
        break;
    case EntryNotFound:
        code = service == Service::locked ? Keychain::locked : Keychain::noEntry;
        detail = service == Service::locked ? u"the keychain is locked"_s : u"the keychain has no such key"_s;
        break;
    case CouldNotDeleteEntry:
        detail = u"the keychain would not remove it"_s;
        break;
    case AccessDeniedByUser:
        code = Keychain::denied;
        detail = u"you did not allow it"_s;
        break;
    case AccessDenied:
        code = Keychain::locked;
        detail = u"the keychain is locked"_s;
        break;
    case NoBackendAvailable:
        code = Keychain::noService;
        detail = u"no keychain runs in this desktop session"_s;
        break;
    case NotImplemented:
        detail = u"this keychain is not known"_s;
        break;
    case OtherError:
        code = service == Service::absent ? Keychain::noService
            : service == Service::locked  ? Keychain::locked
                                          : Keychain::refused;
        detail = service == Service::absent ? u"no keychain runs in this desktop session"_s : u"the keychain failed"_s;
        break;
    }
    const bool passing = code == Keychain::locked || code == Keychain::noService || error == OtherError;
    const Retry retry = passing ? Retry::transient : Retry::terminal;
    return failure(codes::Agent::keychain, words.isEmpty() ? detail : detail + u": "_s + words, retry)
        .because(failure(code, {}, retry));
}

// One question to the keychain. The job outlives its frame where that is destroyed first: a keychain cannot be hurried.
template <class Job> Async<Result<QByteArray>> ask(Clock &clock, Job *job)
{
    struct Heard {
        QKeychain::Error error = QKeychain::NoError;
        QString words;
        QByteArray secret;
        bool silent = false;
    };
    struct State {
        Promise<Heard> answer;
    };
    auto state = std::make_shared<State>();
    const std::weak_ptr<State> waiting = state;
    job->setAutoDelete(true);
    QObject::connect(job, &QKeychain::Job::finished, job, [waiting](QKeychain::Job *done) {
        const auto living = waiting.lock();
        if (!living)
            return;
        Heard heard { done->error(), done->errorString(), {} };
        if (auto *read = qobject_cast<QKeychain::ReadPasswordJob *>(done))
            heard.secret = read->binaryData();
        living->answer.set(std::move(heard));
    });
    const Alarm limit = clock.after(Keychain::answerTime, [waiting] {
        if (const auto living = waiting.lock())
            living->answer.set(Heard { QKeychain::OtherError, {}, {}, true });
    });
    job->start();
    const Heard heard = co_await state->answer;
    if (heard.silent)
        co_return std::unexpected(failure(codes::Agent::keychain, u"the keychain did not answer"_s, Retry::transient)
                                      .because(failure(codes::Keychain::silent, {}, Retry::transient)));
    if (heard.error == QKeychain::NoError)
        co_return heard.secret;
    auto looking = lookAtService();
    const Service service = co_await looking;
    co_return std::unexpected(sentence(heard.error, heard.words, service));
}

} // namespace

Async<Result<>> Keychain::write(QString name, QByteArray secret)
{
    auto *job = new QKeychain::WritePasswordJob(ourName);
    job->setKey(name);
    job->setInsecureFallback(false);
    job->setBinaryData(secret);
    auto asking = ask(m_clock, job);
    auto written = co_await asking;
    co_return withoutValue(std::move(written));
}

Async<Result<QByteArray>> Keychain::read(QString name)
{
    auto *job = new QKeychain::ReadPasswordJob(ourName);
    job->setKey(name);
    job->setInsecureFallback(false);
    auto asking = ask(m_clock, job);
    auto secret = co_await asking;
    co_return secret;
}

Async<Result<>> Keychain::remove(QString name)
{
    auto *job = new QKeychain::DeletePasswordJob(ourName);
    job->setKey(name);
    job->setInsecureFallback(false);
    auto asking = ask(m_clock, job);
    auto removed = co_await asking;
    if (!removed && removed.error().causes.front().is(codes::Keychain::noEntry))
        co_return Result<>();
    co_return withoutValue(std::move(removed));
}

} // namespace foundry
