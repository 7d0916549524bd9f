#include "ShellReader.h"

#include <QFileInfo>
#include <QUuid>

namespace foundry {

namespace shell {

namespace {

// Of the run itself, not of the person.
bool isOfTheRun(const QString &name)
{
    for (const auto own : { u"_", u"SHLVL", u"PWD", u"OLDPWD", u"TERM", u"COLUMNS", u"LINES" }) {
        if (name == QStringView(own))
            return true;
    }
    return name == ShellReader::markVariable;
}

} // namespace

QStringList arguments(const QString &program, const QString &line)
{
    const QString name = QFileInfo(program).fileName();
    if (name == u"csh" || name == u"tcsh") // there -l may only stand alone
        return { u"-ic"_s, line };
    return { u"-i"_s, u"-l"_s, u"-c"_s, line };
}

Result<QMap<QString, QString>> variablesBetween(const QByteArray &output, const QByteArray &mark)
{
    const QByteArray first = mark + '\n';
    const qsizetype begin = output.indexOf(first);
    const qsizetype end = output.lastIndexOf(mark);
    if (begin < 0 || end < begin + first.size())
        return fail(codes::Process::failed, u"it ended before it told its variables"_s);
    const QByteArrayView told = QByteArrayView(output).sliced(begin + first.size(), end - begin - first.size());
    QMap<QString, QString> variables;
    qsizetype at = 0;
    while (at < told.size()) {
        const qsizetype zero = told.indexOf('\0', at);
        if (zero < 0)
            break;
        const QByteArrayView pair = told.sliced(at, zero - at);
        at = zero + 1;
        const qsizetype equals = pair.indexOf('=');
        if (equals < 1 || pair.first(equals).endsWith("%%")) // exported functions of bash
            continue;
        variables.insert(QString::fromUtf8(pair.first(equals)), QString::fromUtf8(pair.sliced(equals + 1)));
        if (variables.size() > ShellReader::maxVariables)
            return fail(codes::Process::tooMuchOutput, u"more than %1 variables"_s.arg(ShellReader::maxVariables));
    }
    return variables;
}

QMap<QString, QString> joined(const QMap<QString, QString> &start, const QMap<QString, QString> &shells)
{
    QMap<QString, QString> result = start;
    for (auto it = shells.cbegin(); it != shells.cend(); ++it) {
        if (!isOfTheRun(it.key()))
            result.insert(it.key(), it.value());
    }
    QStringList path = shells.value(u"PATH"_s).split(u':', Qt::SkipEmptyParts);
    path += start.value(u"PATH"_s).split(u':', Qt::SkipEmptyParts);
    path.removeDuplicates();
    if (!path.isEmpty())
        result.insert(u"PATH"_s, path.join(u':'));
    return result;
}

} // namespace shell

Async<ShellReading> ShellReader::read()
{
    ShellReading reading;
    reading.environment = m_start;
    reading.program = m_start.value(u"SHELL"_s);
    if (reading.program.isEmpty())
        co_return reading;
    const QString word = QUuid::createUuid().toString(QUuid::Id128);
    ProcessSpec spec;
    spec.program = reading.program;
    // In two parts, so that a shell which shows the line it runs does not show the mark.
    const QString mark = u"echo foundry''"_s + word;
    spec.arguments = shell::arguments(reading.program, mark + u"; /usr/bin/env -0; "_s + mark);
    spec.environment = m_start;
    spec.environment.insert(markVariable, u"1"_s);
    spec.environment.insert(u"TERM"_s, u"dumb"_s);
    spec.workingDirectory = m_start.value(u"HOME"_s);
    if (!QFileInfo(spec.workingDirectory).isDir())
        spec.workingDirectory.clear();
    spec.timeOut = timeOut;
    spec.maxOutput = maxOutput;
    spec.hangUp = true;
    auto running = m_processes.run(std::move(spec));
    auto output = co_await running;
    if (!output) {
        reading.failure = output.error();
        co_return reading;
    }
    auto variables = shell::variablesBetween(output->output, "foundry" + word.toUtf8());
    if (!variables) {
        const QString words = QString::fromUtf8(output->error.right(300)).trimmed();
        reading.failure = words.isEmpty()
            ? variables.error()
            : failure(codes::Process::failed, u"%1: %2"_s.arg(variables.error().detail, words));
        co_return reading;
    }
    reading.environment = shell::joined(m_start, *variables);
    reading.added = int(reading.environment.size() - m_start.size());
    co_return reading;
}

} // namespace foundry
