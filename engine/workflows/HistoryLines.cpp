#include "HistoryLines.h"

#include "ContractJson.h"
#include "WorkflowLimits.h"

namespace foundry {

FOUNDRY_JSON(RunHeader, foundryWorkflow, program, kind, key, status, cancelled, failure, startedAt, endedAt)
// `result` apart: it is kept packed.
FOUNDRY_JSON(HistoryEntry, number, scope, place, kind, name, subject, status, givenBack, attempt, budgetFrom,
             maxAttempts, startedAt, endedAt, due, timeOutAt, failure, detail, code, attempts)

namespace historyLines {

namespace {

struct Parsed {
    RunHeader header;
    std::vector<HistoryEntry> entries;
    std::vector<QStringList> logs; // of each entry's attempts
};

Failure badLine(size_t number, const QString &why)
{
    return failure(codes::Workflow::badRecord, u"line %1: %2"_s.arg(number).arg(why));
}

// Why the entry does not fit behind those before it; empty: it does.
QString unfit(const HistoryEntry &entry, qint64 last, int places)
{
    if (entry.number <= last)
        return u"number %1 after %2"_s.arg(entry.number).arg(last);
    if (entry.place != places)
        return u"'%1' at place %2 of '%3', expected %4"_s.arg(entry.name).arg(entry.place).arg(entry.scope).arg(places);
    if (entry.name.isEmpty() || entry.name.size() > limits::entryName)
        return u"no name, or longer than %1"_s.arg(limits::entryName);
    return {};
}

Result<RunHeader> readHeader(const QJsonObject &line)
{
    const int version = line.value(u"foundryWorkflow").toInt();
    if (version < 1)
        return std::unexpected(badLine(1, u"no workflow's header"_s));
    if (version > RunHeader::newest)
        return fail(codes::Storage::newerVersion,
                    u"the run is of format %1 (written by %2), this program knows %3"_s.arg(version)
                        .arg(line.value(u"program").toString())
                        .arg(RunHeader::newest));
    RunHeader header;
    if (!json::fromJson(line, header))
        return std::unexpected(badLine(1, u"a field of the header is of the wrong type"_s));
    return header;
}

Result<Parsed> parse(const QByteArray &lines)
{
    Parsed parsed;
    std::map<QString, int> places;
    const QList<QByteArray> all = lines.split('\n');
    bool ended = false;
    for (size_t i = 0; i < size_t(all.size()); ++i) {
        const QByteArray text = all[qsizetype(i)].trimmed();
        if (text.isEmpty())
            continue;
        const QJsonDocument document = QJsonDocument::fromJson(text);
        if (!document.isObject() || ended)
            return std::unexpected(badLine(i + 1, ended ? u"after the end"_s : u"not a JSON object"_s));
        const QJsonObject line = document.object();
        if (i == 0) {
            auto header = readHeader(line);
            if (!header)
                return std::unexpected(header.error());
            parsed.header = std::move(*header);
            continue;
        }
        if (const QJsonValue count = line.value(u"entries"); !count.isUndefined()) {
            if (count.toInteger(-1) != qint64(parsed.entries.size()))
                return std::unexpected(badLine(i + 1, u"%1 entries were expected"_s.arg(count.toInteger())));
            ended = true;
            continue;
        }
        HistoryEntry entry;
        if (!json::fromJson(line, entry))
            return std::unexpected(badLine(i + 1, u"a field of the entry is of the wrong type"_s));
        if (const QJsonArray result = line.value(u"result").toArray(); !result.isEmpty())
            entry.setValue(result.first());
        const qint64 last = parsed.entries.empty() ? 0 : parsed.entries.back().number;
        if (const QString why = unfit(entry, last, places[entry.scope]++); !why.isEmpty())
            return std::unexpected(badLine(i + 1, why));
        QStringList logs;
        json::fromJson(line.value(u"logs"), logs);
        logs.resize(qsizetype(entry.attempts.size()));
        parsed.logs.push_back(std::move(logs));
        parsed.entries.push_back(std::move(entry));
    }
    if (!ended)
        return std::unexpected(badLine(size_t(all.size()), u"the end is missing"_s));
    return parsed;
}

} // namespace

QJsonObject lineOf(const WorkflowHistory &history, const HistoryEntry &entry)
{
    QJsonObject line = json::toJson(entry).toObject();
    if (!entry.result.isEmpty())
        line.insert(u"result"_s, QJsonArray { entry.value() });
    QStringList logs;
    for (const AttemptRecord &attempt : entry.attempts)
        logs.append(attempt.failure ? history.log(entry.number, attempt.number).value_or(QString()) : QString());
    if (!logs.join(QString()).isEmpty())
        line.insert(u"logs"_s, QJsonArray::fromStringList(logs));
    return line;
}

QByteArray write(const WorkflowHistory &history, RunHeader header)
{
    header.program = QStringLiteral(FOUNDRY_VERSION);
    header.status = history.run.status;
    header.cancelled = history.run.cancelled;
    header.failure = history.run.failure;
    header.startedAt = history.run.startedAt;
    header.endedAt = history.run.endedAt;
    QByteArray lines = json::compact(json::toJson(header).toObject()) + '\n';
    for (const auto &[number, entry] : history.entries())
        lines += json::compact(lineOf(history, *entry)) + '\n';
    lines += json::compact({ { u"entries"_s, qint64(history.size()) } }) + '\n';
    return lines;
}

Result<RunHeader> read(WorkflowHistory &history, const QByteArray &lines)
{
    if (history.run.status != RunStatus::none || history.size() > 0)
        return fail(codes::Workflow::misuse, u"import: there is a run"_s);
    auto parsed = parse(lines);
    if (!parsed)
        return std::unexpected(parsed.error());
    for (size_t i = 0; i < parsed->entries.size(); ++i) {
        HistoryEntry &entry = parsed->entries[i];
        if (auto saved = history.save(entry); !saved)
            return std::unexpected(saved.error());
        const auto attempts = std::exchange(entry.attempts, {});
        for (size_t j = 0; j < attempts.size(); ++j) {
            entry.attempts = { attempts[j] };
            if (auto saved = history.saveAttempt(entry, parsed->logs[i][qsizetype(j)]); !saved)
                return std::unexpected(saved.error());
        }
    }
    const RunHeader &header = parsed->header;
    history.run.status = header.status;
    history.run.cancelled = header.cancelled;
    history.run.failure = header.failure;
    history.run.startedAt = header.startedAt;
    history.run.endedAt = header.endedAt;
    if (auto saved = history.saveRun(); !saved)
        return std::unexpected(saved.error());
    if (auto loaded = history.load(); !loaded)
        return std::unexpected(loaded.error());
    return parsed->header;
}

} // namespace historyLines

} // namespace foundry
