// What a hardened run looks like to git, what its failures mean, and its limits.
#include "FatalWarnings.h" // first: moc stumbles over <concepts> before a Qt header

#include "GitFailures.h"
#include "GitRunner.h"
#include "GitWorld.h"

using namespace foundry;
using namespace foundry::test;

class GitRunnerTest : public QObject {
    Q_OBJECT

    SystemClock m_clock;
    ProcessRunner m_processes { m_clock };

    // Runs a script in git's place.
    Result<ProcessOutput> runScript(const QByteArray &script, GitCall call, Environment more = {})
    {
        GitWorld world;
        world.write(u"git.sh"_s, "#!/bin/sh\n" + script, true);
        Environment environment = world.environment();
        environment.insert(more);
        GitRunner git(m_processes, world.path(u"git.sh"_s), environment);
        return await(git.run(std::move(call)));
    }

private Q_SLOTS:
    void version_data()
    {
        QTest::addColumn<QByteArray>("said");
        QTest::addColumn<QString>("expected");
        QTest::newRow("debian") << QByteArray("git version 2.39.5") << u"2.39.5"_s;
        QTest::newRow("apple") << QByteArray("git version 2.44.0 (Apple Git-150)") << u"2.44.0"_s;
        QTest::newRow("windows") << QByteArray("git version 3.0.0.windows.1") << u"3.0.0"_s;
        QTest::newRow("old") << QByteArray("git version 2.37.9") << u"git.tooOld: 2.37.9"_s;
        QTest::newRow("no git at all") << QByteArray("hello") << u"git.failed: hello"_s;
    }
    void version()
    {
        QFETCH(QByteArray, said);
        QFETCH(QString, expected);
        GitWorld world;
        world.write(u"git.sh"_s, "#!/bin/sh\necho '" + said + "'\n", true);
        GitRunner git(m_processes, world.path(u"git.sh"_s), world.environment());
        const auto version = await(git.version());
        QCOMPARE(version ? *version : version.error().chain(), expected);
    }

    void thisComputersGit()
    {
        GitWorld world;
        GitRunner git(m_processes, u"git"_s, world.environment());
        VERIFY_RESULT(await(git.version()));
        GitRunner none(m_processes, u"no-such-git"_s, world.environment());
        QCOMPARE(nameOf(await(none.version())), u"git.missing"_s);
    }

    void aHardenedRun()
    {
        GitCall call;
        call.gitDir = u"/store"_s;
        call.arguments = { u"fetch"_s };
        call.protocols = { u"file"_s };
        call.settings = { { u"http.extraHeader"_s, u"Authorization: s3cret"_s } };
        const auto output = runScript("echo \"args $*\"; env", call,
                                      { { u"GIT_DIR"_s, u"/elsewhere"_s },
                                        { u"SSH_AUTH_SOCK"_s, u"/agent"_s },
                                        { u"GIT_CONFIG_GLOBAL"_s, u"/theirs"_s },
                                        { u"LD_PRELOAD"_s, u""_s } });
        VERIFY_RESULT(output);
        const QString text = QString::fromUtf8(output->output);
        const QString arguments = text.section(u'\n', 0, 0);
        for (const QString &part : { u"--git-dir=/store -c"_s, u"core.hooksPath=/dev/null"_s, u"core.fsmonitor=false"_s,
                                     u"submodule.recurse=false"_s, u"gc.auto=0"_s, u"safe.bareRepository=explicit"_s,
                                     u"protocol.allow=never"_s, u"protocol.file.allow=always"_s })
            QVERIFY2(arguments.contains(part), qPrintable(arguments));
        QVERIFY(!arguments.contains(u"s3cret"_s)); // an argument is public on a host
        for (const QString &line :
             { u"GIT_CONFIG_NOSYSTEM=1"_s, u"GIT_CONFIG_GLOBAL=/dev/null"_s, u"GIT_ATTR_NOSYSTEM=1"_s,
               u"GIT_TERMINAL_PROMPT=0"_s, u"GIT_CONFIG_COUNT=1"_s, u"GIT_CONFIG_VALUE_0=Authorization: s3cret"_s })
            QVERIFY2(text.contains(u'\n' + line + u'\n'), qPrintable(line));
        for (const QString &variable : { u"GIT_DIR="_s, u"SSH_AUTH_SOCK="_s, u"LD_PRELOAD="_s })
            QVERIFY2(!text.contains(u'\n' + variable), qPrintable(variable));
    }

