#include "DemoSession.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QUuid>

namespace foundry::demo {

using namespace Qt::StringLiterals;

bool isMode(const QString &mode)
{
    return mode == u"ask" || mode == u"free";
}

bool isPace(const QString &pace)
{
    return pace == u"instant" || pace == u"brisk" || pace == u"reading";
}

DemoSession DemoSession::create(const QString &folder, const QString &pace)
{
    DemoSession session;
    session.id = u"demo-"_s + QUuid::createUuid().toString(QUuid::WithoutBraces);
    session.folder = QDir::cleanPath(folder);
    session.mode = u"ask"_s;
    session.pace = pace;
    const QString path = session.file();
    QDir().mkpath(path.section(u'/', 0, -2));
    QFile(path).open(QIODevice::WriteOnly);
    return session;
}

std::optional<DemoSession> DemoSession::load(const QString &id, const QString &folder, const QString &pace)
{
    static const QRegularExpression shape(u"^demo-[0-9a-f-]{36}$"_s);
    DemoSession session;
    session.id = id;
    session.folder = QDir::cleanPath(folder);
    session.mode = u"ask"_s;
    session.pace = pace;
    if (!shape.match(id).hasMatch() || !QFile::exists(session.file()))
        return std::nullopt;
    return session;
}

QString DemoSession::file() const
{
    return QDir::homePath() + u"/.foundry-demo-agent/"_s + id + u".jsonl"_s;
}

void DemoSession::remember(const QJsonObject &update)
{
    QFile history(file());
    if (history.size() < maxHistory && history.open(QIODevice::WriteOnly | QIODevice::Append))
        history.write(QJsonDocument(update).toJson(QJsonDocument::Compact) + '\n');
}

std::vector<QJsonObject> DemoSession::history() const
{
    std::vector<QJsonObject> updates;
    QFile stored(file());
    if (!stored.open(QIODevice::ReadOnly))
        return updates;
    while (!stored.atEnd()) {
        const QJsonObject update = QJsonDocument::fromJson(stored.readLine()).object();
        const QString kind = update[u"sessionUpdate"].toString();
        if (kind.isEmpty())
            continue; // a line that a kill cut short
        const bool text = kind.endsWith(u"_chunk");
        if (text && !updates.empty() && updates.back()[u"sessionUpdate"].toString() == kind
            && updates.back()[u"messageId"] == update[u"messageId"]) {
            QJsonObject content = updates.back()[u"content"].toObject();
            content[u"text"] = content[u"text"].toString() + update[u"content"][u"text"].toString();
            updates.back()[u"content"] = content;
        } else {
            updates.push_back(update);
        }
    }
    return updates;
}

namespace {

QJsonObject named(QStringView key, const QString &id, const QString &name, const QString &description)
{
    return { { key.toString(), id }, { u"name"_s, name }, { u"description"_s, description } };
}

} // namespace

QJsonObject DemoSession::modes() const
{
    const QJsonArray available { named(u"id", u"ask"_s, u"Ask first"_s, u"Asks before each command"_s),
                                 named(u"id", u"free"_s, u"Free in the sandbox"_s, u"Works without questions"_s) };
    return { { u"currentModeId"_s, mode }, { u"availableModes"_s, available } };
}

QJsonArray DemoSession::options() const
{
    const QJsonArray choices { named(u"value", u"instant"_s, u"Instant"_s, u"As fast as it can"_s),
                               named(u"value", u"brisk"_s, u"Brisk"_s, u"Quick, but visible"_s),
                               named(u"value", u"reading"_s, u"Reading"_s, u"Slow enough to read along"_s) };
    QJsonObject option = named(u"id", u"pace"_s, u"Pace"_s, u"How fast the demonstration plays"_s);
    option.insert(u"type"_s, u"select"_s);
    option.insert(u"category"_s, u"_pace"_s);
    option.insert(u"currentValue"_s, pace);
    option.insert(u"options"_s, choices);
    return { option };
}

} // namespace foundry::demo
