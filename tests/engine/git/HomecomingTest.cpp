// Commits come home from a repository that an agent could write: nothing of it runs on the host, nothing malformed
// comes in, no answer is too long for us.
#include "FatalWarnings.h" // first: moc stumbles over <concepts> before a Qt header

#include "GitWorld.h"
#include "SourceStore.h"

using namespace foundry;
using namespace foundry::test;
using namespace std::chrono_literals;

namespace {

const QString home = u"refs/foundry/task/1/head"_s;

// A store with a base, and an agent's repository made from it.
struct Sandboxed : GitWorld {
    SystemClock clock;
    ProcessRunner processes { clock };
    GitRunner runner { processes, u"git"_s, environment() };
    SourceStore store { runner };
    QString bare = path(u"data/source.git"_s);
    QString base;

    Sandboxed()
    {
        makeRepository(u"shop"_s);
        await(store.ensure(bare)).value();
        base = await(store.fetchBase(bare, path(u"shop"_s), u"main"_s, u"refs/foundry/task/1/base"_s)).value();
        git(u"."_s, { u"clone"_s, u"-q"_s, u"shop"_s, u"agent"_s });
    }
    Result<QStringList> bringHome(const QString &source = u"HEAD"_s)
    {
        return bringHomeBy(uploadPackOf(u"agent"_s), source);
    }
    Result<QStringList> bringHomeBy(const QString &program, const QString &source = u"HEAD"_s)
    {
        return await(store.fetchHome(bare, program, { { source, home } }));
    }
    // Serves with a shell script in upload-pack's place.
    Result<QStringList> bringHomeFrom(const QByteArray &script)
    {
        write(u"hostile.sh"_s, "#!/bin/sh\n" + script, true);
        return bringHomeBy(path(u"hostile.sh"_s));
    }
    // An object as it is, however wrong.
    QString object(const QString &type, const QByteArray &content)
    {
        return git(u"agent"_s, { u"hash-object"_s, u"-w"_s, u"-t"_s, type, u"--literally"_s, u"--stdin"_s }, false,
                   content);
    }
    QString commitOf(const QString &tree)
    {
        return object(u"commit"_s,
                      "tree " + tree.toLatin1() + "\nparent " + base.toLatin1()
                          + "\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nm\n");
    }
    QString storedHome() { return await(store.resolve(bare, home)).value(); }
    QStringList storedRefs() { return await(store.refs(bare, u"refs/"_s)).value(); }
};

QByteArray entry(const QByteArray &mode, const QByteArray &name, const QString &id)
{
    return mode + ' ' + name + '\0' + QByteArray::fromHex(id.toLatin1());
}

} // namespace

class HomecomingTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void commitsComeHome()
    {
        Sandboxed world;
        world.write(u"agent/new.txt"_s, "new\n");
        const QString commit = world.commitAll(u"agent"_s, u"the work"_s);
        world.git(u"agent"_s, { u"update-ref"_s, u"refs/foundry/snapshot"_s, commit });
        const auto came = await(world.store.fetchHome(
            world.bare, world.uploadPackOf(u"agent"_s),
            { { u"HEAD"_s, home }, { u"refs/foundry/snapshot"_s, u"refs/foundry/task/1/turn/1"_s } }));
        VERIFY_RESULT(came);
        QCOMPARE(*came, QStringList({ commit, commit }));
        QCOMPARE(world.storedRefs(),
                 QStringList({ u"refs/foundry/task/1/base"_s, home, u"refs/foundry/task/1/turn/1"_s }));
        VERIFY_RESULT(world.bringHome()); // again
        // History that the agent wrote anew replaces what was there.
        world.git(u"agent"_s, { u"commit"_s, u"-q"_s, u"--amend"_s, u"-m"_s, u"other"_s });
        VERIFY_RESULT(world.bringHome());
        QCOMPARE(world.storedHome(), world.head(u"agent"_s));
    }

    void thePathOfTheProgramIsOneWord()
    {
        Sandboxed world;
        const QByteArray script = "#!/bin/sh\nexec git-upload-pack '" + world.path(u"agent"_s).toUtf8() + "'\n";
        world.write(u"it's $(touch ran); here/serve"_s, script, true);
        VERIFY_RESULT(world.bringHomeBy(world.path(u"it's $(touch ran); here/serve"_s)));
        QVERIFY(!world.exists(u"ran"_s));
        QVERIFY(!await(world.store.fetchHome(world.bare, world.path(u"no such program"_s), { { u"HEAD"_s, home } }))
                     .has_value());
    }

    // The wrapper stands for the border of the sandbox: what runs behind it is marked.
    void nothingOfTheAgentsRunsOnTheHost()
    {
        Sandboxed world;
        world.commitAll(u"agent"_s, u"the work"_s);
        const QByteArray evil
            = "#!/bin/sh\necho \"${INSIDE:-host}\" >> '" + world.path(u"ran"_s).toUtf8() + "'\n[ -t 0 ] || cat\n";
        world.write(u"evil.sh"_s, evil, true);
        for (const QString &key :
             { u"core.fsmonitor"_s, u"filter.bad.clean"_s, u"filter.bad.smudge"_s, u"diff.external"_s, u"gpg.program"_s,
               u"core.sshCommand"_s, u"core.alternateRefsCommand"_s, u"uploadpack.packObjectsHook"_s,
               u"credential.helper"_s, u"core.pager"_s })
            world.git(u"agent"_s, { u"config"_s, key, world.path(u"evil.sh"_s) });
        world.git(u"agent"_s, { u"config"_s, u"alias.fetch"_s, u"!"_s + world.path(u"evil.sh"_s) });
        world.write(u"agent/.gitattributes"_s, "* filter=bad\n");
        for (const QString &hook : { u"reference-transaction"_s, u"pre-auto-gc"_s, u"post-checkout"_s, u"post-merge"_s,
                                     u"post-index-change"_s })
            world.write(u"agent/.git/hooks/"_s + hook, evil, true);

        world.write(u"border.sh"_s,
                    "#!/bin/sh\nINSIDE=sandbox exec git-upload-pack '" + world.path(u"agent"_s).toUtf8() + "'\n", true);
        VERIFY_RESULT(world.bringHomeBy(world.path(u"border.sh"_s)));
        QVERIFY2(!world.read(u"ran"_s).contains("host"), world.read(u"ran"_s).constData());

        world.git(u"agent"_s, { u"status"_s }, true);
        QVERIFY(world.read(u"ran"_s).contains("host")); // the control: so it would have been
    }

    void malformedObjects_data()
    {
        QTest::addColumn<QString>("kind");
        for (const char *kind : { "tree with .git", "tree with ..", "tree with a slash", "tree with a name twice",
                                  "modules with an option", "commit without a date" })
            QTest::newRow(kind) << QString::fromLatin1(kind);
    }
    void malformedObjects()
    {
        QFETCH(QString, kind);
        Sandboxed world;
        const QString blob = world.object(u"blob"_s, "x\n");
        const QString empty = world.object(u"tree"_s, "");
        QString commit;
        if (kind == u"tree with .git"_s)
            commit = world.commitOf(world.object(u"tree"_s, entry("40000", ".git", empty)));
        else if (kind == u"tree with .."_s)
            commit = world.commitOf(world.object(u"tree"_s, entry("40000", "..", empty)));
        else if (kind == u"tree with a slash"_s)
            commit = world.commitOf(world.object(u"tree"_s, entry("100644", "a/../../b", blob)));
        else if (kind == u"tree with a name twice"_s)
            commit = world.commitOf(world.object(u"tree"_s, entry("100644", "a", blob) + entry("100644", "a", blob)));
        else if (kind == u"modules with an option"_s)
            commit = world.commitOf(
                world.object(u"tree"_s,
                             entry("100644", ".gitmodules",
                                   world.object(u"blob"_s, "[submodule \"x\"]\n\tpath = x\n\turl = -u./payload\n"))));
        else
            commit
                = world.object(u"commit"_s, "tree " + empty.toLatin1() + "\nauthor A <a@b>\ncommitter A <a@b>\n\nm\n");
        world.git(u"agent"_s, { u"update-ref"_s, u"refs/heads/evil"_s, commit });

        const QStringList before = world.storedRefs();
        QCOMPARE(nameOf(world.bringHome(u"refs/heads/evil"_s)), u"git.corrupt"_s);
        QCOMPARE(world.storedRefs(), before);

        // The control: plain git takes it.
        world.git(u"."_s, { u"init"_s, u"-q"_s, u"--bare"_s, u"plain.git"_s });
        world.git(u"plain.git"_s,
                  { u"fetch"_s, u"-q"_s, world.path(u"agent"_s), u"refs/heads/evil:refs/heads/evil"_s });
        QCOMPARE(world.head(u"plain.git"_s, u"evil"_s), commit);
    }

    void whatIsNoCommit()
    {
        Sandboxed world;
        world.git(u"agent"_s, { u"update-ref"_s, u"refs/x/blob"_s, world.object(u"blob"_s, "x\n") });
        world.git(u"agent"_s, { u"update-ref"_s, u"refs/x/tree"_s, world.head(u"agent"_s, u"HEAD^{tree}"_s) });
        world.git(u"agent"_s, { u"tag"_s, u"-a"_s, u"-m"_s, u"t"_s, u"tagged"_s });
        const QStringList before = world.storedRefs();
        for (const QString &source : { u"refs/x/blob"_s, u"refs/x/tree"_s, u"refs/tags/tagged"_s }) {
            QCOMPARE(nameOf(world.bringHome(source)), u"git.corrupt"_s);
            QCOMPARE(world.storedRefs(), before);
        }
    }

    // Cut history would make the store take the cut for the truth.
    void aRepositoryThatClaimsToBeShallow()
    {
        Sandboxed world;
        const QString commit = world.commitAll(u"agent"_s, u"second"_s);
        world.write(u"agent/.git/shallow"_s, commit.toLatin1() + '\n');
        const auto came = world.bringHome();
        QVERIFY(!QFileInfo::exists(world.bare + u"/shallow"_s));
        QCOMPARE(nameOf(came), u"git.corrupt"_s);
        QCOMPARE(world.storedHome(), QString());
    }

    void hostileNames()
    {
        Sandboxed world;
        const QString program = world.uploadPackOf(u"agent"_s);
        const QStringList before = world.storedRefs();
        for (const QString &name : { u"--upload-pack=id"_s, u"refs/heads/../../x"_s, u"refs/heads/a:refs/heads/b"_s,
                                     u"+refs/heads/main"_s, u"refs/heads/*"_s, u"main"_s, u""_s, u"refs/a\nb"_s }) {
            QCOMPARE(nameOf(await(world.store.fetchHome(world.bare, program, { { name, home } }))), u"git.noCommits"_s);
            QCOMPARE(nameOf(await(world.store.fetchHome(world.bare, program, { { u"HEAD"_s, name } }))),
                     u"git.noCommits"_s);
        }
        QCOMPARE(nameOf(await(world.store.fetchHome(world.bare, program, { { u"HEAD"_s, u"HEAD"_s } }))),
                 u"git.noCommits"_s);
        QCOMPARE(nameOf(world.bringHome(u"refs/heads/not-there"_s)), u"git.noCommits"_s);
        QCOMPARE(world.storedRefs(), before);
    }

    void tooMuch()
    {
        Sandboxed world;
        QByteArray noise;
        quint32 state = 1;
        for (int i = 0; i < 400'000; ++i) {
            state = state * 1664525u + 1013904223u;
            noise += char(state >> 24);
        }
        world.write(u"agent/noise"_s, noise);
        world.commitAll(u"agent"_s, u"noise"_s);
        world.store.homeLimits.packBytes = 100'000;
        const auto came = world.bringHome();
        QVERIFY2(nameOf(came) == u"git.tooLarge"_s, qPrintable(chainOf(came)));
        QCOMPARE(world.storedHome(), QString());
        QCOMPARE(QDir(world.bare + u"/objects/pack"_s).entryList({ u"tmp_*"_s }, QDir::Files), QStringList());
        world.store.homeLimits.packBytes = 1'000'000;
        VERIFY_RESULT(world.bringHome());
    }

    void aFloodOfRefs()
    {
        Sandboxed world;
        world.store.homeLimits.memoryBytes = 200 * 1024 * 1024;
        world.store.homeLimits.time = 30s;
        const auto came = world.bringHomeFrom(
            "exec yes '004b0123456789012345678901234567890123456789 refs/heads/aaaaaaaaaaaaaaaa' | tr -d '\\n'");
        QVERIFY(!came.has_value());
        QCOMPARE(world.storedHome(), QString());
    }

    void nonsense_data()
    {
        QTest::addColumn<QByteArray>("script");
        QTest::newRow("silence, then gone") << QByteArray("exit 0");
        QTest::newRow("a crash") << QByteArray("kill -9 $$");
        QTest::newRow("text") << QByteArray("echo 'SSH-2.0 hello'");
        QTest::newRow("zeros") << QByteArray("head -c 1000000 /dev/zero");
        QTest::newRow("an endless line") << QByteArray("exec yes | tr -d '\\n'");
        QTest::newRow("a wrong length") << QByteArray("printf 'ffff'; head -c 100 /dev/zero");
        QTest::newRow("an error packet") << QByteArray("printf '0014ERR \\033[31mevil\\n'");
    }
    void nonsense()
    {
        QFETCH(QByteArray, script);
        Sandboxed world;
        const auto came = world.bringHomeFrom(script);
        QVERIFY(!came.has_value());
        QVERIFY2(!came.error().detail.contains(u'\x1b'), qPrintable(came.error().detail));
        QCOMPARE(world.storedRefs(), QStringList { u"refs/foundry/task/1/base"_s });
    }

    void silence()
    {
        Sandboxed world;
        world.store.homeLimits.time = 200ms;
        const auto came = world.bringHomeFrom("exec cat"); // ends when git does
        QCOMPARE(nameOf(came), u"process.timedOut"_s);
        QVERIFY(came.error().isTransient());
    }

    void aFloodOfWords()
    {
        Sandboxed world;
        const auto came = world.bringHomeFrom("yes 'remote: \x1b]0;evil\x07 words' | head -c 3000000 >&2; exit 1");
        QVERIFY(!came.has_value());
        QVERIFY(came.error().detail.size() <= Failure::maxDetail);
        QVERIFY(!came.error().detail.contains(u'\x1b'));
    }
};

FOUNDRY_TEST_MAIN(HomecomingTest)
#include "HomecomingTest.moc"
