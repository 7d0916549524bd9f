// Keys that a person typed in: in the desktop's keychain, or in memory for as long as Foundry runs; never in a file.
// Engine thread only.
#pragma once

#include "Async.h"
#include "Clock.h"

#include <foundry/Failure.h>

#include <QByteArray>
#include <QMap>

namespace foundry {

class SecretStore {
public:
    virtual ~SecretStore() = default;
    // Failures: Agent::keychain with what the keychain says, and as its cause which codes::Keychain it is; transient
    // where it may be unlocked or started.
    virtual Async<Result<>> write(QString name, QByteArray secret) = 0;
    virtual Async<Result<QByteArray>> read(QString name) = 0; // one that is not there: Keychain::noEntry
    virtual Async<Result<>> remove(QString name) = 0; // gone already is success
};

// The Secret Service or KWallet, whichever runs. A question to unlock it is the desktop's and may take its time.
class Keychain final : public SecretStore {
public:
    static constexpr std::chrono::minutes answerTime { 2 };
    explicit Keychain(Clock &clock)
        : m_clock(clock)
    {
    }
    Async<Result<>> write(QString name, QByteArray secret) override;
    Async<Result<QByteArray>> read(QString name) override;
    Async<Result<>> remove(QString name) override;

private:
    Clock &m_clock;
};

} // namespace foundry
