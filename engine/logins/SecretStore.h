// Keys that a person typed in: in the desktop's keychain, or in memory for as long as Foundry runs; never in a file.
// Engine thread only.
#pragma once

#include "Async.h"
#include "Clock.h"

#include <foundry/Failure.h>

#include <QByteArray>
#include <QMap>

#include <memory>

namespace foundry {

namespace secretService {
class Prompter;
}

class SecretStore {
public:
    virtual ~SecretStore() = default;
    // Failures: Agent::keychain with what the keychain says, and as its cause which codes::Keychain it is; transient
    // where it may be unlocked or started.
    virtual Async<Result<>> write(QString name, QByteArray secret) = 0;
    virtual Async<Result<QByteArray>> read(QString name) = 0; // one that is not there: Keychain::noEntry
    virtual Async<Result<>> remove(QString name) = 0; // gone already is success

    // Whether the person would have to open it first, without asking them. Failures: Keychain::locked, silent.
    virtual Async<Result<>> look() { co_return Result<>(); }
    // Has the desktop ask the person to open it, where it is shut; who asks meanwhile waits for the same question,
    // which stays on the screen when nobody waits any more. Failures: Keychain::locked (still), silent (nobody
    // answered), noService.
    virtual Async<Result<>> open() { co_return Result<>(); }
};

// The Secret Service or KWallet, whichever runs. What is locked is opened first: the desktop asks the person, and
// whoever waits for that does so for answerTime at most.
class Keychain final : public SecretStore {
public:
    static constexpr std::chrono::minutes answerTime { 2 };
    explicit Keychain(Clock &clock);
    ~Keychain() override;
    Async<Result<>> write(QString name, QByteArray secret) override;
    Async<Result<QByteArray>> read(QString name) override;
    Async<Result<>> remove(QString name) override;
    Async<Result<>> look() override;
    Async<Result<>> open() override;

private:
    Clock &m_clock;
    std::unique_ptr<secretService::Prompter> m_prompter;
};

} // namespace foundry
