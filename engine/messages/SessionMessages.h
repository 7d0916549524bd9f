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

// Starts the agent in the sandbox unless it runs, and shakes hands. Answers whether it ran already.
struct StartAgent {
    static constexpr auto name = "startAgent";
    QJsonObject sandbox; // SandboxRecord
    QStringList hosts; // allowed beside the agent's own
    std::vector<int> ports;
};
// From now on these hosts are allowed beside the agent's own, for the agent that runs too. Not asked: sent.
struct AllowHosts {
    static constexpr auto name = "allowHosts";
    QStringList hosts;
};
// Takes up the agent that an earlier life of the program left at work, if there is one. Answers whether one is there.
struct Attach {
    static constexpr auto name = "attach";
    bool unlessInTurn = false;
};
// Opens a new session, or loads the one there was. Answers whether it was open already.
struct OpenSession {
    static constexpr auto name = "openSession";
};
// One turn. Answers TurnEnd. Asked again with the same id it is the same turn: it goes on under the agent's keeper, or
// is over and answers its end. Never sent to the agent twice: where it cannot be known what became of it, fails with
// Workflow::unknownOutcome.
struct Prompt {
    static constexpr auto name = "prompt";
    QString id; // of the task's row
    QString text;
    // Set when `text` asks to go on with an interrupted prompt: what that was. It is said instead if the agent, by its
    // own account, knows neither (it never arrived, or the session had to be made anew).
    QString interrupted;
    bool stopped = false; // as if Cancel came right after it
};
// The turn that was asked for, whether the agent has it yet or not: one that it has not is over and never gets there.
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

using Message = std::variant<StartAgent, Attach, OpenSession, Prompt, Cancel, AnswerPermission, ChooseOption,
                             Disconnect, AllowHosts>;

} // namespace session

FOUNDRY_JSON(session::Birth, task, id, agent, freedom, checkout)
FOUNDRY_JSON(session::StartAgent, sandbox, hosts, ports)
FOUNDRY_JSON(session::AllowHosts, hosts)
FOUNDRY_JSON(session::Attach, unlessInTurn)
FOUNDRY_JSON(session::OpenSession)
FOUNDRY_JSON(session::Prompt, id, text, interrupted, stopped)
FOUNDRY_JSON(session::Cancel)
FOUNDRY_JSON(session::AnswerPermission, requestId, choice)
FOUNDRY_JSON(session::ChooseOption, option, value)
FOUNDRY_JSON(session::Disconnect)
FOUNDRY_JSON(SessionInfo, id, agent, title, open, options, commands, usage)

} // namespace foundry
