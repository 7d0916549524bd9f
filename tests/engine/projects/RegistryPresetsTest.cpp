// Which registries a tree speaks of.
#include "FatalWarnings.h"

#include "RegistryData.h"
#include "RegistryPresets.h"

#include <QRegularExpression>
#include <QTest>

using namespace foundry;

class RegistryPresetsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theShallowestFileIsTheReason()
    {
        const auto offers
            = registries::recognised({ u"web/ui/package-lock.json"_s, u"web/package.json"_s, u"tool/Cargo.toml"_s });
        QCOMPARE(offers.size(), size_t(2));
        QCOMPARE(offers[0].name, u"npm"_s);
        QCOMPARE(offers[0].because, u"web/package.json"_s);
        QVERIFY(!offers[0].hosts.isEmpty());
        QCOMPARE(offers[1].name, u"crates"_s);
    }

    void whatOthersBroughtAlongSaysNothing()
    {
        QVERIFY(
            registries::recognised({ u"node_modules/a/package.json"_s, u"vendor/b/go.mod"_s, u"README.md"_s }).empty());
        QVERIFY(registries::containerFile({ u"node_modules/a/Dockerfile"_s }).isEmpty());
    }

    void containersAreNoticed()
    {
        QCOMPARE(registries::containerFile({ u"deploy/Dockerfile"_s, u"compose.yml"_s }), u"compose.yml"_s);
    }

    void namesAreUniqueAndEachHasHosts()
    {
        const QRegularExpression plain(u"^[a-z0-9-]+(\\.[a-z0-9-]+)+$"_s);
        QStringList names;
        for (const auto &registry : registrydata::registries) {
            const QString name = QString::fromLatin1(registry.name);
            QVERIFY2(!names.contains(name), registry.name);
            names << name;
            for (const QString &host : registries::hostsOf({ name }))
                QVERIFY2(plain.match(host).hasMatch(), qPrintable(host));
            QVERIFY2(!registries::hostsOf({ name }).isEmpty(), registry.name);
        }
        QVERIFY(registries::hostsOf({ u"unheard-of"_s }).isEmpty() && !registries::isKnown(u"unheard-of"_s));
    }
};

FOUNDRY_TEST_MAIN(RegistryPresetsTest)
#include "RegistryPresetsTest.moc"
