// One session of the demonstration agent: its settings and its history on disk.
#pragma once

#include <QJsonObject>
#include <QString>

#include <optional>
#include <vector>

namespace foundry::demo {

class DemoSession {
public:
    static constexpr qint64 maxHistory = 4 * 1024 * 1024; // bytes; what follows is not remembered

    static DemoSession create(const QString &folder, const QString &pace);
    // Empty where there is no such session.
    static std::optional<DemoSession> load(const QString &id, const QString &folder, const QString &pace);

    // What session/load replays, oldest first; chunks of one message are one.
    std::vector<QJsonObject> history() const;
    void remember(const QJsonObject &update);

    QJsonObject modes() const; // as session/new and load answer them
    QJsonArray options() const;

    QString id;
    QString folder; // absolute, the working folder
    QString mode;
    QString pace;
    bool allowedAlways = false;

private:
    QString file() const;
};

bool isMode(const QString &mode);
bool isPace(const QString &pace);

} // namespace foundry::demo
