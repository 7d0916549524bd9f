#include "EngineDesk.h"

#include "ActorSystem.h"
#include "CommandRouter.h"
#include "QueryRouter.h"
#include "SystemChecks.h"

#include <QProcess>
#include <QProcessEnvironment>

#include <csignal>

namespace foundry::test {

EngineDesk::EngineDesk()
    : keeper(QStringLiteral(FOUNDRY_KEEPER))
{
    git({}, { u"init"_s, u"-q"_s, u"-b"_s, u"main"_s, clone() });
    git({}, { u"init"_s, u"-q"_s, u"--bare"_s, u"-b"_s, u"main"_s, remote() });
    git(clone(), { u"config"_s, u"user.name"_s, u"Ada Example"_s });
    git(clone(), { u"config"_s, u"user.email"_s, u"ada@example.org"_s });
    write(clone() + u"/README.md"_s, "# Shop\n");
    write(clone() + u"/src/a.txt"_s, "one\ntwo\nthree\n");
    git(clone(), { u"add"_s, u"-A"_s });
    git(clone(), { u"commit"_s, u"-q"_s, u"-m"_s, u"First"_s });
    git(clone(), { u"remote"_s, u"add"_s, u"origin"_s, remote() });
    git(clone(), { u"push"_s, u"-q"_s, u"-u"_s, u"origin"_s, u"main"_s });
}

EngineDesk::~EngineDesk()
{
    stop();
}

QString EngineDesk::git(const QString &at, const QStringList &arguments, bool *good)
{
    QProcess process;
    QStringList all = at.isEmpty() ? QStringList() : QStringList { u"-C"_s, at };
    process.start(u"git"_s, all + arguments);
    process.waitForFinished(EngineDesk::patience);
    const bool fine = process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0;
    if (good)
        *good = fine;
    else if (!fine)
        QTest::qFail(process.readAllStandardError().constData(), __FILE__, __LINE__);
    return QString::fromUtf8(process.readAllStandardOutput()).trimmed();
}

void EngineDesk::write(const QString &path, const QByteArray &text)
{
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
    QCOMPARE(file.write(text), text.size());
}

QString EngineDesk::store(const QString &actor) const
{
    return actor == u"registry" ? data() + u"/registry.sqlite"_s
                                : data() + u"/actors/"_s + actor.left(2) + u'/' + actor + u".sqlite"_s;
}

void EngineDesk::addFakeAgent(const QString &name, const QStringList &flags)
{
    QString line = u"[agents.%1]\ncommand = \"%2\"\nargs = ["_s.arg(name, QStringLiteral(FOUNDRY_FAKE_AGENT));
    for (const QString &flag : flags)
        line += u"\"%1\", "_s.arg(flag);
    QDir().mkpath(data());
    QFile file(data() + u"/config.toml"_s);
    QVERIFY(file.open(QIODevice::Append));
    file.write((line + u"]\n"_s).toUtf8());
}

QStringList EngineDesk::remoteCommits(const QString &branch) const
{
    bool there = false;
    const QString list = git(remote(), { u"rev-list"_s, u"main..refs/heads/"_s + branch }, &there);
    return there ? list.split(u'\n', Qt::SkipEmptyParts) : QStringList();
}

bool EngineDesk::launch()
{
    EngineSettings settings;
    settings.dataFolder = data();
    settings.configuration = data() + u"/config.toml"_s;
    const QProcessEnvironment testers = QProcessEnvironment::systemEnvironment();
    for (const QString &name : testers.keys())
        settings.environment.insert(name, testers.value(name));
    settings.environment.remove(u"SHELL"_s); // whoever tests has a set-up of their own
    settings.environment.insert(u"FOUNDRY_DEMO_PACE"_s, u"instant"_s);
    settings.environment.insert(environment);
    settings.demonstrationAgent = QStringLiteral(FOUNDRY_DEMO_AGENT);
    settings.sandboxEntry = QStringLiteral(FOUNDRY_ENTRY);
    settings.keeper = keeper;
    settings.keeperAlone = keeperAlone;
    m_ready = false;
    m_failed.reset();
    m_engine = std::make_unique<Engine>(
        settings,
        [this](const Event &event) {
            if (heard)
                heard(event);
            if (const auto *changed = std::get_if<event::TaskChanged>(&event))
                m_tasks.insert(changed->task.id.value, changed->task);
            else if (const auto *removed = std::get_if<event::TaskRemoved>(&event))
                m_tasks.remove(removed->task.value);
            else if (const auto *finished = std::get_if<event::CommandFinished>(&event))
                m_finished.insert(finished->command.value, *finished);
            else if (std::holds_alternative<event::EngineReady>(event))
                m_ready = true;
            else if (const auto *failed = std::get_if<event::EngineFailed>(&event))
                m_failed = failed->failure;
        },
        [this](const Answer &answer) { m_answers.insert(answer.id.value, answer.body); });
    m_engine->start();
    return QTest::qWaitFor([this] { return m_ready || m_failed; }, patience) && m_ready;
}

void EngineDesk::start()
{
    QVERIFY2(launch(), m_failed ? qPrintable(m_failed->chain()) : "no answer");
    auto workbench = ask(query::Workbench {});
    QVERIFY(workbench);
    for (const TaskSummary &known : std::get<answer::Workbench>(*workbench).tasks) {
        if (!m_tasks.contains(known.id.value))
            m_tasks.insert(known.id.value, known);
    }
}

void EngineDesk::stop()
{
    if (!m_engine)
        return;
    bool stopped = false;
    m_engine->stop([&stopped] { stopped = true; });
    QVERIFY(QTest::qWaitFor([&stopped] { return stopped; }, patience));
    m_engine.reset();
}

void EngineDesk::crash()
{
    m_engine.reset();
}

static std::vector<int> keepersOf(const TaskId &task)
{
    std::vector<int> found;
    for (const QString &name : QDir(u"/proc"_s).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        QFile words(u"/proc/%1/cmdline"_s.arg(name));
        if (name.toInt() <= 0 || !words.open(QIODevice::ReadOnly))
            continue;
        const QByteArray line = words.read(64 * 1024);
        if (line.split('\0').first().endsWith("foundry-keeper") && line.contains(task.value.toUtf8() + '.'))
            found.push_back(name.toInt());
    }
    return found;
}

int EngineDesk::countKeepers(const TaskId &task)
{
    return int(keepersOf(task).size());
}

int EngineDesk::killKeepers(const TaskId &task)
{
    const auto keepers = keepersOf(task);
    return int(std::count_if(keepers.begin(), keepers.end(), [](int pid) { return ::kill(pid, SIGKILL) == 0; }));
}

event::CommandFinished EngineDesk::command(CommandBody body)
{
    const QString id = u"command-%1"_s.arg(++m_next);
    m_engine->submit({ { id }, std::move(body) });
    if (!QTest::qWaitFor([&] { return m_finished.contains(id); }, patience))
        QTest::qFail("a command was not answered", __FILE__, __LINE__);
    return m_finished.value(id);
}

void EngineDesk::submit(CommandBody body)
{
    m_engine->submit({ { u"command-%1"_s.arg(++m_next) }, std::move(body) });
}

Result<AnswerBody> EngineDesk::ask(QueryBody body)
{
    const QString id = u"query-%1"_s.arg(++m_next);
    m_engine->ask({ { id }, std::move(body) });
    if (!QTest::qWaitFor([&] { return m_answers.contains(id); }, patience))
        QTest::qFail("a query was not answered", __FILE__, __LINE__);
    return m_answers.take(id);
}

RepositoryId EngineDesk::open()
{
    const auto opened = command(command::OpenRepository { clone() });
    if (opened.failure)
        QTest::qFail(qPrintable(opened.failure->chain()), __FILE__, __LINE__);
    m_repository.value = opened.created;
    return m_repository;
}

TaskId EngineDesk::create(const QString &prompt, const QString &agent, command::CreateTask more)
{
    if (more.repository.isEmpty())
        more.repository = m_repository;
    more.prompt = prompt;
    more.agent = agent;
    const auto created = command(more);
    if (created.failure)
        QTest::qFail(qPrintable(created.failure->chain()), __FILE__, __LINE__);
    return { created.created };
}

bool EngineDesk::until(const TaskId &id, const std::function<bool(const TaskSummary &)> &fits, int ms)
{
    const bool came = QTest::qWaitFor([&] { return m_tasks.contains(id.value) && fits(task(id)); }, ms);
    if (!came) {
        const TaskSummary now = task(id);
        qInfo("the task stays %d/%d why %d %s: %s", int(now.state), int(now.overlay), int(now.reason.why),
              qPrintable(now.reason.subject), now.failure ? qPrintable(now.failure->chain()) : "no failure");
    }
    return came;
}

std::vector<TranscriptEntry> EngineDesk::transcript(const TaskId &id)
{
    std::vector<TranscriptEntry> all;
    for (;;) {
        auto page = ask(query::TranscriptPage { id, task(id).session, qint64(all.size()), limits::transcriptPage });
        if (!page)
            return all;
        const auto &entries = std::get<answer::TranscriptPage>(*page).entries;
        all.insert(all.end(), entries.begin(), entries.end());
        if (std::ssize(entries) < limits::transcriptPage)
            return all;
    }
}

TaskDetails EngineDesk::details(const TaskId &id)
{
    auto details = ask(query::TaskDetails { id });
    return details ? std::get<TaskDetails>(*details) : TaskDetails {};
}

} // namespace foundry::test
