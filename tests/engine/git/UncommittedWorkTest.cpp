// What a person has not committed comes along whole, and the clone is as it was.
#include "FatalWarnings.h" // first: moc stumbles over <concepts> before a Qt header

#include "GitWorld.h"
#include "UncommittedWork.h"

using namespace foundry;
using namespace foundry::test;

namespace {

const QString baseRef = u"refs/foundry/task/1/base"_s;
const QString ref = u"refs/foundry/task/1/uncommitted"_s;

struct Stored : GitWorld {
    SystemClock clock;
    ProcessRunner processes { clock };
    GitRunner runner { processes, u"git"_s, environment() };
    SourceStore store { runner };
    UncommittedWork work { runner, store };
    QString bare = path(u"data/source.git"_s);
    QString clone = path(u"shop"_s);
    QString base;

    Stored()
    {
        makeRepository(u"shop"_s);
        write(u"shop/.gitignore"_s, "*.log\n");
        write(u"shop/gone.txt"_s, "to be removed\n");
        write(u"shop/kept.txt"_s, "one\n");
        git(u"shop"_s, { u"add"_s, u"-A"_s });
        git(u"shop"_s, { u"commit"_s, u"-q"_s, u"-m"_s, u"files"_s });
        base = head(u"shop"_s);
    }
    Result<> begin()
    {
        if (auto there = await(store.ensure(bare)); !there)
            return there;
        auto fetched = await(store.fetchBase(bare, clone, u"main"_s, baseRef));
        return fetched ? Result<>() : std::unexpected(fetched.error());
    }
    QString shown(const QString &revision) { return git(u"data/source.git"_s, { u"show"_s, revision }, true); }
};

} // namespace

class UncommittedWorkTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void allOfItComesAlongAndTheCloneIsAsItWas()
    {
        Stored world;
        VERIFY_RESULT(world.begin());
        world.write(u"shop/kept.txt"_s, "two\n");
        world.write(u"shop/staged.txt"_s, "staged\n"); // its object is the clone's alone
        world.git(u"shop"_s, { u"add"_s, u"staged.txt"_s });
        world.write(u"shop/new folder/new.txt"_s, "new\n");
        world.write(u"shop/noise.log"_s, "ignored\n");
        QFile::remove(world.path(u"shop/gone.txt"_s));
        const QString status = world.git(u"shop"_s, { u"status"_s, u"--porcelain=v2"_s });
        const QByteArray index = world.read(u"shop/.git/index"_s);
        const QString objects = world.git(u"shop"_s, { u"count-objects"_s, u"-v"_s });

        const auto taken = await(world.work.take(world.bare, world.clone, world.base, ref));
        VERIFY_RESULT(taken);
        QCOMPARE(world.git(u"data/source.git"_s, { u"rev-parse"_s, ref, ref + u"^"_s }), *taken + u'\n' + world.base);
        QCOMPARE(
            world.git(u"data/source.git"_s, { u"diff"_s, u"--name-status"_s, u"--no-renames"_s, world.base, *taken }),
            u"D\tgone.txt\nM\tkept.txt\nA\tnew folder/new.txt\nA\tstaged.txt"_s);
        QCOMPARE(world.shown(ref + u":staged.txt"_s), u"staged"_s);
        QCOMPARE(world.shown(ref + u":kept.txt"_s), u"two"_s);
        world.git(u"data/source.git"_s, { u"fsck"_s, u"--strict"_s }); // it needs nothing of the clone

        QCOMPARE(world.read(u"shop/.git/index"_s), index);
        QCOMPARE(world.git(u"shop"_s, { u"count-objects"_s, u"-v"_s }), objects);
        QCOMPARE(world.git(u"shop"_s, { u"status"_s, u"--porcelain=v2"_s }), status);
        QVERIFY(QDir(world.bare).entryList({ u"foundry-index-*"_s }, QDir::Dirs).isEmpty());
    }

    void whatChangedInTheSecondOfTheIndexIsNotMissed()
    {
        Stored world;
        world.git(u"shop"_s, { u"config"_s, u"core.trustctime"_s, u"false"_s });
        const QDateTime second = QDateTime::fromSecsSinceEpoch(1'700'000'000);
        const auto touch = [&](const QString &name) {
            QFile file(world.path(name));
            return file.open(QIODevice::ReadWrite) && file.setFileTime(second, QFileDevice::FileModificationTime);
        };
        QVERIFY(touch(u"shop/kept.txt"_s));
        world.git(u"shop"_s, { u"update-index"_s, u"--refresh"_s }, true);
        VERIFY_RESULT(world.begin());
        world.write(u"shop/kept.txt"_s, "two\n"); // as long as before
        QVERIFY(touch(u"shop/kept.txt"_s) && touch(u"shop/.git/index"_s));
        VERIFY_RESULT(await(world.work.take(world.bare, world.clone, world.base, ref)));
        QCOMPARE(world.shown(ref + u":kept.txt"_s), u"two"_s);
    }

    // The step may be run again after a crash: the person has gone on meanwhile.
    void whatWasTakenStays()
    {
        Stored world;
        VERIFY_RESULT(world.begin());
        world.write(u"shop/kept.txt"_s, "two\n");
        const auto first = await(world.work.take(world.bare, world.clone, world.base, ref));
        VERIFY_RESULT(first);
        world.write(u"shop/kept.txt"_s, "three\n");
        world.git(u"shop"_s, { u"commit"_s, u"-q"_s, u"-am"_s, u"gone on"_s });
        QCOMPARE(await(world.work.take(world.bare, world.clone, world.base, ref)), first);
    }

    void aCloneThatHasMovedOnIsRefused()
    {
        Stored world;
        VERIFY_RESULT(world.begin());
        world.git(u"shop"_s, { u"commit"_s, u"-q"_s, u"--allow-empty"_s, u"-m"_s, u"gone on"_s });
        QCOMPARE(nameOf(await(world.work.take(world.bare, world.clone, world.base, ref))), u"git.notOnBase"_s);
    }

    // A merge that is not resolved comes along as the files are.
    void aConflictComesAlongAsItIs()
    {
        Stored world;
        world.git(u"shop"_s, { u"checkout"_s, u"-q"_s, u"-b"_s, u"other"_s });
        world.write(u"shop/kept.txt"_s, "other\n");
        world.git(u"shop"_s, { u"commit"_s, u"-q"_s, u"-am"_s, u"other"_s });
        world.git(u"shop"_s, { u"checkout"_s, u"-q"_s, u"main"_s });
        world.write(u"shop/kept.txt"_s, "mine\n");
        world.git(u"shop"_s, { u"commit"_s, u"-q"_s, u"-am"_s, u"mine"_s });
        world.base = world.head(u"shop"_s);
        world.git(u"shop"_s, { u"merge"_s, u"other"_s }, true);
        VERIFY_RESULT(world.begin());
        VERIFY_RESULT(await(world.work.take(world.bare, world.clone, world.base, ref)));
        QVERIFY(world.shown(ref + u":kept.txt"_s).startsWith(u"<<<<<<< "_s));
    }

    // Opening and reading a folder runs none of its content.
    void theClonesOwnFiltersAndHooksDoNotRun()
    {
        Stored world;
        world.write(u"shop/.gitattributes"_s, "*.txt filter=evil\n");
        world.git(u"shop"_s, { u"add"_s, u"-A"_s });
        world.git(u"shop"_s, { u"commit"_s, u"-q"_s, u"-m"_s, u"attributes"_s });
        world.base = world.head(u"shop"_s);
        const QString trace = world.path(u"trace"_s);
        world.git(u"shop"_s, { u"config"_s, u"filter.evil.clean"_s, u"touch '%1'; cat"_s.arg(trace) });
        world.git(u"shop"_s, { u"config"_s, u"filter.evil.required"_s, u"true"_s });
        world.git(u"shop"_s, { u"config"_s, u"core.fsmonitor"_s, u"touch '%1'"_s.arg(trace) });
        world.write(u"shop/.git/hooks/post-index-change"_s, "#!/bin/sh\ntouch '" + trace.toUtf8() + "'\n", true);
        world.write(u"shop/kept.txt"_s, "two\n");
        VERIFY_RESULT(world.begin());
        VERIFY_RESULT(await(world.work.take(world.bare, world.clone, world.base, ref)));
        QCOMPARE(world.shown(ref + u":kept.txt"_s), u"two"_s);
        QVERIFY(!QFileInfo::exists(trace));
        world.git(u"shop"_s, { u"add"_s, u"-A"_s });
        QVERIFY(QFileInfo::exists(trace)); // the control: git itself would have run them
    }
};

FOUNDRY_TEST_MAIN(UncommittedWorkTest)
#include "UncommittedWorkTest.moc"
