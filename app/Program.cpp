#include "Program.h"

#include "Workbench.h"

#include <QApplication>
#include <QDateTime>
#include <QDir>
#include <QIcon>
#include <QMenu>
#include <QProcessEnvironment>
#include <QQuickWindow>
#include <QSystemTrayIcon>

#include <cstdio>

#include <pwd.h>
#include <unistd.h>

namespace foundry {

namespace {

constexpr int lookMs = 1500; // how long a person sees a question in the demonstration
constexpr int settleMs = 400; // before a picture: the last frame of what has just happened

// Programs that belong to this one: beside it, in its libexec folder, or where a build leaves them.
QString companion(const QString &name)
{
    const QString here = QCoreApplication::applicationDirPath();
    for (const char *place : { "/", "/../lib/foundry/", "/../libexec/foundry/", "/../libexec/",
                               "/../engine/demo_agent/", "/../engine/sandboxes/", "/../engine/sandboxes/helpers/" }) {
        const QString path = QDir::cleanPath(here + QLatin1String(place) + name);
        if (QFileInfo(path).isExecutable())
            return path;
    }
    return {};
}

EngineSettings settingsFor(const Arguments &arguments)
{
    EngineSettings settings;
    settings.dataFolder = arguments.dataFolder;
    settings.configuration = arguments.configuration;
    const QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const QString &name : environment.keys())
        settings.environment.insert(name, environment.value(name));
    if (const passwd *account = getpwuid(getuid()); account && account->pw_shell && *account->pw_shell) {
        if (!settings.environment.contains(u"SHELL"_s))
            settings.environment.insert(u"SHELL"_s, QString::fromLocal8Bit(account->pw_shell));
    }
    settings.demonstrationAgent = companion(QStringLiteral("foundry-demo-agent"));
    settings.sandboxEntry = companion(QStringLiteral("foundry-entry"));
    settings.renewProgram = companion(QStringLiteral("foundry-renew"));
    settings.githubClientId = QStringLiteral(FOUNDRY_GITHUB_CLIENT_ID);
    settings.keeper = companion(QStringLiteral("foundry-keeper"));
    return settings;
}

void say(const QString &line)
{
    std::fputs(qPrintable(line + QLatin1Char('\n')), stdout);
    std::fflush(stdout);
}

} // namespace

Program::Program(Arguments arguments)
    : m_arguments(std::move(arguments))
    , m_single(m_arguments.dataFolder)
    , m_engine(settingsFor(m_arguments))
    , m_bridge(m_engine, m_link)
    , m_workbench(std::make_unique<Workbench>(&m_link, [] { return QDateTime::currentMSecsSinceEpoch(); }))
{
    connect(&m_single, &SingleInstance::showRequested, this, [this](const QString &path) {
        showWindow();
        if (!path.isEmpty())
            m_workbench->openRepository(path);
    });
    connect(m_workbench.get(), &Workbench::backgroundRequested, this, &Program::hideWindow);
    connect(m_workbench.get(), &Workbench::quitConfirmed, qApp, &QCoreApplication::quit);
    connect(m_workbench.get(), &Workbench::demonstrationRequested, this, [this] {
        if (!m_demonstration)
            demonstrate(m_arguments.dataFolder + QStringLiteral("/demonstration/")
                        + QString::number(QDateTime::currentSecsSinceEpoch()));
    });
    connect(m_workbench.get(), &Workbench::attentionWanted, this,
            [this](const QString &, const QString &title, const QString &why) {
                if (m_tray && m_tray->isVisible())
                    m_tray->showMessage(title, why, QIcon::fromTheme(QStringLiteral("foundry")));
                if (QQuickWindow *shown = window())
                    shown->alert(0);
            });
}

Program::~Program() = default;

void Program::end()
{
    if (QQuickWindow *shown = window())
        shown->hide();
    m_tray.reset();
    m_demonstration.reset();
    m_engine.stop();
    m_throwAway.reset();
    m_single.close();
}

std::optional<int> Program::start()
{
    if (m_single.handOver(m_arguments.open)) {
        say(QStringLiteral("Foundry runs already with this data folder; its window was brought to the front."));
        return 0;
    }
    m_single.listen();
    m_engine.start();
    m_qml.addImportPath(QStringLiteral("qrc:/qt/qml"));
    m_qml.setInitialProperties({ { QStringLiteral("workbench"), QVariant::fromValue(m_workbench.get()) } });
    m_qml.load(QUrl(QStringLiteral("qrc:/qt/qml/Foundry/Shell/Main.qml")));
    if (m_qml.rootObjects().isEmpty()) {
        std::fputs("foundry: the window could not be loaded; see the log.\n", stderr);
        return 1;
    }
    connect(&m_link, &EngineLink::received, this, [this](const Event &event) {
        if (!std::holds_alternative<event::EngineReady>(event))
            return;
        if (!m_arguments.theme.isEmpty())
            m_workbench->setTheme(m_arguments.theme);
        if (!m_arguments.open.isEmpty())
            m_workbench->openRepository(m_arguments.open);
        if (m_arguments.demonstration)
            demonstrate(demonstrationFolder());
    });
    measureStart();
    return std::nullopt;
}

