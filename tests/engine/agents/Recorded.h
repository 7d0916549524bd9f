// The exchanges with real agents in `recorded/`: one JSON object a line.
#pragma once

#include <QDir>
#include <QFile>
#include <QHash>
#include <QJsonDocument>
#include <QJsonObject>

#include <vector>

namespace foundry::test {

struct RecordedFrame {
    bool fromAgent = false;
    QJsonObject frame;
};

inline QStringList recordings(const QString &folder)
{
    return QDir(folder).entryList({ QStringLiteral("*.jsonl") }, QDir::Files, QDir::Name);
}

// Frames in order. Exchanges over HTTP hold each answer twice, in the response and in the stream: the
// stream's is taken. What a stream repeats after a reconnection is dropped by its number, as a transport does.
inline std::vector<RecordedFrame> recorded(const QString &file)
{
    std::vector<RecordedFrame> frames;
    QFile opened(file);
    if (!opened.open(QIODevice::ReadOnly))
        return frames;
    QString stream;
    QHash<QString, int> seen;
    while (!opened.atEnd()) {
        const QJsonObject line = QJsonDocument::fromJson(opened.readLine()).object();
        const QJsonObject sent = line[u"http_req"].toObject();
        if (sent[u"method"].toString() == u"GET")
            stream = sent[u"path"].toString();
        if (line.contains(u"msg") && line[u"dir"].toString() == u"a>c")
            frames.push_back({ true, line[u"msg"].toObject() });
        else if (line.contains(u"msg") && line[u"dir"].toString() == u"c>a")
            frames.push_back({ false, line[u"msg"].toObject() });
        else if (sent[u"body"].isObject())
            frames.push_back({ false, sent[u"body"].toObject() });
        else if (const int number = line[u"sse"][u"id"].toString().toInt(); number > seen.value(stream)) {
            seen[stream] = number;
            frames.push_back({ true, line[u"sse"][u"msg"].toObject() });
        }
    }
    return frames;
}

} // namespace foundry::test
