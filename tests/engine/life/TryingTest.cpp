// Trying the result: terminals in the task's sandbox, what its project is run with, and how it differs from the
// person's own files.
#include "EngineDesk.h"

#include <QFileInfo>
#include <QScopeGuard>

#include <algorithm>

using namespace foundry;
using namespace foundry::test;

class TryingTest : public QObject {
    Q_OBJECT

    static constexpr auto script = "Greet\nwrite hello.txt: hello\nsay: done";

    struct Shown {
        QByteArray output;
        std::optional<event::TerminalEnded> end;
    };
    static void listen(EngineDesk &desk, QHash<QString, Shown> &shown)
    {
        desk.heard = [&desk, &shown](const Event &event) {
            if (const auto *output = std::get_if<event::TerminalOutput>(&event))
                shown[output->terminal.value].output += output->bytes;
            else if (const auto *ended = std::get_if<event::TerminalEnded>(&event))
                shown[ended->terminal.value].end = *ended;
        };
    }
    static event::CommandFinished run(EngineDesk &desk, const TaskId &task, const QString &id, const QString &line)
    {
        return desk.command(command::OpenTerminal { task, TerminalId { id }, { 80, 24 }, line });
    }
    static TaskId readyTask(EngineDesk &desk, const QString &prompt = QString::fromLatin1(script))
    {
        desk.start();
        desk.open();
        const TaskId id = desk.create(prompt);
        return desk.untilState(id, TaskState::ready) ? id : TaskId {};
    }

private Q_SLOTS:
    void aTerminalIsWhereTheAgentWorked()
    {
        QHash<QString, Shown> shown;
        EngineDesk desk;
        const TaskId task = readyTask(desk);
        QVERIFY(!task.isEmpty());
        listen(desk, shown);
        const auto opened
            = run(desk, task, u"t"_s, u"cat hello.txt; git status --porcelain; echo $COLORTERM; exit 4"_s);
        QVERIFY2(!opened.failure, opened.failure ? qPrintable(opened.failure->chain()) : "");
        QCOMPARE(opened.created, u"t"_s);
        QVERIFY(QTest::qWaitFor([&] { return shown[u"t"_s].end.has_value(); }, EngineDesk::patience));
        QCOMPARE(shown[u"t"_s].output, "hello\r\n?? hello.txt\r\ntruecolor\r\n");
        QCOMPARE(shown[u"t"_s].end->exitCode, 4);
        QVERIFY(run(desk, task, u"u"_s, QString(limits::terminalCommand + 1, u'x')).failure);
        QVERIFY(run(desk, TaskId { u"none"_s }, u"v"_s, {}).failure);
    }

    // The caches of the person's package managers are there as for the agent, each terminal with layers of its own.
    void aTerminalHasTheCaches()
    {
        QHash<QString, Shown> shown;
        EngineDesk desk;
        desk.environment.insert(u"HOME"_s, desk.folder(u"home"_s));
        const QString cache = desk.folder(u"home"_s) + u"/.cargo/registry/cache"_s;
        desk.write(cache + u"/a.crate"_s, "of the person\n");
        const TaskId task = readyTask(desk);
        listen(desk, shown);
        const QString line = u"cd ~/.cargo/registry/cache && cat a.crate && echo mine >> b.crate && cat b.crate"_s;
        for (const QString &each : { u"first"_s, u"second"_s }) { // the next one finds what the first has fetched
            QVERIFY(!run(desk, task, each, line).failure);
            QVERIFY(QTest::qWaitFor([&] { return shown[each].end.has_value(); }, EngineDesk::patience));
        }
        QCOMPARE(shown[u"first"_s].output, "of the person\r\nmine\r\n");
        QCOMPARE(shown[u"second"_s].output, "of the person\r\nmine\r\nmine\r\n");
        QVERIFY(!QFileInfo::exists(cache + u"/b.crate"_s));
    }

    // While it is open the agent is started anew, which looks for what a crash left: a terminal is none of it.
    void aTerminalOutlivesTheStartOfAnAgent()
    {
        QHash<QString, Shown> shown;
        EngineDesk desk;
        const TaskId task = readyTask(desk);
        desk.stop();
        desk.start();
        listen(desk, shown);
        QVERIFY(!run(desk, task, u"t"_s, {}).failure);
        QVERIFY(!desk.command(command::SendPrompt { task, u"write second.txt: two"_s }).failure);
        QVERIFY(desk.until(task, [](const TaskSummary &t) { return t.changes.files == 2; }));
        QVERIFY(!shown[u"t"_s].end);
        QVERIFY(!desk.command(command::WriteTerminal { TerminalId { u"t"_s }, "cat sec*; exit\r" }).failure);
        QVERIFY(QTest::qWaitFor([&] { return shown[u"t"_s].end.has_value(); }, EngineDesk::patience));
        QVERIFY(shown[u"t"_s].output.contains("two\r\n"));
    }

