// GitHub, against the fake one over the loopback: signing in, the first synchronisation beside the sequential REST way,
// what an hour costs in which nothing changes, and how soon a change is seen. `--delay MS`: how long each answer of the
// second comparison takes (50, as of a server that is not far away).
#include "GithubBench.h"

#include <QCoreApplication>
#include <QProcess>
#include <QTimer>

using namespace foundry;
using namespace foundry::bench;

namespace {

constexpr int rounds = 3;
constexpr int signInRounds = 9;
constexpr int samples = 60;

// A session bus and an open keyring of its own, so that the token really goes into one.
int onABusOfItsOwn(const QStringList &arguments)
{
    const QTemporaryDir home;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const QString &name : { u"DISPLAY"_s, u"DBUS_SESSION_BUS_ADDRESS"_s, u"GNOME_KEYRING_CONTROL"_s })
        environment.remove(name);
    for (const QString &name : { u"HOME"_s, u"XDG_RUNTIME_DIR"_s, u"XDG_DATA_HOME"_s })
        environment.insert(name, home.path());
    environment.insert(u"FOUNDRY_BENCH_BUS"_s, u"own"_s);
    QProcess run;
    run.setProcessEnvironment(environment);
    run.setProcessChannelMode(QProcess::ForwardedChannels);
    run.start(
        u"dbus-run-session"_s,
        QStringList { u"--"_s, u"/bin/sh"_s, u"-c"_s,
                      u"printf pass | gnome-keyring-daemon --unlock --components=secrets >/dev/null; \"$0\" \"$@\""_s,
                      QCoreApplication::applicationFilePath() }
            + arguments.mid(1));
    run.waitForFinished(-1);
    return run.exitStatus() == QProcess::NormalExit ? run.exitCode() : 1;
}

struct Compared {
    std::vector<double> ours, peer, ratios;
    void add(double our, double other)
    {
        ours.push_back(our);
        peer.push_back(other);
        ratios.push_back(other / our);
    }
};

} // namespace

namespace foundry::bench {

bool waitUntil(const std::function<bool()> &done)
{
    QElapsedTimer since;
    since.start();
    QTimer again; // processEvents with a limit would not wait but spin
    again.start(2);
    while (!done()) {
        if (since.elapsed() > 600'000)
            return false;
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
    return true;
}

} // namespace foundry::bench

int main(int argc, char **argv)
{
    const QCoreApplication app(argc, argv);
    const QStringList arguments = app.arguments();
    if (!qEnvironmentVariableIsSet("FOUNDRY_BENCH_BUS"))
        return onABusOfItsOwn(arguments);
    const qsizetype delayAt = arguments.indexOf(u"--delay"_s);
    const int delay = delayAt > 0 ? arguments.value(delayAt + 1).toInt() : 50;

    const SignInCost signIn = signIns(signInRounds);
    SyncCost first;
    SyncCost peer;
    Compared near; // both in turn, so that a busy moment meets both
    for (int i = 0; i < rounds; ++i) {
        first = firstSynchronisation(0);
        peer = sequentialRest(0);
        near.add(first.seconds, peer.seconds);
    }
    const SyncCost farFirst = firstSynchronisation(delay);
    const SyncCost farPeer = sequentialRest(delay);
    const SteadyCost steady = steadyHour();
    const Freshness fresh = freshness(samples);

    const QString rest = u"sequential REST"_s;
    const Goal minute { Goal::Sense::atMost, 60 };
    const Goal quota { Goal::Sense::atMost, 30 };
    const QString late = u", answers after %1 ms"_s.arg(delay);
    return report({ { u"sign-in: callback to signed in"_s, median(signIn.callback), u"ms"_s,
                      Goal { Goal::Sense::atMost, 1000 }, u"its two requests alone"_s, median(signIn.bare) },
                    { u"first synchronisation, 200/500: requests"_s, first.requests, u""_s, {}, rest, peer.requests },
                    { u"first synchronisation, 200/500: GraphQL points"_s, first.points, u""_s },
                    { u"first synchronisation, 200/500"_s, median(near.ours), u"s"_s, {}, rest, median(near.peer) },
                    { u"first synchronisation"_s + late, farFirst.seconds, u"s"_s, {}, rest, farPeer.seconds },
                    { u"sequential REST against it: requests"_s, peer.requests / first.requests, u"×"_s },
                    { u"sequential REST against it: seconds"_s, median(near.ratios), u"×"_s },
                    { u"sequential REST against it: seconds"_s + late, farPeer.seconds / farFirst.seconds, u"×"_s },
                    { u"nothing changes, %1 in sight: requests of quota"_s.arg(limits::watchedPullRequests),
                      steady.counted, u"1/h"_s, quota },
                    { u"nothing changes: conditional requests, free"_s, steady.unchanged, u"1/h"_s },
                    { u"a change on screen is seen, p95"_s, percentile(fresh.inSight, 95), u"s"_s, minute },
                    { u"a change of a task's is seen, p95"_s, percentile(fresh.ofTasks, 95), u"s"_s, minute },
                    { u"any other change is seen, p95"_s, percentile(fresh.others, 95), u"s"_s },
                    { u"any other change is seen, at the latest"_s, percentile(fresh.others, 100), u"s"_s,
                      Goal { Goal::Sense::atMost, 600 } } },
                  argc, argv);
}
