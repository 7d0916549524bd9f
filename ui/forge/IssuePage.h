// The issues of the repository that is shown: the open ones as rows, one of them to be read, and a task to be made from
// it. Rows come from the engine's store, which is told while they are in sight; what one says in full is asked of the
// forge when it is opened. GUI thread.
#pragma once

#include "ForgeText.h"
#include "IssueLines.h"

#include <EngineLink.h>

#include <QVariantList>

namespace foundry {

class IssuePage : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("comes with the workbench")
    Q_PROPERTY(foundry::IssueLines *lines READ lines CONSTANT FINAL)
    Q_PROPERTY(QString find READ find WRITE setFind NOTIFY changed FINAL)
    Q_PROPERTY(bool loading READ isLoading NOTIFY changed FINAL) // they have never been read, and are now
    Q_PROPERTY(QString problem READ problem NOTIFY changed FINAL) // why they could not be read
    Q_PROPERTY(QString count READ count NOTIFY changed FINAL) // "14 open", "the newest 500 of 1,204 open"
    Q_PROPERTY(QString open READ open NOTIFY changed FINAL) // "14"; empty: not known
    // The one that is read.
    Q_PROPERTY(QString issue READ issue NOTIFY changed FINAL) // id; empty: none
    Q_PROPERTY(QString title READ title NOTIFY changed FINAL) // "#12 The greeting is too short"
    Q_PROPERTY(QStringList facts READ facts NOTIFY changed FINAL) // a handful of sentences
    Q_PROPERTY(QString text READ text NOTIFY changed FINAL)
    Q_PROPERTY(QVariantList remarks READ remarks NOTIFY changed FINAL) // maps with: author, age, text
    Q_PROPERTY(bool reading READ isReading NOTIFY changed FINAL) // its words are being asked for
    Q_PROPERTY(bool read READ isRead NOTIFY changed FINAL)
    Q_PROPERTY(QString readProblem READ readProblem NOTIFY changed FINAL) // why they could not be had
    Q_PROPERTY(QString task READ task NOTIFY changed FINAL) // that was made from it; empty: none
    Q_PROPERTY(bool canWork READ canWork NOTIFY changed FINAL) // or open the task that was made from it

public:
    IssuePage(EngineLink *link, ForgeSentence sentence, std::function<Millis()> now, QObject *parent = nullptr);

    IssueLines *lines() { return &m_lines; }
    QString find() const { return m_find; }
    void setFind(const QString &find);
    bool isLoading() const;
    QString problem() const;
    QString count() const;
    QString open() const;
    QString issue() const { return m_details.row.id.value; }
    QString title() const;
    QStringList facts() const;
    QString text() const;
    QVariantList remarks() const;
    bool isReading() const { return m_reading; }
    bool isRead() const { return m_read; }
    QString readProblem() const { return m_readProblem; }
    QString task() const { return m_details.row.task.value; }
    bool canWork() const { return !task().isEmpty() || (m_read && !m_opening); }

    // Of this repository from now on; an empty one: of none.
    void choose(const QString &account, const QString &repository);
    void setWatched(bool watched);
    void renew();

    Q_INVOKABLE void show(const QString &issue); // empty: back to the list
    Q_INVOKABLE void readAgain(); // what the shown one says
    Q_INVOKABLE void work(); // taskWanted, or taskOpened where there is a task
    Q_INVOKABLE void openAtGitHub();

    static constexpr qsizetype findCharacters = 200;
    static constexpr qsizetype textShown = 4'000; // characters on the screen; the agent gets all

Q_SIGNALS:
    void changed();
    void refused(const QString &why); // for a toast
    void taskWanted(const QString &repositoryId, const foundry::TaskIssue &issue, const QString &prompt);
    void taskOpened(const QString &taskId);

private:
    void look();
    void watch();

    EngineLink *m_link;
    ForgeSentence m_sentence;
    std::function<Millis()> m_now;
    IssueLines m_lines;
    AccountId m_account;
    QString m_repository;
    IssueList m_list;
    QString m_find;
    int m_found = 0;
    IssueDetails m_details; // of the one that is shown; only its row until it is read
    bool m_reading = false;
    bool m_read = false;
    bool m_opening = false; // its repository
    QString m_readProblem;
    quint64 m_asked = 0; // only the answer to the newest question counts
    QString m_told; // watched, as the engine knows
    bool m_watched = false;
};

} // namespace foundry
