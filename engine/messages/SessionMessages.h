// What the Session actor takes, and what it tells its task.
#pragma once

#include "ContractJson.h"
#include "Message.h"

namespace foundry {

namespace session {

struct Birth { // the actor's input
    TaskId task;
    SessionId id;
    QString agent; // AgentOffer::name
    command::Freedom freedom = command::Freedom::freeInSandbox;
    QString checkout; // as the agent sees it
};

// Starts the agent in the sandbox unless it runs, and shakes hands. Answers nothing.
struct StartAgent {
    static constexpr auto name = "startAgent";
    QJsonObject sandbox; // SandboxRecord
    QStringList hosts; // allowed beside the agent's own
    std::vector<int> ports;
};
// Opens a new session, or loads the one there was. Answers nothing.
struct OpenSession {
    static constexpr auto name = "openSession";
};
// One turn. Answers TurnEnd. A once-only effect: never sent again by itself.
struct Prompt {
    static constexpr auto name = "prompt";
    QString text;
    // Set when `text` asks to go on with an interrupted prompt: what that was. It is said instead if the agent, by its
    // own account, knows neither (it never arrived, or the session had to be made anew).
    QString interrupted;
};
struct Cancel {
    static constexpr auto name = "cancel";
};
struct AnswerPermission {
    static constexpr auto name = "answerPermission";
    QString requestId;
    QString choice;
};
struct ChooseOption {
    static constexpr auto name = "chooseOption";
    QString option;
    QString value;
};
// Ends the agent's process; answers when it is dead.
struct Disconnect {
    static constexpr auto name = "disconnect";
};

using Message = std::variant<StartAgent, OpenSession, Prompt, Cancel, AnswerPermission, ChooseOption, Disconnect>;

} // namespace session

FOUNDRY_JSON(session::Birth, task, id, agent, freedom, checkout)
FOUNDRY_JSON(session::StartAgent, sandbox, hosts, ports)
FOUNDRY_JSON(session::OpenSession)
FOUNDRY_JSON(session::Prompt, text, interrupted)
FOUNDRY_JSON(session::Cancel)
FOUNDRY_JSON(session::AnswerPermission, requestId, choice)
FOUNDRY_JSON(session::ChooseOption, option, value)
FOUNDRY_JSON(session::Disconnect)
FOUNDRY_JSON(SessionInfo, id, agent, title, open, options, commands, usage)

} // namespace foundry
