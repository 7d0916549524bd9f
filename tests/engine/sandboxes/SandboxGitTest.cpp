#include "SandboxFixture.h"

#include "FatalWarnings.h"

using namespace foundry;
using namespace foundry::test;

class SandboxGitTest : public QObject {
    Q_OBJECT

    static QByteArray git(const QString &repository, const QStringList &arguments)
    {
        return onHost(u"git"_s, QStringList { u"-C"_s, repository } + arguments).trimmed();
    }
    // As the git room does it, in short.
    static QByteArray fetchHome(SandboxFixture &fixture, int *exitCode)
    {
        const auto program = fixture.provider.uploadPackProgram(fixture.record);
        if (!program)
            qFatal("%s", qPrintable(program.error().chain()));
        return onHost(u"git"_s,
                      { u"-C"_s, fixture.bare(), u"-c"_s, u"transfer.fsckObjects=true"_s, u"-c"_s,
                        u"core.hooksPath=/dev/null"_s, u"fetch"_s, u"--no-tags"_s, u"--upload-pack="_s + *program,
                        u"/nowhere"_s, u"+refs/foundry/snapshot:refs/foundry/task"_s },
                      exitCode);
    }

private Q_SLOTS:
    void aSnapshotHoldsWhatIsUntrackedAndComesHome()
    {
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        QVERIFY(
            fixture
                .shell(
                    u"echo new >new; echo changed >a.txt; rm src/b.txt; echo no >ignored; echo ignored >.gitignore; git add a.txt"_s)
                .good());
        const auto snapshot = await(fixture.git.snapshot(fixture.record, u"After turn 1\n\nwith a body"_s));
        QVERIFY2(snapshot, qPrintable(snapshot ? QString() : snapshot.error().chain()));
        QCOMPARE(snapshot->head, fixture.base);
        QCOMPARE(snapshot->branchHead, fixture.base);
        QCOMPARE(snapshot->branch, u"foundry/task"_s);
        QVERIFY(snapshot->uncommitted);
        QCOMPARE(snapshot->skipped, QString());
        QCOMPARE(fixture.shell(u"git status --short"_s).output, "M  a.txt\n D src/b.txt\n?? .gitignore\n?? new\n");

        int exitCode = -1;
        const QByteArray said = fetchHome(fixture, &exitCode);
        QVERIFY2(exitCode == 0, said);
        QCOMPARE(git(fixture.bare(), { u"rev-parse"_s, u"refs/foundry/task"_s }), snapshot->commit.toLatin1());
        QCOMPARE(git(fixture.bare(), { u"ls-tree"_s, u"-r"_s, u"--name-only"_s, snapshot->tree }),
                 ".gitignore\na.txt\nnew");
        QCOMPARE(git(fixture.bare(), { u"log"_s, u"-1"_s, u"--format=%an <%ae> %s|%b|%P"_s, snapshot->commit }),
                 QByteArray("Ada L\"ove\\lace <ada@example.org> After turn 1|with a body\n|").replace('\n', "")
                     + fixture.base.toLatin1());
    }

    // git looks into a file again that is not older than its index; a copy of the index has to be as old.
    void whatChangedInTheSecondOfTheIndexIsNotMissed()
    {
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        QVERIFY(
            fixture
                .shell(u"git config core.trustctime false; touch -d @1700000000 a.txt; git update-index --refresh; "
                       "tr a-z b-za <a.txt >/tmp/other; cat /tmp/other >a.txt; touch -d @1700000000 a.txt .git/index"_s)
                .good());
        const auto snapshot = await(fixture.git.snapshot(fixture.record, u"one"_s));
        QVERIFY(snapshot && snapshot->uncommitted);
    }

    // Without an index everything looks new, and what is left out or ignored would look deleted.
    void aLostIndexDeletesNothing_data()
    {
        QTest::addColumn<QString>("patterns");
        QTest::addColumn<bool>("cone");
        QTest::newRow("all") << QString() << false;
        QTest::newRow("cone") << u"/*\n!/*/\n"_s << true;
        QTest::newRow("patterns") << u"/a.txt\n"_s << false;
    }
    void aLostIndexDeletesNothing()
    {
        QFETCH(QString, patterns);
        QFETCH(bool, cone);
        SandboxFixture fixture;
        fixture.sparse = { !patterns.isEmpty(), cone, patterns };
        QCOMPARE(fixture.make(), QString());
        QCOMPARE(fixture.shell(u"ls src 2>/dev/null"_s).output.isEmpty(), !patterns.isEmpty());
        QVERIFY(fixture.shell(u"echo a.txt >.git/info/exclude; echo new >new; rm .git/index"_s).good());
        const auto snapshot = await(fixture.git.snapshot(fixture.record, u"one"_s));
        QVERIFY2(snapshot, qPrintable(snapshot ? QString() : snapshot.error().chain()));
        QCOMPARE(fixture.shell(u"git ls-tree -r --name-only "_s + snapshot->commit).output, "a.txt\nnew\nsrc/b.txt\n");
        QVERIFY(fixture.shell(u"rm -f .git/index"_s).good());
        QVERIFY(await(fixture.git.moveTo(fixture.record, fixture.base)));
        QCOMPARE(fixture.shell(u"git status --short"_s).output, "?? new\n");
    }

