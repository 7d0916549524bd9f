// Long git work: the task shows how far it is, Stop ends git and everything it started, and nothing half done stays.
#include "EngineDesk.h"

#include <QDirIterator>

#include <csignal>

using namespace foundry;
using foundry::test::EngineDesk;

namespace {

const QString script = u"Add a greeting\n\nwrite hello.txt: hello\nsay: Done."_s;

// A git that serves a fetch up to its fourth megabyte while the file "stall" is there, and an ssh that says nothing.
struct Stalling : EngineDesk {
    QByteArray path = qgetenv("PATH");

    Stalling()
    {
        program(u"bin/git"_s,
                "case \" $* \" in *\" upload-pack \"*) if [ -e '%1/stall' ]; then\n"
                "  echo $$ > '%1/pid'\n"
                "  /usr/bin/git \"$@\" | { head -c 4000000; exec sleep 1000; }\n"
                "  exit\n"
                "fi;; esac\n"
                "exec /usr/bin/git \"$@\"\n");
        program(u"bin/quiet-ssh"_s,
                "if [ -e '%1/stall-ssh' ]; then echo $$ > '%1/pid'; exec sleep 1000; fi\n"
                "for last; do :; done\n"
                "exec sh -c \"$last\"\n");
        qputenv("PATH", folder(u"bin"_s).toUtf8() + ':' + path);
    }
    ~Stalling() { qputenv("PATH", path); }

    void program(const QString &name, QByteArray body)
    {
        write(folder(name), "#!/bin/sh\n" + body.replace("%1", folder({}).toUtf8()));
        QFile(folder(name)).setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
    void stall(bool on, const QString &what = u"stall"_s)
    {
        QFile::remove(folder(u"pid"_s));
        if (on)
            write(folder(what), "yes");
        else
            QFile::remove(folder(what));
    }
    // The process group of what stalls; 0: it does not.
    pid_t stalled()
    {
        QFile file(folder(u"pid"_s));
        const pid_t pid = file.open(QIODevice::ReadOnly) ? file.readAll().trimmed().toInt() : 0;
        return pid > 0 ? getpgid(pid) : 0;
    }
    std::optional<TimelineEntry> line(const TaskId &id, const QString &name)
    {
        for (const TimelineEntry &entry : details(id).timeline) {
            if (entry.name == name)
                return entry;
        }
        return std::nullopt;
    }
    QStringList leftovers() const
    {
        QStringList found;
        QDirIterator files(data() + u"/repositories"_s, { u"tmp_*"_s, u"*.lock"_s, u"*.keep"_s }, QDir::Files,
                           QDirIterator::Subdirectories);
        while (files.hasNext())
            found << files.next();
        return found;
    }
    QString store() const
    {
        const QDir folder(data() + u"/repositories"_s);
        return folder.filePath(folder.entryList({ u"*.git"_s }, QDir::Dirs).value(0));
    }
};

bool isGone(pid_t group)
{
    return ::kill(-group, 0) != 0;
}

bool isStopped(const TaskSummary &task)
{
    return task.overlay == TaskOverlay::stopped;
}

} // namespace

class GitJobsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aFetchTellsHowFarItIsAndStops()
    {
        Stalling desk;
        QByteArray noise(24 * 1024 * 1024, Qt::Uninitialized); // nothing that git could make smaller
        quint64 state = 7;
        for (char &byte : noise)
            byte = char((state = state * 6364136223846793005ULL + 1442695040888963407ULL) >> 56);
        for (int part = 0; part < 240; ++part) // over fetch.unpackLimit: one pack
            desk.write(desk.clone() + u"/noise/%1"_s.arg(part), noise.mid(part * 100'000, 100'000));
        EngineDesk::git(desk.clone(), { u"add"_s, u"-A"_s });
        EngineDesk::git(desk.clone(), { u"commit"_s, u"-q"_s, u"-m"_s, u"Noise"_s });
        desk.start();
        desk.open();
        desk.stall(true);
        const TaskId id = desk.create(script);
        QVERIFY(QTest::qWaitFor(
            [&] {
                const auto line = desk.line(id, u"resolveBase"_s);
                return line && line->subStep == u"Receiving objects" && line->fraction > 0 && line->fraction < 1;
            },
            EngineDesk::patience));
        QVERIFY(!desk.leftovers().isEmpty()); // what a killed git leaves, the control
        const pid_t group = desk.stalled();
        QVERIFY(group > 0 && !isGone(group));
        QVERIFY(!desk.command(command::StopTask { id }).failure);
        QVERIFY(desk.until(id, isStopped));
        QVERIFY(QTest::qWaitFor([&] { return isGone(group); }, EngineDesk::patience));
        QVERIFY(QTest::qWaitFor([&] { return desk.leftovers().isEmpty(); }, EngineDesk::patience));
        EngineDesk::git(desk.store(), { u"fsck"_s, u"--strict"_s });