    void aRunForThePerson()
    {
        GitCall call;
        call.asPerson = true;
        const QByteArray script = "env";
        auto output = runScript(script, call, { { u"SSH_AUTH_SOCK"_s, u"/agent"_s } });
        VERIFY_RESULT(output);
        QVERIFY(output->output.contains("SSH_AUTH_SOCK=/agent\n"));
        QVERIFY(output->output.contains("GIT_SSH_COMMAND=ssh -oBatchMode=yes\n")); // no question on a terminal
        output = runScript(script, call, { { u"SSH_ASKPASS"_s, u"/ask"_s } });
        QVERIFY(output->output.contains("SSH_ASKPASS_REQUIRE=force\n"));
        QVERIFY(!output->output.contains("BatchMode"));
        call.settings = { { u"core.sshCommand"_s, u"ssh -i key"_s } };
        output = runScript(script, call);
        QVERIFY(!output->output.contains("BatchMode"));
    }

    void limits()
    {
        GitCall call;
        call.maxOutput = 1000;
        QCOMPARE(nameOf(runScript("yes | head -c 2000", call)), u"process.tooMuchOutput"_s);

        call.cutOutput = 500;
        auto output = runScript("exec yes", call);
        VERIFY_RESULT(output);
        QCOMPARE(output->output.size(), 500);
        output = runScript("echo short; echo 'fatal: bad revision' >&2; exit 128", call);
        QCOMPARE(nameOf(output), u"git.noCommits"_s); // behind the cut the exit code is still git's

        GitCall file;
        file.maxFile = 64 * 1024;
        QVERIFY(runScript("head -c 65536 /dev/zero > \"$0.out\"", file).has_value());
        QVERIFY(!runScript("head -c 65537 /dev/zero > \"$0.out\"", file).has_value());

        GitCall memory;
        memory.maxMemory = 1024 * 1024 * 1024;
        output = runScript("ulimit -v", memory);
        VERIFY_RESULT(output);
        QCOMPARE(output->output.trimmed(), "1048576");

        GitCall time;
        time.timeOut = std::chrono::milliseconds(50);
        QCOMPARE(nameOf(runScript("exec tail -f /dev/null", time)), u"process.timedOut"_s);
    }

    void progress()
    {
        GitCall call;
        QString seen;
        call.progress = [&](const QString &step, double fraction) { seen += u"%1 %2;"_s.arg(step).arg(fraction); };
        VERIFY_RESULT(runScript(
            "printf 'remote: Counting objects:  10%% (1/10)\\rReceiving objects:  45%% (9/20)\\r' >&2", call));
        QCOMPARE(seen, u"Receiving objects 0.45;"_s);
    }

