#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "BeneathFile.h"
#include "BeneathReader.h"
#include "FatalWarnings.h"

#include <sys/stat.h>
#include <unistd.h>

using namespace foundry;

class BeneathReaderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_root = m_folder->filePath(u"checkout"_s);
        QDir().mkpath(m_root + u"/src"_s);
        write(u"secret"_s, "secret");
        write(u"checkout/src/a.txt"_s, "hello");
        QFile::link(m_folder->filePath(u"secret"_s), m_root + u"/link"_s);
        QFile::link(u"../secret"_s, m_root + u"/relative"_s);
        QFile::link(u"/"_s, m_root + u"/everything"_s);
        QFile::link(u"src/a.txt"_s, m_root + u"/inner"_s);
        mkfifo(QFile::encodeName(m_root + u"/pipe"_s).constData(), 0600);
    }

    void onlyWhatLiesBeneathIsRead_data()
    {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QString>("expected");
        QTest::addColumn<bool>("opensOutside"); // the positive control: a plain open does reach something
        QTest::newRow("file") << QByteArray("src/a.txt") << u"hello"_s << true;
        QTest::newRow("link to a secret") << QByteArray("link") << u"sandbox.unsafePath"_s << true;
        QTest::newRow("relative link") << QByteArray("relative") << u"sandbox.unsafePath"_s << true;
        QTest::newRow("through a link") << QByteArray("everything/etc/passwd") << u"sandbox.unsafePath"_s << true;
        QTest::newRow("a link that stays inside") << QByteArray("inner") << u"sandbox.unsafePath"_s << true;
        QTest::newRow("dots") << QByteArray("../secret") << u"sandbox.unsafePath"_s << true;
        QTest::newRow("dots in the middle") << QByteArray("src/../../secret") << u"sandbox.unsafePath"_s << true;
        QTest::newRow("absolute") << QByteArray("/etc/passwd") << u"sandbox.unsafePath"_s << false;
        QTest::newRow("a pipe") << QByteArray("pipe") << u"sandbox.unsafePath"_s << false;
        QTest::newRow("a folder") << QByteArray("src") << u"sandbox.unsafePath"_s << false;
        QTest::newRow("missing") << QByteArray("none") << u"sandbox.notFound"_s << false;
    }
    void onlyWhatLiesBeneathIsRead()
    {
        QFETCH(QByteArray, path);
        QFETCH(QString, expected);
        QFETCH(bool, opensOutside);
        if (opensOutside) {
            QFile plain(m_root + u'/' + QFile::decodeName(path));
            QVERIFY(plain.open(QIODevice::ReadOnly));
        }
        const auto read = BeneathReader(m_root).read(path, 1000);
        QCOMPARE(read ? QString::fromUtf8(*read) : read.error().name(), expected);
    }

    void aLargeFileIsRefused()
    {
        QCOMPARE(BeneathReader(m_root).read("src/a.txt", 4).error().name(), u"sandbox.tooLarge"_s);
        QVERIFY(BeneathReader(m_root).read("src/a.txt", 5));
    }

    void listingSaysWhatIsWhat()
    {
        const auto entries = BeneathReader(m_root).list("", 10);
        QVERIFY(entries);
        QByteArrayList shown;
        for (const BeneathEntry &entry : *entries)
            shown << entry.name + (entry.folder ? "/" : entry.regular ? "" : "?");
        QCOMPARE(shown, QByteArrayList({ "everything?", "inner?", "link?", "pipe?", "relative?", "src/" }));
        QCOMPARE(BeneathReader(m_root).list("", 5).error().name(), u"sandbox.tooLarge"_s);
        QCOMPARE(BeneathReader(m_root).list("everything", 5).error().name(), u"sandbox.unsafePath"_s);
    }

    void writingStaysBeneathToo()
    {
        QVERIFY(writeBeneath(m_root, ".codex/deep/auth.json", "{}", true, -1));
        QCOMPARE(BeneathReader(m_root).read(".codex/deep/auth.json", 10).value_or("?"), "{}");
        QVERIFY(writeBeneath(m_root, ".codex/deep/auth.json", "new", false, -1));
        QCOMPARE(BeneathReader(m_root).read(".codex/deep/auth.json", 10).value_or("?"), "{}");
        // A link in the last place is replaced, what it points to is left alone.
        QVERIFY(writeBeneath(m_root, "link", "mine", true, -1));
        QFile secret(m_folder->filePath(u"secret"_s));
        QVERIFY(secret.open(QIODevice::ReadOnly));
        QCOMPARE(secret.readAll(), "secret");
        // A link on the way is refused.
        QFile::link(m_folder->path(), m_root + u"/.config"_s);
        QCOMPARE(writeBeneath(m_root, ".config/planted", "x", true, -1).error().name(), u"sandbox.unsafePath"_s);
        QVERIFY(!QFile::exists(m_folder->filePath(u"planted"_s)));
        for (const char *path : { "..", "../x", "a/../../x", "" })
            QVERIFY(!writeBeneath(m_root, path, "x", true, -1));
    }

private:
    void write(const QString &name, const QByteArray &content)
    {
        QFile file(m_folder->filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(content);
    }
    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_root;
};

FOUNDRY_TEST_MAIN(BeneathReaderTest)
#include "BeneathReaderTest.moc"
