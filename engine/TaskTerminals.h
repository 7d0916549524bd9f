// Terminals in the sandboxes of tasks: finds the place of a task, has it made again where it was released, and starts a
// shell or a command line in it, with the network that the task's agent has. Engine thread.
#pragma once

#include "Async.h"
#include "TerminalHub.h"

#include <foundry/Command.h>
#include <foundry/Event.h>

#include <QHash>

#include <vector>

namespace foundry {

class ActorSystem;
class SandboxProvider;
struct LifeFacts;

class TaskTerminals {
public:
    TaskTerminals(ActorSystem &actors, TerminalHub &hub, SandboxProvider &bubblewrap, SandboxProvider &plain);

    // Answers when the program runs. Failures: Task::missing, wrongState (archived, or its preparing failed);
    // Terminal::exists, tooMany, badSize; those of the step that makes the sandbox; Sandbox::launchFailed,
    // networkHelper.
    Async<Result<QString>> open(command::OpenTerminal wish);

    // What the engine tells passes by here: the sandbox that is waited for.
    void noticed(const Event &event);

    static constexpr std::chrono::seconds deadline { 60 }; // of the task's answer, not of the sandbox

private:
    struct Waiting {
        TaskId task;
        Promise<Result<>> ready;
    };
    Async<Result<LifeFacts>> factsOf(TaskId task);
    Async<Result<LifeFacts>> prepared(TaskId task);
    Result<> start(const command::OpenTerminal &wish, const LifeFacts &facts);
    int freeLayers(const TaskId &task) const;
    void settle(const TaskId &task, const Result<> &how);

    ActorSystem &m_actors;
    TerminalHub &m_hub;
    SandboxProvider &m_bubblewrap;
    SandboxProvider &m_plain;
    std::vector<Waiting> m_waiting;
    struct Layers {
        TaskId task;
        int number = 0;
    };
    QHash<QString, Layers> m_layers; // of the caches, by terminal; in use until it ends
};

} // namespace foundry
