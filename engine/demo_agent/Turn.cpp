#include "Turn.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>

#include <csignal>
#include <unistd.h>

namespace foundry::demo {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

std::chrono::milliseconds chunkPause(const QString &pace)
{
    if (pace == u"instant")
        return 0ms;
    return pace == u"reading" ? 60ms : 8ms;
}

std::chrono::milliseconds stepPause(const QString &pace)
{
    if (pace == u"instant")
        return 0ms;
    return pace == u"reading" ? 700ms : 60ms;
}

// As a model's words arrive: a few at a time.
QStringList chunks(const QString &text)
{
    constexpr qsizetype size = 14; // characters, then to the end of the word
    QStringList parts;
    for (qsizetype from = 0; from < text.size();) {
        qsizetype to = qMin(from + size, text.size());
        while (to < text.size() && !text.at(to - 1).isSpace())
            ++to;
        parts << text.mid(from, to - from);
        from = to;
    }
    return parts;
}

QJsonObject textContent(const QString &text)
{
    return { { u"type"_s, u"text"_s }, { u"text"_s, text } };
}

QJsonArray toolText(const QString &text)
{
    return { QJsonObject { { u"type"_s, u"content"_s }, { u"content"_s, textContent(text) } } };
}

} // namespace

Turn::Turn(Clock &clock, Wire &wire, DemoSession &session, std::vector<Step> steps, int number, Ask ask)
    : m_clock(clock)
    , m_wire(wire)
    , m_session(session)
    , m_steps(std::move(steps))
    , m_number(number)
    , m_ask(std::move(ask))
{
}

Turn::~Turn()
{
    m_playing.reset();
    killCommand();
}

void Turn::start(std::function<void(TurnEnd)> done)
{
    m_playing = play();
    m_playing.start(std::move(done));
}

void Turn::cancel()
{
    m_playing.reset();
    killCommand();
    if (!m_openTool.isEmpty())
        endTool({ { u"content"_s, toolText(m_output + u"\n(cancelled)"_s) } }, false);
}

// ---- steps --------------------------------------------------------------------------------------

Async<TurnEnd> Turn::play()
{
    for (const Step &step : m_steps) {
        if (std::exchange(m_skipNext, false))
            continue;
        auto playing = playStep(step);
        const bool goesOn = co_await playing;
        if (!goesOn)
            co_return m_end;
        const auto pause = stepPause(m_session.pace);
        if (pause > 0ms) {
            auto sleeping = m_clock.sleep(pause);
            co_await sleeping;
        }
    }
    co_return TurnEnd { u"end_turn"_s, {} };
}

Async<bool> Turn::playStep(Step step)
{
    const Verb before = std::exchange(m_before, step.verb);
    switch (step.verb) {
    case Verb::say:
    case Verb::think: {
        const bool same = before == step.verb;
        if (!same)
            ++m_messages;
        auto speaking = speak(step.verb == Verb::say ? u"agent_message_chunk"_s : u"agent_thought_chunk"_s,
                              same ? u"\n\n"_s + step.text : step.text);
        co_await speaking;
        break;
    }
    case Verb::plan:
        setPlan(step.text);
        break;
    case Verb::next:
        nextInPlan();
        break;
    case Verb::read:
        readFile(step);
        break;
    case Verb::write:
    case Verb::append:
    case Verb::edit:
    case Verb::remove:
        changeFile(step);
        break;
    case Verb::run: {
        auto running = runCommand(step.text);
        co_await running;
        break;
    }
    case Verb::ask: {
        const QJsonObject call = beginTool(step.text, u"other"_s, {});
        auto asking = askFor(step.text, call);
        const bool allowed = co_await asking;
        endTool({}, allowed);
        m_skipNext = !allowed;
        break;
    }
    case Verb::wait: {
        auto sleeping = m_clock.sleep(std::chrono::milliseconds(qBound(0, step.text.trimmed().toInt(), 3'600'000)));
        co_await sleeping;
        break;
    }
    case Verb::usage: {
        const QStringList numbers = step.text.simplified().split(u' ');
        tell({ { u"sessionUpdate"_s, u"usage_update"_s },
               { u"used"_s, qMax(0, numbers.value(0).toInt()) },
               { u"size"_s, qMax(0, numbers.value(1).toInt()) } },
             false);
        break;
    }
    case Verb::title:
        tell({ { u"sessionUpdate"_s, u"session_info_update"_s }, { u"title"_s, step.text } }, false);
        break;
    case Verb::stop:
        m_end = { step.text.trimmed(), {} };
        co_return false;
    case Verb::fail:
        m_end = { {}, step.text.isEmpty() ? u"The script says: fail"_s : step.text };
        co_return false;
    case Verb::exit:
        ::_exit(step.text.trimmed().toInt());
    }
    co_return true;
}

Async<bool> Turn::speak(QString kind, QString text)
{
    const QString message = u"m%1-%2"_s.arg(m_number).arg(m_messages);
    const QStringList parts = chunks(text);
    for (const QString &part : parts) {
        tell({ { u"sessionUpdate"_s, kind }, { u"messageId"_s, message }, { u"content"_s, textContent(part) } });
        const auto pause = chunkPause(m_session.pace);
        if (pause == 0ms)
            continue;
        auto sleeping = m_clock.sleep(pause);
        co_await sleeping;
    }
    co_return true;
}

