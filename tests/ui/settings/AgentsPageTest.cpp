// The page "Agents": its words for what was found, and what a person's presses ask of the engine.
#include "AgentsPage.h"
#include "FatalWarnings.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>

using namespace foundry;

namespace {

struct Scene {
    EngineLink link;
    AgentsPage page { &link, [](const Failure &failure) { return failure.name() + u' ' + failure.detail; } };
    QAbstractItemModelTester agents { page.agents(), QAbstractItemModelTester::FailureReportingMode::Fatal };
    QAbstractItemModelTester variables { page.variables(), QAbstractItemModelTester::FailureReportingMode::Fatal };
    std::vector<Command> commands;
    AgentSettings settings;

    Scene()
    {
        QObject::connect(&link, &EngineLink::submitted, &page,
                         [this](const Command &command) { commands.push_back(command); });
        QObject::connect(&link, &EngineLink::asked, &page,
                         [this](const Query &query) { link.answer({ query.id, AnswerBody(settings) }); });
        settings.shell = { u"/bin/zsh"_s, false, 3, {}, u"/n/node"_s, u"20.1.0"_s, u"/n/npm"_s };
        AgentSetup codex;
        codex.offer.name = u"codex"_s;
        codex.offer.title = u"Codex"_s;
        codex.offer.readiness = AgentReadiness::needsSignIn;
        codex.offer.version = u"0.16.0"_s;
        codex.program = u"/n/codex-acp"_s;
        codex.innerSandbox = InnerSandbox::switchedOff;
        codex.package = { u"codex-acp"_s, u"0.16.0"_s, {}, {} };
        codex.signIn.keys = { u"CODEX_API_KEY"_s };
        codex.signIn.command = u"codex login"_s;
        codex.signIn.commandFound = true;
        codex.variables = { { u"OPENAI_API_KEY"_s, true, true, true }, { u"OLD"_s, false, false, true } };
        AgentSetup demonstration;
        demonstration.offer.name = u"demonstration"_s;
        demonstration.offer.readiness = AgentReadiness::ready;
        demonstration.offer.demonstration = true;
        demonstration.signIn.by = SignInBy::notNeeded;
        settings.agents = { codex, demonstration };
        page.look();
    }
    void tell() { link.deliver(event::AgentSettingsChanged { settings }); }
    template <class C> const C *last() const
    {
        return commands.empty() ? nullptr : std::get_if<C>(&commands.back().body);
    }
    void finish(std::optional<Failure> failure = {})
    {
        link.deliver(event::CommandFinished { commands.back().id, std::move(failure), {} });
    }
};

} // namespace

class AgentsPageTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatWasFound()
    {
        Scene scene;
        QCOMPARE(scene.page.chosen(), u"codex"_s); // the first
        QCOMPARE(scene.page.shell(), u"Read from /bin/zsh: 3 more variables, and Node 20.1.0 at /n/node."_s);
        QVERIFY(scene.page.program().contains(u"/n/codex-acp"_s));
        QVERIFY(scene.page.inside().contains(u"switched off"_s));
        QCOMPARE(scene.page.installWord(), u"Install 0.16.0"_s);
        QCOMPARE(scene.page.signIn(), u"Not signed in."_s);
        QCOMPARE(scene.page.signInWord(), u"Sign in\u2026"_s);
        QCOMPARE(scene.page.agents()->rowCount(), 2);
        QCOMPARE(scene.page.agents()->index(0).data(AgentLines::StateRole).toString(), u"not signed in"_s);
        QCOMPARE(scene.page.variables()->rowCount(), 2);
        QCOMPARE(scene.page.variables()->index(1).data(VariableLines::NoteRole).toString(), u"not set in your shell"_s);
        scene.page.choose(u"demonstration"_s);
        QVERIFY(scene.page.isDemonstration() && scene.page.signInHint().isEmpty()
                && scene.page.installWord().isEmpty());
        QCOMPARE(scene.page.variables()->rowCount(), 0);
    }

    void whatStandsInTheWay()
    {
        Scene scene;
        scene.settings.agents[0].package.obstacle = u"Node 18 is too old"_s;
        scene.settings.agents[0].signIn.commandFound = false;
        scene.settings.shell.failure = failure(codes::Process::timedOut, u"10 s"_s);
        scene.tell();
        QCOMPARE(scene.page.obstacle(), u"Node 18 is too old"_s);
        QVERIFY(scene.page.signInWord().isEmpty() && scene.page.signInHint().startsWith(u"codex was not found"_s));
        QVERIFY(scene.page.shellFailed() && scene.page.shell().contains(u"process.timedOut"_s));
        scene.settings.shell.failure.reset();
        scene.settings.shell.reading = true;
        scene.settings.agents[0].package.installed = u"0.16.0"_s;
        scene.tell();
        QVERIFY(scene.page.shell().contains(u"being asked"_s));
        QVERIFY(scene.page.isInstalled() && scene.page.installWord().isEmpty() && scene.page.obstacle().isEmpty());
        scene.settings.agents[0].package.installed = u"0.15.0"_s;
        scene.tell();
        QCOMPARE(scene.page.installWord(), u"Update to 0.16.0"_s);
    }

    void howItIsSignedIn()
    {
        Scene scene;
        const auto words = [&scene](SignInBy by, const QString &with) {
            scene.settings.agents[0].signIn.by = by;
            scene.settings.agents[0].signIn.with = with;
            scene.tell();
            return scene.page.signIn();
        };
        QVERIFY(words(SignInBy::variable, u"A"_s).contains(u"A of your shell"_s));
        QVERIFY(!scene.page.isKeyKept());
        QVERIFY(words(SignInBy::keychain, u"A"_s).contains(u"keychain"_s) && scene.page.isKeyKept());
        QVERIFY(words(SignInBy::thisRun, u"A"_s).contains(u"until Foundry ends"_s) && scene.page.isKeyKept());
        QVERIFY(words(SignInBy::modelServer, u"http://x"_s).contains(u"http://x"_s));
        scene.settings.agents[0].signIn.expiresAt = 1'800'000'000'000;
        QVERIFY(words(SignInBy::loginFile, u"/f"_s).contains(u"renewed by Foundry alone"_s));
        QCOMPARE(scene.page.signInWord(), u"Sign in again\u2026"_s);
    }

    void whatIsPressedIsAsked()
    {
        Scene scene;
        scene.page.install();
        QCOMPARE(scene.last<command::InstallAgent>()->agent, u"codex"_s);
        scene.finish(failure(codes::Agent::busy));
        QVERIFY(scene.page.problem().startsWith(u"agent.busy"_s));
        scene.page.remove();
        QVERIFY(scene.page.problem().isEmpty() && scene.last<command::RemoveAgent>());
        scene.finish();
        scene.page.give(u" GITHUB_TOKEN "_s, true);
        QCOMPARE(scene.last<command::GiveVariable>()->name, u"GITHUB_TOKEN"_s);
        QSignalSpy taken(&scene.page, &AgentsPage::keyTaken);
        scene.page.keepKey(u"CODEX_API_KEY"_s, u"sk-1"_s, true);
        QVERIFY(scene.last<command::KeepKey>()->thisRunOnly);
        scene.finish(failure(codes::Agent::keychain));
        QCOMPARE(taken.count(), 0); // what was typed stays
        scene.page.keepKey(u"CODEX_API_KEY"_s, u"sk-1"_s, false);
        scene.finish();
        QCOMPARE(taken.count(), 1);
        const size_t before = scene.commands.size();
        scene.page.keepKey(u"CODEX_API_KEY"_s, u"  "_s, false);
        scene.page.forgetKey();
        QCOMPARE(scene.commands.size(), before); // nothing to keep, nothing to forget
        scene.page.beginSignIn();
        QVERIFY(scene.last<command::SignIn>());
        scene.page.answer(u"code"_s);
        QCOMPARE(scene.last<command::AnswerSignIn>()->text, u"code"_s);
        scene.page.cancel();
        QVERIFY(scene.last<command::CancelAgentWork>());
        scene.page.lookAgain();
        QVERIFY(scene.last<command::RefreshSystem>());
    }

    void whatIsBeingDone()
    {
        Scene scene;
        scene.settings.agents[0].work = { AgentWorkKind::signingIn, u"Open"_s, u"file:///etc/passwd"_s, u"AB"_s, true };
        scene.tell();
        QVERIFY(scene.page.isWorking() && scene.page.asks() && scene.page.code() == u"AB");
        QCOMPARE(scene.page.agents()->index(0).data(AgentLines::StateRole).toString(), u"signing in"_s);
        scene.page.openUrl(); // no address of the web: nothing happens
        scene.settings.agents[0].work = {};
        scene.settings.agents[0].failure = failure(codes::Agent::signInFailed, u"why"_s);
        scene.tell();
        QVERIFY(scene.page.problem().contains(u"why"_s));
        scene.settings.agents[0].failure.reset();
        scene.settings.agents[0].done = u"Signed in."_s;
        scene.tell();
        QCOMPARE(scene.page.done(), u"Signed in."_s);
    }
};

FOUNDRY_TEST_MAIN(AgentsPageTest)
#include "AgentsPageTest.moc"
