#include "AcpUpdate.h"

#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>

namespace foundry {

namespace {

QString compactJson(const QJsonValue &value)
{
    if (value.isString())
        return value.toString();
    if (value.isObject())
        return value.toObject().isEmpty()
            ? QString()
            : QString::fromUtf8(QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact));
    if (value.isArray())
        return value.toArray().isEmpty()
            ? QString()
            : QString::fromUtf8(QJsonDocument(value.toArray()).toJson(QJsonDocument::Compact));
    return value.toVariant().toString();
}

// A content block (text, image, audio, resource_link, resource) as Markdown text.
QString contentText(const QJsonValue &value)
{
    if (value.isArray()) {
        QString joined;
        for (const auto &block : value.toArray())
            joined += contentText(block);
        return joined;
    }
    const QJsonObject block = value.toObject();
    const QString type = block[u"type"].toString();
    if (type == u"text")
        return block[u"text"].toString();
    if (type == u"resource_link")
        return u"[%1](%2)"_s.arg(block[u"name"].toString(block[u"uri"].toString()), block[u"uri"].toString());
    if (type == u"resource") {
        const QJsonObject resource = block[u"resource"].toObject();
        return resource[u"text"].toString(u"[%1]"_s.arg(resource[u"uri"].toString()));
    }
    if (type == u"image" || type == u"audio")
        return u"[%1 %2]"_s.arg(type, block[u"mimeType"].toString());
    return {};
}

std::optional<ToolStatus> toolStatus(const QString &word)
{
    if (word == u"pending")
        return ToolStatus::pending;
    if (word == u"in_progress")
        return ToolStatus::inProgress;
    if (word == u"completed")
        return ToolStatus::completed;
    if (word == u"failed")
        return ToolStatus::failed;
    if (word == u"cancelled" || word == u"canceled")
        return ToolStatus::cancelled;
    return std::nullopt; // a new word keeps the status
}

// Raw output has no shape of its own: take the usual names for text, else nothing. Its JSON would repeat
// the whole call to a person who wants the program's words.
std::optional<QString> rawOutputText(const QJsonValue &value)
{
    if (value.isString())
        return value.toString();
    if (value.isArray()) {
        const QString text = contentText(value);
        return text.isEmpty() ? std::nullopt : std::optional(text);
    }
    const QJsonObject object = value.toObject();
    for (const auto name :
         { u"formatted_output", u"aggregated_output", u"output", u"stdout", u"text", u"error", u"message" }) {
        if (const QString text = object[QStringView(name)].toString(); !text.isEmpty())
            return text;
    }
    return std::nullopt;
}

void readToolContent(acp::ToolUpsert &tool, const QJsonArray &content)
{
    tool.hasContent = true;
    for (const auto &value : content) {
        const QJsonObject item = value.toObject();
        const QString type = item[u"type"].toString();
        if (type == u"content") {
            const QString text = contentText(item[u"content"]);
            if (!tool.text.isEmpty() && !text.isEmpty() && !tool.text.endsWith(u'\n'))
                tool.text += u'\n';
            tool.text += text;
        } else if (type == u"diff") {
            ToolDiff diff;
            diff.path = item[u"path"].toString();
            diff.created = !item[u"oldText"].isString();
            diff.oldText = item[u"oldText"].toString();
            diff.newText = item[u"newText"].toString();
            tool.diffs.push_back(std::move(diff));
        }
        // terminal: its text comes by _meta, because we offer no terminals
    }
}

std::vector<OptionChoice> readChoices(const QJsonArray &array)
{
    std::vector<OptionChoice> choices;
    for (const auto &value : array) {
        const QJsonObject choice = value.toObject();
        if (choice[u"options"].isArray()) { // a group
            for (OptionChoice &inner : readChoices(choice[u"options"].toArray()))
                choices.push_back(std::move(inner));
            continue;
        }
        const QString id = choice[u"value"].toString();
        choices.push_back({ id, choice[u"name"].toString(id), choice[u"description"].toString() });
    }
    return choices;
}

std::vector<SessionOption> readConfigOptions(const QJsonArray &array)
{
    std::vector<SessionOption> options;
    for (const auto &value : array) {
        const QJsonObject object = value.toObject();
        SessionOption option;
        option.id = object[u"id"].toString();
        option.name = object[u"name"].toString(option.id);
        option.category = object[u"category"].toString();
        if (object[u"currentValue"].isBool()) {
            option.current = object[u"currentValue"].toBool() ? u"true"_s : u"false"_s;
            option.choices = { { u"true"_s, u"On"_s, {} }, { u"false"_s, u"Off"_s, {} } };
        } else {
            option.current = object[u"currentValue"].toString();
            option.choices = readChoices(object[u"options"].toArray());
        }
        if (!option.id.isEmpty())
            options.push_back(std::move(option));
    }
    return options;
}

SessionOption readAvailable(const QJsonObject &state, const QString &id, const QString &name, QStringView list,
                            QStringView current, QStringView key)
{
    SessionOption option;
    option.id = id;
    option.name = name;
    option.category = id;
    option.current = state[current].toString();
    for (const auto &value : state[list].toArray()) {
        const QJsonObject choice = value.toObject();
        const QString choiceId = choice[key].toString();
        option.choices.push_back({ choiceId, choice[u"name"].toString(choiceId), choice[u"description"].toString() });
    }
    return option;
}

std::optional<qint64> number(const QJsonValue &value)
{
    return value.isDouble() ? std::optional(value.toInteger()) : std::nullopt;
}

PlanStatus planStatus(const QString &word)
{
    if (word == u"completed")
        return PlanStatus::completed;
    return word == u"in_progress" ? PlanStatus::inProgress : PlanStatus::pending;
}

acp::PlanSet readPlan(const QJsonObject &update)
{
    acp::PlanSet plan;
    for (const auto &value : update[u"entries"].toArray()) {
        const QJsonObject entry = value.toObject();
        plan.items.push_back(
            { entry[u"content"].toString(), entry[u"priority"].toString(), planStatus(entry[u"status"].toString()) });
    }
    return plan;
}

acp::CommandsSet readCommands(const QJsonObject &update)
{
    acp::CommandsSet set;
    for (const auto &value : update[u"availableCommands"].toArray()) {
        const QJsonObject command = value.toObject();
        set.commands.push_back(
            { command[u"name"].toString(), command[u"description"].toString(), command[u"input"][u"hint"].toString() });
    }
    return set;
}

acp::UsageTold readUsage(const QJsonObject &update)
{
    acp::UsageTold usage;
    usage.used = number(update[u"used"]);
    usage.size = number(update[u"size"]);
    usage.tokens = number(update[u"totalTokens"]);
    if (const QJsonObject cost = update[u"cost"].toObject(); cost[u"amount"].isDouble()) {
        usage.cost = cost[u"amount"].toDouble();
        usage.currency = cost[u"currency"].toString();
    }
    return usage;
}

QString compactionText(const QJsonObject &update)
{
    const QString status = update[u"status"].toString();
    const QString error = update[u"error"].toString();
    return u"Compaction: %1"_s.arg(error.isEmpty() ? status : error);
}

AcpUpdate readText(const QString &kind, const QJsonObject &update)
{
    const QString text = contentText(update[u"content"]);
    const QString id = update[u"messageId"].toString();
    if (kind == u"user_message_chunk")
        return acp::UserText { text, id };
    if (kind == u"agent_message_chunk")
        return acp::AgentText { text, id };
    return acp::AgentThought { text, id };
}

} // namespace

