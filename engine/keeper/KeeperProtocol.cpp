#include "KeeperProtocol.h"

#include <QMessageAuthenticationCode>
#include <QRandomGenerator>
#include <QtEndian>

namespace foundry::keeper {

void append(QByteArray &to, Kind kind, quint64 sequence, const QByteArray &payload)
{
    char header[headerSize] = {};
    qToLittleEndian(quint32(payload.size()), header);
    header[4] = char(kind);
    qToLittleEndian(sequence, header + 8);
    to.append(header, headerSize);
    to.append(payload);
}

QByteArray encoded(Kind kind, quint64 sequence, const QByteArray &payload)
{
    QByteArray result;
    result.reserve(headerSize + payload.size());
    append(result, kind, sequence, payload);
    return result;
}

Header readHeader(const char *bytes)
{
    return { qsizetype(qFromLittleEndian<quint32>(bytes)), Kind(quint8(bytes[4])),
             qFromLittleEndian<quint64>(bytes + 8) };
}

QByteArray numbered(quint64 number, const QByteArray &line)
{
    QByteArray result(sizeof number, Qt::Uninitialized);
    qToLittleEndian(number, result.data());
    return result + line;
}

quint64 numberOf(const QByteArray &payload)
{
    return payload.size() < qsizetype(sizeof(quint64)) ? 0 : qFromLittleEndian<quint64>(payload.constData());
}

QByteArray proof(const QByteArray &secret, const char *by, const QByteArray &foundrysWord,
                 const QByteArray &keepersWord)
{
    return QMessageAuthenticationCode::hash(QByteArray(by) + ':' + foundrysWord.toHex() + ':' + keepersWord.toHex(),
                                            secret, QCryptographicHash::Sha256);
}

bool isProof(const QByteArray &given, const QByteArray &wanted)
{
    if (given.size() != wanted.size())
        return false;
    int different = 0;
    for (qsizetype i = 0; i < given.size(); ++i)
        different |= given[i] ^ wanted[i];
    return different == 0;
}

QByteArray randomWord(int bytes)
{
    QByteArray result(bytes, Qt::Uninitialized);
    for (char &byte : result)
        byte = char(QRandomGenerator::system()->bounded(256));
    return result;
}

QJsonObject toJson(const SandboxCommand &command)
{
    QJsonObject environment;
    for (auto it = command.environment.cbegin(); it != command.environment.cend(); ++it)
        environment.insert(it.key(), it.value());
    return { { u"program"_s, command.program },
             { u"arguments"_s, QJsonArray::fromStringList(command.arguments) },
             { u"environment"_s, environment },
             { u"workingDirectory"_s, command.workingDirectory },
             { u"readOnlyBinds"_s, QJsonArray::fromStringList(command.readOnlyBinds) },
             { u"network"_s, command.network },
             { u"caches"_s, command.caches },
             { u"readOnlyCheckout"_s, command.readOnlyCheckout },
             { u"nesting"_s, command.nesting },
             { u"processes"_s, command.limits.processes },
             { u"fileBytes"_s, command.limits.fileBytes },
             { u"unsentInput"_s, qint64(command.limits.unsentInput) },
             { u"errorTail"_s, qint64(command.limits.errorTail) } };
}

bool fromJson(const QJsonObject &json, SandboxCommand &command)
{
    const SandboxLimits usual;
    command.program = json[u"program"].toString();
    command.workingDirectory = json[u"workingDirectory"].toString();
    command.network = json[u"network"].toBool();
    command.caches = json[u"caches"].toString();
    command.readOnlyCheckout = json[u"readOnlyCheckout"].toBool();
    command.nesting = json[u"nesting"].toBool();
    command.limits.processes = json[u"processes"].toInt(usual.processes);
    command.limits.fileBytes = json[u"fileBytes"].toInteger(usual.fileBytes);
    command.limits.unsentInput = qsizetype(json[u"unsentInput"].toInteger(usual.unsentInput));
    command.limits.errorTail = qsizetype(json[u"errorTail"].toInteger(usual.errorTail));
    const QJsonObject environment = json[u"environment"].toObject();
    for (auto it = environment.begin(); it != environment.end(); ++it)
        command.environment.insert(it.key(), it.value().toString());
    return !command.program.isEmpty() && json::fromJson(json[u"arguments"], command.arguments)
        && json::fromJson(json[u"readOnlyBinds"], command.readOnlyBinds);
}

} // namespace foundry::keeper
