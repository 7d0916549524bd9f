// .foundry/config.toml: what it says, and everything that makes it unusable.
#include "FatalWarnings.h"

#include "ProjectConfig.h"

#include <QTest>

using namespace foundry;

class ProjectConfigTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void saysWhatTheProjectWants()
    {
        const auto config
            = ProjectConfig::parse("run = \"npm start\"\n"
                                   "carry = [\".env\", \"config/local.json\"]\n"
                                   "later = 1\n"
                                   "[setup]\nscript = \"\"\"\nnpm ci\nnpm run build\n\"\"\"\nminutes = 5\n"
                                   "[network]\nregistries = [\"npm\"]\nhosts = [\"*.example.org:8443\"]\n");
        QVERIFY2(config, config ? "" : qPrintable(config.error().chain()));
        QCOMPARE(config->run, u"npm start"_s);
        QCOMPARE(config->carry, (QStringList { u".env"_s, u"config/local.json"_s }));
        QCOMPARE(config->setUp, u"npm ci\nnpm run build"_s);
        QCOMPARE(config->setUpMinutes, 5);
        QCOMPARE(config->registries, QStringList { u"npm"_s });
        QCOMPARE(config->hosts, QStringList { u"*.example.org:8443"_s });
        QCOMPARE(config->hash.size(), 64);
    }

    void everyChangeOfItsTextChangesItsHash()
    {
        const auto one = ProjectConfig::parse("run = \"make\"\n");
        const auto other = ProjectConfig::parse("run = \"make\" \n");
        QVERIFY(one && other && one->hash != other->hash);
    }

    void nothingIsNothing()
    {
        const auto config = ProjectConfig::parse(" \n");
        QVERIFY(config && config->isEmpty() && config->hash.isEmpty());
    }

    void aWrongOneIsRefusedWithItsLine_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("told");
        QTest::newRow("not TOML") << QByteArray("run = \"a\"\nrun ==") << u"line 2"_s;
        QTest::newRow("a number") << QByteArray("\nrun = 7") << u"line 2: run is not a text"_s;
        QTest::newRow("no list") << QByteArray("carry = \".env\"") << u"not a list"_s;
        for (const char *path : { "../x", "/etc/passwd", "a//b", "a/./b", ".git/config", "a/.GIT/x", "" })
            QTest::newRow(path) << QByteArray("carry = [\"") + path + "\"]" << u"not a path inside"_s;
        QTest::newRow("registry") << QByteArray("[network]\nregistries = [\"nopm\"]") << u"nopm"_s;
        QTest::newRow("host") << QByteArray("[network]\nhosts = [\"a b\"]") << u"a b"_s;
        QTest::newRow("minutes") << QByteArray("[setup]\nminutes = 121") << u"1 to 120"_s;
        QTest::newRow("long script") << "[setup]\nscript = \"" + QByteArray(8193, 'x') + '"' << u"8192"_s;
        QByteArray many = "carry = [";
        for (int i = 0; i <= ProjectConfig::maxCarried; ++i)
            many += "\"f" + QByteArray::number(i) + "\",";
        QTest::newRow("many files") << many + ']' << u"more than 50"_s;
        QTest::newRow("large") << QByteArray("# ") + QByteArray(ProjectConfig::maxFile, 'x') << u"larger"_s;
    }
    void aWrongOneIsRefusedWithItsLine()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, told);
        const auto config = ProjectConfig::parse(text);
        QVERIFY(!config && config.error().is(codes::Repository::badConfig));
        QVERIFY2(config.error().detail.contains(told), qPrintable(config.error().detail));
    }
};

FOUNDRY_TEST_MAIN(ProjectConfigTest)
#include "ProjectConfigTest.moc"
