// Sandboxes by bubblewrap (https://github.com/containers/bubblewrap), proved with 0.8.
//
// As an ordinary user the sandbox has a user namespace of its own. As root there is none; what runs inside has a real,
// unprivileged uid of its own for each task, to which its files then belong (SandboxRecord::owner), and the report
// says "root". A program inside may trace its own kind (gdb, strace work); it sees no other process.
//
// The first process inside is foundry-entry (helpers/): it makes the listening sockets for the network policy, hands
// them to the engine, waits for the engine's word and only then starts the program. So nothing runs
// before its network is ready, and nothing is left behind when the engine dies in between.
#pragma once

#include "Clock.h"
#include "SandboxProvider.h"

namespace foundry {

class HostResolver;

struct BubblewrapPlaces {
    QString bubblewrap; // absolute; empty: looked up in `path`
    QString entry; // the program foundry-entry, absolute; empty: beside this program or in its libexec
    QString path = u"/usr/local/bin:/usr/bin:/bin"_s;
};

class BubblewrapProvider final : public SandboxProvider {
public:
    // `resolver`: for allowed hosts; null: the system's. Both references must outlive all that is started here.
    explicit BubblewrapProvider(Clock &clock, BubblewrapPlaces places = {}, HostResolver *resolver = nullptr);
    ~BubblewrapProvider() override;

    QString name() const override { return u"bubblewrap"_s; }
    Async<Result<IsolationReport>> probe() override;
    Result<SandboxRecord> newRecord(const SandboxRequest &request) const override;
    Async<Result<>> create(SandboxRecord record, SandboxProgress progress = {}) override;
    bool exists(const SandboxRecord &record) const override;
    Result<> putFiles(const SandboxRecord &record, const std::vector<HomeFile> &files) override;
    Result<std::unique_ptr<SandboxProcess>> start(const SandboxRecord &record, const SandboxCommand &command) override;
    Async<Result<ProcessOutput>> run(SandboxRecord record, SandboxCommand command) override;
    Result<QString> uploadPackProgram(const SandboxRecord &record) override;
    Async<Result<int>> endStrays(SandboxRecord record) override;
    Async<qint64> memoryUse(const SandboxRecord &record) override;
    Async<Result<>> release(SandboxRecord record) override;

private:
    Async<Result<ProcessOutput>> tryProfile(bool ownUser);
    Result<> checkSource(const SandboxRecord &record) const;

    Clock &m_clock;
    BubblewrapPlaces m_places;
    HostResolver *m_resolver;
    std::unique_ptr<HostResolver> m_ownResolver;
    std::optional<IsolationReport> m_report;
    bool m_mapped = false; // root, but a uid of its own cannot be had: a user namespace instead
};

} // namespace foundry
