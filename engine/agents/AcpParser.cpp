#include "AcpParser.h"

#include <QJsonDocument>

namespace foundry {

AcpParser::AcpParser(qsizetype lineLimit)
    : m_lineLimit(lineLimit)
{
}

Result<std::vector<QJsonObject>> AcpParser::feed(const QByteArray &bytes)
{
    if (m_failed)
        return std::unexpected(*m_failed);
    m_rest += bytes;
    std::vector<QJsonObject> frames;
    qsizetype begin = 0;
    qsizetype from = m_scanned;
    while (true) {
        const qsizetype end = m_rest.indexOf('\n', from);
        if ((end < 0 ? m_rest.size() : end) - begin > m_lineLimit) {
            m_failed = failure(codes::Agent::flooded, u"a line longer than %1 bytes"_s.arg(m_lineLimit));
            m_rest.clear();
            return std::unexpected(*m_failed);
        }
        if (end < 0)
            break;
        takeLine(m_rest.mid(begin, end - begin).trimmed(), frames);
        begin = from = end + 1;
        if (m_failed)
            return std::unexpected(*m_failed);
    }
    m_rest.remove(0, begin);
    m_scanned = m_rest.size();
    return frames;
}

void AcpParser::takeLine(const QByteArray &line, std::vector<QJsonObject> &frames)
{
    if (line.isEmpty())
        return;
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(line, &error);
    if (document.isObject()) {
        m_nonsenseRow = 0;
        frames.push_back(document.object());
        return;
    }
    ++m_nonsenseTotal;
    m_lastNonsense = QString::fromUtf8(line.left(200));
    if (++m_nonsenseRow > maxNonsense)
        m_failed = failure(codes::Agent::badProtocol,
                           u"more than %1 lines that are no JSON, the last: %2"_s.arg(maxNonsense).arg(m_lastNonsense));
}

} // namespace foundry
