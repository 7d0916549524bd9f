// Bytes to JSON-RPC frames, one a line (ACP transport, stdio). Pure and bounded.
#pragma once

#include <foundry/Failure.h>

#include <QByteArray>
#include <QJsonObject>

#include <optional>
#include <vector>

namespace foundry {

class AcpParser {
public:
    static constexpr qsizetype maxLine = 32 * 1024 * 1024; // bytes; longer: Agent::flooded
    // Lines that are no JSON object, in a row: programs print a banner or a warning before they speak.
    static constexpr int maxNonsense = 200; // more: Agent::badProtocol

    explicit AcpParser(qsizetype lineLimit = maxLine);

    // The frames that are complete now, oldest first. After a failure the parser stays failed.
    Result<std::vector<QJsonObject>> feed(const QByteArray &bytes);
    // Lines skipped so far, and the start of the last one.
    int nonsense() const { return m_nonsenseTotal; }
    QString lastNonsense() const { return m_lastNonsense; }

private:
    void takeLine(const QByteArray &line, std::vector<QJsonObject> &frames);

    qsizetype m_lineLimit;
    QByteArray m_rest;
    qsizetype m_scanned = 0; // of m_rest, without a line break
    int m_nonsenseRow = 0;
    int m_nonsenseTotal = 0;
    QString m_lastNonsense;
    std::optional<Failure> m_failed;
};

} // namespace foundry
