// What a session keeps beside its transcript's rows.
#pragma once

#include "SessionMessages.h"
#include "TranscriptReducer.h"

namespace foundry {

FOUNDRY_JSON(SessionFacts, title, options, commands, usage)

struct SessionState {
    session::Birth birth;
    QString agentSession; // the agent's id; empty: none opened yet
    QString modeSet; // what the person chose last; empty: as the catalogue says
    QJsonObject reducer; // TranscriptReducer::state()
    SessionFacts facts;
    quint64 revision = 0; // of the transcript, one for each told batch
};
FOUNDRY_JSON(SessionState, birth, agentSession, modeSet, reducer, facts, revision)

} // namespace foundry
