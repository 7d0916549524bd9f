// The composition root: builds the engine, then the window; stops them in reverse. GUI thread.
// Once started it is not destroyed, see main.cpp.
#pragma once

#include "Arguments.h"
#include "Demonstration.h"
#include "EngineBridge.h"
#include "EngineLink.h"
#include "EngineThread.h"
#include "SingleInstance.h"

#include <QObject>
#include <QQmlApplicationEngine>
#include <QTemporaryDir>

#include <memory>
#include <optional>

class QQuickWindow;
class QSystemTrayIcon;

namespace foundry {

class Workbench;

class Program : public QObject {
    Q_OBJECT

public:
    explicit Program(Arguments arguments);
    ~Program() override;

    // Answers the exit code where there is nothing to run (another program has shown itself); else runs.
    std::optional<int> start();
    // Work is stopped, what is on disk is whole, nothing is left behind but memory: the process may end.
    void end();

private:
    void showWindow();
    void hideWindow();
    void demonstrate(const QString &folder);
    void reportStage(const QString &stage, qint64 tookMs);
    void demonstrationEnded(const QString &failure);
    void shoot(const QString &name);
    void measureStart();
    QString demonstrationFolder();
    QQuickWindow *window() const;

    Arguments m_arguments;
    std::optional<QTemporaryDir> m_throwAway; // of a demonstration that keeps nothing
    SingleInstance m_single;
    EngineThread m_engine;
    EngineLink m_link;
    EngineBridge m_bridge;
    std::unique_ptr<Workbench> m_workbench;
    QQmlApplicationEngine m_qml;
    std::unique_ptr<Demonstration> m_demonstration;
    std::unique_ptr<QSystemTrayIcon> m_tray;
    int m_shots = 0;
};

} // namespace foundry
