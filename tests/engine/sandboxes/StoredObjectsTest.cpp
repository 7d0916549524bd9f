// What an agent can do to the files that Git LFS keeps in its checkout: nothing comes home but what its name says.
#include "FatalWarnings.h"
#include "SandboxFixture.h"

#include "StoredObjects.h"

#include <QCryptographicHash>

using namespace foundry;
using namespace foundry::test;

namespace {

QString oidOf(const QByteArray &content)
{
    return QString::fromLatin1(QCryptographicHash::hash(content, QCryptographicHash::Sha256).toHex());
}

} // namespace

class StoredObjectsTest : public QObject {
    Q_OBJECT

    std::unique_ptr<SandboxFixture> m_sandbox;

    QString place(const QString &oid) const { return m_sandbox->folder.filePath(u"home/objects/"_s + oid); }
    WantedObject wanted(const QByteArray &content) const
    {
        const QString oid = oidOf(content);
        return { oid, content.size(), place(oid) };
    }
    static QString inside(const QByteArray &content)
    {
        const QString oid = oidOf(content);
        return u".git/lfs/objects/%1/%2/%3"_s.arg(oid.left(2), oid.mid(2, 2), oid);
    }
    void keep(const QByteArray &name, const QByteArray &content) const // under `name`'s sum
    {
        const QString path = m_sandbox->record.hostCheckout() + u'/' + inside(name);
        QVERIFY(writeFile(path, content));
    }
    Result<QStringList> take(std::vector<WantedObject> all) const
    {
        return await(takeObjects(m_sandbox->clock, m_sandbox->provider, m_sandbox->record, std::move(all)));
    }
    QByteArray came(const QByteArray &content) const
    {
        QFile file(place(oidOf(content)));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("nothing");
    }
    int left() const
    {
        return int(QDir(m_sandbox->folder.filePath(u"home/objects"_s)).entryList(QDir::Files | QDir::Hidden).size());
    }

private Q_SLOTS:
    void init()
    {
        m_sandbox = std::make_unique<SandboxFixture>();
        QCOMPARE(m_sandbox->make(), QString());
    }
    void cleanup() { m_sandbox.reset(); }

    void whatIsThereComesAndTheRestIsNamed()
    {
        const QByteArray large(3'000'000, 'x');
        keep("one", "one");
        keep(large, large);
        auto missing = take({ wanted("one"), wanted("absent"), wanted(large) });
        QVERIFY2(missing.has_value(), missing ? "" : qPrintable(missing.error().chain()));
        QCOMPARE(*missing, QStringList { oidOf("absent") });
        QCOMPARE(came("one"), QByteArray("one"));
        QVERIFY(came(large) == large);
        QCOMPARE(left(), 2);
    }

    void anotherContentOfTheSameSizeIsRefused()
    {
        keep("good", "evil");
        auto taken = take({ wanted("good") });
        QVERIFY(taken.error().is(codes::Git::corrupt));
        QCOMPARE(left(), 0);
    }

    void anotherSizeIsMissing()
    {
        keep("good", "longer than that");
        QCOMPARE(take({ wanted("good") }).value_or(QStringList()), QStringList { oidOf("good") });
    }

    // A link is followed where the agent itself is: the host's files are not there.
    void aLinkShowsNothingOfTheHost()
    {
        const QByteArray secret = "a secret of the host";
        const QString file = m_sandbox->folder.filePath(u"secret"_s);
        QVERIFY(writeFile(file, secret));
        const QString link = m_sandbox->record.hostCheckout() + u'/' + inside(secret);
        QVERIFY(QDir().mkpath(QFileInfo(link).path()) && QFile::link(file, link));
        QCOMPARE(take({ wanted(secret) }).value_or(QStringList()), QStringList { oidOf(secret) });
        QCOMPARE(came(secret), QByteArray("nothing"));
    }

    void aFileThatNeverEndsIsCut()
    {
        const QString path = m_sandbox->record.hostCheckout() + u'/' + inside("1234");
        QVERIFY(QDir().mkpath(QFileInfo(path).path()) && QFile::link(u"/dev/zero"_s, path));
        QCOMPARE(take({ wanted("1234") }).value_or(QStringList()), QStringList { oidOf("1234") });
    }

    void tooMuchIsRefusedBeforeAnythingRuns()
    {
        auto taken = take({ { oidOf("x"), maxObjectsHome + 1, place(u"x"_s) } });
        QVERIFY(taken.error().is(codes::Git::tooLarge));
    }

    void aFolderThatCannotBeWrittenSaysSo()
    {
        keep("one", "one");
        QVERIFY(writeFile(m_sandbox->folder.filePath(u"home"_s), "a file in the way"));
        QVERIFY(take({ wanted("one") }).error().is(codes::Storage::unavailable));
    }
};

FOUNDRY_TEST_MAIN(StoredObjectsTest)
#include "StoredObjectsTest.moc"
