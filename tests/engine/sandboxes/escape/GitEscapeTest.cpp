#include "SandboxFixture.h"

#include "FatalWarnings.h"

using namespace foundry;
using namespace foundry::test;

// What an agent can leave in its repository so that somebody else's git runs a program of its choice.
class GitEscapeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void nothingOfTheCheckoutRunsOnTheHost_data()
    {
        QTest::addColumn<QString>("plant"); // in the checkout, with $RUN as the program to run
        QTest::addColumn<QString>("control"); // git's arguments on the host that do run it
        const auto row = [](const char *name, const QString &plant, const QString &control) {
            QTest::newRow(name) << plant << control;
        };
        row("fsmonitor", u"git config core.fsmonitor $RUN"_s, u"status"_s);
        row("hooks",
            u"for h in post-index-change pre-commit post-checkout reference-transaction; do printf '#!/bin/sh\\n%s\\n' $RUN >.git/hooks/$h; chmod +x .git/hooks/$h; done"_s,
            u"-c user.name=a -c user.email=a@b commit -q --allow-empty -m x"_s);
        row("hooks elsewhere",
            u"mkdir h; printf '#!/bin/sh\\n%s\\n' $RUN >h/pre-commit; chmod +x h/*; git config core.hooksPath h"_s,
            u"-c user.name=a -c user.email=a@b commit -q --allow-empty -m x"_s);
        row("clean filter", u"git config filter.f.clean $RUN; echo '* filter=f' >.gitattributes; echo more >>a.txt"_s,
            u"add -A"_s);
        row("textconv", u"git config diff.d.textconv $RUN; echo '* diff=d' >.gitattributes; echo more >>a.txt"_s,
            u"diff"_s);
        row("external diff", u"git config diff.external $RUN; echo more >>a.txt"_s, u"diff"_s);
        row("alias", u"git config alias.st \"!$RUN\""_s, u"st"_s);
        row("signing", u"git config commit.gpgSign true; git config gpg.program $RUN"_s,
            u"-c user.name=a -c user.email=a@b commit -q --allow-empty -m x"_s);
        row("another git folder",
            u"mkdir other; mv .git other/git; echo 'gitdir: other/git' >.git; git config core.fsmonitor $RUN"_s,
            u"status"_s);
        row("nested repository",
            u"git init -q n; git -C n -c user.name=a -c user.email=a@b commit -q --allow-empty -m x; git add n; git -C n config core.fsmonitor $RUN"_s,
            u"status"_s);
    }
    void nothingOfTheCheckoutRunsOnTheHost()
    {
        QFETCH(QString, plant);
        QFETCH(QString, control);
        SandboxFixture fixture;
        QFile::setPermissions(fixture.folder.path(), QFile::Permissions(0x7777));
        QCOMPARE(fixture.make(), QString());
        // The same path inside and outside, and only the host can leave the mark.
        const QString mark = fixture.folder.filePath(u"mark"_s);
        const QString run = fixture.record.hostCheckout() + u"/run"_s;
        QVERIFY(
            fixture
                .shell(
                    u"printf '#!/bin/sh\\n: >%s\\ncat\\n' '%1' >run; chmod +x run; git config safe.directory '*'; RUN='%2'; %3; true"_s
                        .arg(mark, run, plant))
                .good());

        const auto snapshot = await(fixture.git.snapshot(fixture.record, u"x"_s));
        const auto program = fixture.provider.uploadPackProgram(fixture.record);
        QVERIFY(program);
        int exitCode = -1;
        const QByteArray said
            = onHost(u"git"_s,
                     { u"-C"_s, fixture.bare(), u"-c"_s, u"transfer.fsckObjects=true"_s, u"fetch"_s, u"--no-tags"_s,
                       u"--upload-pack="_s + *program, u"/nowhere"_s, u"+refs/foundry/snapshot:refs/foundry/task"_s },
                     &exitCode);
        QVERIFY2(snapshot && exitCode == 0, said);
        QVERIFY2(!QFileInfo::exists(mark), "the agent's program ran on the host");

        // The control: a careless git on the host does run it.
        const QByteArray owned
            = onHost(u"env"_s,
                     { u"GIT_CONFIG_COUNT=1"_s, u"GIT_CONFIG_KEY_0=safe.directory"_s, u"GIT_CONFIG_VALUE_0=*"_s,
                       u"GIT_ALTERNATE_OBJECT_DIRECTORIES="_s + fixture.bare() + u"/objects"_s, u"sh"_s, u"-c"_s,
                       u"cd \"$1\" && git "_s + control + u" </dev/null"_s, u"sh"_s, fixture.record.hostCheckout() });
        QVERIFY2(QFileInfo::exists(mark), "the control: " + owned);
    }

    void aPackOfAnotherKindIsJustAFailure_data()
    {
        QTest::addColumn<QString>("plant");
        QTest::newRow("no repository") << u"rm -rf .git"_s;
        QTest::newRow("a ref that points nowhere")
            << u"echo 1111111111111111111111111111111111111111 >.git/refs/foundry/snapshot"_s;
        QTest::newRow("a ref that is nonsense") << u"echo nonsense >.git/refs/foundry/snapshot"_s;
        QTest::newRow("objects are links out") << u"mv .git/objects /tmp/o; ln -s /etc .git/objects"_s;
        QTest::newRow("the snapshot's object is damaged")
            << u"f=.git/objects/$(git rev-parse refs/foundry/snapshot | sed 's/../&\\//'); chmod u+w $f; echo damage >$f"_s;
    }
    void aPackOfAnotherKindIsJustAFailure()
    {
        QFETCH(QString, plant);
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        QVERIFY(fixture.shell(u"echo x >x"_s).good());
        QVERIFY(await(fixture.git.snapshot(fixture.record, u"x"_s)));
        QVERIFY(fixture.shell(plant).good());
        const auto program = fixture.provider.uploadPackProgram(fixture.record);
        QVERIFY(program);
        int exitCode = -1;
        onHost(u"git"_s,
               { u"-C"_s, fixture.bare(), u"fetch"_s, u"--upload-pack="_s + *program, u"/nowhere"_s,
                 u"+refs/foundry/snapshot:refs/foundry/task"_s },
               &exitCode);
        QVERIFY(exitCode != 0);
        onHost(u"git"_s, { u"-C"_s, fixture.bare(), u"fsck"_s }, &exitCode);
        QCOMPARE(exitCode, 0);
    }

    void theUploadProgramCannotWriteOrReachAnything()
    {
        // Whatever runs there: the checkout is read-only and there is no network but an empty loopback.
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        const auto program = fixture.provider.uploadPackProgram(fixture.record);
        QVERIFY(program);
        QFile script(*program);
        QVERIFY(script.open(QIODevice::ReadOnly));
        QByteArray changed = script.readAll();
        changed.replace(
            "'/usr/bin/git' 'upload-pack'",
            "'/bin/sh' '-c' 'echo x >w; echo $?; ls /sys /root 2>&1 | head -1; cat /proc/net/route | wc -l'");
        const QString other = fixture.record.hostRun() + u"/other"_s;
        QVERIFY(writeFile(other, changed));
        const QByteArray said = onHost(u"sh"_s, { other });
        QVERIFY2(said.contains("Read-only file system") && said.contains("\n1\n"), said);
        QVERIFY(!QFileInfo::exists(fixture.record.hostCheckout() + u"/w"_s));
    }
};

FOUNDRY_TEST_MAIN(GitEscapeTest)
#include "GitEscapeTest.moc"