QQuickWindow *Program::window() const
{
    return m_qml.rootObjects().isEmpty() ? nullptr : qobject_cast<QQuickWindow *>(m_qml.rootObjects().constFirst());
}

// For tests/bench: the time of the first frame that shows the person's tasks.
void Program::measureStart()
{
    if (!qEnvironmentVariableIsSet("FOUNDRY_REPORT_START"))
        return;
    connect(
        window(), &QQuickWindow::frameSwapped, this,
        [this] {
            static bool told = false;
            if (told || m_workbench->phase() == Workbench::Phase::Starting)
                return;
            told = true;
            say(QStringLiteral("usable %1").arg(QDateTime::currentMSecsSinceEpoch()));
        },
        Qt::QueuedConnection);
}

void Program::showWindow()
{
    if (QQuickWindow *shown = window()) {
        shown->show();
        shown->raise();
        shown->requestActivate();
    }
    if (m_tray)
        m_tray->hide();
}

void Program::hideWindow()
{
    if (QQuickWindow *shown = window())
        shown->hide();
    if (!QSystemTrayIcon::isSystemTrayAvailable())
        return; // the next start brings the window back
    if (!m_tray) {
        m_tray = std::make_unique<QSystemTrayIcon>(
            QIcon::fromTheme(QStringLiteral("foundry"), QIcon(QStringLiteral(":/foundry.svg"))));
        m_tray->setToolTip(QStringLiteral("Foundry works in the background"));
        auto *menu = new QMenu;
        connect(m_tray.get(), &QObject::destroyed, menu, &QObject::deleteLater);
        menu->addAction(QStringLiteral("Show Foundry"), this, &Program::showWindow);
        menu->addAction(QStringLiteral("Quit…"), this, [this] {
            showWindow();
            m_workbench->requestQuit();
        });
        m_tray->setContextMenu(menu);
        connect(m_tray.get(), &QSystemTrayIcon::activated, this, &Program::showWindow);
    }
    m_tray->show();
}

// ---- the demonstration -----------------------------------------------------------------------------

QString Program::demonstrationFolder()
{
    m_throwAway.emplace();
    m_throwAway->setAutoRemove(!m_arguments.keep);
    return m_throwAway->path();
}

void Program::demonstrate(const QString &folder)
{
    Demonstration::Pace pace;
    if (!m_arguments.headless)
        pace = { lookMs, lookMs };
    else if (!m_arguments.screenshots.isEmpty())
        pace = { 2 * settleMs, 2 * settleMs };
    m_demonstration = std::make_unique<Demonstration>(m_link, folder, pace);
    connect(m_demonstration.get(), &Demonstration::stageDone, this, &Program::reportStage);
    connect(m_demonstration.get(), &Demonstration::taskCreated, m_workbench.get(), &Workbench::selectTask);
    connect(m_demonstration.get(), &Demonstration::finished, this, &Program::demonstrationEnded);
    shoot(QStringLiteral("first-start"));
    m_demonstration->start();
}

void Program::reportStage(const QString &stage, qint64 tookMs)
{
    if (m_arguments.headless)
        say(QStringLiteral("%1 s  %2").arg(double(tookMs) / 1000, 7, 'f', 3).arg(stage));
    if (m_arguments.screenshots.isEmpty())
        return;
    const QString name = stage.section(QLatin1Char(':'), 0, 0)
                             .left(32)
                             .replace(QLatin1Char(' '), QLatin1Char('-'))
                             .remove(QLatin1Char('/'));
    QTimer::singleShot(settleMs, this, [this, name] { shoot(name); });
}

void Program::shoot(const QString &name)
{
    if (m_arguments.screenshots.isEmpty() || !window())
        return;
    QDir().mkpath(m_arguments.screenshots);
    const QString file
        = QStringLiteral("%1/%2-%3.png").arg(m_arguments.screenshots).arg(++m_shots, 2, 10, QLatin1Char('0')).arg(name);
    if (!window()->grabWindow().save(file))
        std::fprintf(stderr, "foundry: %s cannot be written\n", qPrintable(file));
}

void Program::demonstrationEnded(const QString &failure)
{
    if (!failure.isEmpty())
        qWarning("demonstration: %s", qPrintable(failure));
    if (m_arguments.keep && m_throwAway)
        say(QStringLiteral("repository %1\nremote     %2\ndata       %3")
                .arg(m_demonstration->repository().clone(), m_demonstration->repository().remote(),
                     m_arguments.dataFolder));
    if (!m_arguments.headless) {
        m_demonstration.release()->deleteLater();
        return;
    }
    say(failure.isEmpty() ? QStringLiteral("The pushed branch holds the commit.")
                          : QStringLiteral("Failed: ") + failure);
    const int code = failure.isEmpty() ? 0 : 1;
    QTimer::singleShot(m_arguments.screenshots.isEmpty() ? 0 : 2 * settleMs, qApp,
                       [code] { QCoreApplication::exit(code); });
}

} // namespace foundry
