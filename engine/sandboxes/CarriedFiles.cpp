#include "CarriedFiles.h"

#include "BeneathFile.h"
#include "BeneathReader.h"

#include <QFile>

namespace foundry {

namespace {

// As a line of .git/info/exclude that means this path and nothing else.
QByteArray excludeLine(const QString &path)
{
    QByteArray line = "/";
    for (const char c : path.toUtf8()) {
        if (c == '*' || c == '?' || c == '[' || c == '\\' || c == ' ' || c == '!' || c == '#')
            line += '\\';
        line += c;
    }
    return line + '\n';
}

std::unexpected<Failure> carryFailed(const QString &path, Failure cause)
{
    return std::unexpected(failure(codes::Task::carryFailed, path).because(std::move(cause)));
}

} // namespace

Result<Carried> carryFiles(const SandboxRecord &record, const QString &clone, const QStringList &paths)
{
    const BeneathReader reader(clone);
    Carried carried;
    qint64 total = 0;
    for (const QString &path : paths) {
        auto content = reader.read(path.toUtf8(), maxCarriedFile);
        if (!content && content.error().is(codes::Sandbox::notFound)) {
            carried.missing << path;
            continue;
        }
        if (!content)
            return carryFailed(path, content.error());
        total += content->size();
        if (total > maxCarriedBytes)
            return fail(codes::Task::carryFailed, u"%1: more than %2 bytes together"_s.arg(path).arg(maxCarriedBytes));
        if (auto written = writeBeneath(record.hostCheckout(), path.toUtf8(), *content, false, record.owner); !written)
            return carryFailed(path, written.error());
        carried.taken << path;
    }
    return carried;
}

Async<Result<>> hideCarried(SandboxProvider &provider, SandboxRecord record, QStringList paths)
{
    if (paths.isEmpty())
        co_return Result<> {};
    SandboxCommand command;
    command.program = u"/bin/sh"_s;
    command.arguments = { u"-ec"_s,
                          u"file=$(git rev-parse --git-path info/exclude)\n"
                          "mkdir -p \"$(dirname \"$file\")\"\ncat >> \"$file\"\n"_s };
    for (const QString &path : paths)
        command.input += excludeLine(path);
    auto running = provider.run(std::move(record), std::move(command));
    auto output = co_await running;
    if (!output)
        co_return std::unexpected(output.error());
    if (output->exitCode != 0)
        co_return fail(codes::Task::carryFailed, QString::fromUtf8(output->error.right(500)));
    co_return Result<> {};
}

} // namespace foundry
