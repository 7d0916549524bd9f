#include "WorkflowHistory.h"

#include "WorkflowLimits.h"

namespace foundry {

namespace {

constexpr Sql selectRun { "workflow.run",
                          "SELECT status, cancelled, failure, started, ended, deaths FROM workflow_run" };
constexpr Sql replaceRun { "workflow.saveRun",
                           "INSERT OR REPLACE INTO workflow_run (id, status, cancelled, failure, started, ended, "
                           "deaths) VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6)" };
constexpr Sql selectEntries {
    "workflow.entries",
    "SELECT number, scope, place, kind, name, subject, status, given_back, attempt, budget_from, max_attempts, "
    "started, ended, due, time_out, result, failure, detail, code FROM workflow_entry ORDER BY number"
};
constexpr Sql replaceEntry {
    "workflow.saveEntry",
    "INSERT OR REPLACE INTO workflow_entry (number, scope, place, kind, name, subject, status, given_back, attempt, "
    "budget_from, max_attempts, started, ended, due, time_out, result, failure, detail, code) VALUES (?1, ?2, ?3, ?4, "
    "?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)"
};
// What is fixed at the beginning stays, and so does the index over it.
constexpr Sql updateEntry {
    "workflow.updateEntry",
    "UPDATE workflow_entry SET subject = ?2, status = ?3, given_back = ?4, attempt = ?5, budget_from = ?6, "
    "max_attempts = ?7, started = ?8, ended = ?9, due = ?10, time_out = ?11, result = ?12, failure = ?13, detail = ?14 "
    "WHERE number = ?1"
};
constexpr Sql deleteEntry { "workflow.deleteEntry", "DELETE FROM workflow_entry WHERE number = ?1" };
constexpr Sql selectAttempts {
    "workflow.attempts", "SELECT entry, number, started, ended, failure FROM workflow_attempt ORDER BY entry, number"
};
constexpr Sql replaceAttempt { "workflow.saveAttempt",
                               "INSERT OR REPLACE INTO workflow_attempt (entry, number, started, ended, failure, log) "
                               "VALUES (?1, ?2, ?3, ?4, ?5, ?6)" };
constexpr Sql updateAttempt { "workflow.moveAttempt",
                              "UPDATE workflow_attempt SET started = ?3, ended = ?4 WHERE entry = ?1 AND number = ?2" };
constexpr Sql trimAttempts { "workflow.trimAttempts",
                             "DELETE FROM workflow_attempt WHERE entry = ?1 AND number <= ?2" };
constexpr Sql deleteAttempts { "workflow.deleteAttempts", "DELETE FROM workflow_attempt WHERE entry = ?1" };
constexpr Sql selectLog { "workflow.log", "SELECT log FROM workflow_attempt WHERE entry = ?1 AND number = ?2" };
constexpr Sql insertControl { "workflow.addControl",
                              "INSERT INTO workflow_control (action, argument) VALUES (?1, ?2)" };
constexpr Sql selectControls { "workflow.controls",
                               "SELECT number, action, argument FROM workflow_control ORDER BY number" };
constexpr Sql deleteControl { "workflow.deleteControl", "DELETE FROM workflow_control WHERE number = ?1" };
constexpr Sql insertAudit { "workflow.audit",
                            "INSERT INTO workflow_audit (at, action, argument, outcome) VALUES (?1, ?2, ?3, ?4)" };

constexpr Sql selectAudit { "workflow.readAudit",
                            "SELECT number, at, action, argument, outcome FROM workflow_audit WHERE number > ?1 ORDER "
                            "BY number LIMIT ?2" };

QByteArray pack(const QJsonValue &value)
{
    return value.isUndefined() ? QByteArray() : QJsonDocument(QJsonArray { value }).toJson(QJsonDocument::Compact);
}

QJsonValue unpack(const QByteArray &text)
{
    return text.isEmpty() ? QJsonValue(QJsonValue::Undefined) : QJsonDocument::fromJson(text).array().first();
}

std::optional<QString> failureText(const std::optional<Failure> &failure)
{
    if (!failure)
        return std::nullopt;
    return QString::fromUtf8(json::compact(json::toJson(*failure).toObject()));
}

std::optional<Failure> readFailure(const Row &row, int column)
{
    if (row.isNull(column))
        return std::nullopt;
    Failure failure;
    json::fromJson(QJsonDocument::fromJson(row.text(column).toUtf8()).object(), failure);
    return failure;
}

std::unique_ptr<HistoryEntry> readEntry(const Row &row)
{
    auto entry = std::make_unique<HistoryEntry>();
    entry->number = row.integer(0);
    entry->scope = row.text(1);
    entry->place = int(row.integer(2));
    entry->kind = enumFromName<WorkflowEntryKind>(row.text(3)).value_or(WorkflowEntryKind::step);
    entry->name = row.text(4);
    entry->subject = row.text(5);
    entry->status = enumFromName<StepStatus>(row.text(6)).value_or(StepStatus::failed);
    entry->givenBack = row.boolean(7);
    entry->attempt = int(row.integer(8));
    entry->budgetFrom = int(row.integer(9));
    entry->maxAttempts = int(row.integer(10));
    entry->startedAt = row.integer(11);
    entry->endedAt = row.integer(12);
    entry->due = row.integer(13);
    entry->timeOutAt = row.integer(14);
    entry->result = row.blob(15);
    entry->failure = readFailure(row, 16);
    entry->detail = unpack(row.blob(17));
    entry->code = row.text(18);
    entry->stored = true;
    return entry;
}

Result<void> plain(Result<qint64> done)
{
    if (!done)
        return std::unexpected(std::move(done).error());
    return {};
}

} // namespace

QString WorkflowHistory::schema()
{
    return uR"(
CREATE TABLE workflow_run (id INTEGER PRIMARY KEY CHECK (id = 1), status TEXT NOT NULL,
    cancelled INTEGER NOT NULL, failure TEXT, started INTEGER NOT NULL, ended INTEGER NOT NULL,
    deaths INTEGER NOT NULL) STRICT;
CREATE TABLE workflow_entry (number INTEGER PRIMARY KEY, scope TEXT NOT NULL, place INTEGER NOT NULL,
    kind TEXT NOT NULL, name TEXT NOT NULL, subject TEXT NOT NULL, status TEXT NOT NULL,
    given_back INTEGER NOT NULL, attempt INTEGER NOT NULL, budget_from INTEGER NOT NULL,
    max_attempts INTEGER NOT NULL, started INTEGER NOT NULL, ended INTEGER NOT NULL, due INTEGER NOT NULL,
    time_out INTEGER NOT NULL, result BLOB NOT NULL, failure TEXT, detail BLOB NOT NULL, code TEXT NOT NULL,
    UNIQUE (scope, place)) STRICT;
CREATE TABLE workflow_attempt (entry INTEGER NOT NULL, number INTEGER NOT NULL, started INTEGER NOT NULL,
    ended INTEGER NOT NULL, failure TEXT, log TEXT NOT NULL, PRIMARY KEY (entry, number)) STRICT, WITHOUT ROWID;
CREATE TABLE workflow_control (number INTEGER PRIMARY KEY AUTOINCREMENT, action TEXT NOT NULL,
    argument BLOB NOT NULL) STRICT;
CREATE TABLE workflow_audit (number INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL,
    action TEXT NOT NULL, argument BLOB NOT NULL, outcome TEXT NOT NULL) STRICT;
)"_s;
}