    void failures_data()
    {
        QTest::addColumn<QByteArray>("said");
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("transient");
        QTest::newRow("owner") << QByteArray("fatal: detected dubious ownership in repository at '/x'")
                               << u"git.unsafeOwner"_s << false;
        QTest::newRow("hook") << QByteArray(
            " ! [remote rejected] x -> x (pre-receive hook declined)\nerror: failed to push")
                              << u"git.refused"_s << false;
        QTest::newRow("ssh key") << QByteArray(
            "git@example.org: Permission denied (publickey).\nfatal: Could not read from remote repository.")
                                 << u"git.authentication"_s << false;
        QTest::newRow("host key") << QByteArray("Host key verification failed.\r\nfatal: Could not read from remote")
                                  << u"git.unknownHost"_s << false;
        QTest::newRow("other host key") << QByteArray(
            "@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\r\nHost key verification failed.")
                                        << u"git.hostChanged"_s << false;
        QTest::newRow("locked gpg key") << QByteArray("error: gpg failed to sign the data:\n[GNUPG:] FAILURE sign "
                                                      "83886179\ngpg: signing failed: Operation cancelled")
                                        << u"git.signingLocked"_s << false;
        QTest::newRow("https") << QByteArray(
            "fatal: could not read Username for 'https://example.org': terminal prompts disabled")
                               << u"git.authentication"_s << false;
        QTest::newRow("git-lfs") << QByteArray("batch response: Authentication required: Credentials needed")
                                 << u"git.authentication"_s << false;
        QTest::newRow("403") << QByteArray(
            "fatal: unable to access 'https://example.org/': The requested URL returned error: 403")
                             << u"git.authentication"_s << false;
        QTest::newRow("503") << QByteArray(
            "fatal: unable to access 'https://example.org/': The requested URL returned error: 503")
                             << u"git.unreachable"_s << true;
        QTest::newRow("name") << QByteArray("fatal: unable to access 'https://x/': Could not resolve host: x")
                              << u"git.unreachable"_s << true;
        QTest::newRow("no such remote") << QByteArray(
            "fatal: '/x' does not appear to be a git repository\nfatal: Could not read from remote repository.")
                                        << u"git.unreachable"_s << false;
        QTest::newRow("disk") << QByteArray("fatal: write error: No space left on device\nfatal: index-pack failed")
                              << u"storage.full"_s << false;
        QTest::newRow("fsck") << QByteArray(
            "error: object 12: treeNotSorted\nfatal: fsck error in packed object\nfatal: index-pack failed")
                              << u"git.corrupt"_s << false;
        QTest::newRow("too large") << QByteArray("error: index-pack died of signal 25\nfatal: index-pack failed")
                                   << u"git.tooLarge"_s << false;
        QTest::newRow("helper") << QByteArray("fatal: transport 'ext' not allowed") << u"repository.unsupported"_s
                                << false;
        QTest::newRow("lock") << QByteArray("fatal: Unable to create '/x/shallow.lock': File exists.")
                              << u"git.failed"_s << true;
        QTest::newRow("signing") << QByteArray(
            "error: gpg failed to sign the data\nfatal: failed to write commit object")
                                 << u"git.signing"_s << false;
        QTest::newRow("nothing") << QByteArray() << u"git.failed"_s << false;
    }
    void failures()
    {
        QFETCH(QByteArray, said);
        QFETCH(QString, name);
        QFETCH(bool, transient);
        const Failure failure = gitFailure(u"push"_s, 128, said);
        QCOMPARE(failure.name(), name);
        QCOMPARE(failure.isTransient(), transient);
    }

    void textsAreClean()
    {
        QCOMPARE(cleanText("\x1b[31mred\x1b[0m \x1b]0;title\x07 bell\x07\nhalf\rwhole\n"), u"red  bell\nwhole"_s);
        QCOMPARE(cleanText("see https://ada:s3cret@example.org/x and ssh://bob@host/y"),
                 u"see https://example.org/x and ssh://host/y"_s);
        QCOMPARE(remoteLines("Counting\nremote: GH006: Protected branch\x1b[K\nremote: \nremote: ask Ada\n"),
                 u"GH006: Protected branch\nask Ada"_s);
        QVERIFY(gitFailure(u"x"_s, 1, QByteArray(1'000'000, 'x')).detail.size() <= Failure::maxDetail);
        QCOMPARE(withoutCredentials(u"git@example.org:a/b.git"_s), u"git@example.org:a/b.git"_s);
        QCOMPARE(withoutCredentials(u"https://token@example.org/a@b"_s), u"https://example.org/a@b"_s);
    }

    void quoting()
    {
        GitWorld world;
        const QString odd = u"a'b \"$HOME\" `id`\\"_s;
        QCOMPARE(world.tool(u"sh"_s, u"."_s, { u"-c"_s, u"printf %s "_s + shellQuoted(odd) }), odd);
    }
};

FOUNDRY_TEST_MAIN(GitRunnerTest)
#include "GitRunnerTest.moc"
