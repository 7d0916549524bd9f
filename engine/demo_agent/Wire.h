// JSON-RPC over standard input and output, one object a line.
#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QSocketNotifier>

#include <functional>

namespace foundry::demo {

class Wire {
public:
    static constexpr qsizetype maxLine = 32 * 1024 * 1024; // bytes; longer ends the program

    Wire(std::function<void(const QJsonObject &)> received, std::function<void()> ended);

    void send(QJsonObject frame); // returns when it is written
    void notify(const QString &method, const QJsonObject &parameters);
    void answer(const QJsonValue &id, const QJsonObject &result);
    void refuse(const QJsonValue &id, int code, const QString &message);

private:
    void read();

    QSocketNotifier m_notifier;
    QByteArray m_rest;
    std::function<void(const QJsonObject &)> m_received;
    std::function<void()> m_ended;
};

} // namespace foundry::demo
