#include <DataFolderLock.h>
#include <FatalWarnings.h>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>

#include <csignal>
#include <cstdlib>

#include <sys/wait.h>
#include <unistd.h>

using namespace foundry;

class DataFolderLockTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theFolderIsMadeForItsOwnerOnly();
    void aSecondStartIsToldWhoHoldsIt();
    void itIsFreeAgainWhenReleased();
    void itIsTakenOverAfterACrash();
    void aFolderThatCannotBeMadeIsToldApart();
};

void DataFolderLockTest::theFolderIsMadeForItsOwnerOnly()
{
    QTemporaryDir folder;
    const QString data = folder.filePath(u"a/b"_s);
    const auto lock = DataFolderLock::take(data);
    QVERIFY(lock);
    QCOMPARE(QFileInfo(data).permissions() & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
}

void DataFolderLockTest::aSecondStartIsToldWhoHoldsIt()
{
    QTemporaryDir folder;
    const auto lock = DataFolderLock::take(folder.path());
    QVERIFY(lock);
    const auto second = DataFolderLock::take(folder.path());
    QVERIFY(!second);
    QVERIFY(second.error().is(codes::Program::alreadyRunning));
    QVERIFY2(second.error().detail.contains(u"process %1"_s.arg(getpid())), qPrintable(second.error().detail));
}

void DataFolderLockTest::itIsFreeAgainWhenReleased()
{
    QTemporaryDir folder;
    QVERIFY(DataFolderLock::take(folder.path()));
    QVERIFY(DataFolderLock::take(folder.path()));
}

void DataFolderLockTest::itIsTakenOverAfterACrash()
{
    QTemporaryDir folder;
    int ready[2];
    QCOMPARE(::pipe(ready), 0);
    const pid_t child = ::fork();
    QVERIFY(child >= 0);
    if (child == 0) {
        const auto lock = DataFolderLock::take(folder.path());
        const char held = lock ? 'y' : 'n';
        if (::write(ready[1], &held, 1) != 1)
            std::_Exit(1);
        for (;;)
            ::pause();
    }
    char held = 0;
    QCOMPARE(::read(ready[0], &held, 1), 1);
    QCOMPARE(held, 'y');
    QVERIFY(DataFolderLock::take(folder.path()).error().is(codes::Program::alreadyRunning));
    ::kill(child, SIGKILL);
    QCOMPARE(::waitpid(child, nullptr, 0), child);
    QVERIFY(QFile::exists(folder.filePath(QString::fromLatin1(DataFolderLock::fileName)))); // what the dead one left
    QVERIFY(DataFolderLock::take(folder.path()));
    ::close(ready[0]);
    ::close(ready[1]);
}

void DataFolderLockTest::aFolderThatCannotBeMadeIsToldApart()
{
    QTemporaryDir folder;
    QFile file(folder.filePath(u"file"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    const auto refused = DataFolderLock::take(folder.filePath(u"file/data"_s));
    QVERIFY(!refused);
    QVERIFY(refused.error().is(codes::Program::dataFolder));
}

FOUNDRY_TEST_MAIN(DataFolderLockTest)
#include "DataFolderLockTest.moc"