    // A submodule's place is the agent's like all else: it may put anything there.
    void whatAnAgentMakesOfASubmodule_data()
    {
        QTest::addColumn<QString>("script");
        QTest::addColumn<QString>("tree");
        QTest::addColumn<bool>("taken");
        QTest::newRow("work") << u"echo x >sub/x"_s << u"commit sub"_s << true;
        QTest::newRow("no repository any more") << u"rm -rf sub/.git; echo x >sub/x"_s << u"sub/x"_s << false;
        QTest::newRow("gone") << u"rm -rf sub"_s << u""_s << false;
        QTest::newRow("a link out") << u"rm -rf sub; ln -s /etc sub"_s << u"sub"_s << false;
        QTest::newRow("a link to another repository") << u"mv sub other; ln -s other sub"_s << u"sub"_s << false;
        QTest::newRow("commands")
            << u"cd sub; git config core.fsmonitor 'touch /workspace/ran'; git config filter.x.clean 'touch "
               "/workspace/ran; cat'; git config uploadpack.packObjectsHook 'touch /workspace/ran; \"$@\"'; echo x >x"_s
            << u"commit sub"_s << true;
    }
    void whatAnAgentMakesOfASubmodule()
    {
        QFETCH(QString, script);
        QFETCH(QString, tree);
        QFETCH(bool, taken);
        SandboxFixture fixture;
        const QByteArray with = onHost(u"sh"_s,
                                       { u"-ec"_s,
                                         u"cd \"$1\"; export GIT_INDEX_FILE=$1/with.index; git read-tree $2; "
                                         "git update-index --add --cacheinfo 160000,$2,sub; "
                                         "git commit-tree -m with -p $2 $(git write-tree)"_s,
                                         u"sh"_s, fixture.bare(), fixture.base })
                                    .trimmed();
        const QString inner = std::exchange(fixture.base, QString::fromLatin1(with));
        fixture.modules = { { u"sub"_s, {}, u"sub"_s, inner } };
        QCOMPARE(fixture.make(), QString());
        QCOMPARE(fixture.shell(u"cat sub/a.txt; git status --short"_s).output, "one\n");
        QVERIFY(fixture.shell(script).good());
        const auto snapshot = await(fixture.git.snapshot(fixture.record, u"one"_s));
        QVERIFY2(snapshot, qPrintable(snapshot ? QString() : snapshot.error().chain()));
        QCOMPARE(snapshot->modules.size(), size_t(1));
        QCOMPARE(!snapshot->modules[0].commit.isEmpty(), taken);
        const QByteArray all = fixture.shell(u"git ls-tree -r "_s + snapshot->commit).output;
        if (taken) {
            QVERIFY2(all.contains("160000 commit " + snapshot->modules[0].commit.toLatin1() + "\tsub\n"), all);
            QCOMPARE(fixture.shell(u"git show %1:x"_s.arg(snapshot->modules[0].commit)).output, "x\n");
            QCOMPARE(snapshot->modules[0].head, inner);
        } else if (tree.isEmpty()) {
            QVERIFY2(!all.contains("\tsub"), all);
        } else {
            QVERIFY2(all.contains('\t' + tree.toLatin1() + '\n')
                         && !all.contains("160000 commit " + inner.toLatin1() + "\tsub"),
                     all);
        }
        QCOMPARE(fixture.shell(u"ls /workspace"_s).output, "shop\n");
    }

    void anUnchangedTreeAnswersTheSameCommit()
    {
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        const auto first = await(fixture.git.snapshot(fixture.record, u"one"_s));
        const auto second = await(fixture.git.snapshot(fixture.record, u"two"_s));
        QVERIFY(first && second);
        QCOMPARE(second->commit, first->commit);
        QVERIFY(!first->uncommitted);
        QVERIFY(fixture.shell(u"echo x >x"_s).good());
        const auto third = await(fixture.git.snapshot(fixture.record, u"three"_s));
        QVERIFY(third);
        QVERIFY(third->commit != first->commit);
    }

    void afterPublishingTheCheckoutStandsOnTheNewCommit()
    {
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        QVERIFY(fixture.shell(u"echo new >new; git checkout -q --detach; touch .git/index.lock"_s).good());
        const auto snapshot = await(fixture.git.snapshot(fixture.record, u"work"_s));
        QVERIFY(snapshot);
        int exitCode = -1;
        fetchHome(fixture, &exitCode);
        QCOMPARE(exitCode, 0);
        const QString published = QString::fromLatin1(
            git(fixture.bare(), { u"commit-tree"_s, u"-p"_s, fixture.base, u"-m"_s, u"Add new"_s, snapshot->tree }));
        const auto moved = await(fixture.git.moveTo(fixture.record, published));
        QVERIFY2(moved, qPrintable(moved ? QString() : moved.error().chain()));
        QCOMPARE(
            fixture.shell(u"rm .git/index.lock; git status --short --branch; git log --format=%s; cat new"_s).output,
            "## foundry/task\nAdd new\nfirst\nnew\n");
    }

