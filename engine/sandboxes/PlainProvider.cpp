#include "PlainProvider.h"

#include "BubblewrapProfile.h"
#include "PlainProcess.h"
#include "ResourceUse.h"
#include "SandboxFolder.h"
#include "Strays.h"
#include "TreeRemover.h"

#include <QFile>
#include <QFileInfo>

#include <unistd.h>

namespace foundry {

namespace {

QByteArray nextRunMark()
{
    static int counter = 0; // engine thread only
    return "FOUNDRY_SANDBOX_RUN=" + QByteArray::number(getpid()) + '.' + QByteArray::number(++counter);
}

QByteArray taskMark(const SandboxRecord &record)
{
    return QByteArray(bubblewrap::markName) + '=' + bubblewrap::mark(record);
}

// A terminal's, which is no stray while its Foundry lives.
QByteArray holderMark()
{
    return "FOUNDRY_HOLDER=" + QByteArray::number(getpid());
}

// Its keeper has the mark as an argument.
std::function<bool(const QByteArray &)> isOf(const SandboxRecord &record)
{
    return [wanted = taskMark(record), argument = '\0' + bubblewrap::mark(record) + '\0'](const QByteArray &folder) {
        return procFileHolds(folder, "environ", wanted) || procFileHolds(folder, "cmdline", argument);
    };
}

Async<Result<int>> endMarked(Clock &clock, const SandboxRecord &record, bool heldToo)
{
    const QByteArray held = holderMark() + '\0';
    auto find = [marked = isOf(record), held, heldToo] {
        return processesWith([&](const QByteArray &folder) {
            return marked(folder) && (heldToo || !procFileHolds(folder, "environ", held));
        });
    };
    auto killing = killAll(clock, std::move(find));
    auto killed = co_await killing;
    co_return killed;
}

} // namespace

PlainProvider::PlainProvider(Clock &clock, QString path)
    : m_clock(clock)
    , m_path(std::move(path))
{
}

Async<Result<IsolationReport>> PlainProvider::probe()
{
    co_return IsolationReport { Isolation::none, u"none"_s, {} };
}

Result<SandboxRecord> PlainProvider::newRecord(const SandboxRequest &request) const
{
    auto record = sandboxfolder::newRecord(request, name());
    if (record) {
        record->checkout = record->hostCheckout();
        record->home = record->hostHome();
        record->source = record->bareRepository;
        record->createdAt = m_clock.now();
    }
    return record;
}

Async<Result<>> PlainProvider::create(SandboxRecord record, SandboxProgress progress)
{
    auto creating = sandboxfolder::create(m_clock, *this, std::move(record), std::move(progress));
    auto created = co_await creating;
    co_return created;
}

bool PlainProvider::exists(const SandboxRecord &record) const
{
    return sandboxfolder::isMade(record);
}

Result<> PlainProvider::putFiles(const SandboxRecord &record, const std::vector<HomeFile> &files)
{
    return sandboxfolder::putFiles(record, files);
}

Result<std::unique_ptr<SandboxProcess>> PlainProvider::start(const SandboxRecord &record, const SandboxCommand &command)
{
    if (!QFileInfo(record.hostCheckout()).isDir())
        return fail(codes::Sandbox::notFound, record.hostCheckout());
    QMap<QString, QString> variables {
        { u"HOME"_s, record.hostHome() },     { u"PATH"_s, m_path },
        { u"LANG"_s, u"C.UTF-8"_s },          { u"TERM"_s, u"xterm-256color"_s },
        { u"TMPDIR"_s, record.hostTmp() },    { u"SHELL"_s, u"/bin/sh"_s },
        { u"GIT_TERMINAL_PROMPT"_s, u"0"_s },
    };
    for (auto it = command.environment.cbegin(); it != command.environment.cend(); ++it)
        variables.insert(it.key(), it.value());
    const QString program = ProcessRunner::find(command.program, variables.value(u"PATH"_s));
    if (program.isEmpty())
        return fail(codes::Sandbox::launchFailed, u"not found: "_s + command.program);

    ChildSpec spec;
    spec.program = QFile::encodeName(program);
    for (const QString &argument : command.arguments)
        spec.arguments << argument.toUtf8();
    for (auto it = variables.cbegin(); it != variables.cend(); ++it)
        spec.environment << it.key().toUtf8() + '=' + it.value().toUtf8();
    const QByteArray runMark = nextRunMark();
    spec.environment << taskMark(record) << runMark;
    if (command.terminal)
        spec.environment << holderMark();
    spec.terminal = command.terminal;
    spec.workingDirectory
        = QFile::encodeName(command.workingDirectory.isEmpty() ? record.hostCheckout() : command.workingDirectory);
    spec.dieWithParent = true;
    spec.maxUnsent = command.limits.unsentInput;
    spec.errorTail = command.limits.errorTail;
    return PlainProcess::start(m_clock, spec, runMark);
}

Async<Result<ProcessOutput>> PlainProvider::run(SandboxRecord record, SandboxCommand command)
{
    auto started = start(record, command);
    auto collecting = sandboxfolder::collect(m_clock, std::move(started), std::move(command));
    auto output = co_await collecting;
    co_return output;
}

Result<QString> PlainProvider::uploadPackProgram(const SandboxRecord &record)
{
    if (!exists(record))
        return fail(codes::Sandbox::notFound, record.folder);
    QByteArray checkout = QFile::encodeName(record.hostCheckout());
    checkout.replace("'", "'\\''");
    const QByteArray script
        = "#!/bin/sh\n# Made by Foundry: git-upload-pack for one task, without a sandbox.\n"
          "exec env -i PATH=/usr/local/bin:/usr/bin:/bin GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null "
          "git upload-pack '"
        + checkout + "'\n";
    return sandboxfolder::writeRun(record, u"upload-pack"_s, script, true);
}

Async<Result<int>> PlainProvider::endStrays(SandboxRecord record)
{
    auto ending = endMarked(m_clock, record, false);
    auto ended = co_await ending;
    co_return ended;
}

Async<qint64> PlainProvider::memoryUse(const SandboxRecord &record)
{
    return foundry::memoryUse(isOf(record));
}

Async<Result<>> PlainProvider::release(SandboxRecord record)
{
    auto ending = endMarked(m_clock, record, true);
    auto ended = co_await ending;
    if (!ended)
        co_return std::unexpected(
            failure(codes::Sandbox::releaseFailed, record.folder, Retry::transient).because(ended.error()));
    auto removing = removeTree(record.folder);
    auto removed = co_await removing;
    co_return removed;
}

} // namespace foundry
