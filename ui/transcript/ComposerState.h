// What stands between a person and the agent: the text being written, what waits in the queue, and what
// the agent lets them choose. GUI thread.
#pragma once

#include <EngineLink.h>

#include <QTimer>
#include <QVariantList>
#include <QtQmlIntegration>

#include <functional>

namespace foundry {

// A prompt that waits for the turn's end.
struct QueuedLine {
    Q_GADGET
    Q_PROPERTY(QString id MEMBER id CONSTANT FINAL)
    Q_PROPERTY(QString text MEMBER text CONSTANT FINAL)

public:
    QString id;
    QString text;
};

// A value the agent offers for an option.
struct OptionValue {
    Q_GADGET
    Q_PROPERTY(QString value MEMBER value CONSTANT FINAL)
    Q_PROPERTY(QString name MEMBER name CONSTANT FINAL)
    Q_PROPERTY(QString description MEMBER description CONSTANT FINAL)

public:
    QString value;
    QString name;
    QString description;
};

// Something the agent lets a person choose: model, mode …
struct OptionPicker {
    Q_GADGET
    Q_PROPERTY(QString id MEMBER id CONSTANT FINAL)
    Q_PROPERTY(QString name MEMBER name CONSTANT FINAL)
    Q_PROPERTY(QString current MEMBER current CONSTANT FINAL) // the name of what is chosen
    Q_PROPERTY(int currentIndex MEMBER currentIndex CONSTANT FINAL)
    Q_PROPERTY(QVariantList values MEMBER values CONSTANT FINAL) // of OptionValue

public:
    QString id;
    QString name;
    QString current;
    int currentIndex = -1;
    QVariantList values;
};

// What a `/` or `@` at the cursor may become.
struct Completion {
    Q_GADGET
    Q_PROPERTY(QString insert MEMBER insert CONSTANT FINAL)
    Q_PROPERTY(QString title MEMBER title CONSTANT FINAL)
    Q_PROPERTY(QString description MEMBER description CONSTANT FINAL)

public:
    QString insert;
    QString title;
    QString description;
};

class ComposerState : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("comes with a task's view")
    Q_PROPERTY(QString draft READ draft WRITE setDraft NOTIFY draftChanged FINAL)
    Q_PROPERTY(bool canWrite READ canWrite NOTIFY stateChanged FINAL) // the task takes prompts now
    Q_PROPERTY(bool canSend READ canSend NOTIFY stateChanged FINAL) // and there is something to send
    Q_PROPERTY(bool canStop READ canStop NOTIFY stateChanged FINAL)
    Q_PROPERTY(bool queues READ queues NOTIFY stateChanged FINAL) // what is sent now waits for the turn's end
    Q_PROPERTY(QVariantList queue READ queue NOTIFY queueChanged FINAL) // of QueuedLine
    Q_PROPERTY(QVariantList options READ options NOTIFY optionsChanged FINAL) // of OptionPicker
    Q_PROPERTY(QString agent READ agent NOTIFY stateChanged FINAL) // its title
    Q_PROPERTY(QString trouble READ trouble NOTIFY troubleChanged FINAL) // why sending failed

public:
    static constexpr int completions = 8; // offered at once
    static constexpr int draftPauseMs = 600; // after the last key the draft is kept

    ComposerState(EngineLink *link, std::function<QString(const Failure &)> sentence, QObject *parent = nullptr);

    // Shows the draft of another task; the old one is kept first.
    void setTask(const TaskId &task, const QString &draft);
    // Puts a kept draft back, as it is: nothing is written for it.
    void restoreDraft(const QString &text);
    void setActions(const std::vector<TaskAction> &actions, bool working);
    void setSession(const SessionInfo &session);
    void setQueue(const std::vector<QueuedPrompt> &queue);
    void setAgent(const QString &title);
    // What `@` offers: paths of changed files.
    void setFiles(std::function<QStringList()> files);

    QString draft() const { return m_draft; }
    void setDraft(const QString &text);
    bool canWrite() const { return m_canWrite; }
    bool canSend() const;
    bool canStop() const { return m_canStop; }
    bool queues() const { return m_working; }
    QVariantList queue() const { return m_queue; }
    QVariantList options() const { return m_options; }
    QString agent() const { return m_agent; }
    QString trouble() const { return m_trouble; }

    Q_INVOKABLE void send(); // a refused text comes back into the draft, unless another was begun
    Q_INVOKABLE void stop();
    Q_INVOKABLE void editQueued(const QString &id, const QString &text); // empty: drops it
    Q_INVOKABLE void choose(const QString &option, const QString &value);
    // For the word that ends at `cursor`: commands behind a leading `/`, files behind `@`. Of Completion.
    Q_INVOKABLE QVariantList complete(int cursor) const;
    // The draft with that word replaced, and where the cursor stands then.
    Q_INVOKABLE int accept(int cursor, const QString &insert);

Q_SIGNALS:
    void draftChanged();
    void draftKept(const QString &scope, const QString &text); // the same as was submitted
    void stateChanged();
    void queueChanged();
    void optionsChanged();
    void troubleChanged();

private:
    void keepDraft();
    void setTrouble(const QString &trouble);
    qsizetype wordStart(int cursor) const;

    EngineLink *m_link;
    std::function<QString(const Failure &)> m_sentence;
    std::function<QStringList()> m_files;
    QTimer m_pause;
    TaskId m_task;
    SessionId m_session;
    QString m_draft;
    QString m_keptDraft;
    QString m_agent;
    QString m_trouble;
    QVariantList m_queue;
    QVariantList m_options;
    std::vector<AgentCommand> m_commands;
    bool m_canWrite = false;
    bool m_canStop = false;
    bool m_working = false;
};

} // namespace foundry
