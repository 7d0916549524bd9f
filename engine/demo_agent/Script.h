// The demonstration agent's script: lines of a prompt as steps. Pure. The format is in README.md.
#pragma once

#include <QString>
#include <QStringList>

#include <vector>

namespace foundry::demo {

enum class Verb {
    say,
    think,
    plan,
    next,
    read,
    write,
    append,
    edit,
    remove,
    run,
    ask,
    wait,
    usage,
    title,
    stop,
    fail,
    exit
};

struct Step {
    Verb verb = Verb::say;
    QString path; // with read, write, append, edit, remove
    QString text; // what follows the colon; with edit: the old text
    QString replacement; // with edit
    bool operator==(const Step &) const = default;
};

// Empty: the prompt holds no script.
std::vector<Step> parseScript(const QString &prompt);
QString scriptHelp();

} // namespace foundry::demo