    void aCommitThatIsNotInTheSourceIsRefused()
    {
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        const auto moved = await(fixture.git.moveTo(fixture.record, QString(40, u'1')));
        QCOMPARE(moved.error().name(), u"git.noCommits"_s);
        QCOMPARE(fixture.shell(u"git rev-parse HEAD"_s).output.trimmed(), fixture.base.toLatin1());
    }

    void whatGitCannotTakeInIsNamed_data()
    {
        QTest::addColumn<QString>("script");
        QTest::addColumn<QString>("word");
        QTest::newRow("unreadable file") << u"echo x >secret; chmod 0 secret"_s << u"secret"_s;
        QTest::newRow("nested repository without commits") << u"git init -q nested; echo x >nested/x"_s << u"nested"_s;
    }
    void whatGitCannotTakeInIsNamed()
    {
        QFETCH(QString, script);
        QFETCH(QString, word);
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        QVERIFY(fixture.shell(u"echo good >zz; "_s + script).good());
        const auto snapshot = await(fixture.git.snapshot(fixture.record, u"x"_s));
        QVERIFY2(snapshot, qPrintable(snapshot ? QString() : snapshot.error().chain()));
        QVERIFY2(snapshot->skipped.contains(word), qPrintable(snapshot->skipped));
        QCOMPARE(fixture.shell(u"git show refs/foundry/snapshot:zz"_s).output, "good\n");
    }

    void aBrokenRepositoryIsAFailure_data()
    {
        QTest::addColumn<QString>("script");
        QTest::addColumn<QString>("failure"); // empty: git copes
        QTest::newRow("removed") << u"rm -rf .git"_s << u"git.corrupt"_s;
        QTest::newRow("a file instead") << u"rm -rf .git; echo 'gitdir: /nowhere' >.git"_s << u"git.corrupt"_s;
        QTest::newRow("a link out") << u"rm -rf .git; ln -s /etc .git"_s << u"git.corrupt"_s;
        QTest::newRow("head is nonsense") << u"echo nonsense >.git/HEAD"_s << u"git.corrupt"_s;
        QTest::newRow("objects removed") << u"rm -rf .git/objects; mkdir .git/objects"_s << QString();
        QTest::newRow("config is nonsense") << u"echo '[' >.git/config"_s << u"git.corrupt"_s;
        QTest::newRow("index is nonsense") << u"echo x >.git/index"_s << QString();
        QTest::newRow("unborn branch") << u"git checkout -q --orphan other"_s << QString();
        QTest::newRow("locked index") << u"touch .git/index.lock"_s << QString();
        QTest::newRow("a worktree elsewhere") << u"git config core.worktree /tmp"_s << u"git.corrupt"_s;
    }
    void aBrokenRepositoryIsAFailure()
    {
        QFETCH(QString, script);
        QFETCH(QString, failure);
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        QVERIFY(fixture.shell(script).good());
        const auto snapshot = await(fixture.git.snapshot(fixture.record, u"x"_s));
        QCOMPARE(snapshot ? QString() : snapshot.error().name(), failure);
    }

    void theAgentsOwnGitAndConfigurationDoNotAnswer()
    {
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        QVERIFY(fixture
                    .shell(u"mkdir -p ~/.local/bin; printf '#!/bin/sh\necho fake\n' >~/.local/bin/git; chmod +x "
                           u"~/.local/bin/git; "
                           "printf '[core]\nexcludesFile=/tmp/all\n' >>~/.gitconfig; echo '*' >/tmp/all; echo x >x"_s)
                    .good());
        QCOMPARE(fixture.shell(u"git"_s).output, "fake\n"); // the attempt works where nothing stops it
        const auto snapshot = await(fixture.git.snapshot(fixture.record, u"x"_s));
        QVERIFY2(snapshot, qPrintable(snapshot ? QString() : snapshot.error().chain()));
        QCOMPARE(fixture.shell(u"/usr/bin/git show refs/foundry/snapshot:x"_s).output, "x\n");
    }

    void anEmptySourceOfRefsIsEnough()
    {
        // The git room keeps everything under refs/foundry/, which a clone does not take.
        SandboxFixture fixture;
        git(fixture.bare(), { u"update-ref"_s, u"refs/foundry/base/1"_s, fixture.base });
        git(fixture.bare(), { u"update-ref"_s, u"-d"_s, u"refs/heads/main"_s });
        QCOMPARE(fixture.make(), QString());
        QCOMPARE(fixture.shell(u"git log --format=%s; git for-each-ref --format='%(refname)'"_s).output,
                 "first\nrefs/foundry/base\nrefs/heads/foundry/task\n");
    }
};

FOUNDRY_TEST_MAIN(SandboxGitTest)
#include "SandboxGitTest.moc"