// ---- plan ---------------------------------------------------------------------------------------

void Turn::setPlan(const QString &items)
{
    m_plan.clear();
    for (const QString &item : items.split(u';', Qt::SkipEmptyParts))
        m_plan << item.trimmed();
    m_planAt = 0;
    tellPlan();
}

void Turn::nextInPlan()
{
    if (m_plan.isEmpty())
        return;
    ++m_planAt;
    tellPlan();
}

void Turn::tellPlan()
{
    QJsonArray entries;
    for (int i = 0; i < m_plan.size(); ++i) {
        const QString status = i < m_planAt ? u"completed"_s : i == m_planAt ? u"in_progress"_s : u"pending"_s;
        entries.append(
            QJsonObject { { u"content"_s, m_plan.at(i) }, { u"priority"_s, u"medium"_s }, { u"status"_s, status } });
    }
    tell({ { u"sessionUpdate"_s, u"plan"_s }, { u"entries"_s, entries } });
}

// ---- tool calls ---------------------------------------------------------------------------------

void Turn::tell(QJsonObject update, bool remembered)
{
    m_wire.notify(u"session/update"_s, { { u"sessionId"_s, m_session.id }, { u"update"_s, update } });
    if (remembered)
        m_session.remember(update);
}

QJsonObject Turn::beginTool(const QString &title, const QString &kind, const QJsonObject &input, const QString &path)
{
    m_openTool = u"call-%1-%2"_s.arg(m_number).arg(++m_tools);
    m_output.clear();
    QJsonObject call { { u"toolCallId"_s, m_openTool },
                       { u"title"_s, title },
                       { u"kind"_s, kind },
                       { u"status"_s, u"pending"_s },
                       { u"rawInput"_s, input } };
    if (!path.isEmpty())
        call.insert(u"locations"_s, QJsonArray { QJsonObject { { u"path"_s, path } } });
    QJsonObject update = call;
    update.insert(u"sessionUpdate"_s, u"tool_call"_s);
    tell(update);
    return call;
}

void Turn::endTool(const QJsonObject &fields, bool ok)
{
    m_outputDue.cancel();
    QJsonObject update = fields;
    update.insert(u"sessionUpdate"_s, u"tool_call_update"_s);
    update.insert(u"toolCallId"_s, std::exchange(m_openTool, QString()));
    update.insert(u"status"_s, ok ? u"completed"_s : u"failed"_s);
    tell(update);
}

// Only what is really inside the working folder: a link that leads out is outside.
QString Turn::absolute(const QString &path, QString &problem) const
{
    const QString whole = QDir::cleanPath(path.startsWith(u'/') ? path : m_session.folder + u'/' + path);
    QString folder = QFileInfo(whole).path();
    while (!QFileInfo::exists(folder))
        folder = QFileInfo(folder).path();
    const QString real = QFileInfo(folder).canonicalFilePath() + u'/';
    const QString root = QFileInfo(m_session.folder).canonicalFilePath() + u'/';
    if (!real.startsWith(root) || QFileInfo(whole).isSymLink())
        problem = path + u" is outside the working folder"_s;
    return whole;
}

void Turn::readFile(const Step &step)
{
    QString problem;
    const QString path = absolute(step.path, problem);
    beginTool(u"Read %1"_s.arg(step.path), u"read"_s, { { u"path"_s, path } }, path);
    QFile file(path);
    if (problem.isEmpty() && !file.open(QIODevice::ReadOnly))
        problem = step.path + u": "_s + file.errorString();
    constexpr qint64 shown = 20'000;
    const QString text = problem.isEmpty() ? QString::fromUtf8(file.read(shown)) : problem;
    endTool({ { u"content"_s, toolText(text) } }, problem.isEmpty());
}

QString Turn::changed(const Step &step, const QString &old, bool exists, QString &problem) const
{
    QString text = step.text;
    if (step.verb == Verb::append) {
        const QString gap = old.isEmpty() || old.endsWith(u'\n') ? QString() : u"\n"_s;
        text = old + gap + step.text + u'\n';
    } else if (step.verb == Verb::edit) {
        const qsizetype at = old.indexOf(step.text);
        if (at < 0)
            problem = u"%1: \u201c%2\u201d is not there"_s.arg(step.path, step.text);
        text = QString(old).replace(qMax<qsizetype>(at, 0), at < 0 ? 0 : step.text.size(),
                                    at < 0 ? QString() : step.replacement);
    } else if (step.verb == Verb::write && !text.isEmpty() && !text.endsWith(u'\n')) {
        text += u'\n';
    } else if (step.verb == Verb::remove) {
        text.clear();
        if (!exists)
            problem = step.path + u" is not there"_s;
    }
    return text;
}

