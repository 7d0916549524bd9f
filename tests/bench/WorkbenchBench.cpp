// The whole program from outside: start to usable window with 0 and with 1,000 tasks, the demonstration's
// first message, memory and wake-ups at rest. Software renderer, no display. `--rest SECONDS`: how long to watch
// it at rest (60).
#include "BenchReport.h"

#include "ActorSystem.h"
#include "Keys.h"
#include "OrganizationActor.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTimer>

#include <algorithm>
#include <cstdio>

using namespace foundry;

namespace {

constexpr int manyTasks = 1000;
constexpr int starts = 7;

// A thousand rows as tasks push them to their organisation; no task behind them has to wake for a list.
void fill(const QString &folder)
{
    SystemClock clock;
    Randomness randomness(1);
    ThreadedSync sync;
    QDir().mkpath(folder);
    ActorSystem actors({ folder, clock, sync, randomness, [](const Event &) { } });
    const QString kind = QString::fromLatin1(keys::organization);
    actors.registerKind<OrganizationActor>(kind, OrganizationActor::migrations());
    actors.registerKind({ QString::fromLatin1(keys::repository), [] { return std::make_unique<Actor>(); }, {} });
    if (!actors.start() || !actors.getOrCreate(kind, keys::localOrganization().key))
        qFatal("the store for the bench cannot be made");
    int open = 0;
    const auto ask = [&](auto message, auto then) {
        ++open;
        actors.ask(keys::localOrganization(), message, std::chrono::minutes(1), [&open, then](Result<QJsonValue> done) {
            --open;
            if (!done)
                qFatal("%s", qPrintable(done.error().chain()));
            then(done->toString());
        });
    };
    const auto settle = [&open] {
        while (open > 0)
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    };
    RepositoryId repository;
    organization::AddRepository add { u"c"_s, folder, u"shop"_s, u"main"_s, {}, u"sha1"_s, false };
    ask(add, [&repository](const QString &id) { repository.value = id; });
    settle();
    for (int i = 0; i < manyTasks; ++i) {
        TaskSummary task;
        task.id.value = u"task%1"_s.arg(i);
        task.session.value = u"session%1"_s.arg(i);
        task.repository = repository;
        task.title = u"Give the %1th page a heading that says what it is for"_s.arg(i);
        task.branch = u"task/page-%1"_s.arg(i);
        task.state = TaskState::ready;
        task.changes = { 3, i, i / 2 };
        task.reason = { TaskWhy::turnFinished, u"end_turn"_s, 1'700'000'000'000 };
        task.activeAt = task.createdAt = 1'700'000'000'000 + i;
        ask(organization::TaskSummarised { task }, [](const QString &) { });
        if (i % 100 == 99)
            settle();
    }
    bool drained = false;
    actors.drain([&drained] { drained = true; });
    while (!drained)
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
}

class Running {
public:
    Running(const QString &program, const QString &folder)
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"QT_QPA_PLATFORM"_s, u"offscreen"_s);
        environment.insert(u"FOUNDRY_REPORT_START"_s, u"1"_s);
        m_process.setProcessEnvironment(environment);
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_began = QDateTime::currentMSecsSinceEpoch();
        m_process.start(program, { u"--data-dir"_s, folder });
    }
    ~Running()
    {
        m_process.kill();
        m_process.waitForFinished();
    }
    // Milliseconds from the start of the process to the first frame with the person's tasks.
    double usable()
    {
        QByteArray said;
        while (!said.contains('\n') && m_process.waitForReadyRead(30'000))
            said += m_process.readAllStandardOutput();
        const qint64 at = said.trimmed().split(' ').last().toLongLong();
        if (at == 0)
            qFatal("the program did not say when it was usable");
        return double(at - m_began);
    }
    double residentMiB() const
    {
        QFile file(u"/proc/%1/smaps_rollup"_s.arg(m_process.processId()));
        const bool open = file.open(QIODevice::ReadOnly);
        static const QRegularExpression pss(u"Pss:\\s+(\\d+) kB"_s);
        return open ? pss.match(QString::fromUtf8(file.readAll())).captured(1).toDouble() / 1024 : 0;
    }
    // Voluntary context switches of all its threads: each is one wake-up.
    qint64 wakeUps() const
    {
        qint64 sum = 0;
        const QDir threads(u"/proc/%1/task"_s.arg(m_process.processId()));
        for (const QString &thread : threads.entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
            QFile status(threads.filePath(thread) + u"/status"_s);
            if (!status.open(QIODevice::ReadOnly))
                continue;
            static const QRegularExpression line(u"\\bvoluntary_ctxt_switches:\\s+(\\d+)"_s);
            sum += line.match(QString::fromUtf8(status.readAll())).captured(1).toLongLong();
        }
        return sum;
    }

private:
    QProcess m_process;
    qint64 m_began = 0;
};

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

void restFor(int seconds)
{
    QEventLoop loop;
    QTimer::singleShot(seconds * 1000, &loop, &QEventLoop::quit);
    loop.exec();
}

double firstMessageMs(const QString &program)
{
    QProcess demo;
    demo.start(program, { u"--demo"_s, u"--headless"_s });
    if (!demo.waitForFinished(120'000) || demo.exitCode() != 0)
        qFatal("the demonstration failed: %s", demo.readAllStandardOutput().constData());
    static const QRegularExpression line(u"([0-9.]+) s  first message"_s);
    return line.match(QString::fromUtf8(demo.readAllStandardOutput())).captured(1).toDouble() * 1000;
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication app(argc, argv);
    const QStringList arguments = app.arguments();
    const qsizetype restAt = arguments.indexOf(u"--rest"_s);
    const int rest = restAt > 0 ? arguments.value(restAt + 1).toInt() : 60;
    const QString program = qEnvironmentVariable("FOUNDRY_BUILD_DIR") + u"/app/foundry"_s;
    QTemporaryDir folder;
    const QString empty = folder.filePath(u"empty"_s);
    const QString full = folder.filePath(u"full"_s);
    fill(full);

    // In turn, so that a busy moment meets both.
    std::vector<double> none;
    std::vector<double> many;
    for (int i = 0; i < starts; ++i) {
        none.push_back(Running(program, empty).usable());
        many.push_back(Running(program, full).usable());
    }
    std::vector<double> first;
    for (int i = 0; i < 3; ++i)
        first.push_back(firstMessageMs(program));

    Running resting(program, full);
    resting.usable();
    restFor(5); // caches warm, first look at git and agents over
    const qint64 before = resting.wakeUps();
    restFor(rest);
    const double wakeUps = double(resting.wakeUps() - before) * 60 / rest;

    using bench::Goal;
    const Goal quick { Goal::Sense::atMost, 200 };
    return bench::report(
        { { u"start to usable window, no task"_s, median(none), u"ms"_s, quick },
          { u"start to usable window, 1,000 tasks"_s, median(many), u"ms"_s, quick, u"with no task"_s, median(none) },
          { u"create task to first agent message"_s, median(first), u"ms"_s },
          { u"memory at rest, 1,000 tasks (PSS)"_s, resting.residentMiB(), u"MiB"_s },
          { u"wake-ups at rest in 60 s, 1,000 tasks"_s, wakeUps, u"1/min"_s } },
        argc, argv);
}
