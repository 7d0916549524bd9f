// No sandbox: programs run as the person, in a checkout of their own. Only where the person was asked and agreed
// (acceptNoIsolation); nobody falls back to it by itself. What it keeps: a private HOME and TMPDIR, a clean
// environment, an end of the process tree as far as it can be found (by group and by mark). It cannot hold the
// network policy. Git on the checkout runs on the host here, which the person agreed to as well.
#pragma once

#include "Clock.h"
#include "SandboxProvider.h"

namespace foundry {

class PlainProvider final : public SandboxProvider {
public:
    explicit PlainProvider(Clock &clock, QString path = u"/usr/local/bin:/usr/bin:/bin"_s);

    QString name() const override { return u"plain"_s; }
    Async<Result<IsolationReport>> probe() override; // Isolation::none, "none"
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
    Clock &m_clock;
    QString m_path;
};

} // namespace foundry
