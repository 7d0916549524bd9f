// How large the tests of size are. ./dev test: large enough to notice growth, small enough to wait for.
// ./dev simulate --sizes sets FOUNDRY_FULL_SIZES, and they are as large as the engine promises (engine.md).
#pragma once

#include <QtGlobal>

namespace foundry::test {

struct Sizes {
    int loopTurns = 10'000;
    int sleepers = 2'000; // woken at once
    int sleeps = 1'000; // of one actor
};

inline Sizes sizes()
{
    return qEnvironmentVariableIsSet("FOUNDRY_FULL_SIZES") ? Sizes { 100'000, 10'000, 100'000 } : Sizes {};
}

} // namespace foundry::test
