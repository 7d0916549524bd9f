#include "SandboxFixture.h"

#include "FatalWarnings.h"

#include <unistd.h>

using namespace foundry;
using namespace foundry::test;

class BubblewrapProviderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void itSaysHowItIsolates()
    {
        SandboxFixture fixture;
        const auto report = await(fixture.provider.probe());
        QVERIFY2(report, qPrintable(report ? QString() : report.error().chain()));
        QCOMPARE(report->isolation, geteuid() == 0 ? Isolation::weaker : Isolation::full);
        QCOMPARE(report->weakness, geteuid() == 0 ? u"root"_s : QString());
        QVERIFY(report->version.startsWith(u"bubblewrap "_s));
    }

    void aTaskIsMadeAndEntered()
    {
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        const Shell seen = fixture.shell(
            u"pwd; cat a.txt src/b.txt; git status --short --branch; git log --format=%s; echo $HOME; id -un; "
            "git config user.name; git config user.email; getent hosts localhost; hostname"_s);
        QVERIFY2(seen.good(), qPrintable(seen.failure) + seen.output);
        QCOMPARE(
            seen.output,
            "/workspace/shop\none\ntwo\n## foundry/task\nfirst\n/home/agent\nagent\nAda L\"ove\\lace\nada@example.org\n"
            "127.0.0.1       localhost foundry\nfoundry\n");
    }

    void whatIsWrittenInsideIsInTheFolder()
    {
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        const Shell seen = fixture.shell(
            u"echo x >new; echo y >~/y; echo z >/tmp/z; echo v >/var/tmp/v; echo s >/dev/shm/s; git add -A; git commit -q -m second; git log --format='%s %an'"_s);
        QVERIFY2(seen.good(), qPrintable(seen.failure) + seen.output);
        QCOMPARE(seen.output, "second Ada L\"ove\\lace\nfirst Ada\n");
        QVERIFY(QFile::exists(fixture.record.hostCheckout() + u"/new"_s));
        QVERIFY(QFile::exists(fixture.record.hostHome() + u"/y"_s));
        QVERIFY(QFile::exists(fixture.record.hostTmp() + u"/z"_s));
        QVERIFY(QFile::exists(fixture.record.hostTmp() + u"/v"_s));
    }
};

FOUNDRY_TEST_MAIN(BubblewrapProviderTest)
#include "BubblewrapProviderTest.moc"
