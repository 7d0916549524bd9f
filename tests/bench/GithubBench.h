// What bench-github measures, in parts. Each answers when it is done; what goes wrong on the way ends the program.
#pragma once

#include "BenchReport.h"
#include "ForgeDesk.h"

#include <QElapsedTimer>

#include <algorithm>
#include <cmath>

namespace foundry::bench {

constexpr int repositories = 200;
constexpr int pullRequests = 500;

inline void orDie(bool good, const QString &what)
{
    if (!good)
        qFatal("%s", qPrintable(what));
}

inline double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}
// The value that so many of a hundred do not exceed.
inline double percentile(std::vector<double> values, int of)
{
    std::sort(values.begin(), values.end());
    const auto place = size_t(std::ceil(double(values.size()) * of / 100)) - 1;
    return values[place];
}

// While the event loop of this thread runs; false: not within ten minutes.
bool waitUntil(const std::function<bool()> &done);

// From the browser's request with the code to "signed in", and beside it the two requests that it needs at least.
struct SignInCost {
    std::vector<double> callback; // ms
    std::vector<double> bare; // ms
};
SignInCost signIns(int rounds);

struct SyncCost {
    double requests = 0;
    double points = 0; // GraphQL
    double seconds = 0;
};
// Of 200 repositories and 500 open pull requests, each answer after `delay` ms: Foundry's rows on disk …
SyncCost firstSynchronisation(int delay);
// … and the same read one after the other over REST, and not even kept.
SyncCost sequentialRest(int delay);

// In simulated time: requests that cost quota in an hour in which nothing changes, with as much in sight as there may
// be.
struct SteadyCost {
    double counted = 0;
    double unchanged = 0; // 304
};
SteadyCost steadyHour();

// In simulated time: seconds from the change at the forge to the row.
struct Freshness {
    std::vector<double> inSight; // on screen
    std::vector<double> ofTasks;
    std::vector<double> others;
};
Freshness freshness(int samples);

} // namespace foundry::bench
