// Build folders taken over as clones of their files. Where the temporary folder's file system can share files (TMPDIR
// on Btrfs or XFS) they are there; elsewhere they are left out and named: either is what is expected there.
#include "FatalWarnings.h"
#include "SandboxFixture.h"

#include "CarriedFolders.h"

#include <linux/fs.h>
#include <sys/ioctl.h>

using namespace foundry;
using namespace foundry::test;

class CarriedFoldersTest : public QObject {
    Q_OBJECT

    std::unique_ptr<SandboxFixture> m_sandbox;
    bool m_shares = false;

    QString clone() const { return m_sandbox->folder.filePath(u"clone"_s); }
    Result<CarriedFolders> carry(const QStringList &paths) const
    {
        return await(carryFolders(m_sandbox->clock, m_sandbox->record, clone(), paths));
    }

private Q_SLOTS:
    void init()
    {
        m_sandbox = std::make_unique<SandboxFixture>();
        QCOMPARE(m_sandbox->make(), QString());
        onHost(u"git"_s, { u"clone"_s, u"-q"_s, m_sandbox->bare(), clone() });
        QVERIFY(writeFile(clone() + u"/node_modules/.bin/tool"_s, "#!/bin/sh\necho tool\n"));
        QVERIFY(writeFile(clone() + u"/node_modules/part/index.js"_s, QByteArray(100'000, 'x')));
        QVERIFY(QFile::link(u"part"_s, clone() + u"/node_modules/link"_s));
        QFile(clone() + u"/node_modules/.bin/tool"_s).setPermissions(QFile::Permissions(0x7755));
        // What the kernel says by itself.
        QVERIFY(writeFile(clone() + u"/one"_s, QByteArray(100'000, 'x')));
        QFile one(clone() + u"/one"_s), two(m_sandbox->folder.filePath(u"two"_s));
        QVERIFY(one.open(QIODevice::ReadOnly) && two.open(QIODevice::WriteOnly));
        m_shares = ::ioctl(two.handle(), FICLONE, one.handle()) == 0;
    }
    void cleanup() { m_sandbox.reset(); }

    void theAnswerIsTheKernels() { QCOMPARE(canShareFiles(clone() + u"/one"_s, m_sandbox->folder.path()), m_shares); }

    void aFolderIsSharedOrLeftOut()
    {
        auto carried = carry({ u"node_modules"_s });
        QVERIFY2(carried.has_value(), carried ? "" : qPrintable(carried.error().chain()));
        QCOMPARE(carried->taken, m_shares ? QStringList { u"node_modules"_s } : QStringList());
        QCOMPARE(carried->uncopied, m_shares ? QStringList() : QStringList { u"node_modules"_s });
        const Shell shell = m_sandbox->shell(u"node_modules/.bin/tool; wc -c <node_modules/link/index.js; "
                                             "echo changed >node_modules/part/index.js && echo written"_s);
        QCOMPARE(shell.output.trimmed().endsWith("tool\n100000\nwritten"), m_shares);
        QCOMPARE(QFileInfo(clone() + u"/node_modules/part/index.js"_s).size(), 100'000); // the clone's is its own
        QVERIFY(!QFileInfo::exists(m_sandbox->record.folder + u"/carried"_s));
        QVERIFY(carry({ u"node_modules"_s })->there.contains(u"node_modules"_s) == m_shares); // again: nothing happens
    }

    void whatIsInTheCheckoutStays()
    {
        auto carried = carry({ u"src"_s });
        QVERIFY(carried && carried->there == QStringList { u"src"_s });
        QVERIFY(m_sandbox->shell(u"grep -q two src/b.txt"_s).good());
    }

    void noLinkIsFollowed()
    {
        QVERIFY(QFile::link(m_sandbox->folder.path(), clone() + u"/away"_s));
        QVERIFY(isFolderOf(clone(), u"node_modules/part"_s));
        QVERIFY(!isFolderOf(clone(), u"away"_s));
        QVERIFY(!isFolderOf(clone(), u"node_modules/link"_s));
        QVERIFY(!isFolderOf(clone(), u"../clone"_s));
        QVERIFY(!isFolderOf(clone(), u"one"_s));
        // A link that the repository itself has where a folder is to go.
        QVERIFY(m_sandbox->shell(u"ln -s /etc build"_s).good());
        QVERIFY(writeFile(clone() + u"/build/x/y"_s, "y"));
        QVERIFY(carry({ u"build/x"_s })->taken.isEmpty());
    }
};

FOUNDRY_TEST_MAIN(CarriedFoldersTest)
#include "CarriedFoldersTest.moc"
