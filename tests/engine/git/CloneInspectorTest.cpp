// The person's clone: everything a folder can be, and that looking runs and writes nothing.
#include "FatalWarnings.h" // first: moc stumbles over <concepts> before a Qt header

#include "CloneInspector.h"
#include "GitWorld.h"

#include <QDirIterator>

using namespace foundry;
using namespace foundry::test;

class CloneInspectorTest : public QObject {
    Q_OBJECT

    SystemClock m_clock;
    ProcessRunner m_processes { m_clock };

    Result<CloneState> inspect(GitWorld &world, const QString &name)
    {
        GitRunner git(m_processes, u"git"_s, world.environment());
        CloneInspector inspector(git);
        return await(inspector.inspect(world.path(name)));
    }

private Q_SLOTS:
    void aClone()
    {
        GitWorld world;
        world.makeRepository(u"origin"_s);
        world.git(u"."_s, { u"clone"_s, u"-q"_s, u"origin"_s, u"shop"_s });
        world.git(u"shop"_s, { u"checkout"_s, u"-q"_s, u"-b"_s, u"work"_s });
        world.write(u"shop/src/deep/a.cpp"_s, "int a;\n");
        world.write(u"shop/readme.md"_s, "changed\n");
        for (const QString &inside : { u"shop"_s, u"shop/src/deep"_s, u"shop/.git"_s, u"shop/"_s }) {
            const auto state = inspect(world, inside);
            VERIFY_RESULT(state);
            QCOMPARE(state->root, world.path(u"shop"_s));
            QCOMPARE(state->name, u"shop"_s);
            QCOMPARE(state->current, u"work"_s);
            QCOMPARE(state->branches, QStringList({ u"work"_s, u"main"_s }));
            QCOMPARE(state->defaultBranch, u"main"_s);
            QCOMPARE(state->remote, u"origin"_s);
            QCOMPARE(state->remoteUrl, world.path(u"origin"_s));
            QCOMPARE(state->uncommitted, 2);
            QCOMPARE(state->objectFormat, u"sha1"_s);
            QCOMPARE(state->head, world.head(u"shop"_s));
            QVERIFY(!state->linkedWorktree && !state->shallow && !state->partial);
        }
    }

    void badFolders_data()
    {
        QTest::addColumn<QString>("folder");
        QTest::addColumn<QString>("failure");
        QTest::newRow("missing") << u"nowhere"_s << u"repository.missing"_s;
        QTest::newRow("no repository") << u"plain"_s << u"git.notARepository"_s;
        QTest::newRow("a file") << u"plain/file"_s << u"git.notARepository"_s;
        QTest::newRow("bare") << u"bare.git"_s << u"git.bare"_s;
        QTest::newRow("inside of a bare one") << u"bare.git/refs"_s << u"git.bare"_s;
        QTest::newRow("empty") << u"empty"_s << u"git.noCommits"_s;
    }
    void badFolders()
    {
        QFETCH(QString, folder);
        QFETCH(QString, failure);
        GitWorld world;
        world.write(u"plain/file"_s, "x");
        world.git(u"."_s, { u"init"_s, u"-q"_s, u"--bare"_s, u"bare.git"_s });
        world.git(u"."_s, { u"init"_s, u"-q"_s, u"empty"_s });
        QCOMPARE(nameOf(inspect(world, folder)), failure);
    }

    void aShallowClone()
    {
        GitWorld world;
        world.makeRepository(u"origin"_s);
        world.commitAll(u"origin"_s, u"second"_s);
        world.git(u"."_s, { u"clone"_s, u"-q"_s, u"--depth=1"_s, u"file://"_s + world.path(u"origin"_s), u"shop"_s });
        const auto state = inspect(world, u"shop"_s);
        VERIFY_RESULT(state);
        QVERIFY(state->shallow);
    }

    void aPartialClone()
    {
        GitWorld world;
        world.makeRepository(u"origin"_s);
        world.git(u"origin"_s, { u"config"_s, u"uploadpack.allowFilter"_s, u"true"_s });
        world.git(u"."_s,
                  { u"clone"_s, u"-q"_s, u"--filter=blob:none"_s, u"file://"_s + world.path(u"origin"_s), u"shop"_s });
        const auto state = inspect(world, u"shop"_s);
        VERIFY_RESULT(state);
        QVERIFY(state->partial);
    }

    void aLinkedWorktree()
    {
        GitWorld world;
        world.makeRepository(u"shop"_s);
        world.git(u"shop"_s, { u"worktree"_s, u"add"_s, u"-q"_s, u"-b"_s, u"side"_s, u"../side tree"_s });
        const auto state = inspect(world, u"side tree"_s);
        VERIFY_RESULT(state);
        QVERIFY(state->linkedWorktree);
        QCOMPARE(state->root, world.path(u"side tree"_s));
        QCOMPARE(state->commonDir, world.path(u"shop/.git"_s));
        QCOMPARE(state->current, u"side"_s);
        QCOMPARE(state->branches, QStringList({ u"side"_s, u"main"_s }));
    }

    void aDetachedHead()
    {
        GitWorld world;
        world.makeRepository(u"shop"_s);
        world.git(u"shop"_s, { u"checkout"_s, u"-q"_s, u"--detach"_s });
        const auto state = inspect(world, u"shop"_s);
        VERIFY_RESULT(state);
        QCOMPARE(state->current, QString());
        QCOMPARE(state->head, world.head(u"shop"_s));
        QCOMPARE(state->defaultBranch, u"main"_s);
        QCOMPARE(state->remote, QString());
    }

