// How Foundry and the keeper of an agent speak with each other: README.md says it in words. Values and pure functions.
#pragma once

#include "SandboxCommand.h"
#include "SandboxProcess.h"
#include "SandboxRecord.h"

#include <QByteArray>
#include <QJsonDocument>

#include <optional>

namespace foundry::keeper {

inline constexpr int oldestProtocol = 1;
inline constexpr int newestProtocol = 1;

inline constexpr qsizetype maxLine = 32 * 1024 * 1024; // bytes, of the agent
inline constexpr qsizetype maxPayload = 36 * 1024 * 1024; // bytes of one frame
inline constexpr qint64 maxFile = 64 * 1024 * 1024; // bytes that wait to be acknowledged; one line may be more
inline constexpr qint64 maxUnread = 1024 * 1024; // bytes that the agent has not read
inline constexpr int maxGuests = 4; // that have not proved themselves yet
inline constexpr std::chrono::seconds proofTime { 5 };
inline constexpr std::chrono::minutes firstTime { 1 }; // for the first client to come
inline constexpr std::chrono::hours aloneTime { 24 };
inline constexpr int secretSize = 32; // bytes

enum class Kind : quint8 {
    hello = 1,
    welcome = 2,
    refused = 3,
    attach = 4,
    live = 5,
    agentSaid = 16,
    foundrySaid = 17,
    denied = 18,
    ended = 19,
    errorText = 20,
    diskFull = 21,
    say = 32,
    acknowledge = 33,
    closeInput = 34,
    end = 35,
    allowHosts = 36,
};

struct Frame {
    Kind kind = Kind::hello;
    quint64 sequence = 0;
    QByteArray payload;
};
inline constexpr qsizetype headerSize = 16; // bytes
QByteArray encoded(Kind kind, quint64 sequence, const QByteArray &payload);
void append(QByteArray &to, Kind kind, quint64 sequence, const QByteArray &payload);
struct Header {
    qsizetype size = 0; // of the payload
    Kind kind = Kind::hello;
    quint64 sequence = 0;
};
Header readHeader(const char *bytes); // headerSize of them
QByteArray numbered(quint64 number, const QByteArray &line); // payload of foundrySaid
quint64 numberOf(const QByteArray &payload);

struct Hello {
    int oldest = oldestProtocol;
    int newest = newestProtocol;
    QByteArray word; // random
};
struct Welcome {
    int protocol = newestProtocol;
    QByteArray word;
    QByteArray proof;
    quint64 lastNumber = 0; // of the `say`s it has taken
};
struct Refused {
    QString why; // version, gap
    int oldest = oldestProtocol;
    int newest = newestProtocol;
};
// How the agent ended, as SandboxExit.
struct Ended {
    int exitCode = 0;
    int signal = 0;
    std::optional<Failure> failure;
    QByteArray errorTail;
    bool alone = false; // by the keeper: nobody came for too long
};

// By whom: "keeper" or "foundry".
QByteArray proof(const QByteArray &secret, const char *by, const QByteArray &foundrysWord,
                 const QByteArray &keepersWord);
bool isProof(const QByteArray &given, const QByteArray &wanted); // takes the same time for each answer
QByteArray randomWord(int bytes = 16);

// What the program is told on its standard input.
struct Launch {
    QString folder; // its own
    QByteArray secret;
    SandboxRecord record;
    QJsonObject command; // toJson of a SandboxCommand
    QString bubblewrap; // places of BubblewrapProvider
    QString entry;
    QString path;
    qint64 maxFile = keeper::maxFile;
    std::chrono::milliseconds firstTime = keeper::firstTime;
    std::chrono::milliseconds aloneTime = keeper::aloneTime;
};

// What of a command matters to a program that is started and spoken with; not that of `run`.
QJsonObject toJson(const SandboxCommand &command);
bool fromJson(const QJsonObject &json, SandboxCommand &command);

} // namespace foundry::keeper

namespace foundry {

FOUNDRY_JSON(keeper::Hello, oldest, newest, word)
FOUNDRY_JSON(keeper::Welcome, protocol, word, proof, lastNumber)
FOUNDRY_JSON(keeper::Refused, why, oldest, newest)
FOUNDRY_JSON(keeper::Ended, exitCode, signal, failure, errorTail, alone)
FOUNDRY_JSON(keeper::Launch, folder, secret, record, command, bubblewrap, entry, path, maxFile, firstTime, aloneTime)

namespace keeper {

// A payload that is JSON; nothing if it is not of that kind.
template <class T> std::optional<T> read(const QByteArray &payload)
{
    T value {};
    if (!json::fromJson(QJsonDocument::fromJson(payload).object(), value))
        return std::nullopt;
    return value;
}

inline QByteArray written(const auto &value)
{
    return json::compact(json::toJson(value).toObject());
}

} // namespace keeper

} // namespace foundry
