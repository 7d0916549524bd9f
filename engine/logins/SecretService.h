// What the desktop's Secret Service itself says of its default collection, and the question to the person to open it.
// QtKeychain opens it too, but then waits for as long as the desktop's question is on the screen, and cannot be
// stopped: by the time it is asked, nobody has to be. Engine thread only.
#pragma once

#include "Async.h"
#include "Clock.h"

#include <foundry/Failure.h>

#include <QObject>

#include <memory>

namespace foundry::secretService {

enum class State {
    absent, // no such service
    silent, // there is one, and it does not answer
    locked,
    missing, // it has no collection yet: one is made when the person has chosen a password
    open // or not ours to know: QtKeychain will say
};
struct Look {
    State state = State::absent;
    QString collection; // the default one's path
};

// Nobody is asked. At most `patience` for each of two questions.
constexpr std::chrono::milliseconds lookTime { 15'000 };
Async<Look> look(std::chrono::milliseconds patience = lookTime);

// The desktop's question to the person to open what is locked, or to make what is missing: one at a time, whoever waits
// for its answer. It stays on the screen when nobody waits any more, because gnome-keyring (42) dies of a Dismiss and
// does not notice that who asked has gone; what comes of a late answer is an open keyring and nothing else.
class Prompter {
public:
    Prompter();
    ~Prompter();
    Q_DISABLE_COPY_MOVE(Prompter)

    // Failures: Keychain::locked (they would not, or nobody can ask them), silent (no answer within `patience`),
    // noService (it went meanwhile).
    Async<Result<>> open(Clock &clock, Look what, std::chrono::milliseconds patience);

private:
    class Question;
    std::unique_ptr<Question> m_question; // on the screen
};

// Agent::keychain with what it is as its cause; transient.
Failure failureOf(codes::Keychain code, const QString &detail);

} // namespace foundry::secretService
