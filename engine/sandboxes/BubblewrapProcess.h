// A program in a bubblewrap sandbox. Private to the room.
#pragma once

#include "ChildProcess.h"
#include "Clock.h"
#include "SandboxCommand.h"
#include "SandboxProcess.h"
#include "SandboxRecord.h"

namespace foundry {

class HostResolver;
class NetworkProxy;

struct BubblewrapLaunch {
    QString bubblewrap; // absolute
    QString entry;
    SandboxRecord record;
    SandboxCommand command;
    QByteArrayList options = {}; // instead of what the record asks for: the probe's
};

class BubblewrapProcess final : public SandboxProcess {
public:
    static Result<std::unique_ptr<SandboxProcess>> start(Clock &clock, HostResolver &resolver,
                                                         const BubblewrapLaunch &launch);
    ~BubblewrapProcess() override;

    bool write(const QByteArray &bytes) override;
    qint64 unsent() const override;
    void closeInput() override;
    void pause() override;
    void resume() override;
    void resizeTerminal(TerminalSize size) override;
    void hangUp() override;
    Async<Result<>> kill() override;
    QByteArray errorTail() const override;
    bool allowHosts(QStringList hosts) override;
    qint64 pid() const override;

private:
    BubblewrapProcess(Clock &clock, HostResolver &resolver, const SandboxRecord &record, const SandboxCommand &command);
    Result<> launch(const BubblewrapLaunch &launch);
    void readStatus();
    bool readGate(); // was there something?
    void takeTerminal(std::vector<FileDescriptor> master);
    void takeListeners(std::vector<FileDescriptor> listeners);
    void openGateWhenReady();
    void bubblewrapEnded(int status);
    void treeEnded();
    void finishWhenDrained();
    void giveUp(Failure failure);
    void killTree();

    Clock &m_clock;
    HostResolver &m_resolver;
    SandboxNetwork m_network;
    std::optional<TerminalSize> m_terminal; // asked for; its size
    bool m_hasTerminal = false; // foundry-entry has handed it over
    bool m_hungUp = false;
    QByteArray m_early; // typed before there was a terminal
    qsizetype m_maxEarly;
    std::unique_ptr<ChildProcess> m_child;
    FileDescriptor m_status, m_gate, m_init;
    std::unique_ptr<QSocketNotifier> m_gateNotifier, m_initNotifier;
    std::unique_ptr<NetworkProxy> m_proxy;
    qint64 m_initPid = 0;
    bool m_listening = false; // foundry-entry has handed over its sockets
    bool m_killed = false;
    bool m_opened = false; // the program may run
    bool m_over = false; // nothing of the tree lives any more
    bool m_finished = false;
    int m_waitStatus = 0;
    std::optional<Failure> m_failure;
    std::vector<Promise<Result<>>> m_killers;
};

} // namespace foundry
