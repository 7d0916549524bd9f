// What is offered, what is missing, what goes into the sandbox, and config.toml.
#include "AgentCatalogue.h"
#include "FatalWarnings.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>

using namespace foundry;
using command::Freedom;

namespace {

// A computer: a home, a folder of programs, a configuration.
struct Computer {
    QTemporaryDir folder;
    AgentPlaces places;

    Computer()
    {
        places.home = root() + u"/home"_s;
        places.path = root() + u"/bin"_s;
        places.configFile = root() + u"/config.toml"_s;
        write(u"demo"_s, "binary", true);
        places.demonstration = root() + u"/demo"_s;
    }
    QString root() const { return QDir(folder.path()).canonicalPath(); }
    QString write(const QString &path, const QByteArray &bytes, bool executable = false) const
    {
        const QString whole = root() + u'/' + path;
        QDir().mkpath(whole.section(u'/', 0, -2));
        QFile file(whole);
        if (file.open(QIODevice::WriteOnly))
            file.write(bytes);
        if (executable)
            file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        return whole;
    }
    void link(const QString &target, const QString &path) const
    {
        QDir().mkpath((root() + u'/' + path).section(u'/', 0, -2));
        QVERIFY(QFile::link(root() + u'/' + target, root() + u'/' + path));
    }
    // codex-acp as npm installs it below `prefix`.
    void installCodex(bool native) const
    {
        const QString package = u"npm/node_modules/@zed-industries/codex-acp"_s;
        write(package + u"/bin/codex-acp.js"_s, "#!/usr/bin/env node\n", true);
        write(package + u"/package.json"_s, R"({"version":"0.16.0"})");
        link(package + u"/bin/codex-acp.js"_s, u"bin/codex-acp"_s);
        write(u"bin/node"_s, "binary", true);
        const QString machine = QSysInfo::currentCpuArchitecture() == u"arm64" ? u"arm64"_s : u"x64"_s;
        if (native)
            write(u"npm/node_modules/@zed-industries/codex-acp-linux-%1/bin/codex-acp"_s.arg(machine), "binary", true);
    }
    AgentOffer offer(const QString &name) const
    {
        for (const AgentOffer &each : AgentCatalogue(places).offers()) {
            if (each.name == name)
                return each;
        }
        return {};
    }
    Result<AgentLaunch> launch(const QString &name, Freedom freedom = Freedom::freeInSandbox) const
    {
        return AgentCatalogue(places).launch(name, freedom);
    }
};

} // namespace

class AgentCatalogueTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void anEmptyComputerOffersTheDemonstration()
    {
        const Computer computer;
        const auto offers = AgentCatalogue(computer.places).offers();
        QCOMPARE(offers.size(), size_t(5));
        for (const AgentOffer &offer : offers) {
            QCOMPARE(offer.readiness, offer.demonstration ? AgentReadiness::ready : AgentReadiness::missing);
            QVERIFY(offer.demonstration
                    || (!offer.missing.isEmpty() && !offer.remedy.isEmpty() && !offer.hosts.isEmpty()));
        }
        const auto missing = computer.launch(u"codex"_s);
        QVERIFY(missing.error().is(codes::Agent::missing));
        QVERIFY(missing.error().detail.contains(u"npm install -g @zed-industries/codex-acp"_s));
        QVERIFY(computer.launch(u"nobody"_s).error().is(codes::Agent::unknown));
    }

    void theDemonstrationNeedsNothing()
    {
        const Computer computer;
        const auto launch = computer.launch(u"demonstration"_s, Freedom::askFirst);
        QVERIFY(launch);
        QVERIFY(launch->demonstration && !launch->answerByItself && launch->hosts.isEmpty() && launch->files.empty());
        QCOMPARE(launch->program, computer.root() + u"/demo"_s);
        QCOMPARE(launch->readOnlyBinds, QStringList { launch->program });
        QCOMPARE(launch->modes, QStringList { u"ask"_s });
        QCOMPARE(computer.launch(u"demonstration"_s)->modes, QStringList { u"free"_s });
    }

    void codexIsItsNativeProgram()
    {
        Computer computer;
        computer.installCodex(true);
        QCOMPARE(computer.offer(u"codex"_s).readiness, AgentReadiness::needsSignIn);
        QVERIFY(computer.launch(u"codex"_s).error().is(codes::Agent::needsSignIn));
        computer.places.environment = { { u"OPENAI_API_KEY"_s, u"sk-1"_s }, { u"SECRET"_s, u"x"_s } };
        const AgentOffer offer = computer.offer(u"codex"_s);
        QCOMPARE(offer.readiness, AgentReadiness::ready);
        QCOMPARE(offer.version, u"0.16.0"_s);
        const auto launch = computer.launch(u"codex"_s);
        QVERIFY(launch);
        QVERIFY(launch->program.endsWith(u"/bin/codex-acp"_s) && launch->program.contains(u"codex-acp-linux-"_s));
        QCOMPARE(launch->readOnlyBinds, QStringList { computer.root() + u"/npm/node_modules"_s });
        QCOMPARE(launch->environment.value(u"OPENAI_API_KEY"_s), u"sk-1"_s);
        QVERIFY(!launch->environment.contains(u"SECRET"_s)); // only names on the list
        QCOMPARE(launch->signInMethods.first(), u"openai-api-key"_s);
        // its own sandbox is off in both; only the questions differ
        const QStringList ask = computer.launch(u"codex"_s, Freedom::askFirst)->arguments;
        for (const QStringList &arguments : { launch->arguments, ask })
            QVERIFY(arguments.contains(u"sandbox_mode=\"danger-full-access\""_s));
        QVERIFY(launch->arguments.contains(u"approval_policy=\"never\""_s)
                && ask.contains(u"approval_policy=\"untrusted\""_s));
        QVERIFY(launch->modes.contains(u"full-access"_s));
    }

    void aScriptIsStartedByItsInterpreter()
    {
        Computer computer;
        computer.installCodex(false);
        computer.places.environment = { { u"CODEX_API_KEY"_s, u"k"_s } };
        const auto launch = computer.launch(u"codex"_s);
        QVERIFY(launch);
        QCOMPARE(launch->program, computer.root() + u"/bin/node"_s);
        QVERIFY(launch->arguments.first().endsWith(u"/codex-acp.js"_s));
        QCOMPARE(launch->readOnlyBinds,
                 QStringList({ computer.root() + u"/npm/node_modules"_s, computer.root() + u"/bin/node"_s }));
        QVERIFY(QFile::remove(computer.root() + u"/bin/node"_s));
        QCOMPARE(computer.offer(u"codex"_s).missing, u"node"_s);
    }

    void aModelServerOfTheirOwnIsAllowedByPort()
    {
        Computer computer;
        computer.installCodex(true);
        computer.write(u"home/.codex/config.toml"_s,
                       "model_provider=\"stub\"\n[model_providers.stub]\nbase_url=\"http://127.0.0.1:8123/"
                       "v1\"\nenv_key=\"STUB_KEY\"\n");
        computer.places.environment
            = { { u"STUB_KEY"_s, u"s"_s }, { u"OPENAI_BASE_URL"_s, u"https://models.example.com/v1"_s } };
        const auto launch = computer.launch(u"codex"_s);
        QVERIFY(launch);
        QCOMPARE(launch->ports, std::vector<int> { 8123 });
        QVERIFY(launch->hosts.contains(u"models.example.com"_s));
        QCOMPARE(launch->environment.value(u"STUB_KEY"_s), u"s"_s);
        QCOMPARE(launch->files.size(), size_t(1));
    }

    void anOpenCodeProviderOfTheirOwnIsAllowedByPort()
    {
        Computer computer;
        computer.write(u"bin/opencode"_s, "binary", true);
        computer.write(u"home/.config/opencode/opencode.jsonc"_s,
                       "{ // mine\n // \"baseURL\": \"http://127.0.0.1:9/v1\",\n \"provider\": {"
                       "\"local\": { \"options\": { \"baseURL\" : \"http://localhost:11434/v1\" } },"
                       "\"ours\": { \"options\": { \"baseURL\": \"https://models.example.com/v1\" } },"
                       "\"other\": { \"options\": { \"baseURL\": \"{env:ADDRESS}\" } } } }");
        const auto launch = computer.launch(u"opencode"_s);
        QVERIFY(launch);
        QCOMPARE(launch->ports, std::vector<int> { 11434 });
        QVERIFY(launch->hosts.contains(u"models.example.com"_s));
    }

    void loginsGoWithoutTheirRenewal()
    {
        Computer computer;
        computer.installCodex(true);
        computer.write(u"home/.codex/auth.json"_s,
                       R"({"OPENAI_API_KEY":null,"tokens":{"access_token":"a","refresh_token":"r"}})");
        const auto launch = computer.launch(u"codex"_s);
        QVERIFY(launch && launch->files.size() == 1);
        QCOMPARE(launch->files[0].target, u".codex/auth.json"_s);
        const auto bytes = readAgentFile(launch->files[0]);
        QVERIFY(bytes);
        const QJsonObject tokens = QJsonDocument::fromJson(*bytes).object()[u"tokens"].toObject();
        QCOMPARE(tokens[u"access_token"].toString(), u"a"_s);
        QCOMPARE(tokens[u"refresh_token"].toString(), QString());
        // others go as they are
        const QString plain = computer.write(u"home/other"_s, "as it is");
        QCOMPARE(*readAgentFile({ plain, u"other"_s }), QByteArray("as it is"));
        const QString large = computer.write(u"home/large"_s, QByteArray(AgentCatalogue::maxCopiedFile + 1, 'x'));
        QVERIFY(readAgentFile({ large, u"large"_s }).error().is(codes::Agent::configuration));
        QVERIFY(!readAgentFile({ computer.root(), u"folder"_s }));
        QVERIFY(!readAgentFile({ u"/dev/zero"_s, u"device"_s }));
    }

    void claudeAsRootSaysThatItIsInASandbox()
    {
        Computer computer;
        computer.write(u"bin/claude-agent-acp"_s, "binary", true);
        computer.places.environment = { { u"ANTHROPIC_API_KEY"_s, u"k"_s } };
        QVERIFY(!computer.launch(u"claude"_s)->environment.contains(u"IS_SANDBOX"_s));
        computer.places.root = true;
        QCOMPARE(computer.launch(u"claude"_s)->environment.value(u"IS_SANDBOX"_s), u"1"_s);
    }

    void theModeIsOneThatTheSessionOffers()
    {
        AgentLaunch launch;
        launch.modes = { u"full-access"_s, u"agent-full-access"_s };
        SessionOption mode { u"mode"_s,
                             u"Mode"_s,
                             u"mode"_s,
                             u"read-only"_s,
                             { { u"read-only"_s, {}, {} }, { u"agent-full-access"_s, {}, {} } } };
        QCOMPARE(launch.modeFor({ mode }), u"agent-full-access"_s);
        mode.current = u"agent-full-access"_s;
        QCOMPARE(launch.modeFor({ mode }), QString()); // is set already
        QCOMPARE(launch.modeFor({}), QString());
    }

    void agentsOfThePerson()
    {
        Computer computer;
        computer.write(u"bin/mine"_s, "#!/bin/sh\n", true);
        computer.write(u"home/.mine/key"_s, "k");
        computer.places.environment = { { u"MY_KEY"_s, u"secret"_s } };
        computer.write(u"config.toml"_s, R"(
[agents.mine]
command = "mine"
args = ["--acp"]
env = { KEY = "$MY_KEY", PLAIN = "x" }
files = ["~/.mine/key", "~/.mine/absent"]
network = ["api.example.com", "localhost:11434"]
title = "My agent"
free-mode = "yolo"
)");
        const AgentCatalogue catalogue(computer.places);
        QVERIFY(catalogue.troubles().empty());
        const AgentOffer offer = computer.offer(u"mine"_s);
        QVERIFY(offer.custom && offer.readiness == AgentReadiness::ready && offer.title == u"My agent");
        const auto launch = catalogue.launch(u"mine"_s, Freedom::freeInSandbox);
        QVERIFY(launch);
        QCOMPARE(launch->arguments, QStringList { u"--acp"_s });
        QCOMPARE(launch->environment, (QMap<QString, QString> { { u"KEY"_s, u"secret"_s }, { u"PLAIN"_s, u"x"_s } }));
        QCOMPARE(launch->files,
                 (std::vector<AgentFile> { { computer.places.home + u"/.mine/key"_s, u".mine/key"_s } }));
        QCOMPARE(launch->hosts, QStringList { u"api.example.com"_s });
        QCOMPARE(launch->ports, std::vector<int> { 11434 });
        QCOMPARE(launch->modes, QStringList { u"yolo"_s });
        QVERIFY(launch->answerByItself);
        QVERIFY(!catalogue.launch(u"mine"_s, Freedom::askFirst)->answerByItself);
    }

    void aWrongLineIsNamed_data()
    {
        QTest::addColumn<QString>("config");
        QTest::addColumn<QString>("trouble");
        QTest::newRow("syntax") << u"\n\nagents = ["_s << u"config.toml:3: "_s;
        QTest::newRow("no command") << u"\n[agents.a]\nargs = []"_s << u"config.toml:2: agents.a has no command"_s;
        QTest::newRow("type") << u"[agents.a]\ncommand = 5"_s << u"config.toml:2: agents.a.command is not a text"_s;
        QTest::newRow("in a list") << u"[agents.a]\ncommand = 'x'\nargs = ['y',\n 5]"_s
                                   << u"config.toml:4: agents.a.args is not a text"_s;
        QTest::newRow("unknown") << u"[agents.a]\ncommand = 'x'\ncolour = 'red'"_s
                                 << u"config.toml:3: agents.a.colour is not known"_s;
        QTest::newRow("file outside") << u"[agents.a]\ncommand = 'x'\nfiles = ['/etc/shadow']"_s
                                      << u"is not below the home folder"_s;
        QTest::newRow("file above") << u"[agents.a]\ncommand = 'x'\nfiles = ['~/../b']"_s
                                    << u"is not below the home folder"_s;
        QTest::newRow("network") << u"[agents.a]\ncommand = 'x'\nnetwork = ['http://x/']"_s << u"neither a host nor"_s;
        QTest::newRow("own without port")
            << u"[agents.a]\ncommand = 'x'\nnetwork = ['localhost']"_s << u"neither a host nor"_s;
        QTest::newRow("name") << u"[agents.'a b']\ncommand = 'x'"_s << u"a name has letters"_s;
        QTest::newRow("no table") << u"agents = 1"_s << u"config.toml:1: agents is not a table"_s;
        QTest::newRow("too large") << QString(AgentCatalogue::maxConfigFile + 1, u'#') << u"larger than"_s;
    }
    void aWrongLineIsNamed()
    {
        QFETCH(QString, config);
        QFETCH(QString, trouble);
        const Computer computer;
        computer.write(u"config.toml"_s, config.toUtf8());
        const AgentCatalogue catalogue(computer.places);
        QCOMPARE(catalogue.troubles().size(), size_t(1));
        QVERIFY(catalogue.troubles()[0].is(codes::Agent::configuration));
        QVERIFY2(catalogue.troubles()[0].detail.contains(trouble), qPrintable(catalogue.troubles()[0].detail));
        QVERIFY(catalogue.offers().size() >= 5); // the known ones are there
        if (const AgentOffer offer = computer.offer(u"a"_s); !offer.name.isEmpty()) {
            QCOMPARE(offer.readiness, AgentReadiness::misconfigured);
            QVERIFY(computer.launch(u"a"_s).error().is(codes::Agent::configuration));
        }
    }

    void thereMayBeOnlySoMany()
    {
        const Computer computer;
        QByteArray config;
        for (int i = 0; i < AgentCatalogue::maxCustomAgents + 1; ++i)
            config += "[agents.a" + QByteArray::number(i) + "]\ncommand='x'\n";
        computer.write(u"config.toml"_s, config);
        const AgentCatalogue catalogue(computer.places);
        QCOMPARE(catalogue.offers().size(), size_t(5 + AgentCatalogue::maxCustomAgents));
        QCOMPARE(catalogue.troubles().size(), size_t(1));
    }

    void oneOfTheirOwnTakesAKnownPlace()
    {
        const Computer computer;
        computer.write(u"bin/other"_s, "binary", true);
        computer.write(u"config.toml"_s, "[agents.codex]\ncommand='other'\n");
        QVERIFY(computer.offer(u"codex"_s).custom);
        QCOMPARE(computer.launch(u"codex"_s)->program, computer.root() + u"/bin/other"_s);
        QCOMPARE(AgentCatalogue(computer.places).offers().size(), size_t(5));
    }
};

FOUNDRY_TEST_MAIN(AgentCatalogueTest)
#include "AgentCatalogueTest.moc"
