// What the program was asked on its command line, and the folders that follow from it.
#pragma once

#include <QString>
#include <QStringList>

#include <expected>

namespace foundry {

struct Arguments {
    QString dataFolder; // absolute
    QString configuration; // config.toml
    QString logFolder;
    QString open; // a repository
    QString screenshots; // folder; empty: none
    bool demonstration = false;
    bool headless = false;
    bool keep = false;
    bool dataFolderGiven = false;
    QString theme; // empty: the person's

    // Answers the text to print and the exit code where there is nothing to start (--help, --version, errors).
    struct Print {
        QString text;
        int exitCode = 0;
    };
    static std::expected<Arguments, Print> read(const QStringList &arguments);
};

} // namespace foundry
