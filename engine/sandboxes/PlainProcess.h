// A program without a sandbox, ended with all that can be found of it. Private to the room.
#pragma once

#include "ChildProcess.h"
#include "Clock.h"
#include "SandboxProcess.h"

#include <vector>

namespace foundry {

class PlainProcess final : public SandboxProcess {
public:
    // `runMark`: NAME=value in its environment that no other process has.
    static Result<std::unique_ptr<SandboxProcess>> start(Clock &clock, const ChildSpec &spec,
                                                         const QByteArray &runMark);
    ~PlainProcess() override;

    bool write(const QByteArray &bytes) override { return m_child->write(bytes); }
    qint64 unsent() const override { return m_child->unsent(); }
    void closeInput() override { m_child->closeInput(); }
    void pause() override { m_child->pause(); }
    void resume() override;
    void resizeTerminal(TerminalSize size) override { m_child->resizeTerminal(size); }
    void hangUp() override { m_child->hangUp(); }
    Async<Result<>> kill() override;
    QByteArray errorTail() const override { return m_child->errorTail(); }
    bool allowHosts(QStringList) override { return true; } // nothing is denied here
    qint64 pid() const override { return m_child->pid(); }

private:
    PlainProcess(Clock &clock, QByteArray runMark);
    std::vector<int> tree() const;
    void ended(int status);
    void finishWhenDrained();

    Clock &m_clock;
    QByteArray m_runMark;
    std::unique_ptr<ChildProcess> m_child;
    int m_waitStatus = 0;
    bool m_over = false, m_finished = false;
    Async<Result<int>> m_ending;
    std::vector<Promise<Result<>>> m_killers;
};

} // namespace foundry
