// Runs the Google benchmarks of a program side by side and turns their medians into figures: a table for
// people and `--json FILE` for programs, [{name, value, unit, goal, holds}].
#pragma once

#include <QMap>
#include <QString>

#include <functional>
#include <optional>
#include <vector>

namespace foundry::bench {

struct Goal {
    enum class Sense { atLeast, atMost };
    Sense sense;
    double value;
};

struct Figure {
    QString name; // "durable commits, one store"
    double value;
    QString unit; // "1/s", "ms", "×" for a ratio
    std::optional<Goal> goal = {};
    QString peer = {}; // what it is compared with
    double peerValue = 0; // 0: no peer
};

// Median over the repetitions. A rate is in items a second, a time in seconds an iteration.
struct Measured {
    double rate = 0;
    double time = 0;
    // Of addRounds only. The ratio is the median of the rounds' ratios, not the ratio of the medians.
    double value = 0;
    double peer = 0;
    double ratio = 0;
};

// One look at a thing and, right beside it, at what it is compared with.
struct Round {
    double value = 0;
    double peer = 0; // 0: none
};
// Registers a benchmark of which each repetition is one round, numbered from 0.
void addRounds(const char *name, int rounds, std::function<Round(int)> measure);

// Runs every registered benchmark `repetitions` times, in an order that mixes them, so that a busy moment
// of the machine meets all of them.
QMap<QString, Measured> run(int &argc, char **argv, int repetitions);

// Prints the table and, if the arguments say `--json FILE`, writes the file. The program's exit code:
// 0 also when a goal is missed (`holds` says so), 1 if the file cannot be written.
int report(const std::vector<Figure> &figures, int argc, char **argv);

} // namespace foundry::bench
