// What a repository says about itself in .foundry/config.toml:
//
//     run = "npm start"                     # its own command, for "Run"
//     carry = [".env", "node_modules"]      # files and build folders of the person's clone, ignored by git, that tasks
//                                           # need; folders copy-on-write, or not where the file system cannot
//
//     [setup]
//     script = "npm ci"                     # runs in each new sandbox before the agent
//     minutes = 20                          # at most; 1 to 120
//
//     [network]
//     registries = ["npm"]                  # names of RegistryData.h
//     hosts = ["api.example.org"]
//
// It is read from the base branch's commit, never from a tree that an agent writes, and nothing of it is done before
// the person has agreed to this very text (its hash). Pure.
#pragma once

#include "Json.h"

namespace foundry {

struct ProjectConfig {
    static constexpr auto path = ".foundry/config.toml";
    static constexpr qint64 maxFile = 16 * 1024; // bytes
    static constexpr qsizetype maxCarried = 50; // files
    static constexpr qsizetype maxHosts = 50;

    QString text; // as it is written; empty: there is none
    QString hash; // SHA-256 of the text, hexadecimal
    QString setUp; // a script for /bin/sh; empty: none
    int setUpMinutes = 20;
    QStringList carry; // relative, clean
    QStringList registries;
    QStringList hosts;
    QString run;

    bool isEmpty() const { return text.isEmpty(); }
    bool operator==(const ProjectConfig &) const = default;

    // Unknown keys are passed by, so that newer files stay readable. Failures: Repository::badConfig with
    // "LINE: what"; such a text counts as nothing.
    static Result<ProjectConfig> parse(const QByteArray &text);
};
FOUNDRY_JSON(ProjectConfig, text, hash, setUp, setUpMinutes, carry, registries, hosts, run)

} // namespace foundry
