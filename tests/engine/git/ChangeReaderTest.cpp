// What changed between two commits, with odd files and odd names, from real git.
#include "FatalWarnings.h" // first: moc stumbles over <concepts> before a Qt header

#include "ChangeReader.h"
#include "GitWorld.h"
#include "SourceStore.h"

using namespace foundry;
using namespace foundry::test;

namespace {

struct Changed : GitWorld {
    SystemClock clock;
    ProcessRunner processes { clock };
    GitRunner runner { processes, u"git"_s, environment() };
    ChangeReader reader { runner };
    QString bare = path(u"store.git"_s);
    QString base;
    QString commit;

    void store(const QString &first, const QString &second)
    {
        SourceStore sources(runner);
        await(sources.ensure(bare)).value();
        await(sources.fetchBase(bare, path(u"shop"_s), u"main"_s, u"refs/foundry/x"_s)).value();
        base = first;
        commit = second;
    }
    FileDiff diff(const QString &name) { return await(reader.fileDiff(bare, base, commit, name)).value(); }
};

} // namespace

class ChangeReaderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void oddFiles()
    {
        Changed world;
        world.makeRepository(u"shop"_s);
        const QByteArray poem("one\ntwo\nthree\nfour\nfive\nsix\nseven\n");
        for (const QString &name : { u"moved.txt"_s, u"gone.txt"_s, u"run.sh"_s, u"type"_s })
            world.write(u"shop/"_s + name, poem + name.toUtf8() + '\n');
        world.write(u"shop/dos.txt"_s, "a\r\nb\r\n");
        world.write(u"shop/picture"_s, QByteArray("\x89PNG\0\1\2", 7));
        world.write(u"shop/no end"_s, "a");
        const QString base = world.commitAll(u"shop"_s, u"before"_s);

        world.git(u"shop"_s, { u"mv"_s, u"moved.txt"_s, u"näher \"dran\"\t\n.txt"_s });
        world.write(u"shop/näher \"dran\"\t\n.txt"_s, poem + "moved.txt\nmore\n");
        QFile::remove(world.path(u"shop/gone.txt"_s));
        QFile::remove(world.path(u"shop/type"_s));
        QFile::link(u"readme.md"_s, world.path(u"shop/type"_s));
        QFile(world.path(u"shop/run.sh"_s)).setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        world.write(u"shop/dos.txt"_s, "a\r\nc\r\n");
        world.write(u"shop/picture"_s, QByteArray("\x89PNG\0\1\3", 7));
        world.write(u"shop/no end"_s, "b");
        world.write(u"shop/*.txt"_s, "star\n");
        world.store(base, world.commitAll(u"shop"_s, u"after"_s));

        const auto files = await(world.reader.changedFiles(world.bare, world.base, world.commit));
        VERIFY_RESULT(files);
        QMap<QString, ChangedFile> byPath;
        for (const ChangedFile &file : *files)
            byPath.insert(file.path, file);
        QCOMPARE(byPath.size(), 8);
        const QString moved = u"näher \"dran\"\t\n.txt"_s;
        QCOMPARE(byPath[moved], (ChangedFile { moved, u"moved.txt"_s, FileState::renamed, 1, 0, false }));
        QCOMPARE(byPath[u"gone.txt"_s], (ChangedFile { u"gone.txt"_s, {}, FileState::deleted, 0, 8, false }));
        QCOMPARE(byPath[u"type"_s].state, FileState::typeChanged);
        QCOMPARE(byPath[u"run.sh"_s], (ChangedFile { u"run.sh"_s, {}, FileState::modified, 0, 0, false }));
        QCOMPARE(byPath[u"picture"_s], (ChangedFile { u"picture"_s, {}, FileState::modified, 0, 0, true }));
        QCOMPARE(byPath[u"*.txt"_s], (ChangedFile { u"*.txt"_s, {}, FileState::added, 1, 0, false }));
        QCOMPARE(ChangeReader::totals(*files).files, 8);

        FileDiff diff = world.diff(moved);
        QCOMPARE(diff.hunks.size(), size_t(1));
        QCOMPARE(diff.hunks[0].lines.back().text, u"more"_s);
        QCOMPARE(diff.hunks[0].lines.back().newNumber, 9);
        QCOMPARE(diff.file.oldPath, u"moved.txt"_s);
        diff = world.diff(u"*.txt"_s); // itself and not a pattern
        QCOMPARE(diff.hunks.size(), size_t(1));
        QCOMPARE(diff.hunks[0].lines.size(), size_t(1));
        diff = world.diff(u"dos.txt"_s);
        QCOMPARE(diff.hunks[0].lines[1].text, u"b\r"_s);
        diff = world.diff(u"no end"_s);
        QVERIFY(diff.hunks[0].lines[0].noNewline && diff.hunks[0].lines[1].noNewline);
        QVERIFY(world.diff(u"picture"_s).file.binary);
        QVERIFY(world.diff(u"picture"_s).hunks.empty());
        QCOMPARE(world.diff(u"gone.txt"_s).hunks[0].lines.size(), size_t(8));
        QVERIFY(world.diff(u"run.sh"_s).hunks.empty());
        QVERIFY(world.diff(u"readme.md"_s).hunks.empty()); // not changed
        QVERIFY(world.diff(u"../../etc/passwd"_s).hunks.empty());
    }

    void nothingIsRunForADiff()
    {
        Changed world;
        world.makeRepository(u"shop"_s);
        const QString base = world.head(u"shop"_s);
        world.write(u"shop/.gitattributes"_s, "* diff=bad\n");
        world.write(u"shop/readme.md"_s, "changed\n");
        world.store(base, world.commitAll(u"shop"_s, u"after"_s));
        world.write(u"evil.sh"_s, "#!/bin/sh\necho ran >> '" + world.path(u"ran"_s).toUtf8() + "'\n", true);
        world.git(u"store.git"_s, { u"config"_s, u"diff.external"_s, world.path(u"evil.sh"_s) });
        world.git(u"store.git"_s, { u"config"_s, u"diff.bad.textconv"_s, world.path(u"evil.sh"_s) });
        world.write(u"store.git/info/attributes"_s, "* diff=bad\n");
        QCOMPARE(world.diff(u"readme.md"_s).hunks.size(), size_t(1));
        QVERIFY(!world.exists(u"ran"_s));
        world.git(u"store.git"_s, { u"diff"_s, world.base, world.commit }, true);
        QVERIFY(world.exists(u"ran"_s)); // the control
    }

    void aSubmodulesCommitIsAChange()
    {
        Changed world;
        world.makeRepository(u"shop"_s);
        const QString base = world.head(u"shop"_s);
        world.git(u"shop"_s, { u"update-index"_s, u"--add"_s, u"--cacheinfo"_s, u"160000,%1,lib"_s.arg(base) });
        world.git(u"shop"_s, { u"commit"_s, u"-q"_s, u"-m"_s, u"lib"_s });
        world.store(base, world.head(u"shop"_s));
        const FileDiff diff = world.diff(u"lib"_s);
        QCOMPARE(diff.file.state, FileState::added);
        QCOMPARE(diff.hunks.at(0).lines.at(0).text, u"Subproject commit "_s + base);
    }

    void longFilesAreCut()
    {
        Changed world;
        world.makeRepository(u"shop"_s);
        const QString base = world.head(u"shop"_s);
        world.write(u"shop/lines"_s, QByteArray("x\n").repeated(limits::diffLines + 1));
        world.write(u"shop/wide"_s, QByteArray(17 * 1024 * 1024, 'x') + '\n');
        world.write(u"shop/huge"_s, QByteArray(33 * 1024 * 1024, 'x') + '\n');
        world.store(base, world.commitAll(u"shop"_s, u"after"_s));
        const FileDiff lines = world.diff(u"lines"_s);
        QVERIFY(lines.cut);
        QCOMPARE(lines.hunks.at(0).lines.size(), size_t(limits::diffLines));
        QCOMPARE(lines.file.added, limits::diffLines + 1);
        QVERIFY(world.diff(u"wide"_s).cut);
        QVERIFY(world.diff(u"huge"_s).file.binary);
    }

    void blobs()
    {
        Changed world;
        world.makeRepository(u"shop"_s);
        const QString head = world.head(u"shop"_s);
        world.store(head, head);
        QCOMPARE(*await(world.reader.readBlob(world.bare, head, u"readme.md"_s, 6)), "hello\n");
        QCOMPARE(nameOf(await(world.reader.readBlob(world.bare, head, u"readme.md"_s, 5))), u"git.tooLarge"_s);
        QCOMPARE(nameOf(await(world.reader.readBlob(world.bare, head, u"none"_s, 6))), u"git.failed"_s);
        QCOMPARE(nameOf(await(world.reader.readBlob(world.bare, head, u"../readme.md"_s, 6))), u"git.failed"_s);
    }

    void commitsThatAreNotThere()
    {
        Changed world;
        world.makeRepository(u"shop"_s);
        const QString head = world.head(u"shop"_s);
        world.store(head, head);
        for (const QString &revision :
             { u"0123456789012345678901234567890123456789"_s, u"--output=x"_s, u"refs/none"_s })
            QCOMPARE(nameOf(await(world.reader.changedFiles(world.bare, head, revision))), u"git.noCommits"_s);
        QVERIFY(await(world.reader.changedFiles(world.bare, head, head))->empty());
    }
};

FOUNDRY_TEST_MAIN(ChangeReaderTest)
#include "ChangeReaderTest.moc"
