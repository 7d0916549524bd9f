// Answers an EngineLink as the engine would, from values, at once: commands change what they plainly change and
// everything that was submitted can be looked at.
#pragma once

#include <EngineLink.h>

#include <QObject>

#include <deque>

namespace foundry::test {

class ScriptedEngine : public QObject {
    Q_OBJECT

public:
    ScriptedEngine(EngineLink &link, answer::Workbench world, QObject *parent = nullptr);

    // EngineReady, or EngineFailed when `failWith` was called.
    void start();
    void failWith(const Failure &failure) { m_engineFailure = failure; }
    // The next command is refused with this; what is kept by the way (drafts, preferences, marks) is not counted.
    void refuseNext(const Failure &failure) { m_refusal = failure; }
    // Answers wait until release() is called.
    void hold() { m_held = true; }
    void release();

    const std::deque<Command> &commands() const { return m_commands; }
    template <class C> const C *last() const
    {
        for (auto command = m_commands.rbegin(); command != m_commands.rend(); ++command) {
            if (const auto *found = std::get_if<C>(&command->body))
                return found;
        }
        return nullptr;
    }
    answer::Workbench &world() { return m_world; }
    void tell(const TaskSummary &task);
    TaskSummary task(const QString &id) const;

private:
    void take(const Command &command);
    QString apply(const CommandBody &body);
    void reply(const Query &query);
    Result<AnswerBody> answerTo(const QueryBody &body) const;

    EngineLink &m_link;
    answer::Workbench m_world;
    std::optional<Failure> m_engineFailure;
    std::optional<Failure> m_refusal;
    std::deque<Command> m_commands;
    std::deque<Query> m_waiting;
    bool m_held = false;
};

} // namespace foundry::test
