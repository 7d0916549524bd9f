// Pointers of Git LFS as data of strangers, and where they are found.
#include "FatalWarnings.h"
#include "GitWorld.h"

#include "LfsObjects.h"
#include "SourceStore.h"

using namespace foundry;
using namespace foundry::test;

namespace {

QByteArray pointer(char digit, int size)
{
    return "version https://git-lfs.github.com/spec/v1\noid sha256:" + QByteArray(64, digit) + "\nsize "
        + QByteArray::number(size) + '\n';
}

} // namespace

class LfsObjectsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void onlyAPointerIsOne_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("is");
        QTest::newRow("pointer") << pointer('a', 12) << true;
        QTest::newRow("with an extension")
            << QByteArray("version https://git-lfs.github.com/spec/v1\next-0-x sha256:1\noid sha256:"
                          + QByteArray(64, 'b') + "\nsize 1\n")
            << true;
        QTest::newRow("another version") << pointer('a', 12).replace("/v1", "/v2") << false;
        QTest::newRow("a path for an id")
            << QByteArray(pointer('a', 12)).replace(QByteArray(64, 'a'), "../../../../etc/passwd" + QByteArray(42, 'a'))
            << false;
        QTest::newRow("text after it") << pointer('a', 12) + "more\n" << false;
        QTest::newRow("no size") << pointer('a', 12).replace("size 12\n", "") << false;
        QTest::newRow("negative") << pointer('a', -12) << false;
        QTest::newRow("too long") << pointer('a', 12) + QByteArray(LfsObjects::maxPointer, ' ') << false;
        QTest::newRow("empty") << QByteArray() << false;
    }
    void onlyAPointerIsOne()
    {
        QFETCH(QByteArray, text);
        QFETCH(bool, is);
        QCOMPARE(LfsObjects::parse(text).has_value(), is);
    }

    void treesAndNewCommitsAreLookedThrough()
    {
        GitWorld world;
        SystemClock clock;
        ProcessRunner processes(clock);
        GitRunner git(processes, u"git"_s, world.environment());
        LfsObjects lfs(git);
        world.makeRepository(u"clone"_s);
        const QString before = world.head(u"clone"_s);
        world.write(u"clone/deep/er/.gitattributes"_s, "*.bin filter=lfs diff=lfs merge=lfs -text\n");
        world.write(u"clone/deep/er/a.bin"_s, pointer('a', 5));
        world.write(u"clone/deep/er/same.bin"_s, pointer('a', 5));
        world.write(u"clone/large.txt"_s, QByteArray(100'000, 'x'));
        const QString base = world.commitAll(u"clone"_s, u"base"_s);
        world.write(u"clone/deep/er/b.bin"_s, pointer('b', 6));
        world.commitAll(u"clone"_s, u"between"_s);
        world.write(u"clone/deep/er/b.bin"_s, pointer('c', 7));
        const QString head = world.commitAll(u"clone"_s, u"head"_s);
        const QString bare = world.path(u"clone/.git"_s);

        QCOMPARE(await(lfs.uses(bare, before)).value_or(true), false);
        QCOMPARE(await(lfs.uses(bare, base)).value_or(false), true); // in whatever folder
        const auto ofTree = await(lfs.pointers(bare, { base + u"^{tree}"_s }));
        VERIFY_RESULT(ofTree);
        QCOMPARE(int(ofTree->size()), 1); // the same content is one
        QCOMPARE(ofTree->front(), (LfsPointer { QString(64, u'a'), 5 }));
        const auto fresh = await(lfs.pointers(bare, { head, u'^' + base }));
        VERIFY_RESULT(fresh);
        QCOMPARE(int(fresh->size()), 2); // what is in the history only as well
        QVERIFY(await(lfs.pointers(bare, { u"--all"_s })).error().is(codes::Git::noCommits));

        world.write(u"clone/.git/lfs/objects/aa/aa/"_s + QString(64, u'a'), "12345");
        QVERIFY(LfsObjects::missingOf(bare, *ofTree).empty());
        world.write(u"clone/.git/lfs/objects/aa/aa/"_s + QString(64, u'a'), "1234"); // cut short
        QCOMPARE(LfsObjects::missingOf(bare, *ofTree), *ofTree);
    }

    void withoutTheProgramItIsSaid()
    {
        GitWorld world;
        SystemClock clock;
        ProcessRunner processes(clock);
        Environment environment = world.environment();
        environment.insert(u"PATH"_s, world.path(u"home"_s));
        GitRunner git(processes, u"git"_s, environment);
        LfsObjects lfs(git);
        QVERIFY(!lfs.isInstalled());
        QCOMPARE(nameOf(await(lfs.fetch(world.path(u"x"_s), world.path(u"y"_s), QString(40, u'a'), {}))),
                 u"repository.unsupported"_s);
    }
};

FOUNDRY_TEST_MAIN(LfsObjectsTest)
#include "LfsObjectsTest.moc"
