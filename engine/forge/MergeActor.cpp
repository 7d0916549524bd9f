#include "MergeActor.h"

#include <foundry/Event.h>

#include <utility>

namespace foundry {

namespace {

using namespace std::chrono_literals;

StepOptions options()
{
    StepOptions options;
    options.ifItFails = IfItFails::giveBack;
    options.attemptTimeOut = 5min;
    options.retry.firstDelay = 2s;
    options.retry.maxAttempts = 6;
    return options;
}

} // namespace

MergeActor::MergeActor(std::function<Async<Result<ForgeWork>>(command::MergePullRequest wish)> merge)
    : WorkflowActor(QStringList())
    , m_merge(std::move(merge))
{
}

Result<void> MergeActor::onCreate(const QJsonObject &input)
{
    if (!json::fromJson(input, m_birth.edit()))
        return fail(codes::Actor::badMessage, u"merge input"_s);
    return {};
}

Result<QJsonValue> MergeActor::onMessage(const Message &message)
{
    if (message.name != nameOf<merge::Await>())
        return fail(codes::Actor::badMessage, message.name);
    if (m_waiting.size() >= maxWaiting)
        return fail(codes::Actor::queueFull, u"%1 wait"_s.arg(m_waiting.size()), Retry::transient);
    m_waiting.push_back(answerLater());
    if (m_outcome->over)
        afterCommit([this] { answer(); });
    return QJsonValue();
}

Workflow MergeActor::run(WorkflowContext &context)
{
    auto merging = context.step<void>(u"merge"_s, options(), [this](StepRun &step) { return perform(step); });
    auto merged = co_await merging;
    if (!merged) {
        auto noting = context.commit(u"note"_s, [this, why = merged.error()] { return ended({ true, {}, why }); });
        if (auto noted = co_await noting; !noted)
            co_return std::unexpected(noted.error());
    }
    co_return Result<void>();
}

Async<Result<void>> MergeActor::perform(StepRun &step)
{
    step.progress(u"asking the forge"_s);
    auto working = m_merge(m_birth->wish);
    auto work = co_await working;
    if (!work)
        co_return std::unexpected(work.error());
    step.onCommit([this, refused = work->refused.join(u'\n')] { return ended({ true, refused, {} }); });
    co_return Result<void>();
}

Result<void> MergeActor::ended(merge::Outcome how)
{
    m_outcome.edit() = how;
    if (m_waiting.empty() && how.failure) // who asked has gone with an earlier life of the program
        tell(event::Trouble { *how.failure });
    afterCommit([this] { answer(); });
    return {};
}

void MergeActor::answer()
{
    for (const LaterAnswer &asker : std::exchange(m_waiting, {})) {
        if (!asker.isWaiting())
            continue;
        if (m_outcome->failure)
            (void)asker.set(std::unexpected(*m_outcome->failure));
        else
            (void)asker.set(QJsonValue(m_outcome->refused));
    }
}

} // namespace foundry
