// Arguments, logging, start.
#include "Arguments.h"
#include "EndSignals.h"
#include "Log.h"
#include "Process.h"
#include "Program.h"

#include <QApplication>
#include <QQuickStyle>
#include <QTemporaryDir>

#include <cstdio>
#include <cstdlib>
#include <optional>

#include <sys/resource.h>

namespace {

// Each awake actor has three descriptors open; children get the old limit back.
void raiseFileLimit()
{
    foundry::rememberFileLimit();
    rlimit limit {};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

QStringList textOf(int argc, char **argv)
{
    QStringList list;
    for (int i = 0; i < argc; ++i)
        list.append(QString::fromLocal8Bit(argv[i]));
    return list;
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication::setApplicationName(QStringLiteral("foundry"));
    QCoreApplication::setApplicationVersion(QStringLiteral(FOUNDRY_VERSION));
    auto arguments = foundry::Arguments::read(textOf(argc, argv));
    if (!arguments) {
        std::fputs(qPrintable(arguments.error().text), arguments.error().exitCode == 0 ? stdout : stderr);
        return arguments.error().exitCode;
    }
    if (arguments->headless)
        qputenv("QT_QPA_PLATFORM", "offscreen");
    raiseFileLimit();
    QQuickStyle::setStyle(QStringLiteral("Basic"));
    QApplication app(argc, argv);
    QApplication::setQuitOnLastWindowClosed(false);
    QGuiApplication::setDesktopFileName(QStringLiteral("foundry"));

    // A demonstration leaves nothing behind unless it is told where to keep its data.
    std::optional<QTemporaryDir> throwAway;
    if (arguments->demonstration && !arguments->dataFolderGiven) {
        throwAway.emplace();
        throwAway->setAutoRemove(!arguments->keep);
        arguments->dataFolder = throwAway->path();
        arguments->configuration = throwAway->path() + QStringLiteral("/config.toml");
        arguments->logFolder = throwAway->path() + QStringLiteral("/logs");
    }
    foundry::startLog(arguments->logFolder);

    // Not destroyed: Qt 6.4 crashes where it takes apart a list of buttons that is not in sight. When the engine has
    // stopped everything is on disk, and the system takes back the rest.
    auto *program = new foundry::Program(std::move(*arguments));
    const foundry::EndSignals endSignals;
    const auto ended = program->start();
    const int code = ended ? *ended : QApplication::exec();
    program->end();
    throwAway.reset();
    std::fflush(nullptr);
    std::_Exit(code);
}