    void anUnbornBranchBesideOthers()
    {
        GitWorld world;
        world.makeRepository(u"shop"_s);
        world.git(u"shop"_s, { u"checkout"_s, u"-q"_s, u"--orphan"_s, u"fresh"_s });
        const auto state = inspect(world, u"shop"_s);
        VERIFY_RESULT(state);
        QCOMPARE(state->current, QString());
        QCOMPARE(state->head, QString());
        QCOMPARE(state->branches, QStringList { u"main"_s });
        QCOMPARE(state->defaultBranch, u"main"_s);
    }

    void addressesAreShownWithoutCredentials()
    {
        GitWorld world;
        world.makeRepository(u"shop"_s);
        world.git(u"shop"_s, { u"remote"_s, u"add"_s, u"upstream"_s, u"https://ada:s3cret@example.org/shop.git"_s });
        const auto state = inspect(world, u"shop"_s);
        VERIFY_RESULT(state);
        QCOMPARE(state->remote, u"upstream"_s);
        QCOMPARE(state->remoteUrl, u"https://example.org/shop.git"_s);
    }

    // A folder from anywhere: what its configuration names must not run because somebody opens it.
    void lookingRunsNothing()
    {
        GitWorld world;
        world.makeRepository(u"shop"_s);
        world.write(u"evil.sh"_s, "#!/bin/sh\necho \"$0 $*\" >> '" + world.path(u"ran"_s).toUtf8() + "'\ncat\n", true);
        const QString evil = world.path(u"evil.sh"_s);
        for (const QString &key : { u"core.fsmonitor"_s, u"filter.bad.clean"_s, u"diff.external"_s,
                                    u"diff.bad.textconv"_s, u"core.pager"_s, u"core.sshCommand"_s })
            world.git(u"shop"_s, { u"config"_s, key, evil });
        world.write(u"shop/.gitattributes"_s, "* filter=bad diff=bad\n");
        for (const QString &hook : { u"post-index-change"_s, u"reference-transaction"_s, u"post-checkout"_s })
            world.write(u"shop/.git/hooks/"_s + hook,
                        "#!/bin/sh\necho hook >> '" + world.path(u"ran"_s).toUtf8() + "'\n", true);
        world.write(u"shop/readme.md"_s, "other\n"); // same length class or not: the content has to be looked at

        const auto state = inspect(world, u"shop"_s);
        VERIFY_RESULT(state);
        QCOMPARE(state->uncommitted, 2);
        QVERIFY2(!world.exists(u"ran"_s), world.read(u"ran"_s).constData());

        world.git(u"shop"_s, { u"status"_s }, true);
        QVERIFY(world.exists(u"ran"_s)); // plain git does run it
    }

    void thePersonsOwnFilterCounts()
    {
        GitWorld world;
        world.git(u"."_s, { u"config"_s, u"--global"_s, u"filter.up.clean"_s, u"tr a-z A-Z"_s });
        world.makeRepository(u"shop"_s);
        world.write(u"shop/.gitattributes"_s, "*.md filter=up\n");
        world.git(u"shop"_s, { u"add"_s, u"--renormalize"_s, u"."_s });
        world.commitAll(u"shop"_s, u"filtered"_s);
        world.write(u"shop/readme.md"_s, "HELLO\n"); // cleaned it is the same
        const auto state = inspect(world, u"shop"_s);
        VERIFY_RESULT(state);
        QCOMPARE(state->uncommitted, 0);
    }

    void lookingWritesNothing()
    {
        GitWorld world;
        world.makeRepository(u"shop"_s);
        world.write(u"shop/readme.md"_s, "hello\n"); // stale in the index: plain status would refresh it
        const auto snapshot = [&] {
            QStringList all;
            QDirIterator files(world.path(u"shop"_s), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
            while (files.hasNext()) {
                files.next();
                all << files.filePath() + u' ' + QString::number(files.fileInfo().lastModified().toMSecsSinceEpoch());
            }
            all.sort();
            return all;
        };
        const QStringList before = snapshot();
        VERIFY_RESULT(inspect(world, u"shop"_s));
        QCOMPARE(snapshot(), before);
    }

    void anotherOwner()
    {
        GitWorld world;
        world.makeRepository(u"shop"_s);
        // git's own way to see every folder as somebody else's.
        world.write(u"git.sh"_s, "#!/bin/sh\nGIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec git \"$@\"\n", true);
        GitRunner git(m_processes, world.path(u"git.sh"_s), world.environment());
        CloneInspector inspector(git);
        QCOMPARE(nameOf(await(inspector.inspect(world.path(u"shop"_s)))), u"git.unsafeOwner"_s);
        world.git(u"."_s, { u"config"_s, u"--global"_s, u"--add"_s, u"safe.directory"_s, world.path(u"shop"_s) });
        world.tool(u"chown"_s, u"."_s, { u"-R"_s, u"12345"_s, u"shop"_s }, true); // takes effect as root only
        const bool foreign = QFileInfo(world.path(u"shop"_s)).ownerId() == 12345;
        const auto state = await(inspector.inspect(world.path(u"shop"_s)));
        VERIFY_RESULT(state);
        QCOMPARE(state->acceptedOwner, foreign);
    }

    void gitIsMissing()
    {
        GitWorld world;
        world.makeRepository(u"shop"_s);
        GitRunner git(m_processes, u"no-such-git"_s, world.environment());
        CloneInspector inspector(git);
        QCOMPARE(nameOf(await(inspector.inspect(world.path(u"shop"_s)))), u"git.missing"_s);
    }
};

FOUNDRY_TEST_MAIN(CloneInspectorTest)
#include "CloneInspectorTest.moc"
