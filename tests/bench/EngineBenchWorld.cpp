#include "EngineBench.h"

#include <algorithm>

namespace foundry::bench {

void Script::openGates()
{
    for (const auto &[key, gate] : std::exchange(gates, {}))
        gate.set(true);
}

// ---- workflows

Async<Result<int>> StepsActor::body(int number)
{
    if (m_script.hangs || (m_script.waitsAt && m_script.waitsAt(number))) {
        Promise<bool> gate;
        if (m_script.hangs)
            ++m_script.hanging;
        else
            m_script.gates.insert_or_assign(self().key.text(), gate);
        co_await gate;
    }
    co_return number;
}

Workflow StepsActor::run(WorkflowContext &context)
{
    m_stays = false;
    StepOptions options;
    options.retry = RetryPolicy::forEver();
    options.retry.firstDelay = std::chrono::milliseconds(0); // after a crash the next attempt begins at once
    for (int number = 0; number < m_script.steps; ++number) {
        auto stepping
            = context.step<int>(u"step%1"_s.arg(number), options, [this, number](StepRun &) { return body(number); });
        auto stepped = co_await stepping;
        if (!stepped)
            co_return std::unexpected(stepped.error());
    }
    if (m_script.stays) {
        m_stays = true;
        auto receiving = context.receive(u"stay"_s, { u"never"_s });
        auto received = co_await receiving;
        if (!received)
            co_return std::unexpected(received.error());
    }
    co_return Result<void>();
}

void StepsActor::onWorkflowChanged(const WorkflowView &view, bool durable)
{
    if (!durable || m_counted || (view.status() != RunStatus::done && !m_stays))
        return;
    m_counted = true;
    whenDurable([this] { ++m_script.finished; });
}

// ---- plain actors

namespace {

ActorRef plain(const QString &key)
{
    return { u"Plain"_s, { key }, {} };
}

} // namespace

Result<QJsonValue> PlainActor::onMessage(const Message &message)
{
    return dispatch<std::variant<Ping, Play, Send, Book>>(
        message,
        Overloaded {
            [](const Ping &ping) -> Result<int> { return ping.number; },
            [this](const Play &given) -> Result<void> {
                m_answer = answerLater();
                m_playing = play(given.rounds);
                afterCommit([this] {
                    m_playing.start([this](bool good) { check(m_answer.set(QJsonValue(good)).has_value(), "answer"); });
                });
                return {};
            },
            [this](const Send &given) -> Result<void> { return send(plain(u"ledger"_s), Book { given.number }); },
            [this](const Book &given) -> Result<void> {
                Balance &balance = m_balance.edit();
                balance.sum += given.number;
                ++balance.count;
                whenDurable(m_booked);
                return {};
            } });
}

Async<bool> PlainActor::play(int rounds)
{
    const auto echo = system().resolve(plain(u"echo"_s));
    check(echo.has_value(), "echo");
    for (int i = 0; i < rounds; ++i) {
        auto asking = ask(*echo, Ping { i });
        const auto answer = co_await asking;
        if (!answer || answer->toInt(-1) != i)
            co_return false;
    }
    co_return true;
}

// ---- the world

World::World(const QString &folder)
    : World(folder, Options())
{
}

World::World(const QString &folder, const Options &options)
    : actors(
          { folder, clock, options.sync ? *options.sync : sync, randomness, [](const Event &) { }, options.idleTime })
{
    actors.registerKind({ u"Steps"_s, [this] { return std::make_unique<StepsActor>(script); }, {} });
    actors.registerKind({ u"Plain"_s, [this] { return std::make_unique<PlainActor>([this] { ++booked; }); }, {} });
}

void World::start()
{
    check(actors.start().has_value(), "start");
}

void World::drain()
{
    bool drained = false;
    actors.drain([&drained] { drained = true; });
    runUntil([&] { return drained; });
}

ActorRef World::make(const QString &kind, const QString &key)
{
    auto made = actors.create(kind, { key });
    check(made.has_value(), "create");
    return *made;
}

void World::settle()
{
    bool told = false;
    actors.whenDurable([&told](const Result<void> &) { told = true; });
    runUntil([&] { return told && actors.isQuiet(); });
}

Result<QJsonValue> World::answerOf(const ActorRef &to, Message message)
{
    std::optional<Result<QJsonValue>> answer;
    actors.askMessage(to, std::move(message), std::chrono::minutes(1),
                      [&answer](Result<QJsonValue> given) { answer = std::move(given); });
    runUntil([&] { return answer.has_value(); });
    return *answer;
}

double median(std::vector<double> values)
{
    std::ranges::sort(values);
    return values.at(values.size() / 2);
}

} // namespace foundry::bench