void Turn::changeFile(const Step &step)
{
    QString problem;
    const QString path = absolute(step.path, problem);
    QFile file(path);
    const bool exists = file.exists();
    QString old;
    if (problem.isEmpty() && exists && file.open(QIODevice::ReadOnly)) {
        old = QString::fromUtf8(file.readAll());
        file.close();
    }
    const QString text = problem.isEmpty() ? changed(step, old, exists, problem) : QString();
    const bool removes = step.verb == Verb::remove;
    beginTool((removes      ? u"Delete %1"_s
                   : exists ? u"Edit %1"_s
                            : u"Write %1"_s)
                  .arg(step.path),
              removes ? u"delete"_s : u"edit"_s, { { u"path"_s, path } }, path);
    if (problem.isEmpty()) {
        QDir().mkpath(QFileInfo(path).path());
        const bool done = removes ? file.remove()
                                  : file.open(QIODevice::WriteOnly) && file.write(text.toUtf8()) >= 0 && file.flush();
        if (!done)
            problem = step.path + u": "_s + file.errorString();
    }
    if (!problem.isEmpty()) {
        endTool({ { u"content"_s, toolText(problem) } }, false);
        return;
    }
    QJsonObject diff {
        { u"type"_s, u"diff"_s }, { u"path"_s, path }, { u"newText"_s, text }, { u"oldText"_s, QJsonValue() }
    };
    if (exists)
        diff.insert(u"oldText"_s, old);
    endTool({ { u"content"_s, QJsonArray { diff } } }, true);
}

// ---- commands -----------------------------------------------------------------------------------

Async<bool> Turn::askFor(QString title, QJsonObject toolCall)
{
    const auto option = [](const QString &id, const QString &name, const QString &kind) {
        return QJsonObject { { u"optionId"_s, id }, { u"name"_s, name }, { u"kind"_s, kind } };
    };
    const QJsonArray options { option(u"allow"_s, u"Allow"_s, u"allow_once"_s),
                               option(u"always"_s, u"Always allow"_s, u"allow_always"_s),
                               option(u"reject"_s, u"Reject"_s, u"reject_once"_s) };
    toolCall.insert(u"title"_s, title);
    auto answered = m_ask(toolCall, options);
    const QString choice = co_await answered;
    if (choice == u"always")
        m_session.allowedAlways = true;
    co_return choice == u"allow" || choice == u"always";
}

Async<bool> Turn::runCommand(QString command)
{
    const QJsonObject call
        = beginTool(command, u"execute"_s, { { u"command"_s, command }, { u"cwd"_s, m_session.folder } });
    if (m_session.mode == u"ask" && !m_session.allowedAlways) {
        auto asking = askFor(command, call);
        const bool allowed = co_await asking;
        if (!allowed) {
            endTool({ { u"content"_s, toolText(u"Refused by the person."_s) } }, false);
            co_return false;
        }
    }
    tell({ { u"sessionUpdate"_s, u"tool_call_update"_s },
           { u"toolCallId"_s, m_openTool },
           { u"status"_s, u"in_progress"_s } });

    m_process = std::make_unique<QProcess>();
    Promise<int> ended;
    QProcess *process = m_process.get();
    process->setWorkingDirectory(m_session.folder);
    process->setProcessChannelMode(QProcess::MergedChannels);
    process->setStandardInputFile(QProcess::nullDevice());
    process->setChildProcessModifier([] { ::setpgid(0, 0); });
    QObject::connect(process, &QProcess::readyReadStandardOutput, process,
                     [this] { takeOutput(m_process->readAllStandardOutput()); });
    QObject::connect(process, &QProcess::finished, process, [ended](int code, QProcess::ExitStatus status) {
        ended.set(status == QProcess::NormalExit ? code : 128 + code);
    });
    QObject::connect(process, &QProcess::errorOccurred, process, [ended](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            ended.set(127);
    });
    process->start(u"/bin/sh"_s, { u"-c"_s, command });
    const int code = co_await ended;
    takeOutput(m_process->readAllStandardOutput());
    m_process.release()->deleteLater(); // this runs inside one of its signals
    const QJsonObject output { { u"exitCode"_s, code }, { u"output"_s, m_output } };
    endTool({ { u"content"_s, toolText(m_output) }, { u"rawOutput"_s, output } }, code == 0);
    co_return true;
}

void Turn::takeOutput(const QByteArray &bytes)
{
    if (bytes.isEmpty())
        return;
    m_output += QString::fromUtf8(bytes);
    if (m_output.size() > maxOutput)
        m_output = m_output.right(maxOutput);
    if (!m_outputDue.isSet()) // each update holds all of it: not for each line
        m_outputDue = m_clock.after(50ms, [this] { tellOutput(); });
}

void Turn::tellOutput()
{
    m_outputDue.cancel();
    tell({ { u"sessionUpdate"_s, u"tool_call_update"_s },
           { u"toolCallId"_s, m_openTool },
           { u"content"_s, toolText(m_output) } },
         false);
}

void Turn::killCommand()
{
    if (!m_process)
        return;
    m_process->disconnect();
    if (const qint64 id = m_process->processId(); id > 0)
        ::kill(pid_t(-id), SIGKILL);
    m_process->waitForFinished(1000);
    m_process.reset();
}

} // namespace foundry::demo
