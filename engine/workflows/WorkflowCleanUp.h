// Actors whose run is over go, oldest first, by age and by count. Each run says at its end how long its kind is kept
// (WorkflowActor::retention); one actor of each kind, FinishedRuns, keeps the list and dismisses. A run that a rewind
// brought back is taken off the list.
#pragma once

#include "ActorSystem.h"

namespace foundry {

struct RunRetention {
    std::chrono::milliseconds age {}; // 0: none. Kept so long after its end
    int count = 0; // 0: none. Of this kind, finished, the newest
    bool isLimited() const { return age.count() > 0 || count > 0; }
};

struct FinishedRun {
    static constexpr auto name = "finishedRun";
    QString actor; // id
    Millis at = 0;
    std::chrono::milliseconds age {};
    int count = 0;
};
struct ReopenedRun {
    static constexpr auto name = "reopenedRun";
    QString actor;
};
struct CleanUpRuns {
    static constexpr auto name = "cleanUpRuns";
};

namespace cleanUp {

inline constexpr auto kind = "FinishedRuns";
ActorRef listOf(const QString &ofKind);

} // namespace cleanUp

// Before start, once, where a kind has a retention.
void registerRunCleanUp(ActorSystem &system);

FOUNDRY_JSON(FinishedRun, actor, at, age, count)
FOUNDRY_JSON(ReopenedRun, actor)
FOUNDRY_JSON(CleanUpRuns)

} // namespace foundry
