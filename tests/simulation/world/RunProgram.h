// A workflow's code as data, made from the seed: what a simulated run does, step by step.
#pragma once

#include "Chance.h"

#include <StepOptions.h>
#include <WorkflowContext.h>

#include <QString>

#include <map>
#include <vector>

namespace foundry::simulation {

enum class OpKind { step, commit, sleep, sleepUntil, receive, value, join, race, loop, versioned, retired, child };

// What the n-th running of a body comes to; past the end of the list: well.
enum class Ending { well, later, transient, terminal, thrown, hanging, detail };

struct Op;
using Block = std::vector<Op>;

struct Op {
    OpKind kind = OpKind::step;
    QString name;
    StepOptions options;
    std::vector<Ending> endings;
    bool forgiving = false; // its failure does not end the run
    bool compensated = false;
    bool reports = false; // its completion tells a ledger, exactly once
    std::chrono::milliseconds span {}; // of a sleep, a time-out
    int turns = 0;
    int codeVersion = 0; // from when the code has it (versioned), or no longer has it (retired)
    JoinMode mode = JoinMode::all;
    IfCancelled ifCancelled = IfCancelled::cancelChild;
    std::vector<Block> blocks; // of branches; of a loop the one of its body
};

struct Program {
    Block block;
    bool fails = false; // at its end, so that all is undone
    bool loses = false; // a message may be received by a branch that loses
    std::map<QString, Block> children; // by the name of their entry
};

// `byTheClock`: it may wait for a time of the clock's.
Program makeProgram(Chance &chance, bool byTheClock);

} // namespace foundry::simulation
