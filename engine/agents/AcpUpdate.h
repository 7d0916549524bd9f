// What an agent tells of its session, as plain values: the `session/update` kinds of the Agent Client
// Protocol (schema/v1 of @agentclientprotocol/sdk). Unknown kinds are kept raw, never dropped.
#pragma once

#include <foundry/Values.h>

#include <QJsonObject>

#include <optional>
#include <variant>
#include <vector>

namespace foundry {

namespace acp {

// One piece of text; images and other content arrive as a short Markdown mark of what they were.
struct UserText { // user_message_chunk: an echo, or history that a loaded session replays
    QString text;
    QString messageId; // may be empty
};
struct AgentText { // agent_message_chunk
    QString text;
    QString messageId;
};
struct AgentThought { // agent_thought_chunk
    QString text;
    QString messageId;
};
// tool_call and tool_call_update are one: agents announce twice, or update what they never announced.
// What is absent keeps its value.
struct ToolUpsert {
    QString id;
    std::optional<QString> title;
    std::optional<QString> kind;
    std::optional<ToolStatus> status;
    bool hasContent = false; // then text and diffs replace what was there
    QString text;
    std::vector<ToolDiff> diffs; // paths as the agent wrote them
    std::optional<QStringList> locations; // "path:line", paths as the agent wrote them
    std::optional<QString> input; // raw input, compact JSON
    std::optional<QString> output; // what raw output or agent-owned terminals say, where content says nothing
    std::optional<QString> appended; // terminal output in portions (_meta terminal_output)
};
struct PlanSet { // plan: always whole
    std::vector<PlanItem> items;
};
struct CommandsSet { // available_commands_update
    std::vector<AgentCommand> commands;
};
struct ModeChosen { // current_mode_update
    QString mode;
};
struct OptionsSet { // config_option_update: always whole
    std::vector<SessionOption> options;
};
struct SessionTitled { // session_info_update
    QString title;
};
struct UsageTold { // usage_update, and the usage of a prompt's response; absent fields keep their value
    std::optional<qint64> used;
    std::optional<qint64> size;
    std::optional<qint64> tokens;
    std::optional<double> cost;
    QString currency;
};
struct NoticeTold { // notice, compaction_update
    QString text;
};
struct CompactionText { // compaction_summary_chunk
    QString text;
};
struct Unknown {
    QString kind;
    QJsonObject raw;
};

} // namespace acp

using AcpUpdate = std::variant<acp::UserText, acp::AgentText, acp::AgentThought, acp::ToolUpsert, acp::PlanSet,
                               acp::CommandsSet, acp::ModeChosen, acp::OptionsSet, acp::SessionTitled, acp::UsageTold,
                               acp::NoticeTold, acp::CompactionText, acp::Unknown>;

struct PermissionAsked {
    QString requestId; // ours, unique in the client's life
    QString title;
    acp::ToolUpsert toolCall; // may name one that was never announced
    std::vector<PermissionChoice> choices;
};

// The `update` member of a session/update. Never fails: what is not understood comes back as Unknown.
AcpUpdate readUpdate(const QJsonObject &update);
acp::ToolUpsert readToolCall(const QJsonObject &toolCall);
// Modes (and models of older agents) and configOptions of a session/new, load or resume answer, joined
// into one list; `mode` as a config option wins over `modes`.
std::vector<SessionOption> readOptions(const QJsonObject &answer);

} // namespace foundry
