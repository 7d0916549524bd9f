// A task in a repository with submodules and in a sparse one: nothing is lost, nothing is hidden, and what is published
// goes where the person's clone says.
#include "EngineDesk.h"

using namespace foundry;
using foundry::test::EngineDesk;

namespace {

const QString script = u"Change a part\n\nwrite libs/part/new.txt: hello\nwrite hello.txt: hello\nsay: Done."_s;

struct Parts : EngineDesk {
    Parts()
    {
        for (const QString &name : { u"inner"_s, u"part"_s }) {
            git({}, { u"init"_s, u"-q"_s, u"-b"_s, u"main"_s, folder(name) });
            write(folder(name) + u"/code.txt"_s, "one\ntwo\n");
            commit(folder(name), u"First"_s);
            if (name == u"part")
                add(folder(name), folder(u"inner.git"_s), u"inner"_s);
            git({}, { u"clone"_s, u"-q"_s, u"--bare"_s, folder(name), folder(name + u".git"_s) });
        }
        add(clone(), folder(u"part.git"_s), u"libs/part"_s);
        git(clone(),
            { u"-c"_s, u"protocol.file.allow=always"_s, u"submodule"_s, u"--quiet"_s, u"update"_s, u"--init"_s,
              u"--recursive"_s });
        git(clone(), { u"push"_s, u"-q"_s, u"origin"_s, u"main"_s });
        git(clone() + u"/libs/part"_s, { u"config"_s, u"user.name"_s, u"Ada of the Parts"_s });
        git(clone() + u"/libs/part"_s, { u"config"_s, u"user.email"_s, u"parts@example.org"_s });
    }
    void commit(const QString &at, const QString &message)
    {
        git(at, { u"add"_s, u"-A"_s });
        git(at,
            { u"-c"_s, u"user.name=Ada"_s, u"-c"_s, u"user.email=a@example.org"_s, u"commit"_s, u"-q"_s, u"-m"_s,
              message });
    }
    void add(const QString &to, const QString &from, const QString &at)
    {
        git(to, { u"-c"_s, u"protocol.file.allow=always"_s, u"submodule"_s, u"--quiet"_s, u"add"_s, from, at });
        commit(to, u"With "_s + at);
    }
    QStringList changedPaths(const TaskId &id)
    {
        QStringList paths;
        auto changes = ask(query::Changes { id, false });
        if (changes) {
            for (const ChangedFile &file : std::get<answer::Changes>(*changes).files)
                paths << file.path;
        }
        return paths;
    }
    // Sends a prompt and waits for the end of its turn and its snapshot.
    bool work(const TaskId &id, const QString &prompt)
    {
        const auto ends = [&] {
            const auto all = transcript(id);
            return std::ranges::count(all, EntryKind::turnEnd, &TranscriptEntry::kind);
        };
        const auto before = ends();
        return !command(command::SendPrompt { id, prompt }).failure
            && QTest::qWaitFor([&] { return ends() > before; }, patience) && until(id, [](const TaskSummary &t) {
                   return t.state == TaskState::ready && std::ranges::count(t.actions, TaskAction::publish) == 1;
               });
    }
    bool hasNote(const TaskId &id, SourceNoteKind kind, const QString &subject)
    {
        const auto notes = details(id).notes;
        return std::ranges::find(notes, SourceNote { kind, subject }) != notes.end();
    }
};

} // namespace

class SubmodulesLifeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void workInASubmoduleIsSeenAndPublished()
    {
        Parts desk;
        desk.start();
        desk.open();
        const TaskId id = desk.create(script);
        QVERIFY(desk.untilState(id, TaskState::ready));
        QVERIFY(desk.hasNote(id, SourceNoteKind::submodule, u"libs/part"_s));
        QVERIFY(desk.hasNote(id, SourceNoteKind::submodule, u"libs/part/inner"_s));
        QCOMPARE(desk.changedPaths(id), (QStringList { u"hello.txt"_s, u"libs/part"_s, u"libs/part/new.txt"_s }));
        auto diff = desk.ask(query::FileDiff { id, u"libs/part/new.txt"_s });
        QVERIFY(diff);
        QCOMPARE(std::get<FileDiff>(*diff).file.added, 1);

        QVERIFY(!desk.command(command::PublishTask { id, command::PublishTo::remote, {} }).failure);
        QVERIFY(desk.untilState(id, TaskState::published));
        const QString branch = desk.task(id).branch;
        const QString part = EngineDesk::git(desk.folder(u"part.git"_s), { u"rev-parse"_s, u"refs/heads/"_s + branch });
        QCOMPARE(EngineDesk::git(desk.folder(u"part.git"_s), { u"show"_s, part + u":new.txt"_s }), u"hello"_s);
        QCOMPARE(EngineDesk::git(desk.folder(u"part.git"_s), { u"show"_s, u"-s"_s, u"--format=%an"_s, part }),
                 u"Ada of the Parts"_s);
        QCOMPARE(EngineDesk::git(desk.remote(), { u"rev-parse"_s, branch + u":libs/part"_s }), part);
        QCOMPARE(desk.remoteCommits(branch).size(), 1);
        // Nothing is left to publish, and nothing of the other one was pushed.
        QVERIFY(EngineDesk::git(desk.folder(u"inner.git"_s), { u"branch"_s, u"--list"_s, branch }).isEmpty());
        QCOMPARE(desk.task(id).state, TaskState::published);

        // More work on top of what was published.
        QVERIFY(desk.work(id, u"write libs/part/inner/deep.txt: deep\nsay: Done."_s));
        QVERIFY(desk.changedPaths(id).contains(u"libs/part/inner/deep.txt"_s));
        QVERIFY(!desk.command(command::PublishTask { id, command::PublishTo::remote, {} }).failure);
        QVERIFY(desk.untilState(id, TaskState::published));
        const QString inner = EngineDesk::git(desk.folder(u"inner.git"_s), { u"rev-parse"_s, branch });
        QCOMPARE(EngineDesk::git(desk.folder(u"part.git"_s), { u"rev-parse"_s, branch + u":inner"_s }), inner);
    }

    void releaseLosesNothing()
    {
        Parts desk;
        desk.start();
        desk.open();
        const TaskId id = desk.create(script);
        QVERIFY(desk.untilState(id, TaskState::ready));
        QVERIFY(!desk.command(command::ArchiveTask { id, true }).failure);
        QVERIFY(QTest::qWaitFor([&] { return !desk.details(id).sandbox.exists; }, EngineDesk::patience));
        QVERIFY(!desk.command(command::UnarchiveTask { id }).failure);
        QVERIFY(desk.work(id, u"run: cat libs/part/new.txt\nsay: Done."_s));
        QCOMPARE(desk.changedPaths(id), (QStringList { u"hello.txt"_s, u"libs/part"_s, u"libs/part/new.txt"_s }));
        // It is uncommitted again, as it was.
        QVERIFY(!desk.command(command::PublishTask { id, command::PublishTo::clone, {} }).failure);
        QVERIFY(desk.untilState(id, TaskState::published));
        const QString branch = desk.task(id).branch;
        const QString part = EngineDesk::git(desk.clone() + u"/libs/part"_s, { u"rev-parse"_s, branch });
        QCOMPARE(EngineDesk::git(desk.clone(), { u"rev-parse"_s, branch + u":libs/part"_s }), part);
        QCOMPARE(EngineDesk::git(desk.clone() + u"/libs/part"_s, { u"rev-list"_s, u"--count"_s, u"main.."_s + branch }),
                 u"1"_s);
    }

    void filesInAnEmptySubmoduleAreNotLost()
    {
        Parts desk;
        EngineDesk::git(desk.clone(), { u"submodule"_s, u"--quiet"_s, u"deinit"_s, u"-f"_s, u"--all"_s });
        QDir(desk.clone() + u"/.git/modules"_s).removeRecursively();
        desk.start();
        desk.open();
        const TaskId id = desk.create(script);
        QVERIFY(desk.untilState(id, TaskState::ready));
        QVERIFY(desk.hasNote(id, SourceNoteKind::submoduleEmpty, u"libs/part"_s));
        QVERIFY(desk.changedPaths(id).contains(u"libs/part/new.txt"_s));
    }

    void aSparseCloneStaysSparse()
    {
        EngineDesk desk;
        desk.write(desk.clone() + u"/big/far.txt"_s, "far\n");
        EngineDesk::git(desk.clone(), { u"add"_s, u"-A"_s });
        EngineDesk::git(desk.clone(), { u"commit"_s, u"-q"_s, u"-m"_s, u"Big"_s });
        EngineDesk::git(desk.clone(), { u"sparse-checkout"_s, u"set"_s, u"--cone"_s, u"src"_s });
        desk.start();
        desk.open();
        const TaskId id = desk.create(u"Look\n\nwrite src/b.txt: hello\nrun: ls\nsay: Done."_s);
        QVERIFY(desk.untilState(id, TaskState::ready));
        const QString checkout = desk.details(id).sandbox.directory;
        QVERIFY(QFile::exists(checkout + u"/src/b.txt"_s));
        QVERIFY(!QFile::exists(checkout + u"/big"_s));
        QCOMPARE(desk.task(id).changes, (ChangeTotals { 1, 1, 0 }));
        QVERIFY(!desk.command(command::PublishTask { id, command::PublishTo::clone, {} }).failure);
        QVERIFY(desk.untilState(id, TaskState::published));
        const QString branch = desk.task(id).branch;
        QCOMPARE(EngineDesk::git(desk.clone(), { u"show"_s, branch + u":big/far.txt"_s }), u"far"_s);
    }
};

FOUNDRY_TEST_MAIN(SubmodulesLifeTest)
#include "SubmodulesLifeTest.moc"
