#include "TaskTerminals.h"

#include "ActorSystem.h"
#include "Keys.h"
#include "SandboxProvider.h"
#include "TaskActor.h"

#include <QFileInfo>

#include <algorithm>
#include <utility>

namespace foundry {

namespace {

SandboxCommand shellCommand(const QString &commandLine, TerminalSize size)
{
    SandboxCommand command;
    command.program = QFileInfo::exists(u"/bin/bash"_s) ? u"/bin/bash"_s : u"/bin/sh"_s;
    if (commandLine.isEmpty())
        command.arguments = { u"-i"_s }; // not a login shell: /etc/profile would set another PATH
    else
        command.arguments = { u"-c"_s, commandLine };
    command.environment = { { u"TERM"_s, u"xterm-256color"_s }, { u"COLORTERM"_s, u"truecolor"_s } };
    command.terminal = size;
    return command;
}

// The agent's own network policy, not what it was for a moment.
SandboxRecord placeOf(const LifeFacts &facts)
{
    SandboxRecord record = *facts.sandbox;
    record.network.hosts = facts.agentHosts + facts.wish.allowedHosts;
    record.network.ports = facts.agentPorts;
    record.network.ports.insert(record.network.ports.end(), facts.wish.allowedPorts.begin(),
                                facts.wish.allowedPorts.end());
    return record;
}

} // namespace

TaskTerminals::TaskTerminals(ActorSystem &actors, TerminalHub &hub, SandboxProvider &bubblewrap, SandboxProvider &plain)
    : m_actors(actors)
    , m_hub(hub)
    , m_bubblewrap(bubblewrap)
    , m_plain(plain)
{
}

Async<Result<LifeFacts>> TaskTerminals::factsOf(TaskId task)
{
    Promise<Result<LifeFacts>> seen;
    m_actors.visit<TaskActor>(keys::taskOf(task), [seen](Result<TaskActor *> actor) {
        if (actor)
            seen.set((*actor)->facts());
        else
            seen.set(std::unexpected(actor.error()));
    });
    auto facts = co_await seen;
    co_return facts;
}

Async<Result<LifeFacts>> TaskTerminals::prepared(TaskId task)
{
    auto looking = factsOf(task);
    auto facts = co_await looking;
    if (!facts)
        co_return facts;
    if (facts->archived)
        co_return fail(codes::Task::wrongState, enumName(facts->summary.state));
    if (facts->sandboxMade)
        co_return facts;
    const Waiting waiting { task, {} };
    m_waiting.push_back(waiting); // before it is asked: the answer may come after what is waited for
    auto asking = m_actors.asking(keys::taskOf(task), toMessage(task::Prepare {}), deadline);
    auto asked = co_await asking;
    if (!asked)
        settle(task, std::unexpected(asked.error()));
    auto ready = waiting.ready;
    if (auto made = co_await ready; !made)
        co_return std::unexpected(made.error());
    auto again = factsOf(task);
    facts = co_await again;
    co_return facts;
}

void TaskTerminals::settle(const TaskId &task, const Result<> &how)
{
    std::vector<Waiting> settled;
    std::erase_if(m_waiting, [&](const Waiting &waiting) {
        if (waiting.task != task)
            return false;
        settled.push_back(waiting);
        return true;
    });
    for (const Waiting &waiting : settled)
        waiting.ready.set(how);
}

// The lowest number: what was fetched in a terminal that has ended is there for the next one.
int TaskTerminals::freeLayers(const TaskId &task) const
{
    int number = 1;
    while (
        std::ranges::any_of(m_layers, [&](const Layers &used) { return used.task == task && used.number == number; }))
        ++number;
    return number;
}

void TaskTerminals::noticed(const Event &event)
{
    if (const auto *ended = std::get_if<event::TerminalEnded>(&event))
        m_layers.remove(ended->terminal.value);
    if (m_waiting.empty())
        return;
    if (const auto *details = std::get_if<event::TaskDetailsChanged>(&event)) {
        if (details->details.sandbox.exists)
            settle(details->details.id, {});
    } else if (const auto *changed = std::get_if<event::TaskChanged>(&event)) {
        const TaskSummary &task = changed->task;
        if (task.failure && task.overlay == TaskOverlay::failed)
            settle(task.id, std::unexpected(*task.failure));
        else if (task.overlay == TaskOverlay::stopped || task.state == TaskState::archived
                 || task.state == TaskState::deleted)
            settle(task.id, fail(codes::Task::wrongState, enumName(task.state)));
    }
}

Result<> TaskTerminals::start(const command::OpenTerminal &wish, const LifeFacts &facts)
{
    if (!facts.sandbox || facts.archived)
        return fail(codes::Task::wrongState, enumName(facts.summary.state));
    SandboxProvider &provider = facts.sandbox->provider == m_plain.name() ? m_plain : m_bubblewrap;
    const Layers layers { wish.task, freeLayers(wish.task) };
    auto begun = m_hub.start(wish.terminal, [&](TerminalSize size) -> Result<std::unique_ptr<SandboxProcess>> {
        const SandboxRecord record = placeOf(facts);
        SandboxCommand command = shellCommand(wish.commandLine, size);
        command.caches = u"terminal-%1"_s.arg(layers.number);
        command.network = !record.network.isEmpty();
        auto started = provider.start(record, command);
        if (started) {
            (*started)->denied = [actors = &m_actors, task = wish.task](const QString &host) {
                actors->ask(keys::taskOf(task), task::HostDenied { host }, deadline,
                            [](const Result<QJsonValue> &) { });
            };
        }
        return started;
    });
    if (begun)
        m_layers.insert(wish.terminal.value, layers);
    return begun;
}

Async<Result<QString>> TaskTerminals::open(command::OpenTerminal wish)
{
    if (wish.commandLine.size() > limits::terminalCommand)
        co_return fail(codes::Terminal::inputFull, u"a command line of %1 characters"_s.arg(wish.commandLine.size()));
    if (auto reserved = m_hub.reserve(wish.terminal, wish.grid); !reserved)
        co_return std::unexpected(reserved.error());
    auto preparing = prepared(wish.task);
    auto facts = co_await preparing;
    Result<> started = facts ? start(wish, *facts) : Result<>(std::unexpected(facts.error()));
    if (!started) {
        m_hub.drop(wish.terminal);
        co_return std::unexpected(started.error());
    }
    co_return wish.terminal.value;
}

} // namespace foundry
