// What the engine is told at its start. Everything it knows of the outside comes through here.
#pragma once

#include <QMap>
#include <QString>

#include <chrono>

namespace foundry {

struct EngineSettings {
    QString dataFolder; // stores, repositories, sandboxes; absolute
    QString configuration; // config.toml; need not exist
    QMap<QString, QString> environment; // the person's, as the program was started with
    QString demonstrationAgent; // absolute path of the bundled program
    QString sandboxEntry; // absolute path of foundry-entry
    QString renewProgram; // absolute path of foundry-renew
    QString keeper; // absolute path of foundry-keeper
    QString githubClientId; // built in, for github.com; empty: none
    std::chrono::milliseconds keeperAlone = std::chrono::hours(24); // an agent's longest time without Foundry
};

} // namespace foundry
