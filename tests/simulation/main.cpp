// simulate-engine [--seeds N] [--first X] [--seed X [--trace]]: runs N seeds (default 200) from X on, or one with its
// trace. Prints the seed, the rule and the last lines of each failure; exit code 1 if there was one.
#include "Simulation.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QElapsedTimer>
#include <QHashSeed>
#include <QLoggingCategory>

#include <cstdio>

using namespace foundry;
using namespace foundry::simulation;

namespace {

void printFailure(quint64 seed, const Outcome &outcome)
{
    for (const QString &line : outcome.last)
        std::printf("    %s\n", qPrintable(line));
    std::printf("FAILED seed %llu: %s\n  again: ./dev simulate --seed %llu\n", qulonglong(seed),
                qPrintable(outcome.violation), qulonglong(seed));
    std::fflush(stdout);
}

} // namespace

int main(int argc, char **argv)
{
    QHashSeed::setDeterministicGlobalSeed(); // before the first hash: one seed, one outcome
    QCoreApplication app(argc, argv);
    QLoggingCategory::setFilterRules(u"foundry.*=false"_s);
    QCommandLineParser parser;
    parser.addOption({ u"seeds"_s, u"How many seeds."_s, u"N"_s, u"200"_s });
    parser.addOption({ u"first"_s, u"The first of them."_s, u"X"_s, u"1"_s });
    parser.addOption({ u"seed"_s, u"Only this one."_s, u"X"_s });
    parser.addOption({ u"trace"_s, u"Every line of it."_s });
    parser.process(app);
    if (parser.isSet(u"trace"_s)) { // what the engine itself says comes between, in order
        QLoggingCategory::setFilterRules({});
        std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
    }
    const bool single = parser.isSet(u"seed"_s);
    const quint64 first = parser.value(single ? u"seed"_s : u"first"_s).toULongLong();
    const quint64 count = single ? 1 : parser.value(u"seeds"_s).toULongLong();
    QElapsedTimer since;
    since.start();
    int failures = 0;
    qint64 lines = 0;
    qint64 deaths = 0;
    qint64 runs = 0;
    for (quint64 seed = first; seed < first + count; ++seed) {
        const Outcome outcome = simulate({ seed, Sabotage::none, single && parser.isSet(u"trace"_s) });
        lines += outcome.lines;
        deaths += outcome.deaths;
        runs += outcome.runs;
        if (!outcome.violation.isEmpty()) {
            ++failures;
            printFailure(seed, outcome);
        }
        if (single)
            std::printf("seed %llu digest %s, %lld lines\n", qulonglong(seed), qPrintable(outcome.digest),
                        qlonglong(outcome.lines));
    }
    std::printf("%llu seeds, %d failed, %lld deaths, %lld workflows, %lld lines, %.1f s\n", qulonglong(count), failures,
                qlonglong(deaths), qlonglong(runs), qlonglong(lines), double(since.elapsed()) / 1000);
    return failures > 0 ? 1 : 0;
}
