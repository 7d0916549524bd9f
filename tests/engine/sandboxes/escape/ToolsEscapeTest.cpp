// Toolchains and caches of the person's: usable inside, never written, and no secret that lies beside them is read.
#include "SandboxFixture.h"

#include "FatalWarnings.h"

using namespace foundry;
using namespace foundry::test;

class ToolsEscapeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QFile::setPermissions(m_fixture.folder.path(), QFile::Permissions(0x7755));
        m_home = m_fixture.folder.filePath(u"home"_s);
        const std::pair<const char *, const char *> files[] = {
            { ".cargo/bin/cargo-hello", "#!/bin/sh\necho hello $RUSTUP_HOME\n" },
            { ".cargo/credentials.toml", "token" },
            { ".rustup/toolchains/stable/lib", "x" },
            { ".rustup/settings.toml", "x" },
            { ".nvm/alias/default", "9\n" },
            { ".nvm/versions/node/v9.1.0/bin/node-hello", "#!/bin/sh\necho nine\n" },
            { ".nvm/versions/node/v20.0.0/bin/node-hello", "#!/bin/sh\necho twenty\n" },
            { ".nvm/versions/node/v9.1.0/etc/npmrc", "//example.org/:_authToken=token" },
            { ".npmrc", "token" },
            { ".m2/settings.xml", "token" },
            { ".m2/repository/a/a.jar", "of the person" },
            { ".cargo/registry/cache/a.crate", "of the person" },
        };
        for (const auto &[path, content] : files) {
            QVERIFY(writeFile(m_home + u'/' + QString::fromLatin1(path), content));
            QFile::setPermissions(m_home + u'/' + QString::fromLatin1(path), QFile::Permissions(0x7755));
        }
        m_fixture.person = { m_home, u"/usr/bin"_s, {} };
        QCOMPARE(m_fixture.make(), QString());
        m_inside = u"/foundry/host"_s + m_home; // the test's home is below /tmp, where the sandbox has its own
    }

    void programsOfTheHomeAreInPath()
    {
        const Shell cargo = m_fixture.shell(u"cargo-hello"_s);
        const QString told = u"hello "_s + m_inside + u"/.rustup"_s;
        QCOMPARE(cargo.output.trimmed(), told.toUtf8());
        QCOMPARE(m_fixture.shell(u"node-hello"_s).output.trimmed(), "nine"); // the default, not the newest
    }

    void theyCannotBeWritten()
    {
        for (const char *path : { "/.cargo/bin/cargo-hello", "/.cargo/bin/new", "/.cargo/new", "/.nvm/versions/node/x",
                                  "/.rustup/toolchains/stable/lib", "/.rustup/settings.toml", "/new" }) {
            const QByteArray inside = m_fixture.attack({ u"write"_s, m_inside + QString::fromLatin1(path), u"0"_s });
            QVERIFY2(inside == "EROFS" || inside == "EACCES", path + (": " + inside));
        }
        QVERIFY(m_fixture.attackOutside({ u"write"_s, m_home + u"/.cargo/bin/control"_s, u"0"_s }) == "done");
    }

    void whatAToolWritesBesideItselfIsThrownAway()
    {
        const QByteArray written = m_fixture.attack({ u"write"_s, m_inside + u"/.rustup/update-hash"_s, u"0"_s });
        QCOMPARE(written, "done");
        QVERIFY(!QFileInfo::exists(m_home + u"/.rustup/update-hash"_s));
        QCOMPARE(m_fixture.attack({ u"read"_s, m_inside + u"/.rustup/update-hash"_s }), "ENOENT");
    }

    void secretsBesideThemAreNotRead()
    {
        for (const char *path : { "/.cargo/credentials.toml", "/.npmrc", "/.m2/settings.xml" }) {
            const QString place = QString::fromLatin1(path);
            QVERIFY2(m_fixture.attackOutside({ u"read"_s, m_home + place }).startsWith("done"), "the control");
            QCOMPARE(m_fixture.attack({ u"read"_s, m_inside + place }), "ENOENT");
        }
        QCOMPARE(m_fixture.shell(u"cat '"_s + m_inside + u"/.nvm/versions/node/v9.1.0/etc/npmrc'"_s).output, "");
    }

    void cachesAreSeenAndNeverChanged()
    {
        SandboxCommand caches;
        caches.caches = agentCaches;
        const Shell changed
            = m_fixture.shell(u"cd ~/.cargo/registry && cat cache/a.crate && echo changed > cache/a.crate "
                              "&& echo new > cache/b.crate && rm ~/.m2/repository/a/a.jar"_s,
                              caches);
        QCOMPARE(changed.output, "of the person");
        QVERIFY2(changed.good(), changed.output);
        // The view is the task's: the next program finds it as it was left, the person's is as it was.
        QCOMPARE(m_fixture.shell(u"cat ~/.cargo/registry/cache/?.crate; ls -A ~/.m2/repository/a"_s, caches).output,
                 "changed\nnew\n");
        QFile crate(m_home + u"/.cargo/registry/cache/a.crate"_s);
        QVERIFY(crate.open(QIODevice::ReadOnly));
        QCOMPARE(crate.readAll(), "of the person");
        QVERIFY(!QFileInfo::exists(m_home + u"/.cargo/registry/cache/b.crate"_s));
        QVERIFY(QFileInfo::exists(m_home + u"/.m2/repository/a/a.jar"_s));
        // A terminal beside the agent has layers of its own over the person's.
        SandboxCommand beside;
        beside.caches = u"terminal-1"_s;
        QCOMPARE(
            m_fixture.shell(u"cd ~/.cargo/registry/cache && cat ?.crate && echo x > x.crate && ls"_s, beside).output,
            "of the persona.crate\nx.crate\n");
        QCOMPARE(m_fixture.shell(u"ls ~/.cargo/registry/cache"_s, caches).output, "a.crate\nb.crate\n");
        QVERIFY(!QFileInfo::exists(m_home + u"/.cargo/registry/cache/x.crate"_s));
        // Who has no layers: empty, writable, private.
        QCOMPARE(m_fixture.shell(u"ls -A ~/.cargo/registry; echo x > ~/.cargo/registry/x && echo written"_s).output,
                 "written\n");
    }

    void theLayersAreOutOfReach()
    {
        SandboxCommand caches;
        caches.caches = agentCaches;
        const Shell seen
            = m_fixture.shell(u"ls /foundry/caches; umount /foundry/caches/0; mount -o remount,rw /; true"_s, caches);
        QVERIFY2(seen.output.startsWith("0\n1\n"), seen.output);
        QVERIFY2(!seen.output.contains("upper"), seen.output);
    }

private:
    SandboxFixture m_fixture;
    QString m_home, m_inside;
};

FOUNDRY_TEST_MAIN(ToolsEscapeTest)
#include "ToolsEscapeTest.moc"
