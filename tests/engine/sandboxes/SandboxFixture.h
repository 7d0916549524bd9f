// A task's sandbox in a temporary folder, made from a small bare repository; real bubblewrap, real git.
#pragma once

// Qt before ours: moc 6.4 does not understand <coroutine> when it comes first.
#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>
#include <QUuid>

#include "BubblewrapProvider.h"
#include "PersonTools.h"
#include "PlainProvider.h"
#include "SandboxGit.h"

#include <memory>

namespace foundry::test {

inline constexpr int patience = 20'000; // ms; two cores are shared by many

// Like QTest::qWaitFor, which sleeps between its looks: half a minute in all for a room's tests.
template <class Condition> bool until(Condition condition)
{
    bool late = false;
    QTimer timer;
    timer.setSingleShot(true);
    QObject::connect(&timer, &QTimer::timeout, &timer, [&late] { late = true; });
    timer.start(patience);
    while (!condition() && !late)
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    return condition();
}

// Runs an Async to its end in the test's event loop.
template <class T> T await(Async<T> doing)
{
    std::optional<T> result;
    doing.start([&result](T value) { result.emplace(std::move(value)); });
    if (!until([&result] { return result.has_value(); }))
        qFatal("no answer in time");
    return std::move(*result);
}

inline QString places(const char *name)
{
    return qEnvironmentVariable("FOUNDRY_BUILD_DIR") + u"/libexec/"_s + QString::fromLatin1(name);
}

// On the host, outside every sandbox.
inline QByteArray onHost(const QString &program, const QStringList &arguments, int *exitCode = nullptr,
                         const QByteArray &input = {})
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"GIT_CONFIG_GLOBAL"_s, u"/dev/null"_s);
    environment.insert(u"GIT_CONFIG_NOSYSTEM"_s, u"1"_s);
    for (const QString &who : { u"AUTHOR"_s, u"COMMITTER"_s }) {
        environment.insert(u"GIT_%1_NAME"_s.arg(who), u"Ada"_s);
        environment.insert(u"GIT_%1_EMAIL"_s.arg(who), u"ada@example.org"_s);
    }
    process.setProcessEnvironment(environment);
    process.start(program, arguments);
    process.write(input);
    process.closeWriteChannel();
    process.waitForFinished(patience);
    if (exitCode)
        *exitCode = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
    return process.readAllStandardOutput() + process.readAllStandardError();
}

inline bool writeFile(const QString &path, const QByteArray &content)
{
    QFile file(path);
    return QDir().mkpath(QFileInfo(path).path()) && file.open(QIODevice::WriteOnly)
        && file.write(content) == content.size();
}

struct Shell {
    int exitCode = -1;
    QByteArray output; // both kinds
    QString failure;
    bool good() const { return failure.isEmpty() && exitCode == 0; }
};

class SandboxFixture {
public:
    explicit SandboxFixture(HostResolver *resolver = nullptr)
        : provider(clock, { {}, places("foundry-entry"), u"/usr/local/bin:/usr/bin:/bin"_s }, resolver)
        , git(provider)
    {
        // Made once, copied for each.
        static const QTemporaryDir first;
        static const QByteArray made = onHost(
            u"sh"_s,
            { u"-ec"_s,
              u"cd \"$1\"; git init -q -b main work; cd work; echo one >a.txt; mkdir src; echo two >src/b.txt; "
              "git add -A; git commit -q -m first; git clone -q --bare . ../source.git; git rev-parse HEAD"_s,
              u"sh"_s, first.path() });
        onHost(u"cp"_s, { u"-a"_s, first.filePath(u"source.git"_s), bare() });
        base = QString::fromLatin1(made.trimmed());
    }
    ~SandboxFixture()
    {
        if (!record.folder.isEmpty()) [[maybe_unused]]
            const auto released = await(provider.release(record));
    }

    QString bare() const { return folder.filePath(u"source.git"_s); }
    PersonPlaces person; // whose toolchains and caches are shown; empty: nobody's
    SandboxRequest request() const
    {
        SandboxRequest result;
        result.task = { QUuid::createUuid().toString(QUuid::WithoutBraces) };
        result.sandboxesFolder = folder.filePath(u"sandboxes"_s);
        result.bareRepository = bare();
        result.repositoryName = u"shop"_s;
        result.branch = u"foundry/task"_s;
        result.base = base;
        result.personName = u"Ada L\"ove\\lace"_s;
        result.personEmail = u"ada@example.org"_s;
        result.tools = persontools::toolchains(person);
        result.caches = persontools::caches(person);
        return result;
    }
    // Empty: good.
    QString make(const SandboxNetwork &network = {}, SandboxProvider *with = nullptr)
    {
        SandboxProvider &chosen = with ? *with : provider;
        if (auto report = await(chosen.probe()); !report)
            return report.error().chain();
        SandboxRequest wish = request();
        wish.network = network;
        wish.modules = modules;
        wish.sparse = sparse;
        auto made = chosen.newRecord(wish);
        if (!made)
            return made.error().chain();
        record = *made;
        auto created = await(chosen.create(record));
        return created ? QString() : created.error().chain();
    }
    Shell shell(const QString &script, SandboxCommand command = {}, SandboxProvider *with = nullptr)
    {
        command.program = u"/bin/sh"_s;
        command.arguments = { u"-c"_s, u"exec 2>&1\n"_s + script };
        auto output = await((with ? *with : provider).run(record, command));
        if (!output)
            return { -1, {}, output.error().chain() };
        return { output->exitCode, output->output + output->error, {} };
    }

    // foundry-attacker's words. Inside it is below /foundry/host or at its own path, like an agent's program.
    QByteArray attack(const QStringList &arguments, SandboxCommand command = {})
    {
        command.program = places("foundry-attacker");
        command.arguments = arguments;
        command.readOnlyBinds << command.program;
        auto output = await(provider.run(record, command));
        return output ? output->output.trimmed() : output.error().chain().toUtf8();
    }
    // The control: the same outside.
    static QByteArray attackOutside(const QStringList &arguments)
    {
        return onHost(places("foundry-attacker"), arguments).trimmed();
    }

    SystemClock clock;
    QTemporaryDir folder;
    QString base;
    BubblewrapProvider provider;
    SandboxGit git;
    std::vector<SandboxModule> modules; // for make
    SandboxSparse sparse;
    SandboxRecord record;
};

} // namespace foundry::test
