// Which repository an address of git means.
#include "FatalWarnings.h"

#include "ForgeAddress.h"

using namespace foundry;

class ForgeAddressTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void known_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("host");
        QTest::addColumn<QString>("repository");
        const auto row = [](const char *url, const char *host, const char *repository) {
            QTest::newRow(url) << QString::fromLatin1(url) << QString::fromLatin1(host)
                               << QString::fromLatin1(repository);
        };
        row("https://github.com/acme/shop.git", "github.com", "acme/shop");
        row("https://x-access-token:secret@GitHub.com/acme/shop/", "github.com", "acme/shop");
        row("http://127.0.0.1:4711/acme/shop", "127.0.0.1:4711", "acme/shop");
        row("git@github.com:acme/shop.git", "github.com", "acme/shop");
        row("github.example.org:/acme/my.shop.git", "github.example.org", "acme/my.shop");
        row("ssh://git@ssh.github.com:443/acme/shop.git", "github.com", "acme/shop");
        row("git+ssh://git@github.com/acme/shop", "github.com", "acme/shop");
    }
    void known()
    {
        QFETCH(QString, url);
        const auto address = forgeAddressOf(url);
        QVERIFY(address);
        QTEST(address->host, "host");
        QTEST(address->repository, "repository");
    }
    void unknown_data()
    {
        QTest::addColumn<QString>("url");
        for (const char *url :
             { "", "/home/ada/acme/shop.git", "../acme/shop", "file:///srv/acme/shop.git", "C:/acme/shop",
               "https://github.com/acme", "https://github.com/acme/shop/tree", "ext::sh -c acme/shop",
               "git@github.com:shop", "https://github.com/acme/..", "./a:acme/shop" })
            QTest::newRow(url) << QString::fromLatin1(url);
    }
    void unknown()
    {
        QFETCH(QString, url);
        QVERIFY(!forgeAddressOf(url));
    }
};

FOUNDRY_TEST_MAIN(ForgeAddressTest)
#include "ForgeAddressTest.moc"