acp::ToolUpsert readToolCall(const QJsonObject &call)
{
    acp::ToolUpsert tool;
    tool.id = call[u"toolCallId"].toString();
    if (call[u"title"].isString())
        tool.title = call[u"title"].toString();
    if (call[u"kind"].isString())
        tool.kind = call[u"kind"].toString();
    tool.status = toolStatus(call[u"status"].toString());
    if (call[u"content"].isArray())
        readToolContent(tool, call[u"content"].toArray());
    if (call[u"locations"].isArray()) {
        QStringList locations;
        for (const auto &value : call[u"locations"].toArray()) {
            const QJsonObject location = value.toObject();
            const qint64 line = location[u"line"].toInteger();
            locations << (line > 0 ? u"%1:%2"_s.arg(location[u"path"].toString()).arg(line)
                                   : location[u"path"].toString());
        }
        tool.locations = locations;
    }
    if (const QString input = compactJson(call[u"rawInput"]); !input.isEmpty())
        tool.input = input;
    tool.output = rawOutputText(call[u"rawOutput"]);
    // Agents that run their own terminals tell the output beside the protocol (codex-acp 2).
    const QJsonObject meta = call[u"_meta"].toObject();
    for (const auto name : { u"terminal_output_delta", u"terminal_output" }) {
        if (const QString data = meta[QStringView(name)][u"data"].toString(); !data.isEmpty())
            tool.appended = tool.appended.value_or(QString()) + data;
    }
    return tool;
}

