#include "TaskStore.h"

#include "ContractJson.h"

namespace foundry {

FOUNDRY_JSON(TimelineEntry, name, subject, status, attempt, maxAttempts, startedAt, attemptStartedAt, endedAt, subStep,
             fraction, lastSignAt, timeOutAt, nextAttemptAt, attempts, hasLog)

namespace {

constexpr Sql countWaiting { "countWaiting", "SELECT count(*) FROM prompt WHERE sent = 0" };
constexpr Sql insertPrompt { "insertPrompt",
                             "INSERT INTO prompt (id, place, text, sent) VALUES (?1, "
                             "(SELECT coalesce(max(place), 0) + 1 FROM prompt), ?2, 0)" };
constexpr Sql insertFirst { "insertFirst",
                            "INSERT INTO prompt (id, place, text, sent) VALUES (?1, "
                            "(SELECT coalesce(min(place), 0) - 1 FROM prompt WHERE sent = 0), ?2, 0)" };
constexpr Sql updatePrompt { "updatePrompt", "UPDATE prompt SET text = ?2 WHERE id = ?1 AND sent = 0" };
constexpr Sql deletePrompt { "deletePrompt", "DELETE FROM prompt WHERE id = ?1 AND sent = 0" };
constexpr Sql sentPrompt { "sentPrompt", "UPDATE prompt SET sent = 1 WHERE id = ?1" };
constexpr Sql readWaiting { "readWaiting", "SELECT id, text FROM prompt WHERE sent = 0 ORDER BY place" };
constexpr Sql readPrompt { "readPrompt", "SELECT text FROM prompt WHERE id = ?1" };
constexpr Sql readFirst { "readFirst", "SELECT text FROM prompt ORDER BY rowid LIMIT 1" };
constexpr Sql putTimeline { "putTimeline",
                            "INSERT INTO timeline (name, subject, line) VALUES (?1, ?2, ?3) "
                            "ON CONFLICT (name, subject) DO UPDATE SET line = ?3" };
constexpr Sql readLine { "readLine", "SELECT line FROM timeline WHERE name = ?1 AND subject = ?2" };
constexpr Sql readTimeline { "readTimeline", "SELECT line FROM timeline ORDER BY place" };
constexpr Sql putStepLog {
    "putStepLog", "INSERT INTO step_log (name, text) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET text = ?2"
};
constexpr Sql readStepLog { "readStepLog", "SELECT text FROM step_log WHERE name = ?1" };

TimelineEntry lineFrom(const Row &row)
{
    TimelineEntry line;
    if (!json::fromJson(QJsonDocument::fromJson(row.text(0).toUtf8()).object(), line))
        line.status = StepStatus::failed; // written by another version
    return line;
}

} // namespace

std::vector<Migration> TaskStore::migrations()
{
    return { { 1, u"addPromptsAndTimeline"_s,
               u"CREATE TABLE prompt (id TEXT NOT NULL UNIQUE, place INTEGER NOT NULL, text TEXT NOT NULL, sent "
               u"INTEGER NOT NULL) STRICT;"
               "CREATE INDEX promptPlace ON prompt (sent, place);"
               "CREATE TABLE timeline (place INTEGER PRIMARY KEY, name TEXT NOT NULL, subject TEXT NOT NULL, line TEXT "
               "NOT NULL, "
               "UNIQUE (name, subject)) STRICT;"
               "CREATE TABLE step_log (name TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT;"_s } };
}

Result<void> TaskStore::addPrompt(const QString &id, const QString &text, bool first)
{
    auto waits = m_database.integer(countWaiting);
    if (!waits)
        return std::unexpected(waits.error());
    if (*waits >= limits::queuedPrompts)
        return fail(codes::Actor::queueFull, u"%1 prompts wait, at most %2"_s.arg(*waits).arg(limits::queuedPrompts));
    return withoutValue(m_database.run(first ? insertFirst : insertPrompt, id, text));
}

Result<void> TaskStore::editPrompt(const QString &id, const QString &text)
{
    auto changed = text.isEmpty() ? m_database.run(deletePrompt, id) : m_database.run(updatePrompt, id, text);
    if (!changed)
        return std::unexpected(changed.error());
    if (*changed == 0)
        return fail(codes::Task::missing, u"prompt "_s + id);
    return {};
}

Result<void> TaskStore::markSent(const QString &id)
{
    return withoutValue(m_database.run(sentPrompt, id));
}

Result<std::vector<QueuedPrompt>> TaskStore::waiting() const
{
    return m_database.all(readWaiting, [](const Row &row) { return QueuedPrompt { row.text(0), row.text(1) }; });
}

Result<QString> TaskStore::promptText(const QString &id) const
{
    auto text = m_database.one(readPrompt, [](const Row &row) { return row.text(0); }, id);
    if (!text)
        return std::unexpected(text.error());
    if (!*text)
        return fail(codes::Task::missing, u"prompt "_s + id);
    return **text;
}

Result<QString> TaskStore::firstPrompt() const
{
    auto text = m_database.one(readFirst, [](const Row &row) { return row.text(0); });
    if (!text)
        return std::unexpected(text.error());
    return text->value_or(QString());
}

Result<void> TaskStore::putLine(const TimelineEntry &line)
{
    return withoutValue(m_database.run(putTimeline, line.name, line.subject.isNull() ? u""_s : line.subject,
                                       QString::fromUtf8(json::compact(json::toJson(line).toObject()))));
}

namespace {

void end(TimelineEntry &line, StepStatus status, Millis at)
{
    line.status = status;
    line.endedAt = at;
    line.nextAttemptAt = 0;
    line.timeOutAt = 0;
    line.subStep.clear();
}

} // namespace

Result<void> TaskStore::finishLine(const QString &name, const QString &subject, Millis at)
{
    auto found = m_database.one(readLine, lineFrom, name, subject.isNull() ? u""_s : subject);
    if (!found)
        return std::unexpected(found.error());
    if (!*found || (*found)->status == StepStatus::done)
        return {};
    end(**found, StepStatus::done, at);
    return putLine(**found);
}

Result<void> TaskStore::failLine(const Failure &failure, Millis at)
{
    auto kept = lines();
    if (!kept)
        return std::unexpected(kept.error());
    for (TimelineEntry &line : *kept) {
        if (line.status != StepStatus::running && line.status != StepStatus::retrying)
            continue;
        line.attempts.push_back({ line.attempt, line.attemptStartedAt, at, failure });
        end(line, StepStatus::failed, at);
        if (auto put = putLine(line); !put)
            return put;
    }
    return {};
}

Result<void> TaskStore::skipLine(const QString &name, Millis at)
{
    auto kept = lines();
    if (!kept)
        return std::unexpected(kept.error());
    for (TimelineEntry &line : *kept) {
        if (line.name != name || line.status != StepStatus::failed)
            continue;
        end(line, StepStatus::skipped, at);
        if (auto put = putLine(line); !put)
            return put;
    }
    return {};
}

Result<std::vector<TimelineEntry>> TaskStore::lines() const
{
    return m_database.all(readTimeline, lineFrom);
}

Result<void> TaskStore::putLog(const QString &name, const QString &text)
{
    return withoutValue(m_database.run(putStepLog, name, text));
}

Result<QString> TaskStore::log(const QString &name) const
{
    auto text = m_database.one(readStepLog, [](const Row &row) { return row.text(0); }, name);
    if (!text)
        return std::unexpected(text.error());
    return text->value_or(QString());
}

} // namespace foundry
