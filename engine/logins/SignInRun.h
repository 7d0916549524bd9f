// An agent's own login ("codex login", "claude setup-token"), run with a terminal of its own under Foundry. It is a
// program of the person's and runs as the person, outside of any sandbox. What it prints is read for an address, a code
// and a token; a token is taken and never shown. Engine thread only.
#pragma once

#include "Async.h"
#include "Clock.h"

#include <foundry/Failure.h>

#include <QMap>
#include <QStringList>

#include <functional>
#include <memory>

namespace foundry {

struct SignInWords {
    QString line; // the last that it said
    QString url; // the first address
    QString code; // "ABCD-EFGH1"
    QString token; // a long-lived one: "sk-ant-oat…"
    bool asks = false; // for a code to be pasted
};

// From all that was printed so far, control sequences included. Pure.
SignInWords readSignIn(const QByteArray &printed);

class SignInRun {
public:
    static constexpr std::chrono::minutes timeOut { 15 };
    static constexpr qsizetype maxPrinted = 256 * 1024; // bytes that are kept, the last ones

    SignInRun(Clock &clock, QStringList command, QMap<QString, QString> environment);
    ~SignInRun();

    std::function<void(const SignInWords &)> said;
    // To its end; destroying it before kills the program. Failure: Agent::signInFailed with its last words.
    Async<Result<SignInWords>> run();
    void write(const QString &text); // and Return

private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
    Clock &m_clock;
    QStringList m_command;
    QMap<QString, QString> m_environment;
};

} // namespace foundry
