#include "GhProgram.h"

#include "Browser.h"
#include "OAuth.h"

namespace foundry {

GhProgram::GhProgram(ProcessRunner &processes, QMap<QString, QString> environment)
    : m_processes(processes)
    , m_environment(withoutOurs(std::move(environment)))
{
    m_environment.insert(u"GH_PROMPT_DISABLED"_s, u"1"_s);
    m_environment.insert(u"GH_NO_UPDATE_NOTIFIER"_s, u"1"_s);
    m_environment.insert(u"NO_COLOR"_s, u"1"_s);
}

Async<Result<QByteArray>> GhProgram::ask(QStringList arguments)
{
    ProcessSpec spec;
    spec.program = ProcessRunner::find(u"gh"_s, m_environment.value(u"PATH"_s));
    if (spec.program.isEmpty())
        co_return fail(codes::GitHub::ghMissing);
    spec.arguments = std::move(arguments);
    spec.environment = m_environment;
    spec.workingDirectory = m_environment.value(u"HOME"_s);
    spec.timeOut = timeOut;
    spec.maxOutput = 64 * 1024;
    spec.ownSession = true;
    auto running = m_processes.run(std::move(spec));
    auto output = co_await running;
    if (!output)
        co_return std::unexpected(failure(codes::GitHub::ghFailed, output.error().name()));
    if (output->exitCode != 0) // its words are about the login; no token is in them
        co_return fail(codes::GitHub::ghNotSignedIn, QString::fromUtf8(output->error.trimmed()).section(u'\n', 0, 0));
    co_return output->output.trimmed();
}

Async<Result<QByteArray>> GhProgram::token(QString host)
{
    auto asking = ask({ u"auth"_s, u"token"_s, u"--hostname"_s, host });
    auto said = co_await asking;
    if (!said)
        co_return std::unexpected(said.error());
    auto token = oauth::checkedToken(QString::fromUtf8(*said));
    if (!token)
        co_return fail(codes::GitHub::ghFailed, u"what it said is no token"_s);
    co_return *token;
}

Async<Result<QString>> GhProgram::login(QString host)
{
    auto having = token(host);
    if (auto had = co_await having; !had)
        co_return std::unexpected(had.error());
    auto asking = ask({ u"config"_s, u"get"_s, u"--host"_s, host, u"user"_s });
    auto said = co_await asking;
    co_return said ? QString::fromUtf8(*said).left(100) : QString();
}

} // namespace foundry
