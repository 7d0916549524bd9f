// An hour in which nothing changes, and how soon a change is seen: in simulated time, with the fake GitHub's answers.
#include "GithubBench.h"

#include <QRandomGenerator>

using namespace std::chrono_literals;
using namespace foundry::test;

namespace foundry::bench {

namespace {

constexpr quint32 seed = 20260601; // of when the changes happen

std::unique_ptr<ForgeDesk> synchronised()
{
    auto desk = std::make_unique<ForgeDesk>(
        QStringLiteral(FOUNDRY_FAKE_GITHUB), QStringLiteral(FOUNDRY_NPM_DIR),
        QStringList { u"repositories=%1"_s.arg(repositories), u"pullRequests=%1"_s.arg(pullRequests) });
    desk->start();
    desk->run(1s);
    orDie(desk->rows().found == pullRequests, u"it is not synchronised"_s);
    return desk;
}

void watch(ForgeDesk &desk, int from, int count)
{
    command::WatchPullRequests wish;
    for (int i = from; i < from + count; ++i)
        wish.pullRequests.push_back({ u"PR_%1"_s.arg(i) });
    auto work = desk.sync->perform(wish);
    bool done = false;
    work.start([&done](const Result<QString> &) { done = true; });
    orDie(desk.world.waitFor([&] { return done; }), u"nothing is watched"_s);
}

// From one timer to the next, so that the time is exact; seconds.
double secondsUntil(ForgeDesk &desk, const std::function<bool()> &done)
{
    const Millis began = desk.world.clock.steady();
    desk.settle();
    while (!done()) {
        orDie(desk.world.clock.steady() - began < 3'600'000 && desk.world.clock.step(), u"a change is not seen"_s);
        desk.settle();
    }
    return double(desk.world.clock.steady() - began) / 1000;
}

// The times of the forge go on as ours do.
QString at(ForgeDesk &desk)
{
    return QDateTime::fromMSecsSinceEpoch(desk.world.clock.now(), Qt::UTC).toString(Qt::ISODate);
}

// One of the things that happen to a pull request; answers whether its row shows it.
std::function<bool()> changed(ForgeDesk &desk, int index, int kind)
{
    const QString id = u"PR_%1"_s.arg(index);
    const PullRequestRow before = desk.row(id);
    switch (kind % 5) {
    case 0: { // somebody writes
        const QString title = before.title + u" again"_s;
        desk.change(id, { { u"title"_s, title }, { u"updatedAt"_s, at(desk) } });
        return [&desk, id, title] { return desk.row(id).title == title; };
    }
    case 1: { // checks: the pull request's own time says nothing of them
        const bool failed = before.checks == ChecksState::failed;
        desk.change(id, { { u"checks"_s, failed ? u"SUCCESS"_s : u"FAILURE"_s } });
        const ChecksState now = failed ? ChecksState::passed : ChecksState::failed;
        return [&desk, id, now] { return desk.row(id).checks == now; };
    }
    case 2: { // ready, or a draft again
        const bool draft = before.state == PullRequestState::draft;
        desk.change(id, { { u"isDraft"_s, !draft }, { u"updatedAt"_s, at(desk) } });
        const PullRequestState now = draft ? PullRequestState::open : PullRequestState::draft;
        return [&desk, id, now] { return desk.row(id).state == now; };
    }
    case 3: { // the base moves on
        const bool conflicting = before.mergeable == Mergeability::conflicting;
        desk.change(id, { { u"mergeable"_s, conflicting ? u"MERGEABLE"_s : u"CONFLICTING"_s } });
        const Mergeability now = conflicting ? Mergeability::mergeable : Mergeability::conflicting;
        return [&desk, id, now] { return desk.row(id).mergeable == now; };
    }
    default: { // somebody pushes
        const QString head = QString::number(desk.world.clock.steady(), 16).rightJustified(40, u'a');
        desk.change(id, { { u"headRefOid"_s, head }, { u"updatedAt"_s, at(desk) } });
        return [&desk, id, head] { return desk.row(id).headCommit == head; };
    }
    }
}

// Not one that is there: a new one, one that is merged, one that is gone.
std::function<bool()> cameOrWent(ForgeDesk &desk, int index, int kind, int &made)
{
    const QString id = u"PR_%1"_s.arg(index);
    if (kind % 3 == 0) {
        const QString fresh = u"PR_%1"_s.arg(pullRequests + made++);
        desk.tellForge(u"/_world"_s, { { u"add"_s, 1 } });
        desk.change(fresh, { { u"createdAt"_s, at(desk) }, { u"updatedAt"_s, at(desk) } });
        return [&desk, fresh] { return !desk.row(fresh).id.isEmpty(); };
    }
    const bool merged = kind % 3 == 1;
    desk.change(id, { { u"state"_s, merged ? u"MERGED"_s : u"CLOSED"_s }, { u"updatedAt"_s, at(desk) } });
    const PullRequestState now = merged ? PullRequestState::merged : PullRequestState::closed;
    return [&desk, id, now] { return desk.row(id).state == now; };
}

} // namespace

SteadyCost steadyHour()
{
    const auto desk = synchronised();
    watch(*desk, 0, limits::watchedPullRequests);
    desk->run(5min);
    const auto before = desk->sync->client().costs();
    desk->run(60min);
    const auto after = desk->sync->client().costs();
    SteadyCost cost { double(after.counted - before.counted), double(after.unchanged - before.unchanged) };
    desk->sync.reset();
    return cost;
}

Freshness freshness(int samples)
{
    constexpr int inSight = 10;
    const auto desk = synchronised();
    QRandomGenerator chance(seed);
    const auto pause = [&](int seconds) { desk->run(std::chrono::milliseconds(chance.bounded(seconds * 1000))); };
    const auto link = [&](const QString &task) {
        for (int i = inSight; i < 2 * inSight; ++i) {
            const githubData::LinkTask message { { u"PR_%1"_s.arg(i) }, { task } };
            orDie(desk->world.ask(keys::localGithubData(), message).has_value(), u"no task is linked"_s);
        }
    };
    link(u"task"_s);
    watch(*desk, 0, inSight);
    Freshness fresh;
    for (int i = 0; i < samples; ++i) {
        pause(40);
        fresh.inSight.push_back(secondsUntil(*desk, changed(*desk, i % inSight, i)));
        pause(40);
        fresh.ofTasks.push_back(secondsUntil(*desk, changed(*desk, inSight + i % inSight, i)));
    }
    link({});
    watch(*desk, 0, 0);
    int made = 0;
    for (int i = 0; i < samples; ++i) {
        pause(300);
        const int index = 2 * inSight + i; // each once
        fresh.others.push_back(
            secondsUntil(*desk, i % 2 == 0 ? changed(*desk, index, i / 2) : cameOrWent(*desk, index, i / 2, made)));
    }
    desk->sync.reset();
    return fresh;
}

} // namespace foundry::bench