        desk.stall(false);
        QVERIFY(!desk.command(command::RetryStep { id }).failure);
        QVERIFY(desk.untilState(id, TaskState::ready));
        QCOMPARE(desk.task(id).changes, (ChangeTotals { 1, 1, 0 }));
    }

    void aJobThatWaitsIsDropped()
    {
        Stalling desk;
        desk.start();
        desk.open();
        desk.stall(true);
        const TaskId first = desk.create(script);
        QVERIFY(QTest::qWaitFor([&] { return desk.stalled() > 0; }, EngineDesk::patience));
        const TaskId second = desk.create(script); // its fetch stands behind the first one's
        QVERIFY(desk.until(second, [](const TaskSummary &task) { return task.reason.why == TaskWhy::runsStep; }));
        QVERIFY(!desk.command(command::StopTask { second }).failure);
        QVERIFY(desk.until(second, isStopped));
        QVERIFY(desk.stalled() > 0); // the other one's goes on
        desk.stall(false);
        QVERIFY(!desk.command(command::StopTask { first }).failure);
        QVERIFY(desk.until(first, isStopped));
        for (const TaskId &id : { first, second }) {
            QVERIFY(!desk.command(command::RetryStep { id }).failure);
            QVERIFY(desk.untilState(id, TaskState::ready));
        }
    }

    void aPushStopsAndHoldsUpNobody()
    {
        Stalling desk;
        EngineDesk::git(desk.clone(), { u"config"_s, u"core.sshCommand"_s, desk.folder(u"bin/quiet-ssh"_s) });
        EngineDesk::git(desk.clone(), { u"config"_s, u"ssh.variant"_s, u"simple"_s });
        EngineDesk::git(desk.clone(), { u"remote"_s, u"set-url"_s, u"origin"_s, u"ssh://nobody"_s + desk.remote() });
        desk.start();
        desk.open();
        const TaskId id = desk.create(script);
        QVERIFY(desk.untilState(id, TaskState::ready));
        desk.stall(true, u"stall-ssh"_s);
        QVERIFY(!desk.command(command::PublishTask { id, command::PublishTo::remote, {} }).failure);
        QVERIFY(QTest::qWaitFor([&] { return desk.stalled() > 0; }, EngineDesk::patience));
        const pid_t group = desk.stalled();
        const TaskId other = desk.create(script); // fetched and brought home while the push stands
        QVERIFY(desk.untilState(other, TaskState::ready));
        QVERIFY(!isGone(group));
        QVERIFY(!desk.command(command::StopTask { id }).failure);
        QVERIFY(desk.until(id, isStopped));
        QVERIFY(QTest::qWaitFor([&] { return isGone(group); }, EngineDesk::patience));
        QVERIFY(desk.remoteCommits(desk.task(id).branch).isEmpty());

        desk.stall(false, u"stall-ssh"_s);
        QVERIFY(!desk.command(command::RetryStep { id }).failure);
        QVERIFY(desk.untilState(id, TaskState::published));
        QCOMPARE(desk.remoteCommits(desk.task(id).branch).size(), 1);
    }
};

FOUNDRY_TEST_MAIN(GitJobsTest)
#include "GitJobsTest.moc"
