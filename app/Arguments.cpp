#include "Arguments.h"

#include <QCommandLineParser>
#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>

namespace foundry {

namespace {

QString configFolder()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) + QStringLiteral("/foundry");
}

QString stateFolder()
{
    const QString given = qEnvironmentVariable("XDG_STATE_HOME");
    return (given.isEmpty() ? QDir::homePath() + QStringLiteral("/.local/state") : given) + QStringLiteral("/foundry");
}

} // namespace

std::expected<Arguments, Arguments::Print> Arguments::read(const QStringList &arguments)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(
        QStringLiteral("Give work to coding agents: each task gets its own branch and its own sandbox."));
    const QCommandLineOption data(QStringLiteral("data-dir"),
                                  QStringLiteral("Keep stores, configuration, logs and caches under <dir>."),
                                  QStringLiteral("dir"));
    const QCommandLineOption open(QStringLiteral("open"), QStringLiteral("Open the repository at <path>."),
                                  QStringLiteral("path"));
    const QCommandLineOption demo(QStringLiteral("demo"),
                                  QStringLiteral("Do the main job once on a throw-away repository."));
    const QCommandLineOption headless(QStringLiteral("headless"),
                                      QStringLiteral("With --demo: without a display; one line for each step."));
    const QCommandLineOption shots(QStringLiteral("screenshots"),
                                   QStringLiteral("With --demo: write pictures of the main states to <dir>."),
                                   QStringLiteral("dir"));
    const QCommandLineOption keep(QStringLiteral("keep"),
                                  QStringLiteral("With --demo: leave repositories and data, and print where."));
    const QCommandLineOption theme(QStringLiteral("theme"), QStringLiteral("light or dark, for this run."),
                                   QStringLiteral("name"));
    const QCommandLineOption help({ QStringLiteral("h"), QStringLiteral("help") }, QStringLiteral("Show this."));
    const QCommandLineOption version({ QStringLiteral("v"), QStringLiteral("version") },
                                     QStringLiteral("Show the version."));
    parser.addOptions({ data, open, demo, headless, shots, keep, theme, help, version });
    if (!parser.parse(arguments))
        return std::unexpected(
            Print { QStringLiteral("foundry: ") + parser.errorText() + QStringLiteral(". See foundry --help.\n"), 2 });
    if (parser.isSet(help))
        return std::unexpected(
            Print { parser.helpText().replace(QLatin1String("<executable_name>"), QLatin1String("foundry")), 0 });
    if (parser.isSet(version))
        return std::unexpected(Print { QStringLiteral("foundry " FOUNDRY_VERSION "\n"), 0 });
    if (!parser.positionalArguments().isEmpty())
        return std::unexpected(Print { QStringLiteral("foundry: %1? To open a repository: foundry --open PATH\n")
                                           .arg(parser.positionalArguments().constFirst()),
                                       2 });
    if ((parser.isSet(headless) || parser.isSet(keep) || parser.isSet(shots)) && !parser.isSet(demo))
        return std::unexpected(
            Print { QStringLiteral("foundry: --headless, --screenshots and --keep go with --demo.\n"), 2 });

    Arguments read;
    read.demonstration = parser.isSet(demo);
    read.headless = parser.isSet(headless);
    read.keep = parser.isSet(keep);
    read.theme = parser.value(theme);
    read.screenshots = parser.value(shots);
    read.open = parser.isSet(open) ? QFileInfo(parser.value(open)).absoluteFilePath() : QString();
    read.dataFolderGiven = parser.isSet(data);
    if (read.dataFolderGiven) {
        read.dataFolder = QFileInfo(parser.value(data)).absoluteFilePath();
        read.configuration = read.dataFolder + QStringLiteral("/config.toml");
        read.logFolder = read.dataFolder + QStringLiteral("/logs");
    } else {
        read.dataFolder
            = QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + QStringLiteral("/foundry");
        read.configuration = configFolder() + QStringLiteral("/config.toml");
        read.logFolder = stateFolder();
    }
    return read;
}

} // namespace foundry
