// What a keeper costs: its start and memory, lines through it beside lines through a plain pipe, and how long a stop
// takes.
#include "BenchReport.h"
#include "KeeperFixture.h"

#include <QElapsedTimer>

#include <algorithm>

using namespace foundry;
using namespace foundry::test;

namespace {

constexpr int lines = 200'000; // of 100 bytes
constexpr int starts = 20;
constexpr int stops = 100;
const QString talk = u"read -r x; yes $(head -c 99 /dev/zero | tr '\\0' a) | head -n %1; exec sleep 1000"_s.arg(lines);

double middle(std::vector<double> values, double at = 0.5)
{
    std::sort(values.begin(), values.end());
    return values[qMin(values.size() - 1, size_t(double(values.size()) * at))];
}

double since(const QElapsedTimer &timer) // ms
{
    return double(timer.nsecsElapsed()) / 1e6;
}

void end(Heard &heard)
{
    heard.agent->end();
    until([&heard] { return heard.ended.has_value(); });
    heard.acknowledge();
}

std::unique_ptr<SandboxProcess> direct(SandboxFixture &sandbox, const QString &script)
{
    SandboxCommand command;
    command.program = u"/bin/bash"_s;
    command.arguments = { u"-c"_s, script };
    auto process = sandbox.provider.start(sandbox.record, command);
    if (!process)
        qFatal("%s", qPrintable(process.error().chain()));
    return std::move(*process);
}

void start(KeeperFixture &fixture, std::vector<bench::Figure> &figures)
{
    std::vector<double> kept, plain, alone;
    for (int i = 0; i < starts; ++i) {
        QElapsedTimer timer;
        fixture.moveOn();
        timer.start();
        auto heard = fixture.started(u"echo on; exec sleep 1000"_s);
        until([&heard] { return !heard->lines.isEmpty(); });
        kept.push_back(since(timer));
        end(*heard);
        timer.start();
        auto process = direct(fixture.sandbox, u"echo on; exec sleep 1000"_s);
        bool on = false;
        process->output = [&on](const QByteArray &) { on = true; };
        until([&on] { return on; });
        plain.push_back(since(timer));
        (void)await(process->kill());
        QProcess program;
        timer.start();
        program.start(fixture.program.program, { u"--mark"_s, u"none"_s });
        program.closeWriteChannel();
        program.waitForFinished(patience);
        alone.push_back(since(timer));
    }
    using enum bench::Goal::Sense;
    figures.push_back(
        { u"keeper: the program alone, start to end"_s, middle(alone), u"ms"_s, bench::Goal { atMost, 20 } });
    figures.push_back({ u"an agent's first line, under a keeper"_s, middle(kept), u"ms"_s, bench::Goal { atMost, 100 },
                        u"without"_s, middle(plain) });
}

void memory(KeeperFixture &fixture, std::vector<bench::Figure> &figures)
{
    fixture.moveOn();
    auto heard = fixture.started(u"echo on; exec sleep 1000"_s);
    until([&heard] { return !heard->lines.isEmpty(); });
    QFile sizes(u"/proc/%1/smaps_rollup"_s.arg(fixture.processes("foundry-keeper").front()));
    if (sizes.open(QIODevice::ReadOnly)) {
        double own = 0, part = 0;
        for (const QByteArray &line : sizes.readAll().split('\n')) {
            const double kilobytes = line.simplified().split(' ').value(1).toDouble();
            if (line.startsWith("Pss:"))
                part = kilobytes;
            else if (line.startsWith("Private_Dirty:"))
                own = kilobytes;
        }
        using enum bench::Goal::Sense;
        figures.push_back({ u"keeper: memory of its own"_s, own / 1024, u"MB"_s, bench::Goal { atMost, 4 } });
        figures.push_back(
            { u"keeper: with its part of what is shared"_s, part / 1024, u"MB"_s, bench::Goal { atMost, 10 } });
    }
    end(*heard);
}

void stream(KeeperFixture &fixture, std::vector<bench::Figure> &figures)
{
    std::vector<double> kept, plain;
    for (int round = 0; round < 5; ++round) {
        fixture.moveOn();
        auto heard = fixture.started(talk);
        QElapsedTimer timer;
        timer.start();
        heard->agent->say("go");
        qsizetype told = 0;
        until([&] {
            if (heard->lines.size() - told > 2000) { // as often as a transcript is stored
                told = heard->lines.size();
                heard->acknowledge();
            }
            return heard->lines.size() >= lines;
        });
        kept.push_back(lines / since(timer) * 1000);
        end(*heard);
        auto process = direct(fixture.sandbox, talk);
        qsizetype seen = 0;
        QByteArrayList all;
        QByteArray rest;
        process->output = [&](const QByteArray &bytes) { // cut to lines, as the other is
            rest += bytes;
            qsizetype begin = 0;
            for (qsizetype at = 0; (at = rest.indexOf('\n', begin)) >= 0; begin = at + 1, ++seen)
                all << rest.mid(begin, at - begin);
            rest.remove(0, begin);
        };
        timer.start();
        process->write("go\n");
        until([&] { return seen >= lines; });
        plain.push_back(lines / since(timer) * 1000);
        (void)await(process->kill());
    }
    using enum bench::Goal::Sense;
    figures.push_back({ u"lines of 100 bytes through a keeper"_s, middle(kept), u"1/s"_s,
                        bench::Goal { atLeast, 100'000 }, u"plain pipe"_s, middle(plain) });
}

void stop(KeeperFixture &fixture, std::vector<bench::Figure> &figures)
{
    std::vector<double> took;
    for (int i = 0; i < stops; ++i) {
        fixture.moveOn();
        auto heard = fixture.started(u"for i in {1..20}; do (setsid sleep 1000 &); done; echo on; exec sleep 1000"_s);
        until([&heard] { return !heard->lines.isEmpty(); });
        QElapsedTimer timer;
        timer.start();
        heard->agent->end();
        until([&heard] { return heard->ended.has_value(); }); // nothing of the tree lives any more
        took.push_back(since(timer));
        heard->acknowledge();
    }
    using enum bench::Goal::Sense;
    figures.push_back({ u"stop to everything dead, 23 processes, median"_s, middle(took), u"ms"_s });
    figures.push_back({ u"stop to everything dead, p99"_s, middle(took, 0.99), u"ms"_s, bench::Goal { atMost, 1000 } });
}

// What the copy-on-write views of a person's caches add to a program's start.
void views(std::vector<bench::Figure> &figures)
{
    SandboxFixture sandbox;
    const QString home = sandbox.folder.filePath(u"home"_s);
    for (const QString &cache :
         { u".cargo/registry"_s, u".npm"_s, u".cache/pip"_s, u"go/pkg/mod"_s, u".m2/repository"_s, u".cache/ccache"_s })
        writeFile(home + u'/' + cache + u"/x"_s, "x");
    sandbox.person = { home, {}, {} };
    if (const QString trouble = sandbox.make(); !trouble.isEmpty())
        qFatal("%s", qPrintable(trouble));
    using enum bench::Goal::Sense;
    std::vector<double> with, without;
    for (int i = 0; i < 2 * starts; ++i) {
        SandboxCommand command;
        command.caches = i % 2 == 0 ? agentCaches : QString();
        QElapsedTimer timer;
        timer.start();
        if (!sandbox.shell(u"true"_s, command).good())
            qFatal("the program did not run");
        (!command.caches.isEmpty() ? with : without).push_back(since(timer));
    }
    figures.push_back({ u"a program's run with views of 6 caches"_s, middle(with), u"ms"_s, bench::Goal { atMost, 100 },
                        u"without"_s, middle(without) });
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    KeeperFixture fixture;
    if (const QString trouble = fixture.make(); !trouble.isEmpty())
        qFatal("%s", qPrintable(trouble));
    std::vector<bench::Figure> figures;
    start(fixture, figures);
    memory(fixture, figures);
    stream(fixture, figures);
    stop(fixture, figures);
    views(figures);
    return bench::report(figures, argc, argv);
}
