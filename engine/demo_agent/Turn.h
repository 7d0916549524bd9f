// One turn of the demonstration agent: plays the steps of a script, one after the other. Destroying it, or
// cancel(), ends a running command with its process group.
#pragma once

#include "DemoSession.h"
#include "Script.h"
#include "Wire.h"

#include "Async.h"
#include "Clock.h"

#include <QProcess>

#include <memory>

namespace foundry::demo {

struct TurnEnd {
    QString stopReason; // empty: `error` is the answer
    QString error;
};

class Turn {
public:
    static constexpr qsizetype maxOutput = 1024 * 1024; // characters kept of one command's output

    // Asks the client for permission; answers with the option's id, empty: cancelled.
    using Ask = std::function<Promise<QString>(const QJsonObject &toolCall, const QJsonArray &options)>;

    Turn(Clock &clock, Wire &wire, DemoSession &session, std::vector<Step> steps, int number, Ask ask);
    ~Turn();

    void start(std::function<void(TurnEnd)> done);
    // Ends a running tool call as failed; the turn's end is not told to `done`.
    void cancel();

private:
    Async<TurnEnd> play();
    Async<bool> playStep(Step step);
    Async<bool> speak(QString kind, QString text);
    Async<bool> runCommand(QString command);
    Async<bool> askFor(QString title, QJsonObject toolCall);
    void setPlan(const QString &items);
    void nextInPlan();
    void tellPlan();
    void readFile(const Step &step);
    void changeFile(const Step &step);
    QString changed(const Step &step, const QString &old, bool exists, QString &problem) const;
    void tell(QJsonObject update, bool remembered = true);
    QJsonObject beginTool(const QString &title, const QString &kind, const QJsonObject &input,
                          const QString &path = {});
    void endTool(const QJsonObject &fields, bool ok);
    QString absolute(const QString &path, QString &problem) const;
    void takeOutput(const QByteArray &bytes);
    void tellOutput();
    void killCommand();

    Clock &m_clock;
    Wire &m_wire;
    DemoSession &m_session;
    std::vector<Step> m_steps;
    int m_number;
    Ask m_ask;
    int m_tools = 0;
    int m_messages = 0;
    QString m_openTool;
    QString m_output;
    Alarm m_outputDue;
    bool m_skipNext = false;
    Verb m_before = Verb::next;
    QStringList m_plan;
    int m_planAt = 0;
    std::unique_ptr<QProcess> m_process;
    TurnEnd m_end;
    Async<TurnEnd> m_playing;
};

} // namespace foundry::demo