    // Released meanwhile: the place is made again for whoever wants to look.
    void aReleasedSandboxIsMadeAgain()
    {
        QHash<QString, Shown> shown;
        EngineDesk desk;
        const TaskId task = readyTask(desk);
        listen(desk, shown);
        QVERIFY(!run(desk, task, u"open"_s, {}).failure);
        QVERIFY(!desk.command(command::ArchiveTask { task, true }).failure);
        QVERIFY(desk.untilState(task, TaskState::archived));
        const auto refused = run(desk, task, u"refused"_s, {});
        QVERIFY(refused.failure && refused.failure->is(codes::Task::wrongState));
        const QString folder = desk.data() + u"/sandboxes/"_s + task.value;
        QVERIFY(QTest::qWaitFor([&] { return !QFileInfo::exists(folder); }, EngineDesk::patience));
        QVERIFY(QTest::qWaitFor([&] { return shown[u"open"_s].end.has_value(); }, EngineDesk::patience));
        QVERIFY(!desk.command(command::UnarchiveTask { task }).failure);
        QVERIFY(desk.untilState(task, TaskState::ready));
        const auto opened = run(desk, task, u"again"_s, u"cat hello.txt"_s);
        QVERIFY2(!opened.failure, opened.failure ? qPrintable(opened.failure->chain()) : "");
        QVERIFY(QTest::qWaitFor([&] { return shown[u"again"_s].end.has_value(); }, EngineDesk::patience));
        QCOMPARE(shown[u"again"_s].output, "hello\r\n");
        QVERIFY(desk.untilState(task, TaskState::ready)); // and no turn has begun
    }

    void runsAreProposedByTheFiles()
    {
        EngineDesk desk;
        const TaskId task
            = readyTask(desk,
                        u"write package.json: {\"scripts\": {\"test\": \"t\", \"dev\": \"d\", \"predev\": \"p\", "
                        u"\"x;rm -rf /\": \"y\"}}\n"
                        "write Cargo.toml: [package]\nwrite Makefile: check: all\nrun: ln -s /etc/passwd go.mod"_s);
        auto answered = desk.ask(query::RunProposals { task });
        QVERIFY(answered);
        QStringList lines;
        for (const auto &proposal : std::get<answer::RunProposals>(*answered).proposals)
            lines.append(proposal.commandLine);
        QCOMPARE(lines,
                 QStringList({ u"npm run dev"_s, u"npm test"_s, u"cargo test"_s, u"cargo run"_s, u"cargo build"_s,
                               u"make check"_s, u"make"_s }));
    }