std::vector<SessionOption> readOptions(const QJsonObject &answer)
{
    std::vector<SessionOption> options = readConfigOptions(answer[u"configOptions"].toArray());
    const auto has = [&options](QStringView id) {
        return std::any_of(options.cbegin(), options.cend(),
                           [id](const SessionOption &o) { return o.id == id || o.category == id; });
    };
    if (const QJsonObject modes = answer[u"modes"].toObject(); !modes.isEmpty() && !has(u"mode"))
        options.push_back(readAvailable(modes, u"mode"_s, u"Mode"_s, u"availableModes", u"currentModeId", u"id"));
    return options;
}

AcpUpdate readUpdate(const QJsonObject &update)
{
    using Read = AcpUpdate (*)(const QString &, const QJsonObject &);
    static const QHash<QString, Read> readers {
        { u"user_message_chunk"_s, readText },
        { u"agent_message_chunk"_s, readText },
        { u"agent_thought_chunk"_s, readText },
        { u"tool_call"_s, [](const QString &, const QJsonObject &u) -> AcpUpdate { return readToolCall(u); } },
        { u"tool_call_update"_s, [](const QString &, const QJsonObject &u) -> AcpUpdate { return readToolCall(u); } },
        { u"plan"_s, [](const QString &, const QJsonObject &u) -> AcpUpdate { return readPlan(u); } },
        { u"available_commands_update"_s,
          [](const QString &, const QJsonObject &u) -> AcpUpdate { return readCommands(u); } },
        { u"current_mode_update"_s,
          [](const QString &, const QJsonObject &u) -> AcpUpdate {
              return acp::ModeChosen { u[u"currentModeId"].toString() };
          } },
        { u"config_option_update"_s,
          [](const QString &, const QJsonObject &u) -> AcpUpdate {
              return acp::OptionsSet { readConfigOptions(u[u"configOptions"].toArray()) };
          } },
        { u"session_info_update"_s,
          [](const QString &, const QJsonObject &u) -> AcpUpdate {
              return acp::SessionTitled { u[u"title"].toString() };
          } },
        { u"usage_update"_s, [](const QString &, const QJsonObject &u) -> AcpUpdate { return readUsage(u); } },
        { u"notice"_s,
          [](const QString &, const QJsonObject &u) -> AcpUpdate {
              const QString description = u[u"description"].toString();
              return acp::NoticeTold { description.isEmpty() ? u[u"title"].toString()
                                                             : u[u"title"].toString() + u'\n' + description };
          } },
        { u"compaction_update"_s,
          [](const QString &, const QJsonObject &u) -> AcpUpdate { return acp::NoticeTold { compactionText(u) }; } },
        { u"compaction_summary_chunk"_s,
          [](const QString &, const QJsonObject &u) -> AcpUpdate {
              return acp::CompactionText { contentText(u[u"content"]) };
          } },
    };
    const QString kind = update[u"sessionUpdate"].toString();
    const Read read = readers.value(kind);
    return read ? read(kind, update) : acp::Unknown { kind, update };
}

} // namespace foundry
