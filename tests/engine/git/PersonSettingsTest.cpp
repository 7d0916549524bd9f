// The person's identity, signing and transport, as git resolves them for one clone, and nothing beyond the list.
#include "FatalWarnings.h" // first: moc stumbles over <concepts> before a Qt header

#include "GitWorld.h"
#include "PersonSettings.h"
#include "Publisher.h"

using namespace foundry;
using namespace foundry::test;

class PersonSettingsTest : public QObject {
    Q_OBJECT

    SystemClock m_clock;
    ProcessRunner m_processes { m_clock };

    Result<PersonSettings> read(GitWorld &world, const QString &name, const Environment &more = {})
    {
        Environment environment = world.environment();
        environment.insert(more);
        GitRunner git(m_processes, u"git"_s, environment);
        PersonSettingsReader reader(git);
        return await(reader.read(world.path(name)));
    }

private Q_SLOTS:
    void identity()
    {
        GitWorld world;
        world.makeRepository(u"work/shop"_s);
        auto settings = read(world, u"work/shop"_s);
        VERIFY_RESULT(settings);
        QCOMPARE(settings->author.shown(), u"Ada Lovelace <ada@example.org>"_s);
        QCOMPARE(settings->committer, settings->author);
        QVERIFY(!settings->signsCommits);
        QCOMPARE(settings->remote, QString());

        world.write(
            u"home/work.inc"_s,
            "[user]\n\temail = ada@work.example\n\tsigningKey = ABC\n[commit]\n\tgpgSign\n[gpg]\n\tformat = ssh\n");
        world.git(
            u"."_s,
            { u"config"_s, u"--global"_s, u"includeIf.gitdir:%1.path"_s.arg(world.path(u"work/"_s)), u"work.inc"_s });
        settings = read(world, u"work/shop"_s);
        VERIFY_RESULT(settings);
        QCOMPARE(settings->author.email, u"ada@work.example"_s);
        QVERIFY(settings->signsCommits);
        QCOMPARE(settings->signing,
                 (std::vector<GitSetting> { { u"user.signingkey"_s, u"ABC"_s }, { u"gpg.format"_s, u"ssh"_s } }));

        settings = read(world, u"work/shop"_s, { { u"GIT_AUTHOR_NAME"_s, u"A. L."_s } });
        QCOMPARE(settings->author.shown(), u"A. L. <ada@work.example>"_s);
        QCOMPARE(settings->committer.name, u"Ada Lovelace"_s);
    }

    void identityMissing()
    {
        GitWorld world;
        world.makeRepository(u"shop"_s);
        world.write(u"home/.gitconfig"_s, "");
        const auto settings = read(world, u"shop"_s);
        VERIFY_RESULT(settings);
        QVERIFY(settings->author.isMissing()); // and not made up from the host's name
    }

    void transport()
    {
        GitWorld world;
        world.makeRepository(u"shop"_s);
        world.write(u"home/.gitconfig"_s,
                    "[core]\n\tsshCommand = ssh -i key\n\tpager = evil\n\tfsmonitor = evil\n\thooksPath = "
                    "evil\n[credential]\n\thelper =\n\thelper = store\n"
                    "[credential \"https://example.org\"]\n\tusername = ada\n[http \"https://example.org\"]\n\tproxy = "
                    "http://proxy\n[http]\n\tsslCAInfo = /ca\n"
                    "[alias]\n\tpush = !evil\n[filter \"x\"]\n\tclean = evil\n[safe]\n\tdirectory = /theirs\n");
        const auto settings = read(world, u"shop"_s);
        VERIFY_RESULT(settings);
        QCOMPARE(settings->transport,
                 (std::vector<GitSetting> { { u"core.sshcommand"_s, u"ssh -i key"_s },
                                            { u"credential.helper"_s, QString() },
                                            { u"credential.helper"_s, u"store"_s },
                                            { u"credential.https://example.org.username"_s, u"ada"_s },
                                            { u"http.https://example.org.proxy"_s, u"http://proxy"_s },
                                            { u"http.sslcainfo"_s, u"/ca"_s } }));
        QCOMPARE(settings->safeDirectories, QStringList { u"/theirs"_s });
    }

    void addresses()
    {
        GitWorld world;
        world.makeRepository(u"work/shop"_s);
        world.git(u"work/shop"_s, { u"remote"_s, u"add"_s, u"other"_s, u"git@example.org:other.git"_s });
        world.git(u"work/shop"_s, { u"remote"_s, u"add"_s, u"origin"_s, u"gh:ada/shop.git"_s });
        world.git(u"."_s, { u"config"_s, u"--global"_s, u"url.https://example.org/.insteadOf"_s, u"gh:"_s });
        world.git(u"."_s, { u"config"_s, u"--global"_s, u"url.ssh://git@example.org/.pushInsteadOf"_s, u"gh:"_s });
        auto settings = read(world, u"work/shop"_s);
        VERIFY_RESULT(settings);
        QCOMPARE(settings->remote, u"origin"_s);
        QCOMPARE(settings->fetchUrl, u"https://example.org/ada/shop.git"_s);
        QCOMPARE(settings->pushUrl, u"ssh://git@example.org/ada/shop.git"_s);

        world.git(u"work/shop"_s, { u"remote"_s, u"set-url"_s, u"other"_s, u"../origin.git"_s });
        world.git(u"work/shop"_s, { u"config"_s, u"remote.pushDefault"_s, u"other"_s });
        settings = read(world, u"work/shop"_s);
        VERIFY_RESULT(settings);
        QCOMPARE(settings->pushUrl, world.path(u"work/origin.git"_s));
    }

    void transports_data()
    {
        QTest::addColumn<QString>("transport");
        QTest::newRow("/a/b") << u"file"_s;
        QTest::newRow("../b") << u"file"_s;
        QTest::newRow("/a:b") << u"file"_s;
        QTest::newRow("file:///a") << u"file"_s;
        QTest::newRow("git@host:a/b") << u"ssh"_s;
        QTest::newRow("ssh://host/a") << u"ssh"_s;
        QTest::newRow("git+ssh://host/a") << u"ssh"_s;
        QTest::newRow("https://host/a") << u"https"_s;
        QTest::newRow("HTTP://host/a") << u"http"_s;
        QTest::newRow("ext::sh -c id") << QString();
        QTest::newRow("foo::https://host/a") << QString();
        QTest::newRow("gcrypt://host") << QString();
        QTest::newRow("--upload-pack=id") << QString();
    }
    void transports()
    {
        QFETCH(QString, transport);
        QCOMPARE(transportOf(QString::fromLatin1(QTest::currentDataTag())), transport);
    }

    void aMissingClone()
    {
        GitWorld world;
        QCOMPARE(nameOf(read(world, u"nowhere"_s)), u"repository.moved"_s);
        world.write(u"plain/x"_s, "");
        QCOMPARE(nameOf(read(world, u"plain"_s)), u"git.notARepository"_s);
    }
};

FOUNDRY_TEST_MAIN(PersonSettingsTest)
#include "PersonSettingsTest.moc"
