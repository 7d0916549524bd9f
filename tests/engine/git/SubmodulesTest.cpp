// Submodules come from the person's clone alone; a .gitmodules is words of strangers.
#include "FatalWarnings.h" // first: moc stumbles over <concepts> before a Qt header

#include "GitWorld.h"
#include "Submodules.h"

using namespace foundry;
using namespace foundry::test;

namespace {

const QString prefix = u"refs/foundry/tasks/t/modules/"_s;

struct Shop : GitWorld {
    SystemClock clock;
    ProcessRunner processes { clock };
    GitRunner runner { processes, u"git"_s, environment() };
    SourceStore store { runner };
    Submodules submodules { runner, store };
    CloneInspector inspector { runner };
    QString bare = path(u"data/source.git"_s);

    Shop()
    {
        makeRepository(u"shop"_s);
        VERIFY(await(store.ensure(bare)));
    }
    static void VERIFY(const Result<> &done) { QVERIFY2(done, done ? "" : qPrintable(done.error().chain())); }
    void add(const QString &to, const QString &from, const QString &at)
    {
        git(to, { u"submodule"_s, u"--quiet"_s, u"add"_s, path(from), at });
        git(to, { u"commit"_s, u"-q"_s, u"-m"_s, u"With "_s + at });
    }
    // .gitmodules as a stranger may write it, with a commit of another repository at `at`.
    void addByHand(const QString &name, const QString &at, const QByteArray &more = {})
    {
        write(u"shop/.gitmodules"_s,
              read(u"shop/.gitmodules"_s) + "[submodule \"" + name.toUtf8() + "\"]\n\tpath = " + at.toUtf8() + '\n'
                  + more);
        git(u"shop"_s, { u"add"_s, u".gitmodules"_s });
        git(u"shop"_s, { u"update-index"_s, u"--add"_s, u"--cacheinfo"_s, u"160000,%1,%2"_s.arg(head(u"shop"_s), at) });
        git(u"shop"_s, { u"commit"_s, u"-q"_s, u"-m"_s, u"By hand"_s });
    }
    SubmoduleSources take()
    {
        const QString clone = path(u"shop"_s);
        const auto commit = await(store.fetchBase(bare, clone, u"main"_s, u"refs/foundry/tasks/t/base"_s));
        if (!commit)
            qFatal("%s", qPrintable(commit.error().chain()));
        const auto folders = await(inspector.folders(clone));
        if (!folders)
            qFatal("%s", qPrintable(folders.error().chain()));
        const auto taken = await(submodules.take(bare, *folders, *commit, prefix));
        if (!taken)
            qFatal("%s", qPrintable(taken.error().chain()));
        return *taken;
    }
};

QStringList pathsOf(const SubmoduleSources &sources)
{
    QStringList paths;
    for (const Submodule &one : sources.found)
        paths << one.path;
    return paths;
}

int countOf(const SubmoduleSources &sources, SourceNoteKind kind)
{
    return int(std::ranges::count(sources.notes, kind, &SourceNote::kind));
}

} // namespace

class SubmodulesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void withTheirOwnSubmodules()
    {
        Shop world;
        world.makeRepository(u"inner"_s);
        world.makeRepository(u"part"_s);
        world.add(u"part"_s, u"inner"_s, u"deep/inner"_s);
        world.add(u"shop"_s, u"part"_s, u"libs/part"_s);
        world.git(u"shop"_s, { u"submodule"_s, u"--quiet"_s, u"update"_s, u"--init"_s, u"--recursive"_s });
        const SubmoduleSources taken = world.take();
        QCOMPARE(pathsOf(taken), (QStringList { u"libs/part"_s, u"libs/part/deep/inner"_s }));
        QCOMPARE(taken.found[1].parent, u"libs/part"_s);
        QCOMPARE(taken.found[0].commit, world.head(u"part"_s));
        QCOMPARE(countOf(taken, SourceNoteKind::submodule), 2);
        for (int i = 0; i < 2; ++i) {
            const auto kept = await(world.store.resolve(world.bare, prefix + u"%1/base"_s.arg(i)));
            VERIFY_RESULT(kept);
            QCOMPARE(*kept, taken.found[size_t(i)].commit);
        }
    }

    void whatTheCloneDoesNotHaveIsSaid()
    {
        Shop world;
        world.makeRepository(u"part"_s);
        world.add(u"shop"_s, u"part"_s, u"part"_s);
        world.git(u"shop"_s, { u"submodule"_s, u"--quiet"_s, u"deinit"_s, u"-f"_s, u"part"_s });
        QDir(world.path(u"shop/.git/modules/part"_s)).removeRecursively();
        SubmoduleSources taken = world.take();
        QVERIFY(taken.found.empty());
        QCOMPARE(taken.notes, (std::vector { SourceNote { SourceNoteKind::submoduleEmpty, u"part"_s } }));

        // Initialised, but at a commit that nobody fetched.
        world.git(u"shop"_s, { u"submodule"_s, u"--quiet"_s, u"update"_s, u"--init"_s });
        world.git(u"shop"_s,
                  { u"update-index"_s, u"--cacheinfo"_s, u"160000,0123456789012345678901234567890123456789,part"_s });
        world.git(u"shop"_s, { u"commit"_s, u"-q"_s, u"-m"_s, u"Ahead"_s });
        taken = world.take();
        QVERIFY(taken.found.empty());
        QCOMPARE(countOf(taken, SourceNoteKind::submoduleEmpty), 1);
    }

    void hostileNamesAndPaths_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("path");
        QTest::newRow("name goes up") << u"../../../secret"_s << u"part"_s;
        QTest::newRow("name goes up inside") << u"a/../../../../secret"_s << u"part"_s;
        QTest::newRow("name is absolute") << u"/secret"_s << u"part"_s;
        QTest::newRow("name is an option") << u"--upload-pack=id"_s << u"part"_s;
        QTest::newRow("name is .git") << u"x/.GIT"_s << u"part"_s;
        QTest::newRow("path is an option") << u"part"_s << u"-u"_s;
    }
    void hostileNamesAndPaths()
    {
        QFETCH(QString, name);
        QFETCH(QString, path);
        Shop world;
        world.makeRepository(u"secret"_s); // what such a name would reach
        world.addByHand(name, path,
                        "\turl = ext::touch " + world.path(u"ran"_s).toUtf8() + "\n\tupdate = !touch "
                            + world.path(u"ran"_s).toUtf8() + '\n');
        const SubmoduleSources taken = world.take();
        QVERIFY(taken.found.empty());
        QCOMPARE(countOf(taken, SourceNoteKind::submoduleUnsafe), 1);
        QVERIFY(!world.exists(u"ran"_s));
    }

    void aLinkOutOfTheCloneIsNotFollowed()
    {
        Shop world;
        world.makeRepository(u"secret"_s);
        world.addByHand(u"part"_s, u"part"_s);
        QDir().mkpath(world.path(u"shop/.git/modules"_s));
        QVERIFY(QFile::link(world.path(u"secret/.git"_s), world.path(u"shop/.git/modules/part"_s)));
        const SubmoduleSources taken = world.take();
        QVERIFY(taken.found.empty());
        QCOMPARE(countOf(taken, SourceNoteKind::submoduleEmpty), 1);
    }

    void commandsAndIncludesInTheDescriptionAreData()
    {
        Shop world;
        world.makeRepository(u"part"_s);
        world.add(u"shop"_s, u"part"_s, u"part"_s);
        world.write(u"shop/.gitmodules"_s,
                    world.read(u"shop/.gitmodules"_s) + "\tupdate = !touch " + world.path(u"ran"_s).toUtf8()
                        + "\n\turl = ext::touch " + world.path(u"ran"_s).toUtf8()
                        + "\n[include]\n\tpath = " + world.path(u"home/.gitconfig"_s).toUtf8() + '\n');
        world.git(u"shop"_s, { u"commit"_s, u"-q"_s, u"-a"_s, u"-m"_s, u"Hostile"_s });
        const SubmoduleSources taken = world.take();
        QCOMPARE(pathsOf(taken), QStringList { u"part"_s }); // the clone has it, whatever the address is now
        QVERIFY(!world.exists(u"ran"_s));
    }

    void aDescriptionWithoutEndIsNotFollowed()
    {
        Shop world;
        world.makeRepository(u"part"_s);
        world.add(u"shop"_s, u"part"_s, u"part"_s);
        world.write(u"shop/.gitmodules"_s,
                    world.read(u"shop/.gitmodules"_s) + QByteArray(Submodules::maxDescription, '#') + '\n');
        world.git(u"shop"_s, { u"commit"_s, u"-q"_s, u"-a"_s, u"-m"_s, u"Long"_s });
        QVERIFY(world.take().found.empty());
    }

    void theDepthHasALimit()
    {
        Shop world;
        QString before = u"level9"_s;
        world.makeRepository(before);
        for (int level = Submodules::maxDepth; level > 0; --level) {
            const QString name = u"level%1"_s.arg(level);
            world.makeRepository(name);
            world.add(name, before, u"s"_s);
            before = name;
        }
        world.add(u"shop"_s, before, u"s"_s);
        world.git(u"shop"_s, { u"submodule"_s, u"--quiet"_s, u"update"_s, u"--init"_s, u"--recursive"_s });
        const SubmoduleSources taken = world.take();
        QCOMPARE(int(taken.found.size()), Submodules::maxDepth);
        QCOMPARE(countOf(taken, SourceNoteKind::submoduleTooDeep), 1);
    }

    void otherCommitsInATree()
    {
        Shop world;
        world.makeRepository(u"part"_s);
        world.add(u"shop"_s, u"part"_s, u"libs/part"_s);
        const SubmoduleSources taken = world.take();
        const QString commit = world.head(u"shop"_s);
        const auto tree = await(world.store.treeOf(world.bare, u"refs/foundry/tasks/t/base"_s));
        VERIFY_RESULT(tree);
        const auto made
            = await(world.submodules.withCommits(world.bare, *tree, { { u"libs/part"_s, {}, {}, commit } }));
        VERIFY_RESULT(made);
        QCOMPARE(world.git(u"data/source.git"_s, { u"ls-tree"_s, *made, u"libs/part"_s }).section(u' ', 2).left(40),
                 commit);
        QVERIFY(!await(world.submodules.withCommits(world.bare, *tree, { { u"../x"_s, {}, {}, commit } })));
    }
};

FOUNDRY_TEST_MAIN(SubmodulesTest)
#include "SubmodulesTest.moc"