    // An editor gets a copy of the last snapshot, in which nothing runs by itself.
    void anEditorGetsAHarmlessCopy()
    {
        EngineDesk desk;
        desk.write(desk.folder(u"bin/kate"_s),
                   "#!/bin/sh\necho \"$1\" >\"$(dirname \"$0\")/opened.part\"\n"
                   "mv \"$(dirname \"$0\")/opened.part\" \"$(dirname \"$0\")/opened\"\n");
        QFile::setPermissions(desk.folder(u"bin/kate"_s), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        QVERIFY(QFile::copy(desk.folder(u"bin/kate"_s), desk.folder(u"mine"_s)));
        desk.write(desk.data() + u"/config.toml"_s,
                   "[editors.mine]\ncommand = \"" + desk.folder(u"mine"_s).toUtf8()
                       + "\"\ntitle = \"My own\"\n[editors.gone]\ncommand = \"no-such-editor\"\n[editors.odd]\n");
        const QByteArray path = qgetenv("PATH");
        qputenv("PATH", desk.folder(u"bin"_s).toUtf8() + ':' + path);
        const auto back = qScopeGuard([&] { qputenv("PATH", path); });
        const TaskId task = readyTask(
            desk,
            u"write hello.txt: hello\nwrite .vscode/tasks.json: {}\nwrite a/.envrc: touch /tmp/pwned\n"
            "write run.sh: echo\nrun: chmod +x run.sh; ln -s /etc link; printf '* filter=evil\\n' >.gitattributes"_s);
        QVERIFY(!task.isEmpty());
        auto answered = desk.ask(query::Editors {});
        QVERIFY(answered);
        const auto offers = std::get<answer::Editors>(*answered).editors;
        QVERIFY(std::ranges::any_of(offers, [](const auto &editor) { return editor.title == u"Kate"_s; }));
        QCOMPARE(offers.front(), (answer::EditorOffer { u"own.mine"_s, u"My own"_s })); // and no other of config.toml
        QVERIFY(!offers[1].name.startsWith(u"own."_s));
        QVERIFY(!desk.command(command::OpenCopy { task, u"own.mine"_s }).failure);
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(desk.folder(u"opened"_s)), EngineDesk::patience);
        const auto none = desk.command(command::OpenCopy { task, u"no-editor"_s });
        QVERIFY(none.failure && none.failure->is(codes::Process::notFound));
        for (int again = 0; again < 2; ++again) {
            const auto opened = desk.command(command::OpenCopy { task, u"kate"_s });
            QVERIFY2(!opened.failure, opened.failure ? qPrintable(opened.failure->chain()) : "");
            const QDir copy(opened.created);
            QVERIFY(QTest::qWaitFor([&] { return QFile::exists(desk.folder(u"bin/opened"_s)); }, EngineDesk::patience));
            QFile said(desk.folder(u"bin/opened"_s));
            QVERIFY(said.open(QIODevice::ReadOnly));
            QCOMPARE(said.readAll().trimmed(), copy.path().toUtf8());
            QVERIFY(said.remove());
            QVERIFY(copy.exists(u"hello.txt"_s));
            QVERIFY(!copy.exists(u".git"_s) && !copy.exists(u".vscode"_s) && !copy.exists(u"a/.envrc"_s));
            QVERIFY(!QFileInfo(copy.filePath(u"run.sh"_s)).isExecutable());
            QVERIFY(!(QFileInfo(copy.filePath(u"hello.txt"_s)).permissions() & QFile::WriteOwner));
            QVERIFY(QFileInfo(copy.filePath(u"link"_s)).isFile() && !QFileInfo(copy.filePath(u"link"_s)).isSymLink());
        }
    }

    // The person's files as they are now; the clone is not written to, not even its index.
    void comparesWithTheWorkingTree()
    {
        EngineDesk desk;
        const TaskId task = readyTask(desk);
        desk.write(desk.clone() + u"/draft.txt"_s, "mine\n");
        const auto index = [&] { return QFileInfo(desk.clone() + u"/.git/index"_s).lastModified(); };
        const QString status = desk.git(desk.clone(), { u"status"_s, u"--porcelain"_s });
        const QString objects = desk.git(desk.clone(), { u"count-objects"_s });
        const QDateTime before = index();
        const query::Changes asking { task, false, query::Against::clone };
        auto answered = desk.ask(asking);
        QVERIFY2(answered, answered ? "" : qPrintable(answered.error().chain()));
        const auto seen = std::get<answer::Changes>(*answered);
        QCOMPARE(seen.files.size(), size_t(2));
        QCOMPARE(seen.files[0].path, u"draft.txt"_s);
        QCOMPARE(seen.files[0].state, FileState::deleted);
        QCOMPARE(seen.files[1].path, u"hello.txt"_s);
        QCOMPARE(seen.files[1].state, FileState::added);
        QCOMPARE(index(), before);
        QCOMPARE(desk.git(desk.clone(), { u"count-objects"_s }), objects);
        QCOMPARE(desk.git(desk.clone(), { u"status"_s, u"--porcelain"_s }), status);

        desk.write(desk.clone() + u"/hello.txt"_s, "hello\nthere\n"); // and now
        answered = desk.ask(asking);
        QVERIFY(answered);
        QCOMPARE(std::get<answer::Changes>(*answered).files[1].state, FileState::modified);
        auto diff = desk.ask(query::FileDiff { task, u"hello.txt"_s, query::Against::clone });
        QVERIFY(diff);
        const auto &lines = std::get<FileDiff>(*diff).hunks.at(0).lines;
        QCOMPARE(lines.back().kind, LineKind::removed);
        QCOMPARE(lines.back().text, u"there"_s);
        // What the task itself changed is another question.
        auto own = desk.ask(query::Changes { task });
        QVERIFY(own);
        QCOMPARE(std::get<answer::Changes>(*own).files.size(), size_t(1));
    }
};

FOUNDRY_TEST_MAIN(TryingTest)
#include "TryingTest.moc"
