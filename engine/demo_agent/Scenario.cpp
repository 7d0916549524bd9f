#include "Scenario.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QMap>

namespace foundry::demo {

using namespace Qt::StringLiterals;

namespace {

constexpr int maxListed = 500; // files looked at
constexpr qsizetype maxShown = 70; // characters of the prompt's first line

const QString &checkScript()
{
    static const QString script = uR"sh(#!/bin/sh
# Looks for what nobody wants to commit: marks of an unresolved merge, and files without a last line break.
set -eu
cd "$(dirname "$0")/.."
status=0
count=0
while IFS= read -r file; do
    grep -Iq . "$file" || continue # empty or binary
    count=$((count + 1))
    if grep -n '^<<<<<<< ' "$file"; then
        echo "$file: an unresolved merge"
        status=1
    fi
    if [ -n "$(tail -c 1 "$file")" ]; then
        echo "$file: no line break at its end"
    fi
done <<END
$(find . -path ./.git -prune -o -type f -size -200k -print | sort)
END
echo "checked $count text files"
exit $status
)sh"_s;
    return script;
}

struct Look {
    int files = 0;
    QString readme;
    QString mostly; // the commonest ending
    bool hasCheck = false;
};

Look lookAround(const QString &folder)
{
    Look look;
    QMap<QString, int> endings;
    QDirIterator files(folder, QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext() && look.files < maxListed) {
        const QString path = QDir(folder).relativeFilePath(files.next());
        ++look.files;
        if (path.compare(u"README.md", Qt::CaseInsensitive) == 0
            || (look.readme.isEmpty() && path.startsWith(u"README") && !path.contains(u'/')))
            look.readme = path;
        if (const QString ending = files.fileInfo().suffix(); !ending.isEmpty())
            ++endings[ending];
    }
    int most = 0;
    for (auto it = endings.cbegin(); it != endings.cend(); ++it) {
        if (it.value() > most) {
            most = it.value();
            look.mostly = it.key();
        }
    }
    look.hasCheck = QFile::exists(folder + u"/scripts/check.sh"_s);
    return look;
}

QString firstLine(const QString &prompt)
{
    const QString line = prompt.trimmed().section(u'\n', 0, 0).simplified();
    return line.size() > maxShown ? line.left(maxShown - 1) + u'\u2026' : line;
}

void report(std::vector<Step> &steps, const QStringList &changed)
{
    QString list;
    for (const QString &line : changed)
        list += u"- "_s + line + u'\n';
    steps.push_back(
        { Verb::say,
          {},
          u"Done. What changed:\n\n%1\nRun the check yourself at any time:\n\n```sh\nsh scripts/check.sh\n```\n"_s.arg(
              list),
          {} });
    steps.push_back(
        { Verb::say,
          {},
          u"*I am the demonstration agent: I have no model, and play a script. The files and the command were real.*"_s,
          {} });
}

void addCheck(std::vector<Step> &steps, const Look &look)
{
    steps.push_back(
        { Verb::say,
          {},
          u"There is no check yet that everyone can run. I add a small one, and say in the README how to use it."_s,
          {} });
    steps.push_back({ Verb::next, {}, {}, {} });
    steps.push_back({ Verb::write, u"scripts/check.sh"_s, checkScript(), {} });
    const QString section = u"\n## Checks\n\nRun `sh scripts/check.sh` before you commit."_s;
    if (look.readme.isEmpty())
        steps.push_back({ Verb::write, u"README.md"_s, u"# About"_s + u'\n' + section + u'\n', {} });
    else
        steps.push_back({ Verb::append, look.readme, section, {} });
}

} // namespace

std::vector<Step> scenario(const QString &folder, const QString &prompt)
{
    const Look look = lookAround(folder);
    const QString wish = firstLine(prompt);
    const QString kind = look.mostly.isEmpty() ? u"no common kind"_s : u"mostly *.%1*"_s.arg(look.mostly);
    std::vector<Step> steps;
    steps.push_back(
        { Verb::think,
          {},
          u"The wish is: \u201c%1\u201d. First I look at what is here, then I make one small change and prove it."_s
              .arg(wish),
          {} });
    steps.push_back({ Verb::plan, {}, u"Look at the repository; Make the change; Run the check; Report"_s, {} });
    steps.push_back({ Verb::say, {}, u"I look around first: %1 files, %2."_s.arg(look.files).arg(kind), {} });
    if (!look.readme.isEmpty())
        steps.push_back({ Verb::read, look.readme, {}, {} });
    steps.push_back({ Verb::usage, {}, u"1800 32000"_s, {} });
    QStringList changed;
    if (look.hasCheck) {
        steps.push_back({ Verb::say, {}, u"The check is there already. I note the wish in `CHANGES.md`."_s, {} });
        steps.push_back({ Verb::next, {}, {}, {} });
        steps.push_back({ Verb::append, u"CHANGES.md"_s, u"- "_s + wish, {} });
        changed << u"`CHANGES.md`: a line for this wish"_s;
    } else {
        addCheck(steps, look);
        changed << u"`scripts/check.sh`: finds unresolved merges and missing line breaks"_s
                << u"`%1`: how to run it"_s.arg(look.readme.isEmpty() ? u"README.md"_s : look.readme);
    }
    steps.push_back({ Verb::next, {}, {}, {} });
    steps.push_back({ Verb::run, {}, u"sh scripts/check.sh"_s, {} });
    steps.push_back({ Verb::usage, {}, u"2600 32000"_s, {} });
    steps.push_back({ Verb::next, {}, {}, {} });
    report(steps, changed);
    steps.push_back({ Verb::next, {}, {}, {} });
    return steps;
}

} // namespace foundry::demo
