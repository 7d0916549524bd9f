#include "BenchReport.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace foundry::bench {

using namespace Qt::StringLiterals;

namespace {

// Keeps every repetition instead of printing it.
class Collector final : public benchmark::BenchmarkReporter {
public:
    bool ReportContext(const Context &) override { return true; }
    void ReportRuns(const std::vector<Run> &runs) override
    {
        for (const Run &run : runs) {
            const QString name = QString::fromStdString(run.run_name.function_name);
            if (run.error_occurred) {
                std::fprintf(stderr, "%s: %s\n", qPrintable(name), run.error_message.c_str());
                m_failed = true;
            } else if (run.run_type == Run::RT_Iteration) {
                const auto rate = run.counters.find("items_per_second");
                m_rates[name].push_back(rate == run.counters.end() ? 0 : rate->second.value);
                m_times[name].push_back(run.real_accumulated_time / double(run.iterations));
                addRound(name, run);
            }
        }
    }
    QMap<QString, Measured> medians() const
    {
        QMap<QString, Measured> all;
        for (auto it = m_rates.begin(); it != m_rates.end(); ++it)
            all[it.key()] = { median(*it), median(m_times[it.key()]), medianOf(m_values, it.key()),
                              medianOf(m_peers, it.key()), medianOf(m_ratios, it.key()) };
        return all;
    }
    bool hasFailed() const { return m_failed; }

private:
    void addRound(const QString &name, const Run &run)
    {
        const auto value = run.counters.find("value");
        const auto peer = run.counters.find("peer");
        if (value == run.counters.end() || peer == run.counters.end())
            return;
        m_values[name].push_back(value->second.value);
        m_peers[name].push_back(peer->second.value);
        m_ratios[name].push_back(peer->second.value > 0 ? value->second.value / peer->second.value : 0);
    }
    static double medianOf(const QMap<QString, std::vector<double>> &all, const QString &name)
    {
        const std::vector<double> values = all.value(name);
        return values.empty() ? 0 : median(values);
    }
    static double median(std::vector<double> values)
    {
        std::ranges::sort(values);
        const size_t middle = values.size() / 2;
        return values.size() % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
    QMap<QString, std::vector<double>> m_rates;
    QMap<QString, std::vector<double>> m_times;
    QMap<QString, std::vector<double>> m_values;
    QMap<QString, std::vector<double>> m_peers;
    QMap<QString, std::vector<double>> m_ratios;
    bool m_failed = false;
};

bool holds(const Figure &figure)
{
    if (!figure.goal)
        return true;
    return figure.goal->sense == Goal::Sense::atLeast ? figure.value >= figure.goal->value
                                                      : figure.value <= figure.goal->value;
}

QString shown(double value)
{
    return QString::number(value, 'f', value >= 1000 ? 0 : value >= 10 ? 1 : 2);
}

void printLine(const QString &name, const QString &value, const QString &goal, const QString &peer,
               const QString &ratio)
{
    std::printf("%-52s %16s  %-14s %-40s %s\n", qPrintable(name), qPrintable(value), qPrintable(goal), qPrintable(peer),
                qPrintable(ratio));
}

void print(const std::vector<Figure> &figures)
{
    printLine(u"figure"_s, u"value"_s, u"goal"_s, u"peer"_s, u"ratio"_s);
    for (const Figure &figure : figures) {
        QString goal;
        if (figure.goal) {
            const QString sign = figure.goal->sense == Goal::Sense::atLeast ? u"≥"_s : u"≤"_s;
            goal
                = u"%1 %2%3"_s.arg(sign, QString::number(figure.goal->value), holds(figure) ? QString() : u" missed"_s);
        }
        const bool compared = figure.peerValue > 0;
        printLine(figure.name, shown(figure.value) + u' ' + figure.unit, goal,
                  compared ? u"%1: %2"_s.arg(figure.peer, shown(figure.peerValue)) : QString(),
                  compared ? QString::number(figure.value / figure.peerValue, 'f', 2) : QString());
    }
}

QJsonArray asJson(const std::vector<Figure> &figures)
{
    QJsonArray all;
    for (const Figure &figure : figures) {
        QJsonObject one { { u"name"_s, figure.name },
                          { u"value"_s, figure.value },
                          { u"unit"_s, figure.unit },
                          { u"holds"_s, holds(figure) } };
        one[u"goal"_s] = figure.goal ? QJsonValue(figure.goal->value) : QJsonValue();
        all.append(one);
    }
    return all;
}

} // namespace

void addRounds(const char *name, int rounds, std::function<Round(int)> measure)
{
    const auto body = [measure = std::move(measure), at = 0](benchmark::State &state) mutable {
        Round round;
        for ([[maybe_unused]] auto unused : state)
            round = measure(at++);
        state.counters["value"] = round.value;
        state.counters["peer"] = round.peer;
    };
    benchmark::RegisterBenchmark(name, body)->Iterations(1)->Repetitions(rounds)->UseRealTime();
}

QMap<QString, Measured> run(int &argc, char **argv, int repetitions)
{
    std::vector<std::string> texts { argv[0], "--benchmark_enable_random_interleaving=true",
                                     "--benchmark_repetitions=" + std::to_string(repetitions) };
    for (int i = 1; i < argc; ++i) {
        if (std::strncmp(argv[i], "--benchmark", 11) == 0)
            texts.emplace_back(argv[i]);
    }
    std::vector<char *> arguments;
    for (std::string &text : texts)
        arguments.push_back(text.data());
    int count = int(arguments.size());
    benchmark::Initialize(&count, arguments.data());
    Collector collector;
    benchmark::RunSpecifiedBenchmarks(&collector);
    benchmark::Shutdown();
    if (collector.hasFailed())
        std::exit(1);
    return collector.medians();
}

int report(const std::vector<Figure> &figures, int argc, char **argv)
{
    print(figures);
    for (int i = 1; i + 1 < argc; ++i) {
        if (std::strcmp(argv[i], "--json") != 0)
            continue;
        QFile file(QFile::decodeName(argv[i + 1]));
        const QByteArray json = QJsonDocument(asJson(figures)).toJson();
        if (!file.open(QIODevice::WriteOnly) || file.write(json) != json.size() || !file.flush()) {
            std::fprintf(stderr, "%s: %s\n", argv[i + 1], qPrintable(file.errorString()));
            return 1;
        }
    }
    return 0;
}

} // namespace foundry::bench
