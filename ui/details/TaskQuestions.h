// The question that Foundry has for the person on a task's behalf, the oldest first. GUI thread.
#pragma once

#include <foundry/Command.h>
#include <foundry/Values.h>

#include <QObject>
#include <QtQmlIntegration>

#include <functional>

namespace foundry {

class TaskQuestions : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("comes with a task's view")
    Q_PROPERTY(int count READ count NOTIFY changed FINAL)
    Q_PROPERTY(bool aboutProject READ aboutProject NOTIFY changed FINAL) // else about a host
    Q_PROPERTY(QString question READ question NOTIFY changed FINAL) // a sentence; empty: none is open
    Q_PROPERTY(QString explanation READ explanation NOTIFY changed FINAL)
    Q_PROPERTY(QString text READ text NOTIFY changed FINAL) // to be read before answering; may be empty

public:
    using Answered = std::function<void(const QString &question, QuestionAnswer answer)>;
    explicit TaskQuestions(Answered answered, QObject *parent = nullptr);

    void setQuestions(const std::vector<TaskQuestion> &questions);

    int count() const { return int(m_questions.size()); }
    bool aboutProject() const { return count() > 0 && m_questions.front().kind == QuestionKind::project; }
    QString question() const;
    QString explanation() const;
    QString text() const { return count() > 0 ? m_questions.front().detail : QString(); }

    Q_INVOKABLE void allowForTask() { answer(QuestionAnswer::task); }
    Q_INVOKABLE void allowForRepository() { answer(QuestionAnswer::repository); }
    Q_INVOKABLE void refuse() { answer(QuestionAnswer::no); }

Q_SIGNALS:
    void changed();

private:
    void answer(QuestionAnswer answer);

    Answered m_answered;
    std::vector<TaskQuestion> m_questions;
};

} // namespace foundry
