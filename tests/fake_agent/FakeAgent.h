#pragma once

#include <QCommandLineParser>
#include <QJsonArray>
#include <QJsonObject>

namespace foundry::test {

class FakeAgent {
public:
    explicit FakeAgent(const QCommandLineParser &flags);
    int run(); // until the end of the input

private:
    bool has(const char *flag) const { return m_flags.isSet(QString::fromLatin1(flag)); }
    int number(const char *flag, int otherwise) const;
    QString text(const char *flag) const { return m_flags.value(QString::fromLatin1(flag)); }
    bool silentOn(QStringView what) const;

    void take(const QJsonObject &frame);
    void initialize(const QJsonValue &id);
    void openSession(const QString &method, const QJsonValue &id);
    void prompt(const QJsonValue &id);
    void playTools();
    void playQuirks();
    void cancelled();

    void send(QJsonObject frame);
    void writeLine(const QByteArray &line);
    void answer(const QJsonValue &id, const QJsonObject &result);
    void refuse(const QJsonValue &id, int code, const QString &message);
    void update(const QJsonObject &update);
    void message(const QString &kind, const QString &text);
    void request(const QString &method, QJsonObject parameters, bool wait = true);
    void askPermission(const QString &tool, bool wait = true);
    QJsonObject read(); // the next frame; empty: the end of the input
    void crash();

    const QCommandLineParser &m_flags;
    bool m_ended = false;
    bool m_authenticated = false;
    int m_updates = 0;
    int m_requests = 0;
    QJsonValue m_promptId;
    bool m_prompting = false;
};

} // namespace foundry::test
