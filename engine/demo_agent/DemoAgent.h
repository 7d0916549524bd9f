// The demonstration agent as an ACP agent: requests in, answers and updates out.
#pragma once

#include "DemoSession.h"
#include "Turn.h"
#include "Wire.h"

#include <map>
#include <memory>

namespace foundry::demo {

class DemoAgent {
public:
    DemoAgent(Clock &clock, const QString &pace, std::function<void()> ended);

private:
    void take(const QJsonObject &frame);
    void takeRequest(const QString &method, const QJsonValue &id, const QJsonObject &parameters);
    void initialize(const QJsonValue &id);
    void newSession(const QJsonValue &id, const QJsonObject &parameters);
    void loadSession(const QJsonValue &id, const QJsonObject &parameters);
    void prompt(const QJsonValue &id, const QJsonObject &parameters);
    void setMode(const QJsonValue &id, const QString &mode);
    void setOption(const QJsonValue &id, const QJsonObject &parameters);
    void cancel();
    void turnEnded(const TurnEnd &end);
    void tellCommands();
    Promise<QString> ask(const QJsonObject &toolCall, const QJsonArray &options);

    Clock &m_clock;
    Wire m_wire;
    QString m_pace;
    std::optional<DemoSession> m_session; // the newest; older ones are loaded again
    std::unique_ptr<Turn> m_turn;
    std::unique_ptr<Turn> m_ended; // kept until the next one: it ends inside its own call
    QJsonValue m_promptId;
    int m_turns = 0;
    qint64 m_nextRequest = 0;
    std::map<qint64, Promise<QString>> m_asked;
};

} // namespace foundry::demo
