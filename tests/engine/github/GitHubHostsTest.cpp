// Which hosts are configured: the file, the environment over it, and what was built in.
#include "GitHubHosts.h"
#include "FatalWarnings.h"

#include <QTemporaryDir>

using namespace foundry;

class GitHubHostsTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    GitHubHosts read(const QByteArray &toml, const QMap<QString, QString> &environment = {},
                     const QString &builtIn = {})
    {
        QFile file(m_folder.filePath(u"config.toml"_s));
        if (!file.open(QIODevice::WriteOnly) || file.write(toml) != toml.size())
            qFatal("the configuration cannot be written");
        file.close();
        return readGitHubHosts(file.fileName(), environment, builtIn);
    }

private Q_SLOTS:
    void withoutAnythingItIsGitHubItself()
    {
        const GitHubHosts none = readGitHubHosts(m_folder.filePath(u"missing"_s), {}, u"Iv1"_s);
        QCOMPARE(none.hosts.size(), size_t(1));
        QCOMPARE(none.hosts[0].host, u"github.com"_s);
        QCOMPARE(none.hosts[0].web, QUrl(u"https://github.com"_s));
        QCOMPARE(none.hosts[0].api, QUrl(u"https://api.github.com"_s));
        QCOMPARE(none.hosts[0].graphql, QUrl(u"https://api.github.com/graphql"_s));
        QCOMPARE(none.hosts[0].clientId, u"Iv1"_s);
        QVERIFY(none.troubles.empty());
    }

    void anEnterpriseServerHasItsOwnAddressesAndNotTheBuiltInApp()
    {
        const GitHubHosts read = this->read("[github]\nhost='git.example.com'\n", {}, u"Iv1"_s);
        QCOMPARE(read.hosts[0].api, QUrl(u"https://git.example.com/api/v3"_s));
        QCOMPARE(read.hosts[0].graphql, QUrl(u"https://git.example.com/api/graphql"_s));
        QCOMPARE(read.hosts[0].clientId, QString());
        const GitHubHosts resident = this->read("[github]\nhost='acme.ghe.com'\n");
        QCOMPARE(resident.hosts[0].api, QUrl(u"https://api.acme.ghe.com"_s));
    }

    void severalHostsStandSideBySide()
    {
        const GitHubHosts read = this->read("[[github]]\nclient_id='a'\n[[github]]\nhost='git.example.com'\n"
                                            "api='https://api.example.com/'\nclient_id='b'\nclient_secret='s'\n");
        QCOMPARE(read.hosts.size(), size_t(2));
        QVERIFY(read.troubles.empty());
        QCOMPARE(read.find({})->host, u"github.com"_s);
        QCOMPARE(read.find(u"git.example.com"_s)->clientId, u"b"_s);
        QCOMPARE(read.find(u"git.example.com"_s)->clientSecret, QByteArray("s"));
        QCOMPARE(read.find(u"git.example.com"_s)->api, QUrl(u"https://api.example.com"_s));
        QVERIFY(!read.find(u"other.example.com"_s));
    }

    void theEnvironmentHasTheLastWord()
    {
        const GitHubHosts read = this->read("[github]\nclient_id='file'\nclient_secret='s'\n",
                                            { { u"FOUNDRY_GITHUB_HOST"_s, u"http://127.0.0.1:8080"_s },
                                              { u"FOUNDRY_GITHUB_CLIENT_ID"_s, u"environment"_s },
                                              { u"FOUNDRY_GITHUB_GRAPHQL"_s, u"http://127.0.0.1:8080/g"_s } });
        QCOMPARE(read.hosts[0].host, u"127.0.0.1:8080"_s);
        QCOMPARE(read.hosts[0].web, QUrl(u"http://127.0.0.1:8080"_s));
        QCOMPARE(read.hosts[0].api, QUrl(u"http://127.0.0.1:8080/api/v3"_s));
        QCOMPARE(read.hosts[0].graphql, QUrl(u"http://127.0.0.1:8080/g"_s));
        QCOMPARE(read.hosts[0].clientId, u"environment"_s);
        QCOMPARE(read.hosts[0].clientSecret, QByteArray("s"));
    }

    void whatCannotBeUsedIsSaidWithItsLine_data()
    {
        QTest::addColumn<QByteArray>("toml");
        QTest::addColumn<QString>("complaint");
        QTest::newRow("clear text") << QByteArray("[github]\napi='http://git.example.com'\n")
                                    << u"config.toml:2: api"_s;
        QTest::newRow("with a user") << QByteArray("[github]\nhost='https://me:pw@example.com'\n") << u":2: "_s;
        QTest::newRow("a path") << QByteArray("[github]\nhost='example.com/x'\n") << u"no host name"_s;
        QTest::newRow("unknown") << QByteArray("[github]\n\nclientid='a'\n") << u"config.toml:3: clientid"_s;
        QTest::newRow("number") << QByteArray("[github]\nclient_id=4\n") << u"not a text"_s;
        QTest::newRow("line break") << QByteArray("[github]\nclient_id=\"a\\nb\"\n") << u"characters"_s;
        QTest::newRow("too long") << QByteArray("[github]\nclient_id='" + QByteArray(256, 'a') + "'\n")
                                  << u"too many"_s;
        QTest::newRow("no table") << QByteArray("github=4\n") << u"neither"_s;
        QTest::newRow("twice") << QByteArray("[[github]]\n[[github]]\n") << u"twice"_s;
        QTest::newRow("too large") << QByteArray(GitHubHosts::maxConfigFile + 1, '#') << u"larger"_s;
        QByteArray many;
        for (int i = 0; i <= GitHubHosts::maxHosts; ++i)
            many += "[[github]]\nhost='h" + QByteArray::number(i) + ".example.com'\n";
        QTest::newRow("too many") << many << u"more than 20"_s;
    }

    void whatCannotBeUsedIsSaidWithItsLine()
    {
        QFETCH(QByteArray, toml);
        QFETCH(QString, complaint);
        const GitHubHosts read = this->read(toml);
        QCOMPARE(read.troubles.size(), size_t(1));
        QVERIFY2(read.troubles[0].detail.contains(complaint), qPrintable(read.troubles[0].chain()));
        QVERIFY(read.troubles[0].is(codes::GitHub::configuration));
        QVERIFY(read.hosts.size() >= 1 && read.hosts.size() <= size_t(GitHubHosts::maxHosts));
        QVERIFY(isSafeForTokens(read.hosts[0].api));
    }
};

FOUNDRY_TEST_MAIN(GitHubHostsTest)
#include "GitHubHostsTest.moc"
