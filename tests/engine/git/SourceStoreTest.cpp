// Foundry's bare repository: bases come in from every kind of clone, commits are made, refs are kept.
#include "FatalWarnings.h" // first: moc stumbles over <concepts> before a Qt header

#include "GitWorld.h"
#include "SourceStore.h"

using namespace foundry;
using namespace foundry::test;

namespace {

struct Stored : GitWorld {
    SystemClock clock;
    ProcessRunner processes { clock };
    GitRunner runner { processes, u"git"_s, environment() };
    SourceStore store { runner };
    QString bare = path(u"data/source.git"_s);
};

const QString baseRef = u"refs/foundry/task/1/base"_s;

} // namespace

class SourceStoreTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aBaseComesIn()
    {
        Stored world;
        world.makeRepository(u"my shop: 100%"_s);
        world.git(u"my shop: 100%"_s, { u"branch"_s, u"feature/x"_s });
        const QString clone = world.path(u"my shop: 100%"_s);
        VERIFY_RESULT(await(world.store.ensure(world.bare)));
        VERIFY_RESULT(await(world.store.ensure(world.bare))); // again is nothing
        QCOMPARE(QFileInfo(world.bare).permissions() & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
        const QString head = world.head(u"my shop: 100%"_s);
        for (const QString &from : { u"main"_s, u"feature/x"_s, u"HEAD"_s, u"refs/heads/main"_s, head }) {
            const auto commit = await(world.store.fetchBase(world.bare, clone, from, baseRef));
            VERIFY_RESULT(commit);
            QCOMPARE(*commit, head);
        }
        for (const QString &from :
             { u"no-such"_s, u"0123456789012345678901234567890123456789"_s, u"--upload-pack=id"_s, u"a b"_s })
            QCOMPARE(nameOf(await(world.store.fetchBase(world.bare, clone, from, baseRef))), u"git.noCommits"_s);
        QCOMPARE(nameOf(await(world.store.fetchBase(world.bare, world.path(u"gone"_s), u"main"_s, baseRef))),
                 u"repository.moved"_s);
    }

    void whatAKilledGitLeftGoes()
    {
        Stored world;
        world.makeRepository(u"shop"_s);
        VERIFY_RESULT(await(world.store.ensure(world.bare)));
        VERIFY_RESULT(await(world.store.fetchBase(world.bare, world.path(u"shop"_s), u"main"_s, baseRef)));
        world.git(u"data/source.git"_s, { u"repack"_s, u"-q"_s, u"-a"_s, u"-d"_s });
        const QStringList left { u"objects/pack/tmp_pack_x"_s,
                                 u"objects/pack/pack-1.keep"_s,
                                 u"objects/pack/pack-1.pack"_s,
                                 u"objects/ab/tmp_obj_x"_s,
                                 u"refs/foundry/x.lock"_s,
                                 u"packed-refs.lock"_s,
                                 u"shallow.lock"_s };
        for (const QString &name : left)
            world.write(u"data/source.git/"_s + name, "half");
        const Millis now = world.clock.now();
        const auto none = await(world.store.removeLeftovers(world.bare, now - 3'600'000));
        VERIFY_RESULT(none);
        QCOMPARE(*none, 0); // somebody may be at it
        const auto all = await(world.store.removeLeftovers(world.bare, now + 3'600'000));
        VERIFY_RESULT(all);
        QCOMPARE(*all, int(left.size()));
        for (const QString &name : left)
            QVERIFY2(!world.exists(u"data/source.git/"_s + name), qPrintable(name));
        world.git(u"data/source.git"_s, { u"fsck"_s, u"--strict"_s });
        const auto commit = await(world.store.resolve(world.bare, baseRef));
        VERIFY_RESULT(commit);
        QCOMPARE(*commit, world.head(u"shop"_s));
    }

    void aBaseMovesOn()
    {
        Stored world;
        world.makeRepository(u"shop"_s);
        VERIFY_RESULT(await(world.store.ensure(world.bare)));
        VERIFY_RESULT(await(world.store.fetchBase(world.bare, world.path(u"shop"_s), u"main"_s, baseRef)));
        world.git(u"shop"_s, { u"commit"_s, u"-q"_s, u"--amend"_s, u"-m"_s, u"other history"_s });
        const auto commit = await(world.store.fetchBase(world.bare, world.path(u"shop"_s), u"main"_s, baseRef));
        VERIFY_RESULT(commit);
        QCOMPARE(*commit, world.head(u"shop"_s));
    }

    void fromALinkedWorktreeAndADetachedHead()
    {
        Stored world;
        world.makeRepository(u"shop"_s);
        world.git(u"shop"_s, { u"worktree"_s, u"add"_s, u"-q"_s, u"--detach"_s, u"../side"_s });
        const QString head = world.commitAll(u"side"_s, u"on no branch"_s);
        VERIFY_RESULT(await(world.store.ensure(world.bare)));
        const auto commit = await(world.store.fetchBase(world.bare, world.path(u"side"_s), u"HEAD"_s, baseRef));
        VERIFY_RESULT(commit);
        QCOMPARE(*commit, head);
    }

    void fromAShallowClone()
    {
        Stored world;
        world.makeRepository(u"origin"_s);
        world.commitAll(u"origin"_s, u"second"_s);
        world.git(u"."_s, { u"clone"_s, u"-q"_s, u"--depth=1"_s, u"file://"_s + world.path(u"origin"_s), u"shop"_s });
        VERIFY_RESULT(await(world.store.ensure(world.bare)));
        const auto commit = await(world.store.fetchBase(world.bare, world.path(u"shop"_s), u"main"_s, baseRef));
        VERIFY_RESULT(commit);
        QCOMPARE(*commit, world.head(u"origin"_s));
        const auto tree = await(world.store.treeOf(world.bare, *commit));
        VERIFY_RESULT(tree);
        // The person completes the clone: the store follows.
        world.git(u"shop"_s, { u"fetch"_s, u"-q"_s, u"--unshallow"_s });
        VERIFY_RESULT(await(world.store.fetchBase(world.bare, world.path(u"shop"_s), u"main"_s, baseRef)));
    }

    void aPartialCloneIsNamedAsSuch()
    {
        Stored world;
        world.makeRepository(u"origin"_s);
        world.write(u"origin/readme.md"_s, "second\n");
        world.commitAll(u"origin"_s, u"second"_s);
        world.git(u"origin"_s, { u"config"_s, u"uploadpack.allowFilter"_s, u"true"_s });
        world.git(u"."_s,
                  { u"clone"_s, u"-q"_s, u"--filter=blob:none"_s, u"file://"_s + world.path(u"origin"_s), u"shop"_s });
        VERIFY_RESULT(await(world.store.ensure(world.bare)));
        const auto commit = await(world.store.fetchBase(world.bare, world.path(u"shop"_s), u"main"_s, baseRef));
        QVERIFY2(nameOf(commit) == u"repository.unsupported"_s, qPrintable(chainOf(commit)));
    }

    void aSha256Clone()
    {
        Stored world;
        QDir().mkpath(world.path(u"shop"_s));
        world.git(u"shop"_s, { u"init"_s, u"-q"_s, u"-b"_s, u"main"_s, u"--object-format=sha256"_s });
        const QString head = world.commitAll(u"shop"_s, u"first"_s);
        VERIFY_RESULT(await(world.store.ensure(world.bare, u"sha256"_s)));
        const auto commit = await(world.store.fetchBase(world.bare, world.path(u"shop"_s), head, baseRef));
        VERIFY_RESULT(commit);
        QCOMPARE(commit->size(), 64);
    }

    void aCloneOfAnotherOwner()
    {
        Stored world;
        world.makeRepository(u"shop"_s);
        world.tool(u"chown"_s, u"."_s, { u"-R"_s, u"12345"_s, u"shop"_s }, true); // takes effect as root only
        VERIFY_RESULT(await(world.store.ensure(world.bare)));
        const bool foreign = QFileInfo(world.path(u"shop"_s)).ownerId() == 12345;
        QCOMPARE(nameOf(await(world.store.fetchBase(world.bare, world.path(u"shop"_s), u"main"_s, baseRef))),
                 foreign ? u"git.unsafeOwner"_s : QString());
        VERIFY_RESULT(await(world.store.fetchBase(world.bare, world.path(u"shop"_s), u"main"_s, baseRef, true)));
    }

    // Fetching must run nothing that the clone's configuration names.
    void fetchingRunsNothing()
    {
        Stored world;
        world.makeRepository(u"shop"_s);
        const QByteArray evil = "#!/bin/sh\necho ran >> '" + world.path(u"ran"_s).toUtf8() + "'\n";
        world.write(u"evil.sh"_s, evil, true);
        for (const QString &hook : { u"pre-auto-gc"_s, u"reference-transaction"_s, u"post-index-change"_s })
            world.write(u"shop/.git/hooks/"_s + hook, evil, true);
        for (const QString &key : { u"core.fsmonitor"_s, u"uploadpack.packObjectsHook"_s,
                                    u"core.alternateRefsCommand"_s, u"core.gitProxy"_s })
            world.git(u"shop"_s, { u"config"_s, key, world.path(u"evil.sh"_s) });
        VERIFY_RESULT(await(world.store.ensure(world.bare)));
        VERIFY_RESULT(await(world.store.fetchBase(world.bare, world.path(u"shop"_s), u"main"_s, baseRef)));
        QVERIFY(!world.exists(u"ran"_s));
        world.git(u"shop"_s, { u"status"_s }, true);
        QVERIFY(world.exists(u"ran"_s)); // plain git in the clone does run it
    }

    void commits()
    {
        Stored world;
        world.makeRepository(u"shop"_s);
        VERIFY_RESULT(await(world.store.ensure(world.bare)));
        const auto base = await(world.store.fetchBase(world.bare, world.path(u"shop"_s), u"main"_s, baseRef));
        VERIFY_RESULT(base);
        CommitSpec spec;
        spec.tree = *await(world.store.treeOf(world.bare, *base));
        spec.parents = { *base };
        spec.message = u"Füge hinzu\n\n# no comment\n"_s;
        spec.author = { u"Ada Lovelace"_s, u"ada@example.org"_s };
        spec.committer = { u"Bob"_s, u"bob@example.org"_s };
        spec.at = 1'800'000'000'999;
        const auto commit = await(world.store.commitTree(world.bare, spec));
        VERIFY_RESULT(commit);
        QCOMPARE(await(world.store.commitTree(world.bare, spec)), commit); // the same again
        VERIFY_RESULT(await(world.store.updateRef(world.bare, u"refs/heads/x"_s, *commit)));
        QCOMPARE(world.git(u"data/source.git"_s, { u"log"_s, u"-1"_s, u"--format=%an %ae %cn %ce %at %B"_s, u"x"_s }),
                 u"Ada Lovelace ada@example.org Bob bob@example.org 1800000000 Füge hinzu\n\n# no comment"_s);

        QCOMPARE(*await(world.store.countCommits(world.bare, *base, *commit)), 1);
        QCOMPARE(*await(world.store.countCommits(world.bare, *commit, *base)), 0);
        QVERIFY(*await(world.store.isAncestor(world.bare, *base, *commit)));
        QVERIFY(!*await(world.store.isAncestor(world.bare, *commit, *base)));
        QVERIFY(*await(world.store.isAncestor(world.bare, *commit, *commit)));

        spec.author.email.clear();
        QCOMPARE(nameOf(await(world.store.commitTree(world.bare, spec))), u"git.identityMissing"_s);
        spec.author.email = u"a@b"_s;
        spec.message = u"x"_s.repeated(2 * 1024 * 1024);
        QCOMPARE(nameOf(await(world.store.commitTree(world.bare, spec))), u"git.tooLarge"_s);
    }

    void aSignedCommit()
    {
        Stored world;
        world.makeRepository(u"shop"_s);
        VERIFY_RESULT(await(world.store.ensure(world.bare)));
        const auto base = await(world.store.fetchBase(world.bare, world.path(u"shop"_s), u"main"_s, baseRef));
        VERIFY_RESULT(base);
        // In the place of gpg: git wants a status line on descriptor 2 and the signature on 1.
        world.write(u"gpg.sh"_s,
                    "#!/bin/sh\ncat >/dev/null\necho \"$*\" > '" + world.path(u"asked"_s).toUtf8()
                        + "'\nprintf '\\n[GNUPG:] SIG_CREATED \\n' >&2\nprintf -- '-----BEGIN PGP "
                          "SIGNATURE-----\\nx\\n-----END PGP SIGNATURE-----\\n'\n",
                    true);
        CommitSpec spec;
        spec.tree = *await(world.store.treeOf(world.bare, *base));
        spec.message = u"m"_s;
        spec.author = spec.committer = { u"Ada"_s, u"ada@example.org"_s };
        spec.sign = true;
        spec.signing = { { u"gpg.program"_s, world.path(u"gpg.sh"_s) }, { u"user.signingkey"_s, u"KEY1"_s } };
        const auto commit = await(world.store.commitTree(world.bare, spec));
        VERIFY_RESULT(commit);
        QVERIFY(world.git(u"data/source.git"_s, { u"cat-file"_s, u"commit"_s, *commit })
                    .contains(u"gpgsig -----BEGIN PGP SIGNATURE"_s));
        QVERIFY(world.read(u"asked"_s).contains("KEY1"));

        world.write(u"gpg.sh"_s, "#!/bin/sh\necho 'no secret key' >&2\nexit 2\n", true);
        QCOMPARE(nameOf(await(world.store.commitTree(world.bare, spec))), u"git.signing"_s);
    }

    void refs()
    {
        Stored world;
        world.makeRepository(u"shop"_s);
        VERIFY_RESULT(await(world.store.ensure(world.bare)));
        const auto base = await(world.store.fetchBase(world.bare, world.path(u"shop"_s), u"main"_s, baseRef));
        for (const QString &ref :
             { u"refs/foundry/task/1/s1"_s, u"refs/foundry/task/1/s2"_s, u"refs/foundry/task/10/s1"_s })
            VERIFY_RESULT(await(world.store.updateRef(world.bare, ref, baseRef)));
        QCOMPARE(await(world.store.refs(world.bare, u"refs/foundry/task/1/"_s))->size(), 3);
        QCOMPARE(*await(world.store.deleteRefs(world.bare, u"refs/foundry/task/1/"_s)), 3);
        QCOMPARE(*await(world.store.deleteRefs(world.bare, u"refs/foundry/task/1/"_s)), 0);
        QCOMPARE(*await(world.store.refs(world.bare, u"refs/foundry/"_s)),
                 QStringList { u"refs/foundry/task/10/s1"_s });
        QCOMPARE(*await(world.store.resolve(world.bare, u"refs/foundry/task/10/s1"_s)), *base);
        QCOMPARE(*await(world.store.resolve(world.bare, u"refs/foundry/none"_s)), QString());
        QCOMPARE(*await(world.store.resolve(world.bare, u"0123456789012345678901234567890123456789"_s)), QString());
        VERIFY_RESULT(await(world.store.deleteRef(world.bare, u"refs/foundry/task/10/s1"_s)));
        VERIFY_RESULT(await(world.store.deleteRef(world.bare, u"refs/foundry/task/10/s1"_s)));
        QCOMPARE(nameOf(await(world.store.updateRef(world.bare, u"refs/foundry/x"_s, u"refs/foundry/none"_s))),
                 u"git.noCommits"_s);
        for (const QString &hostile : { u"../../etc"_s, u"refs/../x"_s, u"-d"_s, u"refs/a\nb"_s })
            QCOMPARE(nameOf(await(world.store.updateRef(world.bare, hostile, *base))), u"git.invalidBranch"_s);
    }

    void whatARefHoldsSurvivesGarbageCollection()
    {
        Stored world;
        world.makeRepository(u"shop"_s);
        VERIFY_RESULT(await(world.store.ensure(world.bare)));
        const auto base = await(world.store.fetchBase(world.bare, world.path(u"shop"_s), u"main"_s, baseRef));
        VERIFY_RESULT(await(world.store.collectGarbage(world.bare)));
        QCOMPARE(*await(world.store.resolve(world.bare, *base)), *base);
        QVERIFY(*await(world.store.diskUse(world.bare)) > 0);
    }
};

FOUNDRY_TEST_MAIN(SourceStoreTest)
#include "SourceStoreTest.moc"
