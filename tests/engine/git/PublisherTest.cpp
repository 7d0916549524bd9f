// Finished work reaches the person's remote or clone, never over somebody else's.
#include "FatalWarnings.h" // first: moc stumbles over <concepts> before a Qt header

#include "GitWorld.h"
#include "Publisher.h"
#include "SourceStore.h"

using namespace foundry;
using namespace foundry::test;

namespace {

const QString ours = u"refs/foundry/task/1/head"_s;

// A clone with a bare remote beside it, and a store with one commit more than both.
struct Published : GitWorld {
    SystemClock clock;
    ProcessRunner processes { clock };
    GitRunner runner { processes, u"git"_s, environment() };
    SourceStore store { runner };
    Publisher publisher { runner };
    QString bare = path(u"data/source.git"_s);
    PersonSettings settings;
    QString commit;

    Published()
    {
        makeRepository(u"shop"_s);
        git(u"."_s, { u"clone"_s, u"-q"_s, u"--bare"_s, u"shop"_s, u"origin.git"_s });
        git(u"shop"_s, { u"remote"_s, u"add"_s, u"origin"_s, u"../origin.git"_s });
        await(store.ensure(bare)).value();
        const QString base = await(store.fetchBase(bare, path(u"shop"_s), u"main"_s, ours)).value();
        commit = commitOn(base, u"the work"_s);
        await(store.updateRef(bare, ours, commit)).value();
        PersonSettingsReader reader(runner);
        settings = await(reader.read(path(u"shop"_s))).value();
    }
    QString commitOn(const QString &parent, const QString &message)
    {
        CommitSpec spec;
        spec.tree = await(store.treeOf(bare, parent)).value();
        spec.parents = { parent };
        spec.message = message;
        spec.author = spec.committer = { u"Ada"_s, u"ada@example.org"_s };
        return await(store.commitTree(bare, spec)).value();
    }
    Result<> push(const QString &what, const QString &branch)
    {
        return await(publisher.push(bare, what, branch, settings));
    }
    Result<> bring(const QString &branch)
    {
        return await(publisher.bringIntoClone(path(u"shop"_s), bare, ours, branch));
    }
};

} // namespace

class PublisherTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void pushing()
    {
        Published world;
        VERIFY_RESULT(world.push(world.commit, u"fix/a"_s));
        QCOMPARE(world.head(u"origin.git"_s, u"fix/a"_s), world.commit);
        VERIFY_RESULT(world.push(world.commit, u"fix/a"_s)); // again, as after a crash
        const QString more = world.commitOn(world.commit, u"a second turn"_s);
        VERIFY_RESULT(world.push(more, u"fix/a"_s));
        QCOMPARE(world.head(u"origin.git"_s, u"fix/a"_s), more);
        QCOMPARE(*await(world.publisher.remoteBranch(world.bare, u"fix/a"_s, world.settings)), more);
        QCOMPARE(*await(world.publisher.remoteBranch(world.bare, u"a"_s, world.settings)), QString());
        QCOMPARE(await(world.publisher.remoteBranches(world.bare, world.settings))->size(), size_t(2));
    }

    void aBranchWithOtherContentIsLeftAlone()
    {
        Published world;
        world.git(u"shop"_s, { u"checkout"_s, u"-q"_s, u"-b"_s, u"fix/a"_s });
        const QString theirs = world.commitAll(u"shop"_s, u"somebody else's"_s);
        world.git(u"shop"_s, { u"push"_s, u"-q"_s, u"origin"_s, u"fix/a"_s });
        QCOMPARE(nameOf(world.push(world.commit, u"fix/a"_s)), u"git.branchExists"_s); // unknown to the store
        const QString other = world.commitOn(world.commit, u"x"_s);
        VERIFY_RESULT(world.push(other, u"fix/b"_s));
        QCOMPARE(nameOf(world.push(world.commit, u"fix/b"_s)), u"git.branchExists"_s); // known, and further
        QCOMPARE(world.head(u"origin.git"_s, u"fix/a"_s), theirs);
        QCOMPARE(world.head(u"origin.git"_s, u"fix/b"_s), other);
        // A name that is a folder of names there.
        QCOMPARE(nameOf(world.push(world.commit, u"fix"_s)), u"git.branchExists"_s);
        QCOMPARE(nameOf(world.push(world.commit, u"fix/a/b"_s)), u"git.branchExists"_s);
    }

    void aRemoteThatRefuses()
    {
        Published world;
        world.write(u"origin.git/hooks/pre-receive"_s,
                    "#!/bin/sh\nprintf '\\033[31mrelease freeze\\033[0m until Monday\\nask Ada\\n' >&2\nexit 1\n",
                    true);
        const auto refused = world.push(world.commit, u"fix/a"_s);
        QCOMPARE(nameOf(refused), u"git.refused"_s);
        QCOMPARE(refused.error().detail, u"release freeze until Monday\nask Ada"_s);
        QVERIFY(!refused.error().isTransient());
        QVERIFY(QFile::remove(world.path(u"origin.git/hooks/pre-receive"_s)));
        VERIFY_RESULT(world.push(world.commit, u"fix/a"_s));
    }

    void addressesThatDoNotWork_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("failure");
        QTest::addColumn<bool>("transient");
        QTest::newRow("gone") << u"/no/such/repository.git"_s << u"git.unreachable"_s << false;
        QTest::newRow("nobody listens") << u"http://user:s3cret@127.0.0.1:9/x.git"_s << u"git.unreachable"_s << true;
        QTest::newRow("a helper") << u"ext::sh -c touch% /ran"_s << u"repository.unsupported"_s << false;
        QTest::newRow("an option") << u"--receive-pack=sh"_s << u"repository.unsupported"_s << false;
    }
    void addressesThatDoNotWork()
    {
        QFETCH(QString, url);
        QFETCH(QString, failure);
        QFETCH(bool, transient);
        Published world;
        world.settings.pushUrl = url;
        const auto pushed = world.push(world.commit, u"fix/a"_s);
        QCOMPARE(nameOf(pushed), failure);
        QCOMPARE(pushed.error().isTransient(), transient);
        QVERIFY2(!pushed.error().chain().contains(u"s3cret"_s) && !pushed.error().correlation.contains(u"s3cret"_s),
                 qPrintable(pushed.error().chain()));
    }

    void withoutARemote()
    {
        Published world;
        world.git(u"shop"_s, { u"remote"_s, u"remove"_s, u"origin"_s });
        PersonSettingsReader reader(world.runner);
        world.settings = await(reader.read(world.path(u"shop"_s))).value();
        QCOMPARE(nameOf(world.push(world.commit, u"fix/a"_s)), u"git.noRemote"_s);
        QCOMPARE(nameOf(await(world.publisher.remoteBranches(world.bare, world.settings))), u"git.noRemote"_s);
    }

    // The person's own transport is used, and what is not on the list is not.
    void thePersonsSsh()
    {
        Published world;
        // In the place of ssh: notes its arguments and runs the far side here.
        world.write(u"ssh.sh"_s,
                    "#!/bin/sh\necho \"$*\" > '" + world.path(u"asked"_s).toUtf8()
                        + "'\nfor last; do :; done\neval \"$last\"\n",
                    true);
        world.settings.transport
            = { { u"core.sshcommand"_s, shellQuoted(world.path(u"ssh.sh"_s)) }, { u"ssh.variant"_s, u"ssh"_s } };
        world.settings.pushUrl = u"git@example.org:"_s + world.path(u"origin.git"_s);
        VERIFY_RESULT(world.push(world.commit, u"fix/a"_s));
        QCOMPARE(world.head(u"origin.git"_s, u"fix/a"_s), world.commit);
        QVERIFY2(world.read(u"asked"_s).contains("git@example.org"), world.read(u"asked"_s).constData());

        world.write(u"ssh.sh"_s, "#!/bin/sh\necho 'git@example.org: Permission denied (publickey).' >&2\nexit 255\n",
                    true);
        QCOMPARE(nameOf(world.push(world.commit, u"fix/a"_s)), u"git.noKeyInAgent"_s); // there is no agent
    }

    void aRemoteOfAnotherOwner()
    {
        Published world;
        world.tool(u"chown"_s, u"."_s, { u"-R"_s, u"12345"_s, u"origin.git"_s }, true); // takes effect as root only
        const bool foreign = QFileInfo(world.path(u"origin.git"_s)).ownerId() == 12345;
        QCOMPARE(nameOf(world.push(world.commit, u"fix/a"_s)), foreign ? u"git.unsafeOwner"_s : QString());
        world.settings.safeDirectories = { world.path(u"origin.git"_s) };
        VERIFY_RESULT(world.push(world.commit, u"fix/a"_s));
    }

    void fromAShallowClone()
    {
        Published world;
        world.commitAll(u"shop"_s, u"second"_s);
        world.git(u"shop"_s, { u"push"_s, u"-q"_s, u"origin"_s, u"main"_s });
        world.git(u"."_s,
                  { u"clone"_s, u"-q"_s, u"--depth=1"_s, u"file://"_s + world.path(u"origin.git"_s), u"shallow"_s });
        const QString bare = world.path(u"data/shallow.git"_s);
        VERIFY_RESULT(await(world.store.ensure(bare)));
        const auto base = await(world.store.fetchBase(bare, world.path(u"shallow"_s), u"main"_s, ours));
        VERIFY_RESULT(base);
        world.bare = bare;
        const QString commit = world.commitOn(*base, u"work"_s);
        VERIFY_RESULT(world.push(commit, u"fix/a"_s));
        QCOMPARE(world.head(u"origin.git"_s, u"fix/a"_s), commit);
    }

    void badNames()
    {
        Published world;
        for (const QString &branch : { u"-x"_s, u"a..b"_s, u"a b"_s, u""_s, u"x:refs/heads/main"_s, u"HEAD"_s }) {
            QCOMPARE(nameOf(world.push(world.commit, branch)), u"git.invalidBranch"_s);
            QCOMPARE(nameOf(world.bring(branch)), u"git.invalidBranch"_s);
        }
        QCOMPARE(nameOf(world.push(u"--force"_s, u"fix/a"_s)), u"git.noCommits"_s);
        QCOMPARE(nameOf(world.push(u"+refs/heads/x"_s, u"fix/a"_s)), u"git.noCommits"_s);
    }

    void intoTheClone()
    {
        Published world;
        const QByteArray hook = "#!/bin/sh\necho hook >> '" + world.path(u"ran"_s).toUtf8() + "'\n";
        world.write(u"shop/.git/hooks/reference-transaction"_s, hook, true);
        world.write(u"shop/readme.md"_s, "not committed\n");
        VERIFY_RESULT(world.bring(u"fix/a"_s));
        VERIFY_RESULT(world.bring(u"fix/a"_s));
        QVERIFY(!world.exists(u"ran"_s));
        QCOMPARE(world.head(u"shop"_s, u"fix/a"_s), world.commit);
        QCOMPARE(world.read(u"shop/readme.md"_s), "not committed\n");
        QVERIFY(!world.exists(u"shop/.git/FETCH_HEAD"_s));
        QCOMPARE(world.git(u"shop"_s, { u"for-each-ref"_s, u"--format=%(refname)"_s }),
                 u"refs/heads/fix/a\nrefs/heads/main"_s);
        world.git(u"shop"_s, { u"branch"_s, u"control"_s });
        QVERIFY(world.exists(u"ran"_s)); // plain git does run the hook

        const QString more = world.commitOn(world.commit, u"more"_s);
        VERIFY_RESULT(await(world.store.updateRef(world.bare, ours, more)));
        VERIFY_RESULT(world.bring(u"fix/a"_s)); // a fast-forward
        QCOMPARE(world.head(u"shop"_s, u"fix/a"_s), more);
    }

    void theClonesOwnBranchesAreLeftAlone()
    {
        Published world;
        const QString before = world.head(u"shop"_s);
        QCOMPARE(nameOf(world.bring(u"main"_s)), u"git.checkedOut"_s);
        QCOMPARE(world.head(u"shop"_s), before);

        world.git(u"shop"_s, { u"worktree"_s, u"add"_s, u"-q"_s, u"-b"_s, u"side"_s, u"../side"_s });
        QCOMPARE(nameOf(world.bring(u"side"_s)), u"git.checkedOut"_s);

        world.git(u"shop"_s, { u"checkout"_s, u"-q"_s, u"-b"_s, u"fix/a"_s });
        const QString theirs = world.commitAll(u"shop"_s, u"other"_s);
        world.git(u"shop"_s, { u"checkout"_s, u"-q"_s, u"main"_s });
        QCOMPARE(nameOf(world.bring(u"fix/a"_s)), u"git.branchExists"_s);
        QCOMPARE(nameOf(world.bring(u"fix"_s)), u"git.branchExists"_s);
        QCOMPARE(nameOf(world.bring(u"fix/a/b"_s)), u"git.branchExists"_s);
        QCOMPARE(world.head(u"shop"_s, u"fix/a"_s), theirs);
        QCOMPARE(nameOf(await(world.publisher.bringIntoClone(world.path(u"gone"_s), world.bare, ours, u"x"_s))),
                 u"repository.moved"_s);
    }
};

FOUNDRY_TEST_MAIN(PublisherTest)
#include "PublisherTest.moc"
