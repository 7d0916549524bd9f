// One simulated run: a seed decides what happens next, for some thousand steps with faults and deaths; then the faults
// end, everything comes to rest, and the model looks at what is left.
#pragma once

#include "World.h"

namespace foundry::simulation {

struct Outcome {
    QString violation; // empty: all rules were kept
    QString digest; // of the whole trace
    QStringList last; // lines of the trace
    qint64 lines = 0;
    int deaths = 0;
    int runs = 0; // workflows that came to their end
};

struct SimulationOptions {
    quint64 seed = 1;
    Sabotage sabotage = Sabotage::none;
    bool echo = false; // the trace on standard error
};

Outcome simulate(const SimulationOptions &options);

} // namespace foundry::simulation
