#include "SecretStore.h"

#include "SecretService.h"

#include <qt6keychain/keychain.h>

namespace foundry {

namespace {

const QString ourName = u"foundry"_s;

// Where it is locked QtKeychain says "no such entry" to who reads, and where none runs "other error": only its own
// service knows which it is.
using Service = secretService::State;

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
        .because(failure(code, words, retry));
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
    auto looking = secretService::look();
    const secretService::Look look = co_await looking;
    co_return std::unexpected(sentence(heard.error, heard.words, look.state));
}

} // namespace

Keychain::Keychain(Clock &clock)
    : m_clock(clock)
    , m_prompter(std::make_unique<secretService::Prompter>())
{
}

Keychain::~Keychain() = default;

Async<Result<>> Keychain::look()
{
    auto looking = secretService::look();
    const secretService::Look found = co_await looking;
    switch (found.state) {
    case Service::absent: // KWallet may be there
    case Service::open:
        break;
    case Service::silent:
        co_return std::unexpected(secretService::failureOf(codes::Keychain::silent, u"the keychain did not answer"_s));
    case Service::locked:
    case Service::missing:
        co_return std::unexpected(secretService::failureOf(codes::Keychain::locked, u"the keychain is locked"_s));
    }
    co_return Result<>();
}

Async<Result<>> Keychain::open()
{
    auto looking = secretService::look();
    const secretService::Look found = co_await looking;
    if (found.state == Service::silent)
        co_return std::unexpected(secretService::failureOf(codes::Keychain::silent, u"the keychain did not answer"_s));
    if (found.state != Service::locked && found.state != Service::missing)
        co_return Result<>();
    auto opening = m_prompter->open(m_clock, found, answerTime);
    auto opened = co_await opening;
    co_return opened;
}

Async<Result<>> Keychain::write(QString name, QByteArray secret)
{
    auto opening = open();
    if (auto opened = co_await opening; !opened)
        co_return std::unexpected(opened.error());
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
    auto opening = open();
    if (auto opened = co_await opening; !opened)
        co_return std::unexpected(opened.error());
    auto *job = new QKeychain::ReadPasswordJob(ourName);
    job->setKey(name);
    job->setInsecureFallback(false);
    auto asking = ask(m_clock, job);
    auto secret = co_await asking;
    co_return secret;
}

Async<Result<>> Keychain::remove(QString name)
{
    auto opening = open();
    if (auto opened = co_await opening; !opened)
        co_return std::unexpected(opened.error());
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
