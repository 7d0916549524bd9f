// The GitHub hosts that a person may sign in to: config.toml and FOUNDRY_GITHUB_* of the environment, over what was
// built in. Pure apart from reading the file.
//
//     [github]                      # or [[github]], once for each host
//     host = "github.example.com"   # default "github.com"
//     api = "https://…"             # default: as GitHub (Enterprise) has it
//     graphql = "https://…"
//     client_id = "Iv23…"
//     client_secret = "…"
#pragma once

#include <foundry/Failure.h>

#include <QMap>
#include <QUrl>

namespace foundry {

// No address ends with a slash.
struct GitHubHost {
    QString host; // "github.com"
    QUrl web; // "https://github.com"
    QUrl api;
    QUrl graphql;
    QString clientId; // empty: neither browser nor device
    QByteArray clientSecret; // never shown
};

struct GitHubHosts {
    static constexpr int maxHosts = 20;
    static constexpr qint64 maxConfigFile = 1024 * 1024; // bytes

    std::vector<GitHubHost> hosts; // at least one
    std::vector<Failure> troubles; // GitHub::configuration, each with its line

    const GitHubHost *find(const QString &host) const; // empty: the first; null: not there
};

// The environment's are for the first host. `builtInClientId` is for github.com only.
GitHubHosts readGitHubHosts(const QString &configFile, const QMap<QString, QString> &environment,
                            const QString &builtInClientId);

// https, or http to a loopback address: a token in clear text is for nobody else to read.
bool isSafeForTokens(const QUrl &url);

} // namespace foundry
