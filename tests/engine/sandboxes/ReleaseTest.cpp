#include "SandboxFixture.h"

#include "BubblewrapProfile.h"
#include "FatalWarnings.h"
#include "TreeRemover.h"

#include <sys/stat.h>
#include <unistd.h>

using namespace foundry;
using namespace foundry::test;

class ReleaseTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everythingGoesAndNothingElse_data()
    {
        QTest::addColumn<QString>("script");
        QTest::newRow("plain") << u"echo x >x"_s;
        QTest::newRow("folders without permissions")
            << u"mkdir -p a/b/c; touch a/b/c/x; chmod 0 a/b/c; chmod 0500 a/b; chmod 0 a; chmod 0 ~"_s;
        QTest::newRow("links out")
            << u"ln -s OUTSIDE link; mkdir d; ln -s OUTSIDE/kept d/kept; ln -s / everything; ln -s . loop"_s;
        QTest::newRow("names of any bytes")
            << u"touch -- \"$(printf 'a\\nb')\" \"$(printf '\\377\\376')\" ' ' '-rf' '*'"_s;
        QTest::newRow("pipes and sockets") << u"mkfifo pipe; ATTACKER bind socket"_s;
        QTest::newRow("very deep") << u"ATTACKER deep 1500"_s;
        QTest::newRow("a moved name is taken")
            << u"mkdir -p .foundry-moved-1/x ../.foundry-moved-1; touch .foundry-moved-1/x/y"_s;
        QTest::newRow("many") << u"mkdir m; cd m; i=0; while [ $i -lt 3000 ]; do : >f$i; i=$((i+1)); done"_s;
    }
    void everythingGoesAndNothingElse()
    {
        QFETCH(QString, script);
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        const QString outside = fixture.folder.filePath(u"outside"_s);
        QVERIFY(writeFile(outside + u"/kept"_s, "kept"));
        SandboxCommand command;
        command.readOnlyBinds = { places("foundry-attacker") };
        script.replace(u"ATTACKER"_s, bubblewrap::bindInside(fixture.record, places("foundry-attacker")));
        const Shell shell = fixture.shell(script.replace(u"OUTSIDE"_s, outside), command);
        QVERIFY2(shell.good() || script.contains(u".foundry-moved"_s), shell.output);
        QVERIFY(fixture.provider.exists(fixture.record));
        const auto released = await(fixture.provider.release(fixture.record));
        QVERIFY2(released, qPrintable(released ? QString() : released.error().chain()));
        QVERIFY(!QFileInfo::exists(fixture.record.folder));
        QVERIFY(!fixture.provider.exists(fixture.record));
        QVERIFY(QFileInfo::exists(outside + u"/kept"_s));
        QVERIFY(QFileInfo::exists(fixture.bare() + u"/HEAD"_s));
        QVERIFY(await(fixture.provider.release(fixture.record))); // again does no harm
    }

    void whatRunsIsEndedFirst()
    {
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        SandboxCommand command;
        command.program = u"/bin/sh"_s;
        command.arguments = { u"-c"_s, u"while :; do echo x >>grows; done"_s };
        auto started = fixture.provider.start(fixture.record, command);
        QVERIFY(started);
        std::optional<SandboxExit> exit;
        (*started)->finished = [&exit](SandboxExit e) { exit = std::move(e); };
        QVERIFY(until([&] { return (*started)->pid() > 0; }));
        QVERIFY(await(fixture.provider.release(fixture.record)));
        QVERIFY(!QFileInfo::exists(fixture.record.folder));
        QVERIFY(until([&] { return exit.has_value(); }));
    }

    void anInterruptedReleaseGoesOn()
    {
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        QVERIFY(fixture.shell(u"i=0; while [ $i -lt 2000 ]; do : >f$i; i=$((i+1)); done"_s).good());
        auto first = std::make_unique<Async<Result<>>>(removeTree(fixture.record.folder));
        first->start([](Result<>) { });
        first.reset(); // cancelled somewhere on the way
        const auto released = await(fixture.provider.release(fixture.record));
        QVERIFY2(released, qPrintable(released ? QString() : released.error().chain()));
        QVERIFY(!QFileInfo::exists(fixture.record.folder));
    }

    void aHalfMadeSandboxIsMadeAgain()
    {
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        const QString made = fixture.record.hostRun() + u"/made"_s;
        QVERIFY(QFile::remove(made)); // as if it had been killed before the last step
        QVERIFY(fixture.shell(u"echo half >half"_s).good());
        QVERIFY(!fixture.provider.exists(fixture.record));
        QVERIFY(await(fixture.provider.create(fixture.record)));
        QCOMPARE(fixture.shell(u"ls; git status --short"_s).output, "a.txt\nsrc\n");
        // A finished one is left as it is.
        QVERIFY(fixture.shell(u"echo kept >kept"_s).good());
        QVERIFY(await(fixture.provider.create(fixture.record)));
        QCOMPARE(fixture.shell(u"cat kept"_s).output, "kept\n");
    }

    void aBaseThatIsNotThereIsAFailure()
    {
        SandboxFixture fixture;
        QCOMPARE(fixture.make(), QString());
        await(fixture.provider.release(fixture.record));
        fixture.record.base = QString(40, u'1');
        const auto created = await(fixture.provider.create(fixture.record));
        QVERIFY(!created);
        QCOMPARE(created.error().name(), u"sandbox.prepareFailed"_s);
        QVERIFY2(created.error().chain().contains(QString(40, u'1')), qPrintable(created.error().chain()));
        QVERIFY(!fixture.provider.exists(fixture.record));
    }

    void aRecordSurvivesBeingStored()
    {
        SandboxFixture fixture;
        QCOMPARE(fixture.make({ { u"*.example.org"_s }, { 8080 }, true }), QString());
        SandboxRecord read;
        QVERIFY(json::fromJson(json::toJson(fixture.record), read));
        QVERIFY(read == fixture.record);
        // L40: a later process removes it with nothing but the record.
        BubblewrapProvider other(fixture.clock, { {}, places("foundry-entry"), u"/usr/bin:/bin"_s });
        QVERIFY(await(other.release(read)));
        QVERIFY(!QFileInfo::exists(read.folder));
    }
};

FOUNDRY_TEST_MAIN(ReleaseTest)
#include "ReleaseTest.moc"
