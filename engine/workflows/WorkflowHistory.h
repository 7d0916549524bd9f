// A run's record: on disk in its actor's store, and in memory while the actor is awake. Loaded once at wake, in
// order; afterwards each operation touches its own entry only.
#pragma once

#include "Database.h"
#include "Json.h"
#include "WorkflowView.h"

#include <map>
#include <memory>

namespace foundry {

struct HistoryEntry {
    qint64 number = 0; // in order of beginning; 0: not on disk yet
    QString scope;
    int place = 0; // 0, 1, … in its scope
    WorkflowEntryKind kind = WorkflowEntryKind::step;
    QString name;
    QString subject;
    StepStatus status = StepStatus::pending;
    bool givenBack = false; // failed, and the workflow got the failure
    int attempt = 0;
    int budgetFrom = 0; // attempts before the budget was renewed by hand, or that did not count
    int maxAttempts = 0;
    Millis startedAt = 0;
    Millis endedAt = 0;
    Millis due = 0; // next attempt, timer, or end of waiting; 0: none
    Millis timeOutAt = 0; // of all attempts together
    QByteArray result; // JSON, a list of one
    std::optional<Failure> failure;
    QJsonValue detail = QJsonValue(QJsonValue::Undefined); // of a step: StepRun::saveDetail; of a receive: names
    QString code; // version of the program that began it
    std::vector<AttemptRecord> attempts; // the newest limits::attemptsKept
    // In memory only.
    bool stored = false; // it has a row
    bool visited = false;
    Millis attemptTimeOutAt = 0;
    QString subStep;
    double fraction = -1;
    Millis lastSignAt = 0;

    bool isOver() const
    {
        return status == StepStatus::done || status == StepStatus::skipped
            || (status == StepStatus::failed && givenBack);
    }
    QJsonValue value() const;
    void setValue(const QJsonValue &value);
};

struct RunRecord {
    RunStatus status = RunStatus::none; // none, running, paused, done, ended, cancelled
    bool cancelled = false; // asked for; the coroutine cleans up
    std::optional<Failure> failure;
    Millis startedAt = 0;
    Millis endedAt = 0;
    int deaths = 0; // of the process, in the coroutine itself
};

struct ControlRecord {
    qint64 number = 0;
    QString action;
    QJsonValue argument;
};

class WorkflowHistory {
public:
    static QString schema();
    explicit WorkflowHistory(Database &database)
        : m_database(database)
    {
    }
    Result<void> load();

    RunRecord run;
    Result<void> saveRun();

    // By place, nothing past the end.
    HistoryEntry *at(const QString &scope, int place) const;
    int length(const QString &scope) const;
    HistoryEntry &append(const QString &scope, WorkflowEntryKind kind, const QString &name);
    Result<void> save(HistoryEntry &entry);
    Result<void> saveAttempt(const HistoryEntry &entry, const QString &log);
    Result<void> moveAttempt(const HistoryEntry &entry); // the times of the newest
    // Everything in this scope and inside it.
    Result<void> compact(const QString &scope);
    Result<QString> log(qint64 entry, int attempt) const;
    const std::map<qint64, std::unique_ptr<HistoryEntry>> &entries() const { return m_entries; }
    size_t size() const { return m_entries.size(); }

    Result<void> addControl(const QString &action, const QJsonValue &argument);
    Result<std::vector<ControlRecord>> controls() const;
    // Applied (or refused): becomes an entry of the audit.
    Result<void> settle(const ControlRecord &control, Millis at, const QString &outcome);
    Result<void> addAudit(Millis at, const QString &action, const QJsonValue &argument, const QString &outcome);
    // Those after that number, oldest first.
    Result<std::vector<AuditEntry>> audit(qint64 after, int atMost) const;
    HistoryEntry *byNumber(qint64 number) const;
    // This entry and all that began later.
    Result<void> removeFrom(qint64 number);

private:
    Result<void> loadAttempts();
    Result<void> removeRows(const HistoryEntry &entry);
    Database &m_database;
    std::map<qint64, std::unique_ptr<HistoryEntry>> m_entries;
    std::map<QString, std::vector<HistoryEntry *>> m_scopes;
    qint64 m_lastNumber = 0;
};

} // namespace foundry
