// What a session keeps beside its transcript's rows.
#pragma once

#include "KeptAgent.h"
#include "SessionMessages.h"
#include "TranscriptReducer.h"

namespace foundry {

FOUNDRY_JSON(SessionFacts, title, options, commands, usage)

// The agent's process, which outlives the program under its keeper. Stored with the transcript, so that the two always
// tell of the same moment.
struct KeptSession {
    KeeperPlace place;
    bool open = false; // a session is open on it: it can be taken up again
    quint64 position = 0; // frame of the keeper that the transcript reaches to
    quint64 lastNumber = 0; // of the lines that were said to the agent
    std::vector<UnconfirmedLine> unconfirmed; // of these, what the keeper may not have; long ones without their text
    QJsonObject client; // AcpClient::snapshot()
    QJsonObject sandbox; // SandboxRecord: what is lent to it reaches it there
};
FOUNDRY_JSON(KeptSession, place, open, position, lastNumber, unconfirmed, client, sandbox)

// The turn that reached its end last.
struct LastTurn {
    QString prompt;
    TurnEnd end;
};
FOUNDRY_JSON(LastTurn, prompt, end)

struct SessionState {
    session::Birth birth;
    bool heard = false; // something that the agent said is in the transcript (L45)
    QString agentSession; // the agent's id; empty: none opened yet
    QString lastPrompt; // id of the prompt that came last
    bool saidOtherwise = false; // and what was said for it was Prompt::interrupted
    LastTurn lastTurn;
    KeptSession kept;
    QStringList allowedHosts; // beside the agent's own, as its task said last
    QString modeSet; // what the person chose last; empty: as the catalogue says
    QJsonObject reducer; // TranscriptReducer::state()
    SessionFacts facts;
    quint64 revision = 0; // of the transcript, one for each told batch
};
FOUNDRY_JSON(SessionState, birth, heard, agentSession, lastPrompt, saidOtherwise, lastTurn, kept, allowedHosts, modeSet,
             reducer, facts, revision)

} // namespace foundry
