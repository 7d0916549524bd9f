// The new-task dialog's state: what it asks, what it refuses, what it keeps and what it sends.
#include "TaskDraft.h"
#include "FatalWarnings.h"
#include "ScriptedEngine.h"
#include "ScriptedWorld.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>

using namespace foundry;

namespace {

struct Scene {
    explicit Scene(bool isolated = true)
        : engine(link, test::world())
        , draft(&link, [](const Failure &failure) { return failure.name(); })
        , tester(draft.agents(), QAbstractItemModelTester::FailureReportingMode::QtTest)
    {
        answer::Workbench world = test::world();
        if (!isolated)
            world.checks[1] = { u"isolation"_s, CheckStatus::bad, {}, failure(codes::Sandbox::bubblewrapMissing) };
        draft.setRepositories(world.repositories);
        draft.setDrafts({});
        draft.setSystem(world.agents, world.checks);
    }
    void write(const QString &prompt)
    {
        draft.begin({ u"shop"_s });
        draft.setPrompt(prompt);
    }
    EngineLink link;
    test::ScriptedEngine engine;
    TaskDraft draft;
    QAbstractItemModelTester tester;
};

} // namespace

class TaskDraftTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void agentsThatCanBeginComeFirst()
    {
        Scene scene;
        AgentListModel *agents = scene.draft.agents();
        QStringList names;
        for (int row = 0; row < agents->rowCount(); ++row)
            names.append(agents->index(row).data(AgentListModel::NameRole).toString());
        QCOMPARE(names, (QStringList { u"codex"_s, u"demo"_s, u"claude"_s, u"gemini"_s }));
        QVERIFY(agents->index(0).data(AgentListModel::ReadyRole).toBool());
        QCOMPARE(agents->index(3).data(AgentListModel::DetailRole).toString(), u"not found: gemini"_s);
        QCOMPARE(scene.draft.agentIndex(), 0);
        scene.draft.preferAgent(u"demo"_s);
        QCOMPARE(scene.draft.networkText(), u"off"_s);
    }

    void namesComeFromThePrompt()
    {
        Scene scene;
        scene.write(u"Fix the login\nand test it"_s);
        QTRY_COMPARE(scene.draft.title(), u"Fix the login"_s);
        QCOMPARE(scene.draft.branch(), u"fix-the-login"_s);
        QTRY_COMPARE(scene.draft.branches().size(), 3);
        QCOMPARE(scene.draft.uncommitted(), 3);
        scene.draft.setBranch(u"mine"_s);
        scene.draft.setPrompt(u"Something else"_s);
        QTRY_COMPARE(scene.draft.title(), u"Something else"_s);
        QCOMPARE(scene.draft.branch(), u"mine"_s);
    }

    void uncommittedWorkComesAlongWhereTheCloneStandsOnTheBranch()
    {
        Scene scene;
        scene.write(u"Fix the login"_s);
        QTRY_COMPARE(scene.draft.branches().size(), 3);
        QVERIFY(scene.draft.canTakeUncommitted());
        QVERIFY(!scene.draft.takeUncommitted()); // left out until the person wants it
        scene.draft.setTakeUncommitted(true);
        QVERIFY(scene.draft.takeUncommitted());
        scene.draft.setBranchIndex(1);
        QVERIFY(!scene.draft.canTakeUncommitted() && !scene.draft.takeUncommitted());
        scene.draft.setBranchIndex(0);
        QVERIFY(scene.draft.takeUncommitted());
    }

    // From a forge without a clone: where it comes from and how much is said before, and nothing of a clone is offered.
    void aForgeIsASourceWithoutAClone()
    {
        Scene scene;
        RepositorySummary far;
        far.id.value = u"far"_s;
        far.name = u"acme/far"_s;
        far.defaultBranch = u"main"_s;
        far.forge = ForgeSource { {}, u"acme/far"_s, u"https://github.com/acme/far.git"_s, 12'000, true };
        scene.draft.setRepositories({ far });
        scene.draft.begin(far.id);
        QCOMPARE(scene.draft.branches(), QStringList { u"main"_s }); // before the forge answers
        QVERIFY(scene.draft.sourceText().contains(u"about 12.3 MB"_s));
        QVERIFY(scene.draft.pullText().isEmpty());
        PullRequestRow pull;
        pull.id.value = u"PR_1"_s;
        pull.number = 7;
        pull.title = u"Theirs"_s;
        pull.headBranch = u"fix"_s;
        pull.headRepository = u"mona/far"_s;
        scene.draft.begin(far.id, pull);
        QVERIFY(scene.draft.pullText().contains(u"fix of mona/far"_s));
        QVERIFY(!scene.draft.pullProblem().isEmpty()); // what is done there cannot be pushed
        pull.mayPush = true;
        scene.draft.begin(far.id, pull);
        QVERIFY(scene.draft.pullProblem().isEmpty());
        scene.draft.begin(far.id);
        QVERIFY(scene.draft.pullText().isEmpty());
    }

    void submittingSendsWhatWasChosen()
    {
        Scene scene;
        scene.write(u"Fix the login"_s);
        QTRY_VERIFY(!scene.draft.branch().isEmpty() && !scene.draft.branches().isEmpty());
        scene.draft.setBranchIndex(1);
        scene.draft.setAskFirst(true);
        scene.draft.setHosts(u"packages.example.org, *.cdn.example"_s);
        scene.draft.setPorts(u"11434"_s);
        QTRY_COMPARE(scene.draft.networkText(),
                     u"model, npm, PyPI, packages.example.org, *.cdn.example, localhost:11434"_s);
        QSignalSpy created(&scene.draft, &TaskDraft::created);
        scene.draft.submit();
        QVERIFY(scene.draft.isBusy());
        QTRY_COMPARE(created.count(), 1);
        const auto *sent = scene.engine.last<command::CreateTask>();
        QVERIFY(sent);
        QCOMPARE(sent->repository.value, u"shop"_s);
        QCOMPARE(sent->prompt, u"Fix the login"_s);
        QCOMPARE(sent->baseBranch, u"develop"_s);
        QCOMPARE(sent->agent, u"codex"_s);
        QVERIFY(!sent->branchFixed);
        QCOMPARE(sent->freedom, command::Freedom::askFirst);
        QCOMPARE(sent->allowedHosts, (QStringList { u"packages.example.org"_s, u"*.cdn.example"_s }));
        QCOMPARE(sent->allowedPorts, std::vector<int> { 11434 });
        QVERIFY(!sent->acceptNoIsolation);
        QCOMPARE(scene.draft.prompt(), QString());
    }

    // The prompt comes along and can be changed, title and branch are the issue's, and the repository's draft waits.
    void fromAnIssue()
    {
        Scene scene;
        scene.write(u"Half a thought"_s);
        const TaskIssue issue { { u"I_1"_s }, { u"mona"_s }, u"acme/shop"_s, 12, u"The login is slow"_s, {} };
        scene.draft.begin({ u"shop"_s }, issue, u"Work on issue #12"_s);
        QVERIFY(scene.draft.issueText().contains(u"issue #12 of acme/shop, \u201cThe login is slow\u201d"_s));
        QCOMPARE(scene.draft.prompt(), u"Work on issue #12"_s);
        QTRY_COMPARE(scene.draft.title(), u"The login is slow"_s);
        QCOMPARE(scene.draft.branch(), u"the-login-is-slow"_s);
        scene.draft.setPrompt(u"Work on issue #12, carefully"_s);
        scene.draft.begin({ u"shop"_s });
        QVERIFY(scene.draft.issueText().isEmpty());
        QCOMPARE(scene.draft.prompt(), u"Half a thought"_s);
        scene.draft.begin({ u"shop"_s }, issue, u"Work on issue #12"_s);
        QCOMPARE(scene.draft.prompt(), u"Work on issue #12, carefully"_s); // as it was left
        QTRY_COMPARE(scene.draft.title(), u"The login is slow"_s);
        QTRY_VERIFY(scene.draft.canSubmit());
        QSignalSpy created(&scene.draft, &TaskDraft::created);
        scene.draft.submit();
        QTRY_COMPARE(created.count(), 1);
        QCOMPARE(scene.engine.last<command::CreateTask>()->issue, std::optional(issue));
        QCOMPARE(scene.engine.last<command::CreateTask>()->title, issue.title);
        QVERIFY(scene.draft.issueText().isEmpty());
        QCOMPARE(scene.draft.prompt(), u"Half a thought"_s);
        scene.draft.begin({ u"shop"_s }, issue, u"Work on issue #12"_s);
        QCOMPARE(scene.draft.prompt(), u"Work on issue #12"_s); // its draft went with the task
    }

    void registriesOfTheBranchAreChosenUntilTakenOut()
    {
        Scene scene;
        scene.write(u"Fix the login"_s);
        QTRY_COMPARE(scene.draft.project()->registries().size(), 2);
        QCOMPARE(scene.draft.networkText(), u"model, npm, PyPI"_s);
        QVERIFY(scene.draft.project()->containers().contains(u"compose.yml"_s));
        scene.draft.project()->choose(1, false);
        scene.draft.project()->choose(7, false); // not there
        QCOMPARE(scene.draft.networkText(), u"model, npm"_s);
        scene.draft.submit();
        QTRY_VERIFY(scene.engine.last<command::CreateTask>());
        QCOMPARE(scene.engine.last<command::CreateTask>()->registries, QStringList { u"npm"_s });
    }

    void theRepositorysOwnSetUpIsUsedOnlyWhereAgreedTo()
    {
        Scene scene;
        scene.write(u"Fix the login"_s);
        QTRY_VERIFY(!scene.draft.branches().isEmpty());
        QVERIFY(scene.draft.project()->config().isEmpty());
        scene.draft.setBranchIndex(1);
        QTRY_VERIFY(!scene.draft.project()->config().isEmpty());
        QVERIFY(!scene.draft.project()->useConfig() && !scene.draft.project()->configKnown());
        QCOMPARE(scene.draft.project()->configWants(), u"a set-up script, .env of your clone"_s);
        scene.draft.project()->setUseConfig(true);
        scene.draft.submit();
        QTRY_VERIFY(scene.engine.last<command::CreateTask>());
        QCOMPARE(scene.engine.last<command::CreateTask>()->projectAgreed, u"abc"_s);
        QVERIFY(!scene.engine.last<command::CreateTask>()->projectLeftOut);
    }

    void limitsAreNumbers()
    {
        Scene scene;
        scene.write(u"Fix the login"_s);
        QTRY_VERIFY(scene.draft.canSubmit());
        BudgetDraft *budget = scene.draft.budget();
        QCOMPARE(budget->text(), u"none"_s);
        budget->setProperty("memory", u"4"_s);
        budget->setProperty("minutes", u"a while"_s);
        QVERIFY(!scene.draft.canSubmit() && !budget->problem().isEmpty());
        budget->setProperty("minutes", u"60"_s);
        QVERIFY(scene.draft.canSubmit());
        QCOMPARE(budget->text(), u"4 GB, 60 min"_s);
        QCOMPARE(budget->budget().memory, 4'000'000'000);
        QCOMPARE(budget->budget().turn, 3'600'000);
    }

    void aRefusalKeepsEverything()
    {
        Scene scene;
        scene.write(u"Fix the login"_s);
        scene.draft.setBranch(u"taken"_s);
        scene.engine.refuseNext(failure(codes::Git::branchExists));
        scene.draft.submit();
        QTRY_COMPARE(scene.draft.problem(), u"git.branchExists"_s);
        QCOMPARE(scene.draft.prompt(), u"Fix the login"_s);
        QVERIFY(scene.draft.canSubmit());
        QVERIFY(scene.engine.last<command::CreateTask>()->branchFixed);
    }

    void whatCannotBeSubmitted()
    {
        Scene scene;
        scene.draft.begin({ u"shop"_s });
        QVERIFY(!scene.draft.canSubmit());
        scene.draft.setPrompt(u"  \n "_s);
        QVERIFY(!scene.draft.canSubmit());
        scene.draft.setPrompt(u"Fix"_s);
        QVERIFY(scene.draft.canSubmit());
        scene.draft.setHosts(u"not a host!"_s);
        QVERIFY(!scene.draft.hostsProblem().isEmpty() && !scene.draft.canSubmit());
        scene.draft.setHosts({});
        scene.draft.setPorts(u"70000"_s);
        QVERIFY(!scene.draft.portsProblem().isEmpty() && !scene.draft.canSubmit());
        scene.draft.setPorts({});
        scene.draft.setAgentIndex(scene.draft.agents()->rowOf(u"gemini"_s));
        QVERIFY(scene.draft.agentProblem().contains(u"npm install"_s));
        QVERIFY(!scene.draft.canSubmit());
    }

    void aPromptPastTheLimitIsRefusedWithWords()
    {
        Scene scene;
        scene.write(QString(limits::promptCharacters + 1, u'a'));
        scene.draft.submit();
        QCOMPARE(scene.draft.problem(), u"task.promptTooLarge"_s);
        QVERIFY(!scene.engine.last<command::CreateTask>());
        scene.draft.setPrompt(QString(limits::promptCharacters, u'a'));
        scene.draft.submit();
        QTRY_VERIFY(scene.engine.last<command::CreateTask>());
    }

    void withoutIsolationThePersonMustAgree()
    {
        Scene scene(false);
        scene.write(u"Fix"_s);
        QCOMPARE(scene.draft.isolationProblem(), u"sandbox.bubblewrapMissing"_s);
        QVERIFY(!scene.draft.canSubmit());
        scene.draft.setAcceptNoIsolation(true);
        scene.draft.submit();
        QTRY_VERIFY(scene.engine.last<command::CreateTask>());
        QVERIFY(scene.engine.last<command::CreateTask>()->acceptNoIsolation);
        QTRY_VERIFY(!scene.draft.acceptNoIsolation()); // agreed for one task
    }

    void whatWasTypedSurvives()
    {
        Scene scene;
        scene.write(u"half a thought"_s);
        scene.draft.keep();
        QTRY_VERIFY(scene.engine.last<command::SaveDraft>());
        QCOMPARE(scene.engine.last<command::SaveDraft>()->scope, u"newTask:shop"_s);
        QCOMPARE(scene.engine.last<command::SaveDraft>()->text, u"half a thought"_s);
        scene.draft.begin({ u"site"_s });
        QCOMPARE(scene.draft.prompt(), QString());
        scene.draft.begin({ u"shop"_s });
        QCOMPARE(scene.draft.prompt(), u"half a thought"_s);
    }

    void aRepositoryMayBeKnownLater()
    {
        Scene scene;
        scene.draft.begin({ u"fresh"_s });
        answer::Workbench world = test::world();
        world.repositories.push_back(
            { RepositoryId { u"fresh"_s }, u"fresh"_s, u"/home/mona/fresh"_s, u"main"_s, {}, {} });
        scene.draft.setRepositories(world.repositories);
        QCOMPARE(scene.draft.repositoryNames().value(scene.draft.repositoryIndex()), u"fresh"_s);
    }
};

FOUNDRY_TEST_MAIN(TaskDraftTest)
#include "TaskDraftTest.moc"
