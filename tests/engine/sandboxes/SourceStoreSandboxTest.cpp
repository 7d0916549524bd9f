// The way from a person's clone into a sandbox and home again, with the git room's own part.
#include "SandboxFixture.h"

#include "FatalWarnings.h"
#include "GitRunner.h"
#include "SourceStore.h"

#include <QStandardPaths>

using namespace foundry;
using namespace foundry::test;

class SourceStoreSandboxTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aTasksWorkComesHome()
    {
        SandboxFixture fixture;
        const QString clone = fixture.folder.filePath(u"clone"_s);
        onHost(u"git"_s, { u"clone"_s, u"-q"_s, fixture.bare(), clone });
        QDir(fixture.bare()).removeRecursively();

        ProcessRunner processes(fixture.clock);
        GitRunner runner(processes, QStandardPaths::findExecutable(u"git"_s),
                         { { u"PATH"_s, u"/usr/local/bin:/usr/bin:/bin"_s } });
        SourceStore store(runner);
        QVERIFY(await(store.ensure(fixture.bare())));
        const auto base = await(store.fetchBase(fixture.bare(), clone, u"main"_s, u"refs/foundry/task/1/base"_s));
        QVERIFY2(base, qPrintable(base ? QString() : base.error().chain()));
        fixture.base = *base;
        QCOMPARE(fixture.make(), QString());

        QVERIFY(
            fixture.shell(u"echo own >own; git add own; git commit -q -m 'the agent commits'; echo new >new"_s).good());
        const auto snapshot = await(fixture.git.snapshot(fixture.record, u"turn"_s));
        QVERIFY2(snapshot, qPrintable(snapshot ? QString() : snapshot.error().chain()));
        const auto program = fixture.provider.uploadPackProgram(fixture.record);
        QVERIFY(program);
        const auto home
            = await(store.fetchHome(fixture.bare(), *program,
                                    { { QString(SandboxGit::snapshotRef), u"refs/foundry/task/1/snapshot"_s },
                                      { u"refs/heads/foundry/task"_s, u"refs/foundry/task/1/head"_s } }));
        QVERIFY2(home, qPrintable(home ? QString() : home.error().chain()));
        QCOMPARE(*home, QStringList({ snapshot->commit, snapshot->branchHead }));

        // Another task of the same source begins meanwhile, and the store's folder is Foundry's alone.
        QVERIFY(await(store.ensure(fixture.bare())));
        QCOMPARE(QFile::permissions(fixture.bare()) & 0x77, QFile::Permissions());
        // Published by the host, and taken back into the checkout.
        const auto published = await(store.commitTree(fixture.bare(),
                                                      { snapshot->tree,
                                                        { snapshot->branchHead },
                                                        u"Add new"_s,
                                                        { u"Ada"_s, u"ada@example.org"_s },
                                                        { u"Ada"_s, u"ada@example.org"_s },
                                                        1'800'000'000'000,
                                                        false,
                                                        {} }));
        QVERIFY2(published, qPrintable(published ? QString() : published.error().chain()));
        const auto moved = await(fixture.git.moveTo(fixture.record, *published));
        QVERIFY2(moved, qPrintable(moved ? QString() : moved.error().chain()));
        QCOMPARE(fixture.shell(u"git status --short --branch; git log --format=%s"_s).output,
                 "## foundry/task\nAdd new\nthe agent commits\nfirst\n");
    }
};

FOUNDRY_TEST_MAIN(SourceStoreSandboxTest)
#include "SourceStoreSandboxTest.moc"
