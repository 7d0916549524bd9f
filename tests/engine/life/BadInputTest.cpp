// What bad input gets: each a typed failure on the task or the command, a way out, and nothing lost.
#include "EngineDesk.h"

using namespace foundry;
using foundry::test::EngineDesk;

class BadInputTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void foldersThatAreNoRepository_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("expected");
        QTest::newRow("nothing there") << u"missing"_s << u"repository.missing"_s;
        QTest::newRow("plain folder") << u"plain"_s << u"git.notARepository"_s;
        QTest::newRow("bare") << u"bare"_s << u"git.bare"_s;
        QTest::newRow("empty") << u"empty"_s << u"git.noCommits"_s;
    }

    void foldersThatAreNoRepository()
    {
        QFETCH(QString, kind);
        QFETCH(QString, expected);
        EngineDesk desk;
        const QString path = desk.folder(kind);
        if (kind == u"plain")
            QDir().mkpath(path);
        if (kind == u"bare")
            EngineDesk::git({}, { u"init"_s, u"-q"_s, u"--bare"_s, path });
        if (kind == u"empty")
            EngineDesk::git({}, { u"init"_s, u"-q"_s, path });
        desk.start();
        const auto opened = desk.command(command::OpenRepository { path });
        QVERIFY(opened.failure);
        QCOMPARE(opened.failure->name(), expected);
    }

    void oddClonesWork_data()
    {
        QTest::addColumn<QString>("kind");
        for (const char *kind : { "shallow", "worktree", "detached", "dirty", "unborn" })
            QTest::newRow(kind) << QString::fromLatin1(kind);
    }

    void oddClonesWork()
    {
        QFETCH(QString, kind);
        EngineDesk desk;
        QString path = desk.clone();
        if (kind == u"shallow") {
            path = desk.folder(u"shallow"_s);
            EngineDesk::git({}, { u"clone"_s, u"-q"_s, u"--depth"_s, u"1"_s, u"file://"_s + desk.remote(), path });
            EngineDesk::git(path, { u"config"_s, u"user.name"_s, u"Ada"_s });
            EngineDesk::git(path, { u"config"_s, u"user.email"_s, u"ada@example.org"_s });
        } else if (kind == u"worktree") {
            path = desk.folder(u"linked"_s);
            EngineDesk::git(desk.clone(), { u"worktree"_s, u"add"_s, u"-q"_s, u"-b"_s, u"side"_s, path });
        } else if (kind == u"detached") {
            EngineDesk::git(path, { u"checkout"_s, u"-q"_s, u"--detach"_s });
        } else if (kind == u"dirty") {
            desk.write(path + u"/src/a.txt"_s, "changed\n");
        } else {
            EngineDesk::git(path, { u"checkout"_s, u"-q"_s, u"--orphan"_s, u"fresh"_s });
        }
        desk.start();
        const auto opened = desk.command(command::OpenRepository { path });
        QVERIFY2(!opened.failure, opened.failure ? qPrintable(opened.failure->chain()) : "");
        command::CreateTask create;
        create.repository.value = opened.created;
        create.prompt = u"write hello.txt: hi"_s;
        create.agent = u"demonstration"_s;
        if (kind == u"unborn")
            create.baseBranch = u"main"_s;
        const auto created = desk.command(create);
        QVERIFY(!created.failure);
        const TaskId id { created.created };
        QVERIFY(desk.untilState(id, TaskState::ready));
        QCOMPARE(desk.task(id).changes.files, 1); // what was dirty is left out
        if (kind == u"dirty")
            QCOMPARE(desk.details(id).uncommitted, 1);
    }

    void theSameRepositoryTwiceIsOne()
    {
        EngineDesk desk;
        desk.start();
        const RepositoryId first = desk.open();
        const auto again = desk.command(command::OpenRepository { desk.clone() + u"/src"_s });
        QVERIFY(!again.failure);
        QCOMPARE(again.created, first.value);
    }

    void promptsAndNames_data()
    {
        QTest::addColumn<qsizetype>("length");
        QTest::addColumn<QString>("branch");
        QTest::addColumn<QString>("expected");
        QTest::newRow("empty prompt") << qsizetype(0) << QString() << u"task.promptEmpty"_s;
        QTest::newRow("prompt past the limit") << limits::promptCharacters + 1 << QString() << u"task.promptTooLarge"_s;
        QTest::newRow("invalid branch") << qsizetype(10) << u"a..b"_s << u"git.invalidBranch"_s;
        QTest::newRow("branch that exists") << qsizetype(10) << u"main"_s << u"git.branchExists"_s;
    }

    void promptsAndNames()
    {
        QFETCH(qsizetype, length);
        QFETCH(QString, branch);
        QFETCH(QString, expected);
        EngineDesk desk;
        desk.start();
        command::CreateTask create;
        create.repository = desk.open();
        create.prompt = QString(length, u'x');
        create.branch = branch;
        create.branchFixed = true;
        create.agent = u"demonstration"_s;
        const auto created = desk.command(create);
        QVERIFY(created.failure);
        QCOMPARE(created.failure->name(), expected);
    }

    void aPromptOfAMegabyteIsSentWhole()
    {
        EngineDesk desk;
        desk.start();
        desk.open();
        const QString prompt = u"say: read\n"_s + QString(limits::promptCharacters - 10, u'x');
        const TaskId id = desk.create(prompt);
        QVERIFY(desk.untilState(id, TaskState::ready));
        QCOMPARE(std::get<MessageText>(desk.transcript(id).front().body).text, prompt);
    }

    void aRemoteThatRefusesSaysWhy()
    {
        EngineDesk desk;
        const QString hook = desk.remote() + u"/hooks/pre-receive"_s;
        desk.write(hook, "#!/bin/sh\necho 'main office says no' >&2\nexit 1\n");
        QFile::setPermissions(hook, QFile::permissions(hook) | QFile::ExeOwner | QFile::ExeGroup | QFile::ExeOther);
        desk.start();
        desk.open();
        const TaskId id = desk.create(u"write a.txt: a"_s);
        QVERIFY(desk.untilState(id, TaskState::ready));
        QVERIFY(!desk.command(command::PublishTask { id }).failure);
        QVERIFY(desk.untilFailed(id));
        QVERIFY2(desk.task(id).failure->chain().contains(u"main office says no"),
                 qPrintable(desk.task(id).failure->chain()));
        QFile::remove(hook);
        QVERIFY(!desk.command(command::RetryStep { id }).failure);
        QVERIFY(desk.untilState(id, TaskState::published));
        QCOMPARE(desk.remoteCommits(desk.task(id).branch).size(), 1);
    }

    void agentsThatFail_data()
    {
        QTest::addColumn<QStringList>("flags");
        QTest::addColumn<QString>("expected"); // somewhere in the chain
        QTest::newRow("crashes at start") << QStringList { u"--crash-on-initialize"_s } << u"agent.startFailed"_s;
        QTest::newRow("wrong version") << QStringList { u"--wrong-version"_s } << u"agent.versionUnsupported"_s;
        QTest::newRow("wants a login") << QStringList { u"--needs-auth"_s, u"--auth-fails"_s }
                                       << u"agent.needsSignIn"_s;
        QTest::newRow("crashes in a turn") << QStringList { u"--crash-on-prompt"_s } << u"agent.exited"_s;
        QTest::newRow("floods") << QStringList { u"--flood"_s, u"50000000"_s } << u"agent.flooded"_s;
        QTest::newRow("nonsense") << QStringList { u"--nonsense-only"_s } << u"agent.badProtocol"_s;
        QTest::newRow("answers with an error") << QStringList { u"--error-on-prompt"_s } << u"agent.promptFailed"_s;
    }

    void agentsThatFail()
    {
        QFETCH(QStringList, flags);
        QFETCH(QString, expected);
        EngineDesk desk;
        desk.addFakeAgent(u"faulty"_s, flags);
        desk.start();
        desk.open();
        const TaskId id = desk.create(u"Do it"_s, u"faulty"_s);
        QVERIFY(desk.untilFailed(id));
        QVERIFY2(desk.task(id).failure->chain().contains(expected), qPrintable(desk.task(id).failure->chain()));
        const auto nothingSeemsToGoOn = [&] {
            const auto lines = desk.details(id).timeline;
            return std::none_of(lines.begin(), lines.end(),
                                [](const TimelineEntry &line) { return line.status == StepStatus::running; });
        };
        QTRY_VERIFY_WITH_TIMEOUT(nothingSeemsToGoOn(), 30'000);
        QVERIFY(!desk.task(id).actions.empty());
        QVERIFY(!desk.command(command::ArchiveTask { id, true }).failure); // a way out in any case
        QVERIFY(desk.untilState(id, TaskState::archived));
    }

    void anAgentThatIsMissingIsNamed()
    {
        EngineDesk desk;
        desk.start();
        desk.open();
        const TaskId id = desk.create(u"Do it"_s, u"nobody"_s);
        QVERIFY(desk.untilFailed(id));
        QVERIFY2(desk.task(id).failure->is(codes::Agent::unknown), qPrintable(desk.task(id).failure->chain()));
    }

    void aTurnThatNeverAnswersCanBeStopped()
    {
        EngineDesk desk;
        desk.addFakeAgent(u"mute"_s, { u"--silent-on"_s, u"prompt"_s });
        desk.start();
        desk.open();
        const TaskId id = desk.create(u"Do it"_s, u"mute"_s);
        QVERIFY(desk.until(id, [](const TaskSummary &t) { return t.reason.subject == u"firstAnswer"_s; }));
        QVERIFY(!desk.command(command::StopTask { id }).failure);
        QVERIFY(desk.until(
            id, [](const TaskSummary &t) { return t.state == TaskState::needsYou || t.state == TaskState::ready; }));
    }

    void aSecondEngineDoesNotOpenTheStores()
    {
        EngineDesk desk;
        desk.start();
        Engine second(
            EngineSettings { desk.data(), {}, {}, {}, {} },
            [](const Event &event) {
                const auto *failed = std::get_if<event::EngineFailed>(&event);
                QVERIFY(failed);
                QCOMPARE(failed->failure.name(), u"program.alreadyRunning"_s);
            },
            [](const Answer &) {});
        second.start();
    }

    void aCloneThatMovedAway()
    {
        EngineDesk desk;
        desk.start();
        desk.open();
        QVERIFY(QDir().rename(desk.clone(), desk.folder(u"elsewhere"_s)));
        const TaskId id = desk.create(u"write a.txt: a"_s);
        QVERIFY(desk.untilFailed(id));
        QVERIFY(QDir().rename(desk.folder(u"elsewhere"_s), desk.clone()));
        QVERIFY(!desk.command(command::RetryStep { id }).failure);
        QVERIFY(desk.untilState(id, TaskState::ready));
    }
};

FOUNDRY_TEST_MAIN(BadInputTest)
#include "BadInputTest.moc"
