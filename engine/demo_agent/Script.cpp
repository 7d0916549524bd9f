#include "Script.h"

#include <QHash>
#include <QRegularExpression>

#include <optional>

namespace foundry::demo {

using namespace Qt::StringLiterals;

namespace {

const QHash<QString, Verb> &verbs()
{
    static const QHash<QString, Verb> known {
        { u"say"_s, Verb::say },       { u"think"_s, Verb::think }, { u"plan"_s, Verb::plan },
        { u"next"_s, Verb::next },     { u"read"_s, Verb::read },   { u"write"_s, Verb::write },
        { u"append"_s, Verb::append }, { u"edit"_s, Verb::edit },   { u"delete"_s, Verb::remove },
        { u"run"_s, Verb::run },       { u"ask"_s, Verb::ask },     { u"wait"_s, Verb::wait },
        { u"usage"_s, Verb::usage },   { u"title"_s, Verb::title }, { u"stop"_s, Verb::stop },
        { u"fail"_s, Verb::fail },     { u"exit"_s, Verb::exit },
    };
    return known;
}

bool takesPath(Verb verb)
{
    return verb == Verb::write || verb == Verb::append || verb == Verb::edit;
}

QString unescaped(QString text)
{
    return text.replace(u"\\n"_s, u"\n"_s).replace(u"\\t"_s, u"\t"_s);
}

// A script stands between the marks where there are any; else it is the whole prompt.
QStringList scriptLines(const QString &prompt)
{
    static const QRegularExpression fence(u"^```demo\\s*\\n(.*?)^```\\s*$"_s,
                                          QRegularExpression::MultilineOption
                                              | QRegularExpression::DotMatchesEverythingOption);
    const auto match = fence.match(prompt);
    return (match.hasMatch() ? match.captured(1) : prompt).split(u'\n');
}

std::optional<Step> parseLine(const QString &line)
{
    static const QRegularExpression shape(u"^\\s*([a-z]+)(?:[ \\t]+([^:]+?))?[ \\t]*:[ \\t]?(.*)$"_s);
    const QString bare = line.trimmed();
    if (bare == u"next" || bare == u"fail")
        return Step { verbs().value(bare), {}, {}, {} };
    const auto match = shape.match(line);
    if (!match.hasMatch() || !verbs().contains(match.captured(1)))
        return std::nullopt;
    Step step { verbs().value(match.captured(1)), match.captured(2), match.captured(3), {} };
    if (takesPath(step.verb) == step.path.isEmpty())
        return std::nullopt;
    if (step.verb == Verb::read || step.verb == Verb::remove)
        step.path = std::exchange(step.text, QString()).trimmed();
    if (step.verb == Verb::edit) {
        const qsizetype arrow = step.text.indexOf(u" => ");
        if (arrow < 0)
            return std::nullopt;
        step.replacement = unescaped(step.text.mid(arrow + 4));
        step.text.truncate(arrow);
    }
    if (step.verb != Verb::run)
        step.text = unescaped(step.text);
    return step;
}

} // namespace

std::vector<Step> parseScript(const QString &prompt)
{
    std::vector<Step> steps;
    const QStringList lines = scriptLines(prompt);
    for (qsizetype i = 0; i < lines.size(); ++i) {
        auto step = parseLine(lines.at(i));
        if (!step)
            continue;
        if (step->verb == Verb::write && step->text.startsWith(u"<<")) {
            const QString mark = step->text.mid(2).trimmed();
            step->text.clear();
            while (++i < lines.size() && lines.at(i).trimmed() != mark)
                step->text += lines.at(i) + u'\n';
        }
        steps.push_back(std::move(*step));
    }
    return steps;
}

QString scriptHelp()
{
    return uR"(I am a **demonstration**: I have no model and play a script. Each line of a prompt is a step:

```
say: TEXT            think: TEXT           plan: A; B; C
next                 read: PATH            write PATH: TEXT
append PATH: TEXT    edit PATH: OLD => NEW delete: PATH
run: COMMAND         ask: QUESTION         wait: MS
usage: USED SIZE     title: TEXT           stop: REASON
fail: TEXT           exit: CODE
```

Any other prompt plays a built-in scenario on this repository.)"_s;
}

} // namespace foundry::demo