QJsonValue HistoryEntry::value() const
{
    return unpack(result);
}
void HistoryEntry::setValue(const QJsonValue &value)
{
    result = pack(value);
}

Result<void> WorkflowHistory::load()
{
    m_entries.clear();
    m_scopes.clear();
    auto record = m_database.one(selectRun, [](const Row &row) {
        RunRecord read;
        read.status = enumFromName<RunStatus>(row.text(0)).value_or(RunStatus::damaged);
        read.cancelled = row.boolean(1);
        read.failure = readFailure(row, 2);
        read.startedAt = row.integer(3);
        read.endedAt = row.integer(4);
        read.deaths = int(row.integer(5));
        return read;
    });
    if (!record)
        return std::unexpected(record.error());
    run = record->value_or(RunRecord {});
    auto rows = m_database.all(selectEntries, readEntry);
    if (!rows)
        return std::unexpected(rows.error());
    for (auto &entry : *rows) {
        m_lastNumber = entry->number;
        auto &scope = m_scopes[entry->scope];
        if (entry->place != int(scope.size())) // places and numbers grow together
            return fail(codes::Workflow::badRecord,
                        u"%1 at %2 in '%3'"_s.arg(entry->name).arg(entry->place).arg(entry->scope));
        scope.push_back(entry.get());
        m_entries.emplace(entry->number, std::move(entry));
    }
    return loadAttempts();
}

