// How a step is tried, how long it may take, and what its failure means. Kept apart from the body, so that
// retry is a property of the step and never a wrapper around code.
#pragma once

#include <foundry/Values.h>

#include <QString>

#include <chrono>

namespace foundry {

// Back-off before attempt n+1: firstDelay * factor^(n-1), at most cap, minus up to `jitter` of itself.
struct RetryPolicy {
    int maxAttempts = 3; // 0: no limit
    std::chrono::milliseconds firstDelay = std::chrono::seconds(1);
    double factor = 2;
    std::chrono::milliseconds cap = std::chrono::minutes(1);
    double jitter = 0.2; // 0 … 1

    static RetryPolicy once()
    {
        RetryPolicy policy;
        policy.maxAttempts = 1;
        return policy;
    }
    static RetryPolicy forEver(std::chrono::milliseconds cap = std::chrono::minutes(5))
    {
        RetryPolicy policy;
        policy.maxAttempts = 0;
        policy.cap = cap;
        return policy;
    }
};

enum class IfItFails {
    halt, // the run stops at this step, visible, until it is retried, skipped or cancelled by hand
    giveBack, // the workflow gets the failure and goes on
};

struct StepOptions {
    RetryPolicy retry;
    std::chrono::milliseconds attemptTimeOut {}; // 0: none. Workflow::timedOut, tried again
    // 0: none. Longest from when an attempt should begin (its place was reached, its retry was due) to when its body
    // does: a pause, a crowd or a stalled disk may lie between. Workflow::timedOut, final, the body does not run.
    std::chrono::milliseconds startTimeOut {};
    std::chrono::milliseconds totalTimeOut {}; // 0: none; from the first attempt's start. Workflow::timedOut, final
    std::chrono::milliseconds heartbeat {}; // 0: none. Longest time without a sign: Workflow::noSignOfLife, tried again
    // Never made twice: after a crash, or an attempt that was cut off, its outcome is Workflow::unknownOutcome, given
    // back to the workflow, which must resolve it. A transient failure that the body itself returns is final too.
    bool onceOnly = false;
    IfItFails ifItFails = IfItFails::halt;
    QString subject; // for the timeline: branch, turn number …
};

} // namespace foundry
