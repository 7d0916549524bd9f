#include "Browser.h"

namespace foundry {

QMap<QString, QString> withoutOurs(QMap<QString, QString> environment)
{
    environment.removeIf([](auto each) { return each.key().startsWith(u"FOUNDRY_GITHUB_"); });
    return environment;
}

std::vector<QStringList> browserCommands(const QString &variable, const QUrl &url)
{
    const QString address = QString::fromLatin1(url.toEncoded());
    std::vector<QStringList> commands;
    for (const QString &each : variable.split(u':', Qt::SkipEmptyParts)) {
        QStringList words = each.split(u' ', Qt::SkipEmptyParts);
        if (words.isEmpty())
            continue;
        const QStringList before = words;
        words.replaceInStrings(u"%s"_s, address);
        if (words == before)
            words.append(address);
        commands.push_back(words);
    }
    return commands;
}

DesktopBrowser::DesktopBrowser(ProcessRunner &processes, QMap<QString, QString> environment)
    : m_processes(processes)
    , m_environment(withoutOurs(std::move(environment)))
{
}

Async<Result<>> DesktopBrowser::open(QUrl url)
{
    std::vector<QStringList> commands = browserCommands(m_environment.value(u"BROWSER"_s), url);
    commands.push_back({ u"xdg-open"_s, QString::fromLatin1(url.toEncoded()) });
    QString said = u"there is neither $BROWSER nor xdg-open"_s;
    for (const QStringList &command : commands) {
        const QString program = command.front().startsWith(u'/')
            ? command.front()
            : ProcessRunner::find(command.front(), m_environment.value(u"PATH"_s));
        if (program.isEmpty())
            continue;
        ProcessSpec spec;
        // A shell that becomes it, so that nothing it prints is kept and no pipe ends with Foundry.
        spec.program = u"/bin/sh"_s;
        spec.arguments = QStringList { u"-c"_s, u"exec \"$0\" \"$@\" </dev/null >/dev/null 2>&1"_s, program };
        spec.arguments += command.mid(1);
        spec.environment = m_environment;
        spec.workingDirectory = m_environment.value(u"HOME"_s);
        spec.ownSession = true;
        spec.outlives = true;
        spec.timeOut = patience;
        auto running = m_processes.run(std::move(spec));
        auto ended = co_await running;
        if (ended ? ended->exitCode == 0 : ended.error().is(codes::Process::timedOut))
            co_return Result<>();
        said = command.front().section(u'/', -1)
            + (ended ? u" ended with %1"_s.arg(ended->exitCode) : u" did not start"_s);
    }
    co_return fail(codes::GitHub::noBrowser, said);
}

} // namespace foundry