Result<void> WorkflowHistory::loadAttempts()
{
    auto attempts = m_database.all(selectAttempts, [](const Row &row) {
        AttemptRecord attempt;
        attempt.number = int(row.integer(1));
        attempt.startedAt = row.integer(2);
        attempt.endedAt = row.integer(3);
        attempt.failure = readFailure(row, 4);
        return std::pair(row.integer(0), attempt);
    });
    if (!attempts)
        return std::unexpected(attempts.error());
    for (auto &[number, attempt] : *attempts) {
        if (const auto entry = m_entries.find(number); entry != m_entries.end())
            entry->second->attempts.push_back(std::move(attempt));
    }
    for (const auto &[number, entry] : m_entries) {
        if (entry->attempt == 1 && entry->attempts.empty())
            entry->attempts.push_back({ 1, entry->startedAt, entry->endedAt, {} });
    }
    return {};
}

Result<void> WorkflowHistory::saveRun()
{
    return plain(m_database.run(replaceRun, enumName(run.status), run.cancelled, failureText(run.failure),
                                run.startedAt, run.endedAt, run.deaths));
}

HistoryEntry *WorkflowHistory::at(const QString &scope, int place) const
{
    const auto found = m_scopes.find(scope);
    if (found == m_scopes.end() || place >= int(found->second.size()))
        return nullptr;
    return found->second[size_t(place)];
}

int WorkflowHistory::length(const QString &scope) const
{
    const auto found = m_scopes.find(scope);
    return found == m_scopes.end() ? 0 : int(found->second.size());
}

HistoryEntry &WorkflowHistory::append(const QString &scope, WorkflowEntryKind kind, const QString &name)
{
    auto entry = std::make_unique<HistoryEntry>();
    auto &list = m_scopes[scope];
    entry->number = ++m_lastNumber;
    entry->scope = scope;
    entry->place = int(list.size());
    entry->kind = kind;
    entry->name = name;
    entry->code = QStringLiteral(FOUNDRY_VERSION);
    entry->visited = true;
    list.push_back(entry.get());
    return *m_entries.emplace(entry->number, std::move(entry)).first->second;
}

Result<void> WorkflowHistory::save(HistoryEntry &entry)
{
    if (entry.stored) {
        const auto updated
            = m_database.run(updateEntry, entry.number, entry.subject, enumName(entry.status), entry.givenBack,
                             entry.attempt, entry.budgetFrom, entry.maxAttempts, entry.startedAt, entry.endedAt,
                             entry.due, entry.timeOutAt, entry.result, failureText(entry.failure), pack(entry.detail));
        if (!updated || *updated > 0)
            return plain(updated);
    }
    entry.stored = true;
    return plain(m_database.run(replaceEntry, entry.number, entry.scope, entry.place, enumName(entry.kind), entry.name,
                                entry.subject, enumName(entry.status), entry.givenBack, entry.attempt, entry.budgetFrom,
                                entry.maxAttempts, entry.startedAt, entry.endedAt, entry.due, entry.timeOutAt,
                                entry.result, failureText(entry.failure), pack(entry.detail), entry.code));
}

