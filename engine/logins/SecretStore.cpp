#include "SecretStore.h"

#include <qt6keychain/keychain.h>

namespace foundry {

namespace {

const QString service = u"foundry"_s;

Failure sentence(QKeychain::Error error, const QString &words)
{
    using enum QKeychain::Error;
    QString detail;
    Retry retry = Retry::terminal;
    switch (error) {
    case NoError:
        break;
    case EntryNotFound:
        detail = u"the keychain has no such key"_s;
        break;
    case CouldNotDeleteEntry:
        detail = u"the keychain would not remove it"_s;
        break;
    case AccessDeniedByUser:
        detail = u"you did not allow it"_s;
        break;
    case AccessDenied:
        detail = u"the keychain is locked"_s;
        retry = Retry::transient;
        break;
    case NoBackendAvailable:
        detail = u"no keychain runs in this desktop session"_s;
        break;
    case NotImplemented:
        detail = u"this keychain is not known"_s;
        break;
    case OtherError:
        detail = u"the keychain failed"_s;
        retry = Retry::transient;
        break;
    }
    return failure(codes::Agent::keychain, words.isEmpty() ? detail : detail + u": "_s + words, retry);
}

// One question to the keychain. The job outlives its frame where that is destroyed first: a keychain cannot be hurried.
template <class Job> Async<Result<QByteArray>> ask(Clock &clock, Job *job)
{
    struct State {
        Promise<Result<QByteArray>> answer;
    };
    auto state = std::make_shared<State>();
    const std::weak_ptr<State> waiting = state;
    job->setAutoDelete(true);
    QObject::connect(job, &QKeychain::Job::finished, job, [waiting](QKeychain::Job *done) {
        const auto living = waiting.lock();
        if (!living)
            return;
        if (done->error() != QKeychain::NoError) {
            living->answer.set(std::unexpected(sentence(done->error(), done->errorString())));
            return;
        }
        QByteArray secret;
        if (auto *read = qobject_cast<QKeychain::ReadPasswordJob *>(done))
            secret = read->binaryData();
        living->answer.set(secret);
    });
    const Alarm limit = clock.after(Keychain::answerTime, [waiting] {
        if (const auto living = waiting.lock())
            living->answer.set(fail(codes::Agent::keychain, u"the keychain did not answer"_s, Retry::transient));
    });
    job->start();
    auto result = co_await state->answer;
    co_return result;
}

} // namespace

Async<Result<>> Keychain::write(QString name, QByteArray secret)
{
    auto *job = new QKeychain::WritePasswordJob(service);
    job->setKey(name);
    job->setInsecureFallback(false);
    job->setBinaryData(secret);
    auto asking = ask(m_clock, job);
    auto written = co_await asking;
    co_return withoutValue(std::move(written));
}

Async<Result<QByteArray>> Keychain::read(QString name)
{
    auto *job = new QKeychain::ReadPasswordJob(service);
    job->setKey(name);
    job->setInsecureFallback(false);
    auto asking = ask(m_clock, job);
    auto secret = co_await asking;
    co_return secret;
}

Async<Result<>> Keychain::remove(QString name)
{
    auto *job = new QKeychain::DeletePasswordJob(service);
    job->setKey(name);
    job->setInsecureFallback(false);
    auto asking = ask(m_clock, job);
    auto removed = co_await asking;
    if (!removed && removed.error().detail.startsWith(u"the keychain has no such key"))
        co_return Result<>();
    co_return withoutValue(std::move(removed));
}

} // namespace foundry
