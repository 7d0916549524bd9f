// One terminal as the window has it: what its program put out so far, what is typed, how it ended. What opens it is
// given (a shell in a task's sandbox, a command, a program of the host's): everything else goes by its id. GUI thread.
#pragma once

#include "TerminalEmulator.h"

#include <EngineLink.h>

#include <QtQml/qqmlregistration.h>

#include <functional>

namespace foundry {

class Terminal : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("comes with the task's terminals")
    Q_PROPERTY(QString title READ title NOTIFY changed FINAL)
    Q_PROPERTY(Phase phase READ phase NOTIFY changed FINAL)
    // How it stands in words: empty while it runs.
    Q_PROPERTY(QString status READ status NOTIFY changed FINAL)
    Q_PROPERTY(bool failed READ hasFailed NOTIFY changed FINAL)
    Q_PROPERTY(QString commandLine READ commandLine CONSTANT FINAL) // empty: a shell
    // Lines that wait for a yes before they are pasted: a line break would run them. 0: none.
    Q_PROPERTY(int askedLines READ askedLines NOTIFY askedChanged FINAL)

public:
    enum class Phase { Opening, Running, Ended };
    Q_ENUM(Phase)
    using Sentence = std::function<QString(const Failure &)>;
    // The command that opens it.
    using Opening = std::function<CommandBody(const TerminalId &id, TerminalGrid grid)>;

    Terminal(EngineLink *link, QString name, QString commandLine, Opening opening, Sentence sentence,
             QObject *parent = nullptr);
    ~Terminal() override; // closes it

    const TerminalId &id() const { return m_id; }
    TerminalEmulator &emulator() { return m_emulator; }
    QString title() const;
    Phase phase() const { return m_phase; }
    QString status() const;
    bool hasFailed() const { return m_failed; }
    int exitCode() const { return m_exitCode; }
    QString commandLine() const { return m_commandLine; }
    int askedLines() const { return m_askedLines; }

    void open(TerminalGrid grid);
    void resize(int columns, int rows);
    void send(const QByteArray &bytes); // typed; nothing where it has ended
    void takeOutput(const QByteArray &bytes);
    void takeEnd(const event::TerminalEnded &end);

    // Asks first (askedLines) where the program would run what is pasted line by line.
    Q_INVOKABLE void paste(const QString &text);
    Q_INVOKABLE void answerPaste(bool yes);
    Q_INVOKABLE void close();
    Q_INVOKABLE void stop(); // ends the program; what it put out stays to be read

    static constexpr int sliceMs = 4; // of the window's time for output, before it looks at anything else
    static constexpr qsizetype sliceBytes = 16 * 1024; // between two looks at the time

Q_SIGNALS:
    void changed();
    void askedChanged();
    void output(); // the emulator has moved on
    void ended();

private:
    void work();
    void settleEnd();

    EngineLink *m_link;
    TerminalId m_id;
    QString m_name, m_commandLine;
    Opening m_opening;
    Sentence m_sentence;
    TerminalEmulator m_emulator { 80, 24 };
    Phase m_phase = Phase::Opening;
    bool m_opened = false; // the command is on its way
    bool m_failed = false;
    bool m_working = false; // a slice is due
    QString m_why;
    int m_exitCode = 0;
    int m_exitSignal = 0;
    std::optional<event::TerminalEnded> m_end; // told, while output still waits
    QByteArray m_waiting;
    QString m_asked;
    int m_askedLines = 0;
};

} // namespace foundry