Result<void> WorkflowHistory::saveAttempt(const HistoryEntry &entry, const QString &log)
{
    const AttemptRecord &attempt = entry.attempts.back();
    const bool isFirst = entry.attempt == 1 && attempt.number == 1 && attempt.startedAt == entry.startedAt;
    if (isFirst && !attempt.failure && log.isEmpty())
        return {}; // the entry says it all, see loadAttempts: a row less in each of a step's two commits
    auto saved = m_database.run(replaceAttempt, entry.number, attempt.number, attempt.startedAt, attempt.endedAt,
                                failureText(attempt.failure), log);
    if (saved && attempt.number > limits::attemptsKept)
        saved = m_database.run(trimAttempts, entry.number, attempt.number - limits::attemptsKept);
    return plain(saved);
}

Result<void> WorkflowHistory::moveAttempt(const HistoryEntry &entry)
{
    const AttemptRecord &attempt = entry.attempts.back();
    return plain(m_database.run(updateAttempt, entry.number, attempt.number, attempt.startedAt, attempt.endedAt));
}

Result<void> WorkflowHistory::compact(const QString &scope)
{
    // Scopes inside this one begin with its name and a slash; '0' is the character after '/'.
    const QString inside = scope + u'/';
    const QString past = scope + u'0';
    for (auto it = m_scopes.lower_bound(scope); it != m_scopes.end() && it->first < past;) {
        if (it->first != scope && !it->first.startsWith(inside)) {
            ++it;
            continue;
        }
        for (const HistoryEntry *entry : it->second) {
            if (auto removed = removeRows(*entry); !removed)
                return removed;
            m_entries.erase(entry->number);
        }
        it = m_scopes.erase(it);
    }
    return {};
}

Result<void> WorkflowHistory::removeRows(const HistoryEntry &entry)
{
    if (entry.attempt > 0) {
        if (auto removed = m_database.run(deleteAttempts, entry.number); !removed)
            return plain(removed);
    }
    return plain(m_database.run(deleteEntry, entry.number));
}

HistoryEntry *WorkflowHistory::byNumber(qint64 number) const
{
    const auto found = m_entries.find(number);
    return found == m_entries.end() ? nullptr : found->second.get();
}

Result<void> WorkflowHistory::removeFrom(qint64 number)
{
    // The newest first: places and numbers grow together, so each is the last one of its scope.
    while (!m_entries.empty() && m_entries.rbegin()->first >= number) {
        const HistoryEntry &entry = *m_entries.rbegin()->second;
        if (auto removed = removeRows(entry); !removed)
            return removed;
        const auto scope = m_scopes.find(entry.scope);
        scope->second.pop_back();
        if (scope->second.empty())
            m_scopes.erase(scope);
        m_entries.erase(std::prev(m_entries.end()));
    }
    return {};
}

Result<QString> WorkflowHistory::log(qint64 entry, int attempt) const
{
    auto found = m_database.one(selectLog, [](const Row &row) { return row.text(0); }, entry, attempt);
    if (!found)
        return std::unexpected(found.error());
    return found->value_or(QString());
}

Result<void> WorkflowHistory::addControl(const QString &action, const QJsonValue &argument)
{
    return plain(m_database.run(insertControl, action, pack(argument)));
}

Result<std::vector<ControlRecord>> WorkflowHistory::controls() const
{
    return m_database.all(selectControls, [](const Row &row) {
        return ControlRecord { row.integer(0), row.text(1), unpack(row.blob(2)) };
    });
}

Result<void> WorkflowHistory::settle(const ControlRecord &control, Millis at, const QString &outcome)
{
    if (auto removed = m_database.run(deleteControl, control.number); !removed)
        return plain(removed);
    return addAudit(at, control.action, control.argument, outcome);
}

Result<void> WorkflowHistory::addAudit(Millis at, const QString &action, const QJsonValue &argument,
                                       const QString &outcome)
{
    return plain(m_database.run(insertAudit, at, action, pack(argument), outcome));
}

Result<std::vector<AuditEntry>> WorkflowHistory::audit(qint64 after, int atMost) const
{
    return m_database.all(
        selectAudit,
        [](const Row &row) {
            return AuditEntry { row.integer(0), row.integer(1), row.text(2), unpack(row.blob(3)), row.text(4) };
        },
        after, atMost);
}

} // namespace foundry
